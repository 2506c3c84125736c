//! What child rows say of a row on a day (decisions A1: projections), worked out from rows however they were come by.

use std::collections::{BTreeMap, BTreeSet};

use domain::definition::{Projection, SearchKind};
use domain::{Catalogue, Field, Id, Record, Text, Value, search_key};
use rusqlite::types::Value as Sql;

use crate::cell::{self, Cell};

/// What a row holds, by its fields' places among the stored ones, in their order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Values(Vec<(usize, Value)>);

impl Values {
    /// What a field holds.
    pub(crate) fn get(&self, place: usize) -> Option<&Value> {
        let at = self.0.binary_search_by_key(&place, |(place, _)| *place).ok()?;
        self.0.get(at).map(|(_, value)| value)
    }

    /// Brings what was added in any order into the fields' order.
    pub(crate) fn sort(&mut self) {
        self.0.sort_unstable_by_key(|(place, _)| *place);
    }

    /// A cell for the row's number, left empty, and one for each of so many stored fields.
    pub(crate) fn cells(&self, count: usize, number: impl Fn(Id) -> Option<i64>) -> Vec<Cell<'_>> {
        let mut cells: Vec<Cell<'_>> = (0..=count).map(|_| Cell::Null).collect();
        for (place, value) in &self.0 {
            if let Some(cell) = cells.get_mut(place + 1) {
                *cell = match value {
                    Value::Row(id) => number(*id).map_or(Cell::Null, Cell::Int),
                    value => Cell::of(Some(value)),
                };
            }
        }
        cells
    }
}

impl Extend<(usize, Value)> for Values {
    fn extend<I: IntoIterator<Item = (usize, Value)>>(&mut self, more: I) {
        self.0.extend(more);
    }
}

/// A child row as projections look at it.
#[derive(Debug, Clone)]
pub(crate) struct Child {
    /// The row.
    pub(crate) id: Id,
    /// What it holds.
    pub(crate) values: Values,
}

/// How a record's derived row follows from its own values and its child rows.
#[derive(Debug, Default)]
pub(crate) struct Projector {
    /// The records of the child rows that are looked at.
    pub(crate) sources: Vec<String>,
    /// One for each projection of the record.
    said: Vec<Option<Said>>,
    order: Vec<Part>,
    searched: Vec<(usize, SearchKind)>,
    /// Places of searched fields in the child rows of each source.
    beside: Vec<Vec<(usize, SearchKind)>>,
    /// How a row is looked at.
    pub(crate) own: Look,
    /// How the child rows of each source are looked at.
    pub(crate) looks: Vec<Look>,
}

/// The fields of a row that something is derived from, and the statement that reads them: its first column is the row's
/// number, or a child row's public id.
#[derive(Debug, Default)]
pub(crate) struct Look {
    /// The statement.
    pub(crate) sql: String,
    /// The fields by their places, in the statement's order.
    pub(crate) fields: Vec<(usize, Field)>,
}

/// One projection, its fields by place.
#[derive(Debug)]
struct Said {
    source: usize,
    field: usize,
    only: Vec<(usize, String)>,
    from: Option<usize>,
    until: Option<usize>,
    stated: Option<usize>,
    unless: Option<Overrule>,
}

/// What says otherwise while it lasts.
#[derive(Debug)]
struct Overrule {
    source: usize,
    field: usize,
    from: Option<usize>,
    until: Option<usize>,
    says: BTreeMap<String, String>,
}

/// One part of a record's order.
#[derive(Debug)]
enum Part {
    Own(usize),
    Name(usize),
    Said(usize),
}

/// What is derived of a row.
#[derive(Debug, Default)]
pub(crate) struct Derived {
    /// What each projection says.
    pub(crate) said: Vec<Option<Value>>,
    /// What the row is found by, sorted.
    pub(crate) keys: Vec<Text>,
    /// Names and places, searched for any part.
    pub(crate) words: Vec<String>,
}

