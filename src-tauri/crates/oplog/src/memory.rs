//! The whole ledger in memory, plainly: what the fast one on disk must agree with.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use domain::{Id, Value};

use crate::admit::{self, Hashed};
use crate::change::Sealed;
use crate::heads::{self, Life, Rank};
use crate::standing::Bar;
use crate::tree::Lineage;
use crate::{Change, Dot, FieldName, Hash, Head, Payload, Segment, Tree, is_life, is_same, same};

/// A ledger in memory.
#[derive(Debug, Clone, Default)]
pub struct Memory {
    tree: Tree,
    dots: HashMap<Hash, Dot>,
    changes: BTreeMap<Dot, (Change, Hash)>,
    heads: BTreeMap<(Id, FieldName), Vec<Head>>,
    waiting: Vec<Segment>,
    /// Merges taken back: changes that are here and do not count.
    aside: Vec<BTreeSet<Hash>>,
    /// Computers whose writing counts only so far.
    bars: Vec<Bar>,
    /// Whose each row is: the change that made it, and its scope.
    claims: BTreeMap<Id, (Hash, Id)>,
}

/// What a field shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The value displayed.
    pub value: Option<Value>,
    /// Every distinct value nobody has replaced; more than one is a conflict.
    pub values: Vec<Option<Value>>,
}

impl Memory {
    /// Takes segments in, in any order and as often as one likes; what lacks its ground waits inside.
    pub fn receive(&mut self, segments: impl IntoIterator<Item = Segment>) {
        let staged = std::mem::take(&mut self.waiting).into_iter().chain(segments).map(Hashed::from);
        let staged: BTreeMap<_, Hashed> = staged.map(|one| (one.name(), one)).collect();
        let sorted = admit::admit(staged.into_values().collect(), |need| self.dots.contains_key(&need.hash));
        self.waiting = sorted.waiting.into_iter().map(|one| one.segment).collect();
        let mut fresh = Vec::new();
        for one in sorted.ready {
            fresh.extend(self.place(one));
        }
        let lifted = self.lift(&fresh);
        match lifted || !self.bars.is_empty() {
            true => self.refold(),
            false => self.fold_all(fresh),
        }
    }

    fn fold_all(&mut self, fresh: Vec<Dot>) {
        let mut again = false;
        for dot in fresh {
            again |= self.fold(dot);
        }
        match again {
            true => self.refold(),
            false => self.drop_told(),
        }
    }

    /// Takes a merge back: its changes stay here and are passed on, and are no part of what the ledger means until
    /// something builds on them. `false`: something does already, nothing is taken back.
    pub fn set_aside(&mut self, merge: BTreeSet<Hash>) -> bool {
        let apart = |(_, hash): &&(Change, Hash)| !merge.contains(hash) && self.counts(hash);
        // Who writes to a row builds on what made it, whatever the form had shown; made elsewhere too, it stays.
        let brought = merge.iter().filter_map(|hash| self.change(hash));
        let mut made: BTreeSet<Id> = brought.flat_map(Change::makes).collect();
        for row in self.changes.values().filter(apart).flat_map(|(change, _)| change.makes()) {
            made.remove(&row);
        }
        let built_on = self.changes.values().filter(apart).any(|(change, _)| {
            let grounds = change.grounds().any(|ground| merge.contains(&ground));
            grounds || change.ops.iter().any(|op| made.contains(&op.row))
        });
        if !built_on {
            self.hold(merge);
        }
        !built_on
    }

    /// Puts changes aside whatever builds on them: for a ledger that is told so by another.
    pub fn hold(&mut self, changes: BTreeSet<Hash>) {
        self.aside.push(changes);
        self.refold();
    }

    /// Takes a merge up again, and with it what it builds on.
    pub fn take_up(&mut self, merge: &BTreeSet<Hash>) {
        self.aside.retain(|aside| aside != merge);
        let taken: Vec<Dot> = merge.iter().filter_map(|hash| self.dot(hash)).collect();
        self.lift(&taken);
        self.refold();
    }

    /// From now on these bars hold, and no others.
    pub fn bar(&mut self, bars: Vec<Bar>) {
        self.bars = bars;
        self.refold();
    }

