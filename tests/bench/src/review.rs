//! 校验 over the whole ledger, and a child's page with a long life.

use std::time::Duration;

use actions::FindingsRequest;
use serde_json::json;

use crate::ledgers;
use crate::measure::{Table, median, ms, time};

/// A whole-ledger check is waited for once, not twice.
const WHOLE: Duration = Duration::from_secs(5);
/// A page opens before a person notices.
const PAGE: Duration = Duration::from_millis(100);
/// Records of a child whose life is long.
const RECORDS: u32 = 300;

/// The whole ledger by every rule; the timeline of one child.
pub fn run(table: &mut Table) {
    let ledger = ledgers::of(ledgers::large());
    let request = || FindingsRequest { limit: 50, ..FindingsRequest::default() };
    let (_, warm) = time(|| actions::findings(&ledger.desk, request()).expect("a check"));
    let (took, _) = time(|| actions::findings(&ledger.desk, request()).expect("a check"));
    let what = format!("every rule over {} children, {} rows", warm.students, warm.rows);
    table.bar(&what, ms(took), "< 5 s", took < WHOLE);

    let child = ledger.students[0];
    let visit = |number: u32| {
        let on = format!("2025-{:02}-{:02}", 1 + number / 28 % 12, 1 + number % 28);
        let values =
            json!({ "student": child, "visited_on": on, "way": "phone", "visitors": "李老师", "agreed": "按时到校" });
        ledgers::request("home_visit", values.as_object().cloned().unwrap_or_default())
    };
    ledgers::save(&ledger.desk, (0..RECORDS).map(visit).collect());
    let took = median(|| drop(actions::timeline(&ledger.desk, child).expect("a page")));
    table.bar(&format!("a child's page with {RECORDS} records"), ms(took), "< 100 ms", took < PAGE);
}
