//! Which segments may enter: those whose chain and whose references are all here or come along. The others wait.

use std::collections::{BTreeMap, HashSet};

use crate::segment::Need;
use crate::{Hash, Segment};

/// A segment with the hashes of its changes.
#[derive(Debug, Clone)]
pub struct Hashed {
    /// The segment.
    pub segment: Segment,
    /// The hash of each change, in order.
    pub hashes: Vec<Hash>,
}

impl Hashed {
    /// What tells two segments apart: where they end and where they begin.
    pub fn name(&self) -> (Option<Hash>, u32) {
        (self.hashes.last().copied(), self.segment.first_depth)
    }
}

impl From<Segment> for Hashed {
    fn from(segment: Segment) -> Self {
        let hashes = segment.hashes();
        Self { segment, hashes }
    }
}

/// What came of sorting segments.
#[derive(Debug, Default)]
pub struct Sorted {
    /// May enter, parents first.
    pub ready: Vec<Hashed>,
    /// Must wait.
    pub waiting: Vec<Hashed>,
    /// The changes they wait for.
    pub missing: Vec<Hash>,
}

/// Sorts segments into those that may enter and those that wait; `held` tells whether the ledger has what is needed.
pub fn admit(mut staged: Vec<Hashed>, mut held: impl FnMut(Need) -> bool) -> Sorted {
    let mut asked: BTreeMap<Hash, bool> = BTreeMap::new();
    let mut held = |need: Need| *asked.entry(need.hash).or_insert_with(|| held(need));
    let mut sorted = Sorted::default();
    // A segment that must wait may leave others without ground: repeat until nobody new must wait.
    loop {
        let coming: HashSet<Hash> = staged.iter().flat_map(|one| one.hashes.iter().copied()).collect();
        let (ready, waiting): (Vec<Hashed>, Vec<Hashed>) = staged.into_iter().partition(|one| {
            let lost = one.segment.needs().find(|need| !coming.contains(&need.hash) && !held(*need));
            sorted.missing.extend(lost.map(|need| need.hash));
            lost.is_none()
        });
        staged = ready;
        if waiting.is_empty() {
            break;
        }
        sorted.waiting.extend(waiting);
    }
    let waiting: HashSet<Hash> = sorted.waiting.iter().flat_map(|one| one.hashes.iter().copied()).collect();
    sorted.missing.retain(|hash| !waiting.contains(hash));
    sorted.missing.sort();
    sorted.missing.dedup();
    sorted.ready = staged;
    parents_first(&mut sorted.ready);
    sorted
}

/// Orders segments so that a chain's beginning comes before what follows it.
fn parents_first(ready: &mut [Hashed]) {
    ready.sort_by_key(|one| (one.segment.first_depth, one.segment.last_depth()));
}
