//! 重新登记本机: this computer goes on under a new name and key, after a copied disk or a copy brought back.

use package::keys::{Certificate, SignKey};
use package::keyslots::KeySlots;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::desk::session::{OpenLedger, SessionInfo, open_ledger};
use crate::desk::{Desk, civil};
use crate::exchange::receipts::{self, FORMER};
use crate::failure::{Done, Failure};
use crate::trust::directory::KnownKeys;

/// Who confirms it.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ReregisterRequest {
    /// The password of the open ledger.
    pub password: String,
}

/// Two computers that write one ledger under one name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CopyLine {
    /// The organisation whose ledger it is.
    pub organisation: String,
    /// The name both write under, short.
    pub computer: String,
    /// Whether this computer is one of the two: it can be registered anew here.
    pub ours: bool,
    /// When the last common change was written; civil time; empty when nothing is common.
    pub common: String,
    /// When one was last written; civil time.
    pub first: String,
    /// When the other was.
    pub second: String,
}

/// This computer, and which others write under one name with a second one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CopiesReply {
    /// This computer, short.
    pub computer: String,
    /// Copied disks and copies brought back, those of this computer first.
    pub copies: Vec<CopyLine>,
}

/// Finds ledgers that two computers go on with under one name.
pub fn copies(desk: &Desk, _: ()) -> Done<CopiesReply> {
    let session = desk.session()?;
    let own = session.keys.certificate.replica;
    session.store.read(|view| {
        let known = KnownKeys::load(desk, &session, view)?;
        let mut copies: Vec<CopyLine> = Vec::new();
        for fork in view.forks()? {
            let organisation = match fork.scope == session.organisation.id {
                true => session.name(desk, view)?,
                false => known.name_of(fork.scope),
            };
            let [first, second] = fork.last_ms.map(civil);
            let common = fork.common_ms.map(civil).unwrap_or_default();
            let computer = fork.replica.short();
            let line = CopyLine { organisation, computer, ours: fork.replica == own, common, first, second };
            // One copy shows in every ledger it wrote: told once.
            if !copies.iter().any(|one| one.computer == line.computer) {
                copies.push(line);
            }
        }
        copies.sort_by_key(|one| !one.ours);
        Ok(CopiesReply { computer: own.short(), copies })
    })
}

/// Gives this computer a new name and key. What it wrote stays its own, sealed with the old key; what it writes next
/// stands on a chain of its own, so that two copies of one ledger never again write under one name.
///
/// Errors: `wrong_password`, nothing was changed then.
pub fn reregister(desk: &Desk, request: ReregisterRequest) -> Done<SessionInfo> {
    let session = desk.session()?;
    KeySlots::load(session.store.folder())?.unlock(&request.password)?;
    let old = session.keys.certificate;
    let (replica, own) = (desk.new_id(), SignKey::from_seed(&desk.roll()));
    let certificate = Certificate::issue(old.organisation, &session.keys.sign, replica, own.public());
    session.store.write(|door| {
        door.seal(&|message| session.keys.replica.sign(message).to_vec(), &old.to_bytes())?;
        let mut former = receipts::former(door.view())?;
        former.push(old.replica);
        door.set_local(FORMER, &serde_json::to_vec(&former).map_err(Failure::defect)?)?;
        door.become_replica(replica)?;
        door.set_local("key/replica", own.seed().as_slice())?;
        door.set_local("certificate", &certificate.to_bytes())?;
        Ok::<_, Failure>(())
    })?;
    let folder = session.store.folder().display().to_string();
    drop(session);
    open_ledger(desk, OpenLedger { folder, password: request.password })
}
