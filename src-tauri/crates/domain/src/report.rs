//! Reports: sheets of numbers by school, stage, grade and class, as `assets/reports` declares them (domain.md §1.10–1.12, §4.1).
//!
//! A column is a named count, a rate between columns, or one column for each code of a list. Every number is made of
//! rows that can be listed; a line that does not balance says so. A new report is one TOML.

pub mod books;
pub mod count;
mod period;
mod sheet;
#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

pub use books::Books;
pub use period::{Period, PeriodKind};
pub use sheet::{Cell, Line, LineKey, Setting, Sheet};

use crate::Catalogue;
use crate::label::Label;
use crate::rates::Indicator;
use count::Count;

/// A report as declared.
#[derive(Debug, Clone, Deserialize, Serialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// Identifier and file name.
    pub report: String,
    /// Number of the form it fills.
    pub form: String,
    /// The heading, with `{school}`, `{year}`, `{month}`, `{term}`, `{school_year}`, `{from}`, `{until}`.
    pub title: Label,
    /// The law, notice or page it follows.
    pub source: String,
    /// The stretch of time it speaks of.
    pub period: PeriodKind,
    /// What its lines are divided by, from the widest.
    pub lines: Vec<Division>,
    /// Who signs.
    pub sign: Vec<String>,
    /// Whether it is sealed with the school's seal.
    pub seal: bool,
    /// Its columns, those of a spread made by the catalogue in their place.
    #[serde(rename(deserialize = "column"))]
    pub columns: Vec<Column>,
    /// Columns that stand for each code of a list.
    #[serde(default, rename(deserialize = "spread"))]
    pub spreads: Vec<Spread>,
    /// Sums that must come out.
    #[serde(default, rename(deserialize = "balance"))]
    pub balances: Vec<Sum>,
}

/// What lines are divided by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Division {
    /// 学段.
    Stage,
    /// 年级.
    Grade,
    /// 班级.
    Class,
}

/// One column of a report.
#[derive(Debug, Clone, Deserialize, Serialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// Identifier.
    pub key: String,
    /// A heading over several columns.
    #[serde(default)]
    pub band: Option<Label>,
    /// Its heading.
    pub head: Label,
    /// What it counts.
    #[serde(default)]
    #[ts(type = "string | null")]
    pub count: Option<Count>,
    /// The rate it shows instead.
    #[serde(default)]
    pub rate: Option<RateOf>,
}

/// A rate between columns of the same line.
#[derive(Debug, Clone, Deserialize, Serialize, TS)]
#[serde(deny_unknown_fields)]
pub struct RateOf {
    /// Which rate it is.
    pub indicator: Indicator,
    /// Columns above the line.
    pub plus: Vec<String>,
    /// Columns taken off above the line.
    #[serde(default)]
    pub minus: Vec<String>,
    /// The column below the line.
    pub to: String,
    /// Further columns below the line.
    #[serde(default)]
    pub and_to: Vec<String>,
}

/// Columns that stand for each code of a list, and one for the rest.
#[derive(Debug, Clone, Deserialize, Serialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Spread {
    /// Identifier: its columns are `key.code`, the last one `key.rest`; in a sum it stands for all of them.
    pub key: String,
    /// The heading over them.
    pub band: Label,
    /// The code list.
    pub codes: String,
    /// What each counts, with `{code}`.
    pub count: String,
    /// The heading of the last one.
    pub rest: Label,
}

/// A sum that must come out: else the line is shown in red (勾稽不符).
#[derive(Debug, Clone, Deserialize, Serialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Sum {
    /// Columns added.
    pub plus: Vec<String>,
    /// Columns taken off.
    #[serde(default)]
    pub minus: Vec<String>,
    /// The column that they lead to.
    pub is: String,
}

impl Report {
    /// Writes the columns of the spreads out, and proves that counts, rates and sums name what there is.
    ///
    /// A spread stands before the first rate. Errors: the first thing that does not hold.
    pub(crate) fn complete(&mut self, catalogue: &Catalogue) -> Result<(), String> {
        for spread in &self.spreads {
            let made = spread.columns(catalogue)?;
            let at = self.columns.iter().position(|column| column.rate.is_some()).unwrap_or(self.columns.len());
            self.columns.splice(at..at, made);
            for sum in &mut self.balances {
                spread.write_out(&mut sum.plus, &self.columns);
            }
        }
        self.prove(catalogue)
    }

    fn prove(&self, catalogue: &Catalogue) -> Result<(), String> {
        for column in &self.columns {
            if column.count.is_some() == column.rate.is_some() {
                return Err(format!("{} counts, or is a rate", column.key));
            }
            if let Some(count) = &column.count {
                count.prove(catalogue).map_err(|reason| format!("{}: {reason}", column.key))?;
            }
        }
        let rates = self.columns.iter().filter_map(|column| column.rate.as_ref());
        let in_rates = rates.flat_map(|rate| rate.plus.iter().chain(&rate.minus).chain(&rate.and_to).chain([&rate.to]));
        let in_sums = self.balances.iter().flat_map(|sum| sum.plus.iter().chain(&sum.minus).chain([&sum.is]));
        let counts = |key: &&String| self.column(key).is_some_and(|column| column.count.is_some());
        match in_rates.chain(in_sums).find(|key| !counts(key)) {
            Some(lost) => Err(format!("{lost} counts nothing")),
            None => Ok(()),
        }
    }

    /// A column by key.
    pub fn column(&self, key: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.key == key)
    }
}

impl Spread {
    fn columns(&self, catalogue: &Catalogue) -> Result<Vec<Column>, String> {
        let list = catalogue.codes(&self.codes).ok_or_else(|| format!("no code list {}", self.codes))?;
        let column = |key: &str, code: &str, head: Label| {
            let count = self.count.replace("{code}", code).parse().map_err(|error| format!("{}: {error}", self.key))?;
            let (key, band) = (format!("{}.{key}", self.key), Some(self.band.clone()));
            Ok(Column { key, band, head, count: Some(count), rate: None })
        };
        let offered = list.codes.iter().filter(|code| !code.retired);
        let mut made = offered
            .map(|code| column(&code.code, &code.code, Label { zh: code.zh.clone(), en: code.en.clone() }))
            .collect::<Result<Vec<Column>, String>>()?;
        let retired = list.codes.iter().filter(|code| code.retired).map(|code| code.code.as_str());
        let rest: Vec<&str> = retired.chain(["-"]).collect();
        made.push(column("rest", &rest.join("|"), self.rest.clone())?);
        Ok(made)
    }

    /// Puts its columns where a sum names the spread.
    fn write_out(&self, named: &mut Vec<String>, columns: &[Column]) {
        let Some(at) = named.iter().position(|key| *key == self.key) else { return };
        let prefix = format!("{}.", self.key);
        let own = columns.iter().map(|column| column.key.clone()).filter(|key| key.starts_with(&prefix));
        named.splice(at..=at, own);
    }
}
