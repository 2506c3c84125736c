//! What a workbook moves beside its own rows: a transfer that it says is done ends the seat, as it does when it is typed.

use domain::machine::Step;
use domain::{Id, Record, Row};
use hashbrown::HashMap;
use store::{Author, Door, View};

use super::known::Place;
use crate::desk::{Desk, Session};
use crate::failure::Done;
use crate::rows;
use crate::rows::effects;

/// The rows of a workbook that may bring something about, as they stood before it; empty where they are new.
pub(super) struct Moves<'c> {
    record: &'c Record,
    before: Vec<(Id, Row)>,
}

impl<'c> Moves<'c> {
    /// Looks at the rows before anything of the workbook is stored.
    pub(super) fn before(
        desk: &Desk,
        view: View<'_>,
        (record, lines): (&'c Record, &HashMap<Id, Place>),
    ) -> Done<Self> {
        let mut before = Vec::new();
        if effects::can_be(desk.catalogue(), record) {
            for id in lines.keys() {
                let row = view.row_on(record, *id, desk.today())?.map(|(_, row)| row);
                before.push((*id, row.unwrap_or_default()));
            }
        }
        Ok(Self { record, before })
    }

    /// Stores what the rows bring about, by its day: who is suspended in one line and back in the next has both seats.
    /// Gives the number of rows beside that were written.
    pub(super) fn carry_out(&self, desk: &Desk, session: &Session, door: &mut Door<'_>, author: &Author) -> Done<u32> {
        let mut moved = Vec::new();
        for (id, before) in &self.before {
            let Some((_, after)) = door.view().row_on(self.record, *id, desk.today())? else { continue };
            let step = Step { before: Some(before).filter(|row| !row.is_empty()), after: &after, why: None };
            let day = effects::due(desk.catalogue(), self.record, step).into_iter().map(|(_, day)| day).min();
            moved.extend(day.map(|day| (day, *id, before, after.clone())));
        }
        moved.sort_by_key(|(day, id, ..)| (*day, *id));
        let mut written = 0;
        for (_, _, before, after) in &moved {
            let setting = rows::setting(desk, session, door.view());
            let edits = effects::brought_about(&setting, self.record, before, after)?;
            written += u32::try_from(edits.len()).unwrap_or(u32::MAX);
            door.save(author, &edits)?;
        }
        Ok(written)
    }
}
