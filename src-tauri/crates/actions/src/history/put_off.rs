//! 以后再定: fields filled differently that somebody put off. Nothing is chosen; whatever is printed goes on marking them.

use std::collections::BTreeSet;

use domain::Id;
use oplog::Hash;
use serde::{Deserialize, Serialize};
use store::{Conflict, Door, View};
use ts_rs::TS;

use crate::desk::Desk;
use crate::desk::kept::noted;
use crate::failure::{Done, Failure};

/// A field to be put off, or taken out again.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct PutOffRequest {
    /// The row.
    pub id: Id,
    /// The field.
    pub field: String,
    /// Whether it is put off; else it is taken out again.
    pub later: bool,
}

/// Where the ledger keeps what was put off: marks of rows, fields and the very values that stood against each other.
const PUT_OFF: &str = "put_off";

/// Puts fields off, or takes them out again. A field that gets yet another value comes back by itself. Errors:
/// `not_in_conflict`.
pub fn put_off(desk: &Desk, requests: Vec<PutOffRequest>) -> Done<()> {
    let session = desk.session()?;
    session.store.write(|door| {
        let mut marks = marks(door.view())?;
        for request in requests {
            let open = door.view().conflicts(Some(request.id))?;
            let Some(conflict) = open.iter().find(|one| one.field == request.field) else {
                return Err(Failure::new("not_in_conflict").with("field", &request.field));
            };
            match request.later {
                true => marks.insert(mark(conflict)),
                false => marks.remove(&mark(conflict)),
            };
        }
        keep(door, marks)
    })
}

/// What was put off. Marks of fields that were settled or filled anew since count for nothing.
pub(crate) fn marks(view: View<'_>) -> Done<BTreeSet<String>> {
    noted(view, PUT_OFF)
}

/// How many of the open fields were put off.
pub(crate) fn count(view: View<'_>) -> Done<usize> {
    let marks = marks(view)?;
    if marks.is_empty() {
        return Ok(0);
    }
    Ok(view.conflicts(None)?.iter().filter(|one| marks.contains(&mark(one))).count())
}

/// What names a field with the values that stand against each other in it.
pub(crate) fn mark(conflict: &Conflict) -> String {
    let mut changes: Vec<&[u8]> = conflict.rivals.iter().map(|rival| rival.change.0.as_slice()).collect();
    changes.sort_unstable();
    let named: [&[u8]; 2] = [conflict.row.as_bytes(), conflict.field.as_bytes()];
    Hash::of(&[named.as_slice(), &changes].concat()).hex()
}

fn keep(door: &Door<'_>, mut marks: BTreeSet<String>) -> Done<()> {
    let open: BTreeSet<String> = door.view().conflicts(None)?.iter().map(mark).collect();
    marks.retain(|one| open.contains(one));
    Ok(door.set_local(PUT_OFF, &serde_json::to_vec(&marks).map_err(Failure::defect)?)?)
}
