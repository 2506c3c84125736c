//! Rows that somebody wrote and that do not count where they came to, each with the reason: receipts carry them down and
//! up without a child's name, and whoever wrote them sees them by name (decisions B15).

use std::collections::{BTreeMap, BTreeSet};

use domain::{Id, Value};
use package::keys::Certificate;
use package::receipt::RefusedRow;
use serde::{Deserialize, Serialize};
use store::{Aside, Door, Inert, ListQuery, View};
use ts_rs::TS;

use crate::desk::{Desk, Session, keys};
use crate::exchange::acks::Acks;
use crate::failure::Done;
use crate::rows::names::{name_spoken, owner_name};
use crate::trust::authority::{self, STOPPED};
use crate::trust::directory::{self, KnownKeys};

/// A row written here that another organisation has received and does not count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RefusedRowLine {
    /// Who does not count it.
    pub by: String,
    /// The row's record; empty when the row is not here.
    pub record: String,
    /// The row.
    pub id: Id,
    /// What names it.
    pub name: String,
    /// The child it is about, when it is not the row itself.
    pub child: String,
    /// The computer that wrote it, short.
    pub computer: String,
    /// Why: `taken_back`: the package that brought it was taken back there; `not_yours`: the row belongs to an
    /// organisation whose rows the writer may not write; `revoked`: the writer's organisation was given up there;
    /// `stopped_computer`: the computer was; `unknown_computer`: nobody known there vouches for it.
    pub why: String,
}

/// Rows written here that others have received and do not count, as they said last.
pub fn refused_rows(desk: &Desk, _: ()) -> Done<Vec<RefusedRowLine>> {
    let session = desk.session()?;
    session.store.read(|view| {
        let known = KnownKeys::load(desk, &session, view)?;
        let mut partners = directory::kept_by(desk, view, session.organisation.id)?;
        partners.extend(keys::above(view)?.map(|card| card.organisation));
        let mut lines = Vec::new();
        for partner in partners {
            for said in Acks::load(view, partner)?.refused_rows() {
                let by = known.name_of(partner);
                lines.push(line(desk, view, by, said)?);
            }
        }
        Ok(lines)
    })
}

fn line(desk: &Desk, view: View<'_>, by: String, said: &RefusedRow) -> Done<RefusedRowLine> {
    let (mut name, mut child) = (String::new(), String::new());
    let record = view.record_of(said.row).ok();
    if let Some(record) = record {
        (name, child) = (name_spoken(desk, view, record, said.row)?, owner_name(desk, view, record, said.row)?);
    }
    Ok(RefusedRowLine {
        by,
        record: record.map(|record| record.record.clone()).unwrap_or_default(),
        id: said.row,
        name,
        child,
        computer: said.replica.short(),
        why: said.why.clone(),
    })
}

/// What an organisation's computers wrote that is here and does not count, for a receipt: the first of it, and how many
/// rows there are.
pub(crate) fn written_by(desk: &Desk, session: &Session, view: View<'_>, writer: Id) -> Done<(Vec<RefusedRow>, u64)> {
    let replicas = authority::computers(view, writer)?;
    let mut rows = refused(desk, session, view, &replicas)?;
    let all = u64::try_from(rows.len()).unwrap_or(u64::MAX);
    rows.truncate(ROWS_MAX);
    Ok((rows, all))
}

/// Rows a receipt names.
const ROWS_MAX: usize = 200;

/// Of what a package brought, the rows that do not count, by reason.
pub(crate) fn brought(desk: &Desk, session: &Session, view: View<'_>, arrived: i64) -> Done<BTreeMap<String, usize>> {
    let rows: BTreeSet<Id> = view.rows_brought(arrived)?.into_iter().collect();
    let mut reasons = BTreeMap::new();
    for one in refused(desk, session, view, &view.writers()?)?.into_iter().filter(|one| rows.contains(&one.row)) {
        *reasons.entry(one.why).or_default() += 1;
    }
    Ok(reasons)
}

/// Notes that rows were met which two ledgers wrote: from now on it is looked for them.
pub(crate) fn note_strange(door: &Door<'_>) -> Done<()> {
    Ok(door.set_local(STRANGE, b"met")?)
}

const STRANGE: &str = "strange_rows";

fn refused(desk: &Desk, session: &Session, view: View<'_>, replicas: &BTreeSet<Id>) -> Done<Vec<RefusedRow>> {
    let known = KnownKeys::load(desk, session, view)?;
    let stopped = view.list(desk.record(STOPPED)?, &ListQuery::default())?.rows;
    let named = |row: &domain::Row| row.get("computer").and_then(Value::as_text).and_then(|id| id.parse().ok());
    let stopped: BTreeSet<Id> = stopped.iter().filter_map(|(_, row)| named(row)).collect();
    let strange = view.local(STRANGE)?.is_some();
    let (mut rows, mut told) = (Vec::new(), BTreeSet::new());
    for replica in replicas {
        let mut inert = view.inert_by(*replica)?;
        if strange {
            inert.extend(view.strange_to(*replica)?);
        }
        for one in inert.into_iter().filter(|one| told.insert((one.row, *replica))) {
            let why = reason(&known, stopped.contains(replica), &one).to_owned();
            rows.push(RefusedRow { row: one.row, replica: *replica, why });
        }
    }
    Ok(rows)
}

fn reason(known: &KnownKeys, stopped: bool, inert: &Inert) -> &'static str {
    let certificate = Certificate::from_bytes(&inert.certificate);
    match (inert.aside, certificate) {
        (Aside::TakenBack, _) => "taken_back",
        (Aside::Strange, _) => "not_yours",
        (Aside::Barred, Some(one)) if !known.certifies(&one) => "unknown_computer",
        (Aside::Barred, Some(one)) if !known.may_write(one.organisation, inert.scope) => "not_yours",
        (Aside::Barred, _) if stopped => "stopped_computer",
        (Aside::Barred, _) => "revoked",
    }
}
