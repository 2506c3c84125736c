//! The rows above and below the line of each rate on a day, counted from children's lives (domain.md §4).
//!
//! What a report counts too is counted by the report's own [`Count`]: the two never differ.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, Days, Months};

use super::Indicator;
use crate::balance::Flow;
use crate::date::school_year_start;
use crate::lives::movement::{self, Movement, Side};
use crate::lives::{Life, RollState, Standing};
use crate::report::Period;
use crate::report::books::{Books, ClassSheet};
use crate::report::count::{Count, Hit, Over};
use crate::settings::{Key, Settings};
use crate::{Date, Id};

/// What rates are counted from: the ledger's books, the settings in force, and the day they speak of.
///
/// The books hold `absence`, `return_outcome` (their day of return under `done_on`), and the sheets `class_day` and
/// `return_check`.
#[derive(Debug, Clone, Copy)]
pub struct Counting<'b> {
    /// What is counted from.
    pub books: &'b Books,
    /// The settings in force.
    pub settings: &'b Settings,
    /// The day.
    pub day: Date,
    /// The first day of the term it lies in, or of the last one before it.
    pub term: Date,
    /// Children of school age who are in no school that day.
    pub outside: &'b BTreeSet<Id>,
}

/// The rows of one rate.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Parts<'b> {
    /// Above the line; a row taken off weighs less than nothing.
    pub above: Vec<Hit<'b>>,
    /// Below the line.
    pub below: Vec<Hit<'b>>,
    /// The record of the rows above.
    pub above_record: &'static str,
    /// The record of the rows below.
    pub below_record: &'static str,
}

/// The three counts of children that are never mixed up (decisions A1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum Head {
    /// 在籍: with a seat on the roll, whether the child is there or not.
    OnRoll,
    /// 在校: on the roll and neither suspended with approval nor out of school.
    AtSchool,
    /// 实到: seen on the day.
    Present,
}

/// A stage of nine years: its first grade counted from 1, and how many grades it has.
#[derive(Clone, Copy)]
struct Span {
    first: i32,
    years: i32,
}

const PRIMARY: Span = Span { first: 1, years: 6 };
const JUNIOR: Span = Span { first: 7, years: 3 };
const NINE: Span = Span { first: 1, years: 9 };

/// Codes of the list `grade`, from the first to the ninth.
const GRADES: [&str; 9] = ["11", "12", "13", "14", "15", "16", "21", "22", "23"];

/// The year, from 1, of a code of the list `grade`.
fn year_of(grade: &str) -> Option<i32> {
    GRADES.iter().position(|code| *code == grade).and_then(|at| i32::try_from(at + 1).ok())
}

const OPENING: &str = "at_school(opening)";
const LOST: &str = "flow(suspended, dropped_out, died, moved_out, other_out)";
const GAINED: &str = "flow(moved_in, returned, other_in)";

impl<'b> Parts<'b> {
    fn of(above: (&'static str, Vec<Hit<'b>>), below: (&'static str, Vec<Hit<'b>>)) -> Self {
        Self { above: above.1, below: below.1, above_record: above.0, below_record: below.0 }
    }

    fn of_children(above: Vec<Hit<'b>>, below: Vec<Hit<'b>>) -> Self {
        Self::of(("student", above), ("student", below))
    }
}

