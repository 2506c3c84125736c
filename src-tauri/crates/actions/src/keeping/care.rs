//! What keeps a ledger alive: the self-check.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use store::Damage;
use ts_rs::TS;

use crate::attachments::vault;
use crate::desk::Desk;
use crate::exchange::exports::counts;
use crate::failure::Done;

/// What a self-check found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CheckReport {
    /// Whether pages, chains and state are all as they should be.
    pub sound: bool,
    /// What is not.
    pub damages: Vec<DamageLine>,
    /// Rows of each record.
    #[ts(type = "Record<string, number>")]
    pub counts: BTreeMap<String, u64>,
}

/// One thing that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DamageLine {
    /// `page`: the file; `chain`: a change was altered or is missing; `state`: a field differs from the log;
    /// `attachment`: a file is missing or not what it was.
    pub kind: String,
    /// Where.
    pub place: String,
}

/// Checks the file's pages, every chain, the attachments, and that what lists show is what the log amounts to.
pub fn check(desk: &Desk, _: ()) -> Done<CheckReport> {
    let session = desk.session()?;
    session.store.read(|view| {
        let mut damages: Vec<DamageLine> = view.verify()?.into_iter().map(damage_line).collect();
        let place = (session.store.folder(), session.organisation.id);
        damages.extend(vault::damaged(desk, view, place)?.into_iter().map(attachment_line));
        Ok(CheckReport { sound: damages.is_empty(), damages, counts: counts(desk, view)? })
    })
}

/// What people are told of a file that is gone or altered.
pub(crate) fn attachment_line(row: domain::Id) -> DamageLine {
    DamageLine { kind: "attachment".to_owned(), place: row.to_string() }
}

/// What people are told of a damage.
pub(crate) fn damage_line(damage: Damage) -> DamageLine {
    let (kind, place) = match damage {
        Damage::Page(what) => ("page", what),
        Damage::Chain { replica, depth } => ("chain", format!("{} {depth}", replica.short())),
        Damage::State { row, field } => ("state", format!("{row} {field}")),
        Damage::Derived { row } => ("state", row.to_string()),
    };
    DamageLine { kind: kind.to_owned(), place }
}
