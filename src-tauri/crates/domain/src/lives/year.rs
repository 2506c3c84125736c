//! A school lives through random years; its book-keeper writes down each event as it happens. What follows from the rows
//! must be what the book says.

use std::collections::BTreeMap;

use chrono::Days;
use proptest::prelude::*;

use super::movement::{self, Side, between};
use super::{Change, Life, RollState, Seat};
use crate::balance::{Balance, Flow};
use crate::case::{Case, Status};
use crate::{Date, Id, Row};

fn id(n: u32) -> Id {
    let mut bytes = [0; 16];
    bytes[..4].copy_from_slice(&n.to_be_bytes());
    Id::from_bytes(bytes)
}

fn opening() -> Date {
    Date::from_ymd_opt(2026, 9, 1).unwrap()
}

fn on(day: u64) -> Date {
    opening().checked_add_days(Days::new(day)).unwrap()
}

const GRADES: [&str; 9] = ["11", "12", "13", "14", "15", "16", "21", "22", "23"];

/// What may happen to a child next; what does not fit is passed over.
#[derive(Debug, Clone, Copy)]
enum Event {
    Suspend,
    Resume,
    Drop,
    Return,
    TransferOut,
    TransferIn,
    Die,
    OtherClass,
    Promote,
}

/// A child with its book-keeper.
struct Child {
    life: Life,
    /// What the book says: where the child is, if at school.
    at: Option<(usize, bool)>,
    suspended: bool,
    dropped: bool,
    gone: bool,
    /// The flows written down, by day.
    book: Vec<(Date, Flow)>,
}

fn seat(grade: usize, class: bool, from: Option<Date>) -> Seat {
    Seat {
        school: Some(id(9)),
        grade: Some(GRADES[grade].to_owned()),
        class: Some(if class { "1" } else { "2" }.to_owned()),
        kind: "enrolled".to_owned(),
        state: RollState::AtSchool,
        from,
        until: None,
        stated: from,
        entered_month: None,
    }
}

impl Child {
    fn new(n: u32, grade: usize) -> Self {
        let mut life = Life::read(id(n), &Row::new());
        life.seats.push(seat(grade, true, None));
        Self { life, at: Some((grade, true)), suspended: false, dropped: false, gone: false, book: vec![] }
    }

    fn change(&mut self, kind: &str, on: Date) {
        self.life.changes.push(Change {
            row: id(77),
            kind: kind.to_owned(),
            on: Some(on),
            applied_on: Some(on),
            until: None,
        });
    }

    fn move_to(&mut self, grade: usize, class: bool, on: Date) {
        self.life.seats.last_mut().unwrap().until = Some(on);
        self.life.seats.push(seat(grade, class, Some(on)));
        self.at = Some((grade, class));
    }

    fn live(&mut self, event: Event, day: Date) {
        let here = self.at.filter(|_| !self.suspended && !self.dropped && !self.gone);
        match (event, here) {
            (Event::Suspend, Some(_)) => {
                self.change("suspend", day);
                self.suspended = true;
                self.book.push((day, Flow::Suspended));
            }
            (Event::Resume, None) if self.suspended => {
                self.change("resume", day);
                self.suspended = false;
                self.book.push((day, Flow::Returned));
            }
            (Event::Drop, Some(_)) => {
                let mut case = Case::read(&Row::new());
                case.status = Status::Persuading;
                case.left_on = Some(day);
                case.confirmed_on = Some(day);
                self.life.cases.push((id(88), case));
                self.dropped = true;
                self.book.push((day, Flow::DroppedOut));
            }
            (Event::Return, None) if self.dropped => {
                let (_, case) = self.life.cases.last_mut().unwrap();
                case.status = Status::Observing;
                case.returned_on = Some(day);
                self.dropped = false;
                self.book.push((day, Flow::Returned));
            }
            (Event::TransferOut, Some(_)) => {
                self.change("transfer_out", day);
                self.life.seats.last_mut().unwrap().until = Some(day);
                self.at = None;
                self.book.push((day, Flow::MovedOut));
            }
            (Event::TransferIn, None) if self.at.is_none() && !self.gone => {
                self.change("transfer_in", day);
                self.life.seats.push(seat(2, false, Some(day)));
                self.at = Some((2, false));
                self.book.push((day, Flow::MovedIn));
            }
            (Event::Die, Some(_)) => {
                self.change("died", day);
                self.gone = true;
                self.book.push((day, Flow::Died));
            }
            (Event::OtherClass, Some((grade, class))) => {
                self.move_to(grade, !class, day);
                self.book.extend([(day, Flow::ClassOut), (day, Flow::ClassIn)]);
            }
            (Event::Promote, Some((grade, class))) if grade < 8 => {
                self.move_to(grade + 1, class, day);
                self.book.extend([(day, Flow::PromotedOut), (day, Flow::PromotedIn)]);
            }
            _ => {}
        }
    }

