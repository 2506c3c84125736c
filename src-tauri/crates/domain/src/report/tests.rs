//! Reports that ship: they hold together, the worked example comes out, and every number is the count of its list.

use super::sheet::Cell;
use super::*;
use crate::balance::Flow;
use crate::calendar::Calendar;
use crate::case::{Case, Status};
use crate::lives::{Change, Life, RollState, Seat};
use crate::rates::Stage;
use crate::{Date, Id, Row};

fn id(n: u32) -> Id {
    let mut bytes = [0; 16];
    bytes[..4].copy_from_slice(&n.to_be_bytes());
    Id::from_bytes(bytes)
}

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn report(name: &str) -> &'static Report {
    Catalogue::built_in().report(name).unwrap()
}

const SCHOOL: u32 = 900;

fn pupil(n: u32, grade: &str, from: Option<&str>) -> Life {
    let mut life = Life::read(id(n), &Row::new());
    life.seats.push(Seat {
        school: Some(id(SCHOOL)),
        grade: Some(grade.to_owned()),
        class: Some("1".to_owned()),
        kind: "enrolled".to_owned(),
        state: RollState::AtSchool,
        from: from.map(day),
        until: None,
        stated: None,
        entered_month: None,
    });
    life
}

fn changed(mut life: Life, kind: &str, on: &str) -> Life {
    let on = Some(day(on));
    life.changes.push(Change { row: id(1), kind: kind.to_owned(), on, applied_on: on, until: None });
    life
}

fn left(mut life: Life, row: u32, on: &str, back: Option<&str>) -> Life {
    let mut case = Case::read(&Row::new());
    case.left_on = Some(day(on));
    case.found_on = case.left_on;
    case.confirmed_on = case.left_on;
    case.returned_on = back.map(day);
    case.status = if back.is_some() { Status::Observing } else { Status::Persuading };
    life.cases.push((id(row), case));
    life
}

/// The primary school of domain.md §4.2, child by child.
fn worked_example() -> Books {
    let mut n = 0;
    let mut next = || {
        n += 1;
        n
    };
    let mut lives: Vec<Life> = (0..157).map(|_| pupil(next(), "13", None)).collect();
    lives.extend((0..30).map(|_| {
        let mut life = pupil(next(), "16", None);
        life.seats[0].until = Some(day("2027-07-10"));
        life.seats[0].state = RollState::Graduated;
        life
    }));
    lives.extend((0..9).map(|_| changed(pupil(next(), "13", None), "transfer_out", "2026-11-02")));
    lives.extend((0..2).map(|_| changed(pupil(next(), "13", None), "suspend", "2026-12-01")));
    lives.push(left(pupil(next(), "14", None), 501, "2026-10-12", Some("2027-03-01")));
    lives.push(left(pupil(next(), "15", None), 502, "2027-04-06", None));
    lives.extend((0..28).map(|_| pupil(next(), "11", Some("2026-09-01"))));
    lives.extend((0..6).map(|_| changed(pupil(next(), "12", Some("2026-10-08")), "transfer_in", "2026-10-08")));
    Books::new(lives)
}

fn year(books: &Books) -> Sheet {
    let period = Period::around(PeriodKind::SchoolYear, day("2026-09-01"), &Calendar::default()).unwrap();
    Setting { report: report("school_year"), books, period, today: day("2027-08-31"), schools: &[] }.sheet()
}

fn cell(sheet: &Sheet, line: usize, column: &str) -> String {
    let at = report("school_year").columns.iter().position(|one| one.key == column).unwrap();
    match sheet.lines[line].cells[at] {
        Cell::Number { number } => number.to_string(),
        Cell::Rate { ratio } => ratio.to_string(),
        Cell::Untaken => "—".to_owned(),
    }
}

#[test]
fn the_worked_example_comes_out_of_the_children_themselves() {
    let books = worked_example();
    let sheet = year(&books);
    let told = |column: &str| cell(&sheet, 0, column);
    let flows =
        ["opening", "moved_in", "returned", "moved_out", "suspended", "died", "graduated", "admitted", "dropped_out"];
    assert_eq!(flows.map(told), ["200", "6", "1", "9", "2", "0", "30", "28", "2"]);
    assert_eq!(["closing", "on_roll"].map(told), ["192", "195"]);
    assert_eq!(["dropout_a", "dropout_b", "dropout_c"].map(told), ["0.50%", "1.00%", "3.00%"]);
    assert_eq!(told("return_rate"), "50.00%");
    assert!(sheet.lines.iter().all(|line| line.gaps.is_empty()), "every line balances");
}

#[test]
fn every_number_is_the_count_of_its_list() {
    let books = worked_example();
    let period = Period::around(PeriodKind::SchoolYear, day("2026-09-01"), &Calendar::default()).unwrap();
    let setting =
        Setting { report: report("school_year"), books: &books, period, today: day("2027-08-31"), schools: &[] };
    for line in setting.sheet().lines {
        for (column, cell) in setting.report.columns.iter().zip(&line.cells) {
            if let Cell::Number { number } = cell {
                let rows = setting.rows_behind(&line.key, &column.key);
                assert_eq!(i64::try_from(rows.len()).unwrap(), *number, "{} {:?}", column.key, line.key);
            }
        }
    }
}

