//! What is kept and passed on and does not count (decisions B15, B18): merges that were taken back, and the writing of
//! computers that may not write it. How far each lineage counts is one number; rows follow when it moves.

use std::collections::{BTreeSet, HashMap};

use domain::Id;
use oplog::segment::{Near, Need};
use oplog::standing::Bar;
use oplog::{Dot, Hash, Segment};
use rusqlite::{Connection, params};

use crate::batch::Batch;
use crate::built_on::{Stretch, beginnings};
use crate::door::Memory;
use crate::error::Doing;
use crate::now::Dirty;
use crate::{Door, StoreError, View};

/// Of a lineage nothing counts.
pub(crate) const NONE: i64 = -1;

/// Whether an operation of the log counts, in SQL.
pub(crate) const COUNTS: &str =
    "NOT EXISTS (SELECT 1 FROM held h WHERE h.lin = op.id >> 47 AND h.after < (op.id >> 15 & 4294967295))";

/// `held.package` of what its writer may not write.
const BARRED: i64 = 0;

/// What came of taking a merge back, or of taking it up again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TakenBack {
    /// Changes that no longer count, or count again.
    pub changes: usize,
    /// Rows that are gone with it, or that came back.
    pub rows_gone: Vec<Id>,
    /// Rows that stand otherwise than before.
    pub rows_changed: Vec<Id>,
}

/// The first run of a chain that a computer signed with a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedRun {
    /// The computer's certificate.
    pub certificate: Vec<u8>,
    /// The computer.
    pub replica: Id,
    /// Whose rows it writes.
    pub scope: Id,
    lin: u32,
    first: u32,
}

/// How far lineages count, of which a part does not.
pub(crate) fn limits(db: &Connection) -> Result<HashMap<u32, i64>, StoreError> {
    let mut ask = db.prepare_cached("SELECT lin, min(after) FROM held GROUP BY lin").doing("preparing what counts")?;
    let rows = ask.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).and_then(Iterator::collect);
    rows.doing("reading what counts")
}

impl Memory {
    /// Whether a change counts.
    pub(crate) fn counts(&self, dot: Dot) -> bool {
        self.held.is_empty() || self.held.get(&dot.lin).is_none_or(|after| i64::from(dot.depth) <= *after)
    }
}

