//! Where changes stand: the lineage they continue or branch off from, and the signed runs they belong to.

use oplog::admit::Hashed;
use oplog::tree::Lineage;
use oplog::{Change, Dot, Hash};
use rusqlite::{OptionalExtension, params};

use crate::batch::Batch;
use crate::error::Doing;
use crate::standing::NONE;
use crate::{Door, StoreError};

/// The signed certificate material a segment arrives with.
#[derive(Debug, Clone, Default)]
pub(crate) struct Vouched {
    pub(crate) signature: Option<Vec<u8>>,
    pub(crate) certificate: Option<Vec<u8>>,
    pub(crate) package: Option<i64>,
}

/// A segment's unknown changes with the lineage they were given.
pub(crate) struct Placed {
    pub(crate) lin: u32,
    pub(crate) epoch: [u8; 32],
    pub(crate) fresh: Vec<(Change, Hash)>,
}

impl Door<'_> {
    /// Gives every unknown change of a segment its place: on the chain it continues, or on a branch of it.
    pub(crate) fn place(&mut self, batch: &mut Batch, one: Hashed) -> Result<Option<Placed>, StoreError> {
        let (known, after) = self.known_part(batch, &one)?;
        if known == one.hashes.len() {
            return Ok(None);
        }
        let lin = self.lineage_after(after, &one)?;
        let epoch = one.segment.epoch;
        let fresh: Vec<(Change, Hash)> = one.segment.changes.into_iter().zip(one.hashes).skip(known).collect();
        let Some((last, _)) = fresh.last() else { return Ok(None) };
        for (change, hash) in &fresh {
            batch.dots.insert(*hash, Dot { lin, depth: change.depth });
        }
        let fork = self.memory.tree.get(lin).and_then(|lineage| lineage.fork);
        self.memory.tree.set(lin, Lineage { fork, tip: last.depth });
        Ok(Some(Placed { lin, epoch, fresh }))
    }

    /// How many leading changes are held already, and where the last of them (or the parent) stands.
    fn known_part(&self, batch: &Batch, one: &Hashed) -> Result<(usize, Option<Dot>), StoreError> {
        let mut after = match one.segment.parent {
            Some(parent) => self.dot_at(batch, parent, one.segment.first_depth.saturating_sub(1))?,
            None => None,
        };
        if one.segment.parent.is_some() && after.is_none() {
            return Err(StoreError::Defect("a segment was admitted without its parent".to_owned()));
        }
        // What is held is held from the beginning on. As a rule that is all of it or nothing; else halving finds the end.
        let (mut known, mut end) = (0, one.hashes.len());
        let mut tries = [end.saturating_sub(1), 0].into_iter();
        while known < end {
            let at = tries.next().unwrap_or(known + (end - known) / 2);
            let depth = one.segment.first_depth + u32::try_from(at).unwrap_or(u32::MAX);
            let dot = one.hashes.get(at).map(|hash| self.dot_at(batch, *hash, depth)).transpose()?.flatten();
            match dot {
                Some(dot) => (known, after) = (at + 1, Some(dot)),
                None => end = at,
            }
        }
        Ok((known, after))
    }

    /// Where a change of known depth stands: the tips are asked first, then every lineage long enough.
    pub(crate) fn dot_at(&self, batch: &Batch, hash: Hash, depth: u32) -> Result<Option<Dot>, StoreError> {
        if let Some(dot) = batch.dots.get(&hash) {
            return Ok(Some(*dot));
        }
        let mut find = self
            .tx
            .prepare_cached(
                "SELECT c.id FROM lin JOIN change c ON c.id = (lin.id << 32) + ?2 WHERE lin.tip >= ?2 AND c.hash = ?1",
            )
            .doing("preparing to find a change")?;
        let found = find.query_row(params![hash.0, depth], |row| row.get(0)).optional().doing("finding a change")?;
        Ok(found.map(Dot::unpacked))
    }

    /// The lineage that continues after a dot, or a new one that branches off there.
    fn lineage_after(&mut self, after: Option<Dot>, one: &Hashed) -> Result<u32, StoreError> {
        if let Some(dot) =
            after.filter(|dot| self.memory.tree.get(dot.lin).is_some_and(|lineage| lineage.tip == dot.depth))
        {
            return Ok(dot.lin);
        }
        let lin = self.memory.tree.next_number();
        let tip = one.segment.first_depth;
        self.memory.tree.set(lin, Lineage { fork: after, tip });
        self.tx
            .prepare_cached(
                "INSERT INTO lin (id, fork, replica, scope, tip, tip_hash) VALUES (?1, ?2, ?3, ?4, ?5, x'')",
            )
            .and_then(|mut insert| {
                insert.execute(params![
                    lin,
                    after.map(Dot::packed),
                    one.segment.replica.as_bytes(),
                    one.segment.scope.as_bytes(),
                    tip
                ])
            })
            .doing("adding a lineage")?;
        if after.is_some_and(|dot| !self.memory.counts(dot)) {
            self.keep_bar(lin, Some(NONE))?;
        }
        Ok(lin)
    }

    pub(crate) fn keep_segment(
        &self,
        lin: u32,
        first: u32,
        last: u32,
        epoch: [u8; 32],
        vouched: &Vouched,
    ) -> Result<(), StoreError> {
        let sealed = vouched.signature.is_some();
        match (sealed, self.open_segment(lin)?) {
            (false, Some(_)) => return Ok(()),
            (true, Some(begun)) => self.close_segment(lin, begun, first)?,
            (_, None) => {}
        }
        self.tx
            .prepare_cached(
                "INSERT INTO segment (lin, first, last, epoch, signature, certificate, package) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )
            .and_then(|mut insert| {
                let last = sealed.then_some(last);
                insert.execute(params![lin, first, last, epoch, vouched.signature, vouched.certificate, vouched.package])
            })
            .doing("keeping a segment")?;
        Ok(())
    }

    /// The depth at which the open segment of a lineage begins.
    fn open_segment(&self, lin: u32) -> Result<Option<u32>, StoreError> {
        let mut ask = self
            .tx
            .prepare_cached("SELECT first FROM segment WHERE lin = ?1 AND last IS NULL")
            .doing("preparing segments")?;
        ask.query_row([lin], |row| row.get(0)).optional().doing("asking for the open segment")
    }

    /// A chain that comes back from a lost copy continues our own: what was open ends before it.
    fn close_segment(&self, lin: u32, begun: u32, before: u32) -> Result<(), StoreError> {
        let sql = match begun < before {
            true => "UPDATE segment SET last = ?2 - 1 WHERE lin = ?1 AND last IS NULL",
            false => "DELETE FROM segment WHERE lin = ?1 AND last IS NULL AND first >= ?2",
        };
        self.tx.prepare_cached(sql).and_then(|mut close| close.execute([lin, before])).doing("closing a segment")?;
        Ok(())
    }
}
