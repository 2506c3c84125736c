//! 今日: what is due, what waits, what is unfinished. Empty means done.

use domain::{Id, Row, Value};
use serde::{Deserialize, Serialize};
use store::View;
use ts_rs::TS;

use crate::desk::{Desk, keys};
use crate::failure::Done;
use crate::history::put_off;
use crate::rows::names::name_of;

/// What the first screen of the day shows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TodayReply {
    /// The civil day.
    pub today: String,
    /// Cases that are open; the first 60 of them.
    pub open_cases: Vec<OpenCaseLine>,
    /// How many there are.
    pub open_total: u32,
    /// Fields that were filled differently and wait for a choice, but for those put off.
    pub conflicts: u32,
    /// Children in the ledger.
    pub students: u32,
    /// Whether anything was written since the last package was sealed.
    pub unsent: bool,
    /// Whether the ledger knows the organisation above, or is one itself.
    pub connected: bool,
}

/// A case that is not at its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct OpenCaseLine {
    /// The child.
    pub student: Id,
    /// The child's name and class.
    pub name: String,
    /// The case.
    pub row: Id,
    /// How it stands, in words.
    pub status: String,
    /// The day the child left.
    pub left_on: String,
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

/// Lines of each kind that are given: more than a day's work; the totals tell the rest.
const LINES_MAX: u32 = 60;

/// Open cases and what waits.
pub fn today(desk: &Desk, _: ()) -> Done<TodayReply> {
    let session = desk.session()?;
    session.store.read(|view| {
        let (open_cases, open_total) = open_cases(desk, view)?;
        Ok(TodayReply {
            today: desk.today().to_string(),
            open_cases,
            open_total,
            conflicts: number(view.conflict_count()?.saturating_sub(put_off::count(view)? as u64)),
            students: number(view.total(desk.record("student")?, &[])?),
            unsent: view.unsealed()?,
            connected: session.organisation.is_above() || keys::above(view)?.is_some(),
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
    let student = desk.record("student")?;
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

/// Cases that are not at their end, with how many there are. Those of children no longer there say nothing.
fn open_cases(desk: &Desk, view: View<'_>) -> Done<(Vec<OpenCaseLine>, u32)> {
    let case = desk.record("dropout_case")?;
    let found = view.none_of(case, "status", &["closed", "excluded"], LINES_MAX)?;
    let names = desk.catalogue().codes("case_status");
    let text = |row: &Row, key: &str| row.get(key).and_then(Value::as_text).unwrap_or_default().to_owned();
    let (mut lines, all) = (Vec::new(), found.rows.len() as u64);
    for (row, values) in found.rows {
        let Some(student) = values.get("student").and_then(Value::as_row) else { continue };
        let name = name_of(desk.catalogue(), view, desk.record("student")?, student, desk.today())?;
        if name.is_empty() {
            continue;
        }
        let code = text(&values, "status");
        let status = names.map_or(code.as_str(), |names| names.name_in(&code, desk.language())).to_owned();
        lines.push(OpenCaseLine { student, name, row, status, left_on: text(&values, "left_on") });
    }
    let total = if found.total > all { number(found.total) } else { number(lines.len() as u64) };
    Ok((lines, total))
}