    fn is_here(&self) -> bool {
        self.at.is_some() && !self.suspended && !self.dropped && !self.gone
    }
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        Just(Event::Suspend),
        Just(Event::Resume),
        Just(Event::Drop),
        Just(Event::Return),
        Just(Event::TransferOut),
        Just(Event::TransferIn),
        Just(Event::OtherClass),
        Just(Event::Promote),
        Just(Event::Die),
    ]
}

/// Grade at the beginning, then events on rising days, at most one a day.
fn school() -> impl Strategy<Value = Vec<(usize, BTreeMap<u64, Event>)>> {
    proptest::collection::vec((0..9usize, proptest::collection::btree_map(1..730u64, event(), 0..8)), 1..12)
}

fn lived(plan: &[(usize, BTreeMap<u64, Event>)], until: u64) -> Vec<Child> {
    let one = |(n, (grade, events)): (usize, &(usize, BTreeMap<u64, Event>))| {
        let mut child = Child::new(n as u32, *grade);
        events.range(..=until).for_each(|(day, event)| child.live(*event, on(*day)));
        child
    };
    plan.iter().enumerate().map(one).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever happened, 在校 on a day is what the book of that day says, told from rows written long after.
    #[test]
    fn who_is_at_school_on_a_day_is_what_was_written_down_that_day(plan in school(), day in 0..740u64) {
        let today: Vec<bool> = lived(&plan, day).iter().map(Child::is_here).collect();
        let told: Vec<bool> = lived(&plan, 740).iter().map(|child| child.life.standing(on(day)).at_school).collect();
        prop_assert_eq!(told, today);
    }

    /// Every flow of a period is the one written down, and every line balances.
    #[test]
    fn the_flows_of_a_period_are_those_written_down_and_balance(plan in school(), days in (0..740u64, 0..740u64)) {
        let (after, until) = (on(days.0.min(days.1)), on(days.0.max(days.1)));
        let school = lived(&plan, 740);
        let count = |day: Date| school.iter().filter(|child| child.life.standing(day).at_school).count() as u32;
        let mut balance = Balance { opening: count(after), closing: count(until), ..Balance::default() };
        let mut written: BTreeMap<Flow, u32> = BTreeMap::new();
        for child in &school {
            for (day, flow) in child.book.iter().filter(|(day, _)| *day > after && *day <= until) {
                prop_assert!(*day <= until);
                *written.entry(*flow).or_default() += 1;
            }
            for moved in between(&child.life, after, until) {
                let flow = moved.flow;
                prop_assert!(flow.is_some(), "{:?} has no reason", moved);
                *balance.flows.entry(flow.unwrap()).or_default() += 1;
            }
        }
        prop_assert_eq!(&balance.flows, &written);
        prop_assert_eq!(balance.gap(), None);
    }

    /// A grade's line balances as well: who goes up leaves one line and comes into the next.
    #[test]
    fn the_line_of_each_grade_balances(plan in school(), days in (0..740u64, 0..740u64)) {
        let (after, until) = (on(days.0.min(days.1)), on(days.0.max(days.1)));
        let school = lived(&plan, 740);
        for grade in GRADES {
            let count = |day: Date| {
                school.iter().map(|child| child.life.standing(day)).filter(|at| at.at_school && at.grade() == Some(grade)).count()
            };
            let mut line = i64::try_from(count(after)).unwrap();
            for moved in school.iter().flat_map(|child| between(&child.life, after, until)) {
                if moved.grade.as_deref() == Some(grade) {
                    line += if moved.side == Side::Came { 1 } else { -1 };
                }
            }
            prop_assert_eq!(line, i64::try_from(count(until)).unwrap(), "{}", grade);
        }
    }
}

