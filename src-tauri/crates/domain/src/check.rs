//! What must hold in a stored row: required fields, well-formed numbers, and rules between fields.

mod between;
mod time;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

pub use between::fields_read;

use crate::codes::CodeList;
use crate::id_number::{Fault, IdNumber};
use crate::machine::{Machine, Step};
use crate::settings::{Key, Setting, Settings};
use crate::student_code::StudentCode;
use crate::{Catalogue, Date, Field, FieldType, Problem, Record, Row, Severity, Value};

/// A rule between fields, as a record declares it.
#[derive(Debug, Clone, Deserialize, Serialize, TS)]
#[serde(tag = "rule", rename_all = "snake_case", deny_unknown_fields)]
pub enum Rule {
    /// A day that cannot lie ahead.
    NotInFuture {
        /// The day.
        field: String,
        /// Its weight.
        severity: Severity,
    },
    /// A day that cannot lie before another.
    NotBefore {
        /// The later day.
        field: String,
        /// The earlier day.
        than: String,
        /// Its weight.
        severity: Severity,
    },
    /// A field that must be filled once another is, or holds one of some values.
    Needs {
        /// The field wanted.
        field: String,
        /// The field that wants it.
        when: String,
        /// The values that want it; any value when empty.
        #[serde(default)]
        is: Vec<String>,
        /// Its weight.
        severity: Severity,
    },
    /// ID number and birth date, ID number and sex, student code and ID number agree (domain.md §9).
    NumbersAgree {
        /// The ID number.
        id_number: String,
        /// The birth date.
        birth_date: String,
        /// The sex.
        sex: String,
        /// The student code.
        student_code: String,
    },
    /// A day so many days after another, by a setting.
    Apart {
        /// The later day.
        field: String,
        /// The earlier day.
        than: String,
        /// The setting that says how many days.
        #[ts(type = "string")]
        setting: Key,
        /// The field that wants it.
        when: String,
        /// The values that want it.
        is: Vec<String>,
        /// Its weight.
        severity: Severity,
    },
    /// A choice for a threshold: its name is known and its value in range, or it is not stored.
    Setting {
        /// The setting's name.
        key: String,
        /// What was chosen.
        value: String,
    },
    /// A grade that the child's age fits, two years more or less (domain.md §9).
    AgeFits {
        /// The grade.
        grade: String,
        /// The birth date.
        birth_date: String,
        /// Its weight.
        severity: Severity,
    },
    /// A temporary student code is replaced within a year (domain.md §2.5, §9).
    Temporary {
        /// The student code.
        student_code: String,
        /// The month from which it is carried.
        since: String,
        /// Its weight.
        severity: Severity,
    },
    /// Values that go only with some values of another field; values that are not named go with any.
    GoesWith {
        /// The field.
        field: String,
        /// The other field.
        with: String,
        /// Value → the values of the other field that it goes with.
        values: BTreeMap<String, Vec<String>>,
        /// Its weight.
        severity: Severity,
    },
    /// A text that asks to be looked at while it stands: a cell of a workbook that could not be read.
    LookAt {
        /// The field.
        field: String,
        /// The rule's name in sentences.
        says: String,
        /// Its weight.
        severity: Severity,
    },
    /// A day by which one of some fields is filled.
    Overdue {
        /// The day.
        field: String,
        /// What ends the waiting: one of these is filled.
        until: Vec<String>,
        /// Its weight.
        severity: Severity,
    },
    /// A field whose values follow one another by a machine: an illegal move cannot be stored.
    Moves {
        /// The state.
        field: String,
        /// The machine, a file of `assets/machines`.
        machine: String,
    },
    /// No two living rows of one school hold the same value; judged by the ledger, not by the row.
    Unique {
        /// The field.
        field: String,
        /// Its weight.
        severity: Severity,
    },
}

impl Rule {
    /// The fields it names.
    pub fn fields(&self) -> Vec<&str> {
        match self {
            Self::NotInFuture { field, .. }
            | Self::Unique { field, .. }
            | Self::Moves { field, .. }
            | Self::LookAt { field, .. } => vec![field],
            Self::Apart { field, than, when, .. } => vec![field, than, when],
            Self::Setting { key, value } => vec![key, value],
            Self::NotBefore { field, than, .. } => vec![field, than],
            Self::AgeFits { grade, birth_date, .. } => vec![grade, birth_date],
            Self::Temporary { student_code, since, .. } => vec![student_code, since],
            Self::GoesWith { field, with, .. } => vec![field, with],
            Self::Overdue { field, until, .. } => [field].into_iter().chain(until).map(String::as_str).collect(),
            Self::Needs { field, when, .. } => vec![field, when],
            Self::NumbersAgree { id_number, birth_date, sex, student_code } => {
                vec![id_number, birth_date, sex, student_code]
            }
        }
    }
}

/// What a check is made with.
#[derive(Debug, Clone, Copy)]
pub struct Frame<'a> {
    /// The definitions.
    pub catalogue: &'a Catalogue,
    /// The thresholds in force.
    pub settings: &'a Settings,
    /// The civil day.
    pub today: Date,
}

