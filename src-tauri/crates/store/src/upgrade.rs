//! A ledger that a newer program opens: tables and columns it lacks are made, and what had been kept beside them until
//! then stands in them. Nothing is written to the log.

use std::collections::{BTreeMap, BTreeSet};

use oplog::Hash;
use rusqlite::Connection;

use crate::error::Doing;
use crate::now::Dirty;
use crate::{Definitions, Door, Store, StoreError, View};

/// The tables of a file: their columns with types, and how each was made.
#[derive(Default)]
struct Tables {
    columns: BTreeMap<String, BTreeMap<String, String>>,
    made: BTreeMap<String, String>,
    indexes: BTreeMap<String, String>,
}

/// Where the mark of the tables a ledger has is kept.
const MARK: &str = "tables";

impl Store {
    /// Makes the tables what the definitions say. A look at one mark when they are so already.
    pub(crate) fn catch_up(&self, definitions: &Definitions) -> Result<(), StoreError> {
        if self.read(|view| view.is_caught_up(definitions))? {
            return Ok(());
        }
        self.write(|door| {
            door.catch_up(&definitions.schema)?;
            door.set_local(MARK, &mark(definitions))
        })
    }
}

fn mark(definitions: &Definitions) -> [u8; 32] {
    Hash::of(&[definitions.schema.as_bytes()]).0
}

impl View<'_> {
    /// Whether the tables are what the definitions say.
    pub(crate) fn is_caught_up(&self, definitions: &Definitions) -> Result<bool, StoreError> {
        Ok(self.local(MARK)?.is_some_and(|held| held == mark(definitions)))
    }
}

impl Door<'_> {
    fn catch_up(&mut self, schema: &str) -> Result<(), StoreError> {
        let model = Connection::open_in_memory().doing("making the tables in memory")?;
        model.execute_batch(schema).doing("making the tables in memory")?;
        let (wanted, here) = (tables(&model)?, tables(&self.tx)?);
        let mut names: BTreeSet<String> = BTreeSet::new();
        for (table, columns) in &wanted.columns {
            let Some(held) = here.columns.get(table) else {
                self.tx.execute_batch(wanted.made.get(table).map_or("", String::as_str)).doing("making a table")?;
                names.extend(columns.keys().map(|column| format!("{table}.{column}")));
                names.insert(format!("{table}.{}", oplog::LIFE));
                continue;
            };
            for (column, kind) in columns.iter().filter(|(column, _)| !held.contains_key(*column)) {
                let sql = format!("ALTER TABLE \"{table}\" ADD COLUMN \"{column}\" {kind}");
                self.tx.execute_batch(&sql).doing("adding a column")?;
                names.insert(format!("{table}.{column}"));
            }
        }
        for (_, made) in wanted.indexes.iter().filter(|(name, _)| !here.indexes.contains_key(*name)) {
            self.tx.execute_batch(made).doing("making an index")?;
        }
        self.drop_told(&self.view().writers()?)?;
        self.fill(&names)
    }

    /// Rows to which these names were written stand in their tables from now on.
    fn fill(&mut self, names: &BTreeSet<String>) -> Result<(), StoreError> {
        let mut objs = BTreeSet::new();
        for name in names {
            let Some(term) = self.view().term(name)? else { continue };
            let sql = "SELECT e.obj FROM extra e WHERE e.field = ?1 UNION SELECT op.obj FROM op WHERE op.field = ?1";
            let mut ask = self.tx.prepare_cached(sql).doing("preparing rows of a name")?;
            let found =
                ask.query_map([term], |row| row.get(0)).and_then(Iterator::collect::<rusqlite::Result<Vec<i64>>>);
            objs.extend(found.doing("reading rows of a name")?);
        }
        let mut dirty = Dirty::default();
        for obj in &objs {
            self.resettle(*obj, &mut dirty)?;
        }
        self.rejoin_settled(&objs, &mut dirty)?;
        self.refresh(dirty)
    }
}

fn tables(db: &Connection) -> Result<Tables, StoreError> {
    let mut found = Tables::default();
    let mut ask = db
        .prepare("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name")
        .doing("preparing tables")?;
    let rows =
        ask.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, String>(2)?)));
    for (kind, name, sql) in rows.and_then(Iterator::collect::<rusqlite::Result<Vec<_>>>).doing("reading tables")? {
        if kind != "table" {
            found.indexes.insert(name, sql);
            continue;
        }
        let mut ask = db.prepare("SELECT name, type FROM pragma_table_info(?1)").doing("preparing columns")?;
        let columns = ask.query_map([&name], |row| Ok((row.get(0)?, row.get(1)?))).and_then(Iterator::collect);
        found.columns.insert(name.clone(), columns.doing("reading columns")?);
        found.made.insert(name, sql);
    }
    Ok(found)
}
