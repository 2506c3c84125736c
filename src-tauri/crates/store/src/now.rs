//! What child rows say of a row on a day (decisions A1: projections), and the derived table that holds it for today.

use std::collections::{BTreeMap, BTreeSet};

use domain::definition::{Projection, SearchKind, Unless};
use domain::{Date, Field, Id, Record, Value, search_key};
use rusqlite::types::Value as Sql;
use rusqlite::{Connection, OptionalExtension, params_from_iter};

use crate::error::Doing;
use crate::{Door, StoreError, View, cell};

/// Rows whose derived tables must follow, by record.
#[derive(Debug, Default)]
pub(crate) struct Dirty(BTreeMap<String, BTreeSet<i64>>);

/// Keys to be taken away and keys to be added, each with the row it finds.
#[derive(Debug, Default)]
struct Keys {
    old: Vec<(String, i64)>,
    new: Vec<(String, i64)>,
}

/// A child row as projections look at it.
struct Child {
    id: i64,
    values: BTreeMap<String, Value>,
}

impl Child {
    fn text(&self, key: &str) -> Option<&str> {
        self.values.get(key).and_then(Value::as_text)
    }

    /// Whether the row speaks of a day: its from–to includes it; an open end is open.
    fn speaks_of(&self, on: Date, [from, until]: [&str; 2]) -> bool {
        let on = on.to_string();
        self.text(from).is_none_or(|from| from <= on.as_str())
            && self.text(until).is_none_or(|until| on.as_str() < until)
    }

    /// Newest first: by beginning, then by the day it was stated, then by arrival.
    fn newness(&self) -> (Option<&str>, Option<&str>, i64) {
        (self.text("from_on"), self.text("stated_on"), self.id)
    }
}

/// The day the derived tables speak of.
pub(crate) fn day_of(db: &Connection) -> Result<Option<Date>, StoreError> {
    let stored: Option<String> = db
        .query_row("SELECT CAST(value AS TEXT) FROM local WHERE key = 'today'", [], |row| row.get(0))
        .optional()
        .doing("reading the day")?;
    Ok(stored.and_then(|text| text.parse().ok()))
}

impl View<'_> {
    /// The row, of the record `child`, that a projection reads or writes on a day.
    pub fn projected_row(&self, owner: Id, projection: &Projection, on: Date) -> Result<Option<Id>, StoreError> {
        let Some(obj) = self.obj(owner)? else { return Ok(None) };
        let Some(record) = self.catalogue.record(&projection.record) else { return Ok(None) };
        let children = self.children(record, obj)?;
        chosen(&children, projection, on).map(|child| self.uuid(child.id)).transpose()
    }

    /// Everything the projections of a record say of a row on a day.
    pub(crate) fn projected(&self, record: &Record, obj: i64, on: Date) -> Result<BTreeMap<String, Value>, StoreError> {
        let mut said = BTreeMap::new();
        let sources: BTreeSet<&str> = record.projections.iter().map(|projection| projection.record.as_str()).collect();
        for source in sources {
            let Some(child) = self.catalogue.record(source) else { continue };
            let children = self.children(child, obj)?;
            for projection in record.projections.iter().filter(|projection| projection.record == source) {
                let value = chosen(&children, projection, on).and_then(|row| row.values.get(&projection.field));
                said.extend(value.map(|value| (projection.key.clone(), value.clone())));
            }
        }
        for projection in &record.projections {
            said.extend(self.overruled(projection, obj, on)?.map(|value| (projection.key.clone(), value)));
        }
        Ok(said)
    }

    /// What rows of another record say instead of a projection, while they last.
    fn overruled(&self, projection: &Projection, obj: i64, on: Date) -> Result<Option<Value>, StoreError> {
        let Some(unless) = &projection.unless else { return Ok(None) };
        let Some(record) = self.catalogue.record(&unless.record) else { return Ok(None) };
        let children = self.children(record, obj)?;
        let lasting = children.iter().filter(|child| child.speaks_of(on, [&unless.from, &unless.until]));
        let says = |child: &Child| unless.says.get(child.text(&unless.field)?).map(|code| Value::Text(code.clone()));
        Ok(lasting.filter_map(|child| Some((child.id, says(child)?))).max_by_key(|(id, _)| *id).map(|(_, value)| value))
    }

    /// The living rows of a record that belong to a row.
    fn children(&self, record: &Record, owner: i64) -> Result<Vec<Child>, StoreError> {
        let Some(via) = &record.owner else { return Ok(vec![]) };
        let mut ask = self.db.prepare_cached(&self.shape(record)?.children).doing("preparing child rows")?;
        let mut rows = ask.query([owner]).doing("reading child rows")?;
        let mut children = Vec::new();
        while let Some(row) = rows.next().doing("reading a child row")? {
            let mut child = Child { id: row.get("id").doing("reading a child row")?, values: BTreeMap::new() };
            for (field, at) in record.stored().zip(1..).filter(|(field, _)| field.key != *via) {
                let value = cell::to_value(field, row.get_ref(at).doing("reading a child row")?, |obj| self.uuid(obj))?;
                child.values.extend(value.map(|value| (field.key.clone(), value)));
            }
            children.push(child);
        }
        Ok(children)
    }

    /// The public id of a row.
    pub(crate) fn uuid(&self, obj: i64) -> Result<Id, StoreError> {
        let mut ask = self.db.prepare_cached("SELECT uuid FROM obj WHERE id = ?1").doing("preparing a row's id")?;
        let bytes: [u8; 16] = ask.query_row([obj], |row| row.get(0)).doing("reading a row's id")?;
        Ok(Id::from_bytes(bytes))
    }
}

