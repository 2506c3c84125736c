//! 升级、毕业、新生: a new school year for every seat of a school, rehearsed first, exceptions child by child, one step to
//! take it back. The old seats stay where they were: any day of last year reads as it did.

mod plan;

use std::collections::BTreeMap;

use domain::rollover::Outcome;
use domain::{Id, Keyed, Problem, Value};
use serde::{Deserialize, Serialize};
use store::{Act, Author, Door, Edit};
use ts_rs::TS;

use crate::desk::{Desk, Session};
use crate::failure::{Done, Failure};
use crate::rows::draft::Typed;
use crate::rows::setting;
use plan::{Mover, Plan};

/// A school year to begin.
#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct RolloverRequest {
    /// The first day of the new year, ISO 8601; 1 September when absent.
    pub first_day: Option<String>,
    /// The school; the ledger's own when absent.
    pub school: Option<Id>,
    /// Code of the school's last grade; told from its kind and its pupils when absent.
    pub last_grade: Option<String>,
    /// Children that go another way than their class.
    pub exceptions: Vec<RolloverException>,
    /// Classes that are named otherwise, joined or parted.
    pub classes: Vec<ClassMove>,
    /// Children who enter.
    pub newcomers: Vec<Newcomer>,
}

/// A child that goes another way.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct RolloverException {
    /// The child.
    pub student: Id,
    /// What becomes of it.
    pub outcome: Outcome,
    /// Its new class; that of the others when absent.
    #[serde(default)]
    pub class: Option<String>,
    /// Why; wanted for a grade done again.
    #[serde(default)]
    pub reason: Option<String>,
    /// The school it moves to.
    #[serde(default)]
    pub to_school: Option<String>,
    /// The end of a suspension, ISO 8601; a year when absent.
    #[serde(default)]
    pub until: Option<String>,
}

/// A class that is called otherwise in the new year.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ClassMove {
    /// Code of its grade in the old year.
    pub grade: String,
    /// Its name in the old year.
    pub class: Option<String>,
    /// Its name in the new one.
    pub to_class: Option<String>,
}

/// A child who enters.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct Newcomer {
    /// The child, already in the ledger.
    pub student: Id,
    /// Code of the grade; the first one when absent.
    #[serde(default)]
    pub grade: Option<String>,
    /// The class.
    #[serde(default)]
    pub class: Option<String>,
}

/// What a roll-over does, or did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RolloverReply {
    /// The school year that ends.
    pub from_year: String,
    /// The school year that begins.
    pub to_year: String,
    /// Its first day.
    pub first_day: String,
    /// Code of the school's last grade.
    pub last_grade: String,
    /// How many children go each way; `new` for those who enter.
    pub counts: BTreeMap<String, u32>,
    /// Classes, in order.
    pub classes: Vec<ClassPlan>,
    /// Children, by class and name.
    pub children: Vec<ChildPlan>,
    /// Children in no school who are of age to enter.
    pub candidates: Vec<CandidateLine>,
    /// The changes made; none in a rehearsal.
    pub changes: Vec<String>,
}

/// What becomes of a class.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ClassPlan {
    /// Code of its grade.
    pub grade: Option<String>,
    /// Its name.
    pub class: Option<String>,
    /// How it is written.
    pub label: String,
    /// How the class it becomes is written; empty when it ends.
    pub to_label: String,
    /// Children in it.
    pub students: u32,
}

/// What becomes of a child.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ChildPlan {
    /// The child.
    pub student: Id,
    /// Its name.
    pub name: String,
    /// Its class.
    pub from: String,
    /// Its class in the new year; empty when it has none.
    pub to: String,
    /// What becomes of it.
    pub outcome: Outcome,
    /// What that is called.
    pub label: String,
    /// Whether somebody said so, against what is usual.
    pub exception: bool,
}

/// A child in no school who is of age to enter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CandidateLine {
    /// The child.
    pub student: Id,
    /// Its name.
    pub name: String,
    /// Its birth date.
    pub birth_date: String,
    /// Where it lives.
    pub village: String,
}

/// Says what a roll-over would do. Errors: `refused`, for a reason that is missing or a day that is none.
pub fn rehearse_rollover(desk: &Desk, request: RolloverRequest) -> Done<RolloverReply> {
    let session = desk.session()?;
    session.store.read(|view| Plan::make(desk, &session, view, &request)?.reply(desk))
}

/// Begins a school year for a school: all of it or nothing, taken back by one undo.
///
/// Errors: as the rehearsal; `nothing_to_roll_over`, when every seat is of the new year already.
pub fn rollover(desk: &Desk, request: RolloverRequest) -> Done<RolloverReply> {
    let session = desk.session()?;
    let batch = Some(desk.new_id());
    session.store.write(|door| {
        let plan = Plan::make(desk, &session, door.view(), &request)?;
        if plan.is_idle() {
            return Err(Failure::new("nothing_to_roll_over").with("year", &plan.to_year));
        }
        let mut reply = plan.reply(desk)?;
        let author = Author { batch, ..desk.author(&session) };
        reply.changes = carry_out(desk, &session, door, &author, &plan)?;
        Ok(reply)
    })
}

/// Writes the new seats and ends the old ones; a grade done again in changes of its own, with its reason.
fn carry_out(
    desk: &Desk,
    session: &Session,
    door: &mut Door<'_>,
    author: &Author,
    plan: &Plan<'_>,
) -> Done<Vec<String>> {
    let mut edits = Vec::new();
    let mut apart: Vec<(Option<String>, Vec<Edit>)> = Vec::new();
    for (mover, done) in plan.movers.iter().zip(1..) {
        let own = edits_of(desk, session, door, plan, mover)?;
        match mover.outcome {
            Outcome::Repeat => apart.push((mover.reason.clone(), own)),
            _ => edits.extend(own),
        }
        desk.step(done, plan.movers.len() as u64)?;
    }
    for newcomer in &plan.newcomers {
        edits.extend(made(desk, session, door, "enrolment", newcomer.clone())?);
    }
    let mut changes = door.save(author, &edits)?.changes;
    for (why, edits) in apart {
        changes.extend(door.save(&Author { why, ..author.clone() }, &edits)?.changes);
    }
    Ok(changes.iter().map(oplog::Hash::hex).collect())
}

fn edits_of(desk: &Desk, session: &Session, door: &Door<'_>, plan: &Plan<'_>, mover: &Mover) -> Done<Vec<Edit>> {
    if !mover.outcome.ends_the_seat() {
        return Ok(vec![]);
    }
    let first = Some(Value::Text(plan.first.to_string().into()));
    let fields = Keyed::from_iter([("until_on".into(), first)]);
    let ended = Edit { record: "enrolment".to_owned(), row: mover.seat, act: Act::Write { fields, seen: None } };
    let mut edits = vec![ended];
    for (name, values) in plan.rows_of(mover) {
        edits.extend(made(desk, session, door, name, values)?);
    }
    Ok(edits)
}

type Fields = Keyed<Option<Value>>;

/// The edits of a new row, or of the one that is there by its natural key.
fn made(desk: &Desk, session: &Session, door: &Door<'_>, name: &str, values: Fields) -> Done<Vec<Edit>> {
    let definition = desk.record(name)?;
    let setting = setting(desk, session, door.view());
    let typed = Typed { values, problems: Vec::new() };
    let place = setting.place(definition, setting.id_of(definition, &typed)?)?;
    setting.enter(definition, place, typed, None)
}

fn refused(field: &str, rule: &str) -> Failure {
    Failure::refused(vec![Problem::block(field, rule)])
}
