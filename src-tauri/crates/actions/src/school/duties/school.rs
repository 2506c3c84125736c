//! What is due about classes and the school: return checks, the roll, reports, rectifications, agreed days.

use std::collections::{BTreeMap, BTreeSet};

use domain::calendar::Class;
use domain::clock::{Due, Duty, Ticks, deadline, recurring};
use domain::date::stored;
use domain::{Date, Fields, Id};
use store::{Naming, Only};

use crate::desk::{Desk, Session};
use crate::failure::Done;
use crate::numbers::sealed::sealed_days;
use crate::rows::books::Reader;
use crate::rows::review::child_above;
use crate::rows::rules::Rules;
use crate::school::duties::Found;
use crate::school::today;

/// A class of the school: grade and name.
type ClassName = (Option<String>, Option<String>);

/// What is due about classes, reports and agreements.
pub(super) fn found(
    (desk, session): (&Desk, &Session),
    reader: &Reader<'_>,
    had_cases: &BTreeSet<Date>,
    rules: &mut Rules,
) -> Done<Vec<Found>> {
    let mut found = Vec::new();
    if let Some(school) = session.school() {
        found.extend(classes(desk, school, reader, rules)?);
    }
    found.extend(reports((desk, session), reader, had_cases, rules)?);
    // A ledger begun in the middle of a term does not ask for what fell due before it was there.
    let begun = rules.presence.written.first().copied();
    found.retain(|one| begun.is_some_and(|begun| one.due.due_on >= begun));
    found.extend(dated(desk, reader, rules)?);
    found.extend(agreed(desk, reader, rules)?);
    Ok(found)
}

/// What is due about one child by days set on paper and agreed on.
pub(super) fn about_child(desk: &Desk, reader: &Reader<'_>, child: Id, rules: &mut Rules) -> Done<Vec<Found>> {
    let mut found = dated(desk, reader, rules)?;
    found.extend(agreed(desk, reader, rules)?);
    found.retain(|one| one.student == Some(child));
    Ok(found)
}

fn about(due: Due, school: Option<Id>, class: Option<ClassName>) -> Found {
    Found { due, student: None, school, class, row: None, about: String::new(), waits_for: None }
}

/// Return checks and the roll of each class.
fn classes(desk: &Desk, school: Id, reader: &Reader<'_>, rules: &mut Rules) -> Done<Vec<Found>> {
    let term = rules.calendar(Some(school)).term_up_to(desk.today());
    let Some(term) = term else { return Ok(vec![]) };
    let checks = days_by_class(reader, "return_check", &["organisation", "on", "grade", "class"], term.first)?;
    let taken = days_by_class(reader, "class_day", &["organisation", "on", "grade", "class"], term.first)?;
    let (settings, presence) = (rules.settings.clone(), rules.presence.clone());
    let none = BTreeSet::new();
    let mut found = Vec::new();
    for line in today::classes_in(desk, reader.view)? {
        let Some(grade) = line.grade.clone() else { continue };
        let name: ClassName = (Some(grade.clone()), line.class.clone());
        let class = Class { grade, class: line.class };
        let days = rules.days(Some(school), Some(&class));
        let ticks = Ticks { today: desk.today(), days, settings: &settings, presence: &presence };
        let made = checks.get(&name).unwrap_or(&none);
        found.extend(
            newest(recurring::return_checks(made, &ticks)).map(|due| about(due, Some(school), Some(name.clone()))),
        );
        if let Some(first) = taken.get(&name).and_then(|days| days.first().copied()) {
            let taken = taken.get(&name).unwrap_or(&none);
            let untaken = recurring::roll(taken, first, &ticks);
            found.extend(untaken.map(|(due, days)| {
                let due = Due { value: days, ..due };
                about(due, Some(school), Some(name.clone()))
            }));
        }
    }
    let days = rules.days(Some(school), None);
    let ticks = Ticks { today: desk.today(), days, settings: &settings, presence: &presence };
    let closed = final_check(reader, term.first)?;
    found.extend(recurring::list_closing(closed, &ticks).map(|due| about(due, Some(school), None)));
    Ok(found)
}

/// Of the checks of one class the one to make now: the newest whose day has come, else the next.
fn newest(dues: Vec<Due>) -> Option<Due> {
    let come = dues.iter().rposition(|due| due.state != domain::clock::State::Coming);
    dues.into_iter().nth(come.unwrap_or(0))
}

fn days_by_class(
    reader: &Reader<'_>,
    record: &str,
    fields: &[&str],
    since: Date,
) -> Done<BTreeMap<ClassName, BTreeSet<Date>>> {
    let mut days: BTreeMap<ClassName, BTreeSet<Date>> = BTreeMap::new();
    for (_, row) in reader.scan(record, fields, vec![Only::From("on", since)])? {
        let class = (row.text("grade").map(str::to_owned), row.text("class").map(str::to_owned));
        days.entry(class).or_default().extend(row.day("on"));
    }
    Ok(days)
}

