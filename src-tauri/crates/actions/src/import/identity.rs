//! By what rows are told apart in a workbook, whose rows they are, and which of their fields a workbook may fill.

use domain::check::Rule;
use domain::definition::SearchKind;
use domain::{Catalogue, FieldType, Record};

/// By what rows of a record are told apart.
pub(crate) struct Identity<'c> {
    record: &'c Record,
    /// Numbers no two rows share.
    pub(crate) numbers: Vec<&'c str>,
    /// The name.
    pub(crate) name: Option<&'c str>,
    /// Other names one may go by.
    pub(crate) other_names: Vec<&'c str>,
    /// The day that tells namesakes apart: a birth date.
    pub(crate) day: Option<&'c str>,
    /// What tells the rows of a register apart that no name alone names: a day and a theme. Empty elsewhere.
    pub(crate) tell: Vec<&'c str>,
}

impl<'c> Identity<'c> {
    pub(crate) fn of(record: &'c Record) -> Self {
        let day = record.rules.iter().find_map(|rule| match rule {
            Rule::NumbersAgree { birth_date, .. } => Some(birth_date.as_str()),
            _ => None,
        });
        let is_name = |key: &&String| record.field(key).is_some_and(|field| field.kind == FieldType::Text);
        let name = record.names.first().filter(is_name).map(String::as_str);
        let named = record.stored().filter(|field| field.search == Some(SearchKind::Name));
        let numbers: Vec<&str> = record.unique().map(|(field, _)| field).collect();
        let own_names = record.names.iter().map(String::as_str).filter(|key| record.projection(key).is_none());
        let mut tell: Vec<&str> = own_names.collect();
        if !numbers.is_empty() || day.is_some() || (tell.len() == 1 && name.is_some()) {
            tell.clear();
        }
        Self {
            record,
            numbers,
            name,
            other_names: named.map(|field| field.key.as_str()).filter(|key| Some(*key) != name).collect(),
            day,
            tell,
        }
    }

    /// The fields that tell a row to whoever reads a workbook: no number that is for few eyes.
    pub(crate) fn told(&self) -> Vec<&'c str> {
        let open = |key: &&&str| self.record.field(key).is_some_and(|field| !field.sensitive);
        let numbers = self.numbers.iter().filter(open);
        self.name.iter().chain(&self.day).chain(numbers).chain(&self.tell).copied().collect()
    }

    /// Whether a field helps to tell which row a line is about.
    pub(crate) fn uses(&self, key: &str) -> bool {
        self.name == Some(key) || self.numbers.contains(&key) || self.tell.contains(&key)
    }
}

/// Whether people fill a field from a workbook: neither kept by the program nor what says whose row it is.
pub(crate) fn is_importable(record: &Record, key: &str) -> bool {
    record.field(key).is_some_and(|field| match field.kind {
        FieldType::File => false,
        FieldType::Row if field.to.as_deref() == Some("organisation") => {
            field.projected || field.default.as_deref() == Some("@organisation")
        }
        _ => !field.kept && !field.hidden && record.owner.as_deref() != Some(key),
    })
}

/// The record that a record's rows belong to, and the field that says so.
pub(crate) fn owner_of<'c>(catalogue: &'c Catalogue, record: &'c Record) -> Option<(&'c str, &'c Record)> {
    let via = record.owner.as_deref()?;
    Some((via, catalogue.record(record.field(via)?.to.as_deref()?)?))
}
