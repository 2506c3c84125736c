//! A report's sheet: its lines, the numbers in them, and the rows behind each number.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::books::{Books, Place};
use super::count::{Hit, Over};
use super::{Column, Division, Period, Report, Sum};
use crate::balance::Gap;
use crate::lives::movement::{self, Movement};
use crate::rates::{Ratio, Stage};
use crate::{Date, Id};

/// What a sheet is made from.
#[derive(Debug, Clone, Copy)]
pub struct Setting<'a> {
    /// The report.
    pub report: &'a Report,
    /// What it counts from.
    pub books: &'a Books,
    /// The stretch of time.
    pub period: Period,
    /// The civil day.
    pub today: Date,
    /// The schools that each have lines of their own; none where the ledger is one school's.
    pub schools: &'a [Id],
}

/// Which line: the parts that are absent are summed over.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
pub struct LineKey {
    /// The school.
    pub school: Option<Id>,
    /// 学段.
    pub stage: Option<Stage>,
    /// Code of the grade.
    pub grade: Option<String>,
    /// The class within the grade.
    pub class: Option<String>,
}

impl LineKey {
    /// Whether another line is this one or a part of it.
    pub fn holds(&self, other: &Self) -> bool {
        (self.school.is_none() || self.school == other.school)
            && (self.stage.is_none() || self.stage == other.stage)
            && (self.grade.is_none() || self.grade == other.grade)
            && (self.class.is_none() || self.class == other.class)
    }
}

/// A number or a rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[ts(rename = "ReportCell")]
pub enum Cell {
    /// A number.
    Number {
        /// How many.
        #[ts(type = "number")]
        number: i64,
    },
    /// A rate.
    Rate {
        /// Its two numbers.
        ratio: Ratio,
    },
    /// What a class has not said yet, by a sheet that it did not fill.
    Untaken,
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Line {
    /// Which.
    pub key: LineKey,
    /// Its cells, in the order of the columns.
    pub cells: Vec<Cell>,
    /// Sums that do not come out: the column they lead to, and by how much.
    pub gaps: Vec<(String, Gap)>,
    /// Whether it is a class that filled no sheet, in a report that counts from sheets.
    pub untaken: bool,
}

/// A report's numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Sheet {
    /// Its lines: the total first, then by school, stage, grade and class, a wider line before the narrower ones.
    pub lines: Vec<Line>,
}

