//! A line of a workbook, read: what its cells gave to the rows it speaks of, and what could not be read.

use domain::{Field, Keyed, Problem, Row, Text, Value};

use super::texts::trimmed;

/// What the columns of one slot gave, with the column each value came from.
pub(crate) type Given = Keyed<(Value, usize)>;

/// A line, read.
#[derive(Default)]
pub(crate) struct ReadLine {
    /// One for each slot.
    pub(crate) given: Vec<Given>,
    /// Cells of columns that are not understood, or that say a second thing.
    pub(crate) kept: Vec<usize>,
    /// Cells that could not be read: slot, column, why.
    pub(crate) unread: Vec<(usize, usize, Problem)>,
    /// What was read and wants a look.
    pub(crate) doubts: Vec<(usize, Problem)>,
    /// Classes that can be read in two ways.
    two_ways: Vec<TwoWays>,
}

/// What a cell gave.
pub(crate) enum Read {
    One(Value),
    /// A grade, a class, or both. `written`: a class's name as it stands in the cell, which may be all that is meant.
    Place {
        grade: Option<String>,
        class: Option<String>,
        doubt: Option<Problem>,
        written: Option<String>,
    },
}

/// A class cell that can be read in two ways: 301 is the first class of grade three, or a class that is called so. Of the
/// two readings this is the one that does not stand in the line.
struct TwoWays {
    slot: usize,
    place: usize,
    class: Option<(Value, usize)>,
    /// The grade, when it is this cell that speaks of it.
    grade: Option<(Value, usize)>,
    speaks_of_grade: bool,
}

impl ReadLine {
    /// A line of which nothing is read yet: for each row that it may speak of, how many columns do.
    pub(crate) fn of(slots: impl Iterator<Item = usize>) -> Self {
        Self { given: slots.map(Given::with_capacity).collect(), ..Self::default() }
    }

    pub(crate) fn take(&mut self, slot: usize, place: usize, field: &Field, read: Read) {
        match read {
            Read::One(value) => self.give(slot, place, &field.key, value),
            Read::Place { grade, class, doubt, written } => {
                self.doubts.extend(doubt.map(|doubt| (place, doubt)));
                let reads_otherwise = grade.is_some() || class != written;
                if let Some(grade) = grade {
                    self.give(slot, place, &GRADE, Value::Text(grade.into()));
                }
                if let Some(class) = class {
                    self.give(slot, place, &CLASS, Value::Text(class.into()));
                }
                if let Some(written) = written.filter(|_| reads_otherwise) {
                    self.reads_also(slot, place, written);
                }
            }
        }
    }

    /// The first column counts; what another says differently is kept beside it.
    pub(crate) fn give(&mut self, slot: usize, place: usize, key: &Text, value: Value) {
        let Some(given) = self.given.get_mut(slot) else { return };
        match given.get(key) {
            None => {
                given.insert(key.clone(), (value, place));
            }
            Some((known, _)) if *known == value => {}
            Some(_) => self.kept.push(place),
        }
    }

    fn reads_also(&mut self, slot: usize, place: usize, written: String) {
        let Some(given) = self.given.get(slot) else { return };
        let came_from = |key: &str| given.get(key).map(|(_, column)| *column);
        if came_from(&CLASS).is_some_and(|column| column != place) {
            return;
        }
        let speaks_of_grade = came_from(&GRADE) == Some(place);
        let class = Some((Value::Text(written.into()), place));
        self.two_ways.push(TwoWays { slot, place, class, grade: None, speaks_of_grade });
    }

    /// Reads a slot's class as nothing but its name, so that one can look for the row that stands so; [`Self::settle`]
    /// decides. False where there is but one reading.
    pub(crate) fn as_written(&mut self, slot: usize) -> bool {
        let given = self.given.get_mut(slot);
        let Some((other, given)) = self.two_ways.iter_mut().find(|one| one.slot == slot).zip(given) else {
            return false;
        };
        other.change_places(given);
        true
    }

    /// Keeps a slot's class as it is written where the row that the line speaks of stands exactly so and no other column
    /// says another grade: then the cell says nothing that is not known. Else the cell is read as schools name classes.
    pub(crate) fn settle(&mut self, slot: usize, row: Option<&Row>) {
        let given = self.given.get_mut(slot);
        let Some((other, given)) = self.two_ways.iter_mut().find(|one| one.slot == slot).zip(given) else { return };
        let stands = row.is_some_and(|row| {
            let text = |key: &str| row.get(key).and_then(Value::as_text).map(trimmed);
            let said = |key: &str| given.get(key).and_then(|(value, _)| value.as_text());
            text(&CLASS) == said(&CLASS) && (said(&GRADE).is_none() || text(&GRADE) == said(&GRADE))
        });
        match stands {
            true => {
                let place = other.place;
                self.doubts.retain(|(column, _)| *column != place);
            }
            false => other.change_places(given),
        }
    }
}

impl TwoWays {
    fn change_places(&mut self, given: &mut Given) {
        self.class = put(given, &CLASS, self.class.take());
        if self.speaks_of_grade {
            self.grade = put(given, &GRADE, self.grade.take());
        }
    }
}

/// Gives a field another value, or none; tells the one it had.
fn put(given: &mut Given, key: &Text, value: Option<(Value, usize)>) -> Option<(Value, usize)> {
    match value {
        Some(value) => given.insert(key.clone(), value),
        None => given.remove(key),
    }
}

static CLASS: Text = Text::new_static("class");
static GRADE: Text = Text::new_static("grade");
