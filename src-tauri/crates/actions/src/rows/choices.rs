//! What a field that leads to another row may lead to, and how the texts of a list sound, to be found by pinyin.

use domain::{Id, Value, search_key};
use serde::{Deserialize, Serialize};
use store::{Filter, ListQuery};
use ts_rs::TS;

use crate::desk::Desk;
use crate::failure::{Done, Failure};
use crate::rows::names::{name_spoken, owner_name};

/// A field that leads to a row, and whom the form is about.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ChoiceRequest {
    /// The form's record.
    pub record: String,
    /// The field.
    pub field: String,
    /// The row the form belongs to: of rows that belong to the same one, only those are offered.
    pub owner: Option<Id>,
}

/// A row that may be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ChoiceLine {
    /// The row.
    pub id: Id,
    /// What names it.
    pub name: String,
    /// The child it is about, when it is not the row itself.
    pub about: String,
}

/// Rows offered at most: the newest, or the first of the alphabet, as their record orders them.
const OFFERED_MAX: u64 = 500;

/// The rows a field may lead to. Errors: `no_such_record`, `no_such_field`.
pub fn choices(desk: &Desk, request: ChoiceRequest) -> Done<Vec<ChoiceLine>> {
    let session = desk.session()?;
    let from = desk.record(&request.record)?;
    let target = from.field(&request.field).and_then(|field| field.to.as_deref());
    let to = desk.record(target.ok_or_else(|| Failure::new("no_such_field").with("field", &request.field))?)?;
    let owner_of = |record: &domain::Record| record.owner.as_ref().and_then(|key| record.field(key)?.to.clone());
    let same_owner = owner_of(from).is_some() && owner_of(from) == owner_of(to);
    let own = request.owner.zip(to.owner.clone()).filter(|_| same_owner);
    let filters = own.map(|(owner, field)| Filter::is(field, Some(Value::Row(owner)))).into_iter().collect();
    let query = ListQuery { filters, limit: Some(OFFERED_MAX), ..ListQuery::default() };
    session.store.read(|view| {
        let line = |id: Id| {
            let (name, about) = (name_spoken(desk, view, to, id)?, owner_name(desk, view, to, id)?);
            Ok(ChoiceLine { id, name, about })
        };
        view.list(to, &query)?.rows.into_iter().map(|(id, _)| line(id)).collect()
    })
}

/// What each text is found by: itself, full pinyin and initials in every reading, one a line.
pub fn sounds(_: &Desk, texts: Vec<String>) -> Done<Vec<String>> {
    let keys = |text: &String| search_key::of_name(text).into_iter().collect::<Vec<_>>().join("\n");
    Ok(texts.iter().map(keys).collect())
}