impl<'a> Setting<'a> {
    fn over(&self) -> Over<'a> {
        Over { books: self.books, period: self.period, today: self.today }
    }

    /// Counts everything.
    pub fn sheet(&self) -> Sheet {
        let mut counted: BTreeMap<LineKey, Vec<i64>> = BTreeMap::new();
        let columns = self.report.columns.len();
        for key in self.given_lines() {
            counted.insert(key, vec![0; columns]);
        }
        for (at, column) in self.report.columns.iter().enumerate() {
            for hit in self.hits(column) {
                for key in self.lines_of(&hit.place) {
                    let cells = counted.entry(key).or_insert_with(|| vec![0; columns]);
                    if let Some(cell) = cells.get_mut(at) {
                        *cell += hit.weight;
                    }
                }
            }
        }
        let untaken = self.untaken(&counted);
        let line = |(key, numbers): (&LineKey, &Vec<i64>)| {
            let of = untaken.iter().filter(|class| key.holds(class)).filter_map(|class| counted.get(class));
            let said = numbers
                .iter()
                .enumerate()
                .map(|(at, number)| number - of.clone().filter_map(|numbers| numbers.get(at)).sum::<i64>());
            self.line(key.clone(), numbers, &said.collect::<Vec<_>>(), untaken.contains(key))
        };
        Sheet { lines: counted.iter().map(line).collect() }
    }

    /// The classes that filled no sheet, where a report counts from the sheets of classes.
    fn untaken(&self, counted: &BTreeMap<LineKey, Vec<i64>>) -> BTreeSet<LineKey> {
        let by_class = self.report.lines.contains(&Division::Class);
        let sheets: Vec<&Column> =
            self.report.columns.iter().filter(|column| self.is_of_sheets(&column.key)).filter(|_| by_class).collect();
        if sheets.is_empty() {
            return BTreeSet::new();
        }
        let hits = sheets.iter().flat_map(|column| self.hits(column));
        let taken: BTreeSet<LineKey> = hits.filter_map(|hit| self.lines_of(&hit.place).pop()).collect();
        let narrowest = |key: &&LineKey| {
            let is_school = self.schools.is_empty() || key.school.is_some();
            key.grade.is_some() && is_school && !counted.keys().any(|other| other != *key && key.holds(other))
        };
        counted.keys().filter(narrowest).filter(|key| !taken.contains(*key)).cloned().collect()
    }

    /// Whether a column counts from sheets that classes fill.
    fn is_of_sheets(&self, key: &str) -> bool {
        let count = self.report.column(key).and_then(|column| column.count.as_ref());
        count.is_some_and(|count| matches!(count.rows_read(), Some(super::count::RowsRead::Sheets { .. })))
    }

    /// The rows behind one number, sorted, each once.
    pub fn rows_behind(&self, line: &LineKey, column: &str) -> Vec<Id> {
        let Some(column) = self.report.column(column) else { return vec![] };
        let in_line = self.hits(column).into_iter().filter(|hit| self.lines_of(&hit.place).contains(line));
        in_line.map(|hit| hit.row).collect::<BTreeSet<Id>>().into_iter().collect()
    }

    /// The rows behind every number, each under its narrowest line: a wider line's list is theirs together.
    pub fn lists(&self) -> Vec<(LineKey, BTreeMap<String, Vec<Id>>)> {
        let mut lists: BTreeMap<LineKey, BTreeMap<String, Vec<Id>>> = BTreeMap::new();
        for column in &self.report.columns {
            for hit in self.hits(column) {
                let Some(line) = self.lines_of(&hit.place).pop() else { continue };
                lists.entry(line).or_default().entry(column.key.clone()).or_default().push(hit.row);
            }
        }
        lists.into_iter().collect()
    }

    /// Children who came or went without a registered reason: why a line does not balance.
    pub fn unexplained(&self) -> Vec<Movement> {
        let moved = |life| movement::between(life, self.period.eve(), self.period.closing(self.today));
        let all = self.books.lives.iter().flat_map(moved);
        all.filter(|moved| moved.flow.is_none()).collect()
    }

    fn hits(&self, column: &Column) -> Vec<Hit<'a>> {
        column.count.as_ref().map(|count| count.hits(self.over())).unwrap_or_default()
    }

    /// Lines that stand there even when nothing counts: the total, and each school.
    fn given_lines(&self) -> Vec<LineKey> {
        let school = |school: &Id| LineKey { school: Some(*school), ..LineKey::default() };
        [LineKey::default()].into_iter().chain(self.schools.iter().map(school)).collect()
    }

    /// The lines in which something at a place counts.
    fn lines_of(&self, place: &Place<'_>) -> Vec<LineKey> {
        let mut key = LineKey::default();
        let mut lines = vec![key.clone()];
        for division in &self.report.lines {
            match division {
                Division::Stage => key.stage = place.grade.and_then(Stage::of_grade),
                Division::Grade => key.grade = place.grade.map(str::to_owned),
                Division::Class => key.class = place.class.map(str::to_owned),
            }
            if lines.last() != Some(&key) {
                lines.push(key.clone());
            }
        }
        let own = place.school.filter(|school| self.schools.contains(school));
        let of_school = |school: Id| lines.iter().map(move |key| LineKey { school: Some(school), ..key.clone() });
        let of_schools: Vec<LineKey> = own.into_iter().flat_map(of_school).collect();
        lines.into_iter().chain(of_schools).collect()
    }

    /// A line of numbers. What is held against the sheets of classes counts only those who filled one: `said`.
    fn line(&self, key: LineKey, numbers: &[i64], said: &[i64], untaken: bool) -> Line {
        let of_sheets = |keys: &[String]| keys.iter().any(|key| self.is_of_sheets(key));
        let sum = |keys: &[String], numbers: &[i64]| keys.iter().map(|key| self.number(numbers, key)).sum::<i64>();
        let cell = |(column, number): (&Column, &i64)| match &column.rate {
            None if untaken && self.is_of_sheets(&column.key) => Cell::Untaken,
            Some(rate) if untaken && of_sheets(&rate.plus) => Cell::Untaken,
            None => Cell::Number { number: *number },
            Some(rate) => {
                let numbers = if of_sheets(&rate.plus) { said } else { numbers };
                let below = self.number(numbers, &rate.to) + sum(&rate.and_to, numbers);
                Cell::Rate { ratio: Ratio { above: sum(&rate.plus, numbers) - sum(&rate.minus, numbers), below } }
            }
        };
        let gap = |of: &Sum| {
            let numbers = if of_sheets(&of.plus) { said } else { numbers };
            let number = |key: &String| self.number(numbers, key);
            let (led_to, counted) = (sum(&of.plus, numbers) - sum(&of.minus, numbers), number(&of.is));
            let counted = u32::try_from(counted).unwrap_or_default();
            (led_to != i64::from(counted)).then(|| (of.is.clone(), Gap { led_to, counted }))
        };
        Line {
            cells: self.report.columns.iter().zip(numbers).map(cell).collect(),
            gaps: self.report.balances.iter().filter_map(gap).collect(),
            untaken,
            key,
        }
    }

    fn number(&self, numbers: &[i64], key: &str) -> i64 {
        let at = self.report.columns.iter().position(|column| column.key == key);
        at.and_then(|at| numbers.get(at)).copied().unwrap_or_default()
    }
}
