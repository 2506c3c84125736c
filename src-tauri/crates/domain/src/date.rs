//! Days and months as people write them (domain.md §6, value formats), and the school year.

use chrono::{Datelike, Days};

use crate::Date;
use crate::folded::nfkc;

/// Why a text is no day or month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Malformed {
    /// Not written like a date at all.
    Shape,
    /// Written like one, but the calendar has no such day.
    NoSuchDay,
    /// A year and a month without the day that is asked for.
    DayMissing,
    /// A year of two digits: which century is a guess.
    ShortYear,
}

/// The days the ledger believes: 1900-01-01 to 2099-12-31.
pub fn is_plausible(day: Date) -> bool {
    (1900..=2099).contains(&day.year())
}

/// Reads a day: `20110101`, `2011-01-01`, `2011/1/1`, `2011.1.1`, `2011年1月1日`, with or without a time behind.
///
/// ```
/// use domain::date::{parse_day, Malformed};
/// assert_eq!(parse_day("2011年1月1日").unwrap().to_string(), "2011-01-01");
/// assert_eq!(parse_day("2011.2.30"), Err(Malformed::NoSuchDay));
/// assert_eq!(parse_day("2011年1月"), Err(Malformed::DayMissing));
/// ```
pub fn parse_day(typed: &str) -> Result<Date, Malformed> {
    match numbers(typed)?.as_slice() {
        [year, month, day] => make(*year, *month, *day),
        [year, month] if *year >= 1000 && (1..=12).contains(month) => Err(Malformed::DayMissing),
        _ => Err(Malformed::Shape),
    }
}

/// Reads a day as the ledger stores it, `2011-01-01`.
///
/// ```
/// assert_eq!(domain::date::stored("2011-01-31"), "2011-01-31".parse().ok());
/// assert_eq!(domain::date::stored("2011-02-30"), None);
/// ```
pub fn stored(text: &str) -> Option<Date> {
    let digit = |byte: u8| byte.is_ascii_digit().then(|| u32::from(byte - b'0'));
    let plain = || match text.as_bytes() {
        [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] => {
            let year = digit(*y1)? * 1000 + digit(*y2)? * 100 + digit(*y3)? * 10 + digit(*y4)?;
            let (month, day) = (digit(*m1)? * 10 + digit(*m2)?, digit(*d1)? * 10 + digit(*d2)?);
            Date::from_ymd_opt(i32::try_from(year).ok()?, month, day)
        }
        _ => None,
    };
    plain().or_else(|| text.parse().ok())
}

/// Reads a month: `201409`, `2014-09`, `2014.9`, `2014年9月`; a whole day gives its month. Canonical form `2014-09`.
pub fn parse_month(typed: &str) -> Result<String, Malformed> {
    let (year, month) = match numbers(typed)?.as_slice() {
        [year, month] | [year, month, _] => (*year, *month),
        _ => return Err(Malformed::Shape),
    };
    let first = make(year, month, 1)?;
    Ok(first.format("%Y-%m").to_string())
}

/// The day of an Excel serial number (1900 date system), if it is a plausible one.
pub fn from_excel_serial(serial: u32) -> Option<Date> {
    let epoch = Date::from_ymd_opt(1899, 12, 30)?;
    let day = epoch.checked_add_days(Days::new(u64::from(serial)))?;
    (serial > 59 && is_plausible(day)).then_some(day)
}

/// The first day of the school year a day lies in: 1 September (domain.md §4).
pub fn school_year_start(day: Date) -> Date {
    let year = if day.month() >= 9 { day.year() } else { day.year() - 1 };
    Date::from_ymd_opt(year, 9, 1).unwrap_or(day)
}

/// The school year's name: `2026—2027` for any day from 2026-09-01 to 2027-08-31.
pub fn school_year(day: Date) -> String {
    let start = school_year_start(day).year();
    format!("{start}—{}", start + 1)
}

/// The term a day lies in, a code of the list `term`: the first from September to January, the second from February on.
pub fn term(day: Date) -> &'static str {
    if matches!(day.month(), 2..=8) { "2" } else { "1" }
}