#[test]
fn wider_lines_are_the_sums_of_narrower_ones() {
    let books = worked_example();
    let sheet = year(&books);
    let grade_lines = sheet.lines.iter().filter(|line| line.key.grade.is_some());
    let numbers = |line: &Line| -> Vec<i64> {
        let number = |cell: &Cell| if let Cell::Number { number } = cell { *number } else { 0 };
        line.cells.iter().map(number).collect()
    };
    let mut sum = vec![0; sheet.lines[0].cells.len()];
    for line in grade_lines {
        sum.iter_mut().zip(numbers(line)).for_each(|(all, one)| *all += one);
    }
    assert_eq!(sum, numbers(&sheet.lines[0]));
    assert_eq!(sheet.lines[1].key, LineKey { stage: Some(Stage::Primary), ..LineKey::default() });
}

#[test]
fn a_child_who_came_without_a_word_makes_the_line_red_and_is_named() {
    let mut books = worked_example();
    books.lives.push(pupil(990, "13", Some("2026-11-20")));
    let period = Period::around(PeriodKind::Month, day("2026-11-30"), &Calendar::default()).unwrap();
    let setting = Setting { report: report("month"), books: &books, period, today: day("2026-11-30"), schools: &[] };
    let sheet = setting.sheet();
    let (column, gap) = &sheet.lines[0].gaps[0];
    assert_eq!((column.as_str(), gap.led_to + 1), ("closing", i64::from(gap.counted)));
    assert_eq!(setting.unexplained().iter().map(|moved| moved.student).collect::<Vec<_>>(), [id(990)]);
}

#[test]
fn a_month_counts_what_happened_in_it_and_what_is_open_at_its_end() {
    let books = worked_example();
    let told = |month: &str, today: &str, column: &str| {
        let period = Period::around(PeriodKind::Month, day(month), &Calendar::default()).unwrap();
        let setting = Setting { report: report("month"), books: &books, period, today: day(today), schools: &[] };
        setting.rows_behind(&LineKey::default(), column)
    };
    assert_eq!(told("2026-10-01", "2026-10-31", "confirmed_new"), [id(501)]);
    assert_eq!(told("2026-11-01", "2026-11-30", "confirmed_new"), []);
    assert_eq!(told("2026-11-01", "2026-11-30", "confirmed_open"), [id(501)]);
    assert_eq!(told("2027-03-01", "2027-03-31", "returned_new"), [id(501)]);
    assert_eq!(told("2027-04-01", "2027-04-30", "confirmed_year"), [id(501), id(502)]);
    assert_eq!(told("2027-04-01", "2027-04-30", "confirmed_open"), [id(502)]);
    assert_eq!(told("2027-04-01", "2027-04-05", "confirmed_new"), [], "nothing is counted ahead of today");
}

#[test]
fn the_month_counts_each_flow_once() {
    for name in ["month", "term_changes", "school_year"] {
        let counts = report(name).columns.iter().filter_map(|column| column.count.as_ref());
        let mut flows: Vec<Flow> = counts.flat_map(|count| count.flows().to_vec()).collect();
        flows.sort();
        let mut all = Flow::ALL.to_vec();
        all.sort();
        assert_eq!(flows, all, "{name}");
    }
}

#[test]
fn schools_of_a_center_have_a_line_each_even_without_a_child() {
    let books = worked_example();
    let period = Period::around(PeriodKind::Month, day("2026-10-01"), &Calendar::default()).unwrap();
    let schools = [id(SCHOOL), id(901)];
    let setting =
        Setting { report: report("month"), books: &books, period, today: day("2026-10-31"), schools: &schools };
    let sheet = setting.sheet();
    let line = |school: u32| {
        let key = LineKey { school: Some(id(school)), ..LineKey::default() };
        sheet.lines.iter().find(|line| line.key == key).unwrap()
    };
    assert_eq!(line(SCHOOL).cells, sheet.lines[0].cells, "the only school with children is the total");
    assert!(line(901).cells.iter().all(|cell| *cell == Cell::Number { number: 0 }));
}

#[test]
fn what_is_spread_over_a_list_adds_up_whatever_the_code() {
    let mut books = worked_example();
    books.lives[10] = left(pupil(11, "13", None), 503, "2026-10-12", None);
    for (_, case) in books.lives.iter_mut().flat_map(|life| &mut life.cases) {
        case.main_cause = (case.returned_on.is_none()).then(|| "learning".to_owned());
    }
    for name in ["term_dropouts", "term_whereabouts"] {
        let period = Period::around(PeriodKind::HalfYear, day("2026-10-01"), &Calendar::default()).unwrap();
        let setting = Setting { report: report(name), books: &books, period, today: day("2027-03-10"), schools: &[] };
        let sheet = setting.sheet();
        assert!(sheet.lines.iter().all(|line| line.gaps.is_empty()), "{name}");
        let key = if name == "term_dropouts" { "cause.learning" } else { "where.rest" };
        assert_eq!(setting.rows_behind(&LineKey::default(), key), [id(503)], "{name}");
    }
}

#[test]
fn a_class_without_a_check_is_not_a_full_class() {
    let mut books = worked_example();
    books.class_sheets.insert("return_check".to_owned(), vec![]);
    let period = Period::around(PeriodKind::Term, day("2026-09-01"), &Calendar::default()).unwrap();
    let setting =
        Setting { report: report("return_check"), books: &books, period, today: day("2026-09-09"), schools: &[] };
    let sheet = setting.sheet();
    let untaken: Vec<_> = sheet.lines.iter().filter(|line| line.untaken).collect();
    assert!(!untaken.is_empty());
    assert!(untaken.iter().all(|line| line.cells.contains(&Cell::Untaken)));
}
