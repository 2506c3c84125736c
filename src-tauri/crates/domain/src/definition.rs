//! What is stored: records and their fields, as `assets/records` declares them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::check::Rule;
use crate::label::Label;
use crate::{Row, Severity, Text, Value};

/// A kind of row: one table of `schema.sql`, one file of `assets/records`.
#[derive(Debug, Clone, Deserialize, Serialize, TS)]
#[serde(deny_unknown_fields)]
#[ts(rename = "RecordDefinition")]
pub struct Record {
    /// Identifier, table and file name.
    pub record: String,
    /// What people call one row.
    pub title: Label,
    /// The law, standard, notice paragraph or page it follows.
    pub source: String,
    /// The field naming the row that this one belongs to, if it belongs to one.
    #[serde(default)]
    pub owner: Option<Text>,
    /// Further fields that list the row under the row they name: a child's absence under its class's roll call.
    #[serde(default)]
    pub also_under: Vec<Text>,
    /// The natural key, if it has one: two computers that enter the same thing make one row (decisions A5).
    #[serde(default)]
    pub key: Vec<Text>,
    /// For few eyes: every field of it is sensitive, and it is never handed out as a list (decisions D28).
    #[serde(default)]
    pub restricted: bool,
    /// Of what a teacher adds all the time, the place among the ways that stand open where the row it belongs to is shown:
    /// 1 first. What is added seldom has none, and is found among the others.
    #[serde(default)]
    pub everyday: Option<u8>,
    /// The field at which typing starts in a new row; the first empty one when absent.
    #[serde(default)]
    pub starts: Option<String>,
    /// When its rows are erased with something of the child they belong to; never when absent (decisions B13).
    #[serde(default)]
    pub erased_beside: Option<ErasedBeside>,
    /// The field that names the row of another ledger which this one repeats: what is erased there is erased here too.
    #[serde(default)]
    pub copied_from: Option<String>,
    /// Paths whose texts name a row to people.
    pub names: Vec<String>,
    /// Paths by which lists are sorted; `-` before one reverses it.
    #[serde(default)]
    pub order: Vec<String>,
    /// Headings under which the fields stand.
    #[serde(default, rename(deserialize = "group"))]
    pub groups: Vec<Group>,
    /// The stored fields, then the projections as fields.
    #[serde(rename(deserialize = "field"))]
    pub fields: Vec<Field>,
    /// Fields that live in child rows.
    #[serde(default, rename(deserialize = "projection"))]
    pub projections: Vec<Projection>,
    /// What must hold between fields.
    #[serde(default, rename(deserialize = "rule"))]
    pub rules: Vec<Rule>,
    /// How workbooks name the columns of these rows when they stand beside the row they belong to.
    #[serde(default)]
    pub beside: Vec<Beside>,
    /// The order in which fields are shown, where an organisation above chose one; as declared when empty.
    #[serde(skip)]
    #[ts(skip)]
    pub shown: Vec<Text>,
}

/// When rows go with an erasure about the child they belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ErasedBeside {
    /// Always: they repeat what was said of the child.
    Always,
    /// When the child's photos, scans and PDFs shall go too.
    Files,
}

/// Columns of a workbook that hold a row belonging to the line's own: 成员1姓名, 父亲电话.
#[derive(Debug, Clone, Deserialize, Serialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Beside {
    /// How such headers begin; what follows names the field, nothing follows: the row's name.
    pub heads: Vec<String>,
    /// Which of the rows it is, when the header says so.
    #[serde(default)]
    pub nth: Option<usize>,
    /// What the header says by itself: field → value as typed.
    #[serde(default)]
    pub says: BTreeMap<String, String>,
}

/// A heading over some fields of a form.
#[derive(Debug, Clone, Deserialize, Serialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// Identifier.
    pub key: String,
    /// The heading.
    pub label: Label,
    /// Closed until asked for: what few papers need (decisions D30).
    #[serde(default)]
    pub folded: bool,
}

/// The type of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum FieldType {
    /// One line.
    Text,
    /// Several lines.
    LongText,
    /// A day, ISO 8601.
    Date,
    /// A month, `2014-09`.
    Month,
    /// A whole number.
    Integer,
    /// A decimal number, kept as canonical text.
    Decimal,
    /// 是 1, 否 0.
    YesNo,
    /// One code of a list.
    Code,
    /// Several codes of a list.
    Codes,
    /// Another row, of the record `to`.
    Row,
    /// 证件号码; GB 11643 when the row's `id_type` is 1 or absent.
    IdNumber,
    /// 学籍号.
    StudentCode,
    /// 学校标识码.
    SchoolCode,
    /// Telephone number.
    Phone,
    /// 行政区划代码 or a place in words.
    Area,
    /// The SHA-256 of an attachment.
    File,
}

/// How a row is found by a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SearchKind {
    /// A person's name: characters, pinyin in every reading, initials.
    Name,
    /// The beginning or the last six characters of a number.
    Number,
    /// Any part of a text.
    Text,
}