/// Whole years lived on a day; `None` before birth.
pub fn age_on(birth: Date, day: Date) -> Option<u32> {
    day.years_since(birth)
}

/// `2026年9月1日`, the way paper writes a day.
pub fn in_words(day: Date) -> String {
    format!("{}年{}月{}日", day.year(), day.month(), day.day())
}

fn make(year: u32, month: u32, day: u32) -> Result<Date, Malformed> {
    if year < 100 {
        return Err(Malformed::ShortYear);
    }
    let year = i32::try_from(year).map_err(|_| Malformed::Shape)?;
    Date::from_ymd_opt(year, month, day).filter(|day| is_plausible(*day)).ok_or(Malformed::NoSuchDay)
}

/// The runs of digits in a date, a compact `20110101` or `201109` taken apart.
fn numbers(typed: &str) -> Result<Vec<u32>, Malformed> {
    let folded: String = nfkc(typed).chars().filter(|c| *c != '\'' && *c != '’').collect();
    let date_part = folded.trim().split(['T', ' ']).next().unwrap_or_default();
    let spaced = if date_part.chars().filter(char::is_ascii_digit).count() >= 6 { date_part } else { folded.trim() };
    if spaced.chars().any(|c| !(c.is_ascii_digit() || c.is_whitespace() || "-/.年月日号".contains(c))) {
        return Err(Malformed::Shape);
    }
    let runs: Vec<&str> = spaced.split(|c: char| !c.is_ascii_digit()).filter(|run| !run.is_empty()).collect();
    let compact = match runs.as_slice() {
        [one] if one.len() == 8 => vec![one.get(..4), one.get(4..6), one.get(6..)],
        [one] if one.len() == 6 => vec![one.get(..4), one.get(4..)],
        _ => runs.into_iter().map(Some).collect(),
    };
    compact.into_iter().map(|run| run.and_then(|digits| digits.parse().ok()).ok_or(Malformed::Shape)).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_read_in_every_form_that_offices_use() {
        for typed in [
            "20110901",
            "2011-09-01",
            "2011/9/1",
            "2011.9.1",
            "2011年9月1日",
            "２０１１年９月１日",
            "2011-09-01 00:00:00",
            "2011-09-01T00:00:00",
            " 2011. 9. 1 ",
            "'20110901",
        ] {
            assert_eq!(parse_day(typed).unwrap().to_string(), "2011-09-01", "{typed}");
        }
    }

    #[test]
    fn what_is_no_day_says_why() {
        assert_eq!(parse_day("2011-13-01"), Err(Malformed::NoSuchDay));
        assert_eq!(parse_day("11.9.1"), Err(Malformed::ShortYear));
        assert_eq!(parse_day("201109"), Err(Malformed::DayMissing));
        assert_eq!(parse_day("去年秋天"), Err(Malformed::Shape));
        assert_eq!(parse_day(""), Err(Malformed::Shape));
    }

    #[test]
    fn a_month_is_read_with_or_without_a_day() {
        for typed in ["201409", "2014-09", "2014.9", "2014年9月", "2014-09-01"] {
            assert_eq!(parse_month(typed).unwrap(), "2014-09", "{typed}");
        }
    }

    #[test]
    fn an_excel_serial_is_a_day() {
        assert_eq!(from_excel_serial(40787).unwrap().to_string(), "2011-09-01");
        assert_eq!(from_excel_serial(3), None);
    }

    #[test]
    fn the_school_year_turns_on_the_first_of_september() {
        assert_eq!(school_year(Date::from_ymd_opt(2026, 8, 31).unwrap()), "2025—2026");
        assert_eq!(school_year(Date::from_ymd_opt(2026, 9, 1).unwrap()), "2026—2027");
    }

    #[test]
    fn january_still_belongs_to_the_first_term() {
        let term_in = |month| term(Date::from_ymd_opt(2026, month, 1).unwrap());
        assert_eq!([term_in(9), term_in(1), term_in(2), term_in(8)], ["1", "1", "2", "2"]);
    }
}
