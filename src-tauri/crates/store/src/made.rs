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
            && !oplog::is_life(&op.field)
    };
    1 + others.iter().take_while(plain).count()
}

fn lives() -> Payload {
    Payload::Set(Some(Value::Int(1)))
}

/// Adds a field to what a row was made with.
pub(crate) fn pack(into: &mut Vec<u8>, term: i64, value: Option<&Value>) {
    wire::pack_field(into, u64::try_from(term).unwrap_or_default(), value);
}

/// The fields that [`pack`] put together, in order.
fn fields(packed: &[u8]) -> impl Iterator<Item = Result<(i64, &[u8]), StoreError>> {
    let read = unwire::packed_fields(packed);
    read.map(|field| field.map(|(term, content)| (i64::try_from(term).unwrap_or_default(), content)).map_err(damaged))
}

fn damaged(error: impl std::fmt::Display) -> StoreError {
    StoreError::Damaged(format!("what a row was made with: {error}"))
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

/// What a row was made with, one field of it erased: its commitment stands in its place.
pub(crate) fn erased(packed: &[u8], term: i64, commitment: &Hash) -> Result<Vec<u8>, StoreError> {
    let mut kept = Vec::with_capacity(packed.len() + 40);
    for field in fields(packed) {
        let (one, content) = field?;
        let number = u64::try_from(one).unwrap_or_default();
        match content_of(content)? {
            Sealed::Open(Payload::Set(value)) if one != term => wire::pack_field(&mut kept, number, value.as_ref()),
            Sealed::Erased(earlier) => wire::pack_erased(&mut kept, number, &earlier),
            Sealed::Open(_) => wire::pack_erased(&mut kept, number, commitment),
        }
    }
    Ok(kept)
}

fn content_of(content: &[u8]) -> Result<Sealed<Payload>, StoreError> {
    unwire::packed_content(content).map_err(damaged)
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
        let (term, content) = field?;
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
