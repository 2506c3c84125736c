//! What an organisation above adds to the definitions: fields, names, places, codes and thresholds, in one settings file
//! made by a person (decisions A7, B15; domain.md §10).
//!
//! The definitions in force are those that ship with every file laid over them, the county's last. Nothing that a file
//! no longer names is lost: a field becomes hidden, a code is no longer offered, and both stay readable.

mod apply;
mod prove;

use serde::{Deserialize, Serialize};

use crate::label::Label;
use crate::settings::Level;
use crate::{FieldType, Id};

pub use prove::Held;

/// A settings file as a person writes it, in TOML.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// What it is called: 鲁山县 2026 年秋季设置.
    pub title: String,
    /// New code lists.
    #[serde(default, rename = "list")]
    pub lists: Vec<NewList>,
    /// Codes for lists that are open, and codes that are offered no longer.
    #[serde(default, rename = "code")]
    pub codes: Vec<NewCode>,
    /// Fields added to records.
    #[serde(default, rename = "add")]
    pub added: Vec<NewField>,
    /// Fields that get another name or place, or are hidden.
    #[serde(default, rename = "field")]
    pub changed: Vec<Change>,
    /// Thresholds.
    #[serde(default, rename = "setting")]
    pub settings: Vec<Threshold>,
}

/// A name in both languages; the English one may be missing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Name {
    /// Chinese.
    #[serde(default)]
    pub zh: String,
    /// English; the Chinese one when empty.
    #[serde(default)]
    pub en: String,
}

/// A code list of the file's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewList {
    /// Its name inside the file.
    pub list: String,
    /// What people call it.
    pub label: Name,
    /// Its codes.
    #[serde(default, rename = "code")]
    pub codes: Vec<ListCode>,
}

/// A code of such a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListCode {
    /// The code.
    pub code: String,
    /// What people call it.
    pub label: Name,
    /// Read and shown, no longer offered.
    #[serde(default)]
    pub withdrawn: bool,
}

/// A code for a list that ships with the program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewCode {
    /// The list.
    pub list: String,
    /// The code: a new one, or one of the list's own that is withdrawn.
    pub code: String,
    /// What people call it.
    #[serde(default)]
    pub label: Name,
    /// Read and shown, no longer offered.
    #[serde(default)]
    pub withdrawn: bool,
}

/// A field added to a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewField {
    /// The record.
    pub record: String,
    /// Its name inside the file: small letters, digits and `_`.
    pub name: String,
    /// What people call it; the Chinese name is its header in workbooks.
    pub label: Name,
    /// `text`, `long_text`, `integer`, `decimal`, `date`, `month`, `yes_no` or `code`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The list of a code: one of the file's own, or one that ships.
    #[serde(default)]
    pub codes: Option<String>,
    /// Smallest and largest number.
    #[serde(default)]
    pub range: Option<(i64, i64)>,
    /// Longest text, in characters.
    #[serde(default)]
    pub max_chars: Option<u32>,
    /// `warning` or `error`: how much it weighs when nothing is typed.
    #[serde(default)]
    pub required: Option<String>,
    /// Masked until asked for.
    #[serde(default)]
    pub sensitive: bool,
    /// The field it stands behind.
    #[serde(default)]
    pub after: Option<String>,
    /// Further headers met in workbooks.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// A sentence below the field.
    #[serde(default)]
    pub hint: Name,
    /// The forms that show it; all of its record when empty.
    #[serde(default)]
    pub forms: Vec<String>,
    /// Width on paper, mm.
    #[serde(default)]
    pub width_mm: Option<u32>,
}

/// Another name or place for a field, or none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// The record.
    pub record: String,
    /// The field.
    pub field: String,
    /// What people call it from now on.
    #[serde(default)]
    pub label: Option<Name>,
    /// Whether it is no longer asked for or shown; what was written stays in the history.
    #[serde(default)]
    pub hide: bool,
    /// The field it stands behind from now on.
    #[serde(default)]
    pub after: Option<String>,
}

/// A threshold chosen for everybody below.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Threshold {
    /// Which one, a key of `assets/settings.toml`.
    pub key: String,
    /// Its value.
    pub value: String,
    /// Whether those below must follow it.
    #[serde(default)]
    pub locked: bool,
}

/// A file that counts here: whose it is, and what it says.
#[derive(Debug, Clone, PartialEq)]
pub struct Overlay {
    /// The organisation that signed it.
    pub by: Id,
    /// Its name.
    pub by_name: String,
    /// Its level.
    pub level: Level,
    /// Its number among the files of that organisation.
    pub number: u64,
    /// What it says.
    pub document: Document,
}

impl Document {
    /// Reads a file. Errors: the line, from 1, and the reader's own words.
    pub fn read(text: &str) -> Result<Self, (usize, String)> {
        toml::from_str(text).map_err(|error| {
            let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
            (before.matches('\n').count() + 1, error.message().trim().replace('\n', " "))
        })
    }
}

impl Name {
    fn to_label(&self) -> Label {
        let en = if self.en.is_empty() { &self.zh } else { &self.en };
        Label { zh: self.zh.clone(), en: en.clone() }
    }
}

impl NewField {
    /// Its type, if an added field may have it.
    fn kind(&self) -> Option<FieldType> {
        KINDS.iter().find(|(name, _)| *name == self.kind).map(|(_, kind)| *kind)
    }
}

/// The types an added field may have.
const KINDS: [(&str, FieldType); 8] = [
    ("text", FieldType::Text),
    ("long_text", FieldType::LongText),
    ("integer", FieldType::Integer),
    ("decimal", FieldType::Decimal),
    ("date", FieldType::Date),
    ("month", FieldType::Month),
    ("yes_no", FieldType::YesNo),
    ("code", FieldType::Code),
];

/// The key of what an organisation added (decisions A7).
pub fn key_of(by: Id, name: &str) -> String {
    format!("{PREFIX}{by}/{name}")
}

/// The name inside its file of what an organisation added; `None` for what ships.
pub fn added_name(key: &str) -> Option<&str> {
    key.strip_prefix(PREFIX)?.split_once('/').map(|(_, name)| name)
}

const PREFIX: &str = "x/";

/// Small letters, digits and `_`, beginning with a letter; short enough for every key.
fn is_name(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(|first| first.is_ascii_lowercase())
        && chars.all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        && text.len() <= NAME_MAX
}

/// Characters of a name.
const NAME_MAX: usize = 40;
