//! The common case, spared every look into the log and the tables: a row that one change makes, of which nothing was
//! here before.

use std::collections::BTreeMap;

use domain::Value;
use oplog::Payload;
use oplog::change::Sealed;
use rusqlite::params_from_iter;

use crate::batch::{Batch, FreshOp, Obj};
use crate::cell::{self, Cell};
use crate::error::Doing;
use crate::now::Dirty;
use crate::project::{self, Child, Values};
use crate::{Door, StoreError};

impl Door<'_> {
    /// Whether one change made the row and nothing else in the batch wrote to it: most rows, most of the time.
    pub(crate) fn is_plain_birth(&self, ops: &[FreshOp]) -> bool {
        let Some(first) = ops.first() else { return false };
        let plain = |op: &FreshOp| op.dot == first.dot && matches!(op.payload, Sealed::Open(Payload::Set(_)));
        let once = ops.windows(2).all(|pair| matches!(pair, [a, b] if a.field != b.field));
        ops.iter().all(plain) && once && self.only_made(ops)
    }

    /// What settling a row comes to for a plain birth: every field shows its only value. The values are taken.
    pub(crate) fn settle_birth(
        &mut self,
        batch: &mut Batch,
        mut obj: Obj,
        ops: &mut [FreshOp],
        dirty: &mut Dirty,
    ) -> Result<(), StoreError> {
        if obj.kept != obj.born {
            self.keep_life(&obj, Some(1))?;
        }
        self.add_born(batch, &obj, ops, dirty)?;
        obj.life = Some(1);
        (obj.new, obj.claimed) = (false, false);
        batch.objs.insert(obj.id, obj);
        Ok(())
    }

    fn add_born(&mut self, batch: &Batch, obj: &Obj, ops: &mut [FreshOp], dirty: &mut Dirty) -> Result<(), StoreError> {
        let catalogue = self.catalogue;
        let name = obj.record.and_then(|record| self.memory.terms.text(record)).cloned();
        let record = name.as_deref().and_then(|name| catalogue.record(name));
        let count = record.map_or(0, |record| record.columned().count());
        let (mut values, mut rest): (Values, _) = (vec![None; count], BTreeMap::new());
        for op in ops.iter_mut() {
            if self.is_life(op.field) {
                continue;
            }
            let value = match std::mem::replace(&mut op.payload, Sealed::Open(Payload::Redact)) {
                Sealed::Open(Payload::Set(value)) => value,
                _ => None,
            };
            let fits = |field| value.as_ref().is_none_or(|value| cell::fits(field, value));
            let place = record.filter(|record| self.field(record, op.field).is_some_and(fits));
            match place.and_then(|_| self.column_of(op.field)).and_then(|place| values.get_mut(place)) {
                Some(cell) => *cell = value,
                None => {
                    rest.insert(op.field, value);
                }
            }
        }
        self.keep_extra(obj.id, rest)?;
        let Some(record) = record else { return Ok(()) };
        let cells = values.iter().map(|value| match value {
            Some(Value::Row(id)) => batch.number(*id).map_or(Cell::Null, |obj| Cell::Int(self.stands_for(obj))),
            value => Cell::of(value.as_ref()),
        });
        self.tx
            .prepare_cached(&self.view().shape(record)?.insert)
            .and_then(|mut insert| insert.execute(params_from_iter(std::iter::once(Cell::Int(obj.id)).chain(cells))))
            .doing("adding a row")?;
        let via = record.owner.as_ref().and_then(|via| project::place(record, via));
        let owner = via.and_then(|place| values.get(place)?.as_ref()?.as_row());
        let owner = owner.and_then(|owner| batch.number(owner)).map(|owner| self.stands_for(owner));
        self.mark_birth(record, (obj.id, Child { id: obj.uuid, values }), owner, dirty)
    }
}
