//! Copies of the ledger file that can be trusted, and a ledger's new life from one (`reliability.md`, R7, R8).

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};

use domain::Id;

use crate::connection::{self, Make};
use crate::error::Doing;
use crate::shape::Shapes;
use crate::store::FILE;
use crate::{Damage, Definitions, Door, Store, StoreError, View};

/// What a copy holds and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copied {
    /// How far each chain goes: the depth of its newest change.
    pub tips: BTreeMap<(Id, Id), i64>,
    /// What is not as it should be; empty when all is well.
    pub damages: Vec<Damage>,
}

impl Store {
    /// Writes a copy beside nothing else: made by SQLite, synced, opened again with the key, checked in full, and only
    /// then named. Errors: [`StoreError::Damaged`] when the copy is not whole; nothing is left then.
    pub fn copy_to(&self, target: &Path) -> Result<Copied, StoreError> {
        let part = with_ending(target, ".part");
        let copied = self.copy_and_check(&part);
        if copied.is_err() {
            // What could not be finished is removed if the disk still answers; its name says what it is if not.
            let _already_failed = std::fs::remove_file(&part);
        }
        let copied = copied?;
        std::fs::rename(&part, target).map_err(disk)?;
        Ok(copied)
    }

    fn copy_and_check(&self, part: &Path) -> Result<Copied, StoreError> {
        if part.exists() {
            std::fs::remove_file(part).map_err(disk)?;
        }
        let db = connection::open(&self.folder().join(FILE), self.key(), Make::No)?;
        let defined = self.defined();
        let before = longest(View { db: &db, catalogue: &defined.catalogue, shapes: &defined.shapes })?;
        let to = part.to_str().ok_or_else(|| StoreError::Disk("a folder's name is not text".to_owned()))?;
        db.execute("VACUUM INTO ?1", [to]).doing("copying the ledger")?;
        File::open(part).and_then(|file| file.sync_all()).map_err(disk)?;
        let copied = check_file(part, self.key(), (&defined.catalogue, &defined.shapes))?;
        if !copied.damages.is_empty() {
            return Err(StoreError::Damaged(format!("{:?}", copied.damages.first())));
        }
        let whole = before.iter().all(|(chain, depth)| copied.tips.get(chain).is_some_and(|held| held >= depth));
        if whole { Ok(copied) } else { Err(StoreError::Damaged("a chain is shorter in the copy".to_owned())) }
    }
}

/// Checks a ledger file that nobody has open: pages, chains, state. The file is not written to; that of an older program
/// is checked as this one would open it.
pub fn check_copy(file: &Path, key: &[u8; 32], definitions: &Definitions) -> Result<Copied, StoreError> {
    look_at((file, key), definitions, copied)
}

/// Looks into a ledger file that nobody has open. The file is not written to.
pub fn read_copy<T, E: From<StoreError>>(
    (file, key): (&Path, &[u8; 32]),
    definitions: &Definitions,
    look: impl FnOnce(View<'_>) -> Result<T, E>,
) -> Result<T, E> {
    look_at((file, key), definitions, look)
}

fn look_at<T, E: From<StoreError>>(
    (file, key): (&Path, &[u8; 32]),
    definitions: &Definitions,
    look: impl FnOnce(View<'_>) -> Result<T, E>,
) -> Result<T, E> {
    let db = connection::open(file, key, Make::No)?;
    connection::check_version(&db)?;
    let view = View { db: &db, catalogue: &definitions.catalogue, shapes: &Shapes::of(&definitions.catalogue) };
    if view.is_caught_up(definitions)? {
        return look(view);
    }
    drop(db);
    let aside = Aside::of(file)?;
    Store::open(&aside.0, key, definitions)?.read(look)
}

/// A copy, as encrypted as the file it was made of, that is gone when it was looked at.
struct Aside(PathBuf);

impl Aside {
    fn of(file: &Path) -> Result<Self, StoreError> {
        let named = |n: u32| std::env::temp_dir().join(format!("baoxue-look-{}-{n}", std::process::id()));
        let free = (0..1000).map(named).find(|folder| std::fs::create_dir(folder).is_ok());
        let aside = Self(free.ok_or_else(|| StoreError::Disk("no folder to look at a copy in".to_owned()))?);
        place_copy(file, &aside.0)?;
        Ok(aside)
    }
}

impl Drop for Aside {
    fn drop(&mut self) {
        // What cannot be removed is a copy that nobody can read without the password.
        let _stays = std::fs::remove_dir_all(&self.0);
    }
}

/// Puts a copy in a folder of its own, as the ledger file there; the folder holds no ledger before.
pub fn place_copy(file: &Path, folder: &Path) -> Result<(), StoreError> {
    if Store::is_in(folder) {
        return Err(StoreError::LedgerExists);
    }
    std::fs::create_dir_all(folder).map_err(disk)?;
    let (target, part) = (folder.join(FILE), folder.join(format!("{FILE}.part")));
    std::fs::copy(file, &part).map_err(disk)?;
    File::open(&part).and_then(|file| file.sync_all()).map_err(disk)?;
    std::fs::rename(&part, target).map_err(disk)
}

impl Door<'_> {
    /// Goes on as another computer: chains written so far stay as they are, new ones begin with the next change.
    pub fn become_replica(&self, replica: Id) -> Result<(), StoreError> {
        self.tx.execute("DELETE FROM local WHERE key LIKE 'lineage/%'", []).doing("leaving old chains")?;
        self.set_local("replica", replica.as_bytes())
    }
}

/// How far each chain goes, by scope and computer; of several branches, the longest.
fn longest(view: View<'_>) -> Result<BTreeMap<(Id, Id), i64>, StoreError> {
    let mut tips = BTreeMap::new();
    for tip in view.tips()? {
        let depth = tips.entry((tip.scope, tip.replica)).or_insert(tip.depth);
        *depth = tip.depth.max(*depth);
    }
    Ok(tips)
}

fn check_file(
    file: &Path,
    key: &[u8; 32],
    (catalogue, shapes): (&domain::Catalogue, &Shapes),
) -> Result<Copied, StoreError> {
    let db = connection::open(file, key, Make::No)?;
    connection::check_version(&db)?;
    copied(View { db: &db, catalogue, shapes })
}

fn copied(view: View<'_>) -> Result<Copied, StoreError> {
    Ok(Copied { tips: longest(view)?, damages: view.verify()? })
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

fn disk(error: std::io::Error) -> StoreError {
    match error.kind() {
        std::io::ErrorKind::StorageFull => StoreError::DiskFull,
        std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem => StoreError::ReadOnly,
        _ => StoreError::Disk(error.to_string()),
    }
}
