//! Receipts: what the other side says it holds. Only they turn a package green, and only they shorten the next one.

use std::path::{Path, PathBuf};

use domain::Id;
use domain::folded::plain_digit;
use oplog::Hash;
use package::manifest::Tip;
use package::receipt::{Heard, Receipt, SignedReceipt, check_code};
use package::{open, stick};
use serde::{Deserialize, Serialize};
use store::{ChainEnd, Door, View};
use ts_rs::TS;

use crate::attachments::travel;
use crate::desk::kept::noted;
use crate::desk::{Desk, Session};
use crate::exchange::acks::{Acks, Standing, sent_tips};
use crate::exchange::{refused_rows, waiting};
use crate::failure::{Done, Failure};
use crate::trust::directory::{self, KnownKeys};
use crate::trust::enrolments;

/// What came of a receipt, or of a check code.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct ReceiptReply {
    /// Who wrote it.
    pub from: String,
    /// Its number; 0 for a check code.
    #[ts(type = "number")]
    pub number: u64,
    /// `taken`; `stale`: a newer one was taken already, nothing changes; `rolled_back`: they hold more of this
    /// computer's writing than it holds itself, so an old copy was brought back here; `cloned`: they hold writing
    /// under this computer's name that is not its own, so a second computer works on a copy of this ledger.
    pub outcome: String,
    /// Numbers of packages that turned green by it.
    #[ts(type = "number[]")]
    pub delivered: Vec<u64>,
    /// Packages that wait there for others.
    pub waiting: Vec<HeardLine>,
    /// Packages that were not taken in there.
    pub refused: Vec<HeardLine>,
    /// Fields filled differently that are not settled there yet.
    #[ts(type = "number")]
    pub open_conflicts: u64,
    /// Rows written here that do not count there.
    #[ts(type = "number")]
    pub refused_rows: u64,
}

/// A package the other side did not take in whole.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct HeardLine {
    /// Its number.
    #[ts(type = "number")]
    pub number: u64,
    /// The computer that sealed it, short.
    pub computer: String,
    /// Why: a code of the failures, or the package waited for.
    pub why: String,
}

/// For whom a receipt is written, and where to.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct WriteReceipt {
    /// Code, name or id of the organisation; the one above when absent.
    pub to: Option<String>,
    /// The folder that stands for the stick.
    pub folder: String,
}

/// Writes a receipt as a file of its own. What this computer wrote for the same organisation before goes from the folder:
/// the newest says all of it, and a stick does not fill with receipts.
pub fn write_receipt(desk: &Desk, request: WriteReceipt) -> Done<String> {
    let session = desk.session()?;
    session.store.write(|door| {
        let card = enrolments::partner_card(desk, &session, door.view(), request.to.as_deref())?;
        let bytes = receipt_for(desk, &session, door, card.organisation)?;
        let name = format!("{}-{}.bxr", card.organisation.short(), number(door.view())?);
        let folder = Path::new(&request.folder);
        let file = stick::write(folder, &name, &bytes)?;
        let known = KnownKeys::load(desk, &session, door.view())?;
        for older in superseded(&known, folder, &bytes)? {
            // Left behind it is in nobody's way: whoever takes it in hears that it is an old one.
            let _stays = std::fs::remove_file(older);
        }
        Ok(file.display().to_string())
    })
}

/// The receipts of a folder that the same computer wrote for the same organisation before this one.
fn superseded(known: &KnownKeys, folder: &Path, newest: &[u8]) -> Done<Vec<PathBuf>> {
    let newest = SignedReceipt::from_bytes(newest, known)?;
    let is_older = |path: &PathBuf| {
        let bytes = path.extension().filter(|ending| *ending == "bxr").and_then(|_| open::read_file(path).ok());
        let one = bytes.and_then(|bytes| SignedReceipt::from_bytes(&bytes, known).ok());
        one.is_some_and(|one| {
            one.certificate.replica == newest.certificate.replica
                && one.receipt.to == newest.receipt.to
                && one.receipt.number < newest.receipt.number
        })
    };
    let files = std::fs::read_dir(folder).map_err(package::PackageError::from)?;
    Ok(files.flatten().map(|file| file.path()).filter(is_older).collect())
}