#[test]
fn a_child_who_came_without_a_word_leaves_a_gap_with_a_name() {
    let mut life = Life::read(id(1), &Row::new());
    life.seats.push(seat(3, true, Some(on(60))));
    let moved = between(&life, movement::eve(on(30)), on(90));
    assert_eq!(moved.len(), 1);
    assert_eq!((moved[0].flow, moved[0].side, moved[0].student), (None, Side::Came, id(1)));
}

#[test]
fn a_roster_read_in_the_middle_of_a_term_was_always_there() {
    let mut life = Life::read(id(1), &Row::new());
    life.seats.push(seat(3, true, None));
    assert!(life.standing(on(0)).at_school);
    assert_eq!(between(&life, on(0), on(300)), vec![]);
}

#[test]
fn first_graders_of_september_are_admitted() {
    let mut life = Life::read(id(1), &Row::new());
    life.seats.push(seat(0, true, Some(on(0))));
    assert_eq!(between(&life, movement::eve(on(0)), on(29))[0].flow, Some(Flow::Admitted));
}

#[test]
fn a_seat_at_another_school_of_the_ledger_is_a_move_from_one_to_the_other() {
    let mut life = Life::read(id(1), &Row::new());
    life.seats.push(Seat { until: Some(on(40)), ..seat(3, true, None) });
    life.seats.push(Seat { school: Some(id(8)), ..seat(3, true, Some(on(40))) });
    let flows: Vec<_> = between(&life, on(0), on(60)).into_iter().map(|moved| (moved.school, moved.flow)).collect();
    assert_eq!(flows, [(Some(id(9)), Some(Flow::MovedOut)), (Some(id(8)), Some(Flow::MovedIn))]);
}

#[test]
fn sixth_graders_of_summer_graduate_and_are_admitted_by_the_junior_school() {
    let mut life = Life::read(id(1), &Row::new());
    let autumn = Date::from_ymd_opt(2027, 9, 1).unwrap();
    life.seats.push(Seat { until: Some(autumn), ..seat(5, true, None) });
    life.seats.push(Seat { school: Some(id(8)), ..seat(6, true, Some(autumn)) });
    let flows: Vec<_> = between(&life, on(0), autumn).into_iter().map(|moved| moved.flow).collect();
    assert_eq!(flows, [Some(Flow::Graduated), Some(Flow::Admitted)]);
}

#[test]
fn on_the_roll_and_at_school_are_two_answers() {
    let counts = |kind: &str, state: RollState| {
        let mut life = Life::read(id(1), &Row::new());
        life.seats.push(Seat { kind: kind.to_owned(), state, ..seat(3, true, None) });
        let at = life.standing(on(10));
        (at.on_roll, at.at_school, at.is_expected())
    };
    assert_eq!(counts("enrolled", RollState::AtSchool), (true, true, true));
    assert_eq!(counts("enrolled", RollState::Suspended), (true, false, false));
    assert_eq!(counts("enrolled", RollState::DroppedOut), (true, false, true), "stays below the line");
    assert_eq!(counts("enrolled_away", RollState::AtSchool), (true, false, true));
    assert_eq!(counts("guest", RollState::AtSchool), (false, true, false));
    assert_eq!(counts("home_teaching", RollState::AtSchool), (true, false, false));
    assert_eq!(counts("preschool", RollState::AtSchool), (false, false, false));
    assert_eq!(counts("enrolled", RollState::MovedOut), (false, false, false));
}
