//! Names of fields and records, interned: small integers in the log, text everywhere else.

use std::collections::HashMap;

use oplog::FieldName;
use rusqlite::Connection;

use crate::StoreError;
use crate::error::Doing;

/// The interned names, read once and kept.
#[derive(Debug, Default)]
pub(crate) struct Terms {
    by_text: HashMap<FieldName, i64>,
    by_id: ByTerm<Known>,
}

/// A name, and whether it is that of a row's life, or of its being one with another.
#[derive(Debug)]
struct Known {
    text: FieldName,
    life: bool,
    same: bool,
}

/// What is kept of names by their numbers, which are small and without gaps.
#[derive(Debug)]
pub(crate) struct ByTerm<T>(Vec<Option<T>>);

/// Numbers beyond this are no names of a sound ledger.
const TERMS_MAX: usize = 1 << 20;

impl<T> Default for ByTerm<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> ByTerm<T> {
    /// What is kept of a name.
    pub(crate) fn get(&self, term: i64) -> Option<&T> {
        self.0.get(usize::try_from(term).ok()?)?.as_ref()
    }

    /// Keeps something of a name.
    pub(crate) fn set(&mut self, term: i64, it: T) {
        let Some(at) = usize::try_from(term).ok().filter(|at| *at < TERMS_MAX) else { return };
        if self.0.len() <= at {
            self.0.resize_with(at + 1, || None);
        }
        if let Some(place) = self.0.get_mut(at) {
            *place = Some(it);
        }
    }
}

impl Terms {
    /// Reads the names the ledger has.
    pub(crate) fn load(db: &Connection) -> Result<Self, StoreError> {
        let mut terms = Self::default();
        let mut rows = db.prepare_cached("SELECT id, text FROM term").doing("preparing terms")?;
        let mut rows = rows.query([]).doing("reading terms")?;
        while let Some(row) = rows.next().doing("reading a term")? {
            let text: String = row.get("text").doing("reading a term")?;
            terms.keep(row.get("id").doing("reading a term")?, text.into());
        }
        Ok(terms)
    }

    /// The number of a name, made if need be.
    pub(crate) fn id(&mut self, db: &Connection, text: &FieldName) -> Result<i64, StoreError> {
        if let Some(id) = self.by_text.get(text) {
            return Ok(*id);
        }
        db.prepare_cached("INSERT INTO term (text) VALUES (?1)")
            .and_then(|mut insert| insert.execute([&**text]))
            .doing("adding a term")?;
        let id = db.last_insert_rowid();
        self.keep(id, text.clone());
        Ok(id)
    }

    /// The name of a number.
    pub(crate) fn text(&self, id: i64) -> Option<&FieldName> {
        self.by_id.get(id).map(|known| &known.text)
    }

    /// Whether a number is the name of a row's life.
    pub(crate) fn is_life(&self, id: i64) -> bool {
        self.by_id.get(id).is_some_and(|known| known.life)
    }

    /// Whether a number is the name of a row's being one with another.
    pub(crate) fn is_same(&self, id: i64) -> bool {
        self.by_id.get(id).is_some_and(|known| known.same)
    }

    fn keep(&mut self, id: i64, text: FieldName) {
        self.by_text.insert(text.clone(), id);
        self.by_id.set(id, Known { life: oplog::is_life(&text), same: oplog::is_same(&text), text });
    }
}
