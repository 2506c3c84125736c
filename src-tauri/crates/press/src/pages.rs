//! Setting pages: the page shapes of `assets/pages`, filled with data.

use std::sync::LazyLock;

use domain::form::Layout;
use domain::words::{self, Language};
use serde_json::json;
use typst::foundations::{Bytes, Dict, IntoValue};
use typst_as_lib::TypstEngine;
use typst_layout::PagedDocument;
use typst_pdf::PdfOptions;
use typst_render::RenderOptions;

use crate::error::PressError;
use crate::fonts;
use crate::job::Job;

/// The page shapes, and the files they import.
const SHAPES: [(&str, &str); 8] = [
    ("frame.typ", include_str!("../../../../assets/pages/frame.typ")),
    ("rows.typ", include_str!("../../../../assets/pages/rows.typ")),
    ("table.typ", include_str!("../../../../assets/pages/table.typ")),
    ("places.typ", include_str!("../../../../assets/pages/places.typ")),
    ("sheet.typ", include_str!("../../../../assets/pages/sheet.typ")),
    ("letter-words.typ", include_str!("../../../../assets/pages/letter-words.typ")),
    ("letter.typ", include_str!("../../../../assets/pages/letter.typ")),
    ("summary.typ", include_str!("../../../../assets/pages/summary.typ")),
];

static ENGINE: LazyLock<TypstEngine> =
    LazyLock::new(|| TypstEngine::builder().fonts(fonts::all()).with_static_source_file_resolver(SHAPES).build());

/// Dots per point in a picture of a page: 144 to the inch, enough for a screen at 150 %.
const DOTS_PER_POINT: f64 = 2.0;

/// Pages, ready to be printed or looked at: both come from the same setting.
#[derive(Debug, Clone)]
pub struct Pages {
    document: PagedDocument,
}

impl Pages {
    /// Sets the pages of a job.
    pub fn make(job: &Job) -> Result<Self, PressError> {
        let shape = match job.layout() {
            Layout::Table => "table.typ",
            Layout::Sheet => "sheet.typ",
            Layout::Letter => "letter.typ",
            Layout::Summary => "summary.typ",
        };
        // Paper speaks Chinese whatever the window speaks: it goes to families, villages and townships.
        let given = json!({ "job": job, "words": words::table(Language::Zh, "paper") });
        let bytes = serde_json::to_vec(&given).map_err(|error| PressError::Set(error.to_string()))?;
        let mut inputs = Dict::new();
        inputs.insert("given".into(), Bytes::new(bytes).into_value());
        let set = ENGINE.compile_with_input(shape, inputs).output;
        set.map(|document| Self { document }).map_err(|error| PressError::Set(error.to_string()))
    }

    /// How many pages there are.
    pub fn count(&self) -> usize {
        self.document.pages().len()
    }

    /// A page as PNG; the first is 1.
    pub fn png(&self, number: usize) -> Result<Vec<u8>, PressError> {
        let page = number.checked_sub(1).and_then(|at| self.document.pages().get(at));
        let page = page.ok_or(PressError::NoSuchPage(number))?;
        let options = RenderOptions { pixel_per_pt: DOTS_PER_POINT.into(), ..RenderOptions::default() };
        typst_render::render(page, &options).encode_png().map_err(|error| PressError::Draw(error.to_string()))
    }

    /// All pages as PDF. The same pages give the same bytes.
    pub fn pdf(&self) -> Result<Vec<u8>, PressError> {
        let options = PdfOptions { tagged: false, ..PdfOptions::default() };
        let causes = |errors: Vec<String>| PressError::Draw(errors.join("; "));
        typst_pdf::pdf(&self.document, &options)
            .map_err(|errors| causes(errors.iter().map(|error| error.message.to_string()).collect()))
    }
}
