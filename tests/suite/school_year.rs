//! A school year of a township, held at every month's end against a book-keeper's own count and own calendar.

use std::collections::BTreeSet;

use actions::{HandedUp, ReportReply, ReportRequest};
use chrono::Datelike;
use domain::Date;
use domain::clock::Duty;
use store::Definitions;
use support::desks::Office;
use support::reports::number;
use support::township::book::{Counting, GRADES, Recount, Stretch};
use support::township::hand::{ByScript, Hand, at_desk};
use support::township::oracle::Calendar;
use support::township::{School, Size};

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

/// The last day of a month.
fn end_of(first: Date) -> Date {
    (first + chrono::Months::new(1)).pred_opt().unwrap()
}

fn numbers(told: &ReportReply, line: usize, keys: &Recount) -> Recount {
    keys.keys().map(|key| (*key, number(told, line, key))).collect()
}

/// A report of one school: every line is what the book says, and every sum comes out.
fn holds(school: &School, told: &ReportReply, recount: impl Fn(Option<usize>) -> Recount) {
    let grade_of = |code: &String| GRADES.iter().position(|grade| grade == code).unwrap();
    for (at, line) in told.lines.iter().enumerate() {
        if line.key.class.is_some() || (line.key.stage.is_some() && line.key.grade.is_none()) {
            continue;
        }
        let expected = recount(line.key.grade.as_ref().map(grade_of));
        assert_eq!(numbers(told, at, &expected), expected, "{} {} {}", school.name, told.title, line.head);
    }
    let gaps: Vec<_> =
        told.lines.iter().map(|line| (&line.head, &line.gaps)).filter(|(_, gaps)| !gaps.is_empty()).collect();
    assert!(gaps.is_empty(), "{} {}: {gaps:?}", school.name, told.title);
    assert_eq!(told.open_points, vec![], "{} {}", school.name, told.title);
}

/// What is due about each child is what a walk through the days finds.
fn dues_hold(school: &School, today: Date) {
    let told = school.hand.duties();
    for kid in &school.kids {
        let lines = told.lines.iter().filter(|line| line.student == Some(kid.id));
        let lines: BTreeSet<(Duty, Date)> = lines.map(|line| (line.due.duty, line.due.due_on)).collect();
        assert_eq!(lines, school.calendar.due(kid, today), "{} on {today}: {kid:?}", school.name);
    }
}

/// A township: its center, its county, the schools under the center, and one that reports straight to the county.
struct Township {
    center: Office,
    county: Office,
    schools: Vec<School>,
    direct: School,
}

impl Township {
    fn new(definitions: &Definitions) -> Self {
        let center = Office::new("center", "青石镇中心校", 60, definitions);
        let county = Office::new("county", "青石县教育局", 61, definitions);
        let size = |children, grades, class| Size { children, grades, class };
        let mut sizes: Vec<(String, &str, Size)> = vec![];
        let (points, villages, factor) = if support::is_long() { (8, 12, 1) } else { (2, 1, 10) };
        for n in 0..points {
            sizes.push((format!("教学点{n}"), "teaching_point", size(7 + 2 * n, 0..3, 50)));
        }
        for n in 0..villages {
            sizes.push((format!("村小{n}"), "primary", size(48 + 12 * n, 0..6, 50)));
        }
        for n in 0..if support::is_long() { 2 } else { 1 } {
            sizes.push((format!("初级中学{n}"), "junior", size(900 / factor, 6..9, 50)));
        }
        sizes.push(("育才学校".to_owned(), "private", size(300 / factor, 0..9, 50)));
        let by_script = if support::is_long() { 3 } else { 1 };
        let school = |(n, (name, kind, size)): (usize, (String, &str, Size))| {
            let seed = u8::try_from(n).unwrap();
            let hand: Box<dyn Hand> = match n < by_script {
                true => Box::new(ByScript::new(kind, &name, &format!("91990000{n:02}"), day("2026-09-01"))),
                false => at_desk(kind, &name, seed, definitions),
            };
            let school = School::new(&name, u64::from(seed), hand, &size);
            school.hand.enrol_under(&center);
            school
        };
        let schools = sizes.into_iter().enumerate().map(school).collect();
        let hand = at_desk("directly_run", "县直实验学校", 50, definitions);
        let direct = School::new("县直实验学校", 50, hand, &size(400 / factor, 0..9, 50));
        direct.hand.enrol_under(&county);
        Self { center, county, schools, direct }
    }

    fn all(&mut self) -> impl Iterator<Item = &mut School> {
        self.schools.iter_mut().chain([&mut self.direct])
    }

    fn each(&mut self, act: impl Fn(&mut School)) {
        self.all().for_each(act);
    }

    /// A month of life in every school, day by day.
    fn live(&mut self, first: Date) {
        let events = if support::is_long() { 8 } else { 3 };
        let drawn: Vec<Date> = (0..events).map(|n| first + chrono::Days::new(n * 24 / events + 3)).collect();
        let led = [first + chrono::Days::new(10), first + chrono::Days::new(26)];
        for on in first.iter_days().take(28) {
            if drawn.contains(&on) {
                self.each(|school| school.happen(on));
            }
            if led.contains(&on) {
                self.each(|school| school.wander(on));
            }
        }
    }

    /// Every child who left again has a case of its own that names the one before.
    fn relapses_are_linked(&mut self) {
        let mut linked = 0;
        for school in self.all() {
            let cases = school.hand.rows("dropout_case", None);
            for (case, before) in school.relapses() {
                let row = cases.iter().find(|row| row["id"] == serde_json::json!(case)).unwrap();
                assert_eq!(row["previous"], serde_json::json!(before), "{}", school.name);
                linked += 1;
            }
        }
        assert!(linked > 0, "nobody left again");
    }

