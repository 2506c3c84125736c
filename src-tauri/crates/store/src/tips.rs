//! How far each chain goes.

use domain::Id;

use crate::error::Doing;
use crate::{StoreError, View};

/// How far a chain goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ChainTip {
    /// The computer that writes it.
    pub replica: Id,
    /// The organisation whose rows it writes.
    pub scope: Id,
    /// Depth of its newest change.
    pub depth: i64,
    /// Hash of its newest change.
    pub hash: [u8; 32],
}

impl View<'_> {
    /// How far each chain of the ledger goes, in an order of its own.
    pub fn tips(&self) -> Result<Vec<ChainTip>, StoreError> {
        self.chain_tips("SELECT replica, scope, tip AS depth, tip_hash AS hash FROM lin")
    }

    /// How far each chain counts: without what was taken back and what its writer may not write. In an order of its own.
    pub fn counted_tips(&self) -> Result<Vec<ChainTip>, StoreError> {
        self.chain_tips(
            "SELECT l.replica, l.scope, end.id & 4294967295 AS depth, end.hash
               FROM (SELECT lin.*, min(tip, coalesce((SELECT min(after) FROM held WHERE held.lin = lin.id), tip)) AS counts
                       FROM lin) l
               JOIN change end ON end.id = (l.id << 32) + l.counts
              WHERE l.counts >= 0",
        )
    }

    /// Tips from a query of `replica`, `scope`, `depth`, `hash`.
    fn chain_tips(&self, sql: &str) -> Result<Vec<ChainTip>, StoreError> {
        let mut ask = self.db.prepare_cached(sql).doing("preparing tips")?;
        let rows = ask.query_map([], |row| {
            Ok(ChainTip {
                replica: Id::from_bytes(row.get("replica")?),
                scope: Id::from_bytes(row.get("scope")?),
                depth: row.get("depth")?,
                hash: row.get("hash")?,
            })
        });
        let mut tips: Vec<ChainTip> = rows.and_then(Iterator::collect).doing("reading tips")?;
        tips.sort();
        Ok(tips)
    }
}
