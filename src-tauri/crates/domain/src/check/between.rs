//! Rules between two fields of one row, and the fields that the rules of a record read.

use std::collections::BTreeMap;

use super::{Frame, Rule, holds_one_of, moved_by};
use crate::{Catalogue, Field, FieldType, Record, Row, Value};

/// A value and the values of the other field that it would go with, when it stands beside none of them.
pub(super) fn goes_with(
    frame: Frame<'_>,
    record: &Record,
    row: &Row,
    [key, with]: [&str; 2],
    values: &BTreeMap<String, Vec<String>>,
) -> Option<(String, String)> {
    let value = row.get(key)?;
    let wanted = value.as_codes().into_iter().find_map(|code| values.get(code))?;
    if row.get(with).is_some_and(|other| holds_one_of(other, wanted)) {
        return None;
    }
    let shown = |key: &str, value: &Value| crate::show::in_list(frame.catalogue, record.field(key), value);
    let names: Vec<String> = wanted.iter().map(|code| shown(with, &Value::Text(code.as_str().into()))).collect();
    Some((shown(key, value), names.join("、")))
}

/// The fields that the checks of a record read.
pub fn fields_read<'r>(catalogue: &'r Catalogue, record: &'r Record) -> Vec<&'r str> {
    let looked_at = |field: &&Field| {
        let numbered = [FieldType::IdNumber, FieldType::SchoolCode, FieldType::Phone, FieldType::StudentCode];
        field.required.is_some() || numbered.contains(&field.kind) || field.key == "id_type"
    };
    let own = record.fields.iter().filter(looked_at).map(|field| field.key.as_str());
    let ruled = record.rules.iter().flat_map(Rule::fields);
    let run = record.rules.iter().filter_map(|rule| moved_by(catalogue, rule));
    let mut all: Vec<&str> = own.chain(ruled).chain(run.flat_map(|(_, machine, _)| machine.fields())).collect();
    all.sort_unstable();
    all.dedup();
    all
}
