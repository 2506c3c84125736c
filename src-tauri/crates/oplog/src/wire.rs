//! The wire format `baoxue-segment-1`: deterministic CBOR (RFC 8949 §4.2). **Frozen**: see `tests/golden/wire`.
//!
//! A segment is one array; its changes and operations stand in columns, because columns compress:
//!
//! ```text
//! [ "baoxue-segment-1", scope, replica, parent | null, first depth, epoch,
//!   rows: 16 bytes each in one string, names: [text…], hashes: 32 bytes each in one string,
//!   [ times ms: differences, counters, who: index in rows, flags, batch: index in rows + 1 or 0,
//!     undoes: index in hashes + 1 or 0, ext: bytes, why, secret, how many operations ],
//!   [ row: index, field: index in names, kind 0 set · 1 reopen · 2 redact · 3 erased,
//!     seen: [indexes in hashes] or 0 for none, content ] ]
//! ```
//!
//! A column whose entries are all 0 (or null) is written as null. Parents inside a segment are not written:
//! each is the hash of the change before. `why` and contents that were erased stand as `[commitment]`.

use domain::{Id, Value};
use minicbor::Encoder;

use crate::change::Sealed;
use crate::hash::Pieces;
use crate::{Change, FieldName, Hash, Op, Payload, Secret, Segment};

pub(crate) const FORMAT: &str = "baoxue-segment-1";

/// A writer of CBOR into memory, which cannot fail.
struct Out(Encoder<Vec<u8>>);

macro_rules! writes {
    ($($name:ident($type:ty)),*) => { $(fn $name(&mut self, it: $type) { let _infallible = self.0.$name(it); })* };
}

impl Out {
    writes!(array(u64), u64(u64), i64(i64), str(&str), bytes(&[u8]));

    fn new() -> Self {
        Self::sized(64)
    }

    /// A writer with room for so many bytes.
    fn sized(bytes: usize) -> Self {
        Self(Encoder::new(Vec::with_capacity(bytes)))
    }

    fn null(&mut self) {
        let _infallible = self.0.null();
    }

    fn len(&mut self, len: usize) {
        self.array(len as u64);
    }

    fn hash(&mut self, hash: Option<Hash>) {
        match hash {
            Some(hash) => self.bytes(&hash.0),
            None => self.null(),
        }
    }

    fn value(&mut self, value: Option<&Value>) {
        match value {
            None => self.null(),
            Some(Value::Int(number)) => self.i64(*number),
            Some(Value::Text(text)) => self.str(text),
            Some(Value::Row(id)) => self.bytes(id.as_bytes()),
            Some(Value::Codes(codes)) => {
                self.len(codes.len());
                codes.iter().for_each(|code| self.str(code));
            }
        }
    }

    fn payload(&mut self, payload: &Payload) {
        match payload {
            Payload::Set(value) => self.value(value.as_ref()),
            Payload::Reopen(values) => {
                self.len(values.len());
                values.iter().for_each(|value| self.value(value.as_ref()));
            }
            Payload::Redact => self.null(),
        }
    }

    fn done(self) -> Vec<u8> {
        self.0.into_writer()
    }
}

fn kind(payload: &Payload) -> u64 {
    match payload {
        Payload::Set(_) => 0,
        Payload::Reopen(_) => 1,
        Payload::Redact => 2,
    }
}

/// The bytes committed to for a reason.
pub(crate) fn why_bytes(why: Option<&str>) -> Vec<u8> {
    let mut out = Out::new();
    match why {
        Some(why) => out.str(why),
        None => out.null(),
    }
    out.done()
}

/// The bytes committed to for an operation: its kind and its content.
pub fn payload_bytes(payload: &Payload) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(64);
    put_payload(&mut bytes, payload);
    bytes
}

/// The same, in place of what a buffer held.
pub(crate) fn put_payload(bytes: &mut Vec<u8>, payload: &Payload) {
    bytes.clear();
    let mut out = Out(Encoder::new(std::mem::take(bytes)));
    out.len(2);
    out.u64(kind(payload));
    out.payload(payload);
    *bytes = out.done();
}

