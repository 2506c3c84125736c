//! Rows: listing, opening, saving, deleting, whatever their record.

pub(crate) mod books;
pub(crate) mod choices;
pub(crate) mod draft;
pub(crate) mod effects;
pub(crate) mod family;
pub(crate) mod filters;
pub(crate) mod find;
pub(crate) mod known;
pub(crate) mod names;
pub(crate) mod objections;
pub(crate) mod review;
pub(crate) mod rules;
pub(crate) mod saving;
pub(crate) mod trail;

use std::collections::BTreeMap;

use domain::form::Medium;
use domain::path::Path;
use domain::{Id, Problem, Record, Row, Value, show};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use store::{Act, Author, Edit, ListQuery, View};
use ts_rs::TS;

use crate::desk::{Desk, Session};
use crate::failure::{Done, Failure};
use crate::rows::draft::Setting;
pub(crate) use crate::rows::filters::{extent, filters, form_filters, own_filters};
use crate::rows::trail::Trail;

/// A window of a list.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ListRequest {
    /// The form whose columns are shown.
    pub form: String,
    /// Field → code, number or row id; `null`: empty.
    #[ts(type = "Record<string, string | null>")]
    pub filters: BTreeMap<String, Option<String>>,
    /// Fields to sort by; `-` before one reverses it.
    pub order: Vec<String>,
    /// Rows left out at the beginning.
    #[ts(type = "number")]
    pub offset: u64,
    /// Rows wanted.
    #[ts(type = "number")]
    pub limit: u64,
}

/// A list's window.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ListReply {
    /// Rows of the whole list.
    #[ts(type = "number")]
    pub total: u64,
    /// The rows of the window.
    pub rows: Vec<ListRow>,
}

/// One row of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ListRow {
    /// The row.
    pub id: Id,
    /// What its columns show, in the order of the form.
    pub cells: Vec<String>,
    /// Places among the cells whose field was filled differently while nobody has chosen.
    pub contested: Vec<usize>,
}

/// Which row.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct RowRequest {
    /// Its record.
    pub record: String,
    /// The row.
    pub id: Id,
}

/// A row opened for reading or changing.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct RowReply {
    /// The row.
    pub id: Id,
    /// What names it to people.
    pub name: String,
    /// Field → stored value.
    #[ts(type = "Record<string, unknown>")]
    pub values: Map<String, Json>,
    /// Field → what people read; sensitive fields masked.
    pub shown: BTreeMap<String, String>,
    /// Grade and class as they are spoken; empty for what sits in none.
    pub class: String,
    /// What a form that shows this row hands back when it saves.
    pub seen: String,
    /// Fields with more than one value that nobody has chosen from.
    pub conflicts: Vec<String>,
    /// Whether it was deleted by one while another wrote.
    pub in_review: bool,
    /// What is wrong with it as it stands.
    pub problems: Vec<Problem>,
    /// What schools did not agree with in it.
    pub objections: Vec<objections::ObjectionLine>,
}

/// A form to be saved or checked.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct SaveRequest {
    /// The record.
    pub record: String,
    /// The row; a new one when absent.
    pub id: Option<Id>,
    /// Field → what was typed. An absent field is left alone; `""` and `null` clear.
    #[ts(type = "Record<string, unknown>")]
    pub values: Map<String, Json>,
    /// What the form had shown.
    pub seen: Option<String>,
    /// Why.
    pub why: Option<String>,
}

/// A saved form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SaveReply {
    /// The row.
    pub id: Id,
    /// The changes made; none when everything stood so already.
    pub changes: Vec<String>,
    /// What to look at again; it is stored all the same.
    pub problems: Vec<Problem>,
}

/// Rows for the command line and for programs.
#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
pub struct GetRequest {
    /// The record.
    pub record: String,
    /// One row only.
    pub id: Option<Id>,
    /// Field and value, all of which hold.
    pub filters: Vec<(String, String)>,
    /// As it was true on this day, ISO 8601; today when absent, or the day of the seal.
    pub on: Option<String>,
    /// As it was known at this seal, the row of a sealed report; as it is known now when absent.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub at: Option<Id>,
}

