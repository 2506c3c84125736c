//! `bx demo`: makes the sample township and says what to try in it.

use std::path::Path;

use actions::{Desk, Done, Township, TownshipSize};

use crate::show::Terminal;

pub(crate) fn demo(desk: &Desk, terminal: &Terminal, folder: &Path, size: TownshipSize) -> Done<()> {
    let made = actions::make_township(desk, size, folder)?;
    terminal.reply(&made, || words(terminal, &made, folder))
}

fn words(terminal: &Terminal, made: &Township, folder: &Path) -> Vec<String> {
    let ledger = |at: usize| made.ledgers.get(at).map(|place| place.folder.clone()).unwrap_or_default();
    let facts = [
        ("folder", folder.display().to_string()),
        ("count", made.ledgers.len().to_string()),
        ("students", made.students.to_string()),
        ("password", made.password.clone()),
        ("stick", made.stick.clone()),
        ("merged", made.merged.len().to_string()),
        ("waiting", made.waiting.len().to_string()),
        ("contested", made.contested.clone()),
        ("workbook", made.workbook.clone()),
        ("initials", made.initials.clone()),
        ("center", ledger(0)),
        ("school", ledger(1)),
    ];
    let mut lines = vec![terminal.say("demo.made", &facts)];
    for place in &made.ledgers {
        let facts = [("name", place.name.clone()), ("folder", place.folder.clone())];
        lines.push(terminal.say("demo.ledger", &facts));
    }
    let rest = ["stick", "password", "find", "import", "rehearse", "merge", "conflicts", "print"];
    lines.extend(rest.iter().map(|key| terminal.say(&format!("demo.{key}"), &facts)));
    lines
}
