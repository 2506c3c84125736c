//! What each computer of the other side said last of what it holds.

use std::collections::BTreeSet;

use domain::Id;
use oplog::Hash;
use package::manifest::Tip;
use package::receipt::{Heard, RefusedRow, SignedReceipt};
use serde::{Deserialize, Serialize};
use store::{Door, Reach, Sent, View};

use crate::desk::kept::{noted, unreadable};
use crate::failure::{Done, Failure};

/// What one computer of the other side said last.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
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
    #[serde(default)]
    rows: Vec<RefusedRow>,
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

    pub(crate) fn keep(&self, door: &Door<'_>, organisation: Id) -> Done<()> {
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

    /// Rows of this ledger that do not count there.
    pub(crate) fn refused_rows(&self) -> impl Iterator<Item = &RefusedRow> {
        self.0.iter().flat_map(|ack| &ack.rows)
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
    pub(crate) fn hear(&mut self, signed: &SignedReceipt) -> bool {
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
            rows: said.rows.clone(),
        });
        true
    }

    /// Whether this very word of a computer, or a newer one, was heard before.
    pub(crate) fn knows(&self, signed: &SignedReceipt) -> bool {
        let said = (signed.receipt.number, signed.receipt.made_ms);
        self.0.iter().any(|ack| ack.replica == Some(signed.certificate.replica) && (ack.number, ack.made_ms) >= said)
    }

    /// A code read out over the telephone: all of a package is there.
    pub(crate) fn hear_code(&mut self, tips: &[Tip], now_ms: u64) {
        if self.0.is_empty() {
            self.0.push(Ack { made_ms: now_ms, ..Ack::default() });
        }
        self.0.iter_mut().for_each(|ack| ack.tips.extend(tips.iter().cloned()));
    }
}

/// Where the ledger notes what an organisation has acknowledged.
fn key(organisation: Id) -> String {
    format!("acknowledged/{organisation}")
}

fn ends(tips: &[Tip]) -> Vec<(Hash, u32)> {
    tips.iter().filter_map(|tip| Some((Hash::from_hex(&tip.hash)?, tip.depth))).collect()
}

/// How far each chain went when a package was sealed.
pub(crate) fn sent_tips(sent: &Sent) -> Done<Vec<Tip>> {
    serde_json::from_str(&sent.tips).map_err(|_| unreadable("sent"))
}
