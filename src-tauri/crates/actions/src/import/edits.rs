//! From what a workbook gives to the edits that store it: a few large changes, saved and undone together.

use domain::{Id, Keyed, Record, Value};
use store::{Act, Edit};

use super::known::{Child, Held, Known};
use crate::failure::{Done, Failure};
use crate::rows::draft::{Setting, Typed};
use crate::rows::saving::Place;

/// Operations saved at once: the more, the better neighbours stand together; but while some are saved, the next are made.
const AT_ONCE: usize = store::OPS_MAX * 4;

/// The edits of one source: they are saved together.
type Group = Vec<Edit>;

/// A row with what a workbook gives it.
pub(crate) enum Source<'c> {
    /// A child and the rows beside it.
    Child(&'c Record, Child),
    /// A row of a register, and whom it belongs to.
    Row(&'c Record, Id, Held),
}

/// Operations saved first: until they are there, nothing can be saved.
const AT_FIRST: usize = store::OPS_MAX / 2;

/// What waits to be stored. Edits are made as they are saved: a county's roster does not stand in memory twice.
pub(crate) struct Queue<'c> {
    sources: std::vec::IntoIter<Source<'c>>,
    /// What did not fit among those before.
    left_over: Group,
    /// Operations saved next.
    at_once: usize,
}

impl<'c> Queue<'c> {
    pub(crate) fn new(sources: Vec<Source<'c>>) -> Self {
        Self { sources: sources.into_iter(), left_over: Group::new(), at_once: AT_FIRST }
    }

    /// Rows that wait.
    pub(crate) fn len(&self) -> usize {
        self.sources.len()
    }

    /// The edits that are saved next; none at the end.
    pub(crate) fn next_edits(&mut self, setting: &Setting<'_>, file: &str) -> Done<Vec<Edit>> {
        let mut change = std::mem::take(&mut self.left_over);
        let mut room = self.at_once.saturating_sub(change.iter().map(operations).sum());
        for source in self.sources.by_ref() {
            let mut group = Group::new();
            match source {
                Source::Child(record, child) => of_child(setting, record, child, file, &mut group)?,
                Source::Row(record, owner, held) => of_held(setting, record, held, Some(owner), &mut group)?,
            }
            let wanted: usize = group.iter().map(operations).sum();
            if wanted > room && !change.is_empty() {
                self.left_over = group;
                break;
            }
            room = room.saturating_sub(wanted);
            change.extend(group);
        }
        self.at_once = AT_ONCE;
        Ok(change)
    }
}

/// The children among which something is to be stored.
pub(crate) fn of_known(known: Known<'_>) -> impl Iterator<Item = Source<'_>> {
    let record = known.record;
    known.children.into_iter().map(move |child| Source::Child(record, child))
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
        let text = |text: String| Some(Value::Text(text.into())).filter(|value| value.as_text() != Some(""));
        let place = format!("{}!{}", note.place.sheet, note.place.line);
        let held = [
            ("file", text(file.to_owned())),
            ("place", text(place)),
            ("kept", text(note.kept)),
            ("unread", text(note.unread)),
        ];
        let row = held.into_iter().filter_map(|(key, value)| Some((key.into(), value?))).collect();
        let note = Held { row, ..Held::new(setting.desk.new_id()) };
        of_held(setting, notes, note, Some(owner), edits)?;
    }
    Ok(())
}

/// The edits of one row: made, changed, or none.
fn of_held(setting: &Setting<'_>, record: &Record, held: Held, owner: Option<Id>, edits: &mut Group) -> Done<()> {
    let fresh = held.fresh;
    let taken = held.row.into_iter().filter(|(key, _)| !held.on_file || fresh.contains(key));
    let mut values: Keyed<Option<Value>> = taken.map(|(key, value)| (key, Some(value))).collect();
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
    edits.extend(setting.enter(record, place, typed, None)?);
    Ok(())
}

fn record_of<'s>(setting: &'s Setting<'_>, name: &str) -> Done<&'s Record> {
    setting.catalogue.record(name).ok_or_else(|| Failure::new("no_such_record").with("record", name))
}

fn operations(edit: &Edit) -> usize {
    match &edit.act {
        Act::Make { fields, .. } => fields.len() + 1,
        Act::Write { fields, .. } => fields.len(),
        Act::Reopen(fields) => fields.len(),
        Act::Live(_) => 1,
        Act::Erase(fields) => fields.len(),
    }
}
