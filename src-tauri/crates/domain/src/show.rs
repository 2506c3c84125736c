//! From what is stored to what people read on screen, in workbooks and on paper.

use crate::words::Language;
use crate::{Catalogue, Date, Field, FieldType, Value, date};

/// A value as a list or a workbook shows it, in Chinese: names for codes, ISO days.
pub fn in_list(catalogue: &Catalogue, field: Option<&Field>, value: &Value) -> String {
    text(catalogue, field, value, Language::Zh)
}

/// A value in one of the program's languages.
pub fn text(catalogue: &Catalogue, field: Option<&Field>, value: &Value, language: Language) -> String {
    let list = field.and_then(|field| catalogue.codes(field.codes.as_deref()?));
    let name = |code: &str| match list.and_then(|list| list.get(code)) {
        Some(entry) => entry.name_in(language).to_owned(),
        None => any_list_name(catalogue, field, code, language).unwrap_or_else(|| code.to_owned()),
    };
    match (value, field.map(|field| field.kind)) {
        (Value::Int(yes @ (0 | 1)), Some(FieldType::YesNo)) => match (language, yes) {
            (Language::Zh, 1) => "是".to_owned(),
            (Language::Zh, _) => "否".to_owned(),
            (Language::En, 1) => "Yes".to_owned(),
            (Language::En, _) => "No".to_owned(),
        },
        (Value::Int(number), _) => number.to_string(),
        (Value::Text(code), Some(FieldType::Code)) => name(code),
        (Value::Text(text), _) => text.to_string(),
        (Value::Row(id), _) => id.to_string(),
        (Value::Codes(codes), _) => {
            let separator = if language == Language::Zh { "、" } else { ", " };
            codes.iter().map(|code| name(code)).collect::<Vec<_>>().join(separator)
        }
    }
}

/// A code whose list depends on another field: the first list that knows it.
fn any_list_name(catalogue: &Catalogue, field: Option<&Field>, code: &str, language: Language) -> Option<String> {
    let lists = field?.codes_when.values().flat_map(|lists| lists.values());
    lists.filter_map(|list| catalogue.codes(list)?.get(code)).map(|entry| entry.name_in(language).to_owned()).next()
}

/// A day as paper writes it; other values as in a list.
pub fn on_paper(catalogue: &Catalogue, field: Option<&Field>, value: &Value) -> String {
    match (value.as_text().and_then(|text| text.parse::<Date>().ok()), field.map(|field| field.kind)) {
        (Some(day), Some(FieldType::Date)) => date::in_words(day),
        _ => in_list(catalogue, field, value),
    }
}

/// A sensitive value with its middle hidden: `110101********888X`, `138****0000`.
pub fn masked(field: &Field, text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let (head, tail) = match field.kind {
        FieldType::IdNumber | FieldType::StudentCode if chars.len() >= 12 => (6, 4),
        FieldType::Phone if chars.len() >= 8 => (3, 4),
        _ => (0, 0),
    };
    let hidden = chars.len().saturating_sub(head + tail);
    let shown = |part: &[char]| part.iter().collect::<String>();
    format!(
        "{}{}{}",
        shown(chars.get(..head).unwrap_or_default()),
        "*".repeat(hidden),
        shown(chars.get(head + hidden..).unwrap_or_default())
    )
}
