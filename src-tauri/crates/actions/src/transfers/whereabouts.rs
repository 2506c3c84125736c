//! 去向比对: a child whom one school misses may sit in another. The center lays the two side by side; a person says
//! whether they are one child, never the program (decisions A41).

use std::collections::{BTreeSet, HashMap};

use domain::case::Case;
use domain::likeness::{self, Caution, Ground, Likeness, Person};
use domain::{Date, Fields, Id, Row, Value};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};
use store::View;
use ts_rs::TS;

use crate::desk::Desk;
use crate::desk::kept::noted;
use crate::failure::{Done, Failure};
use crate::history::duplicates::people;
use crate::rows::SaveRequest;
use crate::rows::books::Reader;
use crate::rows::names::{name_of, name_spoken};
use crate::rows::saving::save_row;

/// Two children who may be one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct WhereMatch {
    /// `id_number`: the same number; `name_birth`: the same name and the same birth date.
    pub by: String,
    /// The record of the row that says the child is missing: `return_outcome` or `dropout_case`.
    pub record: String,
    /// That row.
    pub row: Id,
    /// The child as the school that misses it has it.
    pub missing: WhereSide,
    /// The child as the school that has it.
    pub arrived: WhereSide,
}

/// A child at a school, for comparing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct WhereSide {
    /// The child.
    pub student: Id,
    /// Its name.
    pub name: String,
    /// The school.
    pub school: String,
    /// Its class there.
    pub class: String,
    /// Its birth date.
    pub birth_date: String,
    /// Its number, masked.
    pub id_number: String,
    /// Missing: since when; arrived: the first day of the seat. Empty when nobody said.
    pub since: String,
    /// Missing: its whereabouts, in words; arrived: how it stands on the roll.
    pub about: String,
}

/// What a person decided about two children.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct WhereDecision {
    /// The record of the row that says the child is missing.
    pub record: String,
    /// That row.
    pub row: Id,
    /// The child of the other school.
    pub arrived: Id,
    /// Whether they are one child.
    pub verdict: Verdict,
    /// How it was verified, a code of `verify_way`.
    pub verify_way: Option<String>,
}

/// Whether two children are one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// One child: its whereabouts are settled.
    Same,
    /// Two children: the pair is shown no more on this computer.
    Different,
}

/// Pairs that were looked at and are two children, on this computer.
const LOCAL: &str = "whereabouts/different";

/// Whom a school misses.
struct Sought {
    record: &'static str,
    row: Id,
    student: Id,
    whereabouts: Option<String>,
    since: Option<Date>,
}

/// Children missed by one school and found at another, by the same number or the same name and birth date; by the name of
/// the school that misses them. Empty in a school's own ledger.
pub fn where_matches(desk: &Desk, _: ()) -> Done<Vec<WhereMatch>> {
    let session = desk.session()?;
    if !session.organisation.is_above() {
        return Ok(vec![]);
    }
    session.store.read(|view| {
        let reader = Reader { catalogue: desk.catalogue(), view };
        let sought = sought(desk, &reader)?;
        if sought.is_empty() {
            return Ok(vec![]);
        }
        let seats = seats(&reader, desk.today())?;
        let people: HashMap<Id, Person> =
            people(desk, view)?.into_iter().filter_map(|person| Some((person.id?, person))).collect();
        let (missed, sought): (Vec<Person>, Vec<Sought>) =
            sought.into_iter().filter_map(|one| Some((people.get(&one.student)?.clone(), one))).unzip();
        let seated: Vec<Person> = seats.keys().filter_map(|student| people.get(student).cloned()).collect();
        let different = different(view)?;
        let mut found = Vec::new();
        for likeness in likeness::between(&missed, &seated) {
            let (Some(one), Some(person)) = (sought.get(likeness.pair.0), seated.get(likeness.pair.1)) else {
                continue;
            };
            let (Some(by), Some(other)) = (ground(&likeness), person.id) else { continue };
            let home = seats.get(&one.student).map(|(school, ..)| *school).or(view.scope_of(one.student)?);
            let Some((school, row)) = seats.get(&other).filter(|(school, _)| Some(*school) != home) else { continue };
            if other == one.student || different.contains(&(one.row, other)) {
                continue;
            }
            found.push(WhereMatch {
                by: by.to_owned(),
                record: one.record.to_owned(),
                row: one.row,
                missing: missing_side(desk, view, (one, home), &people)?,
                arrived: arrived_side(desk, view, (other, *school, row), &people)?,
            });
        }
        found.sort_by(|a, b| key(a).cmp(&key(b)));
        Ok(found)
    })
}

