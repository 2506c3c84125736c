//! Opening the ledger: one opener, one writer, one reader.

use std::collections::HashMap;
use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use domain::Catalogue;
use oplog::tree::Lineage;
use oplog::{Dot, Time, Tree};
use rusqlite::{Connection, Transaction, TransactionBehavior};
use zeroize::Zeroizing;

use crate::connection::{self, Make};
use crate::door::Memory;
use crate::error::Doing;
use crate::now;
use crate::same;
use crate::shape::Shapes;
use crate::standing;
use crate::terms::{ByTerm, Terms};
use crate::{Door, StoreError, View};

/// What a ledger is made of: the definitions and the tables that hold them.
#[derive(Debug, Clone)]
pub struct Definitions {
    /// Records, forms and code lists.
    pub catalogue: Arc<Catalogue>,
    /// The tables, as `schema.sql` has them.
    pub schema: String,
}

/// An open ledger.
#[derive(Debug)]
pub struct Store {
    folder: PathBuf,
    defined: RwLock<Arc<Defined>>,
    writes: AtomicU64,
    writer: Mutex<Writer>,
    reader: Mutex<Connection>,
    key: Key,
    _lock: File,
}

/// The definitions in force, with the statements that follow from them.
#[derive(Debug)]
pub(crate) struct Defined {
    pub(crate) catalogue: Arc<Catalogue>,
    pub(crate) shapes: Shapes,
}

impl Defined {
    fn of(catalogue: Arc<Catalogue>) -> Arc<Self> {
        let shapes = Shapes::of(&catalogue);
        Arc::new(Self { catalogue, shapes })
    }
}

/// The ledger's key, kept to open the file again; wiped when the ledger is left, and never shown.
struct Key(Zeroizing<[u8; 32]>);

impl std::fmt::Debug for Key {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Key")
    }
}

/// The writing connection and what is kept in memory beside it.
#[derive(Debug)]
struct Writer {
    db: Connection,
    memory: Memory,
}

pub(crate) const FILE: &str = "ledger.db";
const LOCK: &str = "ledger.lock";
/// How often and how long one waits for another opener to let go: a second in all.
const LOCK_TRIES: u32 = 50;
const LOCK_WAIT: Duration = Duration::from_millis(20);

impl Definitions {
    /// The definitions compiled into the program.
    pub fn built_in() -> Self {
        Self {
            catalogue: Arc::new(Catalogue::built_in().clone()),
            schema: include_str!("../../../../schema.sql").to_owned(),
        }
    }
}

impl Store {
    /// Makes a ledger in a folder that has none.
    pub fn create(folder: &Path, key: &[u8; 32], definitions: &Definitions) -> Result<Self, StoreError> {
        if folder.join(FILE).exists() {
            return Err(StoreError::LedgerExists);
        }
        std::fs::create_dir_all(folder).map_err(|error| StoreError::Disk(error.to_string()))?;
        let lock = lock(folder)?;
        let mut db = connection::open(&folder.join(FILE), key, Make::Yes)?;
        let tx = db.transaction_with_behavior(TransactionBehavior::Immediate).doing("making the tables")?;
        tx.execute_batch(&definitions.schema).doing("making the tables")?;
        tx.commit().doing("making the tables")?;
        Self::start(folder, key, definitions, lock, db)
    }

    /// Opens the ledger of a folder. Errors: see [`StoreError`]; the file is not changed by a refusal.
    pub fn open(folder: &Path, key: &[u8; 32], definitions: &Definitions) -> Result<Self, StoreError> {
        if !folder.join(FILE).exists() {
            return Err(StoreError::NoLedger);
        }
        let lock = lock(folder)?;
        let db = connection::open(&folder.join(FILE), key, Make::No)?;
        connection::check_version(&db)?;
        let store = Self::start(folder, key, definitions, lock, db)?;
        store.catch_up(definitions)?;
        Ok(store)
    }

    /// Whether a folder holds a ledger.
    pub fn is_in(folder: &Path) -> bool {
        folder.join(FILE).exists()
    }

    fn start(
        folder: &Path,
        key: &[u8; 32],
        definitions: &Definitions,
        lock: File,
        db: Connection,
    ) -> Result<Self, StoreError> {
        let reader = connection::open(&folder.join(FILE), key, Make::No)?;
        let memory = Memory::load(&db)?;
        Ok(Self {
            folder: folder.to_owned(),
            defined: RwLock::new(Defined::of(definitions.catalogue.clone())),
            writes: AtomicU64::default(),
            writer: Mutex::new(Writer { db, memory }),
            reader: Mutex::new(reader),
            key: Key(Zeroizing::new(*key)),
            _lock: lock,
        })
    }

    /// The folder the ledger lies in.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The key, to open the file again.
    pub(crate) fn key(&self) -> &[u8; 32] {
        &self.key.0
    }

