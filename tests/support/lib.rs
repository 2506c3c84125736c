//! What tests share: random histories, ledgers on a floor of cost, the shop windows of `bx`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]
#![allow(clippy::disallowed_methods, clippy::type_complexity)]

pub mod bx;
pub mod desks;
pub mod history;
pub mod imports;
pub mod oracle;
pub mod pages;
pub mod registers;
pub mod samples;
mod standing;
pub mod steps;
pub mod stores;
pub mod township;

/// How many cases a property is tried on: the given number, times `BAOXUE_LONG` (`make test-long` sets it).
pub fn cases(usual: u32) -> proptest::prelude::ProptestConfig {
    let factor = u32::try_from(factor()).unwrap();
    proptest::prelude::ProptestConfig { cases: usual * factor, max_shrink_iters: 2000, ..Default::default() }
}

/// How many times as much a long run tries: `BAOXUE_LONG`, or once.
pub fn factor() -> u64 {
    std::env::var("BAOXUE_LONG").ok().and_then(|factor| factor.parse().ok()).unwrap_or(1)
}
