//! Keeping a ledger: checked, copied, restored, put away by the year, forgotten by law, reached again without its password.

pub(crate) mod archive;
pub(crate) mod backups;
pub(crate) mod care;
pub(crate) mod erasures;
pub(crate) mod recovery;
