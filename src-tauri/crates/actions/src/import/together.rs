//! What the lines of a workbook show only beside each other and beside the ledger: a number held twice, a guardian who is
//! missing, a suspension that ran out. Looked for once the rows stand, before they are kept or given up again.

use std::collections::HashSet;

use domain::words;
use domain::{Id, Record};
use hashbrown::HashMap;
use store::View;

use super::known::Place;
use super::{CellFinding, ImportReport};
use crate::desk::Desk;
use crate::failure::Done;
use crate::findings::together_on;
use crate::rows::review;

/// Adds to a report what the rules between rows find on the lines that are new or change something. What was told of a
/// line's cells is not told twice.
pub(super) fn tell(
    desk: &Desk,
    view: View<'_>,
    (record, lines): (&Record, &HashMap<Id, Place>),
    report: &mut ImportReport,
) -> Done<()> {
    let rows: HashSet<Id> = lines.keys().copied().collect();
    let mut told: HashSet<(String, u32, String)> =
        report.findings.iter().map(|one| (one.sheet.clone(), one.row, one.reason.clone())).collect();
    let mut found = Vec::new();
    for (row, one) in together_on(desk, view, &rows)? {
        let Some(place) = lines.get(&row) else { continue };
        let reason = words::problem(desk.language(), &one.problem);
        if !told.insert((place.sheet.clone(), place.line, reason.clone())) {
            continue;
        }
        let definition = desk.record(&one.record)?;
        let field = definition.field(&one.problem.field);
        let child = if record.record == "student" { Some(row) } else { review::child_above(view, record, row)? };
        found.push(CellFinding {
            sheet: place.sheet.clone(),
            row: place.line,
            column: String::new(),
            head: field.map(|field| field.label.in_language(desk.language()).to_owned()).unwrap_or_default(),
            typed: String::new(),
            reason,
            severity: one.problem.severity,
            student: child,
        });
    }
    found.sort_by(|a, b| (&a.sheet, a.row, &a.reason).cmp(&(&b.sheet, b.row, &b.reason)));
    report.findings.extend(found);
    Ok(())
}
