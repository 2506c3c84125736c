//! 附件: photos, scans and PDFs beside the ledger. Each lies encrypted to a key that only the ledger holds, under a name
//! that tells nothing: a keyed hash of what it contains (decisions A6).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::keys::{ReceiveKey, Recipient};
use crate::{PackageError, cipher, hex, sha256};

/// The folder of a package in which files lie.
pub(crate) const FOLDER: &str = "attachments/";

/// A file's name in a package.
pub(crate) fn member(digest: &str) -> String {
    format!("{FOLDER}{digest}")
}

/// Encrypts a file.
pub fn seal(to: &Recipient, bytes: &[u8]) -> Result<Vec<u8>, PackageError> {
    cipher::encrypt(&[to], bytes)
}

/// Decrypts a file. Errors: `Damaged`, `NotForUs`.
pub fn open(key: &ReceiveKey, sealed: &[u8]) -> Result<Vec<u8>, PackageError> {
    cipher::decrypt(&[key], sealed)
}

/// What a file is known by in the ledger: SHA-256 of its contents, 64 hexadecimal digits.
pub fn digest(bytes: &[u8]) -> String {
    hex(&sha256(bytes))
}

/// The file's name beside the ledger. Secret and digest have fixed lengths, so hashing one after the other is keyed hashing.
pub fn hidden_name(secret: &[u8; 32], digest: &str) -> String {
    let mut keyed = secret.to_vec();
    keyed.extend_from_slice(&sha256(digest.as_bytes()));
    format!("{}.age", hex(&sha256(&keyed)))
}

/// Bytes as a window shows them: `data:image/jpeg;base64,…`.
pub fn data_url(mime: &str, bytes: &[u8]) -> String {
    format!("data:{mime};base64,{}", STANDARD.encode(bytes))
}
