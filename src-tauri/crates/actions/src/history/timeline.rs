//! One life, one file: every record about a child from every register by day, what is due, and the forms there are to print.

use domain::form::Layout;
use domain::{Catalogue, FieldType, Id, Record, Row, Value};
use serde::{Deserialize, Serialize};
use store::View;
use ts_rs::TS;

use crate::desk::Desk;
use crate::failure::Done;
use crate::rows::names::name_of;
use crate::rows::trail::Trail;

/// A child's life as the ledger has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TimelineReply {
    /// The child.
    pub student: Id,
    /// Every record about it, newest day first; records without a day last.
    pub lines: Vec<TimelineLine>,
    /// Days agreed or set that lie ahead or have passed without an answer, earliest first.
    pub due: Vec<TimelineDue>,
    /// Forms that can be printed about the child now.
    pub forms: Vec<FormOffer>,
}

/// One record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TimelineLine {
    /// Its record.
    pub record: String,
    /// What people call it.
    pub title: String,
    /// The row.
    pub row: Id,
    /// Its day, ISO 8601; empty when it has none.
    pub on: String,
    /// What it says, in short: up to four fields, sensitive ones masked.
    pub text: String,
}

/// A day that asks for something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TimelineDue {
    /// The record that says so.
    pub record: String,
    /// The row.
    pub row: Id,
    /// What the field is called.
    pub label: String,
    /// The day.
    pub on: String,
    /// Whether it has passed.
    pub passed: bool,
}

/// A form to print.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct FormOffer {
    /// The form.
    pub form: String,
    /// Its title.
    pub title: String,
    /// The rows it would print, one page each.
    pub ids: Vec<Id>,
}

/// Fields that a line shows at most.
const SHOWN_MAX: usize = 4;

/// Fields that name a day by which something is to be done, and what answers them in the same row.
const DUE: [(&str, &[&str]); 3] =
    [("next_on", &[]), ("due_on", &["done_on", "replied_on", "closed_on"]), ("pause_until_on", &["resume_on"])];

/// Everything about a child. Errors: `no_such_row`.
pub fn timeline(desk: &Desk, student: Id) -> Done<TimelineReply> {
    let session = desk.session()?;
    session.store.read(|view| {
        let definition = desk.record(&view.record_of(student)?.record)?;
        let mut all = Vec::new();
        gather(desk.catalogue(), view, definition, student, &mut all)?;
        let trail = Trail::spoken(desk, view, desk.today());
        let lines = all.iter().map(|(record, id, row)| line(desk, &trail, record, (*id, row)));
        let mut lines = lines.collect::<Done<Vec<_>>>()?;
        lines.sort_by(|a, b| (&b.on, &a.title, a.row).cmp(&(&a.on, &b.title, b.row)));
        let forms = forms(desk, view, (definition, student), &all)?;
        Ok(TimelineReply { student, lines, due: due(desk, &all), forms })
    })
}

type Held<'c> = (&'c Record, Id, Row);

/// The rows that belong to a row, and what belongs to those; each once.
fn gather<'c>(
    catalogue: &'c Catalogue,
    view: View<'_>,
    above: &'c Record,
    id: Id,
    all: &mut Vec<Held<'c>>,
) -> Done<()> {
    for (child, _) in catalogue.children_of(&above.record) {
        for (row, values) in view.rows_under(child, id)? {
            all.push((child, row, values));
            gather(catalogue, view, child, row, all)?;
        }
    }
    Ok(())
}

/// The day of a record: what it is sorted by, else the first day somebody typed, else that of entry.
pub(crate) fn day_of<'r>(record: &Record, row: &'r Row) -> &'r str {
    let text = |key: &str| row.get(key).and_then(Value::as_text);
    let is_day = |key: &&str| record.field(key).is_some_and(|field| field.kind == FieldType::Date);
    let order = record.order.iter().map(|path| path.trim_start_matches('-')).filter(is_day);
    let typed = record.stored().filter(|field| field.kind == FieldType::Date).map(|field| field.key.as_str());
    order.chain(typed).find_map(text).unwrap_or_default()
}

