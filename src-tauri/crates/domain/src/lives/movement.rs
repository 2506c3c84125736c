//! Who came and who went between two days, and why (domain.md §1.10, §4): the flows of the balance line, each with its child.
//!
//! A reason is taken from what was registered: a case, a change on the roll, the seat's own state, entry into a first
//! grade, a seat at another school of the same ledger. What nobody registered has no flow. Then the line does not
//! balance, and the child's name is what there is to look into.

use std::collections::BTreeSet;

use chrono::{Datelike, Days};

use super::{Change, Life, RollState, Standing};
use crate::balance::Flow;
use crate::{Date, Id};

/// One child that came or went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Movement {
    /// The child.
    pub student: Id,
    /// The first day it shows.
    pub on: Date,
    /// Why; `None` when nothing was registered.
    pub flow: Option<Flow>,
    /// Whether the child came or went.
    pub side: Side,
    /// The school.
    pub school: Option<Id>,
    /// Code of the grade.
    pub grade: Option<String>,
    /// The class within the grade.
    pub class: Option<String>,
}

/// Which side of the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// One more.
    Came,
    /// One less.
    Went,
}

/// The movements of a child from a day on (excluded) to another (included), by day.
pub fn between(life: &Life, after: Date, until: Date) -> Vec<Movement> {
    let mut moved = Vec::new();
    let mut before = life.standing(after);
    for on in turns(life, after, until) {
        let now = life.standing(on);
        moved.extend(step(life, on, before, now));
        before = now;
    }
    moved
}

/// The days on which something begins or ends.
fn turns(life: &Life, after: Date, until: Date) -> BTreeSet<Date> {
    let seats = life.seats.iter().flat_map(|seat| [seat.from, seat.until]);
    let changes = life.changes.iter().map(|change| change.on);
    let cases = life.cases.iter().flat_map(|(_, case)| [case.out_from(), case.returned_on, case.closed_on]);
    seats.chain(changes).chain(cases).flatten().filter(|day| *day > after && *day <= until).collect()
}

fn step(life: &Life, on: Date, before: Standing<'_>, now: Standing<'_>) -> Vec<Movement> {
    let (was, is) = (before.at_school, now.at_school);
    let same_school = before.school() == now.school();
    if was && is && same_school {
        return within(life, on, before, now);
    }
    let went = was.then(|| movement(life, on, before, Side::Went, why_went(life, on, before, now)));
    let came = is.then(|| movement(life, on, now, Side::Came, why_came(life, on, before, now)));
    went.into_iter().chain(came).collect()
}

fn movement(life: &Life, on: Date, at: Standing<'_>, side: Side, flow: Option<Flow>) -> Movement {
    let (grade, class) = (at.grade().map(str::to_owned), at.class().map(str::to_owned));
    Movement { student: life.student, on, flow, side, school: at.school(), grade, class }
}

/// Moves within a school: to the next grade, over one, to another class.
fn within(life: &Life, on: Date, before: Standing<'_>, now: Standing<'_>) -> Vec<Movement> {
    let (out, into) = match (before.grade(), now.grade()) {
        (from, to) if from == to => match before.class() == now.class() {
            true => return vec![],
            false => (Flow::ClassOut, Flow::ClassIn),
        },
        (Some(from), Some(to)) => match (year_of(from), year_of(to)) {
            (Some(from), Some(to)) if to == from + 1 => (Flow::PromotedOut, Flow::PromotedIn),
            (Some(from), Some(to)) if to > from => (Flow::SkippedOut, Flow::SkippedIn),
            _ => (Flow::OtherOut, Flow::OtherIn),
        },
        _ => (Flow::OtherOut, Flow::OtherIn),
    };
    vec![movement(life, on, before, Side::Went, Some(out)), movement(life, on, now, Side::Came, Some(into))]
}

