//! Merges taken back, keys given up or renewed, values erased, single packages checked.

use std::path::{Path, PathBuf};

use actions::domain::Id;
use actions::{
    Desk, Done, EraseRequest, Failure, RevokeRequest, RotateRequest, TakeBackReport, VerifiedPackage, VerifyPackage,
};

use crate::show::Terminal;

pub(crate) fn merges(desk: &Desk, terminal: &Terminal) -> Done<()> {
    let arrived = actions::arrived_packages(desk, ())?;
    terminal.reply(&arrived, || {
        let one = |line: &actions::ArrivedLine| {
            let count = |rows: &std::collections::BTreeMap<String, usize>| rows.values().sum::<usize>().to_string();
            let facts = [
                ("package", line.package.chars().take(8).collect()),
                ("sender", line.sender.clone()),
                ("number", line.number.to_string()),
                ("at", line.merged.clone()),
                ("added", count(&line.report.added)),
                ("changed", count(&line.report.changed)),
                ("conflicts", line.report.conflicts.to_string()),
            ];
            terminal.say(&format!("merges.{}", line.state), &facts)
        };
        match arrived.is_empty() {
            true => vec![terminal.say("merges.none", &[])],
            false => arrived.iter().map(one).collect(),
        }
    })
}

pub(crate) fn merge_paper(desk: &Desk, terminal: &Terminal, package: String, out: &Path) -> Done<()> {
    let request = actions::MergePaper { package, rehearsed: false, file: out.display().to_string() };
    let file = actions::merge_paper(desk, request)?;
    terminal.reply(&file, || vec![terminal.say("merges.printed", &[("file", file.clone())])])
}

pub(crate) fn take_back(desk: &Desk, terminal: &Terminal, package: String, how: (bool, bool)) -> Done<()> {
    let (told, key) = match how {
        (true, _) => (actions::rehearse_take_back(desk, package)?, "would"),
        (false, true) => (actions::take_up_again(desk, package)?, "again"),
        (false, false) => (actions::take_back(desk, package)?, "done"),
    };
    terminal.reply(&told, || words(desk, terminal, &told, key))
}

fn words(desk: &Desk, terminal: &Terminal, told: &TakeBackReport, key: &str) -> Vec<String> {
    let facts = [
        ("sender", told.sender.clone()),
        ("number", told.number.to_string()),
        ("at", told.merged.clone()),
        ("changes", told.changes.to_string()),
    ];
    let mut lines = vec![terminal.say(&format!("taken_back.{key}"), &facts)];
    let gone = if key == "again" { "taken_back.back" } else { "taken_back.gone" };
    for (key, rows) in [(gone, &told.gone), ("taken_back.changed", &told.changed)] {
        for (record, count) in rows {
            let title = desk.catalogue().record(record).map_or(record.as_str(), |record| &record.title.zh);
            lines.push(terminal.say(key, &[("record", title.to_owned()), ("count", count.to_string())]));
        }
    }
    if told.erased > 0 {
        lines.push(terminal.say("taken_back.erased", &[("count", told.erased.to_string())]));
    }
    lines
}

pub(crate) fn erase(desk: &Desk, terminal: &Terminal, id: &str, what: (Vec<String>, String, bool)) -> Done<()> {
    let (fields, why, attachments) = what;
    let id: Id = id.parse().map_err(|_| Failure::new("no_such_row").with("id", id))?;
    let done = actions::erase(desk, EraseRequest { id, fields, why, attachments })?;
    terminal.reply(&done, || {
        let mut lines = vec![terminal.say("erased", &[])];
        if !done.backups.is_empty() {
            lines.push(terminal.say("erased_backups", &[("folders", done.backups.join("\n  "))]));
        }
        lines
    })
}

pub(crate) fn revoke(desk: &Desk, terminal: &Terminal, request: RevokeRequest) -> Done<()> {
    let done = actions::revoke(desk, request)?;
    let facts = [("name", done.organisation.clone()), ("computers", done.computers.join("、"))];
    terminal.reply(&done, || vec![terminal.say("revoked", &facts)])
}

pub(crate) fn recovery_sheet(desk: &Desk, terminal: &Terminal, out: &Path, password: String) -> Done<()> {
    let request = actions::RecoverySheet { password, file: out.display().to_string() };
    let done = actions::recovery_sheet(desk, request)?;
    terminal.reply(&done, || vec![terminal.say("recovery.sheet", &[("file", done.file.clone())])])
}

pub(crate) fn new_password(desk: &Desk, terminal: &Terminal, request: actions::NewPassword) -> Done<()> {
    actions::new_password(desk, request)?;
    terminal.reply(&(), || vec![terminal.say("recovery.changed", &[])])
}

pub(crate) fn rotate(desk: &Desk, terminal: &Terminal, out: &Path, password: String) -> Done<()> {
    let file = actions::rotate_key(desk, RotateRequest { password, folder: out.display().to_string() })?;
    terminal.reply(&file, || vec![terminal.say("rotated", &[("file", file.clone())])])
}

pub(crate) fn take_key(desk: &Desk, terminal: &Terminal, file: PathBuf) -> Done<()> {
    let done = actions::take_rotation(desk, file.display().to_string())?;
    let facts = [("name", done.partner.clone()), ("digits", done.digits.clone())];
    terminal.reply(&done, || vec![terminal.say("key_taken", &facts)])
}

pub(crate) fn verify(desk: &Desk, terminal: &Terminal, file: &Path, key: Option<PathBuf>) -> Done<()> {
    let text = |path: PathBuf| path.display().to_string();
    let told = actions::verify_package(desk, VerifyPackage { file: text(file.to_owned()), key: key.map(text) })?;
    terminal.reply(&told, || verified(desk, terminal, &told))
}

fn verified(desk: &Desk, terminal: &Terminal, told: &VerifiedPackage) -> Vec<String> {
    let facts = [
        ("sender", if told.sender.is_empty() { told.organisation.clone() } else { told.sender.clone() }),
        ("computer", told.computer.clone()),
        ("key", told.key.clone()),
        ("number", told.number.to_string()),
        ("made", told.made.clone()),
    ];
    let mut lines =
        vec![terminal.say("package.whole", &facts), terminal.say(&format!("package.{}", told.standing), &facts)];
    if !told.opened {
        lines.push(terminal.say("package.closed", &facts));
        return lines;
    }
    lines.push(terminal.say("package.opened", &facts));
    for chain in &told.chains {
        let facts = [
            ("ledger", chain.ledger.clone()),
            ("writer", chain.writer.clone()),
            ("computer", chain.computer.clone()),
            ("first", chain.first.to_string()),
            ("last", chain.last.to_string()),
            ("changes", chain.changes.to_string()),
            ("fields", chain.fields.to_string()),
            ("rows", chain.rows.to_string()),
            ("erased", chain.erased.to_string()),
        ];
        lines.push(terminal.say(if chain.unbroken { "package.chain" } else { "package.broken" }, &facts));
        if chain.erased > 0 {
            lines.push(terminal.say("package.erased", &facts));
        }
    }
    let begins = if told.from_the_beginning { "package.from_the_beginning" } else { "package.goes_on" };
    lines.push(terminal.say(begins, &facts));
    for (record, count) in told.counts.iter().filter(|(_, count)| **count > 0) {
        let title = desk.catalogue().record(record).map_or(record.as_str(), |record| &record.title.zh);
        lines.push(terminal.say("package.count", &[("record", title.to_owned()), ("count", count.to_string())]));
    }
    lines
}