fn chosen<'c>(children: &'c [Child], projection: &Projection, on: Date) -> Option<&'c Child> {
    let matches = |child: &&Child| projection.only.iter().all(|(key, value)| child.text(key) == Some(value));
    children
        .iter()
        .filter(matches)
        .filter(|child| child.speaks_of(on, ["from_on", "until_on"]))
        .max_by_key(|child| child.newness())
}

impl Door<'_> {
    /// Notes that a row changed: what is derived from it, or from the row it belongs to, must follow.
    pub(crate) fn mark(&self, record: &Record, obj: i64, dirty: &mut Dirty) -> Result<(), StoreError> {
        if !record.projections.is_empty() {
            dirty.0.entry(record.record.clone()).or_default().insert(obj);
        }
        let Some(via) = &record.owner else { return Ok(()) };
        let owner = record.field(via).and_then(|field| self.catalogue.record(field.to.as_deref()?));
        let Some(owner) = owner.filter(|owner| feeds(record, owner)) else { return Ok(()) };
        let mut ask = self.tx.prepare_cached(&self.view().shape(record)?.owner).doing("preparing an owner")?;
        let found: Option<i64> = ask.query_row([obj], |row| row.get(0)).optional().doing("finding an owner")?.flatten();
        dirty.0.entry(owner.record.clone()).or_default().extend(found);
        Ok(())
    }

    /// Makes the derived tables say what the state says.
    pub(crate) fn refresh(&mut self, dirty: Dirty) -> Result<(), StoreError> {
        let Some(today) = self.memory.today else { return Ok(()) };
        let catalogue = self.catalogue;
        let mut keys = Keys::default();
        for (record, rows) in dirty.0 {
            let Some(record) = catalogue.record(&record) else { continue };
            for obj in rows {
                self.refresh_row(record, obj, today, &mut keys)?;
            }
        }
        self.move_keys(keys)
    }

    /// Moves the derived tables to a day: only rows whose from–to begins or ends on the way are looked at.
    pub fn set_today(&mut self, today: Date) -> Result<(), StoreError> {
        let before = self.memory.today.replace(today);
        if before == Some(today) {
            return Ok(());
        }
        self.set_local("today", today.to_string().as_bytes())?;
        let mut dirty = Dirty::default();
        let Some(before) = before else { return self.rebuild_derived() };
        let (low, high) = (before.min(today), before.max(today));
        let catalogue = self.catalogue;
        for owner in catalogue.records().filter(|record| !record.projections.is_empty()) {
            for (source, from, until) in sources(owner) {
                let Some(source) = catalogue.record(source).filter(|source| source.field(from).is_some()) else {
                    continue;
                };
                let turned = self.turned(source, [from, until], [low, high])?;
                dirty.0.entry(owner.record.clone()).or_default().extend(turned);
            }
        }
        self.refresh(dirty)
    }

    /// Owners of rows that begin or end between two days.
    fn turned(
        &self,
        source: &Record,
        [from, until]: [&str; 2],
        [low, high]: [Date; 2],
    ) -> Result<Vec<i64>, StoreError> {
        let Some(via) = &source.owner else { return Ok(vec![]) };
        let sql = format!(
            "SELECT \"{via}\" FROM \"{}\"
              WHERE \"{via}\" IS NOT NULL AND ((\"{from}\" > ?1 AND \"{from}\" <= ?2) OR (\"{until}\" > ?1 AND \"{until}\" <= ?2))",
            source.record
        );
        let mut ask = self.tx.prepare_cached(&sql).doing("preparing turns")?;
        let days = [low.to_string(), high.to_string()];
        ask.query_map(days, |row| row.get(0)).and_then(Iterator::collect).doing("reading turns")
    }

    /// Derives everything anew from the state tables.
    pub fn rebuild_derived(&mut self) -> Result<(), StoreError> {
        let mut dirty = Dirty::default();
        for record in self.catalogue.records().filter(|record| !record.projections.is_empty()) {
            let mut ask = self.tx.prepare(&format!("SELECT id FROM \"{}\"", record.record)).doing("preparing rows")?;
            let rows = ask.query_map([], |row| row.get(0)).and_then(Iterator::collect).doing("reading rows")?;
            dirty.0.insert(record.record.clone(), rows);
        }
        self.refresh(dirty)
    }

    fn refresh_row(&mut self, record: &Record, obj: i64, today: Date, moved: &mut Keys) -> Result<(), StoreError> {
        let own = self.own_texts(record, obj)?;
        let old = self.forget_row(record, obj)?;
        let Some(own) = own else {
            moved.old.extend(old.into_iter().map(|key| (key, obj)));
            return Ok(());
        };
        let said = self.view().projected(record, obj, today)?;
        let mut keys = BTreeSet::new();
        let mut words = Vec::new();
        self.gather_keys(record, obj, &own, &mut keys, &mut words)?;
        let sort_key = sort_key(record, &own, &said, |id| self.view().obj(id).ok().flatten());
        self.keep_row(record, obj, &said, &keys, &words, &sort_key)?;
        moved.new.extend(keys.difference(&old).map(|key| (key.clone(), obj)));
        moved.old.extend(old.difference(&keys).map(|key| (key.clone(), obj)));
        Ok(())
    }

    /// A row's own stored values; `None` when it is not visible.
    fn own_texts(&self, record: &Record, obj: i64) -> Result<Option<BTreeMap<String, Value>>, StoreError> {
        let mut ask = self.tx.prepare_cached(&self.view().shape(record)?.row).doing("preparing a row")?;
        let mut rows = ask.query([obj]).doing("reading a row")?;
        let Some(row) = rows.next().doing("reading a row")? else { return Ok(None) };
        let mut own = BTreeMap::new();
        let sorts = |field: &Field| record.order.iter().any(|path| path.trim_start_matches('-') == field.key);
        for (field, at) in record.stored().zip(1..).filter(|(field, _)| field.search.is_some() || sorts(field)) {
            let value = cell::to_value(field, row.get_ref(at).doing("reading a row")?, |obj| self.view().uuid(obj))?;
            own.extend(value.map(|value| (field.key.clone(), value)));
        }
        Ok(Some(own))
    }

    fn gather_keys(
        &self,
        record: &Record,
        obj: i64,
        own: &BTreeMap<String, Value>,
        keys: &mut BTreeSet<String>,
        words: &mut Vec<String>,
    ) -> Result<(), StoreError> {
        add_keys(record, own, keys, words);
        for (child, _) in self.catalogue.children_of(&record.record) {
            if child.stored().any(|field| field.search.is_some()) {
                for row in self.view().children(child, obj)? {
                    add_keys(child, &row.values, keys, words);
                }
            }
        }
        Ok(())
    }

    /// Removes the derived row; gives the keys it was found by.
    fn forget_row(&self, record: &Record, obj: i64) -> Result<BTreeSet<String>, StoreError> {
        let mut delete = self.tx.prepare_cached(&self.view().shape(record)?.forget).doing("preparing a derived row")?;
        let mut rows = delete.query([obj]).doing("removing a derived row")?;
        let mut keys = BTreeSet::new();
        while let Some(row) = rows.next().doing("removing a derived row")? {
            let text: Option<String> = row.get(0).doing("reading keys")?;
            keys.extend(text.unwrap_or_default().lines().map(str::to_owned));
        }
        Ok(keys)
    }

    fn keep_row(
        &self,
        record: &Record,
        obj: i64,
        said: &BTreeMap<String, Value>,
        keys: &BTreeSet<String>,
        words: &[String],
        sort_key: &str,
    ) -> Result<(), StoreError> {
        let mut cells = vec![Sql::Integer(obj)];
        for projection in &record.projections {
            cells.push(match said.get(&projection.key) {
                Some(Value::Row(id)) => self.view().obj(*id)?.map_or(Sql::Null, Sql::Integer),
                value => cell::of_value(value),
            });
        }
        let lines = keys.iter().map(String::as_str).collect::<Vec<_>>().join("\n");
        cells.extend([Sql::Text(lines), Sql::Text(words.join("\n")), Sql::Text(sort_key.to_owned())]);
        self.tx
            .prepare_cached(&self.view().shape(record)?.keep)
            .and_then(|mut insert| insert.execute(params_from_iter(cells)))
            .doing("keeping a derived row")?;
        Ok(())
    }

    /// Moves the keys of a whole batch, in their own order: neighbours stand on the same pages.
    fn move_keys(&self, mut keys: Keys) -> Result<(), StoreError> {
        keys.old.sort_unstable();
        keys.new.sort_unstable();
        let steps = [
            ("DELETE FROM find_key WHERE key = ?1 AND obj = ?2", keys.old),
            ("INSERT OR IGNORE INTO find_key (key, obj) VALUES (?1, ?2)", keys.new),
        ];
        for (sql, keys) in steps {
            let mut step = self.tx.prepare_cached(sql).doing("preparing keys")?;
            for (key, obj) in keys {
                step.execute(rusqlite::params![key, obj]).doing("keeping a key")?;
            }
        }
        Ok(())
    }
}

