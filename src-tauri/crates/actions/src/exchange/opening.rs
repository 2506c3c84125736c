//! Opening packages for taking in: decrypted, agreeing with themselves, every chain signed. Of many, the next is opened while
//! one is taken in.

use std::path::Path;

use oplog::Segment;
use package::keys::Certificate;
use package::open::{self, Inspected, Opened};
use package::segment_file::SegmentFile;
use store::Incoming;

use crate::desk::{Desk, Session};
use crate::exchange::again::taken_in_before;
use crate::exchange::merge_report::MergeReport;
use crate::failure::{Done, Failure};
use crate::trust::directory::KnownKeys;

/// A package looked at, not opened: what to say of one that is in the ledger already, else what was seen of it with the keys
/// that are known.
pub(crate) enum Looked {
    Before(Box<MergeReport>),
    New(Box<Inspected>, KnownKeys),
}

impl Looked {
    pub(crate) fn at(desk: &Desk, session: &Session, file: &str) -> Done<Self> {
        let bytes = open::read_file(Path::new(file))?;
        let known = session.store.read(|view| KnownKeys::load(desk, session, view))?;
        let inspected = open::inspect(&bytes, &known)?;
        Ok(match taken_in_before(session, &known, file, &inspected)? {
            Some(report) => Self::Before(Box::new(report)),
            None => Self::New(Box::new(inspected), known),
        })
    }
}

/// A package that is ready to be taken in.
pub(crate) struct Ready {
    pub(crate) opened: Opened,
    /// Its segments, their signatures checked. Whether they count is for the ledger to say.
    pub(crate) segments: Vec<Incoming>,
}

impl Ready {
    /// Opens a package. One for others is opened only when this organisation has sealed it: it may bring back what was
    /// lost here.
    pub(crate) fn of(session: &Session, inspected: Inspected) -> Done<Self> {
        let keys = [&session.keys.operating, &session.keys.recovery];
        let opened = match inspected.envelope.from == session.organisation.id {
            true => inspected.open_own(&keys)?,
            false => inspected.open(&keys)?,
        };
        let segments = opened.segments.iter().map(sound).collect::<Done<Vec<Incoming>>>()?;
        Ok(Self { opened, segments })
    }

    /// Opens a package that will be taken in soon; `None` when it is known already, or cannot be opened: whoever takes it
    /// in finds out why, with what is known by then.
    pub(crate) fn ahead(desk: &Desk, session: &Session, file: &str) -> Option<Self> {
        match Looked::at(desk, session, file).ok()? {
            Looked::New(inspected, _) => Self::of(session, *inspected).ok(),
            Looked::Before(_) => None,
        }
    }

    /// Whether this is the package that was looked at, to the byte.
    pub(crate) fn is(&self, inspected: &Inspected) -> bool {
        self.opened.envelope == inspected.envelope
    }
}

/// A segment whose chain the computer in its certificate has signed. Whether that computer may write it is another
/// question, which the ledger answers (decisions B15): what may not count is kept all the same.
fn sound(file: &SegmentFile) -> Done<Incoming> {
    let segment = Segment::from_bytes(&file.segment).map_err(|error| damaged(&error.to_string()))?;
    let certificate = Certificate::from_bytes(&file.certificate).ok_or_else(|| damaged("certificate"))?;
    let tip = segment.changes.last().map(oplog::Change::hash).ok_or_else(|| damaged("empty segment"))?;
    let message = Segment::tip_message(segment.scope, segment.replica, segment.last_depth(), tip);
    let signature: [u8; 64] = file.signature.as_slice().try_into().map_err(|_| damaged("signature"))?;
    match certificate.replica == segment.replica && certificate.key.verifies(&message, &signature) {
        false => Err(Failure::new("bad_signature")),
        true => Ok(Incoming { segment, signature: file.signature.clone(), certificate: file.certificate.clone() }),
    }
}

fn damaged(cause: &str) -> Failure {
    Failure::new("package_damaged").with("cause", cause)
}
