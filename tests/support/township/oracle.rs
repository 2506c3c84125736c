//! What is due about a child, found by walking through the days: a second opinion that shares nothing with the clock.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, Days, Months};
use domain::Date;
use domain::clock::Duty;

use super::book::{Case, Kid, State};

/// Days off and days made up as the State Council announced them for the autumn of 2026, and the statutory days after.
const OFF: [(&str, &str); 4] = [
    ("2026-09-25", "2026-09-27"),
    ("2026-10-01", "2026-10-07"),
    ("2027-01-01", "2027-01-01"),
    ("2027-05-01", "2027-05-02"),
];
const MADE_UP: [&str; 2] = ["2026-09-20", "2026-10-10"];
const TERMS: [(&str, &str); 3] =
    [("2026-09-01", "2027-01-20"), ("2027-02-20", "2027-07-05"), ("2027-09-01", "2028-01-20")];

/// Steps from an absence to a case, furthest last.
const LADDER: [Duty; 7] =
    [Duty::Explain, Duty::Contact, Duty::Visit, Duty::Suspect, Duty::Report, Duty::Decide, Duty::Persuade];

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

/// A school's days.
#[derive(Debug, Clone, Default)]
pub struct Calendar {
    /// Days without lessons for snow or flood.
    pub closed: BTreeSet<Date>,
    /// Days taken: grade and class → day → day of entry.
    pub taken: BTreeMap<(usize, usize), BTreeMap<Date, Date>>,
}

/// The first day of the term of a day, or of the last term before it.
pub fn term_began(on: Date) -> Date {
    TERMS.iter().map(|(first, _)| day(first)).filter(|first| *first <= on).max().unwrap()
}

impl Calendar {
    /// Whether there are lessons.
    pub fn lessons(&self, on: Date) -> bool {
        let within = |(first, last): &(&str, &str)| day(first) <= on && on <= day(last);
        let made_up = MADE_UP.iter().any(|made_up| day(made_up) == on);
        let usual = made_up || (on.weekday().number_from_monday() <= 5 && !OFF.iter().any(within));
        TERMS.iter().any(within) && usual && !self.closed.contains(&on)
    }

    /// Walks on until so many days with lessons have passed; stands on one in the end.
    pub fn walk(&self, from: Date, days: u32) -> Date {
        let (mut on, mut left) = (from, days);
        while left > 0 || !self.lessons(on) {
            on = on.succ_opt().unwrap();
            if left > 0 && self.lessons(on) {
                left -= 1;
            }
        }
        on
    }

    /// The n-th day with lessons from a day on.
    pub fn nth(&self, from: Date, n: u32) -> Date {
        self.walk(self.walk(from, 0), n - 1)
    }

    /// The child's days of this term, as the roll has them: missed without a reason or not, and the day of entry.
    fn roll(&self, kid: &Kid, today: Date) -> Vec<(Date, bool, Date)> {
        let taken = self.taken.get(&(kid.grade_on(today), kid.class)).into_iter().flatten();
        let mut days: BTreeMap<Date, (bool, Date)> = taken.map(|(on, entered)| (*on, (false, *entered))).collect();
        days.extend(kid.missed.iter().map(|(on, (kind, entered))| (*on, (*kind == "unexplained", *entered))));
        let counts = |on: &Date| *on >= term_began(today) && *on <= today && self.lessons(*on);
        days.into_iter().filter(|(on, _)| counts(on)).map(|(on, (missed, entered))| (on, missed, entered)).collect()
    }

    /// The newest stretch of unexcused days that no case answers for, and the day on which the child was seen again.
    pub fn stretch(&self, kid: &Kid, today: Date) -> (Vec<(Date, Date)>, Option<(Date, Date)>) {
        let answered = |on: Date| {
            let cases = kid.cases.iter().filter(|case| case.cleared.is_none());
            let until = |case: &Case| case.returned.or(case.closed);
            cases.into_iter().any(|case| case.left <= on && until(case).is_none_or(|until| on < until))
        };
        let (mut row, mut seen) = (Vec::new(), None);
        for (on, missed, entered) in self.roll(kid, today).into_iter().filter(|(on, ..)| !answered(*on)) {
            if !missed {
                seen = seen.or((!row.is_empty()).then_some((on, entered)));
                continue;
            }
            if seen.take().is_some() {
                row.clear();
            }
            row.push((on, entered));
        }
        (row, seen)
    }

