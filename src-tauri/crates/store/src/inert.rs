//! What is here of a computer's writing and does not count, row by row (decisions B15, B18).

use domain::Id;

use crate::error::Doing;
use crate::standing::COUNTS;
use crate::{StoreError, View};

/// Why a row's writing does not count, as far as the log tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aside {
    /// Its writer may not write it, or no longer.
    Barred,
    /// The package that brought it was taken back.
    TakenBack,
    /// The row belongs to another ledger.
    Strange,
}

/// A row of which something written by a computer does not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inert {
    /// The row.
    pub row: Id,
    /// The ledger that the writing says it is of.
    pub scope: Id,
    /// The certificate it came with; empty when it never left the computer.
    pub certificate: Vec<u8>,
    /// Why.
    pub aside: Aside,
}

impl View<'_> {
    /// Rows that a computer wrote in vain, each once for each reason.
    pub fn inert_by(&self, replica: Id) -> Result<Vec<Inert>, StoreError> {
        let mut ask = self
            .db
            .prepare_cached(
                "SELECT DISTINCT o.uuid AS row, l.scope AS scope, h.package > 0 AS back,
                        (SELECT s.certificate FROM segment s
                          WHERE s.lin = l.id AND s.first <= (op.id >> 15 & 4294967295)
                          ORDER BY s.first DESC LIMIT 1) AS certificate
                   FROM lin l JOIN held h ON h.lin = l.id
                   JOIN op ON op.id BETWEEN ((l.id << 32) + h.after + 1) << 15 AND ((l.id + 1) << 47) - 1
                   JOIN obj o ON o.id = op.obj
                  WHERE l.replica = ?1 ORDER BY back, o.id",
            )
            .doing("preparing what does not count")?;
        let rows = ask.query_map([replica.as_bytes()], |row| {
            Ok(Inert {
                row: Id::from_bytes(row.get("row")?),
                scope: Id::from_bytes(row.get("scope")?),
                certificate: row.get::<_, Option<Vec<u8>>>("certificate")?.unwrap_or_default(),
                aside: if row.get("back")? { Aside::TakenBack } else { Aside::Barred },
            })
        });
        rows.and_then(Iterator::collect).doing("reading what does not count")
    }

    /// Rows of other ledgers that a computer wrote to. Reads all that it wrote.
    pub fn strange_to(&self, replica: Id) -> Result<Vec<Inert>, StoreError> {
        let mut ask = self
            .db
            .prepare_cached(&format!(
                "SELECT DISTINCT o.uuid AS row, l.scope AS scope
                   FROM lin l JOIN obj s ON s.uuid = l.scope
                   JOIN op ON op.id BETWEEN l.id << 47 AND ((l.id + 1) << 47) - 1
                   JOIN obj o ON o.id = op.obj
                  WHERE l.replica = ?1 AND o.scope <> s.id AND {COUNTS} ORDER BY o.id"
            ))
            .doing("preparing what strayed")?;
        let rows = ask.query_map([replica.as_bytes()], |row| {
            Ok(Inert {
                row: Id::from_bytes(row.get("row")?),
                scope: Id::from_bytes(row.get("scope")?),
                certificate: Vec::new(),
                aside: Aside::Strange,
            })
        });
        rows.and_then(Iterator::collect).doing("reading what strayed")
    }
}
