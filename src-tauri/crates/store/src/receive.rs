//! In from others: segments enter the log whole, or wait for what they refer to; the state follows in the same transaction.

use std::collections::{BTreeMap, BTreeSet};

use domain::Id;
use oplog::admit::{self, Hashed};
use oplog::segment::{Near, Need};
use oplog::{Hash, Segment};
use rusqlite::params;

use crate::batch::Batch;
use crate::chain::Vouched;
use crate::error::Doing;
use crate::{Door, StoreError};

/// A signed segment that arrived, its signature checked by the caller.
#[derive(Debug, Clone)]
pub struct Incoming {
    /// The segment.
    pub segment: Segment,
    /// The computer's signature over its tip.
    pub signature: Vec<u8>,
    /// The computer's certificate.
    pub certificate: Vec<u8>,
}

/// What came of receiving.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Received {
    /// Changes that were not here before.
    pub new_changes: usize,
    /// Rows made.
    pub rows_added: Vec<Id>,
    /// Rows that were here and were written to.
    pub rows_changed: Vec<Id>,
    /// Segments that wait for others.
    pub waiting: usize,
    /// Chains that turned out to be branches of one: a cloned disk, or a restored backup.
    pub forks: usize,
    /// Fields newly in conflict.
    pub conflicts: usize,
    /// Changes that were not here before.
    pub changes: BTreeSet<Hash>,
    /// Rows of one ledger written by a chain of another: that does not count.
    pub foreign: Vec<Id>,
    /// Packages that had been taken back and count again, because something that came builds on them.
    pub taken_up: Vec<i64>,
}

impl Received {
    /// What came of receiving more of the same package.
    pub fn add(&mut self, next: Self) {
        self.new_changes += next.new_changes;
        let changed: Vec<Id> = next.rows_changed.into_iter().filter(|row| !self.rows_added.contains(row)).collect();
        self.rows_changed
            .extend(changed.into_iter().filter(|row| !self.rows_changed.contains(row)).collect::<Vec<_>>());
        self.rows_added.extend(next.rows_added);
        // What waits is counted anew each time.
        self.waiting = next.waiting;
        self.forks += next.forks;
        self.conflicts += next.conflicts;
        self.changes.extend(next.changes);
        self.foreign.extend(next.foreign);
        self.taken_up.extend(next.taken_up);
    }
}

/// Signature, certificate and package of segments, by where those end and where they begin.
type Vouchers = BTreeMap<(Option<Hash>, u32), (Vec<u8>, Vec<u8>, i64)>;

