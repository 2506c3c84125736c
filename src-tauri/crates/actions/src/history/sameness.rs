//! Whether two rows are one child: a person says that they are, or that they are not. Either is a change like any other:
//! it merges, has a history and can be taken back; where one says this and another that, somebody chooses.

use std::collections::{BTreeMap, BTreeSet};

use domain::words::{self, Facts};
use domain::{Id, Keyed, Value};
use oplog::same::Said;
use oplog::{Hash, SAME};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};
use store::{Act, Author, Edit, View};
use ts_rs::TS;

use crate::desk::Desk;
use crate::failure::{Done, Failure};
use crate::history::duplicates::{PairRequest, RULE, child_record, notes, own_card, pair};
use crate::rows::names::name_of;
use crate::rows::saving::save_in;
use crate::rows::{SaveReply, SaveRequest};

/// What joining or parting came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SameReply {
    /// The row that stands for both now; of a parting, the row that stands for itself again.
    pub id: Id,
    /// The changes made; none when it stood so already.
    pub changes: Vec<String>,
}

/// Says that two rows are one child: from then on lists, counts, searches and pages show one, and each row keeps what was
/// written to it. Errors: `not_two_children`.
pub fn same(desk: &Desk, request: PairRequest) -> Done<SameReply> {
    let session = desk.session()?;
    session.store.write(|door| {
        child_record(desk, door.view(), &request)?;
        let (one, other) = (door.view().speaker(request.one)?, door.view().speaker(request.other)?);
        let changes = match one == other {
            true => vec![],
            false => {
                let author = Author { why: request.why.clone(), ..desk.author(&session) };
                door.save(&author, &joining(door.view(), one, other)?)?.changes
            }
        };
        Ok(SameReply { id: door.view().speaker(request.other)?, changes: changes.iter().map(Hash::hex).collect() })
    })
}

/// Takes back that a row is one with another: each stands for itself again, exactly as it was, with what was written since.
pub fn part(desk: &Desk, request: PairRequest) -> Done<SameReply> {
    let session = desk.session()?;
    session.store.write(|door| {
        child_record(desk, door.view(), &request)?;
        let edits = parting(door.view(), request.one, request.other)?;
        let author = Author { why: request.why.clone(), ..desk.author(&session) };
        let saved = door.save(&author, &edits)?;
        Ok(SameReply { id: request.one, changes: saved.changes.iter().map(Hash::hex).collect() })
    })
}

/// Says that two rows are two children, and why; it is remembered, and they are proposed no more.
pub fn tell_apart(desk: &Desk, request: PairRequest) -> Done<SaveReply> {
    let session = desk.session()?;
    session.store.write(|door| {
        let view = door.view();
        child_record(desk, view, &request)?;
        let (one, other) = pair(request.one, request.other);
        let by = name_of(desk.catalogue(), view, desk.record("staff")?, session.who, desk.today())?;
        let values = json!({
            "student": one,
            "about": one,
            "rule": RULE,
            "facts": other,
            "finding": words::say(words::Language::Zh, "people", "apart.finding", &Facts::new()),
            "reason": request.why,
            "by": by,
        });
        let values: Map<String, Json> = values.as_object().cloned().unwrap_or_default();
        let standing = notes(desk, view)?.get(&(one, other)).map(|(id, _)| *id);
        let mut edits = parting(view, one, other)?;
        for (row, not) in [(one, other), (other, one)] {
            if !edits.iter().any(|edit| edit.row == row) {
                let mut said = view.said_of(row)?;
                said.not.insert(not);
                edits.push(says(view, row, &said)?);
            }
        }
        let author = Author { why: request.why.clone(), batch: Some(desk.new_id()), ..desk.author(&session) };
        door.save(&author, &edits)?;
        let note =
            SaveRequest { record: "finding_note".to_owned(), id: standing, values, seen: None, why: request.why };
        save_in(desk, &session, door, &author, note)
    })
}

