//! One field over many rows: what changes is shown first, and one undo takes it back.

use domain::{Id, Problem};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use store::{Author, Door};
use ts_rs::TS;

use crate::desk::{Desk, Session};
use crate::failure::{Done, Failure};
use crate::findings::{Finding, spoken_on};
use crate::rows::SaveRequest;
use crate::rows::names::name_of;
use crate::rows::saving::save_in;
use crate::rows::trail::Trail;

/// A value for a field of many rows.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct BulkRequest {
    /// The rows' record.
    pub record: String,
    /// The rows.
    pub ids: Vec<Id>,
    /// The field.
    pub field: String,
    /// What was typed; null clears.
    #[ts(type = "unknown")]
    pub value: Json,
    /// Why.
    pub why: Option<String>,
}

/// What a bulk edit changes, or changed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct BulkReply {
    /// Rows that change.
    pub changed: Vec<BulkLine>,
    /// Rows that hold the value already.
    pub same: u32,
    /// Rows that cannot take it, and are left as they are.
    pub refused: Vec<BulkRefusal>,
    /// What the rules between rows and over the whole ledger find on the rows that change, as they will stand; in a
    /// rehearsal.
    pub findings: Vec<Finding>,
    /// The changes made; none in a rehearsal.
    pub changes: Vec<String>,
}

/// A row that changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct BulkLine {
    /// The row.
    pub id: Id,
    /// What names it.
    pub name: String,
    /// What the field shows now.
    pub from: String,
    /// What it shows afterwards.
    pub to: String,
    /// What to look at again; it is stored all the same.
    pub problems: Vec<Problem>,
}

/// A row that cannot take the value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct BulkRefusal {
    /// The row.
    pub id: Id,
    /// What names it; empty when it is gone.
    pub name: String,
    /// Why not.
    pub problems: Vec<Problem>,
}

/// Says exactly what a bulk edit would change; nothing is written.
pub fn rehearse_bulk(desk: &Desk, request: BulkRequest) -> Done<BulkReply> {
    let session = desk.session()?;
    session.store.rehearse(|door| {
        let reply = carry_out(desk, &session, door, &request)?;
        let rows = reply.changed.iter().map(|line| line.id).collect();
        let findings = spoken_on(desk, door.view(), &rows)?;
        Ok(BulkReply { changes: Vec::new(), findings, ..reply })
    })
}

/// Gives a field of many rows one value, as one step. Rows that cannot take it are named and left as they are.
pub fn bulk_edit(desk: &Desk, request: BulkRequest) -> Done<BulkReply> {
    let session = desk.session()?;
    session.store.write(|door| carry_out(desk, &session, door, &request))
}

fn carry_out(desk: &Desk, session: &Session, door: &mut Door<'_>, request: &BulkRequest) -> Done<BulkReply> {
    let definition = desk.record(&request.record)?;
    let known = definition.field(&request.field).is_some();
    if !known {
        let problem = Problem::block(&request.field, "unknown_field").with("typed", &request.field);
        return Err(Failure::refused(vec![problem]));
    }
    let author = Author { batch: Some(desk.new_id()), why: request.why.clone(), ..desk.author(session) };
    let mut reply = BulkReply::default();
    for (id, done) in request.ids.iter().zip(1..) {
        one(desk, session, door, &author, (request, *id), &mut reply)?;
        desk.step(done, request.ids.len() as u64)?;
    }
    Ok(reply)
}

fn one(
    desk: &Desk,
    session: &Session,
    door: &mut Door<'_>,
    author: &Author,
    (request, id): (&BulkRequest, Id),
    reply: &mut BulkReply,
) -> Done<()> {
    let definition = desk.record(&request.record)?;
    let name = name_of(desk.catalogue(), door.view(), definition, id, desk.today())?;
    let from = shown(desk, door, request, id)?;
    let save = SaveRequest {
        record: request.record.clone(),
        id: Some(id),
        values: Map::from_iter([(request.field.clone(), request.value.clone())]),
        seen: None,
        why: request.why.clone(),
    };
    match save_in(desk, session, door, author, save) {
        Ok(saved) if saved.changes.is_empty() => reply.same += 1,
        Ok(saved) => {
            let to = shown(desk, door, request, id)?;
            reply.changed.push(BulkLine { id, name, from, to, problems: saved.problems });
            reply.changes.extend(saved.changes);
        }
        Err(failure) if failure.code == "refused" => {
            reply.refused.push(BulkRefusal { id, name, problems: failure.fields });
        }
        Err(failure) => return Err(failure),
    }
    Ok(())
}

/// What the field shows; sensitive values masked. Errors: the row is gone, or was never there.
fn shown(desk: &Desk, door: &Door<'_>, request: &BulkRequest, id: Id) -> Done<String> {
    let definition = desk.record(&request.record)?;
    let row = door.view().row(definition, id, desk.today())?.values;
    Trail::spoken(desk, door.view(), desk.today()).masked_field(definition, &row, &request.field)
}
