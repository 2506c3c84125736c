//! What a line gives to a row: new values beside old ones, nothing cleared, nothing overwritten unseen.

use domain::check::{Frame, Rule};
use domain::machine::Step;
use domain::{Catalogue, Date, Id, Keyed, Problem, Record, Severity, Value, check, search_key, show};
use store::View;

use super::known::{Held, Known, is_alike};
use super::line::Given;
use super::texts::trimmed;
use crate::failure::Done;

/// What became of a line's values for one row.
#[derive(Default)]
pub(crate) struct Merged {
    /// Whether the row changes.
    pub(crate) changed: bool,
    /// Values that were not taken: column and why.
    pub(crate) left: Vec<(usize, Problem)>,
    /// Values that were taken and want a look: column, if one gave it, and why.
    pub(crate) doubts: Vec<(Option<usize>, Problem)>,
}

/// What merging needs to know of the ledger.
#[derive(Clone, Copy)]
pub(crate) struct Ground<'g> {
    pub(crate) catalogue: &'g Catalogue,
    pub(crate) view: View<'g>,
    pub(crate) today: Date,
    /// What the rules go by.
    pub(crate) frame: Frame<'g>,
}

/// Who else spoke of the row in this import: sheet and line.
pub(crate) type Earlier<'e> = Option<(&'e str, u32)>;

impl Ground<'_> {
    /// Gives a line's values to a row. `earlier`: the line of this workbook that spoke of it before.
    pub(crate) fn merge(
        &self,
        record: &Record,
        held: &mut Held,
        given: Given,
        (known, earlier): (&Contested<'_>, Earlier<'_>),
    ) -> Done<Merged> {
        if !held.on_file && held.row.is_empty() {
            return Ok(self.begin(record, held, given));
        }
        let mut merged = Merged::default();
        let mut taken = Taken::new();
        for (key, (value, column)) in given {
            let standing = held.row.get(key.as_str());
            if self.says_the_same(record, &key, standing, &value) || self.overruled(record, held, &key, &value)? {
                continue;
            }
            if known.holds(held.id, &key) {
                merged.left.push((column, Problem::block(&key, "in_conflict")));
                continue;
            }
            let written_here = !held.on_file || held.fresh.contains(&key);
            if let (Some((sheet, line)), true, true) = (earlier, written_here, standing.is_some()) {
                let problem = Problem::block(&key, "differs_in_file").with("sheet", sheet).with("line", line);
                merged.left.push((column, problem));
                continue;
            }
            taken.insert(key.clone(), (held.row.insert(key.clone(), value), column));
            held.fresh.insert(key);
        }
        merged.changed = !taken.is_empty();
        if merged.changed {
            let mut problems = self.refused(record, held, &taken);
            problems.extend(self.problems(record, held));
            weigh(problems, held, taken, &mut merged);
        }
        Ok(merged)
    }

    /// A row that nothing is known of yet takes everything a line says.
    fn begin(&self, record: &Record, held: &mut Held, given: Given) -> Merged {
        let mut columns = Vec::with_capacity(given.len());
        let values = given.into_iter().map(|(key, (value, column))| {
            columns.push(column);
            (key, value)
        });
        held.row = values.collect();
        let mut merged = Merged { changed: !columns.is_empty(), ..Merged::default() };
        let step = Step { before: None, after: &held.row, why: None };
        let mut problems = check::refuse_locked(self.frame.settings, record, step);
        problems.extend(self.problems(record, held));
        if merged.changed && !problems.is_empty() {
            let taken = held.row.keys().cloned().zip(columns).map(|(key, column)| (key, (None, column))).collect();
            weigh(problems, held, taken, &mut merged);
        }
        merged
    }

    fn problems(&self, record: &Record, held: &Held) -> Vec<Problem> {
        check::check_in(self.frame, record, &held.row)
    }

    /// What cannot be taken because of how the row stands: a state that may not follow, a threshold bound from above.
    fn refused(&self, record: &Record, held: &Held, taken: &Taken) -> Vec<Problem> {
        let looks_back = |rule: &Rule| matches!(rule, Rule::Moves { .. } | Rule::Setting { .. });
        if !record.rules.iter().any(looks_back) {
            return vec![];
        }
        let mut before = held.row.clone();
        for (key, (value, _)) in taken {
            match value {
                Some(value) => before.insert(key.clone(), value.clone()),
                None => before.remove(key.as_str()),
            };
        }
        let step = Step { before: Some(&before), after: &held.row, why: None };
        let mut problems = check::refuse_moves(self.catalogue, record, step);
        problems.extend(check::refuse_locked(self.frame.settings, record, step));
        problems
    }

    /// Whether two values are the same to a reader: a name with another dot, a text with other spaces around it.
    fn says_the_same(&self, record: &Record, key: &str, standing: Option<&Value>, value: &Value) -> bool {
        match (standing, value) {
            (Some(standing), value) if standing == value => true,
            (Some(Value::Text(old)), Value::Text(new)) => {
                let named = key == "class" || record.field(key).is_some_and(|field| field.search.is_some());
                one_line_end(old) == one_line_end(new) || (named && is_alike(key, standing, Some(value)))
            }
            _ => false,
        }
    }

    /// Whether a cell shows exactly what the row holds already, though it could not be read.
    pub(crate) fn shows(&self, record: &Record, held: &Held, key: &str, text: &str) -> bool {
        let Some((field, value)) = record.field(key).zip(held.row.get(key)) else { return false };
        let shown = show::in_list(self.catalogue, Some(field), value);
        shown == text || (field.sensitive && show::masked(field, &shown) == text)
    }

    /// A field that another row overrules for now holds the value underneath already.
    fn overruled(&self, record: &Record, held: &Held, key: &str, value: &Value) -> Done<bool> {
        let Some(projection) = record.projection(key).filter(|one| one.unless.is_some() && held.on_file) else {
            return Ok(false);
        };
        let home = self.view.projected_row(held.id, projection, self.today)?;
        let (Some(home), Some(target)) = (home, self.catalogue.record(&projection.record)) else { return Ok(false) };
        let row = self.view.row_on(target, home, self.today)?;
        Ok(row.is_some_and(|(_, values)| values.get(projection.field.as_str()) == Some(value)))
    }
}

