//! 点名: a class's day in one step, and a month's paper roll by its exceptions. An untaken day is not full attendance.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use domain::lives::Life;
use domain::{Date, Id, Problem, Value};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};
use store::{Filter, ListQuery, Only};
use ts_rs::TS;

use crate::desk::Desk;
use crate::failure::{Done, Failure};
use crate::rows::SaveRequest;
use crate::rows::books::Reader;
use crate::rows::known::day_asked;
use crate::rows::rules::Rules;
use crate::rows::saving::together;

/// A class's days.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct RollRequest {
    /// Code of the grade.
    pub grade: String,
    /// The class within the grade.
    pub class: Option<String>,
    /// The days taken, ISO 8601; today when empty.
    pub days: Vec<String>,
    /// The children who were missing, on which of the days.
    pub missing: Vec<MissedDay>,
    /// Who took the roll.
    pub taken_by: Option<String>,
}

/// A child missing on a day.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct MissedDay {
    /// The child.
    pub student: Id,
    /// The day; the only day of the request when absent.
    pub on: Option<String>,
    /// Code of the list `absence_kind`; without a reason when absent.
    pub kind: Option<String>,
    /// Code of the list `day_part`; the whole day when absent.
    pub part: Option<String>,
    /// The reason in words.
    pub reason: Option<String>,
}

/// What was taken.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RollReply {
    /// Days taken.
    pub days: u32,
    /// Children who should have been there.
    pub expected: u32,
    /// Child-days missed.
    pub missed: u32,
    /// Days asked for that are no school days: taken all the same, and counted by no clock.
    pub without_lessons: Vec<String>,
    /// The change that takes all of it back; none when everything stood so already.
    pub changes: Vec<String>,
}

/// A class for a day's roll: who should be there, and who is already noted as missing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ClassRoll {
    /// Whether the day was taken.
    pub taken: bool,
    /// Whether it is a school day.
    pub has_lessons: bool,
    /// The children, in the order of the class.
    pub children: Vec<RollChild>,
}

/// A class's month.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct MonthRollRequest {
    /// Code of the grade.
    pub grade: String,
    /// The class within the grade.
    pub class: Option<String>,
    /// The month, `2026-10`.
    pub month: String,
}

/// A month of a class, as its paper roll is entered: its school days up to today, who sits in it, who was missing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct MonthRoll {
    /// Days with lessons, and days that were taken all the same.
    pub days: Vec<MonthDay>,
    /// The children that were in it on one of those days, in the order of the class.
    pub children: Vec<RollChild>,
}

/// A day of a month.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct MonthDay {
    /// The day, ISO 8601.
    pub on: String,
    /// Whether it was taken.
    pub taken: bool,
    /// Child → code of the kind of absence.
    pub away: BTreeMap<String, String>,
}

/// A child on a class's roll.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RollChild {
    /// The child.
    pub student: Id,
    /// Its name.
    pub name: String,
    /// Its number in the class.
    pub seat_no: String,
    /// Code of the kind of absence noted for the day; none when there.
    pub missing: Option<String>,
}

/// Whether the missing are all of them: who was noted before and is not among them was there.
pub fn take_roll(desk: &Desk, request: RollRequest) -> Done<RollReply> {
    let days = days(desk, &request)?;
    let members = Members::read(desk, &request.grade, request.class.as_deref())?;
    let missed = missed(desk, &request, &days)?;
    let mut forms = Vec::new();
    let mut expected = BTreeSet::new();
    for day in &days {
        let there: BTreeSet<Id> = members.on(*day, Who::AtSchool).map(|child| child.student).collect();
        let gone: BTreeSet<Id> = missed.iter().filter(|(_, on, _)| on == day).map(|(student, _, _)| *student).collect();
        forms.push(class_day(desk, &request, *day, (there.len(), gone.len())));
        expected.extend(there);
    }
    forms.extend(missed.iter().map(|(student, on, missed)| absence(*student, *on, missed)));
    let returned = returned(desk, &expected, &days, &missed)?;
    let changes = together(desk, |roll| {
        forms.into_iter().try_for_each(|form| roll.save(form).map(drop))?;
        returned.into_iter().try_for_each(|absence| roll.delete("absence", absence))?;
        Ok(roll.changed())
    })?;
    let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    Ok(RollReply {
        days: count(days.len()),
        expected: count(expected.len()),
        missed: count(missed.len()),
        changes,
        without_lessons: without_lessons(desk, &request, &days)?,
    })
}

fn days(desk: &Desk, request: &RollRequest) -> Done<Vec<Date>> {
    if request.days.is_empty() {
        return Ok(vec![desk.today()]);
    }
    let days = request.days.iter().map(|day| day_asked(desk, Some(day))).collect::<Done<BTreeSet<Date>>>()?;
    Ok(days.into_iter().collect())
}

