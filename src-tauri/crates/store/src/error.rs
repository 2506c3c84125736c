//! Why the ledger could not do something.

use domain::Problem;
use rusqlite::ErrorCode;

/// Why the ledger could not do something. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another program holds the ledger.
    #[error("the ledger is open elsewhere")]
    OpenElsewhere,
    /// There is no ledger in the folder.
    #[error("no ledger here")]
    NoLedger,
    /// There is one already.
    #[error("a ledger is here already")]
    LedgerExists,
    /// The key does not open the file, or its first page is damaged.
    #[error("the key does not open the ledger")]
    WrongKey,
    /// The ledger was written by a newer program; holds its schema's version.
    #[error("the ledger needs a newer program (schema {0})")]
    NewerLedger(i64),
    /// The file is damaged.
    #[error("the ledger file is damaged: {0}")]
    Damaged(String),
    /// The disk is full.
    #[error("the disk is full")]
    DiskFull,
    /// The disk or folder cannot be written.
    #[error("the ledger cannot be written")]
    ReadOnly,
    /// The disk failed to read or write.
    #[error("the disk failed: {0}")]
    Disk(String),
    /// Fields to correct, all of them at once.
    #[error("{} fields to correct", .0.len())]
    Refused(Vec<Problem>),
    /// There is no such row.
    #[error("no row {0}")]
    NoSuchRow(String),
    /// The row was deleted.
    #[error("row {0} was deleted")]
    RowDeleted(String),
    /// There is no such record.
    #[error("no record {0}")]
    NoSuchRecord(String),
    /// There is no such change, or nothing to take back.
    #[error("nothing to undo")]
    NothingToUndo,
    /// Something builds on a merge: it cannot be taken back.
    #[error("something builds on it")]
    BuiltOn,
    /// A change that somebody names as known is not in this ledger.
    #[error("what was known then is not all here")]
    NotHeld,
    /// One form writes more fields than a change can hold.
    #[error("a change of {0} fields is too large")]
    ChangeTooLarge(usize),
    /// A defect of ours.
    #[error("while {doing}: {cause}")]
    Sql {
        /// What was being done.
        doing: &'static str,
        /// What SQLite said.
        cause: rusqlite::Error,
    },
    /// A defect of ours, in words.
    #[error("{0}")]
    Defect(String),
}

/// Completes an error of SQLite with what was being done, and sorts out what a person can act on.
pub(crate) trait Doing<T> {
    /// `doing` completes “while …”.
    fn doing(self, doing: &'static str) -> Result<T, StoreError>;
}

impl<T> Doing<T> for rusqlite::Result<T> {
    fn doing(self, doing: &'static str) -> Result<T, StoreError> {
        self.map_err(|cause| match cause.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => StoreError::DiskFull,
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::CannotOpen) => StoreError::ReadOnly,
            Some(ErrorCode::DatabaseCorrupt) => StoreError::Damaged(cause.to_string()),
            Some(ErrorCode::SystemIoFailure) => StoreError::Disk(cause.to_string()),
            Some(ErrorCode::NotADatabase) => StoreError::WrongKey,
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::OpenElsewhere,
            _ => StoreError::Sql { doing, cause },
        })
    }
}