impl<'b> Counting<'b> {
    /// The rows of a rate; `None` for one that is counted from rows of work alone: visits, lessons, pairing, support,
    /// rectifications, placements.
    pub fn parts(&self, indicator: Indicator) -> Option<Parts<'b>> {
        let cases = |count: &str| ("dropout_case", self.hits(count));
        let opening = || ("student", self.hits(OPENING));
        Some(match indicator {
            Indicator::DropoutA => Parts::of(cases("cases(confirmed, new_open)"), opening()),
            Indicator::DropoutB => Parts::of(cases("cases(confirmed, new)"), opening()),
            Indicator::DropoutC => Parts::of(("student", self.net_loss()), opening()),
            Indicator::ReturnRate => {
                let new = self.hits("cases(confirmed, new)").into_iter();
                let below = self.hits("cases(confirmed, open_before)").into_iter().chain(new).collect();
                Parts::of(cases("cases(returned, new)"), ("dropout_case", below))
            }
            Indicator::CloseRate => self.closing(),
            Indicator::NetEnrolment => self.enrolled(self.ages(PRIMARY), |at| {
                !matches!(at.state, RollState::DroppedOut | RollState::Missing | RollState::Deferred)
            }),
            Indicator::AgeEnrolment => self.enrolled(super::school_age(self.year(), self.settings), is_taught),
            Indicator::GrossEnrolment => self.gross(),
            Indicator::Retention => {
                let (primary, junior) = (self.retained(PRIMARY), self.retained(JUNIOR));
                Parts::of_children([primary.above, junior.above].concat(), [primary.below, junior.below].concat())
            }
            Indicator::NineYearRetention => self.retained(NINE),
            Indicator::YearlyRetention => self.kept_from_year_to_year(),
            Indicator::Arrival => self.arrival(),
            Indicator::Attendance => self.attendance(),
            Indicator::DisabledEnrolment
            | Indicator::HomeTeaching
            | Indicator::VisitCoverage
            | Indicator::Pairing
            | Indicator::Support
            | Indicator::Rectification => return None,
        })
    }

    /// The children of a named count. 实到 is of the newest day of the term on which the school took a roll or checked who
    /// came back, in the classes that did.
    pub fn heads(&self, head: Head) -> Vec<Hit<'b>> {
        match head {
            Head::OnRoll => self.children(|life| life.standing(self.day).on_roll),
            Head::AtSchool => self.children(|life| life.standing(self.day).at_school),
            Head::Present => {
                let seen = self.seen();
                self.children(|life| super::presence::is_present(&seen, life))
            }
        }
    }

    /// Who says whom they saw, and when.
    pub fn seen(&self) -> super::presence::Seen {
        super::presence::newest(self)
    }

    fn year(&self) -> i32 {
        school_year_start(self.day).year()
    }

    fn period(&self) -> Period {
        let first = school_year_start(self.day);
        let next = first.checked_add_months(Months::new(12)).unwrap_or(first);
        Period { first, last: movement::eve(next) }
    }

    fn hits(&self, count: &str) -> Vec<Hit<'b>> {
        let over = Over { books: self.books, period: self.period(), today: self.day };
        count.parse::<Count>().map(|count| count.hits(over)).unwrap_or_default()
    }

    pub(super) fn children(&self, counts: impl Fn(&Life) -> bool) -> Vec<Hit<'b>> {
        let counted = self.books.lives.iter().filter(|life| counts(life));
        counted.map(|life| self.hit(life, self.day, 1)).collect()
    }

    fn hit(&self, life: &'b Life, on: Date, weight: i64) -> Hit<'b> {
        Hit { row: life.student, place: Books::place(life, on), weight }
    }

    /// Lost less gained.
    fn net_loss(&self) -> Vec<Hit<'b>> {
        let gained = self.hits(GAINED).into_iter().map(|hit| Hit { weight: -hit.weight, ..hit });
        self.hits(LOST).into_iter().chain(gained).collect()
    }

    /// Closed this school year ÷ those, and the cases whose time of observation is over.
    fn closing(&self) -> Parts<'b> {
        let stable = Days::new(u64::from(self.settings.number(Key::StableDays)));
        let (mut above, mut below) = (vec![], vec![]);
        for life in &self.books.lives {
            for (row, case) in life.cases.iter().filter(|(_, case)| case.was_confirmed()) {
                let closed = case.closed_on.filter(|on| *on <= self.day);
                let ripe = case.returned_on.and_then(|on| on.checked_add_days(stable)).filter(|on| *on <= self.day);
                let Some(on) = closed.or(ripe).filter(|_| closed.is_none_or(|on| self.period().holds(on))) else {
                    continue;
                };
                let hit = Hit { row: *row, place: Books::place(life, on), weight: 1 };
                above.extend(closed.map(|_| hit));
                below.push(hit);
            }
        }
        Parts::of(("dropout_case", above), ("dropout_case", below))
    }

    /// First and last birth date of a stage's ages.
    fn ages(&self, span: Span) -> Option<(Date, Date)> {
        let (first, last) = super::school_age(self.year(), self.settings)?;
        let turn = last.year() - PRIMARY.years;
        match span.first {
            1 => Some((Date::from_ymd_opt(turn, 9, 1)?, last)),
            _ => Some((first, Date::from_ymd_opt(turn, 8, 31)?)),
        }
    }

    /// Whether the ledger answers for a child: it has a seat that stands, or is in no school at all.
    fn answers_for(&self, life: &Life) -> bool {
        let at = life.standing(self.day);
        let left = matches!(
            at.state,
            RollState::MovedOut | RollState::Graduated | RollState::Died | RollState::Abroad | RollState::OtherLeft
        );
        (at.seat.is_some() && !left) || self.outside.contains(&life.student)
    }

    fn of_age(&self, ages: Option<(Date, Date)>) -> impl Fn(&Life) -> bool {
        move |life| {
            let born = life.born.zip(ages).is_some_and(|(born, (first, last))| first <= born && born <= last);
            born && self.answers_for(life)
        }
    }

    fn enrolled(&self, ages: Option<(Date, Date)>, counts: impl Fn(&Standing<'_>) -> bool) -> Parts<'b> {
        let of_age = self.of_age(ages);
        let is_in = |life: &Life| {
            let at = life.standing(self.day);
            (at.on_roll || at.at_school) && counts(&at)
        };
        Parts::of_children(self.children(|life| of_age(life) && is_in(life)), self.children(&of_age))
    }

    fn gross(&self) -> Parts<'b> {
        let at_junior = |life: &Life| {
            let at = life.standing(self.day);
            at.at_school && at.stage() == Some(super::Stage::Junior)
        };
        let above = self.children(at_junior);
        let below = if above.is_empty() { vec![] } else { self.children(self.of_age(self.ages(JUNIOR))) };
        Parts::of_children(above, below)
    }

    /// Graduates of this school year ÷ their cohort as it entered, with those who moved in and out since. Nothing when
    /// nobody graduated yet, or when the ledger was not there when the cohort entered.
    fn retained(&self, span: Span) -> Parts<'b> {
        let entry = self.year() - span.years + 1;
        let Some(since) = Date::from_ymd_opt(entry, 9, 1) else { return Parts::of_children(vec![], vec![]) };
        let (mut above, mut below, mut has_entered) = (vec![], vec![], false);
        for life in &self.books.lives {
            for moved in movement::between(life, movement::eve(since), self.day) {
                let seen_on = if moved.side == Side::Came { moved.on } else { movement::eve(moved.on) };
                let in_cohort = year_of(moved.grade.as_deref().unwrap_or_default())
                    == Some(span.first + school_year_start(seen_on).year() - entry);
                has_entered |= in_cohort && is_entry(&moved, span);
                let weight = match moved.flow.filter(|_| in_cohort) {
                    Some(Flow::Admitted) if is_entry(&moved, span) => 1,
                    Some(Flow::MovedIn) => 1,
                    Some(Flow::MovedOut) => -1,
                    _ => 0,
                };
                below.extend((weight != 0).then(|| self.hit(life, seen_on, weight)));
                let leaves = in_cohort && moved.flow == Some(Flow::Graduated) && is_last(&moved, span);
                above.extend(leaves.then(|| self.hit(life, seen_on, 1)));
            }
        }
        if above.is_empty() || !has_entered {
            Parts::of_children(vec![], vec![])
        } else {
            Parts::of_children(above, below)
        }
    }

    /// Pupils in a second or later grade when the year opened ÷ those one grade lower a year before, where the ledger
    /// knows who sat there then.
    fn kept_from_year_to_year(&self) -> Parts<'b> {
        let now = school_year_start(self.day);
        let before = now.checked_sub_months(Months::new(12)).unwrap_or(now);
        let year = |at: &Standing<'_>| at.grade().filter(|_| at.at_school).and_then(year_of);
        let goes_on = |at: &Standing<'_>| year(at).is_some_and(|year| !matches!(year, 6 | 9));
        let came_up = |at: &Standing<'_>| year(at).is_some_and(|year| !matches!(year, 1 | 7));
        let known = |at: &Standing<'_>| at.seat.is_some_and(|seat| seat.from.is_some() || seat.until.is_some());
        let on = |day: Date, counts: &dyn Fn(&Standing<'_>) -> bool| -> Vec<Hit<'b>> {
            let counted = self.books.lives.iter().filter(|life| counts(&life.standing(day)));
            counted.map(|life| self.hit(life, day, 1)).collect()
        };
        let below = on(before, &|at| goes_on(at) && known(at));
        let above = if below.is_empty() { vec![] } else { on(now, &came_up) };
        Parts::of_children(above, below)
    }

    /// 实到 ÷ 应到 of the newest check of each class this term. A class that was not checked is on neither side.
    fn arrival(&self) -> Parts<'b> {
        let mut newest: BTreeMap<_, Date> = BTreeMap::new();
        for (sheet, on) in self.sheets("return_check") {
            let held = newest.entry(super::presence::class_of(sheet)).or_insert(on);
            *held = on.max(*held);
        }
        let days: BTreeSet<Date> = newest.values().copied().collect();
        let checked = |life: &Life| {
            days.iter().any(|on| {
                let at = life.standing(*on);
                at.is_expected() && newest.get(&super::presence::class_at(&at)) == Some(on)
            })
        };
        let missing = super::presence::not_back(self);
        let below = self.children(checked);
        let above = below.iter().filter(|hit| !missing.contains(&hit.row)).copied().collect();
        Parts::of_children(above, below)
    }

    /// Child-days attended ÷ due this term, on days that were taken.
    fn attendance(&self) -> Parts<'b> {
        let number = |key: &str| {
            let hit = |(sheet, _): (&'b ClassSheet, Date)| {
                let place = crate::report::books::Place {
                    school: sheet.school,
                    grade: sheet.grade.as_deref(),
                    class: sheet.class.as_deref(),
                };
                Some(Hit { row: sheet.row, place, weight: *sheet.numbers.get(key)? })
            };
            self.sheets("class_day").filter_map(hit).collect()
        };
        Parts::of(("class_day", number("present")), ("class_day", number("expected")))
    }

    /// Sheets of classes in the term up to the day.
    pub(super) fn sheets(&self, record: &str) -> impl Iterator<Item = (&'b ClassSheet, Date)> + use<'b> {
        let (term, day) = (self.term, self.day);
        let all = self.books.class_sheets.get(record).into_iter().flatten();
        all.filter_map(move |sheet| Some((sheet, sheet.on.filter(|on| *on >= term && *on <= day)?)))
    }
}

fn is_taught(at: &Standing<'_>) -> bool {
    matches!(at.state, RollState::AtSchool | RollState::TaughtAtHome)
}

fn is_entry(moved: &Movement, span: Span) -> bool {
    let first = moved.grade.as_deref().and_then(year_of) == Some(span.first);
    first && moved.flow == Some(Flow::Admitted)
}

fn is_last(moved: &Movement, span: Span) -> bool {
    moved.grade.as_deref().and_then(year_of) == Some(span.first + span.years - 1)
}
