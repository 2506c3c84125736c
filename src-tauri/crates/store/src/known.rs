//! The ledger as it was known when its chains ended somewhere: at a seal (decisions A10). Never by a clock.
//!
//! What was written beyond those ends is taken out of the log inside a transaction that is always rolled back; the rows
//! it touched are settled anew from what is left. The cost is that of what was written since.

use std::collections::BTreeMap;

use domain::Date;
use oplog::{Dot, Hash};

use crate::batch::{Batch, Obj};
use crate::error::Doing;
use crate::now::Dirty;
use crate::{Door, Store, StoreError, View};

/// Ends of chains by hash and depth, and the civil day on which they were the ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// The last change of each chain.
    pub ends: Vec<(Hash, u32)>,
    /// The day that lists speak of.
    pub on: Date,
}

impl Store {
    /// Reads the ledger as it was known then. Errors: [`StoreError::NotHeld`] when one of the ends is not here.
    pub fn read_known<T, E: From<StoreError>>(
        &self,
        known: &Known,
        ask: impl FnOnce(View<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.rehearse(|door| {
            door.go_back(known)?;
            ask(door.view())
        })
    }
}

impl Door<'_> {
    fn go_back(&mut self, known: &Known) -> Result<(), StoreError> {
        let last = self.last_known(&known.ends)?;
        // The ends lie where things counted then: what was taken back or barred since counts in that reading.
        let limits = std::mem::take(&mut self.memory.held);
        self.tx.execute("DELETE FROM held", []).doing("going back")?;
        let mut touched = Vec::new();
        for lin in 1..self.memory.tree.next_number() {
            let first = match last.get(&lin) {
                Some(depth) => Dot { lin, depth: *depth }.packed() + 1,
                None => Dot { lin, depth: 0 }.packed(),
            };
            if let Some(after) = limits.get(&lin) {
                let held = (i64::from(lin) << 32) + after + 1;
                touched.extend(self.objs_written(held << 15, first << 15)?);
            }
            let (from, to) = (first << 15, Dot { lin: lin + 1, depth: 0 }.packed() << 15);
            touched.extend(self.objs_written(from, to)?);
            let mut delete = self.tx.prepare_cached("DELETE FROM op WHERE id >= ?1 AND id < ?2").doing("going back")?;
            delete.execute([from, to]).doing("going back")?;
        }
        let parted = self.part_all()?;
        touched.extend(parted.iter().copied());
        touched.sort_unstable();
        touched.dedup();
        let mut dirty = Dirty::default();
        let mut batch = Batch::default();
        for obj in touched {
            self.unsettle(obj, &mut batch, &mut dirty)?;
        }
        self.settle(batch)?;
        // Those of which the log has nothing left are parted as well.
        self.rejoin_settled(&parted.into_iter().collect(), &mut dirty)?;
        self.refresh(dirty)?;
        self.set_today(known.on)
    }

    /// The deepest change of each lineage that lies at or before one of the ends.
    fn last_known(&self, ends: &[(Hash, u32)]) -> Result<BTreeMap<u32, u32>, StoreError> {
        let mut last: BTreeMap<u32, u32> = BTreeMap::new();
        for (hash, depth) in ends {
            let mut next = Some(self.view().placed(*hash, *depth)?.ok_or(StoreError::NotHeld)?);
            while let Some(dot) = next {
                let deepest = last.entry(dot.lin).or_insert(dot.depth);
                *deepest = dot.depth.max(*deepest);
                next = self.memory.tree.get(dot.lin).and_then(|lineage| lineage.fork);
            }
        }
        Ok(last)
    }

    /// Parts all joined rows, and gives them: who was one with whom is said anew by what is left of the log.
    fn part_all(&self) -> Result<Vec<i64>, StoreError> {
        let sql = "SELECT obj FROM same UNION SELECT obj FROM spoken";
        let mut ask = self.tx.prepare_cached(sql).doing("preparing joined rows")?;
        let rows = ask.query_map([], |row| row.get(0)).and_then(Iterator::collect).doing("reading joined rows")?;
        self.tx.execute("DELETE FROM same", []).doing("parting joined rows")?;
        Ok(rows)
    }

    /// The rows that operations of the log from one number to before another wrote.
    pub(crate) fn objs_written(&self, from: i64, to: i64) -> Result<Vec<i64>, StoreError> {
        let sql = "SELECT DISTINCT obj FROM op WHERE id >= ?1 AND id < ?2";
        let mut ask = self.tx.prepare_cached(sql).doing("preparing rows written since")?;
        let rows = ask.query_map([from, to], |row| row.get(0)).and_then(Iterator::collect);
        rows.doing("reading rows written since")
    }

    /// Takes a row out of every table, and puts what the log still says of it into a batch.
    fn unsettle(&mut self, obj: i64, batch: &mut Batch, dirty: &mut Dirty) -> Result<(), StoreError> {
        let standing = self.obj_of(obj)?;
        self.write_state(&standing, standing.life, None, vec![], dirty)?;
        for sql in [
            "DELETE FROM extra WHERE obj = ?1",
            "DELETE FROM head WHERE obj = ?1",
            "DELETE FROM conflict WHERE obj = ?1",
            "UPDATE obj SET born = NULL, life = NULL WHERE id = ?1",
        ] {
            self.tx.prepare_cached(sql).and_then(|mut step| step.execute([obj])).doing("taking a row out")?;
        }
        batch.objs.insert(obj, Obj { born: None, life: None, ..standing });
        batch.fresh.extend(self.counted(obj)?.into_iter().map(|one| one.op));
        Ok(())
    }

    pub(crate) fn obj_of(&self, obj: i64) -> Result<Obj, StoreError> {
        let sql = "SELECT id, uuid, record, scope, born, life FROM obj WHERE id = ?1";
        let mut ask = self.tx.prepare_cached(sql).doing("preparing a row")?;
        ask.query_row([obj], Obj::read).doing("reading a row")
    }
}
