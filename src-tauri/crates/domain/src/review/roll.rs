//! Changes on the roll that were begun and not ended, and children taught at home without a record (domain.md §9).

use super::{Child, Found, Part, on};
use crate::calendar::is_working_day;
use crate::check::Frame;
use crate::date::school_year_start;
use crate::settings::Key;
use crate::{Date, Fields, Problem, Severity};

/// The two parties of the school that lets a child go: itself and its authority (domain.md §1.23).
const PARTIES_HERE: u32 = 2;

pub(super) fn judge(frame: Frame<'_>, child: &Child) -> Vec<Found> {
    let changes = child.of("roll_change");
    let mut found: Vec<Found> = changes.iter().filter_map(|change| expired(frame, child, change)).collect();
    found.extend(changes.iter().filter_map(|change| slow(frame, change)));
    found.extend(taught_at_home(frame, child));
    found
}

/// A suspension whose end has passed, with no return and no further suspension after it.
fn expired(frame: Frame<'_>, child: &Child, (id, row): &Part) -> Option<Found> {
    if row.text("kind") != Some("suspend") || refused(row) || row.day("resume_on").is_some() {
        return None;
    }
    let until = row.day("pause_until_on").filter(|until| *until < frame.today)?;
    let begun = row.day("pause_from_on");
    let followed = child.of("roll_change").iter().any(|(other, row)| {
        let later = |key: &str| row.day(key).is_some_and(|day| begun.is_none_or(|begun| day > begun));
        other != id && !refused(row) && (later("resume_on") || later("pause_from_on") || later("done_on"))
    });
    let problem = Problem::new("pause_until_on", "suspension_expired", Severity::Warning).with("day", until);
    (!followed).then(|| on("roll_change", *id, problem))
}

/// A transfer out that is not done after the working days that school and authority have.
fn slow(frame: Frame<'_>, (id, row): &Part) -> Option<Found> {
    let under_way = !refused(row) && row.text("state") != Some("done") && row.day("done_on").is_none();
    let applied = row.day("applied_on").filter(|_| under_way && row.text("kind") == Some("transfer_out"))?;
    let allowed = PARTIES_HERE * frame.settings.number(Key::TransferPartyDays);
    let problem = Problem::new("state", "transfer_slow", Severity::Warning).with("day", applied).with("days", allowed);
    (working_days(applied, frame.today) > allowed).then(|| on("roll_change", *id, problem))
}

fn refused(row: &crate::Row) -> bool {
    matches!(row.text("state"), Some("returned" | "withdrawn"))
}

/// Working days after one day, up to and with another; counted no further than a year.
fn working_days(after: Date, until: Date) -> u32 {
    let days = after.iter_days().skip(1).take(366).take_while(|day| *day <= until);
    u32::try_from(days.filter(|day| is_working_day(*day)).count()).unwrap_or(u32::MAX)
}

/// Taught at home this school year, and on no roll: lessons at home count as school only with a student code.
fn taught_at_home(frame: Frame<'_>, child: &Child) -> Option<Found> {
    let year = school_year_start(frame.today);
    let taught = child.of("home_teaching").iter().any(|(_, row)| row.day("on").is_some_and(|day| day >= year));
    let wanted = taught || child.text("status") == Some("25");
    let problem = Problem::new("student_code", "home_teaching_no_code", Severity::Warning);
    (wanted && child.text("student_code").is_none()).then(|| child.found(problem))
}
