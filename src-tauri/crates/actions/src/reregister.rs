//! 重新登记本机: this computer goes on under a new name and key, after a copied disk or a copy brought back.

use package::keys::{Certificate, SignKey};
use package::keyslots::KeySlots;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::desk::Desk;
use crate::failure::{Done, Failure};
use crate::receipts::{self, FORMER};
use crate::session::{OpenLedger, SessionInfo, open_ledger};

/// Who confirms it.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ReregisterRequest {
    /// The password of the open ledger.
    pub password: String,
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
