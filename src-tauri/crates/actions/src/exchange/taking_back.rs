//! A whole merge taken back, and taken up again: what it brought is kept and passed on, and does not count, until
//! something builds on it (decisions B18).

use std::collections::BTreeMap;

use domain::Id;
use oplog::Hash;
use serde::{Deserialize, Serialize};
use store::{Arrived, Door, TakenBack, View};
use ts_rs::TS;

use crate::desk::{Desk, Session, civil};
use crate::exchange::arrived::report_of;
use crate::failure::{Done, Failure};
use crate::rows::names::name_spoken;
use crate::transfers;
use crate::trust::directory::KnownKeys;

/// What changes when a merge is taken back or taken up again.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TakeBackReport {
    /// What names the package.
    pub package: String,
    /// Its sender's name.
    pub sender: String,
    /// Its number.
    #[ts(type = "number")]
    pub number: u64,
    /// When it was merged; civil time.
    pub merged: String,
    /// Changes that no longer count, or count again.
    pub changes: usize,
    /// Rows that go, or come back, by record.
    pub gone: BTreeMap<String, usize>,
    /// Rows that stand otherwise afterwards, by record.
    pub changed: BTreeMap<String, usize>,
    /// Names of children among them, the first of them.
    pub names: Vec<String>,
    /// Values the package had erased by law: they stay erased.
    pub erased: usize,
}

/// Says exactly what taking a merge back would change; nothing is written. Errors: those of [`take_back`].
pub fn rehearse_take_back(desk: &Desk, package: String) -> Done<TakeBackReport> {
    let session = desk.session()?;
    session.store.rehearse(|door| back(desk, &session, door, &package))
}

/// Takes a whole merge back. The package itself stays here: taken up again, it gives the same ledger.
///
/// Errors: `no_such_package`; `built_on`: something builds on it already; `nothing_to_take_back`: it brought nothing.
pub fn take_back(desk: &Desk, package: String) -> Done<TakeBackReport> {
    let session = desk.session()?;
    session.store.write(|door| back(desk, &session, door, &package))
}

/// Takes a merge up again that was taken back. Errors: `no_such_package`, `nothing_to_take_back`.
pub fn take_up_again(desk: &Desk, package: String) -> Done<TakeBackReport> {
    let session = desk.session()?;
    session.store.write(|door| {
        let arrived = named(door.view(), &package)?;
        let done = match door.view().taken_back()?.contains(&arrived.id) {
            true => door.take_up(arrived.id)?,
            false => return Err(Failure::new("nothing_to_take_back")),
        };
        forget(door)?;
        transfers::bring_again(desk, &session, door)?;
        report(desk, &session, door, (&arrived, done))
    })
}

fn back(desk: &Desk, session: &Session, door: &mut Door<'_>, package: &str) -> Done<TakeBackReport> {
    let arrived = named(door.view(), package)?;
    if door.view().taken_back()?.contains(&arrived.id) {
        return Err(Failure::new("nothing_to_take_back"));
    }
    let titles = titles(desk, door.view(), door.view().rows_brought(arrived.id)?)?;
    transfers::take_back(desk, session, door, &arrived.manifest_hash)?;
    let done = match door.take_back(arrived.id) {
        Err(store::StoreError::NothingToUndo) => return Err(Failure::new("nothing_to_take_back")),
        done => done?,
    };
    let mut told = report(desk, session, door, (&arrived, done.clone()))?;
    // Rows that are gone can be named only from what stood before.
    told.gone.clear();
    for id in &done.rows_gone {
        if let Some((record, name)) = titles.get(id) {
            *told.gone.entry(record.clone()).or_default() += 1;
            told.names.extend(name.clone().filter(|_| told.names.len() < NAMES_MAX));
        }
    }
    Ok(told)
}

