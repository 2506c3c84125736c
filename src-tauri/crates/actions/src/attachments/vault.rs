//! Where the files lie: beside the ledger, each encrypted to a key that only the ledger holds, under a name that tells
//! nothing. Nothing here is ever written in the clear.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use domain::{Id, Row, Value};
use package::PackageError;
use package::attachment::{digest, hidden_name, open, seal};
use package::keys::ReceiveKey;
use package::stick;
use store::{ListQuery, View};
use zeroize::Zeroizing;

use crate::desk::{Desk, Session};
use crate::failure::{Done, Failure};

/// Where they lie, beside the ledger and in a backup.
pub(crate) const FOLDER: &str = "attachments";

const KEY: &str = "key/attachments";

/// The files of one ledger and what opens them.
pub(crate) struct Vault {
    folder: PathBuf,
    keys: Option<Keys>,
}

struct Keys {
    key: ReceiveKey,
    secret: Zeroizing<[u8; 32]>,
}

impl Vault {
    /// The files beside a ledger, or in a backup of one; none can be read before the first was kept.
    pub(crate) fn of(view: View<'_>, ledger: &Path) -> Done<Self> {
        Ok(Self { folder: ledger.join(FOLDER), keys: keys_in(view)? })
    }

    /// The files beside the open ledger, to be added to: the keys are drawn when the first is kept.
    pub(crate) fn to_fill(desk: &Desk, session: &Session) -> Done<Self> {
        let vault = session.store.read(|view| Self::of(view, session.store.folder()))?;
        if vault.keys.is_some() {
            return Ok(vault);
        }
        let seed = Zeroizing::new(desk.roll::<32>());
        session.store.write(|door| match door.view().local(KEY)? {
            None => Ok::<_, Failure>(door.set_local(KEY, seed.as_slice())?),
            Some(_) => Ok(()),
        })?;
        session.store.read(|view| Self::of(view, session.store.folder()))
    }

    /// Whether a file lies here; whether it is sound is another question.
    pub(crate) fn has(&self, file: &str) -> bool {
        self.path(file).is_some_and(|path| path.exists())
    }

    /// A file, decrypted and compared with its digest. Errors: `attachment_missing`.
    pub(crate) fn contents(&self, file: &str) -> Done<Vec<u8>> {
        let missing = || Failure::new("attachment_missing");
        let (path, keys) = self.path(file).zip(self.keys.as_ref()).ok_or_else(missing)?;
        let sealed = std::fs::read(path).map_err(|_| missing())?;
        let bytes = open(&keys.key, &sealed).map_err(|_| missing())?;
        if digest(&bytes) == file { Ok(bytes) } else { Err(missing()) }
    }

    /// Keeps a file once; gives its digest, and whether it lay here already. What lies here damaged is written anew.
    pub(crate) fn keep(&self, bytes: &[u8]) -> Done<(String, bool)> {
        let file = digest(bytes);
        if self.has(&file) && self.contents(&file).is_ok() {
            return Ok((file, true));
        }
        let unkeyed = || Failure::new("damaged").with("cause", KEY);
        let (path, keys) = self.path(&file).zip(self.keys.as_ref()).ok_or_else(unkeyed)?;
        std::fs::create_dir_all(&self.folder).map_err(PackageError::from)?;
        stick::replace(&path, &seal(&keys.key.recipient(), bytes)?)?;
        Ok((file, false))
    }

    fn path(&self, file: &str) -> Option<PathBuf> {
        Some(self.folder.join(hidden_name(&self.keys.as_ref()?.secret, file)))
    }
}

fn keys_in(view: View<'_>) -> Done<Option<Keys>> {
    let Some(seed) = view.local(KEY)?.map(Zeroizing::new) else { return Ok(None) };
    let secret: [u8; 32] = seed.as_slice().try_into().map_err(|_| Failure::new("damaged").with("cause", KEY))?;
    Ok(Some(Keys { key: ReceiveKey::from_seed(&secret)?, secret: Zeroizing::new(secret) }))
}

/// Files that rows speak of and that are gone or not what they were: their rows. `own`: what another organisation
/// attached may not have come yet.
pub(crate) fn damaged(desk: &Desk, view: View<'_>, (ledger, own): (&Path, Id)) -> Done<Vec<Id>> {
    let vault = Vault::of(view, ledger)?;
    let mut damaged = Vec::new();
    for (id, row) in rows(desk, view)? {
        let file = file_of(&row);
        let expected = vault.has(file) || view.scope_of(id)? == Some(own);
        if expected && vault.contents(file).is_err() {
            damaged.push(id);
        }
    }
    Ok(damaged)
}

/// Every row of the record `attachment` that speaks of a file; one that was erased by law no longer does.
pub(crate) fn rows(desk: &Desk, view: View<'_>) -> Done<Vec<(Id, Row)>> {
    let mut rows = view.list(desk.record("attachment")?, &ListQuery::default())?.rows;
    rows.retain(|(_, row)| !file_of(row).is_empty());
    Ok(rows)
}

/// The digest of the file that a row speaks of.
pub(crate) fn file_of(row: &Row) -> &str {
    row.get("file").and_then(Value::as_text).unwrap_or_default()
}

/// Removes the files of which nothing in the log speaks any more: what an erasure left. Gives how many went.
pub(crate) fn sweep(desk: &Desk, view: View<'_>, ledger: &Path) -> Done<usize> {
    let vault = Vault::of(view, ledger)?;
    let said = view.ever_said(desk.record("attachment")?, "file")?;
    let kept: BTreeSet<PathBuf> = said.iter().filter_map(|value| vault.path(value.as_text()?)).collect();
    let Ok(files) = std::fs::read_dir(&vault.folder) else { return Ok(0) };
    let mut gone = 0;
    for file in files {
        let path = file.map_err(PackageError::from)?.path();
        if vault.keys.is_some() && !kept.contains(&path) {
            std::fs::remove_file(path).map_err(PackageError::from)?;
            gone += 1;
        }
    }
    Ok(gone)
}

/// Copies every file from beside a ledger to a backup, or back; each is whole and synced before it has its name. Gives
/// how many.
pub(crate) fn copy_all(from: &Path, to: &Path) -> Done<usize> {
    let (from, to) = (from.join(FOLDER), to.join(FOLDER));
    let Ok(files) = std::fs::read_dir(&from) else { return Ok(0) };
    std::fs::create_dir_all(&to).map_err(PackageError::from)?;
    let mut copied = 0;
    for file in files {
        let file = file.map_err(PackageError::from)?;
        let name = file.file_name();
        // A file that was being written when the power failed has not got its name.
        if Path::new(&name).extension().is_some_and(|ending| ending == "age") {
            let bytes = std::fs::read(file.path()).map_err(PackageError::from)?;
            stick::replace(&to.join(&name), &bytes)?;
            copied += 1;
        }
    }
    Ok(copied)
}
