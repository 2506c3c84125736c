//! Settings files of organisations above: made from what a person wrote, taken in, handed down with packages.
//!
//! Every organisation keeps its own copies as rows of its own. A row counts by the signature inside it alone: who wrote
//! the row says nothing (decisions B15).

use std::path::Path;

use domain::overlay::{Held, Overlay};
use domain::{Id, Keyed, Problem, Row, Value};
use oplog::Hash;
use package::settings_file::{Above, SettingsFile};
use package::stick;
use serde::{Deserialize, Serialize};
use store::{Act, Door, Edit, View};
use ts_rs::TS;

use crate::desk::in_force::{
    Kept, RECORD, REMEMBERED, above, believe, kept, level, overlay, read_text, remembered, to_above, unreadable,
};
use crate::desk::{Desk, Session, keys};
use crate::failure::{Done, Failure};
use crate::trust::settings_words;

/// A settings file to be made.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct MakeSettings {
    /// What a person wrote, in TOML.
    pub input: String,
    /// The signed file to write.
    pub output: String,
}

/// A held file to be written out again, for schools below.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct GiveSettings {
    /// The row; the newest when absent.
    pub id: Option<Id>,
    /// The file to write.
    pub output: String,
}

/// A settings file and what it changes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SettingsReply {
    /// What it is called.
    pub title: String,
    /// Whose it is.
    pub by: String,
    /// Its number.
    #[ts(type = "number")]
    pub number: u64,
    /// The day it was made.
    pub made_on: String,
    /// Whether it was held already.
    pub known: bool,
    /// What it changes, in words.
    pub changes: Vec<String>,
}

/// A file that is held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SettingsFileLine {
    /// The row.
    pub id: Id,
    /// What it is called.
    pub title: String,
    /// Whose it is.
    pub by: String,
    /// Its number.
    #[ts(type = "number")]
    pub number: u64,
    /// The day it was made.
    pub made_on: String,
    /// Whether it is the newest of its organisation.
    pub newest: bool,
    /// What it says, in words.
    pub says: Vec<String>,
}

fn remember(desk: &Desk, session: &Session, door: &mut Door<'_>) -> Done<()> {
    let mut all = remembered(door.view())?;
    let fresh = above(desk, session, door.view())?;
    let known = |one: &Above| all.iter().any(|other| other.sign_key == one.sign_key);
    let new: Vec<Above> = fresh.into_iter().filter(|one| !known(one)).collect();
    if new.is_empty() {
        return Ok(());
    }
    all.extend(new);
    Ok(door.set_local(REMEMBERED, &serde_json::to_vec(&all).map_err(Failure::defect)?)?)
}

/// Makes a settings file of what a person wrote, signs it, and takes it in here too. Errors: `only_above_sets`;
/// `settings_refused` names everything to be corrected.
pub fn make_settings_file(desk: &Desk, request: MakeSettings) -> Done<SettingsReply> {
    let session = desk.session()?;
    if !session.organisation.is_above() {
        return Err(Failure::new("only_above_sets"));
    }
    let text = package::open::read_file(Path::new(&request.input))?;
    let text = String::from_utf8(text).map_err(|error| unreadable(1, &error.to_string()))?;
    let document = read_text(&text)?;
    let by = session.organisation.id;
    let before = desk.outlook().files().to_vec();
    let number = before.iter().filter(|one| one.by == by).map(|one| one.number).max().unwrap_or_default() + 1;
    let made_on = desk.today().to_string();
    let file = SettingsFile { format: SettingsFile::FORMAT.to_owned(), by, number, made_on, text };
    let by_name = session.store.read(|view| session.name(desk, view))?;
    let overlay = Overlay { by, by_name, level: level(&session.organisation.kind), number, document };
    prove(desk, &overlay)?;
    let bytes = file.to_bytes(&session.keys.sign)?;
    let reply = reply(desk, &before, &overlay, &file.made_on);
    stick::replace(Path::new(&request.output), &bytes)?;
    session.store.write(|door| keep(desk, &session, door, (by, &overlay, &file.made_on, &bytes)))?;
    desk.session()?;
    Ok(reply)
}

