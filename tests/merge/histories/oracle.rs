//! What every write knew when it was made, and what follows from that alone: no chain, no hash, no clock enters.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use domain::{Id, Value};
use oplog::heads::Life;
use oplog::{Hash, Payload};

/// A field of a history: which row, which field of [`NAMES`].
pub type Cell = (u8, u8);

/// The fields of a row: two that people fill, its life, and what it was joined to.
pub const NAMES: [&str; 4] = ["note.f0", "note.f1", "note._life", "note._same"];
/// The place of a row's life among [`NAMES`].
pub const LIFE: u8 = 2;
/// The place of what a row was joined to among [`NAMES`].
pub const SAME: u8 = 3;
/// Rows of a history.
pub const ROWS: u8 = 4;

/// The id of a row.
pub fn row_id(row: u8) -> Id {
    Id::from_bytes([100 + row; 16])
}

/// A set of writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Bits([u64; 8]);

/// Writes a history may hold.
pub const WRITES_MAX: usize = 512;

impl Bits {
    /// Adds a write.
    pub fn set(&mut self, at: usize) {
        self.0[at / 64] |= 1 << (at % 64);
    }

    /// Whether a write is in the set.
    pub fn has(&self, at: usize) -> bool {
        self.0[at / 64] >> (at % 64) & 1 == 1
    }

    /// Adds another set.
    pub fn join(&mut self, other: &Self) {
        self.0.iter_mut().zip(other.0).for_each(|(mine, more)| *mine |= more);
    }

    /// What is in both.
    #[must_use]
    pub fn meet(mut self, other: &Self) -> Self {
        self.0.iter_mut().zip(other.0).for_each(|(mine, more)| *mine &= more);
        self
    }

    fn all(self) -> impl Iterator<Item = usize> {
        self.0.into_iter().enumerate().flat_map(|(at, mut word)| {
            std::iter::from_fn(move || {
                let bit = (word != 0).then(|| word.trailing_zeros() as usize)?;
                word &= word - 1;
                Some(at * 64 + bit)
            })
        })
    }
}

/// One field written.
#[derive(Debug, Clone)]
struct Write {
    change: usize,
    cell: Cell,
    payload: Payload,
    /// Earlier writes of the same field that its writer knew, and those known to them.
    known: Bits,
    /// Everything of the row that its writer knew.
    of_row: Bits,
}

/// All writes of a history.
#[derive(Debug, Default)]
pub struct Oracle {
    writes: Vec<Write>,
    changes: HashMap<Hash, usize>,
}

/// Values that are gone: of which change, in which field.
pub type Gone = BTreeSet<(usize, Cell)>;

/// What a ledger means: comparable between machines, and with the oracle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meaning {
    /// The changes nobody has replaced, of each field.
    pub heads: BTreeMap<Cell, Vec<usize>>,
    /// The distinct values they put forward.
    pub values: BTreeMap<Cell, Vec<Option<Value>>>,
    /// Whether each row lives.
    pub lives: Vec<Life>,
    /// Of each row that was joined, the row that speaks for it.
    pub speakers: BTreeMap<Id, Id>,
}

impl Oracle {
    /// Writes so far.
    pub fn len(&self) -> usize {
        self.writes.len()
    }

    /// Whether nothing was written.
    pub fn is_empty(&self) -> bool {
        self.writes.is_empty()
    }

    /// Notes a change; gives its number and its writes. `visible`: what its writer could see.
    pub fn note(&mut self, hash: Hash, ops: &[(Cell, Payload)], visible: &Bits) -> Bits {
        let change = self.changes.len();
        self.changes.insert(hash, change);
        let mut made = Bits::default();
        let mut fresh = Vec::new();
        for (cell, payload) in ops {
            let (mut known, mut of_row) = (Bits::default(), Bits::default());
            for at in visible.all().filter(|at| self.writes[*at].cell.0 == cell.0) {
                // An erasure names also what does not count: whoever knows of it has not seen that.
                let seen =
                    if self.writes[at].payload == Payload::Redact { Bits::default() } else { self.writes[at].known };
                of_row.set(at);
                // Who judges a row anew goes by what the judge before had seen of it.
                of_row.join(if self.writes[at].cell.1 == LIFE { &self.writes[at].of_row } else { &seen });
                if self.writes[at].cell == *cell {
                    known.set(at);
                    known.join(&seen);
                }
            }
            fresh.push(Write { change, cell: *cell, payload: payload.clone(), known, of_row });
        }
        for write in fresh {
            made.set(self.writes.len());
            self.writes.push(write);
        }
        made
    }

    /// The number of a change: the order in which they were made.
    pub fn number(&self, hash: &Hash) -> usize {
        self.changes[hash]
    }

