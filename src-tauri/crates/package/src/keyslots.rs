//! What opens the ledger: a random key, wrapped once for each way in (`package.md` §3).

use std::path::Path;

use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use domain::Id;
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use crate::recovery::{CodeFault, GROUPS, RecoveryCode};
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
        let slot = password_slot(ledger, who, password, (cost, dice), key)?;
        Ok(Self { format: FORMAT.to_owned(), ledger, slots: vec![slot] })
    }

    /// The same slots with another password for a person, which costs as much to guess as the one before. The ledger's key
    /// stays. Errors: [`PackageError::PasswordTooShort`].
    pub fn with_password(
        mut self,
        who: Id,
        password: &str,
        key: &LedgerKey,
        dice: &SlotDice,
    ) -> Result<Self, PackageError> {
        let is_theirs = |slot: &Slot| matches!(slot, Slot::Password { who: one, .. } if *one == who);
        let slot = password_slot(self.ledger, who, password, (self.cost(), dice), key)?;
        self.slots.retain(|slot| !is_theirs(slot));
        self.slots.insert(0, slot);
        Ok(self)
    }

    /// The same slots with a new code on the recovery sheet; a sheet printed before opens nothing any more.
    pub fn with_recovery(
        mut self,
        code: &RecoveryCode,
        key: &LedgerKey,
        dice: &SlotDice,
    ) -> Result<Self, PackageError> {
        let cost = self.cost();
        let wrapped = wrap(code.bytes(), (cost, dice), &recovery_aad(self.ledger), key)?;
        self.slots.retain(|slot| !matches!(slot, Slot::Recovery { .. }));
        self.slots.push(Slot::Recovery {
            kdf: KDF.to_owned(),
            cost,
            salt: to_base64(&dice.salt),
            nonce: to_base64(&dice.nonce),
            wrapped,
        });
        Ok(self)
    }

    /// Whether a recovery sheet was printed that still opens the ledger.
    pub fn has_recovery(&self) -> bool {
        self.slots.iter().any(|slot| matches!(slot, Slot::Recovery { .. }))
    }

    /// What guessing costs in these slots.
    fn cost(&self) -> Cost {
        let costs = self.slots.iter().find_map(|slot| match slot {
            Slot::Password { cost, .. } | Slot::Recovery { cost, .. } => Some(*cost),
            Slot::Escrow { .. } => None,
        });
        costs.unwrap_or(Cost::USUAL)
    }

    /// The ledger these slots open.
    pub fn ledger(&self) -> Id {
        self.ledger
    }

    /// Opens with a password: the key, and whose password it was. The code on the recovery sheet does as well, for the
    /// first person. Errors: [`PackageError::WrongPassword`]; what was typed wrong of a code.
    pub fn unlock(&self, password: &str) -> Result<(LedgerKey, Id), PackageError> {
        let normal = normal(password);
        let mut first = None;
        for slot in &self.slots {
            let Slot::Password { who, cost, salt, nonce, wrapped, .. } = slot else { continue };
            first = first.or(Some(*who));
            if let Some(key) = unwrap(normal.as_bytes(), *cost, [salt, nonce, wrapped], &aad(self.ledger, *who))? {
                return Ok((key, *who));
            }
        }
        match first.filter(|_| self.has_recovery() && RecoveryCode::is_meant(password)) {
            Some(who) => Ok((self.recover(password)?, who)),
            None => Err(PackageError::WrongPassword),
        }
    }

    fn recover(&self, typed: &str) -> Result<LedgerKey, PackageError> {
        let code = RecoveryCode::parse(typed).map_err(|fault| match fault {
            CodeFault::Length(marks) => PackageError::CodeLength(marks),
            CodeFault::Groups(groups) if groups.len() <= GROUPS / 2 => PackageError::CodeGroups(groups),
            // Hardly a group that holds: this was no code.
            CodeFault::Groups(_) => PackageError::WrongPassword,
        })?;
        for slot in &self.slots {
            let Slot::Recovery { cost, salt, nonce, wrapped, .. } = slot else { continue };
            if let Some(key) = unwrap(code.bytes(), *cost, [salt, nonce, wrapped], &recovery_aad(self.ledger))? {
                return Ok(key);
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

fn password_slot(
    ledger: Id,
    who: Id,
    password: &str,
    (cost, dice): (Cost, &SlotDice),
    key: &LedgerKey,
) -> Result<Slot, PackageError> {
    let password = normal(password);
    if password.chars().count() < PASSWORD_CHARS_MIN {
        return Err(PackageError::PasswordTooShort(PASSWORD_CHARS_MIN));
    }
    let wrapped = wrap(password.as_bytes(), (cost, dice), &aad(ledger, who), key)?;
    let (salt, nonce) = (to_base64(&dice.salt), to_base64(&dice.nonce));
    Ok(Slot::Password { who, kdf: KDF.to_owned(), cost, salt, nonce, wrapped })
}

/// The ledger's key, wrapped with a secret; base64.
fn wrap(secret: &[u8], (cost, dice): (Cost, &SlotDice), aad: &[u8], key: &LedgerKey) -> Result<String, PackageError> {
    let wrapping = stretch(secret, cost, &dice.salt)?;
    let cipher = XChaCha20Poly1305::new((&*wrapping).into());
    let sealed = cipher.encrypt(&XNonce::from(dice.nonce), Payload { msg: key.as_slice(), aad });
    Ok(to_base64(&sealed.map_err(|_| PackageError::Defect("wrapping failed".to_owned()))?))
}

/// The ledger's key out of salt, nonce and wrapping of a slot; none when the secret is another.
fn unwrap(
    secret: &[u8],
    cost: Cost,
    [salt, nonce, wrapped]: [&String; 3],
    aad: &[u8],
) -> Result<Option<LedgerKey>, PackageError> {
    let (salt, nonce): (Option<[u8; 16]>, Option<[u8; 24]>) = (from_base64(salt), from_base64(nonce));
    let (Some(salt), Some(nonce), Some(wrapped)) = (salt, nonce, from_base64::<48>(wrapped)) else {
        return Err(PackageError::SlotsDamaged("base64".to_owned()));
    };
    let wrapping = stretch(secret, cost, &salt)?;
    let cipher = XChaCha20Poly1305::new((&*wrapping).into());
    let Ok(key) = cipher.decrypt(&XNonce::from(nonce), Payload { msg: &wrapped, aad }) else { return Ok(None) };
    let key = Zeroizing::new(key);
    let key = key.as_slice().try_into().map_err(|_| PackageError::SlotsDamaged("length".to_owned()))?;
    Ok(Some(Zeroizing::new(key)))
}

fn stretch(secret: &[u8], cost: Cost, salt: &[u8; 16]) -> Result<Zeroizing<[u8; 32]>, PackageError> {
    if cost.memory_kib > Cost::MEMORY_KIB_MAX || cost.passes > Cost::PASSES_MAX {
        return Err(PackageError::SlotsDamaged("cost".to_owned()));
    }
    let damaged = |error: argon2::Error| PackageError::SlotsDamaged(error.to_string());
    let params = Params::new(cost.memory_kib, cost.passes, cost.lanes, Some(32)).map_err(damaged)?;
    let mut key = Zeroizing::new([0; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(secret, salt, key.as_mut_slice())
        .map_err(damaged)?;
    Ok(key)
}

const KDF: &str = "argon2id";

fn recovery_aad(ledger: Id) -> Vec<u8> {
    [b"baoxue-keyslot-recovery-1".as_slice(), ledger.as_bytes()].concat()
}

fn aad(ledger: Id, who: Id) -> Vec<u8> {
    [b"baoxue-keyslot-1".as_slice(), ledger.as_bytes(), who.as_bytes()].concat()
}
