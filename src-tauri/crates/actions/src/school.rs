//! A school at work: the day, the week, cases, the roll, the turn of the year.

pub(crate) mod attendance;
pub(crate) mod cases;
pub(crate) mod duties;
pub(crate) mod notices;
pub(crate) mod responsible;
pub(crate) mod return_checks;
pub(crate) mod rollover;
pub(crate) mod to_decide;
pub(crate) mod today;