/// Adds a field and what it was given to others: its number, then the value, each telling where it ends.
pub fn pack_field(into: &mut Vec<u8>, field: u64, value: Option<&Value>) {
    let mut out = Out(Encoder::new(std::mem::take(into)));
    out.u64(field);
    out.value(value);
    *into = out.done();
}

/// Adds a field whose value was erased by law: its commitment, longer than the id of any row, stands in its place.
pub fn pack_erased(into: &mut Vec<u8>, field: u64, commitment: &Hash) {
    let mut out = Out(Encoder::new(std::mem::take(into)));
    out.u64(field);
    out.bytes(&commitment.0);
    *into = out.done();
}

/// The hash of a change: of its header and its operations, a piece at a time.
pub(crate) fn hash(change: &Change, seed: Hash, why: Hash, commitments: impl Iterator<Item = Hash>) -> Hash {
    let (mut out, mut pieces) = (Out::sized(PIECE + PIECE / 4), Pieces::new());
    out.len(14);
    out.str("baoxue-change-1");
    out.hash(change.parent);
    out.u64(u64::from(change.depth));
    out.bytes(change.replica.as_bytes());
    out.bytes(change.scope.as_bytes());
    out.bytes(change.who.as_bytes());
    out.u64(change.time.0);
    out.u64(u64::from(change.flags.0));
    match change.batch {
        Some(batch) => out.bytes(batch.as_bytes()),
        None => out.null(),
    }
    out.hash(change.undoes);
    out.bytes(&change.ext);
    out.bytes(&seed.0);
    out.bytes(&why.0);
    out.len(change.ops.len());
    for (op, commitment) in change.ops.iter().zip(commitments) {
        out.len(4);
        out.bytes(op.row.as_bytes());
        out.str(&op.field);
        out.len(op.seen.len());
        op.seen.iter().for_each(|seen| out.bytes(&seen.0));
        out.bytes(&commitment.0);
        if out.0.writer().len() >= PIECE {
            pieces.add(out.0.writer());
            out.0.writer_mut().clear();
        }
    }
    pieces.add(&out.done());
    pieces.done()
}

/// Bytes of a change that are hashed at once.
const PIECE: usize = 1 << 14;

/// Numbers things in the order they are first met.
struct Table<T> {
    items: Vec<T>,
    at: std::collections::HashMap<T, u64>,
}

impl<T: Clone + Eq + std::hash::Hash> Table<T> {
    fn new() -> Self {
        Self { items: Vec::new(), at: std::collections::HashMap::new() }
    }

    fn index(&mut self, item: &T) -> u64 {
        if let Some(at) = self.at.get(item) {
            return *at;
        }
        let at = self.items.len() as u64;
        self.items.push(item.clone());
        self.at.insert(item.clone(), at);
        at
    }
}

/// A column: written as null when every entry is empty.
fn column<T>(out: &mut Out, entries: &[T], is_empty: impl Fn(&T) -> bool, mut write: impl FnMut(&mut Out, &T)) {
    if entries.iter().all(is_empty) {
        return out.null();
    }
    out.len(entries.len());
    entries.iter().for_each(|entry| write(out, entry));
}

fn numbers(out: &mut Out, entries: &[u64]) {
    column(out, entries, |n| *n == 0, |out, n| out.u64(*n));
}

/// The canonical bytes of a segment.
pub(crate) fn encode(segment: &Segment) -> Vec<u8> {
    let (mut rows, mut names, mut hashes) = (Table::new(), Table::new(), Table::new());
    let mut body = Out::new();
    encode_changes(&mut body, segment, &mut rows, &mut hashes);
    encode_ops(&mut body, segment, &mut rows, &mut names, &mut hashes);

    let mut out = Out::new();
    out.len(11);
    out.str(FORMAT);
    out.bytes(segment.scope.as_bytes());
    out.bytes(segment.replica.as_bytes());
    out.hash(segment.parent);
    out.u64(u64::from(segment.first_depth));
    out.bytes(&segment.epoch);
    out.bytes(&rows.items.iter().flat_map(|id: &Id| *id.as_bytes()).collect::<Vec<u8>>());
    out.len(names.items.len());
    names.items.iter().for_each(|name: &FieldName| out.str(name));
    out.bytes(&hashes.items.iter().flat_map(|hash: &Hash| hash.0).collect::<Vec<u8>>());
    let mut bytes = out.done();
    bytes.extend(body.done());
    bytes
}

