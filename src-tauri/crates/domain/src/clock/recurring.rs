//! What returns every term and every month: return checks, the closing of their list, monthly reports, censuses, the roll.

use std::collections::BTreeSet;

use chrono::{Datelike, Months};

use crate::Date;
use crate::calendar::Term;
use crate::clock::due::{Basis, Counted, Due, Duty, Ticks};
use crate::settings::Key;

/// The checks of one class at the start of a term that were not made, and the closing of its list.
///
/// `made` are the days on which a check of the class was entered. A check counts for the newest day of the campaign up
/// to it; a later check makes an earlier one that was left out unnecessary.
///
/// Source: domain.md §1.12 (days 1, 3, 7), §4.1; notice §2 (三).
pub fn return_checks(made: &BTreeSet<Date>, ticks: &Ticks<'_>) -> Vec<Due> {
    let Some(term) = ticks.days.term_up_to(ticks.today) else { return vec![] };
    let days = ticks.settings.numbers(Key::CheckDays);
    let planned = days.iter().filter_map(|n| Some((*n, ticks.days.nth(term.first, *n)?)));
    let due = |(n, on): (u32, Date)| {
        let counted = Counted { setting: Some(Key::CheckDays), value: n, from: term.first, basis: Basis::Happened };
        ticks.due(Duty::ReturnCheck, on, counted)
    };
    planned.filter(|(_, on)| !made.iter().any(|day| *day >= *on && *day <= term.last)).map(due).collect()
}

/// The closing of the list of children who did not return, in the running term.
pub fn list_closing(closed_on: Option<Date>, ticks: &Ticks<'_>) -> Option<Due> {
    let term = ticks.days.term_up_to(ticks.today)?;
    if closed_on.is_some_and(|day| day >= term.first) {
        return None;
    }
    let value = ticks.settings.number(Key::ListClosedDay);
    let on = ticks.days.nth(term.first, value)?;
    let counted = Counted { setting: Some(Key::ListClosedDay), value, from: term.first, basis: Basis::Happened };
    Some(ticks.due(Duty::CloseList, on, counted))
}

/// The day a month's report is due: the last school day of the month, or a day of the next one.
///
/// `None` for a month without school days: nothing happened that a school could report.
/// Source: domain.md §1.10, §3.6, §10.
pub fn month_report_day(month: Date, ticks: &Ticks<'_>) -> Option<Date> {
    let last = ticks.days.last_of_month(month)?;
    match ticks.settings.number(Key::MonthDue) {
        0 => Some(last),
        day => month.with_day(1)?.checked_add_months(Months::new(1))?.with_day(day),
    }
}

/// The monthly reports that were not made, of the running school year: months begun and not sealed.
///
/// `sealed` are the months sealed, each by its first day. `had_cases` says for a month whether there was anything to
/// report; it matters only where a zero report is not wanted.
pub fn month_reports(sealed: &BTreeSet<Date>, had_cases: impl Fn(Date) -> bool, ticks: &Ticks<'_>) -> Vec<Due> {
    let start = crate::date::school_year_start(ticks.today);
    let months = (0..12).filter_map(|ahead| start.checked_add_months(Months::new(ahead)));
    let zero = ticks.settings.is_on(Key::ZeroReport);
    let wanted = |month: &Date| *month <= ticks.today && !sealed.contains(month) && (zero || had_cases(*month));
    let due = |month: Date| {
        let value = ticks.settings.number(Key::MonthDue);
        let counted = Counted { setting: Some(Key::MonthDue), value, from: month, basis: Basis::Happened };
        Some(ticks.due(Duty::MonthReport, month_report_day(month, ticks)?, counted))
    };
    months.filter(wanted).filter_map(due).collect()
}

/// The census of a term: its day in the year.
pub fn census_day(term: Term, ticks: &Ticks<'_>) -> Option<Date> {
    let key = census_key(term);
    ticks.settings.month_day(key)?.in_year(term.first.year())
}

fn census_key(term: Term) -> Key {
    match term.half {
        crate::calendar::Half::First => Key::CensusAutumn,
        crate::calendar::Half::Second => Key::CensusSpring,
    }
}

/// The census of the running term, unless it was sealed.
///
/// Source: domain.md §1.11, §3.6.
pub fn census(sealed: &BTreeSet<Date>, ticks: &Ticks<'_>) -> Option<Due> {
    let term = ticks.days.term_up_to(ticks.today)?;
    let on = census_day(term, ticks)?;
    let counted = Counted { setting: Some(census_key(term)), value: 0, from: on, basis: Basis::Happened };
    let done = sealed.iter().any(|day| *day >= term.first && *day <= term.last);
    (!done).then(|| ticks.due(Duty::Census, on, counted))
}

/// The days of a class's term that nobody took: one line however many, due with the report of the month of the first.
///
/// An untaken day is not full attendance; it is only untaken. Who takes the roll on paper enters the month at its end,
/// and is never late for it before the month's report is (decisions A35).
pub fn roll(taken: &BTreeSet<Date>, since: Date, ticks: &Ticks<'_>) -> Option<(Due, u32)> {
    let term = ticks.days.term_up_to(ticks.today)?;
    let wanted = ticks.days.between(term.first.max(since), ticks.today.min(term.last));
    let untaken: Vec<Date> = wanted.iter().filter(|day| !taken.contains(day)).copied().collect();
    let first = *untaken.first()?;
    let value = ticks.settings.number(Key::MonthDue);
    let counted = Counted { setting: Some(Key::MonthDue), value, from: first, basis: Basis::Happened };
    let due = ticks.due(Duty::TakeRoll, month_report_day(first, ticks)?, counted);
    Some((due, u32::try_from(untaken.len()).unwrap_or(u32::MAX)))
}