/// Takes a receipt in from a file.
pub fn take_receipt(desk: &Desk, file: String) -> Done<ReceiptReply> {
    let session = desk.session()?;
    let bytes = open::read_file(Path::new(&file))?;
    session.store.write(|door| take(desk, &session, door, &bytes))
}

/// Takes the twelve digits that somebody read out over the telephone. Errors: `no_such_check_code`.
pub fn take_check_code(desk: &Desk, code: String) -> Done<ReceiptReply> {
    let session = desk.session()?;
    // Spaces and strokes between groups are left out.
    let digits: String = code.chars().filter_map(plain_digit).collect();
    session.store.write(|door| {
        let own = session.organisation.id;
        let sent = door.view().sent()?;
        let known = sent.into_iter().find(|sent| check_code(own, &sent.manifest_hash) == digits);
        let Some(sent) = known else { return Err(Failure::new("no_such_check_code").with("code", &code)) };
        let before = delivered(door.view(), sent.recipient)?;
        let mut acks = Acks::load(door.view(), sent.recipient)?;
        acks.hear_code(&sent_tips(&sent)?, desk.now_ms());
        acks.keep(door, sent.recipient)?;
        let from = KnownKeys::load(desk, &session, door.view())?.name_of(sent.recipient);
        let delivered = newly(before, delivered(door.view(), sent.recipient)?);
        Ok(ReceiptReply { from, outcome: "taken".to_owned(), delivered, ..ReceiptReply::default() })
    })
}

/// The signed receipt of what is held here of the rows shared with an organisation.
pub(crate) fn receipt_for(desk: &Desk, session: &Session, door: &Door<'_>, to: Id) -> Done<Vec<u8>> {
    let view = door.view();
    let scopes = directory::shared_scopes(desk, session, view, to)?;
    let mut open_conflicts = 0;
    for scope in &scopes {
        open_conflicts += view.conflicts_in(*scope)?;
    }
    let number = number(view)? + 1;
    door.set_local(NUMBER, number.to_string().as_bytes())?;
    let (rows, rows_all) = refused_rows::written_by(desk, session, view, to)?;
    let heard = |one: waiting::Held| Heard { replica: one.replica, number: one.number, why: one.why };
    let receipt = Receipt {
        format: Receipt::FORMAT.to_owned(),
        to,
        number,
        made_ms: desk.now_ms(),
        tips: tips(view, &scopes)?,
        waiting: waiting::held_from(view, to)?.into_iter().map(heard).collect(),
        refused: waiting::refused_from(view, to)?.into_iter().map(heard).collect(),
        open_conflicts,
        wanted: travel::wanted(desk, (session, view), &scopes)?,
        rows,
        rows_all,
        former: former(view)?,
    };
    door.set_local(&receipted(to), receipt.made_ms.to_string().as_bytes())?;
    Ok(receipt.to_bytes(&session.keys.replica, &session.keys.certificate)?)
}

/// When a receipt was last written for an organisation, milliseconds UTC.
pub(crate) fn receipted_ms(view: View<'_>, to: Id) -> Done<Option<u64>> {
    Ok(view.local(&receipted(to))?.and_then(|bytes| std::str::from_utf8(&bytes).ok()?.parse().ok()))
}

fn receipted(to: Id) -> String {
    format!("receipted/{to}")
}

/// The ends of all chains of some ledgers' rows.
pub(crate) fn tips(view: View<'_>, scopes: &[Id]) -> Done<Vec<Tip>> {
    let mut tips = Vec::new();
    for scope in scopes {
        tips.extend(view.chain_ends(*scope)?.iter().map(tip));
    }
    Ok(tips)
}

