//! The statements that follow from a record's definition, written once when the ledger is opened.

use std::collections::{BTreeSet, HashMap};

use domain::definition::{Projection, Unless};
use domain::{Catalogue, Field, FieldType, Record, Text};
use oplog::FieldName;

use crate::cell::column;
use crate::project::Projector;

/// The statements of every record, by its name.
#[derive(Debug, Default)]
pub(crate) struct Shapes(HashMap<String, Shape>);

/// The statements of one record.
#[derive(Debug, Default)]
pub(crate) struct Shape {
    /// id, then the stored fields, of one row.
    pub(crate) row: String,
    /// Public id, then stored fields, then projections, of one row.
    pub(crate) listed: String,
    /// The same of every row, oldest first.
    pub(crate) every: String,
    /// Adds a row: id, then the stored fields.
    pub(crate) insert: String,
    /// The row that a row belongs to.
    pub(crate) owner: String,
    /// Removes a derived row.
    pub(crate) forget: String,
    /// A derived row: projections, keys, place in lists, words.
    pub(crate) derived: String,
    /// Changes a derived row: id, projections, keys, place in lists.
    pub(crate) change: String,
    /// Changes the keys of a derived row alone.
    pub(crate) rekey: String,
    /// Adds a derived row: id, projections, keys, place in lists.
    pub(crate) keep: String,
    /// What finds a row and its place in lists.
    pub(crate) place: String,
    /// How the derived row follows from the others.
    pub(crate) projector: Projector,
    /// The record of the row that a row belongs to, when something of that one is derived from it.
    pub(crate) feeds: Option<String>,
    /// Each stored field's place among them, by `record.field`.
    places: HashMap<String, usize>,
    /// The names of the fields in the log, by key.
    names: HashMap<String, FieldName>,
}

impl Shapes {
    /// The statements of a catalogue.
    pub(crate) fn of(catalogue: &Catalogue) -> Self {
        Self(catalogue.records().map(|record| (record.record.clone(), Shape::of(catalogue, record))).collect())
    }

    /// Those of a record.
    pub(crate) fn get(&self, record: &Record) -> Option<&Shape> {
        self.named(&record.record)
    }

    /// Those of a record, by its name.
    pub(crate) fn named(&self, record: &str) -> Option<&Shape> {
        self.0.get(record)
    }

    /// The name of a record's field in the log.
    pub(crate) fn name(&self, record: &str, key: &str) -> FieldName {
        let known = self.0.get(record).and_then(|shape| shape.name(key));
        known.unwrap_or_else(|| format!("{record}.{key}").into())
    }

    /// The place of a stored field among its record's, by `record.field`.
    pub(crate) fn place(&self, name: &str) -> Option<usize> {
        let (record, _) = name.split_once('.')?;
        self.0.get(record)?.places.get(name).copied()
    }
}

impl Shape {
    /// The name of a stored field, or of the row's life, in the log.
    pub(crate) fn name(&self, key: &str) -> Option<FieldName> {
        self.names.get(key).cloned()
    }

