//! The clock against a second opinion that walks the calendar day by day and shares nothing with it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, Days};
use proptest::prelude::*;

use super::absence::{self, Attendance, Mark, RollDay};
use super::case::{self, CaseFacts};
use super::{Basis, Duty, Presence, State, Ticks};
use crate::Date;
use crate::calendar::{Calendar, DayKind, Half, SchoolDays, Span, Term};
use crate::case::Status;
use crate::settings::{Key, Settings};

fn first() -> Date {
    Date::from_ymd_opt(2027, 3, 1).unwrap()
}

fn plus(days: u64) -> Date {
    first().checked_add_days(Days::new(days)).unwrap()
}

/// A made-up school: a term of sixty days without public holidays, some of them closed.
#[derive(Debug, Clone)]
struct World {
    closed: BTreeSet<Date>,
    /// Day of the term → mark and days until it was entered; a day without lessons may carry one by mistake.
    roll: BTreeMap<u64, (Mark, u64)>,
    contacts: BTreeSet<Date>,
    visits: BTreeSet<Date>,
    written: BTreeSet<Date>,
    thresholds: BTreeMap<Key, u32>,
    today: Date,
}

const TERM_DAYS: u64 = 60;

fn world() -> impl Strategy<Value = World> {
    let days = |most: usize| {
        proptest::collection::btree_set(0..TERM_DAYS, 0..most)
            .prop_map(|days| days.into_iter().map(plus).collect::<BTreeSet<Date>>())
    };
    // Absent more often than not: short stretches teach the thresholds nothing.
    let mark = prop_oneof![1 => Just(Mark::Present), 1 => Just(Mark::Excused), 8 => Just(Mark::Unexcused)];
    let roll =
        proptest::collection::btree_map(0..TERM_DAYS, (mark, prop_oneof![3 => Just(0u64), 1 => 0..20u64]), 0..50);
    let thresholds = (0..=1u32, 0..=2u32, 1..=5u32, 3..=10u32, 5..=20u32, 2..=20u32, 1..=10u32, 3..=40u32);
    (days(12), roll, days(2), days(2), days(30), thresholds, 0..TERM_DAYS + 20).prop_map(
        |(closed, roll, contacts, visits, written, t, today)| {
            let keys = [
                (Key::ContactDays, t.0),
                (Key::VisitDays, t.1),
                (Key::SuspectedDays, t.2),
                (Key::ReportDays, t.3),
                (Key::ConfirmDays, t.4),
                (Key::AwayDays, t.5),
                (Key::CatchUpDays, t.6),
                (Key::TermAlarmDays, t.7),
            ];
            let known = |at: &u64, entry: &mut (Mark, u64)| at + entry.1 <= today;
            let mut roll: BTreeMap<u64, (Mark, u64)> = roll;
            roll.retain(known);
            World { closed, roll, contacts, visits, written, thresholds: keys.into(), today: plus(today) }
        },
    )
}

impl World {
    fn settings(&self) -> Settings {
        let chosen = self.thresholds.iter();
        chosen.fold(Settings::default(), |all, (key, value)| all.with(*key, &value.to_string()).unwrap())
    }

    fn school_days(&self) -> SchoolDays {
        let term = Term { year: 2026, half: Half::Second, first: first(), last: plus(TERM_DAYS + 60) };
        let closed = |day: &Date| Span { from: *day, until: *day, kind: DayKind::Closed, only: None };
        let calendar = Calendar { terms: vec![term], spans: self.closed.iter().map(closed).collect() };
        SchoolDays::of(&calendar, None, first(), plus(TERM_DAYS + 60))
    }

    fn attendance(&self) -> Attendance {
        let day = |(at, (mark, lag)): (&u64, &(Mark, u64))| RollDay {
            on: plus(*at),
            mark: *mark,
            entered_on: plus(at + lag),
        };
        Attendance {
            roll: self.roll.iter().map(day).collect(),
            contacts: self.contacts.iter().copied().collect(),
            visits: self.visits.iter().copied().collect(),
            settled: vec![],
        }
    }

