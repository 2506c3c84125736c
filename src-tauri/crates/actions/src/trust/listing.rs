//! 名录: what a center's signed directory says of the organisations it lists, as it came down with packages.

use domain::{Fields, Id};
use package::directory::{DirectoryFile, Listed, version_numbers};
use package::enrol::Card;
use package::keys::SignKey;
use package::open::Directory;
use serde::{Deserialize, Serialize};
use store::{Door, View};
use ts_rs::TS;

use crate::desk::keys::{self, keep_former};
use crate::desk::{Desk, Session};
use crate::failure::{Done, Failure};
use crate::trust::aloft::{Aloft, PROGRAM_MIN, SAID, VERSION, aloft, program_min, said_version};
use crate::trust::directory::KnownKeys;
use crate::trust::enrolments;

/// A directory, at a center its own, elsewhere that of the organisation above.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DirectoryReply {
    /// Whose directory it is; empty when none came yet.
    pub from: String,
    /// Its version; it only grows. 0 before the first.
    #[ts(type = "number")]
    pub version: u64,
    /// Whether this organisation itself was revoked in it.
    pub revoked: bool,
    /// The oldest version of the program it wants everybody to work with; empty when any will do.
    pub program_min: String,
    /// The version of this program.
    pub program: String,
    /// Whether this program is older than that.
    pub outdated: bool,
    /// Whom it lists, by code and name.
    pub lines: Vec<ListedLine>,
}

/// An organisation in a directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ListedLine {
    /// The organisation's id.
    pub organisation: String,
    /// Its name.
    pub name: String,
    /// Its code; may be empty.
    pub code: String,
    /// Its kind, a code of the list `org_kind`.
    pub kind: String,
    /// The day it was revoked; empty while it counts.
    pub revoked_on: String,
    /// Once it was revoked: of each of its computers, how far what it wrote counts.
    pub counts_until: Vec<CountsUntil>,
}

/// How far the writing of a computer counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CountsUntil {
    /// The computer, short.
    pub computer: String,
    /// Number of its last change that counts, from 1.
    pub change: u32,
}

/// Says which program those below should work with, from now on in every directory that goes down; `None`: any will do.
///
/// Errors: `not_a_version`; `not_from_here` where nobody stands below.
pub fn require_program(desk: &Desk, version: Option<String>) -> Done<()> {
    let session = desk.session()?;
    if !session.organisation.is_above() {
        return Err(Failure::new("not_from_here"));
    }
    let wanted = version.unwrap_or_default().trim().to_owned();
    if !wanted.is_empty() && version_numbers(&wanted).is_none() {
        return Err(Failure::new("not_a_version").with("version", wanted));
    }
    session.store.write(|door| Ok(door.set_local(PROGRAM_MIN, wanted.as_bytes())?))
}

/// The directory that counts here. It comes down with packages; an older one than is known is passed over.
pub fn directory(desk: &Desk, _: ()) -> Done<DirectoryReply> {
    let session = desk.session()?;
    session.store.read(|view| {
        let own = session.organisation.id.to_string();
        let (from, version, listed) = match session.organisation.is_above() {
            true => (session.name(desk, view)?, said_version(view)?, below(desk, &session, view)?),
            false => match keys::above(view)? {
                None => return Ok(DirectoryReply::default()),
                Some(card) => {
                    let aloft = Aloft::load(view, card.organisation)?;
                    (card.name, aloft.version, aloft.below)
                }
            },
        };
        let revoked = listed.iter().any(|one| one.organisation == own && !one.revoked_on.is_empty());
        let mut lines: Vec<ListedLine> = listed.into_iter().map(to_line).collect();
        lines.sort_by(|a, b| (&a.code, &a.name).cmp(&(&b.code, &b.name)));
        let program_min = program_min(&session, view)?;
        let program = env!("CARGO_PKG_VERSION").to_owned();
        let outdated = version_numbers(&program) < version_numbers(&program_min);
        Ok(DirectoryReply { from, version, revoked, program_min, program, outdated, lines })
    })
}

fn to_line(one: Listed) -> ListedLine {
    let Listed { organisation, name, code, kind, revoked_on, revoked_after, .. } = one;
    let end = |line: &str| {
        let mut parts = line.split(' ');
        let (computer, depth) = (parts.next()?.parse::<Id>().ok()?, parts.next()?.parse::<u32>().ok()?);
        Some(CountsUntil { computer: computer.short(), change: depth.saturating_add(1) })
    };
    let counts_until = revoked_after.lines().filter_map(end).collect();
    ListedLine { organisation, name, code, kind, revoked_on, counts_until }
}

