//! A report as it was sealed: its numbers then, held against those of today; and who has handed up.

use std::collections::BTreeMap;

use domain::clock::Ticks;
use domain::clock::recurring::month_report_day;
use domain::report::{Cell, LineKey, PeriodKind, Sheet};
use domain::{Date, Fields, Id, Row, Value};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use store::View;
use ts_rs::TS;

use crate::desk::Desk;
use crate::failure::{Done, Failure};
use crate::numbers::making::Making;

/// A report as it was sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Sealed {
    /// Its row.
    pub id: Id,
    /// When.
    pub on: String,
    /// By whom.
    pub by: String,
    /// Whether it was opened again.
    pub reopened: bool,
    /// Numbers that are others today: a correction came later.
    pub differences: Vec<Difference>,
}

/// A number that is another today.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Difference {
    /// The line.
    pub line: LineKey,
    /// The column.
    pub column: String,
    /// As it was sealed.
    #[ts(type = "number")]
    pub sealed: i64,
    /// As it is.
    #[ts(type = "number")]
    pub now: i64,
}

/// Whether a school has handed a report up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct HandedUp {
    /// The school.
    pub school: Id,
    /// Its name.
    pub name: String,
    /// Its sealed report, if one arrived.
    pub sealed: Option<Id>,
    /// The day it was sealed.
    pub on: Option<String>,
    /// The day it was due, for a report that has one.
    pub due_on: Option<String>,
    /// Whether it was sealed after that day, or is missing after it.
    pub late: bool,
}

/// Numbers by line, as they are kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Kept {
    pub(crate) columns: Vec<String>,
    pub(crate) lines: Vec<(LineKey, Vec<Cell>)>,
}

/// The row of this organisation's sealed report, if there is one.
pub(crate) fn standing(making: &Making<'_>) -> Done<Option<(Id, Row)>> {
    let own = making.session.organisation.id;
    Ok(all_sealed(making.desk, making.view, &making.report.report, &making.name())?
        .into_iter()
        .find(|(_, row)| row.get("organisation").and_then(Value::as_row) == Some(own)))
}

fn all_sealed(desk: &Desk, view: View<'_>, report: &str, period: &str) -> Done<Vec<(Id, Row)>> {
    let fields = ["organisation", "period", "state", "sealed_on", "sealed_by"];
    let mut rows = Vec::new();
    let scan = store::Scan {
        fields: &fields,
        only: vec![store::Only::Is("report", report), store::Only::Is("period", period)],
    };
    view.scan(desk.record("sealed_report")?, &scan, |id, row| rows.push((id, row)))?;
    Ok(rows)
}

/// A report as it was sealed here, held against the numbers of today.
pub(crate) fn sealed(making: &Making<'_>, sheet: &Sheet) -> Done<Option<Sealed>> {
    let Some((id, row)) = standing(making)? else { return Ok(None) };
    let full = making.view.row(making.desk.record("sealed_report")?, id, making.desk.today())?.values;
    let of = |key: &str| row.said(key);
    Ok(Some(Sealed {
        id,
        on: of("sealed_on"),
        by: of("sealed_by"),
        reopened: row.text("state") == Some("reopened"),
        differences: differences(&read_kept(&full)?, making, sheet),
    }))
}

fn read_kept(row: &Row) -> Done<Kept> {
    serde_json::from_str(row.text("numbers").unwrap_or("{\"columns\":[],\"lines\":[]}")).map_err(Failure::defect)
}

fn differences(kept: &Kept, making: &Making<'_>, sheet: &Sheet) -> Vec<Difference> {
    let now = |line: &LineKey, column: &String| {
        let at = making.report.columns.iter().position(|one| one.key == *column)?;
        sheet.lines.iter().find(|one| one.key == *line)?.cells.get(at).copied()
    };
    let mut found = Vec::new();
    for (line, cells) in &kept.lines {
        for (column, cell) in kept.columns.iter().zip(cells) {
            let (Cell::Number { number: sealed }, current) = (cell, now(line, column)) else { continue };
            let now = match current {
                Some(Cell::Number { number }) => number,
                Some(Cell::Rate { .. } | Cell::Untaken) | None => 0,
            };
            if *sealed != now {
                found.push(Difference { line: line.clone(), column: column.clone(), sealed: *sealed, now });
            }
        }
    }
    found
}

