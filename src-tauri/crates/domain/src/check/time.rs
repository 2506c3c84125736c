//! Rules that the years between two days decide: age and grade, and how long a temporary code is carried.

use chrono::Months;

use super::Frame;
use crate::{Date, Problem, Row, Severity, Value, date, grade};

/// Years that a child may be older or younger than its grade's own age (domain.md §9).
const YEARS_OFF_MAX: u32 = 2;

/// Months after which a temporary code should have been replaced (domain.md §9).
const TEMPORARY_MONTHS: u32 = 12;

/// A child more than two years older or younger than its grade asks, on the day that decides: 31 August (domain.md §7).
pub(super) fn age_fits(frame: Frame<'_>, row: &Row, keys: [&str; 2], severity: Severity) -> Option<Problem> {
    let text = |key: &str| row.get(key).and_then(Value::as_text);
    let [place, birth] = keys.map(text);
    let usual = grade::usual_age(place?)?;
    let cut_off = date::school_year_start(frame.today).pred_opt()?;
    let age = date::age_on(birth?.parse::<Date>().ok()?, cut_off)?;
    let [key, _] = keys;
    (age.abs_diff(usual) > YEARS_OFF_MAX)
        .then(|| Problem::new(key, "age_off_grade", severity).with("age", age).with("usual", usual))
}

/// A code that begins with L and is carried for more than a year.
pub(super) fn temporary(frame: Frame<'_>, row: &Row, keys: [&str; 2], severity: Severity) -> Option<Problem> {
    let [code, since] = keys.map(|key| row.get(key).and_then(Value::as_text));
    let since = since?;
    let from = format!("{since}-01").parse::<Date>().or_else(|_| since.parse::<Date>()).ok()?;
    let [key, _] = keys;
    let long = from.checked_add_months(Months::new(TEMPORARY_MONTHS))? < frame.today;
    (long && code?.starts_with('L')).then(|| Problem::new(key, "code_temporary", severity).with("since", since))
}
