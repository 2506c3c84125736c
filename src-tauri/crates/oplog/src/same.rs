//! Rows joined because they are one child: nothing is copied, nothing is lost, and taking the joining back is enough.

use std::collections::{BTreeMap, BTreeSet};

use domain::Id;

/// For every row that was joined, the row that speaks for all it was joined to: the one that was joined to no other;
/// where several or none were, the smallest id. The order in which things were joined plays no part.
pub fn speakers(joined: impl IntoIterator<Item = (Id, Id)>) -> BTreeMap<Id, Id> {
    let joined: BTreeSet<(Id, Id)> = joined.into_iter().filter(|(from, to)| from != to).collect();
    let mut beside: BTreeMap<Id, BTreeSet<Id>> = BTreeMap::new();
    for (from, to) in &joined {
        beside.entry(*from).or_default().insert(*to);
        beside.entry(*to).or_default().insert(*from);
    }
    let given_up: BTreeSet<Id> = joined.iter().map(|(from, _)| *from).collect();
    let mut speakers = BTreeMap::new();
    for start in beside.keys() {
        if speakers.contains_key(start) {
            continue;
        }
        let group = group_of(*start, &beside);
        let free = group.iter().find(|row| !given_up.contains(row));
        let Some(speaker) = free.or(group.first()).copied() else { continue };
        speakers.extend(group.into_iter().map(|row| (row, speaker)));
    }
    speakers
}

/// All rows that hang together with one.
fn group_of(start: Id, beside: &BTreeMap<Id, BTreeSet<Id>>) -> BTreeSet<Id> {
    let (mut group, mut open) = (BTreeSet::new(), vec![start]);
    while let Some(row) = open.pop() {
        if group.insert(row) {
            open.extend(beside.get(&row).into_iter().flatten().copied());
        }
    }
    group
}