fn titles(desk: &Desk, view: View<'_>, rows: Vec<Id>) -> Done<BTreeMap<Id, (String, Option<String>)>> {
    let mut titles = BTreeMap::new();
    for id in rows {
        let Ok(record) = view.record_of(id) else { continue };
        let child = match record.record == "student" && view.is_made(id)? {
            true => Some(name_spoken(desk, view, record, id)?),
            false => None,
        };
        titles.insert(id, (record.record.clone(), child));
    }
    Ok(titles)
}

fn report(
    desk: &Desk,
    session: &Session,
    door: &Door<'_>,
    (arrived, done): (&Arrived, TakenBack),
) -> Done<TakeBackReport> {
    let view = door.view();
    let mut told = TakeBackReport {
        package: Hash(arrived.manifest_hash).hex(),
        sender: KnownKeys::load(desk, session, view)?.name_of(arrived.sender),
        number: arrived.number,
        merged: civil(arrived.merged_ms),
        changes: done.changes,
        erased: report_of(arrived)?.erased,
        ..TakeBackReport::default()
    };
    for (rows, counts) in [(&done.rows_gone, &mut told.gone), (&done.rows_changed, &mut told.changed)] {
        for (_, (record, name)) in titles(desk, view, rows.clone())? {
            *counts.entry(record).or_default() += 1;
            told.names.extend(name.filter(|_| told.names.len() < NAMES_MAX));
        }
    }
    Ok(told)
}

/// The package whose name begins so, if exactly one does.
pub(crate) fn named(view: View<'_>, beginning: &str) -> Done<Arrived> {
    let wanted = beginning.to_lowercase();
    let begins = |one: &Arrived| !wanted.is_empty() && Hash(one.manifest_hash).hex().starts_with(&wanted);
    let found: Vec<Arrived> = view.arrived()?.into_iter().filter(begins).collect();
    let same = found.windows(2).all(|pair| matches!(pair, [a, b] if a.manifest_hash == b.manifest_hash));
    // A package brought twice is one: what it brought stands with its first arrival.
    let oldest = found.into_iter().next_back().filter(|_| same);
    oldest.ok_or_else(|| Failure::new("no_such_package").with("package", beginning))
}

/// A package that comes again and had been taken back counts again. `false`: it had not been.
pub(crate) fn take_up(door: &mut Door<'_>, manifest_hash: &[u8; 32]) -> Done<bool> {
    let back = door.view().taken_back()?;
    let arrived = door.view().arrived()?;
    let again: Vec<i64> = arrived.iter().filter(|one| one.manifest_hash == *manifest_hash).map(|one| one.id).collect();
    let meant = again.into_iter().filter(|id| back.contains(id)).collect::<Vec<_>>();
    for id in &meant {
        door.take_up(*id)?;
    }
    forget(door)?;
    Ok(!meant.is_empty())
}

/// The numbers of packages.
pub(crate) fn numbers(view: View<'_>, packages: &[i64]) -> Done<Vec<u64>> {
    Ok(view.arrived()?.iter().filter(|one| packages.contains(&one.id)).map(|one| one.number).collect())
}

/// What is to be forgotten by law is forgotten, in reports of merges too. Gives the rows it stood in.
pub(crate) fn forget(door: &mut Door<'_>) -> Done<Vec<Id>> {
    let rows = door.erase_due()?;
    scrub(door, &rows)?;
    Ok(rows)
}

/// Reports of merges say nothing any more of rows of which something was erased, and what was being typed about them is
/// forgotten.
pub(crate) fn scrub(door: &Door<'_>, rows: &[Id]) -> Done<()> {
    if rows.is_empty() {
        return Ok(());
    }
    door.forget_drafts(rows)?;
    for arrived in door.view().arrived()? {
        let mut report = report_of(&arrived)?;
        let lines = report.corrections.len();
        report.corrections.retain(|line| !rows.contains(&line.id));
        if report.corrections.len() < lines || !report.names.is_empty() {
            report.names.clear();
            door.set_report(arrived.id, &serde_json::to_string(&report).map_err(Failure::defect)?)?;
        }
    }
    Ok(())
}

/// Names a report mentions.
const NAMES_MAX: usize = 50;
