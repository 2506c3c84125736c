//! `bx check`, `bx backup`, `bx restore`, `bx verify`: whether the ledger is whole, and copies of it.

use std::path::Path;

use actions::{BackupRequest, CheckReport, Desk, Done, Failure, RestoreRequest, VerifyRequest};

use crate::show::Terminal;

pub(crate) fn check(desk: &Desk, terminal: &Terminal) -> Done<()> {
    let report = actions::check(desk, ())?;
    tell(terminal, &report, "check.sound")
}

pub(crate) fn backup(desk: &Desk, terminal: &Terminal, out: &Path) -> Done<()> {
    let made = actions::backup(desk, BackupRequest { folder: out.display().to_string() })?;
    let facts = [("folder", made.folder.clone()), ("count", made.students.to_string())];
    terminal.reply(&made, || vec![terminal.say("backed_up", &facts)])
}

pub(crate) fn restore(desk: &Desk, terminal: &Terminal, (backup, to): (&Path, &Path), password: String) -> Done<()> {
    let [backup, folder] = [backup, to].map(|path| path.display().to_string());
    let open = actions::restore(desk, RestoreRequest { backup, folder, password })?;
    let facts = [("name", open.name.clone()), ("folder", open.folder.clone())];
    terminal.reply(&open, || vec![terminal.say("restored", &facts)])
}

pub(crate) fn verify_backup(desk: &Desk, terminal: &Terminal, backup: &Path, password: String) -> Done<()> {
    let report = actions::verify_backup(desk, VerifyRequest { backup: backup.display().to_string(), password })?;
    tell(terminal, &report, "verified")
}

fn tell(terminal: &Terminal, report: &CheckReport, sound: &str) -> Done<()> {
    terminal.reply(report, || match report.sound {
        true => vec![terminal.say(sound, &[])],
        false => report
            .damages
            .iter()
            .map(|damage| terminal.say(&format!("check.{}", damage.kind), &[("place", damage.place.clone())]))
            .collect(),
    })?;
    match report.sound {
        true => Ok(()),
        false => Err(Failure::new("check_failed").with("count", report.damages.len())),
    }
}
