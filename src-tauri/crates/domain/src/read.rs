//! From what was typed (keyboard, workbook cell, `put`) to what is stored; or why it cannot be.

use serde_json::Value as Json;

use crate::codes::CodeList;
use crate::folded::nfkc;
use crate::id_number::{self, IdNumber};
use crate::school_code::SchoolCode;
use crate::student_code::{self, StudentCode};
use crate::{Field, FieldType, Id, Problem, Value, date};

/// Longest text of a field that names no limit of its own, in characters.
const LINE_CHARS: u32 = 200;
const LONG_CHARS: u32 = 20_000;

/// What reading a field needs to know about the rest of its row.
#[derive(Debug, Clone, Copy)]
pub struct Around<'a> {
    /// The code list in force.
    pub list: Option<&'a CodeList>,
    /// Whether an ID number must be a resident's (GB 11643).
    pub resident_id: bool,
}

/// Reads one field. `Ok(None)`: nothing typed, or cleared.
///
/// Text stays exact to the byte; typed values come out canonical. Errors: one [`Problem`] that blocks.
pub fn read(field: &Field, around: Around<'_>, typed: &Json) -> Result<Option<Value>, Problem> {
    match (field.kind, typed) {
        (_, Json::Null) => Ok(None),
        (FieldType::Codes, Json::Array(items)) => read_codes(field, around, items),
        (FieldType::YesNo, Json::Bool(yes)) => Ok(Some(Value::Int(i64::from(*yes)))),
        (_, Json::String(text)) => self::text(field, around, text),
        (FieldType::Integer | FieldType::YesNo, Json::Number(number)) => read_text(field, around, &number.to_string()),
        (FieldType::LongText | FieldType::Row | FieldType::File, Json::Number(_)) => {
            Err(block(field, "not_text", typed))
        }
        (_, Json::Number(number)) => read_text(field, around, &number.to_string()),
        (_, Json::Array(_) | Json::Object(_) | Json::Bool(_)) => Err(block(field, "not_text", typed)),
    }
}

/// The same of a text, as [`read`] reads it.
pub fn text(field: &Field, around: Around<'_>, text: &str) -> Result<Option<Value>, Problem> {
    if text.is_empty() { Ok(None) } else { read_text(field, around, text) }
}

fn read_text(field: &Field, around: Around<'_>, text: &str) -> Result<Option<Value>, Problem> {
    let bad = |rule: &str| block(field, rule, &Json::from(text));
    let canonical = match field.kind {
        FieldType::Text | FieldType::LongText | FieldType::Area | FieldType::File => {
            return exact_text(field, text).map(Some);
        }
        _ if text.trim().is_empty() => return Ok(None),
        FieldType::Date => date::parse_day(text).map_err(|fault| bad(date_rule(fault)))?.to_string(),
        FieldType::Month => date::parse_month(text).map_err(|fault| bad(date_rule(fault)))?,
        FieldType::Integer => return read_integer(field, text).map(Some),
        FieldType::Decimal => decimal(text).ok_or_else(|| bad("not_a_number"))?,
        FieldType::YesNo => {
            return yes_no(around, text).map(|yes| Some(Value::Int(yes))).ok_or_else(|| bad("not_yes_no"));
        }
        FieldType::Code => code(field, around, text)?,
        FieldType::Codes => return read_codes(field, around, &split_codes(around, text)),
        FieldType::Row => return text.parse::<Id>().map(|id| Some(Value::Row(id))).map_err(|_| bad("not_a_row")),
        FieldType::IdNumber => id_text(field, around, text)?,
        FieldType::StudentCode => {
            StudentCode::parse(text).map(|code| code.as_str().to_owned()).map_err(|fault| match fault {
                student_code::Malformed::Letter(letter) => bad("student_code_letter").with("letter", letter),
                student_code::Malformed::Length(length) => bad("student_code_length").with("length", length),
                student_code::Malformed::Character(c) => bad("odd_character").with("character", c),
            })?
        }
        FieldType::SchoolCode => {
            SchoolCode::parse(text).map_or_else(|_| text.trim().to_owned(), |code| code.as_str().to_owned())
        }
        FieldType::Phone => nfkc(text)
            .chars()
            .filter(|c| !c.is_whitespace() && !matches!(c, '\'' | '\u{200b}'..='\u{200f}' | '\u{feff}'))
            .collect(),
    };
    exact_text(field, &canonical).map(Some)
}

