//! The packages that arrived, and what each changed.

use oplog::Hash;
use serde::{Deserialize, Serialize};
use store::Arrived;
use ts_rs::TS;

use crate::desk::kept::unreadable;
use crate::desk::{Desk, civil};
use crate::exchange::merge_report::MergeReport;
use crate::failure::Done;
use crate::trust::directory::KnownKeys;

/// A package that arrived.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ArrivedLine {
    /// What names it: the hash of what it said of itself.
    pub package: String,
    /// `counts`; `taken_back`: it is kept and does not count.
    pub state: String,
    /// Sender's name.
    pub sender: String,
    /// The computer, short.
    pub computer: String,
    /// Its number.
    #[ts(type = "number")]
    pub number: u64,
    /// When it was sealed, by the sender's clock; civil time.
    pub made: String,
    /// When it was merged; civil time.
    pub merged: String,
    /// What it changed.
    pub report: MergeReport,
}

/// The packages that arrived here, newest first.
pub fn arrived_packages(desk: &Desk, _: ()) -> Done<Vec<ArrivedLine>> {
    let session = desk.session()?;
    session.store.read(|view| {
        let known = KnownKeys::load(desk, &session, view)?;
        let back = view.taken_back()?;
        let to_line = |arrived: Arrived| {
            Ok(ArrivedLine {
                package: Hash(arrived.manifest_hash).hex(),
                state: if back.contains(&arrived.id) { "taken_back" } else { "counts" }.to_owned(),
                sender: known.name(arrived.sender).map(|(name, _)| name.clone()).unwrap_or_default(),
                computer: arrived.replica.short(),
                number: arrived.number,
                made: civil(arrived.made_ms),
                merged: civil(arrived.merged_ms),
                report: report_of(&arrived)?,
            })
        };
        view.arrived()?.into_iter().map(to_line).collect()
    })
}

/// What was said when a package was merged. Errors: `damaged`.
pub(crate) fn report_of(arrived: &Arrived) -> Done<MergeReport> {
    serde_json::from_str(&arrived.report).map_err(|_| unreadable("arrived.report"))
}
