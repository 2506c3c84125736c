//! Whether a row lives, and what its state table holds of it.

use std::collections::BTreeMap;

use domain::{Record, Value};
use oplog::heads::Life;
use oplog::{Dot, Head};
use rusqlite::params_from_iter;
use rusqlite::types::Value as Sql;

use crate::batch::Obj;
use crate::error::Doing;
use crate::now::Dirty;
use crate::{Door, StoreError, cell};

impl Door<'_> {
    /// Judges a row's life from all its heads; `None` while nothing has made it.
    pub(crate) fn judge_life(&self, obj: &Obj) -> Result<Option<i64>, StoreError> {
        let Some(born) = obj.born else { return Ok(None) };
        let fields = self.all_heads(obj.id, born)?;
        let (life, others): (Vec<_>, Vec<_>) = fields.into_iter().partition(|(field, _)| self.is_life(*field));
        let mut values = Vec::new();
        let mut life_heads: Vec<Head> = Vec::new();
        for (field, heads) in life {
            for head in heads {
                if let Some((_, payload)) = self.view().written(head.dot, obj.id, field)? {
                    values.extend(payload.open().map(|payload| payload.values().to_vec()).unwrap_or_default());
                }
                life_heads.push(head);
            }
        }
        let covered = |head: &Head| {
            life_heads.iter().any(|life| life.dot == head.dot || life.covers(&self.memory.tree, head.dot))
        };
        let unseen = others.iter().flat_map(|(_, heads)| heads).any(|head| !covered(head));
        Ok(Some(Life::judge(&values, unseen).number()))
    }

    /// Every field's heads of a row: those in the table, and for the rest the values it was made with.
    pub(crate) fn all_heads(&self, obj: i64, born: Dot) -> Result<BTreeMap<i64, Vec<Head>>, StoreError> {
        let mut fields: BTreeMap<i64, Vec<Head>> = BTreeMap::new();
        let mut ask =
            self.tx.prepare_cached("SELECT field, dot, seen FROM head WHERE obj = ?1").doing("preparing heads")?;
        let mut rows = ask.query([obj]).doing("reading heads")?;
        while let Some(row) = rows.next().doing("reading a head")? {
            let seen = row.get_ref("seen").doing("reading a head")?.as_blob_or_null().unwrap_or_default();
            let head = Head { dot: Dot::unpacked(row.get("dot").doing("reading a head")?), seen: cell::to_seen(seen) };
            fields.entry(row.get("field").doing("reading a head")?).or_default().push(head);
        }
        let first = born.packed() << 15;
        let mut ask = self
            .tx
            .prepare_cached("SELECT field FROM op WHERE id BETWEEN ?1 AND ?2 AND obj = ?3")
            .doing("preparing a birth")?;
        let mut rows = ask.query([first, first + 0x7fff, obj]).doing("reading a birth")?;
        while let Some(row) = rows.next().doing("reading a birth")? {
            fields
                .entry(row.get("field").doing("reading a birth")?)
                .or_insert_with(|| vec![Head { dot: born, seen: vec![] }]);
        }
        Ok(fields)
    }

    /// Brings the state table in line: a row appears, changes or disappears.
    pub(crate) fn write_state(
        &mut self,
        obj: &Obj,
        was: Option<i64>,
        now: Option<i64>,
        shown: BTreeMap<i64, Option<Value>>,
        dirty: &mut Dirty,
    ) -> Result<(), StoreError> {
        let visible = |life: Option<i64>| matches!(life, Some(1 | 2));
        let name = obj.record.and_then(|record| self.memory.terms.text(record)).cloned();
        let catalogue = self.catalogue;
        let record = name.as_deref().and_then(|name| catalogue.record(name));
        let Some(record) = record else { return self.keep_extra(obj.id, shown) };
        match (visible(was), visible(now)) {
            (false, false) => Ok(()),
            (true, false) => {
                self.mark(record, obj.id, dirty)?;
                let sql = format!("DELETE FROM \"{}\" WHERE id = ?1", record.record);
                self.tx.prepare_cached(&sql).and_then(|mut delete| delete.execute([obj.id])).doing("removing a row")?;
                Ok(())
            }
            (false, true) => {
                let all = if obj.new { shown } else { self.everything(obj)? };
                self.insert_row(record, obj.id, all)?;
                self.mark(record, obj.id, dirty)
            }
            (true, true) => {
                let moves = record
                    .owner
                    .as_ref()
                    .is_some_and(|owner| shown.keys().any(|field| self.column(record, *field) == Some(owner)));
                if moves {
                    self.mark(record, obj.id, dirty)?;
                }
                self.update_row(record, obj.id, shown)?;
                self.mark(record, obj.id, dirty)
            }
        }
    }

    /// What every field of a row displays, from the log.
    fn everything(&self, obj: &Obj) -> Result<BTreeMap<i64, Option<Value>>, StoreError> {
        let Some(born) = obj.born else { return Ok(BTreeMap::new()) };
        let mut shown = BTreeMap::new();
        for (field, heads) in self.all_heads(obj.id, born)? {
            if self.is_life(field) {
                continue;
            }
            let mut ranked = Vec::new();
            for head in heads {
                ranked.extend(self.view().written(head.dot, obj.id, field)?);
            }
            ranked.sort_by_key(|(rank, _)| *rank);
            let value = ranked.last().and_then(|(_, payload)| payload.open()?.values().first().cloned()).flatten();
            shown.insert(field, value);
        }
        Ok(shown)
    }

    fn column<'r>(&self, record: &'r Record, field: i64) -> Option<&'r String> {
        let (_, key) = self.memory.terms.text(field)?.split_once('.')?;
        record.stored().find(|field| field.key == key).map(|field| &field.key)
    }

    fn insert_row(&mut self, record: &Record, obj: i64, shown: BTreeMap<i64, Option<Value>>) -> Result<(), StoreError> {
        let mut columns: BTreeMap<String, Sql> = BTreeMap::new();
        let rest = self.sort_out(record, shown, &mut columns)?;
        let names: String = record.stored().map(|field| format!(", \"{}\"", field.key)).collect();
        let places: String = record.stored().zip(2..).map(|(_, at)| format!(", ?{at}")).collect();
        let sql = format!("INSERT INTO \"{}\" (id{names}) VALUES (?1{places})", record.record);
        let cells = record.stored().map(|field| columns.remove(&field.key).unwrap_or(Sql::Null));
        let all = std::iter::once(Sql::Integer(obj)).chain(cells);
        self.tx
            .prepare_cached(&sql)
            .and_then(|mut insert| insert.execute(params_from_iter(all)))
            .doing("adding a row")?;
        self.keep_extra(obj, rest)
    }

    fn update_row(&mut self, record: &Record, obj: i64, shown: BTreeMap<i64, Option<Value>>) -> Result<(), StoreError> {
        let mut columns: BTreeMap<String, Sql> = BTreeMap::new();
        let rest = self.sort_out(record, shown, &mut columns)?;
        if !columns.is_empty() {
            let sets: Vec<String> = columns.keys().zip(2..).map(|(key, at)| format!("\"{key}\" = ?{at}")).collect();
            let sql = format!("UPDATE \"{}\" SET {} WHERE id = ?1", record.record, sets.join(", "));
            let all = std::iter::once(Sql::Integer(obj)).chain(columns.into_values());
            self.tx
                .prepare_cached(&sql)
                .and_then(|mut update| update.execute(params_from_iter(all)))
                .doing("changing a row")?;
        }
        self.keep_extra(obj, rest)
    }

    /// Splits what is shown into the record's columns and the rest, which no column of this program fits.
    fn sort_out(
        &self,
        record: &Record,
        shown: BTreeMap<i64, Option<Value>>,
        columns: &mut BTreeMap<String, Sql>,
    ) -> Result<BTreeMap<i64, Option<Value>>, StoreError> {
        let mut rest = BTreeMap::new();
        for (term, value) in shown {
            let field = self.column(record, term).and_then(|key| record.field(key));
            match field {
                Some(field) if value.as_ref().is_none_or(|value| cell::fits(field, value)) => {
                    let stored = match &value {
                        Some(Value::Row(id)) => self.view().obj(*id)?.map_or(Sql::Null, Sql::Integer),
                        other => cell::of_value(other.as_ref()),
                    };
                    columns.insert(field.key.clone(), stored);
                }
                _ => {
                    rest.insert(term, value);
                }
            }
        }
        Ok(rest)
    }

    /// Fields without a column: of a newer program, or added by a county.
    fn keep_extra(&self, obj: i64, rest: BTreeMap<i64, Option<Value>>) -> Result<(), StoreError> {
        for (field, value) in rest {
            let sql = match value {
                Some(_) => "INSERT OR REPLACE INTO extra (obj, field, value) VALUES (?1, ?2, ?3)",
                None => "DELETE FROM extra WHERE obj = ?1 AND field = ?2 AND ?3 IS NULL",
            };
            let cell = cell::of_value(value.as_ref());
            self.tx
                .prepare_cached(sql)
                .and_then(|mut keep| keep.execute(rusqlite::params![obj, field, cell]))
                .doing("keeping a field")?;
        }
        Ok(())
    }
}
