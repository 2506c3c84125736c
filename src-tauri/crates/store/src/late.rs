//! Keys that came or went in bulk: a few runs beside the blocks, each in order, until there are so many that the blocks take
//! them in together. What a stick brings lies scattered over all blocks; writing every block again for each stick would
//! cost more than the merge itself.

use std::collections::BTreeMap;

use domain::Text;
use rusqlite::params;

use crate::block::{Key, Keys, Move, damaged, written};
use crate::error::Doing;
use crate::{Door, StoreError, View};

/// So many moves at once stand aside, if there are blocks that they would be scattered over.
const BULK: usize = 1000;
/// Moves of one part of a run.
const PART: usize = 256;
/// The blocks take in what stands aside when it has more than one part for so many of them.
const BLOCKS_A_PART: usize = 4;

/// Moves by what they move: whether a key finds a row.
type Aside = BTreeMap<(Vec<u8>, i64), bool>;

/// A run: its number, the newest the highest; and its parts.
struct Run {
    number: i64,
    parts: usize,
}

impl Door<'_> {
    /// Takes moves, in their order, that need not stand in the blocks at once: `None` when they stand aside, else what the
    /// blocks have to take in now.
    pub(crate) fn set_aside(&self, moves: Vec<Move>) -> Result<Option<Vec<Move>>, StoreError> {
        let mut runs = self.view().late_runs()?;
        if runs.is_empty() && moves.len() < BULK {
            return Ok(Some(moves));
        }
        let blocks = self.count("SELECT count(*) FROM find_block")?;
        if runs.is_empty() && moves.len().div_ceil(PART) * BLOCKS_A_PART > blocks {
            return Ok(Some(moves));
        }
        let mut moves = moves;
        let standing: usize = runs.iter().map(|run| run.parts).sum();
        let too_many = (standing + moves.len().div_ceil(PART)) * BLOCKS_A_PART > blocks;
        while let Some(run) = runs.pop_if(|run| too_many || run.parts <= moves.len().div_ceil(PART)) {
            moves = newest(self.take_run(run.number)?, moves);
        }
        if too_many {
            return Ok(Some(moves));
        }
        self.keep_run(runs.last().map_or(1, |run| run.number + 1), &moves)?;
        Ok(None)
    }

    /// Everything that stands aside, in order, taken away: for the blocks. What was forgotten by law stands nowhere then.
    pub(crate) fn take_aside(&self) -> Result<Vec<Move>, StoreError> {
        let mut moves = Vec::new();
        for run in self.view().late_runs()?.iter().rev() {
            moves = newest(self.take_run(run.number)?, moves);
        }
        Ok(moves)
    }

    fn take_run(&self, number: i64) -> Result<Vec<Move>, StoreError> {
        let mut ask = self
            .tx
            .prepare_cached("SELECT keys FROM find_late WHERE run = ?1 ORDER BY first, id")
            .doing("preparing late keys")?;
        let parts = ask.query_map([number], |row| row.get::<_, Vec<u8>>(0)).doing("reading late keys")?;
        let mut moves = Vec::new();
        for part in parts {
            let part = part.doing("reading late keys")?;
            let mut keys = Keys::of(&part);
            while let Some(marked) = keys.next()? {
                moves.push(((keys.text()?, marked >> 1), marked & 1 == 1));
            }
        }
        let drop = self.tx.prepare_cached("DELETE FROM find_late WHERE run = ?1");
        drop.and_then(|mut drop| drop.execute([number])).doing("dropping late keys")?;
        Ok(moves)
    }

    fn keep_run(&self, number: i64, moves: &[Move]) -> Result<(), StoreError> {
        let mut keep = self
            .tx
            .prepare_cached("INSERT INTO find_late (run, first, keys) VALUES (?1, ?2, ?3)")
            .doing("preparing late keys")?;
        for part in moves.chunks(PART) {
            let Some(((first, _), _)) = part.first() else { continue };
            let marked = part.iter().map(|((key, obj), stays)| (key.as_str(), (obj << 1) | i64::from(*stays)));
            keep.execute(params![number, first.as_str(), written(marked)]).doing("keeping late keys")?;
        }
        Ok(())
    }
}