impl Door<'_> {
    /// Takes back all that a package brought: kept, passed on, no part of the ledger until something builds on it.
    ///
    /// Errors: [`StoreError::BuiltOn`]: something does already; [`StoreError::NothingToUndo`]: it brought nothing.
    pub fn take_back(&mut self, package: i64) -> Result<TakenBack, StoreError> {
        let brought = self.view().brought(package)?;
        if brought.is_empty() {
            return Err(StoreError::NothingToUndo);
        }
        self.nothing_builds_on(&brought)?;
        let before = self.memory.held.clone();
        for (lin, first) in beginnings(&brought) {
            let after = i64::from(first) - 1;
            self.tx
                .execute(
                    "INSERT OR REPLACE INTO held (lin, package, after) VALUES (?1, ?2, ?3)",
                    params![lin, package, after],
                )
                .doing("setting a merge aside")?;
        }
        let mut done = self.follow_limits(&before)?;
        done.changes = brought.iter().map(|(_, first, last)| (last - first) as usize + 1).sum();
        Ok(done)
    }

    /// Takes a package that was taken back up again, and every other it builds on.
    pub fn take_up(&mut self, package: i64) -> Result<TakenBack, StoreError> {
        let before = self.memory.held.clone();
        let changes = self.lift_package(package)?;
        let done = self.follow_limits(&before)?;
        Ok(TakenBack { changes, ..done })
    }

    /// From now on these bars hold, and no others, and signed runs count only as far as `vouched` says: rows follow.
    /// Gives whether anything moved.
    pub fn bar(&mut self, bars: &[Bar], mut vouched: impl FnMut(&SignedRun) -> bool) -> Result<bool, StoreError> {
        let before = self.memory.held.clone();
        let mut cuts: HashMap<u32, i64> = HashMap::new();
        for run in self.view().signed_runs()? {
            if !vouched(&run) {
                let after = cuts.entry(run.lin).or_insert(i64::MAX);
                *after = (*after).min(i64::from(run.first) - 1);
            }
        }
        let mut ask = self.tx.prepare_cached("SELECT id, replica, scope FROM lin").doing("preparing lineages")?;
        let rows = ask
            .query_map([], |row| Ok((row.get::<_, u32>(0)?, Id::from_bytes(row.get(1)?), Id::from_bytes(row.get(2)?))));
        let lineages: Vec<(u32, Id, Id)> = rows.and_then(Iterator::collect).doing("reading lineages")?;
        drop(ask);
        for (lin, replica, scope) in lineages {
            let mut after: Option<i64> = cuts.get(&lin).copied();
            for bar in bars.iter().filter(|bar| bar.names(replica, scope)) {
                let reach = self.reach_on(lin, bar)?;
                after = Some(after.map_or(reach, |after| after.min(reach)));
            }
            self.keep_bar(lin, after)?;
        }
        if before == self.memory.held {
            return Ok(false);
        }
        self.follow_limits(&before)?;
        Ok(true)
    }

    /// How far a lineage counts by a bar.
    fn reach_on(&self, lin: u32, bar: &Bar) -> Result<i64, StoreError> {
        let mut reach = NONE;
        for (hash, depth) in &bar.until {
            let mut at = self.view().placed(*hash, *depth)?;
            while let Some(dot) = at.filter(|dot| dot.lin != lin) {
                at = self.memory.tree.get(dot.lin).and_then(|lineage| lineage.fork);
            }
            reach = at.map_or(reach, |dot| reach.max(i64::from(dot.depth)));
        }
        Ok(reach)
    }

    /// Notes how far a lineage counts because of who wrote it.
    pub(crate) fn keep_bar(&mut self, lin: u32, after: Option<i64>) -> Result<(), StoreError> {
        match after {
            Some(after) => self
                .tx
                .prepare_cached("INSERT OR REPLACE INTO held (lin, package, after) VALUES (?1, ?2, ?3)")
                .and_then(|mut keep| keep.execute(params![lin, BARRED, after])),
            None => self
                .tx
                .prepare_cached("DELETE FROM held WHERE lin = ?1 AND package = ?2")
                .and_then(|mut drop| drop.execute(params![lin, BARRED])),
        }
        .doing("noting what counts")?;
        self.memory.held = limits(&self.tx)?;
        Ok(())
    }

    /// What was taken back comes up again when something that arrives builds on it. Gives the packages.
    pub(crate) fn lift_grounds<'s>(
        &mut self,
        segments: impl Iterator<Item = &'s Segment>,
    ) -> Result<Vec<i64>, StoreError> {
        let mut lifted = Vec::new();
        if self.memory.held.is_empty() || self.view().taken_back()?.is_empty() {
            return Ok(lifted);
        }
        let needs: Vec<Need> = segments.flat_map(Segment::needs).collect();
        let before = self.memory.held.clone();
        for need in needs {
            let Some(dot) = self.find_need(need)?.filter(|dot| !self.memory.counts(*dot)) else { continue };
            for package in self.view().set_aside_at(dot)? {
                self.lift_package(package)?;
                lifted.push(package);
            }
        }
        self.follow_limits(&before)?;
        Ok(lifted)
    }

    fn find_need(&self, need: Need) -> Result<Option<Dot>, StoreError> {
        match need.near {
            Near::Depth(depth) => self.dot_at(&Batch::default(), need.hash, depth),
            Near::Row(row) => match self.view().obj(row)? {
                Some(obj) => self.wrote_row(obj, need.hash),
                None => Ok(None),
            },
        }
    }

    /// Removes the mark of a package, and of those that what it brought builds on. Gives how many changes it brought.
    fn lift_package(&mut self, package: i64) -> Result<usize, StoreError> {
        let (mut open, mut changes) = (vec![package], 0);
        while let Some(package) = open.pop() {
            let gone = self.tx.execute("DELETE FROM held WHERE package = ?1 AND package > 0", [package]);
            if gone.doing("taking a merge up again")? == 0 {
                continue;
            }
            self.memory.held = limits(&self.tx)?;
            for (lin, first, last) in self.view().brought(package)? {
                changes += (last - first) as usize + 1;
                let epoch = [0; 32];
                let (segment, _) = self.view().segment(lin, first, last, epoch)?;
                for need in segment.needs() {
                    if let Some(dot) = self.find_need(need)?.filter(|dot| !self.memory.counts(*dot)) {
                        open.extend(self.view().set_aside_at(dot)?);
                    }
                }
            }
        }
        Ok(changes)
    }

    /// After limits moved, the rows written between where they were and where they are follow.
    fn follow_limits(&mut self, before: &HashMap<u32, i64>) -> Result<TakenBack, StoreError> {
        self.memory.held = limits(&self.tx)?;
        let mut runs: Vec<Stretch> = Vec::new();
        for lin in before.keys().chain(self.memory.held.keys()).copied().collect::<BTreeSet<u32>>() {
            let tip = self.memory.tree.get(lin).map(|lineage| i64::from(lineage.tip)).unwrap_or_default();
            let end = |limits: &HashMap<u32, i64>| limits.get(&lin).copied().unwrap_or(tip).min(tip);
            let (was, is) = (end(before), end(&self.memory.held));
            let depth = |depth: i64| u32::try_from(depth).unwrap_or_default();
            if was != is {
                runs.push((lin, depth(was.min(is) + 1), depth(was.max(is))));
            }
        }
        let mut done = TakenBack::default();
        let mut dirty = Dirty::default();
        let objs = self.objs_of(&runs)?;
        for obj in objs.iter().copied() {
            let lives = |life: Option<i64>| matches!(life, Some(1 | 2));
            let was = self.view().life(obj)?;
            self.resettle(obj, &mut dirty)?;
            match (lives(was), lives(self.view().life(obj)?)) {
                (true, true) => done.rows_changed.push(self.view().uuid(obj)?),
                (false, false) => {}
                _ => done.rows_gone.push(self.view().uuid(obj)?),
            }
        }
        self.rejoin_settled(&objs, &mut dirty)?;
        self.refresh(dirty)?;
        Ok(done)
    }
}