/// A deletion or its reversal.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct LiveRequest {
    /// The row's record.
    pub record: String,
    /// The row.
    pub id: Id,
    /// Why.
    pub why: Option<String>,
}

/// A masked value somebody wants to see.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct RevealRequest {
    /// The row's record.
    pub record: String,
    /// The row.
    pub id: Id,
    /// The field.
    pub field: String,
}

/// A window of a form's list.
pub fn list_rows(desk: &Desk, request: ListRequest) -> Done<ListReply> {
    let session = desk.session()?;
    let form = desk.form(&request.form)?;
    let record = desk.record(&form.record)?;
    let filters = form_filters(desk, form, request.filters)?;
    let order = if request.order.is_empty() { form.order.clone() } else { request.order };
    let query = ListQuery { filters, order, offset: request.offset, limit: Some(request.limit) };
    session.store.read(|view| {
        let listed = view.list(record, &query)?;
        let trail = Trail::spoken(desk, view, desk.today());
        let paths: Vec<&Path> = form.columns_of(Medium::Screen).map(|column| &column.path).collect();
        let rows = listed
            .rows
            .into_iter()
            .zip(request.offset + 1..)
            .map(|((id, values), number)| trail.list_row((record, id, &values), &paths, number));
        Ok(ListReply { total: listed.total, rows: rows.collect::<Done<_>>()? })
    })
}

/// A row with everything a form needs.
pub fn open_row(desk: &Desk, request: RowRequest) -> Done<RowReply> {
    let session = desk.session()?;
    let record = desk.record(&request.record)?;
    let today = desk.today();
    session.store.read(|view| {
        let row = view.row(record, request.id, today)?;
        let trail = Trail::spoken(desk, view, today);
        let shown = row.values.keys().map(|key| Ok((key.to_string(), trail.masked_field(record, &row.values, key)?)));
        let shown = shown.collect::<Done<BTreeMap<String, String>>>()?;
        let said = |key: &str| shown.get(key).map(String::as_str);
        let class = domain::grade::class_spoken(said("grade"), said("class"), desk.language());
        let settings = rules::settings_for(desk, view, record)?;
        let frame = domain::check::Frame { catalogue: desk.catalogue(), settings: &settings, today };
        let mut problems = domain::check::check_in(frame, record, &row.values);
        problems.extend(review::of_row(desk, view, record, row.id)?);
        Ok(RowReply {
            id: row.id,
            name: names::name_spoken(desk, view, record, row.id)?,
            values: json_of(&row.values),
            shown,
            class,
            problems,
            objections: objections::about(desk, view, row.id)?,
            seen: row.seen,
            conflicts: row.conflicts,
            in_review: row.in_review,
        })
    })
}

/// Says what would be wrong with a form; nothing is written.
pub fn check_row(desk: &Desk, request: SaveRequest) -> Done<Vec<Problem>> {
    let session = desk.session()?;
    let record = desk.record(&request.record)?;
    session.store.read(|view| {
        let standing = standing(desk, view, record, request.id)?;
        let typed = draft::read_fields(desk.catalogue(), record, &request.values, &standing);
        let setting = Setting { why: request.why.as_deref(), ..setting(desk, &session, view) };
        setting.problems(record, request.id, &typed, &standing)
    })
}

/// Deletes a row; it can be brought back, and an edit nobody had seen keeps it visible.
pub fn delete_row(desk: &Desk, request: LiveRequest) -> Done<()> {
    set_life(desk, request, false)
}

/// Brings a deleted row back.
pub fn restore_row(desk: &Desk, request: LiveRequest) -> Done<()> {
    set_life(desk, request, true)
}

