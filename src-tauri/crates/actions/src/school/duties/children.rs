//! What is due about children: absences that nobody explained, open cases, papers under way.

use std::collections::{BTreeSet, HashMap};

use chrono::Datelike;
use domain::calendar::Class;
use domain::case::{Case, Status};
use domain::clock::absence;
use domain::clock::{Due, Ticks, case as case_clock, deadline};
use domain::lives::{Life, RollState};
use domain::report::Books;
use domain::settings::Key;
use domain::{Date, Fields, Id};
use store::Only;

use crate::failure::Done;
use crate::rows::books::{CASE, Reader};
use crate::rows::rules::Rules;
use crate::school::duties::Found;
use crate::school::duties::roll::{Days, Roll, note};

/// What is due about each child, or about one: of an absence and a case, the most pressing step only. Who is not at school
/// (moved away, suspended, left) misses no days: a change or a case answers for the child.
pub(super) fn found(
    reader: &Reader<'_>,
    cases: &Cases,
    (today, only): (Date, Option<Id>),
    rules: &mut Rules,
) -> Done<Vec<Found>> {
    let since = rules.term_began(today);
    let (roll, lives) = match only {
        Some(student) => {
            let lives = reader.lives_of(&BTreeSet::from([student]), since)?;
            let Some(life) = lives.first() else { return Ok(vec![]) };
            (Roll::of(reader, since, life)?, lives)
        }
        None => {
            let roll = Roll::read(reader, since)?;
            let concerned = roll.to_look_at(rules).chain(cases.open.keys().copied()).collect();
            let lives = reader.lives_of(&reader.with_papers(concerned)?, since)?;
            (roll, lives)
        }
    };
    let mut found = Vec::new();
    let (settings, presence) = (rules.settings.clone(), rules.presence.clone());
    for life in &lives {
        let place = Books::place(life, today);
        let class = place.grade.map(|grade| Class { grade: grade.to_owned(), class: place.class.map(str::to_owned) });
        let days = rules.days(place.school, class.as_ref());
        let ticks = Ticks { today, days, settings: &settings, presence: &presence };
        let child = |(due, row, waits_for): Line| Found {
            due,
            student: Some(life.student),
            school: place.school,
            class: class.clone().map(|class| (Some(class.grade), class.class)),
            row: row.map(|(record, row)| (record.to_owned(), row)),
            about: String::new(),
            waits_for,
        };
        found.extend(about(life, (&roll, cases), &ticks).into_iter().map(child));
    }
    Ok(found)
}

/// What is due, the row it comes from, and who else has to act.
type Line = (Due, Option<(&'static str, Id)>, Option<&'static str>);

fn about(life: &Life, (roll, cases): (&Roll, &Cases), ticks: &Ticks<'_>) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    if life.standing(ticks.today).at_school {
        let attendance = roll.attendance(life);
        let absences = absence::due(&attendance, ticks);
        let pressing = absence::most_pressing(&absences).cloned();
        lines.extend(pressing.into_iter().chain(absence::term_alarm(&attendance, ticks)).map(|due| (due, None, None)));
    }
    for (row, case) in cases.open.get(&life.student).into_iter().flatten() {
        let (dues, waits) = cases.due(*row, case, ticks);
        let pressing = absence::most_pressing(&dues).cloned();
        lines.extend(pressing.map(|due| (due, Some(("dropout_case", *row)), waits)));
    }
    lines.extend(papers(life, ticks).into_iter().map(|(due, row)| (due, Some(("roll_change", row)), None)));
    lines
}

/// The end of the suspension that is in force, and transfers under way.
fn papers(life: &Life, ticks: &Ticks<'_>) -> Vec<(Due, Id)> {
    let suspended = life.standing(ticks.today).state == RollState::Suspended;
    let come = life.changes.iter().filter(|change| change.leads_to().is_some());
    let come = come.filter_map(|change| Some((change.on.filter(|on| *on <= ticks.today)?, change.row)));
    let newest = come.max().map(|(_, row)| row);
    let mut dues = Vec::new();
    for change in &life.changes {
        let due = match (change.kind.as_str(), change.on, change.applied_on) {
            ("suspend", Some(on), _) if suspended && newest == Some(change.row) => {
                deadline::suspension(on, change.until, ticks)
            }
            ("transfer" | "transfer_in" | "transfer_out", None, Some(applied)) => deadline::transfer(applied, ticks),
            _ => None,
        };
        dues.extend(due.map(|due| (due, change.row)));
    }
    dues
}

/// Open cases with their attempts and reports; and when anything happened in any case.
pub(super) struct Cases {
    open: HashMap<Id, Vec<(Id, Case)>>,
    attempts: Days,
    reports: Days,
    /// The months in which a case was found, confirmed or settled, each by its first day.
    pub(super) months: BTreeSet<Date>,
}

impl Cases {
    /// Reads all cases, or those of one child; the months are of those read.
    pub(super) fn read(reader: &Reader<'_>, only: Option<Id>) -> Done<Self> {
        let (open, months) = (HashMap::new(), BTreeSet::new());
        let mut cases = Self { open, attempts: Days::new(), reports: Days::new(), months };
        let of_child = only.map(|student| Only::To("student", student)).into_iter().collect();
        reader.each("dropout_case", &CASE, of_child, |row| {
            let case = Case::read(row);
            let days = [case.found_on, case.out_from(), case.returned_on, case.closed_on];
            cases.months.extend(days.into_iter().flatten().filter_map(|day| day.with_day(1)));
            if let Some(student) = case.student.filter(|_| case.status.is_open()) {
                cases.open.entry(student).or_default().push((row.id()?, case));
            }
            Ok(())
        })?;
        let rows: Vec<Id> = cases.open.values().flatten().map(|(row, _)| *row).collect();
        for only in read_for(&rows, only) {
            reader.each("persuasion", &["case", "on"], only.clone(), |row| {
                note(&mut cases.attempts, row.link("case"), row.day("on"));
                Ok(())
            })?;
            reader.each("written_report", &["case", "reported_on"], only, |row| {
                note(&mut cases.reports, row.link("case"), row.day("reported_on"));
                Ok(())
            })?;
        }
        Ok(cases)
    }

    fn due(&self, row: Id, case: &Case, ticks: &Ticks<'_>) -> (Vec<Due>, Option<&'static str>) {
        let of = |days: &Days| days.get(&row).cloned().unwrap_or_default();
        let attempts = of(&self.attempts);
        let Some(facts) = case.for_clock(&attempts, &of(&self.reports)) else { return (vec![], None) };
        let enough = facts.attempts >= ticks.settings.number(Key::AttemptsMin) && facts.reported_on.is_some();
        let waits = (case.status == Status::Persuading && enough).then_some("township");
        (case_clock::due(&facts, ticks), waits)
    }
}

/// Conditions of the rows beside cases: those of one child's cases each by itself, else all at once.
fn read_for(cases: &[Id], only: Option<Id>) -> Vec<Vec<Only<'static>>> {
    match only {
        Some(_) => cases.iter().map(|case| vec![Only::To("case", *case)]).collect(),
        None => vec![vec![]],
    }
}
