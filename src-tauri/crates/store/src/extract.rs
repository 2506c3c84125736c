//! Out of the log: sealed segments, exactly as they were written, for a package.

use domain::Id;
use oplog::change::Sealed;
use oplog::{Change, Dot, Flags, Hash, Op, Secret, Segment, Time, unwire};
use rusqlite::params;

use crate::error::Doing;
use crate::{Door, StoreError, View};

/// A sealed segment on its way out.
#[derive(Debug, Clone)]
pub struct Outgoing {
    /// The segment.
    pub segment: Segment,
    /// The computer's signature over its tip.
    pub signature: Vec<u8>,
    /// The computer's certificate.
    pub certificate: Vec<u8>,
    /// The hash of its last change.
    pub tip: Hash,
}

/// Signs the tip of a chain with this computer's key: message in, signature out.
pub type Signer<'s> = &'s dyn Fn(&[u8]) -> Vec<u8>;

/// A row of the segment table.
pub(crate) struct Run {
    id: i64,
    pub(crate) lin: u32,
    first: u32,
    pub(crate) last: u32,
    epoch: [u8; 32],
    signature: Option<Vec<u8>>,
    certificate: Option<Vec<u8>>,
}

impl Door<'_> {
    /// Seals what is open on this computer's chains: nothing can be added to a sealed segment.
    pub fn seal(&mut self, sign: Signer<'_>, certificate: &[u8]) -> Result<(), StoreError> {
        self.tx
            .execute(
                "UPDATE segment SET last = (SELECT tip FROM lin WHERE lin.id = segment.lin) WHERE last IS NULL",
                [],
            )
            .doing("ending segments")?;
        for run in self.view().runs("signature IS NULL", [])? {
            let (replica, scope) = self.view().lineage(run.lin)?;
            let tip = self.view().hash_of(Dot { lin: run.lin, depth: run.last })?;
            let signature = sign(&Segment::tip_message(scope, replica, run.last, tip));
            self.tx
                .execute(
                    "UPDATE segment SET signature = ?2, certificate = ?3 WHERE id = ?1",
                    params![run.id, signature, certificate],
                )
                .doing("sealing a segment")?;
        }
        Ok(())
    }
}

