//! Minisign files: signing with `minisign`, verifying with `minisign-verify`, and the one canonical form of the file.

use std::io::Cursor;

use crate::keys::{PublicKey, SignKey};
use crate::{PackageError, from_base64, to_base64};

const UNTRUSTED: &str = "untrusted comment: baoxue package signature";
const TRUSTED: &str = "trusted comment: ";

/// Signs bytes (prehashed) with a trusted comment; gives the content of a `.minisig` file.
pub fn sign(key: &SignKey, bytes: &[u8], comment: &str) -> Result<String, PackageError> {
    let defect = |error: minisign::PError| PackageError::Defect(error.to_string());
    let untrusted = UNTRUSTED.strip_prefix("untrusted comment: ");
    let signed =
        minisign::sign(None, &key.minisign()?, Cursor::new(bytes), Some(comment), untrusted).map_err(defect)?;
    let text = signed.into_string();
    canonical(&text)?;
    Ok(text)
}

/// The trusted comment of a signature file, not verified yet. Errors: the file is not in its canonical form.
pub fn comment(file: &str) -> Result<&str, PackageError> {
    canonical(file)
}

/// Verifies a signature file and gives its trusted comment.
pub fn verify<'f>(key: &PublicKey, bytes: &[u8], file: &'f str) -> Result<&'f str, PackageError> {
    let comment = canonical(file)?;
    let key = minisign_verify::PublicKey::from_base64(&key.to_minisign()).map_err(|_| PackageError::BadSignature)?;
    let signature = minisign_verify::Signature::decode(file).map_err(|_| PackageError::BadSignature)?;
    key.verify(bytes, &signature, false).map_err(|_| PackageError::BadSignature)?;
    Ok(comment)
}

/// Minisign files are malleable: only exactly these four lines, in strict base64, are accepted.
fn canonical(file: &str) -> Result<&str, PackageError> {
    let bad = || PackageError::Damaged("the signature file".to_owned());
    let mut lines = file.split('\n');
    let (untrusted, signature, trusted, global) = match (lines.next(), lines.next(), lines.next(), lines.next()) {
        (Some(a), Some(b), Some(c), Some(d)) => (a, b, c, d),
        _ => return Err(bad()),
    };
    let comment = trusted.strip_prefix(TRUSTED).ok_or_else(bad)?;
    let inner: [u8; 74] = from_base64(signature).ok_or_else(bad)?;
    let outer: [u8; 64] = from_base64(global).ok_or_else(bad)?;
    let rebuilt = format!("{UNTRUSTED}\n{}\n{TRUSTED}{comment}\n{}\n", to_base64(&inner), to_base64(&outer));
    let plain = !comment.is_empty() && comment.chars().all(|c| c.is_ascii_graphic() || c == ' ');
    if untrusted == UNTRUSTED && plain && rebuilt == file { Ok(comment) } else { Err(bad()) }
}
