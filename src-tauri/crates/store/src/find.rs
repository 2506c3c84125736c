//! Finding children: by the beginning of a name, its pinyin or a number, and by any part of a name or place.

use std::collections::HashSet;

use domain::{Id, Record, Row, search_key};
use rusqlite::{Params, params_from_iter};

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
const CANDIDATES: usize = 200;

/// Up to so many children a further word is looked up child by child, beyond it in the index.
const FEW: usize = 2000;

/// What finds a child, beside its place in lists.
struct Place {
    keys: String,
    words: String,
    sort_key: String,
}

impl Place {
    fn fits(&self, word: &str) -> bool {
        self.keys.lines().any(|key| key.starts_with(word)) || (is_wide(word) && self.words.contains(word))
    }

    fn is_exactly(&self, words: &[String]) -> bool {
        words.iter().any(|word| self.keys.lines().any(|key| key == word))
    }
}

impl View<'_> {
    /// Rows of a record with projections that match every word, best first.
    pub fn find(&self, record: &Record, words: &str, limit: usize) -> Result<Vec<Found>, StoreError> {
        let mut words: Vec<String> =
            words.split_whitespace().map(search_key::fold).filter(|word| !word.is_empty()).collect();
        // The longest word narrows most.
        words.sort_by_key(|word| std::cmp::Reverse(word.chars().count()));
        let mut objs: Vec<(bool, String, i64)> = Vec::new();
        for obj in self.matching_all(record, &words)? {
            let place = self.place_of(record, obj)?;
            objs.push((!place.is_exactly(&words), place.sort_key, obj));
        }
        objs.sort();
        let rows =
            objs.into_iter().take(limit).map(|(_, _, obj)| self.listed(record, obj)).collect::<Result<Vec<_>, _>>()?;
        Ok(rows.into_iter().flatten().map(|(id, values)| Found { id, values }).collect())
    }

    fn matching_all(&self, record: &Record, words: &[String]) -> Result<Vec<i64>, StoreError> {
        // Keys narrow for little; any part of a name or place is looked for in one pass over all of them.
        let (wide, narrow): (Vec<&str>, Vec<&str>) = words.iter().map(String::as_str).partition(|word| is_wide(word));
        let enough = if words.len() > 1 { usize::MAX } else { CANDIDATES };
        let mut matching: Option<HashSet<i64>> = None;
        for word in narrow {
            matching = Some(match matching {
                None => self.keyed(word, enough)?,
                Some(few) if few.len() <= FEW => self.narrowed(record, few, &[word])?,
                Some(many) => self.keyed(word, enough)?.intersection(&many).copied().collect(),
            });
        }
        let matching = match matching {
            Some(found) if wide.is_empty() => found,
            Some(few) if few.len() <= FEW => self.narrowed(record, few, &wide)?,
            Some(many) => self.by_part(&wide, enough)?.intersection(&many).copied().collect(),
            None => match wide.as_slice() {
                [word] => self.by_key_or_part(word, enough)?,
                _ => self.by_part(&wide, CANDIDATES)?,
            },
        };
        let mut matching: Vec<i64> = matching.into_iter().collect();
        matching.sort_unstable();
        matching.truncate(CANDIDATES);
        Ok(matching)
    }

    /// Rows with every word somewhere in their names and places.
    fn by_part(&self, words: &[&str], enough: usize) -> Result<HashSet<i64>, StoreError> {
        let holds = (1..=words.len()).map(|at| format!("instr(words, ?{at}) > 0")).collect::<Vec<_>>().join(" AND ");
        self.collect(&format!("SELECT obj FROM find_words WHERE {holds}"), params_from_iter(words), enough)
    }

    fn by_key_or_part(&self, word: &str, enough: usize) -> Result<HashSet<i64>, StoreError> {
        let mut found = self.keyed(word, enough)?;
        if found.len() < enough {
            found.extend(self.by_part(&[word], enough)?);
        }
        Ok(found)
    }

    fn collect(&self, sql: &str, with: impl Params, enough: usize) -> Result<HashSet<i64>, StoreError> {
        let mut ask = self.db.prepare_cached(sql).doing("preparing a search")?;
        let mut rows = ask.query(with).doing("searching")?;
        let mut found = HashSet::new();
        while let Some(row) = rows.next().doing("searching")? {
            found.insert(row.get(0).doing("searching")?);
            if found.len() >= enough {
                break;
            }
        }
        Ok(found)
    }

    fn narrowed(&self, record: &Record, objs: HashSet<i64>, words: &[&str]) -> Result<HashSet<i64>, StoreError> {
        let mut kept = HashSet::new();
        for obj in objs {
            let place = self.place_of(record, obj)?;
            if words.iter().all(|word| place.fits(word)) {
                kept.insert(obj);
            }
        }
        Ok(kept)
    }

    fn place_of(&self, record: &Record, obj: i64) -> Result<Place, StoreError> {
        let mut ask = self.db.prepare_cached(&self.shape(record)?.place).doing("preparing a place")?;
        let text =
            |row: &rusqlite::Row<'_>, column: &str| row.get::<_, Option<String>>(column).map(Option::unwrap_or_default);
        ask.query_row([obj], |row| {
            Ok(Place { keys: text(row, "keys")?, words: text(row, "words")?, sort_key: text(row, "sort_key")? })
        })
        .doing("reading a place")
    }
}

/// Whether any part of a text may be meant: pinyin and numbers are found by their beginning only.
fn is_wide(word: &str) -> bool {
    !word.is_ascii()
}
