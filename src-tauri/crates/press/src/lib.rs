//! Paper: a form's definition and its values become pages, as PDF and as pictures. Knows the definitions, the page
//! shapes of `assets/pages` and the fonts of `assets/fonts`; knows no ledger. Nothing typed by a person is read as
//! markup: values reach the page shapes as data.

mod error;
mod fonts;
mod job;
mod pages;
mod parts;
pub mod picture;
pub mod scan;
mod square;

pub use error::PressError;
pub use fonts::missing;
pub use job::{Body, Job, Letter, Place, Said, Section, Sheet, Size, Summary, Table, Text, Tick};
pub use pages::Pages;
pub use parts::{Column, Style};
pub use square::Square;
