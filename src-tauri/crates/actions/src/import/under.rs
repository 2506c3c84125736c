//! Registers whose rows belong to a child: visits, cases, attempts. The child must be known; nothing of it is changed.

use std::collections::HashMap;

use domain::{Catalogue, Id, Problem, Record, Row, Severity, Text, Value};
use store::View;

use super::columns::Role;
use super::edits::{self, Source};
use super::identity::owner_of;
use super::known::{Held, Known, is_alike};
use super::line::{Given, ReadLine};
use super::matching::{self, Found, Line};
use super::merging;
use super::plan::{Here, Planner, Verdict};
use crate::failure::Done;
use crate::rows;
use crate::rows::draft::Typed;

/// A record between a register's and the child, with its living rows by whom they belong to.
type Between<'c> = (&'c Record, HashMap<Id, Vec<(Id, Row)>>);

/// A register on its way into the ledger.
pub(crate) struct Register<'c> {
    record: &'c Record,
    /// The children.
    root: Known<'c>,
    /// Nearest first.
    between: Vec<Between<'c>>,
    /// Rows of this record, by whom they belong to.
    rows: HashMap<Id, Vec<Entry>>,
}

/// Why a line is refused, and the column to look at.
type Refusal = (Option<usize>, Problem);

/// Rows that a line may belong to, each with the place of its child, and what is said when it cannot be told to which.
struct Owners {
    places: Vec<(usize, Id)>,
    doubt: Refusal,
}

struct Entry {
    held: Held,
    /// Whether a line of this workbook spoke of it.
    met: bool,
}

impl<'c> Register<'c> {
    pub(crate) fn load(catalogue: &'c Catalogue, view: View<'_>, record: &'c Record) -> Done<Self> {
        let mut between = Vec::new();
        let mut at = record;
        while let Some((_, owner)) = owner_of(catalogue, at) {
            if owner.owner.is_some() {
                let mut rows: HashMap<Id, Vec<(Id, Row)>> = HashMap::new();
                for (id, row) in view.every(owner)? {
                    if let Some(whose) = belongs_to(owner, &row) {
                        rows.entry(whose).or_default().push((id, row));
                    }
                }
                between.push((owner, rows));
            }
            at = owner;
        }
        let mut rows: HashMap<Id, Vec<Entry>> = HashMap::new();
        for (id, row) in view.every(record)? {
            let Some(whose) = belongs_to(record, &row) else { continue };
            let held = Held { on_file: true, row, ..Held::new(id) };
            rows.entry(whose).or_default().push(Entry { held, met: false });
        }
        Ok(Self { record, root: Known::load(catalogue, view, at)?, between, rows })
    }

    /// A line that becomes, or changes, a row of the register.
    pub(crate) fn line(&mut self, planner: &mut Planner<'_>, here: Here<'_>, mut read: ReadLine) -> Done<Verdict> {
        let first = planner.report.findings.len();
        self.settle_root(&here, &mut read);
        let owners = self.owners(&here, &read);
        if read.as_written(0) {
            let places = owners.as_ref().map(|owners| owners.places.as_slice()).unwrap_or_default();
            read.settle(0, self.says_all(places, read.given.first()));
        }
        let given = read.given.first_mut().map(std::mem::take).unwrap_or_default();
        let told = owners.and_then(|owners| self.told_apart(owners, &given));
        let (child, owner) = match told {
            Ok(found) => found,
            Err((column, problem)) => {
                planner.tell(&here, column, &problem);
                return Ok(planner.count(Verdict::Refused));
            }
        };
        let id = self.id_of(planner, owner, &given)?;
        let taken = self.take_entry(owner, &given, id);
        if let Some(key) = self.nameless(&given, &here).filter(|_| taken.is_none()) {
            // A visit without its day, a guardian without a name: the next import could not tell it from another.
            let problem = read.unread.iter().find(|(slot, _, problem)| *slot == 0 && problem.field == key);
            let problem = problem.map_or_else(|| Problem::block(key, "required"), |(.., problem)| problem.clone());
            planner.tell(&here, here.column_of(0, key), &problem);
            return Ok(planner.count(Verdict::Refused));
        }
        let found = taken.is_some();
        let mut held = taken.map_or_else(|| Held::new(id), |entry| entry.held);
        let row = held.id;
        let merged = planner.ground.merge(self.record, &mut held, given, (&merging::contested(&self.root), None))?;
        let missing: Vec<Problem> = self.missing(&held);
        if !found && !missing.is_empty() {
            for problem in missing {
                planner.tell(&here, here.column_of(0, &problem.field), &problem);
            }
            return Ok(planner.count(Verdict::Refused));
        }
        self.rows.entry(owner).or_default().push(Entry { held, met: true });
        let told = self.elsewhere(planner.ground.catalogue, child, (&here, &read));
        let left: Vec<(usize, Problem)> =
            read.unread.iter().map(|(_, column, problem)| (*column, problem.clone())).chain(merged.left).collect();
        planner.tell_all(&here, merged.doubts);
        planner.tell_all(&here, read.doubts.into_iter().map(|(column, problem)| (Some(column), problem)));
        planner.tell_all(&here, told.iter().chain(&left).map(|(column, problem)| (Some(*column), problem.clone())));
        let kept: Vec<usize> = read.kept.iter().copied().chain(told.iter().map(|(column, _)| *column)).collect();
        let unread: Vec<usize> = left.iter().map(|(column, _)| *column).collect();
        let mut changed = merged.changed;
        if let Some(child) = self.root.children.get_mut(child) {
            changed |= planner.note(child, &here, &kept, &unread);
            planner.belongs_to(first, Some(child.own.id));
        }
        let verdict = match (found, changed) {
            (false, _) => Verdict::New,
            (true, true) => Verdict::Changed,
            (true, false) => Verdict::Same,
        };
        planner.stands(Some(row), verdict, &here);
        Ok(planner.count(verdict))
    }

