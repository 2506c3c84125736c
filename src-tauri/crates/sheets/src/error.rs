//! Why a workbook could not be read or written.

use serde::{Deserialize, Serialize};

/// Why a workbook could not be read or written. Crosses from the reading process to the one that asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum SheetError {
    /// The file is not there, or the disk failed.
    #[error("{0}")]
    Disk(String),
    /// Another program holds it open.
    #[error("open elsewhere")]
    OpenElsewhere,
    /// Larger than anything a school sends; holds its size unpacked, MB.
    #[error("{0} MB unpacked")]
    TooLarge(u64),
    /// More rows, columns or cells than anything a school sends.
    #[error("too many cells")]
    TooManyCells,
    /// It asks for a password.
    #[error("protected by a password")]
    Protected,
    /// A web page or an XML file that only bears a workbook's name.
    #[error("a web page")]
    WebPage,
    /// No workbook at all.
    #[error("not a workbook")]
    NotAWorkbook,
    /// A workbook, but broken; holds what the reader says.
    #[error("damaged: {0}")]
    Damaged(String),
    /// Reading it took all the memory or time it was given.
    #[error("gave up")]
    GaveUp,
}

impl From<std::io::Error> for SheetError {
    fn from(error: std::io::Error) -> Self {
        // 32 and 33 are Windows' sharing and lock violations: the workbook is open in WPS or Excel.
        match error.raw_os_error() {
            Some(32 | 33) if cfg!(windows) => Self::OpenElsewhere,
            _ => Self::Disk(error.to_string()),
        }
    }
}