fn set_life(desk: &Desk, request: LiveRequest, lives: bool) -> Done<()> {
    let session = desk.session()?;
    let record = desk.record(&request.record)?;
    session.store.write(|door| {
        let author = Author { why: request.why, ..desk.author(&session) };
        // Rows that are one child go and come back together.
        let rows = door.view().joined(request.id)?;
        let edit = |row| Edit { record: record.record.clone(), row, act: Act::Live(lives) };
        door.save(&author, &rows.into_iter().map(edit).collect::<Vec<_>>())?;
        Ok(())
    })
}

/// Rows as JSON objects, handed over one by one.
pub fn get_rows(desk: &Desk, request: &GetRequest, mut take: impl FnMut(&Map<String, Json>) -> Done<()>) -> Done<()> {
    let session = desk.session()?;
    known::read_at(desk, &session, request.at, |desk, view| get_in(desk, view, request, &mut take))
}

fn get_in(
    desk: &Desk,
    view: View<'_>,
    request: &GetRequest,
    take: &mut impl FnMut(&Map<String, Json>) -> Done<()>,
) -> Done<()> {
    let record = desk.record(&request.record)?;
    let on = match &request.on {
        Some(day) => domain::date::parse_day(day)
            .map_err(|_| Failure::refused(vec![Problem::block("on", "not_a_date").with("typed", day)]))?,
        None => desk.today(),
    };
    let projected = |key: &str| record.projection(key).is_some();
    let (later, first): (Vec<_>, Vec<_>) =
        request.filters.iter().cloned().partition(|(key, _)| projected(key) && on != desk.today());
    let some = |(key, value): (String, String)| (key, Some(value));
    let first = filters(desk, record, first.into_iter().map(some).collect())?;
    let later = filters(desk, record, later.into_iter().map(some).collect())?;
    let ids = match request.id {
        Some(id) => vec![id],
        None => view.ids(record, &first)?,
    };
    for id in ids {
        let row = view.row(record, id, on)?;
        if !later.iter().all(|filter| filter.fits(&row.values)) {
            continue;
        }
        let mut object = json_of_all(record, &row.values);
        object.insert("id".to_owned(), row.id.to_string().into());
        object.insert("_seen".to_owned(), row.seen.into());
        if !row.conflicts.is_empty() {
            object.insert("_conflicts".to_owned(), row.conflicts.into());
        }
        take(&object)?;
    }
    Ok(())
}

/// Shows a masked value and notes who looked.
pub fn reveal(desk: &Desk, request: RevealRequest) -> Done<String> {
    let session = desk.session()?;
    let record = desk.record(&request.record)?;
    session.store.write(|door| {
        let row = door.view().row(record, request.id, desk.today())?;
        door.note_unmasked(session.who, request.id, &request.field, desk.now_ms())?;
        let value = row.values.get(request.field.as_str());
        Ok(value.map(|value| show::in_list(desk.catalogue(), record.field(&request.field), value)).unwrap_or_default())
    })
}

pub(crate) fn setting<'s>(desk: &'s Desk, session: &Session, view: View<'s>) -> Setting<'s> {
    Setting { catalogue: desk.catalogue(), view, today: desk.today(), scope: session.organisation.id, desk, why: None }
}

pub(crate) fn standing(desk: &Desk, view: View<'_>, record: &Record, id: Option<Id>) -> Done<Row> {
    match id {
        Some(id) => Ok(view.row(record, id, desk.today())?.values),
        None => Ok(Row::new()),
    }
}

fn json_of(values: &Row) -> Map<String, Json> {
    values.iter().map(|(key, value)| (key.to_string(), value.to_json())).collect()
}

/// Every field of the record, empty ones as null.
fn json_of_all(record: &Record, values: &Row) -> Map<String, Json> {
    record
        .fields
        .iter()
        .map(|field| (field.key.to_string(), values.get(&field.key).map_or(Json::Null, Value::to_json)))
        .collect()
}
