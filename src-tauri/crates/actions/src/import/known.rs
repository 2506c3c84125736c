//! The rows the ledger holds already, indexed once for a whole workbook, and the rows it will make of it.

use std::collections::{BTreeSet, HashSet};

use domain::{Catalogue, Id, Record, Row, Text, Value, grade, search_key};
use hashbrown::HashMap;
use smallvec::SmallVec;
use store::View;

use super::identity::{Identity, owner_of};
use super::texts::trimmed;
use crate::failure::Done;

/// Where a line stands in the workbook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) sheet: String,
    pub(crate) line: u32,
}

/// A row, in the ledger or to be made, as it will stand.
#[derive(Debug, Clone)]
pub(crate) struct Held {
    pub(crate) id: Id,
    /// Whether the ledger holds it.
    pub(crate) on_file: bool,
    /// Its values, as they will stand.
    pub(crate) row: Row,
    /// The fields this import gives it; all of them, when the ledger does not hold the row.
    pub(crate) fresh: BTreeSet<Text>,
}

/// A row that lines are matched with, and the rows that belong to it.
#[derive(Debug, Clone)]
pub(crate) struct Child {
    pub(crate) own: Held,
    /// Rows beside it, by record; in the order their numbers count.
    pub(crate) beside: Vec<(String, Held)>,
    /// The line that spoke of it first in this import.
    pub(crate) from: Option<Place>,
    /// Notes of imports: unrecognised columns and unread cells.
    pub(crate) notes: HashSet<(String, String)>,
    /// Notes of this import.
    pub(crate) new_notes: Vec<Note>,
}

/// What a line said beyond the known columns.
#[derive(Debug, Clone)]
pub(crate) struct Note {
    pub(crate) place: Place,
    pub(crate) kept: String,
    pub(crate) unread: String,
}

/// Where rows stand among those known: nearly always one.
type Places = SmallVec<[usize; 2]>;

/// Everything known of a record, indexed.
pub(crate) struct Known<'c> {
    pub(crate) record: &'c Record,
    pub(crate) identity: Identity<'c>,
    pub(crate) children: Vec<Child>,
    by_id: HashMap<Id, usize>,
    /// For each number of the identity, by its text.
    by_number: Vec<HashMap<Text, Places>>,
    by_name: HashMap<Text, Places>,
    /// By the first thing that tells rows of a register apart.
    by_tell: HashMap<String, Places>,
    /// By the natural key.
    by_key: HashMap<Vec<String>, usize>,
    /// Fields that nobody has chosen a value for.
    pub(crate) contested: HashSet<(Id, String)>,
}

impl<'c> Known<'c> {
    /// Reads everything that lines of this record may meet: one pass a table.
    pub(crate) fn load(catalogue: &'c Catalogue, view: View<'_>, record: &'c Record) -> Done<Self> {
        let identity = Identity::of(record);
        let mut known = Self {
            record,
            children: vec![],
            by_id: HashMap::new(),
            by_number: vec![HashMap::new(); identity.numbers.len()],
            identity,
            by_name: HashMap::new(),
            by_tell: HashMap::new(),
            by_key: HashMap::new(),
            contested: HashSet::new(),
        };
        for (id, row) in view.every(record)? {
            let own = Held { id, on_file: true, row, fresh: BTreeSet::new() };
            known.add(Child::new(own));
        }
        if !known.children.is_empty() {
            for (child, via) in catalogue.children_of(&record.record).filter(|(child, _)| !child.beside.is_empty()) {
                known.add_beside(view, child, via)?;
            }
            known.add_notes(catalogue, view)?;
        }
        if view.conflict_count()? > 0 {
            known.contested = view.conflicts(None)?.into_iter().map(|one| (one.row, one.field)).collect();
        }
        Ok(known)
    }

    fn add_beside(&mut self, view: View<'_>, child: &Record, via: &str) -> Done<()> {
        let mut rows = view.every(child)?;
        // As lists sort them: those with the flag of the record's order first.
        for key in child.order.iter().rev() {
            match key.strip_prefix('-') {
                Some(key) => rows.sort_by(|(_, a), (_, b)| b.get(key).cmp(&a.get(key))),
                None => rows.sort_by(|(_, a), (_, b)| a.get(key.as_str()).cmp(&b.get(key.as_str()))),
            }
        }
        for (id, row) in rows {
            let Some(at) = row.get(via).and_then(Value::as_row).and_then(|owner| self.by_id.get(&owner)) else {
                continue;
            };
            let held = Held { id, on_file: true, row, fresh: BTreeSet::new() };
            if let Some(owner) = self.children.get_mut(*at) {
                owner.beside.push((child.record.clone(), held));
            }
        }
        Ok(())
    }

