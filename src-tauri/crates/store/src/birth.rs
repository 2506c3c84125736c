//! The common case, spared every look into the log and the tables: a row that one change makes, of which nothing was
//! here before. What is derived of such rows is worked out beside the writing.

use std::collections::BTreeMap;
use std::sync::mpsc;
use std::thread;

use domain::{Id, Record};
use rusqlite::{CachedStatement, params_from_iter};

use crate::batch::{Batch, Birth};
use crate::cell::{self, Cell};
use crate::error::Doing;
use crate::keys::Moves;
use crate::now::{Dirty, Lister};
use crate::numbers::ByNumber;
use crate::project::{self, Child, Listed, Values};
use crate::shape::Shapes;
use crate::{Door, StoreError};

/// From so many rows on, working out what is derived of them is worth a thread.
const PARALLEL: usize = 200;

/// A row on its way into its table.
struct Born<'c> {
    record: &'c Record,
    obj: i64,
    child: Child,
    /// The row it belongs to.
    owner: Option<i64>,
}

/// The rows made in a batch, and for each row those that belong to it.
struct Family<'f, 'c> {
    born: &'f [Born<'c>],
    under: ByNumber<i64, Vec<usize>>,
}

impl<'a> Door<'a> {
    /// Enters the rows that a batch made into their tables, and everything derived of them.
    pub(crate) fn settle_births(&mut self, batch: &mut Batch, dirty: &mut Dirty) -> Result<(), StoreError> {
        let mut born = Vec::new();
        for birth in batch.take_births() {
            born.extend(self.born(batch, birth)?);
        }
        let mut family = Family { born: &born, under: ByNumber::default() };
        for (one, at) in born.iter().zip(0..) {
            let feeds = self.view().shape(one.record)?.feeds.as_ref().zip(one.owner);
            let Some((record, owner)) = feeds else { continue };
            match batch.is_born(owner) {
                true => family.under.entry(owner).or_default().push(at),
                false => dirty.note(record, owner),
            }
        }
        let Some(today) = self.memory.today.map(|today| today.to_string()) else {
            return self.insert_births(batch, &born);
        };
        // What something older speaks of too is read again from the tables.
        let alone = |one: &&Born<'_>| !one.record.projections.is_empty() && !dirty.holds(&one.record.record, one.obj);
        let listed: Vec<&Born<'_>> = born.iter().filter(alone).collect();
        let spoken = &self.memory.spoken;
        let moves = thread::scope(|threads| {
            let (ready, coming) = mpsc::channel();
            let (family, shapes, numbers, many) = (&family, self.shapes, &*batch, listed.len() >= PARALLEL);
            let number = |id: Id| numbers.number(id).map(|obj| spoken.get(&obj).copied().unwrap_or(obj));
            let today = today.as_str();
            let derive = move || {
                let mut moves = Moves::default();
                for one in listed {
                    let Some(derived) = family.listed(shapes, one, today, number) else { continue };
                    moves.new.extend(derived.keys.iter().map(|key| (key.clone(), one.obj)));
                    if ready.send((one.record, derived)).is_err() {
                        // Nobody waits for more once the writing has failed.
                        break;
                    }
                }
                moves.new.sort_unstable();
                moves
            };
            let derived = if many { Err(threads.spawn(derive)) } else { Ok(derive()) };
            self.insert_births(numbers, &born)?;
            let mut listers: Vec<(&str, Lister<'_>)> = Vec::new();
            for (record, listed) in coming {
                let name = record.record.as_str();
                match listers.iter_mut().find(|(known, _)| *known == name) {
                    Some((_, lister)) => lister.keep(&listed)?,
                    None => {
                        let mut lister = self.lister(record)?;
                        lister.keep(&listed)?;
                        listers.push((name, lister));
                    }
                }
            }
            match derived {
                Ok(moves) => Ok(moves),
                Err(thread) => thread.join().map_err(|_| StoreError::Defect("deriving stopped".to_owned())),
            }
        })?;
        self.move_keys(moves)
    }

    /// A row as its table holds it; what has no column is kept at once. `None` when no record of this program
    /// describes it.
    fn born(&mut self, batch: &Batch, birth: Birth) -> Result<Option<Born<'a>>, StoreError> {
        let catalogue = self.catalogue;
        let name = birth.record.and_then(|record| self.memory.terms.text(record)).cloned();
        let record = name.as_deref().and_then(|name| catalogue.record(name));
        let (mut values, mut rest) = (Values::default(), BTreeMap::new());
        for (term, value) in birth.fields {
            let fits = |field| value.as_ref().is_none_or(|value| cell::fits(field, value));
            let place = record.filter(|record| self.field(record, term).is_some_and(fits));
            match (place.and_then(|_| self.column_of(term)), value) {
                (Some(place), value) => values.extend(value.map(|value| (place, value))),
                (None, value) => drop(rest.insert(term, value)),
            }
        }
        values.sort();
        self.keep_extra(birth.obj, rest)?;
        let Some(record) = record else { return Ok(None) };
        let via = record.owner.as_ref().and_then(|via| project::place(record, via));
        let owner = via.and_then(|place| values.get(place)?.as_row()).and_then(|owner| batch.number(owner));
        let owner = owner.map(|owner| self.stands_for(owner));
        Ok(Some(Born { record, obj: birth.obj, child: Child { id: birth.id, values }, owner }))
    }

    fn insert_births(&self, batch: &Batch, born: &[Born<'_>]) -> Result<(), StoreError> {
        let mut inserts: Vec<(&str, usize, CachedStatement<'_>)> = Vec::new();
        for one in born {
            let name = one.record.record.as_str();
            let at = match inserts.iter().position(|(known, ..)| *known == name) {
                Some(at) => at,
                None => {
                    let insert = self.tx.prepare_cached(&self.view().shape(one.record)?.insert);
                    inserts.push((name, one.record.columned().count(), insert.doing("preparing rows")?));
                    inserts.len() - 1
                }
            };
            let Some((_, count, insert)) = inserts.get_mut(at) else { continue };
            let mut cells = one.child.values.cells(*count, |id| batch.number(id).map(|obj| self.stands_for(obj)));
            if let Some(first) = cells.first_mut() {
                *first = Cell::Int(one.obj);
            }
            insert.execute(params_from_iter(cells)).doing("adding a row")?;
        }
        Ok(())
    }
}

impl Family<'_, '_> {
    /// Everything derived of a row, from it and the rows that belong to it.
    fn listed(
        &self,
        shapes: &Shapes,
        one: &Born<'_>,
        today: &str,
        number: impl Fn(Id) -> Option<i64>,
    ) -> Option<Listed> {
        let projector = &shapes.get(one.record)?.projector;
        let mut children: Vec<Vec<&Child>> = projector.sources.iter().map(|_| Vec::new()).collect();
        for child in self.under.get(&one.obj).into_iter().flatten().filter_map(|at| self.born.get(*at)) {
            let source = projector.source_of(&child.record.record);
            if let Some(rows) = source.and_then(|source| children.get_mut(source)) {
                rows.push(&child.child);
            }
        }
        Some(projector.listed(one.obj, (&one.child.values, &children), today, number))
    }
}
