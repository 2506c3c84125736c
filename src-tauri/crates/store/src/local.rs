//! What belongs to this computer alone: keys, settings, drafts, mappings, packages sent and arrived.

use domain::Id;
use oplog::Hash;
use rusqlite::{OptionalExtension, params};

use crate::error::Doing;
use crate::{Door, StoreError, View};

/// A package this computer sealed.
#[derive(Debug, Clone)]
pub struct Sent {
    /// Its number.
    pub number: u64,
    /// Its file name.
    pub file: String,
    /// The organisation it is for.
    pub recipient: Id,
    /// SHA-256 of its manifest.
    pub manifest_hash: [u8; 32],
    /// How far each chain went, as JSON.
    pub tips: String,
    /// When it was sealed, milliseconds UTC.
    pub made_ms: u64,
}

/// A package that arrived here.
#[derive(Debug, Clone)]
pub struct Arrived {
    /// Its number among those that arrived; given when it is kept.
    pub id: i64,
    /// The organisation that sent it.
    pub sender: Id,
    /// The computer that sealed it.
    pub replica: Id,
    /// Its number.
    pub number: u64,
    /// SHA-256 of its manifest.
    pub manifest_hash: [u8; 32],
    /// When it was sealed, by the sender's clock; milliseconds UTC.
    pub made_ms: u64,
    /// When it was merged, milliseconds UTC.
    pub merged_ms: u64,
    /// What came of it, as JSON.
    pub report: String,
}

fn ms(column: &str, row: &rusqlite::Row<'_>) -> rusqlite::Result<u64> {
    row.get::<_, i64>(column).map(|ms| u64::try_from(ms).unwrap_or_default())
}

impl View<'_> {
    /// A local setting or key.
    pub fn local(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let mut ask = self.db.prepare_cached("SELECT value FROM local WHERE key = ?1").doing("preparing a setting")?;
        ask.query_row([key], |row| row.get(0)).optional().doing("reading a setting")
    }

    /// The id of this copy of the ledger.
    pub fn replica(&self) -> Result<Id, StoreError> {
        let bytes = self.local("replica")?.ok_or_else(|| StoreError::Damaged("no computer id".to_owned()))?;
        Id::try_from(bytes.as_slice()).map_err(|_| StoreError::Damaged("computer id".to_owned()))
    }

    /// The lineage this copy writes for a scope.
    pub(crate) fn own_lineage(&self, scope: Id) -> Result<Option<u32>, StoreError> {
        let bytes = self.local(&format!("lineage/{scope}"))?;
        Ok(bytes.and_then(|bytes| bytes.try_into().ok()).map(u32::from_be_bytes))
    }

    /// The hash of the newest change this computer wrote for a scope: the head of its chain.
    pub fn chain_head(&self, scope: Id) -> Result<Option<Hash>, StoreError> {
        let Some(lin) = self.own_lineage(scope)? else { return Ok(None) };
        let mut ask = self.db.prepare_cached("SELECT tip_hash FROM lin WHERE id = ?1").doing("preparing a head")?;
        ask.query_row([lin], |row| row.get("tip_hash").map(Hash)).optional().doing("reading a head")
    }

    /// How many masked values people have looked at in this ledger (decisions A8).
    pub fn unmasked_count(&self) -> Result<u64, StoreError> {
        let count: i64 =
            self.db.query_row("SELECT count(*) FROM unmasked", [], |row| row.get(0)).doing("counting who looked")?;
        Ok(u64::try_from(count).unwrap_or_default())
    }

    /// What was being typed.
    pub fn draft(&self, form: &str) -> Result<Option<String>, StoreError> {
        let mut ask = self.db.prepare_cached("SELECT value FROM draft WHERE form = ?1").doing("preparing a draft")?;
        ask.query_row([form], |row| row.get(0)).optional().doing("reading a draft")
    }

    /// How a workbook's columns were understood before.
    pub fn mapping(&self, fingerprint: &str) -> Result<Option<String>, StoreError> {
        let mut ask =
            self.db.prepare_cached("SELECT value FROM mapping WHERE fingerprint = ?1").doing("preparing a mapping")?;
        ask.query_row([fingerprint], |row| row.get(0)).optional().doing("reading a mapping")
    }

    /// The packages sealed here, newest first.
    pub fn sent(&self) -> Result<Vec<Sent>, StoreError> {
        let mut ask = self
            .db
            .prepare_cached("SELECT number, file, recipient, manifest_hash, tips, made FROM sent ORDER BY number DESC")
            .doing("preparing packages")?;
        let rows = ask.query_map([], |row| {
            Ok(Sent {
                number: ms("number", row)?,
                file: row.get("file")?,
                recipient: Id::from_bytes(row.get("recipient")?),
                manifest_hash: row.get("manifest_hash")?,
                tips: row.get("tips")?,
                made_ms: ms("made", row)?,
            })
        });
        rows.and_then(Iterator::collect).doing("reading packages")
    }

    /// The packages that arrived here, newest first.
    pub fn arrived(&self) -> Result<Vec<Arrived>, StoreError> {
        let mut ask = self
            .db
            .prepare_cached(
                "SELECT id, sender, replica, number, manifest_hash, made, merged, report FROM arrived ORDER BY id DESC",
            )
            .doing("preparing packages")?;
        let rows = ask.query_map([], |row| {
            Ok(Arrived {
                id: row.get("id")?,
                sender: Id::from_bytes(row.get("sender")?),
                replica: Id::from_bytes(row.get("replica")?),
                number: ms("number", row)?,
                manifest_hash: row.get("manifest_hash")?,
                made_ms: ms("made", row)?,
                merged_ms: ms("merged", row)?,
                report: row.get("report")?,
            })
        });
        rows.and_then(Iterator::collect).doing("reading packages")
    }
}

