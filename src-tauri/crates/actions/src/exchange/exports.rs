//! Sealing packages: everything in scope, signed and encrypted, onto a stick.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use domain::Id;
use oplog::Hash;
use package::enrol::Card;
use package::letter::{Ground, Letter};
use package::manifest::Tip;
use package::seal::{self, Draft, Notes, SealedPackage};
use package::segment_file::SegmentFile;
use package::{open, stick};
use serde::{Deserialize, Serialize};
use store::{Beyond, ChainEnd, Door, Outgoing, Sent, View};
use ts_rs::TS;

use crate::attachments::travel::{self, Carried};
use crate::desk::{Desk, Session, civil, session};
use crate::exchange::acks::{Acks, Standing, sent_tips};
use crate::exchange::{board, receipts};
use crate::failure::{Done, Failure};
use crate::history::{organisation_of, person};
use crate::transfers;
use crate::trust::directory::{self, KnownKeys};
use crate::trust::{aloft, authority, enrolments, listing, settings_files};

/// Where a package goes.
#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
pub struct ExportRequest {
    /// Code, name or id of the receiver; the organisation above when absent.
    pub to: Option<String>,
    /// The folder that stands for the stick.
    pub folder: String,
    /// How much; what was not acknowledged when absent.
    #[serde(default)]
    #[ts(optional)]
    pub extent: Option<Extent>,
}

/// How much a package carries.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Extent {
    /// Everything the receiver has not acknowledged in a signed receipt: a lost stick heals with the next.
    #[default]
    Unacknowledged,
    /// Everything there is.
    Full,
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
    /// Signed runs of changes inside; 0 when everything was acknowledged already.
    #[ts(type = "number")]
    pub segments: usize,
    /// Photos, scans and PDFs inside.
    pub attachments: usize,
    /// Of rows inside, files that do not lie on this computer; the package is whole without them.
    pub attachments_missing: usize,
    /// Files that found no room; the next package takes them once the receiver has answered.
    pub attachments_left: usize,
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
    /// Whether its receiver has said, by a receipt or a check code, that all of it arrived. Only then is it green.
    pub delivered: bool,
    /// `sent`: nothing was heard; `waiting`: it waits there for another one; `refused`; `delivered`.
    pub standing: String,
}

/// Seals a package and writes it safely; it counts as written only after it was read back whole.
pub fn export(desk: &Desk, request: ExportRequest) -> Done<ExportReply> {
    let session = desk.session()?;
    let sign = |message: &[u8]| session.keys.replica.sign(message).to_vec();
    let certificate = session.keys.certificate.to_bytes();
    session.store.write(|door| {
        authority::complete(desk, &session, door)?;
        let card = enrolments::partner_card(desk, &session, door.view(), request.to.as_deref())?;
        settings_files::hand_down(desk, &session, door, card.organisation)?;
        door.seal(&sign, &certificate)?;
        let mut goods = goods(desk, &session, door.view(), (&card, request.extent.unwrap_or_default()))?;
        let last = door.view().sent()?.into_iter().next();
        let number = last.as_ref().map_or(1, |sent| sent.number + 1);
        let counts = counts(desk, door.view())?;
        let carried = std::mem::take(&mut goods.carried);
        let (attachments, attachments_missing, attachments_left) = (carried.files.len(), carried.missing, carried.left);
        let order = Order { card: &card, goods: &goods, files: carried.files, last, counts: &counts };
        let sealed = seal_goods(desk, &session, door, order)?;
        let name = file_name(desk, &session, number)?;
        let file = stick::write(Path::new(&request.folder), &name, &sealed.bytes)?;
        check_written(desk, &session, door.view(), &file)?;
        door.keep_sent(&Sent {
            number,
            file: file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(),
            recipient: card.organisation,
            manifest_hash: sealed.manifest_hash,
            tips: serde_json::to_string(&goods.tips).map_err(Failure::defect)?,
            made_ms: desk.now_ms(),
        })?;
        let (length, segments) = (sealed.bytes.len() as u64, goods.outgoing.len());
        Ok(ExportReply {
            file: file.display().to_string(),
            number,
            to: card.name,
            counts,
            length,
            segments,
            attachments,
            attachments_missing,
            attachments_left,
        })
    })
}

