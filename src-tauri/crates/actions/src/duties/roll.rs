//! The roll of a term: what each child's days say, however they were entered.

use std::collections::{BTreeMap, HashMap};

use domain::clock::absence::{Attendance, Mark, RollDay};
use domain::lives::Life;
use domain::settings::Key;
use domain::{Date, Fields, Id, Row, Value};
use store::Only;

use crate::books::Reader;
use crate::failure::Done;
use crate::rules::Rules;

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
    /// Reads the days of a term.
    pub(crate) fn read(reader: &Reader<'_>, since: Date) -> Done<Self> {
        let mut roll = Self {
            taken: HashMap::new(),
            absent: HashMap::new(),
            back: Days::new(),
            contacts: Days::new(),
            visits: Days::new(),
        };
        let fields = ["organisation", "on", "grade", "class", "entered_on"];
        for (_, row) in reader.scan("class_day", &fields, vec![Only::From("on", since)])? {
            let Some(on) = row.day("on") else { continue };
            let class = (row.link("organisation"), row.owned("grade"), row.owned("class"));
            roll.taken.entry(class).or_default().insert(on, row.day("entered_on").unwrap_or(on));
        }
        let fields = ["student", "on", "part", "kind", "leave", "contacted_at", "contact_way", "back_on", "entered_on"];
        for (_, row) in reader.scan("absence", &fields, vec![Only::From("on", since)])? {
            roll.miss(&row);
        }
        for (_, row) in reader.scan("phone_call", &["student", "on", "result"], vec![Only::From("on", since)])? {
            if row.text("result").is_none_or(|result| result == "reached") {
                note(&mut roll.contacts, row.link("student"), row.day("on"));
            }
        }
        let fields = ["student", "visited_on", "way"];
        for (_, row) in reader.scan("home_visit", &fields, vec![Only::From("visited_on", since)])? {
            let called = matches!(row.text("way"), Some("phone" | "video"));
            let days = if called { &mut roll.contacts } else { &mut roll.visits };
            note(days, row.link("student"), row.day("visited_on"));
        }
        Ok(roll)
    }

    fn miss(&mut self, row: &Row) {
        let (Some(student), Some(on)) = (row.link("student"), row.day("on")) else { return };
        if row.text("contacted_at").or(row.text("contact_way")).is_some() {
            note(&mut self.contacts, Some(student), Some(on));
        }
        note(&mut self.back, Some(student), row.day("back_on"));
        let on_leave = matches!(row.get("leave"), Some(Value::Int(1)));
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
        let class = life.seats.iter().filter(|seat| seat.until.is_none()).max_by_key(|seat| seat.from);
        let taken = class.and_then(|seat| self.taken.get(&(seat.school, seat.grade.clone(), seat.class.clone())));
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
