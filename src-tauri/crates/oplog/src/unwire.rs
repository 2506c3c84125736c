//! Reading the wire format of [`crate::wire`]: every length is checked before memory is asked for.

use domain::{Id, Value};
use minicbor::Decoder;
use minicbor::data::Type;

use crate::change::Sealed;
use crate::segment::SegmentError;
use crate::wire::FORMAT;
use crate::{Change, FieldName, Flags, Hash, Op, Payload, Secret, Segment, Time};

type Read<'b> = Decoder<'b>;

/// Reads what [`payload_bytes`] wrote.
pub fn payload_from_bytes(bytes: &[u8]) -> Result<Payload, SegmentError> {
    let mut reader = Decoder::new(bytes);
    length(&mut reader)?;
    let kind = reader.u64().map_err(bad)?;
    payload(&mut reader, kind)
}

/// The fields that [`pack_field`](crate::wire::pack_field) put together, in order, each with the bytes of its value.
pub fn packed_fields(packed: &[u8]) -> impl Iterator<Item = Result<(u64, &[u8]), SegmentError>> {
    let mut rest = packed;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let read = packed_field(rest);
        rest = read.as_ref().map(|(_, _, tail)| *tail).unwrap_or_default();
        Some(read.map(|(field, value, _)| (field, value)))
    })
}

fn packed_field(bytes: &[u8]) -> Result<(u64, &[u8], &[u8]), SegmentError> {
    let mut reader = Decoder::new(bytes);
    let field = reader.u64().map_err(bad)?;
    let begin = reader.position();
    reader.skip().map_err(bad)?;
    let (before, tail) = bytes.split_at_checked(reader.position()).ok_or_else(|| bad("a field cut short"))?;
    Ok((field, before.get(begin..).unwrap_or_default(), tail))
}

/// Reads the bytes of one field that [`packed_fields`] gave: what it was given, or what an erasure left of that.
pub fn packed_content(bytes: &[u8]) -> Result<Sealed<Payload>, SegmentError> {
    let commitment = Decoder::new(bytes).bytes().ok().and_then(|bytes| Hash::try_from(bytes).ok());
    match commitment {
        Some(commitment) => Ok(Sealed::Erased(commitment)),
        None => Ok(Sealed::Open(Payload::Set(value(&mut Decoder::new(bytes))?))),
    }
}

fn bad(error: impl std::fmt::Display) -> SegmentError {
    SegmentError::Malformed(error.to_string())
}

fn length(reader: &mut Read<'_>) -> Result<usize, SegmentError> {
    let len = reader.array().map_err(bad)?.ok_or_else(|| bad("indefinite length"))?;
    let len = usize::try_from(len).map_err(bad)?;
    // Each entry takes a byte at least: a longer claim is a lie, refused before memory is asked for.
    if len > reader.input().len() { Err(bad("length beyond the end")) } else { Ok(len) }
}

fn fixed<const N: usize>(reader: &mut Read<'_>) -> Result<[u8; N], SegmentError> {
    reader.bytes().map_err(bad)?.try_into().map_err(bad)
}

fn id(reader: &mut Read<'_>) -> Result<Id, SegmentError> {
    Ok(Id::from_bytes(fixed(reader)?))
}

fn is_null(reader: &mut Read<'_>) -> Result<bool, SegmentError> {
    let null = reader.datatype().map_err(bad)? == Type::Null;
    if null {
        reader.null().map_err(bad)?;
    }
    Ok(null)
}

fn value(reader: &mut Read<'_>) -> Result<Option<Value>, SegmentError> {
    Ok(match reader.datatype().map_err(bad)? {
        Type::Null => {
            reader.null().map_err(bad)?;
            None
        }
        Type::String => Some(Value::Text(reader.str().map_err(bad)?.into())),
        Type::Bytes => Some(Value::Row(id(reader)?)),
        Type::Array => {
            let len = length(reader)?;
            Some(Value::Codes(
                (0..len).map(|_| reader.str().map(str::to_owned).map_err(bad)).collect::<Result<_, _>>()?,
            ))
        }
        _ => Some(Value::Int(reader.i64().map_err(bad)?)),
    })
}

fn payload(reader: &mut Read<'_>, kind: u64) -> Result<Payload, SegmentError> {
    match kind {
        0 => Ok(Payload::Set(value(reader)?)),
        1 => {
            let len = length(reader)?;
            Ok(Payload::Reopen((0..len).map(|_| value(reader)).collect::<Result<_, _>>()?))
        }
        2 => reader.null().map(|()| Payload::Redact).map_err(bad),
        other => Err(SegmentError::NewerFormat(format!("operation kind {other}"))),
    }
}

