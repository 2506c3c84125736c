//! One package checked by itself, as somebody outside would: signed by whom, unbroken from where, what is inside.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use domain::Id;
use oplog::{Hash, Segment};
use package::keys::{Certificate, ReceiveKey};
use package::open::{self, Directory, Opened, Sender};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::desk::{Desk, civil};
use crate::exchange::inspections::Nobody;
use crate::failure::{Done, Failure};
use crate::trust::directory::KnownKeys;

/// A package, and what opens it if anything does.
#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct VerifyPackage {
    /// The file.
    pub file: String,
    /// A file with the receiver's or the sender's key (`AGE-SECRET-KEY-1…`). An open ledger brings its own.
    pub key: Option<String>,
}

/// What could be made sure of. A package that does not hold is refused with the reason instead.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct VerifiedPackage {
    /// The sender, by its name when it is known here.
    pub sender: String,
    /// The sender.
    pub organisation: String,
    /// The computer that sealed it.
    pub computer: String,
    /// The key that signed it, as `minisign -P` takes it.
    pub key: String,
    /// `known`: an organisation enrolled here vouches for the computer; `revoked`; `unknown`: the package says so of
    /// itself, compare its key with a paper.
    pub standing: String,
    /// Its number.
    #[ts(type = "number")]
    pub number: u64,
    /// Whether it could be opened: only then is the rest told.
    pub opened: bool,
    /// When it was sealed, by the sender's clock; civil time.
    pub made: String,
    /// Chains of changes inside.
    pub chains: Vec<VerifiedChain>,
    /// Whether every chain begins with its first change: nothing before it can have been left out.
    pub from_the_beginning: bool,
    /// Rows of each record in the sender's ledger, as it says itself.
    #[ts(type = "Record<string, number>")]
    pub counts: BTreeMap<String, u64>,
}

/// The writing of one computer in one ledger, as far as it is inside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct VerifiedChain {
    /// Whose rows, by name when known.
    pub ledger: String,
    /// The organisation whose computer wrote it, by name when known.
    pub writer: String,
    /// The computer, short.
    pub computer: String,
    /// Number of its first change inside, from 1.
    pub first: u32,
    /// Number of its last change.
    pub last: u32,
    /// Changes inside.
    pub changes: usize,
    /// Fields written by them.
    pub fields: usize,
    /// Rows written to.
    pub rows: usize,
    /// Values that were erased by law; the chain holds all the same.
    pub erased: usize,
    /// Whether the changes follow on one another without a gap.
    pub unbroken: bool,
}

/// Checks one package: container, signatures, every hash of every chain. Nothing is written, no ledger is needed.
///
/// Errors: those of opening a package; `bad_signature` when a chain is not signed by its computer.
pub fn verify_package(desk: &Desk, request: VerifyPackage) -> Done<VerifiedPackage> {
    let bytes = open::read_file(Path::new(&request.file))?;
    let session = desk.session().ok();
    let known = match &session {
        Some(session) => Some(session.store.read(|view| KnownKeys::load(desk, session, view))?),
        None => None,
    };
    let directory: &dyn Directory = known.as_ref().map_or(&Nobody, |known| known);
    let inspected = open::inspect(&bytes, directory)?;
    let name = |id: Id| known.as_ref().map(|known| known.name_of(id)).unwrap_or_default();
    let envelope = &inspected.envelope;
    let standing = match inspected.sender {
        Sender::Enrolled => "known",
        Sender::Revoked => "revoked",
        Sender::Unknown => "unknown",
    };
    let mut told = VerifiedPackage {
        sender: name(envelope.from),
        organisation: envelope.from.to_string(),
        computer: envelope.replica.to_string(),
        key: envelope.certificate.key.to_minisign(),
        standing: standing.to_owned(),
        number: envelope.number,
        ..VerifiedPackage::default()
    };
    let given = request.key.as_deref().map(read_key).transpose()?;
    let mut keys: Vec<&ReceiveKey> = given.iter().collect();
    if let Some(session) = &session {
        keys.extend([&session.keys.operating, &session.keys.recovery]);
    }
    let opened = match inspected.open_with(&keys) {
        Err(package::PackageError::NotForUs) if given.is_none() => return Ok(told),
        opened => opened?,
    };
    told.opened = true;
    told.made = civil(opened.manifest.made_ms);
    told.counts = opened.manifest.counts.clone();
    told.chains = chains(&opened, name)?;
    told.from_the_beginning = !told.chains.is_empty() && told.chains.iter().all(|one| one.first == 1 && one.unbroken);
    Ok(told)
}

