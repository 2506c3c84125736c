//! The merge, pure: a signed, hash-chained log of changes and, for each field, the values nobody has yet replaced.
//!
//! The ledger is a function of a set of changes: merging is the union of sets, in any order, as often as one likes.
//! Causality comes from chains and from what a form showed, never from clocks. `merge.md` §2 has the reasons.
//!
//! - [`change`]: what one saved form is, and its hash.
//! - [`tree`]: lineages that fork when a disk is cloned or a backup restored, and who came before whom.
//! - [`heads`]: the one rule by which a written value replaces others.
//! - [`segment`] and [`wire`]: a run of changes as bytes; frozen, because packages merge for ever.
//! - [`admit`]: which segments may enter, and what the others wait for.
//! - [`standing`]: what is kept and does not count.
//! - [`same`]: rows that were joined because they are one child.
//! - [`memory`]: the whole ledger in memory; the fast one in `store` is compared with it.

pub mod admit;
pub mod change;
pub mod hash;
pub mod heads;
pub mod memory;
pub mod same;
pub mod segment;
pub mod standing;
pub mod time;
pub mod tree;
pub mod unwire;
pub mod wire;

pub use change::{Change, Flags, Op, Payload, Secret};
pub use hash::Hash;
pub use heads::Head;
pub use segment::{Near, Need, Segment};
pub use time::Time;
pub use tree::{Dot, Tree};

/// The name of a field on the wire and in the log: `record.field`.
pub type FieldName = domain::Text;

/// The pseudo-field that says whether a row lives: `student._life` holds 1, or 0 once deleted.
pub const LIFE: &str = "_life";

/// Whether a name (record.field) is that of a row's life.
pub fn is_life(name: &str) -> bool {
    is_of(name, LIFE)
}

/// The pseudo-field that joins a row to another that is the same child: `student._same` holds that row, or nothing.
pub const SAME: &str = "_same";

/// Whether a name (record.field) is that of a row's being one with another.
pub fn is_same(name: &str) -> bool {
    is_of(name, SAME)
}

/// Whether a name ends with this field, of whatever record.
fn is_of(name: &str, field: &str) -> bool {
    name.strip_suffix(field).is_some_and(|record| record.is_empty() || record.ends_with('.'))
}
