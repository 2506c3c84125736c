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
    by_id: HashMap<i64, FieldName>,
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
        self.by_id.get(&id)
    }

    fn keep(&mut self, id: i64, text: FieldName) {
        self.by_text.insert(text.clone(), id);
        self.by_id.insert(id, text);
    }
}