/// Says what a settings file would change; nothing is written. Errors: those of [`take_settings_file`].
pub fn look_settings_file(desk: &Desk, file: String) -> Done<SettingsReply> {
    Ok(looked(desk, &file)?.2)
}

/// Takes in a settings file from above. Errors: `not_a_settings_file` when nobody signed it, `settings_not_from_above`,
/// `settings_bad_signature`, `settings_older`, `settings_refused`.
pub fn take_settings_file(desk: &Desk, file: String) -> Done<SettingsReply> {
    let session = desk.session()?;
    let (bytes, overlay, reply) = looked(desk, &file)?;
    if !reply.known {
        let own = session.organisation.id;
        session.store.write(|door| keep(desk, &session, door, (own, &overlay, &reply.made_on, &bytes)))?;
        desk.session()?;
    }
    Ok(reply)
}

fn looked(desk: &Desk, file: &str) -> Done<(Vec<u8>, Overlay, SettingsReply)> {
    let session = desk.session()?;
    let bytes = package::open::read_file(Path::new(file))?;
    let known = session.store.read(|view| above(desk, &session, view))?;
    let believed = believe(&bytes, &known)?;
    let made_on = believed.file.made_on.clone();
    let overlay = overlay(believed)?;
    let before = desk.outlook().files();
    let held = before.iter().filter(|one| one.by == overlay.by).max_by_key(|one| one.number);
    let mut reply = reply(desk, before, &overlay, &made_on);
    match held {
        Some(held) if (held.number, &held.document) == (overlay.number, &overlay.document) => reply.known = true,
        Some(held) if held.number >= overlay.number => {
            return Err(Failure::new("settings_older").with("number", overlay.number).with("held", held.number));
        }
        _ => prove(desk, &overlay)?,
    }
    Ok((bytes, overlay, reply))
}

/// Refuses a file that would not hold together with what is here.
fn prove(desk: &Desk, overlay: &Overlay) -> Done<()> {
    let (catalogue, files) = (&*desk.definitions().catalogue, desk.outlook().files());
    let held = Held { catalogue, files, by: overlay.by, level: overlay.level };
    let fields: Vec<Problem> = overlay.document.problems(held);
    match fields.is_empty() {
        true => Ok(()),
        false => Err(Failure { fields, ..Failure::new("settings_refused") }),
    }
}

fn reply(desk: &Desk, before: &[Overlay], overlay: &Overlay, made_on: &str) -> SettingsReply {
    SettingsReply {
        title: overlay.document.title.clone(),
        by: overlay.by_name.clone(),
        number: overlay.number,
        made_on: made_on.to_owned(),
        known: false,
        changes: settings_words::changes(desk, before, overlay),
    }
}

/// The files held here that count, newest first.
pub fn settings_files(desk: &Desk, _: ()) -> Done<Vec<SettingsFileLine>> {
    let session = desk.session()?;
    let all = session.store.read(|view| kept(desk, &session, view))?;
    let newest =
        |one: &Overlay| all.iter().all(|other| other.overlay.by != one.by || other.overlay.number <= one.number);
    let line = |kept: &Kept| SettingsFileLine {
        id: kept.row,
        title: kept.overlay.document.title.clone(),
        by: kept.overlay.by_name.clone(),
        number: kept.overlay.number,
        made_on: kept.made_on.clone(),
        newest: newest(&kept.overlay),
        says: settings_words::changes(desk, &[], &kept.overlay),
    };
    let mut lines: Vec<SettingsFileLine> = all.iter().map(line).collect();
    lines.reverse();
    Ok(lines)
}

