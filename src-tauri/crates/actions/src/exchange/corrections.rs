//! What others changed in this organisation's own rows.

use std::collections::BTreeSet;

use domain::Id;
use package::keys::Certificate;
use serde::{Deserialize, Serialize};
use store::{Incoming, Received, View};
use ts_rs::TS;

use crate::desk::{Desk, Session};
use crate::failure::Done;
use crate::history::{self, HistoryLine};
use crate::rows::names::{name_of, owner_name};

/// A field of one's own row that somebody else wrote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CorrectionLine {
    /// The row's record.
    pub record: String,
    /// The row.
    pub id: Id,
    /// What names it.
    pub name: String,
    /// The child it is about, when it is not the row itself.
    pub child: String,
    /// What was written, by whom, when and why.
    pub written: HistoryLine,
}

/// Computers of other organisations among those that wrote what arrived.
pub(crate) fn strangers(session: &Session, segments: &[Incoming]) -> BTreeSet<Id> {
    let certificates = segments.iter().filter_map(|one| Certificate::from_bytes(&one.certificate));
    certificates.filter(|one| one.organisation != session.organisation.id).map(|one| one.replica).collect()
}

/// What others wrote to this organisation's own rows. A center is told what each school wrote by the counts alone.
pub(crate) fn corrections(
    desk: &Desk,
    view: View<'_>,
    received: &Received,
    strangers: &BTreeSet<Id>,
) -> Done<Vec<CorrectionLine>> {
    let own = desk.opened()?.organisation.id;
    let mut lines = Vec::new();
    for id in received.rows_changed.iter().chain(&received.rows_added) {
        if view.scope_of(*id)? != Some(own) {
            continue;
        }
        let record = view.record_of(*id)?;
        // What nobody types nobody has had corrected.
        if record.stored().all(|field| field.kept) {
            continue;
        }
        let fresh = |entry: &&store::Entry| {
            received.changes.contains(&entry.event.change) && strangers.contains(&entry.event.replica)
        };
        for entry in view.history(*id)?.iter().filter(fresh) {
            if lines.len() >= CORRECTIONS_MAX {
                return Ok(lines);
            }
            lines.push(CorrectionLine {
                record: record.record.clone(),
                id: *id,
                name: name_of(desk.catalogue(), view, record, *id, desk.today())?,
                child: owner_name(desk, view, record, *id)?,
                written: history::line(desk, view, entry)?,
            });
        }
    }
    Ok(lines)
}

/// Corrections a report lists; the rest stands in the histories.
const CORRECTIONS_MAX: usize = 200;