    /// Reads the child's class as it is written where the child stands so.
    fn settle_root(&self, here: &Here<'_>, read: &mut ReadLine) {
        let Some(slot) = self.root_slot(here).filter(|slot| read.as_written(*slot)) else { return };
        let found = read.given.get(slot).map(|own| matching::find(&self.root, &Line::of(own)));
        let row = match found {
            Some(Found::One(at, ..)) => self.root.child(at).map(|child| &child.own.row),
            Some(Found::Nobody(_) | Found::Refused(_)) | None => None,
        };
        read.settle(slot, row);
    }

    fn root_slot(&self, here: &Here<'_>) -> Option<usize> {
        let steps = self.between.len() + 1;
        here.columns.slots.iter().position(|slot| slot.role == Role::Owner(steps))
    }

    /// A row that says all of a line already, among those that it may belong to.
    fn says_all(&self, places: &[(usize, Id)], given: Option<&Given>) -> Option<&Row> {
        let says = |row: &&Row| {
            given.into_iter().flatten().all(|(key, (value, _))| is_alike(key, row.get(key.as_str()), Some(value)))
        };
        let rows = places.iter().filter_map(|(_, owner)| self.rows.get(owner)).flatten();
        rows.map(|entry| &entry.held.row).find(says)
    }

    /// The rows that what a line says may belong to.
    fn owners(&self, here: &Here<'_>, read: &ReadLine) -> Result<Owners, Refusal> {
        let steps = self.between.len() + 1;
        let none = Given::new();
        let slot = self.root_slot(here);
        let own = slot.and_then(|slot| read.given.get(slot)).unwrap_or(&none);
        let line = Line::of(own);
        let column = |field: &str| slot.and_then(|slot| here.column_of(slot, field));
        let name = self.root.identity.name.unwrap_or_default();
        let at = match matching::find(&self.root, &line) {
            Found::One(at, ..) => at,
            Found::Nobody(_) => return Err((column(name), Problem::block(name, "no_child"))),
            Found::Refused(problem) => return Err((column(&problem.field), problem)),
        };
        let alike = if self.between.is_empty() { matching::alike_in_register(&self.root, &line) } else { vec![] };
        let alike = if alike.len() < 2 { vec![at] } else { alike };
        let places = alike.into_iter().filter_map(|at| Some((at, self.root.child(at)?.own.id)));
        let first = self.root.identity.tell.first().copied().unwrap_or(name);
        let mut owners = Owners { places: places.collect(), doubt: (None, Problem::block(first, "several_alike")) };
        for ((record, rows), steps) in self.between.iter().rev().zip((1..steps).rev()) {
            let given = here.columns.slots.iter().position(|slot| slot.role == Role::Owner(steps));
            let given = given.and_then(|slot| read.given.get(slot)).unwrap_or(&none);
            let fits =
                |row: &Row| given.iter().all(|(key, (value, _))| is_alike(key, row.get(key.as_str()), Some(value)));
            let below = owners.places.iter().flat_map(|(at, owner)| {
                let rows = rows.get(owner).into_iter().flatten();
                rows.filter(|(_, row)| fits(row)).map(|(id, _)| (*at, *id))
            });
            let places: Vec<(usize, Id)> = below.collect();
            let about = |rule: &str| (column(name), Problem::block(name, rule).with("record", &record.title.zh));
            if places.is_empty() {
                return Err(about("no_row_yet"));
            }
            owners = Owners { places, doubt: about("several_rows") };
        }
        Ok(owners)
    }

    /// Of several rows that a line may belong to, the one that has a row saying all of it already.
    fn told_apart(&self, Owners { places, doubt }: Owners, given: &Given) -> Result<(usize, Id), Refusal> {
        if let [one] = places.as_slice() {
            return Ok(*one);
        }
        let says_all = |entry: &Entry| {
            given.iter().all(|(key, (value, _))| is_alike(key, entry.held.row.get(key.as_str()), Some(value)))
        };
        let holds = |(_, id): &&(usize, Id), met: bool| {
            self.rows.get(id).is_some_and(|rows| rows.iter().any(|entry| entry.met == met && says_all(entry)))
        };
        let held = places.iter().find(|one| holds(one, false)).or_else(|| places.iter().find(|one| holds(one, true)));
        let (column, problem) = doubt;
        held.copied().ok_or_else(|| (column, problem.with("count", places.len())))
    }

