//! Saving: one form at a time, and twenty thousand in one go.

use std::time::Duration;

use crate::bulk::ROSTER;
use crate::children;
use crate::ledgers::{self, request, save};
use crate::measure::{Table, ms, percentile, time};

/// Single forms in a large ledger; many forms in an empty one.
pub fn run(table: &mut Table) {
    let empty = ledgers::empty();
    let many = (0..ROSTER).map(|number| request("student", children::typed(number))).collect();
    let (took, ids) = time(|| save(&empty.desk, many));
    let each = took / u32::try_from(ids.len()).unwrap_or(1);
    table.note(
        &format!("{ROSTER} students saved together"),
        format!("{} ({:.1} µs each)", ms(took), each.as_secs_f64() * 1e6),
    );
    let mut times: Vec<Duration> = (0..200)
        .map(|number| time(|| save(&empty.desk, vec![request("student", children::typed(ROSTER + number))])).0)
        .collect();
    let (p50, p99) = (percentile(&mut times, 50), percentile(&mut times, 99));
    table.note(&format!("one student saved among {ROSTER}: p50, p99"), format!("{}, {}", ms(p50), ms(p99)));
}
