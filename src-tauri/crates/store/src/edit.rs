//! What people do to rows, and who does it: a form on its way in.

use domain::{Id, Keyed, Value};
use oplog::{Flags, Hash};

/// Who writes, when, and why.
#[derive(Debug, Clone)]
pub struct Author {
    /// The person.
    pub who: Id,
    /// What the computer's clock reads: milliseconds since 1970, UTC.
    pub now_ms: u64,
    /// The reason given.
    pub why: Option<String>,
    /// What kind of change it is.
    pub flags: Flags,
    /// Saved and undone together with others.
    pub batch: Option<Id>,
    /// The change this one takes back.
    pub undoes: Option<Hash>,
}

/// What a form does to one row.
#[derive(Debug, Clone)]
pub struct Edit {
    /// The row's record.
    pub record: String,
    /// The row.
    pub row: Id,
    /// What is done to it.
    pub act: Act,
}

/// What is done to a row.
#[derive(Debug, Clone)]
pub enum Act {
    /// The row is made; in whose scope.
    Make {
        /// The organisation it belongs to.
        scope: Id,
        /// Its fields.
        fields: Keyed<Option<Value>>,
    },
    /// Fields are given values.
    Write {
        /// The fields written.
        fields: Keyed<Option<Value>>,
        /// What the form showed (`_seen`); without it, what stands.
        seen: Option<String>,
    },
    /// Fields are given back several values: a choice is taken back.
    Reopen(Keyed<Vec<Option<Value>>>),
    /// The row is deleted or brought back.
    Live(bool),
    /// Everything these fields ever held is forgotten, by law: here, and wherever the change arrives.
    Erase(Vec<String>),
}

/// What came of saving.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Saved {
    /// The changes made; none when everything stood so already.
    pub changes: Vec<Hash>,
}

impl Author {
    /// A plain author.
    pub fn new(who: Id, now_ms: u64) -> Self {
        Self { who, now_ms, why: None, flags: Flags::default(), batch: None, undoes: None }
    }
}
