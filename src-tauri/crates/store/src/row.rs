//! One row as it stands: its values, its heads, its conflicts, and the token a form hands back.

use std::collections::{BTreeMap, BTreeSet};

use domain::{Date, Id, Record, Row, Value};
use oplog::{Dot, FieldName, Hash, Head, Payload, heads};
use rusqlite::{OptionalExtension, params};

use crate::error::Doing;
use crate::history::Event;
use crate::{StoreError, View, cell};

/// A row with its values, projections included.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredRow {
    /// The row.
    pub id: Id,
    /// Its fields that hold something.
    pub values: Row,
    /// Fields with more than one value that nobody has replaced.
    pub conflicts: Vec<String>,
    /// Whether it was deleted by one while another wrote.
    pub in_review: bool,
    /// What a form that shows this row hands back when it saves.
    pub seen: String,
}

/// A field with more than one value that nobody has replaced.
#[derive(Debug, Clone, PartialEq)]
pub struct Conflict {
    /// The row.
    pub row: Id,
    /// Its record.
    pub record: String,
    /// The field.
    pub field: String,
    /// The values, the one displayed first.
    pub rivals: Vec<Rival>,
}

/// One of the values of a conflict.
#[derive(Debug, Clone, PartialEq)]
pub struct Rival {
    /// The value.
    pub value: Option<Value>,
    /// Who wrote it.
    pub who: Id,
    /// On which computer.
    pub replica: Id,
    /// When, milliseconds UTC.
    pub at_ms: u64,
    /// Why.
    pub why: Option<String>,
    /// The change that wrote it.
    pub change: Hash,
}

/// What a form showed: the changes behind each field, for fields that were written since the row was made.
#[derive(Debug, Default)]
pub(crate) struct Shown(BTreeMap<String, Vec<Dot>>);

impl Shown {
    /// Reads a token that [`StoredRow::seen`] held: `field:dot,dot;field:dot`, dots in hexadecimal.
    pub(crate) fn read(token: &str) -> Result<Self, StoreError> {
        let bad = || StoreError::Refused(vec![domain::Problem::block("_seen", "not_a_row").with("typed", token)]);
        let mut shown = BTreeMap::new();
        for field in token.split(';').filter(|field| !field.is_empty()) {
            let (name, dots) = field.split_once(':').ok_or_else(bad)?;
            let dots: Result<Vec<i64>, _> = dots.split(',').map(|dot| i64::from_str_radix(dot, 16)).collect();
            shown.insert(name.to_owned(), dots.map_err(|_| bad())?.into_iter().map(Dot::unpacked).collect());
        }
        Ok(Self(shown))
    }

    fn write(fields: &BTreeMap<String, Vec<Dot>>) -> String {
        let dots = |dots: &[Dot]| dots.iter().map(|dot| format!("{:x}", dot.packed())).collect::<Vec<_>>().join(",");
        fields.iter().map(|(field, heads)| format!("{field}:{}", dots(heads))).collect::<Vec<_>>().join(";")
    }

    /// The changes shown for a field; `None`: the value the row was made with, or nothing.
    pub(crate) fn of(&self, key: &str) -> Option<&[Dot]> {
        self.0.get(key).map(Vec::as_slice)
    }
}

/// What a field displays and every distinct value nobody has replaced.
#[derive(Debug, Default)]
pub(crate) struct Standing {
    pub(crate) displayed: Option<Value>,
    pub(crate) values: Vec<Option<Value>>,
}

