//! The one way in for what people do: a saved form becomes a change on this computer's own chain.

use std::collections::{HashMap, HashSet};

use domain::{Id, Keyed, Problem, Severity, Value};
use oplog::change::Sealed;
use oplog::{Dot, FieldName, Hash, Head, LIFE, Op, Payload, heads};
use rusqlite::OptionalExtension;

use crate::append::{self, Pace};
use crate::batch::Batch;
use crate::edit::{Act, Author, Edit, Saved};
use crate::error::Doing;
use crate::row::Shown;
use crate::{Door, StoreError};

impl Door<'_> {
    /// Saves a form. Only fields that change are written, each against what the form showed. What is saved as a batch
    /// may be as large as memory holds: it becomes as many changes as need be, undone together.
    ///
    /// Errors: [`StoreError::Refused`] names every field that was changed meanwhile or is in conflict.
    pub fn save(&mut self, author: &Author, edits: &[Edit]) -> Result<Saved, StoreError> {
        self.save_all(author, edits.to_vec())
    }

    /// The same of edits that nobody needs any more.
    pub fn save_all(&mut self, author: &Author, edits: Vec<Edit>) -> Result<Saved, StoreError> {
        if let Some(scope) = append::made_together(author, &edits) {
            return self.save_made(author, scope, edits);
        }
        let erases = edits.iter().any(|edit| matches!(edit.act, Act::Erase(_)));
        let mut by_scope: Vec<(Id, Vec<Op>)> = Vec::new();
        let mut problems = Vec::new();
        let mut tips: HashMap<Id, Option<Dot>> = HashMap::new();
        let brought_back = edits.iter().filter(|edit| matches!(edit.act, Act::Live(true)));
        let revived: HashSet<Id> = brought_back.map(|edit| edit.row).collect();
        for edit in edits {
            let scope = self.scope_of(&edit)?;
            if !revived.contains(&edit.row) {
                self.must_be_visible(&edit)?;
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
            let parts = append::parted(ops, author.batch)?;
            let how = if parts.len() < append::PARALLEL { Pace::InTurn } else { Pace::Beside };
            saved.changes.extend(self.append(&mut batch, author, (scope, how), parts.into_iter())?);
        }
        self.settle(batch)?;
        if erases {
            self.erase_due()?;
        }
        Ok(saved)
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
    fn ops_of(&self, edit: Edit, own_tip: Option<Dot>, ops: &mut Vec<Op>) -> Result<(), StoreError> {
        let Edit { record, row, act } = edit;
        let name = |key: &str| self.shapes.name(&record, key);
        let life = |lives: bool| Payload::Set(Some(Value::Int(i64::from(lives))));
        match act {
            Act::Make { fields, .. } => append::made_ops(self.shapes, (&record, row), fields, ops),
            Act::Write { fields, seen } => {
                ops.extend(self.written_ops((&record, row), &fields, seen.as_deref(), own_tip)?);
            }
            Act::Reopen(fields) => {
                for (key, values) in fields {
                    let heads = self.heads_of(row, &name(&key))?;
                    ops.push(self.op(row, name(&key), heads.iter(), own_tip, Payload::Reopen(values))?);
                }
            }
            Act::Live(lives) => {
                // A deletion has seen whatever stands in the row: what arrives later unseen keeps it visible.
                let heads = self.heads_of_row(row)?;
                ops.push(self.op(row, name(LIFE), heads.iter(), own_tip, life(lives))?);
            }
            Act::Erase(keys) => ops.extend(self.erasures((&record, row), &keys)?),
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
        (record, row): (&str, Id),
        fields: &Keyed<Option<Value>>,
        seen: Option<&str>,
        own_tip: Option<Dot>,
    ) -> Result<Vec<Op>, StoreError> {
        let token = seen.map(Shown::read).transpose()?;
        let (mut ops, mut problems) = (Vec::new(), Vec::new());
        for (key, value) in fields {
            let field = self.shapes.name(record, key);
            let current = self.heads_of(row, &field)?;
            let standing = self.view().standing(row, &field, &current)?;
            let stands = (standing.displayed.as_ref(), current.as_slice());
            if standing.values.len() <= 1 && self.stands_so((record, row), key, stands, value.as_ref())? {
                continue;
            }
            let shown: Vec<Head> = match &token {
                None if standing.values.len() > 1 => {
                    problems.push(Problem::new(key, "in_conflict", Severity::Block));
                    continue;
                }
                None => current.clone(),
                Some(token) => self.view().heads_shown(row, &field, token)?,
            };
            let unseen_own = |head: &Head| {
                let own = own_tip.is_some_and(|tip| self.memory.tree.is_at_or_before(head.dot, tip));
                own && !shown.iter().any(|seen| seen.dot == head.dot || seen.covers(&self.memory.tree, head.dot))
            };
            if current.iter().any(unseen_own) {
                let field = self.catalogue.record(record).and_then(|record| record.field(key));
                let text = standing
                    .displayed
                    .map(|value| domain::show::in_list(self.catalogue, field, &value))
                    .unwrap_or_default();
                problems.push(Problem::new(key, "changed_meanwhile", Severity::Block).with("now", text));
                continue;
            }
            ops.push(self.op(row, field, shown.iter(), own_tip, Payload::Set(value.clone()))?);
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

    /// All heads of a row, for who says whether it lives. What does not count here was not seen, though a head had seen it.
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
        let counted = |head: Head| {
            let seen = head.seen.into_iter().filter(|dot| self.memory.counts(*dot)).collect();
            Head { seen, ..head }
        };
        let mut all = Vec::new();
        for (term, heads) in self.all_heads(obj, born)? {
            match self.is_life(term) {
                true => all.extend(heads),
                false => all.extend(heads.into_iter().map(counted)),
            }
        }
        Ok(all)
    }
}
