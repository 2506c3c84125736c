//! What reports count from: children's lives, and the rows of work done, each with its child and its day.

use std::collections::{BTreeMap, HashMap};

use crate::lives::{Life, Standing};
use crate::{Date, Id};

/// Everything a report reads.
#[derive(Debug, Clone, Default)]
pub struct Books {
    /// The children.
    pub lives: Vec<Life>,
    /// Rows by record: visits, attempts, lessons, reports, outcomes of a return check.
    pub work: BTreeMap<String, Vec<Entry>>,
    /// Sheets that a class filled, by record.
    pub class_sheets: BTreeMap<String, Vec<ClassSheet>>,
    /// Where a child's life stands in `lives`.
    places: HashMap<Id, usize>,
}

/// A row of work about one child on one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The row.
    pub row: Id,
    /// The child.
    pub student: Id,
    /// Its days, by field.
    pub days: BTreeMap<String, Date>,
    /// Its codes, by field.
    pub codes: BTreeMap<String, String>,
}

/// Numbers that a class gave on one sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClassSheet {
    /// The row.
    pub row: Id,
    /// The school.
    pub school: Option<Id>,
    /// Code of the grade.
    pub grade: Option<String>,
    /// The class within the grade.
    pub class: Option<String>,
    /// Its day.
    pub on: Option<Date>,
    /// Its numbers, by field.
    pub numbers: BTreeMap<String, i64>,
}

/// Where something counts: school, grade, class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place<'b> {
    /// The school.
    pub school: Option<Id>,
    /// Code of the grade.
    pub grade: Option<&'b str>,
    /// The class within the grade.
    pub class: Option<&'b str>,
}

impl<'b> Place<'b> {
    pub(super) fn of(standing: &Standing<'b>) -> Self {
        Self { school: standing.school(), grade: standing.grade(), class: standing.class() }
    }
}

impl Books {
    /// Books of some children and their rows.
    pub fn new(lives: Vec<Life>) -> Self {
        let places = lives.iter().enumerate().map(|(at, life)| (life.student, at)).collect();
        Self { lives, places, ..Self::default() }
    }

    /// A child's life.
    pub fn life(&self, student: Id) -> Option<&Life> {
        self.lives.get(*self.places.get(&student)?)
    }

    /// Where a child counts on a day: the seat that holds, else the one that ended last before.
    pub fn place(life: &Life, day: Date) -> Place<'_> {
        let standing = life.standing(day);
        if standing.seat.is_some() {
            return Place::of(&standing);
        }
        let ended = life.seats.iter().filter(|seat| seat.until.is_some_and(|until| until <= day));
        let last = ended.max_by_key(|seat| seat.until).or(life.seats.first());
        Place {
            school: last.and_then(|seat| seat.school),
            grade: last.and_then(|seat| seat.grade.as_deref()),
            class: last.and_then(|seat| seat.class.as_deref()),
        }
    }
}
