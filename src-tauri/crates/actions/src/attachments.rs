//! 附件: a photo, a scan or a PDF attached to a child or to a record about it; kept once, small, without the camera's data.

pub(crate) mod travel;
pub(crate) mod vault;

use std::path::Path;

use domain::{Id, Row, Value};
use package::attachment::data_url;
use press::picture::{KEPT_SIDE, NotAPicture, SIDE_MAX, THUMB_SIDE, jpeg};
use press::scan::{self, NotAScan};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};
use store::{Filter, ListQuery};
use ts_rs::TS;

use self::vault::{Vault, file_of};
use crate::desk::Desk;
use crate::failure::{Done, Failure};
use crate::rows::SaveRequest;
use crate::rows::review::child_above;
use crate::rows::saving::save_row;
use crate::rows::trail::Trail;

/// A file to attach.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct AttachRequest {
    /// The file: JPEG, PNG, WebP, GIF or PDF.
    pub file: String,
    /// The row it is attached to: a child, or a record about one.
    pub about: Id,
    /// Code of the list `attachment_kind`.
    pub kind: Option<String>,
    /// What it is called; the file's own name is not kept.
    pub name: Option<String>,
}

/// A file attached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct AttachReply {
    /// The row of the record `attachment`.
    pub id: Id,
    /// Its size as kept, in KB.
    pub kb: u32,
    /// Whether the same file lay here already.
    pub known: bool,
    /// Changes written, for undo.
    pub changes: Vec<String>,
}

/// A file of a child or of a record about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct AttachmentLine {
    /// The row of the record `attachment`.
    pub id: Id,
    /// The row it is attached to.
    pub about: String,
    /// What it shows, in words.
    pub kind: String,
    /// What it is called.
    pub name: String,
    /// `jpeg` or `pdf`.
    pub format: String,
    /// Its size, in KB.
    pub kb: u32,
    /// When it was added.
    pub on: String,
    /// Whether the file lies on this computer.
    pub here: bool,
}

/// A file to be taken out.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct OpenAttachment {
    /// The row of the record `attachment`.
    pub id: Id,
    /// Where to write it, in the clear.
    pub out: String,
}

/// A page of a file to be seen; nothing is written to the disk for it.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct LookRequest {
    /// The row of the record `attachment`.
    pub id: Id,
    /// Which page, from 0; a picture has one.
    #[serde(default)]
    pub page: usize,
    /// Whether a thumbnail is enough.
    #[serde(default)]
    pub small: bool,
}

/// A page of a file as a picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LookReply {
    /// `data:image/jpeg;base64,…`.
    pub picture: String,
    /// How many pages the file has.
    pub pages: usize,
}

/// A file that is attached weighs at most this, before it is made smaller.
const READ_MAX: u64 = 40 << 20;

/// A PDF weighs at most this.
const PDF_MAX: usize = 10 << 20;

/// The longer side of a PDF's page on the screen, in pixels.
const PAGE_SIDE: u16 = 1600;

/// Attaches a file. Errors: `no_file`, `not_attachable`, and what begins with `attachment_`: each says what to do.
pub fn attach(desk: &Desk, request: AttachRequest) -> Done<AttachReply> {
    let session = desk.session()?;
    let (bytes, format) = fit(&read_file(&request.file)?)?;
    let student = session.store.read(|view| child_above(view, view.record_of(request.about)?, request.about))?;
    let (file, known) = Vault::to_fill(desk, &session)?.keep(&bytes)?;
    let kb = u32::try_from(bytes.len().div_ceil(1024)).unwrap_or(u32::MAX);
    let values = json!({
        "student": student,
        "about": request.about,
        "kind": request.kind,
        "name": request.name,
        "file": file,
        "format": format,
        "kb": kb,
    });
    let values: Map<String, Json> = values.as_object().cloned().unwrap_or_default();
    let save = SaveRequest { record: "attachment".to_owned(), id: None, values, seen: None, why: None };
    let saved = save_row(desk, save)?;
    Ok(AttachReply { id: saved.id, kb, known, changes: saved.changes })
}

/// The files of a child with those of every record about it, or of one record, newest first.
pub fn attachments(desk: &Desk, about: Id) -> Done<Vec<AttachmentLine>> {
    let session = desk.session()?;
    session.store.read(|view| {
        let student = view.record_of(about)?.record == "student";
        let (field, is) = match student {
            true => ("student", Value::Row(about)),
            false => ("about", Value::Text(about.to_string().into())),
        };
        let filters = vec![Filter::is(field, Some(is))];
        let definition = desk.record("attachment")?;
        let found = view.list(definition, &ListQuery { filters, ..ListQuery::default() })?;
        let trail = Trail::spoken(desk, view, desk.today());
        let vault = Vault::of(view, session.store.folder())?;
        let shown = |(id, row): (Id, Row)| {
            let kind = trail.masked_field(definition, &row, "kind")?;
            Ok(line((id, &row), kind, vault.has(file_of(&row))))
        };
        found.rows.into_iter().map(shown).collect()
    })
}

