//! What children are found by: keys in their order, each with the row it finds, a block of neighbours in one row of the
//! table. A key alone would cost a row of a tree and a tenth of an encrypted page.

use std::collections::HashSet;
use std::iter::Peekable;

use rusqlite::{OptionalExtension, params};

use crate::block::{BLOCK, BLOCK_MAX, Key, Keys, Move, damaged, read_all, written};
use crate::error::Doing;
use crate::{Door, StoreError, View, late};

/// Keys to be taken away and keys to be added.
#[derive(Debug, Default)]
pub(crate) struct Moves {
    pub(crate) old: Vec<Key>,
    pub(crate) new: Vec<Key>,
}

/// A block as it stands: its number, and where the next one begins.
struct Block {
    id: i64,
    keys: Vec<Key>,
    next: Option<Key>,
}

impl Moves {
    /// In the order of the keys; what is taken away and added again stays.
    fn sorted(self) -> Vec<Move> {
        let (old, new) = (self.old.into_iter().map(|key| (key, false)), self.new.into_iter().map(|key| (key, true)));
        let mut all: Vec<Move> = old.chain(new).collect();
        all.sort_unstable();
        // Of the same key, what is added comes last and counts.
        all.dedup_by(|later, earlier| {
            let same = later.0 == earlier.0;
            earlier.1 |= same && later.1;
            same
        });
        all
    }
}

impl Door<'_> {
    /// Moves keys. Many that would be scattered over the blocks stand aside first.
    pub(crate) fn move_keys(&self, moves: Moves) -> Result<(), StoreError> {
        match self.set_aside(moves.sorted())? {
            Some(moves) => self.move_in_blocks(moves),
            None => Ok(()),
        }
    }

    /// Puts what stands aside into the blocks: nothing that was taken away is left of it.
    pub(crate) fn settle_keys(&self) -> Result<(), StoreError> {
        self.move_in_blocks(self.take_aside()?)
    }

    /// Moves keys, in their own order: neighbours stand in the same blocks.
    fn move_in_blocks(&self, moves: Vec<Move>) -> Result<(), StoreError> {
        let mut moves = moves.into_iter().peekable();
        while let Some((first, _)) = moves.peek() {
            let Some(block) = self.block_at(first)? else {
                let keys = moves.filter_map(|(key, stays)| stays.then_some(key)).collect::<Vec<_>>();
                return self.keep_block(None, &keys);
            };
            let keys = merged(block.keys, &mut moves, block.next.as_ref());
            self.keep_block(Some(block.id), &keys)?;
        }
        Ok(())
    }

    /// The block that a key stands in, or would; none while there are no keys.
    fn block_at(&self, (key, obj): &Key) -> Result<Option<Block>, StoreError> {
        let mut ask = self
            .tx
            .prepare_cached(
                "SELECT id, first, obj, keys FROM find_block WHERE (first, obj) <= (?1, ?2)
                  ORDER BY first DESC, obj DESC LIMIT 1",
            )
            .doing("preparing keys")?;
        let mut least = self
            .tx
            .prepare_cached("SELECT id, first, obj, keys FROM find_block ORDER BY first, obj LIMIT 1")
            .doing("preparing keys")?;
        let read = |row: &rusqlite::Row<'_>| {
            let first: Key = (row.get::<_, String>("first")?.into(), row.get("obj")?);
            let keys: Vec<u8> = row.get("keys")?;
            Ok((row.get("id")?, first, keys))
        };
        let found = ask.query_row(params![key.as_str(), obj], read).optional().doing("finding keys")?;
        let found = match found {
            Some(found) => Some(found),
            None => least.query_row([], read).optional().doing("finding keys")?,
        };
        let Some((id, first, keys)) = found else { return Ok(None) };
        let mut ask = self
            .tx
            .prepare_cached(
                "SELECT first, obj FROM find_block WHERE (first, obj) > (?1, ?2) ORDER BY first, obj LIMIT 1",
            )
            .doing("preparing keys")?;
        let next =
            ask.query_row(params![first.0.as_str(), first.1], |row| Ok((row.get::<_, String>(0)?.into(), row.get(1)?)));
        Ok(Some(Block { id, keys: read_all(&keys)?, next: next.optional().doing("finding keys")? }))
    }

    /// Puts keys in place of a block, or where none was: in one or in several, in none when there are none.
    fn keep_block(&self, id: Option<i64>, keys: &[Key]) -> Result<(), StoreError> {
        let mut id = id;
        for part in parted(keys) {
            let Some((first, obj)) = part.first() else { continue };
            let sql = match id {
                Some(_) => "UPDATE find_block SET first = ?2, obj = ?3, keys = ?4 WHERE id = ?1",
                None => "INSERT INTO find_block (id, first, obj, keys) VALUES (?1, ?2, ?3, ?4)",
            };
            let keep = self.tx.prepare_cached(sql);
            let marked = part.iter().map(|(key, obj)| (key.as_str(), *obj));
            keep.and_then(|mut keep| keep.execute(params![id.take(), first.as_str(), obj, written(marked)]))
                .doing("keeping keys")?;
        }
        if let Some(id) = id {
            let drop = self.tx.prepare_cached("DELETE FROM find_block WHERE id = ?1");
            drop.and_then(|mut drop| drop.execute([id])).doing("dropping keys")?;
        }
        Ok(())
    }
}

