//! Files on their way: a package carries those of the rows in it that the receiver has not acknowledged, and those the
//! receiver said it lacks. A file that is missing keeps no package back; the row travels, and both sides say so.

use std::collections::{BTreeMap, BTreeSet};

use domain::Id;
use store::{Outgoing, View};

use super::vault::{Vault, file_of, rows};
use crate::desk::{Desk, Session};
use crate::failure::Done;

/// Files of one package weigh at most this together: an old stick writes it in some ten seconds. The rest goes with the next.
const TOGETHER_MAX: usize = 48 << 20;

/// Files in one package at most.
const FILES_MAX: usize = 4_000;

/// Rows that a receipt names at most as lacking their file.
const WANTED_MAX: usize = 1_000;

/// What a package carries.
#[derive(Default)]
pub(crate) struct Carried {
    pub(crate) files: Vec<Vec<u8>>,
    /// Rows whose file does not lie here.
    pub(crate) missing: usize,
    /// Files that found no room.
    pub(crate) left: usize,
}

/// The files for a package with these segments, for somebody who lacks `wanted`; those first.
pub(crate) fn carried(
    desk: &Desk,
    (session, view): (&Session, View<'_>),
    (outgoing, wanted): (&[Outgoing], &BTreeSet<Id>),
) -> Done<Carried> {
    let mut carried = Carried::default();
    let all = rows(desk, view)?;
    if all.is_empty() {
        return Ok(carried);
    }
    let changes = outgoing.iter().flat_map(|out| &out.segment.changes);
    let written: BTreeSet<Id> = changes.flat_map(|change| change.ops.iter().map(|op| op.row)).collect();
    let vault = Vault::of(view, session.store.folder())?;
    let (mut taken, mut weight) = (BTreeSet::new(), 0);
    let asked = all.iter().filter(|(id, _)| wanted.contains(id));
    let fresh = all.iter().filter(|(id, _)| !wanted.contains(id) && written.contains(id));
    for (_, row) in asked.chain(fresh) {
        let file = file_of(row);
        if !taken.insert(file) {
            continue;
        }
        let Ok(bytes) = vault.contents(file) else {
            carried.missing += 1;
            continue;
        };
        if weight + bytes.len() > TOGETHER_MAX || carried.files.len() >= FILES_MAX {
            carried.left += 1;
            continue;
        }
        weight += bytes.len();
        carried.files.push(bytes);
    }
    Ok(carried)
}

/// Which of a package's files the rows here speak of and lack, and how many of the rows will lack theirs all the same.
pub(crate) struct Expected {
    pub(crate) fresh: BTreeSet<String>,
    pub(crate) missing: usize,
}

/// Compares a package's files with the rows here. A file that no row speaks of is not kept.
pub(crate) fn expected(
    desk: &Desk,
    (session, view): (&Session, View<'_>),
    files: &BTreeMap<String, Vec<u8>>,
) -> Done<Expected> {
    let vault = Vault::of(view, session.store.folder())?;
    let mut expected = Expected { fresh: BTreeSet::new(), missing: 0 };
    for (_, row) in rows(desk, view)? {
        let file = file_of(&row);
        match (vault.has(file), files.contains_key(file)) {
            (true, _) => {}
            (false, true) => drop(expected.fresh.insert(file.to_owned())),
            (false, false) => expected.missing += 1,
        }
    }
    Ok(expected)
}

/// Keeps files that arrived; gives how many. The rows are in the ledger already, so whatever fails here is asked for again
/// in the next receipt.
pub(crate) fn keep(
    desk: &Desk,
    session: &Session,
    (files, fresh): (&BTreeMap<String, Vec<u8>>, &BTreeSet<String>),
) -> Done<usize> {
    if fresh.is_empty() {
        return Ok(0);
    }
    let vault = Vault::to_fill(desk, session)?;
    let arrived = files.iter().filter(|(file, _)| fresh.contains(*file));
    Ok(arrived.filter(|(_, bytes)| vault.keep(bytes).is_ok()).count())
}

/// Rows of some ledgers whose files are not here, for a receipt.
pub(crate) fn wanted(desk: &Desk, (session, view): (&Session, View<'_>), scopes: &[Id]) -> Done<Vec<Id>> {
    let vault = Vault::of(view, session.store.folder())?;
    let mut wanted = Vec::new();
    for (id, row) in rows(desk, view)? {
        let shared = view.scope_of(id)?.is_some_and(|scope| scopes.contains(&scope));
        if shared && !vault.has(file_of(&row)) && wanted.len() < WANTED_MAX {
            wanted.push(id);
        }
    }
    Ok(wanted)
}