    fn with_ticks<T>(&self, ask: impl FnOnce(&Ticks<'_>) -> T) -> T {
        let (days, settings) = (self.school_days(), self.settings());
        let presence = Presence { written: self.written.clone() };
        ask(&Ticks { today: self.today, days: &days, settings: &settings, presence: &presence })
    }

    // ── The second opinion ──

    fn lessons(&self, day: Date) -> bool {
        let fixed = [(5, 1), (5, 2), (10, 1)].contains(&(day.month(), day.day()));
        day.weekday().number_from_monday() <= 5 && !self.closed.contains(&day) && !fixed
    }

    /// Walks on from a day until `n` days with lessons have passed; stands on one in the end.
    fn walk(&self, from: Date, n: u32) -> Date {
        let mut day = from;
        let mut left = n;
        while left > 0 || !self.lessons(day) {
            day = day.succ_opt().unwrap();
            if self.lessons(day) && left > 0 {
                left -= 1;
            }
        }
        day
    }

    fn value(&self, key: Key) -> u32 {
        self.thresholds[&key]
    }

    /// The unexcused days in a row up to today with their days of entry, and whether the row has ended.
    fn row(&self) -> (Vec<(Date, Date)>, bool) {
        let (mut row, mut ended) = (Vec::new(), false);
        for (at, (mark, lag)) in &self.roll {
            let (on, entered) = (plus(*at), plus(at + lag));
            if on > self.today || !self.lessons(on) {
                continue;
            }
            if *mark != Mark::Unexcused {
                ended = true;
                continue;
            }
            if ended {
                row.clear();
                ended = false;
            }
            row.push((on, entered));
        }
        (row, ended)
    }

    fn expected(&self) -> BTreeMap<Duty, Date> {
        let (row, ended) = self.row();
        let Some((began, entered)) = row.first().copied() else { return BTreeMap::new() };
        if ended {
            return BTreeMap::new();
        }
        let done = |days: &BTreeSet<Date>| days.iter().any(|day| *day >= began && *day <= self.today);
        let mut due = BTreeMap::new();
        let visited = done(&self.visits);
        if !visited && !done(&self.contacts) {
            due.insert(Duty::Contact, self.walk(began.max(entered), self.value(Key::ContactDays)));
        }
        if !visited {
            due.insert(Duty::Visit, self.walk(began.max(entered), self.value(Key::VisitDays)));
        }
        for (duty, key) in
            [(Duty::Suspect, Key::SuspectedDays), (Duty::Report, Key::ReportDays), (Duty::Decide, Key::ConfirmDays)]
        {
            let n = self.value(key) as usize;
            if row.len() >= n {
                let known = row[..n].iter().map(|(on, entered)| (*on).max(*entered)).max().unwrap();
                due.insert(duty, self.walk(known, 0));
            }
        }
        due
    }

    fn expected_state(&self, due_on: Date) -> State {
        if self.today < due_on {
            return State::Coming;
        }
        if self.today == due_on {
            return State::Today;
        }
        let mut back = due_on;
        while back < self.today && !self.written.contains(&back) {
            back = back.succ_opt().unwrap();
        }
        let before = self.written.iter().filter(|day| **day < due_on).max();
        let mut silent = 0;
        let mut day = before.copied().unwrap_or(due_on);
        while day < back {
            day = day.succ_opt().unwrap();
            silent += u32::from(day < back && self.lessons(day));
        }
        let away = back > due_on && (before.is_none() || silent > self.value(Key::AwayDays));
        match away && self.today <= self.walk(back, self.value(Key::CatchUpDays)) {
            true => State::CatchUp,
            false => State::Overdue,
        }
    }
}

fn out_of_school() -> impl Strategy<Value = (Status, u64, u64, u32)> {
    let status = prop_oneof![
        Just(Status::Suspected),
        Just(Status::Verifying),
        Just(Status::Confirmed),
        Just(Status::Persuading)
    ];
    (status, 0..30u64, 0..30u64, 0..5u32)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever was typed, closed or left out: every due date of an absence is the one that a walk through the days gives.
    #[test]
    fn every_due_date_of_an_absence_is_found_by_walking_through_the_days(world in world()) {
        let told = world.with_ticks(|ticks| absence::due(&world.attendance(), ticks));
        let told: BTreeMap<Duty, Date> =
            told.into_iter().filter(|due| due.duty != Duty::Explain).map(|due| (due.duty, due.due_on)).collect();
        prop_assert_eq!(told, world.expected());
    }

    /// What fell due while nobody was there can be caught up; what people left lying is overdue.
    #[test]
    fn overdue_is_only_what_somebody_could_have_done(world in world()) {
        for due in world.with_ticks(|ticks| absence::due(&world.attendance(), ticks)) {
            prop_assert_eq!(due.state, world.expected_state(due.due_on), "{:?}", due);
        }
    }

    /// A due date never lies before the ledger knew of the day it is counted from.
    #[test]
    fn nothing_is_due_before_it_could_be_known(world in world()) {
        for due in world.with_ticks(|ticks| absence::due(&world.attendance(), ticks)) {
            prop_assert!(due.due_on >= due.from);
            let entered_late = world.attendance().roll.iter().any(|day| day.entered_on > day.on);
            prop_assert!(entered_late || due.basis == Basis::Happened);
        }
    }

    /// Report and decision of a case fall on the set school day of absence; a child who never came has the term's day.
    #[test]
    fn every_due_date_of_a_case_is_found_by_walking_through_the_days(
        world in world(), (status, left, found, attempts) in out_of_school()
    ) {
        let (left_on, found_on) = (plus(left), plus(left + found));
        let last_attempt = (attempts > 0).then(|| plus(left + found + u64::from(attempts)));
        let facts = CaseFacts {
            status, left_on, found_on, attempts, last_attempt,
            confirmed_on: None, reported_on: None, returned_on: None,
        };
        let told = world.with_ticks(|ticks| case::due(&facts, ticks));
        let told: BTreeMap<Duty, Date> = told.into_iter().map(|due| (due.duty, due.due_on)).collect();
        let mut expected = BTreeMap::new();
        let nth = |n: u32| world.walk(world.walk(left_on, 0), n - 1);
        let term_began = world.walk(first(), 0);
        let report_day = if world.walk(left_on, 0) == term_began { 7 } else { world.value(Key::ReportDays) };
        expected.insert(Duty::Report, world.walk(nth(report_day).max(found_on), 0));
        if matches!(status, Status::Suspected | Status::Verifying) {
            expected.insert(Duty::Decide, world.walk(nth(world.value(Key::ConfirmDays)).max(found_on), 0));
        } else {
            let gap = if attempts < 3 { 7 } else { 30 };
            expected.insert(Duty::Persuade, last_attempt.unwrap_or(found_on) + Days::new(gap));
        }
        prop_assert_eq!(told, expected);
    }

    /// The reminder of many missed days comes on the day that reached the number, consecutive or not.
    #[test]
    fn the_alarm_of_a_term_comes_with_the_day_that_reached_the_number(world in world()) {
        let told = world.with_ticks(|ticks| absence::term_alarm(&world.attendance(), ticks)).map(|due| due.due_on);
        let mut missed = 0;
        let mut known = first();
        let mut expected = None;
        for (at, (mark, lag)) in &world.roll {
            let on = plus(*at);
            if on > world.today || !world.lessons(on) || *mark != Mark::Unexcused {
                continue;
            }
            missed += 1;
            known = known.max(plus(at + lag));
            if missed == world.value(Key::TermAlarmDays) {
                expected = Some(world.walk(known, 0));
            }
        }
        prop_assert_eq!(told, expected);
    }
}