impl View<'_> {
    /// The runs of changes that a package brought and that were not here before.
    pub(crate) fn brought(&self, package: i64) -> Result<Vec<Stretch>, StoreError> {
        let mut ask = self
            .db
            .prepare_cached(
                "SELECT lin, first, last FROM segment WHERE package = ?1 AND last IS NOT NULL ORDER BY lin, first",
            )
            .doing("preparing what a package brought")?;
        let rows = ask.query_map([package], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)));
        rows.and_then(Iterator::collect).doing("reading what a package brought")
    }

    /// The rows that what a package brought wrote.
    pub fn rows_brought(&self, package: i64) -> Result<Vec<Id>, StoreError> {
        let sql = "SELECT DISTINCT o.uuid FROM segment s
                     JOIN op ON op.id BETWEEN ((s.lin << 32) + s.first) << 15 AND (((s.lin << 32) + s.last) << 15) + 32767
                     JOIN obj o ON o.id = op.obj WHERE s.package = ?1 ORDER BY o.id";
        let mut ask = self.db.prepare_cached(sql).doing("preparing rows of a package")?;
        let rows = ask.query_map([package], |row| row.get(0).map(Id::from_bytes)).and_then(Iterator::collect);
        rows.doing("reading rows of a package")
    }

    /// The packages that were taken back and not taken up again.
    pub fn taken_back(&self) -> Result<Vec<i64>, StoreError> {
        let sql = "SELECT DISTINCT package FROM held WHERE package > 0 ORDER BY package";
        let mut ask = self.db.prepare_cached(sql).doing("preparing what was taken back")?;
        let rows = ask.query_map([], |row| row.get(0)).and_then(Iterator::collect);
        rows.doing("reading what was taken back")
    }

    fn set_aside_at(&self, dot: Dot) -> Result<Vec<i64>, StoreError> {
        let sql = "SELECT package FROM held WHERE package > 0 AND lin = ?1 AND after < ?2";
        let mut ask = self.db.prepare_cached(sql).doing("preparing what was set aside")?;
        let rows = ask.query_map([dot.lin, dot.depth], |row| row.get(0)).and_then(Iterator::collect);
        rows.doing("reading what was set aside")
    }

    /// How many changes are here and do not count because of who wrote them.
    pub fn barred(&self) -> Result<u64, StoreError> {
        let sql = "SELECT coalesce(sum(l.tip - max(h.after, coalesce(l.fork & 4294967295, -1))), 0)
                     FROM held h JOIN lin l ON l.id = h.lin WHERE h.package = 0 AND h.after < l.tip";
        let count: i64 = self.db.query_row(sql, [], |row| row.get(0)).doing("counting what is barred")?;
        Ok(u64::try_from(count).unwrap_or_default())
    }

    /// How many chains that count turned out to be branches of another: a copied disk, a copy brought back.
    pub fn branches(&self) -> Result<usize, StoreError> {
        let sql = "SELECT count(*) FROM lin l WHERE l.fork IS NOT NULL
                      AND NOT EXISTS (SELECT 1 FROM held h WHERE h.lin = l.id AND h.after < (l.fork & 4294967295) + 1)";
        let count: i64 = self.db.query_row(sql, [], |row| row.get(0)).doing("counting branches")?;
        Ok(usize::try_from(count).unwrap_or_default())
    }

    /// The first run of each chain under each certificate.
    pub fn signed_runs(&self) -> Result<Vec<SignedRun>, StoreError> {
        let sql = "SELECT s.lin, min(s.first) AS first, s.certificate, l.replica, l.scope
                     FROM segment s JOIN lin l ON l.id = s.lin
                    WHERE s.certificate IS NOT NULL GROUP BY s.lin, s.certificate ORDER BY s.lin, first";
        let mut ask = self.db.prepare_cached(sql).doing("preparing signed runs")?;
        let rows = ask.query_map([], |row| {
            Ok(SignedRun {
                lin: row.get("lin")?,
                first: row.get("first")?,
                certificate: row.get("certificate")?,
                replica: Id::from_bytes(row.get("replica")?),
                scope: Id::from_bytes(row.get("scope")?),
            })
        });
        rows.and_then(Iterator::collect).doing("reading signed runs")
    }

    pub(crate) fn is_own(&self, lin: u32) -> Result<bool, StoreError> {
        let (_, scope) = self.lineage(lin)?;
        Ok(self.own_lineage(scope)? == Some(lin))
    }

    /// The changes that are here and do not count.
    pub(crate) fn held_changes(&self) -> Result<BTreeSet<Hash>, StoreError> {
        let sql = "SELECT c.hash FROM held h JOIN change c
                     ON c.id BETWEEN (h.lin << 32) + h.after + 1 AND (h.lin << 32) + 4294967295";
        let mut ask = self.db.prepare(sql).doing("preparing what does not count")?;
        let rows = ask.query_map([], |row| row.get(0).map(Hash)).and_then(Iterator::collect);
        rows.doing("reading what does not count")
    }
}
