//! `stats` and `due`: the numbers of a period with their lists, and what is due with the rule that says so.

use actions::domain::Id;
use actions::domain::report::LineKey;
use actions::{
    Desk, Done, DutiesRequest, Failure, NumberRequest, PivotRequest, ReopenRequest, ReportReply, ReportRequest,
    SealRequest,
};
use clap::Args;

use crate::show::Terminal;

/// What `stats` is asked for.
#[derive(Debug, Args)]
pub(crate) struct StatsArgs {
    /// The report, by name or by the number of its form; the school year's when absent.
    #[arg(long, value_name = "FORM")]
    report: Option<String>,
    /// The school year that begins in this year.
    #[arg(long, value_name = "YEAR")]
    year: Option<i32>,
    /// Any day of the period, or its month.
    #[arg(long, value_name = "DATE")]
    on: Option<String>,
    /// A sealed report as it was sealed; with --report or --of: counted anew as it was known then.
    #[arg(long, value_name = "SEAL", conflicts_with_all = ["seal", "reopen"])]
    at: Option<String>,
    /// List the rows behind a column of the total line.
    #[arg(long, value_name = "COLUMN")]
    list: Option<String>,
    /// Seal it.
    #[arg(long, conflicts_with = "list")]
    seal: bool,
    /// Who approves.
    #[arg(long, value_name = "PERSON", requires = "seal")]
    approved_by: Option<String>,
    /// Why it is sealed although something is open.
    #[arg(long, requires = "seal")]
    explain: Option<String>,
    /// Open a sealed report again: its id.
    #[arg(long, value_name = "SEAL", requires = "why")]
    reopen: Option<String>,
    /// Why it is opened again.
    #[arg(long)]
    why: Option<String>,
    /// Count instead: on_roll, at_school, open_cases, confirmed, returned, suspected, absences.
    #[arg(long, value_name = "COUNTED", conflicts_with_all = ["report", "year", "list", "seal", "reopen"])]
    of: Option<String>,
    /// By school, stage, grade, class, sex, ethnicity, group, cause, whereabouts, status, month, age.
    #[arg(long, value_name = "DIMENSION", requires = "of")]
    by: Option<String>,
    /// And across by another of these.
    #[arg(long, value_name = "DIMENSION", requires = "of")]
    across: Option<String>,
    /// For people outside: small numbers are hidden, and every total from which one could be told.
    #[arg(long, requires = "of")]
    public: bool,
}

pub(crate) fn stats(desk: &Desk, terminal: &Terminal, args: StatsArgs) -> Done<()> {
    let at = args.at.as_deref().map(row_id).transpose()?;
    if let (Some(seal), None, None) = (at, &args.report, &args.of) {
        let sealed = actions::sealed_report(desk, seal)?;
        return terminal
            .reply(&sealed, || sealed.lines.iter().map(|(key, cells)| format!("{key:?} {cells:?}")).collect());
    }
    if let Some(seal) = &args.reopen {
        actions::reopen_report(desk, ReopenRequest { id: row_id(seal)?, why: args.why.unwrap_or_default() })?;
        return terminal.reply(&(), || vec![terminal.say("stats.reopened", &[])]);
    }
    if let Some(of) = &args.of {
        return counted(desk, terminal, (of, &args), at);
    }
    let report = named(desk, args.report.as_deref())?;
    let on = args.on.or(args.year.map(|year| day_of(desk, year)));
    if let Some(column) = args.list {
        let request = NumberRequest { report, on, line: LineKey::default(), column, at };
        let listed = actions::report_rows(desk, request)?;
        return terminal.reply(&listed, || listed.rows.iter().map(|row| format!("{}  {}", row.id, row.name)).collect());
    }
    let reply = match args.seal {
        true => actions::seal_report(desk, SealRequest { report, on, by: args.approved_by, explained: args.explain })?,
        false => actions::report(desk, ReportRequest { report, on, at })?,
    };
    terminal.reply(&reply, || words(terminal, &reply))
}

