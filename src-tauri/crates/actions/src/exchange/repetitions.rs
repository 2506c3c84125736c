//! Texts that repeat what other fields hold, and what becomes of them when that is erased by law (decisions B13): a note on
//! a finding, an objection, what is handed over to another school.

use std::collections::BTreeSet;

use domain::{FieldType, Fields, Id, Record, Value};
use store::{Act, Door, Edit, Entry, Filter, View};

use crate::desk::{Desk, Session};
use crate::failure::Done;
use crate::trust::directory::KnownKeys;

/// What is to be erased with fields of a row: the texts that speak of just these fields, and those that repeat one of the
/// values they ever held.
pub(crate) fn of(
    desk: &Desk,
    view: View<'_>,
    (record, row, child): (&Record, Id, Id),
    fields: &[String],
) -> Done<Vec<Edit>> {
    let history = view.history(row)?;
    let values: BTreeSet<String> =
        history.iter().filter(|entry| fields.contains(&entry.field)).flat_map(|entry| words(record, entry)).collect();
    let mut edits = Vec::new();
    for speaks in desk.catalogue().records().filter(|one| one.stored().any(|field| field.repeats)) {
        for (id, named) in rows_about(view, speaks, (row, child))? {
            let of_field = named.as_ref().is_some_and(|field| fields.contains(field));
            let told = view.history(id)?;
            let repeats = |entry: &&Entry| of_field || values.iter().any(|value| holds(entry, value));
            let keys: BTreeSet<String> =
                repeating(speaks, &told).filter(repeats).map(|one| one.field.clone()).collect();
            edits.extend(erasing(speaks, id, keys));
        }
    }
    Ok(edits)
}

/// Rows that repeat one of these, from another ledger, of which such a text was erased: it is erased there as well. Only an
/// organisation that stands above both can see that.
pub(crate) fn follow(desk: &Desk, session: &Session, door: &mut Door<'_>, rows: &[Id]) -> Done<()> {
    let view = door.view();
    let known = KnownKeys::load(desk, session, view)?;
    let mut edits = Vec::new();
    for row in rows {
        let Ok(record) = view.record_of(*row) else { continue };
        let Some(via) = record.copied_from.as_ref() else { continue };
        let gone: BTreeSet<String> =
            view.history(*row)?.into_iter().filter(|one| one.values.is_empty()).map(|one| one.field).collect();
        for copy in view.ids(record, &[Filter::is(via.as_str(), Some(Value::Text(row.to_string().into())))])? {
            let scope = view.scope_of(copy)?;
            if !scope.is_some_and(|scope| known.may_write(session.organisation.id, scope)) {
                continue;
            }
            let told = view.history(copy)?;
            let keys = repeating(record, &told).map(|one| one.field.clone()).filter(|key| gone.contains(key)).collect();
            edits.extend(erasing(record, copy, keys));
        }
    }
    if !edits.is_empty() {
        door.save(&desk.author(session), &edits)?;
    }
    Ok(())
}

fn erasing(record: &Record, row: Id, keys: BTreeSet<String>) -> Option<Edit> {
    let act = Act::Erase(keys.into_iter().collect());
    let is_empty = matches!(&act, Act::Erase(keys) if keys.is_empty());
    (!is_empty).then(|| Edit { record: record.record.clone(), row, act })
}

/// What was written to the texts of a row that may repeat others, and is still readable.
fn repeating<'e>(record: &'e Record, told: &'e [Entry]) -> impl Iterator<Item = &'e Entry> {
    let repeats = |entry: &&Entry| record.field(&entry.field).is_some_and(|field| field.repeats);
    told.iter().filter(repeats).filter(|entry| entry.values.iter().flatten().next().is_some())
}

/// Rows of a record that are about a row or belong to its child, each with the field it names.
fn rows_about(view: View<'_>, record: &Record, (row, child): (Id, Id)) -> Done<Vec<(Id, Option<String>)>> {
    let mut found = view.rows_under(record, child)?;
    if record.field(ABOUT).is_some() {
        let about = [Filter::is(ABOUT, Some(Value::Text(row.to_string().into())))];
        let query = store::ListQuery { filters: about.into(), ..store::ListQuery::default() };
        let more = view.list(record, &query)?.rows;
        found.extend(more.into_iter().filter(|(id, _)| !found.iter().any(|(one, _)| one == id)).collect::<Vec<_>>());
    }
    let named = |values: &domain::Row| {
        let about = record.field(ABOUT).is_some() && values.said(ABOUT) == row.to_string();
        about.then(|| values.said("field")).filter(|field| !field.is_empty())
    };
    Ok(found.iter().map(|(id, values)| (*id, named(values))).collect())
}

/// The field by which a text says of which row it speaks.
const ABOUT: &str = "about";

/// The words that a field held, long enough to be told again: no codes, no numbers, no single sign.
fn words(record: &Record, entry: &Entry) -> Vec<String> {
    let is_code = record.field(&entry.field).is_some_and(|field| field.kind == FieldType::Code);
    let texts = entry.values.iter().flatten().filter_map(Value::as_text).filter(|_| !is_code);
    texts.filter(|text| text.chars().count() >= WORD_MIN).map(str::to_owned).collect()
}

const WORD_MIN: usize = 2;

/// Whether what was written repeats a value, plainly or as it stands inside something handed over.
fn holds(entry: &Entry, value: &str) -> bool {
    let inside = serde_json::Value::from(value).to_string();
    let inside = inside.trim_matches('"');
    entry.values.iter().flatten().filter_map(Value::as_text).any(|text| text.contains(value) || text.contains(inside))
}
