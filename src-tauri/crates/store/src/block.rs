//! Keys in their order, packed into the bytes of a block: each tells how much of the one before it shares.

use domain::Text;

use crate::StoreError;

/// A block is begun anew at this size, bytes.
pub(crate) const BLOCK: usize = 1800;
/// Up to this size a block that grew stays one, bytes.
pub(crate) const BLOCK_MAX: usize = 3600;

/// A key and the row it finds.
pub(crate) type Key = (Text, i64);

/// A key and whether it is there afterwards.
pub(crate) type Move = (Key, bool);

/// Keys as they stand in a block: how much of the key before is shared, how much follows, that, and the row.
pub(crate) fn written<'k>(keys: impl Iterator<Item = (&'k str, i64)>) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(BLOCK_MAX);
    let mut before: &[u8] = &[];
    for (key, obj) in keys {
        let key = key.as_bytes();
        let shared = key.iter().zip(before).take_while(|(a, b)| a == b).count();
        let rest = key.get(shared..).unwrap_or_default();
        put(&mut bytes, shared as u64);
        put(&mut bytes, rest.len() as u64);
        bytes.extend_from_slice(rest);
        put(&mut bytes, u64::try_from(obj).unwrap_or_default());
        before = key;
    }
    bytes
}

/// Every key of a block.
pub(crate) fn read_all(bytes: &[u8]) -> Result<Vec<Key>, StoreError> {
    let (mut keys, mut all) = (Keys::of(bytes), Vec::new());
    while let Some(obj) = keys.next()? {
        all.push((keys.text()?, obj));
    }
    Ok(all)
}

/// The keys of a block, one by one.
pub(crate) struct Keys<'b> {
    rest: &'b [u8],
    /// The key read last.
    pub(crate) key: Vec<u8>,
}

impl<'b> Keys<'b> {
    pub(crate) fn of(bytes: &'b [u8]) -> Self {
        Self { rest: bytes, key: Vec::new() }
    }

    /// The key read last.
    pub(crate) fn text(&self) -> Result<Text, StoreError> {
        str::from_utf8(&self.key).map(Text::from).map_err(|_| damaged())
    }

    /// Reads the next key; gives its row.
    pub(crate) fn next(&mut self) -> Result<Option<i64>, StoreError> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let (shared, more) = (self.length()?, self.length()?);
        let (key, rest) = self.rest.split_at_checked(more).ok_or_else(damaged)?;
        self.rest = rest;
        self.key.truncate(shared);
        self.key.extend_from_slice(key);
        Ok(Some(i64::try_from(self.take()?).map_err(|_| damaged())?))
    }

    fn length(&mut self) -> Result<usize, StoreError> {
        usize::try_from(self.take()?).map_err(|_| damaged())
    }

    fn take(&mut self) -> Result<u64, StoreError> {
        let (mut number, mut shift) = (0u64, 0u32);
        while let Some((byte, rest)) = self.rest.split_first() {
            self.rest = rest;
            number |= u64::from(byte & 0x7f).checked_shl(shift).unwrap_or_default();
            if byte & 0x80 == 0 {
                return Ok(number);
            }
            shift += 7;
        }
        Err(damaged())
    }
}

/// A number in as few bytes as it needs, seven bits each, the lowest first.
fn put(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

pub(crate) fn damaged() -> StoreError {
    StoreError::Damaged("the keys that children are found by".to_owned())
}
