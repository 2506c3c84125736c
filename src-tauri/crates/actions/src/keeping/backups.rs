//! Backups: a folder with a checked copy of the ledger and its key slots; restoring one as another computer.

use std::path::{Path, PathBuf};

use package::keys::{Certificate, SignKey};
use package::keyslots::{KeySlots, LedgerKey};
use package::stick;
use serde::{Deserialize, Serialize};
use store::{Copied, Store, View};
use ts_rs::TS;

use crate::attachments::vault;
use crate::desk::kept::noted;
use crate::desk::keys::Keys;
use crate::desk::session::{OpenLedger, SessionInfo, open_ledger, session_info};
use crate::desk::{Desk, civil};
use crate::exchange::exports::counts;
use crate::failure::{Done, Failure};
use crate::keeping::care::{CheckReport, attachment_line, damage_line};

/// Where a backup goes.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct BackupRequest {
    /// The folder in which the backup's own folder is made.
    pub folder: String,
}

/// A backup made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct BackupReply {
    /// Its folder.
    pub folder: String,
    /// Children in it.
    #[ts(type = "number")]
    pub students: u64,
    /// Photos, scans and PDFs in it.
    pub attachments: usize,
}

/// A backup and what opens it.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct VerifyRequest {
    /// The backup's folder.
    pub backup: String,
    /// A password the ledger had when the backup was made.
    pub password: String,
}

/// A backup to go on from.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct RestoreRequest {
    /// The backup's folder.
    pub backup: String,
    /// The folder in which the ledger lives from now on; it holds none yet.
    pub folder: String,
    /// A password the ledger had when the backup was made.
    pub password: String,
}

/// The copy's name: not the ledger's, so that nobody works in a backup by mistake.
const COPY: &str = "backup.db";

/// Where the folders of backups are noted.
const MADE: &str = "backups";

/// Makes a backup and checks it in full before it gets its name. Errors: `damaged`, `disk_full`, `read_only`.
pub fn backup(desk: &Desk, request: BackupRequest) -> Done<BackupReply> {
    let session = desk.session()?;
    let info = session_info(desk, ())?;
    let code = if info.code.is_empty() { session.organisation.id.short() } else { info.code };
    let when: String = civil(desk.now_ms()).chars().filter(|c| !matches!(c, '-' | ':')).collect();
    let name = format!("{code}-{}-{}.backup", session.keys.certificate.replica.short(), when.replace(' ', "-"));
    let target = free_folder(Path::new(&request.folder), &name)?;
    let part = ending(&target, ".part");
    let made: Done<usize> = (|| {
        desk.step(0, 3)?;
        std::fs::create_dir_all(&part).map_err(package::PackageError::from)?;
        session.store.copy_to(&part.join(COPY))?;
        desk.step(1, 3)?;
        let attachments = vault::copy_all(session.store.folder(), &part)?;
        desk.step(2, 3)?;
        KeySlots::load(session.store.folder())?.save(&part)?;
        stick::rename(&part, &target)?;
        Ok(attachments)
    })();
    if made.is_err() {
        // The reason is told already; a folder that cannot be removed says by its name what it is.
        let _already_failed = std::fs::remove_dir_all(&part);
    }
    let attachments = made?;
    session.store.write(|door| {
        let mut folders = noted_backups(door.view())?;
        folders.push(target.display().to_string());
        Ok::<_, Failure>(door.set_local(MADE, &serde_json::to_vec(&folders).map_err(Failure::defect)?)?)
    })?;
    let students = session.store.read(|view| counts(desk, view))?.remove("student").unwrap_or_default();
    Ok(BackupReply { folder: target.display().to_string(), students, attachments })
}

/// The folders of the backups this ledger made, oldest first.
pub(crate) fn noted_backups(view: View<'_>) -> Done<Vec<String>> {
    noted(view, MADE)
}

