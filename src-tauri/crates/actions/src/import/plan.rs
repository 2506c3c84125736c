//! What a workbook would do, line by line: new, changed, the same, or refused and why. Nothing is written here.

use std::collections::{BTreeSet, HashSet};

use domain::words::{self, Language};
use domain::{Id, Problem, Record, Severity};
use hashbrown::HashMap;
use sheets::letter;

use super::columns::{Aim, Columns, Role, Slot};
use super::known::{Child, Held, Known, Note, Place};
use super::layout::{Data, Table};
use super::line::{Given, ReadLine};
use super::matching::{self, Found, Line, Strength};
use super::merging::{self, Ground, Merged};
use super::{CellFinding, ImportReport};
use crate::desk::Desk;
use crate::failure::Done;
use crate::rows;
use crate::rows::draft::Typed;

/// What a line comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    New,
    Changed,
    Same,
    Refused,
}

/// A workbook on its way into the ledger.
pub(crate) struct Planner<'p> {
    pub(crate) desk: &'p Desk,
    pub(crate) ground: Ground<'p>,
    pub(crate) report: ImportReport,
    pub(crate) language: Language,
    /// The lines that are new or change something, by the row they become.
    pub(crate) lines: HashMap<Id, Place>,
    said: BTreeSet<(String, String)>,
}

/// A line of a sheet with its columns.
#[derive(Clone, Copy)]
pub(crate) struct Here<'h> {
    pub(crate) columns: &'h Columns<'h>,
    pub(crate) sheet: &'h str,
    pub(crate) data: &'h Data<'h>,
}

impl Here<'_> {
    pub(crate) fn place(&self) -> Place {
        Place { sheet: self.sheet.to_owned(), line: self.data.line.number }
    }

    fn typed(&self, column: usize) -> String {
        let cell = self.columns.all.get(column).and_then(|column| self.data.cell(column.at));
        cell.map(|cell| cell.text.clone()).unwrap_or_default().to_string()
    }

    fn letter(&self, column: usize) -> String {
        self.columns.all.get(column).and_then(|column| u32::try_from(column.at).ok()).map(letter).unwrap_or_default()
    }

    fn head(&self, column: usize) -> String {
        self.columns.all.get(column).map(|column| column.head.clone()).unwrap_or_default()
    }

    /// The column a problem with a row's field is about.
    pub(crate) fn column_of(&self, slot: usize, field: &str) -> Option<usize> {
        self.columns.all.iter().position(|column| match &column.aim {
            Aim::Field { slot: one, field: target, .. } => *one == slot && target.key == field,
            _ => false,
        })
    }
}

impl<'p> Planner<'p> {
    pub(crate) fn new(desk: &'p Desk, ground: Ground<'p>) -> Self {
        let (report, language) = (ImportReport::default(), desk.language());
        Self { desk, ground, report, language, lines: HashMap::new(), said: BTreeSet::new() }
    }

    /// Names the columns whose cells are kept beside the rows.
    pub(crate) fn note_unrecognised(&mut self, columns: &Columns<'_>, table: &Table<'_>) {
        let filled = |at: usize| table.data.iter().any(|data| data.cell(at).is_some());
        for column in columns.all.iter().filter(|column| matches!(column.aim, Aim::Kept) && filled(column.at)) {
            let letter = u32::try_from(column.at).map(letter).unwrap_or_default();
            let name = if column.head.is_empty() { letter } else { column.head.clone() };
            if !self.report.kept.contains(&name) {
                self.report.kept.push(name);
            }
        }
    }

    /// A line that becomes, or changes, a row that belongs to no other.
    pub(crate) fn line(&mut self, known: &mut Known<'_>, here: Here<'_>, mut read: ReadLine) -> Done<Verdict> {
        let before = self.report.findings.len();
        if read.as_written(0) {
            let row = match self.found(known, &here, &read)? {
                (_, Found::One(at, ..)) => known.child(at).map(|child| &child.own.row),
                (_, Found::Nobody(_) | Found::Refused(_)) => None,
            };
            read.settle(0, row);
        }
        let (id, found) = self.found(known, &here, &read)?;
        let (at, mut verdict, doubts) = match found {
            Found::One(at, _, doubts) => (at, Verdict::Same, doubts),
            Found::Nobody(doubts) => (known.begin(id.unwrap_or_else(|| self.desk.new_id())), Verdict::New, doubts),
            Found::Refused(problem) => {
                self.tell(&here, here.column_of(0, &problem.field), &problem);
                return Ok(self.count(Verdict::Refused));
            }
        };
        self.tell_all(&here, doubts.into_iter().map(|problem| (here.column_of(0, &problem.field), problem)));
        let contested = std::mem::take(&mut known.contested);
        let record = known.record;
        let done = match known.children.get_mut(at) {
            Some(child) => self.fill(child, record, &here, (&mut read, &contested)),
            None => Ok(false),
        };
        known.contested = contested;
        if done? && verdict == Verdict::Same {
            verdict = Verdict::Changed;
        }
        if verdict == Verdict::New && !self.can_stand(known, at, &here) {
            return Ok(self.count(Verdict::Refused));
        }
        known.index(at);
        let student = known.child(at).map(|child| child.own.id);
        self.belongs_to(before, student);
        self.stands(student, verdict, &here);
        Ok(self.count(verdict))
    }

