//! Sealing packages: everything in scope, signed and encrypted, onto a stick.

use std::collections::BTreeMap;
use std::path::Path;

use domain::Id;
use package::manifest::Tip;
use package::seal::{self, Draft};
use package::segment_file::SegmentFile;
use package::{open, stick};
use serde::{Deserialize, Serialize};
use store::{Outgoing, Sent};
use ts_rs::TS;

use crate::desk::{Desk, Session, civil};
use crate::enrolments::{self, KnownKeys};
use crate::failure::{Done, Failure};

/// Where a package goes.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ExportRequest {
    /// Code, name or id of the receiver; the organisation above when absent.
    pub to: Option<String>,
    /// The folder that stands for the stick.
    pub folder: String,
}

/// A package sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ExportReply {
    /// The file, with its folder.
    pub file: String,
    /// Its number on this computer.
    #[ts(type = "number")]
    pub number: u64,
    /// For whom.
    pub to: String,
    /// Rows of each record of the ledger.
    #[ts(type = "Record<string, number>")]
    pub counts: BTreeMap<String, u64>,
    /// Bytes.
    #[ts(type = "number")]
    pub length: u64,
}

/// A package sealed here earlier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SentLine {
    /// Its number.
    #[ts(type = "number")]
    pub number: u64,
    /// Its file name.
    pub file: String,
    /// For whom.
    pub to: String,
    /// When, civil time.
    pub at: String,
}

/// Version of the directory; it grows when directories travel down.
const DIRECTORY: u64 = 1;

/// Seals a package and writes it safely; it counts as written only after it was read back whole.
pub fn export(desk: &Desk, request: ExportRequest) -> Done<ExportReply> {
    let session = desk.session()?;
    let sign = |message: &[u8]| session.keys.replica.sign(message).to_vec();
    let certificate = session.keys.certificate.to_bytes();
    session.store.write(|door| {
        door.seal(&sign, &certificate)?;
        let view = door.view();
        let above = enrolments::above(view)?.map(|card| card.organisation);
        let card = receiver(enrolments::cards(desk, &session, view)?, above, request.to.as_deref())?;
        let scope = if above == Some(card.organisation) { session.organisation.id } else { card.organisation };
        let outgoing = view.segments(scope)?;
        let last = view.sent()?.into_iter().next();
        let number = last.as_ref().map_or(1, |sent| sent.number + 1);
        let (operating, recovery) = enrolments::recipients(&card)?;
        let own = session.keys.operating.recipient();
        let counts = counts(desk, view)?;
        let sealed = seal::seal(Draft {
            key: &session.keys.replica,
            certificate: session.keys.certificate,
            recipients: [&operating, &recovery, &own],
            number,
            previous: last.map(|sent| sent.manifest_hash),
            directory: DIRECTORY,
            made_ms: desk.now_ms(),
            schema: 1,
            program: env!("CARGO_PKG_VERSION"),
            tips: outgoing.iter().map(tip).collect(),
            counts: counts.clone(),
            segments: outgoing.iter().map(segment_file).collect(),
        })?;
        let info = crate::session::session_info(desk, ())?;
        let code = if info.code.is_empty() { session.organisation.id.short() } else { info.code };
        let name = format!("{}-{}-{number}.bxp", plain(&code), session.keys.certificate.replica.short());
        let file = stick::write(Path::new(&request.folder), &name, &sealed.bytes)?;
        check_written(desk, &session, door.view(), &file)?;
        door.keep_sent(&Sent {
            number,
            file: file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(),
            recipient: card.organisation,
            manifest_hash: sealed.manifest_hash,
            tips: serde_json::to_string(&outgoing.iter().map(tip).collect::<Vec<_>>()).map_err(Failure::defect)?,
            made_ms: desk.now_ms(),
        })?;
        let length = sealed.bytes.len() as u64;
        Ok(ExportReply { file: file.display().to_string(), number, to: card.name, counts, length })
    })
}

/// The packages sealed here.
pub fn sent_packages(desk: &Desk, _: ()) -> Done<Vec<SentLine>> {
    let session = desk.session()?;
    session.store.read(|view| {
        let known = KnownKeys::load(desk, &session, view)?;
        let to_line = |sent: Sent| SentLine {
            number: sent.number,
            file: sent.file,
            to: known.name(sent.recipient).map(|(name, _)| name.clone()).unwrap_or_default(),
            at: civil(sent.made_ms),
        };
        Ok(view.sent()?.into_iter().map(to_line).collect())
    })
}

/// The file is read again as a receiver would read it, before anybody is told it is safe to pull the stick.
fn check_written(desk: &Desk, session: &Session, view: store::View<'_>, file: &Path) -> Done<()> {
    let known = KnownKeys::load(desk, session, view)?;
    open::inspect(&open::read_file(file)?, &known)?;
    Ok(())
}

fn receiver(cards: Vec<package::enrol::Card>, above: Option<Id>, to: Option<&str>) -> Done<package::enrol::Card> {
    let wanted = |card: &package::enrol::Card| match to {
        None => Some(card.organisation) == above,
        Some(to) => card.code == to || card.name == to || card.organisation.to_string() == to,
    };
    let found = cards.into_iter().find(wanted);
    found.ok_or_else(|| match to {
        None => Failure::new("not_enrolled"),
        Some(to) => Failure::new("no_such_partner").with("to", to),
    })
}

fn tip(outgoing: &Outgoing) -> Tip {
    Tip {
        scope: outgoing.segment.scope,
        replica: outgoing.segment.replica,
        depth: outgoing.segment.last_depth(),
        hash: outgoing.tip.hex(),
    }
}

fn segment_file(outgoing: &Outgoing) -> SegmentFile {
    SegmentFile {
        segment: outgoing.segment.to_bytes(),
        signature: outgoing.signature.clone(),
        certificate: outgoing.certificate.clone(),
    }
}

/// Rows of each record that people fill.
pub(crate) fn counts(desk: &Desk, view: store::View<'_>) -> Done<BTreeMap<String, u64>> {
    let mut counts = BTreeMap::new();
    for record in desk.catalogue().records() {
        let count = view.total(record, &[])?;
        counts.insert(record.record.clone(), count);
    }
    Ok(counts)
}

fn plain(code: &str) -> String {
    code.chars().filter(|c| c.is_ascii_alphanumeric()).collect()
}
