//! 今日: what is due, what waits, what is unfinished. Empty means done.

use domain::{Id, Value};
use serde::{Deserialize, Serialize};
use store::{Filter, ListQuery, View};
use ts_rs::TS;

use crate::desk::Desk;
use crate::failure::Done;
use crate::rows::{name_of, record};

/// What the first screen of the day shows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TodayReply {
    /// The civil day.
    pub today: String,
    /// Follow-ups agreed for a day that has come, oldest first.
    pub due: Vec<DueLine>,
    /// Follow-ups of the coming week.
    pub soon: Vec<DueLine>,
    /// Cases that are open.
    pub open_cases: Vec<DueLine>,
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

/// Follow-ups, open cases and what waits.
pub fn today(desk: &Desk, _: ()) -> Done<TodayReply> {
    let session = desk.session()?;
    let today = desk.today();
    let soon = today.checked_add_days(chrono::Days::new(SOON_DAYS)).unwrap_or(today).to_string();
    session.store.read(|view| {
        let mut follow_ups = follow_ups(desk, view)?;
        follow_ups.retain(|line| line.on <= soon);
        let (due, soon) = follow_ups.into_iter().partition(|line| line.on <= today.to_string());
        let count = |count: u64| u32::try_from(count).unwrap_or(u32::MAX);
        let students = view.list(record(desk, "student")?, &ListQuery { limit: Some(0), ..ListQuery::default() })?;
        Ok(TodayReply {
            today: today.to_string(),
            due,
            soon,
            open_cases: open_cases(desk, view)?,
            conflicts: count(view.conflict_count()?),
            students: count(students.total),
            unsent: view.unsealed()?,
            connected: session.organisation.is_above() || crate::enrolments::above(view)?.is_some(),
        })
    })
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
    session.store.read(|view| {
        let student = record(desk, "student")?;
        let grades = desk.catalogue().codes("grade");
        let mut lines = Vec::new();
        for (grade, _) in view.count_by(student, "grade", &[])? {
            let filter = Filter { field: "grade".to_owned(), is: grade.clone() };
            for (class, students) in view.count_by(student, "class", &[filter])? {
                let text = |value: &Option<Value>| value.as_ref().and_then(Value::as_text).map(str::to_owned);
                let (grade, class) = (text(&grade), text(&class));
                let name = grade.as_deref().map(|code| grades.map_or(code, |grades| grades.name(code)));
                let label = domain::grade::class_label(name, class.as_deref());
                lines.push(ClassLine { grade, class, label, students: u32::try_from(students).unwrap_or(u32::MAX) });
            }
        }
        Ok(lines)
    })
}

/// The last agreed day of each thread that names one: visits by child, attempts by case.
fn follow_ups(desk: &Desk, view: View<'_>) -> Done<Vec<DueLine>> {
    let mut lines = Vec::new();
    for definition in desk.catalogue().records().filter(|record| record.field("next_on").is_some()) {
        let Some(via) = &definition.owner else { continue };
        let mut seen = std::collections::BTreeSet::new();
        // Newest first: only the newest row of a thread can still ask for something.
        for (id, row) in view.list(definition, &ListQuery::default())?.rows {
            let Some(owner) = row.get(via).and_then(Value::as_row).filter(|owner| seen.insert(*owner)) else {
                continue;
            };
            let Some(on) = row.get("next_on").and_then(Value::as_text) else { continue };
            let text =
                ["agreed", "told"].iter().find_map(|key| row.get(*key).and_then(Value::as_text)).unwrap_or_default();
            lines.extend(due_line(desk, view, &definition.record, id, owner, on, text)?);
        }
    }
    lines.sort_by(|a, b| (&a.on, &a.name).cmp(&(&b.on, &b.name)));
    Ok(lines)
}

fn open_cases(desk: &Desk, view: View<'_>) -> Done<Vec<DueLine>> {
    let case = record(desk, "dropout_case")?;
    let mut lines = Vec::new();
    for (id, row) in view.list(case, &ListQuery::default())?.rows {
        let status = row.get("status").and_then(Value::as_text).unwrap_or_default();
        let Some(student) = row.get("student").and_then(Value::as_row) else { continue };
        if matches!(status, "closed" | "excluded") {
            continue;
        }
        let name = desk.catalogue().codes("case_status").map_or(status, |list| list.name(status));
        let on = row.get("left_on").and_then(Value::as_text).unwrap_or_default();
        lines.extend(due_line(desk, view, "dropout_case", id, student, on, name)?);
    }
    Ok(lines)
}

fn due_line(
    desk: &Desk,
    view: View<'_>,
    record_name: &str,
    row: Id,
    owner: Id,
    on: &str,
    text: &str,
) -> Done<Option<DueLine>> {
    let owner_record = view.record_of(owner)?;
    let student = match owner_record.owner.as_deref() {
        None => owner,
        Some(via) => {
            let values = view.row_on(owner_record, owner, desk.today())?.map(|(_, values)| values).unwrap_or_default();
            match values.get(via).and_then(Value::as_row) {
                Some(student) => student,
                None => return Ok(None),
            }
        }
    };
    let name = name_of(desk.catalogue(), view, record(desk, "student")?, student, desk.today())?;
    if name.is_empty() {
        return Ok(None);
    }
    let (record, text, on) = (record_name.to_owned(), text.to_owned(), on.to_owned());
    Ok(Some(DueLine { student, name, record, row, text, on }))
}
