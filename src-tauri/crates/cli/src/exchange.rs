//! Packages and receipts on the command line.

use std::path::{Path, PathBuf};

use actions::{
    Desk, Done, EnrolRequest, EnrolSheet, ExportRequest, Failure, MergeReport, ReceiptReply, TakeAllRequest, WaitLine,
    WriteReceipt,
};

use clap::{Subcommand, ValueEnum};

use crate::show::Terminal;

pub(crate) fn export(desk: &Desk, terminal: &Terminal, to: Option<String>, (out, full): (&Path, bool)) -> Done<()> {
    let extent = full.then_some(actions::Extent::Full);
    let sealed = actions::export(desk, ExportRequest { to, folder: out.display().to_string(), extent })?;
    let facts = [("file", sealed.file.clone()), ("to", sealed.to.clone()), ("number", sealed.number.to_string())];
    terminal.reply(&sealed, || vec![terminal.say("exported", &facts)])
}

pub(crate) fn inspect(desk: &Desk, terminal: &Terminal, file: &Path) -> Done<()> {
    let seen = actions::inspect(desk, file.display().to_string())?;
    let facts = [
        ("sender", seen.sender.clone()),
        ("code", seen.code.clone()),
        ("number", seen.number.to_string()),
        ("computer", seen.computer.clone()),
        ("key", seen.key.clone()),
        ("kb", (seen.length >> 10).to_string()),
    ];
    terminal.reply(&seen, || {
        let for_us = if seen.for_us { "inspect.for_us" } else { "inspect.not_for_us" };
        let mut lines = vec![terminal.say(&format!("inspect.{}", seen.standing), &facts), terminal.say(for_us, &facts)];
        if seen.known {
            lines.push(terminal.say("merge.known", &facts));
        }
        lines
    })
}

pub(crate) fn merge(desk: &Desk, terminal: &Terminal, file: &Path, rehearse: bool) -> Done<()> {
    let path = file.display().to_string();
    let report = if rehearse { actions::rehearse_merge(desk, path)? } else { actions::merge(desk, path)? };
    terminal.reply(&report, || merge_words(desk, terminal, &report, rehearse))
}

fn merge_words(desk: &Desk, terminal: &Terminal, report: &MergeReport, rehearse: bool) -> Vec<String> {
    let facts = [("sender", report.sender.clone()), ("number", report.number.to_string())];
    if report.known {
        return vec![terminal.say("merge.known", &facts)];
    }
    let mut lines = vec![terminal.say(if rehearse { "merge.would" } else { "merge.done" }, &facts)];
    for (key, rows) in [("merge.added", &report.added), ("merge.changed", &report.changed)] {
        for (record, count) in rows {
            let title = desk.catalogue().record(record).map_or(record.as_str(), |record| &record.title.zh);
            lines.push(terminal.say(key, &[("record", title.to_owned()), ("count", count.to_string())]));
        }
    }
    for settings in &report.settings {
        lines.extend(crate::settings::words(terminal, "settings.brought", settings));
    }
    lines.extend(report.waits.iter().map(|line| waits_for(terminal, line)));
    if !report.check_code.is_empty() {
        lines.push(terminal.say("merge.code", &[("code", spoken(&report.check_code))]));
    }
    for (key, count) in
        [("merge.conflicts", report.conflicts), ("merge.waiting", report.waiting), ("merge.forks", report.forks)]
    {
        if count > 0 {
            lines.push(terminal.say(key, &[("count", count.to_string())]));
        }
    }
    for (why, count) in &report.refused {
        let why = terminal.shared("lineages", &format!("refused_rows.here.{why}"));
        lines.push(terminal.say("merge.refused", &[("count", count.to_string()), ("why", why)]));
    }
    lines
}

pub(crate) fn receipt(desk: &Desk, terminal: &Terminal, step: ReceiptStep) -> Done<()> {
    match step {
        ReceiptStep::Write { to, out } => {
            let file = actions::write_receipt(desk, WriteReceipt { to, folder: out.display().to_string() })?;
            terminal.reply(&file, || vec![terminal.say("receipt.written", &[("file", file.clone())])])
        }
        ReceiptStep::Take { file } => {
            let told = actions::take_receipt(desk, file.display().to_string())?;
            terminal.reply(&told, || receipt_words(terminal, &told))
        }
        ReceiptStep::Code { digits } => {
            let told = actions::take_check_code(desk, digits.join(" "))?;
            terminal.reply(&told, || receipt_words(terminal, &told))
        }
    }
}

