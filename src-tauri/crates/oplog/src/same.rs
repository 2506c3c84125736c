//! Rows joined because they are one child: nothing is copied, nothing is lost, and taking the joining back is enough.

use std::collections::{BTreeMap, BTreeSet};

use domain::{Id, Value};

/// What is said of a row: which rows it is one with, and which it is not. Said both of one row, somebody must choose.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Said {
    /// Rows it is one with.
    pub with: BTreeSet<Id>,
    /// Rows it is not one with.
    pub not: BTreeSet<Id>,
}

impl Said {
    /// From the values of the field that nobody has replaced: a row is one it is joined to, a row's id as text one that
    /// it is not.
    pub fn of<'v>(values: impl IntoIterator<Item = &'v Option<Value>>) -> Self {
        let mut said = Self::default();
        for value in values {
            match value {
                Some(Value::Row(row)) => said.with.extend([*row]),
                Some(Value::Text(row)) => said.not.extend(row.parse::<Id>()),
                Some(Value::Int(_) | Value::Codes(_)) | None => {}
            }
        }
        said
    }

    /// Rows of which both is said.
    pub fn contested(&self) -> impl Iterator<Item = Id> {
        self.with.intersection(&self.not).copied()
    }

    /// As the field holds it.
    pub fn values(&self) -> Vec<Option<Value>> {
        let with = self.with.iter().map(|row| Some(Value::Row(*row)));
        with.chain(self.not.iter().map(|row| Some(Value::Text(row.to_string().into())))).collect()
    }
}

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
