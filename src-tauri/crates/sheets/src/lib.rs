//! Workbooks: reading what villages send (.xlsx, .xls, .et, .ods, .csv), writing lists and marked copies.
//!
//! Nothing here knows what a column means. [`read`] gives cells as a person sees them, with what is hidden and merged;
//! a hostile or broken file gives a [`SheetError`], and whoever reads strangers' files does it in a process of its own
//! after [`limit_memory`].

mod carry;
mod cell;
mod error;
mod hidden;
mod limit;
mod mark;
mod ods;
mod open;
mod records;
mod sheet;
mod template;
mod text;
mod write;
mod xlsx;
mod zipped;

pub use carry::{receive, send};
pub use cell::{Cell, Kind};
pub use error::SheetError;
pub use limit::limit_memory;
pub use mark::{Mark, Weight, mark};
pub use open::read;
pub use sheet::{Area, Line, Sheet, Workbook, letter};
pub use template::{Cells, Template, TemplateColumn, write_template};
pub use write::{List, ListColumn, write};