fn line((id, row): (Id, &Row), kind: String, here: bool) -> AttachmentLine {
    let text = |key: &str| row.get(key).and_then(Value::as_text).unwrap_or_default().to_owned();
    let kb = match row.get("kb") {
        Some(Value::Int(kb)) => u32::try_from(*kb).unwrap_or_default(),
        _ => 0,
    };
    let (about, name, format) = (text("about"), text("name"), text("format"));
    AttachmentLine { id, about, kind, name, format, kb, on: text("added_on"), here }
}

/// Shows a page of a file. Errors: `attachment_missing`, when it is not on this computer.
pub fn look_attachment(desk: &Desk, request: LookRequest) -> Done<LookReply> {
    let (bytes, format) = kept(desk, request.id)?;
    let side = if request.small { u16::try_from(THUMB_SIDE).unwrap_or(PAGE_SIDE) } else { PAGE_SIDE };
    let (picture, pages) = match (format.as_str(), request.small) {
        ("pdf", _) => {
            let pages = scan::pages(&bytes).map_err(no_scan)?;
            (scan::page(&bytes, request.page, side).map_err(no_scan)?, pages)
        }
        (_, true) => (jpeg(&bytes, THUMB_SIDE).map_err(no_picture)?, 1),
        (_, false) => (bytes, 1),
    };
    Ok(LookReply { picture: data_url("image/jpeg", &picture), pages })
}

/// Writes a file where somebody asked, in the clear. Errors: `attachment_missing`.
pub fn open_attachment(desk: &Desk, request: OpenAttachment) -> Done<String> {
    let (bytes, _) = kept(desk, request.id)?;
    package::stick::replace(Path::new(&request.out), &bytes)?;
    Ok(request.out)
}

/// A file and its format.
fn kept(desk: &Desk, id: Id) -> Done<(Vec<u8>, String)> {
    let session = desk.session()?;
    session.store.read(|view| {
        let row = view.row(desk.record("attachment")?, id, desk.today())?.values;
        let format = row.get("format").and_then(Value::as_text).unwrap_or_default().to_owned();
        Ok((Vault::of(view, session.store.folder())?.contents(file_of(&row))?, format))
    })
}

fn read_file(file: &str) -> Done<Vec<u8>> {
    let length = std::fs::metadata(file).map_err(|_| Failure::new("no_file"))?.len();
    if length > READ_MAX {
        return Err(Failure::new("attachment_too_large").with("mb", length >> 20).with("max", READ_MAX >> 20));
    }
    std::fs::read(file).map_err(|error| Failure::new("disk").with("cause", error))
}

/// A file as it is kept, and its format.
fn fit(bytes: &[u8]) -> Done<(Vec<u8>, &'static str)> {
    if bytes.starts_with(b"%PDF-") {
        return match bytes.len() > PDF_MAX {
            true => Err(Failure::new("attachment_too_large").with("mb", bytes.len() >> 20).with("max", PDF_MAX >> 20)),
            false => scan::cleaned(bytes).map(|clean| (clean, "pdf")).map_err(no_scan),
        };
    }
    Ok((jpeg(bytes, KEPT_SIDE).map_err(no_picture)?, "jpeg"))
}

/// The cause stands beside the sentence, for whoever mends the program.
fn no_scan(error: NotAScan) -> Failure {
    match error {
        NotAScan::Locked => Failure::new("attachment_locked"),
        NotAScan::Damaged(cause) => Failure::new("attachment_damaged").with("cause", cause),
        NotAScan::Empty => Failure::new("attachment_empty"),
        NotAScan::NoSuchPage(page) => Failure::new("no_such_page").with("page", page),
        NotAScan::Packed => Failure::new("attachment_packed"),
    }
}

fn no_picture(error: NotAPicture) -> Failure {
    match error {
        NotAPicture::Unknown(cause) => Failure::new("not_attachable").with("cause", cause),
        NotAPicture::Damaged(cause) => Failure::new("attachment_damaged").with("cause", cause),
        NotAPicture::TooLarge(cause) => Failure::new("attachment_too_wide").with("max", SIDE_MAX).with("cause", cause),
    }
}
