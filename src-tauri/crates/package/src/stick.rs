//! Writing to a stick or a disk: a file stands under its right name only when it is whole, checked and synced.

use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use crate::PackageError;

/// Writes a file safely: `.part` → write → sync → read back → rename → sync the folder.
///
/// A file that exists with other content is kept; the new one gets `-2`, `-3` … before its ending.
pub fn write(folder: &Path, name: &str, bytes: &[u8]) -> Result<PathBuf, PackageError> {
    std::fs::create_dir_all(folder)?;
    let target = free_name(folder, name, bytes)?;
    replace(&target, bytes)?;
    Ok(target)
}

/// Replaces a file as a whole: readers see the old content or the new, never a mixture.
pub fn replace(target: &Path, bytes: &[u8]) -> Result<(), PackageError> {
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if !folder.is_dir() {
        return Err(PackageError::NoFolder(folder.display().to_string()));
    }
    let mut part = target.as_os_str().to_owned();
    part.push(".part");
    let part = PathBuf::from(part);
    let written = write_and_check(&part, bytes).and_then(|()| Ok(std::fs::rename(&part, target)?));
    if written.is_err() {
        // What could not be finished is removed if the disk still answers; its name says what it is if not.
        let _already_failed = std::fs::remove_file(&part);
    }
    written?;
    sync_folder(folder)
}

/// Gives a file or folder that is whole its right name.
pub fn rename(part: &Path, target: &Path) -> Result<(), PackageError> {
    std::fs::rename(part, target)?;
    sync_folder(target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new(".")))
}

fn write_and_check(part: &Path, bytes: &[u8]) -> Result<(), PackageError> {
    let mut file = File::create(part)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    drop(file);
    let mut back = Vec::with_capacity(bytes.len());
    File::open(part)?.read_to_end(&mut back)?;
    if back == bytes { Ok(()) } else { Err(PackageError::Disk("read back otherwise than written".to_owned())) }
}

fn free_name(folder: &Path, name: &str, bytes: &[u8]) -> Result<PathBuf, PackageError> {
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
    for copy in 1..1000 {
        let candidate = if copy == 1 { folder.join(name) } else { folder.join(format!("{stem}-{copy}.{ending}")) };
        let same = candidate.exists() && std::fs::read(&candidate)? == bytes;
        if same || !candidate.exists() {
            return Ok(candidate);
        }
    }
    Err(PackageError::Disk("no free file name".to_owned()))
}

/// The rename itself reaches the disk only when its folder is synced. Windows has no such call and needs none.
#[cfg(unix)]
fn sync_folder(folder: &Path) -> Result<(), PackageError> {
    Ok(File::open(folder)?.sync_all()?)
}

#[cfg(not(unix))]
fn sync_folder(_folder: &Path) -> Result<(), PackageError> {
    Ok(())
}
