//! Rows on the command line: put, got, found, and who wrote what in them.

use std::io::BufRead;

use actions::domain::Id;
use actions::{Desk, Done, Failure, GetRequest, SaveRequest};
use serde_json::{Map, Value as Json};

use crate::show::{Terminal, usage};

/// Which rows, true on which day, known at which seal.
#[derive(Debug, clap::Args)]
pub(crate) struct GetArgs {
    pub(crate) record: String,
    #[arg(long)]
    pub(crate) id: Option<String>,
    #[arg(long = "where", value_name = "FIELD=VALUE")]
    pub(crate) filters: Vec<String>,
    /// As it was true on this day; today, or the day of the seal, when absent.
    #[arg(long, value_name = "DATE")]
    pub(crate) on: Option<String>,
    /// As it was known at this seal: the id of a sealed report.
    #[arg(long, value_name = "SEAL")]
    pub(crate) at: Option<String>,
}

pub(crate) fn row_id(text: &str) -> Done<Id> {
    text.parse().map_err(|_| Failure::new("no_such_row").with("id", text))
}

pub(crate) fn put(desk: &Desk, terminal: &Terminal, record: &str, atomic: bool) -> Done<()> {
    let mut requests = Vec::new();
    for (line, number) in std::io::stdin().lock().lines().zip(1..) {
        let line = line.map_err(|error| Failure::new("not_text").with("line", number).with("cause", error))?;
        if line.trim().is_empty() {
            continue;
        }
        let request = save_request(record, &line).map_err(|failure| failure.with("line", number))?;
        if atomic {
            requests.push(request);
            continue;
        }
        let saved = actions::save_row(desk, request).map_err(|failure| failure.with("line", number))?;
        terminal.warn(&saved.problems);
        terminal.line(&saved.id.to_string())?;
    }
    for saved in actions::save_rows(desk, requests)? {
        terminal.warn(&saved.problems);
        terminal.line(&saved.id.to_string())?;
    }
    Ok(())
}

fn save_request(record: &str, line: &str) -> Done<SaveRequest> {
    let values: Map<String, Json> =
        serde_json::from_str(line).map_err(|error| Failure::new("not_json").with("cause", error))?;
    let id = match values.get("id") {
        None | Some(Json::Null) => None,
        Some(Json::String(text)) => Some(row_id(text)?),
        Some(other) => return Err(Failure::new("no_such_row").with("id", other)),
    };
    let seen = values.get("_seen").and_then(Json::as_str).map(str::to_owned);
    Ok(SaveRequest { record: record.to_owned(), id, values, seen, why: None })
}

pub(crate) fn get(desk: &Desk, terminal: &Terminal, args: GetArgs) -> Done<()> {
    let id = args.id.as_deref().map(row_id).transpose()?;
    let at = args.at.as_deref().map(row_id).transpose()?;
    let pair = |filter: &String| {
        filter
            .split_once('=')
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .ok_or_else(|| usage("where", filter))
    };
    let filters = args.filters.iter().map(pair).collect::<Done<Vec<_>>>()?;
    let request = GetRequest { record: args.record, id, filters, on: args.on, at };
    actions::get_rows(desk, &request, |row| terminal.line(&serde_json::to_string(row).map_err(Failure::defect)?))
}

pub(crate) fn find(desk: &Desk, terminal: &Terminal, words: &str) -> Done<()> {
    let found = actions::find(desk, words.to_owned())?;
    terminal.reply(&found, || {
        found.iter().map(|row| format!("{}  {}  {}", row.id, row.name, row.about.join("  "))).collect()
    })
}

pub(crate) fn history(desk: &Desk, terminal: &Terminal, id: &str) -> Done<()> {
    let lines = actions::history(desk, row_id(id)?)?;
    terminal.reply(&lines, || {
        let one = |line: &actions::HistoryLine| {
            let mark = if line.stands { "*" } else { " " };
            let values = line.values.join(" | ");
            let change: String = line.change.chars().take(12).collect();
            format!(
                "{mark} {}  {change}  {} {}  {}: {values}  {}",
                line.at,
                line.organisation,
                line.who,
                line.label,
                line.why.clone().unwrap_or_default()
            )
        };
        lines.iter().map(one).collect()
    })
}

pub(crate) fn conflicts(desk: &Desk, terminal: &Terminal) -> Done<()> {
    let conflicts = actions::conflicts(desk, ())?;
    terminal.reply(&conflicts, || {
        let mut lines = Vec::new();
        for conflict in &conflicts {
            lines.push(format!("{}  {} {}  {}", conflict.id, conflict.child, conflict.name, conflict.label));
            lines.extend(
                conflict
                    .rivals
                    .iter()
                    .map(|rival| format!("    {}  {} {}  {}", rival.text, rival.organisation, rival.who, rival.at)),
            );
        }
        lines
    })
}