fn key(one: &WhereMatch) -> (&str, &str, Id, Id) {
    (&one.missing.school, &one.missing.name, one.row, one.arrived.student)
}

/// Settles a pair: the child's whereabouts are written where it is missed, or the pair is shown no more here.
/// Errors: `not_matched` when the two are no such pair.
pub fn settle_where(desk: &Desk, decision: WhereDecision) -> Done<()> {
    let pairs = where_matches(desk, ())?;
    let pair = pairs.iter().find(|pair| pair.row == decision.row && pair.arrived.student == decision.arrived);
    let pair = pair.ok_or_else(|| Failure::new("not_matched"))?;
    let session = desk.session()?;
    if decision.verdict == Verdict::Different {
        return session.store.write(|door| {
            let mut kept = different(door.view())?;
            kept.insert((decision.row, decision.arrived));
            Ok(door.set_local(LOCAL, &serde_json::to_vec(&kept).map_err(Failure::defect)?)?)
        });
    }
    let today = desk.today().to_string();
    let way = decision.verify_way.unwrap_or_else(|| "school_there".to_owned());
    let fields = [
        ("whereabouts", json!("school_elsewhere")),
        ("school", json!(pair.arrived.school)),
        ("whereabouts_place", json!(pair.arrived.school)),
        ("verify_way", json!(way)),
        ("verified_on", json!(today)),
        ("result", json!("at_school_elsewhere")),
        ("done_on", json!(today)),
    ];
    // An outcome of a return check and a case say it in fields of their own.
    let definition = desk.record(&pair.record)?;
    let own = fields.into_iter().filter(|(key, _)| definition.field(key).is_some());
    let values: Map<String, Json> = own.map(|(key, value)| (key.to_owned(), value)).collect();
    save_row(desk, SaveRequest { record: pair.record.clone(), id: Some(pair.row), values, seen: None, why: None })?;
    Ok(())
}

/// Children of the newest return checks whose whereabouts nobody settled, and those whose case is open and says nothing
/// better.
fn sought(desk: &Desk, reader: &Reader<'_>) -> Done<Vec<Sought>> {
    let year = domain::date::school_year(desk.today());
    let fields = ["student", "school_year", "whereabouts", "result", "done_on"];
    let mut all = Vec::new();
    for (row, values) in reader.scan("return_outcome", &fields, vec![])? {
        let settled = matches!(values.text("result"), Some("back" | "papers_done" | "at_school_elsewhere"));
        let known = values.text("whereabouts").is_some_and(|code| SETTLED.contains(&code));
        let Some(student) = values.get("student").and_then(Value::as_row) else { continue };
        if values.text("school_year") == Some(&year) && !settled && !known {
            let whereabouts = values.text("whereabouts").map(str::to_owned);
            all.push(Sought { record: "return_outcome", row, student, whereabouts, since: None });
        }
    }
    let named: BTreeSet<Id> = all.iter().map(|one| one.student).collect();
    for (row, case) in reader.cases()? {
        if let Some(student) = open_and_lost(&case).filter(|student| !named.contains(student)) {
            all.push(Sought {
                record: "dropout_case",
                row,
                student,
                whereabouts: case.whereabouts,
                since: case.left_on,
            });
        }
    }
    Ok(all)
}

/// Whereabouts that leave nothing to look for.
const SETTLED: [&str; 8] =
    ["transferred", "special_school", "home_teaching", "on_leave", "suspended", "deferred", "abroad", "died"];

fn open_and_lost(case: &Case) -> Option<Id> {
    let known = case.whereabouts.as_deref().is_some_and(|code| SETTLED.contains(&code) || code == "school_elsewhere");
    case.student.filter(|_| case.status.is_open() && case.returned_on.is_none() && !known)
}