/// The records that projections read, each with its days of beginning and end.
fn sources(owner: &Record) -> BTreeSet<(&str, &str, &str)> {
    let mut all = BTreeSet::new();
    for projection in &owner.projections {
        all.insert((projection.record.as_str(), "from_on", "until_on"));
        if let Some(unless) = &projection.unless {
            all.insert((unless.record.as_str(), unless.from.as_str(), unless.until.as_str()));
        }
    }
    all
}

/// Whether rows of `child` show in what is derived for their owner.
fn feeds(child: &Record, owner: &Record) -> bool {
    let overrules = |unless: &Unless| unless.record == child.record;
    let shows = |projection: &Projection| {
        projection.record == child.record || projection.unless.as_ref().is_some_and(overrules)
    };
    owner.projections.iter().any(shows) || child.stored().any(|field| field.search.is_some())
}

fn add_keys(record: &Record, values: &BTreeMap<String, Value>, keys: &mut BTreeSet<String>, words: &mut Vec<String>) {
    for field in record.stored() {
        let Some(text) = values.get(&field.key).and_then(Value::as_text) else { continue };
        match field.search {
            Some(SearchKind::Name) => {
                keys.extend(search_key::of_name(text));
                words.push(search_key::fold(text));
            }
            Some(SearchKind::Number) => keys.extend(search_key::of_number(text)),
            Some(SearchKind::Text) => words.push(search_key::fold(text)),
            None => {}
        }
    }
}

/// A text that sorts rows as the record's `order` asks: numbers by size, names by pinyin, empty last.
fn sort_key(
    record: &Record,
    own: &BTreeMap<String, Value>,
    said: &BTreeMap<String, Value>,
    obj: impl Fn(Id) -> Option<i64>,
) -> String {
    let part = |key: &String| match own.get(key).or_else(|| said.get(key)) {
        None => "~".to_owned(),
        Some(Value::Int(number)) => format!("{number:012}"),
        Some(Value::Row(id)) => format!("{:012}", obj(*id).unwrap_or_default()),
        Some(Value::Text(text)) if record.field(key).is_some_and(|field| field.search == Some(SearchKind::Name)) => {
            search_key::sort_key(text)
        }
        Some(value) => search_key::natural(&value.as_codes().join(" ")),
    };
    record.order.iter().map(part).collect::<Vec<_>>().join("\u{1}")
}
