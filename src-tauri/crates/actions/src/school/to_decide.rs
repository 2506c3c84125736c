//! What waits for a person after sticks were taken in, counted.

use serde::{Deserialize, Serialize};
use store::Filter;
use ts_rs::TS;

use crate::desk::Desk;
use crate::exchange::{refused_rows, waiting};
use crate::failure::{Done, Failure};
use crate::history::{duplicates, put_off};
use crate::transfers;
use crate::transfers::whereabouts;

/// How much waits, of each kind.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ToDecide {
    /// Fields filled differently, but for those put off.
    pub settle: usize,
    /// Fields filled differently that were put off.
    pub put_off: usize,
    /// Pairs of children who may be one.
    pub duplicates: usize,
    /// Children handed over: at a school, to be answered; at a center, whose school is not known or who wait too long.
    pub transfers: usize,
    /// At a center: children missed by one school and found at another.
    pub whereabouts: usize,
    /// Objections without an answer; at a school, its own.
    pub objections: usize,
    /// Packages that wait for others, or were not taken in; rows written here that others do not count.
    pub waiting: usize,
}

/// Counts what waits for a person.
pub fn to_decide(desk: &Desk, _: ()) -> Done<ToDecide> {
    let session = desk.session()?;
    let is_above = session.organisation.is_above();
    let (settle, put_off, objections) = session.store.read(|view| {
        let put_off = put_off::count(view)?;
        let open = usize::try_from(view.conflict_count()?).unwrap_or(usize::MAX);
        let unanswered = view.total(desk.record("objection")?, &[Filter::is("answer", None)])?;
        Ok::<_, Failure>((open - put_off.min(open), put_off, usize::try_from(unanswered).unwrap_or(usize::MAX)))
    })?;
    let asks = |line: &transfers::TransferLine| {
        let mine = if is_above { !line.routed } else { line.way == "in" };
        line.state == "offered" && (mine || line.late)
    };
    Ok(ToDecide {
        settle,
        put_off,
        duplicates: duplicates::duplicates(desk, ())?.iter().filter(|line| line.apart.is_none()).count(),
        transfers: transfers::transfers(desk, ())?.iter().filter(|line| asks(line)).count(),
        whereabouts: whereabouts::where_matches(desk, ())?.len(),
        objections,
        waiting: waiting::waiting_packages(desk, ())?.len()
            + waiting::refused_packages(desk, ())?.len()
            + refused_rows::refused_rows(desk, ())?.len(),
    })
}