/// Checks a backup as thoroughly as an open ledger. Errors: `no_backup`, `wrong_password`.
pub fn verify_backup(desk: &Desk, request: VerifyRequest) -> Done<CheckReport> {
    let backup = PathBuf::from(&request.backup);
    let (key, copied) = unlock(desk, &backup, &request.password)?;
    let lost = store::read_copy((&backup.join(COPY), &key), desk.definitions(), |view| {
        vault::damaged(desk, view, (&backup, Keys::load(view)?.certificate.organisation))
    })?;
    let damages: Vec<_> =
        copied.damages.into_iter().map(damage_line).chain(lost.into_iter().map(attachment_line)).collect();
    Ok(CheckReport { sound: damages.is_empty(), damages, counts: Default::default() })
}

/// Makes a ledger from a backup and opens it. It goes on as another computer, so that what the lost one still sent can
/// be told from what is written from now on. Errors: `no_backup`, `wrong_password`, `damaged`, `ledger_exists`.
pub fn restore(desk: &Desk, request: RestoreRequest) -> Done<SessionInfo> {
    let (backup, target) = (PathBuf::from(&request.backup), PathBuf::from(&request.folder));
    if !is_free(&target) {
        return Err(Failure::new("ledger_exists").with("folder", target.display()));
    }
    let (key, copied) = unlock(desk, &backup, &request.password)?;
    if let Some(first) = copied.damages.into_iter().next() {
        return Err(Failure::new("damaged").with("cause", damage_line(first).place));
    }
    let part = ending(&target, ".part");
    let made = revive(desk, &backup, &part, &key).and_then(|()| {
        if target.exists() {
            std::fs::remove_dir(&target).map_err(package::PackageError::from)?;
        }
        Ok(stick::rename(&part, &target)?)
    });
    if made.is_err() {
        // As above: the reason is told already.
        let _already_failed = std::fs::remove_dir_all(&part);
    }
    made?;
    open_ledger(desk, OpenLedger { folder: request.folder, password: request.password })
}

fn unlock(desk: &Desk, backup: &Path, password: &str) -> Done<(LedgerKey, Copied)> {
    let copy = backup.join(COPY);
    if !copy.is_file() {
        return Err(Failure::new("no_backup").with("folder", backup.display()));
    }
    let (key, _) = KeySlots::load(backup)?.unlock(password)?;
    let copied = store::check_copy(&copy, &key, desk.definitions())?;
    Ok((key, copied))
}

/// The copy as a ledger with the name and key of another computer.
fn revive(desk: &Desk, backup: &Path, folder: &Path, key: &LedgerKey) -> Done<()> {
    store::place_copy(&backup.join(COPY), folder)?;
    // A photo that is lost in the backup keeps nobody from the rest; the self-check names it.
    vault::copy_all(backup, folder)?;
    KeySlots::load(backup)?.save(folder)?;
    let store = Store::open(folder, key, desk.definitions())?;
    let keys = store.read(Keys::load)?;
    let (replica, own) = (desk.new_id(), SignKey::from_seed(&desk.roll()));
    let certificate = Certificate::issue(keys.certificate.organisation, &keys.sign, replica, own.public());
    store.write(|door| {
        // What the backup holds unsealed was written by the computer it was made on; its key is still here to say so.
        door.seal(&|message| keys.replica.sign(message).to_vec(), &keys.certificate.to_bytes())?;
        door.become_replica(replica)?;
        door.set_local("key/replica", own.seed().as_slice())?;
        door.set_local("certificate", &certificate.to_bytes())?;
        Ok::<_, Failure>(())
    })
}

fn is_free(folder: &Path) -> bool {
    std::fs::read_dir(folder).map_or(true, |mut inside| inside.next().is_none())
}

fn free_folder(folder: &Path, name: &str) -> Done<PathBuf> {
    let (stem, end) = name.rsplit_once('.').unwrap_or((name, ""));
    let names = (1..1000).map(|n| if n == 1 { name.to_owned() } else { format!("{stem}-{n}.{end}") });
    let free = names.map(|name| folder.join(name)).find(|path| !path.exists());
    free.ok_or_else(|| Failure::new("no_folder"))
}

fn ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}