    fn add_notes(&mut self, catalogue: &Catalogue, view: View<'_>) -> Done<()> {
        let Some(notes) = catalogue.record("import_note") else { return Ok(()) };
        if owner_of(catalogue, notes).is_none_or(|(_, owner)| owner.record != self.record.record) {
            return Ok(());
        }
        for (_, row) in view.every(notes)? {
            let text = |key: &str| row.get(key).and_then(Value::as_text).unwrap_or_default().to_owned();
            let owner = row.get("student").and_then(Value::as_row).and_then(|owner| self.by_id.get(&owner));
            if let Some(child) = owner.and_then(|at| self.children.get_mut(*at)) {
                child.notes.insert((text("kept"), text("unread")));
            }
        }
        Ok(())
    }

    /// Adds a row; gives its place.
    pub(crate) fn add(&mut self, child: Child) -> usize {
        let at = self.children.len();
        self.children.push(child);
        self.index(at);
        at
    }

    /// Begins a row that the ledger does not hold; it is found by nothing yet.
    pub(crate) fn begin(&mut self, id: Id) -> usize {
        self.children.push(Child::new(Held::new(id)));
        self.children.len() - 1
    }

    /// Makes a row findable by its names and numbers as they stand.
    pub(crate) fn index(&mut self, at: usize) {
        let Some(child) = self.children.get(at) else { return };
        self.by_id.insert(child.own.id, at);
        if let Some((key, value)) = self.identity.tell.first().and_then(|key| Some((key, child.own.row.get(*key)?))) {
            push(self.by_tell.entry(alike(key, value)).or_default(), at);
        }
        if !self.record.key.is_empty() {
            self.by_key.entry(key_of(self.record, &child.own.row)).or_insert(at);
        }
        for (key, places) in self.identity.numbers.iter().zip(&mut self.by_number) {
            let Some(text) = child.own.row.get(*key).and_then(Value::to_text) else { continue };
            push(places.entry(text).or_default(), at);
        }
        for key in self.identity.name.iter().chain(&self.identity.other_names) {
            let Some(text) = child.own.row.get(*key).and_then(Value::as_text) else { continue };
            push(self.by_name.entry(search_key::fold(trimmed(text)).into()).or_default(), at);
        }
    }

    pub(crate) fn child(&self, at: usize) -> Option<&Child> {
        self.children.get(at)
    }

    /// The row with the natural key of another.
    pub(crate) fn with_key(&self, row: &Row) -> Option<usize> {
        self.by_key.get(&key_of(self.record, row)).copied()
    }

    /// Rows of a register whose day or theme is this one.
    pub(crate) fn with_tell(&self, key: &str, value: &Value) -> &[usize] {
        self.by_tell.get(&alike(key, value)).map(Places::as_slice).unwrap_or_default()
    }

    /// Rows that hold a number.
    pub(crate) fn with_number(&self, number: usize, text: &str) -> &[usize] {
        self.by_number.get(number).and_then(|places| places.get(text)).map(Places::as_slice).unwrap_or_default()
    }

    /// Rows that go by a name.
    pub(crate) fn with_name(&self, name: &str) -> &[usize] {
        self.by_name.get(search_key::fold(name).as_str()).map(Places::as_slice).unwrap_or_default()
    }
}

impl Held {
    /// A row to be made.
    pub(crate) fn new(id: Id) -> Self {
        Self { id, on_file: false, row: Row::new(), fresh: BTreeSet::new() }
    }
}

impl Child {
    pub(crate) fn new(own: Held) -> Self {
        Self { own, beside: vec![], from: None, notes: HashSet::new(), new_notes: vec![] }
    }

    pub(crate) fn text(&self, key: &str) -> Option<&str> {
        self.own.row.get(key).and_then(Value::as_text)
    }

    /// Telephone numbers of the row and of those beside it.
    pub(crate) fn has_phone(&self, phone: &str) -> bool {
        let holds = |row: &Row| row.get("phone").and_then(Value::as_text) == Some(phone);
        holds(&self.own.row) || self.beside.iter().any(|(_, held)| holds(&held.row))
    }
}

/// A field's value as it is compared: texts without what folding takes away, 1班 as 1.
pub(crate) fn alike(key: &str, value: &Value) -> String {
    match value {
        Value::Text(text) => {
            let class = if key == "class" { grade::class_name(text) } else { None };
            search_key::fold(trimmed(class.as_deref().unwrap_or(text)))
        }
        other => other.to_json().to_string(),
    }
}

/// Whether two values of a field, or none, are the same to whoever reads them.
pub(crate) fn is_alike(key: &str, standing: Option<&Value>, given: Option<&Value>) -> bool {
    standing.map(|value| alike(key, value)) == given.map(|value| alike(key, value))
}

/// The parts of a natural key as they are compared.
fn key_of(record: &Record, row: &Row) -> Vec<String> {
    record.key.iter().map(|key| row.get(key.as_str()).map(|value| alike(key, value)).unwrap_or_default()).collect()
}

fn push(places: &mut Places, at: usize) {
    if !places.contains(&at) {
        places.push(at);
    }
}
