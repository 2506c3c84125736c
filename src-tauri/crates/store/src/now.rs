//! The derived tables of today: what child rows say of a row, what rows are found by, and their place in lists.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use domain::definition::Projection;
use domain::{Date, Id, Record, Value};
use rusqlite::{Connection, OptionalExtension, params_from_iter};

use crate::cell::{self, Cell};
use crate::error::Doing;
use crate::numbers::{ByNumber, Numbers};
use crate::project::{Child, Projector, Values};
use crate::{Door, StoreError, View};

/// Rows whose derived tables must follow, by record.
#[derive(Debug, Default)]
pub(crate) struct Dirty {
    rows: BTreeMap<String, BTreeSet<i64>>,
    born: Born,
}

/// Rows made in this batch, which need not be read again: nothing of them was here before.
#[derive(Debug, Default)]
struct Born {
    own: ByNumber<i64, Values>,
    /// Child rows of a row, with the place of their record among the sources.
    under: ByNumber<i64, Vec<(usize, Child)>>,
    /// Rows that something older speaks of too.
    mixed: Numbers,
}

/// A key and the row it finds; the key's first bytes as a number stand before it, to be sorted by at a glance.
type Key = (u64, String, i64);

fn key(text: String, obj: i64) -> Key {
    let mut first = [0; 8];
    first.iter_mut().zip(text.bytes()).for_each(|(to, from)| *to = from);
    (u64::from_be_bytes(first), text, obj)
}

/// Keys to be taken away and keys to be added, each with the row it finds.
#[derive(Debug, Default)]
struct Keys {
    old: Vec<Key>,
    new: Vec<Key>,
    /// The numbers of rows that were asked for.
    objs: HashMap<Id, Option<i64>>,
}

impl Dirty {
    fn note(&mut self, record: &str, obj: i64) {
        match self.rows.get_mut(record) {
            Some(rows) => rows.insert(obj),
            None => self.rows.entry(record.to_owned()).or_default().insert(obj),
        };
    }
}

impl Dirty {
    /// A row, made in this batch or not, is to be read from the tables again.
    pub(crate) fn reread(&mut self, obj: i64) {
        self.born.mixed.insert(obj);
    }
}

impl Born {
    /// What a row made in this batch holds, and its child rows, one list a source.
    fn take(&mut self, obj: i64, sources: &[String]) -> Option<(Values, Vec<Vec<Child>>)> {
        let own = self.own.remove(&obj).filter(|_| !self.mixed.contains(&obj))?;
        let mut children: Vec<Vec<Child>> = sources.iter().map(|_| Vec::new()).collect();
        for (source, child) in self.under.remove(&obj).unwrap_or_default() {
            if let Some(rows) = children.get_mut(source) {
                rows.push(child);
            }
        }
        Some((own, children))
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
        let Some(obj) = self.shown_obj(owner)? else { return Ok(None) };
        let Ok(record) = self.record_of(owner) else { return Ok(None) };
        let projector = &self.shape(record)?.projector;
        let at = record.projections.iter().position(|one| one.key == projection.key);
        let children = self.children_as(projector, obj)?;
        Ok(at.and_then(|at| projector.chosen(at, &children, &on.to_string())).map(|child| child.id))
    }

    /// Everything the projections of a record say of a row on a day.
    pub(crate) fn projected(&self, record: &Record, obj: i64, on: Date) -> Result<BTreeMap<String, Value>, StoreError> {
        let projector = &self.shape(record)?.projector;
        let said = projector.said(&self.children_as(projector, obj)?, &on.to_string());
        let named = record.projections.iter().map(|projection| projection.key.clone()).zip(said);
        Ok(named.filter_map(|(key, value)| Some((key, value?))).collect())
    }

    /// The child rows that a projector looks at.
    pub(crate) fn children_as(&self, projector: &Projector, owner: i64) -> Result<Vec<Vec<Child>>, StoreError> {
        let record = |source: &String| self.catalogue.record(source);
        projector.sources.iter().filter_map(record).map(|record| self.children(record, owner)).collect()
    }

    /// The living rows of a record that belong to a row.
    fn children(&self, record: &Record, owner: i64) -> Result<Vec<Child>, StoreError> {
        let mut ask = self.db.prepare_cached(&self.shape(record)?.children).doing("preparing child rows")?;
        let mut rows = ask.query([owner]).doing("reading child rows")?;
        let mut children = Vec::new();
        while let Some(row) = rows.next().doing("reading a child row")? {
            let id = Id::from_bytes(row.get(0).doing("reading a child row")?);
            children.push(Child { id, values: self.values(record, row)? });
        }
        Ok(children)
    }

    /// A row's own stored values; `None` when it is not visible.
    pub(crate) fn own_values(&self, record: &Record, obj: i64) -> Result<Option<Values>, StoreError> {
        let mut ask = self.db.prepare_cached(&self.shape(record)?.row).doing("preparing a row")?;
        let mut rows = ask.query([obj]).doing("reading a row")?;
        rows.next().doing("reading a row")?.map(|row| self.values(record, row)).transpose()
    }

    /// The stored values of a row of a statement, after its first column.
    fn values(&self, record: &Record, row: &rusqlite::Row<'_>) -> Result<Values, StoreError> {
        let value = |(field, at)| cell::to_value(field, row.get_ref(at).doing("reading a row")?, |obj| self.uuid(obj));
        record.stored().zip(1..).map(value).collect()
    }

