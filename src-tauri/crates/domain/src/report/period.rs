//! The stretch of time a report speaks of.

use chrono::{Datelike, Days, Months};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::Date;
use crate::calendar::{Calendar, Half};
use crate::date::school_year_start;

/// How long a report's period is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum PeriodKind {
    /// A calendar month.
    Month,
    /// A term, from its first day of lessons.
    Term,
    /// From one census to the next: 11 September to 10 March, or 11 March to 10 September (domain.md §1.11).
    HalfYear,
    /// 1 September to 31 August.
    SchoolYear,
}

/// From a day to another, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Period {
    /// First day.
    #[ts(type = "string")]
    pub first: Date,
    /// Last day.
    #[ts(type = "string")]
    pub last: Date,
}

impl Period {
    /// The period of a kind that a day lies in; of the last term for a day between two.
    pub fn around(kind: PeriodKind, day: Date, calendar: &Calendar) -> Option<Self> {
        match kind {
            PeriodKind::Month => Self::months(day.with_day(1)?, 1),
            PeriodKind::Term => {
                let term = calendar.term_up_to(day)?;
                Some(Self { first: term.first, last: term.last })
            }
            PeriodKind::HalfYear => {
                let turn = Date::from_ymd_opt(day.year(), 9, 11)?;
                let spring = Date::from_ymd_opt(day.year(), 3, 11)?;
                match day {
                    day if day >= turn => Self::months(turn, 6),
                    day if day >= spring => Self::months(spring, 6),
                    _ => Self::months(turn.checked_sub_months(Months::new(12))?, 6),
                }
            }
            PeriodKind::SchoolYear => Self::months(school_year_start(day), 12),
        }
    }

    fn months(first: Date, months: u32) -> Option<Self> {
        let last = first.checked_add_months(Months::new(months))?.checked_sub_days(Days::new(1))?;
        Some(Self { first, last })
    }

    /// The day before it.
    pub fn eve(&self) -> Date {
        self.first.checked_sub_days(Days::new(1)).unwrap_or(self.first)
    }

    /// Its last day, or today if that is earlier: nothing is counted ahead.
    pub fn closing(&self, today: Date) -> Date {
        self.last.min(today)
    }

    /// Whether a day lies in it.
    pub fn holds(&self, day: Date) -> bool {
        self.first <= day && day <= self.last
    }

    /// How it is written in a report's identity: `2026-10`, `2026-09-01/2027-01-20`.
    pub fn name(&self, kind: PeriodKind) -> String {
        match kind {
            PeriodKind::Month => self.first.format("%Y-%m").to_string(),
            PeriodKind::Term | PeriodKind::HalfYear => format!("{}/{}", self.first, self.last),
            PeriodKind::SchoolYear => format!("{}-{}", self.first.year(), self.last.year()),
        }
    }

    /// 第一学期 or 第二学期, by its first day.
    pub fn half(&self) -> Half {
        if matches!(self.first.month(), 2..=7) { Half::Second } else { Half::First }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn around(kind: PeriodKind, day: &str) -> String {
        let period = Period::around(kind, day.parse().unwrap(), &Calendar::default()).unwrap();
        format!("{} {}", period.first, period.last)
    }

    #[test]
    fn a_day_lies_in_its_month_its_term_its_half_year_and_its_school_year() {
        assert_eq!(around(PeriodKind::Month, "2027-02-15"), "2027-02-01 2027-02-28");
        assert_eq!(around(PeriodKind::Term, "2026-10-15"), "2026-09-01 2027-01-20");
        assert_eq!(around(PeriodKind::Term, "2027-01-30"), "2026-09-01 2027-01-20");
        assert_eq!(around(PeriodKind::HalfYear, "2026-09-11"), "2026-09-11 2027-03-10");
        assert_eq!(around(PeriodKind::HalfYear, "2027-03-10"), "2026-09-11 2027-03-10");
        assert_eq!(around(PeriodKind::HalfYear, "2027-03-11"), "2027-03-11 2027-09-10");
        assert_eq!(around(PeriodKind::SchoolYear, "2027-08-31"), "2026-09-01 2027-08-31");
    }
}
