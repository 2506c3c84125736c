//! A package that comes a second time: known by its bytes, without being decrypted again.

use package::manifest::Envelope;
use package::open::{Inspected, Opened, Sender};

use crate::desk::Session;
use crate::exchange::merge_report::{MergeReport, begun, say_waiting};
use crate::failure::Done;
use crate::trust::directory::KnownKeys;

/// Where the ledger notes that it took in a package.
pub(crate) fn mark(envelope: &Envelope) -> String {
    format!("payload/{}", envelope.sha256)
}

/// What it notes there: the hash of the manifest, and what stood outside. A package with files is opened when it comes
/// again, so only its manifest is noted: a file that got lost here may be among them.
pub(crate) fn noted(opened: &Opened) -> Vec<u8> {
    match opened.attachments.is_empty() {
        true => known_by(&opened.envelope, &opened.manifest_hash),
        false => opened.manifest_hash.to_vec(),
    }
}

fn known_by(envelope: &Envelope, manifest: &[u8; 32]) -> Vec<u8> {
    [*manifest, oplog::Hash::of(&[envelope.to_string().as_bytes()]).0].concat()
}

/// What to say of a package that is in the ledger already: known by its bytes, it need not be decrypted again.
pub(crate) fn taken_in_before(
    session: &Session,
    known: &KnownKeys,
    file: &str,
    inspected: &Inspected,
) -> Done<Option<MergeReport>> {
    if inspected.sender != Sender::Enrolled {
        return Ok(None);
    }
    let envelope = &inspected.envelope;
    session.store.read(|view| {
        let Some(held) = view.local(&mark(envelope))? else { return Ok(None) };
        let Some(manifest) = held.first_chunk::<32>().filter(|manifest| known_by(envelope, manifest) == held) else {
            // The same payload in another envelope is opened and found out.
            return Ok(None);
        };
        if !view.taken_back()?.is_empty() {
            // One that was taken back counts again when it comes again.
            return Ok(None);
        }
        let mut report = begun(known, file, envelope);
        (report.known, report.outcome) = (true, "known".to_owned());
        say_waiting(view, known, (envelope, manifest), &mut report)?;
        Ok(Some(report))
    })
}
