//! What is due about children: absences that nobody explained, open cases, papers under way.

use std::collections::{BTreeSet, HashMap};

use domain::Id;
use domain::calendar::Class;
use domain::case::{Case, Status};
use domain::clock::absence;
use domain::clock::{Due, Ticks, case as case_clock, deadline};
use domain::lives::{Life, RollState};
use domain::report::Books;
use domain::settings::Key;

use crate::books::Reader;
use crate::desk::Desk;
use crate::duties::Found;
use crate::duties::roll::{Days, Roll, day, link, note};
use crate::failure::Done;
use crate::rules::Rules;

/// What is due about each child: of an absence and a case, the most pressing step only.
pub(super) fn found(desk: &Desk, reader: &Reader<'_>, rules: &mut Rules) -> Done<Vec<Found>> {
    let today = desk.today();
    let since = rules.calendar(None).term_up_to(today).map_or(today, |term| term.first);
    let roll = Roll::read(reader, since)?;
    let cases = Cases::read(reader)?;
    let concerned: BTreeSet<Id> = roll.to_look_at(rules).chain(cases.open.keys().copied()).collect();
    let concerned = reader.with_papers(concerned)?;
    let lives = reader.lives_of(&concerned, since)?;
    let mut found = Vec::new();
    for life in &lives {
        let place = Books::place(life, today);
        let class = place.grade.map(|grade| Class { grade: grade.to_owned(), class: place.class.map(str::to_owned) });
        let attendance = roll.attendance(life);
        let (settings, presence) = (rules.settings.clone(), rules.presence.clone());
        let days = rules.days(place.school, class.as_ref());
        let ticks = Ticks { today, days, settings: &settings, presence: &presence };
        let child = |due: Due, row: Option<(&str, Id)>, waits_for: Option<&'static str>| Found {
            due,
            student: Some(life.student),
            school: place.school,
            class: class.clone().map(|class| (Some(class.grade), class.class)),
            row: row.map(|(record, row)| (record.to_owned(), row)),
            about: String::new(),
            waits_for,
        };
        let absences = absence::due(&attendance, &ticks);
        found.extend(absence::most_pressing(&absences).cloned().map(|due| child(due, None, None)));
        found.extend(absence::term_alarm(&attendance, &ticks).map(|due| child(due, None, None)));
        for (row, case) in cases.open.get(&life.student).into_iter().flatten() {
            let (dues, waits) = cases.due(*row, case, &ticks);
            found.extend(
                absence::most_pressing(&dues).cloned().map(|due| child(due, Some(("dropout_case", *row)), waits)),
            );
        }
        found.extend(papers(life, &ticks).into_iter().map(|(due, row)| child(due, Some(("roll_change", row)), None)));
    }
    Ok(found)
}

/// Suspensions that end and transfers under way.
fn papers(life: &Life, ticks: &Ticks<'_>) -> Vec<(Due, Id)> {
    let suspended = life.standing(ticks.today).state == RollState::Suspended;
    let mut dues = Vec::new();
    for change in &life.changes {
        let due = match (change.kind.as_str(), change.on, change.applied_on) {
            ("suspend", Some(on), _) if suspended => deadline::suspension(on, change.until, ticks),
            ("transfer" | "transfer_in" | "transfer_out", None, Some(applied)) => deadline::transfer(applied, ticks),
            _ => None,
        };
        dues.extend(due.map(|due| (due, change.row)));
    }
    dues
}

/// Open cases with their attempts and reports.
struct Cases {
    open: HashMap<Id, Vec<(Id, Case)>>,
    attempts: Days,
    reports: Days,
}

impl Cases {
    fn read(reader: &Reader<'_>) -> Done<Self> {
        let mut cases = Self { open: HashMap::new(), attempts: Days::new(), reports: Days::new() };
        for (row, case) in reader.cases()? {
            if let Some(student) = case.student.filter(|_| case.status.is_open()) {
                cases.open.entry(student).or_default().push((row, case));
            }
        }
        for (_, row) in reader.scan("persuasion", &["case", "on"], vec![])? {
            note(&mut cases.attempts, link(&row, "case"), day(&row, "on"));
        }
        for (_, row) in reader.scan("written_report", &["case", "reported_on"], vec![])? {
            note(&mut cases.reports, link(&row, "case"), day(&row, "reported_on"));
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