    /// Whether a change is here and counts.
    pub fn counts(&self, hash: &Hash) -> bool {
        let Some((dot, (change, _))) = self.dots.get(hash).and_then(|dot| self.changes.get_key_value(dot)) else {
            return false;
        };
        let barred = |bar: &Bar| bar.holds_back(change) && !self.is_within(*dot, bar);
        !self.aside.iter().any(|aside| aside.contains(hash)) && !self.bars.iter().any(barred)
    }

    fn is_within(&self, dot: Dot, bar: &Bar) -> bool {
        let mut ends = bar.until.iter().filter_map(|(hash, _)| self.dot(hash));
        ends.any(|end| self.tree.is_at_or_before(dot, end))
    }

    /// What was taken back comes up again when something builds on it.
    fn lift(&mut self, builders: &[Dot]) -> bool {
        let (mut open, mut lifted) = (builders.to_vec(), false);
        while let Some(dot) = open.pop().filter(|_| !self.aside.is_empty()) {
            let grounds: Vec<Hash> = self.changes.get(&dot).map(|(one, _)| one.grounds().collect()).unwrap_or_default();
            let (up, aside) = std::mem::take(&mut self.aside)
                .into_iter()
                .partition(|merge: &BTreeSet<Hash>| grounds.iter().any(|ground| merge.contains(ground)));
            self.aside = aside;
            let up: Vec<BTreeSet<Hash>> = up;
            lifted |= !up.is_empty();
            open.extend(up.iter().flatten().filter_map(|hash| self.dot(hash)));
        }
        lifted
    }

    /// What the ledger means, from everything that counts.
    fn refold(&mut self) {
        self.heads.clear();
        self.claims.clear();
        let counted: Vec<Dot> =
            self.changes.iter().filter(|(_, (_, hash))| self.counts(hash)).map(|(dot, _)| *dot).collect();
        for dot in &counted {
            self.claim(*dot);
        }
        for dot in counted {
            self.fold(dot);
        }
        self.drop_told();
    }

    /// Notes whose the rows are that a change makes. `true`: some belong to another than was believed.
    fn claim(&mut self, dot: Dot) -> bool {
        let Some((change, hash)) = self.changes.get(&dot) else { return false };
        let mut moved = false;
        for op in change.ops.iter().filter(|op| op.makes()) {
            let strange = |head: &Head| self.changes.get(&head.dot).is_some_and(|(one, _)| one.scope != change.scope);
            moved |= match self.claims.get(&op.row) {
                Some((earlier, _)) if earlier <= hash => continue,
                Some((_, scope)) => *scope != change.scope,
                None => {
                    let of_row = self.heads.range((op.row, FieldName::from(""))..);
                    of_row.take_while(|((row, _), _)| *row == op.row).any(|(_, heads)| heads.iter().any(strange))
                }
            };
            self.claims.insert(op.row, (*hash, change.scope));
        }
        moved
    }

    /// Writes a change that was made here, on its own chain.
    pub fn write(&mut self, change: Change) -> Hash {
        let hash = change.hash();
        let hashed = Hashed { segment: alone(change), hashes: vec![hash] };
        let fresh = self.place(hashed);
        // A form that was opened before a merge was taken back may have shown what it brought.
        match self.lift(&fresh) {
            true => self.refold(),
            false => self.fold_all(fresh),
        }
        hash
    }

    /// The lineage tree.
    pub fn tree(&self) -> &Tree {
        &self.tree
    }

    /// Where a change stands.
    pub fn dot(&self, hash: &Hash) -> Option<Dot> {
        self.dots.get(hash).copied()
    }

    /// The hash of a change.
    pub fn hash(&self, dot: Dot) -> Option<Hash> {
        self.changes.get(&dot).map(|(_, hash)| *hash)
    }

    /// A change by its hash.
    pub fn change(&self, hash: &Hash) -> Option<&Change> {
        Some(&self.changes.get(self.dots.get(hash)?)?.0)
    }

    /// Segments that wait for others.
    pub fn waiting(&self) -> &[Segment] {
        &self.waiting
    }

