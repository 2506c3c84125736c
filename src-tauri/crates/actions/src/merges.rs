//! Taking packages in: inspection, rehearsal, merge.

use std::collections::BTreeMap;
use std::path::Path;

use domain::Id;
use oplog::Segment;
use package::keys::Certificate;
use package::open::{self, Directory, Inspected, Opened, Sender};
use serde::{Deserialize, Serialize};
use store::{Arrived, Door, Incoming, Received, View};
use ts_rs::TS;

use crate::desk::{Desk, Session, civil};
use crate::enrolments::KnownKeys;
use crate::failure::{Done, Failure};
use crate::rows::name_of;

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

/// What a package changes, or would change.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct MergeReport {
    /// The file.
    pub file: String,
    /// The sender's name.
    pub sender: String,
    /// Its number.
    #[ts(type = "number")]
    pub number: u64,
    /// Whether it was taken in already: nothing new.
    pub known: bool,
    /// Rows added, by record.
    pub added: BTreeMap<String, usize>,
    /// Rows changed, by record.
    pub changed: BTreeMap<String, usize>,
    /// Names of children added or changed, the first of them.
    pub names: Vec<String>,
    /// Fields that were filled differently and wait for a choice.
    pub conflicts: usize,
    /// Segments that wait for other packages.
    pub waiting: usize,
    /// Chains that turned out to be branches of one: two computers go on from one ledger.
    pub forks: usize,
}

/// A package that arrived.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ArrivedLine {
    /// Sender's name.
    pub sender: String,
    /// The computer, short.
    pub computer: String,
    /// Its number.
    #[ts(type = "number")]
    pub number: u64,
    /// When it was sealed, by the sender's clock; civil time.
    pub made: String,
    /// When it was merged; civil time.
    pub merged: String,
    /// What it changed.
    pub report: MergeReport,
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
        let for_us = inspected.envelope.to == session.keys.operating.recipient().fingerprint();
        let arrived = already(view, &inspected)?;
        let name = known.name(inspected.envelope.from).cloned();
        Ok(inspection(&inspected, file, name, for_us, arrived))
    })
}

/// Packages in a folder and its subfolders, recognised by content, whatever they are called.
pub fn packages_in(desk: &Desk, folder: String) -> Done<Vec<Inspection>> {
    let mut found = Vec::new();
    let mut folders = vec![(std::path::PathBuf::from(folder), 0)];
    while let Some((folder, depth)) = folders.pop() {
        let entries = std::fs::read_dir(&folder).map_err(package::PackageError::from)?;
        for path in entries.flatten().map(|entry| entry.path()) {
            match path.is_dir() {
                true if depth < FOLDER_DEPTH_MAX => folders.push((path, depth + 1)),
                true => {}
                false => found.extend(inspect(desk, path.display().to_string())),
            }
        }
    }
    found.sort_by(|a, b| (&a.sender, a.number, &a.file).cmp(&(&b.sender, b.number, &b.file)));
    Ok(found)
}

/// Folders below the stick that are searched.
const FOLDER_DEPTH_MAX: usize = 4;

/// Says exactly what a package would change; nothing is written.
pub fn rehearse_merge(desk: &Desk, file: String) -> Done<MergeReport> {
    let session = desk.session()?;
    let opened = open_package(desk, &session, &file)?;
    session.store.rehearse(|door| take_in(desk, &session, door, &file, opened))
}

/// Takes a package in: all of it, in one transaction.
pub fn merge(desk: &Desk, file: String) -> Done<MergeReport> {
    let session = desk.session()?;
    let opened = open_package(desk, &session, &file)?;
    session.store.write(|door| take_in(desk, &session, door, &file, opened))
}

/// The packages that arrived here, newest first.
pub fn arrived_packages(desk: &Desk, _: ()) -> Done<Vec<ArrivedLine>> {
    let session = desk.session()?;
    session.store.read(|view| {
        let known = KnownKeys::load(desk, &session, view)?;
        let to_line = |arrived: Arrived| ArrivedLine {
            sender: known.name(arrived.sender).map(|(name, _)| name.clone()).unwrap_or_default(),
            computer: arrived.replica.short(),
            number: arrived.number,
            made: civil(arrived.made_ms),
            merged: civil(arrived.merged_ms),
            report: serde_json::from_str(&arrived.report).unwrap_or_default(),
        };
        Ok(view.arrived()?.into_iter().map(to_line).collect())
    })
}

/// A directory that knows nobody: for looking at a file without a ledger.
struct Nobody;

