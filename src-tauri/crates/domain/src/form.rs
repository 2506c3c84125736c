//! What is filled, listed and printed: forms lay paths into records out as a list, a workbook and a page.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::label::Label;
use crate::path::{Leaf, Path};
use crate::wording::Wording;
use crate::{Catalogue, Record};

/// A form (表, 台账): one file of `assets/forms`.
#[derive(Debug, Clone, Deserialize, Serialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Form {
    /// Identifier and file name.
    pub form: String,
    /// Its number in domain.md §1.
    #[serde(default)]
    pub number: Option<String>,
    /// The title on paper; `{school}` and `{year}` are filled in.
    pub title: Label,
    /// The notice paragraph, law or page it follows.
    pub source: String,
    /// The record its rows come from.
    pub record: String,
    /// The shelf of 台账 it stands on.
    #[serde(default)]
    pub topic: Topic,
    /// The page shape.
    pub layout: Layout,
    /// The sheet of paper it is made for.
    pub paper: Paper,
    /// Who signs, in order.
    #[serde(default)]
    pub sign: Vec<String>,
    /// Whether a seal is put on it.
    #[serde(default)]
    pub seal: bool,
    /// Who reads the page besides the school.
    #[serde(default)]
    pub reader: Reader,
    /// Empty rows for handwriting at the end of a table.
    #[serde(default)]
    pub spare_rows: u32,
    /// Which rows it lists: field → values, one of which the row holds. All rows when empty.
    #[serde(default, rename = "where")]
    pub only: BTreeMap<String, Vec<String>>,
    /// Which of its rows it shows until others are asked for; all when absent.
    #[serde(default)]
    pub first: Option<Extent>,
    /// The sort order; the record's own when empty.
    #[serde(default)]
    pub order: Vec<String>,
    /// The columns of the list on screen and of the workbook; of the page too when it is a table.
    #[serde(rename(deserialize = "column"))]
    pub columns: Vec<Column>,
    /// The parts of a sheet.
    #[serde(default, rename(deserialize = "section"))]
    pub sections: Vec<Section>,
    /// A sentence printed under the title.
    #[serde(default)]
    pub note: Option<Label>,
    /// The words of a letter.
    #[serde(default)]
    pub letter: Option<Letter>,
}

/// The rows a form shows first, and what people call them and the rest.
#[derive(Debug, Clone, Deserialize, Serialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Extent {
    /// What they are called.
    pub label: Label,
    /// What the rest is called.
    pub others: Label,
    /// Field → values, one of which the row holds; `["*"]`: the field is filled; `["!", …]`: it holds none of these.
    #[serde(rename = "where")]
    pub only: BTreeMap<String, Vec<String>>,
}

/// The words of a letter or a summary, in Chinese: it leaves the house on paper only. `{path}` in them shows a value.
#[derive(Debug, Clone, Deserialize, Serialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Letter {
    /// Its number, under the title.
    #[serde(default)]
    #[ts(type = "string")]
    pub number: Wording,
    /// Whom it addresses; a summary addresses nobody.
    #[serde(default)]
    #[ts(type = "string")]
    pub to: Wording,
    /// Its paragraphs.
    #[ts(type = "Array<string>")]
    pub body: Vec<Wording>,
    /// Its day, under the sender's name; a summary bears the day it is printed.
    #[serde(default)]
    #[ts(type = "string | null")]
    pub on: Option<Path>,
}

/// The shapes of `assets/pages`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Layout {
    /// Rows under a header that repeats on each page.
    Table,
    /// One row on a page of its own: labels and values.
    Sheet,
    /// One row, one letter: its words, who sends it, and a slip below if it has sections.
    Letter,
    /// One page about all the rows chosen: words with their numbers and who signs; then the rows, list by list.
    Summary,
}

/// The shelves of 台账, in the order they stand: what a register is about, as a teacher would ask for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    /// Who is here and who came or went.
    Children,
    /// Days, absences, the dormitory.
    Attendance,
    /// From the first suspicion to the closed case.
    Dropout,
    /// The term's return check.
    Returning,
    /// Children who need more than others.
    Care,
    /// Who answers for what, and who looked.
    Duty,
    /// Parents and the public.
    Families,
    /// Letters, calls, people outside the school.
    Contact,
    /// The school's own work.
    House,
    /// Everything else: a form that says nothing.
    #[default]
    Other,
}

