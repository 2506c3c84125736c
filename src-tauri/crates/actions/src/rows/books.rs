//! Reads the ledger into the books that reports, the clock and the pivot count from.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use domain::case::Case;
use domain::lives::{Change, Fact, Life, Seat};
use domain::report::Report;
use domain::report::books::{Books, ClassSheet, Entry};
use domain::report::count::RowsRead;
use domain::{Catalogue, Date, FieldType, Fields, Id, Record, Row, Value};
use store::{Columns, Only, Places, Scan, StoreError, View};

use crate::failure::{Done, Failure};

/// Columns of a seat that numbers read.
const SEAT: [&str; 9] =
    ["organisation", "grade", "class", "kind", "status", "from_on", "until_on", "stated_on", "entered_month"];
const CHANGE: [&str; 9] =
    ["student", "kind", "state", "applied_on", "changed_on", "done_on", "pause_from_on", "pause_until_on", "resume_on"];
/// Columns of a case.
pub(crate) const CASE: [&str; 13] = [
    "student",
    "status",
    "left_on",
    "found_on",
    "verified_on",
    "confirmed_on",
    "reported_on",
    "returned_on",
    "closed_on",
    "closed_ground",
    "main_cause",
    "whereabouts",
    "previous",
];
const FACT: [&str; 5] = ["kind", "value", "from_on", "until_on", "stated_on"];

/// Facts that put a child into a key group.
const KEY_FACTS: [&str; 7] =
    ["hardship", "disabled", "left_behind", "migrant", "migrant_worker_child", "orphan", "struggling"];

/// What comes of taking in one row.
type Put = Result<(), StoreError>;

/// Reads rows of some records in few columns.
pub(crate) struct Reader<'r> {
    pub(crate) catalogue: &'r Catalogue,
    pub(crate) view: View<'r>,
}

