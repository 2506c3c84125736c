//! Whose writing counts (decisions B15): directories, revocations and computers taken out of use are rows of the ledger
//! themselves, so that every computer that holds the same writing counts the same.

use std::collections::{BTreeSet, HashMap};

use domain::{Id, Keyed, Value};
use oplog::Hash;
use oplog::standing::Bar;
use package::keys::Certificate;
use package::open::{Directory, Standing};
use serde::{Deserialize, Serialize};
use store::{Act, Door, Edit, ListQuery, View};
use ts_rs::TS;

use crate::desk::{Desk, Session};
use crate::failure::{Done, Failure};
use crate::trust::directory::KnownKeys;
use crate::trust::enrolments;

/// Whom the directory gives up, and why.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct RevokeRequest {
    /// Code, name or id of the organisation; this one when absent.
    pub organisation: Option<String>,
    /// One computer of it, by its number or the beginning of it; the organisation's key when absent.
    pub computer: Option<String>,
    /// Why.
    pub why: String,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RevokeReply {
    /// The organisation's name.
    pub organisation: String,
    /// The computers whose later writing no longer counts, short.
    pub computers: Vec<String>,
}

/// Gives up an organisation's key, or one of its computers: what was taken in until now counts, what it writes later is
/// kept and does not count, whoever brings it.
///
/// Errors: `no_such_partner`, `no_such_computer`.
pub fn revoke(desk: &Desk, request: RevokeRequest) -> Done<RevokeReply> {
    let session = desk.session()?;
    session.store.write(|door| {
        let own = session.organisation.id;
        let (organisation, name) = match request.organisation.as_deref() {
            None => (own, String::new()),
            Some(named) => {
                let card = enrolments::partner_card(desk, &session, door.view(), Some(named))?;
                (card.organisation, card.name)
            }
        };
        let all = computers(door.view(), organisation)?;
        let begins = |replica: &Id| match request.computer.as_deref() {
            None => true,
            Some(typed) => replica.to_string().starts_with(typed) || replica.short().starts_with(typed),
        };
        let meant: Vec<Id> = all.into_iter().filter(begins).collect();
        let today = Some(Value::from(desk.today().to_string().as_str()));
        let why = Some(request.why.trim()).filter(|why| !why.is_empty()).map(Value::from);
        let edit = match (&request.computer, meant.as_slice()) {
            (None, _) if organisation != own => {
                let fields = Keyed::from_iter([("revoked_on".into(), today)]);
                let act = Act::Write { fields, seen: None };
                Edit { record: "org_key".to_owned(), row: enrolments::entry_id(own, organisation), act }
            }
            (Some(_), [computer]) => {
                let text = |text: String| Some(Value::Text(text.into()));
                let fields = Keyed::from_iter([
                    ("organisation".into(), text(organisation.to_string())),
                    ("computer".into(), text(computer.to_string())),
                    ("stopped_on".into(), today),
                    ("why".into(), why.clone()),
                ]);
                Edit { record: STOPPED.to_owned(), row: desk.new_id(), act: Act::Make { scope: own, fields } }
            }
            (typed, _) => {
                return Err(Failure::new("no_such_computer").with("computer", typed.clone().unwrap_or_default()));
            }
        };
        let mut author = desk.author(&session);
        author.why = Some(request.why.clone()).filter(|why| !why.trim().is_empty());
        door.save(&author, &[edit])?;
        complete(desk, &session, door)?;
        refresh(desk, &session, door)?;
        Ok(RevokeReply { organisation: name, computers: meant.iter().map(Id::short).collect() })
    })
}

/// The computers that have signed something for an organisation.
pub(crate) fn computers(view: View<'_>, organisation: Id) -> Done<BTreeSet<Id>> {
    let certificates = view.signed_runs()?.into_iter().filter_map(|run| Certificate::from_bytes(&run.certificate));
    Ok(certificates.filter(|one| one.organisation == organisation).map(|one| one.replica).collect())
}

/// What stands in the ledger about whose writing counts takes effect; rows follow.
pub(crate) fn refresh(desk: &Desk, session: &Session, door: &mut Door<'_>) -> Done<()> {
    // A directory that comes to count makes others known, which may make more count: level by level.
    for _ in 0..LEVELS_MAX {
        let known = KnownKeys::load(desk, session, door.view())?;
        let bars = bars(desk, door.view(), &known)?;
        let mut asked: HashMap<(Vec<u8>, Id), bool> = HashMap::new();
        let moved = door.bar(&bars, |run| {
            let fits = || {
                Certificate::from_bytes(&run.certificate)
                    .is_none_or(|one| known.certifies(&one) && known.may_write(one.organisation, run.scope))
            };
            *asked.entry((run.certificate.clone(), run.scope)).or_insert_with(fits)
        })?;
        if !moved {
            break;
        }
    }
    Ok(())
}

