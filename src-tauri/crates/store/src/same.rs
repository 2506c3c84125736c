//! Rows that are one and the same: in the log each keeps what was written to it; in the state tables one of them stands
//! for all, and everything that belongs to any of them belongs to it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use domain::{FieldType, Id, Record, Value};
use oplog::same::Said;
use oplog::{FieldName, Head, SAME, same};
use rusqlite::{OptionalExtension, params};

use crate::batch::{FreshOp, Obj};
use crate::door::Spoken;
use crate::error::Doing;
use crate::now::Dirty;
use crate::settle::Shown;
use crate::{Door, StoreError, View};

/// What decides who can stand for others.
struct Member {
    obj: i64,
    record: Option<i64>,
    visible: bool,
}

impl View<'_> {
    /// The row that stands for a row: itself, unless it was joined to another.
    pub fn speaker(&self, id: Id) -> Result<Id, StoreError> {
        match self.obj(id)? {
            Some(obj) => match self.spoken(obj)? {
                same if same == obj => Ok(id),
                other => self.uuid(other),
            },
            None => Ok(id),
        }
    }

    /// The rows that are one with a row, itself among them, the one that stands for all first.
    pub fn joined(&self, id: Id) -> Result<Vec<Id>, StoreError> {
        let speaker = self.speaker(id)?;
        let Some(obj) = self.obj(speaker)? else { return Ok(vec![id]) };
        let mut ask = self
            .db
            .prepare_cached("SELECT o.uuid FROM spoken s JOIN obj o ON o.id = s.obj WHERE s.speaker = ?1 AND s.obj <> ?1 ORDER BY o.uuid")
            .doing("preparing joined rows")?;
        let others = ask.query_map([obj], |row| row.get::<_, [u8; 16]>(0).map(Id::from_bytes));
        let others = others.and_then(Iterator::collect::<rusqlite::Result<Vec<Id>>>).doing("reading joined rows")?;
        Ok(std::iter::once(speaker).chain(others).collect())
    }

    /// Every row that was said to be another, with that other.
    pub fn said_same(&self) -> Result<Vec<(Id, Id)>, StoreError> {
        let mut ask = self
            .db
            .prepare_cached(
                "SELECT a.uuid, b.uuid FROM same s JOIN obj a ON a.id = s.obj JOIN obj b ON b.id = s.other ORDER BY 1, 2",
            )
            .doing("preparing joined rows")?;
        let id = |row: &rusqlite::Row<'_>, at| row.get::<_, [u8; 16]>(at).map(Id::from_bytes);
        let pairs = ask.query_map([], |row| Ok((id(row, 0)?, id(row, 1)?)));
        pairs.and_then(Iterator::collect).doing("reading joined rows")
    }

    /// What is said of a row: which it is one with, and which not.
    pub fn said_of(&self, id: Id) -> Result<Said, StoreError> {
        let Some(record) = self.record_of(id).ok() else { return Ok(Said::default()) };
        let field = self.shapes.name(&record.record, SAME);
        let heads = self.heads(id, &field)?;
        Ok(Said::of(&self.standing(id, &field, &heads)?.values))
    }

    /// For every row that was joined, the row that speaks for all, whether it is here or not: as the log in memory has it.
    pub fn speakers(&self) -> Result<BTreeMap<Id, Id>, StoreError> {
        Ok(same::speakers(self.said_same()?))
    }

    /// The number of the row that stands for a row.
    pub(crate) fn spoken(&self, obj: i64) -> Result<i64, StoreError> {
        let mut ask =
            self.db.prepare_cached("SELECT speaker FROM spoken WHERE obj = ?1").doing("preparing a joined row")?;
        let found = ask.query_row([obj], |row| row.get(0)).optional().doing("reading a joined row")?;
        Ok(found.unwrap_or(obj))
    }

    /// The number of the row that stands for the row of an id.
    pub(crate) fn shown_obj(&self, id: Id) -> Result<Option<i64>, StoreError> {
        self.obj(id)?.map(|obj| self.spoken(obj)).transpose()
    }

    /// Whether two values are one, references to joined rows being one.
    pub(crate) fn is_one(&self, one: Option<&Value>, other: Option<&Value>) -> Result<bool, StoreError> {
        match (one, other) {
            (Some(Value::Row(one)), Some(Value::Row(other))) => Ok(self.speaker(*one)? == self.speaker(*other)?),
            (one, other) => Ok(one == other),
        }
    }

    /// The values of a field that nobody has replaced, whether its row was made yet or not.
    fn standing_values(&self, row: Id, obj: i64, term: i64, field: &FieldName) -> Result<Vec<Value>, StoreError> {
        let mut heads = self.heads(row, field)?;
        if heads.is_empty() {
            heads = self.head_rows(obj, term)?;
        }
        let mut values = Vec::new();
        for head in heads {
            let written = self.written(head.dot, obj, term)?;
            values.extend(written.into_iter().flat_map(|(_, payload)| match payload.open() {
                Some(payload) => payload.values().iter().flatten().cloned().collect(),
                None => vec![],
            }));
        }
        Ok(values)
    }
}