fn receipt_words(terminal: &Terminal, told: &ReceiptReply) -> Vec<String> {
    let from = ("from", told.from.clone());
    let mut lines = vec![terminal.say(&format!("receipt.{}", told.outcome), std::slice::from_ref(&from))];
    let one = |number: &u64| terminal.say("receipt.delivered", &[("number", number.to_string())]);
    lines.extend(told.delivered.iter().map(one));
    for (key, heard) in [("receipt.waits", &told.waiting), ("receipt.refused", &told.refused)] {
        let facts = |line: &actions::HeardLine| [("number", line.number.to_string()), ("why", line.why.clone())];
        lines.extend(heard.iter().map(|line| terminal.say(key, &facts(line))));
    }
    if told.refused_rows > 0 {
        lines.push(terminal.say("receipt.rows", &[("count", told.refused_rows.to_string())]));
    }
    lines
}

pub(crate) fn take(desk: &Desk, terminal: &Terminal, from: &[PathBuf], receipts: Option<PathBuf>) -> Done<()> {
    let text = |path: &PathBuf| path.display().to_string();
    let request = TakeAllRequest { from: from.iter().map(text).collect(), receipts_to: receipts.as_ref().map(text) };
    let reply = actions::take_all(desk, request)?;
    terminal.reply(&reply, || {
        let mut lines = Vec::new();
        for line in &reply.taken {
            lines.extend(line.report.iter().flat_map(|report| merge_words(desk, terminal, report, false)));
            lines.extend(line.receipt.iter().flat_map(|told| receipt_words(terminal, told)));
            let why = line.failure.as_ref().map(|failure| failure.sentence(desk.language()));
            lines.extend(why.map(|why| format!("{}: {why}", line.file)));
        }
        lines.extend(reply.receipts.iter().map(|file| terminal.say("receipt.written", &[("file", file.clone())])));
        lines
    })
}

pub(crate) fn board(desk: &Desk, terminal: &Terminal) -> Done<()> {
    let board = actions::board(desk, ())?;
    terminal.reply(&board, || {
        let one = |line: &actions::BoardLine| {
            let facts = [
                ("name", line.name.clone()),
                ("number", line.last_number.to_string()),
                ("at", line.last_at.clone()),
                ("gaps", line.gaps.iter().map(u64::to_string).collect::<Vec<_>>().join("、")),
                ("conflicts", line.conflicts.to_string()),
            ];
            terminal.say(&format!("board.{}", line.state), &facts)
        };
        board.iter().map(one).collect()
    })
}

pub(crate) fn sent(desk: &Desk, terminal: &Terminal) -> Done<()> {
    let sent = actions::sent_packages(desk, ())?;
    terminal.reply(&sent, || {
        let one = |line: &actions::SentLine| {
            let facts = [
                ("number", line.number.to_string()),
                ("to", line.to.clone()),
                ("at", line.at.clone()),
                ("file", line.file.clone()),
            ];
            terminal.say(&format!("sent.{}", line.standing), &facts)
        };
        sent.iter().map(one).collect()
    })
}

pub(crate) fn waiting(desk: &Desk, terminal: &Terminal) -> Done<()> {
    let waits = actions::waiting_packages(desk, ())?;
    terminal.reply(&waits, || match waits.is_empty() {
        true => vec![terminal.say("waits.nothing", &[])],
        false => waits.iter().map(|line| waits_for(terminal, line)).collect(),
    })
}

pub(crate) fn refused_rows(desk: &Desk, terminal: &Terminal) -> Done<()> {
    let rows = actions::refused_rows(desk, ())?;
    let title = |record: &str| desk.catalogue().record(record).map_or(String::new(), |record| record.title.zh.clone());
    let one = |line: &actions::RefusedRowLine| {
        let name = if line.child.is_empty() { line.name.clone() } else { format!("{} {}", line.child, line.name) };
        let name = if name.trim().is_empty() { line.id.to_string() } else { name };
        let why = terminal.shared("lineages", &format!("refused_rows.why.{}", line.why));
        let facts = [
            ("by", line.by.clone()),
            ("record", title(&line.record)),
            ("name", name),
            ("computer", line.computer.clone()),
            ("why", why),
        ];
        terminal.say("refused_rows.one", &facts)
    };
    terminal.reply(&rows, || match rows.is_empty() {
        true => vec![terminal.say("refused_rows.none", &[])],
        false => rows.iter().map(one).collect(),
    })
}

fn waits_for(terminal: &Terminal, line: &WaitLine) -> String {
    let facts = [
        ("sender", line.sender.clone()),
        ("number", line.number.to_string()),
        ("since", line.since.clone()),
        ("needs", line.needs_number.to_string()),
        ("made", line.needs_made.clone()),
        ("computer", line.needs_computer.clone()),
    ];
    terminal.say(if line.needs_number > 0 { "waits.numbered" } else { "waits.other" }, &facts)
}

