//! Into the log: a run of changes gets its place on a lineage, its rows and names their numbers.

use std::collections::HashMap;

use domain::Id;
use oplog::admit::Hashed;
use oplog::change::Sealed;
use oplog::heads::Rank;
use oplog::tree::Lineage;
use oplog::{Change, Dot, Hash, Op, Payload, Secret};
use rusqlite::types::Value as Sql;
use rusqlite::{OptionalExtension, params};

use crate::error::Doing;
use crate::{Door, StoreError, cell, made};

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
}

/// An operation of this batch, waiting to be folded into the state.
#[derive(Debug)]
pub(crate) struct FreshOp {
    pub(crate) obj: i64,
    pub(crate) field: i64,
    pub(crate) dot: Dot,
    pub(crate) seen: Vec<Dot>,
    pub(crate) rank: Rank,
    pub(crate) payload: Sealed<Payload>,
}

/// A batch: everything that enters the log in one transaction, before the state follows.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    pub(crate) objs: HashMap<i64, Obj>,
    pub(crate) fresh: Vec<FreshOp>,
    ids: HashMap<Id, i64>,
    dots: HashMap<Hash, Dot>,
}

impl Batch {
    /// Changes given a place so far.
    pub(crate) fn placed(&self) -> usize {
        self.dots.len()
    }
}

/// The signed certificate material a segment arrives with.
#[derive(Debug, Clone, Default)]
pub(crate) struct Vouched {
    pub(crate) signature: Option<Vec<u8>>,
    pub(crate) certificate: Option<Vec<u8>>,
    pub(crate) package: Option<i64>,
}

/// A segment's unknown changes with the lineage they were given.
struct Placed<'s> {
    one: &'s Hashed,
    lin: u32,
    fresh: Vec<(&'s Change, Hash)>,
}