impl<'r> Reader<'r> {
    pub(crate) fn record(&self, name: &str) -> Done<&'r Record> {
        self.catalogue.record(name).ok_or_else(|| Failure::new("no_such_record").with("record", name))
    }

    pub(crate) fn scan(&self, name: &str, fields: &[&str], only: Vec<Only<'_>>) -> Done<Vec<(Id, Row)>> {
        let mut rows = Vec::new();
        self.view.scan(self.record(name)?, &Scan { fields, only }, |id, row| rows.push((id, row)))?;
        Ok(rows)
    }

    /// Takes in rows of a record one by one, as they lie.
    pub(crate) fn each(
        &self,
        name: &str,
        fields: &[&str],
        only: Vec<Only<'_>>,
        take: impl FnMut(&Columns<'_>) -> Put,
    ) -> Done<()> {
        Ok(self.view.scan_in_place(self.record(name)?, &Scan { fields, only }, take)?)
    }

    /// The children's lives, with seats and facts that hold on or after a day.
    pub(crate) fn lives(&self, since: Date) -> Done<Vec<Life>> {
        let mut lives = Vec::new();
        let scan = Scan { fields: &["sex", "ethnicity", "birth_date"], only: vec![] };
        let begin = |id, row: &Columns<'_>| lives.push(Life::read(id, row));
        let places = self.view.scan_columns(self.record("student")?, &scan, begin)?;
        self.live_through(&mut lives, &places, since)?;
        self.state_facts(&mut lives, &places, since)?;
        self.seat_those_who_left(&mut lives, |life| life.cases.iter().any(|(_, case)| !case.is_over_before(since)))?;
        Ok(lives)
    }

    /// Gives children who left before everything that was read their seats all the same, where something of theirs still
    /// counts: it counts where they sat last.
    fn seat_those_who_left(&self, lives: &mut [Life], counts: impl Fn(&Life) -> bool) -> Done<()> {
        let record = self.record("enrolment")?;
        for life in lives.iter_mut().filter(|life| life.seats.is_empty() && counts(life)) {
            let seats = self.view.rows_under(record, life.student)?;
            life.seats.extend(seats.iter().map(|(_, row)| Seat::read(row)));
        }
        Ok(())
    }

    /// The lives of some children, as far as they say where each stands: without facts.
    pub(crate) fn lives_of(&self, wanted: &BTreeSet<Id>, since: Date) -> Done<Vec<Life>> {
        let mut lives: Vec<Life> = wanted.iter().map(|student| Life::read(*student, &Row::new())).collect();
        let places = self.view.places(wanted)?;
        self.live_through(&mut lives, &places, since)?;
        Ok(lives)
    }

    /// Adds the seats, changes and cases of children.
    fn live_through(&self, lives: &mut [Life], places: &Places, since: Date) -> Done<()> {
        let seats = vec![Only::OpenAfter("until_on", since)];
        self.under(("enrolment", &SEAT, seats), lives, places, |life, row| {
            life.seats.push(Seat::read(row));
            Ok(())
        })?;
        self.under(("roll_change", &CHANGE, vec![]), lives, places, |life, row| {
            life.changes.push(Change::read(row.id()?, row));
            Ok(())
        })?;
        self.under(("dropout_case", &CASE, vec![]), lives, places, |life, row| {
            life.cases.push((row.id()?, Case::read(row)));
            Ok(())
        })
    }

    /// Adds the facts by which children are counted.
    fn state_facts(&self, lives: &mut [Life], places: &Places, since: Date) -> Done<()> {
        let facts = vec![Only::OpenAfter("until_on", since)];
        self.under(("fact", &FACT, facts), lives, places, |life, row| {
            if row.text("kind").is_some_and(|kind| KEY_FACTS.contains(&kind)) {
                life.facts.push(Fact::read(row));
            }
            Ok(())
        })
    }

    /// Adds what rows of one record say of the lives they belong to.
    fn under(
        &self,
        (name, fields, only): (&str, &[&str], Vec<Only<'_>>),
        lives: &mut [Life],
        places: &Places,
        put: fn(&mut Life, &Columns<'_>) -> Put,
    ) -> Done<()> {
        let put = |at: usize, row: &Columns<'_>| lives.get_mut(at).map_or(Ok(()), |life| put(life, row));
        Ok(self.view.scan_under(self.record(name)?, &Scan { fields, only }, places, put)?)
    }

    /// All cases.
    pub(crate) fn cases(&self) -> Done<Vec<(Id, Case)>> {
        let mut cases = Vec::new();
        self.view.scan_columns(self.record("dropout_case")?, &Scan { fields: &CASE, only: vec![] }, |id, row| {
            cases.push((id, Case::read(row)));
        })?;
        Ok(cases)
    }

    /// Whole days missed without a reason from a day on: row, child, day.
    pub(crate) fn absences(&self, since: Date) -> Done<Vec<(Id, Id, Date)>> {
        let rows = self.scan("absence", &["student", "on", "part", "kind", "leave"], vec![Only::From("on", since)])?;
        let one = |(id, row): (Id, Row)| {
            let text = |key: &str| row.get(key).and_then(Value::as_text);
            let whole = matches!(text("part"), None | Some("day"));
            let excused = matches!(text("kind"), Some("sick" | "personal" | "lesson_home" | "late"))
                || matches!(row.get("leave"), Some(Value::Int(1)));
            let student = row.get("student").and_then(Value::as_row)?;
            let on = text("on").and_then(|day| day.parse().ok())?;
            (whole && !excused).then_some((id, student, on))
        };
        Ok(rows.into_iter().filter_map(one).collect())
    }

    /// Some children, and those whose change on the roll is under way or suspends them.
    pub(crate) fn with_papers(&self, mut wanted: BTreeSet<Id>) -> Done<BTreeSet<Id>> {
        for (id, row) in self.scan("roll_change", &CHANGE, vec![])? {
            let kind = row.get("kind").and_then(Value::as_text);
            let under_way = Change::read(id, &row).on.is_none();
            if kind == Some("suspend") || (under_way && kind.is_some_and(|kind| kind.starts_with("transfer"))) {
                wanted.extend(row.get("student").and_then(Value::as_row));
            }
        }
        Ok(wanted)
    }

    /// Everything a report counts from.
    pub(crate) fn books(&self, report: &Report, first: Date, since: Date) -> Done<Books> {
        let mut books = Books::new(self.lives(since)?);
        let case_of: HashMap<Id, Id> =
            books.lives.iter().flat_map(|life| life.cases.iter().map(|(case, _)| (*case, life.student))).collect();
        let counts = report.columns.iter().filter_map(|column| column.count.as_ref());
        let wanted: BTreeSet<RowsRead> = counts.filter_map(|count| count.rows_read()).collect();
        for read in wanted {
            match read {
                RowsRead::Work { record, day, codes } => {
                    let rows = self.entries(&record, day.as_deref(), &codes, first)?;
                    let owned = |(row, owner, entry): (Id, Id, Entry)| {
                        let student = case_of.get(&owner).copied().unwrap_or(owner);
                        Entry { row, student, ..entry }
                    };
                    let rows: Vec<Entry> = rows.into_iter().map(owned).collect();
                    let spoken: BTreeSet<Id> = rows.iter().map(|entry| entry.student).collect();
                    self.seat_those_who_left(&mut books.lives, |life| spoken.contains(&life.student))?;
                    books.work.insert(record, rows);
                }
                RowsRead::Sheets { record } => {
                    let sheets = self.sheets(&record, Date::MIN)?;
                    books.class_sheets.insert(record, sheets);
                }
            }
        }
        Ok(books)
    }

    fn entries(&self, name: &str, day: Option<&str>, codes: &[String], first: Date) -> Done<Vec<(Id, Id, Entry)>> {
        let record = self.record(name)?;
        let Some(via) = record.owner.as_deref() else { return Ok(vec![]) };
        let fields: Vec<&str> = [via].into_iter().chain(day).chain(codes.iter().map(String::as_str)).collect();
        let only = day.map(|day| Only::From(day, first)).into_iter().collect();
        let entry = |(row, values): (Id, Row)| {
            let owner = values.get(via).and_then(Value::as_row)?;
            let text = |key: &str| values.get(key).and_then(Value::as_text);
            let days = day.and_then(|key| Some((key.to_owned(), text(key)?.parse().ok()?))).into_iter().collect();
            let codes = codes.iter().filter_map(|key| Some((key.clone(), text(key)?.to_owned()))).collect();
            Some((row, owner, Entry { row, student: owner, days, codes }))
        };
        Ok(self.scan(name, &fields, only)?.into_iter().filter_map(entry).collect())
    }

    /// Sheets of classes from a day on.
    pub(crate) fn sheets(&self, name: &str, since: Date) -> Done<Vec<ClassSheet>> {
        let record = self.record(name)?;
        let numbers: Vec<&str> =
            record.stored().filter(|field| field.kind == FieldType::Integer).map(|field| field.key.as_str()).collect();
        let fields: Vec<&str> =
            ["organisation", "grade", "class", "on"].into_iter().chain(numbers.iter().copied()).collect();
        let sheet = |(row, values): (Id, Row)| {
            let text = |key: &str| values.get(key).and_then(Value::as_text).map(str::to_owned);
            let number = |key: &&str| match values.get(*key) {
                Some(Value::Int(number)) => Some(((*key).to_owned(), *number)),
                _ => None,
            };
            ClassSheet {
                row,
                school: values.get("organisation").and_then(Value::as_row),
                grade: text("grade"),
                class: text("class"),
                on: text("on").and_then(|day| day.parse().ok()),
                numbers: numbers.iter().filter_map(number).collect::<BTreeMap<_, _>>(),
            }
        };
        let only = if since == Date::MIN { vec![] } else { vec![Only::From("on", since)] };
        Ok(self.scan(name, &fields, only)?.into_iter().map(sheet).collect())
    }
}
