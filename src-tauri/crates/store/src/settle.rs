//! From the log to the state: every fresh operation is folded into its field's heads, once, in one pass.

use domain::Value;
use oplog::change::Sealed;
use oplog::heads::{self, Life, Rank};
use oplog::same::Said;
use oplog::{Dot, Head, Payload};
use rusqlite::{CachedStatement, OptionalExtension, params};

use crate::batch::{Batch, FreshOp, Obj};
use crate::error::Doing;
use crate::made::{self, MADE};
use crate::now::Dirty;
use crate::{Door, StoreError, cell};

/// Fields with what they display.
pub(crate) type Shown = Vec<(i64, Option<Value>)>;

/// What a field displays of the values its heads hold, oldest first: the newest. What was erased displays nothing and hides
/// nothing.
pub(crate) fn displayed<'p>(mut open: impl DoubleEndedIterator<Item = &'p Payload>) -> Option<Value> {
    open.next_back().and_then(|payload| payload.values().first().cloned()).flatten()
}

/// What the tables said of a row before a batch.
#[derive(Default)]
pub(crate) struct Stood {
    heads: Vec<(i64, Head)>,
    contested: Vec<i64>,
}

/// The statements that keep heads.
struct Keeping<'t> {
    clear: CachedStatement<'t>,
    add: CachedStatement<'t>,
}

/// A field's heads before and after a batch.
struct Folded {
    before: Vec<Head>,
    /// Whether `before` stands in the head table, or is simply the value the row was made with.
    explicit: bool,
    after: Vec<Head>,
}

