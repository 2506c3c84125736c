//! Why pages could not be made.

/// Why pages could not be made.
#[derive(Debug, thiserror::Error)]
pub enum PressError {
    /// A page shape does not hold.
    #[error("setting pages: {0}")]
    Set(String),
    /// A picture or a file could not be made of pages that were set.
    #[error("drawing pages: {0}")]
    Draw(String),
    /// There is no such page.
    #[error("no page {0}")]
    NoSuchPage(usize),
}
