//! Rows that a line names without belonging to them: its school, the child a committee's member is a parent of.

use std::collections::{BTreeMap, HashMap};

use domain::{Catalogue, Field, Id, Problem, Record, Row, search_key, show};
use store::View;

use super::known::Known;
use super::line::Given;
use super::matching::{self, Found, Line};
use crate::failure::Done;

/// The rows of the records that a sheet names.
#[derive(Default)]
pub(crate) struct NamedRows<'c> {
    of: BTreeMap<String, Rows<'c>>,
}

struct Rows<'c> {
    known: Known<'c>,
    /// Whole names, and each text they are made of.
    by_name: HashMap<String, Vec<Id>>,
}

impl<'c> NamedRows<'c> {
    /// Reads the rows of a record, once.
    pub(crate) fn load(&mut self, catalogue: &'c Catalogue, view: View<'_>, record: &'c Record) -> Done<()> {
        if self.of.contains_key(&record.record) {
            return Ok(());
        }
        let known = Known::load(catalogue, view, record)?;
        let mut by_name: HashMap<String, Vec<Id>> = HashMap::new();
        for child in &known.children {
            let shown =
                |key: &String| Some(show::in_list(catalogue, record.field(key), child.own.row.get(key.as_str())?));
            let texts: Vec<String> = record.names.iter().filter_map(shown).collect();
            for name in [texts.join(" ")].iter().chain(&texts) {
                let rows = by_name.entry(search_key::fold(name)).or_default();
                if !rows.contains(&child.own.id) {
                    rows.push(child.own.id);
                }
            }
        }
        self.of.insert(record.record.clone(), Rows { known, by_name });
        Ok(())
    }

    /// The row with a name.
    pub(crate) fn by_name(&self, record: &str, key: &str, name: &str) -> Result<Id, Problem> {
        let found = self.of.get(record).and_then(|rows| rows.by_name.get(&search_key::fold(name)));
        match found.map(Vec::as_slice).unwrap_or_default() {
            [one] => Ok(*one),
            [] => Err(Problem::block(key, "nothing_named").with("typed", name)),
            several => Err(Problem::block(key, "several_named").with("typed", name).with("count", several.len())),
        }
    }

    /// What the row that some columns of a line speak of holds; none where it cannot be told.
    pub(crate) fn row(&self, record: &str, given: &Given) -> Option<&Row> {
        let known = &self.of.get(record)?.known;
        match matching::find(known, &Line::of(given)) {
            Found::One(at, ..) => Some(&known.child(at)?.own.row),
            Found::Nobody(_) | Found::Refused(_) => None,
        }
    }

    /// The row that some columns of a line speak of.
    pub(crate) fn find(&self, record: &str, key: &str, given: &Given) -> Result<Id, Problem> {
        let nothing = || Problem::block(key, "nothing_named").with("typed", typed(given));
        let Some(rows) = self.of.get(record) else { return Err(nothing()) };
        match matching::find(&rows.known, &Line::of(given)) {
            Found::One(at, ..) => rows.known.child(at).map(|child| child.own.id).ok_or_else(nothing),
            Found::Nobody(_) => Err(nothing()),
            Found::Refused(problem) => Err(Problem { field: key.to_owned(), ..problem }),
        }
    }
}

fn typed(given: &Given) -> String {
    given.values().filter_map(|(value, _)| value.as_text()).collect::<Vec<_>>().join(" ")
}

/// Schools by what workbooks call them.
pub(crate) struct Schools {
    pub(crate) own: Id,
    /// Its reduced name.
    pub(crate) own_name: String,
    /// Reduced name or code → school.
    pub(crate) known: HashMap<String, Id>,
}

impl Schools {
    /// A school by name or code. Its own school needs no saying: new rows belong to it.
    pub(crate) fn read(&self, field: &Field, text: &str) -> Result<Option<Id>, Problem> {
        let typed = super::heads::reduced(text);
        let own = &self.own_name;
        match self.known.get(&typed) {
            Some(school) if *school == self.own => Ok(None),
            Some(school) => Ok(Some(*school)),
            // 鲁山县某某小学 and 某某小学 are one school.
            None if own.chars().count() > 2 && (typed.ends_with(own.as_str()) || own.ends_with(&typed)) => Ok(None),
            None => Err(Problem::block(&field.key, "school_unknown").with("typed", text)),
        }
    }
}
