//! What holds where nobody entered anything: `assets/calendar.toml`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use chrono::{Datelike, Weekday};
use serde::Deserialize;

use super::{DayKind, Half, Term};
use crate::Date;
use crate::settings::MonthDay;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    usual: Usual,
    year: Vec<Announced>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Usual {
    #[allow(dead_code, reason = "a source is for people")]
    source: String,
    first_term: (MonthDay, MonthDay),
    second_term: (MonthDay, MonthDay),
    fixed_holidays: Vec<MonthDay>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Announced {
    year: i32,
    #[allow(dead_code, reason = "a source is for people")]
    source: String,
    holidays: Vec<(Date, Date)>,
    working: Vec<Date>,
}

static FILE: LazyLock<Option<File>> = LazyLock::new(|| read().ok());

/// Holidays and worked days off of the years announced.
static ANNOUNCED: LazyLock<BTreeMap<Date, DayKind>> = LazyLock::new(|| {
    let years = FILE.iter().flat_map(|file| &file.year);
    years
        .flat_map(|year| {
            let off = year.holidays.iter().flat_map(|(first, last)| days(*first, *last));
            off.map(|day| (day, DayKind::Holiday)).chain(year.working.iter().map(|day| (*day, DayKind::MakeUp)))
        })
        .collect()
});

fn read() -> Result<File, toml::de::Error> {
    toml::from_str(include_str!("../../../../../assets/calendar.toml"))
}

fn days(first: Date, last: Date) -> impl Iterator<Item = Date> {
    first.iter_days().take_while(move |day| *day <= last)
}

/// A term of usual length.
pub(super) fn term(year: i32, half: Half) -> Option<Term> {
    let usual = &FILE.as_ref()?.usual;
    let (first, last) = match half {
        Half::First => (usual.first_term.0.in_year(year)?, usual.first_term.1.in_year(year + 1)?),
        Half::Second => (usual.second_term.0.in_year(year + 1)?, usual.second_term.1.in_year(year + 1)?),
    };
    Some(Term { year, half, first, last })
}

/// What a day is by announcement; by the statutory days of fixed date in a year that has none.
pub(super) fn kind_of(day: Date) -> Option<DayKind> {
    let file = FILE.as_ref()?;
    if file.year.iter().any(|year| year.year == day.year()) {
        return ANNOUNCED.get(&day).copied();
    }
    let fixed = file.usual.fixed_holidays.iter().any(|fixed| fixed.in_year(day.year()) == Some(day));
    fixed.then_some(DayKind::Holiday)
}

pub(super) fn is_weekend(day: Date) -> bool {
    matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_announced_years_hold_together() {
        let file = read().unwrap();
        for year in file.year {
            assert!(!year.source.is_empty());
            for (first, last) in &year.holidays {
                assert!(first <= last && first.year() == year.year && last.year() == year.year);
            }
            for day in &year.working {
                assert!(is_weekend(*day), "{day} is announced as worked and is no day off anyway");
                assert!(!year.holidays.iter().any(|(first, last)| first <= day && day <= last));
            }
        }
    }
}
