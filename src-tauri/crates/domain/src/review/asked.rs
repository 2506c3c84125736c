//! What the settings ask of work done: how many people go, how long and how often lessons at home are, how often a
//! suspension is renewed (domain.md §1.18, §1.23, §3.4; decisions D30). Warnings: what was done is stored as it was.

use std::collections::BTreeMap;

use chrono::{Datelike, Days, Weekday};

use super::{Child, Found, Part, on};
use crate::check::Frame;
use crate::settings::Key;
use crate::{Date, Fields, Problem, Row, Severity, Value};

pub(super) fn judge(frame: Frame<'_>, child: &Child) -> Vec<Found> {
    let mut found: Vec<Found> = child.of("persuasion").iter().filter_map(|one| too_few(frame, one)).collect();
    found.extend(child.of("home_visit").iter().filter_map(|visit| alone(frame, visit)));
    found.extend(child.of("home_teaching").iter().filter_map(|lesson| short(frame, lesson)));
    found.extend(seldom(frame, child));
    found.extend(renewed(frame, child));
    found
}

fn warn(record: &str, (id, _): &Part, problem: Problem) -> Found {
    on(record, *id, problem)
}

/// How many people a text names, however they are set apart.
fn people(row: &Row, keys: &[&str]) -> u32 {
    let apart = |letter: char| letter.is_whitespace() || "、，,;；/和".contains(letter);
    let named = keys.iter().filter_map(|key| row.text(key)).flat_map(|said| said.split(apart));
    u32::try_from(named.filter(|name| !name.is_empty()).count()).unwrap_or(u32::MAX)
}

/// An attempt made by fewer people than asked for, where more than one is.
fn too_few(frame: Frame<'_>, part: &Part) -> Option<Found> {
    let (wanted, went) = (frame.settings.number(Key::PeopleMin), people(&part.1, &["people"]));
    let problem =
        Problem::new("people", "people_too_few", Severity::Warning).with("wanted", wanted).with("count", went);
    (wanted > 1 && went < wanted).then(|| warn("persuasion", part, problem))
}

/// A visit to the home by one person, where two are asked for.
fn alone(frame: Frame<'_>, part: &Part) -> Option<Found> {
    let at_home = part.1.text("way") == Some("home") && frame.settings.is_on(Key::SecondVisitor);
    let problem = Problem::new("visitors", "visit_alone", Severity::Warning);
    (at_home && people(&part.1, &["visitors", "companions"]) < 2).then(|| warn("home_visit", part, problem))
}

/// A lesson at home of fewer class hours than set.
fn short(frame: Frame<'_>, part: &Part) -> Option<Found> {
    let wanted = frame.settings.number(Key::HoursPerLesson);
    let Some(Value::Int(hours)) = part.1.get("hours") else { return None };
    let problem = Problem::new("hours", "lesson_short", Severity::Warning).with("wanted", wanted);
    (*hours < i64::from(wanted)).then(|| warn("home_teaching", part, problem))
}

/// The newest week that is over and had lessons at home: fewer of them than set. Told at the last of them.
fn seldom(frame: Frame<'_>, child: &Child) -> Option<Found> {
    let mut weeks: BTreeMap<Date, Vec<&Part>> = BTreeMap::new();
    for part in child.of("home_teaching") {
        let Some(on) = part.1.day("on") else { continue };
        weeks.entry(on.week(Weekday::Mon).first_day()).or_default().push(part);
    }
    let over = |first: &Date| first.checked_add_days(Days::new(6)).is_some_and(|last| last < frame.today);
    let (first, lessons) = weeks.into_iter().rev().find(|(first, _)| over(first))?;
    let wanted = frame.settings.number(Key::LessonsPerWeek);
    let given = u32::try_from(lessons.len()).unwrap_or(u32::MAX);
    let last = lessons.into_iter().max_by_key(|part| (part.1.day("on"), part.0))?;
    let problem = Problem::new("on", "lessons_seldom", Severity::Warning)
        .with("wanted", wanted)
        .with("count", given)
        .with("week", format!("{}-{:02}-{:02}", first.year(), first.month(), first.day()));
    (given < wanted).then(|| warn("home_teaching", last, problem))
}

/// A suspension renewed more often than allowed, one after another without a return. Told at the last of them.
fn renewed(frame: Frame<'_>, child: &Child) -> Option<Found> {
    let mut steps: Vec<&Part> = child
        .of("roll_change")
        .iter()
        .filter(|(_, row)| !matches!(row.text("state"), Some("returned" | "withdrawn")))
        .filter(|(_, row)| matches!(row.text("kind"), Some("suspend" | "resume")))
        .collect();
    steps.sort_by_key(|(id, row)| (row.day("pause_from_on").or(row.day("resume_on")), *id));
    let since = steps.iter().rposition(|(_, row)| row.text("kind") == Some("resume")).map_or(0, |at| at + 1);
    let row = steps.get(since..)?;
    let renewals = u32::try_from(row.len()).unwrap_or(u32::MAX).saturating_sub(1);
    let allowed = frame.settings.number(Key::SuspensionRenewals);
    let problem = Problem::new("pause_until_on", "suspension_renewed", Severity::Warning)
        .with("allowed", allowed)
        .with("count", renewals);
    row.last().filter(|_| renewals > allowed).map(|part| warn("roll_change", part, problem))
}
