//! What is said of a package that was taken in, or would be.

use std::collections::BTreeMap;

use package::manifest::Envelope;
use package::receipt::check_code;
use serde::{Deserialize, Serialize};
use store::View;
use ts_rs::TS;

use crate::exchange::corrections::CorrectionLine;
use crate::exchange::receipts::ReceiptReply;
use crate::exchange::waiting::{self, WaitLine};
use crate::failure::Done;
use crate::trust::directory::KnownKeys;
use crate::trust::settings_files::SettingsReply;

/// What a package changes, or would change.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct MergeReport {
    /// The file.
    pub file: String,
    /// The sender's name.
    pub sender: String,
    /// The sender.
    pub sender_id: String,
    /// Its number.
    #[ts(type = "number")]
    pub number: u64,
    /// Whether it was taken in already: nothing new.
    pub known: bool,
    /// Rows added, by record.
    pub added: BTreeMap<String, usize>,
    /// Rows changed, by record.
    pub changed: BTreeMap<String, usize>,
    /// Names of children added or changed, the first of them.
    pub names: Vec<String>,
    /// Fields that were filled differently and wait for a choice.
    pub conflicts: usize,
    /// Segments that wait for other packages.
    pub waiting: usize,
    /// Chains that turned out to be branches of one: two computers go on from one ledger.
    pub forks: usize,
    /// What it was: `merged`; `known`: this very package was taken in before; `nothing_new`; `older`: an earlier
    /// package of that computer, nothing new; `waiting`: a part waits for other packages; `forked`: two computers go
    /// on from one ledger; `held`: all that is new is kept and does not count; `taken_up`: it had been taken back and
    /// counts again; `numbered_again`: that computer had another package of this number, so an old copy was
    /// brought back there or a second computer works on one. In every case all that is new was kept.
    pub outcome: String,
    /// Numbers of packages of that computer that never came here. Harmless when nothing waits.
    #[ts(type = "number[]")]
    pub skipped: Vec<u64>,
    /// Changes that were kept and do not count: their computer was revoked, is not known, or may not write these rows.
    pub held: usize,
    /// Rows that two ledgers wrote to: only the one they belong to counts.
    pub foreign: usize,
    /// Rows it brought of which something does not count, by reason (the codes of `RefusedRowLine.why`).
    #[ts(type = "Record<string, number>")]
    pub refused: BTreeMap<String, usize>,
    /// Numbers of packages that had been taken back and count again, because this one builds on them.
    #[ts(type = "number[]")]
    pub taken_up: Vec<u64>,
    /// Values forgotten by law with it.
    pub erased: usize,
    /// Photos, scans and PDFs that came with it.
    pub attachments: usize,
    /// Attachments whose files are not here yet; the next receipt asks for them.
    pub attachments_missing: usize,
    /// Everything that waits now, and what for.
    pub waits: Vec<WaitLine>,
    /// Twelve digits to read out over the telephone: with them the sender's package turns green. Empty while a part
    /// waits.
    pub check_code: String,
    /// What the sender said of our packages.
    pub receipt: Option<ReceiptReply>,
    /// What others changed in this organisation's own rows, the first of it.
    pub corrections: Vec<CorrectionLine>,
    /// Settings files of organisations above that it brought.
    pub settings: Vec<SettingsReply>,
    /// The version of the directory it brought, when that is newer than the one known; else 0.
    #[ts(type = "number")]
    pub directory: u64,
}

/// A report that says whose package it is.
pub(crate) fn begun(known: &KnownKeys, file: &str, envelope: &Envelope) -> MergeReport {
    MergeReport {
        file: file.to_owned(),
        sender: known.name_of(envelope.from),
        sender_id: envelope.from.to_string(),
        number: envelope.number,
        ..MergeReport::default()
    }
}

/// What waits now; and, when nothing of this package does, the digits that say so over the telephone.
pub(crate) fn say_waiting(
    view: View<'_>,
    known: &KnownKeys,
    (envelope, manifest): (&Envelope, &[u8; 32]),
    report: &mut MergeReport,
) -> Done<()> {
    report.waits = waiting::wait_lines(view, known)?;
    let this = |waits: &store::Waits| (waits.replica, waits.number) == (envelope.replica, envelope.number);
    if !view.waits()?.iter().any(this) {
        report.check_code = check_code(envelope.from, manifest);
    }
    Ok(())
}