/// A derived row as its table holds it.
#[derive(Debug)]
pub(crate) struct Listed {
    /// The row.
    pub(crate) obj: i64,
    /// What each projection says; a row by its number.
    pub(crate) said: Vec<Option<Value>>,
    /// What it is found by, sorted.
    pub(crate) keys: Vec<Text>,
    /// Names and places, one a line.
    pub(crate) words: String,
    /// Its place in lists.
    pub(crate) sort_key: String,
}

impl Listed {
    /// What each projection says, as cells.
    pub(crate) fn said_cells(&self) -> impl Iterator<Item = Sql> {
        self.said.iter().map(|value| cell::of_value(value.as_ref()))
    }
}

impl Look {
    fn of(record: &Record, places: BTreeSet<usize>, sql: impl Fn(&str, &str) -> String) -> Self {
        let fields = record.stored().enumerate().filter(|(place, _)| places.contains(place));
        let fields: Vec<(usize, Field)> = fields.map(|(place, field)| (place, field.clone())).collect();
        let columns: String = fields.iter().map(|(_, field)| format!(", {}", cell::column(record, field))).collect();
        Self { sql: sql(&columns, &format!("\"{}\"", record.record)), fields }
    }
}

impl Child {
    fn text(&self, place: usize) -> Option<&str> {
        self.values.get(place)?.as_text()
    }

    /// Whether the row speaks of a day: its from–to includes it; an open end is open.
    fn speaks_of(&self, on: &str, from: Option<usize>, until: Option<usize>) -> bool {
        let text = |place: Option<usize>| place.and_then(|place| self.text(place));
        text(from).is_none_or(|from| from <= on) && text(until).is_none_or(|until| on < until)
    }
}

/// The place of a field among the stored ones of a record.
pub(crate) fn place(record: &Record, key: &str) -> Option<usize> {
    record.stored().position(|field| field.key == key)
}

/// The searched fields of a record, by place.
fn searched(record: &Record) -> Vec<(usize, SearchKind)> {
    record.stored().enumerate().filter_map(|(at, field)| Some((at, field.search?))).collect()
}

impl Projector {
    /// What a record's definition comes to.
    pub(crate) fn of(catalogue: &Catalogue, record: &Record) -> Self {
        let mut all = Self { searched: searched(record), ..Self::default() };
        for projection in &record.projections {
            let said = all.resolve(catalogue, projection);
            all.said.push(said);
        }
        for (child, _) in catalogue.children_of(&record.record) {
            if !searched(child).is_empty() {
                all.source(&child.record);
            }
        }
        let beside = |name: &String| catalogue.record(name).map(searched).unwrap_or_default();
        all.beside = all.sources.iter().map(beside).collect();
        let part = |path: &String| {
            let key = path.trim_start_matches('-');
            let own = || place(record, key);
            let named = record.field(key).is_some_and(|field| field.search == Some(SearchKind::Name));
            let said = || record.projections.iter().position(|projection| projection.key == key).map(Part::Said);
            own().map(|place| if named { Part::Name(place) } else { Part::Own(place) }).or_else(said)
        };
        all.order = record.order.iter().filter_map(part).collect();
        let sorts = all.order.iter().filter_map(|part| match part {
            Part::Own(place) | Part::Name(place) => Some(*place),
            Part::Said(_) => None,
        });
        let own: BTreeSet<usize> = all.searched.iter().map(|(place, _)| *place).chain(sorts).collect();
        all.own =
            Look::of(record, own, |columns, table| format!("SELECT t.id{columns} FROM {table} t WHERE t.id = ?1"));
        let look = |(source, name): (usize, &String)| {
            let (child, via) = catalogue.children_of(&record.record).find(|(child, _)| child.record == *name)?;
            Some(Look::of(child, all.read_of(source), |columns, table| {
                format!("SELECT o.uuid{columns} FROM {table} t JOIN obj o ON o.id = t.id WHERE t.\"{via}\" = ?1")
            }))
        };
        all.looks = all.sources.iter().enumerate().map(|one| look(one).unwrap_or_default()).collect();
        all
    }