    fn of_absence(&self, kid: &Kid, today: Date) -> Vec<(Duty, Date)> {
        let (row, seen) = self.stretch(kid, today);
        let Some((began, entered)) = row.first().copied() else { return vec![] };
        let visited = kid.visits.iter().any(|on| *on >= began && *on <= today);
        if let Some((seen, known)) = seen {
            let known = row.iter().map(|(_, entered)| *entered).chain([seen, known]).max().unwrap();
            return if row.len() >= 3 && !visited { vec![(Duty::Explain, self.walk(known, 0))] } else { vec![] };
        }
        let from = began.max(entered);
        let mut due = Vec::new();
        if !visited {
            due.extend([(Duty::Contact, self.walk(from, 0)), (Duty::Visit, self.walk(from, 1))]);
        }
        for (duty, days) in [(Duty::Suspect, 3), (Duty::Report, 5), (Duty::Decide, 10)] {
            if let Some(reached) = row.get(..days) {
                let known = reached.iter().map(|(on, entered)| *on.max(entered)).max().unwrap();
                due.push((duty, self.walk(known, 0)));
            }
        }
        due
    }

    fn of_case(&self, case: &Case) -> Vec<(Duty, Date)> {
        if case.cleared.or(case.closed).is_some() {
            return vec![];
        }
        if let Some(returned) = case.returned {
            return vec![(Duty::Close, returned + Days::new(30))];
        }
        let began = self.walk(case.left, 0);
        let report = if began == self.walk(term_began(began), 0) { 7 } else { 5 };
        let mut due = Vec::new();
        if case.reported.is_none() {
            due.push((Duty::Report, self.walk(self.nth(began, report).max(case.found), 0)));
        }
        match case.confirmed {
            None => due.push((Duty::Decide, self.walk(self.nth(began, 10).max(case.found), 0))),
            Some(confirmed) => {
                let gap = if case.attempts.len() < 3 { 7 } else { 30 };
                due.push((Duty::Persuade, case.attempts.last().copied().unwrap_or(confirmed) + Days::new(gap)));
            }
        }
        due
    }

    /// Everything due about a child, one line each for its absence, its many absences, its case, its papers.
    pub fn due(&self, kid: &Kid, today: Date) -> BTreeSet<(Duty, Date)> {
        let mut due = BTreeSet::new();
        if matches!(kid.state, State::Here | State::Suspected | State::Back) {
            due.extend(pressing(self.of_absence(kid, today), today));
            let missed: Vec<(Date, Date)> =
                self.roll(kid, today).into_iter().filter(|day| day.1).map(|(on, _, entered)| (on, entered)).collect();
            if let Some(reached) = missed.get(..10) {
                let known = reached.iter().map(|(on, entered)| *on.max(entered)).max().unwrap();
                due.insert((Duty::TermAlarm, self.walk(known, 0)));
            }
        }
        due.extend(kid.cases.iter().filter_map(|case| pressing(self.of_case(case), today)));
        due.extend(kid.suspended.map(|from| (Duty::SuspensionEnds, from + Months::new(12))));
        due
    }
}

/// The furthest step whose day has come; else the nearest.
fn pressing(due: Vec<(Duty, Date)>, today: Date) -> Option<(Duty, Date)> {
    let rung = |duty: Duty| LADDER.iter().position(|one| *one == duty);
    let come = due.iter().filter(|(_, on)| *on <= today).max_by_key(|(duty, on)| (rung(*duty), *on));
    come.or_else(|| due.iter().min_by_key(|(duty, on)| (*on, rung(*duty)))).copied()
}
