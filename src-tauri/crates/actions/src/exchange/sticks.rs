//! A whole stick, or a folder of forty packages, in one call: receipts and packages in, receipts out.

use std::collections::BTreeSet;
use std::path::Path;

use package::open;
use package::receipt::SignedReceipt;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::desk::Desk;
use crate::exchange::inspections::{Inspection, candidates, inspect};
use crate::exchange::merge_report::MergeReport;
use crate::exchange::merges::merge_each;
use crate::exchange::receipts::{ReceiptReply, WriteReceipt, take_receipt, write_receipt};
use crate::failure::{Done, Failure};

/// What is to be taken in.
#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct TakeAllRequest {
    /// Files, or folders searched with what lies in them.
    pub from: Vec<String>,
    /// The folder to write a receipt into for every sender; none when absent.
    pub receipts_to: Option<String>,
}

/// What came of one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TakenLine {
    /// The file.
    pub file: String,
    /// Its sender's name, as far as known.
    pub sender: String,
    /// Its number.
    #[ts(type = "number")]
    pub number: u64,
    /// What a package changed.
    pub report: Option<MergeReport>,
    /// What a receipt said.
    pub receipt: Option<ReceiptReply>,
    /// Why it was not taken in; the others were all the same.
    pub failure: Option<Failure>,
}

/// What came of all of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TakeAllReply {
    /// One line a file, in the order they were taken.
    pub taken: Vec<TakenLine>,
    /// Files with receipts written.
    pub receipts: Vec<String>,
    /// Why a receipt could not be written, on a stick that is full or cannot be written; what was taken in stays.
    pub unwritten: Option<Failure>,
    /// Fields filled differently, in all.
    pub conflicts: usize,
}

/// Takes in every package and receipt for this organisation, each by itself: one that is refused stops no other.
/// What is for others is left alone. Errors: `cancelled`; what was taken by then stays.
pub fn take_all(desk: &Desk, request: TakeAllRequest) -> Done<TakeAllReply> {
    desk.session()?;
    let (packages, receipts) = sorted(desk, &request)?;
    let total = (packages.len() + receipts.len()) as u64;
    let mut reply = TakeAllReply::default();
    let mut senders = BTreeSet::new();
    let mut done = 0;
    for file in receipts {
        done += 1;
        let line =
            |file| TakenLine { file, sender: String::new(), number: 0, report: None, receipt: None, failure: None };
        match take_receipt(desk, file.clone()) {
            Ok(told) => reply.taken.push(TakenLine {
                sender: told.from.clone(),
                number: told.number,
                receipt: Some(told),
                ..line(file)
            }),
            Err(failure) if failure.code == "receipt_not_for_us" => {}
            Err(failure) => reply.taken.push(TakenLine { failure: Some(failure), ..line(file) }),
        }
        desk.step(done, total)?;
    }
    let files: Vec<String> = packages.iter().map(|seen| seen.file.clone()).collect();
    let mut packages = packages.into_iter();
    merge_each(desk, &files, |file, merged| {
        done += 1;
        let (sender, number) = packages.next().map(|seen| (seen.sender, seen.number)).unwrap_or_default();
        let line = TakenLine {
            file: file.to_owned(),
            sender,
            number,
            failure: merged.as_ref().err().cloned(),
            report: merged.ok(),
            receipt: None,
        };
        if let Some(report) = &line.report {
            reply.conflicts += report.conflicts;
            senders.insert(report.sender_id.clone());
        }
        reply.taken.push(line);
        desk.step(done, total)
    })?;
    if let Some(folder) = request.receipts_to {
        for sender in senders {
            let wanted = WriteReceipt { to: Some(sender), folder: folder.clone() };
            match write_receipt(desk, wanted) {
                Ok(file) => reply.receipts.push(file),
                Err(failure) => reply.unwritten = Some(failure),
            }
        }
    }
    Ok(reply)
}

/// Packages for us, in the order of their senders and numbers, and receipts.
fn sorted(desk: &Desk, request: &TakeAllRequest) -> Done<(Vec<Inspection>, Vec<String>)> {
    let (mut packages, mut receipts) = (Vec::new(), Vec::new());
    for from in &request.from {
        let named = Path::new(from);
        let paths = if named.is_file() { vec![named.to_owned()] } else { candidates(named)? };
        for path in paths {
            let file = path.display().to_string();
            match inspect(desk, file.clone()) {
                Ok(seen) if seen.for_us => packages.push(seen),
                Ok(_) => {}
                Err(_) if is_receipt(&path) => receipts.push(file),
                // Pictures, workbooks and what else lies on a stick; a file named on purpose is answered for.
                Err(failure) if named.is_file() => return Err(failure),
                Err(_) => {}
            }
        }
    }
    packages.sort_by(|a, b| (&a.sender, a.number, &a.file).cmp(&(&b.sender, b.number, &b.file)));
    Ok((packages, receipts))
}

fn is_receipt(path: &Path) -> bool {
    open::may_be_ours(path) && open::read_file(path).is_ok_and(|bytes| SignedReceipt::is_one(&bytes))
}