/// Takes a receipt in, from a file or from inside a package. Nothing is ever lost by it.
pub(crate) fn take(desk: &Desk, session: &Session, door: &Door<'_>, bytes: &[u8]) -> Done<ReceiptReply> {
    let known = KnownKeys::load(desk, session, door.view())?;
    let signed = SignedReceipt::from_bytes(bytes, &known)?;
    let (from, said) = (signed.certificate.organisation, &signed.receipt);
    if said.to != session.organisation.id {
        return Err(Failure::new("receipt_not_for_us").with("from", known.name_of(from)));
    }
    let before = delivered(door.view(), from)?;
    let mut acks = Acks::load(door.view(), from)?;
    let fresh = acks.hear(&signed);
    if fresh {
        acks.keep(door, from)?;
    }
    let ahead = ahead(session, door.view(), &said.tips)?;
    let line =
        |heard: &Heard| HeardLine { number: heard.number, computer: heard.replica.short(), why: heard.why.clone() };
    Ok(ReceiptReply {
        from: known.name_of(from),
        number: said.number,
        outcome: if fresh { ahead.unwrap_or("taken") } else { "stale" }.to_owned(),
        delivered: newly(before, delivered(door.view(), from)?),
        waiting: said.waiting.iter().map(line).collect(),
        refused: said.refused.iter().map(line).collect(),
        open_conflicts: said.open_conflicts,
        refused_rows: said.rows_all,
    })
}

/// Whether a file is a receipt for this organisation that was not taken in yet.
pub(crate) fn is_news(desk: &Desk, session: &Session, bytes: &[u8]) -> Done<bool> {
    session.store.read(|view| {
        let known = KnownKeys::load(desk, session, view)?;
        let Ok(signed) = SignedReceipt::from_bytes(bytes, &known) else { return Ok(false) };
        let heard = Acks::load(view, signed.certificate.organisation)?.knows(&signed);
        Ok(signed.receipt.to == session.organisation.id && !heard)
    })
}

/// Whether somebody holds writing under this computer's name that it does not hold itself.
fn ahead(session: &Session, view: View<'_>, tips: &[Tip]) -> Done<Option<&'static str>> {
    let own = session.keys.certificate.replica;
    for tip in tips.iter().filter(|tip| tip.replica == own) {
        let Some(hash) = Hash::from_hex(&tip.hash) else { continue };
        if !view.holds(hash, tip.depth)? {
            let longest = view.longest(tip.scope, own)?;
            return Ok(Some(if longest.is_none_or(|longest| longest < tip.depth) { "rolled_back" } else { "cloned" }));
        }
    }
    Ok(None)
}

/// Names this computer had before.
pub(crate) fn former(view: View<'_>) -> Done<Vec<Id>> {
    noted(view, FORMER)
}

/// Where the names this computer had before are kept.
pub(crate) const FORMER: &str = "former";
const NUMBER: &str = "receipt_number";

fn number(view: View<'_>) -> Done<u64> {
    let kept = view.local(NUMBER)?.and_then(|bytes| std::str::from_utf8(&bytes).ok()?.parse().ok());
    Ok(kept.unwrap_or_default())
}

/// Numbers of the packages for an organisation that have arrived there.
fn delivered(view: View<'_>, organisation: Id) -> Done<Vec<u64>> {
    let acks = Acks::load(view, organisation)?;
    let replica = view.replica()?;
    let mut numbers = Vec::new();
    for sent in view.sent()?.iter().filter(|sent| sent.recipient == organisation) {
        if acks.standing(view, replica, sent)? == Standing::Delivered {
            numbers.push(sent.number);
        }
    }
    numbers.sort_unstable();
    Ok(numbers)
}

fn newly(before: Vec<u64>, mut now: Vec<u64>) -> Vec<u64> {
    now.retain(|number| !before.contains(number));
    now
}

/// The end of a chain as packages and receipts name it.
fn tip(end: &ChainEnd) -> Tip {
    Tip { scope: end.scope, replica: end.replica, depth: end.depth, hash: end.hash.hex() }
}
