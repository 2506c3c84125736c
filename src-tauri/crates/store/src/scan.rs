//! Scans: a few columns of all rows of a record, for counting.

use std::cell::RefCell;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

use domain::{Date, Field, FieldType, Fields, Id, Record, Row};
use rusqlite::params_from_iter;
use rusqlite::types::{Value as Sql, ValueRef};

use crate::error::Doing;
use crate::numbers::ByNumber;
use crate::{StoreError, View, cell};

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
    /// The field leads to this row.
    To(&'q str, Id),
}

/// Where rows stand in a list of the caller's.
#[derive(Debug, Default)]
pub struct Places(ByNumber<i64, usize>);

/// Rows that references led to, by their numbers: many lead to the same few.
type Met = RefCell<ByNumber<i64, Id>>;

/// The columns that a scan reads of one row. References lead to public ids.
pub struct Columns<'s> {
    view: View<'s>,
    fields: &'s [&'s Field],
    row: &'s rusqlite::Row<'s>,
    met: &'s Met,
}

/// Ids that are looked up together.
const TOGETHER: usize = 200;
/// Owners whose rows are found one by one.
const FEW: usize = 200;

/// Columns of a scan before the fields: the row's number, and its public id where every row's is wanted.
const BEFORE: usize = 2;

impl Columns<'_> {
    fn cell(&self, key: &str) -> Option<(&Field, ValueRef<'_>)> {
        let (at, field) = self.fields.iter().enumerate().find(|(_, field)| field.key == key)?;
        Some((field, self.row.get_ref(at + BEFORE).ok()?))
    }

    fn number_of_row(&self) -> Result<i64, StoreError> {
        self.row.get(0).doing("scanning")
    }

    /// The row itself.
    pub fn id(&self) -> Result<Id, StoreError> {
        match self.row.get::<_, Option<[u8; 16]>>(1).doing("scanning")? {
            Some(bytes) => Ok(Id::from_bytes(bytes)),
            None => self.view.uuid(self.number_of_row()?),
        }
    }

    fn led_to(&self, obj: i64) -> Result<Id, StoreError> {
        match self.met.borrow_mut().entry(obj) {
            Entry::Occupied(known) => Ok(*known.get()),
            Entry::Vacant(new) => Ok(*new.insert(self.view.uuid(obj)?)),
        }
    }

    fn read(&self) -> Result<Row, StoreError> {
        let mut read = Row::new();
        for (field, at) in self.fields.iter().zip(BEFORE..) {
            let value = cell::to_value(field, self.row.get_ref(at).doing("scanning")?, |obj| self.led_to(obj))?;
            cell::put(&mut read, field, value);
        }
        Ok(read)
    }
}

impl Fields for Columns<'_> {
    fn text(&self, key: &str) -> Option<&str> {
        let (_, cell) = self.cell(key).filter(|(field, _)| field.kind != FieldType::Codes)?;
        cell.as_str_or_null().ok().flatten()
    }

    fn link(&self, key: &str) -> Option<Id> {
        let (_, cell) = self.cell(key).filter(|(field, _)| field.kind == FieldType::Row)?;
        self.led_to(cell.as_i64_or_null().ok().flatten()?).ok()
    }

    fn number(&self, key: &str) -> Option<i64> {
        let (_, cell) = self.cell(key).filter(|(field, _)| field.kind != FieldType::Row)?;
        cell.as_i64_or_null().ok().flatten()
    }
}

