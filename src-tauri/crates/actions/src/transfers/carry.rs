//! Above the schools: hand-overs are carried to the new school, answers to the old one, and the two rows joined. What is
//! written follows from the two schools' rows alone, so two computers that both carry write the same.

use std::collections::{BTreeMap, BTreeSet};

use domain::{Fields, Id, Keyed, Row, Value};
use oplog::{Hash, SAME};
use serde::{Deserialize, Serialize};
use store::{Act, Author, Door, Edit, ListQuery, StoreError, View};

use super::RECORD;
use crate::desk::kept::noted;
use crate::desk::{Desk, Session};
use crate::failure::{Done, Failure};
use crate::trust::directory::{self, KnownKeys};

/// A school below.
pub(super) struct School {
    pub(super) id: Id,
    name: String,
    code: String,
}

impl School {
    /// Whether this school is meant by a code, a name or an id.
    pub(super) fn is_called(&self, text: &str) -> bool {
        let text = text.trim();
        !text.is_empty() && (text == self.code || text == self.name || text == self.id.to_string())
    }
}

/// The fields of the answer that go back to the old school.
const ANSWER: [&str; 5] = ["state", "answered_on", "answered_by", "begins_on", "answer"];

/// Carries across what waits to be; nothing is done twice. Gives how many hand-overs and answers were.
pub(crate) fn carry(desk: &Desk) -> Done<u32> {
    let session = desk.session()?;
    let carried = session.store.write(|door| carry_in(desk, &session, door))?;
    Ok(u32::try_from(carried.len()).unwrap_or(u32::MAX))
}

/// The same in a transaction that is open. Gives the newest change of each hand-over and answer.
fn carry_in(desk: &Desk, session: &Session, door: &mut Door<'_>) -> Done<Vec<Hash>> {
    let mut carried = Vec::new();
    if session.organisation.is_above() {
        for edits in waiting(desk, session, door.view())? {
            let author = Author { batch: Some(desk.new_id()), ..desk.author(session) };
            carried.push(door.save(&author, &edits)?.changes.pop());
        }
    }
    Ok(carried.into_iter().flatten().collect())
}

/// What schools hand each other goes on with the very merge that brought it: a child taken in leaves the old roster at
/// once, and what a merge carried on is taken back with it.
pub(crate) fn carry_with(desk: &Desk, session: &Session, door: &mut Door<'_>, manifest: &[u8; 32]) -> Done<()> {
    bring_again(desk, session, door)?;
    let carried = carry_in(desk, session, door)?;
    if carried.is_empty() {
        return Ok(());
    }
    let mut kept: Vec<Carried> = noted(door.view(), CARRIED)?;
    kept.push(Carried {
        package: Hash(*manifest).hex(),
        changes: carried.iter().map(Hash::hex).collect(),
        taken_back: false,
    });
    keep(door, &kept)
}

/// Takes back what was carried on with a package, newest first. Errors: `built_on`: somebody has written to it since.
pub(crate) fn take_back(desk: &Desk, session: &Session, door: &mut Door<'_>, manifest: &[u8; 32]) -> Done<()> {
    let named = Hash(*manifest).hex();
    turn(desk, session, door, |one| !one.taken_back && one.package == named)
}

/// What was carried on with packages that were taken back and count again is carried on again.
pub(crate) fn bring_again(desk: &Desk, session: &Session, door: &mut Door<'_>) -> Done<()> {
    let back = door.view().taken_back()?;
    let arrived = door.view().arrived()?;
    let away: BTreeSet<String> =
        arrived.iter().filter(|one| back.contains(&one.id)).map(|one| Hash(one.manifest_hash).hex()).collect();
    turn(desk, session, door, |one| one.taken_back && !away.contains(&one.package))
}

