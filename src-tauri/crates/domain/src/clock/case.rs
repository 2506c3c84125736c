//! What is due about an open case: report, decision, next attempt, closing (domain.md §3.4, §10).

use chrono::Days;

use crate::Date;
use crate::case::Status;
use crate::clock::due::{Counted, Due, Duty, Known, Ticks};
use crate::settings::Key;

/// What the clock needs to know of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CaseFacts {
    /// How it stands.
    pub status: Status,
    /// The first day missed.
    pub left_on: Date,
    /// The day it was found, or entered.
    pub found_on: Date,
    /// The day it was confirmed.
    pub confirmed_on: Option<Date>,
    /// The day of the written report.
    pub reported_on: Option<Date>,
    /// Attempts to bring the child back.
    pub attempts: u32,
    /// The day of the newest attempt.
    pub last_attempt: Option<Date>,
    /// The day the child came back.
    pub returned_on: Option<Date>,
}

/// What is due about a case, in the order of the ladder. A case that has ended asks for nothing.
pub fn due(case: &CaseFacts, ticks: &Ticks<'_>) -> Vec<Due> {
    let steps = match case.status {
        Status::Suspected | Status::Verifying => [report(case, ticks), decision(case, ticks)],
        Status::Confirmed | Status::Persuading => [report(case, ticks), attempt(case, ticks)],
        Status::Returned | Status::Observing => [None, closing(case, ticks)],
        Status::Closed | Status::Excluded => [None, None],
    };
    steps.into_iter().flatten().collect()
}

/// The written report: on the set school day of absence; for a child who never came, on the set day of the term.
fn report(case: &CaseFacts, ticks: &Ticks<'_>) -> Option<Due> {
    if case.reported_on.is_some() {
        return None;
    }
    match never_came(case, ticks) {
        Some(first) => nth_day(Duty::Report, Key::TermReportDay, first, case, ticks),
        None => nth_day(Duty::Report, Key::ReportDays, case.left_on, case, ticks),
    }
}

/// The first school day of the term, if the child has been missing since then.
fn never_came(case: &CaseFacts, ticks: &Ticks<'_>) -> Option<Date> {
    let missed = ticks.days.nth(case.left_on, 1)?;
    (ticks.days.number_in_term(missed)? == 1).then_some(missed)
}

fn decision(case: &CaseFacts, ticks: &Ticks<'_>) -> Option<Due> {
    nth_day(Duty::Decide, Key::ConfirmDays, case.left_on, case, ticks)
}

/// Due on the n-th school day of absence, or when the case was found if that is later.
fn nth_day(duty: Duty, key: Key, from: Date, case: &CaseFacts, ticks: &Ticks<'_>) -> Option<Due> {
    let happened = ticks.days.nth(from, ticks.settings.number(key))?;
    ticks.reached(duty, key, Known { happened, entered: case.found_on })
}

/// The next attempt: within the set gap until the set number is made, then by the slower rhythm.
fn attempt(case: &CaseFacts, ticks: &Ticks<'_>) -> Option<Due> {
    let key = match case.attempts < ticks.settings.number(Key::AttemptsMin) {
        true => Key::GapDays,
        false => Key::FollowUpDays,
    };
    let from = case.last_attempt.or(case.confirmed_on).unwrap_or(case.found_on);
    calendar_days_after(Duty::Persuade, key, from, ticks)
}

/// The day from which a case may be closed as settled.
fn closing(case: &CaseFacts, ticks: &Ticks<'_>) -> Option<Due> {
    calendar_days_after(Duty::Close, Key::StableDays, case.returned_on?, ticks)
}

fn calendar_days_after(duty: Duty, key: Key, from: Date, ticks: &Ticks<'_>) -> Option<Due> {
    let value = ticks.settings.number(key);
    let due_on = from.checked_add_days(Days::new(u64::from(value)))?;
    let basis = crate::clock::Basis::Happened;
    Some(ticks.due(duty, due_on, Counted { setting: Some(key), value, from, basis }))
}
