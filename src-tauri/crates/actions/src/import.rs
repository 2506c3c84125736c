//! Reading workbooks into the ledger.

mod columns;
mod edits;
mod heads;
mod identity;
mod known;
mod layout;
mod line;
mod mapping;
mod matching;
mod merging;
mod moves;
mod named;
mod plan;
mod run;
mod texts;
mod together;
mod under;
mod yearly;

use std::collections::BTreeMap;

use domain::{Id, Severity};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::desk::Desk;
pub use crate::desk::readings::{is_reader_process, read_as_child};
use crate::failure::Done;
pub(crate) use identity::{Identity, is_importable, owner_of};

/// A workbook, looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct WorkbookView {
    /// The file.
    pub file: String,
    /// Its sheets; those with a recognised header first.
    pub sheets: Vec<SheetView>,
}

/// A sheet, looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SheetView {
    /// Its name.
    pub name: String,
    /// Whether it is hidden in the workbook.
    pub hidden: bool,
    /// Rows of data, without titles, headers and footers.
    pub rows: u32,
    /// Hidden rows among them: they are read too.
    pub hidden_rows: u32,
    /// The text above the header.
    pub title: String,
    /// Whether a sheet with these headers was imported before: its columns are understood as they were then.
    pub known: bool,
    /// Its columns; empty when no header was recognised.
    pub columns: Vec<ColumnView>,
}

/// A column, and how it is understood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ColumnView {
    /// `A`, `B` … `AA`.
    pub letter: String,
    /// Its header, two-row headers joined.
    pub head: String,
    /// The first few cells.
    pub samples: Vec<String>,
    /// The path it fills, such as `name` or `guardian[1].phone`; none: kept as an unrecognised column.
    pub path: Option<String>,
    /// Whether it is hidden in the workbook: it is read too.
    pub hidden: bool,
}

/// A column can be understood as one of these.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Target {
    /// The path.
    pub path: String,
    /// What people call it.
    pub label: String,
}

/// What is to be imported, and how.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ImportRequest {
    /// The workbook.
    pub file: String,
    /// The record its rows become.
    pub record: String,
    /// The sheet; every recognised visible one when absent.
    pub sheet: Option<String>,
    /// Corrections of the mapping: column letter → path, or `null` to keep it as an unrecognised column.
    #[ts(type = "Record<string, string | null>")]
    pub columns: BTreeMap<String, Option<String>>,
}

/// What an import does, or would do.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ImportReport {
    /// Rows of data read.
    pub rows: u32,
    /// Rows that are new.
    pub new: u32,
    /// Rows that change something.
    pub changed: u32,
    /// Rows that say what is known already.
    pub same: u32,
    /// Rows that were refused.
    pub refused: u32,
    /// Everything refused or doubtful, cell by cell.
    pub findings: Vec<CellFinding>,
    /// Headers that were not recognised; their cells are kept with each row.
    pub kept: Vec<String>,
    /// Lines above, between and below the data that were passed over.
    pub passed_over: u32,
    /// Rows beside that follow from what the lines say: seats that end or begin with a transfer.
    pub beside: u32,
    /// The changes, to take the import back as a whole; none after a rehearsal.
    pub change: Option<String>,
}

/// Something about a cell or a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CellFinding {
    /// The sheet.
    pub sheet: String,
    /// The row, as the workbook numbers it.
    pub row: u32,
    /// The column's letter; empty when it is about the whole row.
    pub column: String,
    /// The column's header.
    pub head: String,
    /// What stands in the cell.
    pub typed: String,
    /// The reason in plain words, in the desk's language.
    pub reason: String,
    /// `block`: the cell (or row) was not taken; otherwise it was, and wants a look.
    pub severity: Severity,
    /// The child, once it is in the ledger.
    pub student: Option<Id>,
}

/// A marked copy of a workbook.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct MarkedRequest {
    /// What was rehearsed.
    pub import: ImportRequest,
    /// The copy to write, `.xlsx`.
    pub out: String,
}

/// Looks at a workbook: its sheets, headers, and how the columns are understood.
pub fn read_workbook(desk: &Desk, file: String) -> Done<WorkbookView> {
    run::look(desk, &file, "student")
}

/// What the columns of a record's workbook can be understood as.
pub fn import_targets(desk: &Desk, record: String) -> Done<Vec<Target>> {
    let record = desk.record(&record)?;
    let targets = heads::Vocabulary::of(desk.catalogue(), record).targets();
    Ok(targets.into_iter().map(|(path, label)| Target { path: path.to_string(), label }).collect())
}

/// Says exactly what an import would do; nothing is written.
pub fn rehearse_import(desk: &Desk, request: ImportRequest) -> Done<ImportReport> {
    run::rehearse(desk, &request)
}

/// Imports a workbook: one transaction, one undo.
pub fn import(desk: &Desk, request: ImportRequest) -> Done<ImportReport> {
    run::import(desk, &request)
}

/// Writes a copy of the workbook with every finding marked; gives the file.
pub fn marked_copy(desk: &Desk, request: MarkedRequest) -> Done<String> {
    run::marked(desk, &request)
}

/// Corrections of a mapping by header instead of column letter, for the sheets of a request.
pub fn columns_by_head(
    desk: &Desk,
    request: &ImportRequest,
    heads: &BTreeMap<String, Option<String>>,
) -> Done<BTreeMap<String, Option<String>>> {
    run::columns_by_head(desk, request, heads)
}
