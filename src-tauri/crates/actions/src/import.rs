//! Reading workbooks into the ledger.

/// Workbooks read and not imported yet.
#[derive(Debug, Default)]
pub struct Readings;
