//! Packages, up and down: sealed, carried, looked at, taken in, acknowledged, and taken back.

pub(crate) mod acks;
mod again;
pub(crate) mod arrived;
pub(crate) mod board;
pub(crate) mod corrections;
pub(crate) mod exports;
pub(crate) mod inspections;
pub(crate) mod merge_report;
pub(crate) mod merges;
pub(crate) mod mounted;
mod opening;
pub(crate) mod receipts;
pub(crate) mod refused_rows;
pub(crate) mod repetitions;
pub(crate) mod reregister;
pub(crate) mod sticks;
pub(crate) mod taking_back;
pub(crate) mod verifying;
pub(crate) mod waiting;
