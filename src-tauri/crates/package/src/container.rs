//! The ZIP of a package: STORED members, one canonical form. Reading rebuilds it and compares every byte.

use std::io::{Cursor, Read, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

use crate::PackageError;

/// A package weighs at most this.
pub const LENGTH_MAX: u64 = 256 << 20;

/// Members of one container at most.
const MEMBERS_MAX: u16 = 10_000;

/// A named member.
pub type Member = (String, Vec<u8>);

/// Writes members in the given order.
pub fn write(members: &[Member]) -> Result<Vec<u8>, PackageError> {
    let defect = |error: zip::result::ZipError| PackageError::Defect(error.to_string());
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644)
        .large_file(false);
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        zip.start_file(name.as_str(), options).map_err(defect)?;
        zip.write_all(bytes)?;
    }
    Ok(zip.finish().map_err(defect)?.into_inner())
}

/// Reads members. Errors: anything that [`write`] would not have written exactly so.
pub fn read(bytes: &[u8]) -> Result<Vec<Member>, PackageError> {
    if bytes.len() as u64 > LENGTH_MAX {
        return Err(PackageError::TooLarge(bytes.len() as u64));
    }
    check_end(bytes)?;
    let bad = |error: zip::result::ZipError| PackageError::NotAPackage(error.to_string());
    let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(bad)?;
    let mut members = Vec::new();
    for at in 0..zip.len() {
        let mut file = zip.by_index(at).map_err(bad)?;
        let name = file.name().map_err(bad)?.into_owned();
        if file.compression() != CompressionMethod::Stored || file.size() > bytes.len() as u64 || !is_sound(&name) {
            return Err(PackageError::Damaged("a member".to_owned()));
        }
        let mut content = Vec::new();
        file.read_to_end(&mut content).map_err(|error| PackageError::Damaged(error.to_string()))?;
        members.push((name, content));
    }
    match write(&members)? == bytes {
        true => Ok(members),
        false => Err(PackageError::Damaged("not the canonical form".to_owned())),
    }
}

/// The last 22 bytes are the end record: no comment, and few enough members to be read at all.
fn check_end(bytes: &[u8]) -> Result<(), PackageError> {
    let end = bytes.len().checked_sub(22).and_then(|at| bytes.get(at..));
    let Some(end) = end.filter(|end| end.starts_with(b"PK\x05\x06")) else {
        return Err(PackageError::NotAPackage("no end record".to_owned()));
    };
    let number =
        |at: usize| end.get(at..at + 2).and_then(|pair| pair.try_into().ok()).map_or(u16::MAX, u16::from_le_bytes);
    match number(8) == number(10) && number(10) <= MEMBERS_MAX && number(20) == 0 {
        true => Ok(()),
        false => Err(PackageError::NotAPackage("too many members".to_owned())),
    }
}

/// Names of members: a folder at most, lower-case letters, digits, dots; no way out of a folder.
fn is_sound(name: &str) -> bool {
    let part = |part: &str| {
        !part.is_empty()
            && !part.starts_with('.')
            && part.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'))
    };
    name.len() <= 120 && name.split('/').count() <= 2 && name.split('/').all(part)
}