/// One field of a record.
#[derive(Debug, Clone, Deserialize, Serialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// Identifier, and the column's name.
    pub key: Text,
    /// What people call it.
    pub label: Label,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: FieldType,
    /// The code list of a code.
    #[serde(default)]
    pub codes: Option<String>,
    /// Other code lists for certain values of another field: field → value → list.
    #[serde(default)]
    pub codes_when: BTreeMap<String, BTreeMap<String, String>>,
    /// The record a reference leads to.
    #[serde(default)]
    pub to: Option<String>,
    /// How much it weighs when nothing is typed.
    #[serde(default)]
    pub required: Option<Severity>,
    /// Longest text, in characters.
    #[serde(default)]
    pub max_chars: Option<u32>,
    /// Smallest and largest number.
    #[serde(default)]
    #[ts(type = "[number, number] | null")]
    pub range: Option<(i64, i64)>,
    /// Header texts met in workbooks besides the label.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Number in the national template of 72 items (domain.md §6).
    #[serde(default)]
    pub item: Option<u32>,
    /// Masked until asked for (decisions A8).
    #[serde(default)]
    pub sensitive: bool,
    /// Stored when a new row says nothing: a code, or `@organisation`, `@today`, `@school_year`, `@term`.
    #[serde(default)]
    pub default: Option<String>,
    /// Typed already when a form opens: as `default`, or `@me`, the name of who is signed in.
    #[serde(default)]
    pub suggest: Option<String>,
    /// The heading it stands under.
    #[serde(default)]
    pub group: Option<String>,
    /// Width on paper, in mm.
    #[serde(default)]
    pub width_mm: Option<u32>,
    /// How the row, or the row it belongs to, is found by it.
    #[serde(default)]
    pub search: Option<SearchKind>,
    /// A sentence below the field.
    #[serde(default)]
    pub hint: Option<Label>,
    /// Its text may repeat what other fields hold: it is erased with them where it does (decisions B13).
    #[serde(default)]
    pub repeats: bool,
    /// Not typed by people: kept by the program.
    #[serde(default)]
    pub kept: bool,
    /// Set by the catalogue when the field is a projection.
    #[serde(skip_deserializing)]
    pub projected: bool,
    /// Added by an organisation above: it has no column of its own (decisions A7).
    #[serde(skip_deserializing)]
    pub added: bool,
    /// Neither asked for nor shown any more; what was written stays in the history.
    #[serde(skip_deserializing)]
    pub hidden: bool,
}

/// A field of this record that is stored in a row belonging to it (decisions A1).
#[derive(Debug, Clone, Deserialize, Serialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Projection {
    /// Identifier on this record.
    pub key: Text,
    /// The record whose row holds it.
    pub record: String,
    /// Its field there.
    pub field: Text,
    /// What else those rows hold: field → value.
    #[serde(default, rename = "where")]
    pub only: BTreeMap<String, String>,
    /// Rows of another record that say otherwise while they last.
    #[serde(default)]
    pub unless: Option<Unless>,
    /// Its own label; else that of the field.
    #[serde(default)]
    pub label: Option<Label>,
    /// Header texts met in workbooks.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Number in the national template.
    #[serde(default)]
    pub item: Option<u32>,
    /// The heading it stands under.
    #[serde(default)]
    pub group: Option<String>,
}

/// Rows that overrule a projection while they last: an open dropout case overrules 在读.
#[derive(Debug, Clone, Deserialize, Serialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Unless {
    /// Their record.
    pub record: String,
    /// Their field that says otherwise.
    pub field: String,
    /// Their day of beginning.
    pub from: String,
    /// Their day of end.
    pub until: String,
    /// Their value → the projection's value; other values overrule nothing.
    pub says: BTreeMap<String, String>,
}

impl Record {
    /// The fields that no two rows may share, and how bad it is when they do.
    pub fn unique(&self) -> impl Iterator<Item = (&str, Severity)> {
        self.rules.iter().filter_map(|rule| match rule {
            Rule::Unique { field, severity } => Some((field.as_str(), *severity)),
            _ => None,
        })
    }

    /// A field by key, projections included.
    pub fn field(&self, key: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.key == key)
    }

    /// The fields that a row of this record holds itself: those with a column, then added ones.
    pub fn stored(&self) -> impl Iterator<Item = &Field> {
        self.fields.iter().filter(|field| !field.projected)
    }

    /// The fields with a column in this record's own table; they come first among the stored ones.
    pub fn columned(&self) -> impl Iterator<Item = &Field> {
        self.stored().filter(|field| !field.added)
    }

    /// The record with its fields in the order in which people see them.
    #[must_use]
    pub fn as_shown(&self) -> Self {
        let mut record = self.clone();
        let place = |field: &Field| self.shown.iter().position(|key| *key == field.key).unwrap_or(self.shown.len());
        record.fields.sort_by_key(place);
        record
    }

    /// The natural key of a row as text: JSON of the record's name and the key's values, `null` where nothing is typed.
    /// `None` for a record without one. A row's id is UUIDv8 from the first half of this text's SHA-256, for ever.
    pub fn natural_key(&self, row: &Row) -> Option<String> {
        let value = |key: &Text| row.get(key.as_str()).map_or(serde_json::Value::Null, Value::to_json);
        let values: Vec<serde_json::Value> = self.key.iter().map(value).collect();
        (!values.is_empty()).then(|| serde_json::json!([self.record, values]).to_string())
    }

    /// The fields that list a row under another one: its owner first.
    pub fn lists_under(&self) -> impl Iterator<Item = &str> {
        self.owner.iter().chain(&self.also_under).map(Text::as_str)
    }

    /// The projection behind a key.
    pub fn projection(&self, key: &str) -> Option<&Projection> {
        self.projections.iter().find(|projection| projection.key == key)
    }
}
