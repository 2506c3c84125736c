//! Receipts: what an organisation holds of another's rows, signed by the computer that says so. They ride in every
//! package, and travel alone as a small file. No child's data stands in them.

use domain::Id;
use serde::{Deserialize, Serialize};

use crate::keys::{Certificate, SignKey};
use crate::manifest::Tip;
use crate::open::{Directory, Standing};
use crate::signed::Signed;
use crate::{PackageError, from_base64, sha256, to_base64};

/// What one computer says it holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// [`Receipt::FORMAT`].
    pub format: String,
    /// The organisation it is for.
    pub to: Id,
    /// Its number on that computer, from 1.
    pub number: u64,
    /// When it was written, milliseconds UTC. For display, and to tell old from new.
    pub made_ms: u64,
    /// The end of every chain held.
    pub tips: Vec<Tip>,
    /// Packages that wait for others.
    pub waiting: Vec<Heard>,
    /// Packages that were not taken in.
    pub refused: Vec<Heard>,
    /// Fields filled differently that nobody has settled yet.
    pub open_conflicts: u64,
    /// Rows of attachments whose files are not here: the next package brings them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub wanted: Vec<Id>,
    /// Rows that the receiver of this receipt wrote and that do not count here, the first of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rows: Vec<RefusedRow>,
    /// How many such rows there are.
    #[serde(default, skip_serializing_if = "is_none")]
    pub rows_all: u64,
    /// Names this computer had before it was registered anew; what they said of themselves no longer counts.
    pub former: Vec<Id>,
}

/// A package that was heard of and not merged whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heard {
    /// The computer that sealed it.
    pub replica: Id,
    /// Its number there.
    pub number: u64,
    /// Why: a code of the list of failures, or the package waited for.
    pub why: String,
}

/// A row of which something was received and does not count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedRow {
    /// The row.
    pub row: Id,
    /// The computer that wrote it.
    pub replica: Id,
    /// Why: a code of the list of reasons.
    pub why: String,
}

#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_none(count: &u64) -> bool {
    *count == 0
}

/// A receipt and who signed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedReceipt {
    /// What it says.
    pub receipt: Receipt,
    /// The computer that says so.
    pub certificate: Certificate,
}

#[derive(Serialize, Deserialize)]
struct File {
    #[serde(flatten)]
    signed: Signed,
    certificate: String,
}

impl Receipt {
    /// The format this program writes.
    pub const FORMAT: &'static str = "baoxue-receipt-1";

    /// The signed file.
    pub fn to_bytes(&self, key: &SignKey, certificate: &Certificate) -> Result<Vec<u8>, PackageError> {
        let signed = Signed::new(self, Self::FORMAT, key)?;
        let file = File { signed, certificate: to_base64(&certificate.to_bytes()) };
        serde_json::to_vec_pretty(&file).map_err(|error| PackageError::Defect(error.to_string()))
    }
}

impl SignedReceipt {
    /// Reads a file; its signature must fit a computer certified by an organisation of the directory.
    pub fn from_bytes(bytes: &[u8], directory: &dyn Directory) -> Result<Self, PackageError> {
        let file: File = serde_json::from_slice(bytes).map_err(|error| PackageError::NotAReceipt(error.to_string()))?;
        file.signed.must_be(Receipt::FORMAT)?;
        let certificate: [u8; 128] = from_base64(&file.certificate).ok_or(PackageError::BadSignature)?;
        let certificate = Certificate::from_bytes(&certificate).ok_or(PackageError::BadSignature)?;
        let organisation = certificate.organisation;
        match directory.sign_keys(organisation) {
            None => Err(PackageError::UnknownSender(organisation.to_string())),
            Some((_, Standing::Revoked)) => Err(PackageError::RevokedSender(organisation.to_string())),
            Some((keys, Standing::Active)) if certificate.is_signed_by_any(&keys) => {
                let receipt = file.signed.read(Receipt::FORMAT, &certificate.key)?;
                Ok(Self { receipt, certificate })
            }
            Some(_) => Err(PackageError::BadSignature),
        }
    }

    /// Whether a file looks like a receipt at all, before anything of it is believed.
    pub fn is_one(bytes: &[u8]) -> bool {
        serde_json::from_slice::<File>(bytes).is_ok_and(|file| file.signed.must_be(Receipt::FORMAT).is_ok())
    }
}

/// Twelve digits that only somebody who has opened a package can know: they say over the telephone that it was
/// merged. Taken from the hash of its manifest, which lies inside the encryption.
pub fn check_code(to: Id, manifest_hash: &[u8; 32]) -> String {
    let hash = sha256(&[b"baoxue-check-code-1".as_slice(), to.as_bytes(), manifest_hash].concat());
    let number = hash.iter().take(8).fold(0u64, |number, byte| number << 8 | u64::from(*byte)) % 1_000_000_000_000;
    format!("{number:012}")
}
