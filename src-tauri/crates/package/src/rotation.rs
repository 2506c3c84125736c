//! A new signing key of an organisation that still has its old one: the new card, signed with both (`package.md` §2).

use serde::{Deserialize, Serialize};

use crate::enrol::Card;
use crate::keys::{PublicKey, SignKey};
use crate::signed::Signed;
use crate::{PackageError, from_base64, to_base64};

/// The file that says so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rotation {
    /// [`Rotation::FORMAT`].
    pub format: String,
    /// The organisation with its new key.
    pub card: Card,
    /// The key it had, as minisign writes it.
    pub before: String,
}

#[derive(Serialize, Deserialize)]
struct File {
    #[serde(flatten)]
    signed: Signed,
    /// By the new key, over the signature of the old one: nobody gives away what is not theirs.
    countersigned: String,
}

impl Rotation {
    /// The format this program writes.
    pub const FORMAT: &'static str = "baoxue-rotation-1";

    /// The signed file.
    pub fn to_bytes(&self, old: &SignKey, new: &SignKey) -> Result<Vec<u8>, PackageError> {
        let signed = Signed::new(self, Self::FORMAT, old)?;
        let countersigned = to_base64(&new.sign(&over(signed.signature())));
        let file = File { signed, countersigned };
        serde_json::to_vec_pretty(&file).map_err(|error| PackageError::Defect(error.to_string()))
    }

    /// Reads a file; both signatures must fit. Whether the old key is the organisation's is for the caller to know.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, PackageError> {
        let odd = |why: String| PackageError::NotThisEnrolment(why);
        let file: File = serde_json::from_slice(bytes).map_err(|error| odd(error.to_string()))?;
        file.signed.must_be(Self::FORMAT)?;
        let before: PublicKey = file.signed.text("before").unwrap_or_default().parse()?;
        let (over, countersigned) = (over(file.signed.signature()), from_base64(&file.countersigned));
        let rotation: Self = file.signed.read(Self::FORMAT, &before)?;
        rotation.card.recipients()?;
        let fits = countersigned.map(|signature| Ok(rotation.card.sign_key()?.verifies(&over, &signature)));
        match fits {
            Some(Ok(true)) => Ok(rotation),
            Some(Err(error)) => Err(error),
            _ => Err(PackageError::BadSignature),
        }
    }
}

fn over(signature: &str) -> Vec<u8> {
    [b"baoxue-rotation-1 countersigned ".as_slice(), signature.as_bytes()].concat()
}
