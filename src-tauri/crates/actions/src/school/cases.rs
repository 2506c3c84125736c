//! The dropout case as people handle it: opened from an absence or a visit, moved on, closed, opened again when a child
//! leaves once more. The machine and the record say what is legal and what is missing; this only joins the forms.

use std::collections::BTreeSet;

use domain::Id;
use domain::calendar::Class;
use domain::case::{Case, Status, next_rung};
use domain::clock::{Ticks, absence};
use domain::report::Books;
use domain::words::{self, Facts};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};
use ts_rs::TS;

use crate::desk::{Desk, Session};
use crate::failure::{Done, Failure};
use crate::rows::books::Reader;
use crate::rows::rules::Rules;
use crate::rows::saving::{save_row, save_rows};
use crate::rows::{SaveReply, SaveRequest};
use crate::school::duties::Roll;

/// A case to be opened for a child.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct OpenCaseRequest {
    /// The child.
    pub student: Id,
    /// Field → what was typed; `left_on` is taken from the roll when it is absent.
    #[ts(type = "Record<string, unknown>")]
    pub values: Map<String, Json>,
}

/// A step of a case.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct MoveRequest {
    /// The case.
    pub id: Id,
    /// The state it moves to, a code of `case_status`.
    pub to: String,
    /// Field → what was typed.
    #[ts(type = "Record<string, unknown>")]
    pub values: Map<String, Json>,
    /// Why, for a step back.
    pub why: Option<String>,
}

/// What may come next in a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CaseNext {
    /// How it stands.
    pub status: String,
    /// The steps that are legal, each with the fields it asks for.
    pub steps: Vec<CaseStep>,
    /// Who should make the next attempt, a code of `persuasion_way`.
    pub next_way: String,
    /// Attempts made.
    pub attempts: u32,
    /// The case before this one.
    pub previous: Option<Id>,
}

/// One legal step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CaseStep {
    /// The state it leads to.
    pub to: String,
    /// What people call it.
    pub name: String,
    /// Fields that it asks for.
    pub asks: Vec<String>,
}

/// Opens a case. A child who left before has a new one, linked to the old; an old one that is still being observed
/// is closed as left again, in the same step. Errors: `case_open` when another is open; `refused`.
pub fn open_case(desk: &Desk, request: OpenCaseRequest) -> Done<SaveReply> {
    let session = desk.session()?;
    let (earlier, found_left) = session.store.read(|view| {
        let mut cases: Vec<(Id, Case)> = view
            .rows_under(desk.record("dropout_case")?, request.student)?
            .into_iter()
            .map(|(id, row)| (id, Case::read(&row)))
            .collect();
        cases.sort_by_key(|(_, case)| case.left_on);
        let reader = Reader { catalogue: desk.catalogue(), view };
        Ok::<_, Failure>((cases, first_missed(desk, &session, &reader, request.student)?))
    })?;
    if earlier.iter().any(|(_, case)| case.status.is_out()) {
        return Err(Failure::new("case_open"));
    }
    let new = desk.new_id();
    let mut values = request.values;
    values.insert("student".to_owned(), json!(request.student.to_string()));
    let given = |values: &Map<String, Json>, key: &str| values.get(key).is_some_and(|value| !value.is_null());
    if let Some(left) = found_left.filter(|_| !given(&values, "left_on")) {
        values.insert("left_on".to_owned(), json!(left.to_string()));
    }
    if !given(&values, "found_on") {
        values.insert("found_on".to_owned(), json!(desk.today().to_string()));
    }
    let before = earlier.iter().rev().find(|(_, case)| case.status != Status::Excluded);
    if let Some((previous, _)) = before {
        values.insert("previous".to_owned(), json!(previous.to_string()));
    }
    let form =
        |id: Id, values| SaveRequest { record: "dropout_case".to_owned(), id: Some(id), values, seen: None, why: None };
    let mut forms = vec![form(new, values)];
    let unsettled = before.filter(|(_, case)| matches!(case.status, Status::Returned | Status::Observing));
    forms.extend(unsettled.map(|(id, _)| form(*id, left_again(desk, new))));
    let saved = save_rows(desk, forms)?;
    saved.into_iter().next().ok_or_else(|| Failure::defect("nothing was saved"))
}

/// The closing of a case whose child left again: the new case is its evidence.
fn left_again(desk: &Desk, new: Id) -> Map<String, Json> {
    let facts = Facts::from([("case".to_owned(), new.to_string())]);
    let evidence = words::say(desk.language(), "reports", "left_again", &facts);
    Map::from_iter([
        ("status".to_owned(), json!("closed")),
        ("closed_on".to_owned(), json!(desk.today().to_string())),
        ("closed_ground".to_owned(), json!("left_again")),
        ("closed_evidence".to_owned(), json!(evidence)),
    ])
}

/// The first day of the child's newest unexcused stretch, as the roll says; none when it was seen since.
fn first_missed(desk: &Desk, session: &Session, reader: &Reader<'_>, student: Id) -> Done<Option<domain::Date>> {
    let mut rules = Rules::read(desk, session, reader.view)?;
    let Some(life) = reader.lives_of(&BTreeSet::from([student]), desk.today())?.pop() else { return Ok(None) };
    let roll = Roll::of(reader, rules.term_began(desk.today()), &life)?;
    let place = Books::place(&life, desk.today());
    let class = place.grade.map(|grade| Class { grade: grade.to_owned(), class: place.class.map(str::to_owned) });
    let (settings, presence) = (rules.settings.clone(), rules.presence.clone());
    let days = rules.days(place.school, class.as_ref());
    let ticks = Ticks { today: desk.today(), days, settings: &settings, presence: &presence };
    let stretch = absence::newest_stretch(&roll.attendance(&life), &ticks);
    Ok(stretch.filter(|stretch| stretch.ended.is_none()).and_then(|stretch| stretch.began()))
}

/// Moves a case on. Errors: `refused`, naming the moves that are open, or the fields that block.
pub fn move_case(desk: &Desk, request: MoveRequest) -> Done<SaveReply> {
    let mut values = request.values;
    values.insert("status".to_owned(), json!(request.to));
    let why = request.why;
    save_row(desk, SaveRequest { record: "dropout_case".to_owned(), id: Some(request.id), values, seen: None, why })
}

/// What may come next in a case, and what each step asks for.
pub fn case_next(desk: &Desk, id: Id) -> Done<CaseNext> {
    let session = desk.session()?;
    let machine = desk.catalogue().machine("case").ok_or_else(|| Failure::defect("no machine case"))?;
    let list = desk.catalogue().codes(&machine.codes).ok_or_else(|| Failure::defect("no case_status"))?;
    session.store.read(|view| {
        let row = view.row(desk.record("dropout_case")?, id, desk.today())?.values;
        let case = Case::read(&row);
        let made = view.rows_under(desk.record("persuasion")?, id)?.len();
        let attempts = u32::try_from(made).unwrap_or(u32::MAX);
        let asks =
            |to: &String| machine.needs(to).iter().filter(|key| !row.contains_key(key.as_str())).cloned().collect();
        let step = |to: &String| CaseStep { to: to.clone(), name: list.name(to).to_owned(), asks: asks(to) };
        Ok(CaseNext {
            status: case.status.code().to_owned(),
            steps: machine.next(case.status.code()).iter().map(step).collect(),
            next_way: next_rung(attempts).to_owned(),
            attempts,
            previous: case.previous,
        })
    })
}