/// The missing with their days. Errors: `refused` for a day that is not among those taken.
fn missed<'r>(desk: &Desk, request: &'r RollRequest, days: &[Date]) -> Done<Vec<(Id, Date, &'r MissedDay)>> {
    let one = |missed: &'r MissedDay| {
        let on = match (&missed.on, days) {
            (Some(day), _) => day_asked(desk, Some(day))?,
            (None, [only]) => *only,
            (None, _) => return Err(Failure::refused(vec![Problem::block("on", "required")])),
        };
        match days.contains(&on) {
            true => Ok((missed.student, on, missed)),
            false => Err(Failure::refused(vec![Problem::block("on", "day_not_taken").with("day", on)])),
        }
    };
    request.missing.iter().map(one).collect()
}

fn class_day(desk: &Desk, request: &RollRequest, on: Date, (expected, gone): (usize, usize)) -> SaveRequest {
    let values = Map::from_iter([
        ("on".to_owned(), json!(on.to_string())),
        ("grade".to_owned(), json!(request.grade)),
        ("class".to_owned(), json!(request.class)),
        ("expected".to_owned(), json!(expected)),
        ("present".to_owned(), json!(expected.saturating_sub(gone))),
        ("taken_by".to_owned(), json!(request.taken_by)),
        ("entered_on".to_owned(), json!(desk.today().to_string())),
    ]);
    SaveRequest { record: "class_day".to_owned(), id: None, values, seen: None, why: None }
}

fn absence(student: Id, on: Date, missed: &MissedDay) -> SaveRequest {
    let kind = missed.kind.clone().unwrap_or_else(|| "unexplained".to_owned());
    let mut values: Map<String, Json> = Map::from_iter([
        ("student".to_owned(), json!(student.to_string())),
        ("on".to_owned(), json!(on.to_string())),
        ("part".to_owned(), json!(missed.part.as_deref().unwrap_or("day"))),
        ("kind".to_owned(), json!(kind)),
    ]);
    values.extend(missed.reason.as_ref().map(|reason| ("reason".to_owned(), json!(reason))));
    SaveRequest { record: "absence".to_owned(), id: None, values, seen: None, why: None }
}

/// Absences noted before, of children who were there after all.
fn returned(desk: &Desk, class: &BTreeSet<Id>, days: &[Date], missed: &[(Id, Date, &MissedDay)]) -> Done<Vec<Id>> {
    let session = desk.session()?;
    session.store.read(|view| {
        let absence = desk.record("absence")?;
        let mut gone = Vec::new();
        for child in class {
            for (id, row) in view.rows_under(absence, *child)? {
                let on = row.get("on").and_then(Value::as_text).and_then(|day| day.parse::<Date>().ok());
                let whole = row.get("part").and_then(Value::as_text).is_none_or(|part| part == "day");
                let named = missed.iter().any(|(student, day, _)| student == child && Some(*day) == on);
                if whole && on.is_some_and(|on| days.contains(&on)) && !named {
                    gone.push(id);
                }
            }
        }
        Ok(gone)
    })
}

fn without_lessons(desk: &Desk, request: &RollRequest, days: &[Date]) -> Done<Vec<String>> {
    let session = desk.session()?;
    session.store.read(|view| {
        let rules = Rules::read(desk, &session, view)?;
        let class = domain::calendar::Class { grade: request.grade.clone(), class: request.class.clone() };
        let calendar = rules.calendar(Some(session.organisation.id));
        let idle = days.iter().filter(|day| !calendar.has_lessons(**day, Some(&class)));
        Ok(idle.map(Date::to_string).collect())
    })
}

/// A class on a day.
pub fn class_roll(desk: &Desk, request: RollRequest) -> Done<ClassRoll> {
    let day = days(desk, &request)?.into_iter().next().unwrap_or(desk.today());
    let members = Members::read(desk, &request.grade, request.class.as_deref())?;
    let mut class: Vec<RollChild> = members.on(day, Who::AtSchool).cloned().collect();
    let idle = without_lessons(desk, &request, &[day])?;
    let session = desk.session()?;
    session.store.read(|view| {
        let absence = desk.record("absence")?;
        for child in &mut class {
            let noted = view
                .rows_under(absence, child.student)?
                .into_iter()
                .find(|(_, row)| row.get("on").and_then(Value::as_text) == Some(day.to_string().as_str()));
            child.missing =
                noted.map(|(_, row)| row.get("kind").and_then(Value::as_text).unwrap_or("unexplained").to_owned());
        }
        let mut filters = class_filters(&request.grade, request.class.as_deref());
        filters.push(Filter::is("on", Some(Value::Text(day.to_string().into()))));
        let taken = view.ids(desk.record("class_day")?, &filters)?;
        Ok(ClassRoll { taken: !taken.is_empty(), has_lessons: idle.is_empty(), children: class })
    })
}