impl View<'_> {
    /// Every sealed segment of a scope, in an order that keeps parents first.
    pub fn segments(&self, scope: Id) -> Result<Vec<Outgoing>, StoreError> {
        self.sealed_runs(scope)?.into_iter().map(|run| self.outgoing(run)).collect()
    }

    pub(crate) fn sealed_runs(&self, scope: Id) -> Result<Vec<Run>, StoreError> {
        let of_scope = "signature IS NOT NULL AND lin IN (SELECT id FROM lin WHERE scope = ?1)";
        self.runs(of_scope, params![scope.as_bytes()])
    }

    /// Whether anything was written since chains were last sealed.
    pub fn unsealed(&self) -> Result<bool, StoreError> {
        let mut ask = self
            .db
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM segment WHERE signature IS NULL) AS waits")
            .doing("preparing unsealed")?;
        ask.query_row([], |row| row.get("waits")).doing("reading unsealed")
    }

    fn runs(&self, only: &str, with: impl rusqlite::Params) -> Result<Vec<Run>, StoreError> {
        let sql = format!(
            "SELECT id, lin, first, last, epoch, signature, certificate FROM segment WHERE {only} ORDER BY lin, first"
        );
        let mut ask = self.db.prepare_cached(&sql).doing("preparing segments")?;
        let rows = ask.query_map(with, |row| {
            Ok(Run {
                id: row.get("id")?,
                lin: row.get("lin")?,
                first: row.get("first")?,
                last: row.get("last")?,
                epoch: row.get("epoch")?,
                signature: row.get("signature")?,
                certificate: row.get("certificate")?,
            })
        });
        rows.and_then(Iterator::collect).doing("reading segments")
    }

    /// The computer and the scope of a lineage.
    pub(crate) fn lineage(&self, lin: u32) -> Result<(Id, Id), StoreError> {
        let mut ask =
            self.db.prepare_cached("SELECT replica, scope FROM lin WHERE id = ?1").doing("preparing a lineage")?;
        let found =
            ask.query_row([lin], |row| Ok((row.get::<_, [u8; 16]>("replica")?, row.get::<_, [u8; 16]>("scope")?)));
        found.map(|(replica, scope)| (Id::from_bytes(replica), Id::from_bytes(scope))).doing("reading a lineage")
    }

    pub(crate) fn outgoing(&self, run: Run) -> Result<Outgoing, StoreError> {
        let (segment, tip) = self.segment(run.lin, run.first, run.last, run.epoch)?;
        let (Some(signature), Some(certificate), Some(tip)) = (run.signature, run.certificate, tip) else {
            return Err(StoreError::Damaged("a sealed segment lacks its seal".to_owned()));
        };
        Ok(Outgoing { segment, signature, certificate, tip })
    }

    /// A run of a lineage as a segment, with the stored hash of its last change.
    pub(crate) fn segment(
        &self,
        lin: u32,
        first: u32,
        last: u32,
        epoch: [u8; 32],
    ) -> Result<(Segment, Option<Hash>), StoreError> {
        let (replica, scope) = self.lineage(lin)?;
        let parent = self.parent_of(lin, first)?;
        let mut segment = Segment { replica, scope, parent, first_depth: first, epoch, changes: Vec::new() };
        let mut before = parent;
        for depth in first..=last {
            let (change, hash) = self.change(Dot { lin, depth }, &segment, before)?;
            segment.changes.push(change);
            before = Some(hash);
        }
        Ok((segment, before))
    }

    pub(crate) fn parent_of(&self, lin: u32, first: u32) -> Result<Option<Hash>, StoreError> {
        let fork: Option<i64> =
            self.db.query_row("SELECT fork FROM lin WHERE id = ?1", [lin], |row| row.get(0)).doing("reading a fork")?;
        match (fork.map(Dot::unpacked), first.checked_sub(1)) {
            (_, None) => Ok(None),
            (Some(fork), Some(depth)) if depth <= fork.depth => self.hash_of(fork).map(Some),
            (_, Some(depth)) => self.hash_of(Dot { lin, depth }).map(Some),
        }
    }

    /// A change as it was written, from the log.
    pub(crate) fn change(
        &self,
        dot: Dot,
        within: &Segment,
        parent: Option<Hash>,
    ) -> Result<(Change, Hash), StoreError> {
        let mut ask = self
            .db
            .prepare_cached(
                "SELECT c.hash, c.time, c.flags, c.batch, c.undoes, c.why, c.sealed, w.uuid AS who
                   FROM change c JOIN obj w ON w.id = c.who WHERE c.id = ?1",
            )
            .doing("preparing a change")?;
        let mut rows = ask.query([dot.packed()]).doing("reading a change")?;
        let row = rows
            .next()
            .doing("reading a change")?
            .ok_or_else(|| StoreError::Damaged("a change is missing".to_owned()))?;
        let time: i64 = row.get("time").doing("reading a change")?;
        let batch: Option<[u8; 16]> = row.get("batch").doing("reading a change")?;
        let undoes: Option<i64> = row.get("undoes").doing("reading a change")?;
        let mut change = Change {
            parent,
            depth: dot.depth,
            replica: within.replica,
            scope: within.scope,
            who: Id::from_bytes(row.get("who").doing("reading a change")?),
            time: Time(u64::try_from(time).unwrap_or_default()),
            flags: Flags(row.get("flags").doing("reading a change")?),
            batch: batch.map(Id::from_bytes),
            undoes: undoes.map(|dot| self.hash_of(Dot::unpacked(dot))).transpose()?,
            ext: Vec::new(),
            why: Sealed::Open(row.get("why").doing("reading a change")?),
            secret: Secret::Epoch(within.epoch),
            ops: self.ops(dot)?,
        };
        if let Some(unusual) = row.get::<_, Option<Vec<u8>>>("sealed").doing("reading a change")? {
            unwire::restore_unusual(&unusual, &mut change).map_err(|error| StoreError::Damaged(error.to_string()))?;
        }
        Ok((change, Hash(row.get("hash").doing("reading a change")?)))
    }

    fn ops(&self, dot: Dot) -> Result<Vec<Op>, StoreError> {
        let written = self.rows_of(dot)?;
        let op = |one: crate::history::Written| {
            let mut seen = one.seen.iter().map(|dot| self.hash_of(*dot)).collect::<Result<Vec<Hash>, _>>()?;
            seen.sort_unstable();
            Ok(Op { row: one.row, field: one.name, seen, payload: one.payload })
        };
        written.into_iter().map(op).collect()
    }
}
