//! What is kept and passed on, and is no part of what the ledger means (decisions B15, B18).
//!
//! Two reasons, never a loss: a merge was taken back, until something builds on it; or a computer's writing counts only
//! so far, because it was revoked, or wrote what it may not. The second follows from the set of changes alone, so that
//! two who hold the same agree.

use domain::Id;

use crate::{Change, Hash};

/// How far the writing of a computer counts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Bar {
    /// The computer.
    pub replica: Id,
    /// Whose rows it writes; all of them when absent.
    pub scope: Option<Id>,
    /// The last changes that count, each with its depth, and all before them. None: nothing of it counts.
    pub until: Vec<(Hash, u32)>,
}

impl Bar {
    /// Whether it speaks of a change at all.
    pub fn holds_back(&self, change: &Change) -> bool {
        self.names(change.replica, change.scope)
    }

    /// Whether it speaks of a chain.
    pub fn names(&self, replica: Id, scope: Id) -> bool {
        self.replica == replica && self.scope.is_none_or(|one| one == scope)
    }
}