    /// The places of the fields that are read of a source's rows.
    fn read_of(&self, source: usize) -> BTreeSet<usize> {
        let mut read: BTreeSet<usize> =
            self.beside.get(source).into_iter().flatten().map(|(place, _)| *place).collect();
        for said in self.said.iter().flatten() {
            if said.source == source {
                read.extend([said.field].into_iter().chain(said.only.iter().map(|(place, _)| *place)));
                read.extend([said.from, said.until, said.stated].into_iter().flatten());
            }
            if let Some(unless) = said.unless.as_ref().filter(|unless| unless.source == source) {
                read.extend([Some(unless.field), unless.from, unless.until].into_iter().flatten());
            }
        }
        read
    }

    fn source(&mut self, record: &str) -> usize {
        self.source_of(record).unwrap_or_else(|| {
            self.sources.push(record.to_owned());
            self.sources.len() - 1
        })
    }

    fn resolve(&mut self, catalogue: &Catalogue, projection: &Projection) -> Option<Said> {
        let child = catalogue.record(&projection.record)?;
        let only = projection.only.iter().map(|(key, code)| Some((place(child, key)?, code.clone())));
        let unless = projection.unless.as_ref().and_then(|unless| {
            let other = catalogue.record(&unless.record)?;
            Some(Overrule {
                source: self.source(&unless.record),
                field: place(other, &unless.field)?,
                from: place(other, &unless.from),
                until: place(other, &unless.until),
                says: unless.says.clone(),
            })
        });
        Some(Said {
            source: self.source(&projection.record),
            field: place(child, &projection.field)?,
            only: only.collect::<Option<_>>()?,
            from: place(child, "from_on"),
            until: place(child, "until_on"),
            stated: place(child, "stated_on"),
            unless,
        })
    }

    /// The place of a record among the sources.
    pub(crate) fn source_of(&self, record: &str) -> Option<usize> {
        self.sources.iter().position(|source| source == record)
    }

    /// Whether anything is derived from a row's own field, by place.
    pub(crate) fn uses(&self, place: usize) -> bool {
        let sorts = |part: &Part| matches!(part, Part::Own(at) | Part::Name(at) if *at == place);
        self.searched.iter().any(|(at, _)| *at == place) || self.order.iter().any(sorts)
    }

    /// Whether anything is derived from a field of child rows, by the name of their record and the field's place.
    pub(crate) fn looks_at(&self, source: &str, place: usize) -> bool {
        let Some(source) = self.source_of(source) else { return false };
        let searched = self.beside.get(source).is_some_and(|fields| fields.iter().any(|(at, _)| *at == place));
        searched || self.said.iter().flatten().any(|said| said.looks_at(source, place))
    }

