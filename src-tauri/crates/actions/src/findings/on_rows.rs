//! What the rules of the whole ledger find on some of its rows: those of an import, of a bulk edit, of a report.

use std::collections::{HashMap, HashSet};

use domain::review::Found;
use domain::{Id, Severity};
use store::View;

use super::Finding;
use super::scan::Whole;
use crate::desk::Desk;
use crate::failure::Done;

/// What the rules between rows find on these rows and on those that belong to them, unless somebody explained it; each
/// with the row of these it is about.
pub(crate) fn together_on(desk: &Desk, view: View<'_>, rows: &HashSet<Id>) -> Done<Vec<(Id, Found)>> {
    match rows.is_empty() {
        true => Ok(Vec::new()),
        false => Ok(open(&Whole::together(desk, view)?, rows)),
    }
}

/// The same, as people read it.
pub(crate) fn spoken_on(desk: &Desk, view: View<'_>, rows: &HashSet<Id>) -> Done<Vec<Finding>> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let whole = Whole::together(desk, view)?;
    open(&whole, rows).iter().map(|(_, found)| super::finding(desk, view, &whole, found)).collect()
}

/// How many errors stand on each child of a set: those of its own row and of all that belong to it, by every rule.
pub(crate) fn errors_on(desk: &Desk, view: View<'_>, children: &HashSet<Id>) -> Done<HashMap<Id, u32>> {
    let mut errors = HashMap::new();
    if children.is_empty() {
        return Ok(errors);
    }
    for (child, found) in open(&Whole::read(desk, view, None)?, children) {
        if found.problem.severity == Severity::Error {
            *errors.entry(child).or_default() += 1;
        }
    }
    Ok(errors)
}

fn open(whole: &Whole, rows: &HashSet<Id>) -> Vec<(Id, Found)> {
    let above = |found: &Found| whole.climb(found.row).find(|at| rows.contains(at));
    let open = whole.found.iter().filter(|found| whole.note_of(found).is_none());
    open.filter_map(|found| Some((above(found)?, found.clone()))).collect()
}
