//! The clock: from what the ledger says and the day it is, to what is due, when, and by which rule (domain.md §3, §10).
//!
//! Everything here is a function of facts and `today`: it gives the same answer after a dead battery, a closed computer
//! or a merge. It reminds; a person decides (decisions D29). What was entered late counts from the day it was entered,
//! and what fell due while nobody was there waits to be caught up (decisions A35). Days without lessons never count.

pub mod absence;
pub mod case;
pub mod deadline;
mod due;
#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod oracle;
pub mod recurring;
#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod stories;

pub use due::{Basis, Due, Duty, Presence, State, Ticks};
