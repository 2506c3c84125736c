//! Whether the derived tables say what follows from the state: worked out anew for every row, and compared.

use std::collections::BTreeSet;

use domain::{Id, Record};
use rusqlite::types::Value as Sql;

use crate::block::Key;
use crate::error::Doing;
use crate::now::{day_of, lent};
use crate::{StoreError, View};

/// Keys with the rows they find.
type Found = BTreeSet<Key>;

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
        let keys: Found = self.every_key()?.into_iter().collect();
        wrong.extend(self.lost_words()?);
        wrong.extend(keys.symmetric_difference(&wanted).map(|(_, obj)| *obj));
        wrong.into_iter().map(|obj| self.uuid(obj)).collect()
    }

    /// Rows whose words stand there although no row is listed.
    fn lost_words(&self) -> Result<Vec<i64>, StoreError> {
        let listed = self.catalogue.records().filter(|record| !record.projections.is_empty());
        let listed: Vec<String> = listed.map(|record| format!("SELECT id FROM \"{}_now\"", record.record)).collect();
        let sql = format!("SELECT obj FROM find_words WHERE obj NOT IN ({})", listed.join(" UNION ALL "));
        let mut ask = self.db.prepare(&sql).doing("preparing words")?;
        ask.query_map([], |row| row.get(0)).and_then(Iterator::collect).doing("reading words")
    }

    /// Whether the derived row of a row is what follows from it; notes the keys it should be found by.
    fn is_derived(&self, record: &Record, obj: i64, today: &str, wanted: &mut Found) -> Result<bool, StoreError> {
        let projector = &self.shape(record)?.projector;
        let Some(own) = self.own_values(projector, obj)? else { return Ok(false) };
        let children = self.children_as(projector, obj)?;
        let listed = projector.listed(obj, (&own, &lent(&children)), today, |id: Id| self.obj(id).ok().flatten());
        let mut follows: Vec<Sql> = listed.said_cells().collect();
        follows.extend([listed.keys.join("\n"), listed.sort_key, listed.words].map(Sql::Text));
        wanted.extend(listed.keys.into_iter().map(|key| (key, obj)));
        Ok(self.derived(record, obj)?.is_some_and(|stands| stands == follows))
    }
}