/// Writes a package for every organisation below that has something coming: a receipt, corrections, choices, answers about
/// transfers. Errors: `cancelled`; what was written by then stays.
pub fn hand_down(desk: &Desk, folder: String) -> Done<Vec<ExportReply>> {
    let session = desk.session()?;
    transfers::carry(desk)?;
    let sign = |message: &[u8]| session.keys.replica.sign(message).to_vec();
    let certificate = session.keys.certificate.to_bytes();
    session.store.write(|door| door.seal(&sign, &certificate).map_err(Failure::from))?;
    let due = board::board(desk, ())?.into_iter().filter(|line| line.receipt == "due").map(|line| line.id);
    let due: BTreeSet<Id> = due.collect();
    let below = session.store.read(|view| {
        let mut below = Vec::new();
        for entry in directory::entries(desk, view, &[session.organisation.id])? {
            let id = entry.card.organisation;
            let waits = due.contains(&id)
                || !goods(desk, &session, view, (&entry.card, Extent::Unacknowledged))?.outgoing.is_empty();
            below.extend(Some(id).filter(|_| waits && entry.standing == open::Standing::Active));
        }
        Ok::<_, Failure>(below)
    })?;
    let total = below.len() as u64;
    let mut written = Vec::new();
    for (to, done) in below.into_iter().zip(1..) {
        written.push(export(desk, ExportRequest { to: Some(to.to_string()), folder: folder.clone(), extent: None })?);
        desk.step(done, total)?;
    }
    Ok(written)
}

/// The packages sealed here, newest first.
pub fn sent_packages(desk: &Desk, _: ()) -> Done<Vec<SentLine>> {
    let session = desk.session()?;
    session.store.read(|view| {
        let known = KnownKeys::load(desk, &session, view)?;
        let replica = session.keys.certificate.replica;
        let to_line = |sent: Sent| {
            let standing = Acks::load(view, sent.recipient)?.standing(view, replica, &sent)?;
            Ok(SentLine {
                number: sent.number,
                to: known.name_of(sent.recipient),
                file: sent.file,
                at: civil(sent.made_ms),
                delivered: standing == Standing::Delivered,
                standing: standing.code().to_owned(),
            })
        };
        view.sent()?.into_iter().map(to_line).collect()
    })
}

/// What a package carries and how far its sender's knowledge goes.
struct Goods {
    scopes: Vec<Id>,
    outgoing: Vec<Outgoing>,
    tips: Vec<Tip>,
    carried: Carried,
}

/// A package to seal.
struct Order<'o> {
    card: &'o Card,
    goods: &'o Goods,
    files: Vec<Vec<u8>>,
    last: Option<Sent>,
    counts: &'o BTreeMap<String, u64>,
}

fn goods(desk: &Desk, session: &Session, view: View<'_>, (card, extent): (&Card, Extent)) -> Done<Goods> {
    let scopes = directory::shared_scopes(desk, session, view, card.organisation)?;
    let acks = Acks::load(view, card.organisation)?;
    let reaches = match extent {
        Extent::Full => vec![],
        Extent::Unacknowledged => acks.reaches(view)?,
    };
    let mut outgoing = Vec::new();
    for scope in &scopes {
        outgoing.extend(view.segments_beyond(&Beyond { scope: *scope, reaches: &reaches })?);
    }
    let tips = receipts::tips(view, &scopes)?;
    let carried = travel::carried(desk, (session, view), (&outgoing, &acks.wanted()))?;
    Ok(Goods { scopes, outgoing, tips, carried })
}

