//! Who wrote what, and taking it back; what is told of one child; where people must say which of two holds.

pub(crate) mod conflicts;
pub(crate) mod duplicates;
pub(crate) mod objecting;
pub(crate) mod put_off;
pub(crate) mod sameness;
pub(crate) mod timeline;

use domain::words::{self, Facts};
use domain::{Id, Value};
use oplog::{Flags, Hash, LIFE, SAME};
use serde::{Deserialize, Serialize};
use store::{Entry, Event, View};
use ts_rs::TS;

use crate::desk::{Desk, civil};
use crate::failure::{Done, Failure};
use crate::rows::names::{name_of, name_spoken, owner_name};
use crate::rows::trail::Trail;

/// One field written, as people read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct HistoryLine {
    /// The change, for undo.
    pub change: String,
    /// When, civil time.
    pub at: String,
    /// Who.
    pub who: String,
    /// In which organisation.
    pub organisation: String,
    /// On which computer, short.
    pub computer: String,
    /// The field's key; `_life` when the row was made, deleted or brought back.
    pub field: String,
    /// The field's label.
    pub label: String,
    /// What was written.
    pub values: Vec<String>,
    /// Why.
    pub why: Option<String>,
    /// Whether nobody has replaced it.
    pub stands: bool,
    /// How it came: `typed`, `import`, `undo`, `choice`.
    pub how: String,
    /// Whether somebody of another organisation wrote it in a record of this one: an objection can be raised.
    pub foreign: bool,
}

/// A saved form, for the list of what can be taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ChangeLine {
    /// The change.
    pub change: String,
    /// When, civil time.
    pub at: String,
    /// Who.
    pub who: String,
    /// How it came.
    pub how: String,
    /// Why.
    pub why: Option<String>,
    /// The rows it wrote, with those saved together with it: the first of them.
    pub wrote: Vec<WroteLine>,
    /// How many rows there are.
    pub rows: u32,
}

/// A row that a change wrote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct WroteLine {
    /// Its record.
    pub record: String,
    /// The row.
    pub id: Id,
    /// What names it; empty when it is deleted.
    pub name: String,
    /// The child it is about, when it is not the row itself.
    pub child: String,
}

/// The answer to undo.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct UndoReply {
    /// The changes that took it back.
    pub changes: Vec<String>,
}

/// Everything written to a row: the newest change first, its fields in the order of the form.
pub fn history(desk: &Desk, row: Id) -> Done<Vec<HistoryLine>> {
    let session = desk.session()?;
    session.store.read(|view| {
        let mut entries = Vec::new();
        for one in view.joined(row)? {
            entries.extend(view.history(one)?);
        }
        entries.sort_by_key(|entry| entry.event.at_ms);
        if entries.is_empty() {
            return Err(Failure::new("no_such_row").with("id", row));
        }
        entries.reverse();
        for change in entries.chunk_by_mut(|one, next| one.event.change == next.event.change) {
            change.sort_by_key(|entry| place(desk, entry));
        }
        entries.iter().map(|entry| line(desk, view, entry)).collect()
    })
}

/// Where a field stands in its record's form; whether the row lives, and what no definition here knows, stand last.
fn place(desk: &Desk, entry: &Entry) -> usize {
    let record = desk.catalogue().record(&entry.record);
    let at = record.and_then(|record| record.fields.iter().position(|field| field.key == entry.field));
    at.unwrap_or(usize::MAX)
}

/// The newest changes of this ledger.
pub fn recent_changes(desk: &Desk, limit: u32) -> Done<Vec<ChangeLine>> {
    let session = desk.session()?;
    session.store.read(|view| {
        let to_line = |event: Event| {
            let (written, rows) = view.rows_written(&event, WROTE_MAX)?;
            Ok(ChangeLine {
                wrote: written.into_iter().map(|row| wrote(desk, view, row)).collect::<Done<_>>()?,
                rows,
                change: event.change.hex(),
                at: civil(event.at_ms),
                who: person(desk, view, event.who)?,
                how: how(event.flags).to_owned(),
                why: event.why,
            })
        };
        view.recent(limit)?.into_iter().map(to_line).collect()
    })
}

/// Rows named of a change at most.
const WROTE_MAX: u32 = 3;

fn wrote(desk: &Desk, view: View<'_>, row: Id) -> Done<WroteLine> {
    let definition = view.record_of(row)?;
    Ok(WroteLine {
        record: definition.record.clone(),
        id: row,
        name: name_spoken(desk, view, definition, row)?,
        child: owner_name(desk, view, definition, row)?,
    })
}

/// Takes back a change and what was saved together with it; the newest of this computer when none is named.
///
/// Errors: `nothing_to_undo`; `refused` names the fields that somebody wrote since.
pub fn undo(desk: &Desk, change: Option<String>) -> Done<UndoReply> {
    let session = desk.session()?;
    session.store.write(|door| {
        let hash = match change.as_deref() {
            None => None,
            Some(name) => Some(named_change(door.view(), name)?),
        };
        let saved = door.undo(&desk.author(&session), hash)?;
        Ok(UndoReply { changes: saved.changes.iter().map(Hash::hex).collect() })
    })
}

