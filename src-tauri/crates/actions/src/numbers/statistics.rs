//! The pivot: how many children or cases there are, by two of school, grade, class, sex, ethnicity, key group, cause,
//! whereabouts, month. Each number opens its list; in a public table small numbers are hidden.

mod table;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::Datelike;
use domain::case::Case;
use domain::lives::{Group, Life};
use domain::report::Books;
use domain::report::books::Place;
use domain::words::{self, Facts, Language};
use domain::{Date, Id, date, grade};
use serde::{Deserialize, Serialize};
use store::View;
use ts_rs::TS;

use crate::desk::Desk;
use crate::failure::Done;
use crate::numbers::named::{NamedRow, NumberReply, named};
use crate::numbers::statistics::table::Table;
use crate::rows::books::Reader;
use crate::rows::known::{day_asked, read_at};
use crate::rows::names::name_of;

/// What is counted, and by what.
#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
pub struct PivotRequest {
    /// What is counted.
    pub of: Counted,
    /// What the lines stand for; one line when absent.
    pub rows: Option<Dimension>,
    /// What the columns stand for; one column when absent.
    pub columns: Option<Dimension>,
    /// As of this day, or up to it; today when absent.
    pub on: Option<String>,
    /// Dimension and key that all hold: what was chosen on the way down.
    pub only: Vec<(Dimension, String)>,
    /// Whether it will be shown to people outside: numbers below five are hidden.
    pub public: bool,
    /// As it was known at this seal, the row of a sealed report; as it is known now when absent.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub at: Option<Id>,
}

/// What a pivot counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Counted {
    /// 在籍 on the day.
    OnRoll,
    /// 在校 on the day.
    #[default]
    AtSchool,
    /// Cases that are open on the day.
    OpenCases,
    /// Children confirmed to have left, of the school year up to the day.
    Confirmed,
    /// Children brought back, of the school year up to the day.
    Returned,
    /// Children suspected, of the school year up to the day.
    Suspected,
    /// Whole days missed without a reason, of the school year up to the day.
    Absences,
}

/// What lines and columns stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Dimension {
    /// 学校.
    School,
    /// 学段.
    Stage,
    /// 年级.
    Grade,
    /// 班级.
    Class,
    /// 性别.
    Sex,
    /// 民族.
    Ethnicity,
    /// 重点群体; a child may count in several.
    Group,
    /// 主要原因.
    Cause,
    /// 去向.
    Whereabouts,
    /// 个案状态.
    Status,
    /// 月.
    Month,
    /// Age of an open case.
    Age,
}

/// A table of numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PivotReply {
    /// The lines.
    pub rows: Vec<PivotHead>,
    /// The columns.
    pub columns: Vec<PivotHead>,
    /// By line, then by column; none for a number that is hidden.
    pub cells: Vec<Vec<Option<u32>>>,
    /// Everything counted, each thing once; none when a hidden number could be told from it.
    pub total: Option<u32>,
    /// What it was narrowed to, as people read it.
    pub only: Vec<String>,
}

/// The heading of a line or column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PivotHead {
    /// Its key.
    pub key: String,
    /// What people read.
    pub head: String,
    /// What it counts in all.
    pub total: Option<u32>,
}

/// Key for what has no value.
const NONE: &str = "-";

/// One thing counted.
struct Item<'l> {
    row: Id,
    life: &'l Life,
    case: Option<&'l Case>,
    place: Place<'l>,
    on: Date,
    as_of: Date,
}

/// Counts.
pub fn pivot(desk: &Desk, request: PivotRequest) -> Done<PivotReply> {
    let session = desk.session()?;
    read_at(desk, &session, request.at, |desk, view| {
        let counting = Counting::begin(desk, view, &request)?;
        let items = counting.items(&request);
        let mut counts: HashMap<(Key<'_>, Key<'_>), u32> = HashMap::new();
        for item in &items {
            let columns = keys(item, request.columns);
            for row in keys(item, request.rows) {
                for column in &columns {
                    *counts.entry((row.clone(), column.clone())).or_default() += 1;
                }
            }
        }
        let owned =
            |((row, column), count): ((Key<'_>, Key<'_>), u32)| ((row.into_owned(), column.into_owned()), count);
        let cells: BTreeMap<(String, String), u32> = counts.into_iter().map(owned).collect();
        let total = u32::try_from(items.len()).unwrap_or(u32::MAX);
        counting.table(&request, &cells, total)
    })
}