impl Door<'_> {
    /// Keeps a local setting or key.
    pub fn set_local(&self, key: &str, value: &[u8]) -> Result<(), StoreError> {
        self.tx
            .prepare_cached("INSERT OR REPLACE INTO local (key, value) VALUES (?1, ?2)")
            .and_then(|mut keep| keep.execute(params![key, value]))
            .doing("keeping a setting")?;
        Ok(())
    }

    pub(crate) fn set_own_lineage(&self, scope: Id, lin: Option<u32>) -> Result<(), StoreError> {
        match lin {
            Some(lin) if self.view().own_lineage(scope)? != Some(lin) => {
                self.set_local(&format!("lineage/{scope}"), &lin.to_be_bytes())
            }
            _ => Ok(()),
        }
    }

    /// Keeps what is being typed; `None` forgets it.
    pub fn keep_draft(&self, form: &str, value: Option<&str>, now_ms: u64) -> Result<(), StoreError> {
        let now = i64::try_from(now_ms).unwrap_or_default();
        match value {
            Some(value) => self
                .tx
                .prepare_cached("INSERT OR REPLACE INTO draft (form, value, written) VALUES (?1, ?2, ?3)")
                .and_then(|mut keep| keep.execute(params![form, value, now])),
            None => self
                .tx
                .prepare_cached("DELETE FROM draft WHERE form = ?1")
                .and_then(|mut forget| forget.execute([form])),
        }
        .doing("keeping a draft")?;
        Ok(())
    }

    /// Forgets what was being typed about rows.
    pub fn forget_drafts(&self, rows: &[Id]) -> Result<(), StoreError> {
        for row in rows {
            self.tx
                .prepare_cached("DELETE FROM draft WHERE instr(form, ?1) OR instr(value, ?1)")
                .and_then(|mut forget| forget.execute([row.to_string()]))
                .doing("forgetting drafts")?;
        }
        Ok(())
    }

    /// Remembers how a workbook's columns are understood.
    pub fn keep_mapping(&self, fingerprint: &str, value: &str) -> Result<(), StoreError> {
        self.tx
            .prepare_cached("INSERT OR REPLACE INTO mapping (fingerprint, value) VALUES (?1, ?2)")
            .and_then(|mut keep| keep.execute([fingerprint, value]))
            .doing("keeping a mapping")?;
        Ok(())
    }

    /// Notes a package sealed here.
    pub fn keep_sent(&self, sent: &Sent) -> Result<(), StoreError> {
        let number = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
        self.tx
            .prepare_cached(
                "INSERT INTO sent (number, file, recipient, manifest_hash, tips, made) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )
            .and_then(|mut keep| {
                let made = number(sent.made_ms);
                keep.execute(params![
                    number(sent.number),
                    sent.file,
                    sent.recipient.as_bytes(),
                    sent.manifest_hash,
                    sent.tips,
                    made
                ])
            })
            .doing("noting a package")?;
        Ok(())
    }

    /// Notes a package that arrived; gives its number here.
    pub fn keep_arrived(&self, arrived: &Arrived) -> Result<i64, StoreError> {
        let number = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
        self.tx
            .prepare_cached(
                "INSERT INTO arrived (sender, replica, number, manifest_hash, made, merged, report) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )
            .and_then(|mut keep| {
                keep.execute(params![
                    arrived.sender.as_bytes(),
                    arrived.replica.as_bytes(),
                    number(arrived.number),
                    arrived.manifest_hash,
                    number(arrived.made_ms),
                    number(arrived.merged_ms),
                    arrived.report
                ])
            })
            .doing("noting a package")?;
        Ok(self.tx.last_insert_rowid())
    }

    /// Completes the report of a package that arrived.
    pub fn set_report(&self, arrived: i64, report: &str) -> Result<(), StoreError> {
        self.tx
            .execute("UPDATE arrived SET report = ?2 WHERE id = ?1", params![arrived, report])
            .doing("noting a report")?;
        Ok(())
    }

    /// Notes that a person looked at a masked value (decisions A8).
    pub fn note_unmasked(&self, who: Id, row: Id, field: &str, now_ms: u64) -> Result<(), StoreError> {
        let now = i64::try_from(now_ms).unwrap_or_default();
        self.tx
            .execute(
                "INSERT INTO unmasked (at, who, obj, field)
                 SELECT ?1, w.id, o.id, ?4 FROM obj w, obj o WHERE w.uuid = ?2 AND o.uuid = ?3",
                params![now, who.as_bytes(), row.as_bytes(), field],
            )
            .doing("noting who looked")?;
        Ok(())
    }
}
