//! Who wrote what, when, where and why.

use domain::{Id, Value};
use oplog::change::Sealed;
use oplog::{Dot, Flags, Hash, LIFE, Payload};
use rusqlite::{Row, params};

use crate::error::Doing;
use crate::{StoreError, View, cell, made};

/// A change, as history shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// The change inside this file.
    dot: i64,
    /// The change.
    pub change: Hash,
    /// Who.
    pub who: Id,
    /// On which computer.
    pub replica: Id,
    /// In whose ledger.
    pub scope: Id,
    /// When, milliseconds UTC.
    pub at_ms: u64,
    /// What kind of change.
    pub flags: Flags,
    /// Why.
    pub why: Option<String>,
    /// Saved together with others.
    pub batch: Option<Id>,
}

/// One field written by a change.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The change.
    pub event: Event,
    /// The row.
    pub row: Id,
    /// Its record.
    pub record: String,
    /// The field; [`LIFE`] when the row was made, deleted or brought back.
    pub field: String,
    /// What was written; several values when a choice was taken back; none when erased by law.
    pub values: Vec<Option<Value>>,
    /// Whether nobody has replaced it.
    pub stands: bool,
}

const EVENT: &str = "c.id AS dot, c.hash, c.time, c.flags, c.why, c.batch, w.uuid AS who, l.replica, l.scope";
const FROM: &str = "change c JOIN obj w ON w.id = c.who JOIN lin l ON l.id = c.id >> 32";

fn read_event(row: &Row<'_>) -> Result<Event, StoreError> {
    let time: i64 = row.get("time").doing("reading a change")?;
    let batch: Option<[u8; 16]> = row.get("batch").doing("reading a change")?;
    Ok(Event {
        dot: row.get("dot").doing("reading a change")?,
        change: Hash(row.get("hash").doing("reading a change")?),
        who: Id::from_bytes(row.get("who").doing("reading a change")?),
        replica: Id::from_bytes(row.get("replica").doing("reading a change")?),
        scope: Id::from_bytes(row.get("scope").doing("reading a change")?),
        at_ms: u64::try_from(time).unwrap_or_default() >> 16,
        flags: Flags(row.get("flags").doing("reading a change")?),
        why: row.get("why").doing("reading a change")?,
        batch: batch.map(Id::from_bytes),
    })
}

