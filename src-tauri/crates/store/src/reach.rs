//! How far somebody's knowledge goes: the ends of chains they have acknowledged, and what lies beyond them.

use domain::Id;
use oplog::tree::Lineage;
use oplog::{Dot, Hash, Need, Tree};
use rusqlite::{OptionalExtension, params};

use crate::error::Doing;
use crate::extract::Run;
use crate::{Outgoing, StoreError, View};

/// The end of a chain, by public names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ChainEnd {
    /// Whose rows.
    pub scope: Id,
    /// Written on which computer.
    pub replica: Id,
    /// Depth of its last change.
    pub depth: u32,
    /// Hash of its last change.
    pub hash: Hash,
}

/// What somebody holds, as far as this ledger knows the changes they named.
#[derive(Debug, Clone, Default)]
pub struct Reach {
    ends: Vec<Dot>,
}

/// Two computers that went on from one ledger: a copied disk, or a copy brought back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fork {
    /// The name both computers write under.
    pub replica: Id,
    /// Whose rows.
    pub scope: Id,
    /// When the last common change was written, milliseconds UTC; `None` when nothing is common.
    pub common_ms: Option<u64>,
    /// When each branch was last written, milliseconds UTC.
    pub last_ms: [u64; 2],
}

/// Which ledger, and what somebody must hold for a segment to be left out.
pub struct Beyond<'r> {
    /// Whose rows.
    pub scope: Id,
    /// A segment is left out when every one of these covers it; none of them: everything goes.
    pub reaches: &'r [Reach],
}