/// Everything wrong with a row as it would stand, in the order of its fields, by the settings nobody changed.
pub fn check(catalogue: &Catalogue, record: &Record, row: &Row, today: Date) -> Vec<Problem> {
    check_in(Frame { catalogue, settings: &Settings::default(), today }, record, row)
}

/// What keeps a row from being saved because of how it stood before: moves that are not legal. All block.
pub fn refuse_moves(catalogue: &Catalogue, record: &Record, step: Step<'_>) -> Vec<Problem> {
    let run = record.rules.iter().filter_map(|rule| moved_by(catalogue, rule));
    run.flat_map(|(field, machine, list)| machine.refuse(field, step, list)).collect()
}

/// What keeps a threshold from being chosen here: an organisation above has bound it. It blocks.
pub fn refuse_locked(settings: &Settings, record: &Record, step: Step<'_>) -> Vec<Problem> {
    let locked = |rule: &Rule| {
        let Rule::Setting { key, value } = rule else { return None };
        let text = |row: &Row, field: &str| row.get(field).and_then(Value::as_text).map(str::to_owned);
        let name = text(step.after, key)?.parse().ok()?;
        let who = settings.locked_by(name)?;
        let chosen = text(step.after, value);
        let is_new = step.before.is_none_or(|before| text(before, value) != chosen);
        let in_force = settings.value(name).to_string();
        (is_new && chosen.as_ref() != Some(&in_force))
            .then(|| Problem::block(value, "setting_locked").with("who", who).with("value", in_force))
    };
    record.rules.iter().filter_map(locked).collect()
}

/// The field that a rule runs by a machine, the machine and its states.
fn moved_by<'c>(catalogue: &'c Catalogue, rule: &'c Rule) -> Option<(&'c str, &'c Machine, &'c CodeList)> {
    let Rule::Moves { field, machine } = rule else { return None };
    let machine = catalogue.machine(machine)?;
    Some((field, machine, catalogue.codes(&machine.codes)?))
}

/// Everything wrong with a row as it would stand, in the order of its fields.
pub fn check_in(frame: Frame<'_>, record: &Record, row: &Row) -> Vec<Problem> {
    let mut found: Vec<Problem> = record.stored().filter_map(|field| missing(field, row)).collect();
    let numbered = [FieldType::IdNumber, FieldType::SchoolCode, FieldType::Phone, FieldType::StudentCode];
    for field in record.fields.iter().filter(|field| numbered.contains(&field.kind)) {
        found.extend(row.get(&field.key).and_then(|value| soft_fault(field, value, row)));
    }
    found.extend(record.rules.iter().flat_map(|rule| broken(frame, record, rule, row)));
    let place = |problem: &Problem| record.fields.iter().position(|field| field.key == problem.field);
    found.sort_by_cached_key(place);
    found
}

fn missing(field: &Field, row: &Row) -> Option<Problem> {
    let severity = field.required?;
    (!row.contains_key(&field.key)).then(|| Problem::new(&field.key, "required", severity))
}

/// A number that can be stored but contradicts itself.
fn soft_fault(field: &Field, value: &Value, row: &Row) -> Option<Problem> {
    let text = value.as_text()?;
    match field.kind {
        FieldType::IdNumber if is_resident_id(row) => {
            let fault = IdNumber::parse(text).ok()?.fault()?;
            Some(match fault {
                Fault::Check { want, got } => {
                    Problem::new(&field.key, "id_check", Severity::Error).with("want", want).with("got", got)
                }
                Fault::Birth => Problem::new(&field.key, "id_birth_impossible", Severity::Error),
                Fault::Rounded => Problem::new(&field.key, "id_rounded", Severity::Error),
            })
        }
        FieldType::SchoolCode if crate::school_code::SchoolCode::parse(text).is_err() => {
            Some(Problem::new(&field.key, "school_code_shape", Severity::Warning))
        }
        FieldType::StudentCode if StudentCode::parse(text).is_err() => {
            Some(Problem::new(&field.key, "student_code_shape", Severity::Error))
        }
        FieldType::Phone if !(7..=40).contains(&text.chars().filter(char::is_ascii_digit).count()) => {
            Some(Problem::new(&field.key, "phone_shape", Severity::Warning))
        }
        _ => None,
    }
}

/// Whether a row's ID number is one of GB 11643: type 1, or no type given.
pub fn is_resident_id(row: &Row) -> bool {
    row.get("id_type").and_then(Value::as_text).is_none_or(|code| code == "1")
}