/// Puts back what [`crate::wire::unusual_bytes`] kept of a change. `change.secret` is the segment's epoch until then.
pub fn restore_unusual(bytes: &[u8], change: &mut Change) -> Result<(), SegmentError> {
    let mut reader = Decoder::new(bytes);
    length(&mut reader)?;
    change.ext = reader.bytes().map_err(bad)?.to_vec();
    if let Secret::Epoch(epoch) = change.secret {
        change.secret = read_secret(&mut reader, epoch)?;
    }
    if !is_null(&mut reader)? {
        change.why = Sealed::Erased(Hash(fixed(&mut reader)?));
    }
    Ok(())
}

/// The commitment to the seed of a change from which something was erased, of what [`crate::wire::unusual_bytes`] kept.
pub fn committed(bytes: &[u8]) -> Result<Option<Hash>, SegmentError> {
    let mut reader = Decoder::new(bytes);
    length(&mut reader)?;
    reader.bytes().map_err(bad)?;
    Ok(match read_secret(&mut reader, Segment::DROPPED)? {
        Secret::Salts(seed, _) => Some(seed),
        Secret::Epoch(_) | Secret::Seed(_) => None,
    })
}

/// A column of `len` entries; all `empty` when it was written as null.
fn read_column<T: Clone>(
    reader: &mut Read<'_>,
    len: usize,
    empty: T,
    read: impl FnMut(&mut Read<'_>) -> Result<T, SegmentError>,
) -> Result<Vec<T>, SegmentError> {
    if is_null(reader)? {
        return Ok(vec![empty; len]);
    }
    let mut read = read;
    match length(reader)? {
        given if given == len => (0..len).map(|_| read(reader)).collect(),
        given => Err(bad(format!("a column of {given} entries among {len}"))),
    }
}

fn read_numbers(reader: &mut Read<'_>, len: usize) -> Result<Vec<u64>, SegmentError> {
    read_column(reader, len, 0, |reader| reader.u64().map_err(bad))
}

fn at<T: Clone>(table: &[T], index: u64) -> Result<T, SegmentError> {
    usize::try_from(index).ok().and_then(|index| table.get(index)).cloned().ok_or_else(|| bad("index beyond its table"))
}

struct Tables {
    rows: Vec<Id>,
    names: Vec<FieldName>,
    hashes: Vec<Hash>,
}

/// Reads the bytes of a segment. The caller compares the canonical bytes.
pub(crate) fn decode(bytes: &[u8]) -> Result<Segment, SegmentError> {
    let mut reader = Decoder::new(bytes);
    let parts = length(&mut reader)?;
    let format = reader.str().map_err(bad)?;
    if format != FORMAT {
        return Err(SegmentError::NewerFormat(format.chars().take(40).collect()));
    }
    if parts != 11 {
        return Err(bad("parts"));
    }
    let (scope, replica) = (id(&mut reader)?, id(&mut reader)?);
    let parent = if is_null(&mut reader)? { None } else { Some(Hash(fixed(&mut reader)?)) };
    let first_depth = reader.u32().map_err(bad)?;
    let epoch = fixed(&mut reader)?;
    let rows = reader
        .bytes()
        .map_err(bad)?
        .chunks(16)
        .map(|chunk| Id::try_from(chunk).map_err(bad))
        .collect::<Result<_, _>>()?;
    let names =
        (0..length(&mut reader)?).map(|_| reader.str().map(FieldName::from).map_err(bad)).collect::<Result<_, _>>()?;
    let hashes = reader
        .bytes()
        .map_err(bad)?
        .chunks(32)
        .map(|chunk| Hash::try_from(chunk).map_err(bad))
        .collect::<Result<_, _>>()?;
    let tables = Tables { rows, names, hashes };
    let mut segment = Segment { replica, scope, parent, first_depth, epoch, changes: Vec::new() };
    let counts = decode_changes(&mut reader, &tables, &mut segment)?;
    decode_ops(&mut reader, &tables, &mut segment, &counts)?;
    link(&mut segment);
    Ok(segment)
}

fn decode_changes(reader: &mut Read<'_>, tables: &Tables, segment: &mut Segment) -> Result<Vec<u64>, SegmentError> {
    if length(reader)? != 10 {
        return Err(bad("change columns"));
    }
    let len = length(reader)?;
    if len == 0 || segment.first_depth.checked_add(u32::try_from(len).map_err(bad)?).is_none() {
        return Err(bad("no changes, or too many"));
    }
    let deltas: Vec<i64> = (0..len).map(|_| reader.i64().map_err(bad)).collect::<Result<_, _>>()?;
    let counters = read_numbers(reader, len)?;
    let whos = read_numbers(reader, len)?;
    let flags = read_numbers(reader, len)?;
    let batches = read_numbers(reader, len)?;
    let undoes = read_numbers(reader, len)?;
    let exts = read_column(reader, len, Vec::new(), |reader| reader.bytes().map(<[u8]>::to_vec).map_err(bad))?;
    let whys = read_column(reader, len, Sealed::Open(None), read_why)?;
    let secrets = read_column(reader, len, Secret::Epoch(segment.epoch), |reader| read_secret(reader, segment.epoch))?;
    let counts = read_numbers(reader, len)?;
    let mut ms = 0i64;
    let some = |index: u64| index.checked_sub(1);
    let rest = counters.iter().zip(whos).zip(flags).zip(batches).zip(undoes).zip(exts).zip(whys).zip(secrets);
    for ((delta, depth), (((((((counter, who), flags), batch), undoes), ext), why), secret)) in
        deltas.into_iter().zip(segment.first_depth..).zip(rest)
    {
        ms = ms.checked_add(delta).filter(|ms| (0..1 << 48).contains(ms)).ok_or_else(|| bad("time"))?;
        if *counter > 0xffff {
            return Err(bad("counter"));
        }
        segment.changes.push(Change {
            parent: None,
            depth,
            replica: segment.replica,
            scope: segment.scope,
            who: at(&tables.rows, who)?,
            time: Time(u64::try_from(ms).map_err(bad)? << 16 | counter),
            flags: Flags(u32::try_from(flags).map_err(bad)?),
            batch: some(batch).map(|index| at(&tables.rows, index)).transpose()?,
            undoes: some(undoes).map(|index| at(&tables.hashes, index)).transpose()?,
            ext,
            why,
            secret,
            ops: Vec::new(),
        });
    }
    Ok(counts)
}

fn read_why(reader: &mut Read<'_>) -> Result<Sealed<Option<String>>, SegmentError> {
    Ok(match reader.datatype().map_err(bad)? {
        Type::String => Sealed::Open(Some(reader.str().map_err(bad)?.to_owned())),
        Type::Array => Sealed::Erased(erased(reader)?),
        _ => reader.null().map(|()| Sealed::Open(None)).map_err(bad)?,
    })
}

fn erased(reader: &mut Read<'_>) -> Result<Hash, SegmentError> {
    if length(reader)? == 1 { Ok(Hash(fixed(reader)?)) } else { Err(bad("erased")) }
}

fn read_secret(reader: &mut Read<'_>, epoch: [u8; 32]) -> Result<Secret, SegmentError> {
    Ok(match reader.datatype().map_err(bad)? {
        Type::Bytes => Secret::Seed(fixed(reader)?),
        Type::Array => {
            let salts = length(reader)?.checked_sub(1).ok_or_else(|| bad("salts"))?;
            let commitment = Hash(fixed(reader)?);
            let salts = (0..salts)
                .map(|_| if is_null(reader)? { Ok(None) } else { fixed(reader).map(Some) })
                .collect::<Result<_, _>>()?;
            Secret::Salts(commitment, salts)
        }
        _ => reader.null().map(|()| Secret::Epoch(epoch)).map_err(bad)?,
    })
}

fn decode_ops(
    reader: &mut Read<'_>,
    tables: &Tables,
    segment: &mut Segment,
    counts: &[u64],
) -> Result<(), SegmentError> {
    if length(reader)? != 5 {
        return Err(bad("operation columns"));
    }
    let total =
        counts.iter().try_fold(0u64, |sum, count| sum.checked_add(*count)).and_then(|sum| usize::try_from(sum).ok());
    let len = total.filter(|len| *len <= reader.input().len() * 64).ok_or_else(|| bad("operations"))?;
    let rows = read_numbers(reader, len)?;
    let fields = read_numbers(reader, len)?;
    let kinds = read_numbers(reader, len)?;
    let seen = read_column(reader, len, Vec::new(), |reader| read_seen(reader, tables))?;
    let mut kind = kinds.iter().copied();
    let contents =
        read_column(reader, len, Sealed::Open(Payload::Set(None)), |reader| match kind.next().unwrap_or_default() {
            3 => erased(reader).map(Sealed::Erased),
            kind => payload(reader, kind).map(Sealed::Open),
        })?;
    let mut ops = rows.into_iter().zip(fields).zip(&kinds).zip(seen).zip(contents).map(
        |((((row, field), kind), seen), payload)| {
            let payload = if *kind == 2 { Sealed::Open(Payload::Redact) } else { payload };
            Ok(Op { row: at(&tables.rows, row)?, field: at(&tables.names, field)?, seen, payload })
        },
    );
    for (change, count) in segment.changes.iter_mut().zip(counts) {
        change.ops = ops.by_ref().take(usize::try_from(*count).map_err(bad)?).collect::<Result<_, SegmentError>>()?;
    }
    match reader.position() == reader.input().len() {
        true => Ok(()),
        false => Err(bad("bytes behind the end")),
    }
}

fn read_seen(reader: &mut Read<'_>, tables: &Tables) -> Result<Vec<Hash>, SegmentError> {
    if reader.datatype().map_err(bad)? != Type::Array {
        return reader.u64().map(|_| Vec::new()).map_err(bad);
    }
    (0..length(reader)?).map(|_| at(&tables.hashes, reader.u64().map_err(bad)?)).collect()
}

/// Each change's parent is the hash of the one before it.
fn link(segment: &mut Segment) {
    let mut parent = segment.parent;
    for change in &mut segment.changes {
        change.parent = parent;
        parent = Some(change.hash());
    }
}