/// The day on which the list of children who did not return was closed.
fn final_check(reader: &Reader<'_>, since: Date) -> Done<Option<Date>> {
    let only = vec![Only::From("on", since), Only::Is("round", "final")];
    Ok(reader.scan("return_check", &["on", "round"], only)?.iter().filter_map(|(_, row)| row.day("on")).max())
}

/// Reports of months begun since the ledger is in use, and the census.
fn reports(
    (desk, session): (&Desk, &Session),
    reader: &Reader<'_>,
    had_cases: &BTreeSet<Date>,
    rules: &mut Rules,
) -> Done<Vec<Found>> {
    let own = session.organisation.id;
    let Some(begun) = rules.presence.written.first().copied() else { return Ok(vec![]) };
    let month = |period: &String| format!("{period}-01").parse::<Date>().ok();
    let sealed = sealed_days(desk, reader.view, own, "month")?;
    let before: BTreeSet<Date> = months_before(begun).collect();
    let months = sealed.iter().filter_map(|(period, _)| month(period)).chain(before).collect();
    let censuses = sealed_days(desk, reader.view, own, "term_changes")?.into_iter().map(|(_, on)| on).collect();
    let (settings, presence) = (rules.settings.clone(), rules.presence.clone());
    let days = rules.days(session.school(), None);
    let ticks = Ticks { today: desk.today(), days, settings: &settings, presence: &presence };
    let mut dues = recurring::month_reports(&months, |month| had_cases.contains(&month), &ticks);
    dues.extend(recurring::census(&censuses, &ticks));
    let name = |due: &Due| match due.duty {
        Duty::MonthReport => due.from.format("%Y-%m").to_string(),
        _ => String::new(),
    };
    Ok(dues.into_iter().map(|due| Found { about: name(&due), ..about(due, session.school(), None) }).collect())
}

/// The months of a school year before the one in which the ledger came into use.
fn months_before(begun: Date) -> impl Iterator<Item = Date> {
    let start = domain::date::school_year_start(begun);
    let months = (0..12).filter_map(move |ahead| start.checked_add_months(chrono::Months::new(ahead)));
    months.take_while(move |month| month.format("%Y-%m").to_string() < begun.format("%Y-%m").to_string())
}

/// Days set on paper: the deadlines of rectifications, the ends of deferrals.
fn dated(desk: &Desk, reader: &Reader<'_>, rules: &mut Rules) -> Done<Vec<Found>> {
    let (settings, presence) = (rules.settings.clone(), rules.presence.clone());
    let days = rules.days(None, None);
    let ticks = Ticks { today: desk.today(), days, settings: &settings, presence: &presence };
    let mut found = Vec::new();
    let fields = ["organisation", "found_on", "due_on", "done_on", "closed_on", "duty_unit"];
    for (id, row) in reader.scan("rectification", &fields, vec![])? {
        let open = row.day("done_on").or(row.day("closed_on")).is_none();
        if let Some(due_on) = row.day("due_on").filter(|_| open) {
            let due = deadline::agreed(Duty::Rectify, row.day("found_on").unwrap_or(due_on), due_on, &ticks);
            let named = row.said("duty_unit");
            found.push(Found {
                about: named,
                row: Some(("rectification".to_owned(), id)),
                ..about(due, row.link("organisation"), None)
            });
        }
    }
    for (id, row) in reader.scan("deferral", &["student", "from_on", "until_on", "decision", "entered_on"], vec![])? {
        let lasting = row.text("decision") == Some("approved") && row.day("entered_on").is_none();
        if let Some(until) = row.day("until_on").filter(|_| lasting) {
            let due = deadline::agreed(Duty::DeferralEnds, row.day("from_on").unwrap_or(until), until, &ticks);
            found.push(Found {
                student: row.link("student"),
                row: Some(("deferral".to_owned(), id)),
                ..about(due, None, None)
            });
        }
    }
    Ok(found)
}

/// Follow-ups that people agreed on.
fn agreed(desk: &Desk, reader: &Reader<'_>, rules: &mut Rules) -> Done<Vec<Found>> {
    let (settings, presence) = (rules.settings.clone(), rules.presence.clone());
    let days = rules.days(None, None);
    let ticks = Ticks { today: desk.today(), days, settings: &settings, presence: &presence };
    let horizon = desk.today().checked_add_months(chrono::Months::new(1)).unwrap_or(desk.today()).to_string();
    let student = desk.record("student")?;
    let mut found = Vec::new();
    for definition in desk.catalogue().records() {
        let above = definition.owner.as_ref().and_then(|via| definition.field(via)?.to.as_deref());
        let Some(above) = above.and_then(|name| desk.catalogue().record(name)) else { continue };
        for Naming { row, owner, day } in reader.view.every_naming(definition, "next_on", ["", &horizon])? {
            let (Some(due_on), Some(child)) = (stored(&day), child_above(reader.view, above, owner)?) else { continue };
            if child == owner || reader.view.own_fields(student, child, &[""; 0])?.is_some() {
                let due = deadline::agreed(Duty::Agreed, due_on, due_on, &ticks);
                let row = Some((definition.record.clone(), row));
                found.push(Found { student: Some(child), row, ..about(due, None, None) });
            }
        }
    }
    Ok(found)
}