/// Who has handed a report up, who has not, and who was late.
pub(crate) fn handed_up(making: &Making<'_>) -> Done<Vec<HandedUp>> {
    let names = making.school_names()?;
    let sealed: BTreeMap<Id, (Id, Option<Date>)> =
        all_sealed(making.desk, making.view, &making.report.report, &making.name())?
            .into_iter()
            .filter(|(_, row)| row.text("state") == Some("sealed"))
            .filter_map(|(id, row)| {
                let on = row.text("sealed_on").and_then(|day| day.parse().ok());
                Some((row.get("organisation").and_then(Value::as_row)?, (id, on)))
            })
            .collect();
    let due_on = due_day(making);
    let one = |(school, name): (Id, String)| {
        let (id, on) = sealed.get(&school).map_or((None, None), |(id, on)| (Some(*id), *on));
        let done = on.unwrap_or(making.desk.today());
        HandedUp {
            school,
            name,
            sealed: id,
            on: on.map(|day| day.to_string()),
            due_on: due_on.map(|day| day.to_string()),
            late: due_on.is_some_and(|due| done > due),
        }
    };
    Ok(names.into_iter().map(one).collect())
}

/// The day a report is due: a month's, by the setting; others are due at the end of their period.
fn due_day(making: &Making<'_>) -> Option<Date> {
    if making.report.period != PeriodKind::Month {
        return Some(making.period.last);
    }
    let calendar = making.rules.calendar(Some(making.session.organisation.id));
    let days = domain::calendar::SchoolDays::of(calendar, None, making.period.first, making.period.last);
    let ticks = Ticks {
        today: making.desk.today(),
        days: &days,
        settings: &making.rules.settings,
        presence: &making.rules.presence,
    };
    month_report_day(making.period.first, &ticks)
}

/// A sealed report as it stands for ever.
#[derive(Debug, Clone, Serialize, TS)]
pub struct SealedReply {
    /// The report.
    pub report: String,
    /// The period.
    pub period: String,
    /// How far each chain had gone.
    #[ts(type = "unknown")]
    pub tips: Json,
    /// Its columns.
    pub columns: Vec<String>,
    /// Its lines.
    pub lines: Vec<(LineKey, Vec<Cell>)>,
    /// The rows behind each number, at its narrowest line.
    #[ts(type = "unknown")]
    pub lists: Json,
}

/// A report as it was sealed: the numbers then, whatever happened since (`--at`).
pub fn sealed_report(desk: &Desk, id: Id) -> Done<SealedReply> {
    let session = desk.session()?;
    session.store.read(|view| {
        let row = view.row(desk.record("sealed_report")?, id, desk.today())?.values;
        let kept = read_kept(&row)?;
        let of = |key: &str| row.said(key);
        let json = |key: &str| serde_json::from_str(row.text(key).unwrap_or("[]")).map_err(Failure::defect);
        Ok(SealedReply {
            report: of("report"),
            period: of("period"),
            tips: json("tips")?,
            columns: kept.columns,
            lines: kept.lines,
            lists: json("lists")?,
        })
    })
}

/// The first days of the months whose report this organisation has sealed, and the days on which censuses were.
pub(crate) fn sealed_days(desk: &Desk, view: View<'_>, own: Id, report: &str) -> Done<Vec<(String, Date)>> {
    let fields = ["organisation", "period", "state", "sealed_on"];
    let mut days = Vec::new();
    let scan = store::Scan { fields: &fields, only: vec![store::Only::Is("report", report)] };
    view.scan(desk.record("sealed_report")?, &scan, |_, row| {
        let mine = row.get("organisation").and_then(Value::as_row) == Some(own);
        let on = row.text("sealed_on").and_then(|day| day.parse().ok());
        if let (true, Some("sealed"), Some(period), Some(on)) = (mine, row.text("state"), row.text("period"), on) {
            days.push((period.to_owned(), on));
        }
    })?;
    Ok(days)
}
