//! Which rows a list shows: what its form says, what somebody asked for.

use std::collections::BTreeMap;

use domain::{Form, Record, Row, Value};
use serde_json::{Map, Value as Json};
use store::{Filter, Is};

use crate::desk::Desk;
use crate::failure::{Done, Failure};
use crate::rows::draft;

/// Which rows a form lists, whatever else is asked for.
pub(crate) fn own_filters(form: &Form) -> impl Iterator<Item = Filter> + use<'_> {
    form.only.iter().map(|(field, is)| Filter::is(field.clone(), Value::codes(is.clone())))
}

/// The key of a filter that says which part of a form's rows is asked for: `others`, `all`; those it shows first when absent.
const EXTENT: &str = "*";

/// Which rows a form shows until others are asked for, and what is asked of its fields.
pub(crate) fn extent(form: &Form, asked: &mut BTreeMap<String, Option<String>>) -> Done<Vec<Filter>> {
    let asked = asked.remove(EXTENT).flatten();
    let Some(first) = &form.first else { return Ok(vec![]) };
    let filter = |(field, is): (&String, &Vec<String>)| Filter {
        field: field.clone(),
        is: match is.split_first() {
            Some((sign, codes)) if sign == "!" => Is::NoneOf(codes.to_vec()),
            Some((sign, _)) if sign == "*" => Is::Filled,
            _ => Value::codes(is.clone()).map_or(Is::Empty, Is::Value),
        },
    };
    let filters: Vec<Filter> = first.only.iter().map(filter).collect();
    match asked.as_deref() {
        None => Ok(filters),
        Some("others") => Ok(vec![Filter::not_all(filters)]),
        Some("all") => Ok(vec![]),
        Some(other) => Err(Failure::new("bad_request").with("cause", other)),
    }
}

/// What is asked of a form's list, and what the form lists anyway.
pub(crate) fn form_filters(desk: &Desk, form: &Form, mut asked: BTreeMap<String, Option<String>>) -> Done<Vec<Filter>> {
    let extent = extent(form, &mut asked)?;
    let mut filters = filters(desk, desk.record(&form.record)?, asked)?;
    filters.extend(own_filters(form));
    filters.extend(extent);
    Ok(filters)
}

/// Filters read as values: a code may be named, a row given by its id.
pub(crate) fn filters(desk: &Desk, record: &Record, asked: BTreeMap<String, Option<String>>) -> Done<Vec<Filter>> {
    let mut filters = Vec::new();
    let mut problems = Vec::new();
    for (key, typed) in asked {
        let Some(text) = typed else {
            filters.push(Filter::is(key, None));
            continue;
        };
        let object = Map::from_iter([(key.clone(), Json::from(text))]);
        let mut read = draft::read_fields(desk.catalogue(), record, &object, &Row::new());
        problems.append(&mut read.problems);
        filters.extend(read.values.into_iter().map(|(field, is)| Filter::is(field, only_one(is))));
    }
    if problems.is_empty() { Ok(filters) } else { Err(Failure::refused(problems)) }
}

/// One code asked of a list of codes means: the list holds it.
fn only_one(value: Option<Value>) -> Option<Value> {
    match value {
        Some(Value::Codes(codes)) if codes.len() == 1 => codes.into_iter().next().map(|code| Value::Text(code.into())),
        other => other,
    }
}
