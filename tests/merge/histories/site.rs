//! One computer of a history: its ledger, its clock, and what the oracle knows it to hold.

use std::collections::{BTreeMap, BTreeSet};

use domain::{Id, Value};
use oplog::change::Sealed;
use oplog::memory::Memory;
use oplog::standing::Bar;
use oplog::{Change, Dot, FieldName, Flags, Hash, Head, Op, Payload, Secret, Time, heads};

use crate::oracle::{Bits, Cell, Gone, LIFE, Meaning, NAMES, Oracle, ROWS, row_id};

/// A form that was opened: what the ledger held then.
#[derive(Debug, Clone)]
pub(crate) struct Form {
    pub(crate) number: usize,
    pub(crate) memory: Memory,
    pub(crate) held: Bits,
}

/// A computer of a history.
#[derive(Debug, Clone)]
pub struct Site {
    /// Its ledger.
    pub memory: Memory,
    /// What it holds, for the oracle.
    pub held: Bits,
    pub(crate) replica: Id,
    pub(crate) tip: Option<Hash>,
    /// Its own changes that can be taken back, newest last.
    pub(crate) undoable: Vec<Hash>,
    pub(crate) form: Option<Form>,
    /// The newest own change and what the ledger meant just before it, as long as nothing came in between.
    pub(crate) before: Option<(Hash, BTreeMap<Cell, Vec<Option<Value>>>)>,
    /// What each merge brought, newest last; what was taken back and not taken up again; whose writing counts only so far.
    pub(crate) merges: Vec<BTreeSet<Hash>>,
    pub(crate) aside: Vec<BTreeSet<Hash>>,
    pub(crate) bars: Vec<Bar>,
    /// What its clock reads when the history begins, milliseconds.
    pub(crate) clock: u64,
}

const SCOPE: [u8; 16] = [9; 16];

impl Site {
    pub(crate) fn new(number: u8, clock: u64) -> Self {
        Self {
            memory: Memory::default(),
            held: Bits::default(),
            replica: Id::from_bytes([number; 16]),
            tip: None,
            undoable: vec![],
            form: None,
            before: None,
            merges: vec![],
            aside: vec![],
            bars: vec![],
            clock,
        }
    }

    pub(crate) fn own_tip(&self) -> Option<Dot> {
        self.memory.dot(&self.tip?)
    }

    /// What stands in a field, as this ledger places it, when a form showed what `shown` holds.
    pub(crate) fn shown(&self, shown: &Memory, cell: Cell) -> Vec<Head> {
        let here = |dot: Dot| self.memory.dot(&shown.hash(dot)?);
        let heads = shown.heads(row_id(cell.0), &name(cell));
        let moved = |head: &Head| {
            Some(Head { dot: here(head.dot)?, seen: head.seen.iter().filter_map(|dot| here(*dot)).collect() })
        };
        heads.iter().filter_map(moved).collect()
    }

    /// All heads of a row, for who says whether it lives. What does not count here was not seen, though a head had seen it.
    pub(crate) fn row_heads(&self, row: u8) -> Vec<Head> {
        let counts = |dot: &Dot| self.memory.hash(*dot).is_some_and(|hash| self.counts(&hash));
        let counted = |head: Head| Head { seen: head.seen.into_iter().filter(counts).collect(), ..head };
        let of_field = |field: u8| {
            let heads = self.shown(&self.memory, (row, field)).into_iter();
            heads.map(|head| if field == LIFE { head } else { counted(head) }).collect::<Vec<_>>()
        };
        (0..NAMES.len() as u8).flat_map(of_field).collect()
    }

    pub(crate) fn seen_after(&self, heads: &[Head]) -> Vec<Hash> {
        let dots = heads::seen_after(self.memory.tree(), heads, self.own_tip());
        let mut seen: Vec<Hash> = dots.into_iter().filter_map(|dot| self.memory.hash(dot)).collect();
        seen.sort();
        seen
    }

    pub(crate) fn op(&self, cell: Cell, heads: &[Head], payload: Payload) -> Op {
        let seen = self.seen_after(heads);
        Op { row: row_id(cell.0), field: name(cell), seen, payload: Sealed::Open(payload) }
    }

