//! Taking a change back: a new change that restores what stood before, field by field (decisions B18).

use std::collections::HashSet;

use domain::{Id, Keyed, Problem, Severity, Value};
use oplog::{Dot, Flags, Hash, Head, heads};
use rusqlite::params;

use crate::edit::{Act, Author, Edit, Saved};
use crate::error::Doing;
use crate::history::Written;
use crate::standing::COUNTS;
use crate::{Door, StoreError, View, made};

impl Door<'_> {
    /// Takes back a change and everything saved together with it, or, without one, this computer's newest change.
    ///
    /// Errors: [`StoreError::Refused`] names the fields that somebody wrote since; nothing is taken back then.
    pub fn undo(&mut self, author: &Author, change: Option<Hash>) -> Result<Saved, StoreError> {
        let dot = match change {
            Some(hash) => self.view().dot_of(hash)?,
            None => self.view().newest_own()?,
        };
        let dot = dot.ok_or(StoreError::NothingToUndo)?;
        let mut saved = Saved::default();
        for dot in self.view().batch_of(dot)? {
            let undoes = Some(self.view().hash_of(dot)?);
            let flags = author.flags.with(Flags::UNDO);
            let edits = self.edits_back(dot)?;
            saved.changes.extend(self.save(&Author { undoes, flags, ..author.clone() }, &edits)?.changes);
        }
        if saved.changes.is_empty() { Err(StoreError::NothingToUndo) } else { Ok(saved) }
    }

    fn edits_back(&self, dot: Dot) -> Result<Vec<Edit>, StoreError> {
        let mut edits: Vec<Edit> = Vec::new();
        let mut problems = Vec::new();
        let written = self.view().lives_of(dot)?;
        let made: HashSet<Id> = written.iter().filter(|one| one.is_life()).map(|one| one.row).collect();
        for one in written {
            if !one.is_life() && made.contains(&one.row) {
                continue;
            }
            let (record, key) = one.parts();
            if one.is_life() && self.only_made_by(dot, &one)? {
                edits.push(Edit { record: record.to_owned(), row: one.row, act: Act::Live(false) });
                continue;
            }
            let current = self.without_undone(one.obj, one.term, self.view().heads(one.row, &one.name)?)?;
            if one.is_life() {
                if self.touched_since(dot, &one)? {
                    problems.push(Problem::new(key, "changed_since", Severity::Block));
                }
                let lived = self.lived_before(dot, &one, &current)?;
                edits.push(Edit { record: record.to_owned(), row: one.row, act: Act::Live(lived) });
                continue;
            }
            if !matches!(current.as_slice(), [head] if head.dot == dot) {
                problems.push(Problem::new(key, "changed_since", Severity::Block));
                continue;
            }
            let before = self.before(dot, &one)?;
            let act = match before.is_empty() && self.memory.spoken.contains_key(&one.obj) {
                // As if never filled: what a joined row has in it shows again.
                true => Act::Reopen(Keyed::from_iter([(key.into(), before)])),
                false => back_to(key, before),
            };
            edits.push(Edit { record: record.to_owned(), row: one.row, act });
        }
        if problems.is_empty() { Ok(edits) } else { Err(StoreError::Refused(problems)) }
    }

    /// Whether a change made a row and nothing else ever wrote to it: most rows of an import that is taken back.
    fn only_made_by(&self, dot: Dot, one: &Written) -> Result<bool, StoreError> {
        let mut ask = self
            .tx
            .prepare_cached(
                "SELECT o.born = ?2 AND o.life = 1 AND c.undoes IS NULL
                        AND NOT EXISTS (SELECT 1 FROM head h WHERE h.obj = o.id)
                        AND (SELECT count(*) FROM op WHERE op.obj = o.id) = 1
                   FROM obj o JOIN change c ON c.id = ?2 WHERE o.id = ?1",
            )
            .doing("preparing a row's making")?;
        let only = ask.query_row(params![one.obj, dot.packed()], |row| row.get::<_, Option<bool>>(0));
        Ok(only.doing("reading a row's making")?.unwrap_or_default())
    }

    /// Whether anything was written to a row after the change that made, deleted or restored it.
    fn touched_since(&self, dot: Dot, one: &Written) -> Result<bool, StoreError> {
        let Some((obj, born)) = self.view().born(one.row)? else { return Ok(false) };
        for (term, heads) in self.all_heads(obj, born)? {
            let since = |head: &Head| {
                head.dot != dot && !self.memory.tree.is_at_or_before(head.dot, dot) && !one.seen.contains(&head.dot)
            };
            if self.without_undone(obj, term, heads)?.iter().any(since) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn lived_before(&self, dot: Dot, one: &Written, current: &[Head]) -> Result<bool, StoreError> {
        if !matches!(current, [head] if head.dot == dot) {
            return Ok(true);
        }
        Ok(self.before(dot, one)?.contains(&Some(Value::Int(1))))
    }

    /// The values a field had just before a change.
    fn before(&self, dot: Dot, one: &Written) -> Result<Vec<Option<Value>>, StoreError> {
        let earlier = self.heads_before(Head { dot, seen: one.seen.clone() }, one.obj, one.term)?;
        Ok(self.view().standing(one.row, &one.name, &earlier)?.values)
    }

    /// The heads of a field among what a change replaced.
    fn heads_before(&self, new: Head, obj: i64, term: i64) -> Result<Vec<Head>, StoreError> {
        let mut earlier: Vec<Head> = Vec::new();
        for head in self.view().all_written(obj, term)? {
            if new.covers(&self.memory.tree, head.dot) {
                heads::fold(&self.memory.tree, &mut earlier, head);
            }
        }
        Ok(earlier)
    }

    /// The heads of a field as if what was taken back, and the taking back, had never been: so that the change
    /// before can be taken back next.
    fn without_undone(&self, obj: i64, term: i64, heads: Vec<Head>) -> Result<Vec<Head>, StoreError> {
        let (mut open, mut plain) = (heads, Vec::new());
        while let Some(head) = open.pop() {
            match self.view().undone_by(head.dot)? {
                Some(dot) => {
                    let seen = self.view().seen_at(dot, obj, term)?;
                    open.extend(self.heads_before(Head { dot, seen }, obj, term)?);
                }
                None => {
                    heads::fold(&self.memory.tree, &mut plain, head);
                }
            }
        }
        Ok(plain)
    }
}

/// One value is written back; several are opened again.
fn back_to(key: &str, before: Vec<Option<Value>>) -> Act {
    match before.as_slice() {
        [] => Act::Write { fields: Keyed::from_iter([(key.into(), None)]), seen: None },
        [value] => Act::Write { fields: Keyed::from_iter([(key.into(), value.clone())]), seen: None },
        _ => Act::Reopen(Keyed::from_iter([(key.into(), before)])),
    }
}

impl View<'_> {
    /// Where a change stands.
    pub(crate) fn dot_of(&self, hash: Hash) -> Result<Option<Dot>, StoreError> {
        let mut ask = self.db.prepare_cached("SELECT id FROM change WHERE hash = ?1").doing("preparing a change")?;
        let mut rows = ask.query([hash.0]).doing("finding a change")?;
        let found = rows.next().doing("finding a change")?;
        found.map(|row| row.get(0).map(Dot::unpacked).doing("finding a change")).transpose()
    }

    /// The change whose hash begins with the given hexadecimal digits, if exactly one does.
    pub fn change_named(&self, beginning: &str) -> Result<Option<Hash>, StoreError> {
        let mut ask = self
            .db
            .prepare_cached("SELECT hash FROM change WHERE lower(hex(hash)) LIKE ?1 || '%' LIMIT 2")
            .doing("preparing changes")?;
        let found: Vec<[u8; 32]> = ask
            .query_map([beginning.to_lowercase()], |row| row.get(0))
            .and_then(Iterator::collect)
            .doing("finding a change")?;
        match found.as_slice() {
            [one] => Ok(Some(Hash(*one))),
            _ => Ok(None),
        }
    }

    /// The change that a change takes back.
    fn undone_by(&self, dot: Dot) -> Result<Option<Dot>, StoreError> {
        let mut ask = self.db.prepare_cached("SELECT undoes FROM change WHERE id = ?1").doing("preparing a change")?;
        let undoes: Option<i64> =
            ask.query_row([dot.packed()], |row| row.get(0)).doing("reading what is taken back")?;
        Ok(undoes.map(Dot::unpacked))
    }

    /// This computer's newest change that is neither an undoing nor undone.
    fn newest_own(&self) -> Result<Option<Dot>, StoreError> {
        let mut ask = self
            .db
            .prepare_cached(
                "SELECT c.id FROM change c JOIN lin l ON l.id = c.id >> 32
                  WHERE l.replica = ?1 AND c.flags & 2 = 0
                    AND NOT EXISTS (SELECT 1 FROM change u WHERE u.undoes = c.id)
                  ORDER BY c.time DESC LIMIT 1",
            )
            .doing("preparing changes")?;
        let mut rows = ask.query([self.replica()?.as_bytes()]).doing("finding the newest change")?;
        let found = rows.next().doing("finding the newest change")?;
        found.map(|row| row.get(0).map(Dot::unpacked).doing("finding the newest change")).transpose()
    }

    /// The changes saved together with one, newest first.
    fn batch_of(&self, dot: Dot) -> Result<Vec<Dot>, StoreError> {
        let mut ask = self
            .db
            .prepare_cached(
                "SELECT id FROM change WHERE batch = (SELECT batch FROM change WHERE id = ?1)
                  UNION SELECT ?1 ORDER BY 1 DESC",
            )
            .doing("preparing a batch")?;
        let dots =
            ask.query_map([dot.packed()], |row| row.get(0)).and_then(Iterator::collect::<rusqlite::Result<Vec<i64>>>);
        Ok(dots.doing("reading a batch")?.into_iter().map(Dot::unpacked).collect())
    }

    /// Every change that counts and ever wrote a field, as heads to fold.
    pub(crate) fn all_written(&self, obj: i64, term: i64) -> Result<Vec<Head>, StoreError> {
        let mut ask = self
            .db
            .prepare_cached(&format!(
                "SELECT id >> 15 AS dot, seen, field, kind, val FROM op
                  WHERE obj = ?1 AND (field = ?2 OR kind = 5) AND {COUNTS} ORDER BY id"
            ))
            .doing("preparing operations")?;
        let mut rows = ask.query(params![obj, term]).doing("reading operations")?;
        let mut heads = Vec::new();
        while let Some(row) = rows.next().doing("reading an operation")? {
            if made::payload_of(row, term)?.is_none() {
                continue;
            }
            let seen: Option<Vec<u8>> = row.get("seen").doing("reading an operation")?;
            let dot = Dot::unpacked(row.get("dot").doing("reading an operation")?);
            heads.push(Head { dot, seen: crate::cell::to_seen(seen.as_deref()) });
        }
        Ok(heads)
    }
}
