//! 附件: a photo, a scan or a PDF attached to a child or to a record about it; kept once, small, without the camera's data.

use std::path::{Path, PathBuf};

use domain::{Id, Row, Value};
use package::PackageError;
use package::attachment::{data_url, digest, hidden_name, open, seal};
use package::keys::ReceiveKey;
use press::picture::{KEPT_SIDE, THUMB_SIDE, jpeg};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};
use store::{Filter, ListQuery, View};
use ts_rs::TS;
use zeroize::Zeroizing;

use crate::desk::{Desk, Session};
use crate::failure::{Done, Failure};
use crate::review::child_above;
use crate::rows::{SaveRequest, record};
use crate::trail::Trail;

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
    /// A small picture, `data:image/jpeg;base64,…`; none for a PDF, or when the file does not lie on this computer.
    pub thumbnail: Option<String>,
    /// Whether the file lies on this computer.
    pub here: bool,
}

/// A file to be seen or taken out.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct OpenAttachment {
    /// The row of the record `attachment`.
    pub id: Id,
    /// Where to write it; handed back as text when absent.
    pub out: Option<String>,
}

/// A file opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct OpenedAttachment {
    /// `data:…;base64,…`, unless it was written to a file.
    pub data: Option<String>,
    /// The file written.
    pub file: Option<String>,
}

/// A file that is attached weighs at most this, before it is made smaller.
const READ_MAX: u64 = 40 << 20;

/// A PDF is kept as it is and weighs at most this.
const PDF_MAX: usize = 10 << 20;

/// Where they lie, beside the ledger.
const FOLDER: &str = "attachments";

/// Attaches a file. Errors: `not_attachable`, `attachment_too_large`, `no_file`.
pub fn attach(desk: &Desk, request: AttachRequest) -> Done<AttachReply> {
    let session = desk.session()?;
    let (bytes, format) = fit(&read_file(&request.file)?)?;
    let file = digest(&bytes);
    let path = path_of(desk, &session, &file)?;
    let known = path.exists();
    if !known {
        let folder = session.store.folder().join(FOLDER);
        std::fs::create_dir_all(folder).map_err(PackageError::from)?;
        package::stick::replace(&path, &seal(&key(desk, &session)?.recipient(), &bytes)?)?;
    }
    let student = session.store.read(|view| child_above(view, view.record_of(request.about)?, request.about))?;
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
    Ok(AttachReply { id: crate::save_row(desk, save)?.id, kb, known })
}

/// The files of a child with those of every record about it, or of one record, newest first.
pub fn attachments(desk: &Desk, about: Id) -> Done<Vec<AttachmentLine>> {
    let session = desk.session()?;
    let rows = session.store.read(|view| {
        let student = view.record_of(about)?.record == "student";
        let (field, is) = match student {
            true => ("student", Value::Row(about)),
            false => ("about", Value::Text(about.to_string())),
        };
        let filters = vec![Filter { field: field.to_owned(), is: Some(is) }];
        let found = view.list(record(desk, "attachment")?, &ListQuery { filters, ..ListQuery::default() })?;
        let trail = Trail::spoken(desk, view, desk.today());
        let shown =
            |(id, row): (Id, Row)| Ok((trail.masked_field(record(desk, "attachment")?, &row, "kind")?, id, row));
        found.rows.into_iter().map(shown).collect::<Done<Vec<_>>>()
    })?;
    rows.into_iter().map(|(kind, id, row)| line(desk, &session, kind, (id, &row))).collect()
}

fn line(desk: &Desk, session: &Session, kind: String, (id, row): (Id, &Row)) -> Done<AttachmentLine> {
    let text = |key: &str| row.get(key).and_then(Value::as_text).unwrap_or_default().to_owned();
    let kept = contents(desk, session, &text("file")).ok();
    let small = kept.as_ref().filter(|_| text("format") == "jpeg").and_then(|bytes| jpeg(bytes, THUMB_SIDE).ok());
    let kb = match row.get("kb") {
        Some(Value::Int(kb)) => u32::try_from(*kb).unwrap_or_default(),
        _ => 0,
    };
    Ok(AttachmentLine {
        id,
        about: text("about"),
        kind,
        name: text("name"),
        format: text("format"),
        kb,
        on: text("added_on"),
        thumbnail: small.map(|bytes| data_url("image/jpeg", &bytes)),
        here: kept.is_some(),
    })
}

