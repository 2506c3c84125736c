//! What a package says of itself, outside (the signed comment) and inside (the manifest).

use std::collections::BTreeMap;
use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::Id;
use serde::{Deserialize, Serialize};

use crate::PackageError;
use crate::keys::Certificate;

/// The only suite; another one is refused, never negotiated.
pub const SUITE: &str = "age-x25519+ed25519+sha256";

/// What stands outside, in the trusted comment: enough to name sender, receiver and number before anything is opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// The organisation that sends it.
    pub from: Id,
    /// The computer that sealed it.
    pub replica: Id,
    /// Fingerprint of the recipient.
    pub to: String,
    /// Version of the directory the sender had.
    pub directory: u64,
    /// Number of the package on that computer.
    pub number: u64,
    /// SHA-256 of the encrypted payload, in hexadecimal.
    pub sha256: String,
    /// The computer's certificate.
    pub certificate: Certificate,
}

/// What stands inside: canonical JSON (RFC 8785), signed by the same computer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// `baoxue-package-1`.
    pub format: String,
    /// [`SUITE`].
    pub suite: String,
    /// Version of the ledger's schema.
    pub schema: u64,
    /// The program's version.
    pub program: String,
    /// The organisation that sends it.
    pub from: Id,
    /// The computer that sealed it.
    pub replica: Id,
    /// Fingerprint of the recipient.
    pub to: String,
    /// Number of the package on that computer.
    pub number: u64,
    /// SHA-256 of the manifest before, in hexadecimal; empty for the first.
    pub previous: String,
    /// Version of the directory the sender had.
    pub directory: u64,
    /// When it was sealed, milliseconds UTC. For display only.
    pub made_ms: u64,
    /// How far each chain inside goes.
    pub tips: Vec<Tip>,
    /// Rows of each record in the sender's ledger, for the board.
    pub counts: BTreeMap<String, u64>,
    /// Every file inside, by name.
    pub files: BTreeMap<String, FileEntry>,
}

/// The end of a chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tip {
    /// Whose rows.
    pub scope: Id,
    /// Written on which computer.
    pub replica: Id,
    /// Depth of the last change.
    pub depth: u32,
    /// Its hash, in hexadecimal.
    pub hash: String,
}

/// A file inside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileEntry {
    /// Bytes.
    pub length: u64,
    /// SHA-256, in hexadecimal.
    pub sha256: String,
}

impl Manifest {
    /// The format this program writes.
    pub const FORMAT: &'static str = "baoxue-package-1";

    /// The canonical bytes.
    pub fn to_bytes(&self) -> Result<Vec<u8>, PackageError> {
        serde_jcs::to_vec(self).map_err(|error| PackageError::Defect(error.to_string()))
    }

    /// Reads canonical bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, PackageError> {
        let bad = |error: serde_json::Error| PackageError::Damaged(error.to_string());
        let head: serde_json::Value = serde_json::from_slice(bytes).map_err(bad)?;
        let text = |key: &str| head.get(key).and_then(serde_json::Value::as_str).unwrap_or_default().to_owned();
        if (text("format").as_str(), text("suite").as_str()) != (Self::FORMAT, SUITE) {
            return Err(PackageError::NewerFormat(format!("{} {}", text("format"), text("suite"))));
        }
        let manifest: Self = serde_json::from_value(head).map_err(bad)?;
        if manifest.to_bytes()? == bytes { Ok(manifest) } else { Err(PackageError::Damaged("manifest".to_owned())) }
    }
}

impl fmt::Display for Envelope {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { from, replica, to, directory, number, sha256, certificate } = self;
        let certificate = STANDARD.encode(certificate.to_bytes());
        write!(
            out,
            "baoxue-1 from={from}/{replica} to={to} dir={directory} no={number} sha256={sha256} cert={certificate}"
        )
    }
}

impl Envelope {
    /// Reads a trusted comment; one form only.
    pub fn parse(comment: &str) -> Result<Self, PackageError> {
        let bad = || PackageError::Damaged("the signed comment".to_owned());
        if !comment.starts_with("baoxue-1 ") {
            return Err(PackageError::NewerFormat(comment.chars().take(20).collect()));
        }
        let field =
            |name: &str| comment.split(' ').find_map(|part| part.strip_prefix(name)?.strip_prefix('=')).ok_or_else(bad);
        let (from, replica) = field("from")?.split_once('/').ok_or_else(bad)?;
        let certificate = STANDARD.decode(field("cert")?).map_err(|_| bad())?;
        let envelope = Self {
            from: from.parse().map_err(|_| bad())?,
            replica: replica.parse().map_err(|_| bad())?,
            to: field("to")?.to_owned(),
            directory: field("dir")?.parse().map_err(|_| bad())?,
            number: field("no")?.parse().map_err(|_| bad())?,
            sha256: field("sha256")?.to_owned(),
            certificate: Certificate::from_bytes(&certificate).ok_or_else(bad)?,
        };
        if envelope.to_string() == comment { Ok(envelope) } else { Err(bad()) }
    }
}
