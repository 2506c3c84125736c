//! Whether something builds on what a package brought: a merge that is built on cannot be taken back.

use std::collections::{BTreeSet, HashMap};

use oplog::Dot;
use rusqlite::params;

use crate::error::Doing;
use crate::{Door, StoreError, cell};

/// A run of changes: lineage, first and last depth.
pub(crate) type Stretch = (u32, u32, u32);

impl Door<'_> {
    /// Errors: [`StoreError::BuiltOn`] when something outside these runs builds on them.
    pub(crate) fn nothing_builds_on(&self, brought: &[Stretch]) -> Result<(), StoreError> {
        let inside = |dot: Dot| {
            brought.iter().any(|(lin, first, last)| dot.lin == *lin && (*first..=*last).contains(&dot.depth))
        };
        for (lin, first) in beginnings(brought) {
            let tip = self.memory.tree.get(lin).map(|lineage| lineage.tip).unwrap_or_default();
            let whole =
                (first..=tip).all(|depth| inside(Dot { lin, depth }) || !self.memory.counts(Dot { lin, depth }));
            if !whole || self.view().is_own(lin)? {
                return Err(StoreError::BuiltOn);
            }
            let mut ask = self
                .tx
                .prepare_cached("SELECT id, fork FROM lin WHERE fork BETWEEN ?1 AND ?2")
                .doing("preparing branches")?;
            let with = params![Dot { lin, depth: first }.packed(), Dot { lin, depth: tip }.packed()];
            let mut rows = ask.query(with).doing("reading branches")?;
            while let Some(row) = rows.next().doing("reading a branch")? {
                let branch: u32 = row.get(0).doing("reading a branch")?;
                let begins = Dot::unpacked(row.get(1).doing("reading a branch")?).depth + 1;
                let own = Dot { lin: branch, depth: begins };
                if !inside(own) && self.memory.counts(own) {
                    return Err(StoreError::BuiltOn);
                }
            }
            let mut ask = self
                .tx
                .prepare_cached("SELECT id FROM change WHERE undoes BETWEEN ?1 AND ?2")
                .doing("preparing what was taken back")?;
            let undone =
                ask.query_map(with, |row| row.get(0)).and_then(Iterator::collect::<rusqlite::Result<Vec<i64>>>);
            let undone = undone.doing("reading what was taken back")?.into_iter().map(Dot::unpacked);
            if undone.into_iter().any(|dot| !inside(dot) && self.memory.counts(dot)) {
                return Err(StoreError::BuiltOn);
            }
        }
        for obj in self.objs_of(brought)? {
            // Made elsewhere too, a row stays.
            let born = self.view().born_at(obj)?.is_some_and(inside) && !self.is_born_beyond(obj, inside)?;
            let sql = "SELECT id >> 15, seen FROM op WHERE obj = ?1";
            let mut ask = self.tx.prepare_cached(sql).doing("preparing what was seen")?;
            let mut rows = ask.query([obj]).doing("reading what was seen")?;
            while let Some(row) = rows.next().doing("reading what was seen")? {
                let dot = Dot::unpacked(row.get(0).doing("reading what was seen")?);
                let seen: Option<Vec<u8>> = row.get(1).doing("reading what was seen")?;
                // Who writes to a row builds on what made it, whatever the form had shown.
                let builds = born || cell::to_seen(seen.as_deref()).into_iter().any(inside);
                if builds && !inside(dot) && self.memory.counts(dot) {
                    return Err(StoreError::BuiltOn);
                }
            }
        }
        Ok(())
    }

    /// Whether a change that counts, none of these, makes a row as well.
    fn is_born_beyond(&self, obj: i64, inside: impl Fn(Dot) -> bool) -> Result<bool, StoreError> {
        Ok(self.counted(obj)?.iter().any(|one| self.is_birth(&one.op) && !inside(one.op.dot)))
    }

    /// The rows that runs of changes wrote.
    pub(crate) fn objs_of(&self, runs: &[Stretch]) -> Result<BTreeSet<i64>, StoreError> {
        let mut objs = BTreeSet::new();
        for (lin, first, last) in runs {
            let [from, last] = [first, last].map(|depth| Dot { lin: *lin, depth: *depth }.packed());
            objs.extend(self.objs_written(from << 15, (last + 1) << 15)?);
        }
        Ok(objs)
    }
}

/// Where the runs of each lineage begin.
pub(crate) fn beginnings(runs: &[Stretch]) -> HashMap<u32, u32> {
    let mut firsts: HashMap<u32, u32> = HashMap::new();
    for (lin, first, _) in runs {
        let known = firsts.entry(*lin).or_insert(*first);
        *known = (*known).min(*first);
    }
    firsts
}
