//! A report in the making: its definition, its period, what it counts from, and what stands in the way of sealing it.

pub(crate) mod headings;

use domain::lives::movement::Movement;
use domain::report::books::Books;
use domain::report::{Cell, Column, LineKey, Period, Report, Setting, Sheet};
use domain::words::{self, Facts, Language};
use domain::{Id, date};
use serde::{Deserialize, Serialize};
use store::View;
use ts_rs::TS;

use crate::desk::{Desk, Session};
use crate::failure::{Done, Failure};
use crate::numbers::named::{NamedRow, named};
use crate::rows::books::Reader;
use crate::rows::known::day_asked;
use crate::rows::rules::{Rules, schools};
use headings::spoken;

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

/// Whether nothing but flows and work is in a report: no case, new or open, and nobody missing.
pub(crate) fn is_zero(report: &Report, sheet: &Sheet) -> bool {
    let Some(total) = sheet.lines.first() else { return true };
    let about_children = |column: &Column| {
        column.count.as_ref().is_some_and(|count| matches!(count.record(), "dropout_case" | "return_outcome"))
    };
    let cells = report.columns.iter().zip(&total.cells).filter(|(column, _)| about_children(column));
    cells.into_iter().all(|(_, cell)| *cell == Cell::Number { number: 0 })
}