    pub(crate) fn change(&self, ops: Vec<Op>, time: Time, undoes: Option<Hash>) -> Change {
        let depth = self.own_tip().map_or(0, |dot| dot.depth + 1);
        Change {
            parent: self.tip,
            depth,
            replica: self.replica,
            scope: Id::from_bytes(SCOPE),
            who: self.replica,
            time,
            flags: Flags::default(),
            batch: None,
            undoes,
            // As a newer program would: bytes of a header that this one does not know.
            ext: if depth % 5 == 3 { vec![0xa1, 0x01, 0x02] } else { vec![] },
            why: Sealed::Open((depth % 3 == 1).then(|| format!("原因{depth}"))),
            secret: Secret::Epoch(epoch(self.replica, depth)),
            ops,
        }
    }

    /// Every write of a field that counts, erasures apart, with its place and its values.
    pub(crate) fn written(&self, cell: Cell) -> Vec<(Head, Hash, Vec<Option<Value>>)> {
        self.held_of(cell).into_iter().filter(|(_, hash, _)| self.counts(hash)).collect()
    }

    /// Every write of a field that is here, whether it counts or not.
    pub(crate) fn held_of(&self, cell: Cell) -> Vec<(Head, Hash, Vec<Option<Value>>)> {
        let mut all = Vec::new();
        for (hash, change) in self.memory.changes() {
            let op = change.ops.iter().find(|op| op.row == row_id(cell.0) && op.field == name(cell));
            let Some(op) = op.filter(|op| op.payload != Sealed::Open(Payload::Redact)) else { continue };
            let values = op.payload.open().map(|payload| payload.values().to_vec()).unwrap_or_default();
            let seen = op.seen.iter().filter_map(|hash| self.memory.dot(hash)).collect();
            all.push((Head { dot: self.memory.dot(hash).unwrap(), seen }, *hash, values));
        }
        all
    }

    /// What a field held just before a change wrote it.
    pub(crate) fn before(&self, undone: Hash, cell: Cell) -> Vec<Option<Value>> {
        let all = self.written(cell);
        let Some((new, ..)) = all.iter().find(|(_, hash, _)| *hash == undone) else { return vec![] };
        let mut earlier: Vec<Head> = Vec::new();
        for (head, ..) in all.iter().filter(|(head, ..)| new.covers(self.memory.tree(), head.dot)) {
            heads::fold(self.memory.tree(), &mut earlier, head.clone());
        }
        let stood = all.iter().filter(|(head, ..)| earlier.iter().any(|one| one.dot == head.dot));
        let mut values: Vec<_> = stood.flat_map(|(.., values)| values.clone()).collect();
        values.sort();
        values.dedup();
        values
    }

    /// What the ledger means, in the oracle's words.
    pub fn meaning(&self, oracle: &Oracle) -> Meaning {
        let numbers = |hashes: &Vec<Hash>| {
            let mut numbers: Vec<usize> = hashes.iter().map(|hash| oracle.number(hash)).collect();
            numbers.sort_unstable();
            numbers
        };
        let heads = self.memory.head_hashes();
        Meaning {
            heads: heads.iter().map(|((row, field), hashes)| (cell(*row, field), numbers(hashes))).collect(),
            values: self
                .memory
                .state()
                .into_iter()
                .map(|((row, field), one)| (cell(row, &field), one.values))
                .collect(),
            lives: (0..ROWS).map(|row| self.memory.life(row_id(row))).collect(),
            speakers: self.memory.speakers(),
        }
    }

    /// The values that are gone from it.
    pub fn gone(&self, oracle: &Oracle) -> Gone {
        let of = |(hash, change): (&Hash, &Change)| {
            let erased = change.ops.iter().filter(|op| matches!(op.payload, Sealed::Erased(_)));
            erased.map(|op| (oracle.number(hash), cell(op.row, &op.field))).collect::<Vec<_>>()
        };
        self.memory.changes().flat_map(of).collect()
    }

    /// What each field stands for; a field never written stands for nothing.
    pub(crate) fn stands(&self) -> BTreeMap<Cell, Vec<Option<Value>>> {
        let state = self.memory.state().into_iter();
        let all = state.map(|((row, field), one)| (cell(row, &field), one.values));
        all.filter(|(_, values)| !values.is_empty() && *values != [None]).collect()
    }
}

pub(crate) fn name(cell: Cell) -> FieldName {
    NAMES[usize::from(cell.1)].into()
}

pub(crate) fn cell(row: Id, field: &FieldName) -> Cell {
    (row.as_bytes()[0] - 100, NAMES.iter().position(|name| **name == **field).unwrap() as u8)
}

/// A computer draws new random bytes every five changes: as if it had sealed then.
fn epoch(replica: Id, depth: u32) -> [u8; 32] {
    Hash::of(&[replica.as_bytes(), &(depth / 5).to_be_bytes()]).0
}
