//! Whether the derived tables say what follows from the state: worked out anew for every row, and compared.

use std::collections::BTreeSet;

use domain::{Id, Record, Value};
use rusqlite::types::Value as Sql;

use crate::error::Doing;
use crate::now::day_of;
use crate::{StoreError, View, cell};

/// Keys with the rows they find.
type Found = BTreeSet<(String, i64)>;

impl View<'_> {
    /// Rows that are listed or found otherwise than follows from them.
    pub(crate) fn derived_faults(&self) -> Result<Vec<Id>, StoreError> {
        let Some(today) = day_of(self.db)?.map(|today| today.to_string()) else { return Ok(vec![]) };
        let (mut wrong, mut wanted) = (BTreeSet::new(), Found::new());
        for record in self.catalogue.records().filter(|record| !record.projections.is_empty()) {
            let mut ask = self.db.prepare(&format!("SELECT id FROM \"{}\"", record.record)).doing("preparing rows")?;
            let rows = ask.query_map([], |row| row.get(0)).and_then(Iterator::collect::<rusqlite::Result<Vec<i64>>>);
            let rows = rows.doing("reading rows")?;
            for obj in &rows {
                if !self.is_derived(record, *obj, &today, &mut wanted)? {
                    wrong.insert(*obj);
                }
            }
            let count = format!("SELECT count(*) FROM \"{}_now\"", record.record);
            let kept: i64 = self.db.query_row(&count, [], |row| row.get(0)).doing("counting derived rows")?;
            wrong.extend(rows.first().filter(|_| usize::try_from(kept) != Ok(rows.len())));
        }
        let mut ask = self.db.prepare("SELECT key, obj FROM find_key").doing("preparing keys")?;
        let keys = ask.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).and_then(Iterator::collect);
        let keys: Found = keys.doing("reading keys")?;
        wrong.extend(keys.symmetric_difference(&wanted).map(|(_, obj)| *obj));
        wrong.into_iter().map(|obj| self.uuid(obj)).collect()
    }

    /// Whether the derived row of a row is what follows from it; notes the keys it should be found by.
    fn is_derived(&self, record: &Record, obj: i64, today: &str, wanted: &mut Found) -> Result<bool, StoreError> {
        let projector = &self.shape(record)?.projector;
        let Some(own) = self.own_values(record, obj)? else { return Ok(false) };
        let derived = projector.derive(&own, &self.children_as(projector, obj)?, today);
        let number = |id: Id| self.obj(id).ok().flatten();
        let sort_key = projector.sort_key(&own, &derived.said, |id| number(id).unwrap_or_default());
        let said = derived.said.iter().map(|value| match value {
            Some(Value::Row(id)) => number(*id).map_or(Sql::Null, Sql::Integer),
            value => cell::of_value(value.as_ref()),
        });
        let texts = [derived.keys.join("\n"), derived.words.join("\n"), sort_key].map(Sql::Text);
        let follows: Vec<Sql> = said.chain(texts).collect();
        wanted.extend(derived.keys.into_iter().map(|key| (key, obj)));
        let said: String = record.projections.iter().map(|projection| format!("\"{}\", ", projection.key)).collect();
        let sql = format!("SELECT {said}keys, words, sort_key FROM \"{}_now\" WHERE id = ?1", record.record);
        let mut ask = self.db.prepare_cached(&sql).doing("preparing a derived row")?;
        let mut rows = ask.query([obj]).doing("reading a derived row")?;
        let Some(row) = rows.next().doing("reading a derived row")? else { return Ok(false) };
        let cells = (0..follows.len()).map(|at| row.get::<_, Sql>(at)).collect::<rusqlite::Result<Vec<Sql>>>();
        Ok(cells.doing("reading a derived row")? == follows)
    }
}
