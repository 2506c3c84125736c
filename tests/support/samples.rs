//! Rows made up from definitions alone: every field filled by its type, whatever the record.

use std::cell::RefCell;
use std::collections::BTreeMap;

use domain::check::Rule;
use domain::settings::{Kind, Setting};
use domain::{Catalogue, Field, FieldType, Id, Record, Severity};
use serde_json::{Map, Value as Json, json};

use crate::desks::Office;

/// Fills forms at a desk. Rows that others refer to are made once, with what must be typed.
pub struct Filler<'o> {
    office: &'o Office,
    bare: RefCell<BTreeMap<String, Id>>,
}

impl<'o> Filler<'o> {
    /// Nothing is made yet.
    pub fn new(office: &'o Office) -> Self {
        Self { office, bare: RefCell::default() }
    }

    /// From now on this row stands for its record wherever a row refers to one.
    pub fn stands_for(&self, record: &str, id: Id) {
        self.bare.borrow_mut().insert(record.to_owned(), id);
    }

    /// A row that stands for its record from now on, with every field typed, unless one does already.
    pub fn full(&self, name: &str) -> Id {
        if let Some(id) = self.bare.borrow().get(name) {
            return *id;
        }
        let id = self.office.put(name, &Json::Object(self.form(self.catalogue().record(name).unwrap(), 0)));
        self.bare.borrow_mut().insert(name.to_owned(), id);
        id
    }

    /// The same, unless another row stands for it already.
    pub fn stands_for_first(&self, record: &str, id: Id) {
        self.bare.borrow_mut().entry(record.to_owned()).or_insert(id);
    }

    /// Whether a row stands for a record.
    pub fn has(&self, record: &str) -> bool {
        self.bare.borrow().contains_key(record)
    }

    /// The row that stands for a record, as `get` shows it.
    pub fn row(&self, record: &str) -> Map<String, Json> {
        self.office.get(record, Some(self.bare(record))).remove(0)
    }

    /// What people call the row that stands for a record.
    pub fn name(&self, record: &str) -> String {
        let request = actions::RowRequest { record: record.to_owned(), id: self.bare(record) };
        actions::open_row(&self.office.desk, request).unwrap().name
    }

    fn catalogue(&self) -> &Catalogue {
        self.office.desk.catalogue()
    }

    /// A form with every field of a record typed. Two turns differ in every field that has two values.
    pub fn form(&self, record: &Record, turn: usize) -> Map<String, Json> {
        self.fields(record, turn, |_| true)
    }

    /// The same, but for one field.
    pub fn form_without(&self, record: &Record, turn: usize, left_out: &str) -> Map<String, Json> {
        self.fields(record, turn, |field| field.key != left_out)
    }

    /// A row with no more than what must be typed.
    pub fn bare(&self, name: &str) -> Id {
        if let Some(id) = self.bare.borrow().get(name) {
            return *id;
        }
        let record = self.catalogue().record(name).unwrap();
        let values = self.fields(record, 0, |field| field.required == Some(Severity::Block));
        let id = self.office.put(name, &Json::Object(values));
        self.bare.borrow_mut().insert(name.to_owned(), id);
        id
    }

    fn fields(&self, record: &Record, turn: usize, wanted: impl Fn(&Field) -> bool) -> Map<String, Json> {
        let mut values = Map::new();
        let deciding =
            |field: &&Field| record.fields.iter().any(|other| other.codes_when.contains_key(field.key.as_str()));
        let (first, rest): (Vec<&Field>, Vec<&Field>) = record.fields.iter().partition(deciding);
        for field in first.into_iter().chain(rest).filter(|field| wanted(field)) {
            let value = self.value(field, turn, &values);
            values.insert(field.key.to_string(), value);
        }
        for rule in &record.rules {
            if let Rule::Setting { key, value } = rule {
                choose(&mut values, key, (value, turn));
            }
        }
        values
    }

    fn value(&self, field: &Field, turn: usize, typed: &Map<String, Json>) -> Json {
        let numbers = ["11010519491231002X", "440524188001010014"];
        match field.kind {
            FieldType::Text if field.key == "class" => json!((turn + 1).to_string()),
            FieldType::Text | FieldType::Area => json!(cut(field, &format!("{turn}·{}", field.label.zh))),
            FieldType::LongText => json!(format!("{turn} {}\n=1+1 𠮷䶮 '--\n", field.label.zh)),
            FieldType::Date => json!(format!("2026-0{}-1{turn}", 3 + turn)),
            FieldType::Month => json!(format!("2025-0{}", 4 + turn)),
            FieldType::Integer => json!(field.range.map_or(7, |(low, _)| low) + turn as i64),
            FieldType::Decimal => json!(["1250.5", "7"][turn % 2]),
            FieldType::YesNo => json!((turn + 1) % 2),
            FieldType::Code => json!(self.codes(field, typed)[turn]),
            FieldType::Codes => {
                let mut codes = self.codes(field, typed);
                codes.rotate_left(turn);
                codes.truncate(2);
                codes.sort();
                json!(codes)
            }
            FieldType::Row => json!(self.bare(field.to.as_deref().unwrap())),
            FieldType::IdNumber => json!(numbers[turn % 2]),
            FieldType::StudentCode => json!(format!("{}{}", ["G", "J"][turn % 2], numbers[turn % 2])),
            FieldType::SchoolCode => json!(format!("214100000{turn}")),
            FieldType::Phone => json!(format!("1640000000{turn}")),
            FieldType::File => json!(format!("{turn}").repeat(64)),
        }
    }

    fn codes(&self, field: &Field, typed: &Map<String, Json>) -> Vec<String> {
        let code_of = |key: &str| typed.get(key).and_then(Json::as_str).map(str::to_owned);
        let list = self.catalogue().list_of(field, code_of).unwrap();
        list.codes.iter().filter(|code| !code.retired).map(|code| code.code.clone()).collect()
    }
}

/// A threshold that there is, and a value in its range: the lowest at first, then one more.
fn choose(values: &mut Map<String, Json>, key: &str, (value, turn): (&str, usize)) {
    let numbers: Vec<&Setting> = Setting::all().filter(|setting| setting.kind == Kind::Number).collect();
    let chosen = [(key, numbers[turn].key.to_string()), (value, turn.to_string())];
    for (field, typed) in chosen {
        if let Some(held) = values.get_mut(field) {
            *held = json!(typed);
        }
    }
}

fn cut(field: &Field, text: &str) -> String {
    text.chars().take(field.max_chars.unwrap_or(200) as usize).collect()
}
