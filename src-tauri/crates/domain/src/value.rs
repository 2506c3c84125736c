//! What a field holds, once read: the few shapes the log, the tables and the wire share.

use litemap::LiteMap;
use smol_str::SmolStr;

use crate::{Date, Id, date};

/// The key of a field, or a short text in one: up to 23 bytes stand in it, longer ones are shared by its copies.
pub type Text = SmolStr;

/// A field's content. Nothing typed is `None` around it, never an empty text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Value {
    /// A whole number; yes/no is 1 and 0.
    Int(i64),
    /// Exact text; codes, dates (ISO 8601) and numbers of documents in canonical form.
    Text(Text),
    /// Another row.
    Row(Id),
    /// Codes, sorted and without doubles.
    Codes(Vec<String>),
}

/// The fields of one row that hold something, by field key.
pub type Row = Keyed<Value>;

/// Something for each of some fields, in the order of their keys.
pub type Keyed<V> = LiteMap<Text, V>;

/// Fields that are read by their keys: of a whole row, or of a few columns of one.
pub trait Fields {
    /// The text of a field, if it holds one.
    fn text(&self, key: &str) -> Option<&str>;

    /// The row that a field names, if it names one.
    fn link(&self, key: &str) -> Option<Id>;

    /// The number in a field, if it holds one.
    fn number(&self, key: &str) -> Option<i64>;

    /// The day in a field; none for a text that is no day.
    fn day(&self, key: &str) -> Option<Date> {
        self.text(key).and_then(date::stored)
    }

    /// A copy of the text of a field.
    fn owned(&self, key: &str) -> Option<String> {
        self.text(key).map(str::to_owned)
    }

    /// The same, empty when there is none.
    fn said(&self, key: &str) -> String {
        self.text(key).unwrap_or_default().to_owned()
    }
}

impl Fields for Row {
    fn text(&self, key: &str) -> Option<&str> {
        self.get(key)?.as_text()
    }

    fn link(&self, key: &str) -> Option<Id> {
        self.get(key)?.as_row()
    }

    fn number(&self, key: &str) -> Option<i64> {
        match self.get(key)? {
            Value::Int(number) => Some(*number),
            Value::Text(_) | Value::Row(_) | Value::Codes(_) => None,
        }
    }
}

impl Value {
    /// The text, if this is one.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Int(_) | Self::Row(_) | Self::Codes(_) => None,
        }
    }

    /// A copy of the text, if this is one.
    pub fn to_text(&self) -> Option<Text> {
        match self {
            Self::Text(text) => Some(text.clone()),
            Self::Int(_) | Self::Row(_) | Self::Codes(_) => None,
        }
    }

    /// The row named, if this is a reference.
    pub fn as_row(&self) -> Option<Id> {
        match self {
            Self::Row(id) => Some(*id),
            Self::Int(_) | Self::Text(_) | Self::Codes(_) => None,
        }
    }

    /// The codes held: several, or one when this is a single code.
    pub fn as_codes(&self) -> Vec<&str> {
        match self {
            Self::Codes(codes) => codes.iter().map(String::as_str).collect(),
            Self::Text(code) => vec![code],
            Self::Int(_) | Self::Row(_) => vec![],
        }
    }

    /// A list of codes in canonical form: sorted, no doubles; `None` when there are none.
    pub fn codes(mut codes: Vec<String>) -> Option<Self> {
        codes.sort();
        codes.dedup();
        (!codes.is_empty()).then_some(Self::Codes(codes))
    }

    /// As JSON: what `get` prints and the window receives.
    pub fn to_json(&self) -> serde_json::Value {
        match self {
            Self::Int(number) => (*number).into(),
            Self::Text(text) => text.as_str().into(),
            Self::Row(id) => id.to_string().into(),
            Self::Codes(codes) => codes.clone().into(),
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.into())
    }
}
