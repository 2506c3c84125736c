//! What a row was made with: the first fields of a row stand together in one operation of the log, because most fields
//! are never written again. Readers of the log see them one by one.

use domain::Value;
use oplog::change::Sealed;
use oplog::{Hash, Op, Payload, unwire, wire};
use rusqlite::types::ValueRef;

use crate::error::Doing;
use crate::{StoreError, cell};

/// `op.kind` of a row that was made; `op.field` names its life.
pub(crate) const MADE: i64 = 5;

/// One operation read from the log.
pub(crate) struct Read {
    /// The field.
    pub(crate) term: i64,
    /// What was written.
    pub(crate) payload: Sealed<Payload>,
}

/// How many operations stand together, one number after the other, in their order.
pub(crate) fn runs(ops: &[Op]) -> Vec<usize> {
    let mut runs = Vec::new();
    let mut rest = ops;
    while !rest.is_empty() {
        let (run, tail) = rest.split_at(run(rest));
        runs.push(run.len());
        rest = tail;
    }
    runs
}

/// How many operations at the beginning of `ops` make one row, and can stand together.
fn run(ops: &[Op]) -> usize {
    let Some((first, others)) = ops.split_first() else { return 0 };
    if !first.makes() {
        return 1;
    }
    let plain = |op: &&Op| {
        op.row == first.row
            && op.seen.is_empty()
            && matches!(op.payload, Sealed::Open(Payload::Set(_)))
            && !crate::is_life(&op.field)
    };
    1 + others.iter().take_while(plain).count()
}

fn lives() -> Payload {
    Payload::Set(Some(Value::Int(1)))
}

/// Adds a field to what a row was made with: name, length, content.
pub(crate) fn pack(into: &mut Vec<u8>, term: i64, payload: &Payload) {
    let content = wire::payload_bytes(payload);
    into.extend(u32::try_from(term).unwrap_or(u32::MAX).to_be_bytes());
    into.extend(u32::try_from(content.len()).unwrap_or(u32::MAX).to_be_bytes());
    into.extend(content);
}

/// The fields that [`pack`] put together, in order.
fn fields(packed: &[u8]) -> impl Iterator<Item = Option<(i64, Content<'_>)>> {
    let mut rest = packed;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let number = |bytes: &[u8]| bytes.try_into().ok().map(u32::from_be_bytes);
        let parts = rest.split_at_checked(8).and_then(|(head, tail)| {
            let (term, len) = head.split_at_checked(4)?;
            let length = number(len)?;
            let (content, tail) = tail.split_at_checked((length & !ERASED) as usize)?;
            let content = if length & ERASED == 0 { Content::Open(content) } else { Content::Erased(content) };
            Some((number(term)?, content, tail))
        });
        match parts {
            Some((term, content, tail)) => {
                rest = tail;
                Some(Some((i64::from(term), content)))
            }
            None => {
                rest = &[];
                Some(None)
            }
        }
    })
}

/// Whether a row was made with a field.
pub(crate) fn holds(packed: &[u8], term: i64) -> bool {
    fields(packed).flatten().any(|(one, _)| one == term)
}

/// The names of the fields a row was made with.
pub(crate) fn terms(packed: &[u8]) -> impl Iterator<Item = i64> {
    fields(packed).flatten().map(|(term, _)| term)
}

/// What a row of the log's table says of one field; `row` has `field`, `kind`, `val`.
pub(crate) fn payload_of(row: &rusqlite::Row<'_>, term: i64) -> Result<Option<Sealed<Payload>>, StoreError> {
    let kind: i64 = row.get("kind").doing("reading an operation")?;
    let named: i64 = row.get("field").doing("reading an operation")?;
    let val = row.get_ref("val").doing("reading an operation")?;
    match (kind == MADE, named == term) {
        (true, true) => Ok(Some(Sealed::Open(lives()))),
        (true, false) => {
            let found = fields(packed(val)?).flatten().find(|(one, _)| *one == term);
            found.map(|(_, content)| content_of(content)).transpose()
        }
        (false, true) => cell::to_payload(kind, val).map(Some),
        (false, false) => Ok(None),
    }
}

/// Marks, beside the length of a content, that it is the commitment to a value erased by law.
const ERASED: u32 = 1 << 31;

/// What a row was made with, one field of it erased: its commitment stands in its place.
pub(crate) fn erased(packed: &[u8], term: i64, commitment: &Hash) -> Vec<u8> {
    let mut kept = Vec::with_capacity(packed.len() + 32);
    for (one, content) in fields(packed).flatten() {
        let (length, content) = match content {
            Content::Open(content) if one != term => (u32::try_from(content.len()).unwrap_or_default(), content),
            Content::Open(_) => (32 | ERASED, commitment.0.as_slice()),
            Content::Erased(content) => (32 | ERASED, content),
        };
        kept.extend(u32::try_from(one).unwrap_or(u32::MAX).to_be_bytes());
        kept.extend(length.to_be_bytes());
        kept.extend(content);
    }
    kept
}

/// What a row was made with in one field.
#[derive(Clone, Copy)]
enum Content<'p> {
    Open(&'p [u8]),
    Erased(&'p [u8]),
}

fn content_of(content: Content<'_>) -> Result<Sealed<Payload>, StoreError> {
    let content = match content {
        Content::Open(content) => content,
        Content::Erased(commitment) => {
            let hash = Hash::try_from(commitment).map(Sealed::Erased);
            return hash.map_err(|_| StoreError::Damaged("what a row was made with".to_owned()));
        }
    };
    unwire::payload_from_bytes(content).map(Sealed::Open).map_err(|error| StoreError::Damaged(error.to_string()))
}

/// The operations that one row of the log's table stands for; `row` has `field`, `kind`, `val`.
pub(crate) fn read(row: &rusqlite::Row<'_>) -> Result<Vec<Read>, StoreError> {
    let kind = row.get("kind").doing("reading an operation")?;
    let term = row.get("field").doing("reading an operation")?;
    let val = row.get_ref("val").doing("reading an operation")?;
    if kind != MADE {
        return Ok(vec![Read { term, payload: cell::to_payload(kind, val)? }]);
    }
    let mut all = vec![Read { term, payload: Sealed::Open(lives()) }];
    for field in fields(packed(val)?) {
        let (term, content) = field.ok_or_else(|| StoreError::Damaged("what a row was made with".to_owned()))?;
        all.push(Read { term, payload: content_of(content)? });
    }
    Ok(all)
}

/// The first of the operations that one row of the log's table stands for.
pub(crate) fn read_life(row: &rusqlite::Row<'_>) -> Result<Vec<Read>, StoreError> {
    match row.get::<_, i64>("kind").doing("reading an operation")? {
        MADE => {
            Ok(vec![Read { term: row.get("field").doing("reading an operation")?, payload: Sealed::Open(lives()) }])
        }
        _ => read(row),
    }
}

/// The bytes of a cell that holds what a row was made with.
pub(crate) fn packed(val: ValueRef<'_>) -> Result<&[u8], StoreError> {
    val.as_blob().map_err(|_| StoreError::Damaged("what a row was made with".to_owned()))
}
