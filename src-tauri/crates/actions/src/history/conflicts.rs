//! What people must decide after a merge: fields that were filled differently (同一栏填写不同).

use domain::Id;
use oplog::{Flags, SAME};
use serde::{Deserialize, Serialize};
use store::{Act, Author, Edit, View};
use ts_rs::TS;

use crate::desk::{Desk, civil};
use crate::failure::{Done, Failure};
use crate::history::duplicates::own_card;
use crate::history::{self, organisation_of, person, put_off, sameness};
use crate::rows::draft;
use crate::rows::names::{child_of, name_spoken, owner_name};
use crate::rows::trail::Trail;

/// A field that was filled differently.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ConflictLine {
    /// The row.
    pub id: Id,
    /// Its record.
    pub record: String,
    /// What names the row.
    pub name: String,
    /// The child it is about, when it is not the row itself.
    pub child: String,
    /// That child's row; the row itself when it is no row about a child.
    pub child_id: Id,
    /// The organisation whose row it is.
    pub owner: String,
    /// The field's key.
    pub field: String,
    /// The field's label.
    pub label: String,
    /// Whether somebody put it off.
    pub put_off: bool,
    /// The values; the one displayed meanwhile first.
    pub rivals: Vec<RivalLine>,
}

/// One of the values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RivalLine {
    /// What people read.
    pub text: String,
    /// The value, to choose it.
    #[ts(type = "unknown")]
    pub value: serde_json::Value,
    /// Who wrote it.
    pub who: String,
    /// In which organisation.
    pub organisation: String,
    /// When, civil time.
    pub at: String,
    /// Why.
    pub why: Option<String>,
}

/// A choice.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ResolveRequest {
    /// The row.
    pub id: Id,
    /// The field.
    pub field: String,
    /// The value chosen, one of the rivals or another.
    #[ts(type = "unknown")]
    pub value: serde_json::Value,
    /// Why.
    pub why: String,
}

/// Every field that was filled differently.
pub fn conflicts(desk: &Desk, _: ()) -> Done<Vec<ConflictLine>> {
    let session = desk.session()?;
    session.store.read(|view| {
        let put_off = put_off::marks(view)?;
        let open = view.conflicts(None)?;
        open.iter().map(|one| conflict_line(desk, view, (one, put_off.contains(&put_off::mark(one))))).collect()
    })
}

/// Chooses between the values of a field; what was not chosen stays in the history.
pub fn resolve(desk: &Desk, request: ResolveRequest) -> Done<()> {
    resolve_all(desk, vec![request]).map(|_| ())
}

/// Chooses in several fields at once, or in none of them; one undo takes it back. Gives the changes.
pub fn resolve_all(desk: &Desk, requests: Vec<ResolveRequest>) -> Done<Vec<String>> {
    let session = desk.session()?;
    let batch = (requests.len() > 1).then(|| desk.new_id());
    session.store.write(|door| {
        let mut changes = Vec::new();
        for request in requests {
            let edits = chosen(desk, door.view(), &request)?;
            let author = Author { why: Some(request.why), flags: Flags::RESOLVE, batch, ..desk.author(&session) };
            changes.extend(door.save(&author, &edits)?.changes.iter().map(oplog::Hash::hex));
        }
        Ok(changes)
    })
}

fn chosen(desk: &Desk, view: View<'_>, request: &ResolveRequest) -> Done<Vec<Edit>> {
    if request.field == SAME {
        return sameness::chosen(view, request.id, &request.value);
    }
    let record = view.record_of(request.id)?;
    let (seen, conflicts) = view.seen(request.id)?;
    let row = view.row(record, request.id, desk.today())?;
    let object = serde_json::Map::from_iter([(request.field.clone(), request.value.clone())]);
    let typed = draft::read_fields(desk.catalogue(), record, &object, &row.values);
    if !typed.problems.is_empty() {
        return Err(Failure::refused(typed.problems));
    }
    if !conflicts.contains(&request.field) {
        return Err(Failure::new("not_in_conflict").with("field", &request.field));
    }
    let act = Act::Write { fields: typed.values, seen: Some(seen) };
    Ok(vec![Edit { record: record.record.clone(), row: request.id, act }])
}

fn conflict_line(desk: &Desk, view: View<'_>, (conflict, put_off): (&store::Conflict, bool)) -> Done<ConflictLine> {
    let definition = desk.record(&conflict.record)?;
    let field = definition.field(&conflict.field);
    let trail = Trail::spoken(desk, view, desk.today());
    let said = |rival: &store::Rival| match &rival.value {
        Some(value) if conflict.field == SAME => sameness::rival(desk, view, conflict.row, value),
        None if conflict.field == SAME => Ok(None),
        Some(value) => Ok(Some((trail.text(field, value)?, value.to_json()))),
        None => Ok(Some((String::new(), serde_json::Value::Null))),
    };
    let rivals = conflict.rivals.iter().map(|rival| {
        let Some((text, value)) = said(rival)? else { return Ok(None) };
        Ok(Some(RivalLine {
            text,
            value,
            who: person(desk, view, rival.who)?,
            organisation: organisation_of(desk, view, rival.who)?,
            at: civil(rival.at_ms),
            why: rival.why.clone(),
        }))
    });
    Ok(ConflictLine {
        id: conflict.row,
        record: conflict.record.clone(),
        // Joined or not, it is about the row itself.
        name: match conflict.field == SAME {
            true => own_card(desk, view, conflict.row)?.name,
            false => name_spoken(desk, view, definition, conflict.row)?,
        },
        child: owner_name(desk, view, definition, conflict.row)?,
        child_id: child_of(desk, view, definition, conflict.row)?.1,
        owner: scope_name(desk, view, conflict.row)?,
        field: conflict.field.clone(),
        label: history::label(desk, field, &conflict.field),
        put_off,
        rivals: rivals.filter_map(Done::transpose).collect::<Done<_>>()?,
    })
}

/// The organisation whose row a row is.
fn scope_name(desk: &Desk, view: View<'_>, row: Id) -> Done<String> {
    match view.scope_of(row)? {
        Some(scope) => name_spoken(desk, view, desk.record("organisation")?, scope),
        None => Ok(String::new()),
    }
}