    /// The public id of a row.
    pub(crate) fn uuid(&self, obj: i64) -> Result<Id, StoreError> {
        let mut ask = self.db.prepare_cached("SELECT uuid FROM obj WHERE id = ?1").doing("preparing a row's id")?;
        let bytes: [u8; 16] = ask.query_row([obj], |row| row.get(0)).doing("reading a row's id")?;
        Ok(Id::from_bytes(bytes))
    }
}

impl Door<'_> {
    /// Notes that a row changed: what is derived from it, or from the row it belongs to, must follow.
    pub(crate) fn mark(&self, record: &Record, obj: i64, dirty: &mut Dirty) -> Result<(), StoreError> {
        if !record.projections.is_empty() {
            dirty.note(&record.record, obj);
        }
        let shape = self.view().shape(record)?;
        let Some(owner) = &shape.feeds else { return Ok(()) };
        let mut ask = self.tx.prepare_cached(&shape.owner).doing("preparing an owner")?;
        let found: Option<i64> = ask.query_row([obj], |row| row.get(0)).optional().doing("finding an owner")?.flatten();
        dirty.rows.entry(owner.clone()).or_default().extend(found);
        dirty.born.mixed.extend(found);
        Ok(())
    }

    /// Notes that a row was made, of which nothing was here before; `owner` is the row it belongs to.
    pub(crate) fn mark_birth(
        &self,
        record: &Record,
        (obj, child): (i64, Child),
        owner: Option<i64>,
        dirty: &mut Dirty,
    ) -> Result<(), StoreError> {
        let feeds = self.view().shape(record)?.feeds.as_ref().zip(owner);
        if let Some((name, owner)) = feeds {
            dirty.note(name, owner);
            let source = self.shapes.named(name).and_then(|shape| shape.projector.source_of(&record.record));
            if let Some(source) = source {
                dirty.born.under.entry(owner).or_default().push((source, child.clone()));
            }
        }
        if !record.projections.is_empty() {
            dirty.note(&record.record, obj);
            dirty.born.own.insert(obj, child.values);
        }
        Ok(())
    }

    /// Whether anything is derived from fields of a row: from its own, or for the row it belongs to.
    pub(crate) fn matters(&self, record: &Record, places: &[usize]) -> Result<bool, StoreError> {
        let shape = self.view().shape(record)?;
        let owner = shape.feeds.as_ref().and_then(|owner| self.shapes.named(owner));
        let own = !record.projections.is_empty();
        Ok(places.iter().any(|place| {
            (own && shape.projector.uses(*place))
                || owner.is_some_and(|owner| owner.projector.looks_at(&record.record, *place))
        }))
    }

    /// Makes the derived tables say what the state says.
    pub(crate) fn refresh(&mut self, mut dirty: Dirty) -> Result<(), StoreError> {
        let Some(today) = self.memory.today.map(|today| today.to_string()) else { return Ok(()) };
        let catalogue = self.catalogue;
        let mut keys = Keys::default();
        for (record, rows) in dirty.rows {
            let Some(record) = catalogue.record(&record) else { continue };
            for obj in rows {
                self.refresh_row(record, (obj, &today), &mut dirty.born, &mut keys)?;
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
                dirty.rows.entry(owner.record.clone()).or_default().extend(turned);
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
            dirty.rows.insert(record.record.clone(), rows);
        }
        self.refresh(dirty)
    }

    fn refresh_row(
        &mut self,
        record: &Record,
        (obj, today): (i64, &str),
        born: &mut Born,
        moved: &mut Keys,
    ) -> Result<(), StoreError> {
        let projector = &self.view().shape(record)?.projector;
        let (own, children, old) = match born.take(obj, &projector.sources) {
            Some((own, children)) => (Some(own), children, BTreeSet::new()),
            None => {
                let (old, own) = (self.forget_row(record, obj)?, self.view().own_values(record, obj)?);
                let children = own.as_ref().map(|_| self.view().children_as(projector, obj));
                (own, children.transpose()?.unwrap_or_default(), old)
            }
        };
        let Some(own) = own else {
            moved.old.extend(old.into_iter().map(|text| key(text, obj)));
            return Ok(());
        };
        let mut derived = projector.derive(&own, &children, today);
        let mut number = |id: Id| *moved.objs.entry(id).or_insert_with(|| self.view().obj(id).ok().flatten());
        let sort_key = projector.sort_key(&own, &derived.said, |id| number(id).unwrap_or_default());
        let (keys, words) = (derived.keys.join("\n"), derived.words.join("\n"));
        let said = derived.said.iter().map(|value| match value {
            Some(Value::Row(id)) => number(*id).map_or(Cell::Null, Cell::Int),
            value => Cell::of(value.as_ref()),
        });
        let texts = [&keys, &words, &sort_key].map(|text| Cell::Text(text));
        let cells: Vec<Cell<'_>> = std::iter::once(Cell::Int(obj)).chain(said).chain(texts).collect();
        self.tx
            .prepare_cached(&self.view().shape(record)?.keep)
            .and_then(|mut insert| insert.execute(params_from_iter(cells)))
            .doing("keeping a derived row")?;
        moved.old.extend(
            old.iter().filter(|one| derived.keys.binary_search(one).is_err()).map(|text| key(text.clone(), obj)),
        );
        derived.keys.retain(|key| !old.contains(key));
        moved.new.extend(derived.keys.into_iter().map(|text| key(text, obj)));
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
            for (_, key, obj) in keys {
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