    /// The definitions in force.
    pub(crate) fn defined(&self) -> Arc<Defined> {
        self.defined.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Goes on with other definitions: the same records and columns, other added fields (decisions A7).
    pub fn define(&self, catalogue: Arc<Catalogue>) -> Result<(), StoreError> {
        let mut writer = hold(&self.writer);
        *self.defined.write().unwrap_or_else(PoisonError::into_inner) = Defined::of(catalogue);
        writer.reload()
    }

    /// How often something was written since the ledger was opened.
    pub fn writes(&self) -> u64 {
        self.writes.load(Ordering::Acquire)
    }

    /// Reads, beside a writer if there is one.
    pub fn read<T, E: From<StoreError>>(&self, ask: impl FnOnce(View<'_>) -> Result<T, E>) -> Result<T, E> {
        let (db, defined) = (hold(&self.reader), self.defined());
        ask(View { db: &db, catalogue: &defined.catalogue, shapes: &defined.shapes })
    }

    /// Writes: all of it or, when `act` fails, nothing.
    pub fn write<T, E: From<StoreError>>(&self, act: impl FnOnce(&mut Door<'_>) -> Result<T, E>) -> Result<T, E> {
        let done = self.transact(act, |tx| tx.commit().doing("committing"))?;
        self.writes.fetch_add(1, Ordering::AcqRel);
        Ok(done)
    }

    /// Does as [`Self::write`] would, then takes all of it back: what would change, exactly.
    pub fn rehearse<T, E: From<StoreError>>(&self, act: impl FnOnce(&mut Door<'_>) -> Result<T, E>) -> Result<T, E> {
        let done = self.transact(act, |tx| tx.rollback().doing("ending a rehearsal"));
        let mut writer = hold(&self.writer);
        writer.reload()?;
        done
    }

    fn transact<T, E: From<StoreError>>(
        &self,
        act: impl FnOnce(&mut Door<'_>) -> Result<T, E>,
        end: impl FnOnce(Transaction<'_>) -> Result<(), StoreError>,
    ) -> Result<T, E> {
        let mut writer = hold(&self.writer);
        if self.writer.is_poisoned() {
            writer.reload()?;
            self.writer.clear_poison();
        }
        let defined = self.defined();
        let done = writer.transact((&defined.catalogue, &defined.shapes), act, end);
        if done.is_err() {
            writer.reload()?;
        }
        done
    }
}

impl Writer {
    fn transact<T, E: From<StoreError>>(
        &mut self,
        (catalogue, shapes): (&Catalogue, &Shapes),
        act: impl FnOnce(&mut Door<'_>) -> Result<T, E>,
        end: impl FnOnce(Transaction<'_>) -> Result<(), StoreError>,
    ) -> Result<T, E> {
        let tx = self.db.transaction_with_behavior(TransactionBehavior::Immediate).doing("beginning")?;
        let mut door = Door { tx, catalogue, shapes, memory: &mut self.memory };
        let done = act(&mut door)?;
        end(door.tx)?;
        Ok(done)
    }

    /// After a roll-back, what is in memory must say again what the file says.
    fn reload(&mut self) -> Result<(), StoreError> {
        self.memory = Memory::load(&self.db)?;
        Ok(())
    }
}

impl Memory {
    fn load(db: &Connection) -> Result<Self, StoreError> {
        let mut tree = Tree::default();
        let mut rows = db.prepare_cached("SELECT id, fork, tip FROM lin").doing("preparing lineages")?;
        let mut rows = rows.query([]).doing("reading lineages")?;
        while let Some(row) = rows.next().doing("reading a lineage")? {
            let fork: Option<i64> = row.get("fork").doing("reading a lineage")?;
            let tip = row.get("tip").doing("reading a lineage")?;
            tree.set(row.get("id").doing("reading a lineage")?, Lineage { fork: fork.map(Dot::unpacked), tip });
        }
        Ok(Self {
            tree,
            terms: Terms::load(db)?,
            held: standing::limits(db)?,
            newest: newest_time(db)?,
            spoken: same::load(db)?,
            today: now::day_of(db)?,
            places: ByTerm::default(),
            columns: HashMap::new(),
        })
    }
}

/// The newest believed time: along a chain times only grow, so the ends of the chains tell.
fn newest_time(db: &Connection) -> Result<Time, StoreError> {
    let newest = db.query_row(
        "SELECT max((SELECT time FROM change
                      WHERE id BETWEEN lin.id << 32 AND (lin.id << 32) + lin.tip AND flags & 1 = 0
                      ORDER BY id DESC LIMIT 1))
           FROM lin",
        [],
        |row| row.get::<_, Option<i64>>(0),
    );
    Ok(Time(newest.doing("reading the newest time")?.and_then(|time| u64::try_from(time).ok()).unwrap_or_default()))
}

/// After a panic elsewhere the transaction was rolled back with it; the writer's memory is read again before use.
fn hold<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One opener by a lock of the operating system, which a crash releases. Whoever lets go just now is waited for: a window that
/// closes, or a program started meanwhile that holds our files for the moment before it runs.
fn lock(folder: &Path) -> Result<File, StoreError> {
    let opened = OpenOptions::new().create(true).truncate(false).write(true).open(folder.join(LOCK));
    let file = opened.map_err(|_| StoreError::ReadOnly)?;
    for _ in 0..LOCK_TRIES {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) => std::thread::sleep(LOCK_WAIT),
            Err(TryLockError::Error(error)) => return Err(StoreError::Disk(error.to_string())),
        }
    }
    Err(StoreError::OpenElsewhere)
}
