//! What opens the ledger: a random key, wrapped once for each way in (`package.md` §3).

use std::path::Path;

use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use domain::Id;
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use crate::{PackageError, from_base64, stick, to_base64};

/// Characters a password needs.
pub const PASSWORD_CHARS_MIN: usize = 10;

const FILE: &str = "keyslots.json";
const COPY: &str = "keyslots.json.bak";
const FORMAT: &str = "baoxue-keyslots-1";

/// The ledger's key.
pub type LedgerKey = Zeroizing<[u8; 32]>;

/// How much work guessing a password costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cost {
    /// Memory, KiB.
    pub memory_kib: u32,
    /// Passes.
    pub passes: u32,
    /// Lanes.
    pub lanes: u32,
}

impl Cost {
    /// Argon2id with 64 MiB and three passes.
    pub const USUAL: Self = Self { memory_kib: 64 * 1024, passes: 3, lanes: 1 };
    /// For a computer with 2 GB: 19 MiB and two passes.
    pub const FLOOR: Self = Self { memory_kib: 19 * 1024, passes: 2, lanes: 1 };
    /// Beyond this a slot file asks for more than any computer here has.
    const MEMORY_KIB_MAX: u32 = 1024 * 1024;
    const PASSES_MAX: u32 = 16;
}

/// The file beside the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeySlots {
    format: String,
    ledger: Id,
    slots: Vec<Slot>,
}

/// One way in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
enum Slot {
    /// A person's password.
    Password { who: Id, kdf: String, cost: Cost, salt: String, nonce: String, wrapped: String },
    /// The code on the recovery sheet.
    Recovery { kdf: String, cost: Cost, salt: String, nonce: String, wrapped: String },
    /// The recovery key of the organisation above, as an age file.
    Escrow { recipient: String, wrapped: String },
}

/// Random bytes for one slot.
pub struct SlotDice {
    /// Salt of the password.
    pub salt: [u8; 16],
    /// Nonce of the wrapping.
    pub nonce: [u8; 24],
}

impl KeySlots {
    /// Slots for a new ledger with one password. Errors: [`PackageError::PasswordTooShort`].
    pub fn new(
        ledger: Id,
        who: Id,
        password: &str,
        cost: Cost,
        key: &LedgerKey,
        dice: &SlotDice,
    ) -> Result<Self, PackageError> {
        let password = normal(password);
        if password.chars().count() < PASSWORD_CHARS_MIN {
            return Err(PackageError::PasswordTooShort(PASSWORD_CHARS_MIN));
        }
        let wrapping = stretch(&password, cost, &dice.salt)?;
        let cipher = XChaCha20Poly1305::new((&*wrapping).into());
        let aad = aad(ledger, who);
        let sealed = cipher.encrypt(&XNonce::from(dice.nonce), Payload { msg: key.as_slice(), aad: &aad });
        let slot = Slot::Password {
            who,
            kdf: "argon2id".to_owned(),
            cost,
            salt: to_base64(&dice.salt),
            nonce: to_base64(&dice.nonce),
            wrapped: to_base64(&sealed.map_err(|_| PackageError::Defect("wrapping failed".to_owned()))?),
        };
        Ok(Self { format: FORMAT.to_owned(), ledger, slots: vec![slot] })
    }

    /// The ledger these slots open.
    pub fn ledger(&self) -> Id {
        self.ledger
    }

    /// Opens with a password: the key, and whose password it was.
    pub fn unlock(&self, password: &str) -> Result<(LedgerKey, Id), PackageError> {
        let password = normal(password);
        for slot in &self.slots {
            let Slot::Password { who, cost, salt, nonce, wrapped, .. } = slot else { continue };
            let (salt, nonce): (Option<[u8; 16]>, Option<[u8; 24]>) = (from_base64(salt), from_base64(nonce));
            let (Some(salt), Some(nonce), Some(wrapped)) = (salt, nonce, from_base64::<48>(wrapped)) else {
                return Err(PackageError::SlotsDamaged("base64".to_owned()));
            };
            let wrapping = stretch(&password, *cost, &salt)?;
            let cipher = XChaCha20Poly1305::new((&*wrapping).into());
            let aad = aad(self.ledger, *who);
            if let Ok(key) = cipher.decrypt(&XNonce::from(nonce), Payload { msg: &wrapped, aad: &aad }) {
                let key = Zeroizing::new(key);
                let key = key.as_slice().try_into().map_err(|_| PackageError::SlotsDamaged("length".to_owned()))?;
                return Ok((Zeroizing::new(key), *who));
            }
        }
        Err(PackageError::WrongPassword)
    }

    /// Reads the slots of a folder; a damaged file is read from its copy.
    pub fn load(folder: &Path) -> Result<Self, PackageError> {
        Self::load_one(&folder.join(FILE)).or_else(|first| Self::load_one(&folder.join(COPY)).map_err(|_| first))
    }

    fn load_one(path: &Path) -> Result<Self, PackageError> {
        let bytes = std::fs::read(path)?;
        let slots: Self =
            serde_json::from_slice(&bytes).map_err(|error| PackageError::SlotsDamaged(error.to_string()))?;
        if slots.format == FORMAT { Ok(slots) } else { Err(PackageError::NewerFormat(slots.format)) }
    }

    /// Writes the slots and their byte-equal copy, each as a whole.
    pub fn save(&self, folder: &Path) -> Result<(), PackageError> {
        std::fs::create_dir_all(folder)?;
        let bytes = serde_json::to_vec_pretty(self).map_err(|error| PackageError::Defect(error.to_string()))?;
        stick::replace(&folder.join(FILE), &bytes)?;
        stick::replace(&folder.join(COPY), &bytes)
    }
}

fn normal(password: &str) -> Zeroizing<String> {
    Zeroizing::new(password.nfkc().collect())
}

fn stretch(password: &str, cost: Cost, salt: &[u8; 16]) -> Result<Zeroizing<[u8; 32]>, PackageError> {
    if cost.memory_kib > Cost::MEMORY_KIB_MAX || cost.passes > Cost::PASSES_MAX {
        return Err(PackageError::SlotsDamaged("cost".to_owned()));
    }
    let damaged = |error: argon2::Error| PackageError::SlotsDamaged(error.to_string());
    let params = Params::new(cost.memory_kib, cost.passes, cost.lanes, Some(32)).map_err(damaged)?;
    let mut key = Zeroizing::new([0; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(password.as_bytes(), salt, key.as_mut_slice())
        .map_err(damaged)?;
    Ok(key)
}

fn aad(ledger: Id, who: Id) -> Vec<u8> {
    [b"baoxue-keyslot-1".as_slice(), ledger.as_bytes(), who.as_bytes()].concat()
}
