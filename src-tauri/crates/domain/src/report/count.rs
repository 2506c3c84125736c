//! Named counts: what a column of a report counts, written as `cases(confirmed, new, group=disabled)`.

mod parse;

use std::collections::BTreeMap;

use super::Period;
use super::books::{Books, ClassSheet, Entry, Place};
use crate::balance::Flow;
use crate::case::{Case, Status};
use crate::date::{school_year, school_year_start};
use crate::lives::{Group, Life, Standing, movement};
use crate::{Catalogue, Date, Id};

/// What a column counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Count {
    what: What,
    /// Conditions: `sex`, `group`, `cause`, `whereabouts` → codes, `-` for none.
    only: BTreeMap<String, Vec<String>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum What {
    /// 在校 on the eve or at the end.
    AtSchool(When),
    /// 在籍.
    OnRoll(When),
    /// 应到.
    Expected(When),
    /// Children who came or went for some reasons.
    Flow(Vec<Flow>),
    /// Cases.
    Cases(Which, Span),
    /// Rows of a record whose day lies in the period.
    Rows { record: String, day: String },
    /// A number of the newest sheet of each class in the period.
    Newest { record: String, number: String },
    /// Children of the return check who are not back.
    Missing,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum When {
    Opening,
    Closing,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Which {
    Suspected,
    Confirmed,
    Returned,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Span {
    /// In the period.
    New,
    /// From the beginning of the school year to the end of the period.
    Year,
    /// Not settled at the end of the period.
    Open,
    /// Not settled on the eve of the period.
    OpenBefore,
    /// In the period, and not settled at its end.
    NewOpen,
}

/// One thing counted: its row, where it counts, and how much.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit<'b> {
    /// The row that the number opens.
    pub row: Id,
    /// Where it counts.
    pub place: Place<'b>,
    /// 1, or the number that a sheet gives.
    pub weight: i64,
}

/// Rows that a count reads besides the children's lives.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum RowsRead {
    /// Rows of work about a child.
    Work {
        /// Their record.
        record: String,
        /// Their day, which lies in the period; all rows when absent.
        day: Option<String>,
        /// Their codes wanted.
        codes: Vec<String>,
    },
    /// Sheets that classes filled.
    Sheets {
        /// Their record.
        record: String,
    },
}

/// What a count is made over.
#[derive(Debug, Clone, Copy)]
pub struct Over<'b> {
    /// What is counted from.
    pub books: &'b Books,
    /// The stretch of time.
    pub period: Period,
    /// The civil day: nothing is counted ahead of it.
    pub today: Date,
}

impl Over<'_> {
    fn closing(&self) -> Date {
        self.period.closing(self.today)
    }

    fn day(&self, when: When) -> Date {
        match when {
            When::Opening => self.period.eve(),
            When::Closing => self.closing(),
        }
    }

    fn holds(&self, day: Date) -> bool {
        self.period.holds(day) && day <= self.today
    }
}

impl Count {
    /// The record whose rows it counts.
    pub fn record(&self) -> &str {
        match &self.what {
            What::AtSchool(_) | What::OnRoll(_) | What::Expected(_) | What::Flow(_) => "student",
            What::Cases(..) => "dropout_case",
            What::Rows { record, .. } | What::Newest { record, .. } => record,
            What::Missing => "return_outcome",
        }
    }

    /// The rows that must be read for it, besides the children's lives.
    pub fn rows_read(&self) -> Option<RowsRead> {
        match &self.what {
            What::Rows { record, day } => {
                Some(RowsRead::Work { record: record.clone(), day: Some(day.clone()), codes: vec![] })
            }
            What::Newest { record, .. } => Some(RowsRead::Sheets { record: record.clone() }),
            What::Missing => {
                let codes = ["school_year", "term", "result", "whereabouts"].map(str::to_owned).to_vec();
                Some(RowsRead::Work { record: self.record().to_owned(), day: None, codes })
            }
            What::AtSchool(_) | What::OnRoll(_) | What::Expected(_) | What::Flow(_) | What::Cases(..) => None,
        }
    }

