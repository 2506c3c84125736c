//! Objections as they stand beside a row's fields.

use domain::{Id, Record, Row, Value};
use serde::{Deserialize, Serialize};
use store::{Filter, ListQuery, View};
use ts_rs::TS;

use crate::desk::Desk;
use crate::failure::Done;
use crate::rows::trail::Trail;

/// The record that keeps them.
pub(crate) const RECORD: &str = "objection";

/// An objection, as it stands beside a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ObjectionLine {
    /// The row of the objection.
    pub id: Id,
    /// The field it is about.
    pub field: String,
    /// What had been written.
    pub said: String,
    /// Why not.
    pub reason: String,
    /// Who says so.
    pub by: String,
    /// In which organisation.
    pub organisation: String,
    /// When.
    pub on: String,
    /// What was answered; empty while nobody did.
    pub answer: String,
}

/// The objections to fields of a row, oldest first.
pub(crate) fn about(desk: &Desk, view: View<'_>, row: Id) -> Done<Vec<ObjectionLine>> {
    let definition = desk.record(RECORD)?;
    let is_about = Filter::is("about", Some(Value::Text(row.to_string().into())));
    let query = ListQuery { filters: vec![is_about], order: vec!["on".to_owned()], ..ListQuery::default() };
    let trail = Trail::spoken(desk, view, desk.today());
    view.list(definition, &query)?.rows.iter().map(|(id, values)| line(&trail, definition, (*id, values))).collect()
}

/// An objection as it is shown.
pub(crate) fn line(trail: &Trail<'_>, definition: &Record, (id, values): (Id, &Row)) -> Done<ObjectionLine> {
    let text = |key: &str| trail.masked_field(definition, values, key);
    Ok(ObjectionLine {
        id,
        field: text("field")?,
        said: text("said")?,
        reason: text("reason")?,
        by: text("by")?,
        organisation: text("organisation")?,
        on: text("on")?,
        answer: text("answer")?,
    })
}
