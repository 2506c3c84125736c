//! One saved form: a header, and for each field what was written and what the form had shown.

use domain::{Id, Value};

use crate::{FieldName, Hash, Time, wire};

/// A change: the unit of the chain, of history and of undo (decisions B13).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The change before it in the same chain.
    pub parent: Option<Hash>,
    /// Its place in the chain; the first is 0.
    pub depth: u32,
    /// The computer that wrote it. Attribution only: clones share it.
    pub replica: Id,
    /// The organisation whose rows it writes.
    pub scope: Id,
    /// The person who wrote it.
    pub who: Id,
    /// When, by the logical clock.
    pub time: Time,
    /// What kind of change it is.
    pub flags: Flags,
    /// Changes that were saved, and are undone, together (one import).
    pub batch: Option<Id>,
    /// The change that this one takes back.
    pub undoes: Option<Hash>,
    /// Header bytes of a newer program, kept as they came.
    pub ext: Vec<u8>,
    /// Why, in the person's words.
    pub why: Sealed<Option<String>>,
    /// What the commitments are salted with.
    pub secret: Secret,
    /// The fields written, each (row, field) once.
    pub ops: Vec<Op>,
}

/// One field of one row, written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Op {
    /// The row.
    pub row: Id,
    /// The field, `record.field`.
    pub field: FieldName,
    /// Changes whose values of this field the form showed, beyond those of its own chain; sorted.
    pub seen: Vec<Hash>,
    /// What was written.
    pub payload: Sealed<Payload>,
}

/// What an operation writes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Payload {
    /// A value, or nothing.
    Set(Option<Value>),
    /// Several values again: a choice between them was taken back (decisions B18).
    Reopen(Vec<Option<Value>>),
    /// The value this field was given by the changes in `seen` is to be forgotten.
    Redact,
}

/// A value, or only the commitment to it once it was erased by law.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sealed<T> {
    /// Readable.
    Open(T),
    /// Erased; the chain still verifies.
    Erased(Hash),
}

/// What the commitments of a change are salted with, so that an erased value cannot be guessed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Secret {
    /// The seed follows from the segment's random epoch and the parent's hash.
    Epoch([u8; 32]),
    /// The seed itself, because the epoch had to be dropped.
    Seed([u8; 16]),
    /// The seed is dropped too: a commitment to it, and the salts of what is still readable (why first, then each op).
    Salts(Hash, Vec<Option<[u8; 16]>>),
}

/// Marks on a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Flags(pub u32);

impl Flags {
    /// The computer's clock was not believed.
    pub const CLOCK_SUSPECT: Self = Self(1);
    /// Takes another change back.
    pub const UNDO: Self = Self(1 << 1);
    /// A person chose between different values.
    pub const RESOLVE: Self = Self(1 << 2);
    /// Came from a workbook.
    pub const IMPORT: Self = Self(1 << 3);

    /// Both marks.
    #[must_use]
    pub fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether the mark is set.
    pub fn has(self, mark: Self) -> bool {
        self.0 & mark.0 == mark.0
    }
}

impl<T> Sealed<T> {
    /// The value, unless erased.
    pub fn open(&self) -> Option<&T> {
        match self {
            Self::Open(value) => Some(value),
            Self::Erased(_) => None,
        }
    }
}

impl Payload {
    /// The values this operation puts forward.
    pub fn values(&self) -> &[Option<Value>] {
        match self {
            Self::Set(value) => std::slice::from_ref(value),
            Self::Reopen(values) => values,
            Self::Redact => &[],
        }
    }
}

impl Op {
    /// Whether it makes its row, and saw nothing of it before.
    pub fn makes(&self) -> bool {
        let lives = Sealed::Open(Payload::Set(Some(Value::Int(1))));
        self.seen.is_empty() && self.payload == lives && crate::is_life(&self.field)
    }
}

impl Change {
    /// The changes it builds on: the one before it, those its writer saw, the one it takes back.
    pub fn grounds(&self) -> impl Iterator<Item = Hash> {
        let seen = self.ops.iter().flat_map(|op| op.seen.iter().copied());
        self.parent.into_iter().chain(self.undoes).chain(seen)
    }

    /// The rows it makes.
    pub fn makes(&self) -> impl Iterator<Item = Id> {
        self.ops.iter().filter(|op| op.makes()).map(|op| op.row)
    }

    /// The hash that identifies this change and everything before it in its chain.
    ///
    /// SHA-256 over the canonical CBOR of header and operations, with commitments in place of values.
    pub fn hash(&self) -> Hash {
        let mut salts = Salts::of(self);
        let seed = salts.commitment();
        let why = match &self.why {
            Sealed::Open(why) => salts.commit(0, &wire::why_bytes(why.as_deref())),
            Sealed::Erased(commitment) => *commitment,
        };
        let mut bytes = Vec::new();
        let commitments = self.ops.iter().zip(1..).map(|(op, at)| match &op.payload {
            Sealed::Open(payload) => {
                wire::put_payload(&mut bytes, payload);
                salts.commit(at, &bytes)
            }
            Sealed::Erased(commitment) => *commitment,
        });
        wire::hash(self, seed, why, commitments)
    }

