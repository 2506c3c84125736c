//! Into the log: a run of changes gets its place on a lineage, its rows and names their numbers.

use std::collections::HashMap;
use std::sync::Arc;

use domain::Id;
use oplog::admit::Hashed;
use oplog::change::Sealed;
use oplog::heads::Rank;
use oplog::{Change, Dot, FieldName, Hash, Op, Payload, Secret};
use rusqlite::{OptionalExtension, params};

use crate::cell::{self, Cell};
use crate::chain::{Placed, Vouched};
use crate::erase::DROPPED;
use crate::error::Doing;
use crate::numbers::ByNumber;
use crate::{Door, StoreError, made};

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
    /// The change that the table says made it, when it was entered in this batch as made.
    pub(crate) kept: Option<Dot>,
    /// The row everywhere.
    pub(crate) uuid: Id,
}

impl Obj {
    /// A row nothing is known of.
    pub(crate) fn new(id: i64, uuid: Id) -> Self {
        Self { id, record: None, scope: None, born: None, life: None, new: true, claimed: false, kept: None, uuid }
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

/// A batch: everything that enters the log in one transaction, before the state follows.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    pub(crate) objs: ByNumber<i64, Obj>,
    pub(crate) fresh: Vec<FreshOp>,
    ids: HashMap<Id, i64>,
    /// The row spoken of last, once its record is known.
    last: Option<(Id, i64)>,
    /// Names met, by where they stand in memory: the operations of one segment share them.
    names: ByNumber<usize, Named>,
    /// How many of `fresh` stand together in the log, with the number of the first.
    runs: Vec<(i64, usize)>,
    /// Where the changes of this batch stand.
    pub(crate) dots: HashMap<Hash, Dot>,
}

/// A name with its number and its record's.
#[derive(Debug)]
struct Named {
    /// Kept, so that nothing else comes to stand where it stands.
    _name: FieldName,
    term: i64,
    record: Option<i64>,
}

/// Names kept by where they stand.
const NAMES_MAX: usize = 1 << 12;

impl Batch {
    fn know(&mut self, id: Id, obj: Obj) {
        self.ids.insert(id, obj.id);
        self.objs.insert(obj.id, obj);
    }

    /// The number of a row that an operation of this batch mentioned.
    pub(crate) fn number(&self, id: Id) -> Option<i64> {
        self.ids.get(&id).copied()
    }

    /// Changes given a place so far.
    pub(crate) fn placed(&self) -> usize {
        self.dots.len()
    }
}

impl Door<'_> {
    /// Enters segments whose ground is here or among them. All get their places first: they may refer to one another.
    pub(crate) fn enter_log(
        &mut self,
        batch: &mut Batch,
        segments: impl IntoIterator<Item = (Hashed, Vouched)>,
    ) -> Result<(), StoreError> {
        let from = batch.fresh.len();
        let mut placed = Vec::new();
        for (one, vouched) in segments {
            placed.extend(self.place(batch, one)?.map(|place| (place, vouched)));
        }
        for (Placed { lin, mut epoch, mut fresh }, vouched) in placed {
            if self.is_dropped(&epoch)? {
                fresh.iter_mut().for_each(|(change, _)| change.keep_seed());
                epoch = DROPPED;
            }
            let ends =
                fresh.first().zip(fresh.last()).map(|((first, _), (last, hash))| (first.depth, last.depth, *hash));
            let Some((first, last, tip_hash)) = ends else { continue };
            for (change, hash) in fresh {
                self.insert_change(batch, Dot { lin, depth: change.depth }, change, hash)?;
            }
            self.tx
                .prepare_cached("UPDATE lin SET tip = ?2, tip_hash = ?3 WHERE id = ?1")
                .and_then(|mut update| update.execute(params![lin, last, tip_hash.0]))
                .doing("moving a tip")?;
            self.keep_segment(lin, first, last, epoch, &vouched)?;
        }
        let runs = std::mem::take(&mut batch.runs);
        self.insert_runs(batch.fresh.get(from..).unwrap_or_default(), &runs)
    }

