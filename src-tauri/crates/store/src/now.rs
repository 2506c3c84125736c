//! The derived tables of today: what child rows say of a row, what rows are found by, and their place in lists.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use domain::definition::Projection;
use domain::{Date, Id, Record, Row};
use rusqlite::types::Value as Sql;
use rusqlite::{CachedStatement, Connection, OptionalExtension, params, params_from_iter};

use crate::cell::{self, Cell};
use crate::error::Doing;
use crate::keys::Moves;
use crate::project::{Child, Listed, Look, Projector, Values};
use crate::{Door, StoreError, View};

/// Rows whose derived tables must follow, by record.
#[derive(Debug, Default)]
pub(crate) struct Dirty(BTreeMap<String, BTreeSet<i64>>);

impl Dirty {
    /// Notes a row.
    pub(crate) fn note(&mut self, record: &str, obj: i64) {
        match self.0.get_mut(record) {
            Some(rows) => rows.insert(obj),
            None => self.0.entry(record.to_owned()).or_default().insert(obj),
        };
    }

    /// Whether a row is noted.
    pub(crate) fn holds(&self, record: &str, obj: i64) -> bool {
        self.0.get(record).is_some_and(|rows| rows.contains(&obj))
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
        Ok(at.and_then(|at| projector.chosen(at, &lent(&children), &on.to_string())).map(|child| child.id))
    }

    /// Everything the projections of a record say of a row on a day.
    pub(crate) fn projected(&self, record: &Record, obj: i64, on: Date) -> Result<Row, StoreError> {
        let projector = &self.shape(record)?.projector;
        let said = projector.said(&lent(&self.children_as(projector, obj)?), &on.to_string());
        let named = record.projections.iter().map(|projection| projection.key.clone()).zip(said);
        Ok(named.filter_map(|(key, value)| Some((key, value?))).collect())
    }

    /// The child rows that a projector looks at, in the fields that it reads.
    pub(crate) fn children_as(&self, projector: &Projector, owner: i64) -> Result<Vec<Vec<Child>>, StoreError> {
        projector.looks.iter().map(|look| self.children(look, owner)).collect()
    }

    /// The living rows of a record that belong to a row.
    fn children(&self, look: &Look, owner: i64) -> Result<Vec<Child>, StoreError> {
        let mut ask = self.db.prepare_cached(&look.sql).doing("preparing child rows")?;
        let mut rows = ask.query([owner]).doing("reading child rows")?;
        let mut children = Vec::new();
        while let Some(row) = rows.next().doing("reading a child row")? {
            let id = Id::from_bytes(row.get(0).doing("reading a child row")?);
            children.push(Child { id, values: self.values(look, row)? });
        }
        Ok(children)
    }

    /// What a row holds itself, in the fields that something is derived from; `None` when it is not visible.
    pub(crate) fn own_values(&self, projector: &Projector, obj: i64) -> Result<Option<Values>, StoreError> {
        let mut ask = self.db.prepare_cached(&projector.own.sql).doing("preparing a row")?;
        let mut rows = ask.query([obj]).doing("reading a row")?;
        rows.next().doing("reading a row")?.map(|row| self.values(&projector.own, row)).transpose()
    }

    /// The values of a row of a statement, after its first column.
    fn values(&self, look: &Look, row: &rusqlite::Row<'_>) -> Result<Values, StoreError> {
        let mut values = Values::default();
        for ((place, field), at) in look.fields.iter().zip(1..) {
            let value = cell::to_value(field, row.get_ref(at).doing("reading a row")?, |obj| self.uuid(obj))?;
            values.extend(value.map(|value| (*place, value)));
        }
        Ok(values)
    }

