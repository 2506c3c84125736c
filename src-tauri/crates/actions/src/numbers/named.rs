//! The rows behind a number, by name.

use domain::Id;
use serde::{Deserialize, Serialize};
use store::View;
use ts_rs::TS;

use crate::desk::Desk;
use crate::failure::Done;
use crate::rows::names::name_of;
use crate::rows::review::child_above;

/// The rows behind a number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct NumberReply {
    /// Their record.
    pub record: String,
    /// The rows.
    pub rows: Vec<NamedRow>,
}

/// A row with what names it to people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct NamedRow {
    /// The row.
    pub id: Id,
    /// The child it is about, if it is about one.
    pub student: Option<Id>,
    /// What people read.
    pub name: String,
}

/// Rows with their names; one about a child carries the child's.
pub(crate) fn named(desk: &Desk, view: View<'_>, record_name: &str, ids: Vec<Id>) -> Done<Vec<NamedRow>> {
    let Some(definition) = desk.catalogue().record(record_name) else { return Ok(vec![]) };
    let student = desk.record("student")?;
    let today = desk.today();
    let one = |id: Id| {
        if definition.record == student.record {
            return Ok(NamedRow { id, student: Some(id), name: name_of(desk.catalogue(), view, student, id, today)? });
        }
        let child = child_above(view, definition, id)?;
        let own = name_of(desk.catalogue(), view, definition, id, today)?;
        let name = match child {
            Some(child) => format!("{} {own}", name_of(desk.catalogue(), view, student, child, today)?),
            None => own,
        };
        Ok(NamedRow { id, student: child, name })
    };
    ids.into_iter().map(one).collect()
}
