//! Errors on the children that a report counts. They are seen before it is sealed, and bar it until they are mended or
//! explained (decisions A3).

use std::collections::HashSet;

use domain::Id;
use domain::words::{self, Facts};

use crate::desk::Desk;
use crate::failure::Done;
use crate::findings::errors_on;
use crate::numbers::making::{Making, OpenPoint, ReportRequest};
use crate::numbers::named::named;
use crate::rows::review;

/// What the rules find on the children counted in a report.
pub fn report_errors(desk: &Desk, request: ReportRequest) -> Done<Vec<OpenPoint>> {
    let session = desk.session()?;
    session.store.read(|view| errors(&Making::begin(desk, &session, view, &request)?))
}

/// The open point, if any child counted has an error that nobody has explained.
pub(crate) fn errors(making: &Making<'_>) -> Done<Vec<OpenPoint>> {
    let mut children: HashSet<Id> = HashSet::new();
    for row in making.setting().lists().into_iter().flat_map(|(_, columns)| columns.into_values().flatten()) {
        children.extend(review::child_above(making.view, making.view.record_of(row)?, row)?);
    }
    let errors = errors_on(making.desk, making.view, &children)?;
    if errors.is_empty() {
        return Ok(Vec::new());
    }
    let facts = Facts::from([
        ("children".to_owned(), errors.len().to_string()),
        ("count".to_owned(), errors.values().sum::<u32>().to_string()),
    ]);
    let mut ids: Vec<Id> = errors.into_keys().collect();
    ids.sort_unstable();
    let text = words::say(making.language, "reports", "open.errors", &facts);
    Ok(vec![OpenPoint { what: "errors".to_owned(), text, rows: named(making.desk, making.view, "student", ids)? }])
}
