//! What leaves the computer and what opens the ledger: packages, keys, key slots. The only cryptography.
//!
//! Formats are open (`package.md`): `unzip`, `minisign`, `age` and `sha256sum` check a package by hand.
//!
//! - [`keys`]: an organisation's and a computer's keys, certificates.
//! - [`container`]: the one canonical way to write a ZIP; anything else is refused.
//! - [`seal`] writes a package, [`open`] reads one, in the order sign → encrypt → sign.
//! - [`stick`]: writing so that a yanked stick never holds a wrong file under a right name.
//! - [`enrol`]: how a school and a center come to know each other's keys.
//! - [`receipt`]: what somebody holds; [`directory`]: whom a center knows; [`letter`]: what a package says of itself.
//! - [`rotation`]: a new key of somebody who still has the old one.
//! - [`keyslots`]: what opens the ledger; [`recovery`]: the code on paper that opens it too.
//! - [`settings_file`]: what an organisation above sets for those below.
//! - [`attachment`]: photos and scans beside the ledger.

pub mod attachment;
mod cipher;
pub mod container;
pub mod directory;
pub mod enrol;
mod error;
pub mod keys;
pub mod keyslots;
pub mod letter;
pub mod manifest;
pub mod open;
pub mod receipt;
pub mod recovery;
pub mod rotation;
pub mod seal;
pub mod segment_file;
pub mod settings_file;
pub mod signature;
mod signed;
pub mod stick;

pub use error::PackageError;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

/// SHA-256.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(crate) fn to_base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Strict base64: padding required, no stray bits.
pub(crate) fn from_base64<const N: usize>(text: &str) -> Option<[u8; N]> {
    STANDARD.decode(text).ok()?.try_into().ok()
}