/// Who reads a page besides the school.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Reader {
    /// Offices that the school reports to.
    #[default]
    Office,
    /// The family, which signs it: nothing restricted may stand on it (decisions D32).
    Family,
}

/// A sheet of paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Paper {
    /// Its size.
    pub size: PaperSize,
    /// Whether the long side lies across.
    #[serde(default)]
    pub landscape: bool,
}

/// ISO 216 sizes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum PaperSize {
    /// 210 × 297 mm.
    A4,
    /// 297 × 420 mm.
    A3,
}

/// A column of a table.
#[derive(Debug, Clone, Deserialize, Serialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// What it shows.
    #[ts(type = "string")]
    pub path: Path,
    /// Its header; else the field's label.
    #[serde(default)]
    pub head: Option<Label>,
    /// On paper, a heading over this and the neighbours that have the same.
    #[serde(default)]
    pub band: Option<Label>,
    /// Its width; without one it shares what is left.
    #[serde(default)]
    pub width_mm: Option<u32>,
    /// On paper only, or on the screen and in the workbook only.
    #[serde(default)]
    pub only: Option<Medium>,
    /// Repeated on each part when a wide table is printed on smaller paper.
    #[serde(default)]
    pub keep: bool,
}

/// Where a column appears.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Medium {
    /// Printed.
    Paper,
    /// Listed.
    Screen,
}

/// A part of a sheet under a heading.
#[derive(Debug, Clone, Deserialize, Serialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Section {
    /// The heading.
    pub title: Label,
    /// Labels and values, three to a line.
    #[serde(default, rename(deserialize = "cell"))]
    pub cells: Vec<Cell>,
    /// A table instead: of child rows, or of a summary's own rows.
    #[serde(default)]
    pub rows: Option<SubTable>,
}

/// One label and its value on a sheet.
#[derive(Debug, Clone, Deserialize, Serialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Cell {
    /// What it shows.
    #[ts(type = "string")]
    pub path: Path,
    /// Its label; else the field's.
    #[serde(default)]
    pub head: Option<Label>,
    /// How many of the three places of a line it takes.
    #[serde(default = "one")]
    pub span: u32,
    /// Height kept free, in lines of writing.
    #[serde(default = "one")]
    pub lines: u32,
    /// Whether all choices of the code list are printed with a box to tick.
    #[serde(default)]
    pub ticks: bool,
}

/// Rows printed on a sheet or behind a summary.
#[derive(Debug, Clone, Deserialize, Serialize, TS)]
#[serde(deny_unknown_fields)]
pub struct SubTable {
    /// The rows' record.
    pub record: String,
    /// Which of a summary's rows it lists: field → values, one of which the row holds. All rows when empty.
    #[serde(default, rename = "where")]
    pub only: BTreeMap<String, Vec<String>>,
    /// Its columns.
    #[serde(rename(deserialize = "column"))]
    pub columns: Vec<Column>,
    /// Rows printed at least, for handwriting.
    #[serde(default)]
    pub at_least: u32,
}

fn one() -> u32 {
    1
}

impl Form {
    /// Proves that every path leads somewhere. Errors: the first that does not.
    pub(crate) fn check(&self, catalogue: &Catalogue) -> Result<(), String> {
        let Some(record) = catalogue.record(&self.record) else { return Err(format!("no record {}", self.record)) };
        let columns = self.columns.iter().map(|column| &column.path);
        leads(catalogue, &self.record, columns.chain(self.shown()))?;
        let unnamed = |column: &Column| {
            column.head.is_none()
                && column.path.field(catalogue, &self.record).is_none()
                && column.path.leaf != Leaf::Number
        };
        if let Some(column) = self.columns.iter().find(|column| unnamed(column)) {
            return Err(format!("{} needs a header", column.path));
        }
        if self.reader == Reader::Family {
            self.check_family(catalogue)?;
        }
        if matches!(self.layout, Layout::Letter | Layout::Summary) != self.letter.is_some() {
            return Err("a letter and a summary have words, and nothing else has".to_owned());
        }
        for table in self.sections.iter().filter_map(|section| section.rows.as_ref()) {
            self.check_rows(catalogue, table)?;
        }
        for key in self.order.iter().map(|key| key.trim_start_matches('-')).chain(self.only.keys().map(String::as_str))
        {
            if record.field(key).is_none() {
                return Err(format!("{key} is no field of {}", self.record));
            }
        }
        for (key, is) in self.first.iter().flat_map(|first| &first.only) {
            let codes: Vec<String> = is.iter().filter(|code| !matches!(code.as_str(), "*" | "!")).cloned().collect();
            if record.field(key).is_none() {
                return Err(format!("{key} is no field of {}", self.record));
            }
            if !codes.is_empty() {
                check_only(catalogue, record, &BTreeMap::from([(key.clone(), codes)]))?;
            }
        }
        check_only(catalogue, record, &self.only)
    }