fn line(desk: &Desk, trail: &Trail<'_>, record: &Record, (id, row): (Id, &Row)) -> Done<TimelineLine> {
    let on = day_of(record, row);
    let told = record.stored().filter(|field| {
        let is_day = field.kind == FieldType::Date && row.get(&field.key).and_then(Value::as_text) == Some(on);
        !field.kept && !is_day && row.contains_key(&field.key)
    });
    let texts = told.take(SHOWN_MAX).map(|field| {
        let text = trail.masked_field(record, row, &field.key)?;
        let (label, text) = (field.label.in_language(desk.language()), text.lines().next().unwrap_or_default());
        // A code may say its label itself: 三年级 needs no 年级 before it.
        let says_it = field.kind == FieldType::Code && text.contains(label);
        Ok(if says_it { text.to_owned() } else { format!("{label} {text}") })
    });
    Ok(TimelineLine {
        record: record.record.clone(),
        title: record.title.in_language(desk.language()).to_owned(),
        row: id,
        on: on.to_owned(),
        text: texts.collect::<Done<Vec<_>>>()?.join(" · "),
    })
}

/// Days that ask for something. A day agreed in a row that a newer one has followed asks for nothing any more.
fn due(desk: &Desk, all: &[Held<'_>]) -> Vec<TimelineDue> {
    let today = desk.today().to_string();
    let newest = |record: &Record, row: &Row| {
        let owner = record.owner.as_ref().and_then(|via| row.get(via.as_str()));
        let same = all.iter().filter(|(other, _, values)| {
            other.record == record.record && record.owner.as_ref().and_then(|via| values.get(via.as_str())) == owner
        });
        same.map(|(other, _, values)| day_of(other, values)).max().unwrap_or_default().to_owned()
    };
    let mut due = Vec::new();
    for (record, id, row) in all {
        for (key, answers) in DUE {
            let day = row.get(key).and_then(Value::as_text);
            let (Some(day), Some(field)) = (day, record.field(key)) else { continue };
            let answered = answers.iter().any(|answer| row.contains_key(*answer));
            let followed = key == "next_on" && day_of(record, row) < newest(record, row).as_str();
            if !answered && !followed {
                due.push(TimelineDue {
                    record: record.record.clone(),
                    row: *id,
                    label: field.label.in_language(desk.language()).to_owned(),
                    on: day.to_owned(),
                    passed: *day < *today,
                });
            }
        }
    }
    due.sort_by(|a, b| (&a.on, a.row).cmp(&(&b.on, b.row)));
    due
}

/// Sheets and letters about the child itself and about its records.
fn forms(desk: &Desk, view: View<'_>, (own, student): (&Record, Id), all: &[Held<'_>]) -> Done<Vec<FormOffer>> {
    let organisation = desk.record("organisation")?;
    let session = desk.opened()?;
    let school = name_of(desk.catalogue(), view, organisation, session.organisation.id, desk.today())?;
    let mut offers = Vec::new();
    for form in desk.catalogue().forms().filter(|form| matches!(form.layout, Layout::Sheet | Layout::Letter)) {
        let listed = |row: &Row| {
            let holds = |(key, values): (&String, &Vec<String>)| {
                let held = row.get(key.as_str()).map(Value::as_codes).unwrap_or_default();
                values.iter().any(|value| held.contains(&value.as_str()))
            };
            form.only.iter().all(holds)
        };
        let mut ids: Vec<Id> = match form.record == own.record {
            true => vec![student],
            false => {
                let of_form = all.iter().filter(|(record, _, row)| record.record == form.record && listed(row));
                of_form.map(|(_, id, _)| *id).collect()
            }
        };
        ids.sort_unstable();
        if !ids.is_empty() {
            let title = form.title.in_language(desk.language());
            let year = domain::date::school_year(desk.today());
            offers.push(FormOffer {
                form: form.form.clone(),
                title: title.replace("{school}", &school).replace("{year}", &year),
                ids,
            });
        }
    }
    Ok(offers)
}
