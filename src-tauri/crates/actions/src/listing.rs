//! 名录: what a center's signed directory says of the organisations it lists, as it came down with packages.

use domain::{Fields, Id};
use package::directory::Listed;
use serde::{Deserialize, Serialize};
use store::View;
use ts_rs::TS;

use crate::desk::{Desk, Session};
use crate::enrolments;
use crate::failure::Done;
use crate::rotation::{self, Aloft};
use crate::rows::record;

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
}

/// The directory that counts here. It comes down with packages; an older one than is known is passed over.
pub fn directory(desk: &Desk, _: ()) -> Done<DirectoryReply> {
    let session = desk.session()?;
    session.store.read(|view| {
        let own = session.organisation.id.to_string();
        let (from, version, listed) = match session.organisation.is_above() {
            true => (
                crate::rows::own_name(desk, &session, view)?,
                rotation::said_version(view)?,
                below(desk, &session, view)?,
            ),
            false => match enrolments::above(view)? {
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
        Ok(DirectoryReply { from, version, revoked, lines })
    })
}

fn to_line(one: Listed) -> ListedLine {
    let Listed { organisation, name, code, kind, revoked_on, .. } = one;
    ListedLine { organisation, name, code, kind, revoked_on }
}

/// Whom this organisation lists, from its own rows.
pub(crate) fn below(desk: &Desk, session: &Session, view: View<'_>) -> Done<Vec<Listed>> {
    let own: Id = session.organisation.id;
    let mut listed = Vec::new();
    for (id, row) in view.list(record(desk, "org_key")?, &store::ListQuery::default())?.rows {
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
        });
    }
    listed.sort_by(|a, b| a.organisation.cmp(&b.organisation));
    Ok(listed)
}