    fn check_rows(&self, catalogue: &Catalogue, table: &SubTable) -> Result<(), String> {
        let own = self.layout == Layout::Summary && table.record == self.record;
        if !own && catalogue.listed_under(&self.record).all(|(child, _)| child.record != table.record) {
            return Err(format!("{} does not belong to {}", table.record, self.record));
        }
        if let Some(record) = catalogue.record(&table.record) {
            check_only(catalogue, record, &table.only)?;
        }
        leads(catalogue, &table.record, table.columns.iter().map(|column| &column.path))
    }

    /// The paths that a sheet or a letter shows of its row.
    fn shown(&self) -> impl Iterator<Item = &Path> {
        let cells = self.sections.iter().flat_map(|section| &section.cells).map(|cell| &cell.path);
        let said = self.letter.iter().flat_map(|letter| {
            let sentences = [&letter.number, &letter.to].into_iter().chain(&letter.body);
            sentences.flat_map(Wording::paths).chain(&letter.on)
        });
        cells.chain(said)
    }

    /// Proves that a sheet for the family shows no list with restricted codes. Errors: the first place that does.
    fn check_family(&self, catalogue: &Catalogue) -> Result<(), String> {
        let cells = self.shown().map(|path| (&self.record, path));
        let tables = self.sections.iter().filter_map(|section| section.rows.as_ref());
        let rows = tables.flat_map(|table| table.columns.iter().map(|column| (&table.record, &column.path)));
        let is_restricted = |(record, path): &(&String, &Path)| {
            let list = path.field(catalogue, record).and_then(|field| catalogue.codes(field.codes.as_deref()?));
            list.is_some_and(|list| list.codes.iter().any(|code| code.restricted))
        };
        match cells.chain(rows).find(is_restricted) {
            Some((_, path)) => Err(format!("{path} may hold what a family's sheet must not show")),
            None => Ok(()),
        }
    }

    /// Whether the form cannot do without a field of its record: it lists or sorts by it, or its words speak of it.
    pub(crate) fn reads(&self, key: &str) -> bool {
        let said = self.letter.iter().flat_map(|letter| {
            let sentences = [&letter.number, &letter.to].into_iter().chain(&letter.body);
            sentences.flat_map(Wording::paths).chain(&letter.on)
        });
        self.only.contains_key(key)
            || self.order.iter().any(|one| one.trim_start_matches('-') == key)
            || said.into_iter().any(|path| path.own_field() == Some(key))
    }

    /// The columns of one medium.
    pub fn columns_of(&self, medium: Medium) -> impl Iterator<Item = &Column> {
        self.columns.iter().filter(move |column| column.only.is_none_or(|only| only == medium))
    }
}

/// Proves that paths lead somewhere from a record. Errors: the first that does not.
fn leads<'p>(catalogue: &Catalogue, record: &str, paths: impl IntoIterator<Item = &'p Path>) -> Result<(), String> {
    match paths.into_iter().find(|path| !path.holds(catalogue, record)) {
        Some(lost) => Err(format!("{lost} leads nowhere from {record}")),
        None => Ok(()),
    }
}

/// Proves that conditions name codes of lists. Errors: the first that does not.
fn check_only(catalogue: &Catalogue, record: &Record, only: &BTreeMap<String, Vec<String>>) -> Result<(), String> {
    for (key, values) in only {
        let list = record.field(key).and_then(|field| catalogue.codes(field.codes.as_deref()?));
        let Some(list) = list else { return Err(format!("{key} is not taken from a code list")) };
        if let Some(lost) = values.iter().find(|code| list.get(code).is_none()) {
            return Err(format!("{lost} is not in the list {}", list.list));
        }
    }
    Ok(())
}