    /// Everything held, as segments that another ledger can take in: one run of each chain or branch.
    pub fn segments(&self) -> Vec<Segment> {
        let mut segments: Vec<(Dot, Segment)> = Vec::new();
        for (dot, (change, _)) in &self.changes {
            let epoch = change.drawn().map_or(Segment::DROPPED, |(_, epoch)| epoch);
            let follows = |(last, segment): &&mut (Dot, Segment)| {
                (last.lin, last.depth + 1) == (dot.lin, dot.depth) && segment.epoch == epoch
            };
            match segments.last_mut().filter(follows) {
                Some((last, segment)) => {
                    segment.changes.push(change.clone());
                    *last = *dot;
                }
                None => segments.push((*dot, Segment { epoch, ..alone(change.clone()) })),
            }
        }
        segments.into_iter().map(|(_, segment)| segment).collect()
    }

    /// Every change held, by its hash.
    pub fn changes(&self) -> impl Iterator<Item = (&Hash, &Change)> {
        self.changes.values().map(|(change, hash)| (hash, change))
    }

    /// The heads of a field.
    pub fn heads(&self, row: Id, field: &FieldName) -> &[Head] {
        self.heads.get(&(row, field.clone())).map_or(&[], Vec::as_slice)
    }

    /// The hashes of every field's heads: the ledger's meaning, comparable between machines.
    pub fn head_hashes(&self) -> BTreeMap<(Id, FieldName), Vec<Hash>> {
        let hashes = |heads: &Vec<Head>| {
            let mut found: Vec<Hash> = heads.iter().filter_map(|head| self.hash(head.dot)).collect();
            found.sort();
            found
        };
        self.heads.iter().map(|(key, heads)| (key.clone(), hashes(heads))).collect()
    }

    /// What each field shows.
    pub fn state(&self) -> BTreeMap<(Id, FieldName), Shown> {
        self.heads.iter().map(|(key, heads)| (key.clone(), self.shown(key, heads))).collect()
    }

    /// Whether a row lives.
    pub fn life(&self, row: Id) -> Life {
        let fields = || self.heads.iter().filter(move |((id, _), _)| *id == row);
        let life: Vec<&Head> = fields().filter(|((_, name), _)| is_life(name)).flat_map(|(_, heads)| heads).collect();
        let values: Vec<Option<Value>> = fields()
            .filter(|((_, name), _)| is_life(name))
            .flat_map(|(key, heads)| self.shown(key, heads).values)
            .collect();
        let unseen = fields()
            .filter(|((_, name), _)| !is_life(name))
            .flat_map(|(_, heads)| heads)
            .any(|head| !life.iter().any(|dead| dead.dot == head.dot || dead.covers(&self.tree, head.dot)));
        Life::judge(&values, unseen)
    }

    /// For every row that was joined to another, the row that speaks for both.
    pub fn speakers(&self) -> BTreeMap<Id, Id> {
        let joined = self.heads.iter().filter(|((_, name), _)| is_same(name));
        let values = joined.map(|(key, heads)| (key.0, self.shown(key, heads).values));
        same::speakers(values.flat_map(|(row, values)| {
            values.into_iter().filter_map(move |value| Some((row, value.as_ref()?.as_row()?))).collect::<Vec<_>>()
        }))
    }

    fn shown(&self, (row, field): &(Id, FieldName), heads: &[Head]) -> Shown {
        let mut ranked: Vec<(Rank, &Payload)> =
            heads.iter().filter_map(|head| self.ranked(head.dot, *row, field)).collect();
        ranked.sort_by_key(|(rank, _)| *rank);
        let value = ranked.last().and_then(|(_, payload)| payload.values().first().cloned()).flatten();
        Shown { value, values: heads::distinct(ranked.into_iter().map(|(_, payload)| payload)) }
    }

    fn ranked(&self, dot: Dot, row: Id, field: &FieldName) -> Option<(Rank, &Payload)> {
        let (change, hash) = self.changes.get(&dot)?;
        let op = change.ops.iter().find(|op| op.row == row && op.field == *field)?;
        Some((Rank::of(change.flags, change.time, *hash), op.payload.open()?))
    }