fn seal_goods(desk: &Desk, session: &Session, door: &Door<'_>, order: Order<'_>) -> Done<SealedPackage> {
    let (operating, recovery) = enrolments::recipients(order.card)?;
    let own = session.keys.operating.recipient();
    let to = order.card.organisation;
    let notes = Notes {
        receipt: Some(receipts::receipt_for(desk, session, door, to)?),
        directory: listing::directory_note(desk, session, door)?,
        letter: Some(letter(desk, door.view(), to, order.goods)?.to_bytes()?),
    };
    Ok(seal::seal(Draft {
        key: &session.keys.replica,
        certificate: session.keys.certificate,
        recipients: [&operating, &recovery, &own],
        number: order.last.as_ref().map_or(1, |sent| sent.number + 1),
        previous: order.last.map(|sent| sent.manifest_hash),
        directory: aloft::version(session, door.view())?,
        made_ms: desk.now_ms(),
        schema: 1,
        program: env!("CARGO_PKG_VERSION"),
        tips: order.goods.tips.clone(),
        counts: order.counts.clone(),
        segments: order.goods.outgoing.iter().map(segment_file).collect(),
        attachments: order.files,
        notes,
    })?)
}

fn file_name(desk: &Desk, session: &Session, number: u64) -> Done<String> {
    let info = session::session_info(desk, ())?;
    let code = if info.code.is_empty() { session.organisation.id.short() } else { info.code };
    Ok(format!("{}-{}-{number}.bxp", plain(&code), session.keys.certificate.replica.short()))
}

/// What the receiver must hold already, and who the people inside are, as far as they are not in the ledger exchanged.
fn letter(desk: &Desk, view: View<'_>, to: Id, goods: &Goods) -> Done<Letter> {
    let mut before: Vec<Sent> = view.sent()?.into_iter().filter(|sent| sent.recipient == to).collect();
    before.reverse();
    let changes = || goods.outgoing.iter().flat_map(|out| &out.segment.changes);
    let inside: BTreeSet<Hash> = goods.outgoing.iter().flat_map(|out| out.segment.hashes()).collect();
    let (mut asked, mut grounds) = (BTreeSet::new(), Vec::new());
    for need in goods.outgoing.iter().flat_map(|out| out.segment.needs()) {
        if grounds.len() >= GROUNDS_MAX || inside.contains(&need.hash) || !asked.insert(need.hash) {
            continue;
        }
        if let Some(end) = view.ground(need)? {
            grounds.push(ground(&before, &end)?);
        }
    }
    let mut people = BTreeMap::new();
    for who in changes().map(|change| change.who).collect::<BTreeSet<Id>>() {
        if view.scope_of(who)?.is_none_or(|scope| !goods.scopes.contains(&scope)) {
            let named = (person(desk, view, who)?, organisation_of(desk, view, who)?);
            people.extend(Some((who, named)).filter(|(_, (_, organisation))| !organisation.is_empty()));
        }
    }
    Ok(Letter { format: Letter::FORMAT.to_owned(), grounds, people })
}

/// Grounds named at most: one is enough to say what a package waits for.
const GROUNDS_MAX: usize = 1000;

/// The first package that carried a change.
fn ground(before: &[Sent], end: &ChainEnd) -> Done<Ground> {
    let mut found = Ground { hash: end.hash.hex(), replica: end.replica, number: 0, made_ms: 0 };
    for sent in before {
        if sent_tips(sent)?.iter().any(|tip| tip.replica == end.replica && tip.depth >= end.depth) {
            (found.number, found.made_ms) = (sent.number, sent.made_ms);
            break;
        }
    }
    Ok(found)
}

/// The file is read again as a receiver would read it, before anybody is told it is safe to pull the stick.
fn check_written(desk: &Desk, session: &Session, view: View<'_>, file: &Path) -> Done<()> {
    let known = KnownKeys::load(desk, session, view)?;
    open::inspect(&open::read_file(file)?, &known)?;
    Ok(())
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