/// Directories within directories, and one round to see that nothing moves any more.
const LEVELS_MAX: usize = 5;
/// The record of computers taken out of use.
pub(crate) const STOPPED: &str = "stopped_computer";

/// How far the writing of computers counts, by what was revoked.
fn bars(desk: &Desk, view: View<'_>, known: &KnownKeys) -> Done<Vec<Bar>> {
    let mut bars = Vec::new();
    let keys = view.list(desk.record("org_key")?, &ListQuery::default())?.rows;
    let runs = view.signed_runs()?;
    for (id, row) in keys {
        let text = |key: &str| row.get(key).and_then(Value::as_text);
        let organisation = text("organisation").and_then(|id| id.parse::<Id>().ok());
        let (Some(organisation), Some(after), Some(keeper)) = (organisation, text("revoked_after"), view.scope_of(id)?)
        else {
            continue;
        };
        if !known.keepers(organisation).contains(&keeper) {
            continue;
        }
        let newest = known.sign_keys(organisation).and_then(|(keys, _)| keys.first().copied());
        let gone = row.contains_key("revoked_on");
        for run in &runs {
            let certificate = Certificate::from_bytes(&run.certificate).filter(|one| one.organisation == organisation);
            // An organisation enrolled anew writes with its new key; what the old one certified stays where it was.
            if certificate.is_some_and(|one| gone || newest.is_none_or(|key| !one.is_signed_by(&key))) {
                bars.push(Bar { replica: run.replica, scope: Some(run.scope), until: ends_in(after) });
            }
        }
    }
    for (id, row) in view.list(desk.record(STOPPED)?, &ListQuery::default())?.rows {
        let named = |key: &str| row.get(key).and_then(Value::as_text).and_then(|id| id.parse::<Id>().ok());
        let after = row.get("after").and_then(Value::as_text);
        let (Some(organisation), Some(replica), Some(after), Some(writer)) =
            (named("organisation"), named("computer"), after, view.scope_of(id)?)
        else {
            continue;
        };
        if known.may_write(writer, organisation) {
            bars.push(Bar { replica, scope: None, until: ends_in(after) });
        }
    }
    bars.sort();
    bars.dedup();
    Ok(bars)
}

/// A revocation says how far the writing given up had come: the center that revokes writes it down, once.
pub(crate) fn complete(desk: &Desk, session: &Session, door: &mut Door<'_>) -> Done<()> {
    let own = session.organisation.id;
    let mut edits = Vec::new();
    let ask = |record: &str| -> Done<_> { Ok(door.view().list(desk.record(record)?, &ListQuery::default())?.rows) };
    for (record, on, after) in [("org_key", "revoked_on", "revoked_after"), (STOPPED, "stopped_on", "after")] {
        for (id, row) in ask(record)? {
            if !row.contains_key(on) || row.contains_key(after) || door.view().scope_of(id)? != Some(own) {
                continue;
            }
            let named = |key: &str| row.get(key).and_then(Value::as_text).and_then(|id| id.parse::<Id>().ok());
            let replicas = match (named("computer"), named("organisation")) {
                (Some(computer), _) => BTreeSet::from([computer]),
                (None, Some(organisation)) => computers(door.view(), organisation)?,
                _ => continue,
            };
            let mut lines = vec![NOTHING.to_owned()];
            for end in door.view().ends()?.iter().filter(|end| replicas.contains(&end.replica)) {
                lines.push(format!("{} {} {}", end.replica, end.depth, end.hash.hex()));
            }
            let fields = Keyed::from_iter([(after.into(), Some(Value::from(lines.join("\n").as_str())))]);
            edits.push(Edit { record: record.to_owned(), row: id, act: Act::Write { fields, seen: None } });
        }
    }
    if !edits.is_empty() {
        door.save(&desk.author(session), &edits)?;
    }
    Ok(())
}

/// The first line of what still counts: a list that is empty is a list all the same.
const NOTHING: &str = "baoxue-until-1";

/// The ends of chains that a revocation names: computer, depth, hash; one a line.
fn ends_in(text: &str) -> Vec<(Hash, u32)> {
    let end = |line: &str| {
        let mut parts = line.split(' ').skip(1);
        let depth = parts.next()?.parse().ok()?;
        Some((Hash::from_hex(parts.next()?)?, depth))
    };
    text.lines().filter_map(end).collect()
}

/// Whether an organisation's key counts.
pub(crate) fn is_revoked(known: &KnownKeys, organisation: Id) -> bool {
    known.sign_keys(organisation).is_some_and(|(_, standing)| standing == Standing::Revoked)
}