    /// A derived row as it stands: what projections say, keys, place in lists, words.
    pub(crate) fn derived(&self, record: &Record, obj: i64) -> Result<Option<Vec<Sql>>, StoreError> {
        let mut ask = self.db.prepare_cached(&self.shape(record)?.derived).doing("preparing a derived row")?;
        let mut rows = ask.query([obj]).doing("reading a derived row")?;
        let Some(row) = rows.next().doing("reading a derived row")? else { return Ok(None) };
        let cells = (0..record.projections.len() + 3).map(|at| row.get(at)).collect::<rusqlite::Result<Vec<Sql>>>();
        cells.doing("reading a derived row").map(Some)
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
        if let Some(found) = found {
            dirty.note(owner, found);
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
    pub(crate) fn refresh(&mut self, dirty: Dirty) -> Result<(), StoreError> {
        let Some(today) = self.memory.today.map(|today| today.to_string()) else { return Ok(()) };
        let catalogue = self.catalogue;
        let (mut moves, mut numbers) = (Moves::default(), HashMap::new());
        for (record, rows) in dirty.0 {
            let Some(record) = catalogue.record(&record) else { continue };
            for obj in rows {
                self.refresh_row(record, (obj, &today), (&mut moves, &mut numbers))?;
            }
        }
        self.move_keys(moves)
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

    fn refresh_row(
        &self,
        record: &Record,
        (obj, today): (i64, &str),
        (moves, numbers): (&mut Moves, &mut HashMap<Id, Option<i64>>),
    ) -> Result<(), StoreError> {
        let projector = &self.view().shape(record)?.projector;
        let old = self.view().derived(record, obj)?;
        let known = old.as_ref().and_then(|old| old.get(record.projections.len())).and_then(texts);
        let known: BTreeSet<&str> = known.into_iter().flat_map(str::lines).collect();
        let Some(own) = self.view().own_values(projector, obj)? else {
            moves.old.extend(known.into_iter().map(|key| (key.into(), obj)));
            return self.forget_row(record, obj);
        };
        let children = self.view().children_as(projector, obj)?;
        let number = |id: Id| *numbers.entry(id).or_insert_with(|| self.view().obj(id).ok().flatten());
        let listed = projector.listed(obj, (&own, &lent(&children)), today, number);
        match &old {
            Some(old) => self.change_listed(record, old, &listed)?,
            None => self.keep_listed(record, &listed)?,
        }
        let gone = known.iter().filter(|one| listed.keys.binary_search_by(|key| key.as_str().cmp(one)).is_err());
        moves.old.extend(gone.map(|key| ((*key).into(), obj)));
        moves.new.extend(listed.keys.iter().filter(|key| !known.contains(key.as_str())).map(|key| (key.clone(), obj)));
        Ok(())
    }

    /// Keeps a derived row.
    fn keep_listed(&self, record: &Record, listed: &Listed) -> Result<(), StoreError> {
        self.lister(record)?.keep(listed)
    }

    /// What keeps derived rows of a record.
    pub(crate) fn lister(&self, record: &Record) -> Result<Lister<'_>, StoreError> {
        let row = self.tx.prepare_cached(&self.view().shape(record)?.keep).doing("preparing derived rows")?;
        Ok(Lister { row, words: self.tx.prepare_cached(KEEP_WORDS).doing("preparing words")? })
    }

    /// Changes what is new in a derived row: an index is touched only when what it holds changes.
    fn change_listed(&self, record: &Record, old: &[Sql], listed: &Listed) -> Result<(), StoreError> {
        let (said, rest) = old.split_at(listed.said.len().min(old.len()));
        let [keys, sort_key, words] = [0, 1, 2].map(|at| rest.get(at).and_then(texts).unwrap_or_default());
        let new_keys = listed.keys.join("\n");
        let shape = self.view().shape(record)?;
        if *said != listed.said_cells().collect::<Vec<_>>() || sort_key != listed.sort_key {
            self.list_by(&shape.change, listed, &new_keys)?;
        } else if keys != new_keys {
            let rekey = self.tx.prepare_cached(&shape.rekey);
            rekey.and_then(|mut rekey| rekey.execute(params![listed.obj, new_keys])).doing("keeping keys")?;
        }
        if words != listed.words {
            self.keep_words(listed)?;
        }
        Ok(())
    }

    fn keep_words(&self, listed: &Listed) -> Result<(), StoreError> {
        self.tx
            .prepare_cached(KEEP_WORDS)
            .and_then(|mut keep| keep.execute(params![listed.obj, listed.words]))
            .doing("keeping words")?;
        Ok(())
    }

    /// Gives a derived row its cells by a statement.
    fn list_by(&self, sql: &str, listed: &Listed, keys: &str) -> Result<(), StoreError> {
        let keep = self.tx.prepare_cached(sql);
        keep.and_then(|mut keep| keep.execute(params_from_iter(cells(listed, keys)))).doing("keeping a derived row")?;
        Ok(())
    }

    /// Removes a derived row.
    fn forget_row(&self, record: &Record, obj: i64) -> Result<(), StoreError> {
        let shape = self.view().shape(record)?;
        for sql in [shape.forget.as_str(), "DELETE FROM find_words WHERE obj = ?1"] {
            let forget = self.tx.prepare_cached(sql);
            forget.and_then(|mut forget| forget.execute([obj])).doing("removing a derived row")?;
        }
        Ok(())
    }
}

/// Keeps the words of a row.
const KEEP_WORDS: &str = "INSERT OR REPLACE INTO find_words (obj, words) VALUES (?1, ?2)";

/// The statements that keep derived rows of a record.
pub(crate) struct Lister<'t> {
    row: CachedStatement<'t>,
    words: CachedStatement<'t>,
}

impl Lister<'_> {
    /// Keeps one.
    pub(crate) fn keep(&mut self, listed: &Listed) -> Result<(), StoreError> {
        let keys = listed.keys.join("\n");
        self.row.execute(params_from_iter(cells(listed, &keys))).doing("keeping a derived row")?;
        self.words.execute(params![listed.obj, listed.words]).doing("keeping words")?;
        Ok(())
    }
}

/// The cells of a derived row.
fn cells<'l>(listed: &'l Listed, keys: &'l str) -> impl Iterator<Item = Cell<'l>> {
    let cells = [Cell::Int(listed.obj)].into_iter().chain(listed.said.iter().map(|value| Cell::of(value.as_ref())));
    cells.chain([keys, &listed.sort_key].map(Cell::Text))
}

fn texts(cell: &Sql) -> Option<&str> {
    match cell {
        Sql::Text(text) => Some(text),
        _ => None,
    }
}

/// Child rows, to be looked at.
pub(crate) fn lent(children: &[Vec<Child>]) -> Vec<Vec<&Child>> {
    children.iter().map(|rows| rows.iter().collect()).collect()
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
