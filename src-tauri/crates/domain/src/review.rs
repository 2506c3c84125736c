//! 校验: what only several rows of a child together can show (domain.md §9).
//!
//! A single row is judged by [`crate::check`]; numbers held twice and class sizes by [`ledger`]; here a child is judged
//! with the rows that belong to it. Nothing here blocks: reality can always be stored (decisions A3).

mod asked;
mod care;
mod cases;
pub mod ledger;
pub mod register;
mod roll;

use std::collections::BTreeMap;

use crate::check::Frame;
use crate::{Date, Id, Problem, Row, Value};

/// A row that belongs to a child, with the fields of [`READS`].
pub type Part = (Id, Row);

/// The records that the rules about a child read, and their fields. The first field says to which row a row belongs.
pub const READS: [(&str, &[&str]); 10] = [
    ("guardian", &["student", "relation", "is_guardian", "entrusted", "able", "id_number", "until_on"]),
    ("parent_away", &["student", "who", "from_on", "until_on"]),
    ("left_behind_file", &["student", "guardianship", "closed_on"]),
    ("home_visit", &["student", "visited_on", "way", "signed", "findings", "visitors", "companions"]),
    ("dropout_case", &["student", "status", "left_on", "found_on", "confirmed_on", "returned_on", "closed_on"]),
    ("persuasion", &["case", "on", "people"]),
    ("written_report", &["case", "reported_on"]),
    (
        "roll_change",
        &["student", "kind", "state", "applied_on", "done_on", "pause_from_on", "pause_until_on", "resume_on"],
    ),
    ("home_teaching", &["student", "on", "hours"]),
    ("attachment", &["student", "about", "kind"]),
];

/// The fields of the child itself that the rules read.
pub const STUDENT_READS: [&str; 5] = ["birth_date", "student_code", "left_behind", "status", "grade"];

/// A child with the rows that belong to it.
#[derive(Debug, Clone)]
pub struct Child {
    /// The child.
    pub id: Id,
    /// Its own fields, projections included.
    pub row: Row,
    /// The rows that belong to it, by record, in no order that matters.
    pub parts: BTreeMap<&'static str, Vec<Part>>,
}

/// Something found, and on which row.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Found {
    /// The row's record.
    pub record: String,
    /// The row.
    pub row: Id,
    /// What is found; its field is one of the row.
    pub problem: Problem,
}

impl Child {
    /// Rows of one record.
    pub fn of(&self, record: &str) -> &[Part] {
        self.parts.get(record).map_or(&[], Vec::as_slice)
    }

    fn text(&self, key: &str) -> Option<&str> {
        self.row.get(key).and_then(Value::as_text)
    }

    fn age_on(&self, day: Date) -> Option<u32> {
        crate::date::age_on(self.text("birth_date")?.parse().ok()?, day)
    }

    fn found(&self, problem: Problem) -> Found {
        Found { record: "student".to_owned(), row: self.id, problem }
    }
}

/// Everything that the rows of a child show together.
pub fn of_child(frame: Frame<'_>, child: &Child) -> Vec<Found> {
    let mut found = care::judge(frame, child);
    found.extend(cases::judge(frame, child));
    found.extend(roll::judge(frame, child));
    found.extend(asked::judge(frame, child));
    found
}

/// The record that a row of a listed record belongs to: a case, or the child itself.
pub fn belongs_to_case(record: &str) -> bool {
    READS.iter().any(|(name, fields)| *name == record && fields.first() == Some(&"case"))
}

fn is_yes(row: &Row, key: &str) -> bool {
    matches!(row.get(key), Some(Value::Int(1)))
}

fn is_no(row: &Row, key: &str) -> bool {
    matches!(row.get(key), Some(Value::Int(0)))
}

fn on(record: &str, row: Id, problem: Problem) -> Found {
    Found { record: record.to_owned(), row, problem }
}
