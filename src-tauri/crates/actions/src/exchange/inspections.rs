//! What can be said of a package without opening it, on a stick or in a folder.

use std::path::{Path, PathBuf};

use domain::Id;
use package::open::{self, Directory, Inspected, Sender};
use serde::{Deserialize, Serialize};
use store::View;
use ts_rs::TS;

use crate::desk::{Desk, Session};
use crate::failure::Done;
use crate::trust::directory::KnownKeys;

/// What can be said of a package before opening it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Inspection {
    /// The file.
    pub file: String,
    /// The sender's name, when enrolled.
    pub sender: String,
    /// The sender's code, when enrolled.
    pub code: String,
    /// `enrolled`, `revoked`, `unknown`.
    pub standing: String,
    /// The computer, short.
    pub computer: String,
    /// Its number on that computer.
    #[ts(type = "number")]
    pub number: u64,
    /// Whether it is meant for this organisation.
    pub for_us: bool,
    /// Whether it was taken in already.
    pub known: bool,
    /// Bytes.
    #[ts(type = "number")]
    pub length: u64,
    /// The key that signed it, as `minisign -P` takes it.
    pub key: String,
}

/// Says what a package is, without any secret.
pub fn inspect(desk: &Desk, file: String) -> Done<Inspection> {
    let bytes = open::read_file(Path::new(&file))?;
    let Ok(session) = desk.session() else {
        return Ok(inspection(&open::inspect(&bytes, &Nobody)?, file, None, false, false));
    };
    session.store.read(|view| {
        let known = KnownKeys::load(desk, &session, view)?;
        let inspected = open::inspect(&bytes, &known)?;
        let to_us = inspected.envelope.to == session.keys.operating.recipient().fingerprint();
        let for_us = to_us || brings_back(&session, view, &inspected)?;
        let arrived = already(view, &inspected)?;
        let name = known.name(inspected.envelope.from).cloned();
        Ok(inspection(&inspected, file, name, for_us, arrived))
    })
}

/// Packages in a folder and its subfolders, recognised by content, whatever they are called.
pub fn packages_in(desk: &Desk, folder: String) -> Done<Vec<Inspection>> {
    let files = candidates(Path::new(&folder))?.into_iter();
    let mut found: Vec<Inspection> = files.flat_map(|path| inspect(desk, path.display().to_string())).collect();
    found.sort_by(|a, b| (&a.sender, a.number, &a.file).cmp(&(&b.sender, b.number, &b.file)));
    Ok(found)
}

/// The files of a folder and its subfolders; a file is itself.
pub(crate) fn files_in(path: &Path) -> Done<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut open = vec![(path.to_owned(), 0)];
    while let Some((path, depth)) = open.pop() {
        if !path.is_dir() {
            files.push(path);
        } else if depth <= FOLDER_DEPTH_MAX {
            let entries = std::fs::read_dir(&path).map_err(package::PackageError::from)?;
            open.extend(entries.flatten().map(|entry| (entry.path(), depth + 1)));
        }
    }
    files.sort();
    Ok(files)
}

/// The files of a folder that may be packages, receipts or other files of ours, whatever they are called: told by their
/// first bytes, so that a stick full of photos is not read through.
pub(crate) fn candidates(path: &Path) -> Done<Vec<PathBuf>> {
    let mut files = files_in(path)?;
    files.retain(|file| open::may_be_ours(file));
    Ok(files)
}

/// Folders below the stick that are searched.
const FOLDER_DEPTH_MAX: usize = 4;

/// A directory that knows nobody: for looking at a file without a ledger.
pub(crate) struct Nobody;

impl Directory for Nobody {
    fn sign_keys(&self, _: Id) -> Option<(Vec<package::keys::PublicKey>, open::Standing)> {
        None
    }
}

fn inspection(
    inspected: &Inspected,
    file: String,
    name: Option<(String, String)>,
    for_us: bool,
    known: bool,
) -> Inspection {
    let (sender, code) = name.unwrap_or_default();
    let standing = match inspected.sender {
        Sender::Enrolled => "enrolled",
        Sender::Revoked => "revoked",
        Sender::Unknown => "unknown",
    };
    Inspection {
        file,
        sender,
        code,
        standing: standing.to_owned(),
        computer: inspected.envelope.replica.short(),
        number: inspected.envelope.number,
        for_us,
        known,
        length: inspected.length,
        key: inspected.envelope.certificate.key.to_minisign(),
    }
}

/// Whether a package of one's own organisation may bring what is not here: another of its computers sealed it, or this
/// one before it lost what it had.
fn brings_back(session: &Session, view: View<'_>, inspected: &Inspected) -> Done<bool> {
    let envelope = &inspected.envelope;
    let here = envelope.replica == session.keys.certificate.replica
        && view.sent()?.iter().any(|sent| sent.number == envelope.number);
    Ok(envelope.from == session.organisation.id && !here)
}

/// Whether a package with this sender and number, and this very payload, was merged before.
fn already(view: View<'_>, inspected: &Inspected) -> Done<bool> {
    let seen = format!("payload/{}", inspected.envelope.sha256);
    Ok(view.local(&seen)?.is_some())
}
