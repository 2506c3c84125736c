//! Erasure by law: what a field ever held leaves this ledger, and every other that takes the erasure in
//! (个人信息保护法 art. 47; decisions B13).

use domain::Id;
use serde::{Deserialize, Serialize};
use store::{Act, Edit};
use ts_rs::TS;

use crate::desk::Desk;
use crate::failure::{Done, Failure};
use crate::taking_back;

/// What is to be forgotten.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct EraseRequest {
    /// The row.
    pub id: Id,
    /// Its fields.
    pub fields: Vec<String>,
    /// By which law or at whose demand. It stays readable: what was erased must not stand in it.
    pub why: String,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct EraseReply {
    /// The change that says so; it travels with the next package, and the receipt for that confirms it.
    pub change: String,
}

/// Forgets everything that fields of a row ever held. It cannot be taken back. Chains still verify.
///
/// Errors: `no_such_row`, `nothing_to_erase`; `refused` without a reason.
pub fn erase(desk: &Desk, request: EraseRequest) -> Done<EraseReply> {
    if request.why.trim().is_empty() {
        return Err(Failure::refused(vec![domain::Problem::block("why", "required")]));
    }
    let session = desk.session()?;
    session.store.write(|door| {
        let view = door.view();
        let record = view.record_of(request.id)?;
        let unknown = request.fields.iter().find(|key| record.field(key).is_none_or(|field| field.projected));
        if let Some(key) = unknown {
            return Err(Failure::refused(vec![domain::Problem::block(key, "unknown_field").with("typed", key)]));
        }
        let (name, mut author) = (record.record.clone(), desk.author(&session));
        author.why = Some(request.why.clone());
        let edit = Edit { record: name, row: request.id, act: Act::Erase(request.fields.clone()) };
        let saved = door.save(&author, &[edit])?;
        taking_back::scrub(door, &[request.id])?;
        match saved.changes.first() {
            Some(change) => Ok(EraseReply { change: change.hex() }),
            None => Err(Failure::new("nothing_to_erase").with("fields", request.fields.join("、"))),
        }
    })
}