impl Directory for Nobody {
    fn sign_key(&self, _: Id) -> Option<(package::keys::PublicKey, open::Standing)> {
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

/// Whether a package with this sender and number, and this very payload, was merged before.
fn already(view: View<'_>, inspected: &Inspected) -> Done<bool> {
    let seen = format!("payload/{}", inspected.envelope.sha256);
    Ok(view.local(&seen)?.is_some())
}

fn open_package(desk: &Desk, session: &Session, file: &str) -> Done<Opened> {
    let bytes = open::read_file(Path::new(file))?;
    let known = session.store.read(|view| KnownKeys::load(desk, session, view))?;
    let inspected = open::inspect(&bytes, &known)?;
    Ok(inspected.open(&[&session.keys.operating, &session.keys.recovery])?)
}

fn take_in(desk: &Desk, session: &Session, door: &mut Door<'_>, file: &str, opened: Opened) -> Done<MergeReport> {
    let known = KnownKeys::load(desk, session, door.view())?;
    let name = known.name(opened.envelope.from).map(|(name, _)| name.clone()).unwrap_or_default();
    let mut report =
        MergeReport { file: file.to_owned(), sender: name, number: opened.envelope.number, ..MergeReport::default() };
    let mark = format!("payload/{}", opened.envelope.sha256);
    if door.view().local(&mark)?.is_some() {
        report.known = true;
        return Ok(report);
    }
    let segments = opened.segments.iter().map(|file| vouched(&known, file)).collect::<Done<Vec<Incoming>>>()?;
    let arrived = door.keep_arrived(&Arrived {
        sender: opened.envelope.from,
        replica: opened.envelope.replica,
        number: opened.envelope.number,
        manifest_hash: opened.manifest_hash,
        made_ms: opened.manifest.made_ms,
        merged_ms: desk.now_ms(),
        report: "{}".to_owned(),
    })?;
    let received = door.receive(segments, arrived)?;
    describe(desk, door.view(), &received, &mut report)?;
    door.set_local(&mark, b"")?;
    door.set_report(arrived, &serde_json::to_string(&report).map_err(Failure::defect)?)?;
    Ok(report)
}

/// A segment whose chain a certified computer has signed, and which writes only its own organisation's rows.
fn vouched(known: &KnownKeys, file: &package::segment_file::SegmentFile) -> Done<Incoming> {
    let damaged = |cause: &str| Failure::new("package_damaged").with("cause", cause);
    let segment = Segment::from_bytes(&file.segment).map_err(|error| damaged(&error.to_string()))?;
    let certificate = Certificate::from_bytes(&file.certificate).ok_or_else(|| damaged("certificate"))?;
    let (key, _) = known
        .sign_key(certificate.organisation)
        .ok_or_else(|| Failure::new("unknown_sender").with("sender", certificate.organisation))?;
    let tip = segment.changes.last().map(oplog::Change::hash).ok_or_else(|| damaged("empty segment"))?;
    let message = Segment::tip_message(segment.scope, segment.replica, segment.last_depth(), tip);
    let signature: [u8; 64] = file.signature.as_slice().try_into().map_err(|_| damaged("signature"))?;
    let sound = certificate.is_signed_by(&key)
        && certificate.replica == segment.replica
        && certificate.key.verifies(&message, &signature);
    match sound {
        false => Err(Failure::new("bad_signature")),
        true if !may_write(known, certificate.organisation, segment.scope) => Err(Failure::new("out_of_scope")),
        true => Ok(Incoming { segment, signature: file.signature.clone(), certificate: file.certificate.clone() }),
    }
}

/// A school writes its own rows; the organisation above may correct any.
fn may_write(known: &KnownKeys, writer: Id, scope: Id) -> bool {
    writer == scope || known.is_above(writer)
}

fn describe(desk: &Desk, view: View<'_>, received: &Received, report: &mut MergeReport) -> Done<()> {
    report.conflicts = received.conflicts;
    report.waiting = received.waiting;
    report.forks = received.forks;
    for (rows, counts) in [(&received.rows_added, &mut report.added), (&received.rows_changed, &mut report.changed)] {
        for id in rows {
            let Ok(record) = view.record_of(*id) else { continue };
            *counts.entry(record.record.clone()).or_default() += 1;
            if record.record == "student" && report.names.len() < NAMES_MAX {
                report.names.push(name_of(desk.catalogue(), view, record, *id, desk.today())?);
            }
        }
    }
    report.known = received.new_changes == 0 && received.waiting == 0;
    Ok(())
}

/// Names a report mentions.
const NAMES_MAX: usize = 50;
