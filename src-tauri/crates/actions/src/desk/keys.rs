//! The keys of this copy of a ledger, and the card of who stands above.

use domain::Id;
use package::enrol::Card;
use package::keys::{Certificate, PublicKey, ReceiveKey, SignKey};
use store::{Door, View};
use zeroize::Zeroizing;

use crate::desk::Desk;
use crate::failure::{Done, Failure};

/// The keys of this copy of a ledger; they live inside the encrypted file only.
pub(crate) struct Keys {
    /// The organisation's signing key.
    pub(crate) sign: SignKey,
    /// The organisation's operating key.
    pub(crate) operating: ReceiveKey,
    /// The organisation's recovery key. Until the recovery sheet is printed it stays here.
    pub(crate) recovery: ReceiveKey,
    /// This computer's signing key.
    pub(crate) replica: SignKey,
    /// This computer's certificate.
    pub(crate) certificate: Certificate,
}

impl Keys {
    /// New keys for a new ledger.
    pub(crate) fn make(desk: &Desk, organisation: Id, replica: Id) -> Done<Self> {
        let (sign, own) = (SignKey::from_seed(&desk.roll()), SignKey::from_seed(&desk.roll()));
        let certificate = Certificate::issue(organisation, &sign, replica, own.public());
        Ok(Self {
            sign,
            operating: ReceiveKey::from_seed(&desk.roll())?,
            recovery: ReceiveKey::from_seed(&desk.roll())?,
            replica: own,
            certificate,
        })
    }

    /// The keys as the ledger keeps them. Errors: `damaged`.
    pub(crate) fn load(view: View<'_>) -> Done<Self> {
        let damaged = |what: &str| Failure::new("damaged").with("cause", what);
        let bytes = |key: &str| -> Done<Zeroizing<Vec<u8>>> {
            Ok(Zeroizing::new(view.local(key)?.ok_or_else(|| damaged(key))?))
        };
        let seed = |key: &str| -> Done<SignKey> {
            let bytes = bytes(key)?;
            let seed: &[u8; 32] = bytes.as_slice().try_into().map_err(|_| damaged(key))?;
            Ok(SignKey::from_seed(seed))
        };
        let receive = |key: &str| -> Done<ReceiveKey> {
            let bytes = bytes(key)?;
            Ok(std::str::from_utf8(&bytes).map_err(|_| damaged(key))?.parse()?)
        };
        let certificate = Certificate::from_bytes(&bytes("certificate")?).ok_or_else(|| damaged("certificate"))?;
        Ok(Self {
            sign: seed("key/sign")?,
            operating: receive("key/operating")?,
            recovery: receive("key/recovery")?,
            replica: seed("key/replica")?,
            certificate,
        })
    }
}

/// The card of the organisation above, once enrolled.
pub(crate) fn above(view: View<'_>) -> Done<Option<Card>> {
    Ok(view.local("above")?.and_then(|card| serde_json::from_slice(&card).ok()))
}

/// Keys an organisation had before, as this ledger knows them: its own, and those of the one above.
pub(crate) fn former_keys(view: View<'_>, organisation: Id) -> Done<Vec<PublicKey>> {
    let kept = view.local(&former(organisation))?.unwrap_or_default();
    Ok(String::from_utf8_lossy(&kept).lines().filter_map(|line| line.parse().ok()).collect())
}

/// Keeps a key that was given up: what it certified stays certified.
pub(crate) fn keep_former(door: &Door<'_>, organisation: Id, key: PublicKey) -> Done<()> {
    let kept = former_keys(door.view(), organisation)?.into_iter();
    let all: Vec<String> = std::iter::once(key).chain(kept).map(PublicKey::to_minisign).collect();
    Ok(door.set_local(&former(organisation), all.join("\n").as_bytes())?)
}

fn former(organisation: Id) -> String {
    format!("former_keys/{organisation}")
}