    fn insert_change(&mut self, batch: &mut Batch, dot: Dot, change: Change, hash: Hash) -> Result<(), StoreError> {
        if change.ops.len() > OPS_MAX {
            return Err(StoreError::ChangeTooLarge(change.ops.len()));
        }
        let who = self.obj_id(batch, change.who)?;
        let undoes = match (change.undoes, change.ops.first()) {
            (Some(undone), Some(op)) => {
                let obj = self.obj_id(batch, op.row)?;
                Some(self.seen_dot(batch, obj, undone)?)
            }
            _ => None,
        };
        let why = change.why.open().cloned().flatten();
        let time = i64::try_from(change.time.0).unwrap_or(i64::MAX);
        self.tx
            .prepare_cached(
                "INSERT INTO change (id, hash, time, who, flags, batch, undoes, why, sealed) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            )
            .and_then(|mut insert| {
                let batch_id = change.batch.map(|id| *id.as_bytes());
                let undoes = undoes.map(Dot::packed);
                insert.execute(params![dot.packed(), hash.0, time, who, change.flags.0, batch_id, undoes, why, unusual(&change)])
            })
            .doing("adding a change")?;
        let rank = Rank::of(change.flags, change.time, hash);
        let scope = self.obj_id(batch, change.scope)?;
        if !change.flags.has(oplog::Flags::CLOCK_SUSPECT) {
            self.memory.newest = self.memory.newest.max(change.time);
        }
        self.insert_ops(batch, (dot, rank), scope, change.ops)
    }

    /// Enters the operations of a change; the fields a row is made with stand together.
    fn insert_ops(
        &mut self,
        batch: &mut Batch,
        (dot, rank): (Dot, Rank),
        scope: i64,
        ops: Vec<Op>,
    ) -> Result<(), StoreError> {
        let mut id = dot.packed() << 15;
        let runs = made::runs(&ops);
        let mut ops = ops.into_iter();
        for run in runs {
            for op in ops.by_ref().take(run) {
                let fresh = self.fresh_op(batch, op, scope, (dot, rank))?;
                batch.fresh.push(fresh);
            }
            batch.runs.push((id, run));
            id += i64::try_from(run).unwrap_or_default();
        }
        Ok(())
    }

    fn fresh_op(
        &mut self,
        batch: &mut Batch,
        op: Op,
        scope: i64,
        (dot, rank): (Dot, Rank),
    ) -> Result<FreshOp, StoreError> {
        let (field, record) = self.named(batch, &op.field)?;
        let obj = match batch.last {
            Some((row, obj)) if row == op.row => obj,
            // What does not count says nothing of the row.
            _ if !self.memory.counts(dot) => self.obj_id(batch, op.row)?,
            _ => self.row_of(batch, &op, (record, scope), dot)?,
        };
        if let Some(Payload::Set(Some(domain::Value::Row(target)))) = op.payload.open() {
            self.obj_id(batch, *target)?;
        }
        let seen = op.seen.iter().map(|hash| self.seen_dot(batch, obj, *hash)).collect::<Result<Vec<Dot>, _>>()?;
        Ok(FreshOp { obj, field, dot, scope, seen, rank, payload: op.payload })
    }

    /// The number of a field's name, and of the name of its record.
    fn named(&mut self, batch: &mut Batch, name: &FieldName) -> Result<(i64, Option<i64>), StoreError> {
        let at = Arc::as_ptr(name).cast::<u8>().addr();
        if let Some(named) = batch.names.get(&at) {
            return Ok((named.term, named.record));
        }
        let record = match name.split_once('.') {
            Some((record, _)) => Some(self.memory.terms.id(&self.tx, &record.into())?),
            None => None,
        };
        let term = self.memory.terms.id(&self.tx, name)?;
        if batch.names.len() < NAMES_MAX {
            batch.names.insert(at, Named { _name: name.clone(), term, record });
        }
        Ok((term, record))
    }

    /// The row of an operation, claimed for its record and scope. A row met first when it is made is entered whole.
    fn row_of(
        &mut self,
        batch: &mut Batch,
        op: &Op,
        (record, scope): (Option<i64>, i64),
        dot: Dot,
    ) -> Result<i64, StoreError> {
        let obj = match self.born_here(batch, op, (record, scope), dot)? {
            Some(obj) => obj,
            None => self.obj_id(batch, op.row)?,
        };
        if let Some(known) = batch.objs.get_mut(&obj) {
            if known.record.is_none() && record.is_some() {
                (known.record, known.scope, known.claimed) = (record, Some(scope), true);
            }
            batch.last = known.record.map(|_| (op.row, obj));
        }
        Ok(obj)
    }

    fn born_here(
        &self,
        batch: &mut Batch,
        op: &Op,
        (record, scope): (Option<i64>, i64),
        dot: Dot,
    ) -> Result<Option<i64>, StoreError> {
        if batch.ids.contains_key(&op.row) || !op.makes() {
            return Ok(None);
        }
        let mut insert = self
            .tx
            .prepare_cached("INSERT OR IGNORE INTO obj (uuid, record, scope, born, life) VALUES (?1, ?2, ?3, ?4, 1)")
            .doing("preparing a row")?;
        let with = params![op.row.as_bytes(), record, scope, dot.packed()];
        if insert.execute(with).doing("adding a row")? == 0 {
            return Ok(None);
        }
        let id = self.tx.last_insert_rowid();
        batch.know(op.row, Obj { record, scope: Some(scope), kept: Some(dot), ..Obj::new(id, op.row) });
        Ok(Some(id))
    }

    /// Adds operations to the log, those that stand together as one.
    fn insert_runs(&self, ops: &[FreshOp], runs: &[(i64, usize)]) -> Result<(), StoreError> {
        let mut insert = self
            .tx
            .prepare_cached("INSERT INTO op (id, obj, field, kind, val, seen) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")
            .doing("preparing operations")?;
        let (mut rest, mut packed) = (ops, Vec::new());
        for (id, run) in runs {
            let Some((run, tail)) = rest.split_at_checked(*run) else { break };
            rest = tail;
            let Some((first, others)) = run.split_first() else { continue };
            let (kind, val) = match others.is_empty() {
                true => cell::of_payload(&first.payload),
                false => {
                    packed.clear();
                    let open = others.iter().filter_map(|op| Some((op.field, op.payload.open()?)));
                    open.for_each(|(field, payload)| made::pack(&mut packed, field, payload));
                    (made::MADE, Cell::Bytes(&packed))
                }
            };
            insert
                .execute(params![id, first.obj, first.field, kind, val, cell::of_seen(&first.seen)])
                .doing("adding an operation")?;
        }
        Ok(())
    }

    /// A change that a form had shown, or that is taken back: it wrote this row, so few candidates need comparing.
    fn seen_dot(&self, batch: &Batch, obj: i64, hash: Hash) -> Result<Dot, StoreError> {
        let found = match batch.dots.get(&hash) {
            Some(dot) => Some(*dot),
            None => self.wrote_row(obj, hash)?,
        };
        found.ok_or_else(|| StoreError::Defect("an admitted change refers to nothing".to_owned()))
    }

    /// The change with this hash among those that wrote a row.
    pub(crate) fn wrote_row(&self, obj: i64, hash: Hash) -> Result<Option<Dot>, StoreError> {
        let mut find = self
            .tx
            .prepare_cached("SELECT c.id FROM op JOIN change c ON c.id = op.id >> 15 WHERE op.obj = ?1 AND c.hash = ?2")
            .doing("preparing what was seen")?;
        let found = find.query_row(params![obj, hash.0], |row| row.get(0)).optional().doing("finding what was seen")?;
        Ok(found.map(Dot::unpacked))
    }

    /// The number of a row, made on first mention.
    pub(crate) fn obj_id(&self, batch: &mut Batch, id: Id) -> Result<i64, StoreError> {
        if let Some(obj) = batch.ids.get(&id) {
            return Ok(*obj);
        }
        let mut find = self
            .tx
            .prepare_cached("SELECT id, record, scope, born, life FROM obj WHERE uuid = ?1")
            .doing("preparing rows")?;
        let held = find.query_row([id.as_bytes()], |row| {
            let born: Option<i64> = row.get("born")?;
            Ok(Obj {
                record: row.get("record")?,
                scope: row.get("scope")?,
                born: born.map(Dot::unpacked),
                life: row.get("life")?,
                new: false,
                ..Obj::new(row.get("id")?, id)
            })
        });
        let obj = match held.optional().doing("finding a row")? {
            Some(obj) => obj,
            None => {
                let mut insert =
                    self.tx.prepare_cached("INSERT INTO obj (uuid) VALUES (?1)").doing("preparing a row")?;
                insert.execute([id.as_bytes()]).doing("adding a row")?;
                Obj::new(self.tx.last_insert_rowid(), id)
            }
        };
        batch.know(id, obj);
        Ok(obj.id)
    }
}

/// What the plain columns of a change cannot hold: a newer program's header, seeds and salts after an erasure.
pub(crate) fn unusual(change: &Change) -> Option<Vec<u8>> {
    let plain =
        change.ext.is_empty() && matches!(change.secret, Secret::Epoch(_)) && matches!(change.why, Sealed::Open(_));
    (!plain).then(|| oplog::wire::unusual_bytes(change))
}
