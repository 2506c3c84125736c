//! The one way in for what people do: a saved form becomes a change on this computer's own chain.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::mpsc;
use std::thread;

use domain::{Id, Problem, Severity, Value};
use oplog::admit::Hashed;
use oplog::change::Sealed;
use oplog::{Change, Dot, FieldName, Flags, Hash, Head, LIFE, Op, Payload, Secret, Segment, Time, heads};
use rusqlite::OptionalExtension;

use crate::batch::{Batch, OPS_MAX};
use crate::chain::Vouched;
use crate::error::Doing;
use crate::row::Shown;
use crate::{Door, StoreError};

/// Who writes, when, and why.
#[derive(Debug, Clone)]
pub struct Author {
    /// The person.
    pub who: Id,
    /// What the computer's clock reads: milliseconds since 1970, UTC.
    pub now_ms: u64,
    /// The reason given.
    pub why: Option<String>,
    /// What kind of change it is.
    pub flags: Flags,
    /// Saved and undone together with others.
    pub batch: Option<Id>,
    /// The change this one takes back.
    pub undoes: Option<Hash>,
}

/// What a form does to one row.
#[derive(Debug, Clone)]
pub struct Edit {
    /// The row's record.
    pub record: String,
    /// The row.
    pub row: Id,
    /// What is done to it.
    pub act: Act,
}

/// What is done to a row.
#[derive(Debug, Clone)]
pub enum Act {
    /// The row is made; in whose scope.
    Make {
        /// The organisation it belongs to.
        scope: Id,
        /// Its fields.
        fields: BTreeMap<String, Option<Value>>,
    },
    /// Fields are given values.
    Write {
        /// The fields written.
        fields: BTreeMap<String, Option<Value>>,
        /// What the form showed (`_seen`); without it, what stands.
        seen: Option<String>,
    },
    /// Fields are given back several values: a choice is taken back.
    Reopen(BTreeMap<String, Vec<Option<Value>>>),
    /// The row is deleted or brought back.
    Live(bool),
    /// Everything these fields ever held is forgotten, by law: here, and wherever the change arrives.
    Erase(Vec<String>),
}

/// What came of saving.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Saved {
    /// The changes made; none when everything stood so already.
    pub changes: Vec<Hash>,
}

impl Author {
    /// A plain author.
    pub fn new(who: Id, now_ms: u64) -> Self {
        Self { who, now_ms, why: None, flags: Flags::default(), batch: None, undoes: None }
    }
}