    fn of(catalogue: &Catalogue, record: &Record) -> Self {
        let table = &record.record;
        let columns: Vec<&Text> = record.columned().map(|field: &Field| &field.key).collect();
        let said: Vec<&Text> = record.projections.iter().map(|projection| &projection.key).collect();
        let list = |prefix: &str, names: &[&Text]| -> String {
            names.iter().map(|name| format!(", {prefix}\"{name}\"")).collect()
        };
        let places = |count: usize| -> String { (0..count).map(|_| ", ?").collect() };
        let via = record.owner.clone().unwrap_or_default();
        let join = match said.is_empty() {
            true => String::new(),
            false => format!(" JOIN \"{table}_now\" n ON n.id = t.id"),
        };
        let own: String = record.stored().map(|field| format!(", {}", column(record, field))).collect();
        let told = list("n.", &said);
        let listed = format!("SELECT o.uuid{own}{told} FROM \"{table}\" t JOIN obj o ON o.id = t.id{join}");
        Self {
            row: format!("SELECT t.id{own} FROM \"{table}\" t WHERE t.id = ?1"),
            listed: format!("{listed} WHERE t.id = ?1"),
            every: format!("{listed} ORDER BY t.id"),
            insert: format!("INSERT INTO \"{table}\" (id{}) VALUES (?{})", list("", &columns), places(columns.len())),
            owner: format!("SELECT \"{via}\" FROM \"{table}\" WHERE id = ?1"),
            forget: format!("DELETE FROM \"{table}_now\" WHERE id = ?1"),
            derived: format!(
                "SELECT {}n.keys, n.sort_key, w.words FROM \"{table}_now\" n LEFT JOIN find_words w ON w.obj = n.id WHERE n.id = ?1",
                said.iter().map(|name| format!("n.\"{name}\", ")).collect::<String>()
            ),
            change: format!(
                "UPDATE \"{table}_now\" SET {}keys = ?{}, sort_key = ?{} WHERE id = ?1",
                said.iter().zip(2..).map(|(name, at)| format!("\"{name}\" = ?{at}, ")).collect::<String>(),
                said.len() + 2,
                said.len() + 3
            ),
            rekey: format!("UPDATE \"{table}_now\" SET keys = ?2 WHERE id = ?1"),
            keep: format!(
                "INSERT INTO \"{table}_now\" (id{}, keys, sort_key) VALUES (?{})",
                list("", &said),
                places(said.len() + 2)
            ),
            place: format!(
                "SELECT n.keys, w.words, n.sort_key FROM \"{table}_now\" n LEFT JOIN find_words w ON w.obj = n.id WHERE n.id = ?1"
            ),
            projector: Projector::of(catalogue, record),
            feeds: fed_by(catalogue, record),
            names: record
                .stored()
                .map(|field| field.key.as_str())
                .chain([oplog::LIFE])
                .map(|key| (key.to_owned(), format!("{table}.{key}").into()))
                .collect(),
            places: columns.iter().enumerate().map(|(at, key)| (format!("{table}.{key}"), at)).collect(),
        }
    }
}

/// The record that rows of a child record belong to, if they show in what is derived for it.
fn fed_by(catalogue: &Catalogue, child: &Record) -> Option<String> {
    let field = child.field(child.owner.as_ref()?)?;
    let owner = catalogue.record(field.to.as_deref()?).filter(|owner| !owner.projections.is_empty())?;
    let overrules = |unless: &Unless| unless.record == child.record;
    let shows = |projection: &Projection| {
        projection.record == child.record || projection.unless.as_ref().is_some_and(overrules)
    };
    let fed = owner.projections.iter().any(shows) || child.stored().any(|field| field.search.is_some());
    fed.then(|| owner.record.clone())
}

/// The statements that change rows of one record.
#[derive(Debug, Default)]
pub(crate) struct Columns {
    /// Changes any of the plain columns: for each whether, and to what.
    pub(crate) many: String,
    /// For each stored field its place among the plain columns; an index or a reference makes a change costly.
    pub(crate) plain: Vec<Option<usize>>,
    /// For each stored field the statement that changes it alone.
    pub(crate) one: Vec<String>,
}

impl Columns {
    pub(crate) fn of(record: &Record, indexed: &BTreeSet<String>) -> Self {
        let (mut columns, mut sets) = (Self::default(), Vec::new());
        for field in record.columned() {
            let (table, key) = (&record.record, &field.key);
            columns.one.push(format!("UPDATE \"{table}\" SET \"{key}\" = ?2 WHERE id = ?1"));
            let is_plain = field.kind != FieldType::Row && !indexed.contains(key.as_str());
            columns.plain.push(is_plain.then_some(sets.len()));
            if is_plain {
                let at = sets.len() * 2 + 2;
                sets.push(format!("\"{key}\" = CASE WHEN ?{at} THEN ?{} ELSE \"{key}\" END", at + 1));
            }
        }
        columns.many = format!("UPDATE \"{}\" SET {} WHERE id = ?1", record.record, sets.join(", "));
        columns
    }

    pub(crate) fn plain(&self, place: usize) -> Option<usize> {
        self.plain.get(place).copied().flatten()
    }
}
