//! The board of the organisations below: who has sent what, what is missing, what waits. Coloured by delivery and
//! follow-up, never by how many children left (decisions D31).

use std::collections::{BTreeMap, BTreeSet};

use domain::Id;
use serde::{Deserialize, Serialize};
use store::{Arrived, View};
use ts_rs::TS;

use crate::desk::{Desk, Session, civil};
use crate::exchange::acks::Acks;
use crate::exchange::receipts::receipted_ms;
use crate::exchange::waiting::{held_from, refused_from};
use crate::failure::Done;
use crate::trust::directory::{self, shared_scopes};

/// One organisation below.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct BoardLine {
    /// The organisation.
    pub id: Id,
    /// Its name.
    pub name: String,
    /// Its code.
    pub code: String,
    /// Its kind, a code of the list `org_kind`.
    pub kind: String,
    /// `never`: nothing came yet; `late`: nothing came for more than a month; `waiting`: a package waits for another;
    /// `refused`: one was not taken in; `open`: fields filled differently wait for a choice; `well`.
    pub state: String,
    /// When its newest package was taken in; civil time; empty when none was.
    pub last_at: String,
    /// The number of that package; 0 when none was.
    #[ts(type = "number")]
    pub last_number: u64,
    /// Days since then.
    #[ts(type = "number | null")]
    pub days: Option<u64>,
    /// Numbers that never came, of its computers. Harmless when nothing waits.
    #[ts(type = "number[]")]
    pub gaps: Vec<u64>,
    /// Packages that wait for others.
    pub waiting: usize,
    /// Packages that were not taken in.
    pub refused: usize,
    /// Fields filled differently that nobody has settled.
    #[ts(type = "number")]
    pub conflicts: u64,
    /// `none`: nothing to acknowledge; `due`: a package came after the newest receipt was written; `written`.
    pub receipt: String,
    /// How the newest package for it stands: `none`, `sent`, `waiting`, `refused`, `delivered`.
    pub down: String,
}

/// Days after which an organisation is late: a month and its weekend.
const LATE_DAYS: u64 = 33;
const DAY_MS: u64 = 86_400_000;
/// Missing numbers a line lists.
const GAPS_MAX: usize = 20;

/// The board, in the order of the directory.
pub fn board(desk: &Desk, _: ()) -> Done<Vec<BoardLine>> {
    let session = desk.session()?;
    session.store.read(|view| {
        let arrived = view.arrived()?;
        let below = directory::entries(desk, view, &[session.organisation.id])?;
        below.into_iter().map(|entry| line(desk, &session, view, (entry.card, &arrived))).collect()
    })
}

fn line(
    desk: &Desk,
    session: &Session,
    view: View<'_>,
    (card, arrived): (package::enrol::Card, &[Arrived]),
) -> Done<BoardLine> {
    let id = card.organisation;
    let came: Vec<&Arrived> = arrived.iter().filter(|one| one.sender == id).collect();
    let newest = came.iter().max_by_key(|one| one.merged_ms);
    let mut conflicts = 0;
    for scope in shared_scopes(desk, session, view, id)? {
        conflicts += view.conflicts_in(scope)?;
    }
    let (waiting, refused) = (held_from(view, id)?.len(), refused_from(view, id)?.len());
    let days = newest.map(|one| desk.now_ms().saturating_sub(one.merged_ms) / DAY_MS);
    let state = match days {
        None => "never",
        Some(_) if refused > 0 => "refused",
        Some(_) if waiting > 0 => "waiting",
        Some(days) if days > LATE_DAYS => "late",
        Some(_) if conflicts > 0 => "open",
        Some(_) => "well",
    };
    let receipt = match (newest, receipted_ms(view, id)?) {
        (None, _) => "none",
        (Some(one), Some(written)) if written >= one.merged_ms => "written",
        (Some(_), _) => "due",
    };
    Ok(BoardLine {
        id,
        name: card.name,
        code: card.code,
        kind: card.kind,
        state: state.to_owned(),
        last_at: newest.map(|one| civil(one.merged_ms)).unwrap_or_default(),
        last_number: newest.map(|one| one.number).unwrap_or_default(),
        days,
        gaps: gaps(&came),
        waiting,
        refused,
        conflicts,
        receipt: receipt.to_owned(),
        down: down(view, session, id)?,
    })
}

/// Numbers between those that came, of each computer.
fn gaps(came: &[&Arrived]) -> Vec<u64> {
    let mut computers: BTreeMap<Id, BTreeSet<u64>> = BTreeMap::new();
    for one in came {
        computers.entry(one.replica).or_default().insert(one.number);
    }
    let missing = |numbers: &BTreeSet<u64>| -> Vec<u64> {
        let pairs = numbers.iter().zip(numbers.iter().skip(1));
        pairs.flat_map(|(before, after)| before + 1..*after).take(GAPS_MAX).collect()
    };
    computers.values().flat_map(missing).take(GAPS_MAX).collect()
}

fn down(view: View<'_>, session: &Session, id: Id) -> Done<String> {
    let newest = view.sent()?.into_iter().find(|sent| sent.recipient == id);
    match newest {
        None => Ok("none".to_owned()),
        Some(sent) => {
            let standing = Acks::load(view, id)?.standing(view, session.keys.certificate.replica, &sent)?;
            Ok(standing.code().to_owned())
        }
    }
}
