//! Whom this ledger knows, whose writing counts in it, and what the organisations above bind it to.

pub(crate) mod aloft;
pub(crate) mod authority;
pub(crate) mod directory;
pub(crate) mod enrolments;
pub(crate) mod listing;
pub(crate) mod rotation;
pub(crate) mod settings_files;
mod settings_words;
