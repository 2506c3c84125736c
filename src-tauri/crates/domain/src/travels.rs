//! 转学移交: what goes with a child to its new school, and nothing more (decisions B19, D29, D30).

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use crate::{Date, Row, Value};

/// Rows of a record that travel, and which of their fields.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// The record: the child's own, or one that belongs to the child.
    pub record: String,
    /// The fields.
    pub fields: Vec<String>,
    /// Only what holds on the day.
    #[serde(default)]
    pub lasting: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Travels {
    #[serde(rename = "source")]
    _source: String,
    part: Vec<Part>,
}

/// What travels, as `transfer_case.extract` holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extract {
    /// [`Extract::FORMAT`].
    pub format: String,
    /// Rows, the child first.
    pub rows: Vec<Carried>,
    /// Days on which the child left school and is not back for certain: the new school goes on with it.
    #[serde(default)]
    pub open_since: Vec<Date>,
}

/// A row that travels.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Carried {
    /// Its record.
    pub record: String,
    /// Its fields, as forms give them.
    pub values: Map<String, Json>,
}

static PARTS: LazyLock<Vec<Part>> = LazyLock::new(|| {
    // A file of ours that does not read is found by the test below; nothing travels then.
    let read: Result<Travels, _> = toml::from_str(include_str!("../../../../assets/travels.toml"));
    read.map(|travels| travels.part).unwrap_or_default()
});

/// What travels, in order.
pub fn parts() -> &'static [Part] {
    &PARTS
}

impl Part {
    /// A row as it travels; `None`: it does not, because it no longer holds or says nothing.
    pub fn carry(&self, row: &Row, today: Date) -> Option<Carried> {
        let day = |key: &str| row.get(key).and_then(Value::as_text).and_then(|day| day.parse::<Date>().ok());
        if self.lasting && day("until_on").is_some_and(|until| until <= today) {
            return None;
        }
        let values = self.fields.iter().filter_map(|key| Some((key.clone(), row.get(key.as_str())?.to_json())));
        let values: Map<String, Json> = values.collect();
        (!values.is_empty()).then(|| Carried { record: self.record.clone(), values })
    }
}

impl Extract {
    /// The format written.
    pub const FORMAT: &str = "baoxue-transfer-1";

    /// Reads what a hand-over holds; `None`: it is of a newer program, or nobody's.
    pub fn read(text: &str) -> Option<Self> {
        serde_json::from_str::<Self>(text).ok().filter(|extract| extract.format == Self::FORMAT)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Catalogue;

    /// What must never travel (decisions D28–D30): a guardian's ID number, or a record with restricted fields.
    #[test]
    fn what_travels_exists_and_nothing_else_does() {
        let catalogue = Catalogue::built_in();
        assert_eq!(parts().first().map(|part| part.record.as_str()), Some("student"));
        for part in parts() {
            let record = catalogue.record(&part.record).unwrap();
            assert!(!record.restricted && part.fields.iter().all(|key| record.field(key).is_some()), "{part:?}");
            assert!(matches!(part.record.as_str(), "student" | "guardian" | "fact"), "{part:?} is more than is needed");
            assert!(part.record == "student" || !part.fields.iter().any(|key| key.contains("id_number")));
        }
    }
}
