//! 比率: every rate of domain.md §4 on a day, with what stands above and below its line, at a center by school too; and the
//! three counts of children that are never mixed up. Each number opens its rows.

mod cells;
mod reading;

use std::collections::BTreeSet;

use domain::lives::Life;
use domain::rates::{Counting, Head, Indicator, Parts, Ratio, Stage};
use domain::report::Books;
use domain::report::count::Hit;
use domain::settings::Settings;
use domain::words::{self, Facts};
use domain::{Date, Id, Value, date};
use serde::{Deserialize, Serialize};
use store::View;
use ts_rs::TS;

use crate::desk::{Desk, Session};
use crate::failure::Done;
use crate::numbers::coverage::{Owed, owed};
use crate::numbers::derived;
use crate::numbers::named::{NumberReply, named};
use crate::numbers::rates::cells::{cell, has_stages, is_within};
use crate::numbers::rates::reading::books;
use crate::rows::books::Reader;
use crate::rows::known::{day_asked, read_at};
use crate::rows::names::name_of;
use crate::rows::rules::{Rules, schools};

/// As of which day, known at which seal.
#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
pub struct RatesRequest {
    /// The day; today when absent, or the day of the seal.
    pub on: Option<String>,
    /// As it was known at this seal, the row of a sealed report; as it is known now when absent.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub at: Option<Id>,
}

/// The rates of a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RatesReply {
    /// The day.
    #[ts(type = "string")]
    pub on: Date,
    /// Its school year.
    pub school_year: String,
    /// The schools that have a cell of their own, after that of all together; none in a school's own ledger.
    pub schools: Vec<RateSchool>,
    /// 在籍, 在校, 实到.
    pub heads: Vec<HeadCount>,
    /// The rates.
    pub rates: Vec<RateLine>,
}

/// A school with cells of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RateSchool {
    /// The school.
    pub id: Id,
    /// Its name.
    pub name: String,
}

/// A named count of children.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct HeadCount {
    /// Which.
    pub head: Head,
    /// What people call it.
    pub name: String,
    /// How it is counted, and for 实到 of which day.
    pub about: String,
    /// All together, then by school; none where nobody said.
    pub cells: Vec<Option<u32>>,
}

/// One rate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RateLine {
    /// Which.
    pub indicator: Indicator,
    /// Of one stage, or of all together.
    pub stage: Option<Stage>,
    /// What people call it.
    pub name: String,
    /// How it is counted.
    pub formula: String,
    /// The control line in force, as people read it, for a rate that has one.
    pub line: Option<String>,
    /// All together, then by school.
    pub cells: Vec<RateCell>,
}

/// A rate of one school, or of all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RateCell {
    /// 分子.
    #[ts(type = "number")]
    pub above: i64,
    /// 分母.
    #[ts(type = "number")]
    pub below: i64,
    /// The rate as people read it: `97.93%`, or `—` with nothing to divide by.
    pub shown: String,
    /// Rows below the line that are not above it; none where the two sides count different things.
    pub apart: Option<u32>,
}

/// The rows behind one number.
#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
pub struct RateRowsRequest {
    /// The rate, unless a count of children is asked for.
    pub indicator: Option<Indicator>,
    /// The count of children.
    pub head: Option<Head>,
    /// Which rows of a rate.
    pub side: RateSide,
    /// Of one stage.
    pub stage: Option<Stage>,
    /// Of one school.
    pub school: Option<Id>,
    /// The day; today when absent, or the day of the seal.
    pub on: Option<String>,
    /// As it was known at this seal.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub at: Option<Id>,
}

/// Which rows of a rate.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum RateSide {
    /// Above the line.
    #[default]
    Above,
    /// Below it.
    Below,
    /// Below and not above.
    Apart,
}

/// School years back that cohorts are followed.
const COHORT_YEARS: u32 = 9;

/// The rates of a day, the running school year's.
pub fn rates(desk: &Desk, request: RatesRequest) -> Done<RatesReply> {
    let session = desk.session()?;
    read_at(desk, &session, request.at, |desk, view| {
        let read = Read::begin(desk, &session, view, request.on.as_deref())?;
        let schools = read.schools()?;
        Ok(RatesReply {
            on: read.day,
            school_year: date::school_year(read.day),
            heads: [Head::OnRoll, Head::AtSchool, Head::Present]
                .into_iter()
                .map(|head| read.head(head, &schools))
                .collect(),
            rates: read.lines(&schools)?,
            schools,
        })
    })
}

