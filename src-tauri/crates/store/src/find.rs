//! Finding children: by the beginning of a name, its pinyin or a number, and by any part of a name or place.

use std::collections::BTreeSet;

use domain::{Id, Record, Row, search_key};

use crate::error::Doing;
use crate::{StoreError, View};

/// A child found.
#[derive(Debug, Clone)]
pub struct Found {
    /// The child.
    pub id: Id,
    /// What the list shows.
    pub values: Row,
}

/// Children looked at before sorting: beyond this, one letter more narrows it better than any order.
const CANDIDATES: i64 = 400;

impl View<'_> {
    /// Rows of a record with projections that match every word, best first.
    pub fn find(&self, record: &Record, words: &str, limit: usize) -> Result<Vec<Found>, StoreError> {
        let words: Vec<String> =
            words.split_whitespace().map(search_key::fold).filter(|word| !word.is_empty()).collect();
        let mut matching: Option<BTreeSet<i64>> = None;
        for word in &words {
            let found = self.matching(record, word)?;
            matching = Some(match matching {
                None => found,
                Some(before) => before.intersection(&found).copied().collect(),
            });
        }
        let mut objs: Vec<(bool, String, i64)> = Vec::new();
        for obj in matching.unwrap_or_default() {
            let (exact, sort_key) = self.place_of(record, obj, words.first())?;
            objs.push((!exact, sort_key, obj));
        }
        objs.sort();
        let rows =
            objs.into_iter().take(limit).map(|(_, _, obj)| self.listed(record, obj)).collect::<Result<Vec<_>, _>>()?;
        Ok(rows.into_iter().flatten().map(|(id, values)| Found { id, values }).collect())
    }

    fn matching(&self, record: &Record, word: &str) -> Result<BTreeSet<i64>, StoreError> {
        let mut end = word.to_owned();
        end.push(char::MAX);
        let mut ask = self
            .db
            .prepare_cached("SELECT DISTINCT obj FROM find_key WHERE key >= ?1 AND key < ?2 LIMIT ?3")
            .doing("preparing a search")?;
        let rows = ask.query_map(rusqlite::params![word, end, CANDIDATES], |row| row.get(0));
        let mut found: BTreeSet<i64> = rows.and_then(Iterator::collect).doing("searching")?;
        let wide = !word.is_ascii();
        if wide && i64::try_from(found.len()).unwrap_or(CANDIDATES) < CANDIDATES {
            let sql = format!("SELECT id FROM \"{}_now\" WHERE instr(words, ?1) > 0 LIMIT ?2", record.record);
            let mut ask = self.db.prepare_cached(&sql).doing("preparing a search")?;
            let rows = ask.query_map(rusqlite::params![word, CANDIDATES], |row| row.get::<_, i64>(0));
            found.extend(rows.and_then(Iterator::collect::<rusqlite::Result<Vec<_>>>).doing("searching")?);
        }
        Ok(found)
    }

    /// Whether a key is exactly the word, and where the row stands in lists.
    fn place_of(&self, record: &Record, obj: i64, word: Option<&String>) -> Result<(bool, String), StoreError> {
        let sql = format!("SELECT keys, sort_key FROM \"{}_now\" WHERE id = ?1", record.record);
        let mut ask = self.db.prepare_cached(&sql).doing("preparing a place")?;
        let (keys, sort_key): (Option<String>, Option<String>) =
            ask.query_row([obj], |row| Ok((row.get("keys")?, row.get("sort_key")?))).doing("reading a place")?;
        let exact = word.is_some_and(|word| keys.unwrap_or_default().lines().any(|key| key == word));
        Ok((exact, sort_key.unwrap_or_default()))
    }
}
