//! A row settled anew from everything in the log that counts: when what counts has moved, or two ledgers wrote to it.

use domain::Value;
use oplog::change::Sealed;
use oplog::heads::Rank;
use oplog::{Dot, Hash, Payload};

use crate::batch::{FreshOp, Obj};
use crate::error::Doing;
use crate::now::Dirty;
use crate::settle::{Stood, rank_of};
use crate::standing::COUNTS;
use crate::{Door, StoreError, cell, made};

/// An operation of a row that counts.
pub(crate) struct Counted {
    pub(crate) op: FreshOp,
    hash: Hash,
}

impl Door<'_> {
    /// Settles a row anew. Its ledger is that of the change that made it; of several, the smallest hash speaks. What
    /// other ledgers wrote to it does not count.
    pub(crate) fn resettle(&mut self, obj: i64, dirty: &mut Dirty) -> Result<(), StoreError> {
        let was = self.obj_of(obj)?;
        self.write_state(&was, was.life, Some(0), vec![], dirty)?;
        for sql in [
            "DELETE FROM head WHERE obj = ?1",
            "DELETE FROM conflict WHERE obj = ?1",
            "DELETE FROM extra WHERE obj = ?1",
        ] {
            let clear = self.tx.prepare_cached(sql);
            clear.and_then(|mut clear| clear.execute([obj])).doing("clearing a row")?;
        }
        let all = self.counted(obj)?;
        let births = || all.iter().filter(|one| self.is_birth(&one.op));
        let scope = births().min_by_key(|one| one.hash).or(all.first()).map(|one| one.op.scope);
        let born = births().filter(|one| Some(one.op.scope) == scope).map(|one| one.op.dot).min();
        let mut ops: Vec<FreshOp> = all.into_iter().map(|one| one.op).filter(|op| Some(op.scope) == scope).collect();
        let name = ops.first().and_then(|op| self.memory.terms.text(op.field)).cloned();
        let record = match name.as_ref().and_then(|name| name.split_once('.')) {
            Some((record, _)) => Some(self.memory.terms.id(&self.tx, &record.into())?),
            None => None,
        };
        let mut now = Obj { record, scope, born, life: None, new: true, ..was };
        ops.sort_by_key(|op| (op.field, op.dot));
        let shown = self.settle_fields(&now, &ops, &Stood::default())?;
        let life = self.judge_life(&now)?;
        self.keep_life(&now, life)?;
        now.new = false;
        self.write_state(&now, None, life, shown, dirty)
    }

    pub(crate) fn is_birth(&self, op: &FreshOp) -> bool {
        let lives = Sealed::Open(Payload::Set(Some(Value::Int(1))));
        op.seen.is_empty() && op.payload == lives && self.is_life(op.field)
    }

    /// Everything written to a row that counts, redactions apart, in the order of the log.
    pub(crate) fn counted(&self, obj: i64) -> Result<Vec<Counted>, StoreError> {
        let mut ask = self
            .tx
            .prepare_cached(&format!(
                "SELECT op.id, op.field, op.kind, op.val, op.seen, c.time, c.flags, c.hash, s.id AS scope
                   FROM op JOIN change c ON c.id = op.id >> 15 JOIN lin l ON l.id = op.id >> 47
                   JOIN obj s ON s.uuid = l.scope
                  WHERE op.obj = ?1 AND {COUNTS} ORDER BY op.id"
            ))
            .doing("preparing what was written")?;
        let mut rows = ask.query([obj]).doing("reading what was written")?;
        let mut all = Vec::new();
        while let Some(row) = rows.next().doing("reading what was written")? {
            let id: i64 = row.get("id").doing("reading what was written")?;
            let seen: Option<Vec<u8>> = row.get("seen").doing("reading what was written")?;
            let (dot, scope) = (Dot::unpacked(id >> 15), row.get("scope").doing("reading what was written")?);
            let rank: Rank = rank_of(row)?;
            let hash = Hash(row.get("hash").doing("reading what was written")?);
            for made::Read { term: field, payload } in made::read(row)? {
                if payload == Sealed::Open(Payload::Redact) {
                    continue;
                }
                let seen = cell::to_seen(seen.as_deref());
                all.push(Counted { op: FreshOp { obj, field, dot, scope, seen, rank, payload }, hash });
            }
        }
        Ok(all)
    }
}
