//! 校历: terms, holidays, make-up days and closures, per school and class (domain.md §7; decisions A36).
//!
//! A [`Calendar`] is what people entered; [`SchoolDays`] are the days that follow from it for one class, counted.

mod school_days;
mod usual;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

pub use school_days::SchoolDays;

use crate::Date;
use crate::date::school_year_start;

/// 学期: one of the two terms of a school year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
pub struct Term {
    /// The year in which the school year begins: 2026 for 2026—2027.
    pub year: i32,
    /// 第一学期 or 第二学期.
    pub half: Half,
    /// First day of lessons.
    #[ts(type = "string")]
    pub first: Date,
    /// Last day of lessons.
    #[ts(type = "string")]
    pub last: Date,
}

/// Which term of the school year; codes 1 and 2 of the list `term`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
pub enum Half {
    /// 第一学期 (秋季学期).
    #[serde(rename = "1")]
    First,
    /// 第二学期 (春季学期).
    #[serde(rename = "2")]
    Second,
}

impl Half {
    /// The term of a code of the list `term`.
    pub fn of_code(code: &str) -> Option<Self> {
        match code {
            "1" => Some(Self::First),
            "2" => Some(Self::Second),
            _ => None,
        }
    }
}

/// Whether offices work on a day, wherever: no weekend or holiday by announcement, or a day off that is worked.
pub fn is_working_day(day: Date) -> bool {
    match usual::kind_of(day) {
        Some(DayKind::MakeUp) => true,
        Some(DayKind::Holiday | DayKind::Closed) => false,
        None => !usual::is_weekend(day),
    }
}

/// A class, as attendance and calendars name it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
pub struct Class {
    /// Code of the list `grade`.
    pub grade: String,
    /// The class within the grade; none where a grade is one class.
    pub class: Option<String>,
}

/// What an entry of the calendar says of its days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DayKind {
    /// 节假日: nobody has lessons.
    Holiday,
    /// 补课日, 调休上课: a day off on which there are lessons.
    MakeUp,
    /// 停课: no lessons for snow, flood or an epidemic, or lessons at home. Never starts the clock.
    Closed,
}

/// Days of one kind, for the whole school or one class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// First day.
    pub from: Date,
    /// Last day, itself included.
    pub until: Date,
    /// What they are.
    pub kind: DayKind,
    /// For whom; the whole school when absent.
    pub only: Option<Only>,
}

/// Part of a school.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Only {
    /// Code of the grade.
    pub grade: String,
    /// The class; every class of the grade when absent.
    pub class: Option<String>,
}

impl Only {
    fn covers(&self, class: Option<&Class>) -> bool {
        class.is_some_and(|class| class.grade == self.grade && (self.class.is_none() || self.class == class.class))
    }
}

/// The calendar of one school, as entered; what was not entered is as usual.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Calendar {
    /// Terms entered.
    pub terms: Vec<Term>,
    /// Holidays, make-up days and closures entered.
    pub spans: Vec<Span>,
}

impl Calendar {
    /// The two terms of the school year that begins in `year`.
    pub fn terms_of(&self, year: i32) -> Vec<Term> {
        [Half::First, Half::Second]
            .into_iter()
            .filter_map(|half| {
                let entered = self.terms.iter().filter(|term| term.year == year && term.half == half).max();
                entered.copied().or_else(|| usual::term(year, half))
            })
            .collect()
    }

    /// The term that a day lies in; `None` in the holidays between.
    pub fn term_on(&self, day: Date) -> Option<Term> {
        self.terms_around(day).into_iter().find(|term| term.first <= day && day <= term.last)
    }

    /// The term of a day, or the one that ended last before it.
    pub fn term_up_to(&self, day: Date) -> Option<Term> {
        self.terms_around(day).into_iter().filter(|term| term.first <= day).max_by_key(|term| term.first)
    }

    /// A late start may put a term's days past 31 August or before 1 September: the years beside are asked as well.
    fn terms_around(&self, day: Date) -> Vec<Term> {
        let year = chrono::Datelike::year(&school_year_start(day));
        (year - 1..=year + 1).flat_map(|year| self.terms_of(year)).collect()
    }

    /// Whether a class has lessons on a day; without a class, whether the school has.
    ///
    /// A closure goes before everything, a make-up day before a holiday, a holiday before the day of the week.
    pub fn has_lessons(&self, day: Date, class: Option<&Class>) -> bool {
        self.term_on(day).is_some() && self.is_open(day, class)
    }

    /// Whether a day of a term is one with lessons.
    fn is_open(&self, day: Date, class: Option<&Class>) -> bool {
        let concerns = |span: &&Span| {
            span.from <= day && day <= span.until && span.only.as_ref().is_none_or(|only| only.covers(class))
        };
        let entered = self.spans.iter().filter(concerns).map(|span| span.kind).max();
        match entered.or_else(|| usual::kind_of(day)) {
            Some(DayKind::Closed | DayKind::Holiday) => false,
            Some(DayKind::MakeUp) => true,
            None => !usual::is_weekend(day),
        }
    }

    /// Whether nothing was entered for one class or grade alone: then every class has the days of the school.
    pub fn is_same_for_all(&self) -> bool {
        self.spans.iter().all(|span| span.only.is_none())
    }
}