    /// Gives a segment's unknown changes their dots: on the chain they continue, or on a branch of it.
    fn place(&mut self, one: Hashed) -> Vec<Dot> {
        let known = one.hashes.iter().take_while(|hash| self.dots.contains_key(*hash)).count();
        let last_known = known.checked_sub(1).and_then(|at| one.hashes.get(at).copied()).or(one.segment.parent);
        let mut after = last_known.and_then(|hash| self.dot(&hash));
        let mut placed = Vec::new();
        for (change, hash) in one.segment.changes.into_iter().zip(one.hashes).skip(known) {
            let dot = self.next_dot(after, change.depth);
            self.dots.insert(hash, dot);
            self.changes.insert(dot, (change, hash));
            placed.push(dot);
            after = Some(dot);
        }
        placed
    }

    fn next_dot(&mut self, after: Option<Dot>, depth: u32) -> Dot {
        let continues = after.filter(|dot| self.tree.get(dot.lin).is_some_and(|lineage| lineage.tip == dot.depth));
        let lin = continues.map_or_else(|| self.tree.next_number(), |dot| dot.lin);
        let fork = match continues {
            Some(dot) => self.tree.get(dot.lin).and_then(|lineage| lineage.fork),
            None => after,
        };
        self.tree.set(lin, Lineage { fork, tip: depth });
        Dot { lin, depth }
    }

    /// Folds a change that counts. `true`: a row turned out to be another's, so all must be folded anew.
    fn fold(&mut self, dot: Dot) -> bool {
        let again = self.claim(dot);
        let Some((change, _)) = self.changes.get(&dot) else { return again };
        let mut gone: Vec<(Dot, Id, FieldName)> = Vec::new();
        let claims = &self.claims;
        let own = |op: &&crate::Op| claims.get(&op.row).is_none_or(|(_, scope)| *scope == change.scope);
        for op in change.ops.iter().filter(own) {
            if op.payload == Sealed::Open(Payload::Redact) {
                let written = op.seen.iter().filter_map(|hash| self.dots.get(hash));
                gone.extend(written.map(|dot| (*dot, op.row, op.field.clone())));
                continue;
            }
            let seen = op.seen.iter().filter_map(|hash| self.dots.get(hash).copied()).collect();
            let heads = self.heads.entry((op.row, op.field.clone())).or_default();
            heads::fold(&self.tree, heads, Head { dot, seen });
        }
        for (dot, row, field) in gone {
            self.forget(dot, row, &field);
        }
        again
    }

    /// Forgets a value by law.
    fn forget(&mut self, dot: Dot, row: Id, field: &FieldName) {
        let Some((change, _)) = self.changes.get_mut(&dot) else { return };
        change.erase(|op| op.row == row && op.field == *field && op.payload != Sealed::Open(Payload::Redact));
    }

    /// Drops the random bytes from which the salt of an erased value follows, wherever they stand and whatever came first;
    /// what waits does not repeat what was erased here.
    fn drop_told(&mut self) {
        let erased: Vec<&(Change, Hash)> =
            self.changes.values().filter(|(change, _)| change.committed().is_some()).collect();
        if erased.is_empty() {
            return;
        }
        let tells = |replica: Id, epoch: &[u8; 32]| {
            erased.iter().any(|(change, _)| change.replica == replica && change.is_told_by(epoch))
        };
        for segment in &mut self.waiting {
            if tells(segment.replica, &segment.epoch) {
                segment.drop_epoch();
            }
            let held =
                |change: &Change| erased.iter().find(|(one, hash)| one.depth == change.depth && *hash == change.hash());
            for change in &mut segment.changes {
                if let Some((erased, _)) = held(change) {
                    *change = erased.clone();
                }
            }
        }
        let epochs: BTreeSet<(Id, [u8; 32])> = self.changes.values().filter_map(|(change, _)| change.drawn()).collect();
        let told: BTreeSet<(Id, [u8; 32])> =
            epochs.into_iter().filter(|(replica, epoch)| tells(*replica, epoch)).collect();
        let shares = |change: &&mut Change| change.drawn().is_some_and(|drawn| told.contains(&drawn));
        self.changes.values_mut().map(|(change, _)| change).filter(shares).for_each(Change::keep_seed);
    }
}

/// A segment of one change, for a change that never left the machine.
fn alone(change: Change) -> Segment {
    Segment {
        replica: change.replica,
        scope: change.scope,
        parent: change.parent,
        first_depth: change.depth,
        epoch: Segment::DROPPED,
        changes: vec![change],
    }
}
