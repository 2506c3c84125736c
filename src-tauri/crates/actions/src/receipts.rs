//! Receipts: what the other side says it holds. Only they turn a package green, and only they shorten the next one.

use std::collections::BTreeSet;
use std::path::Path;

use domain::Id;
use domain::folded::plain_digit;
use oplog::Hash;
use package::manifest::Tip;
use package::receipt::{Heard, Receipt, SignedReceipt, check_code};
use package::{open, stick};
use serde::{Deserialize, Serialize};
use store::{ChainEnd, Door, Reach, Sent, View};
use ts_rs::TS;

use crate::attachments::travel;
use crate::desk::{Desk, Session};
use crate::directory::{self, KnownKeys};
use crate::enrolments;
use crate::failure::{Done, Failure};
use crate::kept::{noted, unreadable};

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

/// What one computer of the other side said last.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Ack {
    /// Which computer; none for a code read out over the telephone.
    replica: Option<Id>,
    number: u64,
    made_ms: u64,
    tips: Vec<Tip>,
    waiting: Vec<Heard>,
    refused: Vec<Heard>,
    open_conflicts: u64,
    #[serde(default)]
    wanted: Vec<Id>,
}

/// What an organisation has acknowledged: the last word of each of its computers.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Acks(Vec<Ack>);

/// How a package stands with its receiver.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Nothing was heard.
    Sent,
    /// It waits there for another one.
    Waiting,
    /// It was not taken in.
    Refused,
    /// All of it is there.
    Delivered,
}

impl Standing {
    /// As replies say it.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Waiting => "waiting",
            Self::Refused => "refused",
            Self::Delivered => "delivered",
        }
    }
}

impl Acks {
    /// What an organisation has acknowledged so far.
    pub(crate) fn load(view: View<'_>, organisation: Id) -> Done<Self> {
        noted(view, &key(organisation))
    }

    fn keep(&self, door: &Door<'_>, organisation: Id) -> Done<()> {
        let bytes = serde_json::to_vec(self).map_err(Failure::defect)?;
        Ok(door.set_local(&key(organisation), &bytes)?)
    }

    /// What each of its computers holds. What all of them hold need not be sent again.
    pub(crate) fn reaches(&self, view: View<'_>) -> Done<Vec<Reach>> {
        self.0.iter().map(|ack| Ok(view.reach(&ends(&ack.tips))?)).collect()
    }

    /// Attachments whose files one of its computers lacks.
    pub(crate) fn wanted(&self) -> BTreeSet<Id> {
        self.0.iter().flat_map(|ack| ack.wanted.iter().copied()).collect()
    }

    /// How a package sealed on a computer stands.
    pub(crate) fn standing(&self, view: View<'_>, replica: Id, sent: &Sent) -> Done<Standing> {
        let tips = sent_tips(sent)?;
        for ack in &self.0 {
            if view.covers(&view.reach(&ends(&ack.tips))?, &ends(&tips))? {
                return Ok(Standing::Delivered);
            }
        }
        let names = |heard: &Heard| heard.replica == replica && heard.number == sent.number;
        Ok(match &self.0 {
            all if all.iter().any(|ack| ack.refused.iter().any(names)) => Standing::Refused,
            all if all.iter().any(|ack| ack.waiting.iter().any(names)) => Standing::Waiting,
            _ => Standing::Sent,
        })
    }

    /// A newer word of a computer replaces its older one, and those of the names it had before. `false`: not newer.
    fn hear(&mut self, signed: &SignedReceipt) -> bool {
        let replica = Some(signed.certificate.replica);
        let said = &signed.receipt;
        // A copy brought back counts its receipts anew: an equal number says nothing.
        let older = |ack: &Ack| ack.number >= said.number && ack.made_ms >= said.made_ms;
        let same = |ack: &Ack| (ack.number, ack.made_ms) == (said.number, said.made_ms);
        let stale = |ack: &Ack| ack.replica == replica && older(ack) && !same(ack);
        if self.0.iter().any(stale) {
            return false;
        }
        // A name given up may still be used by the computer this ledger was copied from: it is forgotten only when
        // the new name speaks again and the old one has kept silent.
        let before = self.0.iter().find(|ack| ack.replica == replica).map(|ack| ack.made_ms);
        let silent = |ack: &Ack| before.is_some_and(|before| ack.made_ms <= before);
        let gone = |ack: &Ack| {
            let given_up = |one: Id| said.former.contains(&one) && silent(ack);
            ack.replica == replica || ack.replica.is_none_or(given_up)
        };
        self.0.retain(|ack| !gone(ack));
        self.0.push(Ack {
            replica,
            number: said.number,
            made_ms: said.made_ms,
            tips: said.tips.clone(),
            waiting: said.waiting.clone(),
            refused: said.refused.clone(),
            open_conflicts: said.open_conflicts,
            wanted: said.wanted.clone(),
        });
        true
    }

    /// Whether this very word of a computer, or a newer one, was heard before.
    fn knows(&self, signed: &SignedReceipt) -> bool {
        let said = (signed.receipt.number, signed.receipt.made_ms);
        self.0.iter().any(|ack| ack.replica == Some(signed.certificate.replica) && (ack.number, ack.made_ms) >= said)
    }

    /// A code read out over the telephone: all of a package is there.
    fn hear_code(&mut self, tips: &[Tip], now_ms: u64) {
        if self.0.is_empty() {
            self.0.push(Ack {
                replica: None,
                number: 0,
                made_ms: now_ms,
                tips: vec![],
                waiting: vec![],
                refused: vec![],
                open_conflicts: 0,
                wanted: vec![],
            });
        }
        self.0.iter_mut().for_each(|ack| ack.tips.extend(tips.iter().cloned()));
    }
}

/// Writes a receipt as a file of its own.
pub fn write_receipt(desk: &Desk, request: WriteReceipt) -> Done<String> {
    let session = desk.session()?;
    session.store.write(|door| {
        let card = enrolments::partner_card(desk, &session, door.view(), request.to.as_deref())?;
        let bytes = receipt_for(desk, &session, door, card.organisation)?;
        let name = format!("{}-{}.bxr", card.organisation.short(), number(door.view())?);
        let file = stick::write(Path::new(&request.folder), &name, &bytes)?;
        Ok(file.display().to_string())
    })
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
    let heard = |one: crate::waiting::Held| Heard { replica: one.replica, number: one.number, why: one.why };
    let receipt = Receipt {
        format: Receipt::FORMAT.to_owned(),
        to,
        number,
        made_ms: desk.now_ms(),
        tips: tips(view, &scopes)?,
        waiting: crate::waiting::held_from(view, to)?.into_iter().map(heard).collect(),
        refused: crate::waiting::refused_from(view, to)?.into_iter().map(heard).collect(),
        open_conflicts,
        wanted: travel::wanted(desk, (session, view), &scopes)?,
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

fn key(organisation: Id) -> String {
    format!("acknowledged/{organisation}")
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

fn ends(tips: &[Tip]) -> Vec<(Hash, u32)> {
    tips.iter().filter_map(|tip| Some((Hash::from_hex(&tip.hash)?, tip.depth))).collect()
}

/// How far each chain went when a package was sealed.
pub(crate) fn sent_tips(sent: &Sent) -> Done<Vec<Tip>> {
    serde_json::from_str(&sent.tips).map_err(|_| unreadable("sent"))
}
