//! How columns are understood: by the vocabulary, as remembered for the same headers, as corrected now.

use std::collections::BTreeMap;

use domain::path::Path;
use oplog::Hash;
use sheets::letter;
use store::View;

use super::heads::{Meaning, Vocabulary};
use super::layout::Table;
use super::{ColumnView, SheetView};
use crate::failure::{Done, Failure};

/// Column letter → path, or nothing to keep it as an unrecognised column.
pub(crate) type Corrections = BTreeMap<String, Option<String>>;

/// The headers of a sheet by which a mapping is remembered.
pub(crate) fn fingerprint(record: &str, table: &Table<'_>) -> String {
    let heads: Vec<String> = table.heads.iter().map(|head| super::heads::reduced(&head.text())).collect();
    Hash::of(&[record.as_bytes(), b"\0", heads.join("\u{1}").as_bytes()]).hex()
}

/// How the columns of a table are understood, corrections of earlier times included.
pub(crate) fn meanings(
    view: View<'_>,
    record: &str,
    table: &Table<'_>,
    (vocabulary, corrections): (&Vocabulary<'_>, &Corrections),
) -> Done<Vec<Meaning>> {
    let mut meanings = vocabulary.understand(&table.heads);
    let remembered = remembered(view, record, table)?.unwrap_or_default();
    for (name, path) in remembered.iter().chain(corrections) {
        let at = (0..meanings.len()).find(|at| u32::try_from(*at).is_ok_and(|at| letter(at) == *name));
        let Some(meaning) = at.and_then(|at| meanings.get_mut(at)) else { continue };
        let path: Option<Path> = match path {
            Some(text) => Some(text.parse().map_err(|_| no_such_field(text))?),
            None => None,
        };
        if let Some(lost) = path.as_ref().filter(|path| !vocabulary.holds(path)) {
            return Err(no_such_field(&lost.to_string()));
        }
        meaning.path = path;
    }
    Ok(meanings)
}

fn no_such_field(path: &str) -> Failure {
    Failure::new("no_such_field").with("field", path)
}

/// How these headers were understood at an earlier import; nothing when they are new.
fn remembered(view: View<'_>, record: &str, table: &Table<'_>) -> Done<Option<Corrections>> {
    let kept = view.mapping(&fingerprint(record, table))?;
    // A mapping that a newer program remembered in another shape is forgotten, not an error.
    Ok(kept.and_then(|text| serde_json::from_str(&text).ok()))
}

/// What to remember after an import: earlier corrections and the new ones; nothing when it is remembered already.
pub(crate) fn to_remember(
    view: View<'_>,
    record: &str,
    table: &Table<'_>,
    corrections: &Corrections,
) -> Done<Option<(String, String)>> {
    let before = remembered(view, record, table)?;
    if corrections.is_empty() && before.is_some() {
        return Ok(None);
    }
    let mut all = before.unwrap_or_default();
    all.extend(corrections.clone());
    Ok(Some((fingerprint(record, table), serde_json::to_string(&all).map_err(Failure::defect)?)))
}

/// A sheet as the window shows it.
pub(crate) fn sheet_view(view: View<'_>, record: &str, table: &Table<'_>, meanings: &[Meaning]) -> Done<SheetView> {
    let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let hidden = |at: usize| table.sheet.hidden_columns.iter().any(|one| *one as usize == at);
    let columns = table.heads.iter().zip(meanings).enumerate().filter_map(|(at, (head, meaning))| {
        let cells = table.data.iter().filter_map(|data| data.cell(at));
        let samples: Vec<String> = cells.take(3).map(|cell| cell.text.to_string()).collect();
        let shown = !head.levels.is_empty() || !samples.is_empty();
        shown.then(|| ColumnView {
            letter: letter(u32::try_from(at).unwrap_or_default()),
            head: head.shown(),
            samples,
            path: meaning.path.as_ref().map(Path::to_string),
            hidden: hidden(at),
        })
    });
    Ok(SheetView {
        name: table.sheet.name.clone(),
        hidden: table.sheet.hidden,
        rows: count(table.data.len()),
        hidden_rows: count(table.data.iter().filter(|data| data.line.hidden).count()),
        title: table.title.clone(),
        known: remembered(view, record, table)?.is_some(),
        columns: columns.collect(),
    })
}
