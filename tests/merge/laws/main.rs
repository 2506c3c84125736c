//! The laws of the merge on the log in memory, on tens of thousands of random histories (merge.md §2.7).
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]
#![allow(clippy::disallowed_methods, clippy::type_complexity)]

mod laws;
mod simulator;
mod told;
