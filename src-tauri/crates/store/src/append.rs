//! Changes on this computer's own chain: cut into parts, hashed beside the writing.

use std::iter::Peekable;
use std::sync::mpsc;
use std::thread;
use std::vec::IntoIter;

use domain::{Id, Keyed, Value};
use oplog::admit::Hashed;
use oplog::change::Sealed;
use oplog::{Change, Dot, Flags, Hash, LIFE, Op, Payload, Secret, Segment, Time};
use rusqlite::OptionalExtension;

use crate::batch::{Batch, OPS_MAX};
use crate::chain::Vouched;
use crate::edit::{Act, Author, Edit, Saved};
use crate::error::Doing;
use crate::shape::Shapes;
use crate::{Door, StoreError};

/// When changes are hashed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pace {
    /// One is written, then the next is hashed.
    InTurn,
    /// While one is written, the next is hashed.
    Beside,
}

/// So many rows made together are turned into operations beside the writing too.
const MADE: usize = 1000;

/// The scope of a batch of edits that make rows in it and do nothing else.
pub(crate) fn made_together(author: &Author, edits: &[Edit]) -> Option<Id> {
    author.batch.filter(|_| edits.len() >= MADE)?;
    let scope = |edit: &Edit| match edit.act {
        Act::Make { scope, .. } => Some(scope),
        Act::Write { .. } | Act::Reopen(_) | Act::Live(_) | Act::Erase(_) => None,
    };
    let first = edits.first().and_then(scope);
    first.filter(|_| edits.iter().all(|edit| scope(edit) == first))
}

/// Adds the operations that make a row.
pub(crate) fn made_ops(shapes: &Shapes, (record, row): (&str, Id), fields: Keyed<Option<Value>>, ops: &mut Vec<Op>) {
    let shape = shapes.named(record);
    let name = |key: &str| shape.and_then(|shape| shape.name(key)).unwrap_or_else(|| shapes.name(record, key));
    let made = |field, payload| Op { row, field, seen: vec![], payload: Sealed::Open(payload) };
    ops.push(made(name(LIFE), Payload::Set(Some(Value::Int(1)))));
    let written = fields.into_iter().filter(|(_, value)| value.is_some());
    ops.extend(written.map(|(key, value)| made(name(&key), Payload::Set(value))));
}

/// The operations of rows made together, cut into changes.
struct Makes<'s> {
    shapes: &'s Shapes,
    edits: Peekable<IntoIter<Edit>>,
}

impl Iterator for Makes<'_> {
    type Item = Vec<Op>;

    fn next(&mut self) -> Option<Vec<Op>> {
        let mut ops = Vec::with_capacity(BATCHED_OPS + BATCHED_OPS / 8);
        let goes_on = |last: &Option<Id>, len: usize, next: &Edit| {
            len < BATCHED_OPS || (len < OPS_MAX / 2 && *last == Some(next.row))
        };
        let mut last = None;
        while let Some(edit) = self.edits.next_if(|next| goes_on(&last, ops.len(), next)) {
            last = Some(edit.row);
            if let Act::Make { fields, .. } = edit.act {
                made_ops(self.shapes, (&edit.record, edit.row), fields, &mut ops);
            }
        }
        (!ops.is_empty()).then_some(ops)
    }
}

