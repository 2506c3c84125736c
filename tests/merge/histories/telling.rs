//! What happened, told so plainly that another program can live it again.

use std::collections::BTreeSet;

use domain::Value;
use oplog::Payload;
use serde_json::{Value as Json, json};

use crate::history::World;
use crate::oracle::Cell;

impl World {
    /// How many computers there were at first.
    pub fn began_with(&self) -> usize {
        self.began_with
    }

    /// What was told before all met.
    pub fn told_before_meeting(&self) -> &[Json] {
        &self.told[..self.met_at.unwrap_or(self.told.len())]
    }

    /// Whether some computer ever held segments whose ground had not arrived.
    pub fn has_waited(&self) -> bool {
        self.waited
    }

    /// The fields of which something was erased.
    pub fn erased_cells(&self) -> &BTreeSet<Cell> {
        &self.erased
    }
}

/// What is written, as plainly as another program needs it: a number, nothing, several of them, an erasure.
pub(crate) fn told(payload: &Payload) -> Json {
    let value = |value: &Option<Value>| match value {
        Some(Value::Int(number)) => json!(number),
        Some(Value::Row(row)) => json!(row.as_bytes()[0] - 100),
        _ => Json::Null,
    };
    match payload {
        Payload::Set(one) => json!({ "set": value(one) }),
        Payload::Reopen(several) => json!({ "reopen": several.iter().map(value).collect::<Vec<_>>() }),
        Payload::Redact => json!("erase"),
    }
}
