//! `bx check`: whether the ledger is whole.

use actions::{Desk, Done, Failure};

use crate::show::Terminal;

pub(crate) fn check(desk: &Desk, terminal: &Terminal) -> Done<()> {
    let report = actions::check(desk, ())?;
    terminal.reply(&report, || match report.sound {
        true => vec![terminal.say("check.sound", &[])],
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