/// A table of counts.
fn counted(desk: &Desk, terminal: &Terminal, (of, args): (&str, &StatsArgs), at: Option<Id>) -> Done<()> {
    let by = |typed: &Option<String>| typed.as_deref().map(|typed| one_of(typed, "--by")).transpose();
    let request = PivotRequest {
        of: one_of(of, "--of")?,
        rows: by(&args.by)?,
        columns: by(&args.across)?,
        on: args.on.clone(),
        only: vec![],
        public: args.public,
        at,
    };
    let table = actions::pivot(desk, request)?;
    let shown = |count: &Option<u32>| count.map_or("*".to_owned(), |count| count.to_string());
    terminal.reply(&table, || {
        let heads = table.columns.iter().map(|column| column.head.clone());
        let first = std::iter::once(String::new()).chain(heads).collect::<Vec<_>>().join("\t");
        let line = |(row, cells): (&actions::PivotHead, &Vec<Option<u32>>)| {
            let cells = cells.iter().map(shown).collect::<Vec<_>>().join("\t");
            format!("{}\t{cells}\t{}", row.head, shown(&row.total))
        };
        let hidden = args.public.then(|| terminal.say("stats.hidden", &[]));
        let lines = table.rows.iter().zip(&table.cells).map(line);
        std::iter::once(first).chain(lines).chain([shown(&table.total)]).chain(hidden).collect()
    })
}

/// A word of a closed list. Errors: `usage`.
fn one_of<T: serde::de::DeserializeOwned>(typed: &str, option: &str) -> Done<T> {
    let word = serde_json::Value::String(typed.to_owned());
    serde_json::from_value(word).map_err(|_| Failure::new("usage").with("option", option).with("typed", typed))
}

/// A report by its name or the number of its form. Errors: `no_such_report`.
fn named(desk: &Desk, asked: Option<&str>) -> Done<String> {
    let asked = asked.unwrap_or("school_year");
    let known = actions::reports(desk, ())?;
    let found = known.iter().find(|one| one.report == asked).or_else(|| known.iter().find(|one| one.form == asked));
    found.map(|one| one.report.clone()).ok_or_else(|| Failure::new("no_such_report").with("report", asked))
}

/// The last day of a school year, or today while it runs.
fn day_of(desk: &Desk, year: i32) -> String {
    let end = format!("{}-08-31", year + 1);
    end.min(desk.today().to_string()).max(format!("{year}-09-01"))
}

fn words(terminal: &Terminal, reply: &ReportReply) -> Vec<String> {
    let mut lines = vec![reply.title.clone()];
    for line in &reply.lines {
        lines.push(line.head.clone());
        let said = reply.columns.iter().zip(&line.shown).filter(|(_, shown)| *shown != "0" && *shown != "—");
        let named = said.map(|(column, shown)| match &column.band {
            Some(band) => format!("  {band} {}: {shown}", column.head),
            None => format!("  {}: {shown}", column.head),
        });
        lines.extend(named);
    }
    lines.extend(reply.open_points.iter().map(|point| format!("! {}", point.text)));
    if reply.zero {
        lines.push(terminal.say("stats.zero", &[]));
    }
    lines.extend(reply.sealed.as_ref().map(|sealed| {
        let facts = [("on", sealed.on.clone()), ("by", sealed.by.clone()), ("id", sealed.id.to_string())];
        terminal.say("stats.sealed", &facts)
    }));
    let missing = reply.schools.iter().filter(|school| school.sealed.is_none());
    lines.extend(missing.map(|school| terminal.say("stats.missing", &[("school", school.name.clone())])));
    lines
}

/// What `due` is asked for.
#[derive(Debug, Args)]
pub(crate) struct DueArgs {
    /// Days ahead that are shown.
    #[arg(long, default_value_t = 7)]
    ahead: u32,
}

pub(crate) fn due(desk: &Desk, terminal: &Terminal, args: &DueArgs) -> Done<()> {
    let reply = actions::duties(desk, DutiesRequest { ahead_days: Some(args.ahead), ..DutiesRequest::default() })?;
    terminal.reply(&reply, || {
        let line = |line: &actions::DutyLine| {
            format!("{}  {}  {} {}  {} {}", line.due.due_on, line.what, line.name, line.class, line.act, line.rule)
        };
        reply.lines.iter().map(line).collect()
    })
}

fn row_id(text: &str) -> Done<Id> {
    text.parse().map_err(|_| Failure::new("no_such_row").with("id", text))
}