impl View<'_> {
    /// Some columns of the living rows of a record, one by one, in no order that matters.
    pub fn scan(&self, record: &Record, scan: &Scan<'_>, mut take: impl FnMut(Id, Row)) -> Result<(), StoreError> {
        self.each_of(record, scan, true, |columns| {
            take(columns.id()?, columns.read()?);
            Ok(())
        })
    }

    /// The same, read in place; gives where each row stands in the order in which they are handed over.
    pub fn scan_columns(
        &self,
        record: &Record,
        scan: &Scan<'_>,
        mut take: impl FnMut(Id, &Columns<'_>),
    ) -> Result<Places, StoreError> {
        let mut places = Places::default();
        self.each_of(record, scan, true, |columns| {
            let at = places.0.len();
            places.0.insert(columns.number_of_row()?, at);
            take(columns.id()?, columns);
            Ok(())
        })?;
        Ok(places)
    }

    /// The same without their places; the id of a row is looked up where it is asked for.
    pub fn scan_in_place(
        &self,
        record: &Record,
        scan: &Scan<'_>,
        take: impl FnMut(&Columns<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.each_of(record, scan, false, take)
    }

    /// Where rows stand that are listed so.
    pub fn places<'i>(&self, ids: impl IntoIterator<Item = &'i Id>) -> Result<Places, StoreError> {
        let ids: Vec<&Id> = ids.into_iter().collect();
        let asked = vec!["?"; TOGETHER].join(", ");
        let mut ask = self
            .db
            .prepare_cached(&format!(
                "SELECT o.uuid, coalesce(s.speaker, o.id) FROM obj o LEFT JOIN spoken s ON s.obj = o.id
                  WHERE o.uuid IN ({asked})"
            ))
            .doing("preparing places")?;
        let mut shown: HashMap<Id, i64> = HashMap::with_capacity(ids.len());
        for some in ids.chunks(TOGETHER) {
            // A statement for each number of ids would be as many to prepare: what is lacking is asked for as nothing.
            let none = (some.len()..TOGETHER).map(|_| None);
            let asked = some.iter().map(|id| Some(id.as_bytes())).chain(none);
            let read = |row: &rusqlite::Row<'_>| Ok((Id::from_bytes(row.get(0)?), row.get(1)?));
            for found in ask.query_map(params_from_iter(asked), read).doing("finding places")? {
                shown.extend([found.doing("finding places")?]);
            }
        }
        let placed = ids.iter().zip(0..).filter_map(|(id, at)| Some((*shown.get(id)?, at)));
        Ok(Places(placed.collect()))
    }

    /// Some columns of the living rows of a record that belong to rows with a place, with that place. Rows of a few are
    /// found one by one; for many, all rows of the record are passed.
    pub fn scan_under(
        &self,
        record: &Record,
        scan: &Scan<'_>,
        places: &Places,
        mut take: impl FnMut(usize, &Columns<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let Some(via) = record.owner.as_deref() else { return Ok(()) };
        let fields: Vec<&str> = scan.fields.iter().copied().chain([via]).collect();
        let owner = fields.len() + BEFORE - 1;
        let mut put = |columns: &Columns<'_>| {
            let owner = columns.row.get::<_, Option<i64>>(owner).doing("scanning")?;
            match owner.and_then(|owner| places.0.get(&owner)) {
                Some(at) => take(*at, columns),
                None => Ok(()),
            }
        };
        if places.0.len() > FEW {
            return self.each_of(record, &Scan { fields: &fields, only: scan.only.clone() }, false, put);
        }
        for obj in places.0.keys() {
            let only = scan.only.iter().copied().chain([Only::To(via, self.uuid(*obj)?)]).collect();
            self.each_of(record, &Scan { fields: &fields, only }, false, &mut put)?;
        }
        Ok(())
    }

    fn each_of(
        &self,
        record: &Record,
        scan: &Scan<'_>,
        with_ids: bool,
        mut take: impl FnMut(&Columns<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let fields = scan.fields.iter().map(|key| {
            let stored = record.stored().find(|field| field.key == **key);
            stored.ok_or_else(|| StoreError::Defect(format!("no field {}.{key}", record.record)))
        });
        let fields = fields.collect::<Result<Vec<_>, _>>()?;
        let columns: String = fields.iter().map(|field| format!(", {}", cell::column(record, field))).collect();
        let (filters, values) = self.conditions(record, &scan.only)?;
        let (id, join) = if with_ids { ("o.uuid", " CROSS JOIN obj o ON o.id = t.id") } else { ("NULL", "") };
        let part = |filter: &String| format!("SELECT t.id, {id}{columns} FROM \"{}\" t{join}{filter}", record.record);
        let sql = filters.iter().map(part).collect::<Vec<_>>().join(" UNION ALL ");
        let mut ask = self.db.prepare_cached(&sql).doing("preparing a scan")?;
        let mut rows = ask.query(params_from_iter(&values)).doing("scanning")?;
        let met = Met::default();
        while let Some(row) = rows.next().doing("scanning")? {
            take(&Columns { view: *self, fields: &fields, row, met: &met })?;
        }
        Ok(())
    }

    /// The distinct days in a field from a day on, in order. Where the field has an index, only its days are looked at.
    pub fn days_in(&self, record: &Record, field: &str, from: Date) -> Result<Vec<Date>, StoreError> {
        if !record.stored().any(|stored| stored.key == field) {
            return Err(StoreError::Defect(format!("no field {}.{field}", record.record)));
        }
        let table = &record.record;
        let sql = format!(
            "WITH RECURSIVE day (\"on\") AS (
               SELECT min(\"{field}\") FROM \"{table}\" WHERE \"{field}\" >= ?1
               UNION ALL
               SELECT (SELECT min(\"{field}\") FROM \"{table}\" WHERE \"{field}\" > day.\"on\") FROM day WHERE day.\"on\" IS NOT NULL
             ) SELECT \"on\" FROM day WHERE \"on\" IS NOT NULL"
        );
        let mut ask = self.db.prepare_cached(&sql).doing("preparing days")?;
        let days: Vec<String> =
            ask.query_map([from.to_string()], |row| row.get(0)).and_then(Iterator::collect).doing("reading days")?;
        Ok(days.iter().filter_map(|day| day.parse().ok()).collect())
    }

    /// The conditions of a scan, in parts that no row meets two of, so that an index serves each; and their values.
    fn conditions(&self, record: &Record, only: &[Only<'_>]) -> Result<(Vec<String>, Vec<Sql>), StoreError> {
        let (mut parts, mut values) = (vec![String::new()], Vec::new());
        let mut and = |conditions: &[String]| {
            let with = |part: &String, condition: &String| match part.as_str() {
                "" => format!(" WHERE {condition}"),
                part => format!("{part} AND {condition}"),
            };
            parts = parts.iter().flat_map(|part| conditions.iter().map(move |one| with(part, one))).collect();
        };
        for (condition, at) in only.iter().zip(1..) {
            let field = match condition {
                Only::From(field, day) => {
                    and(&[format!("t.\"{field}\" >= ?{at}")]);
                    values.push(Sql::Text(day.to_string()));
                    field
                }
                Only::OpenAfter(field, day) => {
                    and(&[format!("t.\"{field}\" IS NULL"), format!("t.\"{field}\" > ?{at}")]);
                    values.push(Sql::Text(day.to_string()));
                    field
                }
                Only::Is(field, code) => {
                    and(&[format!("t.\"{field}\" = ?{at}")]);
                    values.push(Sql::Text((*code).to_owned()));
                    field
                }
                Only::To(field, row) => {
                    and(&[format!("t.\"{field}\" = ?{at}")]);
                    values.push(self.shown_obj(*row)?.map_or(Sql::Null, Sql::Integer));
                    field
                }
            };
            if !record.stored().any(|stored| stored.key == **field) {
                return Err(StoreError::Defect(format!("no field {}.{field}", record.record)));
            }
        }
        Ok((parts, values))
    }
}
