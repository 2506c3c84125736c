//! Whom this ledger knows, and who stands above whom: from the directories in the ledger itself, so that every computer
//! that holds the same writing knows the same (decisions B15).

use std::collections::{BTreeMap, BTreeSet};

use domain::{Id, Row, Value};
use package::enrol::Card;
use package::keys::{Certificate, PublicKey};
use package::open::{Directory, Standing};
use store::View;

use crate::desk::keys::{above, former_keys};
use crate::desk::{Desk, Session};
use crate::failure::Done;
use crate::trust::aloft::Aloft;

/// An organisation in a directory.
pub(crate) struct Entry {
    /// Its card.
    pub(crate) card: Card,
    /// Whether its key still counts.
    pub(crate) standing: Standing,
    /// In whose directory it stands.
    pub(crate) keeper: Id,
    /// Keys it had before.
    pub(crate) former: Vec<PublicKey>,
}

/// The directories that some organisations keep in their own rows. What others write about keys counts for nothing.
pub(crate) fn entries(desk: &Desk, view: View<'_>, keepers: &[Id]) -> Done<Vec<Entry>> {
    let record = desk.record("org_key")?;
    let mut entries = Vec::new();
    for (id, row) in view.list(record, &store::ListQuery::default())?.rows {
        let Some(keeper) = view.scope_of(id)?.filter(|scope| keepers.contains(scope)) else { continue };
        let standing = if row.contains_key("revoked_on") { Standing::Revoked } else { Standing::Active };
        let former = row.get("former_keys").and_then(Value::as_text).map(keys_in).unwrap_or_default();
        entries.extend(card(&row).map(|card| Entry { card, standing, keeper, former }));
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

/// Keys as a directory keeps them: one a line.
fn keys_in(text: &str) -> Vec<PublicKey> {
    text.lines().filter_map(|line| line.parse().ok()).collect()
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

/// The signing keys this ledger knows: its own, those above, its directory's, and those of the directories of centers
/// in it.
pub(crate) struct KnownKeys {
    keys: BTreeMap<Id, Vec<(PublicKey, Standing)>>,
    names: BTreeMap<Id, (String, String)>,
    keepers: BTreeMap<Id, Vec<Id>>,
    above: Option<Id>,
    own: Id,
    own_is_above: bool,
}

impl KnownKeys {
    pub(crate) fn load(desk: &Desk, session: &Session, view: View<'_>) -> Done<Self> {
        let (own, above) = (session.organisation.id, above(view)?);
        let mut known = Self {
            keys: BTreeMap::from([(own, vec![(session.keys.sign.public(), Standing::Active)])]),
            names: BTreeMap::new(),
            keepers: BTreeMap::new(),
            above: above.as_ref().map(|card| card.organisation),
            own,
            own_is_above: session.organisation.is_above(),
        };
        known.add_former(own, &former_keys(view, own)?);
        if let Some(card) = above {
            let first = card.organisation;
            known.keep(own, first);
            known.add_former(first, &former_keys(view, first)?);
            known.add(card, Standing::Active)?;
            let aloft = Aloft::load(view, first)?;
            // What it announced it will sign with next.
            if let (Ok(next), Some(keys)) = (aloft.next_key.parse(), known.keys.get_mut(&first)) {
                keys.push((next, Standing::Active));
            }
            // Who stands above the one above, as that one says.
            let mut below = first;
            for card in aloft.cards {
                known.keep(below, card.organisation);
                below = card.organisation;
                known.add(card, Standing::Active)?;
            }
        }
        let below = entries(desk, view, &[own])?;
        let centers: Vec<Id> =
            below.iter().filter(|entry| entry.card.kind == "center").map(|entry| entry.card.organisation).collect();
        let first: BTreeSet<Id> = below.iter().map(|entry| entry.card.organisation).chain([own]).collect();
        // One's own directory comes first: nobody below can speak for an organisation that stands in it. Where two
        // centers list one school, both answer for it.
        let listed = entries(desk, view, &centers)?.into_iter();
        for entry in below.into_iter().chain(listed.filter(|entry| !first.contains(&entry.card.organisation))) {
            let organisation = entry.card.organisation;
            known.keep(organisation, entry.keeper);
            known.add_former(organisation, &entry.former);
            known.add(entry.card, entry.standing)?;
        }
        Ok(known)
    }

    fn add(&mut self, card: Card, standing: Standing) -> Done<()> {
        let key = card.sign_key()?;
        let keys = self.keys.entry(card.organisation).or_default();
        keys.retain(|(one, _)| *one != key);
        keys.insert(0, (key, standing));
        self.names.insert(card.organisation, (card.name, card.code));
        Ok(())
    }

    /// Keys an organisation had before: what they certified stays certified.
    fn add_former(&mut self, organisation: Id, former: &[PublicKey]) {
        let keys = self.keys.entry(organisation).or_default();
        keys.extend(former.iter().map(|key| (*key, Standing::Revoked)));
    }

    fn keep(&mut self, organisation: Id, keeper: Id) {
        let keepers = self.keepers.entry(organisation).or_default();
        if !keepers.contains(&keeper) && organisation != keeper {
            keepers.push(keeper);
        }
    }

    /// Whether an organisation stands above the schools here: the one above, or this one when it is a center.
    pub(crate) fn is_above(&self, organisation: Id) -> bool {
        self.above == Some(organisation) || (self.own_is_above && self.own == organisation)
    }

    /// Whether an organisation may write rows: its own, and those of everybody who stands under it.
    pub(crate) fn may_write(&self, writer: Id, scope: Id) -> bool {
        let mut open = BTreeSet::from([scope]);
        for _ in 0..LEVELS_MAX {
            if open.contains(&writer) {
                return true;
            }
            open = open.iter().flat_map(|one| self.keepers.get(one).into_iter().flatten().copied()).collect();
        }
        false
    }

    /// Who lists an organisation in a directory.
    pub(crate) fn keepers(&self, organisation: Id) -> &[Id] {
        self.keepers.get(&organisation).map(Vec::as_slice).unwrap_or_default()
    }

    /// Whether an organisation's key is known and certified a computer.
    pub(crate) fn certifies(&self, certificate: &Certificate) -> bool {
        self.sign_keys(certificate.organisation).is_some_and(|(keys, _)| certificate.is_signed_by_any(&keys))
    }

    /// Whether anything is known of an organisation.
    pub(crate) fn knows(&self, organisation: Id) -> bool {
        self.keys.contains_key(&organisation)
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
    fn sign_keys(&self, organisation: Id) -> Option<(Vec<PublicKey>, Standing)> {
        let keys = self.keys.get(&organisation)?;
        // The newest key says whether the organisation counts; the ones before certify what they certified.
        let standing = keys.first().map(|(_, standing)| *standing)?;
        Some((keys.iter().map(|(key, _)| *key).collect(), standing))
    }
}
