//! Forms on paper.

use std::collections::BTreeMap;

use domain::Id;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::desk::Desk;
use crate::failure::{Done, Failure};

/// What is to be printed.
#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
pub struct PagesRequest {
    /// The form.
    pub form: String,
    /// These rows only; all that the filters leave when empty.
    pub ids: Vec<Id>,
    /// Field → code, as in a list.
    #[ts(type = "Record<string, string | null>")]
    pub filters: BTreeMap<String, Option<String>>,
    /// Empty forms for handwriting.
    pub blank: bool,
    /// `a4` or `a3`; the form's own when absent.
    pub paper: Option<String>,
    /// Sensitive values in full; who asked is noted.
    pub unmasked: bool,
}

/// Pages made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PagesReply {
    /// Names the preview; its pages are fetched one by one.
    pub preview: String,
    /// How many pages.
    pub pages: u32,
    /// Width of a page, mm.
    pub width_mm: u32,
    /// Height of a page, mm.
    pub height_mm: u32,
    /// Characters no font here can print, if any.
    pub missing: Vec<String>,
    /// A file name to offer.
    pub file_name: String,
}

/// Where the PDF goes.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct PrintRequest {
    /// What is printed.
    pub pages: PagesRequest,
    /// The file to write.
    pub out: String,
}

/// A PDF written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PrintReply {
    /// The file.
    pub file: String,
    /// How many pages.
    pub pages: u32,
    /// Characters no font here can print, if any.
    pub missing: Vec<String>,
}

/// Pages made for the preview.
#[derive(Debug, Default)]
pub struct Previews {}

/// Makes the pages of a form; they are the printed pages themselves.
pub fn make_pages(_desk: &Desk, _request: PagesRequest) -> Done<PagesReply> {
    Err(Failure::defect("paper"))
}

/// A page of a preview as PNG; the first is 1.
pub fn page(_desk: &Desk, _preview: &str, _number: usize) -> Done<Vec<u8>> {
    Err(Failure::defect("paper"))
}

/// Writes a form as PDF.
pub fn print(_desk: &Desk, _request: PrintRequest) -> Done<PrintReply> {
    Err(Failure::defect("paper"))
}