/// Twelve digits in groups of four, as they are read out.
fn spoken(code: &str) -> String {
    let digits: Vec<char> = code.chars().collect();
    digits.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

pub(crate) fn hand_down(desk: &Desk, terminal: &Terminal, out: &Path) -> Done<()> {
    let written = actions::hand_down(desk, out.display().to_string())?;
    terminal.reply(&written, || {
        let facts = |one: &actions::ExportReply| {
            [("file", one.file.clone()), ("to", one.to.clone()), ("number", one.number.to_string())]
        };
        written.iter().map(|one| terminal.say("exported", &facts(one))).collect()
    })
}

pub(crate) fn sticks(desk: &Desk, terminal: &Terminal) -> Done<()> {
    let mut seen = Vec::new();
    for stick in actions::sticks(desk, ())? {
        let view = actions::look_at_stick(desk, stick.folder.clone())?;
        seen.push(SeenStick { stick, view });
    }
    terminal.reply(&seen, || match seen.is_empty() {
        true => vec![terminal.say("sticks.none", &[])],
        false => seen.iter().map(|one| stick_words(terminal, one)).collect(),
    })
}

/// A stick with what lies on it.
#[derive(serde::Serialize)]
struct SeenStick {
    #[serde(flatten)]
    stick: actions::Stick,
    #[serde(flatten)]
    view: actions::StickView,
}

fn stick_words(terminal: &Terminal, SeenStick { stick, view }: &SeenStick) -> String {
    let facts = [
        ("folder", stick.folder.clone()),
        ("fresh", view.fresh.to_string()),
        ("from", view.from.join("、")),
        ("receipts", view.receipts.to_string()),
        ("known", view.known.to_string()),
        ("others", view.others.to_string()),
    ];
    terminal.say("sticks.one", &facts)
}

pub(crate) fn directory(desk: &Desk, terminal: &Terminal, require: Option<String>) -> Done<()> {
    if let Some(version) = require {
        actions::require_program(desk, Some(version))?;
        return terminal.reply(&(), || vec![terminal.say("directory.required", &[])]);
    }
    let directory = actions::directory(desk, ())?;
    terminal.reply(&directory, || {
        let facts = [("from", directory.from.clone()), ("version", directory.version.to_string())];
        let head = if directory.from.is_empty() { "directory.none" } else { "directory.head" };
        let mut lines = vec![terminal.say(head, &facts)];
        lines.extend(Some(terminal.say("directory.revoked_here", &facts)).filter(|_| directory.revoked));
        let versions = [("version", directory.program_min.clone()), ("program", directory.program.clone())];
        lines.extend((!directory.program_min.is_empty()).then(|| terminal.say("directory.wants", &versions)));
        lines.extend(directory.outdated.then(|| terminal.say("directory.outdated", &versions)));
        for line in &directory.lines {
            let facts = [("name", line.name.clone()), ("code", line.code.clone()), ("on", line.revoked_on.clone())];
            let key = if line.revoked_on.is_empty() { "directory.one" } else { "directory.revoked" };
            lines.push(terminal.say(key, &facts));
            lines.extend(line.counts_until.iter().map(|until| {
                let facts = [("computer", until.computer.clone()), ("change", until.change.to_string())];
                terminal.say("directory.until", &facts)
            }));
        }
        lines
    })
}

/// The steps by which a school and a center come to know each other.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum EnrolStep {
    /// A center invites.
    Invite,
    /// A school asks.
    Request,
    /// The center enrols it.
    Grant,
    /// The school takes note.
    Accept,
    /// A sheet with one's own digits as PDF, to be signed and stamped.
    Sheet,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ReceiptStep {
    /// Write what is held here as a file.
    Write {
        /// The organisation it is for; the one above when absent.
        #[arg(long)]
        to: Option<String>,
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
    /// Read what somebody else holds.
    Take { file: PathBuf },
    /// Enter the twelve digits read out over the telephone.
    Code { digits: Vec<String> },
}

pub(crate) fn enrol(
    desk: &Desk,
    terminal: &Terminal,
    step: EnrolStep,
    (input, output, typed, with): (Option<PathBuf>, Option<PathBuf>, Option<String>, Option<String>),
) -> Done<()> {
    let text = |path: Option<PathBuf>| path.map(|path| path.display().to_string());
    let request = EnrolRequest { input: text(input), output: text(output), typed };
    let (reply, key) = match step {
        EnrolStep::Sheet => {
            let file = request.output.ok_or_else(|| Failure::new("no_file"))?;
            let file = actions::enrol_sheet(desk, EnrolSheet { with, file })?;
            return terminal.reply(&file, || vec![terminal.say("enrol_sheet", &[("file", file.clone())])]);
        }
        EnrolStep::Invite => (actions::enrol_invite(desk, request)?, "invited"),
        EnrolStep::Request => (actions::enrol_request(desk, request)?, "requested"),
        EnrolStep::Grant => (actions::enrol_grant(desk, request)?, "granted"),
        EnrolStep::Accept => (actions::enrol_accept(desk, request)?, "accepted"),
    };
    let facts = [
        ("partner", reply.partner.clone()),
        ("digits", reply.digits.clone()),
        ("file", reply.file.clone().unwrap_or_default()),
    ];
    terminal.reply(&reply, || vec![terminal.say(key, &facts)])
}
