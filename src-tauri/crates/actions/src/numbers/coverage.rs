//! 履职进度: what the school owes its children this term or year, each as done ÷ due with both lists.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use domain::date::school_year_start;
use domain::lives::{Group, Life, RollState};
use domain::rates::{self, Indicator, Ratio};
use domain::settings::{Key, Settings};
use domain::words::{self, Facts};
use domain::{Date, Fields, Id, Row, Value};
use serde::{Deserialize, Serialize};
use store::Only;
use ts_rs::TS;

use crate::desk::Desk;
use crate::failure::Done;
use crate::numbers::named::{NamedRow, named};
use crate::rows::books::Reader;
use crate::rows::known::day_asked;
use crate::rows::rules::Rules;

/// As of which day.
#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
pub struct CoverageRequest {
    /// The day; today when absent.
    pub on: Option<String>,
}

/// One duty: how much is done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CoverageLine {
    /// Which.
    pub indicator: Indicator,
    /// What people call it.
    pub name: String,
    /// How it is counted.
    pub formula: String,
    /// Done ÷ due.
    pub ratio: Ratio,
    /// The same as people read it.
    pub shown: String,
    /// The record of the rows that are not done.
    pub record: String,
    /// What is not done yet.
    pub open: Vec<NamedRow>,
}

/// Groups whose children are visited more often (重点学生).
const KEY_GROUPS: [Group; 5] = [Group::LeftBehind, Group::Disabled, Group::Orphan, Group::Hardship, Group::Struggling];

/// Ways of placing a child with a disability that count as enrolled.
const PLACED: [&str; 7] =
    ["special_school", "with_class", "special_class", "home_teaching", "remote", "institution", "elsewhere"];

/// What is done and what is due.
pub(crate) struct Owed {
    pub(crate) done: BTreeSet<Id>,
    pub(crate) open: BTreeSet<Id>,
    pub(crate) record: &'static str,
    /// Hours given to each child, and those due for each: where hours are counted instead of rows.
    pub(crate) hours: Option<(BTreeMap<Id, i64>, i64)>,
}

impl Owed {
    fn of(done: BTreeSet<Id>, due: &BTreeSet<Id>, record: &'static str) -> Self {
        let open = due.difference(&done).copied().collect();
        Self { done: done.intersection(due).copied().collect(), open, record, hours: None }
    }

    fn ratio(&self) -> Ratio {
        let count = |set: &BTreeSet<Id>| u32::try_from(set.len()).unwrap_or(u32::MAX);
        match &self.hours {
            Some((given, each)) => {
                Ratio { above: given.values().sum(), below: i64::from(count(&self.due())).saturating_mul(*each) }
            }
            None => rates::done(count(&self.done), count(&self.done) + count(&self.open)),
        }
    }

    /// Everything due.
    pub(crate) fn due(&self) -> BTreeSet<Id> {
        self.done.union(&self.open).copied().collect()
    }
}

/// Visits, pairing, lessons at home, support, rectifications, placement of children with a disability.
pub fn coverage(desk: &Desk, request: CoverageRequest) -> Done<Vec<CoverageLine>> {
    let session = desk.session()?;
    session.store.read(|view| {
        let day = day_asked(desk, request.on.as_deref())?;
        let rules = Rules::read(desk, &session, view)?;
        let reader = Reader { catalogue: desk.catalogue(), view };
        let year = school_year_start(day);
        let calendar = rules.calendar(session.school());
        let term = calendar.term_up_to(day).map_or(year, |term| term.first);
        let lives = reader.lives(year)?;
        let owed = owed(&reader, &lives, &rules.settings, (term, day))?;
        owed.into_iter().map(|(indicator, owed)| line(desk, view, indicator, owed)).collect()
    })
}

/// Everything the school owes its children on a day, counted over lives of the running school year.
pub(crate) fn owed(
    reader: &Reader<'_>,
    lives: &[Life],
    settings: &Settings,
    (term, day): (Date, Date),
) -> Done<Vec<(Indicator, Owed)>> {
    let year = school_year_start(day);
    let here: Vec<&Life> = lives.iter().filter(|life| life.standing(day).at_school).collect();
    Ok(vec![
        (Indicator::VisitCoverage, visits(reader, &here, settings, (term, day))?),
        (Indicator::Pairing, pairing(reader, &here, day)?),
        (Indicator::HomeTeaching, lessons(reader, lives, settings, (year, day))?),
        (Indicator::Support, support(reader, &here, day)?),
        (Indicator::Rectification, rectifications(reader, day)?),
        (Indicator::DisabledEnrolment, placements(reader, lives, day)?),
    ])
}

fn line(desk: &Desk, view: store::View<'_>, indicator: Indicator, owed: Owed) -> Done<CoverageLine> {
    let key =
        serde_json::to_value(indicator).ok().and_then(|json| json.as_str().map(str::to_owned)).unwrap_or_default();
    let say = |part: &str| words::say(desk.language(), "rates", &format!("indicator.{key}.{part}"), &Facts::new());
    let ratio = owed.ratio();
    Ok(CoverageLine {
        indicator,
        name: say("name"),
        formula: say("formula"),
        ratio,
        shown: ratio.to_string(),
        record: owed.record.to_owned(),
        open: named(desk, view, owed.record, owed.open.into_iter().collect())?,
    })
}