impl View<'_> {
    /// A row of a record; the row that stands for it, when it was joined to another. Errors: [`StoreError::NoSuchRow`], [`StoreError::RowDeleted`].
    pub fn row(&self, record: &Record, id: Id, on: Date) -> Result<StoredRow, StoreError> {
        let obj = self.shown_obj(id)?.ok_or_else(|| StoreError::NoSuchRow(id.to_string()))?;
        match self.stored_row(record, obj, on)? {
            Some(row) => Ok(row),
            None if self.life(obj)? == Some(0) => Err(StoreError::RowDeleted(id.to_string())),
            None => Err(StoreError::NoSuchRow(id.to_string())),
        }
    }

    /// The record of a row, whether the row lives or not.
    pub fn record_of(&self, id: Id) -> Result<&Record, StoreError> {
        let mut ask = self
            .db
            .prepare_cached("SELECT t.text FROM obj o JOIN term t ON t.id = o.record WHERE o.uuid = ?1")
            .doing("preparing a record")?;
        let name: Option<String> =
            ask.query_row([id.as_bytes()], |row| row.get(0)).optional().doing("reading a record")?;
        name.and_then(|name| self.catalogue.record(&name)).ok_or_else(|| StoreError::NoSuchRow(id.to_string()))
    }

    /// The organisation a row belongs to.
    pub fn scope_of(&self, id: Id) -> Result<Option<Id>, StoreError> {
        let mut ask = self
            .db
            .prepare_cached("SELECT s.uuid FROM obj o JOIN obj s ON s.id = o.scope WHERE o.uuid = ?1")
            .doing("preparing a scope")?;
        let found: Option<[u8; 16]> =
            ask.query_row([id.as_bytes()], |row| row.get(0)).optional().doing("reading a scope")?;
        Ok(found.map(Id::from_bytes))
    }

    /// The change that made a row, by the row's number.
    pub(crate) fn born_at(&self, obj: i64) -> Result<Option<Dot>, StoreError> {
        let mut ask = self.db.prepare_cached("SELECT born FROM obj WHERE id = ?1").doing("preparing a birth")?;
        let born: Option<i64> = ask.query_row([obj], |row| row.get(0)).optional().doing("reading a birth")?.flatten();
        Ok(born.map(Dot::unpacked))
    }

    /// Whether a row was made by something that counts.
    pub fn is_made(&self, id: Id) -> Result<bool, StoreError> {
        Ok(self.born(id)?.is_some())
    }

    pub(crate) fn life(&self, obj: i64) -> Result<Option<i64>, StoreError> {
        let mut ask = self.db.prepare_cached("SELECT life FROM obj WHERE id = ?1").doing("preparing a life")?;
        Ok(ask.query_row([obj], |row| row.get(0)).optional().doing("reading a life")?.flatten())
    }

    /// A visible row by its number.
    pub(crate) fn stored_row(&self, record: &Record, obj: i64, on: Date) -> Result<Option<StoredRow>, StoreError> {
        let Some(mut values) = self.plain_row(record, obj)? else { return Ok(None) };
        if !record.projections.is_empty() {
            values.extend(self.projected(record, obj, on)?);
        }
        let (seen, conflicts) = self.marks(obj)?;
        let in_review = self.life(obj)? == Some(2);
        Ok(Some(StoredRow { id: self.uuid(obj)?, values, conflicts, in_review, seen }))
    }

    /// The stored values of a visible row.
    pub(crate) fn plain_row(&self, record: &Record, obj: i64) -> Result<Option<Row>, StoreError> {
        let mut ask = self.db.prepare_cached(&self.shape(record)?.row).doing("preparing a row")?;
        let mut rows = ask.query([obj]).doing("reading a row")?;
        let Some(row) = rows.next().doing("reading a row")? else { return Ok(None) };
        let mut values = Row::new();
        for (field, at) in record.stored().zip(1..) {
            let value = cell::to_value(field, row.get_ref(at).doing("reading a row")?, |obj| self.uuid(obj))?;
            cell::put(&mut values, field, value);
        }
        Ok(Some(values))
    }

    /// The token for a form and the fields in conflict, of the row itself even when another stands for it.
    pub fn seen(&self, id: Id) -> Result<(String, Vec<String>), StoreError> {
        self.marks(self.obj(id)?.ok_or_else(|| StoreError::NoSuchRow(id.to_string()))?)
    }

    fn marks(&self, obj: i64) -> Result<(String, Vec<String>), StoreError> {
        let mut ask = self
            .db
            .prepare_cached(
                "SELECT t.text, h.dot, c.obj IS NOT NULL AS contested
                   FROM head h JOIN term t ON t.id = h.field
                   LEFT JOIN conflict c ON c.obj = h.obj AND c.field = h.field
                  WHERE h.obj = ?1 ORDER BY t.text, h.dot",
            )
            .doing("preparing heads")?;
        let mut rows = ask.query([obj]).doing("reading heads")?;
        let (mut fields, mut conflicts) = (BTreeMap::<String, Vec<Dot>>::new(), Vec::new());
        while let Some(row) = rows.next().doing("reading a head")? {
            let name: String = row.get("text").doing("reading a head")?;
            let key = name.split_once('.').map_or(name.as_str(), |(_, key)| key).to_owned();
            if row.get("contested").doing("reading a head")? && conflicts.last() != Some(&key) {
                conflicts.push(key.clone());
            }
            fields.entry(key).or_default().push(Dot::unpacked(row.get("dot").doing("reading a head")?));
        }
        Ok((Shown::write(&fields), conflicts))
    }

    /// The change that made a row, with the row's number.
    pub(crate) fn born(&self, id: Id) -> Result<Option<(i64, Dot)>, StoreError> {
        let mut ask = self
            .db
            .prepare_cached("SELECT id, born FROM obj WHERE uuid = ?1 AND born IS NOT NULL")
            .doing("preparing a birth")?;
        let found = ask
            .query_row([id.as_bytes()], |row| Ok((row.get("id")?, row.get("born")?)))
            .optional()
            .doing("reading a birth")?;
        Ok(found.map(|(obj, born)| (obj, Dot::unpacked(born))))
    }

    /// The heads of a field as they stand, the birth value included.
    pub(crate) fn heads(&self, id: Id, field: &FieldName) -> Result<Vec<Head>, StoreError> {
        let (Some((obj, born)), Some(term)) = (self.born(id)?, self.term(field)?) else { return Ok(vec![]) };
        match self.head_rows(obj, term)? {
            rows if !rows.is_empty() => Ok(rows),
            _ if self.wrote(born, obj, term)? => Ok(vec![Head { dot: born, seen: vec![] }]),
            _ => Ok(vec![]),
        }
    }

    /// The heads a form showed for a field.
    pub(crate) fn heads_shown(&self, id: Id, field: &FieldName, shown: &Shown) -> Result<Vec<Head>, StoreError> {
        let key = field.split_once('.').map_or(&**field, |(_, key)| key);
        let (Some((obj, born)), Some(term)) = (self.born(id)?, self.term(field)?) else { return Ok(vec![]) };
        match shown.of(key) {
            None if self.wrote(born, obj, term)? => Ok(vec![Head { dot: born, seen: vec![] }]),
            None => Ok(vec![]),
            Some(dots) => {
                let mut heads = Vec::new();
                for dot in dots {
                    // A token of another row says nothing of this one.
                    if self.wrote(*dot, obj, term)? {
                        heads.push(Head { dot: *dot, seen: self.seen_at(*dot, obj, term)? });
                    }
                }
                Ok(heads)
            }
        }
    }

    /// What the writer of a field had seen on other chains.
    pub(crate) fn seen_at(&self, dot: Dot, obj: i64, term: i64) -> Result<Vec<Dot>, StoreError> {
        let first = dot.packed() << 15;
        let mut ask = self
            .db
            .prepare_cached("SELECT seen FROM op WHERE id BETWEEN ?1 AND ?2 AND obj = ?3 AND field = ?4")
            .doing("preparing what was seen")?;
        let seen: Option<Vec<u8>> = ask
            .query_row(params![first, first + 0x7fff, obj, term], |row| row.get(0))
            .optional()
            .doing("reading what was seen")?
            .flatten();
        Ok(cell::to_seen(seen.as_deref()))
    }

    /// What a field displays and which values stand, from its heads.
    pub(crate) fn standing(&self, id: Id, field: &FieldName, heads: &[Head]) -> Result<Standing, StoreError> {
        let (Some(obj), Some(term)) = (self.obj(id)?, self.term(field)?) else { return Ok(Standing::default()) };
        let mut ranked = Vec::new();
        for head in heads {
            ranked.extend(self.written(head.dot, obj, term)?);
        }
        ranked.sort_by_key(|(rank, _)| *rank);
        let open: Vec<_> = ranked.iter().filter_map(|(_, payload)| payload.open()).collect();
        let displayed = open.last().and_then(|payload| payload.values().first().cloned()).flatten();
        Ok(Standing { displayed, values: heads::distinct(open) })
    }

    /// Every field in conflict, of one row or of all, oldest rows first.
    pub fn conflicts(&self, of: Option<Id>) -> Result<Vec<Conflict>, StoreError> {
        let mut ask = self
            .db
            .prepare_cached(
                "SELECT o.uuid, t.text, c.obj, c.field
                   FROM conflict c JOIN obj o ON o.id = c.obj JOIN term t ON t.id = c.field
                  WHERE ?1 IS NULL OR o.uuid = ?1
                  ORDER BY c.obj, t.text",
            )
            .doing("preparing conflicts")?;
        let mut rows = ask.query(params![of.map(|id| *id.as_bytes())]).doing("reading conflicts")?;
        let mut found = Vec::new();
        while let Some(row) = rows.next().doing("reading a conflict")? {
            let id: [u8; 16] = row.get("uuid").doing("reading a conflict")?;
            let name: String = row.get("text").doing("reading a conflict")?;
            let (record, field) = name.split_once('.').unwrap_or((&name, ""));
            let (obj, term) =
                (row.get("obj").doing("reading a conflict")?, row.get("field").doing("reading a conflict")?);
            let rivals = self.rivals(Id::from_bytes(id), obj, term, &FieldName::from(name.as_str()))?;
            found.push(Conflict {
                row: Id::from_bytes(id),
                record: record.to_owned(),
                field: field.to_owned(),
                rivals,
            });
        }
        Ok(found)
    }

    /// The fields in conflict, by row.
    pub fn contested(&self) -> Result<BTreeSet<(Id, String)>, StoreError> {
        let mut ask = self
            .db
            .prepare_cached(
                "SELECT o.uuid, t.text
                   FROM conflict c JOIN obj o ON o.id = c.obj JOIN term t ON t.id = c.field",
            )
            .doing("preparing conflicts")?;
        let mut rows = ask.query([]).doing("reading conflicts")?;
        let mut found = BTreeSet::new();
        while let Some(row) = rows.next().doing("reading a conflict")? {
            let id: [u8; 16] = row.get("uuid").doing("reading a conflict")?;
            let name: String = row.get("text").doing("reading a conflict")?;
            let field = name.split_once('.').map_or(name.as_str(), |(_, field)| field);
            found.insert((Id::from_bytes(id), field.to_owned()));
        }
        Ok(found)
    }

    /// How many fields are in conflict.
    pub fn conflict_count(&self) -> Result<u64, StoreError> {
        let count: i64 =
            self.db.query_row("SELECT count(*) FROM conflict", [], |row| row.get(0)).doing("counting conflicts")?;
        Ok(u64::try_from(count).unwrap_or_default())
    }

    fn rivals(&self, id: Id, obj: i64, term: i64, field: &FieldName) -> Result<Vec<Rival>, StoreError> {
        let mut ranked = Vec::new();
        for head in self.heads(id, field)? {
            if let Some((rank, payload)) = self.written(head.dot, obj, term)? {
                ranked.push((rank, head.dot, payload));
            }
        }
        ranked.sort_by_key(|(rank, _, _)| std::cmp::Reverse(*rank));
        let mut rivals = Vec::new();
        for (_, dot, payload) in ranked {
            let values = payload.open().map(|payload| payload.values().to_vec()).unwrap_or_default();
            let reopened = values.len() > 1;
            for value in values {
                let dot = if reopened { self.first_writer(obj, term, &value)?.unwrap_or(dot) } else { dot };
                let event = self.event(dot)?;
                let Event { who, replica, at_ms, why, change, .. } = event;
                rivals.push(Rival { value, who, replica, at_ms, why, change });
            }
        }
        Ok(rivals)
    }

    /// Who first gave a field a value that was opened again since.
    fn first_writer(&self, obj: i64, term: i64, value: &Option<Value>) -> Result<Option<Dot>, StoreError> {
        for head in self.all_written(obj, term)? {
            let written = self.written(head.dot, obj, term)?;
            if written.is_some_and(|(_, payload)| payload.open() == Some(&Payload::Set(value.clone()))) {
                return Ok(Some(head.dot));
            }
        }
        Ok(None)
    }

    pub(crate) fn term(&self, name: &str) -> Result<Option<i64>, StoreError> {
        let mut ask = self.db.prepare_cached("SELECT id FROM term WHERE text = ?1").doing("preparing a name")?;
        ask.query_row([name], |row| row.get(0)).optional().doing("reading a name")
    }

    /// The name of a number.
    pub(crate) fn term_text(&self, term: i64) -> Result<FieldName, StoreError> {
        let mut ask = self.db.prepare_cached("SELECT text FROM term WHERE id = ?1").doing("preparing a name")?;
        let text: String = ask.query_row([term], |row| row.get(0)).doing("reading a name")?;
        Ok(text.into())
    }

    /// The hash of a change.
    pub(crate) fn hash_of(&self, dot: Dot) -> Result<Hash, StoreError> {
        let mut ask = self.db.prepare_cached("SELECT hash FROM change WHERE id = ?1").doing("preparing a hash")?;
        ask.query_row([dot.packed()], |row| row.get(0)).map(Hash).doing("reading a hash")
    }
}
