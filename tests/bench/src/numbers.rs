//! Reports, what is due, and the pivot over fifty thousand children and five school years.

use std::time::Duration;

use actions::{Counted, Desk, Dimension, DutiesRequest, PivotRequest, ReportRequest, SaveRequest};
use domain::Id;
use serde_json::{Value as Json, json};

use crate::ledgers::{self, Ledger};
use crate::measure::{Table, ms, on_processor, percentile, time};

/// The school years of the ledger.
const YEARS: i32 = 5;
/// Its last school year.
const LAST: i32 = 2026;
/// Lines of each list of 今日 that the window asks for at first.
const SHOWN: u32 = 40;
/// Each thing is measured so often.
const RUNS: usize = 5;

/// What people wait for, against the longest they should.
pub fn run(table: &mut Table) {
    let ledger = lived();
    let desk = &ledger.desk;
    let report = |name: &str| {
        let request =
            ReportRequest { report: name.to_owned(), on: Some("2026-11-20".to_owned()), ..Default::default() };
        actions::report(desk, request).expect("a report");
    };
    let names: Vec<String> = actions::reports(desk, ()).expect("reports").into_iter().map(|one| one.report).collect();
    for name in &names {
        bar(table, &format!("report {name}"), Duration::from_secs(2), || report(name));
    }
    today(table, desk);
    let tables = [
        ("at school by grade and sex", Counted::AtSchool, Dimension::Grade, Dimension::Sex),
        ("cases by cause and month", Counted::Confirmed, Dimension::Cause, Dimension::Month),
        ("absences by class and month", Counted::Absences, Dimension::Class, Dimension::Month),
    ];
    for (what, of, rows, columns) in tables {
        bar(table, &format!("pivot: {what}"), Duration::from_millis(500), || pivot(desk, of, [rows, columns]));
    }
}

/// 今日 as the window opens it: the numbers of the day, the first lines of each list of duties with their counts, and
/// whom to look after. Beside it, each part by itself, and every line with its words.
fn today(table: &mut Table, desk: &Desk) {
    let shown = || DutiesRequest { first: Some(SHOWN), ..DutiesRequest::default() };
    let day = || drop(actions::today(desk, ()).expect("the day"));
    let first = || drop(actions::duties(desk, shown()).expect("duties"));
    let notices = || drop(actions::notices(desk, ()).expect("notices"));
    bar(table, "今日, all that its screen asks for", Duration::from_millis(300), || {
        day();
        first();
        notices();
    });
    let all = || drop(actions::duties(desk, DutiesRequest::default()).expect("duties"));
    for (what, act) in [
        ("… the numbers of the day", &day as &dyn Fn()),
        ("… what is due, the first lines of each list", &first),
        ("… whom to look after", &notices),
        ("… what is due, every line with its words", &all),
    ] {
        let (median, cost) = measured(act);
        table.note(what, format!("{}, of it {}", ms(median), ms(cost)));
    }
    let told = actions::duties(desk, DutiesRequest::default()).expect("duties");
    table.note("… lines of what is due", format!("{}, {:?}", told.lines.len(), told.counts));
}

fn pivot(desk: &Desk, of: Counted, [rows, columns]: [Dimension; 2]) {
    let request = PivotRequest { of, rows: Some(rows), columns: Some(columns), ..Default::default() };
    actions::pivot(desk, request).expect("a pivot");
}

fn bar(table: &mut Table, what: &str, most: Duration, act: impl FnMut()) {
    let (median, cost) = measured(act);
    table.bar(what, format!("{}, of it {}", ms(median), ms(cost)), &format!("≤ {}", ms(most)), median <= most);
}

/// The median of the runs, and of their share of the processor; the first is left out.
fn measured(mut act: impl FnMut()) -> (Duration, Duration) {
    act();
    let (mut times, mut costs): (Vec<Duration>, Vec<Duration>) = (0..RUNS)
        .map(|_| {
            let before = on_processor();
            (time(&mut act).0, on_processor() - before)
        })
        .unzip();
    (percentile(&mut times, 50), percentile(&mut costs, 50))
}

/// A ledger with five years behind it: a seat for each child and year, one visit in five, one case in a hundred, one
/// child in ten with two days missed a year, one of them last week.
fn lived() -> Ledger {
    let ledger = ledgers::of(ledgers::large());
    for year in LAST - YEARS + 1..=LAST {
        let before: Vec<SaveRequest> = if year < LAST {
            ledger.students.iter().enumerate().map(|(n, id)| seat(n, *id, year)).collect()
        } else {
            vec![]
        };
        let of = |step: usize, make: fn(usize, Id, i32) -> SaveRequest| {
            let children =
                ledger.students.iter().enumerate().skip(usize::try_from(year % 5).unwrap_or(0)).step_by(step);
            children.map(move |(n, id)| make(n, *id, year)).collect::<Vec<_>>()
        };
        let rows = [before, of(5, visit), of(100, case), of(10, absence), of(10, later_absence)];
        for forms in rows.into_iter().filter(|forms| !forms.is_empty()) {
            ledgers::save(&ledger.desk, forms);
        }
    }
    ledger
}

fn form(record: &str, values: Json) -> SaveRequest {
    match values {
        Json::Object(values) => ledgers::request(record, values),
        _ => ledgers::request(record, serde_json::Map::new()),
    }
}

fn seat(number: usize, student: Id, year: i32) -> SaveRequest {
    let grade = ["11", "12", "13", "14", "15", "16", "21", "22", "23"][(number + 5) % 9];
    form(
        "enrolment",
        json!({
            "student": student, "grade": grade, "class": "1班", "school_year": format!("{year}—{}", year + 1),
            "from_on": format!("{year}-09-01"), "until_on": format!("{}-09-01", year + 1),
        }),
    )
}

fn visit(number: usize, student: Id, year: i32) -> SaveRequest {
    let on = format!("{year}-{:02}-{:02}", 9 + number % 2, 1 + number % 28);
    form("home_visit", json!({ "student": student, "visited_on": on, "way": "home" }))
}

fn case(number: usize, student: Id, year: i32) -> SaveRequest {
    let mut values = json!({
        "student": student, "status": "closed", "left_on": format!("{year}-09-{:02}", 1 + number % 28),
        "found_on": format!("{year}-10-08"), "confirmed_on": format!("{year}-10-15"), "main_cause": "work",
        "whereabouts": "work_away", "returned_on": format!("{year}-10-28"), "closed_on": format!("{year}-11-30"),
        "closed_ground": "stable", "closed_evidence": "考勤",
    });
    if year == LAST {
        values["status"] = json!("observing");
        values["closed_on"] = Json::Null;
    }
    form("dropout_case", values)
}

fn absence(number: usize, student: Id, year: i32) -> SaveRequest {
    missed(student, &format!("{year}-10-{:02}", 8 + number % 20))
}

/// Of the week before the one in which the ledger is measured.
fn later_absence(number: usize, student: Id, year: i32) -> SaveRequest {
    missed(student, &format!("{year}-11-{:02}", 9 + number % 5))
}

fn missed(student: Id, on: &str) -> SaveRequest {
    form("absence", json!({ "student": student, "on": on, "part": "day", "kind": "unexplained" }))
}
