//! Into the log: a run of changes gets its place on a lineage, its rows and names their numbers.

use domain::{Id, Value};
use oplog::admit::Hashed;
use oplog::change::Sealed;
use oplog::heads::Rank;
use oplog::{Change, Dot, FieldName, Hash, Op, Payload, Secret};
use rusqlite::types::Value as Sql;
use rusqlite::{OptionalExtension, params};

use crate::batch::{Batch, Birth, FreshOp, Logged, NAMES_MAX, Named, OPS_MAX, Obj};
use crate::cell::{self, Cell};
use crate::chain::{Placed, Vouched};
use crate::error::Doing;
use crate::{Door, StoreError, made};

impl Door<'_> {
    /// Enters segments whose ground is here or among them. All get their places first: they may refer to one another.
    pub(crate) fn enter_log(
        &mut self,
        batch: &mut Batch,
        segments: impl IntoIterator<Item = (Hashed, Vouched)>,
    ) -> Result<(), StoreError> {
        let mut placed = Vec::new();
        for (one, vouched) in segments {
            placed.extend(self.place(batch, one)?.map(|place| (place, vouched)));
        }
        for (Placed { lin, epoch, fresh }, vouched) in placed {
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
        self.insert_logged(batch)
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
            self.insert_run(batch, (id, ops.by_ref().take(run)), scope, (dot, rank))?;
            id += i64::try_from(run).unwrap_or_default();
        }
        Ok(())
    }

    /// Enters operations that stand together: a row that is met first when it is made is kept whole.
    fn insert_run(
        &mut self,
        batch: &mut Batch,
        (id, ops): (i64, impl Iterator<Item = Op>),
        scope: i64,
        (dot, rank): (Dot, Rank),
    ) -> Result<(), StoreError> {
        let mut ops = ops.peekable();
        let Some(first) = ops.peek() else { return Ok(()) };
        let (life, record) = self.named(batch, &first.field)?;
        let row = first.row;
        let Some(obj) = self.born_here(batch, first, (record, scope), dot)? else {
            let at = batch.fresh.len();
            for op in ops {
                let fresh = self.fresh_op(batch, op, scope, (dot, rank))?;
                batch.fresh.push(fresh);
            }
            batch.log.push(match batch.fresh.len() - at {
                1 => Logged::One(id, at),
                count => Logged::Run(id, at, count),
            });
            return Ok(());
        };
        let (from, number) = (batch.packed.len(), batch.births.len() + 1);
        let (mut fields, mut once) = (Vec::with_capacity(ops.size_hint().0), true);
        for op in ops.skip(1) {
            let (term, _) = self.named(batch, &op.field)?;
            let Sealed::Open(Payload::Set(value)) = op.payload else { continue };
            made::pack(&mut batch.packed, term, value.as_ref());
            if let Some(Value::Row(target)) = &value {
                self.obj_id(batch, *target)?;
            }
            once &= batch.names_first(number, term) && !self.is_same(term);
            fields.push((term, value));
        }
        batch.log.push(Logged::Birth(id, obj, life, from..batch.packed.len()));
        batch.last = None;
        batch.born.insert(obj, batch.births.len());
        batch.births.push(Some(Birth { obj, id: row, record, dot, scope, rank, life, fields }));
        if !once {
            batch.wake(obj);
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
            _ => self.row_of(batch, &op, (record, scope))?,
        };
        if let Some(Payload::Set(Some(Value::Row(target)))) = op.payload.open() {
            self.obj_id(batch, *target)?;
        }
        let seen = op.seen.iter().map(|hash| self.seen_dot(batch, obj, *hash)).collect::<Result<Vec<Dot>, _>>()?;
        Ok(FreshOp { obj, field, dot, scope, seen, rank, payload: op.payload })
    }

    /// The number of a field's name, and of the name of its record.
    fn named(&mut self, batch: &mut Batch, name: &FieldName) -> Result<(i64, Option<i64>), StoreError> {
        if let Some(named) = batch.names.get(name) {
            return Ok((named.term, named.record));
        }
        let record = match name.split_once('.') {
            Some((record, _)) => Some(self.memory.terms.id(&self.tx, &record.into())?),
            None => None,
        };
        let term = self.memory.terms.id(&self.tx, name)?;
        if batch.names.len() < NAMES_MAX {
            batch.names.insert(name.clone(), Named { term, record });
        }
        Ok((term, record))
    }

    /// The row of an operation, claimed for its record and scope.
    fn row_of(&mut self, batch: &mut Batch, op: &Op, (record, scope): (Option<i64>, i64)) -> Result<i64, StoreError> {
        let obj = self.obj_id(batch, op.row)?;
        batch.wake(obj);
        if let Some(known) = batch.objs.get_mut(&obj) {
            if known.record.is_none() && record.is_some() {
                (known.record, known.scope, known.claimed) = (record, Some(scope), true);
            }
            batch.last = known.record.map(|_| (op.row, obj));
        }
        Ok(obj)
    }

    /// Enters a row whole when an operation makes it and nothing was here of it before.
    fn born_here(
        &self,
        batch: &mut Batch,
        op: &Op,
        (record, scope): (Option<i64>, i64),
        dot: Dot,
    ) -> Result<Option<i64>, StoreError> {
        if batch.ids.contains_key(&op.row) || !op.makes() || !self.memory.counts(dot) {
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
        batch.know(op.row, Obj { record, scope: Some(scope), ..Obj::new(id, op.row) });
        Ok(Some(id))
    }

    /// Writes to the log what the changes since the last time say.
    fn insert_logged(&self, batch: &mut Batch) -> Result<(), StoreError> {
        let mut insert = self
            .tx
            .prepare_cached("INSERT INTO op (id, obj, field, kind, val, seen) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")
            .doing("preparing operations")?;
        let mut run_packed = Vec::new();
        for logged in std::mem::take(&mut batch.log) {
            let (id, obj, term, kind, val, seen) = match &logged {
                Logged::Birth(id, obj, life, fields) => match batch.packed.get(fields.clone()) {
                    Some([]) | None => (id, obj, life, 0, Cell::Int(1), Sql::Null),
                    Some(packed) => (id, obj, life, made::MADE, Cell::Bytes(packed), Sql::Null),
                },
                Logged::One(id, at) => {
                    let Some(op) = batch.fresh.get(*at) else { continue };
                    let (kind, val) = cell::of_payload(&op.payload);
                    (id, &op.obj, &op.field, kind, val, cell::of_seen(&op.seen))
                }
                Logged::Run(id, at, count) => {
                    let Some([first, others @ ..]) = batch.fresh.get(*at..at + count) else { continue };
                    run_packed.clear();
                    for op in others {
                        let value = op.payload.open().and_then(|payload| payload.values().first()?.as_ref());
                        made::pack(&mut run_packed, op.field, value);
                    }
                    (id, &first.obj, &first.field, made::MADE, Cell::Bytes(&run_packed), cell::of_seen(&first.seen))
                }
            };
            insert.execute(params![id, obj, term, kind, val, seen]).doing("adding an operation")?;
        }
        batch.packed.clear();
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
            .prepare_cached("SELECT id, uuid, record, scope, born, life FROM obj WHERE uuid = ?1")
            .doing("preparing rows")?;
        let obj = match find.query_row([id.as_bytes()], Obj::read).optional().doing("finding a row")? {
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