/// Joined rows as the table has them.
pub(crate) fn load(db: &rusqlite::Connection) -> Result<Spoken, StoreError> {
    let mut ask = db.prepare_cached("SELECT obj, speaker FROM spoken").doing("preparing joined rows")?;
    let rows = ask.query_map([], |row| Ok((row.get(0)?, row.get(1)?)));
    rows.and_then(Iterator::collect).doing("reading joined rows")
}

impl Door<'_> {
    pub(crate) fn is_same(&self, term: i64) -> bool {
        self.memory.terms.is_same(term)
    }

    /// The number of the row that stands for a row.
    pub(crate) fn stands_for(&self, obj: i64) -> i64 {
        self.memory.spoken.get(&obj).copied().unwrap_or(obj)
    }

    /// After a batch: who stands for whom, and what follows from it for the state tables.
    pub(crate) fn rejoin(&mut self, fresh: &[FreshOp], dirty: &mut Dirty) -> Result<(), StoreError> {
        let said = fresh.iter().filter(|op| self.is_same(op.field)).map(|op| (op.obj, op.field)).collect();
        let touched = fresh.iter().map(|op| op.obj).collect();
        self.rejoin_rows(&said, &touched, dirty)
    }

    /// After rows were settled anew: the same, for all of them.
    pub(crate) fn rejoin_settled(&mut self, settled: &BTreeSet<i64>, dirty: &mut Dirty) -> Result<(), StoreError> {
        let mut said = BTreeMap::new();
        for obj in settled {
            let mut ask =
                self.tx.prepare_cached("SELECT DISTINCT field FROM op WHERE obj = ?1").doing("preparing names")?;
            let fields =
                ask.query_map([obj], |row| row.get(0)).and_then(Iterator::collect::<rusqlite::Result<Vec<i64>>>);
            said.extend(
                fields.doing("reading names")?.into_iter().filter(|term| self.is_same(*term)).map(|term| (*obj, term)),
            );
        }
        self.rejoin_rows(&said, settled, dirty)
    }

    fn rejoin_rows(
        &mut self,
        said: &BTreeMap<i64, i64>,
        touched: &BTreeSet<i64>,
        dirty: &mut Dirty,
    ) -> Result<(), StoreError> {
        if said.is_empty() && self.memory.spoken.is_empty() {
            return Ok(());
        }
        for (obj, term) in said {
            self.keep_said(*obj, *term)?;
        }
        let mut again: BTreeSet<i64> =
            touched.iter().filter(|obj| self.memory.spoken.contains_key(obj)).copied().collect();
        if said.is_empty() && again.is_empty() {
            return Ok(());
        }
        let after = self.who_speaks()?;
        let before = std::mem::replace(&mut self.memory.spoken, after.clone());
        let turned: BTreeSet<i64> =
            before.keys().chain(after.keys()).filter(|obj| before.get(obj) != after.get(obj)).copied().collect();
        self.keep_spoken(&turned)?;
        again.extend(turned.iter().copied());
        let speakers: Vec<i64> =
            again.iter().flat_map(|obj| before.get(obj).into_iter().chain(after.get(obj))).copied().collect();
        again.extend(speakers);
        for obj in &again {
            self.stand(*obj, dirty)?;
        }
        let led = turned.iter().flat_map(|obj| before.get(obj).copied().into_iter().chain([*obj])).collect();
        self.lead_to_speakers(&led, dirty)
    }

    /// Whether a form that writes a value changes nothing: it stands so, or a joined row has it and it shows so.
    pub(crate) fn stands_so(
        &self,
        (record, row): (&str, Id),
        key: &str,
        (displayed, heads): (Option<&Value>, &[Head]),
        value: Option<&Value>,
    ) -> Result<bool, StoreError> {
        let stands = self.view().is_one(displayed, value)?;
        let obj = self.view().obj(row)?.filter(|obj| heads.is_empty() && self.memory.spoken.contains_key(obj));
        let Some((obj, record)) = obj.zip(self.catalogue.record(record)) else { return Ok(stands) };
        // Cleared on purpose, a field no longer shows what a joined row has in it.
        let filled = self.view().plain_row(record, obj)?.and_then(|mut row| row.remove(key));
        self.view().is_one(filled.as_ref(), value)
    }

    /// Keeps which rows a row is said to be.
    fn keep_said(&mut self, obj: i64, term: i64) -> Result<(), StoreError> {
        let row = self.view().uuid(obj)?;
        let field = self.view().term_text(term)?;
        let others = self.view().standing_values(row, obj, term, &field)?;
        self.tx.execute("DELETE FROM same WHERE obj = ?1", [obj]).doing("clearing joined rows")?;
        for other in others.iter().filter_map(Value::as_row) {
            if let Some(other) = self.view().obj(other)?.filter(|other| *other != obj) {
                self.tx
                    .execute("INSERT OR IGNORE INTO same (obj, other) VALUES (?1, ?2)", params![obj, other])
                    .doing("joining rows")?;
            }
        }
        Ok(())
    }

    fn keep_spoken(&self, turned: &BTreeSet<i64>) -> Result<(), StoreError> {
        for obj in turned {
            let done = match self.memory.spoken.get(obj) {
                Some(speaker) => self
                    .tx
                    .execute("INSERT OR REPLACE INTO spoken (obj, speaker) VALUES (?1, ?2)", params![obj, speaker]),
                None => self.tx.execute("DELETE FROM spoken WHERE obj = ?1", [obj]),
            };
            done.doing("keeping joined rows")?;
        }
        Ok(())
    }

    /// Who stands for whom here: the row that speaks for all, or, while that is not here, the smallest that is.
    fn who_speaks(&self) -> Result<Spoken, StoreError> {
        let mut members: HashMap<Id, Member> = HashMap::new();
        let mut groups: BTreeMap<Id, Vec<Id>> = BTreeMap::new();
        for (row, speaker) in self.view().speakers()? {
            members.insert(row, self.member(row)?);
            groups.entry(speaker).or_default().push(row);
        }
        let mut spoken = Spoken::default();
        for (speaker, rows) in groups {
            for row in &rows {
                let Some(member) = members.get(row) else { continue };
                // What refers to a row that nobody has made yet is shown with the row it is one with.
                let alike = |other: &Member| member.record.is_none() || other.record == member.record;
                let stands = |other: &&Id| members.get(other).is_some_and(|other| other.visible && alike(other));
                let shown = std::iter::once(&speaker).chain(&rows).find(stands).unwrap_or(row);
                spoken.insert(member.obj, members.get(shown).map_or(member.obj, |shown| shown.obj));
            }
        }
        Ok(spoken)
    }

    fn member(&self, row: Id) -> Result<Member, StoreError> {
        let mut ask = self
            .tx
            .prepare_cached(
                "SELECT id, record, born IS NOT NULL AND life IN (1, 2) AS visible FROM obj WHERE uuid = ?1",
            )
            .doing("preparing a joined row")?;
        ask.query_row([row.as_bytes()], |row| {
            let visible: Option<bool> = row.get("visible")?;
            Ok(Member { obj: row.get("id")?, record: row.get("record")?, visible: visible.unwrap_or_default() })
        })
        .doing("reading a joined row")
    }

    /// Makes the state table hold a row as it stands now: by itself, for others as well, or not at all.
    fn stand(&mut self, obj: i64, dirty: &mut Dirty) -> Result<(), StoreError> {
        let catalogue = self.catalogue;
        let row = self.view().uuid(obj)?;
        let Some(record) = self.view().record_of(row).ok().and_then(|record| catalogue.record(&record.record)) else {
            return Ok(());
        };
        self.mark(record, obj, dirty)?;
        let delete = format!("DELETE FROM \"{}\" WHERE id = ?1", record.record);
        for sql in [delete.as_str(), "DELETE FROM extra WHERE obj = ?1"] {
            self.tx.prepare_cached(sql).and_then(|mut ask| ask.execute([obj])).doing("removing a row")?;
        }
        if self.stands_for(obj) == obj && self.member(row)?.visible {
            let shown = self.shown_for_all(record, obj)?;
            self.insert_row(record, obj, shown)?;
            self.mark(record, obj, dirty)?;
        }
        Ok(())
    }

    /// What a row shows, and in the fields that were never filled in it, what the rows joined to it show.
    fn shown_for_all(&mut self, record: &Record, obj: i64) -> Result<Shown, StoreError> {
        let mut shown = self.shown_of(obj)?;
        let others = self.view().joined(self.view().uuid(obj)?)?;
        for other in others.into_iter().skip(1) {
            if !self.member(other)?.visible {
                continue;
            }
            let Some(number) = self.view().obj(other)? else { continue };
            for (term, value) in self.shown_of(number)? {
                if value.is_some() && !shown.contains_key(&term) && self.field(record, term).is_some() {
                    shown.insert(term, value);
                }
            }
        }
        Ok(shown.into_iter().collect())
    }

    fn shown_of(&self, obj: i64) -> Result<BTreeMap<i64, Option<Value>>, StoreError> {
        let uuid = self.view().uuid(obj)?;
        let born = self.view().born(uuid)?.map(|(_, born)| born);
        self.everything(&Obj { born, ..Obj::known(obj, uuid) })
    }

    /// Makes references to these rows lead to the rows that stand for them now.
    fn lead_to_speakers(&mut self, led: &BTreeSet<i64>, dirty: &mut Dirty) -> Result<(), StoreError> {
        let catalogue = self.catalogue;
        let mut records: BTreeSet<&str> = BTreeSet::new();
        // Of a row that nobody has made yet no record is known.
        let mut unmade = false;
        for obj in led {
            let view = self.view();
            let record = view.record_of(view.uuid(*obj)?).map(|one| one.record.clone());
            let record = record.ok().and_then(|name| catalogue.record(&name)).map(|one| one.record.as_str());
            unmade |= record.is_none();
            records.extend(record);
        }
        for record in catalogue.records() {
            let leads = |field: &domain::Field| {
                let to = field.to.as_deref();
                field.kind == FieldType::Row && (unmade || to.is_some_and(|to| records.contains(to)))
            };
            for (place, field) in record.stored().enumerate().filter(|(_, field)| leads(field)) {
                for row in self.rows_leading(record, &field.key, led)? {
                    self.lead(record, (place, &field.key), row, dirty)?;
                }
            }
        }
        Ok(())
    }

    fn rows_leading(&self, record: &Record, key: &str, led: &BTreeSet<i64>) -> Result<BTreeSet<i64>, StoreError> {
        let sql = format!("SELECT id FROM \"{}\" WHERE \"{key}\" = ?1", record.record);
        let mut ask = self.tx.prepare_cached(&sql).doing("preparing references")?;
        let mut rows = BTreeSet::new();
        for obj in led {
            let found =
                ask.query_map([obj], |row| row.get(0)).and_then(Iterator::collect::<rusqlite::Result<Vec<i64>>>);
            rows.extend(found.doing("reading references")?);
        }
        Ok(rows)
    }

    fn lead(
        &mut self,
        record: &Record,
        (place, key): (usize, &str),
        obj: i64,
        dirty: &mut Dirty,
    ) -> Result<(), StoreError> {
        let row = self.view().uuid(obj)?;
        let field = self.shapes.name(&record.record, key);
        let heads = self.view().heads(row, &field)?;
        let displayed = self.view().standing(row, &field, &heads)?.displayed;
        let column = self.stored(displayed.as_ref())?;
        self.mark(record, obj, dirty)?;
        self.change_columns(record, obj, vec![(place, column)])?;
        self.mark(record, obj, dirty)
    }
}

impl Obj {
    fn known(id: i64, uuid: Id) -> Self {
        Self { id, record: None, scope: None, born: None, life: None, new: false, claimed: false, uuid }
    }
}