/// The rows behind a number: the request with the keys of its line and column among `only`.
pub fn pivot_rows(desk: &Desk, request: PivotRequest) -> Done<NumberReply> {
    let session = desk.session()?;
    read_at(desk, &session, request.at, |desk, view| {
        let counting = Counting::begin(desk, view, &request)?;
        let ids: BTreeSet<Id> = counting.items(&request).iter().map(|item| item.row).collect();
        let record = record_of(request.of).to_owned();
        let rows: Vec<NamedRow> = named(desk, view, &record, ids.into_iter().collect())?;
        Ok(NumberReply { record, rows })
    })
}

fn record_of(counted: Counted) -> &'static str {
    match counted {
        Counted::OnRoll | Counted::AtSchool => "student",
        Counted::OpenCases | Counted::Confirmed | Counted::Returned | Counted::Suspected => "dropout_case",
        Counted::Absences => "absence",
    }
}

/// The ledger read for a pivot.
struct Counting<'c> {
    desk: &'c Desk,
    view: View<'c>,
    books: Books,
    absences: Vec<(Id, Id, Date)>,
    day: Date,
}

impl<'c> Counting<'c> {
    fn begin(desk: &'c Desk, view: View<'c>, request: &PivotRequest) -> Done<Self> {
        let day = day_asked(desk, request.on.as_deref())?;
        let reader = Reader { catalogue: desk.catalogue(), view };
        let since = date::school_year_start(day);
        let books = Books::new(reader.lives(since)?);
        let absences = if request.of == Counted::Absences { reader.absences(since)? } else { vec![] };
        Ok(Self { desk, view, books, absences, day })
    }

    /// Everything that is counted and meets the conditions.
    fn items(&self, request: &PivotRequest) -> Vec<Item<'_>> {
        let mut items = match request.of {
            Counted::OnRoll => self.heads(|at| at.on_roll),
            Counted::AtSchool => self.heads(|at| at.at_school),
            Counted::Absences => self.days_missed(),
            Counted::OpenCases | Counted::Confirmed | Counted::Returned | Counted::Suspected => self.cases(request.of),
        };
        let meets =
            |item: &Item<'_>, (by, key): &(Dimension, String)| keys(item, Some(*by)).iter().any(|one| one == key);
        items.retain(|item| request.only.iter().all(|condition| meets(item, condition)));
        items
    }

    fn heads(&self, counts: impl Fn(&domain::lives::Standing<'_>) -> bool) -> Vec<Item<'_>> {
        let counted = self.books.lives.iter().filter(|life| counts(&life.standing(self.day)));
        counted.map(|life| self.item(life.student, life, None, self.day)).collect()
    }

    fn cases(&self, of: Counted) -> Vec<Item<'_>> {
        let start = date::school_year_start(self.day);
        let within = |day: Option<Date>| day.filter(|day| *day >= start && *day <= self.day);
        let mut items = Vec::new();
        for life in &self.books.lives {
            for (row, case) in &life.cases {
                let on = match of {
                    Counted::OpenCases => case.left_on.filter(|left| case.status.is_open() && *left <= self.day),
                    Counted::Confirmed => within(case.out_from()),
                    Counted::Returned => within(case.returned_on.filter(|_| case.was_confirmed())),
                    Counted::Suspected => within(case.found_on.or(case.left_on)),
                    Counted::OnRoll | Counted::AtSchool | Counted::Absences => None,
                };
                items.extend(on.map(|on| self.item(*row, life, Some(case), on)));
            }
        }
        items
    }

    fn days_missed(&self) -> Vec<Item<'_>> {
        let upto = self.absences.iter().filter(|(_, _, on)| *on <= self.day);
        upto.filter_map(|(row, student, on)| Some(self.item(*row, self.books.life(*student)?, None, *on))).collect()
    }

    fn item<'l>(&self, row: Id, life: &'l Life, case: Option<&'l Case>, on: Date) -> Item<'l> {
        Item { row, life, case, place: Books::place(life, on), on, as_of: self.day }
    }

    fn table(&self, request: &PivotRequest, cells: &BTreeMap<(String, String), u32>, total: u32) -> Done<PivotReply> {
        let distinct = |of: fn(&(String, String)) -> &String| cells.keys().map(of).cloned().collect::<BTreeSet<_>>();
        let (rows, columns) = (distinct(|key| &key.0), distinct(|key| &key.1));
        let count = |row: &str, column: &str| cells.get(&(row.to_owned(), column.to_owned())).copied().unwrap_or(0);
        let counts = rows.iter().map(|row| columns.iter().map(|column| count(row, column)).collect()).collect();
        let Table { cells, row_totals, column_totals, total } = match request.public {
            true => Table::open(counts, total).hiding_small(),
            false => Table::open(counts, total),
        };
        let heads = |by: Option<Dimension>, keys: BTreeSet<String>, totals: Vec<Option<u32>>| {
            let head = |(key, total): (String, Option<u32>)| Ok(PivotHead { head: self.name(by, &key)?, key, total });
            keys.into_iter().zip(totals).map(head).collect::<Done<Vec<_>>>()
        };
        let rows = heads(request.rows, rows, row_totals)?;
        let only = request.only.iter().map(|(by, key)| self.name(Some(*by), key)).collect::<Done<_>>()?;
        Ok(PivotReply { rows, columns: heads(request.columns, columns, column_totals)?, cells, total, only })
    }

    /// What people read for a key.
    fn name(&self, by: Option<Dimension>, key: &str) -> Done<String> {
        let language = self.desk.language();
        let say = |path: &str| words::say(language, "reports", path, &Facts::new());
        let code = |list: &str| {
            let entry = self.desk.catalogue().codes(list).and_then(|list| list.get(key));
            entry.map_or(
                key.to_owned(),
                |entry| if language == Language::Zh { entry.zh.clone() } else { entry.en.clone() },
            )
        };
        Ok(match by {
            None => say("total"),
            Some(_) if key == NONE => say("not_said"),
            Some(Dimension::School) => match key.parse() {
                Ok(id) => {
                    name_of(self.desk.catalogue(), self.view, self.desk.record("organisation")?, id, self.desk.today())?
                }
                Err(_) => key.to_owned(),
            },
            Some(Dimension::Grade) => code("grade"),
            Some(Dimension::Class) => {
                let (grade_code, class) = key.split_once('/').unwrap_or((key, ""));
                let name =
                    self.desk.catalogue().codes("grade").map(|list| list.name_in(grade_code, language).to_owned());
                grade::class_spoken(name.as_deref(), Some(class).filter(|class| !class.is_empty()), language)
            }
            Some(Dimension::Sex) => code("sex"),
            Some(Dimension::Ethnicity) => code("ethnicity"),
            Some(Dimension::Cause) => code("dropout_cause"),
            Some(Dimension::Whereabouts) => code("whereabouts"),
            Some(Dimension::Status) => code("case_status"),
            Some(Dimension::Stage) => say(&format!("stage.{key}")),
            Some(Dimension::Group) => say(&format!("group.{key}")),
            Some(Dimension::Age) => say(&format!("age.{key}")),
            Some(Dimension::Month) => key.to_owned(),
        })
    }
}

