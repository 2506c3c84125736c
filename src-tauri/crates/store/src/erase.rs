//! Erasure by law: a value, its salt, and the random bytes the salt could be told from leave the file; its commitment
//! stays, so that every chain still verifies (decisions B13).

use std::collections::BTreeSet;

use domain::{Id, Record, Value};
use oplog::change::Sealed;
use oplog::{Dot, FieldName, Hash, LIFE, Op, Payload, Segment};
use rusqlite::params;

use crate::enter::unusual;
use crate::error::Doing;
use crate::made::{self, MADE};
use crate::now::Dirty;
use crate::standing::COUNTS;
use crate::{Door, StoreError, View, cell};

/// A value that is to be forgotten: written by which change, to which field of which row.
struct Due {
    dot: Dot,
    obj: i64,
    field: i64,
}

impl Door<'_> {
    /// Forgets what redactions that count name and that is still here. Gives the rows it stood in.
    pub fn erase_due(&mut self) -> Result<Vec<Id>, StoreError> {
        let (mut rows, mut settled, mut dirty) = (Vec::new(), BTreeSet::new(), Dirty::default());
        let mut writers = BTreeSet::new();
        for due in self.due()? {
            if self.forget(&due)? {
                writers.insert(self.view().lineage(due.dot.lin)?.0);
                self.resettle(due.obj, &mut dirty)?;
                settled.insert(due.obj);
                rows.push(self.view().uuid(due.obj)?);
            }
        }
        self.rejoin_settled(&settled, &mut dirty)?;
        self.refresh(dirty)?;
        if !rows.is_empty() {
            self.settle_keys()?;
        }
        self.drop_told(&writers)?;
        rows.dedup();
        Ok(rows)
    }

    fn due(&self) -> Result<Vec<Due>, StoreError> {
        let mut ask = self
            .tx
            .prepare_cached(&format!(
                "SELECT op.obj, op.field, op.seen FROM op INDEXED BY op_redact
                   JOIN lin l ON l.id = op.id >> 47 JOIN obj s ON s.uuid = l.scope JOIN obj o ON o.id = op.obj
                  WHERE op.kind = 2 AND o.scope = s.id AND {COUNTS} ORDER BY op.id"
            ))
            .doing("preparing erasures")?;
        let mut rows = ask.query([]).doing("reading erasures")?;
        let mut due = Vec::new();
        while let Some(row) = rows.next().doing("reading an erasure")? {
            let (obj, field) = (row.get(0).doing("reading an erasure")?, row.get(1).doing("reading an erasure")?);
            let seen: Option<Vec<u8>> = row.get(2).doing("reading an erasure")?;
            due.extend(cell::to_seen(seen.as_deref()).into_iter().map(|dot| Due { dot, obj, field }));
        }
        Ok(due)
    }

    /// Forgets one value. `false`: it was gone already.
    fn forget(&mut self, due: &Due) -> Result<bool, StoreError> {
        let Dot { lin, depth } = due.dot;
        let Some((_, Sealed::Open(payload))) = self.view().written(due.dot, due.obj, due.field)? else {
            return Ok(false);
        };
        if payload == Payload::Redact {
            return Ok(false);
        }
        let (row, name) = (self.view().uuid(due.obj)?, self.view().term_text(due.field)?);
        let epoch = self.view().epoch_at(lin, depth)?;
        let (mut change, _) = self.view().change_at(due.dot, epoch)?;
        let names = |op: &Op| op.row == row && op.field == name && op.payload.open() == Some(&payload);
        if !change.erase(names) {
            return Ok(false);
        }
        let erased = change.ops.iter().find(|op| op.row == row && op.field == name);
        let Some(Sealed::Erased(commitment)) = erased.map(|op| &op.payload) else { return Ok(false) };
        self.put_commitment(due, commitment)?;
        self.keep_unusual(due.dot, unusual(&change))?;
        self.forget_reason(due.dot)?;
        Ok(true)
    }

    /// The commitment in the place of the value.
    fn put_commitment(&self, due: &Due, commitment: &Hash) -> Result<(), StoreError> {
        let first = due.dot.packed() << 15;
        let sql = "SELECT id, kind, val FROM op INDEXED BY op_obj
                    WHERE obj = ?3 AND id BETWEEN ?1 AND ?2 AND (field = ?4 OR kind = 5) ORDER BY id";
        let mut ask = self.tx.prepare_cached(sql).doing("preparing to erase")?;
        let mut rows = ask.query(params![first, first + 0x7fff, due.obj, due.field]).doing("reading to erase")?;
        let mut found = None;
        while let Some(row) = rows.next().doing("reading to erase")? {
            let id: i64 = row.get(0).doing("reading to erase")?;
            if row.get::<_, i64>(1).doing("reading to erase")? != MADE {
                found = Some((id, 3, commitment.0.to_vec()));
                break;
            }
            let packed = made::packed(row.get_ref(2).doing("reading to erase")?)?;
            if made::holds(packed, due.field) {
                found = Some((id, MADE, made::erased(packed, due.field, commitment)?));
                break;
            }
        }
        drop(rows);
        let Some((id, kind, val)) = found else { return Ok(()) };
        self.tx
            .prepare_cached("UPDATE op SET kind = ?2, val = ?3 WHERE id = ?1")
            .and_then(|mut put| put.execute(params![id, kind, val]))
            .doing("erasing a value")?;
        Ok(())
    }

    /// The reason given with a value may repeat it.
    fn forget_reason(&self, dot: Dot) -> Result<(), StoreError> {
        self.tx
            .prepare_cached("UPDATE change SET why = NULL WHERE id = ?1")
            .and_then(|mut forget| forget.execute([dot.packed()]))
            .doing("erasing a reason")?;
        Ok(())
    }

    pub(crate) fn keep_unusual(&self, dot: Dot, sealed: Option<Vec<u8>>) -> Result<(), StoreError> {
        self.tx
            .prepare_cached("UPDATE change SET sealed = ?2 WHERE id = ?1")
            .and_then(|mut keep| keep.execute(params![dot.packed(), sealed]))
            .doing("keeping salts")?;
        Ok(())
    }

    /// What says that everything these fields of a row ever held is to be forgotten.
    pub(crate) fn erasures(&self, (record, row): (&str, Id), keys: &[String]) -> Result<Vec<Op>, StoreError> {
        let mut ops = Vec::new();
        for key in keys.iter().filter(|key| *key != LIFE) {
            let field = self.shapes.name(record, key);
            let seen = self.writers(row, &field)?;
            if !seen.is_empty() {
                ops.push(Op { row, field, seen, payload: Sealed::Open(Payload::Redact) });
            }
        }
        Ok(ops)
    }

    /// Every change that ever wrote a field, in the order of their hashes.
    fn writers(&self, row: Id, field: &FieldName) -> Result<Vec<Hash>, StoreError> {
        let (Some(obj), Some(term)) = (self.view().obj(row)?, self.view().term(field)?) else { return Ok(vec![]) };
        let sql = "SELECT id >> 15 AS dot, field, kind, val FROM op WHERE obj = ?1 AND (field = ?2 OR kind = 5)";
        let mut ask = self.tx.prepare_cached(sql).doing("preparing writers")?;
        let mut rows = ask.query([obj, term]).doing("reading writers")?;
        let mut writers = Vec::new();
        while let Some(row) = rows.next().doing("reading a writer")? {
            let written = made::payload_of(row, term)?;
            if written.is_some_and(|payload| payload != Sealed::Open(Payload::Redact)) {
                let dot = Dot::unpacked(row.get("dot").doing("reading a writer")?);
                writers.push(self.view().hash_of(dot)?);
            }
        }
        writers.sort_unstable();
        Ok(writers)
    }
}

