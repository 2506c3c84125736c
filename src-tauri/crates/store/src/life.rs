//! Whether a row lives, and what its state table holds of it.

use std::collections::BTreeMap;

use domain::{Field, Record, Value};
use oplog::change::Sealed;
use oplog::heads::Life;
use oplog::{Dot, Head, Payload};
use rusqlite::params_from_iter;
use rusqlite::types::Value as Sql;

use crate::batch::Obj;
use crate::error::Doing;
use crate::now::Dirty;
use crate::settle::{Shown, displayed};
use crate::{Door, StoreError, cell, made, project};

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
            .prepare_cached("SELECT field, kind, val FROM op INDEXED BY op_obj WHERE obj = ?3 AND id BETWEEN ?1 AND ?2")
            .doing("preparing a birth")?;
        let mut rows = ask.query([first, first + 0x7fff, obj]).doing("reading a birth")?;
        while let Some(row) = rows.next().doing("reading a birth")? {
            let mut terms = vec![row.get("field").doing("reading a birth")?];
            if row.get::<_, i64>("kind").doing("reading a birth")? == made::MADE {
                terms.extend(made::terms(made::packed(row.get_ref("val").doing("reading a birth")?)?));
            }
            for term in terms {
                fields.entry(term).or_insert_with(|| vec![Head { dot: born, seen: vec![] }]);
            }
        }
        Ok(fields)
    }

    /// Brings the state table in line: a row appears, changes or disappears.
    pub(crate) fn write_state(
        &mut self,
        obj: &Obj,
        was: Option<i64>,
        now: Option<i64>,
        shown: Shown,
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
                let row = format!("DELETE FROM \"{}\" WHERE id = ?1", record.record);
                for sql in [row.as_str(), "DELETE FROM extra WHERE obj = ?1"] {
                    let delete = self.tx.prepare_cached(sql);
                    delete.and_then(|mut delete| delete.execute([obj.id])).doing("removing a row")?;
                }
                Ok(())
            }
            (false, true) => {
                let all = if obj.new { shown } else { self.everything(obj)?.into_iter().collect() };
                self.insert_row(record, obj.id, all)?;
                self.mark(record, obj.id, dirty)
            }
            (true, true) => {
                let places: Vec<usize> = shown.iter().filter_map(|(term, _)| self.place_in(record, *term)).collect();
                let via = record.owner.as_ref().and_then(|via| project::place(record, via));
                if via.is_some_and(|via| places.contains(&via)) {
                    self.mark(record, obj.id, dirty)?;
                }
                self.update_row(record, obj.id, shown)?;
                if self.matters(record, &places)? { self.mark(record, obj.id, dirty) } else { Ok(()) }
            }
        }
    }

    /// What every field of a row displays, from the log.
    pub(crate) fn everything(&self, obj: &Obj) -> Result<BTreeMap<i64, Option<Value>>, StoreError> {
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
            // Reopened to nothing, a field was never filled.
            let filled = |payload: &Sealed<Payload>| payload.open().is_none_or(|open| !open.values().is_empty());
            if !ranked.iter().any(|(_, payload)| filled(payload)) {
                continue;
            }
            ranked.sort_by_key(|(rank, _)| *rank);
            shown.insert(field, displayed(ranked.iter().filter_map(|(_, payload)| payload.open())));
        }
        Ok(shown)
    }

    /// The place of a name among the stored fields of its record.
    pub(crate) fn column_of(&mut self, term: i64) -> Option<usize> {
        if let Some(place) = self.memory.places.get(term) {
            return *place;
        }
        let place = self.memory.terms.text(term).and_then(|name| self.shapes.place(name));
        self.memory.places.set(term, place);
        place
    }

    /// The field of a record that a name is, if the record has it.
    pub(crate) fn field<'r>(&mut self, record: &'r Record, term: i64) -> Option<&'r Field> {
        record.fields.get(self.column_of(term)?).filter(|_| self.is_of(record, term))
    }

    /// The place of a name among the stored fields of a record, if it is one of them.
    fn place_in(&mut self, record: &Record, term: i64) -> Option<usize> {
        self.column_of(term).filter(|_| self.is_of(record, term))
    }

    fn is_of(&self, record: &Record, term: i64) -> bool {
        let name = self.memory.terms.text(term).and_then(|name| name.split_once('.'));
        name.is_some_and(|(of, _)| of == record.record)
    }

    pub(crate) fn insert_row(&mut self, record: &Record, obj: i64, shown: Shown) -> Result<(), StoreError> {
        let mut cells = vec![Sql::Null; record.columned().count() + 1];
        let mut rest = BTreeMap::new();
        for (term, value) in shown {
            let place = self.field(record, term).and_then(|field| {
                let fits = value.as_ref().is_none_or(|value| cell::fits(field, value));
                fits.then(|| self.column_of(term)).flatten()
            });
            match place.and_then(|place| cells.get_mut(place + 1)) {
                Some(cell) => *cell = self.stored(value.as_ref())?,
                None => {
                    rest.insert(term, value);
                }
            }
        }
        if let Some(id) = cells.first_mut() {
            *id = Sql::Integer(obj);
        }
        self.tx
            .prepare_cached(&self.view().shape(record)?.insert)
            .and_then(|mut insert| insert.execute(params_from_iter(cells)))
            .doing("adding a row")?;
        self.keep_extra(obj, rest)
    }

    /// A value as a state table's column holds it.
    pub(crate) fn stored(&self, value: Option<&Value>) -> Result<Sql, StoreError> {
        match value {
            Some(Value::Row(id)) => {
                Ok(self.view().obj(*id)?.map_or(Sql::Null, |obj| Sql::Integer(self.stands_for(obj))))
            }
            other => Ok(cell::of_value(other)),
        }
    }

    fn update_row(&mut self, record: &Record, obj: i64, shown: Shown) -> Result<(), StoreError> {
        let mut columns: Vec<(usize, Sql)> = Vec::with_capacity(shown.len());
        let (mut rest, has_rest) = (BTreeMap::new(), self.has_extra(obj)?);
        for (term, value) in shown {
            // A value of another type than the column's stands beside it, and never both.
            let fits = |field: &Field| value.as_ref().is_none_or(|value| cell::fits(field, value));
            let place = self.place_in(record, term);
            let (beside, column) = match place.and_then(|place| record.columned().nth(place)).map(fits) {
                Some(true) => (None, value),
                _ => (value, None),
            };
            if let Some(place) = place {
                columns.push((place, self.stored(column.as_ref())?));
            }
            if has_rest || beside.is_some() {
                rest.insert(term, beside);
            }
        }
        self.change_columns(record, obj, columns)?;
        self.keep_extra(obj, rest)
    }

    /// Whether anything of a row stands without a column.
    fn has_extra(&self, obj: i64) -> Result<bool, StoreError> {
        let ask = self.tx.prepare_cached("SELECT EXISTS (SELECT 1 FROM extra WHERE obj = ?1)");
        ask.and_then(|mut ask| ask.query_row([obj], |row| row.get(0))).doing("asking for further fields")
    }

    /// Fields without a column: of a newer program, or added by a county.
    pub(crate) fn keep_extra(
        &self,
        obj: i64,
        rest: impl IntoIterator<Item = (i64, Option<Value>)>,
    ) -> Result<(), StoreError> {
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