impl View<'_> {
    /// The runs, the oldest first.
    fn late_runs(&self) -> Result<Vec<Run>, StoreError> {
        let mut ask = self
            .db
            .prepare_cached("SELECT run, count(*) AS parts FROM find_late GROUP BY run ORDER BY run")
            .doing("preparing late keys")?;
        let read = |row: &rusqlite::Row<'_>| {
            let parts: i64 = row.get("parts")?;
            Ok(Run { number: row.get("run")?, parts: usize::try_from(parts).unwrap_or_default() })
        };
        ask.query_map([], read).and_then(Iterator::collect).doing("reading late keys")
    }

    /// What stands aside of keys that begin with a word, in order.
    pub(crate) fn aside(&self, word: &str) -> Result<Vec<Move>, StoreError> {
        let mut found = Aside::new();
        for run in self.late_runs()?.iter().rev() {
            self.aside_in(run.number, word.as_bytes(), &mut found)?;
        }
        let text = |((key, obj), stays): ((Vec<u8>, i64), bool)| {
            Ok(((str::from_utf8(&key).map(Text::from).map_err(|_| damaged())?, obj), stays))
        };
        found.into_iter().map(text).collect()
    }

    /// Adds what a run says of such keys, where no newer run has spoken.
    fn aside_in(&self, run: i64, word: &[u8], found: &mut Aside) -> Result<(), StoreError> {
        let mut ask = self
            .db
            .prepare_cached(
                "SELECT keys FROM find_late WHERE run = ?2
                    AND first >= coalesce((SELECT max(first) FROM find_late WHERE run = ?2 AND first < ?1), '')
                  ORDER BY first, id",
            )
            .doing("preparing late keys")?;
        let mut parts = ask.query(params![word_text(word)?, run]).doing("reading late keys")?;
        while let Some(part) = parts.next().doing("reading late keys")? {
            let bytes = part.get_ref(0).doing("reading late keys")?.as_blob().map_err(|_| damaged())?;
            let mut keys = Keys::of(bytes);
            while let Some(marked) = keys.next()? {
                match keys.key.starts_with(word) {
                    true => drop(found.entry((keys.key.clone(), marked >> 1)).or_insert(marked & 1 == 1)),
                    false if keys.key.as_slice() > word => return Ok(()),
                    false => {}
                }
            }
        }
        Ok(())
    }
}

fn word_text(word: &[u8]) -> Result<&str, StoreError> {
    std::str::from_utf8(word).map_err(|_| damaged())
}

/// Two runs as one: of the same key the newer counts.
fn newest(older: Vec<Move>, newer: Vec<Move>) -> Vec<Move> {
    let mut all = Vec::with_capacity(older.len() + newer.len());
    let mut older = older.into_iter().peekable();
    for (key, stays) in newer {
        while let Some(before) = older.next_if(|(one, _)| *one < key) {
            all.push(before);
        }
        let _overruled = older.next_if(|(one, _)| *one == key);
        all.push((key, stays));
    }
    all.extend(older);
    all
}

/// Every key, the blocks' and those that stand aside.
pub(crate) fn together(blocks: Vec<Key>, aside: Vec<Move>) -> Vec<Key> {
    let mut all: BTreeMap<Key, bool> = blocks.into_iter().map(|key| (key, true)).collect();
    all.extend(aside);
    all.into_iter().filter_map(|(key, stays)| stays.then_some(key)).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::collections::{BTreeSet, HashSet};

    use super::*;
    use crate::keys::Moves;
    use crate::{Definitions, Store};

    /// Keys of made-up rows: few letters, so that many begin alike.
    fn key(number: usize) -> Key {
        let mixed = number.wrapping_mul(2_654_435_761) % 1_000_003;
        (format!("{:06}", mixed % 900_000).into(), (number % 700) as i64 + 1)
    }

    /// However keys came and went, in bulk or one by one, a search finds the rows whose keys are there, and no others; nothing
    /// stands aside once the blocks have taken it in. Mutants it caught: the older of two runs counts; a key that was taken
    /// away aside is still found in its block.
    #[test]
    fn a_search_finds_what_stands_aside_and_not_what_was_taken_away() {
        let folder = std::env::temp_dir().join(format!("baoxue-late-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let store = Store::create(&folder, &[5; 32], &Definitions::built_in()).unwrap();
        let mut there: BTreeSet<Key> = (0..20_000).map(key).collect();
        let begin = Moves { old: vec![], new: there.iter().cloned().collect() };
        store.write(|door| door.move_keys(begin)).unwrap();
        let mut stood_aside = false;
        for (round, size) in [1500, 1500, 3, 2000, 40, 1, 6000, 1200, 5].into_iter().enumerate() {
            let old: BTreeSet<Key> = there.iter().skip(round).step_by(1 + 9000 / size).take(size).cloned().collect();
            let again = old.iter().step_by(3).take(size / 4).cloned();
            let new: Vec<Key> = (0..size).map(|at| key(20_000 + round * 10_000 + at)).chain(again).collect();
            there.retain(|key| !old.contains(key));
            there.extend(new.iter().cloned());
            store.write(|door| door.move_keys(Moves { old: old.into_iter().collect(), new })).unwrap();
            stood_aside |= store.read(|view| Ok::<_, StoreError>(!view.late_runs()?.is_empty())).unwrap();
            agree(&store, &there);
        }
        assert!(stood_aside);
        store.write(|door| door.settle_keys()).unwrap();
        assert!(store.read(|view| Ok::<_, StoreError>(view.late_runs()?.is_empty())).unwrap());
        agree(&store, &there);
        std::fs::remove_dir_all(&folder).unwrap();
    }

    fn agree(store: &Store, there: &BTreeSet<Key>) {
        let all = store.read(|view| view.every_key()).unwrap();
        assert_eq!(all.into_iter().collect::<BTreeSet<Key>>(), *there);
        for word in ["", "0", "12", "123", "45678", "899", "9"] {
            let found = store.read(|view| view.keyed(word, usize::MAX)).unwrap();
            let wanted: HashSet<i64> =
                there.iter().filter(|(key, _)| key.starts_with(word)).map(|(_, obj)| *obj).collect();
            assert_eq!(found, wanted, "{word}");
            let few = store.read(|view| view.keyed(word, 10)).unwrap();
            assert!(few.is_subset(&wanted) && few.len() == wanted.len().min(10), "{word}");
        }
    }
}
