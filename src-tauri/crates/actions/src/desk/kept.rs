//! What a ledger notes for itself beside the log, as JSON: on this computer alone, and in its backups.

use serde::de::DeserializeOwned;
use store::View;

use crate::failure::{Done, Failure};

/// What was noted under a key, the default when nothing was. Errors: `damaged` when it cannot be read.
pub(crate) fn noted<T: DeserializeOwned + Default>(view: View<'_>, key: &str) -> Done<T> {
    match view.local(key)? {
        None => Ok(T::default()),
        Some(bytes) => serde_json::from_slice(&bytes).map_err(|_| unreadable(key)),
    }
}

/// The failure of a note that cannot be read.
pub(crate) fn unreadable(what: &str) -> Failure {
    Failure::new("damaged").with("cause", what)
}
