//! Lists that no register holds because they follow from facts: who is left behind by whose definition, and who of school
//! age is in no school at all.

use std::collections::{BTreeMap, HashMap, HashSet};

use domain::left_behind::{Away, Definition, Family};
use domain::lives::{Life, RollState};
use domain::{Date, Fields, Id, Value, date, grade, rates};
use serde::{Deserialize, Serialize};
use store::{Living, View};
use ts_rs::TS;

use crate::desk::Desk;
use crate::failure::{Done, Failure};
use crate::rows::books::Reader;
use crate::rows::known::day_asked;
use crate::rows::rules;

/// A child who is left behind by one definition at least, or said to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LeftBehindLine {
    /// The child.
    pub student: Id,
    /// Its name.
    pub name: String,
    /// Its class.
    pub class: String,
    /// Definition → who is away.
    pub by: BTreeMap<Definition, Away>,
    /// What the roll says, a code of the list `left_behind`; none when nothing is said.
    pub stated: Option<String>,
    /// Whether the roll says otherwise than its own definition finds.
    pub differs: bool,
}

/// A child of school age who is in no school.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct OutOfSchoolLine {
    /// The child.
    pub student: Id,
    /// Its name.
    pub name: String,
    /// Its birth date.
    pub birth_date: String,
    /// Its village.
    pub village: String,
    /// The day its last seat ended; empty when it never had one.
    pub since: String,
    /// Its case that is still open, if it has one.
    pub case: Option<Id>,
}

/// Who is left behind on a day (today when absent), by each of the three definitions.
pub fn left_behind(desk: &Desk, on: Option<String>) -> Done<Vec<LeftBehindLine>> {
    let session = desk.session()?;
    let on = day_asked(desk, on.as_deref())?;
    session.store.read(|view| {
        let settings = rules::settings(desk, &session, view)?;
        let mut families: HashMap<Id, (Family, domain::Row)> = HashMap::new();
        let fields = ["name", "birth_date", "household_kind", "grade", "class", "left_behind"];
        each(desk, view, "student", &fields, |id, row| {
            families.insert(id, (Family::of_child(&row), row));
        })?;
        let mut give = |row: domain::Row, enter: fn(&mut Family, &domain::Row)| {
            let child = row.get("student").and_then(Value::as_row);
            if let Some((family, _)) = child.and_then(|child| families.get_mut(&child)) {
                enter(family, &row);
            }
        };
        each(desk, view, "parent_away", &["student", "who", "from_on", "until_on"], |_, row| {
            give(row, Family::enter_away);
        })?;
        each(desk, view, "guardian", &["student", "relation", "able"], |_, row| give(row, Family::enter_guardian))?;
        let line = |(id, (family, row)): (Id, (Family, domain::Row))| {
            let by = |by: Definition| Some((by, family.left_behind(by, &settings, on)?));
            let by: BTreeMap<Definition, Away> = Definition::ALL.into_iter().filter_map(by).collect();
            let stated = row.text("left_behind").map(str::to_owned);
            let said = matches!(stated.as_deref(), Some("1" | "2" | "3"));
            (said || !by.is_empty()).then(|| LeftBehindLine {
                student: id,
                name: row.said("name"),
                class: class_of(desk, &row),
                differs: said != by.contains_key(&Definition::RollSystem),
                by,
                stated,
            })
        };
        let mut lines: Vec<LeftBehindLine> = families.into_iter().filter_map(line).collect();
        lines.sort_by(|a, b| (&a.class, &a.name, a.student).cmp(&(&b.class, &b.name, b.student)));
        Ok(lines)
    })
}

/// Children of school age who sit in no school on a day (today when absent): never entered, or left without another seat.
/// Who finished junior school, moved away with papers, went abroad or died is not among them.
pub fn out_of_school(desk: &Desk, on: Option<String>) -> Done<Vec<OutOfSchoolLine>> {
    let session = desk.session()?;
    let on = day_asked(desk, on.as_deref())?;
    session.store.read(|view| {
        let settings = rules::settings(desk, &session, view)?;
        let year = chrono::Datelike::year(&date::school_year_start(on));
        let age = rates::school_age(year, &settings);
        let mut heads: HashMap<Id, domain::Row> = HashMap::new();
        each(desk, view, "student", &["name", "birth_date", "village", "address"], |id, row| {
            heads.insert(id, row);
        })?;
        let done = finished(desk, view)?;
        let mut lines = Vec::new();
        for life in (Reader { catalogue: desk.catalogue(), view }).lives(Date::MIN)? {
            if !is_in_no_school(&life, age, &done, on) {
                continue;
            }
            let head = heads.get(&life.student);
            let said = |key: &str| head.and_then(|row| row.text(key)).unwrap_or_default().to_owned();
            let village = Some(said("village")).filter(|village| !village.is_empty());
            let since = life.seats.iter().filter_map(|seat| seat.until).filter(|until| *until <= on).max();
            lines.push(OutOfSchoolLine {
                student: life.student,
                name: said("name"),
                birth_date: said("birth_date"),
                village: village.unwrap_or_else(|| said("address")),
                since: since.map(|day| day.to_string()).unwrap_or_default(),
                case: life.cases.iter().find(|(_, case)| case.status.is_open()).map(|(id, _)| *id),
            });
        }
        lines.sort_by(|a, b| (&a.village, &a.name, a.student).cmp(&(&b.village, &b.name, b.student)));
        Ok(lines)
    })
}

/// Whether a child of school age, by its first and last birth date, sits in no school on a day.
pub(crate) fn is_in_no_school(life: &Life, age: Option<(Date, Date)>, done: &HashSet<Id>, on: Date) -> bool {
    let of_age = life.born.is_some_and(|born| age.is_some_and(|(first, last)| first <= born && born <= last));
    let gone = |change: &domain::lives::Change| {
        let left = change.leads_to().is_some_and(|state| {
            matches!(state, RollState::MovedOut | RollState::Abroad | RollState::Died | RollState::Graduated)
        });
        left && change.on.is_some_and(|day| day <= on)
    };
    let seated = life.seat_on(on).is_some() || done.contains(&life.student) || life.changes.iter().any(gone);
    of_age && !seated
}

/// Children whose last seat was in the ninth grade and who are in the register of those who finished.
pub(crate) fn finished(desk: &Desk, view: View<'_>) -> Done<HashSet<Id>> {
    let mut ninth = HashSet::new();
    each(desk, view, "enrolment", &["student", "grade"], |_, row| {
        if row.text("grade") == Some("23") {
            ninth.extend(row.get("student").and_then(Value::as_row));
        }
    })?;
    let mut done = HashSet::new();
    each(desk, view, "graduate", &["student"], |_, row| {
        done.extend(row.get("student").and_then(Value::as_row).filter(|child| ninth.contains(child)));
    })?;
    Ok(done)
}

fn each(desk: &Desk, view: View<'_>, name: &str, fields: &[&str], mut take: impl FnMut(Id, domain::Row)) -> Done<()> {
    view.each(desk.record(name)?, fields, |Living { id, row, .. }| {
        take(id, row);
        Ok::<_, Failure>(())
    })
}

fn class_of(desk: &Desk, row: &domain::Row) -> String {
    let grades = desk.catalogue().codes("grade");
    let name = row.text("grade").map(|code| grades.map_or(code, |grades| grades.name_in(code, desk.language())));
    grade::class_spoken(name, row.text("class"), desk.language())
}
