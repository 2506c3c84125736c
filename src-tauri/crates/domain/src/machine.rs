//! States of a row and the moves between them, as `assets/machines` declares them: what may follow what, what each
//! state must show, and which values belong to which way.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::codes::CodeList;
use crate::{Problem, Record, Row, Severity, Text, Value};

/// The states of one field and its legal moves.
#[derive(Debug, Clone, Deserialize, Serialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Machine {
    /// Identifier and file name.
    pub machine: String,
    /// The code list of its states.
    pub codes: String,
    /// The law or page it follows.
    pub source: String,
    /// The states.
    #[serde(rename(deserialize = "state"))]
    pub states: Vec<StateNeeds>,
    /// The moves.
    #[serde(rename(deserialize = "move"))]
    pub moves: Vec<Move>,
    /// Values that a way of moving excludes.
    #[serde(default, rename(deserialize = "limit"))]
    pub limits: Vec<Limit>,
    /// What entering a state does to other rows of the same owner.
    #[serde(default, rename(deserialize = "effect"))]
    pub effects: Vec<Effect>,
}

/// What entering a state does to a row beside: it ends, another begins. Nobody types twice what follows.
#[derive(Debug, Clone, Deserialize, Serialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Effect {
    /// The state entered.
    pub state: String,
    /// A field of the row that moves.
    pub field: String,
    /// Its values that have this effect.
    pub is: Vec<String>,
    /// The record of the row beside, which belongs to the same owner.
    pub record: String,
    /// Fields of the row that moves: the first that is filled is the day.
    pub on: Vec<String>,
    /// Whether the row that holds on that day ends with it: its `until_on` becomes the day.
    #[serde(default)]
    pub ends: bool,
    /// The row that begins on the day, as a copy of the one that held: field → code, or `@field` of the row that moves.
    #[serde(default)]
    pub opens: Option<std::collections::BTreeMap<String, String>>,
    /// Fields of the row that held which are not copied.
    #[serde(default)]
    pub fresh: Vec<Text>,
}

impl Effect {
    /// The day on which it happens to a row; none when no day is filled.
    pub fn day(&self, row: &Row) -> Option<crate::Date> {
        self.on.iter().find_map(|key| row.get(key.as_str())?.as_text()?.parse().ok())
    }

    /// What the row that begins says of itself.
    pub fn says(&self, row: &Row) -> Vec<(Text, Value)> {
        let said = |(key, what): (&String, &String)| {
            let value = match what.strip_prefix('@') {
                Some(field) => row.get(field).cloned()?,
                None => Value::Text(what.as_str().into()),
            };
            Some((key.as_str().into(), value))
        };
        self.opens.iter().flatten().filter_map(said).collect()
    }
}

/// One state and what a row must show in it.
#[derive(Debug, Clone, Deserialize, Serialize, TS)]
#[serde(deny_unknown_fields)]
pub struct StateNeeds {
    /// Its code.
    pub state: String,
    /// Fields that must be filled.
    pub needs: Vec<String>,
    /// Nothing follows it.
    #[serde(default)]
    pub ends: bool,
}

/// Where one state may lead.
#[derive(Debug, Clone, Deserialize, Serialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Move {
    /// The state left.
    pub from: String,
    /// The states that may follow.
    pub to: Vec<String>,
}

/// Values of a field that are open to some origins only.
#[derive(Debug, Clone, Deserialize, Serialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Limit {
    /// The state entered.
    pub to: String,
    /// The field.
    pub field: String,
    /// The values.
    pub is: Vec<String>,
    /// The states from which these values are possible.
    pub from: Vec<String>,
}

/// A row before and after it is saved, and the reason given for it.
#[derive(Debug, Clone, Copy)]
pub struct Step<'a> {
    /// As it stands; `None` for a new row.
    pub before: Option<&'a Row>,
    /// As it would stand.
    pub after: &'a Row,
    /// Why, if somebody said so.
    pub why: Option<&'a str>,
}

impl Machine {
    /// Whether one state may follow another. Staying is no move.
    pub fn allows(&self, from: &str, to: &str) -> bool {
        self.next(from).iter().any(|next| next == to)
    }

    /// The states that may follow one.
    pub fn next(&self, from: &str) -> &[String] {
        self.moves.iter().find(|one| one.from == from).map(|one| one.to.as_slice()).unwrap_or_default()
    }

