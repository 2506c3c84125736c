//! Records and forms walked by their definitions alone: typed, changed, listed, handed out and taken in again.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use actions::ListRequest;
use actions::import::{ImportReport, ImportRequest};
use actions::lists::SheetRequest;
use domain::catalogue::Sources;
use domain::form::Medium;
use domain::{Catalogue, Field, FieldType, Form, Id, Record};
use serde_json::{Map, Value as Json, json};
use sheets::{List, ListColumn};
use store::Definitions;

use crate::desks::Office;
use crate::samples::Filler;

const KITE: &str = include_str!("../fixtures/kite.record.toml");
const KITES: &str = include_str!("../fixtures/kites.form.toml");
const KITE_TABLE: &str = include_str!("../fixtures/kite.sql");

/// The definitions that ship, with a record and a form that nobody's code has heard of.
pub fn with_kites() -> Definitions {
    let mut sources = Sources::built_in();
    sources.records.push(("kite.toml".to_owned(), KITE.to_owned()));
    sources.forms.push(("kites.toml".to_owned(), KITES.to_owned()));
    let schema = format!("{}\n{KITE_TABLE}", Definitions::built_in().schema);
    Definitions { catalogue: Arc::new(Catalogue::read(&sources).unwrap()), schema }
}

/// A row without the marks of `get`.
pub fn plain(mut row: Map<String, Json>) -> Map<String, Json> {
    row.retain(|key, _| !key.starts_with('_'));
    row
}

/// One row.
pub fn one(office: &Office, record: &Record, id: Id) -> Map<String, Json> {
    plain(office.get(&record.record, Some(id)).remove(0))
}

/// What a form lists.
pub fn listed(office: &Office, form: &Form) -> actions::ListReply {
    list(office, form, BTreeMap::new())
}

/// What a form lists of the rows that fit.
pub fn list(office: &Office, form: &Form, filters: BTreeMap<String, Option<String>>) -> actions::ListReply {
    let request = ListRequest { form: form.form.clone(), filters, order: vec![], offset: 0, limit: 500 };
    actions::list_rows(&office.desk, request).unwrap_or_else(|failure| panic!("{}: {failure:?}", form.form))
}

/// Fills a form, changes every field of it, takes the change back: at each step the row says what was typed, and history
/// tells of every field.
pub fn fill_change_undo(office: &Office, filler: &Filler<'_>, record: &Record) -> Id {
    let typed = filler.form(record, 0);
    let id = office.put(&record.record, &Json::Object(typed.clone()));
    let before = one(office, record, id);
    for (key, value) in &typed {
        assert_eq!(&before[key], value, "{}.{key}", record.record);
    }
    let mut again = filler.form(record, 1);
    again.retain(|key, _| !record.key.iter().any(|own| own == key));
    again.insert("id".to_owned(), json!(id));
    office.put(&record.record, &Json::Object(again.clone()));
    let changed = one(office, record, id);
    for (key, value) in &again {
        assert_eq!(&changed[key], value, "{}.{key} changed", record.record);
    }
    let told: BTreeSet<String> =
        actions::history(&office.desk, id).unwrap().into_iter().map(|line| line.field).collect();
    for field in record.stored() {
        assert!(told.contains(field.key.as_str()), "the history of {}.{} is told", record.record, field.key);
    }
    actions::undo(&office.desk, None).unwrap();
    assert_eq!(one(office, record, id), before, "{} as before", record.record);
    id
}

/// One more row for a form that lists some rows only.
pub fn fill_for(office: &Office, filler: &Filler<'_>, form: &Form) {
    let record = office.desk.catalogue().record(&form.record).unwrap();
    if let Some(owner) = record.owner.as_ref().and_then(|via| record.field(via)?.to.as_ref()) {
        filler.full(owner);
    }
    let mut typed = filler.form(record, 0);
    for (key, values) in &form.only {
        typed.insert(key.clone(), json!(values[0]));
    }
    // The child that others refer to is the only one: it takes what the form asks for.
    if record.owner.is_none() && filler.has(&form.record) {
        typed.retain(|key, _| form.only.contains_key(key));
        typed.insert("id".to_owned(), json!(filler.bare(&form.record)));
    }
    office.put(&form.record, &Json::Object(typed));
}

/// A form lists the rows it says it lists, and its own fields show what was typed.
pub fn lists_what_it_says(office: &Office, form: &Form) {
    let rows = office.get(&form.record, None);
    let belongs = |row: &&Map<String, Json>| {
        form.only.iter().all(|(key, values)| values.iter().any(|value| row[key] == json!(value)))
    };
    let wanted: BTreeSet<&str> = rows.iter().filter(belongs).map(|row| row["id"].as_str().unwrap()).collect();
    let list = listed(office, form);
    let shown: BTreeSet<String> = list.rows.iter().map(|row| row.id.to_string()).collect();
    assert_eq!(shown, wanted.iter().map(|id| (*id).to_owned()).collect(), "{}", form.form);
    assert!(list.total > 0, "{} lists something", form.form);
    let columns: Vec<_> = form.columns_of(Medium::Screen).collect();
    for row in &list.rows {
        assert_eq!(row.cells.len(), columns.len());
        let stored = rows.iter().find(|one| one["id"] == json!(row.id)).unwrap();
        for (cell, column) in row.cells.iter().zip(&columns) {
            let typed = column.path.own_field().is_some_and(|key| !stored[key].is_null());
            assert!(!typed || !cell.is_empty(), "{}: {} shows what was typed", form.form, column.path);
        }
    }
}