fn read_key(file: &str) -> Done<ReceiveKey> {
    let bytes = open::read_file(Path::new(file))?;
    let text = String::from_utf8(bytes).map_err(|_| Failure::new("not_a_key"))?;
    let line = text.lines().map(str::trim).find(|line| line.starts_with("AGE-SECRET-KEY-"));
    line.and_then(|line| line.parse().ok()).ok_or_else(|| Failure::new("not_a_key"))
}

/// Every run, checked and counted, by ledger and computer.
fn chains(opened: &Opened, name: impl Fn(Id) -> String) -> Done<Vec<VerifiedChain>> {
    let damaged = |cause: &str| Failure::new("package_damaged").with("cause", cause);
    let mut runs: BTreeMap<(Id, Id), Vec<(Segment, Id)>> = BTreeMap::new();
    for file in &opened.segments {
        let segment = Segment::from_bytes(&file.segment).map_err(|error| damaged(&error.to_string()))?;
        let certificate = Certificate::from_bytes(&file.certificate).ok_or_else(|| damaged("certificate"))?;
        let tip = segment.changes.last().map(oplog::Change::hash).ok_or_else(|| damaged("empty segment"))?;
        let message = Segment::tip_message(segment.scope, segment.replica, segment.last_depth(), tip);
        let signature: [u8; 64] = file.signature.as_slice().try_into().map_err(|_| damaged("signature"))?;
        let mut parents = segment.changes.iter().skip(1).map(|change| change.parent);
        let follows =
            segment.changes.iter().all(|change| parents.next().is_none_or(|next| next == Some(change.hash())));
        if !follows || !certificate.key.verifies(&message, &signature) || certificate.replica != segment.replica {
            return Err(Failure::new("bad_signature"));
        }
        runs.entry((segment.scope, segment.replica)).or_default().push((segment, certificate.organisation));
    }
    let told = |((scope, replica), mut runs): ((Id, Id), Vec<(Segment, Id)>)| {
        runs.sort_by_key(|(run, _)| run.first_depth);
        let ends: BTreeSet<Option<Hash>> =
            runs.iter().map(|(run, _)| run.changes.last().map(oplog::Change::hash)).collect();
        let joined = |(run, _): &&(Segment, Id)| ends.contains(&run.parent);
        let ops = || runs.iter().flat_map(|(run, _)| &run.changes).flat_map(|change| &change.ops);
        VerifiedChain {
            ledger: named(&name, scope),
            writer: runs.first().map(|(_, writer)| named(&name, *writer)).unwrap_or_default(),
            computer: replica.short(),
            first: runs.first().map_or(0, |(run, _)| run.first_depth) + 1,
            last: runs.iter().map(|(run, _)| run.last_depth()).max().unwrap_or_default() + 1,
            changes: runs.iter().map(|(run, _)| run.changes.len()).sum(),
            fields: ops().count(),
            rows: ops().map(|op| op.row).collect::<BTreeSet<Id>>().len(),
            erased: ops().filter(|op| op.payload.open().is_none()).count(),
            unbroken: runs.iter().skip(1).filter(joined).count() + 1 == runs.len(),
        }
    };
    Ok(runs.into_iter().map(told).collect())
}

fn named(name: &impl Fn(Id) -> String, id: Id) -> String {
    match name(id) {
        known if known.is_empty() => id.short(),
        known => known,
    }
}
