//! 今日: what is due, what waits, what is unfinished. Empty means done.

use domain::{Id, Record, Row, Value};
use serde::{Deserialize, Serialize};
use store::{First, View};
use ts_rs::TS;

use crate::desk::Desk;
use crate::failure::Done;
use crate::rows::{name_of, record};

/// What the first screen of the day shows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TodayReply {
    /// The civil day.
    pub today: String,
    /// Follow-ups agreed for a day that has come, oldest first; the first 60 of them.
    pub due: Vec<DueLine>,
    /// How many there are.
    pub due_total: u32,
    /// Follow-ups of the coming week; the first 60 of them.
    pub soon: Vec<DueLine>,
    /// How many there are.
    pub soon_total: u32,
    /// Cases that are open; the first 60 of them.
    pub open_cases: Vec<DueLine>,
    /// How many there are.
    pub open_total: u32,
    /// Fields that were filled differently and wait for a choice.
    pub conflicts: u32,
    /// Children in the ledger.
    pub students: u32,
    /// Whether anything was written since the last package was sealed.
    pub unsent: bool,
    /// Whether the ledger knows the organisation above, or is one itself.
    pub connected: bool,
}

/// Something to do about a child.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DueLine {
    /// The child.
    pub student: Id,
    /// The child's name and class.
    pub name: String,
    /// The record it comes from.
    pub record: String,
    /// The row it comes from.
    pub row: Id,
    /// What was agreed or how the case stands, in words.
    pub text: String,
    /// The day it is due, or the day the child left.
    pub on: String,
}

/// What is being typed, to be found again after a power cut.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct DraftRequest {
    /// Names the form: record, and row when an existing one is changed.
    pub form: String,
    /// What is typed, as JSON; none forgets it.
    pub value: Option<String>,
}

/// A class and how many children it has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ClassLine {
    /// Code of the grade, if known.
    pub grade: Option<String>,
    /// The class, if known.
    pub class: Option<String>,
    /// How it is written: 三年级(1)班.
    pub label: String,
    /// Children.
    pub students: u32,
}

/// Days ahead that count as soon.
const SOON_DAYS: u64 = 7;

/// Lines of each kind that are given: more than a day's work; the totals tell the rest.
const LINES_MAX: u32 = 60;

/// Follow-ups, open cases and what waits.
pub fn today(desk: &Desk, _: ()) -> Done<TodayReply> {
    let session = desk.session()?;
    let today = desk.today();
    let soon = today.checked_add_days(chrono::Days::new(SOON_DAYS)).unwrap_or(today).to_string();
    session.store.read(|view| {
        let now = today.to_string();
        let (due, due_total) = follow_ups(desk, view, ["", &now])?;
        let (soon, soon_total) = follow_ups(desk, view, [&now, &soon])?;
        let (open_cases, open_total) = open_cases(desk, view)?;
        Ok(TodayReply {
            today: now,
            due,
            due_total,
            soon,
            soon_total,
            open_cases,
            open_total,
            conflicts: number(view.conflict_count()?),
            students: number(view.total(record(desk, "student")?, &[])?),
            unsent: view.unsealed()?,
            connected: session.organisation.is_above() || crate::enrolments::above(view)?.is_some(),
        })
    })
}

