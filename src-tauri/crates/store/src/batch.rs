//! A batch: what enters the log in one transaction, as it is known before the state follows.

use std::ops::Range;

use domain::{Id, Value};
use hashbrown::HashMap;
use oplog::change::Sealed;
use oplog::heads::Rank;
use oplog::{Dot, FieldName, Hash, Payload};

use crate::numbers::ByNumber;
use crate::terms::ByTerm;

/// Operations one change can hold: fifteen bits of `op.id`.
pub const OPS_MAX: usize = 1 << 15;

/// A row as the batch knows it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Obj {
    pub(crate) id: i64,
    pub(crate) record: Option<i64>,
    pub(crate) scope: Option<i64>,
    pub(crate) born: Option<Dot>,
    pub(crate) life: Option<i64>,
    /// First mentioned in this batch: nothing about it can stand in the tables yet.
    pub(crate) new: bool,
    /// Its record and scope were learnt in this batch and are not in the table yet.
    pub(crate) claimed: bool,
    /// The row everywhere.
    pub(crate) uuid: Id,
}

impl Obj {
    /// What its row of the table says: `id`, `uuid`, `record`, `scope`, `born`, `life`.
    pub(crate) fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<Self> {
        let born: Option<i64> = row.get("born")?;
        Ok(Self {
            record: row.get("record")?,
            scope: row.get("scope")?,
            born: born.map(Dot::unpacked),
            life: row.get("life")?,
            new: false,
            ..Self::new(row.get("id")?, Id::from_bytes(row.get("uuid")?))
        })
    }

    /// A row nothing is known of.
    pub(crate) fn new(id: i64, uuid: Id) -> Self {
        Self { id, record: None, scope: None, born: None, life: None, new: true, claimed: false, uuid }
    }
}

/// An operation of this batch, waiting to be folded into the state.
#[derive(Debug)]
pub(crate) struct FreshOp {
    pub(crate) obj: i64,
    pub(crate) field: i64,
    pub(crate) dot: Dot,
    /// Whose rows its chain writes.
    pub(crate) scope: i64,
    pub(crate) seen: Vec<Dot>,
    pub(crate) rank: Rank,
    pub(crate) payload: Sealed<Payload>,
}

/// A row made by one change of a batch, of which nothing was here before: kept whole, not field by field.
#[derive(Debug)]
pub(crate) struct Birth {
    pub(crate) obj: i64,
    /// The row everywhere.
    pub(crate) id: Id,
    pub(crate) record: Option<i64>,
    pub(crate) dot: Dot,
    /// Whose rows its chain writes.
    pub(crate) scope: i64,
    pub(crate) rank: Rank,
    /// The name of its life.
    pub(crate) life: i64,
    /// What it was made with, each field once.
    pub(crate) fields: Vec<(i64, Option<Value>)>,
}

impl Birth {
    /// The operations it stands for.
    pub(crate) fn operations(self) -> impl Iterator<Item = FreshOp> {
        let Self { obj, dot, scope, rank, life, fields, .. } = self;
        let made = [(life, Some(Value::Int(1)))].into_iter().chain(fields);
        made.map(move |(field, value)| FreshOp {
            obj,
            field,
            dot,
            scope,
            seen: vec![],
            rank,
            payload: Sealed::Open(Payload::Set(value)),
        })
    }
}

/// A batch: everything that enters the log in one transaction, before the state follows.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    pub(crate) objs: ByNumber<i64, Obj>,
    /// Operations, but for those that made a row of which nothing else is said.
    pub(crate) fresh: Vec<FreshOp>,
    pub(crate) births: Vec<Option<Birth>>,
    /// Where the birth of a row stands.
    pub(crate) born: ByNumber<i64, usize>,
    /// What births came apart into, because something else is said of the row.
    woken: Vec<FreshOp>,
    pub(crate) ids: HashMap<Id, i64>,
    /// The row spoken of last, once its record is known.
    pub(crate) last: Option<(Id, i64)>,
    /// Names met, by where they stand in memory: the operations of one segment share them.
    pub(crate) names: HashMap<FieldName, Named>,
    /// What is to be written to the log.
    pub(crate) log: Vec<Logged>,
    /// The fields that rows were made with, one after the other.
    pub(crate) packed: Vec<u8>,
    /// The birth that named a field last.
    named_by: ByTerm<usize>,
    /// Where the changes of this batch stand.
    pub(crate) dots: HashMap<Hash, Dot>,
}

/// A row of the log's table: its number, and what it says.
#[derive(Debug)]
pub(crate) enum Logged {
    /// One operation, by its place among the fresh ones.
    One(i64, usize),
    /// Several that make a row, by their first place and how many there are.
    Run(i64, usize, usize),
    /// A birth: the row, the name of its life, and where its fields stand among the packed ones.
    Birth(i64, i64, i64, Range<usize>),
}

/// A name with its number and its record's.
#[derive(Debug)]
pub(crate) struct Named {
    pub(crate) term: i64,
    pub(crate) record: Option<i64>,
}

/// So many names are kept at most.
pub(crate) const NAMES_MAX: usize = 1 << 12;

impl Batch {
    pub(crate) fn know(&mut self, id: Id, obj: Obj) {
        self.ids.insert(id, obj.id);
        self.objs.insert(obj.id, obj);
    }

    /// The number of a row that an operation of this batch mentioned.
    pub(crate) fn number(&self, id: Id) -> Option<i64> {
        self.ids.get(&id).copied()
    }

    /// The rows made, of which nothing else is said.
    pub(crate) fn births(&self) -> impl Iterator<Item = &Birth> {
        self.births.iter().flatten()
    }

    /// The same, to be entered into their tables.
    pub(crate) fn take_births(&mut self) -> impl Iterator<Item = Birth> + use<> {
        std::mem::take(&mut self.births).into_iter().flatten()
    }

    /// Whether a row was made in this batch and nothing else is said of it.
    pub(crate) fn is_born(&self, obj: i64) -> bool {
        self.born.contains_key(&obj)
    }

    /// The operations, in the order of the log for each row.
    pub(crate) fn take_fresh(&mut self) -> Vec<FreshOp> {
        let mut all = std::mem::take(&mut self.woken);
        all.append(&mut self.fresh);
        all
    }

    /// Something else is said of a row: its birth is looked at field by field.
    pub(crate) fn wake(&mut self, obj: i64) {
        let birth = self.born.remove(&obj).and_then(|at| self.births.get_mut(at)?.take());
        self.woken.extend(birth.into_iter().flat_map(Birth::operations));
    }

    /// Whether a birth names a field for the first time.
    pub(crate) fn names_first(&mut self, birth: usize, term: i64) -> bool {
        let first = self.named_by.get(term) != Some(&birth);
        self.named_by.set(term, birth);
        first
    }

    /// Changes given a place so far.
    pub(crate) fn placed(&self) -> usize {
        self.dots.len()
    }
}
