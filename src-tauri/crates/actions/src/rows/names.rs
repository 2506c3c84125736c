//! What rows are called, and whom they belong to.

use domain::words::Language;
use domain::{Catalogue, Date, Id, Record, Value, show};
use store::View;

use crate::desk::Desk;
use crate::failure::Done;

/// What names a row to people.
pub(crate) fn name_of(catalogue: &Catalogue, view: View<'_>, record: &Record, id: Id, today: Date) -> Done<String> {
    named(catalogue, view, (record, id), (today, Language::Zh))
}

/// What names a row to people at the screen, in the language they chose.
pub(crate) fn name_spoken(desk: &Desk, view: View<'_>, record: &Record, id: Id) -> Done<String> {
    named(desk.catalogue(), view, (record, id), (desk.today(), desk.language()))
}

/// What names a row, on a day and in a language.
pub(crate) fn named(
    catalogue: &Catalogue,
    view: View<'_>,
    (record, id): (&Record, Id),
    (today, language): (Date, Language),
) -> Done<String> {
    let Some(values) = view.fields_on(record, id, &record.names, today)? else { return Ok(String::new()) };
    let named = record.names.iter().filter_map(|key| Some((record.field(key), values.get(key.as_str())?)));
    Ok(named.map(|(field, value)| show::text(catalogue, field, value, language)).collect::<Vec<_>>().join(" "))
}

/// The name of the row that a row belongs to, up to the child.
pub(crate) fn owner_name(desk: &Desk, view: View<'_>, definition: &Record, row: Id) -> Done<String> {
    match child_of(desk, view, definition, row)? {
        (_, here) if here == row => Ok(String::new()),
        (at, here) => name_spoken(desk, view, at, here),
    }
}

/// The row that a row belongs to, up to the child, with its record.
pub(crate) fn child_of<'d>(desk: &'d Desk, view: View<'_>, definition: &'d Record, row: Id) -> Done<(&'d Record, Id)> {
    let (mut at, mut here) = (definition, row);
    while let Some(via) = &at.owner {
        let values = view.row_on(at, here, desk.today())?.map(|(_, values)| values).unwrap_or_default();
        let target = at.field(via).and_then(|field| desk.catalogue().record(field.to.as_deref()?));
        let (Some(next), Some(owner)) = (target, values.get(via.as_str()).and_then(Value::as_row)) else { break };
        (at, here) = (next, owner);
    }
    Ok((at, here))
}