/// The rows behind one number of the rates.
pub fn rate_rows(desk: &Desk, request: RateRowsRequest) -> Done<NumberReply> {
    let session = desk.session()?;
    read_at(desk, &session, request.at, |desk, view| {
        let read = Read::begin(desk, &session, view, request.on.as_deref())?;
        let within = |hit: &&Hit<'_>| is_within(hit, request.stage, request.school);
        let ids = |hits: &[Hit<'_>]| hits.iter().filter(within).map(|hit| hit.row).collect::<BTreeSet<Id>>();
        let (record, rows) = match (request.head, request.indicator) {
            (Some(head), _) => ("student", ids(&read.counting().heads(head))),
            (None, Some(indicator)) => {
                let parts = read.parts(indicator)?;
                match request.side {
                    RateSide::Above => (parts.above_record, ids(&parts.above)),
                    RateSide::Below => (parts.below_record, ids(&parts.below)),
                    RateSide::Apart => (parts.below_record, &ids(&parts.below) - &ids(&parts.above)),
                }
            }
            (None, None) => ("student", BTreeSet::new()),
        };
        Ok(NumberReply { record: record.to_owned(), rows: named(desk, view, record, rows.into_iter().collect())? })
    })
}

/// The ledger read for rates.
struct Read<'r> {
    desk: &'r Desk,
    view: View<'r>,
    books: Books,
    settings: Settings,
    day: Date,
    term: Date,
    outside: BTreeSet<Id>,
    owed: Vec<(Indicator, Owed)>,
    schools: Vec<Id>,
}

impl<'r> Read<'r> {
    fn begin(desk: &'r Desk, session: &Session, view: View<'r>, on: Option<&str>) -> Done<Self> {
        let day = day_asked(desk, on)?;
        let reader = Reader { catalogue: desk.catalogue(), view };
        let rules = Rules::read(desk, session, view)?;
        let year = date::school_year_start(day);
        let calendar = rules.calendar(session.school());
        let term = calendar.term_up_to(day).map_or(year, |term| term.first);
        let since = year.checked_sub_months(chrono::Months::new(12 * COHORT_YEARS)).unwrap_or(year);
        let lives = reader.lives(since)?;
        let age = domain::rates::school_age(chrono::Datelike::year(&year), &rules.settings);
        let done = derived::finished(desk, view)?;
        let is_outside = |life: &&Life| derived::is_in_no_school(life, age, &done, day);
        Ok(Self {
            outside: lives.iter().filter(is_outside).map(|life| life.student).collect(),
            owed: owed(&reader, &lives, &rules.settings, (term, day))?,
            books: books(&reader, lives, (term, day))?,
            schools: if session.organisation.is_above() { schools(desk, view)? } else { vec![] },
            settings: rules.settings,
            desk,
            view,
            day,
            term,
        })
    }

