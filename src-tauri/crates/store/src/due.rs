//! What asks for something: the newest row of each thread that names a day, and rows that are not at an end.

use domain::{Id, Record, Row};
use rusqlite::params_from_iter;

use crate::error::Doing;
use crate::list::{End, order};
use crate::{StoreError, View};

/// The first rows of a list, and how many there are.
#[derive(Debug, Clone, Default)]
pub struct First {
    /// Rows there are.
    pub total: u64,
    /// The first of them.
    pub rows: Vec<(Id, Row)>,
}

/// A row that names a day, and the row it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Naming {
    /// The row.
    pub row: Id,
    /// The row it belongs to.
    pub owner: Id,
    /// The day, as it is stored.
    pub day: String,
}

/// The condition of the newest rows of each owner whose field names a day after `?1` and not after `?2`.
fn naming(record: &Record, field: &str) -> Option<String> {
    let by = record.order.first().and_then(|path| path.strip_prefix('-'))?;
    let (via, table, day) = (record.owner.as_ref()?, &record.record, &record.field(field)?.key);
    Some(format!(
        "t.\"{day}\" > ?1 AND t.\"{day}\" <= ?2 AND t.\"{via}\" IS NOT NULL AND NOT EXISTS (
           SELECT 1 FROM \"{table}\" n WHERE n.\"{via}\" = t.\"{via}\"
              AND (coalesce(n.\"{by}\", ''), n.id) > (coalesce(t.\"{by}\", ''), t.id))"
    ))
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
        let Some(naming) = naming(record, field) else { return Ok(First::default()) };
        let from = format!("\"{}\" t WHERE {naming}", record.record);
        self.first(record, &from, &format!("t.\"{field}\""), &[after, until], limit)
    }

    /// The same, all of them, with no more than the row each belongs to and the day; only those whose owner stands.
    pub fn every_naming(
        &self,
        record: &Record,
        field: &str,
        [after, until]: [&str; 2],
    ) -> Result<Vec<Naming>, StoreError> {
        let owner = record.owner.as_ref().and_then(|via| Some((via, record.field(via)?.to.as_deref()?)));
        let (Some(naming), Some((via, to))) = (naming(record, field), owner) else { return Ok(vec![]) };
        let sql = format!(
            "SELECT o.uuid AS row, w.uuid AS owner, t.\"{field}\" AS day
               FROM \"{}\" t CROSS JOIN \"{to}\" s ON s.id = t.\"{via}\"
                    CROSS JOIN obj o ON o.id = t.id CROSS JOIN obj w ON w.id = s.id
              WHERE {naming} ORDER BY day",
            record.record
        );
        let mut ask = self.db.prepare_cached(&sql).doing("preparing what is due")?;
        let read = |row: &rusqlite::Row<'_>| {
            let id = |name: &str| row.get::<_, [u8; 16]>(name).map(Id::from_bytes);
            Ok(Naming { row: id("row")?, owner: id("owner")?, day: row.get("day")? })
        };
        ask.query_map([after, until], read).and_then(Iterator::collect).doing("reading what is due")
    }

    /// Rows whose field holds none of the codes, in the record's order.
    pub fn none_of(&self, record: &Record, field: &str, codes: &[&str], limit: u32) -> Result<First, StoreError> {
        let Some(field) = record.stored().find(|one| one.key == field) else { return Ok(First::default()) };
        let places = (1..=codes.len()).map(|at| format!("?{at}")).collect::<Vec<_>>().join(", ");
        let from = format!("\"{}\" t WHERE coalesce(t.\"{}\", '') NOT IN ({places})", record.record, field.key);
        self.first(record, &from, &order(record, &[], End::First), codes, limit)
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
