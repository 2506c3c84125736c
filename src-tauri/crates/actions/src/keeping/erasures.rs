//! Erasure by law: what a field ever held leaves this ledger, and every other that takes the erasure in
//! (个人信息保护法 art. 47; decisions B13).

use domain::definition::ErasedBeside;
use domain::{Field, FieldType, Id, Record};
use serde::{Deserialize, Serialize};
use store::{Act, Edit};
use ts_rs::TS;

use crate::attachments::vault;
use crate::desk::Desk;
use crate::exchange::{repetitions, taking_back};
use crate::failure::{Done, Failure};
use crate::keeping::backups;
use crate::rows::names::child_of;

/// What is to be forgotten.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct EraseRequest {
    /// The row.
    pub id: Id,
    /// Its fields.
    pub fields: Vec<String>,
    /// By which law or at whose demand. It stays readable: what was erased must not stand in it.
    pub why: String,
    /// Whether the photos, scans and PDFs of the child go too.
    #[serde(default)]
    pub attachments: bool,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct EraseReply {
    /// The change that says so; it travels with the next package, and the receipt for that confirms it.
    pub change: String,
    /// Photos, scans and PDFs that went with it.
    pub attachments: usize,
    /// Folders of backups made here that still hold it; they are deleted by hand once a new backup was made.
    pub backups: Vec<String>,
}

/// Forgets everything that fields of a row ever held, the reasons given with it, what workbooks said of the child beside
/// its fields, what findings, objections and hand-overs repeat of it, and what was being typed about it. It cannot be taken
/// back. Chains still verify.
///
/// Errors: `no_such_row`, `nothing_to_erase`; `refused` without a reason.
pub fn erase(desk: &Desk, request: EraseRequest) -> Done<EraseReply> {
    if request.why.trim().is_empty() {
        return Err(Failure::refused(vec![domain::Problem::block("why", "required")]));
    }
    let session = desk.session()?;
    let (change, backups) = session.store.write(|door| {
        let view = door.view();
        let record = view.record_of(request.id)?;
        let unknown = request.fields.iter().find(|key| record.field(key).is_none_or(|field| field.projected));
        if let Some(key) = unknown {
            return Err(Failure::refused(vec![domain::Problem::block(key, "unknown_field").with("typed", key)]));
        }
        let mut author = desk.author(&session);
        author.why = Some(request.why.clone());
        let erases = |record: &str, row: Id, fields: Vec<String>| Edit {
            record: record.to_owned(),
            row,
            act: Act::Erase(fields),
        };
        let (_, child) = child_of(desk, view, record, request.id)?;
        let mut beside = Vec::new();
        let goes = |record: &&Record| match record.erased_beside {
            Some(ErasedBeside::Always) => true,
            Some(ErasedBeside::Files) => request.attachments,
            None => false,
        };
        for record in desk.catalogue().records().filter(goes) {
            for (row, _) in view.rows_under(record, child)? {
                beside.push(erases(&record.record, row, texts(record)));
            }
        }
        let mut touched = vec![request.id, child];
        beside.extend(repetitions::of(desk, view, (record, request.id, child), &request.fields)?);
        touched.extend(beside.iter().map(|edit| edit.row));
        let saved = door.save(&author, &[erases(&record.record, request.id, request.fields.clone())])?;
        let Some(change) = saved.changes.first() else {
            return Err(Failure::new("nothing_to_erase").with("fields", request.fields.join("、")));
        };
        if !beside.is_empty() {
            door.save(&author, &beside)?;
        }
        repetitions::follow(desk, &session, door, &touched)?;
        taking_back::scrub(door, &touched)?;
        Ok((change.hex(), backups::noted_backups(door.view())?))
    })?;
    let attachments = session.store.read(|view| vault::sweep(desk, view, session.store.folder()))?;
    Ok(EraseReply { change, attachments, backups })
}

/// The fields of a record in which a person's words or a file can stand.
fn texts(record: &Record) -> Vec<String> {
    let speaks = |field: &&Field| matches!(field.kind, FieldType::Text | FieldType::LongText | FieldType::File);
    record.stored().filter(speaks).map(|field| field.key.to_string()).collect()
}
