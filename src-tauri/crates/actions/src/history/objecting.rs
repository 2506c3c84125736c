//! Objections: a school does not agree with what an organisation above wrote in its records. They go up with the next
//! package, stand beside the field there, and are answered.

use domain::{Id, Value};
use oplog::Hash;
use serde::{Deserialize, Serialize};
use serde_json::{Map, json};
use store::{Filter, ListQuery};
use ts_rs::TS;

use crate::desk::Desk;
use crate::failure::{Done, Failure};
use crate::history;
use crate::rows::names::name_of;
use crate::rows::objections::{ObjectionLine, RECORD, line};
use crate::rows::saving::save_in;
use crate::rows::trail::Trail;
use crate::rows::{SaveReply, SaveRequest};

/// An objection to what was written in a field.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ObjectRequest {
    /// The row.
    pub id: Id,
    /// The field.
    pub field: String,
    /// The change that wrote it; the newest of another organisation when absent.
    pub change: Option<String>,
    /// Why not.
    pub reason: String,
}

/// An objection as a list of all of them shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ObjectionRow {
    /// The record of the row it is about; empty when that row is not here.
    pub record: String,
    /// The row it is about.
    pub about: String,
    /// What that row is called.
    pub named: String,
    /// The field's label.
    pub label: String,
    /// What stands beside the field.
    pub line: ObjectionLine,
}

/// Every objection: those without an answer first, the newest first.
pub fn objections(desk: &Desk, _: ()) -> Done<Vec<ObjectionRow>> {
    let session = desk.session()?;
    session.store.read(|view| {
        let definition = desk.record(RECORD)?;
        let trail = Trail::spoken(desk, view, desk.today());
        let query = ListQuery { order: vec!["-on".to_owned()], ..ListQuery::default() };
        let mut all = Vec::new();
        for (id, values) in view.list(definition, &query)?.rows {
            let text = |key: &str| trail.masked_field(definition, &values, key);
            let about = text("about")?;
            let known = about.parse().ok().and_then(|row| view.record_of(row).ok());
            all.push(ObjectionRow {
                record: known.map(|record| record.record.clone()).unwrap_or_default(),
                named: text("named")?,
                label: text("label")?,
                line: line(&trail, definition, (id, &values))?,
                about,
            });
        }
        all.sort_by_key(|one| !one.line.answer.is_empty());
        Ok(all)
    })
}

/// Says why what another organisation wrote in one's own record is not agreed with. Errors: `nothing_to_object`, when
/// nobody else wrote the field; `refused` without a reason.
pub fn object(desk: &Desk, request: ObjectRequest) -> Done<SaveReply> {
    let session = desk.session()?;
    session.store.write(|door| {
        let view = door.view();
        let own = session.organisation.id;
        let lacks = || Failure::new("nothing_to_object").with("field", &request.field);
        if view.scope_of(request.id)? != Some(own) {
            return Err(lacks());
        }
        let named = |change: &Hash| request.change.as_ref().is_none_or(|wanted| *wanted == change.hex());
        let mut found = None;
        for entry in view.history(request.id)?.iter().filter(|entry| entry.field == request.field) {
            if named(&entry.event.change) && view.scope_of(entry.event.who)? != Some(own) {
                found = Some(history::line(desk, view, entry)?);
            }
        }
        let line = found.ok_or_else(lacks)?;
        let definition = view.record_of(request.id)?;
        let name = name_of(desk.catalogue(), view, definition, request.id, desk.today())?;
        let values = Map::from_iter(
            [
                ("about", request.id.to_string()),
                ("field", request.field.clone()),
                ("change", line.change),
                ("label", line.label),
                ("named", format!("{} {name}", definition.title.zh)),
                ("said", line.values.join(" / ")),
                ("reason", request.reason.clone()),
                ("by", name_of(desk.catalogue(), view, desk.record("staff")?, session.who, desk.today())?),
            ]
            .map(|(key, value)| (key.to_owned(), json!(value))),
        );
        // The same objection raised again is the one that stands, with another reason.
        let same = |key: &str| {
            Filter::is(
                key.to_owned(),
                values.get(key).and_then(|value| value.as_str()).map(|text| Value::Text(text.into())),
            )
        };
        let filters = ["about", "field", "change"].map(same);
        let id = door.view().ids(desk.record(RECORD)?, &filters)?.into_iter().next();
        let form = SaveRequest { record: RECORD.to_owned(), id, values, seen: None, why: None };
        save_in(desk, &session, door, &desk.author(&session), form)
    })
}
