//! What is counted: reports, rates, pivots, and the lists behind each number.

pub(crate) mod coverage;
pub(crate) mod derived;
pub(crate) mod making;
pub(crate) mod named;
pub(crate) mod rates;
pub(crate) mod report_errors;
pub(crate) mod reports;
pub(crate) mod sealed;
pub(crate) mod sealing;
pub(crate) mod statistics;