    /// The flows it counts, if it counts flows.
    pub fn flows(&self) -> &[Flow] {
        match &self.what {
            What::Flow(flows) => flows,
            _ => &[],
        }
    }

    /// Everything it counts.
    pub fn hits<'b>(&self, over: Over<'b>) -> Vec<Hit<'b>> {
        match &self.what {
            What::AtSchool(when) => self.heads(over, *when, |at| at.at_school),
            What::OnRoll(when) => self.heads(over, *when, |at| at.on_roll),
            What::Expected(when) => self.heads(over, *when, |at| at.is_expected()),
            What::Flow(flows) => self.moves(over, flows),
            What::Cases(which, span) => self.cases(over, *which, *span),
            What::Rows { record, day } => self.rows(over, record, day),
            What::Newest { record, number } => newest(over, record, number),
            What::Missing => self.missing(over),
        }
    }

    fn heads<'b>(&self, over: Over<'b>, when: When, counts: impl Fn(&Standing<'_>) -> bool) -> Vec<Hit<'b>> {
        let day = over.day(when);
        let one = |life: &'b Life| {
            let standing = life.standing(day);
            let counted = counts(&standing) && self.admits(life, None, day);
            counted.then(|| Hit { row: life.student, place: Place::of(&standing), weight: 1 })
        };
        over.books.lives.iter().filter_map(one).collect()
    }

    fn moves<'b>(&self, over: Over<'b>, flows: &[Flow]) -> Vec<Hit<'b>> {
        let mut hits = Vec::new();
        for life in &over.books.lives {
            for moved in movement::between(life, over.period.eve(), over.closing()) {
                let wanted = moved.flow.is_some_and(|flow| flows.contains(&flow)) && self.admits(life, None, moved.on);
                let seen_on = match moved.side {
                    movement::Side::Came => moved.on,
                    movement::Side::Went => movement::eve(moved.on),
                };
                let place = Books::place(life, seen_on);
                hits.extend(wanted.then_some(Hit { row: moved.student, place, weight: 1 }));
            }
        }
        hits
    }

    fn cases<'b>(&self, over: Over<'b>, which: Which, span: Span) -> Vec<Hit<'b>> {
        let mut hits = Vec::new();
        for life in over.books.lives.iter().filter(|life| !life.cases.is_empty()) {
            for (row, case) in &life.cases {
                let Some(day) = counted_on(case, which, span, over) else { continue };
                let hit = Hit { row: *row, place: Books::place(life, day), weight: 1 };
                hits.extend(self.admits(life, Some(case), day).then_some(hit));
            }
        }
        hits
    }

    fn rows<'b>(&self, over: Over<'b>, record: &str, day: &str) -> Vec<Hit<'b>> {
        let one = |entry: &'b Entry| {
            let on = entry.days.get(day).copied().filter(|on| over.holds(*on))?;
            let life = over.books.life(entry.student)?;
            self.admits(life, None, on).then(|| Hit { row: entry.row, place: Books::place(life, on), weight: 1 })
        };
        over.books.work.get(record).into_iter().flatten().filter_map(one).collect()
    }

    fn missing<'b>(&self, over: Over<'b>) -> Vec<Hit<'b>> {
        let year = school_year(over.period.first);
        let half = match over.period.half() {
            crate::calendar::Half::First => "1",
            crate::calendar::Half::Second => "2",
        };
        let one = |entry: &'b Entry| {
            let says = |key: &str| entry.codes.get(key).map(String::as_str);
            let of_term = says("school_year") == Some(&year) && says("term") == Some(half);
            let not_back = says("result") != Some("back");
            let place = Books::place(over.books.life(entry.student)?, over.closing());
            let wanted = of_term && not_back && self.holds("whereabouts", says("whereabouts"));
            wanted.then_some(Hit { row: entry.row, place, weight: 1 })
        };
        over.books.work.get("return_outcome").into_iter().flatten().filter_map(one).collect()
    }

    /// Whether a child, and a case if it is one, meets the conditions.
    fn admits(&self, life: &Life, case: Option<&Case>, day: Date) -> bool {
        let group = |name: &String| Group::of_name(name).is_some_and(|group| life.is_in(group, day));
        self.only.get("group").is_none_or(|names| names.iter().any(group))
            && self.holds("sex", life.sex.as_deref())
            && case.is_none_or(|case| {
                self.holds("cause", case.main_cause.as_deref())
                    && self.holds("whereabouts", case.whereabouts.as_deref())
            })
    }

    fn holds(&self, key: &str, code: Option<&str>) -> bool {
        let code = code.unwrap_or("-");
        self.only.get(key).is_none_or(|codes| codes.iter().any(|one| one == code))
    }

    /// Proves that its records, fields and codes are there. Errors: the first that is not.
    pub(super) fn prove(&self, catalogue: &Catalogue) -> Result<(), String> {
        if let What::Rows { record, day: field } | What::Newest { record, number: field } = &self.what {
            // A record of a newer ledger may be missing here; a field of a known one may not.
            let known = catalogue.record(record).is_none_or(|record| record.field(field).is_some());
            if !known {
                return Err(format!("no field {record}.{field}"));
            }
        }
        for (key, list) in [("sex", "sex"), ("cause", "dropout_cause"), ("whereabouts", "whereabouts")] {
            let codes = self.only.get(key).into_iter().flatten().filter(|code| *code != "-");
            let list = catalogue.codes(list);
            if let Some(lost) = codes.into_iter().find(|code| list.is_none_or(|list| list.get(code).is_none())) {
                return Err(format!("no code {lost} for {key}"));
            }
        }
        Ok(())
    }
}