    /// Does to every school what is said and takes down what it counted, then brings it to the office above. What the
    /// office reports is the sum of its schools.
    fn add_up(&mut self, report: &str, on: Date, count: impl Fn(&mut School) -> Recount) {
        let mut total = Recount::new();
        for school in &mut self.schools {
            for (key, number) in count(school) {
                *total.entry(key).or_default() += number;
            }
            school.hand.report_to(&self.center);
        }
        let direct = count(&mut self.direct);
        self.direct.hand.report_to(&self.county);
        above_holds(&self.center, report, on, &total);
        above_holds(&self.county, report, on, &direct);
    }

    /// Every school's month against the book, sealed, brought to the office above; and the sum there.
    fn close(&mut self, first: Date) {
        let over = Stretch { first, last: end_of(first) };
        self.add_up("month", over.last, |school| {
            school.hand.set_today(over.last);
            let told = school.hand.report("month", over.last);
            holds(school, &told, |grade| school.counting(grade, over).month());
            dues_hold(school, over.last);
            school.hand.seal("month", over.last);
            school.counting(None, over).month()
        });
        all_handed_up(&self.center, over.last);
        all_handed_up(&self.county, over.last);
    }
}

fn above(office: &Office, report: &str, on: Date) -> ReportReply {
    office.desk.set_today(on);
    let request = ReportRequest { report: report.to_owned(), on: Some(on.to_string()), at: None };
    actions::report(&office.desk, request).unwrap()
}

/// A report at an office that schools report to: the sum of what they counted.
fn above_holds(office: &Office, report: &str, on: Date, expected: &Recount) {
    let told = above(office, report, on);
    assert_eq!(&numbers(&told, 0, expected), expected, "{} on {on}", told.title);
    assert!(told.lines.iter().all(|line| line.gaps.is_empty()), "{}", told.title);
}

/// Nobody's month is missing above; those are late who sealed it after the last school day of the month.
fn all_handed_up(office: &Office, last: Date) {
    let told = above(office, "month", last);
    let due =
        last.iter_days().rev().take_while(|on| on.month() == last.month()).find(|on| Calendar::default().lessons(*on));
    let late = due.is_some_and(|due| due < last);
    let handed_up = |school: &HandedUp| school.sealed.is_some() && school.late == late;
    assert!(!told.schools.is_empty() && told.schools.iter().all(handed_up), "late: {late} {:?}", told.schools);
}

/// The checks of a term: on its first school day and on its seventh.
fn returns(township: &mut Township, days: [&str; 2]) {
    for on in days.map(day) {
        township.each(|school| school.check_returns(on));
    }
    let on = day(days[1]);
    township.add_up("return_check", on, |school| {
        let told = school.hand.report("return_check", on);
        let at = |place: &[&str]| school.not_back.values().filter(|one| place.contains(one)).count();
        let missing = at(&["unknown", "absent", "school_elsewhere", "work_away"]);
        let expected = school.expected(on);
        let counted = [
            ("expected", expected),
            ("missing", missing),
            ("arrived", expected - missing),
            ("missing_unknown", at(&["unknown"])),
            ("missing_no_reason", at(&["absent"])),
            ("missing_away", at(&["school_elsewhere"])),
            ("missing_other", at(&["work_away"])),
        ];
        let counted: Recount = counted.into_iter().map(|(key, count)| (key, i64::try_from(count).unwrap())).collect();
        assert_eq!(numbers(&told, 0, &counted), counted, "{} {}", school.name, told.title);
        assert!(told.lines.iter().all(|line| line.gaps.is_empty()), "{} {}", school.name, told.title);
        school.hand.seal("return_check", on);
        counted
    });
}

/// The reports of a stretch of days, on its last day: in every school by its grades, and the sums above.
fn over(township: &mut Township, over: Stretch, reports: &[(&str, fn(&Counting<'_>) -> Recount)]) {
    for (report, count) in reports {
        township.add_up(report, over.last, |school| {
            school.hand.set_today(over.last);
            holds(school, &school.hand.report(report, over.last), |grade| count(&school.counting(grade, over)));
            count(&school.counting(None, over))
        });
    }
}

/// Two days.
fn from_to(first: &str, last: &str) -> Stretch {
    Stretch { first: day(first), last: day(last) }
}

#[test]
fn a_year_of_a_township_is_counted_as_it_was_lived() {
    let definitions = Definitions::built_in();
    let mut township = Township::new(&definitions);
    returns(&mut township, ["2026-09-01", "2026-09-09"]);
    for ahead in 0..12 {
        let first = day("2026-09-01") + chrono::Months::new(ahead);
        if (first.year(), first.month()) == (2027, 2) {
            returns(&mut township, ["2027-02-22", "2027-03-02"]);
        }
        township.live(first);
        match first.month() {
            12 => {
                township.each(|school| school.close(day("2026-12-29"), "snow", &[day("2026-12-22"), day("2026-12-23")]))
            }
            3 => over(
                &mut township,
                from_to("2026-09-11", "2027-03-10"),
                &[
                    ("term_changes", |book| book.flows()),
                    ("term_dropouts", |book| book.dropouts()),
                    ("term_whereabouts", |book| book.whereabouts()),
                ],
            ),
            7 => township.each(|school| school.graduate(day("2027-07-28"))),
            _ => {}
        }
        township.close(first);
    }
    over(&mut township, from_to("2026-09-01", "2027-08-31"), &[("school_year", |book| book.year())]);
    township.relapses_are_linked();
    township.each(|school| school.roll_over(day("2027-09-01")));
    township.live(day("2027-09-01"));
    township.close(day("2027-09-01"));
}