/// Undoes what stands, or undoes that.
fn turn(desk: &Desk, session: &Session, door: &mut Door<'_>, which: impl Fn(&Carried) -> bool) -> Done<()> {
    let mut kept: Vec<Carried> = noted(door.view(), CARRIED)?;
    let mut turned = false;
    for one in kept.iter_mut().rev().filter(|one| which(one)) {
        let mut undone = Vec::new();
        for change in one.changes.iter().rev().filter_map(|change| Hash::from_hex(change)) {
            let author = Author { batch: Some(desk.new_id()), ..desk.author(session) };
            match door.undo(&author, Some(change)) {
                Ok(saved) => undone.extend(saved.changes.last().map(Hash::hex)),
                Err(StoreError::NothingToUndo) => {}
                Err(StoreError::Refused(_)) => return Err(Failure::new("built_on")),
                Err(error) => return Err(error.into()),
            }
        }
        (one.changes, one.taken_back, turned) = (undone, !one.taken_back, true);
    }
    if turned { keep(door, &kept) } else { Ok(()) }
}

fn keep(door: &Door<'_>, kept: &[Carried]) -> Done<()> {
    Ok(door.set_local(CARRIED, &serde_json::to_vec(kept).map_err(Failure::defect)?)?)
}

/// What was carried on with one package.
#[derive(Serialize, Deserialize)]
struct Carried {
    /// The package: the hash of what it said of itself.
    package: String,
    /// The newest change of each hand-over and answer, or of what took it back.
    changes: Vec<String>,
    taken_back: bool,
}

const CARRIED: &str = "carried";

/// The schools below whose rows may be written here.
pub(super) fn schools(desk: &Desk, session: &Session, view: View<'_>) -> Done<Vec<School>> {
    let own = session.organisation.id;
    let mut schools = Vec::new();
    let (mut keepers, mut met) = (vec![own], BTreeSet::new());
    while let Some(keeper) = keepers.pop() {
        for entry in directory::entries(desk, view, &[keeper])? {
            let card = entry.card;
            if met.insert(card.organisation) {
                keepers.push(card.organisation);
                schools.push(School { id: card.organisation, name: card.name, code: card.code });
            }
        }
    }
    Ok(schools)
}

/// The school below that a hand-over means, if exactly one is.
pub(super) fn receiver(schools: &[School], row: &Row) -> Option<Id> {
    let called = |key: &str| {
        let wanted = row.said(key);
        let mut found = schools.iter().filter(|school| school.is_called(&wanted));
        found.next().filter(|_| found.next().is_none()).map(|school| school.id)
    };
    ["to_org", "to_code", "to_school"].into_iter().find_map(called)
}

/// What has to be written, one batch a hand-over or an answer.
fn waiting(desk: &Desk, session: &Session, view: View<'_>) -> Done<Vec<Vec<Edit>>> {
    let definition = desk.record(RECORD)?;
    let rows: BTreeMap<Id, Row> = view.list(definition, &ListQuery::default())?.rows.into_iter().collect();
    if rows.is_empty() {
        return Ok(vec![]);
    }
    let known = KnownKeys::load(desk, session, view)?;
    let schools = schools(desk, session, view)?;
    let mut batches = Vec::new();
    for (id, row) in rows.iter().filter(|(_, row)| !row.contains_key("origin")) {
        let Some(from) = view.scope_of(*id)?.filter(|from| row.said("from_org") == from.to_string()) else { continue };
        let Some(to) = receiver(&schools, row).filter(|to| *to != from) else { continue };
        if !known.may_write(session.organisation.id, to) || !known.may_write(session.organisation.id, from) {
            continue;
        }
        let there = Id::from_digest(Hash::of(&[b"baoxue-transfer-1", id.as_bytes(), to.as_bytes()]).half());
        let (state, answer) = (row.said("state"), rows.get(&there));
        // A child that was taken in is there: whoever took the hand-over back meanwhile did not know.
        let taken_in = answer.filter(|answer| answer.contains_key("student"));
        let edits = match (state.as_str(), taken_in, answer.map(|row| row.said("state"))) {
            ("offered", _, None) if view.record_of(there).is_err() => vec![hand_over((*id, row), (there, to))],
            (_, Some(answer), _) => let_go(desk, view, (*id, row), (from, (there, answer)))?,
            ("withdrawn", None, Some(said)) if said == "offered" => {
                vec![write(view, there, row, &["state", "answer"])?]
            }
            ("offered", None, Some(said)) if said == "refused" => {
                answer.map(|answer| write(view, *id, answer, &ANSWER)).transpose()?.into_iter().collect()
            }
            _ => vec![],
        };
        if !edits.is_empty() {
            batches.push(edits);
        }
    }
    Ok(batches)
}