fn number(count: u64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// Keeps what is being typed.
pub fn keep_draft(desk: &Desk, request: DraftRequest) -> Done<()> {
    let session = desk.session()?;
    session.store.write(|door| Ok(door.keep_draft(&request.form, request.value.as_deref(), desk.now_ms())?))
}

/// What was being typed.
pub fn draft(desk: &Desk, form: String) -> Done<Option<String>> {
    let session = desk.session()?;
    session.store.read(|view| Ok(view.draft(&form)?))
}

/// The classes of the ledger with their numbers.
pub fn classes(desk: &Desk, _: ()) -> Done<Vec<ClassLine>> {
    let session = desk.session()?;
    session.store.read(|view| classes_in(desk, view))
}

/// The classes of a ledger that is being read.
pub(crate) fn classes_in(desk: &Desk, view: View<'_>) -> Done<Vec<ClassLine>> {
    let student = record(desk, "student")?;
    let grades = desk.catalogue().codes("grade");
    let line = |(values, students): (Vec<Option<Value>>, u64)| {
        let mut texts = values.into_iter().map(|value| value.and_then(|value| value.as_text().map(str::to_owned)));
        let (grade, class) = (texts.next().flatten(), texts.next().flatten());
        let name = grade.as_deref().map(|code| grades.map_or(code, |grades| grades.name_in(code, desk.language())));
        let label = domain::grade::class_spoken(name, class.as_deref(), desk.language());
        ClassLine { grade, class, label, students: number(students) }
    };
    Ok(view.count_by(student, &["grade", "class"], &[])?.into_iter().map(line).collect())
}

/// Days agreed in the newest row of each thread that names one, visits by child, attempts by case; how many there are.
pub(crate) fn follow_ups(desk: &Desk, view: View<'_>, between: [&str; 2]) -> Done<(Vec<DueLine>, u32)> {
    let (mut lines, mut total) = (Vec::new(), 0);
    for definition in desk.catalogue().records() {
        let found = view.newest_naming(definition, "next_on", between, LINES_MAX)?;
        let text = |row: &Row| ["agreed", "told"].iter().find_map(|key| text_of(row, key)).unwrap_or_default();
        let (some, count) = due_lines(desk, view, definition, ("next_on", &text), found)?;
        lines.extend(some);
        total += count;
    }
    lines.sort_by(|a, b| (&a.on, &a.name).cmp(&(&b.on, &b.name)));
    lines.truncate(LINES_MAX as usize);
    Ok((lines, total))
}

fn open_cases(desk: &Desk, view: View<'_>) -> Done<(Vec<DueLine>, u32)> {
    let case = record(desk, "dropout_case")?;
    let found = view.none_of(case, "status", &["closed", "excluded"], LINES_MAX)?;
    let names = desk.catalogue().codes("case_status");
    let text = |row: &Row| {
        let status = text_of(row, "status").unwrap_or_default();
        names.map_or_else(|| status.clone(), |names| names.name_in(&status, desk.language()).to_owned())
    };
    due_lines(desk, view, case, ("left_on", &text), found)
}

fn text_of(row: &Row, key: &str) -> Option<String> {
    row.get(key).and_then(Value::as_text).map(str::to_owned)
}

/// Lines about rows found: the field with the day, and what is said. Rows of children no longer there say nothing.
fn due_lines(
    desk: &Desk,
    view: View<'_>,
    definition: &Record,
    (day, text): (&str, &dyn Fn(&Row) -> String),
    found: First,
) -> Done<(Vec<DueLine>, u32)> {
    let (mut lines, all) = (Vec::new(), found.rows.len() as u64);
    for (row, values) in found.rows {
        let owner = definition.owner.as_ref().and_then(|via| values.get(via)).and_then(Value::as_row);
        let child = owner.map(|owner| child_of(desk, view, owner)).transpose()?.flatten();
        let Some((student, name)) = child else { continue };
        let on = text_of(&values, day).unwrap_or_default();
        lines.push(DueLine { student, name, record: definition.record.clone(), row, text: text(&values), on });
    }
    let total = if found.total > all { number(found.total) } else { number(lines.len() as u64) };
    Ok((lines, total))
}

/// The child a row is, or belongs to, with its name; none when the child is no longer there.
fn child_of(desk: &Desk, view: View<'_>, row: Id) -> Done<Option<(Id, String)>> {
    let definition = view.record_of(row)?;
    let student = match &definition.owner {
        None => Some(row),
        Some(via) => view
            .own_fields(definition, row, std::slice::from_ref(via))?
            .and_then(|values| values.get(via).and_then(Value::as_row)),
    };
    let Some(student) = student else { return Ok(None) };
    let name = name_of(desk.catalogue(), view, record(desk, "student")?, student, desk.today())?;
    Ok((!name.is_empty()).then_some((student, name)))
}
