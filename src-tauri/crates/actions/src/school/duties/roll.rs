//! The roll of a term: what each child's days say, however they were entered.

use std::collections::{BTreeMap, HashMap};

use domain::clock::absence::{Attendance, Mark, RollDay};
use domain::lives::{Life, Seat};
use domain::settings::Key;
use domain::{Date, Fields, Id};
use store::Only;

use crate::failure::Done;
use crate::rows::books::Reader;
use crate::rows::rules::Rules;

/// Days by row or child.
pub(crate) type Days = HashMap<Id, Vec<Date>>;

/// School, grade and name of a class.
type ClassKey = (Option<Id>, Option<String>, Option<String>);

/// The roll of a term: days taken by class, and the children who were missing.
pub(crate) struct Roll {
    taken: HashMap<ClassKey, BTreeMap<Date, Date>>,
    absent: HashMap<Id, BTreeMap<Date, Half>>,
    back: Days,
    contacts: Days,
    visits: Days,
}

/// What the rows of one child on one day say together.
#[derive(Default)]
struct Half {
    morning: Option<Mark>,
    afternoon: Option<Mark>,
    entered: Option<Date>,
}

impl Half {
    /// A whole day counts as missed when both its halves are; half a day missed is a day on which the child was seen.
    fn mark(&self) -> Mark {
        match (self.morning, self.afternoon) {
            (Some(Mark::Unexcused), Some(Mark::Unexcused)) => Mark::Unexcused,
            (Some(Mark::Excused | Mark::Unexcused), Some(Mark::Excused | Mark::Unexcused)) => Mark::Excused,
            _ => Mark::Present,
        }
    }
}

impl Roll {
    /// Reads the days of a term, everybody's.
    pub(crate) fn read(reader: &Reader<'_>, since: Date) -> Done<Self> {
        Self::gather(reader, since, None)
    }

    /// Reads the days of a term of one child, and those that its school took.
    pub(crate) fn of(reader: &Reader<'_>, since: Date, life: &Life) -> Done<Self> {
        Self::gather(reader, since, Some(life))
    }

    fn gather(reader: &Reader<'_>, since: Date, only: Option<&Life>) -> Done<Self> {
        let mut roll = Self {
            taken: HashMap::new(),
            absent: HashMap::new(),
            back: Days::new(),
            contacts: Days::new(),
            visits: Days::new(),
        };
        let asked = |on: &'static str| {
            let child = only.map(|life| Only::To("student", life.student));
            [Only::From(on, since)].into_iter().chain(child).collect::<Vec<_>>()
        };
        let school =
            only.and_then(seat_now).and_then(|seat| seat.school).map(|school| Only::To("organisation", school));
        let taken = [Only::From("on", since)].into_iter().chain(school).collect();
        reader.each("class_day", &["organisation", "on", "grade", "class", "entered_on"], taken, |row| {
            if let Some(on) = row.day("on") {
                let class = (row.link("organisation"), row.owned("grade"), row.owned("class"));
                roll.taken.entry(class).or_default().insert(on, row.day("entered_on").unwrap_or(on));
            }
            Ok(())
        })?;
        let fields = ["student", "on", "part", "kind", "leave", "contacted_at", "contact_way", "back_on", "entered_on"];
        reader.each("absence", &fields, asked("on"), |row| {
            roll.miss(row);
            Ok(())
        })?;
        reader.each("phone_call", &["student", "on", "result"], asked("on"), |row| {
            if row.text("result").is_none_or(|result| result == "reached") {
                note(&mut roll.contacts, row.link("student"), row.day("on"));
            }
            Ok(())
        })?;
        reader.each("home_visit", &["student", "visited_on", "way"], asked("visited_on"), |row| {
            let called = matches!(row.text("way"), Some("phone" | "video"));
            let days = if called { &mut roll.contacts } else { &mut roll.visits };
            note(days, row.link("student"), row.day("visited_on"));
            Ok(())
        })?;
        Ok(roll)
    }

    fn miss(&mut self, row: &impl Fields) {
        let (Some(student), Some(on)) = (row.link("student"), row.day("on")) else { return };
        if row.text("contacted_at").or(row.text("contact_way")).is_some() {
            note(&mut self.contacts, Some(student), Some(on));
        }
        note(&mut self.back, Some(student), row.day("back_on"));
        let on_leave = row.number("leave") == Some(1);
        let mark = match row.text("kind") {
            Some("late") => Mark::Present,
            Some("sick" | "personal" | "lesson_home") => Mark::Excused,
            _ if on_leave => Mark::Excused,
            _ => Mark::Unexcused,
        };
        let half = self.absent.entry(student).or_default().entry(on).or_default();
        match row.text("part") {
            None | Some("day") => (half.morning, half.afternoon) = (Some(mark), Some(mark)),
            Some("morning") => half.morning = Some(mark),
            Some("afternoon") => half.afternoon = Some(mark),
            Some(_) => return,
        }
        half.entered = half.entered.max(Some(row.day("entered_on").unwrap_or(on)));
    }

    /// Children with a day that can start something: leave for a reason starts nothing, unless the alarm counts it.
    pub(super) fn to_look_at(&self, rules: &Rules) -> impl Iterator<Item = Id> {
        let all = rules.settings.chose(Key::TermAlarmCounts, "all");
        let starts = move |half: &Half| all || half.mark() == Mark::Unexcused;
        self.absent.iter().filter(move |(_, days)| days.values().any(&starts)).map(|(student, _)| *student)
    }

    /// Children with any day missed.
    pub(crate) fn missed(&self) -> impl Iterator<Item = Id> {
        self.absent.keys().copied()
    }

    /// A child's days: missed as entered, present on every other day that its class took, or on which it was back.
    pub(crate) fn attendance(&self, life: &Life) -> Attendance {
        let student = life.student;
        let mut days: BTreeMap<Date, RollDay> = BTreeMap::new();
        let taken =
            seat_now(life).and_then(|seat| self.taken.get(&(seat.school, seat.grade.clone(), seat.class.clone())));
        for (on, entered_on) in taken.into_iter().flatten() {
            days.insert(*on, RollDay { on: *on, mark: Mark::Present, entered_on: *entered_on });
        }
        for on in self.back.get(&student).into_iter().flatten() {
            days.insert(*on, RollDay { on: *on, mark: Mark::Present, entered_on: *on });
        }
        for (on, half) in self.absent.get(&student).into_iter().flatten() {
            let entered_on = half.entered.unwrap_or(*on);
            days.insert(*on, RollDay { on: *on, mark: half.mark(), entered_on });
        }
        Attendance {
            roll: days.into_values().collect(),
            contacts: self.contacts.get(&student).cloned().unwrap_or_default(),
            visits: self.visits.get(&student).cloned().unwrap_or_default(),
            settled: answered(life),
        }
    }
}

/// The seat whose class takes a child's days.
fn seat_now(life: &Life) -> Option<&Seat> {
    life.seats.iter().filter(|seat| seat.until.is_none()).max_by_key(|seat| seat.from)
}

/// The days that cases answer for: from the first day missed to the day the child was back.
fn answered(life: &Life) -> Vec<(Date, Option<Date>)> {
    let all = life.cases.iter().map(|(_, case)| case).filter(|case| case.status != domain::case::Status::Excluded);
    all.filter_map(|case| Some((case.left_on?, case.returned_on.or(case.closed_on)))).collect()
}

pub(super) fn note(days: &mut Days, of: Option<Id>, on: Option<Date>) {
    if let (Some(of), Some(on)) = (of, on) {
        days.entry(of).or_default().push(on);
    }
}
