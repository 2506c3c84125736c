//! Reading a child and its rows for the rules that look at several rows (domain.md §9).

use std::collections::BTreeMap;

use domain::check::Frame;
use domain::review::{self, Child, Found, READS, belongs_to_case};
use domain::{Id, Problem, Record, Value};
use store::View;

use crate::desk::Desk;
use crate::failure::Done;
use crate::rows::rules;

/// What the rules about a child say of one row of it, as it stands: the child itself, or a row that belongs to it.
pub(crate) fn of_row(desk: &Desk, view: View<'_>, definition: &Record, row: Id) -> Done<Vec<Problem>> {
    let concerned = definition.record == "student" || READS.iter().any(|(name, _)| *name == definition.record);
    let child = if concerned { child_above(view, definition, row)? } else { None };
    let Some(child) = child else { return Ok(vec![]) };
    let found = of_child(desk, view, child)?.into_iter().filter(|found| found.row == row);
    Ok(found.map(|found| found.problem).collect())
}

/// Everything the rules about a child say of it and of the rows that belong to it.
pub(crate) fn of_child(desk: &Desk, view: View<'_>, child: Id) -> Done<Vec<Found>> {
    let Some(child) = read(desk, view, child)? else { return Ok(vec![]) };
    let settings = rules::settings(desk, &*desk.opened()?, view)?;
    let frame = Frame { catalogue: desk.catalogue(), settings: &settings, today: desk.today() };
    Ok(review::of_child(frame, &child))
}

/// The child that a row is, or belongs to along its owners.
pub(crate) fn child_above(view: View<'_>, definition: &Record, row: Id) -> Done<Option<Id>> {
    if definition.record == "student" {
        return Ok(Some(row));
    }
    let Some(via) = &definition.owner else { return Ok(None) };
    let fields = view.own_fields(definition, row, &[via])?;
    let Some(owner) = fields.and_then(|values| values.get(via.as_str()).and_then(Value::as_row)) else {
        return Ok(None);
    };
    child_above(view, view.record_of(owner)?, owner)
}

fn read(desk: &Desk, view: View<'_>, id: Id) -> Done<Option<Child>> {
    let Some((_, row)) = view.row_on(desk.record("student")?, id, desk.today())? else { return Ok(None) };
    let mut parts: BTreeMap<&'static str, Vec<review::Part>> = BTreeMap::new();
    for (name, _) in READS.iter().filter(|(name, _)| !belongs_to_case(name)) {
        parts.insert(name, view.rows_under(desk.record(name)?, id)?);
    }
    let cases: Vec<Id> =
        parts.get("dropout_case").map(|cases| cases.iter().map(|(id, _)| *id).collect()).unwrap_or_default();
    for (name, _) in READS.iter().filter(|(name, _)| belongs_to_case(name)) {
        let under = cases.iter().map(|case| Ok(view.rows_under(desk.record(name)?, *case)?));
        parts.insert(name, under.collect::<Done<Vec<_>>>()?.into_iter().flatten().collect());
    }
    Ok(Some(Child { id, row, parts }))
}