impl Door<'_> {
    /// Takes in segments, and whatever waited for them. Receiving the same again changes nothing.
    pub fn receive(&mut self, segments: Vec<Incoming>, package: i64) -> Result<Received, StoreError> {
        let mut received = Received::default();
        let lineages = self.count("SELECT count(*) FROM lin WHERE fork IS NOT NULL")?;
        let conflicts = self.count("SELECT count(*) FROM conflict")?;
        let (mut vouched, mut staged) = (Vouchers::new(), BTreeMap::new());
        let arrived = segments.into_iter().map(|one| (one, package));
        for (Incoming { segment, signature, certificate }, package) in arrived.chain(self.waiting()?) {
            let one = Hashed::from(segment);
            vouched.insert(one.name(), (signature, certificate, package));
            staged.insert(one.name(), one);
        }
        let writers = staged.values().map(|one| one.segment.replica).collect();
        let staged = staged.into_values().collect();
        let mut failed = None;
        let batch = Batch::default();
        let sorted = admit::admit(staged, |need| match self.held(&batch, need) {
            Ok(held) => held,
            Err(error) => {
                failed = Some(error);
                false
            }
        });
        if let Some(error) = failed {
            return Err(error);
        }
        self.enter(sorted.ready, &vouched, &mut received)?;
        received.waiting = sorted.waiting.len();
        self.keep_waiting(sorted.waiting, &sorted.missing, &vouched)?;
        self.drop_told(&writers)?;
        received.forks = self.count("SELECT count(*) FROM lin WHERE fork IS NOT NULL")? - lineages;
        received.conflicts = self.count("SELECT count(*) FROM conflict")?.saturating_sub(conflicts);
        Ok(received)
    }

    /// Whether the ledger has a change, looked for where the need says.
    fn held(&self, batch: &Batch, need: Need) -> Result<bool, StoreError> {
        Ok(match need.near {
            Near::Depth(depth) => self.dot_at(batch, need.hash, depth)?.is_some(),
            Near::Row(row) => match self.view().obj(row)? {
                Some(obj) => self.wrote_row(obj, need.hash)?.is_some(),
                None => false,
            },
        })
    }

    fn enter(&mut self, ready: Vec<Hashed>, vouched: &Vouchers, received: &mut Received) -> Result<(), StoreError> {
        received.taken_up = self.lift_grounds(ready.iter().map(|one| &one.segment))?;
        let mut batch = Batch::default();
        let vouched = |one: &Hashed| match vouched.get(&one.name()) {
            Some((signature, certificate, package)) => Vouched {
                signature: Some(signature.clone()),
                certificate: Some(certificate.clone()),
                package: Some(*package),
            },
            None => Vouched::default(),
        };
        let segments: Vec<_> = ready.into_iter().map(|one| (vouched(&one), one)).map(|(by, one)| (one, by)).collect();
        self.enter_log(&mut batch, segments)?;
        received.new_changes = batch.placed();
        received.changes = batch.dots.keys().copied().collect();
        received.foreign = self.foreign(&batch);
        let counted = batch.fresh.iter().filter(|op| self.memory.counts(op.dot));
        let mut touched: Vec<i64> = counted.map(|op| op.obj).collect();
        touched.extend(batch.births().map(|birth| birth.obj));
        touched.sort_unstable();
        touched.dedup();
        for obj in touched {
            let Some(known) = batch.objs.get(&obj) else { continue };
            let rows = if known.born.is_some() { &mut received.rows_changed } else { &mut received.rows_added };
            rows.push(known.uuid);
        }
        self.settle(batch)
    }

    /// Rows that a chain of another ledger wrote to.
    fn foreign(&self, batch: &Batch) -> Vec<Id> {
        let strange = |op: &&crate::batch::FreshOp| {
            let known = batch.objs.get(&op.obj).filter(|obj| obj.scope.is_some_and(|scope| scope != op.scope));
            known.is_some() && self.memory.counts(op.dot)
        };
        let rows = batch.fresh.iter().filter(strange).filter_map(|op| batch.objs.get(&op.obj));
        rows.map(|obj| obj.uuid).collect::<BTreeSet<Id>>().into_iter().collect()
    }

    pub(crate) fn count(&self, sql: &str) -> Result<usize, StoreError> {
        let count: i64 = self.tx.query_row(sql, [], |row| row.get(0)).doing("counting")?;
        Ok(usize::try_from(count).unwrap_or_default())
    }

    /// Takes what waits out of the inbox; what still cannot enter goes back.
    fn waiting(&self) -> Result<Vec<(Incoming, i64)>, StoreError> {
        let mut ask = self.tx.prepare("SELECT bytes, package FROM inbox").doing("preparing the inbox")?;
        let rows: Vec<(Vec<u8>, Option<i64>)> = ask
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
            .and_then(Iterator::collect)
            .doing("reading the inbox")?;
        self.tx.execute("DELETE FROM inbox", []).doing("emptying the inbox")?;
        rows.iter().map(|(bytes, package)| Ok((unpack(bytes)?, package.unwrap_or_default()))).collect()
    }

    fn keep_waiting(&self, waiting: Vec<Hashed>, missing: &[Hash], vouched: &Vouchers) -> Result<(), StoreError> {
        for one in waiting {
            let Some((signature, certificate, package)) = vouched.get(&one.name()).cloned() else { continue };
            let own = one.segment.needs().map(|need| need.hash).find(|hash| missing.contains(hash));
            let lacks = own.or(missing.first().copied()).map(|hash| hash.0).unwrap_or_default();
            let bytes = pack(&Incoming { segment: one.segment, signature, certificate });
            self.tx
                .execute(
                    "INSERT OR REPLACE INTO inbox (hash, bytes, missing, package) VALUES (?1, ?2, ?3, ?4)",
                    params![Hash::of(&[&bytes]).0, bytes, lacks, package],
                )
                .doing("keeping a segment that waits")?;
        }
        Ok(())
    }
}

/// Lengths, then the three parts.
pub(crate) fn pack(incoming: &Incoming) -> Vec<u8> {
    let part = |bytes: &[u8]| [&u32::try_from(bytes.len()).unwrap_or_default().to_be_bytes(), bytes].concat();
    [part(&incoming.signature), part(&incoming.certificate), incoming.segment.to_bytes()].concat()
}

pub(crate) fn unpack(bytes: &[u8]) -> Result<Incoming, StoreError> {
    let bad = || StoreError::Damaged("a waiting segment".to_owned());
    let take = |bytes: &[u8]| -> Option<(Vec<u8>, Vec<u8>)> {
        let (len, rest) = bytes.split_at_checked(4)?;
        let (part, rest) = rest.split_at_checked(u32::from_be_bytes(len.try_into().ok()?) as usize)?;
        Some((part.to_vec(), rest.to_vec()))
    };
    let (signature, rest) = take(bytes).ok_or_else(bad)?;
    let (certificate, rest) = take(&rest).ok_or_else(bad)?;
    let segment = Segment::from_bytes(&rest).map_err(|_| bad())?;
    Ok(Incoming { segment, signature, certificate })
}
