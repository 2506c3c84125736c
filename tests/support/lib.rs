//! What tests share: random histories, ledgers on a floor of cost, the shop windows of `bx`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

pub mod history;
pub mod stores;