impl Door<'_> {
    /// Enters segments whose ground is here or among them. All get their places first: they may refer to one another.
    pub(crate) fn enter_log<'s>(
        &mut self,
        batch: &mut Batch,
        segments: impl IntoIterator<Item = (&'s Hashed, Vouched)>,
    ) -> Result<(), StoreError> {
        let mut placed = Vec::new();
        for (one, vouched) in segments {
            placed.extend(self.place(batch, one)?.map(|place| (place, vouched)));
        }
        for (Placed { one, lin, fresh }, vouched) in placed {
            for (change, hash) in &fresh {
                self.insert_change(batch, Dot { lin, depth: change.depth }, change, *hash)?;
            }
            let (Some((first, _)), Some((last, tip_hash))) = (fresh.first(), fresh.last()) else { continue };
            self.tx
                .prepare_cached("UPDATE lin SET tip = ?2, tip_hash = ?3 WHERE id = ?1")
                .and_then(|mut update| update.execute(params![lin, last.depth, tip_hash.0]))
                .doing("moving a tip")?;
            self.keep_segment(lin, first.depth, last.depth, one.segment.epoch, &vouched)?;
        }
        Ok(())
    }

    /// Gives every unknown change of a segment its place: on the chain it continues, or on a branch of it.
    fn place<'s>(&mut self, batch: &mut Batch, one: &'s Hashed) -> Result<Option<Placed<'s>>, StoreError> {
        let (known, after) = self.known_part(batch, one)?;
        let all = one.segment.changes.iter().zip(one.hashes.iter().copied());
        let fresh: Vec<(&Change, Hash)> = all.skip(known).collect();
        let Some((last, _)) = fresh.last() else { return Ok(None) };
        let lin = self.lineage_after(after, one)?;
        for (change, hash) in &fresh {
            batch.dots.insert(*hash, Dot { lin, depth: change.depth });
        }
        let fork = self.memory.tree.get(lin).and_then(|lineage| lineage.fork);
        self.memory.tree.set(lin, Lineage { fork, tip: last.depth });
        Ok(Some(Placed { one, lin, fresh }))
    }

    /// How many leading changes are held already, and where the last of them (or the parent) stands.
    fn known_part(&self, batch: &Batch, one: &Hashed) -> Result<(usize, Option<Dot>), StoreError> {
        let mut after = match one.segment.parent {
            Some(parent) => self.dot_at(batch, parent, one.segment.first_depth.saturating_sub(1))?,
            None => None,
        };
        if one.segment.parent.is_some() && after.is_none() {
            return Err(StoreError::Defect("a segment was admitted without its parent".to_owned()));
        }
        let mut known = 0;
        for (hash, depth) in one.hashes.iter().zip(one.segment.first_depth..) {
            match self.dot_at(batch, *hash, depth)? {
                Some(dot) => {
                    after = Some(dot);
                    known += 1;
                }
                None => break,
            }
        }
        Ok((known, after))
    }

    /// Where a change of known depth stands: the tips are asked first, then every lineage long enough.
    pub(crate) fn dot_at(&self, batch: &Batch, hash: Hash, depth: u32) -> Result<Option<Dot>, StoreError> {
        if let Some(dot) = batch.dots.get(&hash) {
            return Ok(Some(*dot));
        }
        let mut find = self
            .tx
            .prepare_cached(
                "SELECT c.id FROM lin JOIN change c ON c.id = (lin.id << 32) + ?2 WHERE lin.tip >= ?2 AND c.hash = ?1",
            )
            .doing("preparing to find a change")?;
        let found = find.query_row(params![hash.0, depth], |row| row.get(0)).optional().doing("finding a change")?;
        Ok(found.map(Dot::unpacked))
    }

    /// The lineage that continues after a dot, or a new one that branches off there.
    fn lineage_after(&mut self, after: Option<Dot>, one: &Hashed) -> Result<u32, StoreError> {
        if let Some(dot) =
            after.filter(|dot| self.memory.tree.get(dot.lin).is_some_and(|lineage| lineage.tip == dot.depth))
        {
            return Ok(dot.lin);
        }
        let lin = self.memory.tree.next_number();
        let tip = one.segment.first_depth;
        self.memory.tree.set(lin, Lineage { fork: after, tip });
        self.tx
            .prepare_cached(
                "INSERT INTO lin (id, fork, replica, scope, tip, tip_hash) VALUES (?1, ?2, ?3, ?4, ?5, x'')",
            )
            .and_then(|mut insert| {
                insert.execute(params![
                    lin,
                    after.map(Dot::packed),
                    one.segment.replica.as_bytes(),
                    one.segment.scope.as_bytes(),
                    tip
                ])
            })
            .doing("adding a lineage")?;
        Ok(lin)
    }

    fn keep_segment(
        &self,
        lin: u32,
        first: u32,
        last: u32,
        epoch: [u8; 32],
        vouched: &Vouched,
    ) -> Result<(), StoreError> {
        let sealed = vouched.signature.is_some();
        match (sealed, self.open_segment(lin)?) {
            (false, Some(_)) => return Ok(()),
            (true, Some(begun)) => self.close_segment(lin, begun, first)?,
            (_, None) => {}
        }
        self.tx
            .prepare_cached(
                "INSERT INTO segment (lin, first, last, epoch, signature, certificate, package) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )
            .and_then(|mut insert| {
                let last = sealed.then_some(last);
                insert.execute(params![lin, first, last, epoch, vouched.signature, vouched.certificate, vouched.package])
            })
            .doing("keeping a segment")?;
        Ok(())
    }

    /// The depth at which the open segment of a lineage begins.
    fn open_segment(&self, lin: u32) -> Result<Option<u32>, StoreError> {
        let mut ask = self
            .tx
            .prepare_cached("SELECT first FROM segment WHERE lin = ?1 AND last IS NULL")
            .doing("preparing segments")?;
        ask.query_row([lin], |row| row.get(0)).optional().doing("asking for the open segment")
    }

    /// A chain that comes back from a lost copy continues our own: what was open ends before it.
    fn close_segment(&self, lin: u32, begun: u32, before: u32) -> Result<(), StoreError> {
        let sql = match begun < before {
            true => "UPDATE segment SET last = ?2 - 1 WHERE lin = ?1 AND last IS NULL",
            false => "DELETE FROM segment WHERE lin = ?1 AND last IS NULL AND first >= ?2",
        };
        self.tx.prepare_cached(sql).and_then(|mut close| close.execute([lin, before])).doing("closing a segment")?;
        Ok(())
    }

    fn insert_change(&mut self, batch: &mut Batch, dot: Dot, change: &Change, hash: Hash) -> Result<(), StoreError> {
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
                insert.execute(params![dot.packed(), hash.0, time, who, change.flags.0, batch_id, undoes, why, unusual(change)])
            })
            .doing("adding a change")?;
        let rank = Rank::of(change.flags, change.time, hash);
        self.insert_ops(batch, dot, &change.ops, rank)?;
        if !change.flags.has(oplog::Flags::CLOCK_SUSPECT) {
            self.memory.newest = self.memory.newest.max(change.time);
        }
        self.claim_rows(batch, change)
    }

    /// Enters the operations of a change; the fields a row is made with stand together.
    fn insert_ops(&mut self, batch: &mut Batch, dot: Dot, ops: &[Op], rank: Rank) -> Result<(), StoreError> {
        let mut rest = ops;
        let mut id = dot.packed() << 15;
        while let Some(first) = rest.first() {
            let (run, tail) = rest.split_at(made::run(rest));
            let obj = self.obj_id(batch, first.row)?;
            let from = batch.fresh.len();
            for op in run {
                let fresh = self.fresh_op(batch, obj, op, dot, rank)?;
                batch.fresh.push(fresh);
            }
            let fresh = batch.fresh.get(from..).unwrap_or_default();
            self.insert_run(id, fresh)?;
            id += i64::try_from(run.len()).unwrap_or_default();
            rest = tail;
        }
        Ok(())
    }

    fn fresh_op(&mut self, batch: &mut Batch, obj: i64, op: &Op, dot: Dot, rank: Rank) -> Result<FreshOp, StoreError> {
        if let Some(Payload::Set(Some(domain::Value::Row(target)))) = op.payload.open() {
            self.obj_id(batch, *target)?;
        }
        let field = self.memory.terms.id(&self.tx, &op.field)?;
        let seen = op.seen.iter().map(|hash| self.seen_dot(batch, obj, *hash)).collect::<Result<Vec<Dot>, _>>()?;
        Ok(FreshOp { obj, field, dot, seen, rank, payload: op.payload.clone() })
    }

    fn insert_run(&self, id: i64, run: &[FreshOp]) -> Result<(), StoreError> {
        let Some((first, others)) = run.split_first() else { return Ok(()) };
        let (kind, val) = match others.is_empty() {
            true => cell::of_payload(&first.payload),
            false => {
                let mut packed = Vec::with_capacity(others.len() * 24);
                let open = others.iter().filter_map(|op| Some((op.field, op.payload.open()?)));
                open.for_each(|(field, payload)| made::pack(&mut packed, field, payload));
                (made::MADE, Sql::Blob(packed))
            }
        };
        self.tx
            .prepare_cached("INSERT INTO op (id, obj, field, kind, val, seen) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")
            .and_then(|mut insert| {
                insert.execute(params![id, first.obj, first.field, kind, val, cell::of_seen(&first.seen)])
            })
            .doing("adding an operation")?;
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
                id: row.get("id")?,
                record: row.get("record")?,
                scope: row.get("scope")?,
                born: born.map(Dot::unpacked),
                life: row.get("life")?,
                new: false,
                claimed: false,
            })
        });
        let obj = match held.optional().doing("finding a row")? {
            Some(obj) => obj,
            None => {
                let mut insert =
                    self.tx.prepare_cached("INSERT INTO obj (uuid) VALUES (?1)").doing("preparing a row")?;
                insert.execute([id.as_bytes()]).doing("adding a row")?;
                let id = self.tx.last_insert_rowid();
                Obj { id, record: None, scope: None, born: None, life: None, new: true, claimed: false }
            }
        };
        batch.ids.insert(id, obj.id);
        batch.objs.insert(obj.id, obj);
        Ok(obj.id)
    }

    /// Notes to which record and scope the rows of a change belong.
    fn claim_rows(&mut self, batch: &mut Batch, change: &Change) -> Result<(), StoreError> {
        let scope = self.obj_id(batch, change.scope)?;
        for op in &change.ops {
            let obj = self.obj_id(batch, op.row)?;
            let Some(known) = batch.objs.get_mut(&obj).filter(|known| known.record.is_none()) else { continue };
            let Some((record, _)) = op.field.split_once('.') else { continue };
            known.record = Some(self.memory.terms.id(&self.tx, &record.into())?);
            (known.scope, known.claimed) = (Some(scope), true);
        }
        Ok(())
    }
}

/// What the plain columns of a change cannot hold: a newer program's header, seeds and salts after an erasure.
fn unusual(change: &Change) -> Option<Vec<u8>> {
    let plain =
        change.ext.is_empty() && matches!(change.secret, Secret::Epoch(_)) && matches!(change.why, Sealed::Open(_));
    (!plain).then(|| oplog::wire::unusual_bytes(change))
}
