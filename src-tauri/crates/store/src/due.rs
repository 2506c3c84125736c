//! What asks for something: the newest row of each thread that names a day, and rows that are not at an end.

use domain::{Id, Record, Row};
use rusqlite::params_from_iter;

use crate::error::Doing;
use crate::{StoreError, View};

/// The first rows of a list, and how many there are.
#[derive(Debug, Clone, Default)]
pub struct First {
    /// Rows there are.
    pub total: u64,
    /// The first of them.
    pub rows: Vec<(Id, Row)>,
}

impl View<'_> {
    /// Rows whose field names a day after `after` and not after `until`, earliest day first; a row that a newer one
    /// of the same owner has followed asks for nothing any more. Newer is what the record's order puts first.
    pub fn newest_naming(
        &self,
        record: &Record,
        field: &str,
        [after, until]: [&str; 2],
        limit: u32,
    ) -> Result<First, StoreError> {
        let by = record.order.first().and_then(|path| path.strip_prefix('-'));
        let (Some(via), Some(by), Some(field)) = (&record.owner, by, record.field(field)) else {
            return Ok(First::default());
        };
        let (table, day) = (&record.record, &field.key);
        let from = format!(
            "\"{table}\" t WHERE t.\"{day}\" > ?1 AND t.\"{day}\" <= ?2 AND t.\"{via}\" IS NOT NULL AND NOT EXISTS (
               SELECT 1 FROM \"{table}\" n WHERE n.\"{via}\" = t.\"{via}\"
                  AND (coalesce(n.\"{by}\", ''), n.id) > (coalesce(t.\"{by}\", ''), t.id))"
        );
        self.first(record, &from, &format!("t.\"{day}\""), &[after, until], limit)
    }

    /// Rows whose field holds none of the codes, in the record's order.
    pub fn none_of(&self, record: &Record, field: &str, codes: &[&str], limit: u32) -> Result<First, StoreError> {
        let Some(field) = record.stored().find(|one| one.key == field) else { return Ok(First::default()) };
        let places = (1..=codes.len()).map(|at| format!("?{at}")).collect::<Vec<_>>().join(", ");
        let from = format!("\"{}\" t WHERE coalesce(t.\"{}\", '') NOT IN ({places})", record.record, field.key);
        self.first(record, &from, &crate::list::order(record, &[]), codes, limit)
    }

    fn first(&self, record: &Record, from: &str, order: &str, with: &[&str], limit: u32) -> Result<First, StoreError> {
        let mut count = self.db.prepare_cached(&format!("SELECT count(*) FROM {from}")).doing("preparing a count")?;
        let total: i64 = count.query_row(params_from_iter(with), |row| row.get(0)).doing("counting what is due")?;
        let sql = format!("SELECT t.id FROM {from} ORDER BY {order} LIMIT {limit}");
        let mut ask = self.db.prepare_cached(&sql).doing("preparing what is due")?;
        let objs: Vec<i64> = ask
            .query_map(params_from_iter(with), |row| row.get(0))
            .and_then(Iterator::collect)
            .doing("reading what is due")?;
        let rows = objs.into_iter().map(|obj| self.listed(record, obj)).collect::<Result<Vec<_>, _>>()?;
        Ok(First { total: u64::try_from(total).unwrap_or_default(), rows: rows.into_iter().flatten().collect() })
    }
}
