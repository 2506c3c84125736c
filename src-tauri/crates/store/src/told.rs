//! Random bytes from which the salt of an erased value follows leave the file, whatever came first: the value, its erasure,
//! or the bytes with another part of their run (merge.md §2.7, invariant 17).

use std::collections::BTreeSet;

use domain::Id;
use oplog::change::tells;
use oplog::{Dot, Hash, Secret, unwire};
use rusqlite::params;

use crate::batch::Batch;
use crate::enter::unusual;
use crate::error::Doing;
use crate::receive::{pack, unpack};
use crate::{Door, StoreError, View};

/// A change from which something was erased: what was before it, and the commitment to its seed.
struct Erased {
    dot: Dot,
    parent: Option<Hash>,
    seed: Hash,
}

impl Door<'_> {
    /// Drops what would tell an erased value of these computers, in runs and in what waits; what waits does not repeat it.
    pub(crate) fn drop_told(&mut self, writers: &BTreeSet<Id>) -> Result<(), StoreError> {
        for writer in writers {
            let erased = self.view().erased_by(*writer)?;
            if erased.is_empty() {
                continue;
            }
            for epoch in self.view().drawn_by(*writer)? {
                if erased.iter().any(|one| tells(&epoch, one.parent, one.seed)) {
                    self.drop_epoch(epoch)?;
                }
            }
            self.drop_in_waiting(*writer, &erased)?;
        }
        Ok(())
    }

    fn drop_in_waiting(&self, writer: Id, erased: &[Erased]) -> Result<(), StoreError> {
        let mut ask = self.tx.prepare_cached("SELECT hash, bytes FROM inbox").doing("preparing the inbox")?;
        let waiting: Vec<([u8; 32], Vec<u8>)> = ask
            .query_map([], |row| Ok((row.get("hash")?, row.get("bytes")?)))
            .and_then(Iterator::collect)
            .doing("reading the inbox")?;
        for (name, bytes) in waiting {
            let mut one = unpack(&bytes)?;
            if one.segment.replica != writer {
                continue;
            }
            let hashes = one.segment.hashes();
            if erased.iter().any(|gone| tells(&one.segment.epoch, gone.parent, gone.seed)) {
                one.segment.drop_epoch();
            }
            for (change, hash) in one.segment.changes.iter_mut().zip(hashes) {
                let held = self.dot_at(&Batch::default(), hash, change.depth)?;
                if let Some(dot) = held.filter(|dot| erased.iter().any(|gone| gone.dot == *dot)) {
                    let epoch = self.view().epoch_at(dot.lin, dot.depth)?;
                    (*change, _) = self.view().change_at(dot, epoch)?;
                }
            }
            let left = pack(&one);
            self.tx
                .prepare_cached("UPDATE inbox SET hash = ?2, bytes = ?3 WHERE hash = ?1")
                .and_then(|mut put| put.execute(params![name, Hash::of(&[&left]).0, left]))
                .doing("keeping what is left of what waits")?;
        }
        Ok(())
    }

    /// Forgets random bytes: every change whose salts follow from them keeps its own seed. What is written next on an
    /// open run draws new ones.
    fn drop_epoch(&mut self, epoch: [u8; 32]) -> Result<(), StoreError> {
        let mut ask = self
            .tx
            .prepare_cached(
                "SELECT s.lin, s.first, coalesce(s.last, l.tip) FROM segment s JOIN lin l ON l.id = s.lin
                  WHERE s.epoch = ?1",
            )
            .doing("preparing random bytes")?;
        let runs: Vec<(u32, u32, u32)> = ask
            .query_map([epoch], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .and_then(Iterator::collect)
            .doing("reading random bytes")?;
        drop(ask);
        for (lin, first, last) in runs {
            for depth in first..=last {
                let dot = Dot { lin, depth };
                let (mut change, _) = self.view().change_at(dot, epoch)?;
                if matches!(change.secret, Secret::Epoch(_)) {
                    change.keep_seed();
                    self.keep_unusual(dot, unusual(&change))?;
                }
            }
        }
        for sql in [
            "UPDATE segment SET last = (SELECT tip FROM lin WHERE lin.id = segment.lin) WHERE epoch = ?1 AND last IS NULL",
            "UPDATE segment SET epoch = zeroblob(32) WHERE epoch = ?1",
        ] {
            self.tx.execute(sql, [epoch]).doing("dropping random bytes")?;
        }
        Ok(())
    }
}

impl View<'_> {
    /// Changes of a computer from which something was erased.
    fn erased_by(&self, writer: Id) -> Result<Vec<Erased>, StoreError> {
        let mut ask = self
            .db
            .prepare_cached(
                "SELECT c.id, c.sealed FROM lin l
                   JOIN change c INDEXED BY change_sealed ON c.id BETWEEN l.id << 32 AND (l.id << 32) + 4294967295
                  WHERE l.replica = ?1 AND c.sealed IS NOT NULL",
            )
            .doing("preparing what was erased")?;
        let mut rows = ask.query([writer.as_bytes()]).doing("reading what was erased")?;
        let mut erased = Vec::new();
        while let Some(row) = rows.next().doing("reading what was erased")? {
            let dot = Dot::unpacked(row.get("id").doing("reading what was erased")?);
            let kept: Vec<u8> = row.get("sealed").doing("reading what was erased")?;
            let seed = unwire::committed(&kept).map_err(|error| StoreError::Damaged(error.to_string()))?;
            if let Some(seed) = seed {
                erased.push(Erased { dot, parent: self.parent_of(dot.lin, dot.depth)?, seed });
            }
        }
        Ok(erased)
    }

    /// Random bytes that a computer's changes are salted with.
    fn drawn_by(&self, writer: Id) -> Result<Vec<[u8; 32]>, StoreError> {
        let mut ask = self
            .db
            .prepare_cached(
                "SELECT DISTINCT s.epoch FROM segment s JOIN lin l ON l.id = s.lin
                  WHERE l.replica = ?1 AND s.epoch <> zeroblob(32)",
            )
            .doing("preparing random bytes")?;
        let rows = ask.query_map([writer.as_bytes()], |row| row.get("epoch"));
        rows.and_then(Iterator::collect).doing("reading random bytes")
    }

    /// Every computer that wrote something.
    pub fn writers(&self) -> Result<BTreeSet<Id>, StoreError> {
        let mut ask = self.db.prepare_cached("SELECT DISTINCT replica FROM lin").doing("preparing computers")?;
        let rows = ask.query_map([], |row| row.get("replica").map(Id::from_bytes));
        rows.and_then(Iterator::collect).doing("reading computers")
    }
}
