//! The directory a center sends down: who stands above it and whom it lists, signed with the center's own key, numbered.

use serde::{Deserialize, Serialize};

use crate::PackageError;
use crate::enrol::Card;
use crate::keys::{PublicKey, SignKey};
use crate::signed::Signed;

/// What a center says of the organisations above it (a school must know them to read what they wrote) and below it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DirectoryFile {
    /// [`DirectoryFile::FORMAT`].
    pub format: String,
    /// Grows with every change; a lower one is refused.
    pub version: u64,
    /// The center itself.
    pub from: Card,
    /// Those above it, the nearest first.
    pub entries: Vec<DirectoryEntry>,
    /// Those it lists itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub below: Vec<Listed>,
    /// The signing key the center will take when it renews its own, as minisign writes it: whoever knows this directory
    /// knows that key. Empty when none is announced.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub next_key: String,
    /// The oldest version of the program that those below should work with; empty when any will do.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub program_min: String,
}

/// An organisation that a center lists: who it is and whether it counts; what is sent to it stays the center's matter.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Listed {
    /// The organisation's id.
    pub organisation: String,
    /// Its name.
    pub name: String,
    /// Its code; may be empty.
    pub code: String,
    /// Its kind, a code of the list `org_kind`.
    pub kind: String,
    /// Its signing key, as minisign writes it.
    pub sign_key: String,
    /// The day it was revoked, as a date; empty while it counts.
    pub revoked_on: String,
    /// How far its writing counts once it was revoked: computer, depth and hash, one a line.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub revoked_after: String,
}

/// One organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DirectoryEntry {
    /// Its card.
    pub card: Card,
    /// The day it was revoked, as a date; empty while it counts.
    pub revoked_on: String,
}

impl DirectoryFile {
    /// The format this program writes.
    pub const FORMAT: &'static str = "baoxue-directory-1";

    /// The signed file.
    pub fn to_bytes(&self, key: &SignKey) -> Result<Vec<u8>, PackageError> {
        let signed = Signed::new(self, Self::FORMAT, key)?;
        serde_json::to_vec_pretty(&signed).map_err(|error| PackageError::Defect(error.to_string()))
    }

    /// Reads a file signed with the center's key.
    pub fn from_bytes(bytes: &[u8], center: &PublicKey) -> Result<Self, PackageError> {
        let signed: Signed =
            serde_json::from_slice(bytes).map_err(|_| PackageError::Damaged("directory.json".to_owned()))?;
        signed.read(Self::FORMAT, center)
    }
}

/// The numbers of a program's version, the first the weightiest: `1.12.0`. `None`: it is no such thing.
pub fn version_numbers(text: &str) -> Option<Vec<u32>> {
    let numbers: Vec<u32> = text.trim().split('.').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    (1..=4).contains(&numbers.len()).then_some(numbers)
}