impl Door<'_> {
    /// Saves a form. Only fields that change are written, each against what the form showed. What is saved as a batch
    /// may be as large as memory holds: it becomes as many changes as need be, undone together.
    ///
    /// Errors: [`StoreError::Refused`] names every field that was changed meanwhile or is in conflict.
    pub fn save(&mut self, author: &Author, edits: &[Edit]) -> Result<Saved, StoreError> {
        let mut by_scope: Vec<(Id, Vec<Op>)> = Vec::new();
        let mut problems = Vec::new();
        let mut tips: HashMap<Id, Option<Dot>> = HashMap::new();
        let brought_back = edits.iter().filter(|edit| matches!(edit.act, Act::Live(true)));
        let revived: HashSet<Id> = brought_back.map(|edit| edit.row).collect();
        for edit in edits {
            let scope = self.scope_of(edit)?;
            if !revived.contains(&edit.row) {
                self.must_be_visible(edit)?;
            }
            let own_tip = match tips.get(&scope) {
                Some(tip) => *tip,
                None => *tips.entry(scope).or_insert(self.own_tip(scope)?.map(|(dot, _)| dot)),
            };
            let at = by_scope.iter().position(|(one, _)| *one == scope).unwrap_or_else(|| {
                by_scope.push((scope, Vec::new()));
                by_scope.len() - 1
            });
            let Some((_, ops)) = by_scope.get_mut(at) else { continue };
            match self.ops_of(edit, own_tip, ops) {
                Err(StoreError::Refused(found)) => problems.extend(found),
                done => done?,
            }
        }
        if !problems.is_empty() {
            return Err(StoreError::Refused(problems));
        }
        let mut saved = Saved::default();
        let mut batch = Batch::default();
        for (scope, ops) in by_scope {
            saved.changes.extend(self.append(&mut batch, author, scope, parted(ops, author.batch)?)?);
        }
        self.settle(batch)?;
        if edits.iter().any(|edit| matches!(edit.act, Act::Erase(_))) {
            self.erase_due()?;
        }
        Ok(saved)
    }

    /// Adds changes to this computer's own chain. While one is written, the next is being hashed.
    fn append(
        &mut self,
        batch: &mut Batch,
        author: &Author,
        scope: Id,
        parts: Vec<Vec<Op>>,
    ) -> Result<Vec<Hash>, StoreError> {
        let mut chain = self.chain(author, scope)?;
        if parts.len() < PARALLEL {
            return parts.into_iter().map(|ops| self.append_one(batch, scope, chain.add(ops))).collect();
        }
        let (ready, coming) = mpsc::sync_channel(2);
        thread::scope(|threads| {
            // Nobody waits for more once the writing has failed.
            threads.spawn(move || parts.into_iter().map(|ops| chain.add(ops)).all(|one| ready.send(one).is_ok()));
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

    /// Where this computer's own chain for a scope ends.
    pub(crate) fn own_tip(&self, scope: Id) -> Result<Option<(Dot, Hash)>, StoreError> {
        let Some(lin) = self.view().own_lineage(scope)? else { return Ok(None) };
        let mut ask = self.tx.prepare_cached("SELECT tip, tip_hash FROM lin WHERE id = ?1").doing("preparing a tip")?;
        let found = ask.query_row([lin], |row| Ok((row.get::<_, u32>("tip")?, row.get::<_, [u8; 32]>("tip_hash")?)));
        Ok(found.optional().doing("reading a tip")?.map(|(depth, hash)| (Dot { lin, depth }, Hash(hash))))
    }

    fn scope_of(&self, edit: &Edit) -> Result<Id, StoreError> {
        if let Act::Make { scope, .. } = &edit.act {
            return Ok(*scope);
        }
        let mut ask = self
            .tx
            .prepare_cached(
                "SELECT s.uuid FROM obj o JOIN obj s ON s.id = o.scope WHERE o.uuid = ?1 AND o.born IS NOT NULL",
            )
            .doing("preparing a scope")?;
        let found: Option<[u8; 16]> =
            ask.query_row([edit.row.as_bytes()], |row| row.get(0)).optional().doing("reading a scope")?;
        found.map(Id::from_bytes).ok_or_else(|| StoreError::NoSuchRow(edit.row.to_string()))
    }

    /// Adds what a form does as operations.
    fn ops_of(&self, edit: &Edit, own_tip: Option<Dot>, ops: &mut Vec<Op>) -> Result<(), StoreError> {
        let name = |key: &str| self.shapes.name(&edit.record, key);
        let life = |lives: bool| Payload::Set(Some(Value::Int(i64::from(lives))));
        match &edit.act {
            Act::Make { fields, .. } => {
                let shape = self.shapes.named(&edit.record);
                let name = |key: &str| shape.and_then(|shape| shape.name(key)).unwrap_or_else(|| name(key));
                let made = |field, payload| Op { row: edit.row, field, seen: vec![], payload: Sealed::Open(payload) };
                ops.push(made(name(LIFE), life(true)));
                let written = fields.iter().filter_map(|(key, value)| Some((key, value.clone()?)));
                ops.extend(written.map(|(key, value)| made(name(key), Payload::Set(Some(value)))));
            }
            Act::Write { fields, seen } => ops.extend(self.written_ops(edit, fields, seen.as_deref(), own_tip)?),
            Act::Reopen(fields) => {
                for (key, values) in fields {
                    let heads = self.heads_of(edit.row, &name(key))?;
                    ops.push(self.op(edit.row, name(key), heads.iter(), own_tip, Payload::Reopen(values.clone()))?);
                }
            }
            Act::Live(lives) => {
                // A deletion has seen whatever stands in the row: what arrives later unseen keeps it visible.
                let heads = self.heads_of_row(edit.row)?;
                ops.push(self.op(edit.row, name(LIFE), heads.iter(), own_tip, life(*lives))?);
            }
            Act::Erase(keys) => ops.extend(self.erasures(edit, keys)?),
        }
        Ok(())
    }

    /// Who knows that a row was deleted does not write to it: it is brought back first, or in the same change.
    fn must_be_visible(&self, edit: &Edit) -> Result<(), StoreError> {
        if !matches!(edit.act, Act::Write { .. } | Act::Reopen(_)) {
            return Ok(());
        }
        let life = self.view().obj(edit.row)?.map(|obj| self.view().life(obj)).transpose()?.flatten();
        if life == Some(0) { Err(StoreError::RowDeleted(edit.row.to_string())) } else { Ok(()) }
    }

    fn written_ops(
        &self,
        edit: &Edit,
        fields: &BTreeMap<String, Option<Value>>,
        seen: Option<&str>,
        own_tip: Option<Dot>,
    ) -> Result<Vec<Op>, StoreError> {
        let token = seen.map(Shown::read).transpose()?;
        let (mut ops, mut problems) = (Vec::new(), Vec::new());
        for (key, value) in fields {
            let field = self.shapes.name(&edit.record, key);
            let current = self.heads_of(edit.row, &field)?;
            let standing = self.view().standing(edit.row, &field, &current)?;
            if standing.values.len() <= 1
                && self.stands_so(edit, key, (standing.displayed.as_ref(), &current), value.as_ref())?
            {
                continue;
            }
            let shown: Vec<Head> = match &token {
                None if standing.values.len() > 1 => {
                    problems.push(Problem::new(key, "in_conflict", Severity::Block));
                    continue;
                }
                None => current.clone(),
                Some(token) => self.view().heads_shown(edit.row, &field, token)?,
            };
            let unseen_own = |head: &Head| {
                let own = own_tip.is_some_and(|tip| self.memory.tree.is_at_or_before(head.dot, tip));
                own && !shown.iter().any(|seen| seen.dot == head.dot || seen.covers(&self.memory.tree, head.dot))
            };
            if current.iter().any(unseen_own) {
                let field = self.catalogue.record(&edit.record).and_then(|record| record.field(key));
                let text = standing
                    .displayed
                    .map(|value| domain::show::in_list(self.catalogue, field, &value))
                    .unwrap_or_default();
                problems.push(Problem::new(key, "changed_meanwhile", Severity::Block).with("now", text));
                continue;
            }
            ops.push(self.op(edit.row, field, shown.iter(), own_tip, Payload::Set(value.clone()))?);
        }
        if problems.is_empty() { Ok(ops) } else { Err(StoreError::Refused(problems)) }
    }

    fn op<'h>(
        &self,
        row: Id,
        field: FieldName,
        shown: impl IntoIterator<Item = &'h Head>,
        own_tip: Option<Dot>,
        payload: Payload,
    ) -> Result<Op, StoreError> {
        let dots = heads::seen_after(&self.memory.tree, shown, own_tip);
        let mut seen = dots.into_iter().map(|dot| self.view().hash_of(dot)).collect::<Result<Vec<Hash>, _>>()?;
        seen.sort_unstable();
        Ok(Op { row, field, seen, payload: Sealed::Open(payload) })
    }

    /// The heads of a field as they stand, the birth value included.
    pub(crate) fn heads_of(&self, row: Id, field: &FieldName) -> Result<Vec<Head>, StoreError> {
        self.view().heads(row, field)
    }

    fn heads_of_row(&self, row: Id) -> Result<Vec<Head>, StoreError> {
        let Some((obj, born)) = self.view().born(row)? else { return Err(StoreError::NoSuchRow(row.to_string())) };
        let mut ask = self
            .tx
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM head WHERE obj = ?1)")
            .doing("preparing a row's heads")?;
        if !ask.query_row([obj], |row| row.get::<_, bool>(0)).doing("asking for a row's heads")? {
            // Nothing was written since the row was made.
            return Ok(vec![Head { dot: born, seen: vec![] }]);
        }
        Ok(self.all_heads(obj, born)?.into_values().flatten().collect())
    }
}

/// From so many changes on, hashing them beside the writing is worth a thread.
const PARALLEL: usize = 3;

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
fn parted(ops: Vec<Op>, batch: Option<Id>) -> Result<Vec<Vec<Op>>, StoreError> {
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
