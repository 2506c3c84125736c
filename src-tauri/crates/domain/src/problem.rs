//! What is wrong with something typed: a rule's name and its facts, no sentence.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// How much a problem weighs (decisions A3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Shown; can be acknowledged with a reason.
    Warning,
    /// Stored, but bars sealing a report until mended or explained.
    Error,
    /// Cannot be stored.
    Block,
}

/// One thing to correct. `assets/words/<language>/rules.json` holds its sentence.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
pub struct Problem {
    /// The field's key, as a path from the row that was typed.
    pub field: String,
    /// The rule's name.
    pub rule: String,
    /// How much it weighs.
    pub severity: Severity,
    /// What the sentence mentions: wanted and found values, limits.
    pub facts: BTreeMap<String, String>,
}

impl Problem {
    /// A problem without facts.
    pub fn new(field: &str, rule: &str, severity: Severity) -> Self {
        Self { field: field.to_owned(), rule: rule.to_owned(), severity, facts: BTreeMap::new() }
    }

    /// A problem that keeps the typed text from being stored.
    pub fn block(field: &str, rule: &str) -> Self {
        Self::new(field, rule, Severity::Block)
    }

    /// Adds a fact that the sentence mentions.
    #[must_use]
    pub fn with(mut self, name: &str, fact: impl ToString) -> Self {
        self.facts.insert(name.to_owned(), fact.to_string());
        self
    }
}
