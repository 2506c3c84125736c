//! What tests share: ledgers on a floor of cost, the shop windows of `bx`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]
#![allow(clippy::disallowed_methods, clippy::type_complexity)]

pub mod bx;
pub mod desks;
pub mod imports;
pub mod pages;
pub mod registers;
pub mod reports;
pub mod samples;
pub mod stores;
pub mod township;

/// How many cases a property on the real store is tried on: in `make test`, and in the long run (`BAOXUE_LONG`).
pub fn cases(usual: u32, long: u32) -> proptest::prelude::ProptestConfig {
    let cases = if is_long() { long } else { usual };
    proptest::prelude::ProptestConfig { cases, max_shrink_iters: 2000, ..Default::default() }
}

/// Whether this is a long run: `make test-long` sets `BAOXUE_LONG`.
pub fn is_long() -> bool {
    std::env::var_os("BAOXUE_LONG").is_some()
}