impl View<'_> {
    pub(crate) fn event(&self, dot: Dot) -> Result<Event, StoreError> {
        let mut ask = self
            .db
            .prepare_cached(&format!("SELECT {EVENT} FROM {FROM} WHERE c.id = ?1"))
            .doing("preparing a change")?;
        let mut rows = ask.query([dot.packed()]).doing("reading a change")?;
        match rows.next().doing("reading a change")? {
            Some(row) => read_event(row),
            None => Err(StoreError::Damaged("a change is missing".to_owned())),
        }
    }

    /// The changes of the ledger, newest first; of those saved together, the last one.
    pub fn recent(&self, limit: u32) -> Result<Vec<Event>, StoreError> {
        let sql = format!(
            "SELECT {EVENT} FROM {FROM}
              WHERE c.batch IS NULL OR c.id = (SELECT max(id) FROM change WHERE batch = c.batch)
              ORDER BY c.time DESC, c.hash DESC LIMIT ?1"
        );
        let mut ask = self.db.prepare_cached(&sql).doing("preparing changes")?;
        let mut rows = ask.query([limit]).doing("reading changes")?;
        let mut events = Vec::new();
        while let Some(row) = rows.next().doing("reading a change")? {
            events.push(read_event(row)?);
        }
        Ok(events)
    }

    /// The rows a change wrote, together with those saved with it: the first of them, and how many there are.
    pub fn rows_written(&self, event: &Event, limit: u32) -> Result<(Vec<Id>, u32), StoreError> {
        let mut ask = self
            .db
            .prepare_cached(
                "SELECT obj.uuid, count(*) OVER () AS total
                   FROM (SELECT DISTINCT op.obj
                           FROM (SELECT id FROM change WHERE id = ?1 UNION SELECT id FROM change WHERE batch = ?2) c
                           JOIN op ON op.id BETWEEN c.id << 15 AND (c.id << 15) + 32767) w
                   JOIN obj ON obj.id = w.obj
                  ORDER BY w.obj LIMIT ?3",
            )
            .doing("preparing rows of a change")?;
        let batch = event.batch.map(|batch| *batch.as_bytes());
        let mut rows = ask.query(params![event.dot, batch, limit]).doing("reading rows of a change")?;
        let (mut written, mut total) = (Vec::new(), 0);
        while let Some(row) = rows.next().doing("reading rows of a change")? {
            written.push(Id::from_bytes(row.get("uuid").doing("reading rows of a change")?));
            total = row.get("total").doing("reading rows of a change")?;
        }
        Ok((written, total))
    }

    /// Everything ever written to a row, oldest first.
    pub fn history(&self, id: Id) -> Result<Vec<Entry>, StoreError> {
        let sql = format!(
            "SELECT {EVENT}, op.kind, op.val, op.obj, op.field FROM op JOIN {FROM}
              WHERE op.obj = (SELECT id FROM obj WHERE uuid = ?1) AND c.id = op.id >> 15
              ORDER BY c.time, c.hash, op.id"
        );
        let mut ask = self.db.prepare_cached(&sql).doing("preparing a history")?;
        let mut rows = ask.query([id.as_bytes()]).doing("reading a history")?;
        let mut entries = Vec::new();
        while let Some(row) = rows.next().doing("reading a history")? {
            for read in made::read(row)? {
                entries.push(self.entry(id, row, read)?);
            }
        }
        Ok(entries)
    }

    fn entry(&self, id: Id, row: &Row<'_>, read: made::Read) -> Result<Entry, StoreError> {
        let name = self.term_text(read.term)?;
        let (record, field) = name.split_once('.').unwrap_or((&name, ""));
        let values = match read.payload {
            Sealed::Open(payload) => payload.values().to_vec(),
            Sealed::Erased(_) => vec![],
        };
        let dot: i64 = row.get("dot").doing("reading a history")?;
        let heads = self.head_rows(row.get("obj").doing("reading a history")?, read.term)?;
        let born = self.born(id)?.map(|(_, born)| born);
        let stands = match heads.is_empty() {
            true => born == Some(Dot::unpacked(dot)),
            false => heads.iter().any(|head| head.dot.packed() == dot),
        };
        Ok(Entry {
            event: read_event(row)?,
            row: id,
            record: record.to_owned(),
            field: field.to_owned(),
            values,
            stands,
        })
    }

    /// Every operation of a change, in order.
    pub(crate) fn rows_of(&self, dot: Dot) -> Result<Vec<Written>, StoreError> {
        self.operations(dot, made::read)
    }

    /// The operations of a change; of a row it made only that it was made.
    pub(crate) fn lives_of(&self, dot: Dot) -> Result<Vec<Written>, StoreError> {
        self.operations(dot, made::read_life)
    }

    fn operations(
        &self,
        dot: Dot,
        read: fn(&Row<'_>) -> Result<Vec<made::Read>, StoreError>,
    ) -> Result<Vec<Written>, StoreError> {
        let first = dot.packed() << 15;
        let mut ask = self
            .db
            .prepare_cached(
                "SELECT o.uuid, op.kind, op.val, op.seen, op.obj, op.field
                   FROM op JOIN obj o ON o.id = op.obj
                  WHERE op.id BETWEEN ?1 AND ?2 ORDER BY op.id",
            )
            .doing("preparing a change")?;
        let mut rows = ask.query(params![first, first + 0x7fff]).doing("reading a change")?;
        let mut written = Vec::new();
        while let Some(row) = rows.next().doing("reading a change")? {
            let id: [u8; 16] = row.get("uuid").doing("reading a change")?;
            let obj = row.get("obj").doing("reading a change")?;
            let seen: Option<Vec<u8>> = row.get("seen").doing("reading a change")?;
            for made::Read { term, payload, .. } in read(row)? {
                let name = self.term_text(term)?;
                let seen = cell::to_seen(seen.as_deref());
                written.push(Written { row: Id::from_bytes(id), name, obj, term, payload, seen });
            }
        }
        Ok(written)
    }
}

/// One operation of a change, with public ids.
pub(crate) struct Written {
    pub(crate) row: Id,
    pub(crate) name: oplog::FieldName,
    pub(crate) obj: i64,
    pub(crate) term: i64,
    pub(crate) payload: Sealed<Payload>,
    pub(crate) seen: Vec<Dot>,
}

impl Written {
    /// The record and the field's key.
    pub(crate) fn parts(&self) -> (&str, &str) {
        self.name.split_once('.').unwrap_or((&self.name, ""))
    }

    /// Whether the operation speaks of the row's life.
    pub(crate) fn is_life(&self) -> bool {
        self.parts().1 == LIFE
    }
}