/// What a field is called, whether a record has it or the log alone.
pub(crate) fn label(desk: &Desk, definition: Option<&domain::Field>, key: &str) -> String {
    match definition {
        Some(field) => field.label.in_language(desk.language()).to_owned(),
        None if key == LIFE => words::say(desk.language(), "words", "history.life", &Facts::new()),
        None if key == SAME => words::say(desk.language(), "people", "same.field", &Facts::new()),
        None => unknown(desk, key),
    }
}

pub(crate) fn line(desk: &Desk, view: View<'_>, entry: &Entry) -> Done<HistoryLine> {
    let definition = desk.catalogue().record(&entry.record).and_then(|record| record.field(&entry.field));
    let trail = Trail::spoken(desk, view, desk.today());
    let label = label(desk, definition, &entry.field);
    let text = |value: &Option<Value>| match value {
        None => Ok(String::new()),
        Some(Value::Int(lives)) if entry.field == LIFE => {
            let key = if *lives == 1 { "history.made" } else { "history.deleted" };
            Ok(words::say(desk.language(), "words", key, &Facts::new()))
        }
        Some(Value::Row(other)) if entry.field == SAME => name_spoken(desk, view, view.record_of(entry.row)?, *other),
        Some(Value::Text(other)) if entry.field == SAME => {
            let name = other.parse().map(|other| name_spoken(desk, view, view.record_of(entry.row)?, other));
            let facts = Facts::from([("name".to_owned(), name.unwrap_or_else(|_| Ok(String::new()))?)]);
            Ok(words::say(desk.language(), "people", "same.parted", &facts))
        }
        Some(value) => {
            let text = trail.text(definition, value)?;
            Ok(if definition.is_some_and(|field| field.sensitive) {
                definition.map(|field| domain::show::masked(field, &text)).unwrap_or_default()
            } else {
                text
            })
        }
    };
    Ok(HistoryLine {
        change: entry.event.change.hex(),
        at: civil(entry.event.at_ms),
        who: person(desk, view, entry.event.who)?,
        organisation: organisation_of(desk, view, entry.event.who)?,
        computer: entry.event.replica.short(),
        field: entry.field.clone(),
        label,
        values: entry.values.iter().map(text).collect::<Done<_>>()?,
        why: entry.event.why.clone(),
        stands: entry.stands,
        how: how(entry.event.flags).to_owned(),
        foreign: is_foreign(desk, view, entry)?,
    })
}

fn is_foreign(desk: &Desk, view: View<'_>, entry: &Entry) -> Done<bool> {
    let own = Some(desk.opened()?.organisation.id);
    Ok(entry.field != LIFE && view.scope_of(entry.row)? == own && view.scope_of(entry.event.who)? != own)
}

/// What a field is called that no definition here knows: one that another organisation added, or a newer program's.
fn unknown(desk: &Desk, key: &str) -> String {
    match domain::overlay::added_name(key) {
        Some(name) => {
            let facts = Facts::from([("name".to_owned(), name.to_owned())]);
            words::say(desk.language(), "county", "unknown_field", &facts)
        }
        None => key.to_owned(),
    }
}

/// A person's name, as the ledger knows it.
pub(crate) fn person(desk: &Desk, view: View<'_>, who: Id) -> Done<String> {
    let name = name_of(desk.catalogue(), view, desk.record("staff")?, who, desk.today())?;
    Ok(match introduced(view, who)? {
        Some((name, _)) if view.scope_of(who)?.is_none() => name,
        _ if name.is_empty() => who.short(),
        _ => name,
    })
}

/// Name and organisation of a person of another ledger, as a package introduced them.
fn introduced(view: View<'_>, who: Id) -> Done<Option<(String, String)>> {
    let kept = view.local(&introduction(who))?;
    Ok(kept.and_then(|bytes| serde_json::from_slice(&bytes).ok()))
}

/// Where the introduction of a person is kept.
pub(crate) fn introduction(who: Id) -> String {
    format!("person/{who}")
}

/// The name of the organisation a person works in.
pub(crate) fn organisation_of(desk: &Desk, view: View<'_>, who: Id) -> Done<String> {
    match view.scope_of(who)? {
        Some(scope) => name_of(desk.catalogue(), view, desk.record("organisation")?, scope, desk.today()),
        None => Ok(introduced(view, who)?.map(|(_, organisation)| organisation).unwrap_or_default()),
    }
}

fn how(flags: Flags) -> &'static str {
    match flags {
        flags if flags.has(Flags::UNDO) => "undo",
        flags if flags.has(Flags::RESOLVE) => "choice",
        flags if flags.has(Flags::IMPORT) => "import",
        _ => "typed",
    }
}

fn named_change(view: View<'_>, name: &str) -> Done<Hash> {
    match Hash::from_hex(name) {
        Some(hash) => Ok(hash),
        None => view.change_named(name)?.ok_or_else(|| Failure::new("nothing_to_undo")),
    }
}
