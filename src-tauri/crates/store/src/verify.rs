//! Self-check: the file's pages, the whole hash chain, and that the state is what the log amounts to.

use std::collections::{BTreeMap, BTreeSet};

use domain::{Id, Value};
use oplog::change::Sealed;
use oplog::memory::Memory;
use oplog::same::Said;
use oplog::{Dot, FieldName, Hash, Head, LIFE, Payload, SAME, Segment};

use rusqlite::types::Value as Sql;
use rusqlite::{OptionalExtension, params};

use crate::error::Doing;
use crate::{StoreError, View, cell, made};

/// What a self-check found wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Damage {
    /// SQLite or SQLCipher found a damaged page.
    Page(String),
    /// A change does not hash to what the chain says.
    Chain {
        /// The computer that wrote it.
        replica: Id,
        /// Its depth.
        depth: u32,
    },
    /// A field does not stand as the log says.
    State {
        /// The row.
        row: Id,
        /// The field.
        field: String,
    },
    /// What a row is listed and found by is not what follows from it.
    Derived {
        /// The row.
        row: Id,
    },
}

/// What a ledger means: for every field ever written, the changes nobody has replaced. Comparable between machines.
pub type Meaning = BTreeMap<(Id, FieldName), Vec<Hash>>;

impl View<'_> {
    /// Checks pages and chains; an empty list means all is well.
    pub fn verify(&self) -> Result<Vec<Damage>, StoreError> {
        let mut damages = self.pages("cipher_integrity_check")?;
        damages.extend(
            self.pages("integrity_check")?.into_iter().filter(|damage| *damage != Damage::Page("ok".to_owned())),
        );
        damages.extend(self.chains()?);
        damages.extend(self.state_faults()?);
        damages.extend(self.derived_faults()?.into_iter().map(|row| Damage::Derived { row }));
        Ok(damages)
    }

    /// What the ledger means, from its tables.
    pub fn meaning(&self) -> Result<Meaning, StoreError> {
        let fields = self.written_fields()?;
        let mut meaning = Meaning::new();
        for (row, field) in fields {
            let heads = match self.heads(row, &field)? {
                heads if heads.is_empty() => self.unborn_heads(row, &field)?,
                heads => heads,
            };
            let mut hashes = heads.iter().map(|head| self.hash_of(head.dot)).collect::<Result<Vec<Hash>, _>>()?;
            hashes.sort();
            if !hashes.is_empty() {
                meaning.insert((row, field), hashes);
            }
        }
        Ok(meaning)
    }

    /// Every field that was ever written, redactions apart.
    fn written_fields(&self) -> Result<BTreeSet<(Id, FieldName)>, StoreError> {
        let sql = "SELECT o.uuid, op.field, op.kind, op.val FROM op JOIN obj o ON o.id = op.obj";
        let mut ask = self.db.prepare(sql).doing("preparing fields")?;
        let mut rows = ask.query([]).doing("reading fields")?;
        let mut fields = BTreeSet::new();
        while let Some(row) = rows.next().doing("reading a field")? {
            let id = Id::from_bytes(row.get("uuid").doing("reading a field")?);
            for read in made::read(row)?.into_iter().filter(|read| read.payload != Sealed::Open(Payload::Redact)) {
                fields.insert((id, self.term_text(read.term)?));
            }
        }
        Ok(fields)
    }

    /// The heads of a row that nothing has made yet.
    fn unborn_heads(&self, row: Id, field: &FieldName) -> Result<Vec<Head>, StoreError> {
        match (self.obj(row)?, self.term(field)?) {
            (Some(obj), Some(term)) => self.head_rows(obj, term),
            _ => Ok(vec![]),
        }
    }

    /// Fields that stand otherwise than the log, folded plainly in memory, says.
    fn state_faults(&self) -> Result<Vec<Damage>, StoreError> {
        let mut memory = Memory::default();
        memory.receive(self.all_segments()?);
        memory.hold(self.held_changes()?);
        let told = memory.head_hashes();
        let stands = self.meaning()?;
        let mut damages = Vec::new();
        for key in told.keys().chain(stands.keys()) {
            if told.get(key) != stands.get(key) {
                damages.push(Damage::State { row: key.0, field: key.1.to_string() });
            }
        }
        for ((row, field), shown) in memory.state() {
            // Reopened to nothing, a field was never filled: what a joined row has in it shows.
            let shows_through = shown.values.is_empty() && self.joined(row)?.len() > 1;
            if !shows_through && !self.stands_as(row, &field, shown.value.as_ref())? {
                damages.push(Damage::State { row, field: field.to_string() });
            }
        }
        damages.extend(self.contest_faults(&memory)?);
        damages.extend(self.life_faults(&memory)?);
        damages.extend(self.same_faults(&memory)?);
        damages.dedup();
        Ok(damages)
    }

    /// Fields noted as filled differently that are not, or the other way round.
    fn contest_faults(&self, memory: &Memory) -> Result<Vec<Damage>, StoreError> {
        let noted: BTreeSet<(Id, String)> =
            self.conflicts(None)?.into_iter().map(|one| (one.row, format!("{}.{}", one.record, one.field))).collect();
        let state = memory.state();
        let contested = state.into_iter().filter(|((_, field), shown)| match oplog::is_same(field) {
            true => Said::of(&shown.values).contested().next().is_some(),
            false => shown.values.len() > 1,
        });
        let told: BTreeSet<(Id, String)> = contested.map(|((row, field), _)| (row, field.to_string())).collect();
        Ok(noted
            .symmetric_difference(&told)
            .map(|(row, field)| Damage::State { row: *row, field: field.clone() })
            .collect())
    }

    /// Rows that are joined otherwise than the log says.
    fn same_faults(&self, memory: &Memory) -> Result<Vec<Damage>, StoreError> {
        let (told, stands) = (memory.speakers(), self.speakers()?);
        let rows: BTreeSet<Id> = told.keys().chain(stands.keys()).copied().collect();
        let wrong = rows.into_iter().filter(|row| told.get(row) != stands.get(row));
        Ok(wrong.map(|row| Damage::State { row, field: SAME.to_owned() }).collect())
    }

    /// Rows that live otherwise than the log says.
    fn life_faults(&self, memory: &Memory) -> Result<Vec<Damage>, StoreError> {
        let mut ask = self.db.prepare("SELECT uuid, life FROM obj WHERE born IS NOT NULL").doing("preparing lives")?;
        let lives: Vec<([u8; 16], i64)> = ask
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
            .and_then(Iterator::collect)
            .doing("reading lives")?;
        let wrong = lives.into_iter().filter(|(row, life)| memory.life(Id::from_bytes(*row)).number() != *life);
        Ok(wrong.map(|(row, _)| Damage::State { row: Id::from_bytes(row), field: LIFE.to_owned() }).collect())
    }

    /// Whether a visible row holds a value: in its column, or beside it when there is none that fits.
    fn stands_as(&self, row: Id, field: &FieldName, value: Option<&Value>) -> Result<bool, StoreError> {
        let named = field.split_once('.').filter(|(_, key)| *key != LIFE);
        let Some((obj, record)) = self.obj(row)?.zip(self.record_of(row).ok()).filter(|_| named.is_some()) else {
            return Ok(true);
        };
        let Some(values) = self.plain_row(record, obj)? else { return Ok(true) };
        let column = named.filter(|(of, _)| *of == record.record).and_then(|(_, key)| record.field(key));
        let column = column.filter(|field| !field.projected && !field.added);
        let fits = column.is_some_and(|field| value.is_none_or(|value| cell::fits(field, value)));
        let in_column = column.and_then(|field| values.get(&field.key));
        let beside = self.beside(obj, field)?;
        Ok(match fits {
            true => self.is_one(in_column, value)? && beside.is_none(),
            false => in_column.is_none() && beside == value.map(|value| cell::of_value(Some(value))),
        })
    }

    fn beside(&self, obj: i64, field: &FieldName) -> Result<Option<Sql>, StoreError> {
        let sql = "SELECT e.value FROM extra e JOIN term t ON t.id = e.field WHERE e.obj = ?1 AND t.text = ?2";
        let mut ask = self.db.prepare_cached(sql).doing("preparing a field")?;
        ask.query_row(params![obj, &**field], |row| row.get(0)).optional().doing("reading a field")
    }

    fn all_segments(&self) -> Result<Vec<Segment>, StoreError> {
        let mut ask = self
            .db
            .prepare("SELECT s.lin, s.first, coalesce(s.last, l.tip), s.epoch FROM segment s JOIN lin l ON l.id = s.lin ORDER BY s.lin, s.first")
            .doing("preparing segments")?;
        let runs: Vec<(u32, u32, u32, [u8; 32])> = ask
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))
            .and_then(Iterator::collect)
            .doing("reading segments")?;
        runs.into_iter().map(|(lin, first, last, epoch)| Ok(self.segment(lin, first, last, epoch)?.0)).collect()
    }

    fn pages(&self, pragma: &str) -> Result<Vec<Damage>, StoreError> {
        let mut ask = self.db.prepare(&format!("PRAGMA {pragma}")).doing("preparing a check")?;
        let rows = ask.query_map([], |row| row.get(0).map(Damage::Page));
        rows.and_then(Iterator::collect).doing("checking pages")
    }

    /// Recomputes every hash of every chain.
    fn chains(&self) -> Result<Vec<Damage>, StoreError> {
        let mut damages = Vec::new();
        for segment in self.all_segments()? {
            let stored = segment.changes.iter().skip(1).filter_map(|change| change.parent);
            let faults = segment.changes.iter().zip(stored).filter(|(change, stored)| change.hash() != *stored);
            damages.extend(faults.map(|(change, _)| Damage::Chain { replica: segment.replica, depth: change.depth }));
        }
        let mut ask = self.db.prepare("SELECT id, tip, tip_hash FROM lin").doing("preparing tips")?;
        let tips: Vec<(u32, u32, [u8; 32])> = ask
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .and_then(Iterator::collect)
            .doing("reading tips")?;
        for (lin, depth, tip) in tips {
            let (replica, scope) = self.lineage(lin)?;
            let (epoch, parent) = (self.epoch_at(lin, depth)?, self.parent_of(lin, depth)?);
            let within = Segment { replica, scope, parent, first_depth: depth, epoch, changes: vec![] };
            let (change, stored) = self.change(Dot { lin, depth }, &within, parent)?;
            if change.hash() != stored || stored != Hash(tip) {
                damages.push(Damage::Chain { replica, depth });
            }
        }
        Ok(damages)
    }

    pub(crate) fn epoch_at(&self, lin: u32, depth: u32) -> Result<[u8; 32], StoreError> {
        let sql = "SELECT epoch FROM segment WHERE lin = ?1 AND first <= ?2 ORDER BY first DESC LIMIT 1";
        self.db.query_row(sql, [lin, depth], |row| row.get(0)).doing("reading an epoch")
    }
}