/// Whom this organisation lists, from its own rows.
pub(crate) fn below(desk: &Desk, session: &Session, view: View<'_>) -> Done<Vec<Listed>> {
    let own: Id = session.organisation.id;
    let mut listed = Vec::new();
    for (id, row) in view.list(desk.record("org_key")?, &store::ListQuery::default())?.rows {
        if view.scope_of(id)? != Some(own) {
            continue;
        }
        listed.push(Listed {
            organisation: row.said("organisation"),
            name: row.said("name"),
            code: row.said("code"),
            kind: row.said("kind"),
            sign_key: row.said("sign_key"),
            revoked_on: row.said("revoked_on"),
            revoked_after: row.said("revoked_after"),
        });
    }
    listed.sort_by(|a, b| a.organisation.cmp(&b.organisation));
    Ok(listed)
}

/// What the one above says of those above and below it. A lower version than one knows is passed over; gives the version
/// when it has grown.
pub(crate) fn take_aloft(
    desk: &Desk,
    session: &Session,
    door: &Door<'_>,
    (from, bytes): (Id, &[u8]),
) -> Done<Option<u64>> {
    let known = KnownKeys::load(desk, session, door.view())?;
    let above = keys::above(door.view())?.filter(|above| above.organisation == from);
    let (Some(card), Some((keys, _))) = (above, known.sign_keys(from)) else { return Ok(None) };
    let Some(key) = keys.first() else { return Ok(None) };
    let before = Aloft::load(door.view(), from)?;
    let known = before.version;
    // Signed with the key it has, or with the one it had announced; never with one it had before.
    let announced = before.next_key.parse().ok().and_then(|next| DirectoryFile::from_bytes(bytes, &next).ok());
    let said = match announced {
        Some(said) => said,
        None => DirectoryFile::from_bytes(bytes, key)?,
    };
    if said.from.organisation != card.organisation || said.version < known {
        return Ok(None);
    }
    // The one above has taken the key it had announced.
    if said.from.sign_key != card.sign_key {
        if said.from.sign_key != before.next_key {
            return Ok(None);
        }
        keep_former(door, from, card.sign_key()?)?;
        door.set_local("above", &serde_json::to_vec(&said.from).map_err(Failure::defect)?)?;
    }
    let cards = said.entries.into_iter().filter(|entry| entry.revoked_on.is_empty()).map(|entry| entry.card);
    let kept = Aloft {
        version: said.version,
        cards: cards.filter(|card| card.organisation != session.organisation.id).collect(),
        below: said.below,
        next_key: said.next_key,
        program_min: said.program_min,
    };
    door.set_local(&aloft(from), &serde_json::to_vec(&kept).map_err(Failure::defect)?)?;
    Ok(Some(said.version).filter(|version| *version > known))
}

/// What a center tells those below of those above it and of those it lists. Whoever lists nobody says nothing.
pub(crate) fn directory_note(desk: &Desk, session: &Session, door: &Door<'_>) -> Done<Option<Vec<u8>>> {
    if !session.organisation.is_above() {
        return Ok(None);
    }
    let mut cards: Vec<Card> = keys::above(door.view())?.into_iter().collect();
    if let Some(first) = cards.first() {
        cards.extend(Aloft::load(door.view(), first.organisation)?.cards);
    }
    let entry = |card: Card| package::directory::DirectoryEntry { card, revoked_on: String::new() };
    let entries: Vec<_> = cards.into_iter().map(entry).collect();
    let below = below(desk, session, door.view())?;
    let (next_key, program_min) = (next_key(desk, door)?, program_min(session, door.view())?);
    let said = serde_json::to_vec(&(&entries, &below, &next_key, &program_min)).map_err(Failure::defect)?;
    let before = door.view().local(SAID)?.unwrap_or_default();
    let mut version = said_version(door.view())?;
    if before != said {
        version += 1;
        door.set_local(SAID, &said)?;
        door.set_local(VERSION, version.to_string().as_bytes())?;
    }
    let from = enrolments::own_card(desk, session)?;
    let format = DirectoryFile::FORMAT.to_owned();
    let file = DirectoryFile { format, version, from, entries, below, next_key, program_min };
    Ok(Some(file.to_bytes(&session.keys.sign)?))
}

/// The key this organisation will take next, drawn when it is first announced.
fn next_key(desk: &Desk, door: &Door<'_>) -> Done<String> {
    let kept = door.view().local(NEXT)?.and_then(|seed| <[u8; 32]>::try_from(seed).ok());
    let seed = match kept {
        Some(seed) => seed,
        None => {
            let seed = desk.roll();
            door.set_local(NEXT, &seed)?;
            seed
        }
    };
    Ok(SignKey::from_seed(&seed).public().to_minisign())
}

/// Where the key is kept that this organisation will take next.
pub(crate) const NEXT: &str = "key/next";
