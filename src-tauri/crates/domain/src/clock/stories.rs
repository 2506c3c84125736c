//! The clock in the cases people talk about.

use std::collections::BTreeSet;

use super::absence::{self, Attendance, Mark, RollDay, most_pressing};
use super::{Basis, Due, Duty, Presence, State, Ticks, deadline, recurring};
use crate::Date;
use crate::calendar::{Calendar, DayKind, SchoolDays, Span};
use crate::settings::{Key, Settings};

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

/// A school of usual terms, written to on some days.
struct School {
    settings: Settings,
    calendar: Calendar,
    written: Vec<&'static str>,
}

fn school() -> School {
    School { settings: Settings::default(), calendar: Calendar::default(), written: vec![] }
}

impl School {
    fn with(mut self, key: Key, value: &str) -> Self {
        self.settings = self.settings.with(key, value).unwrap();
        self
    }

    fn closed(mut self, from: &str, until: &str) -> Self {
        self.calendar.spans.push(Span { from: day(from), until: day(until), kind: DayKind::Closed, only: None });
        self
    }

    fn written(mut self, days: &[&'static str]) -> Self {
        self.written = days.to_vec();
        self
    }

    fn ask<T>(&self, today: &str, ask: impl FnOnce(&Ticks<'_>) -> T) -> T {
        let days = SchoolDays::of(&self.calendar, None, day("2025-09-01"), day("2028-07-31"));
        let presence = Presence { written: self.written.iter().map(|on| day(on)).collect() };
        ask(&Ticks { today: day(today), days: &days, settings: &self.settings, presence: &presence })
    }

    fn absence(&self, today: &str, attendance: &Attendance) -> Vec<Due> {
        self.ask(today, |ticks| absence::due(attendance, ticks))
    }
}

/// Days and marks, each entered on its own day or on the one given.
fn roll(days: &[(&str, Mark)], entered: Option<&str>) -> Attendance {
    let one = |(on, mark): &(&str, Mark)| RollDay { on: day(on), mark: *mark, entered_on: day(entered.unwrap_or(on)) };
    Attendance { roll: days.iter().map(one).collect(), ..Attendance::default() }
}

fn missing(days: &[&str]) -> Vec<(&'static str, Mark)> {
    days.iter().map(|on| (Box::leak((*on).to_owned().into_boxed_str()) as &str, Mark::Unexcused)).collect()
}

fn shown(dues: &[Due]) -> Vec<(Duty, String, State)> {
    dues.iter().map(|due| (due.duty, due.due_on.to_string(), due.state)).collect()
}

#[test]
fn the_first_day_missed_asks_for_a_call_today_and_a_visit_tomorrow() {
    let told = school().absence("2026-09-16", &roll(&[("2026-09-16", Mark::Unexcused)], None));
    assert_eq!(
        shown(&told),
        [(Duty::Contact, "2026-09-16".to_owned(), State::Today), (Duty::Visit, "2026-09-17".to_owned(), State::Coming),]
    );
    assert_eq!(told[0].setting, Some(Key::ContactDays));
    assert_eq!(told[1].from, day("2026-09-16"));
}

#[test]
fn what_was_done_is_asked_no_more() {
    let absent = roll(&[("2026-09-16", Mark::Unexcused)], None);
    let called = Attendance { contacts: vec![day("2026-09-16")], ..absent.clone() };
    assert_eq!(school().absence("2026-09-17", &called).len(), 1, "the visit is still to be made");
    let visited = Attendance { visits: vec![day("2026-09-17")], ..absent };
    assert_eq!(school().absence("2026-09-17", &visited), vec![], "who visited has spoken to the family");
}

#[test]
fn leave_starts_nothing_and_a_day_at_school_ends_it() {
    assert_eq!(school().absence("2026-09-18", &roll(&[("2026-09-16", Mark::Excused)], None)), vec![]);
    let back = [("2026-09-16", Mark::Unexcused), ("2026-09-17", Mark::Present)];
    assert_eq!(school().absence("2026-09-18", &roll(&back, None)), vec![]);
}

#[test]
fn days_nobody_took_neither_count_nor_break_the_row() {
    let days = missing(&["2026-09-14", "2026-09-15", "2026-09-18"]);
    let told = school().absence("2026-09-18", &roll(&days, None));
    assert!(told.iter().any(|due| due.duty == Duty::Suspect && due.due_on == day("2026-09-18")));
}

#[test]
fn closures_never_start_the_clock() {
    let days = missing(&["2026-11-23", "2026-11-24", "2026-11-25"]);
    let snow = school().closed("2026-11-23", "2026-11-25");
    assert_eq!(snow.absence("2026-11-26", &roll(&days, None)), vec![]);
    assert_eq!(school().absence("2026-11-26", &roll(&days, None)).len(), 3);
}

#[test]
fn a_stretch_passes_over_the_weekend_and_the_holiday() {
    let days = missing(&["2026-09-29", "2026-09-30", "2026-10-08"]);
    let told = school().absence("2026-10-08", &roll(&days, None));
    assert!(told.iter().any(|due| due.duty == Duty::Suspect && due.due_on == day("2026-10-08")));
}

#[test]
fn a_months_paper_roll_entered_at_its_end_is_not_late() {
    let days = [missing(&["2026-09-08"]), vec![("2026-09-09", Mark::Present)], missing(&["2026-09-29", "2026-09-30"])];
    let told = school().absence("2026-09-30", &roll(&days.concat(), Some("2026-09-30")));
    assert!(told.iter().all(|due| due.state != State::Overdue), "{told:?}");
    assert_eq!(
        shown(&told),
        [(Duty::Contact, "2026-09-30".to_owned(), State::Today), (Duty::Visit, "2026-10-08".to_owned(), State::Coming),]
    );
    assert!(told.iter().all(|due| due.basis == Basis::Entered));
}

#[test]
fn a_child_back_after_many_days_asks_for_an_explanation_and_nothing_else() {
    let days = [missing(&["2026-09-14", "2026-09-15", "2026-09-16"]), vec![("2026-09-17", Mark::Present)]].concat();
    let told = school().absence("2026-09-18", &roll(&days, None));
    assert_eq!(told.iter().map(|due| due.duty).collect::<Vec<_>>(), [Duty::Explain]);
    let asked = Attendance { contacts: vec![day("2026-09-15")], ..roll(&days, None) };
    assert_eq!(school().absence("2026-09-18", &asked), vec![]);
    assert_eq!(school().absence("2027-03-02", &roll(&days, None)), vec![], "the next term asks no more");
}

#[test]
fn a_child_takes_one_line_however_many_steps_were_reached() {
    let days = missing(&["2026-09-07", "2026-09-08", "2026-09-09", "2026-09-10", "2026-09-11"]);
    let told = school().absence("2026-09-14", &roll(&days, None));
    assert_eq!(told.len(), 4);
    assert_eq!(most_pressing(&told).unwrap().duty, Duty::Report);
    assert_eq!(most_pressing(&[]), None);
}

#[test]
fn two_months_away_leave_things_to_catch_up_and_nothing_overdue() {
    let days = roll(&missing(&["2026-09-07", "2026-09-08", "2026-09-09"]), None);
    let away = school().written(&["2026-09-07", "2026-09-08"]);
    let told = away.absence("2026-11-16", &days);
    assert!(
        told.iter().filter(|due| due.due_on > day("2026-09-08")).all(|due| due.state == State::CatchUp),
        "{told:?}"
    );
    assert_eq!(told.last().unwrap().catch_up_until, Some(day("2026-11-19")));
    let back = school().written(&["2026-09-07", "2026-09-08", "2026-11-16"]);
    assert_eq!(back.absence("2026-11-19", &days).last().unwrap().state, State::CatchUp);
    assert_eq!(back.absence("2026-11-20", &days).last().unwrap().state, State::Overdue);
}

#[test]
fn who_was_there_all_along_is_late() {
    let days = roll(&missing(&["2026-09-07", "2026-09-08", "2026-09-09"]), None);
    let there = school().written(&["2026-09-07", "2026-09-08", "2026-09-09", "2026-09-10", "2026-09-11"]);
    assert!(there.absence("2026-09-14", &days).iter().all(|due| due.state == State::Overdue));
}

#[test]
fn each_threshold_of_absence_works_at_both_its_ends() {
    let days = missing(&[
        "2026-09-01",
        "2026-09-02",
        "2026-09-03",
        "2026-09-04",
        "2026-09-07",
        "2026-09-08",
        "2026-09-09",
        "2026-09-10",
        "2026-09-11",
        "2026-09-14",
        "2026-09-15",
        "2026-09-16",
        "2026-09-17",
        "2026-09-18",
        "2026-09-20",
        "2026-09-21",
        "2026-09-22",
        "2026-09-23",
        "2026-09-24",
        "2026-09-28",
    ]);
    let due_on = |key: Key, value: &str, duty: Duty| {
        let told = school().with(key, value).absence("2026-09-28", &roll(&days, None));
        told.into_iter().find(|due| due.duty == duty).map(|due| due.due_on.to_string())
    };
    for (key, duty, low, high) in [
        (Key::ContactDays, Duty::Contact, ("0", "2026-09-01"), ("1", "2026-09-02")),
        (Key::VisitDays, Duty::Visit, ("0", "2026-09-01"), ("2", "2026-09-03")),
        (Key::SuspectedDays, Duty::Suspect, ("1", "2026-09-01"), ("5", "2026-09-07")),
        (Key::ReportDays, Duty::Report, ("3", "2026-09-03"), ("10", "2026-09-14")),
        (Key::ConfirmDays, Duty::Decide, ("5", "2026-09-07"), ("20", "2026-09-28")),
    ] {
        assert_eq!(due_on(key, low.0, duty).as_deref(), Some(low.1), "{key}");
        assert_eq!(due_on(key, high.0, duty).as_deref(), Some(high.1), "{key}");
    }
}

#[test]
fn a_class_is_checked_on_three_days_and_a_later_check_stands_for_an_earlier_one() {
    let dues = |today: &str, made: &[&str]| {
        let made: BTreeSet<Date> = made.iter().map(|on| day(on)).collect();
        school().ask(today, |ticks| shown(&recurring::return_checks(&made, ticks)))
    };
    let days: Vec<String> = dues("2026-09-01", &[]).into_iter().map(|(_, on, _)| on).collect();
    assert_eq!(days, ["2026-09-01", "2026-09-03", "2026-09-09"]);
    assert_eq!(dues("2026-09-03", &["2026-09-01"]).len(), 2);
    assert_eq!(dues("2026-09-09", &["2026-09-10"]), []);
    assert_eq!(dues("2027-02-22", &["2026-09-10"]).len(), 3, "the next term begins anew");
}

#[test]
fn the_list_of_those_not_back_is_closed_on_the_tenth_school_day() {
    let due = school().ask("2026-09-02", |ticks| recurring::list_closing(None, ticks)).unwrap();
    assert_eq!(due.due_on, day("2026-09-14"));
    assert_eq!(school().ask("2026-09-20", |ticks| recurring::list_closing(Some(day("2026-09-14")), ticks)), None);
}

#[test]
fn a_monthly_report_is_due_on_the_last_school_day_or_on_a_day_of_the_next_month() {
    let on = |value: &str, month: &str| {
        school().with(Key::MonthDue, value).ask("2026-12-01", |ticks| recurring::month_report_day(day(month), ticks))
    };
    assert_eq!(on("0", "2026-10-01"), Some(day("2026-10-30")));
    assert_eq!(on("5", "2026-10-01"), Some(day("2026-11-05")));
    assert_eq!(on("5", "2026-12-01"), Some(day("2027-01-05")));
    assert_eq!(on("0", "2026-08-01"), None, "no lessons, no report");
}

#[test]
fn a_month_without_cases_is_reported_as_zero_unless_the_county_says_otherwise() {
    let sealed = BTreeSet::from([day("2026-09-01")]);
    let due = |zero: &str, cases: bool| {
        let school = school().with(Key::ZeroReport, zero);
        school.ask("2026-11-02", |ticks| recurring::month_reports(&sealed, |_| cases, ticks)).len()
    };
    assert_eq!(due("on", false), 2);
    assert_eq!(due("off", false), 0);
    assert_eq!(due("off", true), 2);
}

#[test]
fn the_census_has_its_day_in_each_term() {
    let on = |key: Key, value: &str, today: &str| {
        school().with(key, value).ask(today, |ticks| recurring::census(&BTreeSet::new(), ticks)).map(|due| due.due_on)
    };
    assert_eq!(on(Key::CensusAutumn, "09-10", "2026-09-02"), Some(day("2026-09-10")));
    assert_eq!(on(Key::CensusAutumn, "09-25", "2026-09-02"), Some(day("2026-09-25")));
    assert_eq!(on(Key::CensusSpring, "03-20", "2027-03-02"), Some(day("2027-03-20")));
    let sealed = BTreeSet::from([day("2026-09-20")]);
    assert_eq!(school().ask("2026-10-02", |ticks| recurring::census(&sealed, ticks)), None);
}

#[test]
fn untaken_days_are_one_line_and_not_late_before_the_months_report() {
    let taken = BTreeSet::from([day("2026-09-01"), day("2026-09-02")]);
    let (due, days) = school().ask("2026-09-30", |ticks| recurring::roll(&taken, day("2026-09-01"), ticks)).unwrap();
    assert_eq!((due.due_on, due.state, days), (day("2026-09-30"), State::Today, 20));
    let later = school().ask("2026-09-30", |ticks| recurring::roll(&taken, day("2026-09-29"), ticks)).unwrap();
    assert_eq!(later.1, 2, "a ledger begun in the middle of a term asks for no day before it");
}

#[test]
fn papers_under_way_have_their_deadlines() {
    let transfer = school().ask("2026-09-01", |ticks| deadline::transfer(day("2026-09-01"), ticks)).unwrap();
    assert_eq!((transfer.value, transfer.due_on), (40, day("2026-11-02")));
    let ends = |until: Option<&str>| {
        school().ask("2026-09-01", |ticks| deadline::suspension(day("2026-03-01"), until.map(day), ticks)).unwrap()
    };
    assert_eq!(ends(None).due_on, day("2027-03-01"));
    assert_eq!(ends(Some("2026-08-31")).due_on, day("2026-08-31"));
    let met =
        school().ask("2026-09-10", |ticks| deadline::agreed(Duty::Agreed, day("2026-09-01"), day("2026-09-09"), ticks));
    assert_eq!((met.setting, met.due_on), (None, day("2026-09-09")));
}

#[test]
fn days_that_a_case_answers_for_start_nothing_until_the_child_was_back() {
    let days = missing(&["2026-09-07", "2026-09-08", "2026-09-09", "2026-10-12"]);
    let settled = Attendance { settled: vec![(day("2026-09-07"), None)], ..roll(&days, None) };
    assert_eq!(school().absence("2026-10-12", &settled), vec![]);
    let back = Attendance { settled: vec![(day("2026-09-07"), Some(day("2026-09-21")))], ..roll(&days, None) };
    let told = school().absence("2026-10-12", &back);
    assert_eq!(told.iter().map(|due| due.duty).collect::<Vec<_>>(), [Duty::Contact, Duty::Visit], "a first day again");
}