/// What says that a row is one with another.
fn joining(view: View<'_>, one: Id, other: Id) -> Done<Vec<Edit>> {
    let mut said = view.said_of(one)?;
    said.with.insert(other);
    said.not.remove(&other);
    let mut edits = vec![says(view, one, &said)?];
    let mut back = view.said_of(other)?;
    if back.not.remove(&one) {
        edits.push(says(view, other, &back)?);
    }
    Ok(edits)
}

/// What says that a row is not one with another that it is joined to. Joined by way of a third row, the one leaves all.
fn parting(view: View<'_>, one: Id, other: Id) -> Done<Vec<Edit>> {
    let said = view.said_same()?;
    let direct = |(from, to): &&(Id, Id)| (*from, *to) == (one, other) || (*from, *to) == (other, one);
    let touches = |(from, to): &&(Id, Id)| [*from, *to].contains(&one);
    let joined = view.joined(one)?.contains(&other);
    let ties: Vec<(Id, Id)> = match said.iter().any(|tie| direct(&tie)) {
        true => said.iter().filter(direct).copied().collect(),
        false => said.iter().filter(touches).filter(|_| joined).copied().collect(),
    };
    let mut parted: BTreeMap<Id, Said> = BTreeMap::new();
    for (from, to) in ties {
        let mut said = match parted.remove(&from) {
            Some(said) => said,
            None => view.said_of(from)?,
        };
        said.with.remove(&to);
        said.not.insert(to);
        parted.insert(from, said);
    }
    parted.iter().map(|(row, said)| says(view, *row, said)).collect()
}

/// What is said of a row, as a change of somebody who has seen what was said before.
fn says(view: View<'_>, row: Id, said: &Said) -> Done<Edit> {
    let values = said.values();
    let write = |value: Option<Value>| -> Done<Act> {
        Ok(Act::Write { fields: Keyed::from_iter([(SAME.into(), value)]), seen: Some(view.seen(row)?.0) })
    };
    let act = match values.as_slice() {
        [] => write(None)?,
        [one] => write(one.clone())?,
        _ => Act::Reopen(Keyed::from_iter([(SAME.into(), values)])),
    };
    Ok(Edit { record: view.record_of(row)?.record.clone(), row, act })
}

/// A choice between "one child" (the other's id) and "two children" (nothing).
pub(crate) fn chosen(view: View<'_>, row: Id, value: &Json) -> Done<Vec<Edit>> {
    let mut said = view.said_of(row)?;
    let contested: BTreeSet<Id> = said.contested().collect();
    let not_open = || Failure::new("not_in_conflict").with("field", SAME);
    if contested.is_empty() {
        return Err(not_open());
    }
    let one = match value {
        Json::Null => None,
        value => Some(value.as_str().and_then(|id| id.parse().ok()).ok_or_else(not_open)?),
    };
    match one {
        Some(other) if contested.contains(&other) => joining(view, row, other),
        Some(_) => Err(not_open()),
        None => {
            said.with.retain(|row| !contested.contains(row));
            Ok(vec![says(view, row, &said)?])
        }
    }
}

/// What one of the values that stand against each other says, in words, and the value that chooses it; nothing for what
/// is not disputed.
pub(crate) fn rival(desk: &Desk, view: View<'_>, row: Id, value: &Value) -> Done<Option<(String, Json)>> {
    let (key, other) = match value {
        Value::Row(other) => ("same.with", *other),
        Value::Text(other) => match other.parse() {
            Ok(other) => ("same.not", other),
            Err(_) => return Ok(None),
        },
        Value::Int(_) | Value::Codes(_) => return Ok(None),
    };
    if !view.said_of(row)?.contested().any(|contested| contested == other) {
        return Ok(None);
    }
    let chooses = if key == "same.with" { Json::from(other.to_string()) } else { Json::Null };
    Ok(Some((words::say(desk.language(), "people", key, &told(desk, view, other)?), chooses)))
}

/// A child by its name and what tells it from namesakes.
fn told(desk: &Desk, view: View<'_>, id: Id) -> Done<Facts> {
    let card = own_card(desk, view, id)?;
    Ok(Facts::from([("name".to_owned(), card.name), ("about".to_owned(), card.about.join("，"))]))
}
