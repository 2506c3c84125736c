//! Whom this ledger knows, and who stands above whom: from the directories in the ledger itself, so that every computer
//! that holds the same writing knows the same (decisions B15).

use std::collections::BTreeMap;

use domain::{Id, Row, Value};
use package::enrol::Card;
use package::keys::PublicKey;
use package::open::{Directory, Standing};
use store::View;

use crate::desk::{Desk, Session};
use crate::enrolments::above;
use crate::failure::Done;

/// An organisation in a directory.
pub(crate) struct Entry {
    /// Its card.
    pub(crate) card: Card,
    /// Whether its key still counts.
    pub(crate) standing: Standing,
    /// In whose directory it stands.
    pub(crate) keeper: Id,
}

/// The directories that some organisations keep in their own rows. What others write about keys counts for nothing.
pub(crate) fn entries(desk: &Desk, view: View<'_>, keepers: &[Id]) -> Done<Vec<Entry>> {
    let record = crate::rows::record(desk, "org_key")?;
    let mut entries = Vec::new();
    for (id, row) in view.list(record, &store::ListQuery::default())?.rows {
        let Some(keeper) = view.scope_of(id)?.filter(|scope| keepers.contains(scope)) else { continue };
        let standing = if row.contains_key("revoked_on") { Standing::Revoked } else { Standing::Active };
        entries.extend(card(&row).map(|card| Entry { card, standing, keeper }));
    }
    Ok(entries)
}

/// The organisations that stand under one in the directory it keeps.
pub(crate) fn kept_by(desk: &Desk, view: View<'_>, keeper: Id) -> Done<Vec<Id>> {
    let own = entries(desk, view, &[keeper])?.into_iter();
    Ok(own.map(|entry| entry.card.organisation).filter(|one| *one != keeper).collect())
}

/// Whose rows are exchanged with a partner: with the one above all that this organisation answers for, with one below
/// its rows and those of the schools it answers for.
pub(crate) fn shared_scopes(desk: &Desk, session: &Session, view: View<'_>, partner: Id) -> Done<Vec<Id>> {
    let is_above = above(view)?.is_some_and(|card| card.organisation == partner);
    let first = if is_above { session.organisation.id } else { partner };
    let mut scopes = vec![first];
    scopes.extend(kept_by(desk, view, first)?);
    scopes.dedup();
    Ok(scopes)
}

fn card(row: &Row) -> Option<Card> {
    let text = |key: &str| row.get(key).and_then(Value::as_text).map(str::to_owned);
    Some(Card {
        organisation: text("organisation")?.parse().ok()?,
        name: text("name").unwrap_or_default(),
        code: text("code").unwrap_or_default(),
        kind: text("kind").unwrap_or_default(),
        sign_key: text("sign_key")?,
        recipient: text("recipient")?,
        recovery_recipient: text("recovery_recipient")?,
    })
}

/// The signing keys this ledger knows: its own, the one above, its directory's, and those of the directories of centers
/// in it.
pub(crate) struct KnownKeys {
    keys: BTreeMap<Id, (PublicKey, Standing)>,
    names: BTreeMap<Id, (String, String)>,
    keepers: BTreeMap<Id, Id>,
    above: Option<Id>,
    own: Id,
    own_is_above: bool,
}

impl KnownKeys {
    pub(crate) fn load(desk: &Desk, session: &Session, view: View<'_>) -> Done<Self> {
        let (own, above) = (session.organisation.id, above(view)?);
        let mut known = Self {
            keys: BTreeMap::from([(own, (session.keys.sign.public(), Standing::Active))]),
            names: BTreeMap::new(),
            keepers: BTreeMap::new(),
            above: above.as_ref().map(|card| card.organisation),
            own,
            own_is_above: session.organisation.is_above(),
        };
        if let Some(card) = above {
            known.keepers.insert(own, card.organisation);
            known.add(card, Standing::Active)?;
        }
        let below = entries(desk, view, &[own])?;
        let centers: Vec<Id> =
            below.iter().filter(|entry| entry.card.kind == "center").map(|entry| entry.card.organisation).collect();
        // One's own directory comes first: nobody below can speak for an organisation that stands in it.
        for entry in below.into_iter().chain(entries(desk, view, &centers)?) {
            let organisation = entry.card.organisation;
            if !known.keys.contains_key(&organisation) {
                known.keepers.insert(organisation, entry.keeper);
                known.add(entry.card, entry.standing)?;
            }
        }
        Ok(known)
    }

    fn add(&mut self, card: Card, standing: Standing) -> Done<()> {
        self.keys.insert(card.organisation, (card.sign_key()?, standing));
        self.names.insert(card.organisation, (card.name, card.code));
        Ok(())
    }

    /// Whether an organisation stands above the schools here: the one above, or this one when it is a center.
    pub(crate) fn is_above(&self, organisation: Id) -> bool {
        self.above == Some(organisation) || (self.own_is_above && self.own == organisation)
    }

    /// Whether an organisation may write rows: its own, and those of everybody who stands under it.
    pub(crate) fn may_write(&self, writer: Id, scope: Id) -> bool {
        let mut at = scope;
        for _ in 0..LEVELS_MAX {
            match self.keepers.get(&at) {
                _ if at == writer => return true,
                Some(keeper) => at = *keeper,
                None => return false,
            }
        }
        false
    }

    /// The name of an organisation; empty when it is not known.
    pub(crate) fn name_of(&self, organisation: Id) -> String {
        self.names.get(&organisation).map(|(name, _)| name.clone()).unwrap_or_default()
    }

    /// Name and code of an organisation in the directory.
    pub(crate) fn name(&self, organisation: Id) -> Option<&(String, String)> {
        self.names.get(&organisation)
    }
}

/// School, center, county, and one to spare.
const LEVELS_MAX: usize = 4;

impl Directory for KnownKeys {
    fn sign_key(&self, organisation: Id) -> Option<(PublicKey, Standing)> {
        self.keys.get(&organisation).copied()
    }
}
