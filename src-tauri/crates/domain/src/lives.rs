//! A child's way through schools, as the numbers read it: seats, changes on the roll, cases, facts (decisions A1).
//!
//! From these follow, for any day, where a child stands ([`Standing`]) and, between two days, who came and who went
//! ([`movement`]). A child out of school stays in the denominator.

pub mod movement;
mod standing;
#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod year;

pub use standing::{RollState, Standing};

use crate::case::Case;
use crate::{Date, Fields, Id};

/// 在籍: one seat, from a day to another. A beginning that nobody stated is open; so is an end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seat {
    /// The school.
    pub school: Option<Id>,
    /// Code of the grade.
    pub grade: Option<String>,
    /// The class within the grade.
    pub class: Option<String>,
    /// Code of the list `enrolment_kind`; on the roll and at school when nobody said.
    pub kind: String,
    /// How the pupil stood, or how the seat ended; at school when nobody said.
    pub state: RollState,
    /// First day.
    pub from: Option<Date>,
    /// The first day it no longer holds.
    pub until: Option<Date>,
    /// The day it was stated: of two seats that hold, the one stated later is believed.
    pub stated: Option<Date>,
    /// Entry into the school, `2026-09`.
    pub entered_month: Option<String>,
}

/// 学籍变动: a change on the roll, in force from a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The row.
    pub row: Id,
    /// Code of the list `change_kind`.
    pub kind: String,
    /// The day it came into force; none while it is under way.
    pub on: Option<Date>,
    /// The day it was applied for.
    pub applied_on: Option<Date>,
    /// The end of a suspension, as the paper says.
    pub until: Option<Date>,
}

/// 情况: what was true of a child from a day to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// Code of the list `fact_kind`.
    pub kind: String,
    /// Code of the finding.
    pub value: Option<String>,
    /// First day.
    pub from: Option<Date>,
    /// The first day it no longer holds.
    pub until: Option<Date>,
    /// The day it was stated.
    pub stated: Option<Date>,
}

/// One child.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Life {
    /// The child.
    pub student: Id,
    /// Code of the list `sex`.
    pub sex: Option<String>,
    /// Code of the list `ethnicity`.
    pub ethnicity: Option<String>,
    /// Date of birth.
    pub born: Option<Date>,
    /// Seats, in no order that matters.
    pub seats: Vec<Seat>,
    /// Changes on the roll.
    pub changes: Vec<Change>,
    /// Cases with their rows.
    pub cases: Vec<(Id, Case)>,
    /// Facts.
    pub facts: Vec<Fact>,
}

impl Seat {
    /// Reads a row of the record `enrolment`.
    pub fn read(row: &impl Fields) -> Self {
        Self {
            school: row.link("organisation"),
            grade: row.owned("grade"),
            class: row.owned("class"),
            kind: row.text("kind").unwrap_or("enrolled").to_owned(),
            state: row.text("status").map_or(RollState::AtSchool, RollState::of_code),
            from: row.day("from_on"),
            until: row.day("until_on"),
            stated: row.day("stated_on"),
            entered_month: row.owned("entered_month"),
        }
    }

    /// Whether it holds on a day.
    pub fn holds_on(&self, day: Date) -> bool {
        self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day < until)
    }
}

impl Change {
    /// Reads a row of the record `roll_change`.
    pub fn read(id: Id, row: &impl Fields) -> Self {
        let kind = row.owned("kind").unwrap_or_default();
        let own = match kind.as_str() {
            "suspend" => row.day("pause_from_on"),
            "resume" => row.day("resume_on"),
            _ => None,
        };
        let refused = matches!(row.text("state"), Some("returned" | "withdrawn"));
        let on = own.or(row.day("changed_on")).or(row.day("done_on")).filter(|_| !refused);
        Self { row: id, kind, on, applied_on: row.day("applied_on"), until: row.day("pause_until_on") }
    }

    /// The state of the pupil that it leads to; none for one that changes no state.
    pub fn leads_to(&self) -> Option<RollState> {
        match self.kind.as_str() {
            "suspend" => Some(RollState::Suspended),
            "resume" | "resume_home" | "entry_regained" | "transfer_in" => Some(RollState::AtSchool),
            "transfer_out" | "transfer" => Some(RollState::MovedOut),
            "abroad" => Some(RollState::Abroad),
            "missing" => Some(RollState::Missing),
            "died" => Some(RollState::Died),
            "other_leave" => Some(RollState::OtherLeft),
            _ => None,
        }
    }
}

impl Fact {
    /// Reads a row of the record `fact`.
    pub fn read(row: &impl Fields) -> Self {
        Self {
            kind: row.owned("kind").unwrap_or_default(),
            value: row.owned("value"),
            from: row.day("from_on"),
            until: row.day("until_on"),
            stated: row.day("stated_on"),
        }
    }

    fn holds_on(&self, day: Date) -> bool {
        self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day < until)
    }

    /// The finding, unless it is a no.
    fn yes(&self) -> Option<&str> {
        self.value.as_deref().filter(|value| !matches!(*value, "0" | "none"))
    }
}

impl Life {
    /// A child of whom nothing but the row of the record `student` is known.
    pub fn read(student: Id, row: &impl Fields) -> Self {
        let (sex, ethnicity, born) = (row.owned("sex"), row.owned("ethnicity"), row.day("birth_date"));
        Self { student, sex, ethnicity, born, seats: vec![], changes: vec![], cases: vec![], facts: vec![] }
    }

    /// What the newest fact of a kind says of a day, unless it says no.
    pub fn said(&self, kind: &str, day: Date) -> Option<&str> {
        let holding = self.facts.iter().filter(|fact| fact.kind == kind && fact.holds_on(day));
        holding.max_by_key(|fact| (fact.from, fact.stated)).and_then(Fact::yes)
    }

    /// Whether the child belongs to a key group on a day.
    pub fn is_in(&self, group: Group, day: Date) -> bool {
        let said = |kind: &str| self.said(kind, day);
        match group {
            Group::OutOfPoverty => said("hardship").is_some_and(|code| code == "lifted" || code.starts_with("watched")),
            Group::Disabled => said("disabled").is_some(),
            Group::LeftBehind => said("left_behind").is_some(),
            Group::Migrant => said("migrant").or(said("migrant_worker_child")).is_some(),
            Group::Orphan => said("orphan").is_some(),
            Group::Hardship => said("hardship").is_some(),
            Group::Struggling => said("struggling").is_some(),
        }
    }
}

/// 重点群体, as reports count them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// 脱贫户, 监测户.
    OutOfPoverty,
    /// 残疾.
    Disabled,
    /// 留守.
    LeftBehind,
    /// 随迁.
    Migrant,
    /// 孤儿.
    Orphan,
    /// 困难, of whatever type.
    Hardship,
    /// 学习困难.
    Struggling,
}

impl Group {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::OutOfPoverty,
        Self::Disabled,
        Self::LeftBehind,
        Self::Migrant,
        Self::Orphan,
        Self::Hardship,
        Self::Struggling,
    ];

    /// Its name in definitions.
    pub fn name(self) -> &'static str {
        match self {
            Self::OutOfPoverty => "out_of_poverty",
            Self::Disabled => "disabled",
            Self::LeftBehind => "left_behind",
            Self::Migrant => "migrant",
            Self::Orphan => "orphan",
            Self::Hardship => "hardship",
            Self::Struggling => "struggling",
        }
    }

    /// The group of a name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|group| group.name() == name)
    }
}