/// A class's month, read at once: days to come are left out. Errors: `refused` for what is no month.
pub fn month_roll(desk: &Desk, request: MonthRollRequest) -> Done<MonthRoll> {
    let first = day_asked(desk, Some(&request.month))?;
    let first = chrono::Datelike::with_day(&first, 1).unwrap_or(first);
    let month = first.iter_days().take_while(|day| chrono::Datelike::month(day) == chrono::Datelike::month(&first));
    let days: Vec<Date> = month.take_while(|day| *day <= desk.today()).collect();
    let members = Members::read(desk, &request.grade, request.class.as_deref())?;
    let of_class = RollRequest {
        grade: request.grade.clone(),
        class: request.class.clone(),
        days: vec![],
        missing: vec![],
        taken_by: None,
    };
    let idle = without_lessons(desk, &of_class, &days)?;
    let session = desk.session()?;
    session.store.read(|view| {
        let reader = Reader { catalogue: desk.catalogue(), view };
        let text = |row: &domain::Row, key: &str| row.get(key).and_then(Value::as_text).map(str::to_owned);
        let own = |row: &domain::Row| {
            text(row, "grade").as_ref() == Some(&request.grade) && text(row, "class") == request.class
        };
        let sheets = reader.scan("class_day", &["on", "grade", "class"], vec![Only::From("on", first)])?;
        let taken: BTreeSet<String> =
            sheets.iter().filter(|(_, row)| own(row)).filter_map(|(_, row)| text(row, "on")).collect();
        let mut away: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
        let whole = |row: &domain::Row| text(row, "part").is_none_or(|part| part == "day");
        let rows = reader.scan("absence", &["student", "on", "part", "kind"], vec![Only::From("on", first)])?;
        for (_, row) in rows.iter().filter(|(_, row)| whole(row)) {
            let (Some(student), Some(on)) = (row.get("student").and_then(Value::as_row), text(row, "on")) else {
                continue;
            };
            let kind = text(row, "kind").unwrap_or_else(|| "unexplained".to_owned());
            away.entry(on).or_default().insert(student.to_string(), kind);
        }
        let children: Vec<RollChild> = members.on_any(&days).cloned().collect();
        let mine: BTreeSet<String> = children.iter().map(|child| child.student.to_string()).collect();
        let shown = days.iter().map(Date::to_string).filter(|on| !idle.contains(on) || taken.contains(on));
        let day = |on: String| {
            let mut of_day = away.remove(&on).unwrap_or_default();
            of_day.retain(|student, _| mine.contains(student));
            MonthDay { taken: taken.contains(&on), away: of_day, on }
        };
        Ok(MonthRoll { days: shown.map(day).collect(), children })
    })
}

/// A class as the ledger has it today: its children in its order, each with where it stood on any day.
pub(crate) struct Members(Vec<(RollChild, Life)>);

/// Which children of a class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Who {
    /// 在校: whom the roll expects.
    AtSchool,
    /// 应到: on the roll, and neither suspended nor taught at home; a child that left is still expected back.
    Expected,
}

impl Members {
    pub(crate) fn read(desk: &Desk, grade: &str, class: Option<&str>) -> Done<Self> {
        let session = desk.session()?;
        session.store.read(|view| {
            let query = ListQuery { filters: class_filters(grade, class), ..ListQuery::default() };
            let rows = view.list(desk.record("student")?, &query)?.rows;
            let ids: BTreeSet<Id> = rows.iter().map(|(id, _)| *id).collect();
            let lives = Reader { catalogue: desk.catalogue(), view }.lives_of(&ids, desk.today())?;
            let mut lives: HashMap<Id, Life> = lives.into_iter().map(|life| (life.student, life)).collect();
            let text =
                |row: &domain::Row, key: &str| row.get(key).and_then(Value::as_text).unwrap_or_default().to_owned();
            let member = |(student, row): (Id, domain::Row)| {
                let (name, seat_no) = (text(&row, "name"), text(&row, "seat_no"));
                Some((RollChild { student, name, seat_no, missing: None }, lives.remove(&student)?))
            };
            Ok(Self(rows.into_iter().filter_map(member).collect()))
        })
    }

    /// The children who were at school on one of some days, in the order of the class.
    fn on_any(&self, days: &[Date]) -> impl Iterator<Item = &RollChild> {
        let there = move |life: &Life| days.iter().any(|day| life.standing(*day).at_school);
        self.0.iter().filter(move |(_, life)| there(life)).map(|(child, _)| child)
    }

    /// The children on a day, in the order of the class.
    pub(crate) fn on(&self, day: Date, who: Who) -> impl Iterator<Item = &RollChild> {
        let counts = move |life: &Life| match (who, life.standing(day)) {
            (Who::AtSchool, standing) => standing.at_school,
            (Who::Expected, standing) => standing.is_expected(),
        };
        self.0.iter().filter(move |(_, life)| counts(life)).map(|(child, _)| child)
    }
}

fn class_filters(grade: &str, class: Option<&str>) -> Vec<Filter> {
    let filter = |field: &str, value: Option<&str>| Filter::is(field, value.map(|value| Value::Text(value.into())));
    vec![filter("grade", Some(grade)), filter("class", class)]
}
