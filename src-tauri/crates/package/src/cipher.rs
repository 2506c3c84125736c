//! Encrypting to keys, and decrypting with one of them.

use std::io::{Read, Write};

use crate::keys::{ReceiveKey, Recipient};
use crate::{PackageError, container};

/// Encrypts bytes so that each of the keys opens them.
pub(crate) fn encrypt(recipients: &[&Recipient], bytes: &[u8]) -> Result<Vec<u8>, PackageError> {
    let keys = recipients.iter().map(|recipient| recipient.to_age()).collect::<Result<Vec<_>, _>>()?;
    let keys = keys.iter().map(|key| key as &dyn age::Recipient);
    let encryptor = age::Encryptor::with_recipients(keys).map_err(|error| PackageError::Defect(error.to_string()))?;
    let mut sealed = Vec::with_capacity(bytes.len() + 1024);
    let mut writer = encryptor.wrap_output(&mut sealed)?;
    writer.write_all(bytes)?;
    writer.finish()?;
    Ok(sealed)
}

/// Decrypts what was encrypted to one of the keys. Errors: `Damaged`, `NotForUs`.
pub(crate) fn decrypt(keys: &[&ReceiveKey], payload: &[u8]) -> Result<Vec<u8>, PackageError> {
    let damaged = |error: &dyn std::fmt::Display| PackageError::Damaged(error.to_string());
    let decryptor = age::Decryptor::new(payload).map_err(|error| damaged(&error))?;
    let mut reader = decryptor.decrypt(keys.iter().map(|key| key.identity())).map_err(|error| match error {
        age::DecryptError::NoMatchingKeys => PackageError::NotForUs,
        other => damaged(&other),
    })?;
    let mut inner = Vec::with_capacity(payload.len());
    reader.by_ref().take(container::LENGTH_MAX + 1).read_to_end(&mut inner).map_err(|error| damaged(&error))?;
    Ok(inner)
}
