//! What only the whole ledger shows: a number held by two children, a class whose count is not its roster (domain.md §9).

use std::collections::{BTreeMap, HashMap};

use super::{Found, on};
use crate::{Date, Fields, Id, Problem, Record, Row, Severity, Text, Value};

/// Who holds a value that should be one child's alone.
#[derive(Debug, Default)]
pub struct Held<'r> {
    fields: Vec<(&'r str, Severity)>,
    /// For each field who holds which value.
    holders: Vec<Vec<(Text, Holder)>>,
}

/// A row that holds a value, and where it belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Holder {
    row: Id,
    school: Option<Id>,
    name: Text,
}

impl<'r> Held<'r> {
    /// The fields of a record that must be unique.
    pub fn of(record: &'r Record) -> Self {
        let fields: Vec<_> = record.unique().collect();
        Self { holders: fields.iter().map(|_| Vec::new()).collect(), fields }
    }

    /// Whether there is anything to look for.
    pub fn is_idle(&self) -> bool {
        self.fields.is_empty()
    }

    /// The fields that it reads of a row.
    pub fn reads(&self) -> impl Iterator<Item = &'r str> {
        let name = if self.is_idle() { None } else { Some("name") };
        self.fields.iter().map(|(field, _)| *field).chain(name)
    }

    /// Takes a row in; `school` is where it belongs, its `name` is what people call it.
    pub fn enter(&mut self, row: Id, values: &Row, school: Option<Id>) {
        let name = || values.get("name").and_then(Value::to_text).unwrap_or_default();
        for ((field, _), holders) in self.fields.iter().zip(&mut self.holders) {
            let value = values.get(*field).and_then(Value::to_text);
            holders.extend(value.map(|value| (value, Holder { row, school, name: name() })));
        }
    }

    /// What is held twice: an error within a school, a warning between two (a transfer under way, or one child twice).
    pub fn found(self, record: &str) -> Vec<Found> {
        let mut found = Vec::new();
        for ((field, severity), mut holders) in self.fields.into_iter().zip(self.holders) {
            holders.sort_unstable_by(|(a, one), (b, other)| (a, one.row).cmp(&(b, other.row)));
            for all in holders.chunk_by(|(a, _), (b, _)| a == b).filter(|all| all.len() > 1) {
                let all: Vec<&Holder> = all.iter().map(|(_, holder)| holder).collect();
                let each = all.iter().filter_map(|one| twice(field, severity, one, &all));
                found.extend(each.map(|(row, problem)| on(record, row, problem)));
            }
        }
        found
    }
}

fn twice(field: &str, severity: Severity, one: &Holder, all: &[&Holder]) -> Option<(Id, Problem)> {
    let others = || all.iter().filter(|other| other.row != one.row);
    let near = others().find(|other| other.school == one.school);
    let (other, rule, severity) = match near {
        Some(near) => (near, "unique", severity),
        None => (others().next()?, "in_two_schools", Severity::Warning),
    };
    Some((one.row, Problem::new(field, rule, severity).with("other", other.name.as_str())))
}

/// A class: school, grade, class.
pub type ClassName = (Option<Id>, Option<Text>, Option<Text>);

/// How many seats each class has on any day.
#[derive(Debug, Default)]
pub struct Seats {
    turns: HashMap<ClassName, BTreeMap<Option<Date>, i64>>,
}

impl Seats {
    /// Takes a seat in, a row of the record `enrolment`. One that nobody sits on is none.
    pub fn enter(&mut self, row: &Row) {
        let text = |key: &str| row.get(key).and_then(Value::to_text);
        let absent = matches!(row.text("status"), Some("02" | "07" | "08" | "10" | "11" | "15" | "24" | "26"));
        let away = matches!(row.text("kind"), Some("enrolled_away" | "home_teaching"));
        if absent || away {
            return;
        }
        let class = (row.get("organisation").and_then(Value::as_row), text("grade"), text("class"));
        let turns = self.turns.entry(class).or_default();
        *turns.entry(row.day("from_on")).or_default() += 1;
        if let Some(until) = row.day("until_on") {
            *turns.entry(Some(until)).or_default() -= 1;
        }
    }

    /// How many children a class has on a day; none when the roster knows no such class.
    pub fn on(&self, class: &ClassName, day: Date) -> Option<i64> {
        let turns = self.turns.get(class)?;
        Some(turns.range(..=Some(day)).map(|(_, change)| change).sum())
    }

    /// A count of a class that is not that of the roster on its day.
    pub fn differs(&self, record: &str, id: Id, row: &Row) -> Option<Found> {
        let text = |key: &str| row.get(key).and_then(Value::to_text);
        let class = (row.get("organisation").and_then(Value::as_row), text("grade"), text("class"));
        let (Some(Value::Int(expected)), Some(day)) = (row.get("expected"), row.day("on")) else { return None };
        let seats = self.on(&class, day).unwrap_or_default();
        let problem = Problem::new("expected", "expected_differs", Severity::Warning).with("roster", seats);
        (seats != *expected).then(|| on(record, id, problem))
    }
}
