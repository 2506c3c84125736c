//! Reports: the numbers of a period and the rows behind each.

use domain::balance::Gap;
use domain::report::{Cell, Column, LineKey, PeriodKind, Report, Sheet};
use domain::words::{self, Facts};
use domain::{Date, Id};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::desk::Desk;
use crate::failure::Done;
use crate::numbers::making::headings::spoken;
use crate::numbers::making::{Making, OpenPoint, ReportRequest, is_zero};
use crate::numbers::named::{NumberReply, named};
use crate::numbers::sealed::{HandedUp, Sealed, handed_up, sealed};
use crate::rows::known::read_at;

/// One number of a report.
#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
pub struct NumberRequest {
    /// The report.
    pub report: String,
    /// Any day of the period.
    pub on: Option<String>,
    /// The line.
    pub line: LineKey,
    /// The column.
    pub column: String,
    /// As it was known at this seal, the row of a sealed report; as it is known now when absent.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub at: Option<Id>,
}

/// A report's numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ReportReply {
    /// The report.
    pub report: String,
    /// Its heading.
    pub title: String,
    /// Its period's name, `2026-10`.
    pub period: String,
    /// First day.
    #[ts(type = "string")]
    pub first: Date,
    /// Last day.
    #[ts(type = "string")]
    pub last: Date,
    /// The day it speaks of as its end: the last, or today.
    #[ts(type = "string")]
    pub as_of: Date,
    /// Its columns.
    pub columns: Vec<HeadLine>,
    /// Its lines.
    pub lines: Vec<ReportLine>,
    /// Whether no case and no return is in it: a zero report.
    pub zero: bool,
    /// What stands in the way of sealing it, unless it is explained.
    pub open_points: Vec<OpenPoint>,
    /// As it was sealed, if it was.
    pub sealed: Option<Sealed>,
    /// Schools and whether they have handed it up; empty in a school's own ledger.
    pub schools: Vec<HandedUp>,
}

/// The heading of a column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct HeadLine {
    /// Identifier.
    pub key: String,
    /// The heading over several columns.
    pub band: Option<String>,
    /// Its own.
    pub head: String,
}

/// A line of a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ReportLine {
    /// Which.
    pub key: LineKey,
    /// What people call it.
    pub head: String,
    /// Its cells.
    pub cells: Vec<Cell>,
    /// Its cells as people read them.
    pub shown: Vec<String>,
    /// Sums that do not come out (勾稽不符): the column, and by how much.
    pub gaps: Vec<(String, Gap)>,
}

/// What a report comes to.
pub(crate) fn reply(making: &Making<'_>) -> Done<ReportReply> {
    let sheet = making.setting().sheet();
    let language = making.language;
    let head = |column: &Column| HeadLine {
        key: column.key.clone(),
        band: column.band.as_ref().map(|band| spoken(band, language)),
        head: spoken(&column.head, language),
    };
    Ok(ReportReply {
        report: making.report.report.clone(),
        title: making.title()?,
        period: making.name(),
        first: making.period.first,
        last: making.period.last,
        as_of: making.period.closing(making.desk.today()),
        columns: making.report.columns.iter().map(head).collect(),
        lines: lines(making, &sheet)?,
        zero: is_zero(making.report, &sheet),
        open_points: making.open_points(&sheet)?,
        sealed: sealed(making, &sheet)?,
        schools: handed_up(making)?,
    })
}

fn lines(making: &Making<'_>, sheet: &Sheet) -> Done<Vec<ReportLine>> {
    let names = making.school_names()?;
    let line = |line: &domain::report::Line| ReportLine {
        head: making.line_head(&line.key, &names),
        shown: line.cells.iter().map(shown).collect(),
        cells: line.cells.clone(),
        gaps: line.gaps.clone(),
        key: line.key.clone(),
    };
    Ok(sheet.lines.iter().map(line).collect())
}

fn shown(cell: &Cell) -> String {
    match cell {
        Cell::Number { number } => number.to_string(),
        Cell::Rate { ratio } => ratio.to_string(),
        Cell::Untaken => "—".to_owned(),
    }
}

/// The numbers of a report.
pub fn report(desk: &Desk, request: ReportRequest) -> Done<ReportReply> {
    let session = desk.session()?;
    read_at(desk, &session, request.at, |desk, view| reply(&Making::begin(desk, &session, view, &request)?))
}

/// The rows behind one number of a report.
pub fn report_rows(desk: &Desk, request: NumberRequest) -> Done<NumberReply> {
    let session = desk.session()?;
    read_at(desk, &session, request.at, |desk, view| {
        let asked = ReportRequest { report: request.report, on: request.on, at: request.at };
        let making = Making::begin(desk, &session, view, &asked)?;
        let counted = making.report.column(&request.column).and_then(|column| column.count.as_ref());
        let record = counted.map(|count| count.record().to_owned()).unwrap_or_default();
        let ids = making.setting().rows_behind(&request.line, &request.column);
        Ok(NumberReply { rows: named(desk, view, &record, ids)?, record })
    })
}

/// A report that can be asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ReportName {
    /// Identifier.
    pub report: String,
    /// Number of the form it fills.
    pub form: String,
    /// How long its period is.
    pub period: PeriodKind,
    /// What people call it, without the names of school and period.
    pub name: String,
}

/// The reports there are.
pub fn reports(desk: &Desk, _: ()) -> Done<Vec<ReportName>> {
    let name = |report: &Report| ReportName {
        report: report.report.clone(),
        form: report.form.clone(),
        period: report.period,
        name: words::say(desk.language(), "reports", &format!("name.{}", report.report), &Facts::new()),
    };
    Ok(desk.catalogue().reports().map(name).collect())
}
