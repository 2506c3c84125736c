//! 实到: who was seen, by the newest roll or return check. A class that took none says nothing.

use std::collections::{BTreeMap, BTreeSet};

use super::counting::Counting;
use crate::lives::{Life, Standing};
use crate::report::books::ClassSheet;
use crate::{Date, Id};

/// School, grade and name of a class.
pub(super) type ClassName = (Option<Id>, Option<String>, Option<String>);

/// The newest day of each school, and which of its classes say whom they saw, by which sheet.
#[derive(Debug, Default)]
pub struct Seen {
    /// The newest day of each school that took a roll or a check this term.
    pub days: BTreeMap<Option<Id>, Date>,
    classes: BTreeMap<ClassName, (Date, Sheet)>,
    absent: BTreeSet<(Id, Date)>,
    not_back: BTreeSet<Id>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sheet {
    Roll,
    Check,
}

pub(super) fn class_of(sheet: &ClassSheet) -> ClassName {
    (sheet.school, sheet.grade.clone(), sheet.class.clone())
}

pub(super) fn class_at(at: &Standing<'_>) -> ClassName {
    (at.school(), at.grade().map(str::to_owned), at.class().map(str::to_owned))
}

/// What the newest sheets of each school say. A roll of the same day goes before a check.
pub(super) fn newest(counting: &Counting<'_>) -> Seen {
    let rolls = counting.sheets("class_day").map(|(sheet, on)| (sheet, on, Sheet::Roll));
    let checks = counting.sheets("return_check").map(|(sheet, on)| (sheet, on, Sheet::Check));
    let all: Vec<_> = checks.chain(rolls).collect();
    let mut days: BTreeMap<Option<Id>, Date> = BTreeMap::new();
    for (sheet, on, _) in &all {
        let newest = days.entry(sheet.school).or_insert(*on);
        *newest = (*newest).max(*on);
    }
    let of_day = all.into_iter().filter(|(sheet, on, _)| days.get(&sheet.school) == Some(on));
    Seen {
        classes: of_day.map(|(sheet, on, kind)| (class_of(sheet), (on, kind))).collect(),
        absent: absent(counting),
        not_back: not_back(counting),
        days,
    }
}

impl Seen {
    /// How many classes say whom they saw: of one school, or of all.
    pub fn classes(&self, school: Option<Id>) -> usize {
        self.classes.keys().filter(|(of, _, _)| school.is_none() || *of == school).count()
    }
}

/// Whether a child is in a class that says whom it saw, and was not missing.
pub(super) fn is_present(seen: &Seen, life: &Life) -> bool {
    let days: BTreeSet<Date> = seen.days.values().copied().collect();
    days.into_iter().any(|on| {
        let at = life.standing(on);
        match seen.classes.get(&class_at(&at)) {
            Some((day, Sheet::Roll)) => *day == on && at.at_school && !seen.absent.contains(&(life.student, on)),
            Some((day, Sheet::Check)) => *day == on && at.is_expected() && !seen.not_back.contains(&life.student),
            None => false,
        }
    })
}

/// Children missing for a whole day, whatever the reason.
fn absent(counting: &Counting<'_>) -> BTreeSet<(Id, Date)> {
    let rows = counting.books.work.get("absence").into_iter().flatten();
    let whole = rows.filter(|entry| entry.codes.get("part").is_none_or(|part| part == "day"));
    whole.filter_map(|entry| Some((entry.student, *entry.days.get("on")?))).collect()
}

/// Children of the term's return checks who are not back on the day.
pub(super) fn not_back(counting: &Counting<'_>) -> BTreeSet<Id> {
    let rows = counting.books.work.get("return_outcome").into_iter().flatten();
    let year = crate::date::school_year(counting.day);
    let half = if matches!(chrono::Datelike::month(&counting.term), 2..=7) { "2" } else { "1" };
    let open = rows.filter(|entry| {
        let says = |key: &str| entry.codes.get(key).map(String::as_str);
        let of_term = says("school_year") == Some(&year) && says("term") == Some(half);
        let back = entry.days.get("done_on").is_none_or(|on| *on <= counting.day) && says("result") == Some("back");
        of_term && !back
    });
    open.map(|entry| entry.student).collect()
}
