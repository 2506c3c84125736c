//! Packages that are here and not in the ledger: those that wait for others, and those that were refused.

use domain::Id;
use package::letter::{Ground, Letter};
use serde::{Deserialize, Serialize};
use store::{Door, View};
use ts_rs::TS;

use crate::desk::kept::noted;
use crate::desk::{Desk, civil};
use crate::failure::{Done, Failure};
use crate::trust::directory::KnownKeys;

/// A package that waits, and what for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct WaitLine {
    /// Its sender's name.
    pub sender: String,
    /// The computer that sealed it, short.
    pub computer: String,
    /// Its number.
    #[ts(type = "number")]
    pub number: u64,
    /// When it came; civil time.
    pub since: String,
    /// Number of the package it waits for; 0 when its sender could not say.
    #[ts(type = "number")]
    pub needs_number: u64,
    /// When that one was sealed; civil time; empty when its sender could not say.
    pub needs_made: String,
    /// The computer whose writing is missing, short; empty when its sender could not say.
    pub needs_computer: String,
}

/// A package that was not taken in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct RefusedLine {
    /// Its sender's name.
    pub sender: String,
    /// The computer that sealed it, short.
    pub computer: String,
    /// Its number.
    #[ts(type = "number")]
    pub number: u64,
    /// When it was brought; civil time.
    pub at: String,
    /// The file, as it was brought.
    pub file: String,
    /// Why: a code of the failures.
    pub why: String,
}

/// A package that is held back, for a receipt.
pub(crate) struct Held {
    pub(crate) replica: Id,
    pub(crate) number: u64,
    pub(crate) why: String,
}

/// A refusal as this ledger keeps it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Refusal {
    pub(crate) sender: Id,
    pub(crate) replica: Id,
    pub(crate) number: u64,
    pub(crate) at_ms: u64,
    pub(crate) file: String,
    pub(crate) why: String,
    /// Tells one package from another.
    pub(crate) sha256: String,
}

/// Packages that wait for others.
pub fn waiting_packages(desk: &Desk, _: ()) -> Done<Vec<WaitLine>> {
    let session = desk.session()?;
    session.store.read(|view| {
        let known = KnownKeys::load(desk, &session, view)?;
        wait_lines(view, &known)
    })
}

/// Packages that were not taken in, newest first.
pub fn refused_packages(desk: &Desk, _: ()) -> Done<Vec<RefusedLine>> {
    let session = desk.session()?;
    session.store.read(|view| {
        let known = KnownKeys::load(desk, &session, view)?;
        let line = |one: Refusal| RefusedLine {
            sender: known.name_of(one.sender),
            computer: one.replica.short(),
            number: one.number,
            at: civil(one.at_ms),
            file: one.file,
            why: one.why,
        };
        Ok(refusals(view)?.into_iter().rev().map(line).collect())
    })
}

/// Everything that waits, in words.
pub(crate) fn wait_lines(view: View<'_>, known: &KnownKeys) -> Done<Vec<WaitLine>> {
    let mut lines = Vec::new();
    for waits in view.waits()? {
        let ground = ground(view, &waits.missing.hex())?;
        lines.push(WaitLine {
            sender: known.name_of(waits.sender),
            computer: waits.replica.short(),
            number: waits.number,
            since: civil(waits.merged_ms),
            needs_number: ground.as_ref().map(|ground| ground.number).unwrap_or_default(),
            needs_made: ground.as_ref().filter(|one| one.made_ms > 0).map(|one| civil(one.made_ms)).unwrap_or_default(),
            needs_computer: ground.map(|ground| ground.replica.short()).unwrap_or_default(),
        });
    }
    Ok(lines)
}

/// Keeps what a package said of its grounds, while it waits.
pub(crate) fn keep_grounds(door: &Door<'_>, letter: Option<&Letter>) -> Done<()> {
    for ground in letter.into_iter().flat_map(|letter| &letter.grounds) {
        let bytes = serde_json::to_vec(ground).map_err(Failure::defect)?;
        door.set_local(&format!("ground/{}", ground.hash), &bytes)?;
    }
    Ok(())
}

fn ground(view: View<'_>, hash: &str) -> Done<Option<Ground>> {
    let kept = view.local(&format!("ground/{hash}"))?;
    Ok(kept.and_then(|bytes| serde_json::from_slice(&bytes).ok()))
}

/// Packages of an organisation that wait here.
pub(crate) fn held_from(view: View<'_>, sender: Id) -> Done<Vec<Held>> {
    let mut held = Vec::new();
    for waits in view.waits()?.into_iter().filter(|waits| waits.sender == sender) {
        let why = ground(view, &waits.missing.hex())?.map(|ground| ground.number.to_string()).unwrap_or_default();
        held.push(Held { replica: waits.replica, number: waits.number, why });
    }
    Ok(held)
}

/// Packages of an organisation that were refused here.
pub(crate) fn refused_from(view: View<'_>, sender: Id) -> Done<Vec<Held>> {
    let ours = refusals(view)?.into_iter().filter(|one| one.sender == sender);
    Ok(ours.map(|one| Held { replica: one.replica, number: one.number, why: one.why }).collect())
}

/// Notes a refusal, once for each package.
pub(crate) fn note_refusal(door: &Door<'_>, refusal: Refusal) -> Done<()> {
    let mut all = refusals(door.view())?;
    all.retain(|one| one.sha256 != refusal.sha256);
    all.push(refusal);
    let over = all.len().saturating_sub(REFUSALS_MAX);
    keep_refusals(door, &all.split_off(over))
}

/// Forgets a refusal: the package was taken in after all.
pub(crate) fn forget_refusal(door: &Door<'_>, sha256: &str) -> Done<()> {
    let mut all = refusals(door.view())?;
    let before = all.len();
    all.retain(|one| one.sha256 != sha256);
    if all.len() == before { Ok(()) } else { keep_refusals(door, &all) }
}

/// Refusals remembered at most.
const REFUSALS_MAX: usize = 200;
const REFUSALS: &str = "refused";

fn keep_refusals(door: &Door<'_>, all: &[Refusal]) -> Done<()> {
    let bytes = serde_json::to_vec(all).map_err(Failure::defect)?;
    Ok(door.set_local(REFUSALS, &bytes)?)
}

fn refusals(view: View<'_>) -> Done<Vec<Refusal>> {
    noted(view, REFUSALS)
}