    /// All writes made so far.
    pub fn all(&self) -> Bits {
        let mut all = Bits::default();
        (0..self.writes.len()).for_each(|at| all.set(at));
        all
    }

    /// What follows from a set of writes, of which some values are gone.
    pub fn meaning(&self, held: &Bits, gone: &Gone) -> Meaning {
        let mut replaced = Bits::default();
        for at in held.all().filter(|at| self.writes[*at].payload != Payload::Redact) {
            replaced.join(&self.writes[at].known);
        }
        let mut standing: BTreeMap<Cell, Vec<usize>> = BTreeMap::new();
        for at in held.all().filter(|at| !replaced.has(*at) && self.writes[*at].payload != Payload::Redact) {
            standing.entry(self.writes[at].cell).or_default().push(at);
        }
        let values = |marks: &Vec<usize>| {
            let open = marks.iter().map(|at| &self.writes[*at]).filter(|one| !gone.contains(&(one.change, one.cell)));
            let open = open.flat_map(|one| one.payload.values());
            open.cloned().collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>()
        };
        let changes = |marks: &Vec<usize>| marks.iter().map(|at| self.writes[*at].change).collect();
        let valued: BTreeMap<Cell, _> = standing.iter().map(|(cell, marks)| (*cell, values(marks))).collect();
        Meaning {
            heads: standing.iter().map(|(cell, marks)| (*cell, changes(marks))).collect(),
            lives: (0..ROWS).map(|row| self.life(row, &standing, &valued)).collect(),
            speakers: speakers(&valued),
            values: valued,
        }
    }

    /// A deletion hides a row only when whoever deleted it knew all that stands in it.
    fn life(
        &self,
        row: u8,
        standing: &BTreeMap<Cell, Vec<usize>>,
        values: &BTreeMap<Cell, Vec<Option<Value>>>,
    ) -> Life {
        let none = Vec::new();
        let said = values.get(&(row, LIFE)).unwrap_or(&none);
        let judges = standing.get(&(row, LIFE)).cloned().unwrap_or_default();
        let (dead, alive): (Vec<_>, Vec<_>) = said.iter().partition(|value| **value == Some(Value::Int(0)));
        let others = standing.iter().filter(|(cell, _)| cell.0 == row && cell.1 != LIFE).flat_map(|(_, marks)| marks);
        let seen = |mark: &usize| {
            judges.iter().any(|judge| {
                self.writes[*judge].of_row.has(*mark) || self.writes[*judge].change == self.writes[*mark].change
            })
        };
        match (dead.is_empty(), alive.is_empty()) {
            (true, _) => Life::Alive,
            (false, false) => Life::Review,
            (false, true) if others.into_iter().any(|mark| !seen(mark)) => Life::Review,
            (false, true) => Life::Deleted,
        }
    }

    /// The values that the erasures among these writes have done away with.
    pub fn erased(&self, held: &Bits) -> Gone {
        let redactions = held.all().filter(|at| self.writes[*at].payload == Payload::Redact);
        let gone = redactions.flat_map(|at| self.writes[at].known.all().collect::<Vec<_>>());
        let written = gone.filter(|at| self.writes[*at].payload != Payload::Redact);
        written.map(|at| (self.writes[at].change, self.writes[at].cell)).collect()
    }
}

/// Rows reached from one another by any joining that stands; the smallest that was joined to no other speaks, or the
/// smallest of all.
fn speakers(values: &BTreeMap<Cell, Vec<Option<Value>>>) -> BTreeMap<Id, Id> {
    let mut group: Vec<u8> = (0..ROWS).collect();
    let mut free = vec![true; usize::from(ROWS)];
    for ((row, field), said) in values {
        for other in
            said.iter().flatten().filter_map(Value::as_row).filter(|other| *field == SAME && *other != row_id(*row))
        {
            let other = (0..ROWS).find(|at| row_id(*at) == other).unwrap();
            let (from, to) = (group[usize::from(*row)], group[usize::from(other)]);
            group.iter_mut().filter(|at| **at == from).for_each(|at| *at = to);
            free[usize::from(*row)] = false;
        }
    }
    let group = &group;
    let members = |of: u8| (0..ROWS).filter(|row| group[usize::from(*row)] == of).collect::<Vec<_>>();
    let mut speakers = BTreeMap::new();
    for of in 0..ROWS {
        let rows = members(of);
        let speaker = rows.iter().find(|row| free[usize::from(**row)]).or(rows.first()).copied();
        if rows.len() > 1 {
            speakers.extend(rows.iter().map(|row| (row_id(*row), row_id(speaker.unwrap()))));
        }
    }
    speakers
}
