//! The one rule by which a written value replaces others; the engine in memory and the one on disk both call it.

use domain::Value;

use crate::{Dot, Flags, Hash, Payload, Time, Tree};

/// A value of a field that nobody has replaced yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The change that wrote it.
    pub dot: Dot,
    /// What its writer had seen beyond their own chain, joined over everything below.
    pub seen: Vec<Dot>,
}

impl Head {
    /// Whether this value's writer had seen the one written at `other`.
    pub fn covers(&self, tree: &Tree, other: Dot) -> bool {
        self.dot != other
            && (tree.is_at_or_before(other, self.dot)
                || self.seen.iter().any(|seen| tree.is_at_or_before(other, *seen)))
    }
}

/// Adds a written value to a field's heads. `false`: it was replaced before it arrived, nothing changes.
pub fn fold(tree: &Tree, heads: &mut Vec<Head>, new: Head) -> bool {
    if heads.iter().any(|head| head.dot == new.dot || head.covers(tree, new.dot)) {
        return false;
    }
    heads.retain(|head| !new.covers(tree, head.dot));
    heads.push(new);
    true
}

/// What a writer on `own_tip` must say they had seen after a form showed `shown`: the heads and what those had
/// seen, without what the own chain implies and without what another entry implies.
pub fn seen_after<'a>(tree: &Tree, shown: impl IntoIterator<Item = &'a Head>, own_tip: Option<Dot>) -> Vec<Dot> {
    let mut all: Vec<Dot> = shown.into_iter().flat_map(|head| head.seen.iter().copied().chain([head.dot])).collect();
    all.sort_unstable();
    all.dedup();
    all.retain(|dot| !own_tip.is_some_and(|tip| tree.is_at_or_before(*dot, tip)));
    let others = all.clone();
    all.retain(|dot| !others.iter().any(|other| other != dot && tree.is_at_or_before(*dot, *other)));
    all
}

/// What decides which of several heads is displayed: the same on every machine (merge.md §2.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rank {
    clock_believed: bool,
    time: Time,
    hash: Hash,
}

impl Rank {
    /// The rank of a change.
    pub fn of(flags: Flags, time: Time, hash: Hash) -> Self {
        Self { clock_believed: !flags.has(Flags::CLOCK_SUSPECT), time, hash }
    }
}

/// The values several heads put forward, without doubles, in canonical order.
pub fn distinct<'a>(payloads: impl IntoIterator<Item = &'a Payload>) -> Vec<Option<Value>> {
    let mut values: Vec<Option<Value>> =
        payloads.into_iter().flat_map(|payload| payload.values().iter().cloned()).collect();
    values.sort();
    values.dedup();
    values
}

/// Whether a row lives (merge.md §2.6, delete against edit).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Life {
    /// Deleted, by people who had seen all of it.
    Deleted,
    /// In the ledger.
    Alive,
    /// Deleted by one while another wrote: it stays visible until somebody decides.
    Review,
}

impl Life {
    /// From the values of the life field's heads and whether some other head was unseen by every deletion.
    pub fn judge(life: &[Option<Value>], edited_unseen: bool) -> Self {
        let alive = |value: &Option<Value>| *value != Some(Value::Int(0));
        match (life.iter().any(alive), life.iter().all(alive)) {
            (_, true) => Self::Alive,
            (true, false) => Self::Review,
            (false, false) if edited_unseen => Self::Review,
            (false, false) => Self::Deleted,
        }
    }

    /// As the ledger stores it.
    pub fn number(self) -> i64 {
        match self {
            Self::Deleted => 0,
            Self::Alive => 1,
            Self::Review => 2,
        }
    }
}