impl View<'_> {
    /// Every value that a field of a record ever held and that was not erased.
    pub fn ever_said(&self, record: &Record, key: &str) -> Result<BTreeSet<Value>, StoreError> {
        let field = self.term(&format!("{}.{key}", record.record))?;
        let Some((record, field)) = self.term(&record.record)?.zip(field) else { return Ok(BTreeSet::new()) };
        let sql = "SELECT op.field, op.kind, op.val FROM op JOIN obj o ON o.id = op.obj WHERE o.record = ?1";
        let mut ask = self.db.prepare_cached(sql).doing("preparing what was said")?;
        let mut rows = ask.query([record]).doing("reading what was said")?;
        let mut said = BTreeSet::new();
        while let Some(row) = rows.next().doing("reading what was said")? {
            let written = made::payload_of(row, field)?;
            said.extend(written.iter().filter_map(Sealed::open).flat_map(Payload::values).flatten().cloned());
        }
        Ok(said)
    }

    /// A change as it was written, from the log, within a run of these random bytes.
    pub(crate) fn change_at(&self, dot: Dot, epoch: [u8; 32]) -> Result<(oplog::Change, Hash), StoreError> {
        let (replica, scope) = self.lineage(dot.lin)?;
        let parent = self.parent_of(dot.lin, dot.depth)?;
        let within = Segment { replica, scope, parent, first_depth: dot.depth, epoch, changes: vec![] };
        self.change(dot, &within, parent)
    }
}