fn encode_changes(out: &mut Out, segment: &Segment, rows: &mut Table<Id>, hashes: &mut Table<Hash>) {
    let changes = &segment.changes;
    out.len(10);
    let mut before = 0;
    out.len(changes.len());
    for change in changes {
        let ms = i64::try_from(change.time.ms()).unwrap_or(i64::MAX);
        out.i64(ms - before);
        before = ms;
    }
    numbers(out, &changes.iter().map(|change| change.time.0 & 0xffff).collect::<Vec<_>>());
    numbers(out, &changes.iter().map(|change| rows.index(&change.who)).collect::<Vec<_>>());
    numbers(out, &changes.iter().map(|change| u64::from(change.flags.0)).collect::<Vec<_>>());
    numbers(
        out,
        &changes.iter().map(|change| change.batch.map_or(0, |batch| rows.index(&batch) + 1)).collect::<Vec<_>>(),
    );
    numbers(
        out,
        &changes.iter().map(|change| change.undoes.map_or(0, |hash| hashes.index(&hash) + 1)).collect::<Vec<_>>(),
    );
    column(out, changes, |change| change.ext.is_empty(), |out, change| out.bytes(&change.ext));
    column(
        out,
        changes,
        |change| change.why == Sealed::Open(None),
        |out, change| match &change.why {
            Sealed::Open(Some(why)) => out.str(why),
            Sealed::Open(None) => out.null(),
            Sealed::Erased(commitment) => {
                out.len(1);
                out.bytes(&commitment.0);
            }
        },
    );
    column(
        out,
        changes,
        |change| matches!(change.secret, Secret::Epoch(_)),
        |out, change| encode_secret(out, &change.secret),
    );
    numbers(out, &changes.iter().map(|change| change.ops.len() as u64).collect::<Vec<_>>());
}

fn encode_secret(out: &mut Out, secret: &Secret) {
    match secret {
        Secret::Epoch(_) => out.null(),
        Secret::Seed(seed) => out.bytes(seed),
        Secret::Salts(commitment, salts) => {
            out.len(salts.len() + 1);
            out.bytes(&commitment.0);
            for salt in salts {
                match salt {
                    Some(salt) => out.bytes(salt),
                    None => out.null(),
                }
            }
        }
    }
}

fn encode_ops(
    out: &mut Out,
    segment: &Segment,
    rows: &mut Table<Id>,
    names: &mut Table<FieldName>,
    hashes: &mut Table<Hash>,
) {
    let ops: Vec<&Op> = segment.changes.iter().flat_map(|change| &change.ops).collect();
    out.len(5);
    numbers(out, &ops.iter().map(|op| rows.index(&op.row)).collect::<Vec<_>>());
    numbers(out, &ops.iter().map(|op| names.index(&op.field)).collect::<Vec<_>>());
    numbers(out, &ops.iter().map(|op| op.payload.open().map_or(3, kind)).collect::<Vec<_>>());
    column(
        out,
        &ops,
        |op| op.seen.is_empty(),
        |out, op| {
            if op.seen.is_empty() {
                return out.u64(0);
            }
            out.len(op.seen.len());
            op.seen.iter().for_each(|seen| out.u64(hashes.index(seen)));
        },
    );
    column(
        out,
        &ops,
        |op| matches!(&op.payload, Sealed::Open(Payload::Set(None) | Payload::Redact)),
        |out, op| match &op.payload {
            Sealed::Open(payload) => out.payload(payload),
            Sealed::Erased(commitment) => {
                out.len(1);
                out.bytes(&commitment.0);
            }
        },
    );
}

/// What a ledger keeps of a change beside its plain columns: header bytes of a newer program, its own seed or salts,
/// the commitment to an erased reason.
pub fn unusual_bytes(change: &Change) -> Vec<u8> {
    let mut out = Out::new();
    out.len(3);
    out.bytes(&change.ext);
    encode_secret(&mut out, &change.secret);
    match &change.why {
        Sealed::Open(_) => out.null(),
        Sealed::Erased(commitment) => out.bytes(&commitment.0),
    }
    out.done()
}
