//! What a package tells its reader beside the segments: on what it builds, and who the people in it are.

use std::collections::BTreeMap;

use domain::Id;
use serde::{Deserialize, Serialize};

use crate::PackageError;

/// The letter in a package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// [`Letter::FORMAT`].
    pub format: String,
    /// Changes the segments build on that are not inside.
    pub grounds: Vec<Ground>,
    /// People who wrote what is inside and whom the receiver may not know: name and organisation.
    pub people: BTreeMap<Id, (String, String)>,
}

/// A change that must be held before what is inside can be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ground {
    /// The change, in hexadecimal.
    pub hash: String,
    /// The computer that wrote it.
    pub replica: Id,
    /// The package of this sender that carried it last; 0 when it came from elsewhere.
    pub number: u64,
    /// When that package was sealed, milliseconds UTC; 0 when it came from elsewhere.
    pub made_ms: u64,
}

impl Letter {
    /// The format this program writes.
    pub const FORMAT: &'static str = "baoxue-letter-1";

    /// Its bytes; the manifest vouches for them.
    pub fn to_bytes(&self) -> Result<Vec<u8>, PackageError> {
        serde_jcs::to_vec(self).map_err(|error| PackageError::Defect(error.to_string()))
    }

    /// Reads its bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, PackageError> {
        let letter: Self =
            serde_json::from_slice(bytes).map_err(|_| PackageError::Damaged("letter.json".to_owned()))?;
        match letter.format == Self::FORMAT {
            true => Ok(letter),
            false => Err(PackageError::NewerFormat(letter.format)),
        }
    }
}