impl View<'_> {
    /// The end of every chain of a ledger's rows, in a fixed order.
    pub fn chain_ends(&self, scope: Id) -> Result<Vec<ChainEnd>, StoreError> {
        let mut ask = self
            .db
            .prepare_cached("SELECT replica, tip, tip_hash FROM lin WHERE scope = ?1 ORDER BY replica, tip, tip_hash")
            .doing("preparing the ends of chains")?;
        let rows = ask.query_map([scope.as_bytes()], |row| {
            Ok(ChainEnd {
                scope,
                replica: Id::from_bytes(row.get("replica")?),
                depth: row.get("tip")?,
                hash: Hash(row.get("tip_hash")?),
            })
        });
        rows.and_then(Iterator::collect).doing("reading the ends of chains")
    }

    /// The end of every chain, in a fixed order.
    pub fn ends(&self) -> Result<Vec<ChainEnd>, StoreError> {
        let sql = "SELECT scope, replica, tip, tip_hash FROM lin ORDER BY scope, replica, tip, tip_hash";
        let mut ask = self.db.prepare_cached(sql).doing("preparing the ends of chains")?;
        let rows = ask.query_map([], |row| {
            Ok(ChainEnd {
                scope: Id::from_bytes(row.get("scope")?),
                replica: Id::from_bytes(row.get("replica")?),
                depth: row.get("tip")?,
                hash: Hash(row.get("tip_hash")?),
            })
        });
        rows.and_then(Iterator::collect).doing("reading the ends of chains")
    }

    /// Whether a change of known depth is here.
    pub fn holds(&self, hash: Hash, depth: u32) -> Result<bool, StoreError> {
        Ok(self.placed(hash, depth)?.is_some())
    }

    /// How far this computer's own chains under one name go: the depth of the longest.
    pub fn longest(&self, scope: Id, replica: Id) -> Result<Option<u32>, StoreError> {
        let mut ask = self
            .db
            .prepare_cached("SELECT max(tip) AS longest FROM lin WHERE scope = ?1 AND replica = ?2")
            .doing("preparing a chain's length")?;
        ask.query_row(params![scope.as_bytes(), replica.as_bytes()], |row| row.get("longest"))
            .doing("reading a chain's length")
    }

    /// What somebody holds who named these ends of chains. Changes unknown here count for nothing.
    pub fn reach(&self, ends: &[(Hash, u32)]) -> Result<Reach, StoreError> {
        let found = ends.iter().map(|(hash, depth)| self.placed(*hash, *depth)).collect::<Result<Vec<_>, _>>()?;
        Ok(Reach { ends: found.into_iter().flatten().collect() })
    }

    /// Whether somebody's knowledge covers all these ends of chains.
    pub fn covers(&self, reach: &Reach, ends: &[(Hash, u32)]) -> Result<bool, StoreError> {
        let tree = self.tree()?;
        for (hash, depth) in ends {
            match self.placed(*hash, *depth)? {
                Some(dot) if reach.holds(&tree, dot) => {}
                _ => return Ok(false),
            }
        }
        Ok(true)
    }

    /// The sealed segments of a ledger's rows that lie beyond what is acknowledged, parents first.
    pub fn segments_beyond(&self, beyond: &Beyond<'_>) -> Result<Vec<Outgoing>, StoreError> {
        let tree = self.tree()?;
        let known = |run: &Run| {
            let end = Dot { lin: run.lin, depth: run.last };
            !beyond.reaches.is_empty() && beyond.reaches.iter().all(|reach| reach.holds(&tree, end))
        };
        let runs = self.sealed_runs(beyond.scope)?;
        runs.into_iter().filter(|run| !known(run)).map(|run| self.outgoing(run)).collect()
    }

    /// Where a change stands that a segment needs: its chain's computer, ledger and depth.
    pub fn ground(&self, need: Need) -> Result<Option<ChainEnd>, StoreError> {
        let found = match need.near {
            oplog::Near::Depth(depth) => self.placed(need.hash, depth)?,
            oplog::Near::Row(row) => self.wrote_to(row, need.hash)?,
        };
        let Some(dot) = found else { return Ok(None) };
        let (replica, scope) = self.lineage(dot.lin)?;
        Ok(Some(ChainEnd { scope, replica, depth: dot.depth, hash: need.hash }))
    }

    /// Every place where two computers went on from one ledger under one name.
    pub fn forks(&self) -> Result<Vec<Fork>, StoreError> {
        let sql = "SELECT l.replica, l.scope, l.fork, l.id, l.tip, p.id AS other, p.tip AS other_tip
                     FROM lin l JOIN lin p ON p.id = l.fork >> 32 AND p.replica = l.replica
                    WHERE NOT EXISTS (SELECT 1 FROM held h WHERE h.lin = l.id AND h.package = 0)
                   UNION
                   SELECT l.replica, l.scope, NULL, l.id, l.tip, p.id, p.tip
                     FROM lin l JOIN lin p
                       ON p.replica = l.replica AND p.scope = l.scope AND p.id < l.id AND p.fork IS NULL AND l.fork IS NULL
                    WHERE NOT EXISTS (SELECT 1 FROM held h WHERE h.lin IN (l.id, p.id) AND h.package = 0)";
        let mut ask = self.db.prepare_cached(sql).doing("preparing forks")?;
        let mut rows = ask.query([]).doing("reading forks")?;
        let mut forks = Vec::new();
        while let Some(row) = rows.next().doing("reading a fork")? {
            let fork: Option<i64> = row.get("fork").doing("reading a fork")?;
            let end = |lin: &str, tip: &str| -> Result<u64, StoreError> {
                let (lin, depth) = (row.get(lin).doing("reading a fork")?, row.get(tip).doing("reading a fork")?);
                Ok(self.event(Dot { lin, depth })?.at_ms)
            };
            forks.push(Fork {
                replica: Id::from_bytes(row.get("replica").doing("reading a fork")?),
                scope: Id::from_bytes(row.get("scope").doing("reading a fork")?),
                common_ms: fork.map(|dot| self.event(Dot::unpacked(dot)).map(|event| event.at_ms)).transpose()?,
                last_ms: [end("id", "tip")?, end("other", "other_tip")?],
            });
        }
        Ok(forks)
    }

    pub(crate) fn placed(&self, hash: Hash, depth: u32) -> Result<Option<Dot>, StoreError> {
        let mut find = self
            .db
            .prepare_cached(
                "SELECT c.id FROM lin JOIN change c ON c.id = (lin.id << 32) + ?2 WHERE lin.tip >= ?2 AND c.hash = ?1",
            )
            .doing("preparing to find a change")?;
        let found = find.query_row(params![hash.0, depth], |row| row.get(0)).optional().doing("finding a change")?;
        Ok(found.map(Dot::unpacked))
    }

    fn wrote_to(&self, row: Id, hash: Hash) -> Result<Option<Dot>, StoreError> {
        let mut find = self
            .db
            .prepare_cached(
                "SELECT c.id FROM obj o JOIN op ON op.obj = o.id JOIN change c ON c.id = op.id >> 15
                  WHERE o.uuid = ?1 AND c.hash = ?2",
            )
            .doing("preparing what was seen")?;
        let found = find.query_row(params![row.as_bytes(), hash.0], |row| row.get(0)).optional();
        Ok(found.doing("finding what was seen")?.map(Dot::unpacked))
    }

    fn tree(&self) -> Result<Tree, StoreError> {
        let mut tree = Tree::default();
        let mut ask = self.db.prepare_cached("SELECT id, fork, tip FROM lin").doing("preparing lineages")?;
        let mut rows = ask.query([]).doing("reading lineages")?;
        while let Some(row) = rows.next().doing("reading a lineage")? {
            let fork: Option<i64> = row.get("fork").doing("reading a lineage")?;
            let tip = row.get("tip").doing("reading a lineage")?;
            tree.set(row.get("id").doing("reading a lineage")?, Lineage { fork: fork.map(Dot::unpacked), tip });
        }
        Ok(tree)
    }
}

impl Reach {
    fn holds(&self, tree: &Tree, dot: Dot) -> bool {
        self.ends.iter().any(|end| tree.is_at_or_before(dot, *end))
    }
}