    fn counting(&self) -> Counting<'_> {
        let Self { books, settings, outside, .. } = self;
        Counting { books, settings, day: self.day, term: self.term, outside }
    }

    fn schools(&self) -> Done<Vec<RateSchool>> {
        let organisation = self.desk.record("organisation")?;
        let name = |id: Id| name_of(self.desk.catalogue(), self.view, organisation, id, self.day);
        self.schools.iter().map(|id| Ok(RateSchool { id: *id, name: name(*id)? })).collect()
    }

    /// The rows of any rate.
    fn parts(&self, indicator: Indicator) -> Done<Parts<'_>> {
        if let Some(parts) = self.counting().parts(indicator) {
            return Ok(parts);
        }
        let Some((_, owed)) = self.owed.iter().find(|(one, _)| *one == indicator) else { return Ok(Parts::default()) };
        let due = owed.due();
        let hits = |rows: &BTreeSet<Id>, weight: &dyn Fn(&Id) -> i64| -> Done<Vec<Hit<'_>>> {
            rows.iter().map(|row| self.hit(owed.record, *row, weight(row))).collect()
        };
        let (above, below) = match &owed.hours {
            None => (hits(&owed.done, &|_| 1)?, hits(&due, &|_| 1)?),
            Some((given, each)) => {
                (hits(&due, &|row| given.get(row).copied().unwrap_or_default())?, hits(&due, &|_| *each)?)
            }
        };
        Ok(Parts { above, below, above_record: owed.record, below_record: owed.record })
    }

    /// A row of work at its child's place; one about no child at the school it belongs to.
    fn hit(&self, record_name: &str, row: Id, weight: i64) -> Done<Hit<'_>> {
        let nowhere = domain::report::books::Place { school: None, grade: None, class: None };
        let place = match self.books.life(row) {
            Some(life) => Books::place(life, self.day),
            None => {
                let fields = self.view.own_fields(self.desk.record(record_name)?, row, &["organisation"])?;
                let school = fields.and_then(|row| row.get("organisation").and_then(Value::as_row));
                domain::report::books::Place { school, ..nowhere }
            }
        };
        Ok(Hit { row, place, weight })
    }

    fn head(&self, head: Head, schools: &[RateSchool]) -> HeadCount {
        let counting = self.counting();
        let (hits, seen) = (counting.heads(head), counting.seen());
        let count = |school: Option<Id>| {
            let known = match school {
                _ if head != Head::Present => true,
                None => !seen.days.is_empty(),
                school => seen.days.contains_key(&school),
            };
            let of = hits.iter().filter(|hit| is_within(hit, None, school)).count();
            known.then(|| u32::try_from(of).unwrap_or(u32::MAX))
        };
        let language = self.desk.language();
        let key = key_of(&head);
        let facts = Facts::from([
            ("day".to_owned(), seen.days.values().max().map(Date::to_string).unwrap_or_default()),
            ("taken".to_owned(), seen.classes(None).to_string()),
            ("classes".to_owned(), self.classes().to_string()),
        ]);
        let about = match head {
            Head::Present if seen.days.is_empty() => "not_taken",
            Head::Present | Head::OnRoll | Head::AtSchool => &key,
        };
        HeadCount {
            head,
            name: words::say(language, "rates", &format!("headcount.{key}"), &Facts::new()),
            about: words::say(language, "rates", &format!("about.{about}"), &facts),
            cells: [None].into_iter().chain(schools.iter().map(|school| Some(school.id))).map(count).collect(),
        }
    }

    /// Classes with children at school.
    fn classes(&self) -> usize {
        let at = self.books.lives.iter().map(|life| life.standing(self.day)).filter(|at| at.at_school);
        at.map(|at| (at.school(), at.grade(), at.class())).collect::<BTreeSet<_>>().len()
    }

    fn lines(&self, schools: &[RateSchool]) -> Done<Vec<RateLine>> {
        let taught: BTreeSet<Stage> =
            self.books.lives.iter().filter_map(|life| life.standing(self.day).stage()).collect();
        let mut lines = Vec::new();
        for indicator in Indicator::ALL {
            let parts = self.parts(indicator)?;
            let by_stage = taught.iter().copied().filter(|_| taught.len() > 1 && has_stages(indicator)).map(Some);
            for stage in [None].into_iter().chain(by_stage) {
                let whose = stage.or(taught.first().copied().filter(|_| taught.len() == 1));
                lines.push(self.line(indicator, (stage, whose), &parts, schools));
            }
        }
        Ok(lines)
    }

    fn line(
        &self,
        indicator: Indicator,
        (stage, whose): (Option<Stage>, Option<Stage>),
        parts: &Parts<'_>,
        schools: &[RateSchool],
    ) -> RateLine {
        let (language, key) = (self.desk.language(), key_of(&indicator));
        let say = |path: &str| words::say(language, "rates", path, &Facts::new());
        let limit = whose.and_then(|stage| indicator.limit(stage)).map(|limit| {
            let shown = Ratio { above: self.settings.number(limit).into(), below: 10_000 }.to_string();
            words::say(language, "rates", &format!("line.{key}"), &Facts::from([("line".to_owned(), shown)]))
        });
        let name = say(&format!("indicator.{key}.name"));
        let of_stage =
            stage.map(|stage| words::say(language, "reports", &format!("stage.{}", key_of(&stage)), &Facts::new()));
        let cells = [None].into_iter().chain(schools.iter().map(|school| Some(school.id)));
        RateLine {
            indicator,
            stage,
            name: of_stage.map_or(name.clone(), |stage| format!("{name} · {stage}")),
            formula: say(&format!("indicator.{key}.formula")),
            line: limit,
            cells: cells.map(|school| cell(indicator, parts, stage, school)).collect(),
        }
    }
}

/// A name as it is on the wire.
fn key_of<T: Serialize>(name: &T) -> String {
    serde_json::to_value(name).ok().and_then(|json| json.as_str().map(str::to_owned)).unwrap_or_default()
}
