//! 名录: what a center's signed directory says of the organisations it lists, as it came down with packages.

use domain::{Fields, Id};
use package::directory::{Listed, version_numbers};
use serde::{Deserialize, Serialize};
use store::View;
use ts_rs::TS;

use crate::desk::{Desk, Session, keys};
use crate::failure::{Done, Failure};

use crate::trust::rotation::{self, Aloft};

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
    session.store.write(|door| Ok(door.set_local(rotation::PROGRAM_MIN, wanted.as_bytes())?))
}

/// The directory that counts here. It comes down with packages; an older one than is known is passed over.
pub fn directory(desk: &Desk, _: ()) -> Done<DirectoryReply> {
    let session = desk.session()?;
    session.store.read(|view| {
        let own = session.organisation.id.to_string();
        let (from, version, listed) = match session.organisation.is_above() {
            true => (session.name(desk, view)?, rotation::said_version(view)?, below(desk, &session, view)?),
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
        let program_min = rotation::program_min(&session, view)?;
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