/// Rows of a form are found by what one of them holds.
pub fn finds_by_what_it_holds(office: &Office, form: &Form) {
    let record = office.desk.catalogue().record(&form.record).unwrap();
    let all = listed(office, form).rows;
    let row = one(office, record, all[0].id);
    let asked = record.fields.iter().find(|field| field.kind == FieldType::Code && row[field.key.as_str()].is_string());
    let Some(field) = asked else { return };
    let filters = BTreeMap::from([(field.key.to_string(), row[field.key.as_str()].as_str().map(str::to_owned))]);
    let found: BTreeSet<Id> = list(office, form, filters).rows.iter().map(|row| row.id).collect();
    let fits = |id: Id| one(office, record, id)[field.key.as_str()] == row[field.key.as_str()];
    let wanted: BTreeSet<Id> = all.iter().map(|row| row.id).filter(|id| fits(*id)).collect();
    assert_eq!(found, wanted, "{} by {}", form.form, field.key);
}

/// The workbook of a form, with as many rows as its list.
pub fn workbook(office: &Office, form: &Form) -> String {
    let out = office.beside(&format!("{}.xlsx", form.form));
    let request = SheetRequest { form: form.form.clone(), out: out.clone(), filters: BTreeMap::new(), masked: false };
    let written = actions::lists::write_sheet(&office.desk, request);
    let written = written.unwrap_or_else(|failure| panic!("{}: {failure:?}", form.form));
    assert_eq!(u64::from(written.rows), listed(office, form).total, "{}", form.form);
    out
}

/// What taking a workbook in would do.
pub fn rehearsed(office: &Office, record: &str, file: String) -> Result<ImportReport, actions::Failure> {
    let request = ImportRequest { file, record: record.to_owned(), sheet: None, columns: BTreeMap::new() };
    actions::import::rehearse_import(&office.desk, request)
}

/// Whether a line of a workbook can say which row it is: what names it is typed by people.
pub fn is_importable(record: &Record) -> bool {
    record.names.iter().any(|key| record.field(key).is_some_and(|field| !field.kept))
}

/// A workbook with one line that says every field of a row a person can type, and whose it is; made by hand, not by a form.
pub struct Handmade {
    heads: Vec<(String, String)>,
    cells: Vec<String>,
    said: Map<String, Json>,
}

impl Handmade {
    /// The line for a record, with the values of a filler's turn.
    pub fn of(filler: &Filler<'_>, catalogue: &Catalogue, record: &Record) -> Self {
        let typed = filler.form(record, 1);
        let mut made = Self { heads: vec![], cells: vec![], said: Map::new() };
        for field in record.fields.iter().filter(|field| !field.kept && record.owner.as_ref() != Some(&field.key)) {
            if field.kind == FieldType::File || field.to.as_deref() == Some("organisation") {
                continue;
            }
            made.heads.push((field.label.zh.clone(), field.key.to_string()));
            made.cells.push(cell(filler, field, &typed[field.key.as_str()]));
            made.said.insert(field.key.to_string(), typed[field.key.as_str()].clone());
        }
        let (mut way, mut at) = (String::new(), record);
        while let Some(via) = &at.owner {
            way.push_str(&format!("{via}."));
            at = catalogue.record(at.field(via).unwrap().to.as_deref().unwrap()).unwrap();
            let whose = filler.row(&at.record);
            let day = at.field("birth_date").map(|field| field.key.to_string());
            for name in at.names.iter().chain(&day) {
                made.heads.push((format!("{}{name}", at.title.zh), format!("{way}{name}")));
                made.cells.push(cell(filler, at.field(name).unwrap(), &whose[name]));
            }
        }
        made
    }

    /// Takes it in; the columns are understood as they are named.
    pub fn import(&self, office: &Office, record: &Record) -> ImportReport {
        let columns = self.heads.iter().map(|(head, _)| ListColumn { head: head.clone(), width_mm: None }).collect();
        let list = List {
            title: "手工表".to_owned(),
            columns,
            rows: vec![self.cells.clone()],
            marks: std::collections::BTreeMap::new(),
            landscape: false,
            paper: 9,
        };
        let file = office.beside(&format!("{}.handmade.xlsx", record.record));
        std::fs::write(&file, sheets::write(&list).unwrap()).unwrap();
        let letter = |at: usize| sheets::letter(u32::try_from(at).unwrap());
        let columns = self.heads.iter().enumerate().map(|(at, (_, path))| (letter(at), Some(path.clone()))).collect();
        let request = ImportRequest { file, record: record.record.clone(), sheet: None, columns };
        actions::import::import(&office.desk, request)
            .unwrap_or_else(|failure| panic!("{}: {failure:?}", record.record))
    }

    /// Whether a row says all that the line said, but for blanks around a text.
    pub fn is_said_by(&self, row: &Map<String, Json>) -> Result<(), String> {
        let bare = |value: &Json| value.as_str().map_or_else(|| value.clone(), |text| json!(text.trim()));
        match self.said.iter().find(|(key, value)| bare(&row[*key]) != bare(value)) {
            Some((key, value)) => Err(format!("{key}: {} instead of {value}", row[key])),
            None => Ok(()),
        }
    }
}

/// A value as a person writes it into a cell.
fn cell(filler: &Filler<'_>, field: &Field, value: &Json) -> String {
    match value {
        Json::Null => String::new(),
        Json::Array(codes) => codes.iter().map(|code| code.as_str().unwrap()).collect::<Vec<_>>().join("、"),
        Json::String(_) if field.kind == FieldType::Row => filler.name(field.to.as_deref().unwrap()),
        Json::String(text) => text.clone(),
        other => other.to_string(),
    }
}