/// 1 to 9 for a grade of compulsory schooling.
fn year_of(grade: &str) -> Option<u32> {
    let mut digits = grade.chars();
    match (digits.next()?, digits.next()?.to_digit(10)?) {
        ('1', year) => Some(year),
        ('2', year) => Some(year + 6),
        _ => None,
    }
}

fn why_went(life: &Life, on: Date, before: Standing<'_>, now: Standing<'_>) -> Option<Flow> {
    if life.cases.iter().any(|(_, case)| case.out_from() == Some(on)) {
        return Some(Flow::DroppedOut);
    }
    let ended = before.seat.filter(|seat| seat.until == Some(on)).map(|seat| seat.state);
    let state = match registered(life, on).and_then(Change::leads_to) {
        Some(state) => state,
        None if now.seat.is_some() && now.school() == before.school() => now.state,
        None => ended.filter(|state| *state != RollState::AtSchool).unwrap_or(now.state),
    };
    match state {
        RollState::Suspended => Some(Flow::Suspended),
        RollState::MovedOut => Some(Flow::MovedOut),
        RollState::Graduated => Some(Flow::Graduated),
        RollState::Died => Some(Flow::Died),
        RollState::DroppedOut => Some(Flow::DroppedOut),
        RollState::Abroad
        | RollState::Missing
        | RollState::Deferred
        | RollState::TaughtAtHome
        | RollState::OtherLeft => Some(Flow::OtherOut),
        RollState::AtSchool => went_elsewhere(on, before, now),
    }
}

/// A seat that ended without a word: at another school of this ledger now, through with school, or a guest gone home.
fn went_elsewhere(on: Date, before: Standing<'_>, now: Standing<'_>) -> Option<Flow> {
    if before.seat.is_some_and(|seat| seat.kind == "guest") {
        return Some(Flow::OtherOut);
    }
    let last_grade = matches!(before.grade(), Some("16" | "23")) && (6..=9).contains(&on.month());
    match now.at_school {
        _ if last_grade => Some(Flow::Graduated),
        true => Some(Flow::MovedOut),
        false => None,
    }
}

fn why_came(life: &Life, on: Date, before: Standing<'_>, now: Standing<'_>) -> Option<Flow> {
    let returned = life.cases.iter().any(|(_, case)| case.returned_on == Some(on) && case.was_confirmed());
    let change = registered(life, on).map(|change| change.kind.as_str());
    match change {
        _ if returned => return Some(Flow::Returned),
        Some("resume" | "resume_home" | "entry_regained") => return Some(Flow::Returned),
        Some("transfer_in" | "transfer") => return Some(Flow::MovedIn),
        _ => {}
    }
    let same_school = before.seat.is_some() && before.school() == now.school();
    let kind = now.seat.map(|seat| seat.kind.as_str());
    match before.state {
        RollState::Suspended | RollState::DroppedOut | RollState::Missing if same_school => Some(Flow::Returned),
        _ if same_school => Some(Flow::OtherIn),
        _ if enters(on, now) => Some(Flow::Admitted),
        _ if before.at_school => Some(Flow::MovedIn),
        _ if kind == Some("unregistered") => Some(Flow::Registered),
        _ if kind == Some("guest") => Some(Flow::OtherIn),
        _ => None,
    }
}

/// Into a first grade at the beginning of a school year, or in the month that the seat names as that of entry.
fn enters(on: Date, now: Standing<'_>) -> bool {
    let first_grade = matches!(now.grade(), Some("11" | "21"));
    let entry_month = now.seat.and_then(|seat| seat.entered_month.as_deref()) == Some(&on.format("%Y-%m").to_string());
    first_grade && ((8..=9).contains(&on.month()) || entry_month)
}

/// The change on the roll that came into force that day, if one did.
fn registered(life: &Life, on: Date) -> Option<&Change> {
    life.changes.iter().find(|change| change.on == Some(on))
}

/// The day before, for a period's opening count.
pub fn eve(first: Date) -> Date {
    first.checked_sub_days(Days::new(1)).unwrap_or(first)
}