impl Door<'_> {
    /// Folds a batch into heads, conflicts, state tables and everything derived from them.
    pub(crate) fn settle(&mut self, mut batch: Batch) -> Result<(), StoreError> {
        let mut fresh = batch.take_fresh();
        fresh.retain(|op| op.payload != Sealed::Open(Payload::Redact) && self.memory.counts(op.dot));
        fresh.sort_by_key(|op| (op.obj, op.field));
        let mut dirty = Dirty::default();
        for row in fresh.chunk_by_mut(|a, b| a.obj == b.obj) {
            self.settle_row(&mut batch, row, &mut dirty)?;
        }
        self.settle_births(&mut batch, &mut dirty)?;
        self.rejoin(&fresh, &mut dirty)?;
        self.refresh(dirty)
    }

    fn settle_row(&mut self, batch: &mut Batch, ops: &mut [FreshOp], dirty: &mut Dirty) -> Result<(), StoreError> {
        let Some(first) = ops.first() else { return Ok(()) };
        let Some(mut obj) = batch.objs.get(&first.obj).copied() else { return Ok(()) };
        if ops.iter().any(|op| Some(op.scope) != obj.scope) {
            // Written from two ledgers: whose the row is decides which of it counts.
            return self.resettle(obj.id, dirty);
        }
        if obj.born.is_none() {
            obj.born = self.birth(ops)?;
            batch.objs.insert(obj.id, obj);
        }
        let mut life_touched = obj.life.is_none_or(|life| life != 1);
        life_touched |= ops.iter().any(|op| self.is_life(op.field));
        let stood = if obj.new { Stood::default() } else { self.stood(obj.id)? };
        let shown = self.settle_fields(&obj, ops, &stood)?;
        let was = obj.life;
        let now = match life_touched {
            true if obj.new && self.only_made(ops) => Some(1),
            true => match self.life_alone(&obj, ops, &stood) {
                Some(life) => Some(life.number()),
                None => self.judge_life(&obj)?,
            },
            false => was,
        };
        if was != now || obj.new || obj.claimed {
            self.keep_life(&obj, now)?;
        }
        self.write_state(&obj, was, now, shown, dirty)?;
        obj.life = now;
        (obj.new, obj.claimed) = (false, false);
        batch.objs.insert(obj.id, obj);
        Ok(())
    }

    /// Folds the operations of a row into its fields' heads; gives what the fields display that changed, life apart.
    pub(crate) fn settle_fields(&self, obj: &Obj, ops: &[FreshOp], stood: &Stood) -> Result<Shown, StoreError> {
        let mut shown = Shown::with_capacity(ops.len());
        let mut keeping = self.keeping()?;
        for field in ops.chunk_by(|a, b| a.field == b.field) {
            let Some(name) = field.first().map(|op| op.field) else { continue };
            let folded = self.fold(obj, field, stood)?;
            if folded.before == folded.after {
                continue;
            }
            keeping.keep(obj, name, &folded)?;
            let value = self.shown(obj, field, &folded, stood.contested.contains(&name))?;
            if !self.is_life(name) {
                shown.push((name, value));
            }
        }
        Ok(shown)
    }

    /// The life of a row of which nothing was written since it was made, by a change that had seen it and says nothing
    /// but whether it lives.
    fn life_alone(&self, obj: &Obj, ops: &[FreshOp], stood: &Stood) -> Option<Life> {
        let ([op], Some(born), true) = (ops, obj.born.filter(|_| !obj.new), stood.heads.is_empty()) else {
            return None;
        };
        let saw = Head { dot: op.dot, seen: op.seen.clone() }.covers(&self.memory.tree, born);
        let values = op.payload.open().filter(|_| saw && self.is_life(op.field))?.values();
        Some(Life::judge(values, false))
    }

    /// What the tables say of a row.
    fn stood(&self, obj: i64) -> Result<Stood, StoreError> {
        let mut stood = Stood::default();
        let mut ask =
            self.tx.prepare_cached("SELECT field, dot, seen FROM head WHERE obj = ?1").doing("preparing heads")?;
        let mut rows = ask.query([obj]).doing("reading heads")?;
        while let Some(row) = rows.next().doing("reading a head")? {
            let seen = row.get_ref(2).doing("reading a head")?.as_blob_or_null().unwrap_or_default();
            let head = Head { dot: Dot::unpacked(row.get(1).doing("reading a head")?), seen: cell::to_seen(seen) };
            stood.heads.push((row.get(0).doing("reading a head")?, head));
        }
        let mut ask =
            self.tx.prepare_cached("SELECT field FROM conflict WHERE obj = ?1").doing("preparing conflicts")?;
        let fields = ask.query_map([obj], |row| row.get(0)).and_then(Iterator::collect);
        stood.contested = fields.doing("reading conflicts")?;
        Ok(stood)
    }

    /// The statements that keep heads.
    fn keeping(&self) -> Result<Keeping<'_>, StoreError> {
        let clear = "DELETE FROM head WHERE obj = ?1 AND field = ?2 AND dot = ?3";
        let add = "INSERT INTO head (obj, field, dot, seen) VALUES (?1, ?2, ?3, ?4)";
        let clear = self.tx.prepare_cached(clear).doing("preparing heads")?;
        Ok(Keeping { clear, add: self.tx.prepare_cached(add).doing("preparing heads")? })
    }

    pub(crate) fn keep_life(&self, obj: &Obj, life: Option<i64>) -> Result<(), StoreError> {
        self.tx
            .prepare_cached("UPDATE obj SET record = ?2, scope = ?3, born = ?4, life = ?5 WHERE id = ?1")
            .and_then(|mut keep| keep.execute(params![obj.id, obj.record, obj.scope, obj.born.map(Dot::packed), life]))
            .doing("keeping a row's life")?;
        Ok(())
    }

    pub(crate) fn is_life(&self, term: i64) -> bool {
        self.memory.terms.is_life(term)
    }

    /// Whether a row's life says nothing but that it was made: the common case, spared the look into the log.
    pub(crate) fn only_made(&self, ops: &[FreshOp]) -> bool {
        let mut life = ops.iter().filter(|op| self.is_life(op.field)).peekable();
        life.peek().is_some() && life.all(|op| op.payload == Sealed::Open(Payload::Set(Some(Value::Int(1)))))
    }

    /// The change that made a row: the one that first says it lives.
    fn birth(&self, ops: &[FreshOp]) -> Result<Option<Dot>, StoreError> {
        let born =
            |op: &&FreshOp| self.is_life(op.field) && op.payload == Sealed::Open(Payload::Set(Some(Value::Int(1))));
        Ok(ops.iter().filter(born).map(|op| op.dot).min())
    }

    fn fold(&self, obj: &Obj, ops: &[FreshOp], stood: &Stood) -> Result<Folded, StoreError> {
        let Some(first) = ops.first() else { return Ok(Folded { before: vec![], explicit: false, after: vec![] }) };
        let (before, explicit) = match stood.heads_of(first.field) {
            rows if !rows.is_empty() => (rows, true),
            _ => (self.birth_head(obj, ops)?, false),
        };
        let mut after = before.clone();
        for op in ops {
            heads::fold(&self.memory.tree, &mut after, Head { dot: op.dot, seen: op.seen.clone() });
        }
        Ok(Folded { before, explicit, after })
    }

    /// The head that is not in the table: the value the row was made with, if it was made with one here.
    fn birth_head(&self, obj: &Obj, ops: &[FreshOp]) -> Result<Vec<Head>, StoreError> {
        let (Some(born), Some(first)) = (obj.born.filter(|_| !obj.new), ops.first()) else { return Ok(vec![]) };
        let head = Head { dot: born, seen: vec![] };
        let replaced = Head { dot: first.dot, seen: first.seen.clone() }.covers(&self.memory.tree, born);
        // A first operation that replaces it anyway spares the look into the log.
        Ok(if replaced || self.view().wrote(born, obj.id, first.field)? { vec![head] } else { vec![] })
    }

    /// The value a field displays; notes or clears its conflict.
    fn shown(
        &self,
        obj: &Obj,
        ops: &[FreshOp],
        folded: &Folded,
        was_contested: bool,
    ) -> Result<Option<Value>, StoreError> {
        let Some(field) = ops.first().map(|op| op.field) else { return Ok(None) };
        let written = |dot: Dot| ops.iter().find(|op| op.dot == dot);
        if let ([head], false) = (folded.after.as_slice(), was_contested)
            && let Some(Payload::Set(value)) = written(head.dot).and_then(|op| op.payload.open())
        {
            return Ok(value.clone());
        }
        let mut ranked: Vec<(Rank, Sealed<Payload>)> = Vec::with_capacity(folded.after.len());
        for head in &folded.after {
            match written(head.dot) {
                Some(op) => ranked.push((op.rank, op.payload.clone())),
                None => ranked.extend(self.view().written(head.dot, obj.id, field)?),
            }
        }
        ranked.sort_by_key(|(rank, _)| *rank);
        let open: Vec<&Payload> = ranked.iter().filter_map(|(_, payload)| payload.open()).collect();
        let distinct = heads::distinct(open.iter().copied());
        // Said to be one with several rows, a row is one with all of them: nothing is left to choose, unless somebody
        // says that it is not.
        let in_conflict = match self.is_same(field) {
            true => Said::of(&distinct).contested().next().is_some(),
            false => distinct.len() > 1,
        };
        if in_conflict != was_contested {
            let sql = match in_conflict {
                true => "INSERT OR IGNORE INTO conflict (obj, field) VALUES (?1, ?2)",
                false => "DELETE FROM conflict WHERE obj = ?1 AND field = ?2",
            };
            self.tx
                .prepare_cached(sql)
                .and_then(|mut note| note.execute(params![obj.id, field]))
                .doing("noting a conflict")?;
        }
        Ok(displayed(open.into_iter()))
    }
}

