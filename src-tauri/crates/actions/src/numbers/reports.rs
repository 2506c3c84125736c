//! Reports: the numbers of a period, the rows behind each, what stands in the way of sealing, and who has handed up.

mod headings;

use domain::balance::Gap;
use domain::lives::movement::Movement;
use domain::report::books::Books;
use domain::report::{Cell, Column, LineKey, Period, PeriodKind, Report, Setting, Sheet};
use domain::words::{self, Facts, Language};
use domain::{Date, Id, Problem, date};
use serde::{Deserialize, Serialize};
use store::View;
use ts_rs::TS;

use crate::desk::{Desk, Session};
use crate::failure::{Done, Failure};
use crate::numbers::reports::headings::spoken;
use crate::numbers::sealing::{self, Sealed};
use crate::rows::books::Reader;
use crate::rows::known::read_at;
use crate::rows::names::name_of;
use crate::rows::rules::{Rules, kinds};

/// Which report, of which period.
#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
pub struct ReportRequest {
    /// The report.
    pub report: String,
    /// Any day of the period, ISO 8601; today when absent.
    pub on: Option<String>,
    /// As it was known at this seal, the row of a sealed report; as it is known now when absent.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub at: Option<Id>,
}

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

/// The rows behind a number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct NumberReply {
    /// Their record.
    pub record: String,
    /// The rows.
    pub rows: Vec<NamedRow>,
}

/// A row with what names it to people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct NamedRow {
    /// The row.
    pub id: Id,
    /// The child it is about, if it is about one.
    pub student: Option<Id>,
    /// What people read.
    pub name: String,
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
    pub schools: Vec<sealing::HandedUp>,
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

/// Something that must be mended or explained before a report is sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct OpenPoint {
    /// What it is, a key of `assets/words/<language>/reports.json`.
    pub what: String,
    /// In words.
    pub text: String,
    /// The rows concerned.
    pub rows: Vec<NamedRow>,
}

/// A report being made: its definition, its period, and what it counts from.
pub(crate) struct Making<'m> {
    pub(crate) desk: &'m Desk,
    pub(crate) session: &'m Session,
    pub(crate) view: View<'m>,
    pub(crate) report: &'m Report,
    pub(crate) period: Period,
    pub(crate) schools: Vec<Id>,
    pub(crate) rules: Rules,
    /// The language it speaks: the desk's, or that of paper.
    pub(crate) language: Language,
    books: Books,
}

impl<'m> Making<'m> {
    /// Reads everything a report needs.
    pub(crate) fn begin(desk: &'m Desk, session: &'m Session, view: View<'m>, request: &ReportRequest) -> Done<Self> {
        let report = desk
            .catalogue()
            .report(&request.report)
            .ok_or_else(|| Failure::new("no_such_report").with("report", &request.report))?;
        let on = day_asked(desk, request.on.as_deref())?;
        let rules = Rules::read(desk, session, view)?;
        let calendar = rules.calendar(Some(session.organisation.id));
        let period = Period::around(report.period, on, calendar).ok_or_else(|| Failure::defect("no such period"))?;
        let reader = Reader { catalogue: desk.catalogue(), view };
        let since = date::school_year_start(period.first);
        let books = reader.books(report, period.first, since.min(period.eve()))?;
        let schools = if session.organisation.is_above() { schools(desk, view)? } else { vec![] };
        Ok(Self { desk, session, view, report, period, schools, rules, language: desk.language(), books })
    }