    /// A line became a row, or changes one.
    pub(crate) fn stands(&mut self, row: Option<Id>, verdict: Verdict, here: &Here<'_>) {
        if let (Some(row), Verdict::New | Verdict::Changed) = (row, verdict) {
            self.lines.entry(row).or_insert_with(|| here.place());
        }
    }

    /// Whom a line speaks of, and the id of the row if its natural key says it.
    fn found(&self, known: &Known<'_>, here: &Here<'_>, read: &ReadLine) -> Done<(Option<Id>, Found)> {
        Ok(match self.natural(known, read)? {
            None => (None, whom(known, here, read)),
            Some((id, Some(at))) => (Some(id), Found::One(at, Strength::Sure, vec![])),
            Some((id, None)) => (Some(id), Found::Nobody(vec![])),
        })
    }

    /// What a natural key says of the row that a line speaks of: its id if it is made, and where it stands if it is there.
    fn natural(&self, known: &Known<'_>, read: &ReadLine) -> Done<Option<(Id, Option<usize>)>> {
        if known.record.key.is_empty() {
            return Ok(None);
        }
        let session = self.desk.opened()?;
        let setting = rows::setting(self.desk, &session, self.ground.view);
        let given = read.given.first().into_iter().flatten();
        let mut values = given.map(|(key, (value, _))| (key.clone(), Some(value.clone()))).collect();
        setting.fill_defaults(known.record, &mut values)?;
        let row = values.iter().filter_map(|(key, value)| Some((key.clone(), value.clone()?))).collect();
        let id = setting.id_of(known.record, &Typed { values, problems: vec![] })?;
        Ok(Some((id, known.with_key(&row))))
    }

    /// Gives a line's values to a child and to the rows beside it; tells whether anything changes.
    fn fill(
        &mut self,
        child: &mut Child,
        record: &Record,
        here: &Here<'_>,
        (read, contested): (&mut ReadLine, &HashSet<(Id, String)>),
    ) -> Done<bool> {
        let contested = merging::Contested(contested);
        let earlier = child.from.clone();
        let earlier = earlier.as_ref().map(|place| (place.sheet.as_str(), place.line));
        let mut changed = false;
        let mut left: Vec<(usize, usize, Problem)> = std::mem::take(&mut read.unread);
        for (at, (slot, given)) in here.columns.slots.iter().zip(std::mem::take(&mut read.given)).enumerate() {
            let merged = match &slot.role {
                Role::Own => self.ground.merge(record, &mut child.own, given, (&contested, earlier))?,
                Role::Beside(nth) if !given.is_empty() => {
                    self.beside(child, slot, *nth, (given, &contested, earlier))?
                }
                Role::Beside(_) | Role::Owner(_) | Role::Named(_) => continue,
            };
            changed |= merged.changed;
            left.extend(merged.left.into_iter().map(|(column, problem)| (at, column, problem)));
            self.tell_all(here, merged.doubts);
        }
        left.retain(|(slot, column, problem)| {
            let role = here.columns.slots.get(*slot).map(|slot| &slot.role);
            let text = here.typed(*column);
            role != Some(&Role::Own)
                || !self.ground.shows(record, &child.own, &problem.field, super::texts::trimmed(&text))
        });
        self.tell_all(
            here,
            std::mem::take(&mut read.doubts).into_iter().map(|(column, problem)| (Some(column), problem)),
        );
        for (_, column, problem) in &left {
            self.tell(here, Some(*column), problem);
        }
        let unread: Vec<usize> = left.iter().map(|(_, column, _)| *column).collect();
        changed |= self.note(child, here, &read.kept, &unread);
        if child.from.is_none() {
            child.from = Some(here.place());
        }
        Ok(changed)
    }