/// Children visited as often this term as the setting says; a key pupil more often. 0 a term: once this school year.
fn visits(reader: &Reader<'_>, here: &[&Life], settings: &Settings, (term, day): (Date, Date)) -> Done<Owed> {
    let per_term = settings.number(Key::VisitsPerTerm);
    let since = if per_term == 0 { school_year_start(day) } else { term };
    let mut made: HashMap<Id, u32> = HashMap::new();
    for (_, row) in reader.scan("home_visit", &["student", "visited_on"], vec![Only::From("visited_on", since)])? {
        if let (Some(student), true) = (row.link("student"), row.day("visited_on").is_some_and(|on| on <= day)) {
            *made.entry(student).or_default() += 1;
        }
    }
    let wanted = |life: &Life| match KEY_GROUPS.iter().any(|group| life.is_in(*group, day)) {
        true => settings.number(Key::VisitsPerTermKey),
        false => per_term.max(1),
    };
    let enough = |life: &&&Life| made.get(&life.student).copied().unwrap_or_default() >= wanted(life);
    let done = here.iter().filter(enough).map(|life| life.student).collect();
    Ok(Owed::of(done, &ids(here.iter().copied()), "student"))
}

/// Left-behind children with a helper.
fn pairing(reader: &Reader<'_>, here: &[&Life], day: Date) -> Done<Owed> {
    let due = ids(here.iter().copied().filter(|life| life.is_in(Group::LeftBehind, day)));
    Ok(Owed::of(lasting(reader, "pairing", day)?, &due, "student"))
}

/// Children struggling with lessons who have a plan of support.
fn support(reader: &Reader<'_>, here: &[&Life], day: Date) -> Done<Owed> {
    let due = ids(here.iter().copied().filter(|life| life.is_in(Group::Struggling, day)));
    Ok(Owed::of(lasting(reader, "support_plan", day)?, &due, "student"))
}

/// Children of whom a row with a from and an until holds on a day.
fn lasting(reader: &Reader<'_>, record: &str, day: Date) -> Done<BTreeSet<Id>> {
    let rows = reader.scan(record, &["student", "from_on", "until_on"], vec![])?;
    let holds = |row: &Row| {
        row.day("from_on").is_none_or(|from| from <= day) && row.day("until_on").is_none_or(|until| day <= until)
    };
    Ok(rows.iter().filter(|(_, row)| holds(row)).filter_map(|(_, row)| row.link("student")).collect())
}

/// Class hours given at home this school year ÷ those of the year, for every child taught at home.
fn lessons(reader: &Reader<'_>, lives: &[Life], settings: &Settings, (year, day): (Date, Date)) -> Done<Owed> {
    let taught = ids(lives.iter().filter(|life| life.standing(day).state == RollState::TaughtAtHome));
    let per_year = i64::from(settings.number(Key::HoursPerYear));
    let mut given: BTreeMap<Id, i64> = BTreeMap::new();
    for (_, row) in reader.scan("home_teaching", &["student", "on", "hours"], vec![Only::From("on", year)])? {
        let hours = if let Some(Value::Int(hours)) = row.get("hours") { *hours } else { 0 };
        if let (Some(student), true) = (row.link("student"), row.day("on").is_some_and(|on| on <= day)) {
            *given.entry(student).or_default() += hours;
        }
    }
    let hours = |student: &Id| given.get(student).copied().unwrap_or_default();
    let done = taught.iter().filter(|student| hours(student) >= per_year).copied().collect();
    let counted = taught.iter().map(|student| (*student, hours(student).min(per_year))).collect();
    Ok(Owed { hours: Some((counted, per_year)), ..Owed::of(done, &taught, "student") })
}

/// Rectifications whose deadline has come: done by then ÷ all of them.
fn rectifications(reader: &Reader<'_>, day: Date) -> Done<Owed> {
    let (mut done, mut due) = (BTreeSet::new(), BTreeSet::new());
    for (id, row) in reader.scan("rectification", &["due_on", "done_on", "closed_on"], vec![])? {
        let Some(due_on) = row.day("due_on").filter(|due_on| *due_on <= day) else { continue };
        due.insert(id);
        if row.day("done_on").or(row.day("closed_on")).is_some_and(|on| on <= due_on) {
            done.insert(id);
        }
    }
    Ok(Owed::of(done, &due, "rectification"))
}

/// Children with a disability who are placed ÷ all of them, less those whose entry was deferred.
fn placements(reader: &Reader<'_>, lives: &[Life], day: Date) -> Done<Owed> {
    let (mut placed, mut deferred) = (BTreeSet::new(), BTreeSet::new());
    for (_, row) in reader.scan("placement", &["student", "way", "from_on", "until_on"], vec![])? {
        let holds = row.day("until_on").is_none_or(|until| day <= until);
        let way = row.get("way").and_then(Value::as_text);
        let set = match way {
            Some(way) if PLACED.contains(&way) => &mut placed,
            Some("deferred") => &mut deferred,
            _ => continue,
        };
        set.extend(row.link("student").filter(|_| holds));
    }
    let disabled = lives.iter().filter(|life| life.is_in(Group::Disabled, day));
    let due: BTreeSet<Id> = ids(disabled).difference(&deferred).copied().collect();
    let at_school = ids(lives.iter().filter(|life| life.standing(day).at_school));
    placed.extend(at_school);
    Ok(Owed::of(placed, &due, "student"))
}

fn ids<'l>(lives: impl Iterator<Item = &'l Life>) -> BTreeSet<Id> {
    lives.map(|life| life.student).collect()
}
