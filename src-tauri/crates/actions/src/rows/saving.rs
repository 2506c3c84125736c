//! Saving forms: the row a form is about is found or made, the form checked, its edits written.

use domain::{Id, Problem, Record, Row};
use store::{Act, Author, Edit};

use crate::desk::{Desk, Session};
use crate::failure::Done;
use crate::rows::draft::{self, Setting, Typed};
use crate::rows::{SaveReply, SaveRequest, check_row, effects, review, setting, standing};

/// Saves a form. Errors: `refused` names every field to correct; nothing is written then.
pub fn save_row(desk: &Desk, request: SaveRequest) -> Done<SaveReply> {
    let session = desk.session()?;
    session.store.write(|door| {
        let mut author = desk.author(&session);
        author.why.clone_from(&request.why);
        save_in(desk, &session, door, &author, request)
    })
}

/// Saves several forms or none of them.
pub fn save_rows(desk: &Desk, requests: Vec<SaveRequest>) -> Done<Vec<SaveReply>> {
    together(desk, |forms| requests.into_iter().map(|request| forms.save(request)).collect())
}

/// Writes what belongs together: all of it or none, and one undo takes it back.
pub(crate) fn together<T>(desk: &Desk, write: impl FnOnce(&mut Together<'_, '_>) -> Done<T>) -> Done<T> {
    let session = desk.session()?;
    let batch = Some(desk.new_id());
    session.store.write(|door| {
        let author = Author { batch, ..desk.author(&session) };
        write(&mut Together { desk, session: &session, door, author, newest: None })
    })
}

/// A transaction that is open for forms.
pub(crate) struct Together<'a, 'd> {
    desk: &'a Desk,
    session: &'a Session,
    door: &'a mut store::Door<'d>,
    author: Author,
    newest: Option<String>,
}

impl Together<'_, '_> {
    /// Saves a form.
    pub(crate) fn save(&mut self, request: SaveRequest) -> Done<SaveReply> {
        let saved = save_in(self.desk, self.session, self.door, &self.author, request)?;
        self.newest = saved.changes.last().cloned().or(self.newest.take());
        Ok(saved)
    }

    /// Deletes a row.
    pub(crate) fn delete(&mut self, record: &str, row: Id) -> Done<()> {
        let edit = Edit { record: record.to_owned(), row, act: Act::Live(false) };
        let saved = self.door.save(&self.author, &[edit])?;
        self.newest = saved.changes.last().map(oplog::Hash::hex).or(self.newest.take());
        Ok(())
    }

    /// The change by which all of it can be taken back, if anything was written.
    pub(crate) fn changed(&mut self) -> Vec<String> {
        self.newest.take().into_iter().collect()
    }
}

/// Says what would be wrong with several forms, each by itself; nothing is written.
pub fn check_rows(desk: &Desk, requests: Vec<SaveRequest>) -> Done<Vec<Vec<Problem>>> {
    requests.into_iter().map(|request| check_row(desk, request)).collect()
}

/// Saves a form in a transaction that is open.
pub(crate) fn save_in(
    desk: &Desk,
    session: &Session,
    door: &mut store::Door<'_>,
    author: &Author,
    request: SaveRequest,
) -> Done<SaveReply> {
    let record = desk.record(&request.record)?;
    let (place, edits, mut problems) = {
        let setting = Setting { why: request.why.as_deref(), ..setting(desk, session, door.view()) };
        let (place, typed) = placed(&setting, record, &request)?;
        let standing = standing(desk, door.view(), record, place.standing())?;
        let problems = draft::storable(setting.problems(record, place.standing(), &typed, &standing)?)?;
        let beside = effects::beside(&setting, record, &standing, &typed)?;
        let mut edits = setting.enter(record, place, typed, request.seen)?;
        edits.extend(beside);
        (place, edits, problems)
    };
    let saved = door.save(author, &edits)?;
    problems.extend(review::of_row(desk, door.view(), record, place.id())?);
    Ok(SaveReply { id: place.id(), changes: saved.changes.iter().map(oplog::Hash::hex).collect(), problems })
}

/// The row a form is about.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Place {
    /// It is made.
    New(Id),
    /// It is there.
    Standing(Id),
    /// It was deleted, and the same is entered again.
    Deleted(Id),
}

impl Place {
    pub(crate) fn id(self) -> Id {
        match self {
            Self::New(id) | Self::Standing(id) | Self::Deleted(id) => id,
        }
    }

    fn standing(self) -> Option<Id> {
        match self {
            Self::Standing(id) => Some(id),
            Self::New(_) | Self::Deleted(_) => None,
        }
    }
}

impl Setting<'_> {
    /// Where a row with this id stands.
    pub(crate) fn place(&self, record: &Record, id: Id) -> Done<Place> {
        Ok(match self.view.row_on(record, id, self.today)? {
            Some(_) => Place::Standing(id),
            None if self.view.record_of(id).is_ok() => Place::Deleted(id),
            None => Place::New(id),
        })
    }

    /// The edits that enter a form at its place.
    pub(crate) fn enter(&self, record: &Record, place: Place, typed: Typed, seen: Option<String>) -> Done<Vec<Edit>> {
        match place {
            Place::New(id) => self.make(record, id, typed.values),
            Place::Standing(id) => self.change(record, id, &typed, seen),
            Place::Deleted(id) => {
                let back = Edit { record: record.record.clone(), row: id, act: Act::Live(true) };
                Ok(std::iter::once(back).chain(self.change(record, id, &typed, None)?).collect())
            }
        }
    }
}

/// Finds the row a form is about, and reads the form against it. What has a natural key and is entered twice is one row.
fn placed(setting: &Setting<'_>, record: &Record, request: &SaveRequest) -> Done<(Place, Typed)> {
    let Setting { catalogue, view, today, .. } = *setting;
    if let Some(id) = request.id.filter(|id| view.record_of(*id).is_ok()) {
        let row = view.row(record, id, today)?;
        return Ok((Place::Standing(row.id), draft::read_fields(catalogue, record, &request.values, &row.values)));
    }
    let typed = draft::read_fields(catalogue, record, &request.values, &Row::new());
    let id = match (record.key.is_empty(), request.id) {
        (true, Some(id)) => id,
        _ => setting.id_of(record, &typed)?,
    };
    Ok((setting.place(record, id)?, typed))
}