/// The key of a thing in a dimension.
type Key<'l> = Cow<'l, str>;

/// The keys of a thing in a dimension; several for the key groups of one child.
fn keys<'l>(item: &Item<'l>, by: Option<Dimension>) -> Vec<Key<'l>> {
    let one = |key: Option<Key<'l>>| vec![key.unwrap_or(Cow::Borrowed(NONE))];
    let lent = |key: Option<&'l str>| one(key.map(Cow::Borrowed));
    let case = |of: fn(&Case) -> Option<&String>| lent(item.case.and_then(of).map(String::as_str));
    match by {
        None => vec![Cow::Borrowed("")],
        Some(Dimension::School) => one(item.place.school.map(|id| id.to_string().into())),
        Some(Dimension::Stage) => {
            lent(item.place.grade.and_then(domain::rates::Stage::of_grade).map(|stage| match stage {
                domain::rates::Stage::Primary => "primary",
                domain::rates::Stage::Junior => "junior",
            }))
        }
        Some(Dimension::Grade) => lent(item.place.grade),
        Some(Dimension::Class) => {
            one(item.place.grade.map(|grade| format!("{grade}/{}", item.place.class.unwrap_or_default()).into()))
        }
        Some(Dimension::Sex) => lent(item.life.sex.as_deref()),
        Some(Dimension::Ethnicity) => lent(item.life.ethnicity.as_deref()),
        Some(Dimension::Group) => {
            let of = Group::ALL.into_iter().filter(|group| item.life.is_in(*group, item.on));
            let keys: Vec<Key<'l>> = of.map(|group| Cow::Borrowed(group.name())).collect();
            if keys.is_empty() { one(None) } else { keys }
        }
        Some(Dimension::Cause) => case(|case| case.main_cause.as_ref()),
        Some(Dimension::Whereabouts) => case(|case| case.whereabouts.as_ref()),
        Some(Dimension::Status) => lent(item.case.map(|case| case.status.code())),
        Some(Dimension::Month) => one(Some(format!("{}-{:02}", item.on.year(), item.on.month()).into())),
        Some(Dimension::Age) => lent(item.case.map(|_| age_key(item.on, item.as_of))),
    }
}

/// How long a case has been open, in steps: a week, a month, three, six, longer.
fn age_key(began: Date, day: Date) -> &'static str {
    match (day - began).num_days() {
        ..=7 => "week",
        8..=30 => "month",
        31..=90 => "quarter",
        91..=180 => "half_year",
        _ => "longer",
    }
}
