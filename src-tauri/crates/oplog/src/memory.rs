//! The whole ledger in memory, plainly: what the fast one on disk must agree with.

use std::collections::{BTreeMap, HashMap};

use domain::{Id, Value};

use crate::admit::{self, Hashed};
use crate::change::Sealed;
use crate::heads::{self, Life, Rank};
use crate::tree::Lineage;
use crate::{Change, Dot, FieldName, Hash, Head, LIFE, Payload, Segment, Tree};

/// A ledger in memory.
#[derive(Debug, Clone, Default)]
pub struct Memory {
    tree: Tree,
    dots: HashMap<Hash, Dot>,
    changes: BTreeMap<Dot, (Change, Hash)>,
    heads: BTreeMap<(Id, FieldName), Vec<Head>>,
    waiting: Vec<Segment>,
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
        for dot in fresh {
            self.fold(dot);
        }
    }

    /// Writes a change that was made here, on its own chain.
    pub fn write(&mut self, change: Change) -> Hash {
        let hash = change.hash();
        let hashed = Hashed { segment: alone(change), hashes: vec![hash] };
        for dot in self.place(hashed) {
            self.fold(dot);
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

    /// How many segments wait for others.
    pub fn waiting(&self) -> usize {
        self.waiting.len()
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
        let is_life = |name: &FieldName| name.rsplit('.').next() == Some(LIFE);
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

    fn fold(&mut self, dot: Dot) {
        let Some((change, _)) = self.changes.get(&dot) else { return };
        for op in &change.ops {
            if op.payload == Sealed::Open(Payload::Redact) {
                continue;
            }
            let seen = op.seen.iter().filter_map(|hash| self.dots.get(hash).copied()).collect();
            let heads = self.heads.entry((op.row, op.field.clone())).or_default();
            heads::fold(&self.tree, heads, Head { dot, seen });
        }
    }
}

/// A segment of one change, for a change that never left the machine.
fn alone(change: Change) -> Segment {
    Segment {
        replica: change.replica,
        scope: change.scope,
        parent: change.parent,
        first_depth: change.depth,
        epoch: [0; 32],
        changes: vec![change],
    }
}
