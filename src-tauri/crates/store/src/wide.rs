//! Changing a row of a state table: many columns by one statement, whichever they are, or one alone.

use std::sync::Arc;

use domain::Record;
use rusqlite::params_from_iter;
use rusqlite::types::Value as Sql;

use crate::error::Doing;
use crate::shape::Columns;
use crate::{Door, StoreError};

/// Fewer columns than this are changed one by one.
const MANY: usize = 3;

impl Door<'_> {
    /// Gives stored fields, by place, their contents in a row.
    pub(crate) fn change_columns(
        &mut self,
        record: &Record,
        obj: i64,
        contents: Vec<(usize, Sql)>,
    ) -> Result<(), StoreError> {
        let columns = self.columns(record)?;
        let (plain, alone): (Vec<_>, Vec<_>) =
            contents.into_iter().partition(|(place, _)| columns.plain(*place).is_some());
        let (plain, alone) = match plain.len() < MANY {
            true => (vec![], plain.into_iter().chain(alone).collect()),
            false => (plain, alone),
        };
        for (place, content) in alone {
            let Some(sql) = columns.one.get(place) else { continue };
            let change = self.tx.prepare_cached(sql);
            change.and_then(|mut change| change.execute(rusqlite::params![obj, content])).doing("changing a field")?;
        }
        if plain.is_empty() {
            return Ok(());
        }
        let mut with = vec![Sql::Null; columns.plain.iter().flatten().count() * 2 + 1];
        let mut put = |at: usize, content| with.get_mut(at).map(|place| *place = content);
        put(0, Sql::Integer(obj));
        for (place, content) in plain {
            let Some(at) = columns.plain(place) else { continue };
            put(at * 2 + 1, Sql::Integer(1));
            put(at * 2 + 2, content);
        }
        let change = self.tx.prepare_cached(&columns.many);
        change.and_then(|mut change| change.execute(params_from_iter(with))).doing("changing a row")?;
        Ok(())
    }

    fn columns(&mut self, record: &Record) -> Result<Arc<Columns>, StoreError> {
        if let Some(columns) = self.memory.columns.get(&record.record) {
            return Ok(columns.clone());
        }
        let mut ask = self
            .tx
            .prepare_cached("SELECT i.name FROM pragma_index_list(?1) l, pragma_index_info(l.name) i")
            .doing("preparing indices")?;
        let named = ask.query_map([&record.record], |row| row.get::<_, Option<String>>(0));
        let indexed = named.and_then(Iterator::collect::<Result<Vec<_>, _>>).doing("reading indices")?;
        let columns = Arc::new(Columns::of(record, &indexed.into_iter().flatten().collect()));
        self.memory.columns.insert(record.record.clone(), columns.clone());
        Ok(columns)
    }
}