impl Stood {
    fn heads_of(&self, field: i64) -> Vec<Head> {
        self.heads.iter().filter(|(one, _)| *one == field).map(|(_, head)| head.clone()).collect()
    }
}

impl Keeping<'_> {
    /// Brings the table in line; the value a row was made with stands in the log alone.
    fn keep(&mut self, obj: &Obj, field: i64, folded: &Folded) -> Result<(), StoreError> {
        let explicit = !matches!(folded.after.as_slice(), [head] if Some(head.dot) == obj.born);
        let stays = |head: &Head, among: &[Head]| among.contains(head);
        for head in folded.before.iter().filter(|_| folded.explicit) {
            if !explicit || !stays(head, &folded.after) {
                self.clear.execute(params![obj.id, field, head.dot.packed()]).doing("clearing a head")?;
            }
        }
        for head in folded.after.iter().filter(|_| explicit) {
            if !folded.explicit || !stays(head, &folded.before) {
                let with = params![obj.id, field, head.dot.packed(), cell::of_seen(&head.seen)];
                self.add.execute(with).doing("keeping a head")?;
            }
        }
        Ok(())
    }
}

impl crate::View<'_> {
    /// The heads of a field as the table has them; empty when the birth value stands.
    pub(crate) fn head_rows(&self, obj: i64, field: i64) -> Result<Vec<Head>, StoreError> {
        let mut ask = self
            .db
            .prepare_cached("SELECT dot, seen FROM head WHERE obj = ?1 AND field = ?2")
            .doing("preparing heads")?;
        let mut rows = ask.query([obj, field]).doing("reading heads")?;
        let mut heads = Vec::new();
        while let Some(row) = rows.next().doing("reading a head")? {
            let seen = row.get_ref("seen").doing("reading a head")?.as_blob_or_null().unwrap_or_default();
            heads.push(Head { dot: Dot::unpacked(row.get("dot").doing("reading a head")?), seen: cell::to_seen(seen) });
        }
        Ok(heads)
    }

    /// Whether a change wrote a field.
    pub(crate) fn wrote(&self, dot: Dot, obj: i64, field: i64) -> Result<bool, StoreError> {
        let first = dot.packed() << 15;
        let mut ask = self
            .db
            .prepare_cached(
                "SELECT field, kind, val FROM op INDEXED BY op_obj
                  WHERE obj = ?3 AND id BETWEEN ?1 AND ?2 AND (field = ?4 OR kind = 5)",
            )
            .doing("preparing operations")?;
        let mut rows = ask.query(params![first, first + 0x7fff, obj, field]).doing("asking for an operation")?;
        while let Some(row) = rows.next().doing("asking for an operation")? {
            let made = row.get::<_, i64>("kind").doing("asking for an operation")? == MADE;
            if row.get::<_, i64>("field").doing("asking for an operation")? == field
                || (made && made::holds(made::packed(row.get_ref("val").doing("asking for an operation")?)?, field))
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// What a change wrote to a field, with the change's rank.
    pub(crate) fn written(
        &self,
        dot: Dot,
        obj: i64,
        field: i64,
    ) -> Result<Option<(Rank, Sealed<Payload>)>, StoreError> {
        let first = dot.packed() << 15;
        let mut ask = self
            .db
            .prepare_cached(
                "SELECT op.id, op.field, op.kind, op.val, c.time, c.flags, c.hash
                   FROM op INDEXED BY op_obj JOIN change c ON c.id = ?5
                  WHERE op.obj = ?3 AND op.id BETWEEN ?1 AND ?2 AND (op.field = ?4 OR op.kind = 5)
                  ORDER BY op.id",
            )
            .doing("preparing operations")?;
        let with = params![first, first + 0x7fff, obj, field, dot.packed()];
        let mut rows = ask.query(with).doing("reading an operation")?;
        while let Some(row) = rows.next().doing("reading an operation")? {
            if let Some(payload) = made::payload_of(row, field)? {
                return Ok(Some((rank_of(row)?, payload)));
            }
        }
        Ok(None)
    }

    /// The number of a row, if the ledger has heard of it.
    pub(crate) fn obj(&self, id: domain::Id) -> Result<Option<i64>, StoreError> {
        let mut ask = self.db.prepare_cached("SELECT id FROM obj WHERE uuid = ?1").doing("preparing rows")?;
        ask.query_row([id.as_bytes()], |row| row.get(0)).optional().doing("finding a row")
    }
}

/// The rank of the change in a row with `time`, `flags` and `hash`.
pub(crate) fn rank_of(row: &rusqlite::Row<'_>) -> Result<Rank, StoreError> {
    let hash: [u8; 32] = row.get("hash").doing("reading a hash")?;
    let time: i64 = row.get("time").doing("reading a time")?;
    let flags = row.get("flags").doing("reading flags")?;
    Ok(Rank::of(oplog::Flags(flags), oplog::Time(u64::try_from(time).unwrap_or_default()), oplog::Hash(hash)))
}
