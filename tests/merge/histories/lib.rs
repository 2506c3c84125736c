//! Random histories of several computers, and the oracle that knows what each writer had seen.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]
#![allow(clippy::disallowed_methods, clippy::type_complexity)]

pub mod history;
pub mod oracle;
pub mod site;
mod standing;
pub mod steps;
mod telling;

/// Whether this is a long run: `make test-long` sets `BAOXUE_LONG`.
pub fn is_long() -> bool {
    std::env::var_os("BAOXUE_LONG").is_some()
}

/// How many cases are tried: in `make test`, and in the long run.
pub fn counts(usual: u64, long: u64) -> u64 {
    if is_long() { long } else { usual }
}