/// The hand-over as the new school receives it, in its own rows.
fn hand_over((id, row): (Id, &Row), (there, to): (Id, Id)) -> Edit {
    let kept = row.iter().filter(|(key, _)| key.as_str() != "student");
    let mut fields: Keyed<Option<Value>> = kept.map(|(key, value)| (key.clone(), Some(value.clone()))).collect();
    fields.insert("to_org".into(), Some(Value::Text(to.to_string().into())));
    fields.insert("origin".into(), Some(Value::Text(id.to_string().into())));
    Edit { record: RECORD.to_owned(), row: there, act: Act::Make { scope: to, fields } }
}

fn write(view: View<'_>, id: Id, from: &Row, keys: &[&str]) -> Done<Edit> {
    let fields = keys.iter().filter_map(|key| Some(((*key).into(), from.get(*key)?.clone())));
    set(view, (RECORD, id), fields.collect())
}

/// Writes over whatever stands in the fields, several values included.
fn set(view: View<'_>, (record, row): (&str, Id), fields: Row) -> Done<Edit> {
    let fields = fields.into_iter().map(|(key, value)| (key, Some(value))).collect();
    let seen = Some(view.seen(row)?.0);
    Ok(Edit { record: record.to_owned(), row, act: Act::Write { fields, seen } })
}

/// The old school lets the child go: its seats end the day it begins at the new school, its papers say so, and the two
/// rows are one child wherever both are held.
fn let_go(
    desk: &Desk,
    view: View<'_>,
    (id, row): (Id, &Row),
    (from, (there, answer)): (Id, (Id, &Row)),
) -> Done<Vec<Edit>> {
    let settled = |id: Id, row: &Row| -> Done<bool> {
        Ok(row.said("state") == ACCEPTED && !view.seen(id)?.1.iter().any(|key| key == "state"))
    };
    if settled(id, row)? && settled(there, answer)? {
        return Ok(vec![]);
    }
    let accepted = Value::Text(ACCEPTED.into());
    let answered = ANSWER.iter().filter_map(|key| Some(((*key).into(), answer.get(*key)?.clone())));
    let told = answered.chain([("state".into(), accepted.clone())]).collect();
    let mut edits = vec![
        set(view, (RECORD, id), told)?,
        set(view, (RECORD, there), Keyed::from_iter([("state".into(), accepted)]))?,
    ];
    let Some(child) = row.get("student").and_then(Value::as_row) else { return Ok(edits) };
    let day = |key: &str| Value::Text(answer.said(key).into());
    for (seat, values) in view.rows_under(desk.record("enrolment")?, child)? {
        if view.scope_of(seat)? == Some(from) && !values.contains_key("until_on") {
            edits.push(set(view, ("enrolment", seat), Keyed::from_iter([("until_on".into(), day("begins_on"))]))?);
        }
    }
    for (paper, values) in view.rows_under(desk.record("roll_change")?, child)? {
        let leaves = values.said("kind") == "transfer_out" && !values.contains_key("changed_on");
        if leaves && view.scope_of(paper)? == Some(from) {
            let fields = [("changed_on", day("begins_on")), ("in_school_on", day("answered_on"))];
            let mut fields: Row = fields.into_iter().map(|(key, value)| (key.into(), value)).collect();
            if values.said("state") == "withdrawn" {
                fields.insert("state".into(), Value::Text("applied".into()));
            }
            edits.push(set(view, ("roll_change", paper), fields)?);
        }
    }
    if let Some(new) = answer.get("student").and_then(Value::as_row)
        && view.speaker(child)? != view.speaker(new)?
    {
        edits.push(set(view, ("student", child), Keyed::from_iter([(SAME.into(), Value::Row(new))]))?);
    }
    Ok(edits)
}

const ACCEPTED: &str = "accepted";
