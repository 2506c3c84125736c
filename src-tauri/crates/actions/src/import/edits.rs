//! From what a workbook gives to the edits that store it: a few large changes, saved and undone together.

use std::collections::BTreeMap;

use domain::{Id, Record, Value};
use store::{Act, Edit};

use super::known::{Child, Held, Known};
use crate::draft::{Setting, Typed};
use crate::failure::{Done, Failure};
use crate::saving::Place;

/// The edits of one child: they go into one change together.
pub(crate) type Group = Vec<Edit>;

/// The edits of everything that lines gave to rows of a record, child by child.
pub(crate) fn of_known(setting: &Setting<'_>, known: Known<'_>, file: &str, groups: &mut Vec<Group>) -> Done<()> {
    let record = known.record;
    for child in known.children {
        let mut edits = Group::new();
        of_child(setting, record, child, file, &mut edits)?;
        if !edits.is_empty() {
            groups.push(edits);
        }
    }
    Ok(())
}

fn of_child(setting: &Setting<'_>, record: &Record, child: Child, file: &str, edits: &mut Group) -> Done<()> {
    let owner = child.own.id;
    of_held(setting, record, child.own, None, edits)?;
    for (name, held) in child.beside {
        let beside = record_of(setting, &name)?;
        of_held(setting, beside, held, Some(owner), edits)?;
    }
    if child.new_notes.is_empty() {
        return Ok(());
    }
    let notes = record_of(setting, "import_note")?;
    for note in child.new_notes {
        let text = |text: String| Some(Value::Text(text)).filter(|value| value.as_text() != Some(""));
        let place = format!("{}!{}", note.place.sheet, note.place.line);
        let held = [
            ("file", text(file.to_owned())),
            ("place", text(place)),
            ("kept", text(note.kept)),
            ("unread", text(note.unread)),
        ];
        let row = held.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))).collect();
        let note = Held { row, ..Held::new(setting.desk.new_id()) };
        of_held(setting, notes, note, Some(owner), edits)?;
    }
    Ok(())
}

/// The edits of one row: made, changed, or none.
pub(crate) fn of_held(
    setting: &Setting<'_>,
    record: &Record,
    held: Held,
    owner: Option<Id>,
    edits: &mut Group,
) -> Done<()> {
    let fresh = held.fresh;
    let taken = held.row.into_iter().filter(|(key, _)| !held.on_file || fresh.contains(key));
    let mut values: BTreeMap<String, Option<Value>> = taken.map(|(key, value)| (key, Some(value))).collect();
    if values.is_empty() {
        return Ok(());
    }
    if held.on_file {
        edits.extend(super::yearly::edits(setting, record, held.id, &mut values)?);
        let typed = Typed { values, problems: vec![] };
        edits.extend(setting.change(record, held.id, &typed, None)?);
        return Ok(());
    }
    if let (Some(owner), Some(via)) = (owner, &record.owner) {
        values.insert(via.clone(), Some(Value::Row(owner)));
    }
    let typed = Typed { values, problems: vec![] };
    // Only what has a natural key may have been there, deleted.
    let place = if record.key.is_empty() { Place::New(held.id) } else { setting.place(record, held.id)? };
    edits.extend(setting.enter(record, place, &typed, None)?);
    Ok(())
}

fn record_of<'s>(setting: &'s Setting<'_>, name: &str) -> Done<&'s Record> {
    setting.catalogue.record(name).ok_or_else(|| Failure::new("no_such_record").with("record", name))
}

/// Groups put together into changes of at most so many operations each.
pub(crate) fn in_changes(groups: Vec<Group>) -> Vec<Vec<Edit>> {
    let mut changes: Vec<Vec<Edit>> = Vec::new();
    let mut room = 0usize;
    for group in groups {
        let operations: usize = group.iter().map(operations).sum();
        match changes.last_mut().filter(|_| operations <= room) {
            Some(change) => {
                change.extend(group);
                room -= operations;
            }
            None => {
                changes.push(group);
                room = store::OPS_MAX.saturating_sub(operations);
            }
        }
    }
    changes
}

fn operations(edit: &Edit) -> usize {
    match &edit.act {
        Act::Make { fields, .. } => fields.len() + 1,
        Act::Write { fields, .. } => fields.len(),
        Act::Reopen(fields) => fields.len(),
        Act::Live(_) => 1,
    }
}
