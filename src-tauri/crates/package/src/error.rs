//! Why a package, a key or a key slot was refused.

/// Why a package, a key or a key slot was refused. Nothing was read further, nothing was written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PackageError {
    /// Larger than a package may be; holds its length in bytes.
    #[error("a file of {0} bytes is no package")]
    TooLarge(u64),
    /// Not a package at all.
    #[error("not a package: {0}")]
    NotAPackage(String),
    /// Damaged or tampered with: not one byte may differ from the canonical form.
    #[error("the package is damaged: {0}")]
    Damaged(String),
    /// Written by a newer program.
    #[error("the package needs a newer program: {0}")]
    NewerFormat(String),
    /// The sending organisation is not in the directory.
    #[error("the sender {0} is not enrolled")]
    UnknownSender(String),
    /// The sender's key was revoked.
    #[error("the sender {0} is revoked")]
    RevokedSender(String),
    /// The signature does not fit.
    #[error("the signature does not fit")]
    BadSignature,
    /// Meant for somebody else.
    #[error("the package is for another organisation")]
    NotForUs,
    /// What stands outside and inside disagrees.
    #[error("inside and outside disagree: {0}")]
    Disagrees(&'static str),
    /// The password opens no slot.
    #[error("the password opens no slot")]
    WrongPassword,
    /// A recovery code was typed with these groups wrong, counted from 1.
    #[error("groups {0:?} of the recovery code are wrong")]
    CodeGroups(Vec<usize>),
    /// A recovery code was typed with too many or too few characters; holds how many.
    #[error("a recovery code of {0} characters")]
    CodeLength(usize),
    /// The password is too short; holds the least number of characters.
    #[error("a password needs {0} characters")]
    PasswordTooShort(usize),
    /// The key slots are damaged or missing.
    #[error("the key slots are damaged: {0}")]
    SlotsDamaged(String),
    /// Not an enrolment file, or not the one expected now.
    #[error("not the enrolment file expected: {0}")]
    NotThisEnrolment(String),
    /// Not a receipt.
    #[error("not a receipt: {0}")]
    NotAReceipt(String),
    /// Not a settings file, or one that nobody signed.
    #[error("not a settings file: {0}")]
    NotASettingsFile(String),
    /// The folder a file should go to is not there; holds the folder.
    #[error("there is no folder {0}")]
    NoFolder(String),
    /// The file is not there; holds its path.
    #[error("there is no file {0}")]
    NoFile(String),
    /// The stick or disk failed.
    #[error("{0}")]
    Disk(String),
    /// The stick or disk is full.
    #[error("the disk is full")]
    DiskFull,
    /// The stick or disk cannot be written.
    #[error("the disk cannot be written")]
    ReadOnly,
    /// A defect of ours.
    #[error("{0}")]
    Defect(String),
}

impl From<std::io::Error> for PackageError {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Self::DiskFull,
            std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem => Self::ReadOnly,
            _ => Self::Disk(error.to_string()),
        }
    }
}