/// Shows a file, or writes it where somebody asked. Errors: `attachment_missing`, when it is not on this computer.
pub fn open_attachment(desk: &Desk, request: OpenAttachment) -> Done<OpenedAttachment> {
    let session = desk.session()?;
    let row = session
        .store
        .read(|view| Ok::<_, Failure>(view.row(record(desk, "attachment")?, request.id, desk.today())?))?;
    let text = |key: &str| row.values.get(key).and_then(Value::as_text).unwrap_or_default();
    let bytes = contents(desk, &session, text("file"))?;
    match request.out {
        Some(out) => {
            package::stick::replace(Path::new(&out), &bytes)?;
            Ok(OpenedAttachment { data: None, file: Some(out) })
        }
        None => {
            let mime = if text("format") == "pdf" { "application/pdf" } else { "image/jpeg" };
            Ok(OpenedAttachment { data: Some(data_url(mime, &bytes)), file: None })
        }
    }
}

/// Files that rows speak of and that are not here, or not what they were: their rows.
pub(crate) fn damaged(desk: &Desk, session: &Session, view: View<'_>) -> Done<Vec<Id>> {
    let rows = view.list(record(desk, "attachment")?, &ListQuery::default())?.rows;
    let Some(keys) = keys_in(view)? else { return Ok(Vec::new()) };
    let sound = |row: &Row| {
        let file = row.get("file").and_then(Value::as_text).unwrap_or_default();
        let path = session.store.folder().join(FOLDER).join(hidden_name(&keys.secret, file));
        let kept = std::fs::read(path).ok().and_then(|sealed| open(&keys.key, &sealed).ok());
        kept.is_some_and(|bytes| digest(&bytes) == file)
    };
    let mut damaged = Vec::new();
    for (id, row) in rows {
        // What another organisation attached lies there.
        let own = view.scope_of(id)? == Some(session.organisation.id);
        if own && !sound(&row) {
            damaged.push(id);
        }
    }
    Ok(damaged)
}

/// What the ledger holds to find and to read the files.
struct Keys {
    key: ReceiveKey,
    secret: Zeroizing<[u8; 32]>,
}

fn keys_in(view: View<'_>) -> Done<Option<Keys>> {
    let Some(seed) = view.local("key/attachments")?.map(Zeroizing::new) else { return Ok(None) };
    let odd = || Failure::new("damaged").with("cause", "key/attachments");
    let secret: [u8; 32] = seed.as_slice().try_into().map_err(|_| odd())?;
    Ok(Some(Keys { key: ReceiveKey::from_seed(&secret)?, secret: Zeroizing::new(secret) }))
}

/// The keys, drawn when the first file is attached.
fn keys(desk: &Desk, session: &Session) -> Done<Keys> {
    if let Some(keys) = session.store.read(keys_in)? {
        return Ok(keys);
    }
    let seed = Zeroizing::new(desk.roll::<32>());
    session.store.write(|door| Ok::<_, Failure>(door.set_local("key/attachments", seed.as_slice())?))?;
    session.store.read(keys_in)?.ok_or_else(|| Failure::new("damaged").with("cause", "key/attachments"))
}

fn key(desk: &Desk, session: &Session) -> Done<ReceiveKey> {
    Ok(keys(desk, session)?.key)
}

fn path_of(desk: &Desk, session: &Session, file: &str) -> Done<PathBuf> {
    let name = hidden_name(&keys(desk, session)?.secret, file);
    Ok(session.store.folder().join(FOLDER).join(name))
}

fn contents(desk: &Desk, session: &Session, file: &str) -> Done<Vec<u8>> {
    let missing = || Failure::new("attachment_missing");
    let sealed = std::fs::read(path_of(desk, session, file)?).map_err(|_| missing())?;
    let bytes = open(&key(desk, session)?, &sealed).map_err(|_| missing())?;
    if digest(&bytes) == file { Ok(bytes) } else { Err(missing()) }
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
            false => Ok((bytes.to_vec(), "pdf")),
        };
    }
    let kept = jpeg(bytes, KEPT_SIDE).map_err(|error| Failure::new("not_attachable").with("cause", error))?;
    Ok((kept, "jpeg"))
}