impl Door<'_> {
    /// Saves rows that are made together.
    pub(crate) fn save_made(&mut self, author: &Author, scope: Id, edits: Vec<Edit>) -> Result<Saved, StoreError> {
        let makes = Makes { shapes: self.shapes, edits: edits.into_iter().peekable() };
        let mut batch = Batch::default();
        let changes = self.append(&mut batch, author, (scope, Pace::Beside), makes)?;
        self.settle(batch)?;
        Ok(Saved { changes })
    }

    /// Adds changes to this computer's own chain. While one is written, the next is being hashed.
    pub(crate) fn append(
        &mut self,
        batch: &mut Batch,
        author: &Author,
        (scope, pace): (Id, Pace),
        mut parts: impl Iterator<Item = Vec<Op>> + Send,
    ) -> Result<Vec<Hash>, StoreError> {
        let mut chain = self.chain(author, scope)?;
        if pace == Pace::InTurn {
            return parts.map(|ops| self.append_one(batch, scope, chain.add(ops))).collect();
        }
        let (ready, coming) = mpsc::sync_channel(2);
        thread::scope(|threads| {
            // Nobody waits for more once the writing has failed.
            threads.spawn(move || parts.all(|ops| ready.send(chain.add(ops)).is_ok()));
            coming.into_iter().map(|one| self.append_one(batch, scope, one)).collect()
        })
    }

    fn append_one(&mut self, batch: &mut Batch, scope: Id, one: Hashed) -> Result<Hash, StoreError> {
        let hash =
            one.hashes.first().copied().ok_or_else(|| StoreError::Defect("a change without a hash".to_owned()))?;
        let depth = one.segment.first_depth;
        // A form that was opened before a merge was taken back may have shown what it brought.
        self.lift_grounds(std::iter::once(&one.segment))?;
        self.enter_log(batch, [(one, Vouched::default())])?;
        let lin = self.dot_at(batch, hash, depth)?.map(|dot| dot.lin);
        self.set_own_lineage(scope, lin)?;
        Ok(hash)
    }

    /// Where this computer's own chain for a scope goes on, and how.
    fn chain<'w>(&self, author: &'w Author, scope: Id) -> Result<Chain<'w>, StoreError> {
        let own = self.own_tip(scope)?;
        Ok(Chain {
            author,
            replica: self.view().replica()?,
            scope,
            parent: own.map(|(_, hash)| hash),
            depth: own.map_or(0, |(dot, _)| dot.depth + 1),
            epoch: self.open_epoch(own.map(|(dot, _)| dot))?,
            newest: self.memory.newest,
        })
    }

    /// The random bytes of the open segment that a change after `tip` joins, or new ones.
    fn open_epoch(&self, tip: Option<Dot>) -> Result<[u8; 32], StoreError> {
        if let Some(dot) = tip {
            let mut ask = self
                .tx
                .prepare_cached("SELECT epoch FROM segment WHERE lin = ?1 AND last IS NULL")
                .doing("preparing the open segment")?;
            if let Some(epoch) =
                ask.query_row([dot.lin], |row| row.get(0)).optional().doing("reading the open segment")?
            {
                return Ok(epoch);
            }
        }
        self.tx.query_row("SELECT randomblob(32)", [], |row| row.get(0)).doing("drawing random bytes")
    }
}

/// From so many changes on, hashing them beside the writing is worth a thread.
pub(crate) const PARALLEL: usize = 3;

/// A chain to be gone on with.
struct Chain<'w> {
    author: &'w Author,
    replica: Id,
    scope: Id,
    parent: Option<Hash>,
    depth: u32,
    epoch: [u8; 32],
    newest: Time,
}

impl Chain<'_> {
    /// The next change, hashed.
    fn add(&mut self, ops: Vec<Op>) -> Hashed {
        let stamp = Time::next(self.newest, self.author.now_ms);
        if !stamp.suspect {
            self.newest = self.newest.max(stamp.time);
        }
        let suspect = if stamp.suspect { Flags::CLOCK_SUSPECT } else { Flags::default() };
        let Self { replica, scope, parent, depth, epoch, .. } = *self;
        let change = Change {
            parent,
            depth,
            replica,
            scope,
            who: self.author.who,
            time: stamp.time,
            flags: self.author.flags.with(suspect),
            batch: self.author.batch,
            undoes: self.author.undoes,
            ext: Vec::new(),
            why: Sealed::Open(self.author.why.clone()),
            secret: Secret::Epoch(epoch),
            ops,
        };
        let one = Hashed::from(Segment { replica, scope, parent, first_depth: depth, epoch, changes: vec![change] });
        (self.parent, self.depth) = (one.hashes.last().copied(), depth + 1);
        one
    }
}

/// Operations of one change of a batch: enough that a change costs nothing, few enough to read one at ease.
const BATCHED_OPS: usize = 4096;

/// The operations of each change. A row's operations stay together. Errors: a single form is too large.
pub(crate) fn parted(ops: Vec<Op>, batch: Option<Id>) -> Result<Vec<Vec<Op>>, StoreError> {
    if ops.len() <= BATCHED_OPS || batch.is_none() {
        return match ops.len() {
            0 => Ok(vec![]),
            len if len > OPS_MAX => Err(StoreError::ChangeTooLarge(len)),
            _ => Ok(vec![ops]),
        };
    }
    let mut parts: Vec<Vec<Op>> = Vec::new();
    for op in ops {
        let joins = |part: &&mut Vec<Op>| {
            part.len() < BATCHED_OPS || (part.len() < OPS_MAX && part.last().is_some_and(|last| last.row == op.row))
        };
        match parts.last_mut().filter(joins) {
            Some(part) => part.push(op),
            None => parts.push(vec![op]),
        }
    }
    Ok(parts)
}
