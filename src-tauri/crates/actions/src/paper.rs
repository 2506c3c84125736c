//! Forms on paper.

pub(crate) mod duties;
pub(crate) mod enrolment;
pub(crate) mod form;
pub(crate) mod frame;
pub(crate) mod merge;
pub(crate) mod report;
pub(crate) mod signed_sheet;
pub(crate) mod values;

use std::collections::BTreeMap;

use domain::{Date, Id, Problem};
use press::Pages;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::desk::previews::Preview;
use crate::desk::{Desk, Session};
use crate::failure::{Done, Failure};
use crate::paper::frame::Filled;

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
    /// As it was true on this day, ISO 8601; today when absent.
    #[serde(default)]
    #[ts(optional)]
    pub on: Option<String>,
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

impl PagesRequest {
    /// The day the pages speak of. Errors: `refused`, for what is no day.
    pub(crate) fn day(&self, desk: &Desk) -> Done<Date> {
        let Some(typed) = &self.on else { return Ok(desk.today()) };
        let bad = |_| Failure::refused(vec![Problem::block("on", "not_a_date").with("typed", typed)]);
        domain::date::parse_day(typed).map_err(bad)
    }
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

/// Makes the pages of a form; they are the printed pages themselves. Errors: `no_such_form`, `no_such_paper`.
pub fn make_pages(desk: &Desk, request: PagesRequest) -> Done<PagesReply> {
    let (preview, file_name) = set(desk, &request)?;
    Ok(PagesReply {
        preview: preview.name,
        pages: count(&preview.pages),
        width_mm: preview.job.size.width_mm,
        height_mm: preview.job.size.height_mm,
        missing: press::missing(preview.job.texts().into_iter()),
        file_name,
    })
}

/// A page of a preview as PNG; the first is 1. Errors: `no_such_preview`, when it was made too long ago.
pub fn page(desk: &Desk, preview: &str, number: usize) -> Done<Vec<u8>> {
    Ok(desk.previews().named(preview)?.png(number)?)
}

/// Writes a form as PDF.
pub fn print(desk: &Desk, request: PrintRequest) -> Done<PrintReply> {
    let (preview, _) = set(desk, &request.pages)?;
    let file = std::path::Path::new(&request.out);
    package::stick::replace(file, &preview.pages.pdf()?)?;
    let missing = press::missing(preview.job.texts().into_iter());
    Ok(PrintReply { file: file.display().to_string(), pages: count(&preview.pages), missing })
}

/// Sets the pages, and notes who saw sensitive values in full. Two steps: the rows are read, the pages are set.
fn set(desk: &Desk, request: &PagesRequest) -> Done<(Preview, String)> {
    let session = desk.session()?;
    let filled = fill(desk, &session, request)?;
    if !filled.unmasked.is_empty() {
        let note = |door: &mut store::Door<'_>| {
            let mut each = filled.unmasked.iter();
            each.try_for_each(|(row, path)| door.note_unmasked(session.who, *row, path, desk.now_ms()))
        };
        session.store.write(note)?;
    }
    desk.step(1, 2)?;
    let preview = desk.previews().of(desk, filled.job)?;
    desk.step(2, 2)?;
    Ok((preview, filled.file_name))
}

/// The pages of a report, of the week's duties, or of a form.
fn fill(desk: &Desk, session: &Session, request: &PagesRequest) -> Done<Filled> {
    if let Some(report) = desk.catalogue().report(&request.form) {
        return report::fill(desk, session, report, request);
    }
    match duties::named(&request.form) {
        Some(role) => duties::fill(desk, session, role, request),
        None => form::fill(desk, session, request),
    }
}

fn count(pages: &Pages) -> u32 {
    u32::try_from(pages.count()).unwrap_or(u32::MAX)
}