impl View<'_> {
    /// Rows with a key that begins with a word, `enough` of them at least if there are so many. Whole keys come first.
    pub(crate) fn keyed(&self, word: &str, enough: usize) -> Result<HashSet<i64>, StoreError> {
        let mut ask = self
            .db
            .prepare_cached(
                "SELECT keys FROM find_block
                  WHERE first >= coalesce((SELECT max(first) FROM find_block WHERE first < ?1), '') ORDER BY first, obj",
            )
            .doing("preparing a search")?;
        let mut aside = self.aside(word)?.into_iter().peekable();
        let mut blocks = ask.query([word]).doing("searching")?;
        let mut found = HashSet::new();
        while let Some(block) = blocks.next().doing("searching")? {
            let bytes = block.get_ref(0).doing("searching")?.as_blob().map_err(|_| damaged())?;
            let mut keys = Keys::of(bytes);
            while let Some(obj) = keys.next()? {
                if !keys.key.starts_with(word.as_bytes()) {
                    match keys.key.as_slice() > word.as_bytes() {
                        true => return Ok(some_of(found, aside, enough)),
                        false => continue,
                    }
                }
                let here = (keys.key.as_slice(), obj);
                while let Some((key, stays)) = aside.next_if(|((key, obj), _)| (key.as_bytes(), *obj) < here) {
                    found.extend((stays && found.len() < enough).then_some(key.1));
                }
                let stays =
                    aside.next_if(|((key, obj), _)| (key.as_bytes(), *obj) == here).is_none_or(|(_, stays)| stays);
                if found.len() >= enough {
                    return Ok(found);
                }
                found.extend(stays.then_some(obj));
            }
        }
        Ok(some_of(found, aside, enough))
    }

    /// Every key with the row it finds.
    pub(crate) fn every_key(&self) -> Result<Vec<Key>, StoreError> {
        let mut ask = self.db.prepare("SELECT keys FROM find_block").doing("preparing keys")?;
        let blocks = ask.query_map([], |row| row.get::<_, Vec<u8>>(0)).doing("reading keys")?;
        let mut all = Vec::new();
        for block in blocks {
            all.extend(read_all(&block.doing("reading keys")?)?);
        }
        Ok(late::together(all, self.aside("")?))
    }
}

/// The keys of a block with the moves that come before the next one.
fn merged(keys: Vec<Key>, moves: &mut Peekable<impl Iterator<Item = Move>>, next: Option<&Key>) -> Vec<Key> {
    let mut all = Vec::with_capacity(keys.len());
    let mut keys = keys.into_iter().peekable();
    while let Some((key, stays)) = moves.next_if(|(key, _)| next.is_none_or(|next| key < next)) {
        while let Some(before) = keys.next_if(|one| *one < key) {
            all.push(before);
        }
        let _same = keys.next_if_eq(&key);
        all.extend(stays.then_some(key));
    }
    all.extend(keys);
    all
}

/// Keys in parts of a block's size.
fn parted(keys: &[Key]) -> Vec<&[Key]> {
    let size = |key: &Key| key.0.len() + 4;
    if keys.iter().map(size).sum::<usize>() <= BLOCK_MAX {
        return vec![keys];
    }
    let (mut parts, mut rest) = (Vec::new(), keys);
    while !rest.is_empty() {
        let mut room = BLOCK;
        let count = rest.iter().take_while(|key| {
            let fits = room > 0;
            room = room.saturating_sub(size(key));
            fits
        });
        let (part, tail) = rest.split_at(count.count());
        parts.push(part);
        rest = tail;
    }
    parts
}

/// What was found, with as much of what stands aside as is still wanted.
fn some_of(mut found: HashSet<i64>, aside: impl Iterator<Item = Move>, enough: usize) -> HashSet<i64> {
    for ((_, obj), _) in aside.filter(|(_, stays)| *stays) {
        if found.len() >= enough {
            break;
        }
        found.insert(obj);
    }
    found
}
