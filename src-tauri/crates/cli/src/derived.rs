//! `out-of-school`, `left-behind`: lists that follow from facts.

use actions::{Desk, Done, LeftBehindLine, OutOfSchoolLine};

use crate::show::Terminal;

pub(crate) fn out_of_school(desk: &Desk, terminal: &Terminal, on: Option<String>) -> Done<()> {
    let lines = actions::out_of_school(desk, on)?;
    let line = |line: &OutOfSchoolLine| {
        format!("{}  {}  {}  {}  {}", line.student, line.name, line.birth_date, line.village, line.since)
    };
    terminal.reply(&lines, || lines.iter().map(line).collect())
}

pub(crate) fn left_behind(desk: &Desk, terminal: &Terminal, on: Option<String>) -> Done<()> {
    let lines = actions::left_behind(desk, on)?;
    let line = |line: &LeftBehindLine| {
        let by = serde_json::to_string(&line.by).unwrap_or_default();
        format!("{}  {}  {}  {by}", line.student, line.name, line.class)
    };
    terminal.reply(&lines, || lines.iter().map(line).collect())
}