    /// The id of a row that a line makes: from its natural key, else drawn.
    fn id_of(&self, planner: &Planner<'_>, owner: Id, given: &Given) -> Done<Id> {
        let session = planner.desk.opened()?;
        let owner = self.record.owner.iter().map(|via| (via.clone(), Some(Value::Row(owner))));
        let values = given.iter().map(|(key, (value, _))| (key.clone(), Some(value.clone()))).chain(owner).collect();
        let typed = Typed { values, problems: vec![] };
        rows::setting(planner.desk, &session, planner.ground.view).id_of(self.record, &typed)
    }

    /// The row that a line speaks of: the one with its natural key; without one, a row that says all of it already,
    /// else the one of the same day or name.
    fn take_entry(&mut self, owner: Id, given: &Given, id: Id) -> Option<Entry> {
        let key = self.key();
        let entries = self.rows.get_mut(&owner)?;
        if !self.record.key.is_empty() {
            let own = self.record.owner.as_ref();
            let keys = || self.record.key.iter().filter(|key| Some(*key) != own);
            let same = |entry: &Entry| {
                keys()
                    .all(|key| is_alike(key, entry.held.row.get(key.as_str()), given.get(key).map(|(value, _)| value)))
            };
            let at = entries.iter().position(|entry| entry.held.id == id).or_else(|| entries.iter().position(same))?;
            return Some(entries.remove(at));
        }
        let key = key?;
        let told = given.contains_key(key);
        let says = |entry: &Entry| {
            (told || !entry.met)
                && given.iter().all(|(key, (value, _))| is_alike(key, entry.held.row.get(key.as_str()), Some(value)))
        };
        let same_key = |entry: &Entry| {
            let value = given.get(key).map(|(value, _)| value);
            !entry.met && value.is_some() && is_alike(key, entry.held.row.get(key), value)
        };
        let at = entries.iter().position(says).or_else(|| {
            let mut keyed = entries.iter().enumerate().filter(|(_, entry)| same_key(entry)).map(|(at, _)| at);
            let first = keyed.next()?;
            keyed.next().is_none().then_some(first)
        })?;
        Some(entries.remove(at))
    }

    /// The field that tells the rows of one child apart: a day, a name.
    fn key(&self) -> Option<&'c str> {
        let record = self.record;
        record.names.iter().find(|key| record.stored().any(|field| field.key == **key)).map(String::as_str)
    }

    /// The field by which rows are told apart, when the sheet has it and the line does not.
    fn nameless(&self, given: &Given, here: &Here<'_>) -> Option<&'c str> {
        self.key().filter(|key| !given.contains_key(*key) && here.column_of(0, key).is_some())
    }

    fn missing(&self, held: &Held) -> Vec<Problem> {
        let wanted = self.record.stored().filter(|field| {
            field.required == Some(Severity::Block)
                && Some(&field.key) != self.record.owner.as_ref()
                && field.default.is_none()
                && !held.row.contains_key(&field.key)
        });
        wanted.map(|field| Problem::block(&field.key, "required")).collect()
    }

    /// What a line says of the child that its page does not say: told and kept, never taken.
    fn elsewhere(
        &self,
        catalogue: &Catalogue,
        child: usize,
        (here, read): (&Here<'_>, &ReadLine),
    ) -> Vec<(usize, Problem)> {
        let slot = self.root_slot(here);
        let Some((child, given)) = self.root.child(child).zip(slot.and_then(|slot| read.given.get(slot))) else {
            return vec![];
        };
        let differs = |(key, (value, column)): (&Text, &(Value, usize))| {
            let standing = child.own.row.get(key.as_str());
            (!is_alike(key, standing, Some(value))).then(|| {
                let field = self.root.record.field(key);
                let now = standing.map(|value| domain::show::in_list(catalogue, field, value));
                (
                    *column,
                    Problem::new(key, "belongs_elsewhere", Severity::Warning).with("now", now.unwrap_or_default()),
                )
            })
        };
        given.iter().filter_map(differs).collect()
    }

    /// The rows and children with what lines gave them.
    pub(crate) fn sources(self) -> Vec<Source<'c>> {
        let mut rows: Vec<(Id, Vec<Entry>)> = self.rows.into_iter().collect();
        rows.sort_by_key(|(owner, _)| *owner);
        let record = self.record;
        let entries =
            rows.into_iter().flat_map(|(owner, entries)| entries.into_iter().map(move |entry| (owner, entry)));
        entries.map(|(owner, entry)| Source::Row(record, owner, entry.held)).chain(edits::of_known(self.root)).collect()
    }
}

fn belongs_to(record: &Record, row: &Row) -> Option<Id> {
    row.get(record.owner.as_ref()?).and_then(Value::as_row)
}
