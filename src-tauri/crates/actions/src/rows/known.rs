//! Asking of another day, or as it was known at a seal: how far each chain had gone when a report was sealed (decisions A10), never a clock time.

use domain::{Date, Fields, Id, Problem, date};
use oplog::Hash;
use serde::Deserialize;
use store::{Known, View};

use crate::desk::{Desk, Session};
use crate::failure::{Done, Failure};

/// One end of a chain, as a sealed report keeps it.
#[derive(Deserialize)]
struct End {
    depth: String,
    hash: String,
}

/// Reads the ledger: as it stands, or as it was known at a seal, on the day of that seal.
/// Errors: `no_such_row` for what is no sealed report; `seal_not_held` when part of what it knew is not here.
pub(crate) fn read_at<T>(
    desk: &Desk,
    session: &Session,
    seal: Option<Id>,
    ask: impl FnOnce(&Desk, View<'_>) -> Done<T>,
) -> Done<T> {
    let Some(seal) = seal else { return session.store.read(|view| ask(desk, view)) };
    let known = session.store.read(|view| known_at(desk, view, seal))?;
    let then = desk.on_day(known.on);
    session.store.read_known(&known, |view| ask(&then, view))
}

fn known_at(desk: &Desk, view: View<'_>, seal: Id) -> Done<Known> {
    let row = view.row(desk.record("sealed_report")?, seal, desk.today())?.values;
    let tips: Vec<End> = serde_json::from_str(row.text("tips").unwrap_or("[]")).map_err(Failure::defect)?;
    let end = |end: &End| Some((Hash::from_hex(&end.hash)?, end.depth.parse().ok()?));
    let ends = tips.iter().map(end).collect::<Option<Vec<_>>>();
    let on: Option<Date> = row.text("sealed_on").and_then(|day| day.parse().ok());
    let damaged = || Failure::new("damaged").with("cause", "sealed_report.tips");
    Ok(Known { ends: ends.ok_or_else(damaged)?, on: on.unwrap_or(desk.today()) })
}

/// A day that was asked for; today when none was. Errors: `refused` for what is no day.
pub(crate) fn day_asked(desk: &Desk, typed: Option<&str>) -> Done<Date> {
    let Some(typed) = typed else { return Ok(desk.today()) };
    let month = format!("{typed}-01");
    let read = date::parse_day(typed).or_else(|_| date::parse_day(&month));
    read.map_err(|_| Failure::refused(vec![Problem::block("on", "not_a_date").with("typed", typed)]))
}
