//! 审定封存: a report keeps its numbers, the rows behind each, and how far each chain had gone. A later correction shows as
//! a difference; one sealed by mistake is reopened with a reason.

use std::collections::BTreeMap;

use domain::clock::recurring::month_report_day;
use domain::clock::{State, Ticks};
use domain::report::{Cell, LineKey, PeriodKind, Sheet};
use domain::{Date, Fields, Id, Problem, Row, Severity, Value};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};
use store::View;
use ts_rs::TS;

use crate::desk::Desk;
use crate::failure::{Done, Failure};
use crate::numbers::report_errors;
use crate::numbers::reports::{Making, ReportReply, ReportRequest, is_zero, report};
use crate::rows::SaveRequest;
use crate::rows::saving::save_row;

/// A report to be sealed.
#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
pub struct SealRequest {
    /// The report.
    pub report: String,
    /// Any day of the period; today when absent.
    pub on: Option<String>,
    /// Who approves.
    pub by: Option<String>,
    /// Why it is sealed although something is open.
    pub explained: Option<String>,
}

/// A sealed report to be opened again.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ReopenRequest {
    /// The sealed report's row.
    pub id: Id,
    /// Why.
    pub why: String,
}

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
struct Kept {
    columns: Vec<String>,
    lines: Vec<(LineKey, Vec<Cell>)>,
}

/// Seals a report. Errors: `refused` when something is open and not explained; `sealed_already`.
pub fn seal_report(desk: &Desk, request: SealRequest) -> Done<ReportReply> {
    let session = desk.session()?;
    let asked = ReportRequest { report: request.report.clone(), on: request.on.clone(), at: None };
    let form = session.store.read(|view| {
        let making = Making::begin(desk, &session, view, &asked)?;
        let sheet = making.setting().sheet();
        let stands = standing(&making)?.is_some_and(|(_, row)| row.text("state") == Some("sealed"));
        if stands {
            return Err(Failure::new("sealed_already").with("period", making.name()));
        }
        let explained = request.explained.as_deref().map(str::trim).filter(|text| !text.is_empty());
        let mut open = making.open_points(&sheet)?;
        open.extend(report_errors::errors(&making)?);
        if !open.is_empty() && explained.is_none() {
            let problem = |point: crate::numbers::reports::OpenPoint| {
                Problem::new("explained", "open_point", Severity::Block).with("what", point.text)
            };
            return Err(Failure::refused(open.into_iter().map(problem).collect()));
        }
        kept(&making, &sheet, &request)
    })?;
    save_row(desk, SaveRequest { record: "sealed_report".to_owned(), id: None, values: form, seen: None, why: None })?;
    report(desk, asked)
}

/// Opens a sealed report again. Errors: `refused` without a reason; `no_such_row`.
pub fn reopen_report(desk: &Desk, request: ReopenRequest) -> Done<()> {
    if request.why.trim().is_empty() {
        return Err(Failure::refused(vec![Problem::block("reopened_why", "required")]));
    }
    let values = Map::from_iter([
        ("state".to_owned(), json!("reopened")),
        ("reopened_on".to_owned(), json!(desk.today().to_string())),
        ("reopened_why".to_owned(), json!(request.why)),
    ]);
    let why = Some(request.why);
    save_row(desk, SaveRequest { record: "sealed_report".to_owned(), id: Some(request.id), values, seen: None, why })?;
    Ok(())
}

fn kept(making: &Making<'_>, sheet: &Sheet, request: &SealRequest) -> Done<Map<String, Json>> {
    let numbers = Kept {
        columns: making.report.columns.iter().map(|column| column.key.clone()).collect(),
        lines: sheet.lines.iter().map(|line| (line.key.clone(), line.cells.clone())).collect(),
    };
    let lists: Vec<(LineKey, BTreeMap<String, Vec<Id>>)> = making.setting().lists();
    let tips: Vec<Json> = making.view.counted_tips()?.iter().map(tip).collect();
    let definition = serde_json::to_vec(making.report).map_err(Failure::defect)?;
    let json_text = |value: Json| Json::String(value.to_string());
    let of = |value: Result<Json, serde_json::Error>| value.map(json_text).map_err(Failure::defect);
    let fields = [
        ("report", json!(making.report.report)),
        ("period", json!(making.name())),
        ("state", json!("sealed")),
        ("sealed_on", json!(making.desk.today().to_string())),
        ("sealed_by", json!(request.by)),
        ("zero", json!(is_zero(making.report, sheet))),
        ("explained", json!(request.explained)),
        ("version", json!(oplog::Hash::of(&[&definition]).hex())),
        ("tips", json_text(Json::from(tips))),
        ("numbers", of(serde_json::to_value(&numbers))?),
        ("lists", of(serde_json::to_value(&lists))?),
        ("reopened_on", Json::Null),
        ("reopened_why", Json::Null),
    ];
    Ok(fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
}

fn tip(tip: &store::ChainTip) -> Json {
    json!({ "replica": tip.replica, "scope": tip.scope, "depth": tip.depth.to_string(), "hash": oplog::Hash(tip.hash).hex() })
}

/// The row of this organisation's sealed report, if there is one.
fn standing(making: &Making<'_>) -> Done<Option<(Id, Row)>> {
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

/// How a due date weighs, for sorting: the most pressing first.
pub(crate) fn weight(state: State) -> u8 {
    match state {
        State::Overdue => 0,
        State::Today => 1,
        State::CatchUp => 2,
        State::Coming => 3,
    }
}
