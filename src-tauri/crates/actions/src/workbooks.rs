//! Workbooks written: lists, reports, empty forms.

pub mod lists;
pub(crate) mod report_sheet;
pub(crate) mod templates;
mod workbook;