/// What speaks for a pair here, as it is told: number before name. A telephone alone settles no whereabouts, and two
/// different numbers are two children.
fn ground(found: &Likeness) -> Option<&'static str> {
    if found.grounds.contains(&Ground::IdNumber) {
        return Some("id_number");
    }
    let named = found.grounds.contains(&Ground::NameAndBirthday) && !found.cautions.contains(&Caution::IdNumbers);
    named.then_some("name_birth")
}

/// The school at which each child sits today, with the seat; a child whose case says it is out sits nowhere.
fn seats(reader: &Reader<'_>, today: Date) -> Done<HashMap<Id, (Id, Row)>> {
    let fields = ["student", "organisation", "grade", "class", "status", "from_on", "until_on"];
    let mut seats: HashMap<Id, (Id, Row)> = HashMap::new();
    for (_, row) in reader.scan("enrolment", &fields, vec![])? {
        let holds = row.day("from_on").is_none_or(|from| from <= today)
            && row.day("until_on").is_none_or(|until| today < until);
        let link = |key: &str| row.get(key).and_then(Value::as_row);
        let (Some(student), Some(school)) = (link("student"), link("organisation")) else { continue };
        let newer = seats.get(&student).is_none_or(|(_, held)| held.day("from_on") <= row.day("from_on"));
        if holds && newer {
            seats.insert(student, (school, row));
        }
    }
    Ok(seats)
}

fn missing_side(
    desk: &Desk,
    view: View<'_>,
    (one, home): (&Sought, Option<Id>),
    people: &HashMap<Id, Person>,
) -> Done<WhereSide> {
    let list = desk.catalogue().codes("whereabouts");
    let about = one.whereabouts.as_deref().map(|code| list.map_or(code, |list| list.name_in(code, desk.language())));
    let seat = view.row_on(desk.record("student")?, one.student, desk.today())?.map(|(_, row)| row).unwrap_or_default();
    let about = about.unwrap_or_default().to_owned();
    let since = one.since.map(|day| day.to_string()).unwrap_or_default();
    side(desk, view, (one.student, home, &seat), people, (since, about))
}

fn arrived_side(
    desk: &Desk,
    view: View<'_>,
    (student, school, seat): (Id, Id, &Row),
    people: &HashMap<Id, Person>,
) -> Done<WhereSide> {
    let list = desk.catalogue().codes("roll_status");
    let about = seat.text("status").map(|code| list.map_or(code, |list| list.name_in(code, desk.language())));
    let facts = (seat.said("from_on"), about.unwrap_or_default().to_owned());
    side(desk, view, (student, Some(school), seat), people, facts)
}

fn side(
    desk: &Desk,
    view: View<'_>,
    (student, school, seat): (Id, Option<Id>, &Row),
    people: &HashMap<Id, Person>,
    (since, about): (String, String),
) -> Done<WhereSide> {
    let definition = desk.record("student")?;
    let organisation = desk.record("organisation")?;
    let school = school.map(|id| name_of(desk.catalogue(), view, organisation, id, desk.today())).transpose()?;
    let grades = desk.catalogue().codes("grade");
    let grade = seat.text("grade").map(|code| grades.map_or(code, |grades| grades.name_in(code, desk.language())));
    let person = people.get(&student);
    let number = person.and_then(|person| person.id_number.as_deref()).unwrap_or_default();
    let masked = definition.field("id_number").map(|field| domain::show::masked(field, number)).unwrap_or_default();
    Ok(WhereSide {
        student,
        name: name_spoken(desk, view, definition, student)?,
        school: school.unwrap_or_default(),
        class: domain::grade::class_spoken(grade, seat.text("class"), desk.language()),
        birth_date: person.and_then(|person| person.birth_date.clone()).unwrap_or_default(),
        id_number: if number.is_empty() { String::new() } else { masked },
        since,
        about,
    })
}

fn different(view: View<'_>) -> Done<BTreeSet<(Id, Id)>> {
    noted(view, LOCAL)
}
