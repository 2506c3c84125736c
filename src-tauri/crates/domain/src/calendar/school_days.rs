//! 上课日 of one class, counted once and asked often.

use chrono::{Datelike, Days};

use super::{Calendar, Class, Term};
use crate::Date;

/// The school days of one class between two days, with the terms they belong to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchoolDays {
    days: Vec<Date>,
    terms: Vec<Term>,
}

impl SchoolDays {
    /// The school days from a day to another, both included.
    pub fn of(calendar: &Calendar, class: Option<&Class>, from: Date, until: Date) -> Self {
        let terms: Vec<Term> = (from.year() - 1..=until.year() + 1).flat_map(|year| calendar.terms_of(year)).collect();
        let mut days: Vec<Date> = Vec::new();
        for term in &terms {
            let (first, last) = (term.first.max(from), term.last.min(until));
            let of_term = first.iter_days().take_while(|day| *day <= last);
            days.extend(of_term.filter(|day| calendar.is_open(*day, class)));
        }
        days.sort();
        days.dedup();
        Self { days, terms }
    }

    /// Whether a day is one of them.
    pub fn has(&self, day: Date) -> bool {
        self.days.binary_search(&day).is_ok()
    }

    /// The n-th school day from a day on; the first is the day itself, or the next school day after it.
    ///
    /// `None` for `n == 0`, or past the last day counted.
    pub fn nth(&self, from: Date, n: u32) -> Option<Date> {
        let before = self.days.partition_point(|day| *day < from);
        let ahead = usize::try_from(n).ok()?.checked_sub(1)?;
        self.days.get(before + ahead).copied()
    }

    /// `n` school days after a day; for 0 the day itself, or the next school day after it.
    pub fn after(&self, day: Date, n: u32) -> Option<Date> {
        let at = if self.has(day) { n + 1 } else { n.max(1) };
        self.nth(day, at)
    }

    /// The school days from a day to another, both included.
    pub fn between(&self, from: Date, until: Date) -> &[Date] {
        let first = self.days.partition_point(|day| *day < from);
        let end = self.days.partition_point(|day| *day <= until);
        self.days.get(first..end.max(first)).unwrap_or_default()
    }

    /// The last school day up to a day.
    pub fn last_up_to(&self, day: Date) -> Option<Date> {
        let end = self.days.partition_point(|one| *one <= day);
        self.days.get(end.checked_sub(1)?).copied()
    }

    /// The last school day of a day's month; `None` in a month without any.
    pub fn last_of_month(&self, day: Date) -> Option<Date> {
        let first = day.with_day(1)?;
        let end = first.checked_add_months(chrono::Months::new(1))?.checked_sub_days(Days::new(1))?;
        self.between(first, end).last().copied()
    }

    /// The term of a day, or the one that ended last before it.
    pub fn term_up_to(&self, day: Date) -> Option<Term> {
        self.terms.iter().filter(|term| term.first <= day).max_by_key(|term| term.first).copied()
    }

    /// Which school day of its term a day is; the first is 1. `None` for a day without lessons.
    pub fn number_in_term(&self, day: Date) -> Option<u32> {
        let term = self.term_up_to(day).filter(|_| self.has(day))?;
        u32::try_from(self.between(term.first, day).len()).ok()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::calendar::{DayKind, Half, Only, Span};

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn span(from: &str, until: &str, kind: DayKind) -> Span {
        Span { from: day(from), until: day(until), kind, only: None }
    }

    fn days(calendar: &Calendar, class: Option<&Class>) -> SchoolDays {
        SchoolDays::of(calendar, class, day("2026-09-01"), day("2027-07-31"))
    }

    #[test]
    fn a_school_that_entered_nothing_has_the_usual_terms_and_the_announced_holidays() {
        let days = days(&Calendar::default(), None);
        assert!(days.has(day("2026-09-01")));
        assert!(!days.has(day("2026-09-05")), "a Saturday");
        assert!(!days.has(day("2026-10-01")), "National Day");
        assert!(days.has(day("2026-10-10")), "a Saturday worked for it");
        assert!(!days.has(day("2027-02-01")), "the winter holiday");
        assert_eq!(days.number_in_term(day("2026-09-01")), Some(1));
        assert_eq!(days.nth(day("2026-09-01"), 7), Some(day("2026-09-09")));
    }

    #[test]
    fn a_late_start_moves_the_first_day_of_the_term() {
        let late = Term { year: 2026, half: Half::First, first: day("2026-09-14"), last: day("2027-01-25") };
        let days = days(&Calendar { terms: vec![late], spans: vec![] }, None);
        assert!(!days.has(day("2026-09-01")));
        assert_eq!(days.number_in_term(day("2026-09-14")), Some(1));
        assert_eq!(days.term_up_to(day("2026-09-20")), Some(late));
        assert!(days.has(day("2027-01-22")));
    }

    #[test]
    fn a_closure_concerns_those_it_names() {
        let third = |class: &str| Class { grade: "13".to_owned(), class: Some(class.to_owned()) };
        let only = Some(Only { grade: "13".to_owned(), class: Some("1".to_owned()) });
        let snow = Span { only, ..span("2026-11-23", "2026-11-25", DayKind::Closed) };
        let calendar = Calendar { terms: vec![], spans: vec![snow] };
        assert!(!days(&calendar, Some(&third("1"))).has(day("2026-11-24")));
        assert!(days(&calendar, Some(&third("2"))).has(day("2026-11-24")));
        assert!(days(&calendar, None).has(day("2026-11-24")));
        assert!(!calendar.is_same_for_all());
    }

    #[test]
    fn a_day_made_up_is_a_school_day_unless_the_school_is_closed() {
        let made_up = span("2026-11-28", "2026-11-28", DayKind::MakeUp);
        let flood = span("2026-11-27", "2026-11-28", DayKind::Closed);
        assert!(days(&Calendar { terms: vec![], spans: vec![made_up.clone()] }, None).has(day("2026-11-28")));
        assert!(!days(&Calendar { terms: vec![], spans: vec![made_up, flood] }, None).has(day("2026-11-28")));
    }

    #[test]
    fn school_days_are_counted_across_weekends_and_holidays() {
        let days = days(&Calendar::default(), None);
        assert_eq!(days.after(day("2026-09-04"), 1), Some(day("2026-09-07")), "Friday to Monday");
        assert_eq!(days.after(day("2026-09-05"), 0), Some(day("2026-09-07")), "from a Saturday");
        assert_eq!(days.after(day("2026-09-05"), 1), Some(day("2026-09-07")), "the first school day after it");
        assert_eq!(days.after(day("2026-09-30"), 1), Some(day("2026-10-08")));
        assert_eq!(days.last_of_month(day("2026-10-15")), Some(day("2026-10-30")));
        assert_eq!(days.last_of_month(day("2027-02-01")), Some(day("2027-02-26")));
        assert_eq!(days.last_up_to(day("2026-10-06")), Some(day("2026-09-30")));
        assert_eq!(days.nth(day("2026-09-01"), 0), None);
    }
}
