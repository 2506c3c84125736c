//! What a person is told when something did not go through: a code and its facts, no sentence.

use std::collections::BTreeMap;

use domain::words::{self, Facts, Language, Sentence};
use domain::{Problem, Severity};
use package::PackageError;
use press::PressError;
use serde::{Deserialize, Serialize};
use store::StoreError;
use ts_rs::TS;

/// Why an action did not go through. Nothing was written.
///
/// `assets/words/<language>/errors.json` holds two sentences per code: what happened, and what to do now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, thiserror::Error)]
#[error("{code} {facts:?}")]
pub struct Failure {
    /// The code, a key of `errors.json`.
    pub code: String,
    /// What the sentences mention.
    pub facts: BTreeMap<String, String>,
    /// Fields to correct, all of them at once, in the order of the form.
    pub fields: Vec<Problem>,
}

/// The result of an action.
pub type Done<T> = Result<T, Failure>;

impl Failure {
    /// A failure without facts.
    pub fn new(code: &str) -> Self {
        Self { code: code.to_owned(), facts: BTreeMap::new(), fields: Vec::new() }
    }

    /// Adds a fact.
    #[must_use]
    pub fn with(mut self, name: &str, fact: impl ToString) -> Self {
        self.facts.insert(name.to_owned(), fact.to_string());
        self
    }

    /// Fields to correct.
    pub fn refused(fields: Vec<Problem>) -> Self {
        Self { fields, ..Self::new("refused") }
    }

    /// A defect of ours: the cause goes to the log and into a report a person can copy.
    pub fn defect(cause: impl ToString) -> Self {
        Self::new("defect").with("cause", cause.to_string())
    }

    /// What happened, and what to do now.
    pub fn sentence(&self, language: Language) -> Sentence {
        let facts: Facts = self.facts.clone();
        words::error(language, &self.code, &facts)
    }

    /// Whether the ledger could not be opened at all.
    pub fn is_unopened(&self) -> bool {
        matches!(
            self.code.as_str(),
            "open_elsewhere"
                | "no_ledger"
                | "wrong_key"
                | "wrong_password"
                | "newer_ledger"
                | "damaged"
                | "slots_damaged"
        )
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::OpenElsewhere => Self::new("open_elsewhere"),
            StoreError::NoLedger => Self::new("no_ledger"),
            StoreError::LedgerExists => Self::new("ledger_exists"),
            StoreError::WrongKey => Self::new("wrong_key"),
            StoreError::NewerLedger(schema) => Self::new("newer_ledger").with("schema", schema),
            StoreError::Damaged(what) => Self::new("damaged").with("cause", what),
            StoreError::DiskFull => Self::new("disk_full"),
            StoreError::ReadOnly => Self::new("read_only"),
            StoreError::Disk(cause) => Self::new("disk").with("cause", cause),
            StoreError::Refused(fields) => Self::refused(fields),
            StoreError::NoSuchRow(id) => Self::new("no_such_row").with("id", id),
            StoreError::RowDeleted(id) => Self::new("row_deleted").with("id", id),
            StoreError::NoSuchRecord(record) => Self::new("no_such_record").with("record", record),
            StoreError::NothingToUndo => Self::new("nothing_to_undo"),
            StoreError::BuiltOn => Self::new("built_on"),
            StoreError::NotHeld => Self::new("seal_not_held"),
            StoreError::ChangeTooLarge(fields) => Self::new("change_too_large").with("fields", fields),
            StoreError::Sql { .. } | StoreError::Defect(_) => Self::defect(error),
        }
    }
}

impl From<PressError> for Failure {
    fn from(error: PressError) -> Self {
        match error {
            PressError::NoSuchPage(page) => Self::new("no_such_page").with("page", page),
            PressError::Set(_) | PressError::Draw(_) => Self::defect(error),
        }
    }
}

impl From<PackageError> for Failure {
    fn from(error: PackageError) -> Self {
        match error {
            PackageError::TooLarge(length) => Self::new("package_too_large").with("mb", length >> 20),
            PackageError::NotAPackage(cause) => Self::new("not_a_package").with("cause", cause),
            PackageError::Damaged(cause) => Self::new("package_damaged").with("cause", cause),
            PackageError::Disagrees(part) => Self::new("package_damaged").with("cause", part),
            PackageError::NewerFormat(format) => Self::new("newer_package").with("format", format),
            PackageError::UnknownSender(sender) => Self::new("unknown_sender").with("sender", sender),
            PackageError::RevokedSender(sender) => Self::new("revoked_sender").with("sender", sender),
            PackageError::BadSignature => Self::new("bad_signature"),
            PackageError::NotForUs => Self::new("not_for_us"),
            PackageError::WrongPassword => Self::new("wrong_password"),
            PackageError::CodeGroups(groups) => {
                let groups: Vec<String> = groups.iter().map(usize::to_string).collect();
                Self::new("code_groups").with("groups", groups.join("、"))
            }
            PackageError::CodeLength(marks) => Self::new("code_length").with("marks", marks),
            PackageError::PasswordTooShort(chars) => {
                Self::refused(vec![Problem::new("password", "password_short", Severity::Block).with("chars", chars)])
            }
            PackageError::SlotsDamaged(cause) => Self::new("slots_damaged").with("cause", cause),
            PackageError::NotThisEnrolment(cause) => Self::new("not_this_enrolment").with("cause", cause),
            PackageError::NotAReceipt(cause) => Self::new("not_a_receipt").with("cause", cause),
            PackageError::NotASettingsFile(cause) => Self::new("not_a_settings_file").with("cause", cause),
            PackageError::NoFolder(folder) => Self::new("folder_missing").with("folder", folder),
            PackageError::NoFile(file) => Self::new("file_missing").with("file", file),
            PackageError::Disk(cause) => Self::new("disk").with("cause", cause),
            PackageError::DiskFull => Self::new("disk_full"),
            PackageError::ReadOnly => Self::new("read_only"),
            PackageError::Defect(cause) => Self::defect(cause),
        }
    }
}
