//! Taking packages in: inspection, rehearsal, merge.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::thread;

use package::letter::Letter;
use package::manifest::Envelope;
use package::open::{self, Opened};
use package::receipt::check_code;
use serde::{Deserialize, Serialize};
use store::{Arrived, Door, Received, View};
use ts_rs::TS;

use crate::attachments::{travel, vault};
use crate::desk::{Desk, Session};
use crate::exchange::again::{self, mark, taken_in_before};
use crate::exchange::corrections::{CorrectionLine, corrections, strangers};
use crate::exchange::opening::Ready;
use crate::exchange::receipts::{self, ReceiptReply};
use crate::exchange::waiting::{self, Refusal, WaitLine};
use crate::exchange::{refused_rows, repetitions, taking_back};
use crate::failure::{Done, Failure};
use crate::history;
use crate::rows::names::name_spoken;
use crate::transfers;
use crate::trust::directory::KnownKeys;
use crate::trust::settings_files::{self, SettingsReply};
use crate::trust::{authority, rotation};

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

/// Says exactly what a package would change; nothing is written.
pub fn rehearse_merge(desk: &Desk, file: String) -> Done<MergeReport> {
    let session = desk.session()?;
    let bytes = open::read_file(Path::new(&file))?;
    let known = session.store.read(|view| KnownKeys::load(desk, &session, view))?;
    let inspected = open::inspect(&bytes, &known)?;
    if let Some(report) = taken_in_before(&session, &known, &file, &inspected)? {
        return Ok(report);
    }
    let ready = Ready::of(&session, inspected)?;
    session.store.rehearse(|door| Ok(take_in(desk, &session, door, &file, ready)?.0))
}

/// Takes a package in: all of it, in one transaction. A package that is refused is noted, with the reason.
pub fn merge(desk: &Desk, file: String) -> Done<MergeReport> {
    merge_ready(desk, file, None)
}

/// Takes in packages one after another, each by itself, and hands over what came of each; the next is opened while one is
/// taken in.
pub(crate) fn merge_each(
    desk: &Desk,
    files: &[String],
    mut came: impl FnMut(&str, Done<MergeReport>) -> Done<()>,
) -> Done<()> {
    let mut ahead = None;
    for (at, file) in files.iter().enumerate() {
        let session = desk.session()?;
        let merged = thread::scope(|threads| {
            let next = files.get(at + 1).map(|next| threads.spawn(|| Ready::ahead(desk, &session, next)));
            let merged = merge_ready(desk, file.clone(), ahead.take());
            ahead = next.and_then(|next| next.join().ok().flatten());
            merged
        });
        came(file, merged)?;
    }
    Ok(())
}