    /// The child row that a projection reads on a day.
    pub(crate) fn chosen<'c>(&self, projection: usize, children: &[Vec<&'c Child>], on: &str) -> Option<&'c Child> {
        let said = self.said.get(projection)?.as_ref()?;
        children.get(said.source).and_then(|rows| said.chosen(rows, on))
    }

    /// What each projection says on a day; `children` stand as `sources` do.
    pub(crate) fn said(&self, children: &[Vec<&Child>], on: &str) -> Vec<Option<Value>> {
        let rows = |source: usize| children.get(source).map_or(&[][..], Vec::as_slice);
        let value = |said: &Said| {
            let otherwise = said.unless.as_ref().and_then(|unless| unless.says_of(rows(unless.source), on));
            otherwise.or_else(|| said.chosen(rows(said.source), on)?.values.get(said.field).cloned())
        };
        self.said.iter().map(|said| value(said.as_ref()?)).collect()
    }

    /// Everything derived of a row for lists and searches.
    pub(crate) fn derive(&self, own: &Values, children: &[Vec<&Child>], on: &str) -> Derived {
        let mut derived = Derived { said: self.said(children, on), ..Derived::default() };
        derived.add(own, &self.searched);
        for (rows, searched) in children.iter().zip(&self.beside).filter(|(_, searched)| !searched.is_empty()) {
            rows.iter().for_each(|row| derived.add(&row.values, searched));
        }
        derived.keys.sort_unstable();
        derived.keys.dedup();
        derived
    }

    /// The derived row of a row; `number` knows the rows that projections name.
    pub(crate) fn listed(
        &self,
        obj: i64,
        (own, children): (&Values, &[Vec<&Child>]),
        on: &str,
        mut number: impl FnMut(Id) -> Option<i64>,
    ) -> Listed {
        let derived = self.derive(own, children, on);
        let sort_key = self.sort_key(own, &derived.said, |id| number(id).unwrap_or_default());
        let said = derived.said.into_iter().map(|value| match value {
            Some(Value::Row(id)) => number(id).map(Value::Int),
            value => value,
        });
        let said = said.collect();
        Listed { obj, said, words: derived.words.join("\n"), sort_key, keys: derived.keys }
    }

    /// A text that sorts rows as the record's `order` asks: numbers by size, names by pinyin, empty last.
    pub(crate) fn sort_key(&self, own: &Values, said: &[Option<Value>], mut obj: impl FnMut(Id) -> i64) -> String {
        let mut text = |part: &Part| {
            let value = match part {
                Part::Own(place) | Part::Name(place) => own.get(*place),
                Part::Said(at) => said.get(*at).and_then(Option::as_ref),
            };
            match (value, part) {
                (None, _) => "~".to_owned(),
                (Some(Value::Int(number)), _) => format!("{number:012}"),
                (Some(Value::Row(id)), _) => search_key::ordinal(u64::try_from(obj(*id)).unwrap_or_default()),
                (Some(Value::Text(text)), Part::Name(_)) => search_key::sort_key(text),
                (Some(value), _) => search_key::natural(&value.as_codes().join(" ")),
            }
        };
        self.order.iter().map(&mut text).collect::<Vec<_>>().join("\u{1}")
    }
}

impl Said {
    fn looks_at(&self, source: usize, place: usize) -> bool {
        let days = [self.from, self.until, self.stated];
        let own = self.field == place || days.contains(&Some(place)) || self.only.iter().any(|(at, _)| *at == place);
        let overruled = self.unless.as_ref().is_some_and(|unless| {
            unless.source == source && (unless.field == place || [unless.from, unless.until].contains(&Some(place)))
        });
        (self.source == source && own) || overruled
    }

    /// Newest first: by beginning, then by the day it was stated; between equals every computer takes the same.
    fn chosen<'c>(&self, rows: &[&'c Child], on: &str) -> Option<&'c Child> {
        let matches = |child: &&'c Child| self.only.iter().all(|(place, code)| child.text(*place) == Some(code));
        let day = |child: &'c Child, place: Option<usize>| place.and_then(|place| child.text(place));
        rows.iter()
            .copied()
            .filter(matches)
            .filter(|child| child.speaks_of(on, self.from, self.until))
            .max_by_key(|child| (day(child, self.from), day(child, self.stated), child.id))
    }
}

impl Overrule {
    fn says_of(&self, rows: &[&Child], on: &str) -> Option<Value> {
        let lasting = rows.iter().filter(|child| child.speaks_of(on, self.from, self.until));
        let says = lasting.filter_map(|child| Some((child.id, self.says.get(child.text(self.field)?)?)));
        says.max_by_key(|(id, _)| *id).map(|(_, code)| Value::Text(code.as_str().into()))
    }
}

impl Derived {
    fn add(&mut self, values: &Values, searched: &[(usize, SearchKind)]) {
        for (place, kind) in searched {
            let Some(text) = values.get(*place).and_then(Value::as_text) else { continue };
            match kind {
                SearchKind::Name => {
                    self.keys.extend(search_key::of_name(text));
                    self.words.push(search_key::fold(text));
                }
                SearchKind::Number => self.keys.extend(search_key::of_number(text)),
                SearchKind::Text => self.words.push(search_key::fold(text)),
            }
        }
    }
}
