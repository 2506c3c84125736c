//! Taking packages in: inspection, rehearsal, merge.

use std::collections::BTreeSet;
use std::thread;

use package::letter::Letter;
use package::open::Opened;
use store::{Arrived, Door, Received, View};

use crate::attachments::{travel, vault};
use crate::desk::{Desk, Session};
use crate::exchange::again::{self, mark};
use crate::exchange::corrections::{corrections, strangers};
use crate::exchange::merge_report::{MergeReport, begun, say_waiting};
use crate::exchange::opening::{Looked, Ready};
use crate::exchange::receipts::{self, ReceiptReply};
use crate::exchange::waiting::{self, Refusal};
use crate::exchange::{refused_rows, repetitions, taking_back};
use crate::failure::{Done, Failure};
use crate::history;
use crate::rows::names::name_spoken;
use crate::transfers;
use crate::trust::directory::KnownKeys;
use crate::trust::settings_files::{self};
use crate::trust::{authority, listing};

/// Says exactly what a package would change; nothing is written.
pub fn rehearse_merge(desk: &Desk, file: String) -> Done<MergeReport> {
    let session = desk.session()?;
    let inspected = match Looked::at(desk, &session, &file)? {
        Looked::Before(report) => return Ok(*report),
        Looked::New(inspected, _) => *inspected,
    };
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
    let (inspected, known) = match Looked::at(desk, &session, &file)? {
        Looked::Before(report) => return Ok(*report),
        Looked::New(inspected, known) => (*inspected, known),
    };
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
    let version = said.map(|said| listing::take_aloft(desk, session, door, (from, said))).transpose()?.flatten();
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