/// Takes a package in that may have been opened before.
fn merge_ready(desk: &Desk, file: String, ahead: Option<Ready>) -> Done<MergeReport> {
    let session = desk.session()?;
    let bytes = open::read_file(Path::new(&file))?;
    let known = session.store.read(|view| KnownKeys::load(desk, &session, view))?;
    let inspected = open::inspect(&bytes, &known)?;
    if let Some(report) = taken_in_before(&session, &known, &file, &inspected)? {
        return Ok(report);
    }
    let envelope = inspected.envelope.clone();
    let ready = match ahead.filter(|ready| ready.is(&inspected)) {
        Some(ready) => Ok(ready),
        None => Ready::of(&session, inspected),
    };
    let done = ready.and_then(|ready| {
        let (mut report, fresh, attachments) = session.store.write(|door| {
            let (report, opened, fresh) = take_in(desk, &session, door, &file, ready)?;
            transfers::carry_with(desk, &session, door, &opened.manifest_hash)?;
            Ok::<_, Failure>((report, fresh, opened.attachments))
        })?;
        report.attachments = travel::keep(desk, &session, (&attachments, &fresh))?;
        if report.erased > 0 {
            session.store.read(|view| vault::sweep(desk, view, session.store.folder()))?;
        }
        Ok(report)
    });
    let ours = envelope.to == session.keys.operating.recipient().fingerprint();
    if let Some(failure) = done.as_ref().err().filter(|_| ours && known.knows(envelope.from)) {
        let refusal = Refusal {
            sender: envelope.from,
            replica: envelope.replica,
            number: envelope.number,
            at_ms: desk.now_ms(),
            file: file.clone(),
            why: failure.code.clone(),
            sha256: envelope.sha256,
        };
        session.store.write(|door| waiting::note_refusal(door, refusal))?;
    }
    done
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

/// What came of a package, the package, and the files of it that are lacking here.
type Taken = (MergeReport, Opened, BTreeSet<String>);

/// Takes in what a package says. Its files are kept once the rows are.
fn take_in(
    desk: &Desk,
    session: &Session,
    door: &mut Door<'_>,
    file: &str,
    Ready { opened, segments }: Ready,
) -> Done<Taken> {
    let known = KnownKeys::load(desk, session, door.view())?;
    let mut report = begun(&known, file, &opened.envelope);
    if door.view().local(&mark(&opened.envelope))?.is_some() {
        (report.known, report.outcome) = (true, "known".to_owned());
        if taking_back::take_up(door, &opened.manifest_hash)? {
            (report.known, report.outcome) = (false, "taken_up".to_owned());
        }
        say_waiting(door.view(), &known, (&opened.envelope, &opened.manifest_hash), &mut report)?;
        let fresh = say_files(desk, session, door.view(), (&opened, &mut report))?;
        return Ok((report, opened, fresh));
    }
    let course = Course::of(door.view(), &known, &opened)?;
    let arrived = door.keep_arrived(&Arrived {
        id: 0,
        sender: opened.envelope.from,
        replica: opened.envelope.replica,
        number: opened.envelope.number,
        manifest_hash: opened.manifest_hash,
        made_ms: opened.manifest.made_ms,
        merged_ms: desk.now_ms(),
        report: "{}".to_owned(),
    })?;
    authority::complete(desk, session, door)?;
    let before = (door.view().barred()?, door.view().branches()?);
    let strangers = strangers(session, &segments);
    let mut received = door.receive(segments, arrived)?;
    if !authority::is_revoked(&known, opened.envelope.from) {
        (report.receipt, report.directory) = read_notes(desk, session, door, &opened)?;
    }
    authority::refresh(desk, session, door)?;
    let erased = taking_back::forget(door)?;
    repetitions::follow(desk, session, door, &erased)?;
    report.erased = erased.len();
    report.held = usize::try_from(door.view().barred()?.saturating_sub(before.0)).unwrap_or_default();
    received.forks = door.view().branches()?.saturating_sub(before.1);
    report.taken_up = taking_back::numbers(door.view(), &received.taken_up)?;
    describe(desk, door.view(), &received, &mut report)?;
    if report.foreign > 0 {
        refused_rows::note_strange(door)?;
    }
    if report.held > 0 || report.foreign > 0 {
        report.refused = refused_rows::brought(desk, session, door.view(), arrived)?;
    }
    report.corrections = corrections(desk, door.view(), &received, &strangers)?;
    report.settings = settings_files::arrived(desk, session, door)?;
    course.say(&received, &mut report);
    say_waiting(door.view(), &known, (&opened.envelope, &opened.manifest_hash), &mut report)?;
    let fresh = say_files(desk, session, door.view(), (&opened, &mut report))?;
    waiting::forget_refusal(door, &opened.envelope.sha256)?;
    door.set_local(&mark(&opened.envelope), &again::noted(&opened))?;
    door.set_report(arrived, &serde_json::to_string(&report).map_err(Failure::defect)?)?;
    Ok((report, opened, fresh))
}

/// Of a package's files, those that rows here speak of and lack.
fn say_files(
    desk: &Desk,
    session: &Session,
    view: View<'_>,
    (opened, report): (&Opened, &mut MergeReport),
) -> Done<BTreeSet<String>> {
    let expected = travel::expected(desk, (session, view), &opened.attachments)?;
    (report.attachments, report.attachments_missing) = (expected.fresh.len(), expected.missing);
    Ok(expected.fresh)
}

fn describe(desk: &Desk, view: View<'_>, received: &Received, report: &mut MergeReport) -> Done<()> {
    report.conflicts = received.conflicts;
    report.waiting = received.waiting;
    report.forks = received.forks;
    report.foreign = received.foreign.len();
    for (rows, counts) in [(&received.rows_added, &mut report.added), (&received.rows_changed, &mut report.changed)] {
        for id in rows {
            let Ok(record) = view.record_of(*id) else { continue };
            if !view.is_made(*id)? {
                continue;
            }
            *counts.entry(record.record.clone()).or_default() += 1;
            if record.record == "student" && report.names.len() < NAMES_MAX {
                report.names.push(name_spoken(desk, view, record, *id)?);
            }
        }
    }
    report.known = received.new_changes == 0 && received.waiting == 0;
    Ok(())
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

/// What the sender said of our packages; the version of its directory when that has grown, else 0.
type Noted = (Option<ReceiptReply>, u64);

/// What stands in a package beside its segments: the sender's receipt, the letter, the directory, whose version is given
/// when it has grown.
fn read_notes(desk: &Desk, session: &Session, door: &mut Door<'_>, opened: &Opened) -> Done<Noted> {
    let letter = opened.notes.letter.as_deref().map(Letter::from_bytes).transpose()?;
    waiting::keep_grounds(door, letter.as_ref())?;
    for (who, introduction) in letter.into_iter().flat_map(|letter| letter.people) {
        let bytes = serde_json::to_vec(&introduction).map_err(Failure::defect)?;
        door.set_local(&history::introduction(who), &bytes)?;
    }
    if opened.envelope.from == session.organisation.id {
        return Ok((None, 0));
    }
    let (from, notes) = (opened.envelope.from, &opened.notes);
    let said = notes.directory.as_deref();
    let version = said.map(|said| rotation::take_aloft(desk, session, door, (from, said))).transpose()?.flatten();
    let receipt = notes.receipt.as_deref().map(|bytes| receipts::take(desk, session, door, bytes)).transpose()?;
    Ok((receipt, version.unwrap_or_default()))
}

/// How a package follows on those of its computer that came before. Numbers decide nothing; they are only told.
struct Course {
    again: bool,
    older: bool,
    skipped: Vec<u64>,
}

impl Course {
    fn of(view: View<'_>, known: &KnownKeys, opened: &Opened) -> Done<Self> {
        let envelope = &opened.envelope;
        let before: BTreeSet<u64> =
            view.arrived()?.iter().filter(|one| one.replica == envelope.replica).map(|one| one.number).collect();
        let newest = before.last().copied().unwrap_or_default();
        // A center numbers its packages for all schools in one row: gaps say nothing there.
        let skipped = match known.is_above(envelope.from) {
            true => vec![],
            false if before.is_empty() => vec![],
            false => (newest + 1..envelope.number).take(SKIPPED_MAX).collect(),
        };
        Ok(Self { again: before.contains(&envelope.number), older: envelope.number < newest, skipped })
    }

    fn say(self, received: &Received, report: &mut MergeReport) {
        let outcome = match received {
            received if received.waiting > 0 => "waiting",
            received if received.forks > 0 => "forked",
            received if report.held > 0 && report.held >= received.new_changes => "held",
            _ if self.again => "numbered_again",
            received if received.new_changes > 0 => "merged",
            _ if self.older => "older",
            _ => "nothing_new",
        };
        report.outcome = outcome.to_owned();
        report.skipped = self.skipped;
    }
}

/// Missing numbers a report lists.
const SKIPPED_MAX: usize = 50;

/// Names a report mentions.
const NAMES_MAX: usize = 50;
