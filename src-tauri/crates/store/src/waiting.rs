//! Packages of which a part waits in the inbox.

use domain::Id;
use oplog::Hash;

use crate::error::Doing;
use crate::{StoreError, View};

/// A package of which a part waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waits {
    /// The organisation that sent it.
    pub sender: Id,
    /// The computer that sealed it.
    pub replica: Id,
    /// Its number.
    pub number: u64,
    /// One change it waits for.
    pub missing: Hash,
    /// When it came, milliseconds UTC.
    pub merged_ms: u64,
}

impl View<'_> {
    /// Packages of which a part waits, oldest first.
    pub fn waits(&self) -> Result<Vec<Waits>, StoreError> {
        let mut ask = self
            .db
            .prepare_cached(
                "SELECT a.sender, a.replica, a.number, a.merged, min(i.missing) AS missing
                   FROM inbox i JOIN arrived a ON a.id = i.package GROUP BY a.id ORDER BY a.id",
            )
            .doing("preparing what waits")?;
        let number = |n: i64| u64::try_from(n).unwrap_or_default();
        let rows = ask.query_map([], |row| {
            Ok(Waits {
                sender: Id::from_bytes(row.get("sender")?),
                replica: Id::from_bytes(row.get("replica")?),
                number: number(row.get("number")?),
                missing: Hash(row.get("missing")?),
                merged_ms: number(row.get("merged")?),
            })
        });
        rows.and_then(Iterator::collect).doing("reading what waits")
    }

    /// How many fields of a ledger's rows were filled differently and are not settled.
    pub fn conflicts_in(&self, scope: Id) -> Result<u64, StoreError> {
        let mut ask = self
            .db
            .prepare_cached(
                "SELECT count(*) FROM conflict c JOIN obj o ON o.id = c.obj JOIN obj s ON s.id = o.scope
                  WHERE s.uuid = ?1",
            )
            .doing("preparing conflicts")?;
        let count: i64 = ask.query_row([scope.as_bytes()], |row| row.get(0)).doing("counting conflicts")?;
        Ok(u64::try_from(count).unwrap_or_default())
    }
}
