//! Reading numbers off reports.

use actions::ReportReply;
use domain::report::Cell;

/// One number of a report, by its line and its column.
pub fn number(told: &ReportReply, line: usize, key: &str) -> i64 {
    let at = told.columns.iter().position(|column| column.key == key);
    match told.lines[line].cells[at.unwrap_or_else(|| panic!("{} has no {key}", told.report))] {
        Cell::Number { number } => number,
        Cell::Rate { .. } => panic!("{key} is a rate"),
        Cell::Untaken => panic!("{key} is not said"),
    }
}
