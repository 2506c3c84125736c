//! Connections to the encrypted file, with every defensive setting in one place (`reliability.md`, measured facts).

use std::path::Path;
use std::sync::Once;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use crate::StoreError;
use crate::error::Doing;

/// The schema this program writes.
pub(crate) const SCHEMA_VERSION: i64 = 1;
const APPLICATION_ID: i64 = 1_113_080_398;

/// Statements kept prepared per connection.
const STATEMENTS: usize = 400;

/// Whether the file is to be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Make {
    /// Open what is there.
    No,
    /// Make a new file.
    Yes,
}

/// The library calls itself ready before its cipher is: a thread that came second would be refused every key.
static CIPHER: Once = Once::new();

/// Opens the file with its raw 256-bit key. Errors: [`StoreError::WrongKey`] when the first page does not decrypt.
pub(crate) fn open(path: &Path, key: &[u8; 32], make: Make) -> Result<Connection, StoreError> {
    CIPHER.call_once(|| drop(Connection::open_in_memory()));
    let create = if make == Make::Yes { OpenFlags::SQLITE_OPEN_CREATE } else { OpenFlags::empty() };
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX | create;
    let db = Connection::open_with_flags(path, flags).doing("opening the ledger file")?;
    let hex: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
    db.execute_batch(&format!("PRAGMA cipher_log_level = NONE; PRAGMA key = \"x'{hex}'\";"))
        .doing("setting the key")?;
    db.query_row("SELECT count(*) FROM sqlite_master", [], |row| row.get::<_, i64>(0))
        .doing("reading the first page")?;
    settle_in(&db)?;
    Ok(db)
}

/// WAL loses committed rows silently when a bit flips, and copying only the main file empties the ledger:
/// so a rollback journal, synced with its folder. Reads wait only for a commit because the cache never spills; it may
/// grow to 192 MB, because a page read again is deciphered again: a center's merge would do little else.
fn settle_in(db: &Connection) -> Result<(), StoreError> {
    db.busy_timeout(Duration::from_secs(20)).doing("setting the time-out")?;
    db.set_prepared_statement_cache_capacity(STATEMENTS);
    for (config, on) in [
        (DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true),
        (DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false),
        (DbConfig::SQLITE_DBCONFIG_DQS_DML, false),
        (DbConfig::SQLITE_DBCONFIG_DQS_DDL, false),
        // A plan that looks at bound values is made anew for every execution.
        (DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true),
    ] {
        db.set_db_config(config, on).doing("setting a defence")?;
    }
    db.execute_batch(
        "PRAGMA journal_mode = DELETE; PRAGMA synchronous = EXTRA; PRAGMA cache_spill = OFF;
         PRAGMA temp_store = MEMORY; PRAGMA secure_delete = ON; PRAGMA cell_size_check = ON;
         PRAGMA foreign_keys = ON; PRAGMA cache_size = -196608;",
    )
    .doing("setting the pragmas")
}

/// Checks that the file is a ledger this program may write.
pub(crate) fn check_version(db: &Connection) -> Result<(), StoreError> {
    let pragma = |name: &str| db.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    let (application, version) =
        (pragma("application_id").doing("reading the mark")?, pragma("user_version").doing("reading the version")?);
    match (application, version) {
        (APPLICATION_ID, SCHEMA_VERSION) => Ok(()),
        (APPLICATION_ID, newer) if newer > SCHEMA_VERSION => Err(StoreError::NewerLedger(newer)),
        _ => Err(StoreError::NoLedger),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;

    use super::*;

    #[test]
    fn the_first_ledgers_of_a_program_can_be_made_at_once() {
        let folder = std::env::temp_dir().join(format!("baoxue-cipher-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let (threads, together) = (8, Barrier::new(8));
        let failed: Vec<StoreError> = std::thread::scope(|scope| {
            let make = |at: usize| {
                let (folder, together) = (&folder, &together);
                scope.spawn(move || {
                    together.wait();
                    open(&folder.join(format!("{at}.db")), &[7; 32], Make::Yes).err()
                })
            };
            let all: Vec<_> = (0..threads).map(make).collect();
            all.into_iter().filter_map(|one| one.join().unwrap()).collect()
        });
        std::fs::remove_dir_all(&folder).unwrap();
        assert!(failed.is_empty(), "{failed:?}");
    }
}