/// Text as it stands. A NUL cannot be kept by workbooks, paper or the ledger file, so it is refused.
fn exact_text(field: &Field, text: &str) -> Result<Value, Problem> {
    let limit = field.max_chars.unwrap_or(if field.kind == FieldType::LongText { LONG_CHARS } else { LINE_CHARS });
    let length = text.chars().count();
    if length > limit as usize {
        return Err(Problem::block(&field.key, "too_long").with("limit", limit).with("length", length));
    }
    if text.contains('\0') {
        return Err(Problem::block(&field.key, "nul"));
    }
    Ok(Value::Text(text.into()))
}

fn read_integer(field: &Field, text: &str) -> Result<Value, Problem> {
    let folded: String = nfkc(text).chars().filter(|c| !c.is_whitespace()).collect();
    let number: i64 = folded
        .strip_suffix(".0")
        .unwrap_or(&folded)
        .parse()
        .map_err(|_| block(field, "not_a_number", &Json::from(text)))?;
    match field.range {
        Some((low, high)) if !(low..=high).contains(&number) => {
            Err(Problem::block(&field.key, "out_of_range").with("low", low).with("high", high).with("typed", number))
        }
        _ => Ok(Value::Int(number)),
    }
}

fn yes_no(around: Around<'_>, text: &str) -> Option<i64> {
    let folded = text.trim();
    around
        .list
        .and_then(|list| list.find(folded))
        .map_or(folded, |code| code.code.as_str())
        .parse()
        .ok()
        .filter(|n| matches!(n, 0 | 1))
}

/// `2.50` and `２．５` are `2.5`.
fn decimal(text: &str) -> Option<String> {
    let folded: String = nfkc(text).chars().filter(|c| !c.is_whitespace()).collect();
    let digits = folded.strip_prefix('-').unwrap_or(&folded);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let sound = !whole.is_empty() && digits.chars().all(|c| c.is_ascii_digit() || c == '.') && !fraction.contains('.');
    let whole = match whole.trim_start_matches('0') {
        "" => "0",
        rest => rest,
    };
    let sign = if folded.starts_with('-') { "-" } else { "" };
    sound.then(|| match fraction.trim_end_matches('0') {
        "" => format!("{sign}{whole}"),
        rest => format!("{sign}{whole}.{rest}"),
    })
}

fn id_text(field: &Field, around: Around<'_>, text: &str) -> Result<String, Problem> {
    if !around.resident_id {
        return Ok(text.trim().to_owned());
    }
    IdNumber::parse(text).map(|number| number.as_str().to_owned()).map_err(|fault| match fault {
        id_number::Malformed::RuinedByExcel => block(field, "id_ruined", &Json::from(text)),
        id_number::Malformed::Length(length) => Problem::block(&field.key, "id_length").with("length", length),
        id_number::Malformed::Character(c) => Problem::block(&field.key, "odd_character").with("character", c),
    })
}

fn code(field: &Field, around: Around<'_>, text: &str) -> Result<String, Problem> {
    let list = around.list.ok_or_else(|| Problem::block(&field.key, "not_in_list"))?;
    let found = list.find(text).map(|code| code.code.clone());
    found.ok_or_else(|| block(field, "not_in_list", &Json::from(text)).with("examples", list.examples()))
}

fn read_codes(field: &Field, around: Around<'_>, items: &[Json]) -> Result<Option<Value>, Problem> {
    let mut codes = Vec::new();
    for item in items {
        match item {
            Json::Null => {}
            Json::String(text) if text.trim().is_empty() => {}
            Json::String(text) => codes.push(code(field, around, text)?),
            Json::Number(number) => codes.push(code(field, around, &number.to_string())?),
            Json::Bool(_) | Json::Array(_) | Json::Object(_) => return Err(block(field, "not_text", item)),
        }
    }
    Ok(Value::codes(codes))
}

/// Several names in one cell: `留守、残疾`. A name that holds such a sign itself is tried whole first.
fn split_codes(around: Around<'_>, text: &str) -> Vec<Json> {
    if around.list.is_some_and(|list| list.find(text).is_some()) {
        return vec![Json::from(text)];
    }
    text.split(['、', ',', '，', ';', '；', '/', '|', '\n']).map(|part| Json::from(part.trim())).collect()
}

fn date_rule(fault: date::Malformed) -> &'static str {
    match fault {
        date::Malformed::Shape => "not_a_date",
        date::Malformed::NoSuchDay => "no_such_day",
        date::Malformed::DayMissing => "day_missing",
        date::Malformed::ShortYear => "short_year",
    }
}

fn block(field: &Field, rule: &str, typed: &Json) -> Problem {
    let shown: String = match typed {
        Json::String(text) => text.chars().take(40).collect(),
        other => other.to_string().chars().take(40).collect(),
    };
    Problem::block(&field.key, rule).with("typed", shown)
}
