//! The settings files of organisations above that count in this ledger. A row counts by the signature inside it alone: who
//! wrote the row says nothing (decisions B15).

use domain::overlay::{Document, Overlay};
use domain::settings::Level;
use domain::{Id, Row, Value};
use package::PackageError;
use package::settings_file::{Above, Believed, SettingsFile};
use store::{Filter, ListQuery, View};

use crate::desk::kept::noted;
use crate::desk::{Desk, Session, keys};
use crate::failure::{Done, Failure};

/// The record that keeps them.
pub(crate) const RECORD: &str = "settings_file";

/// A held file whose signature fits.
pub(crate) struct Kept {
    pub(crate) row: Id,
    pub(crate) bytes: Vec<u8>,
    pub(crate) made_on: String,
    pub(crate) overlay: Overlay,
}

/// Where the organisations above are remembered, with the keys they had.
pub(crate) const REMEMBERED: &str = "settings/above";

/// The files in force for the ledger's own organisation, oldest of each organisation first.
pub(crate) fn files(desk: &Desk, session: &Session, view: View<'_>) -> Done<Vec<Overlay>> {
    Ok(kept(desk, session, view)?.into_iter().map(|kept| kept.overlay).collect())
}

pub(crate) fn kept(desk: &Desk, session: &Session, view: View<'_>) -> Done<Vec<Kept>> {
    let own = Filter::is("organisation", Some(Value::Row(session.organisation.id)));
    let query = ListQuery { filters: vec![own], ..ListQuery::default() };
    let rows = view.list(desk.record(RECORD)?, &query)?.rows;
    if rows.is_empty() {
        return Ok(vec![]);
    }
    let known = ever_above(desk, session, view)?;
    let mut found: Vec<Kept> = rows.iter().filter_map(|(id, row)| read_row(*id, row, &known)).collect();
    found.sort_by_key(|kept| (kept.overlay.by, kept.overlay.number));
    Ok(found)
}

fn read_row(row: Id, values: &Row, known: &[Above]) -> Option<Kept> {
    let bytes = values.get("file").and_then(Value::as_text)?.as_bytes().to_vec();
    let believed = believe(&bytes, known).ok()?;
    let made_on = believed.file.made_on.clone();
    Some(Kept { row, bytes, made_on, overlay: overlay(believed).ok()? })
}

pub(crate) fn overlay(believed: Believed) -> Done<Overlay> {
    let Believed { file, by } = believed;
    let document = read_text(&file.text)?;
    Ok(Overlay { by: by.organisation, by_name: by.name, level: level(&by.kind), number: file.number, document })
}

pub(crate) fn read_text(text: &str) -> Done<Document> {
    Document::read(text).map_err(|(line, cause)| unreadable(line, &cause))
}

pub(crate) fn unreadable(line: usize, cause: &str) -> Failure {
    Failure::new("settings_file_unreadable").with("line", line).with("cause", cause)
}

/// The level of an organisation of a kind.
pub(crate) fn level(kind: &str) -> Level {
    match kind {
        "county" => Level::County,
        "center" => Level::Center,
        _ => Level::School,
    }
}

/// The organisations whose files count here: the one above; this one itself when it stands above others.
pub(crate) fn above(desk: &Desk, session: &Session, view: View<'_>) -> Done<Vec<Above>> {
    let mut all: Vec<Above> = keys::above(view)?.as_ref().map(to_above).into_iter().collect();
    if session.organisation.is_above() {
        all.push(Above {
            format: Above::FORMAT.to_owned(),
            organisation: session.organisation.id,
            name: session.name(desk, view)?,
            kind: session.organisation.kind.clone(),
            sign_key: session.keys.sign.public().to_minisign(),
        });
    }
    Ok(all)
}

/// Those organisations with every key they had while files of theirs were taken in: a file that counted once counts on
/// when its organisation signs with a new key. Files that come anew are believed by the keys of today alone.
fn ever_above(desk: &Desk, session: &Session, view: View<'_>) -> Done<Vec<Above>> {
    let mut all = above(desk, session, view)?;
    let today: Vec<Id> = all.iter().map(|one| one.organisation).collect();
    all.extend(remembered(view)?.into_iter().filter(|one| today.contains(&one.organisation)));
    Ok(all)
}

pub(crate) fn remembered(view: View<'_>) -> Done<Vec<Above>> {
    noted(view, REMEMBERED)
}

pub(crate) fn to_above(card: &package::enrol::Card) -> Above {
    Above {
        format: Above::FORMAT.to_owned(),
        organisation: card.organisation,
        name: card.name.clone(),
        kind: card.kind.clone(),
        sign_key: card.sign_key.clone(),
    }
}

pub(crate) fn believe(bytes: &[u8], known: &[Above]) -> Done<Believed> {
    SettingsFile::believe(bytes, known).map_err(|error| match error {
        PackageError::UnknownSender(_) => Failure::new("settings_not_from_above"),
        PackageError::BadSignature => Failure::new("settings_bad_signature"),
        other => other.into(),
    })
}