/// A text as workbooks hold it: without blanks at its ends, with one kind of line end.
fn one_line_end(text: &str) -> String {
    trimmed(text).replace("\r\n", "\n").replace('\r', "\n")
}

/// Values taken: what stood before, and the column.
type Taken = Keyed<(Option<Value>, usize)>;

/// Rules between fields: what blocks is not taken, the rest is told.
fn weigh(problems: Vec<Problem>, held: &mut Held, mut taken: Taken, merged: &mut Merged) {
    for problem in problems {
        if problem.severity != Severity::Block {
            let column = taken.get(problem.field.as_str()).map(|(_, column)| *column);
            merged.doubts.extend(column.map(|column| (Some(column), problem)));
            continue;
        }
        let Some((before, column)) = taken.remove(problem.field.as_str()) else { continue };
        held.fresh.remove(problem.field.as_str());
        match before {
            Some(value) => held.row.insert(problem.field.as_str().into(), value),
            None => held.row.remove(problem.field.as_str()),
        };
        merged.left.push((column, problem));
    }
    merged.changed = !taken.is_empty();
}

/// Fields nobody has chosen a value for.
pub(crate) struct Contested<'k>(pub(crate) &'k std::collections::HashSet<(Id, String)>);

impl Contested<'_> {
    fn holds(&self, id: Id, key: &str) -> bool {
        !self.0.is_empty() && self.0.contains(&(id, key.to_owned()))
    }
}

/// The row beside a child that a line's values speak of: by name, else by telephone or place.
pub(crate) fn beside_of(beside: &[(String, Held)], record: &Record, nth: usize, given: &Given) -> Option<usize> {
    let text = |key: &str| given.get(key).and_then(|(value, _)| value.as_text());
    let rows: Vec<(usize, &Held)> = beside
        .iter()
        .enumerate()
        .filter(|(_, (name, _))| *name == record.record)
        .map(|(at, (_, held))| (at, held))
        .collect();
    let held_text =
        |held: &Held, key: &str| held.row.get(key).and_then(Value::as_text).map(|text| search_key::fold(trimmed(text)));
    let same = |held: &Held, key: &str| text(key).is_some() && held_text(held, key) == text(key).map(search_key::fold);
    let name = record.names.first().map(String::as_str).unwrap_or_default();
    let found = match text(name) {
        Some(_) => rows.iter().find(|(_, held)| same(held, name)).or_else(|| {
            // Nobody of that name yet: a row without a name that has the same number or relation may take it.
            rows.iter()
                .find(|(_, held)| held_text(held, name).is_none() && (same(held, "phone") || same(held, "relation")))
        }),
        None => rows
            .iter()
            .find(|(_, held)| same(held, "phone"))
            .or_else(|| rows.iter().find(|(_, held)| same(held, "relation")))
            .or_else(|| rows.get(nth.saturating_sub(1)).filter(|_| text("relation").is_none())),
    };
    found.map(|(at, _)| *at)
}

/// Fields in conflict, as merging asks for them.
pub(crate) fn contested<'k>(known: &'k Known<'_>) -> Contested<'k> {
    Contested(&known.contested)
}