fn broken(frame: Frame<'_>, record: &Record, rule: &Rule, row: &Row) -> Vec<Problem> {
    let Frame { catalogue, today, .. } = frame;
    let day = |key: &str| row.get(key).and_then(Value::as_text).and_then(|text| text.parse::<Date>().ok());
    match rule {
        Rule::NotInFuture { field, severity } => day(field)
            .filter(|day| *day > today)
            .map(|_| Problem::new(field, "not_in_future", *severity))
            .into_iter()
            .collect(),
        Rule::NotBefore { field, than, severity } => match (day(field), day(than)) {
            (Some(later), Some(earlier)) if later < earlier => {
                vec![
                    Problem::new(field, "not_before", *severity).with("than", label(record, than)).with("day", earlier),
                ]
            }
            _ => vec![],
        },
        Rule::Needs { field, when, is, severity } => {
            let wanted = row.get(when.as_str()).is_some_and(|value| is.is_empty() || holds_one_of(value, is));
            let value = row
                .get(when.as_str())
                .map(|value| crate::show::in_list(catalogue, record.field(when), value))
                .unwrap_or_default();
            (wanted && !row.contains_key(field.as_str()))
                .then(|| {
                    Problem::new(field, "needed", *severity).with("when", label(record, when)).with("value", value)
                })
                .into_iter()
                .collect()
        }
        Rule::NumbersAgree { id_number, birth_date, sex, student_code } => {
            numbers_agree(row, [id_number, birth_date, sex, student_code], day(birth_date))
        }
        Rule::Apart { field, than, setting, when, is, severity } => {
            let wanted = row.get(when.as_str()).is_some_and(|value| holds_one_of(value, is));
            let days = i64::from(frame.settings.number(*setting));
            match (day(field), day(than)) {
                (Some(later), Some(earlier)) if wanted && (later - earlier).num_days() < days => vec![
                    Problem::new(field, "too_soon", *severity).with("than", label(record, than)).with("days", days),
                ],
                _ => vec![],
            }
        }
        Rule::Moves { field, .. } => {
            let run = moved_by(catalogue, rule);
            run.map(|(_, machine, list)| machine.lacking(record, field, row, list)).unwrap_or_default()
        }
        Rule::Setting { key, value } => choice_fault(row, key, value).into_iter().collect(),
        Rule::AgeFits { grade, birth_date, severity } => {
            time::age_fits(frame, row, [grade, birth_date], *severity).into_iter().collect()
        }
        Rule::Temporary { student_code, since, severity } => {
            time::temporary(frame, row, [student_code, since], *severity).into_iter().collect()
        }
        Rule::Overdue { field, until, severity } => {
            let met = until.iter().any(|key| row.contains_key(key.as_str()));
            let passed = day(field).filter(|day| *day < today && !met);
            passed.map(|day| Problem::new(field, "overdue", *severity).with("day", day)).into_iter().collect()
        }
        Rule::LookAt { field, says, severity } => {
            let text = row.get(field.as_str()).and_then(Value::as_text);
            text.map(|text| Problem::new(field, says, *severity).with("text", text)).into_iter().collect()
        }
        Rule::GoesWith { field, with, values, severity } => {
            between::goes_with(frame, record, row, [field, with], values)
                .map(|(value, wanted)| {
                    let other = label(record, with);
                    let problem = Problem::new(field, "goes_with", *severity).with("value", value);
                    problem.with("with", other).with("wanted", wanted)
                })
                .into_iter()
                .collect()
        }
        Rule::Unique { .. } => vec![],
    }
}

/// A threshold that is not known, or a value out of its range.
fn choice_fault(row: &Row, key: &str, value: &str) -> Option<Problem> {
    let text = |field: &str| row.get(field).and_then(Value::as_text);
    let name = text(key)?;
    match name.parse().ok().and_then(Setting::of) {
        None => Some(Problem::block(key, "no_such_setting").with("typed", name)),
        Some(setting) => setting.read(text(value)?).err().map(|problem| Problem { field: value.to_owned(), ..problem }),
    }
}

fn holds_one_of(value: &Value, codes: &[String]) -> bool {
    value.as_codes().iter().any(|code| codes.iter().any(|one| one == code))
}

fn numbers_agree(
    row: &Row,
    [id_number, birth_date, sex, student_code]: [&str; 4],
    birth: Option<Date>,
) -> Vec<Problem> {
    let text = |key: &str| row.get(key).and_then(Value::as_text);
    let Some(number) = text(id_number).filter(|_| is_resident_id(row)).and_then(|typed| IdNumber::parse(typed).ok())
    else {
        return vec![];
    };
    let mut found = Vec::new();
    if let (Some(inside), Some(typed)) = (number.birth_date(), birth)
        && inside != typed
    {
        found.push(
            Problem::new(birth_date, "id_birth_differs", Severity::Warning).with("inside", inside).with("typed", typed),
        );
    }
    if text(sex).is_some_and(|typed| matches!(typed, "1" | "2") && typed != number.sex()) {
        found.push(Problem::new(sex, "id_sex_differs", Severity::Warning));
    }
    if text(student_code)
        .and_then(|typed| StudentCode::parse(typed).ok())
        .is_some_and(|code| code.differs_from(&number))
    {
        found.push(Problem::new(student_code, "code_differs_from_id", Severity::Warning));
    }
    found
}

fn label(record: &Record, key: &str) -> String {
    record.field(key).map_or_else(|| key.to_owned(), |field| field.label.zh.clone())
}