    /// What a step brings about: the effects of the state it enters.
    pub fn effects_of<'m>(&'m self, field: &str, step: Step<'m>) -> impl Iterator<Item = &'m Effect> + use<'m> {
        let state = |row: &Row| row.get(field).and_then(Value::as_text).map(str::to_owned);
        let (before, after) = (step.before.and_then(state), state(step.after));
        let entered = after.filter(|after| before.as_ref() != Some(after));
        self.effects.iter().filter(move |effect| {
            let value = step.after.get(effect.field.as_str()).and_then(Value::as_text);
            entered.as_ref() == Some(&effect.state)
                && value.is_some_and(|value| effect.is.iter().any(|one| one == value))
        })
    }

    /// What a row must show in a state.
    pub fn needs(&self, state: &str) -> &[String] {
        self.state(state).map(|state| state.needs.as_slice()).unwrap_or_default()
    }

    /// Whether nothing follows a state.
    pub fn is_end(&self, state: &str) -> bool {
        self.state(state).is_some_and(|state| state.ends)
    }

    fn state(&self, code: &str) -> Option<&StateNeeds> {
        self.states.iter().find(|state| state.state == code)
    }

    /// What keeps a step from being taken: a move that is not legal, or a value that this way excludes. All block.
    ///
    /// A new row may begin in any state, for paper comes first; so may a row whose state was never filled. Going back
    /// along a legal move, with a reason, mends a mistake.
    pub fn refuse(&self, field: &str, step: Step<'_>, list: &CodeList) -> Vec<Problem> {
        let state = |row: &Row| row.get(field).and_then(Value::as_text).map(str::to_owned);
        let Some(from) = step.before.and_then(state) else { return vec![] };
        let to = state(step.after);
        if to.as_ref() == Some(&from) {
            return vec![];
        }
        let to = to.unwrap_or_default();
        if self.allows(&to, &from) && step.why.is_some_and(|why| !why.trim().is_empty()) {
            return vec![];
        }
        if !self.allows(&from, &to) {
            return vec![self.illegal(field, &from, &to, list)];
        }
        let beyond = self.limits.iter().filter(|limit| limit.excludes(&from, &to, step.after));
        beyond.map(|limit| Problem::block(&limit.field, "move_limit").with("from", list.name(&from))).collect()
    }

    fn illegal(&self, field: &str, from: &str, to: &str, list: &CodeList) -> Problem {
        let rule = if self.is_end(from) { "move_after_end" } else { "move_illegal" };
        let open: Vec<&str> = self.next(from).iter().map(|next| list.name(next)).collect();
        Problem::block(field, rule)
            .with("from", list.name(from))
            .with("to", list.name(to))
            .with("open", open.join("、"))
    }

    /// What a row lacks in the state it is in; each an error.
    pub fn lacking(&self, record: &Record, field: &str, row: &Row, list: &CodeList) -> Vec<Problem> {
        let Some(state) = row.get(field).and_then(Value::as_text) else { return vec![] };
        let lacks = self.needs(state).iter().filter(|key| !row.contains_key(key.as_str()));
        lacks
            .map(|key| {
                let when = record.field(field).map_or(field, |field| &field.label.zh);
                Problem::new(key, "needed", Severity::Error).with("when", when).with("value", list.name(state))
            })
            .collect()
    }

    /// Proves that states, moves and limits name codes of the list. Errors: the first that does not.
    pub(crate) fn check(&self, list: &CodeList) -> Result<(), String> {
        let from_and_to = self.moves.iter().flat_map(|one| one.to.iter().chain([&one.from]));
        let limits = self.limits.iter().flat_map(|limit| limit.from.iter().chain([&limit.to]));
        let named = self.states.iter().map(|state| &state.state).chain(from_and_to).chain(limits);
        if let Some(lost) = named.into_iter().find(|code| list.get(code).is_none()) {
            return Err(format!("no state {lost} in {}", self.codes));
        }
        if let Some(code) = list.codes.iter().find(|code| self.state(&code.code).is_none()) {
            return Err(format!("state {} is not described", code.code));
        }
        match self.moves.iter().find(|one| self.is_end(&one.from)) {
            Some(one) => Err(format!("{} ends and leads on", one.from)),
            None => Ok(()),
        }
    }

    /// The fields it reads besides the state.
    pub(crate) fn fields(&self) -> Vec<&str> {
        let needs = self.states.iter().flat_map(|state| &state.needs);
        needs.chain(self.limits.iter().map(|limit| &limit.field)).map(String::as_str).collect()
    }
}

impl Limit {
    /// Whether a row would enter the state with a value that is not open to its origin.
    fn excludes(&self, from: &str, to: &str, after: &Row) -> bool {
        let value = after.get(self.field.as_str()).and_then(Value::as_text);
        let limited = value.is_some_and(|value| self.is.iter().any(|one| one == value));
        limited && self.to == to && !self.from.iter().any(|one| one == from)
    }
}