/// The day on which a case counts, if it does.
fn counted_on(case: &Case, which: Which, span: Span, over: Over<'_>) -> Option<Date> {
    let began = match which {
        Which::Suspected => case.found_on.or(case.left_on),
        Which::Confirmed => case.out_from(),
        Which::Returned => case.returned_on.filter(|_| case.was_confirmed()),
    }?;
    let closing = over.closing();
    let open_on = |day: Date| began <= day && !is_settled(case, which, day);
    match span {
        Span::New => over.holds(began).then_some(began),
        Span::Year => (began >= school_year_start(over.period.first) && began <= closing).then_some(began),
        Span::Open => open_on(closing).then_some(closing),
        Span::OpenBefore => open_on(over.period.eve()).then(|| over.period.eve()),
        Span::NewOpen => (over.holds(began) && open_on(closing)).then_some(began),
    }
}

/// Whether, on a day, a case is no longer in the state that is counted.
fn is_settled(case: &Case, which: Which, day: Date) -> bool {
    let done = |on: Option<Date>| on.is_some_and(|on| on <= day);
    match which {
        Which::Suspected => {
            let excluded = case.status == Status::Excluded && case.verified_on.is_none_or(|on| on <= day);
            excluded || done(case.out_from()) || done(case.returned_on) || done(case.closed_on)
        }
        Which::Confirmed => done(case.returned_on) || done(case.closed_on),
        Which::Returned => done(case.closed_on),
    }
}

/// School, grade and name of a class.
type ClassKey<'b> = (Option<Id>, Option<&'b str>, Option<&'b str>);

/// The newest sheet of each class in the period, with one of its numbers.
fn newest<'b>(over: Over<'b>, record: &str, number: &str) -> Vec<Hit<'b>> {
    let mut latest: BTreeMap<ClassKey<'b>, &'b ClassSheet> = BTreeMap::new();
    for sheet in over.books.class_sheets.get(record).into_iter().flatten() {
        if !sheet.on.is_some_and(|on| over.holds(on)) {
            continue;
        }
        let class = (sheet.school, sheet.grade.as_deref(), sheet.class.as_deref());
        let held = latest.entry(class).or_insert(sheet);
        if (held.on, held.row) < (sheet.on, sheet.row) {
            *held = sheet;
        }
    }
    let one = |((school, grade, class), sheet): (_, &'b ClassSheet)| {
        let weight = *sheet.numbers.get(number)?;
        Some(Hit { row: sheet.row, place: Place { school, grade, class }, weight })
    };
    latest.into_iter().filter_map(one).collect()
}
