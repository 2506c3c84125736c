//! The columns of a form's workbook: those of the screen, and what it takes to know each line again when it comes back.

use domain::check::Rule;
use domain::form::{Column, Medium};
use domain::label::Label;
use domain::path::{Leaf, Path};
use domain::{Catalogue, FieldType, Form, Record};

use crate::desk::Session;
use crate::import::{Identity, is_importable, owner_of};

/// The columns of a form's workbook, in their order.
pub(crate) fn columns(catalogue: &Catalogue, session: &Session, form: &Form) -> Vec<Column> {
    let mut all: Vec<Column> = form.columns_of(Medium::Screen).cloned().collect();
    let Some(record) = catalogue.record(&form.record) else { return all };
    let mut wanted = whose(catalogue, record);
    wanted.extend(named(catalogue, record, &all));
    if session.organisation.is_above() {
        wanted.extend(school(record));
    }
    for (path, head) in wanted {
        if all.iter().all(|column| column.path != path) {
            all.push(Column {
                path,
                head: Some(head),
                band: None,
                width_mm: None,
                only: Some(Medium::Screen),
                keep: false,
            });
        }
    }
    all
}

/// What tells whose a row is; for a row that is nobody's, which it is.
fn whose(catalogue: &Catalogue, record: &Record) -> Vec<(Path, Label)> {
    let (mut through, mut at, mut found) = (Vec::new(), record, Vec::new());
    while let Some((via, owner)) = owner_of(catalogue, at) {
        through.push(via.to_owned());
        let keys = if owner.owner.is_some() { names(owner) } else { Identity::of(owner).told() };
        found.extend(keys.into_iter().filter_map(|key| told(owner, &through, key, &owner.title)));
        at = owner;
    }
    if through.is_empty() {
        let own = Identity::of(record).told();
        found.extend(own.into_iter().filter_map(|key| told(record, &[], key, &Label::default())));
    }
    found
}

/// What tells which rows a form's columns name beside the one a line belongs to.
fn named(catalogue: &Catalogue, record: &Record, columns: &[Column]) -> Vec<(Path, Label)> {
    let is_used = |key: &str| columns.iter().any(|column| column.path.through.first().is_some_and(|step| step == key));
    let fields = record.fields.iter().filter(|field| field.kind == FieldType::Row && is_importable(record, &field.key));
    let mut found = Vec::new();
    for field in fields.filter(|field| is_used(&field.key)) {
        let Some(target) = field.to.as_deref().and_then(|to| catalogue.record(to)) else { continue };
        let through = [field.key.to_string()];
        found.extend(
            Identity::of(target).told().into_iter().filter_map(|key| told(target, &through, key, &field.label)),
        );
    }
    found
}

/// The school that a row is of, where there are several.
fn school(record: &Record) -> Option<(Path, Label)> {
    let field = record.fields.iter().find(|field| field.default.as_deref() == Some("@organisation"))?;
    told(record, &[], &field.key, &Label::default())
}

fn told(record: &Record, through: &[String], key: &str, before: &Label) -> Option<(Path, Label)> {
    let label = &record.field(key)?.label;
    let head = Label { zh: format!("{}{}", before.zh, label.zh), en: format!("{} {}", before.en, label.en) };
    Some((Path { through: through.to_vec(), leaf: Leaf::Field(key.to_owned()) }, head))
}

/// What names a row between another one and its child, but for a state that moves on.
fn names(record: &Record) -> Vec<&str> {
    let moves = |key: &str| record.rules.iter().any(|rule| matches!(rule, Rule::Moves { field, .. } if field == key));
    record.names.iter().map(String::as_str).filter(|key| !moves(key)).collect()
}