    fn beside(
        &self,
        child: &mut Child,
        slot: &Slot<'_>,
        nth: usize,
        (mut given, contested, earlier): (Given, &merging::Contested<'_>, merging::Earlier<'_>),
    ) -> Done<Merged> {
        let column = given.values().map(|(_, column)| *column).next().unwrap_or_default();
        let found = merging::beside_of(&child.beside, slot.record, nth, &given);
        for (key, value) in &slot.says {
            given.entry(key.clone()).or_insert_with(|| (value.clone(), column));
        }
        let at = found.unwrap_or_else(|| {
            child.beside.push((slot.record.record.clone(), Held::new(self.desk.new_id())));
            child.beside.len() - 1
        });
        match child.beside.get_mut(at) {
            Some((_, held)) => self.ground.merge(slot.record, held, given, (contested, earlier)),
            None => Ok(Merged::default()),
        }
    }

    /// Keeps what the known columns did not take; tells whether that is news.
    pub(crate) fn note(&self, child: &mut Child, here: &Here<'_>, kept: &[usize], unread: &[usize]) -> bool {
        if kept.is_empty() && unread.is_empty() {
            return false;
        }
        let line = |column: &usize, with_letter: bool| {
            let (head, letter) = (here.head(*column), here.letter(*column));
            let name = match (head.is_empty(), with_letter) {
                (true, _) => letter,
                (false, true) => format!("{head} ({letter})"),
                (false, false) => head,
            };
            format!("{name}：{}", here.typed(*column))
        };
        let text = |columns: &[usize], with_letter: bool| {
            columns.iter().map(|column| line(column, with_letter)).collect::<Vec<_>>().join("\n")
        };
        let (kept, unread) = (text(kept, false), text(unread, true));
        let is_new = child.notes.insert((kept.clone(), unread.clone()));
        if is_new {
            child.new_notes.push(Note { place: here.place(), kept, unread });
        }
        is_new
    }

    /// A new row without what it cannot do without is not made.
    fn can_stand(&mut self, known: &mut Known<'_>, at: usize, here: &Here<'_>) -> bool {
        let Some(child) = known.child(at) else { return false };
        let missing = known
            .record
            .stored()
            .find(|field| field.required == Some(Severity::Block) && !child.own.row.contains_key(&field.key));
        let Some(field) = missing else { return true };
        let rule = if Some(field.key.as_str()) == known.identity.name { "nobody" } else { "required" };
        let problem = Problem::block(&field.key, rule);
        self.tell(here, here.column_of(0, &field.key), &problem);
        known.children.truncate(at);
        false
    }

    pub(crate) fn tell_all(&mut self, here: &Here<'_>, problems: impl IntoIterator<Item = (Option<usize>, Problem)>) {
        for (column, problem) in problems {
            self.tell(here, column, &problem);
        }
    }

    /// Adds a finding. A school that is not known is told once, not on each of its lines.
    pub(crate) fn tell(&mut self, here: &Here<'_>, column: Option<usize>, problem: &Problem) {
        let typed = column.map(|column| here.typed(column)).unwrap_or_default();
        if problem.rule == "school_unknown" && !self.said.insert((here.sheet.to_owned(), typed.clone())) {
            return;
        }
        self.report.findings.push(CellFinding {
            sheet: here.sheet.to_owned(),
            row: here.data.line.number,
            column: column.map(|column| here.letter(column)).unwrap_or_default(),
            head: column.map(|column| here.head(column)).unwrap_or_default(),
            typed,
            reason: words::problem(self.language, problem),
            severity: problem.severity,
            student: None,
        });
    }

    /// The findings of a line are about a row that is, or will be, in the ledger.
    pub(crate) fn belongs_to(&mut self, first: usize, student: Option<Id>) {
        for finding in self.report.findings.iter_mut().skip(first) {
            finding.student = student;
        }
    }

    pub(crate) fn count(&mut self, verdict: Verdict) -> Verdict {
        self.report.rows += 1;
        match verdict {
            Verdict::New => self.report.new += 1,
            Verdict::Changed => self.report.changed += 1,
            Verdict::Same => self.report.same += 1,
            Verdict::Refused => self.report.refused += 1,
        }
        verdict
    }
}

/// Whom a line speaks of; two lines of one sheet that only a class or a telephone number would join are told apart.
fn whom(known: &Known<'_>, here: &Here<'_>, read: &ReadLine) -> Found {
    let none = Given::new();
    let line = Line {
        own: read.given.first().unwrap_or(&none),
        phones: read.given.iter().flat_map(matching::phones).collect(),
    };
    let found = matching::find(known, &line);
    let Found::One(at, Strength::Likely, _) = &found else { return found };
    let from = known.child(*at).and_then(|child| child.from.as_ref());
    match from.filter(|from| from.sheet == here.sheet) {
        Some(from) => {
            Found::Refused(Problem::block(known.identity.name.unwrap_or_default(), "twice").with("line", from.line))
        }
        None => found,
    }
}
