//! Histories in which merges are taken back and computers given up, told plainly.

use std::collections::BTreeSet;

use domain::Id;
use oplog::standing::Bar;
use oplog::{Change, Hash};
use serde_json::json;

use crate::history::World;
use crate::oracle::Bits;
use crate::site::Site;

impl Site {
    /// Whether a change is here and counts, told from what was taken back and revoked alone.
    pub fn counts(&self, hash: &Hash) -> bool {
        let Some(change) = self.memory.change(hash) else { return false };
        let before = |hash: Hash| self.memory.change(&hash).and_then(|one| one.parent);
        let within = |end: &Hash| {
            let mut at = self.memory.change(end).map(|_| *end);
            while at.is_some_and(|one| one != *hash) {
                at = at.and_then(before);
            }
            at.is_some()
        };
        let barred = |bar: &Bar| bar.replica == change.replica && !bar.until.iter().any(|(end, _)| within(end));
        !self.aside.iter().any(|one| one.contains(hash)) && !self.bars.iter().any(barred)
    }

    /// What was taken back comes up again when something that comes builds on it, and stays when that is taken back.
    pub(crate) fn lift(&mut self, come: impl IntoIterator<Item = Hash>) {
        let mut open: Vec<Hash> = come.into_iter().collect();
        while let Some(hash) = open.pop() {
            let Some(change) = self.memory.change(&hash) else { continue };
            let grounds: Vec<Hash> = change.grounds().collect();
            while let Some(at) = self.aside.iter().position(|set| grounds.iter().any(|one| set.contains(one))) {
                open.extend(self.aside.remove(at));
                self.before = None;
            }
        }
    }

    /// Whether a change stands on this computer's own chain.
    pub(crate) fn is_own(&self, hash: &Hash) -> bool {
        let ends = self.own_tip().zip(self.memory.dot(hash));
        ends.is_some_and(|(tip, dot)| self.memory.tree().is_at_or_before(dot, tip))
    }
}

impl World {
    /// A whole merge is taken back, unless something builds on it; what this computer wrote itself is not taken back so.
    pub(crate) fn take_back(&mut self, site: usize, merge: usize) {
        let one = &mut self.sites[site];
        one.before = None;
        if one.merges.is_empty() {
            return;
        }
        // Of the newest three: on older ones something was built long since.
        let at = one.merges.len() - 1 - merge % one.merges.len().min(3);
        let set = one.merges[at].clone();
        let again = one.aside.iter().any(|aside| !aside.is_disjoint(&set));
        if again || set.iter().any(|hash| one.is_own(hash)) {
            return;
        }
        let numbers: Vec<usize> = set.iter().map(|hash| self.oracle.number(hash)).collect();
        let counting = |(hash, _): &(&Hash, &Change)| one.counts(hash) && !set.contains(*hash);
        let brought = |(hash, _): &(&Hash, &Change)| set.contains(*hash);
        let mut made: BTreeSet<Id> =
            one.memory.changes().filter(brought).flat_map(|(_, change)| change.makes()).collect();
        for row in one.memory.changes().filter(counting).flat_map(|(_, change)| change.makes()) {
            made.remove(&row);
        }
        let stands_on = |change: &Change| {
            let grounds = change.grounds().any(|ground| set.contains(&ground));
            grounds || change.ops.iter().any(|op| made.contains(&op.row))
        };
        let built_on = one.memory.changes().filter(counting).any(|(_, change)| stands_on(change));
        if one.memory.set_aside(set.clone()) == built_on {
            self.faults.push(format!("{numbers:?} was taken back, or was not, against what builds on it"));
        }
        if !built_on {
            one.aside.push(set);
            self.told.push(json!({ "k": "aside", "s": site, "set": numbers }));
        }
    }

    pub(crate) fn take_up(&mut self, site: usize) {
        let one = &mut self.sites[site];
        one.before = None;
        if let Some(set) = one.aside.pop() {
            one.memory.take_up(&set);
            one.lift(set.iter().copied());
            let numbers: Vec<usize> = set.iter().map(|hash| self.oracle.number(hash)).collect();
            self.told.push(json!({ "k": "up", "s": site, "set": numbers }));
        }
    }

    /// The writing of a computer counts only as far as it has come to the one that gives it up.
    pub(crate) fn revoke(&mut self, site: usize, computer: usize) {
        let replica = self.sites[computer % self.sites.len()].replica;
        let one = &self.sites[site];
        if self.bars.iter().any(|bar| bar.replica == replica) || one.replica == replica {
            return;
        }
        let written = one.memory.changes().filter(|(_, change)| change.replica == replica);
        let until = written.map(|(hash, change)| (*hash, change.depth)).collect();
        self.bars.push(Bar { replica, scope: None, until });
        self.bar(site, self.bars.len() - 1);
    }

    pub(crate) fn bar(&mut self, site: usize, bar: usize) {
        let bar = &self.bars[bar];
        let ends: Vec<usize> = bar.until.iter().map(|(hash, _)| self.oracle.number(hash)).collect();
        self.told.push(json!({ "k": "bar", "s": site, "replica": bar.replica.as_bytes()[0], "until": ends }));
        let one = &mut self.sites[site];
        one.before = None;
        one.bars.push(bar.clone());
        one.memory.bar(one.bars.clone());
    }

    /// What a computer holds and counts, for the oracle.
    pub fn counting(&self, site: &Site) -> Bits {
        if site.aside.is_empty() && site.bars.is_empty() {
            return site.held;
        }
        let mut counting = Bits::default();
        self.made.iter().filter(|(hash, _)| site.counts(hash)).for_each(|(_, made)| counting.join(made));
        counting
    }

    /// Whether some computer's writing was given up.
    pub fn has_bars(&self) -> bool {
        !self.bars.is_empty()
    }
}
