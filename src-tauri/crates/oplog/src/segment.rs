//! A run of changes of one chain, as it travels: identified by its tip's hash and its depths, never by its bytes.

use domain::Id;

use crate::{Change, Hash, unwire, wire};

/// A run of changes of one chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// The computer that wrote it.
    pub replica: Id,
    /// The organisation whose rows it writes.
    pub scope: Id,
    /// The change before its first.
    pub parent: Option<Hash>,
    /// The depth of its first change.
    pub first_depth: u32,
    /// The random bytes its seeds follow from.
    pub epoch: [u8; 32],
    /// The changes, at least one.
    pub changes: Vec<Change>,
}

/// Why bytes are no segment.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SegmentError {
    /// Not the form of a segment, or not the one way to write it.
    #[error("segment malformed: {0}")]
    Malformed(String),
    /// Written by a newer program.
    #[error("segment of format {0}")]
    NewerFormat(String),
}

impl Segment {
    /// What stands for random bytes that an erasure made us drop.
    pub const DROPPED: [u8; 32] = [0; 32];

    /// Drops the random bytes: each change keeps its own seed.
    pub fn drop_epoch(&mut self) {
        self.changes.iter_mut().for_each(Change::keep_seed);
        self.epoch = Self::DROPPED;
    }

    /// The canonical bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        wire::encode(self)
    }

    /// Reads canonical bytes; anything that is not exactly what [`Self::to_bytes`] writes is refused.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SegmentError> {
        let segment = unwire::decode(bytes)?;
        if segment.to_bytes() != bytes {
            return Err(SegmentError::Malformed("not canonical".to_owned()));
        }
        Ok(segment)
    }

    /// The hash of each change, in order. Each is the parent of the next, so only the last is computed.
    pub fn hashes(&self) -> Vec<Hash> {
        let parents = self.changes.iter().skip(1).filter_map(|change| change.parent);
        parents.chain(self.changes.last().map(Change::hash)).collect()
    }

    /// The depth of the last change.
    pub fn last_depth(&self) -> u32 {
        self.first_depth + u32::try_from(self.changes.len().saturating_sub(1)).unwrap_or(u32::MAX)
    }

    /// What a computer signs to vouch for a chain up to a change.
    pub fn tip_message(scope: Id, replica: Id, depth: u32, tip: Hash) -> Vec<u8> {
        [b"baoxue-tip-1".as_slice(), scope.as_bytes(), replica.as_bytes(), &depth.to_be_bytes(), &tip.0].concat()
    }

    /// Every change that must be held before this segment can enter: its parent, and what its writers had seen.
    pub fn needs(&self) -> impl Iterator<Item = Need> {
        let parent = self.parent.map(|hash| Need { hash, near: Near::Depth(self.first_depth.saturating_sub(1)) });
        parent.into_iter().chain(self.changes.iter().flat_map(|change| {
            let undone = change.undoes.zip(change.ops.first()).map(|(hash, op)| Need { hash, near: Near::Row(op.row) });
            let seen = |op: &'_ crate::Op| {
                op.seen.iter().map(|hash| Need { hash: *hash, near: Near::Row(op.row) }).collect::<Vec<_>>()
            };
            change.ops.iter().flat_map(seen).chain(undone)
        }))
    }
}

/// A change that must be held, and where to look for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Need {
    /// The change.
    pub hash: Hash,
    /// Where to look.
    pub near: Near,
}

/// What narrows the search for a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Near {
    /// It stands at this depth of its chain.
    Depth(u32),
    /// It wrote this row.
    Row(Id),
}
