//! Scans: a few columns of all rows of a record, for counting; and how far each chain goes.

use domain::{Date, FieldType, Id, Record, Row, Value};
use rusqlite::params_from_iter;
use rusqlite::types::{Value as Sql, ValueRef};

use crate::error::Doing;
use crate::{StoreError, View, cell, shape};

/// What a scan reads.
#[derive(Debug, Clone, Default)]
pub struct Scan<'q> {
    /// Stored fields wanted.
    pub fields: &'q [&'q str],
    /// Conditions, all of which hold.
    pub only: Vec<Only<'q>>,
}

/// A condition of a scan on a field with a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Only<'q> {
    /// The day is this one or later.
    From(&'q str, Date),
    /// The day is empty, or later than this one.
    OpenAfter(&'q str, Date),
    /// The field is this code.
    Is(&'q str, &'q str),
}

/// How far a chain goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ChainTip {
    /// The computer that writes it.
    pub replica: Id,
    /// The organisation whose rows it writes.
    pub scope: Id,
    /// Depth of its newest change.
    pub depth: i64,
    /// Hash of its newest change.
    pub hash: [u8; 32],
}

impl View<'_> {
    /// Some columns of the living rows of a record, one by one, in no order that matters.
    pub fn scan(&self, record: &Record, scan: &Scan<'_>, mut take: impl FnMut(Id, Row)) -> Result<(), StoreError> {
        let fields = scan.fields.iter().map(|key| {
            let stored = record.stored().find(|field| field.key == **key);
            stored.ok_or_else(|| StoreError::Defect(format!("no field {}.{key}", record.record)))
        });
        let fields = fields.collect::<Result<Vec<_>, _>>()?;
        let (mut columns, mut joins) = (String::new(), String::new());
        for (at, field) in fields.iter().enumerate() {
            if field.kind == FieldType::Row {
                columns.push_str(&format!(", r{at}.uuid"));
                joins.push_str(&format!(" LEFT JOIN obj r{at} ON r{at}.id = t.\"{}\"", field.key));
            } else {
                columns.push_str(&format!(", {}", shape::column(record, field)));
            }
        }
        let (filter, values) = conditions(record, &scan.only)?;
        let sql =
            format!("SELECT o.uuid{columns} FROM \"{}\" t JOIN obj o ON o.id = t.id{joins}{filter}", record.record);
        let mut ask = self.db.prepare_cached(&sql).doing("preparing a scan")?;
        let mut rows = ask.query(params_from_iter(&values)).doing("scanning")?;
        while let Some(row) = rows.next().doing("scanning")? {
            let mut read = Row::new();
            for (field, at) in fields.iter().zip(1..) {
                let cell = row.get_ref(at).doing("scanning")?;
                let value = match (field.kind, cell) {
                    (FieldType::Row, ValueRef::Blob(bytes)) => Id::try_from(bytes).ok().map(Value::Row),
                    _ => cell::to_value(field, cell, |obj| self.uuid(obj))?,
                };
                read.extend(value.map(|value| (field.key.clone(), value)));
            }
            take(Id::from_bytes(row.get(0).doing("scanning")?), read);
        }
        Ok(())
    }

    /// The distinct days in a field from a day on, in order.
    pub fn days_in(&self, record: &Record, field: &str, from: Date) -> Result<Vec<Date>, StoreError> {
        let (filter, values) = conditions(record, &[Only::From(field, from)])?;
        let sql = format!("SELECT DISTINCT t.\"{field}\" FROM \"{}\" t{filter} ORDER BY 1", record.record);
        let mut ask = self.db.prepare_cached(&sql).doing("preparing days")?;
        let days: Vec<String> = ask
            .query_map(params_from_iter(&values), |row| row.get(0))
            .and_then(Iterator::collect)
            .doing("reading days")?;
        Ok(days.iter().filter_map(|day| day.parse().ok()).collect())
    }

    /// How far each chain of the ledger goes, in an order of its own.
    pub fn tips(&self) -> Result<Vec<ChainTip>, StoreError> {
        let mut ask =
            self.db.prepare_cached("SELECT replica, scope, tip, tip_hash FROM lin").doing("preparing tips")?;
        let mut rows = ask.query([]).doing("reading tips")?;
        let mut tips = Vec::new();
        while let Some(row) = rows.next().doing("reading a tip")? {
            tips.push(ChainTip {
                replica: Id::from_bytes(row.get("replica").doing("reading a tip")?),
                scope: Id::from_bytes(row.get("scope").doing("reading a tip")?),
                depth: row.get("tip").doing("reading a tip")?,
                hash: row.get("tip_hash").doing("reading a tip")?,
            });
        }
        tips.sort();
        Ok(tips)
    }
}

fn conditions(record: &Record, only: &[Only<'_>]) -> Result<(String, Vec<Sql>), StoreError> {
    let (mut parts, mut values) = (Vec::new(), Vec::new());
    for (condition, at) in only.iter().zip(1..) {
        let (field, part, value) = match condition {
            Only::From(field, day) => (field, format!("t.\"{field}\" >= ?{at}"), day.to_string()),
            Only::OpenAfter(field, day) => {
                (field, format!("(t.\"{field}\" IS NULL OR t.\"{field}\" > ?{at})"), day.to_string())
            }
            Only::Is(field, code) => (field, format!("t.\"{field}\" = ?{at}"), (*code).to_owned()),
        };
        if !record.stored().any(|stored| stored.key == **field) {
            return Err(StoreError::Defect(format!("no field {}.{field}", record.record)));
        }
        parts.push(part);
        values.push(Sql::Text(value));
    }
    let filter = if parts.is_empty() { String::new() } else { format!(" WHERE {}", parts.join(" AND ")) };
    Ok((filter, values))
}