    /// Erasure by law (decisions B13): values give way to their commitments, and with them the reason, which may repeat
    /// them; what stays readable keeps its salts, the seed is dropped. The hash stays as it was. `false`: there was
    /// nothing to erase.
    pub fn erase(&mut self, gone: impl Fn(&Op) -> bool) -> bool {
        let mut salts = Salts::of(self);
        let seed = salts.commitment();
        let why = match &self.why {
            Sealed::Open(Some(why)) => Some(salts.commit(0, &wire::why_bytes(Some(why)))),
            Sealed::Open(None) | Sealed::Erased(_) => None,
        };
        let mut kept = vec![self.why.open().filter(|_| why.is_none()).map(|_| salts.salt(0))];
        let mut erased: Vec<(usize, Hash)> = Vec::new();
        for (op, at) in self.ops.iter().zip(1..) {
            match &op.payload {
                Sealed::Open(payload) if gone(op) => {
                    erased.push((at - 1, salts.commit(at, &wire::payload_bytes(payload))));
                    kept.push(None);
                }
                Sealed::Open(_) => kept.push(Some(salts.salt(at))),
                Sealed::Erased(_) => kept.push(None),
            }
        }
        if erased.is_empty() {
            return false;
        }
        self.secret = Secret::Salts(seed, kept);
        if let Some(commitment) = why {
            self.why = Sealed::Erased(commitment);
        }
        for (at, commitment) in erased {
            if let Some(op) = self.ops.get_mut(at) {
                op.payload = Sealed::Erased(commitment);
            }
        }
        true
    }

    /// The random bytes of its computer that its salts follow from, unless they were dropped.
    pub fn drawn(&self) -> Option<(Id, [u8; 32])> {
        match self.secret {
            Secret::Epoch(epoch) => Some((self.replica, epoch)),
            Secret::Seed(_) | Secret::Salts(..) => None,
        }
    }

    /// Whether a value that was erased from it could be guessed by who holds these random bytes: its salt follows from them.
    pub fn is_told_by(&self, epoch: &[u8; 32]) -> bool {
        self.committed().is_some_and(|seed| tells(epoch, self.parent, seed))
    }

    /// What is left of the seed of a change from which something was erased: a commitment to it.
    pub fn committed(&self) -> Option<Hash> {
        match &self.secret {
            Secret::Salts(seed, _) => Some(*seed),
            Secret::Epoch(_) | Secret::Seed(_) => None,
        }
    }

    /// Keeps the seed itself, so that the random bytes of the segment can be dropped: they tell every seed in it.
    pub fn keep_seed(&mut self) {
        if let Secret::Epoch(epoch) = &self.secret {
            self.secret = Secret::Seed(seed(epoch, self.parent));
        }
    }
}

/// The salts of one change, made when asked for.
struct Salts<'a> {
    seed: Option<[u8; 16]>,
    given: Option<(&'a Hash, &'a [Option<[u8; 16]>])>,
    /// The pair made last.
    pair: Option<(usize, Hash)>,
}

impl<'a> Salts<'a> {
    fn of(change: &'a Change) -> Self {
        match &change.secret {
            Secret::Epoch(epoch) => Self { seed: Some(seed(epoch, change.parent)), given: None, pair: None },
            Secret::Seed(seed) => Self { seed: Some(*seed), given: None, pair: None },
            Secret::Salts(commitment, salts) => Self { seed: None, given: Some((commitment, salts)), pair: None },
        }
    }

    fn commitment(&self) -> Hash {
        match (self.seed, self.given) {
            (_, Some((commitment, _))) => *commitment,
            (seed, None) => commit_seed(&seed.unwrap_or_default()),
        }
    }

    fn commit(&mut self, at: usize, bytes: &[u8]) -> Hash {
        Hash::of(&[&self.salt(at), bytes])
    }

    /// Two salts come out of one hash: the seed with the pair's number.
    fn salt(&mut self, at: usize) -> [u8; 16] {
        if let Some((_, salts)) = self.given {
            return salts.get(at).copied().flatten().unwrap_or_default();
        }
        let pair = match self.pair.filter(|(number, _)| *number == at / 2) {
            Some((_, pair)) => pair,
            None => Hash::of(&[b"baoxue-salt-1", &self.seed.unwrap_or_default(), &(at as u64 / 2).to_be_bytes()]),
        };
        self.pair = Some((at / 2, pair));
        if at.is_multiple_of(2) { pair.half() } else { pair.other_half() }
    }
}

/// Whether the seed that follows from random bytes at a place of a chain is the one committed to.
pub fn tells(epoch: &[u8; 32], parent: Option<Hash>, committed: Hash) -> bool {
    commit_seed(&seed(epoch, parent)) == committed
}

fn commit_seed(seed: &[u8; 16]) -> Hash {
    Hash::of(&[b"baoxue-commit-1", seed])
}

/// The seed of a change's salts: from the epoch, which only holders of the segment know, and the parent.
pub fn seed(epoch: &[u8; 32], parent: Option<Hash>) -> [u8; 16] {
    Hash::of(&[b"baoxue-seed-1", epoch, &parent.map_or([0; 32], |hash| hash.0)]).half()
}