/// Writes a held file out again, with this organisation's word for who stands above it. Errors: `no_settings_file`.
pub fn give_settings_file(desk: &Desk, request: GiveSettings) -> Done<String> {
    let session = desk.session()?;
    let bytes = session.store.read(|view| {
        let all = kept(desk, &session, view)?;
        let wanted = |kept: &&Kept| request.id.is_none_or(|id| kept.row == id);
        let found = all.iter().rev().find(wanted).ok_or_else(|| Failure::new("no_settings_file"))?;
        for_below(&session, view, found)
    })?;
    stick::replace(Path::new(&request.output), &bytes)?;
    Ok(request.output)
}

/// The file as those below can believe it.
fn for_below(session: &Session, view: View<'_>, kept: &Kept) -> Done<Vec<u8>> {
    if kept.overlay.by == session.organisation.id {
        return Ok(kept.bytes.clone());
    }
    let Some(card) = keys::above(view)? else { return Ok(kept.bytes.clone()) };
    let by = (session.organisation.id, &session.keys.sign);
    Ok(SettingsFile::vouched(&kept.bytes, &to_above(&card), by)?)
}

/// Puts what is held here among the rows of an organisation below, as far as it is not there: the next package to it
/// carries it.
pub(crate) fn hand_down(desk: &Desk, session: &Session, door: &mut Door<'_>, to: Id) -> Done<()> {
    if !session.organisation.is_above() || keys::above(door.view())?.is_some_and(|card| card.organisation == to) {
        return Ok(());
    }
    for one in kept(desk, session, door.view())? {
        if door.view().record_of(row_id(desk, to, &one.overlay)?).is_ok() {
            continue;
        }
        let bytes = for_below(session, door.view(), &one)?;
        keep(desk, session, door, (to, &one.overlay, &one.made_on, &bytes))?;
    }
    Ok(())
}

/// The row in which an organisation keeps a file.
fn row_id(desk: &Desk, holder: Id, overlay: &Overlay) -> Done<Id> {
    let row = Row::from_iter([
        ("organisation".into(), Value::Row(holder)),
        ("by".into(), Value::Text(overlay.by.to_string().into())),
        ("issue".into(), Value::Int(i64::try_from(overlay.number).map_err(Failure::defect)?)),
    ]);
    let key = desk.record(RECORD)?.natural_key(&row).unwrap_or_default();
    Ok(Id::from_digest(Hash::of(&[key.as_bytes()]).half()))
}

fn keep(
    desk: &Desk,
    session: &Session,
    door: &mut Door<'_>,
    (holder, overlay, made_on, bytes): (Id, &Overlay, &str, &[u8]),
) -> Done<()> {
    let row = row_id(desk, holder, overlay)?;
    let file = String::from_utf8(bytes.to_vec()).map_err(Failure::defect)?;
    let text = |text: &str| Some(Value::Text(text.into()));
    let fields: Keyed<Option<Value>> = Keyed::from_iter([
        ("organisation".into(), Some(Value::Row(holder))),
        ("by".into(), text(&overlay.by.to_string())),
        ("issue".into(), i64::try_from(overlay.number).ok().map(Value::Int)),
        ("title".into(), text(&overlay.document.title)),
        ("made_on".into(), text(made_on)),
        ("taken_on".into(), text(&desk.today().to_string())),
        ("file".into(), text(&file)),
    ]);
    let act = match door.view().record_of(row) {
        Ok(_) => Act::Write { fields, seen: None },
        Err(_) => Act::Make { scope: holder, fields },
    };
    door.save(&desk.author(session), &[Edit { record: RECORD.to_owned(), row, act }])?;
    remember(desk, session, door)
}

/// What files that arrived with a package bring, compared with what was in force: for its report.
pub(crate) fn arrived(desk: &Desk, session: &Session, door: &mut Door<'_>) -> Done<Vec<SettingsReply>> {
    remember(desk, session, door)?;
    let before = desk.outlook().files();
    let fresh = kept(desk, session, door.view())?.into_iter().filter(|kept| !before.contains(&kept.overlay));
    Ok(fresh.map(|kept| reply(desk, before, &kept.overlay, &kept.made_on)).collect())
}
