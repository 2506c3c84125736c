//! Cases: a report comes after the discovery, and an open case is not left lying (domain.md §3.4, §9).

use chrono::Days;

use super::{Child, Found, Part, on};
use crate::case::Case;
use crate::check::Frame;
use crate::settings::Key;
use crate::{Date, Fields, Problem, Severity, Value};

pub(super) fn judge(frame: Frame<'_>, child: &Child) -> Vec<Found> {
    let mut found = Vec::new();
    for (id, row) in child.of("dropout_case") {
        let case = Case::read(row);
        let of_case = |record: &str| {
            let belongs = |(_, row): &&Part| row.get("case").and_then(Value::as_row) == Some(*id);
            child.of(record).iter().filter(belongs).collect::<Vec<_>>()
        };
        found.extend(of_case("written_report").into_iter().filter_map(|report| too_early(&case, report)));
        let tried = of_case("persuasion").into_iter().filter_map(|(_, row)| row.day("on")).max();
        found.extend(left_lying(frame, &case, tried).map(|problem| on("dropout_case", *id, problem)));
    }
    found
}

/// A written report dated before the case was found.
fn too_early(case: &Case, (id, row): &Part) -> Option<Found> {
    let (reported, discovered) = (row.day("reported_on")?, case.found_on.or(case.left_on)?);
    let problem = Problem::new("reported_on", "report_before_found", Severity::Error).with("day", discovered);
    (reported < discovered).then(|| on("written_report", *id, problem))
}

/// A child who has left, and nobody tried to bring back for longer than the setting allows.
fn left_lying(frame: Frame<'_>, case: &Case, tried: Option<Date>) -> Option<Problem> {
    let open = case.status.is_out() && case.returned_on.is_none() && case.closed_on.is_none();
    let since = tried.or(case.confirmed_on).or(case.left_on)?;
    let days = frame.settings.number(Key::GapDays);
    let due = since.checked_add_days(Days::new(u64::from(days)))?;
    let problem = Problem::new("status", "persuasion_overdue", Severity::Warning).with("since", since);
    (open && due < frame.today).then(|| problem.with("days", days))
}