    pub(crate) fn setting(&self) -> Setting<'_> {
        Setting {
            report: self.report,
            books: &self.books,
            period: self.period,
            today: self.desk.today(),
            schools: &self.schools,
        }
    }

    pub(crate) fn name(&self) -> String {
        self.period.name(self.report.period)
    }

    pub(crate) fn reply(&self) -> Done<ReportReply> {
        let sheet = self.setting().sheet();
        let language = self.language;
        let head = |column: &Column| HeadLine {
            key: column.key.clone(),
            band: column.band.as_ref().map(|band| spoken(band, language)),
            head: spoken(&column.head, language),
        };
        Ok(ReportReply {
            report: self.report.report.clone(),
            title: self.title()?,
            period: self.name(),
            first: self.period.first,
            last: self.period.last,
            as_of: self.period.closing(self.desk.today()),
            columns: self.report.columns.iter().map(head).collect(),
            lines: self.lines(&sheet)?,
            zero: is_zero(self.report, &sheet),
            open_points: self.open_points(&sheet)?,
            sealed: sealing::sealed(self, &sheet)?,
            schools: sealing::handed_up(self)?,
        })
    }

    fn lines(&self, sheet: &Sheet) -> Done<Vec<ReportLine>> {
        let names = self.school_names()?;
        let line = |line: &domain::report::Line| ReportLine {
            head: self.line_head(&line.key, &names),
            shown: line.cells.iter().map(shown).collect(),
            cells: line.cells.clone(),
            gaps: line.gaps.clone(),
            key: line.key.clone(),
        };
        Ok(sheet.lines.iter().map(line).collect())
    }

    /// What must be mended or explained: sums that do not come out, children whose coming or going nobody explained,
    /// fields filled differently.
    pub(crate) fn open_points(&self, sheet: &Sheet) -> Done<Vec<OpenPoint>> {
        let mut points = Vec::new();
        let language = self.language;
        let gap = sheet.lines.iter().find_map(|line| line.gaps.first());
        if let Some((column, gap)) = gap {
            let head = self.report.column(column).map(|column| spoken(&column.head, language)).unwrap_or_default();
            let facts = Facts::from([
                ("column".to_owned(), head),
                ("led_to".to_owned(), gap.led_to.to_string()),
                ("counted".to_owned(), gap.counted.to_string()),
            ]);
            points.push(self.point("gap", &facts, vec![])?);
        }
        let untaken: Vec<&LineKey> = sheet.lines.iter().filter(|line| line.untaken).map(|line| &line.key).collect();
        if !untaken.is_empty() {
            points.push(self.untaken(&untaken)?);
        }
        let counts_flows = self
            .report
            .columns
            .iter()
            .any(|column| column.count.as_ref().is_some_and(|count| !count.flows().is_empty()));
        let lost: Vec<Movement> = if counts_flows { self.setting().unexplained() } else { vec![] };
        if !lost.is_empty() {
            let ids = lost.iter().map(|moved| moved.student).collect::<std::collections::BTreeSet<_>>();
            let facts = Facts::from([("count".to_owned(), ids.len().to_string())]);
            points.push(self.point("unexplained", &facts, ids.into_iter().collect())?);
        }
        let conflicts = self.view.conflict_count()?;
        if conflicts > 0 {
            let facts = Facts::from([("count".to_owned(), conflicts.to_string())]);
            points.push(OpenPoint {
                what: "conflicts".to_owned(),
                text: words::say(language, "reports", "open.conflicts", &facts),
                rows: vec![],
            });
        }
        Ok(points)
    }

    /// The classes that have not said who came.
    fn untaken(&self, classes: &[&LineKey]) -> Done<OpenPoint> {
        let names = self.school_names()?;
        let named = classes.iter().take(CLASSES_MAX).map(|key| self.line_head(key, &names)).collect::<Vec<_>>();
        let comma = if self.language == Language::Zh { "、" } else { ", " };
        let facts =
            Facts::from([("count".to_owned(), classes.len().to_string()), ("classes".to_owned(), named.join(comma))]);
        let text = words::say(self.language, "reports", "open.untaken", &facts);
        Ok(OpenPoint { what: "untaken".to_owned(), text, rows: vec![] })
    }

    fn point(&self, what: &str, facts: &Facts, students: Vec<Id>) -> Done<OpenPoint> {
        let text = words::say(self.language, "reports", &format!("open.{what}"), facts);
        Ok(OpenPoint { what: what.to_owned(), text, rows: named(self.desk, self.view, "student", students)? })
    }
}

/// Classes named at most in a sentence.
const CLASSES_MAX: usize = 12;

/// The numbers of a report.
pub fn report(desk: &Desk, request: ReportRequest) -> Done<ReportReply> {
    let session = desk.session()?;
    read_at(desk, &session, request.at, |desk, view| Making::begin(desk, &session, view, &request)?.reply())
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

/// Rows with their names; one about a child carries the child's.
pub(crate) fn named(desk: &Desk, view: View<'_>, record_name: &str, ids: Vec<Id>) -> Done<Vec<NamedRow>> {
    let Some(definition) = desk.catalogue().record(record_name) else { return Ok(vec![]) };
    let student = desk.record("student")?;
    let today = desk.today();
    let one = |id: Id| {
        if definition.record == student.record {
            return Ok(NamedRow { id, student: Some(id), name: name_of(desk.catalogue(), view, student, id, today)? });
        }
        let child = crate::rows::review::child_above(view, definition, id)?;
        let own = name_of(desk.catalogue(), view, definition, id, today)?;
        let name = match child {
            Some(child) => format!("{} {own}", name_of(desk.catalogue(), view, student, child, today)?),
            None => own,
        };
        Ok(NamedRow { id, student: child, name })
    };
    ids.into_iter().map(one).collect()
}

/// The schools of a ledger that receives packages: every organisation but those that manage.
pub(crate) fn schools(desk: &Desk, view: View<'_>) -> Done<Vec<Id>> {
    let manages = |kind: &String| matches!(kind.as_str(), "center" | "county");
    Ok(kinds(desk, view)?.into_iter().filter(|(_, kind)| !manages(kind)).map(|(id, _)| id).collect())
}

/// A day that was asked for; today when none was. Errors: `refused` for what is no day.
pub(crate) fn day_asked(desk: &Desk, typed: Option<&str>) -> Done<Date> {
    let Some(typed) = typed else { return Ok(desk.today()) };
    let month = format!("{typed}-01");
    let read = date::parse_day(typed).or_else(|_| date::parse_day(&month));
    read.map_err(|_| Failure::refused(vec![Problem::block("on", "not_a_date").with("typed", typed)]))
}

/// Whether nothing but flows and work is in a report: no case, new or open, and nobody missing.
pub(crate) fn is_zero(report: &Report, sheet: &Sheet) -> bool {
    let Some(total) = sheet.lines.first() else { return true };
    let about_children = |column: &Column| {
        column.count.as_ref().is_some_and(|count| matches!(count.record(), "dropout_case" | "return_outcome"))
    };
    let cells = report.columns.iter().zip(&total.cells).filter(|(column, _)| about_children(column));
    cells.into_iter().all(|(_, cell)| *cell == Cell::Number { number: 0 })
}

fn shown(cell: &Cell) -> String {
    match cell {
        Cell::Number { number } => number.to_string(),
        Cell::Rate { ratio } => ratio.to_string(),
        Cell::Untaken => "—".to_owned(),
    }
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
