//! From an absence to a closed case, and the numbers that follow, through the actions people use, a day at a time.

use actions::{
    CheckRequest, Counted, Desk, Dimension, DismissRequest, DutiesRequest, DutyLine, MissedDay, MoveRequest, NotBack,
    NumberRequest, OpenCaseRequest, PivotRequest, ReopenRequest, ReportReply, ReportRequest, RollRequest, SealRequest,
};
use domain::clock::{Duty, State};
use domain::report::{Cell, LineKey};
use domain::{Date, Id};
use serde_json::{Map, Value as Json, json};
use store::Definitions;
use support::desks::Office;
use support::reports::number;

mod notices;

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn school(seed: u8) -> Office {
    let office = Office::new("primary", "柳湾村小学", seed, &Definitions::built_in());
    office.desk.set_today(day("2026-09-01"));
    office
}

fn child(office: &Office, name: &str, grade: &str) -> Id {
    office.put("student", &json!({ "name": name, "sex": "1", "grade": grade, "class": "1" }))
}

/// Takes third grade's roll on some days; entered today.
fn roll(desk: &Desk, days: &[&str], missing: &[(Id, &str)]) -> actions::RollReply {
    let missed = |(student, on): &(Id, &str)| MissedDay {
        student: *student,
        on: Some((*on).to_owned()),
        kind: None,
        part: None,
        reason: None,
    };
    let request = RollRequest {
        grade: "13".to_owned(),
        class: Some("1".to_owned()),
        days: days.iter().map(|day| (*day).to_owned()).collect(),
        missing: missing.iter().map(missed).collect(),
        taken_by: None,
    };
    actions::take_roll(desk, request).unwrap()
}

/// What is due about a child: duty, day, state. Asked for alone, the ledger says of it what it says among all.
fn due(desk: &Desk, student: Id) -> Vec<(Duty, String, State)> {
    let told = actions::duties(desk, DutiesRequest::default()).unwrap();
    let first = actions::duties(desk, DutiesRequest { first: Some(1), ..DutiesRequest::default() }).unwrap();
    assert_eq!(first.counts, told.counts);
    assert_eq!(told.counts.values().sum::<u32>() as usize, told.lines.len());
    assert_eq!(first.lines.len(), told.counts.len());
    assert!(first.lines.iter().all(|line| told.lines.contains(line)));
    let of_child: Vec<DutyLine> = told.lines.into_iter().filter(|line| line.student == Some(student)).collect();
    let alone = DutiesRequest { student: Some(student), ..DutiesRequest::default() };
    assert_eq!(actions::duties(desk, alone).unwrap().lines, of_child);
    of_child.into_iter().map(|line| (line.due.duty, line.due.due_on.to_string(), line.due.state)).collect()
}

fn moved(desk: &Desk, id: Id, to: &str, values: &Json) -> Result<actions::SaveReply, actions::Failure> {
    let values: Map<String, Json> = values.as_object().unwrap().clone();
    actions::move_case(desk, MoveRequest { id, to: to.to_owned(), values, why: None })
}

fn open(desk: &Desk, student: Id) -> Id {
    actions::open_case(desk, OpenCaseRequest { student, values: Map::new() }).unwrap().id
}

fn month(desk: &Desk, on: &str) -> ReportReply {
    actions::report(desk, ReportRequest { report: "month".to_owned(), on: Some(on.to_owned()), at: None }).unwrap()
}

#[test]
fn a_child_goes_from_the_first_absence_to_the_closed_case() {
    let office = school(31);
    let desk = &office.desk;
    let (away, _there) = (child(&office, "王小明", "三年级"), child(&office, "李小红", "三年级"));
    let on = |today: &str| desk.set_today(day(today));

    on("2026-10-12");
    roll(desk, &["2026-10-12"], &[(away, "2026-10-12")]);
    assert_eq!(due(desk, away), [(Duty::Contact, "2026-10-12".to_owned(), State::Today)]);
    office.put("phone_call", &json!({ "student": away, "on": "2026-10-12", "result": "reached" }));
    on("2026-10-13");
    roll(desk, &["2026-10-13"], &[(away, "2026-10-13")]);
    assert_eq!(due(desk, away), [(Duty::Visit, "2026-10-13".to_owned(), State::Today)]);
    office.put("home_visit", &json!({ "student": away, "visited_on": "2026-10-13", "way": "home" }));
    on("2026-10-14");
    roll(desk, &["2026-10-14"], &[(away, "2026-10-14")]);
    assert_eq!(due(desk, away), [(Duty::Suspect, "2026-10-14".to_owned(), State::Today)]);

    let case = open(desk, away);
    assert_eq!(office.get("dropout_case", Some(case))[0]["left_on"], "2026-10-12", "taken from the roll");
    assert_eq!(due(desk, away), [(Duty::Report, "2026-10-16".to_owned(), State::Coming)]);
    on("2026-10-16");
    office.put("written_report", &json!({ "case": case, "reported_on": "2026-10-16", "addressee": "township" }));
    moved(desk, case, "verifying", &json!({ "verified_by": "李老师", "verified_on": "2026-10-16" })).unwrap();
    on("2026-10-23");
    assert_eq!(due(desk, away), [(Duty::Decide, "2026-10-23".to_owned(), State::Today)]);
    let confirmed = json!({ "confirmed_on": "2026-10-23", "main_cause": "work", "whereabouts": "work_away" });
    moved(desk, case, "confirmed", &confirmed).unwrap();
    moved(desk, case, "persuading", &json!({ "duty_school": "李老师" })).unwrap();
    on("2026-10-30");
    assert_eq!(due(desk, away), [(Duty::Persuade, "2026-10-30".to_owned(), State::Today)]);
    office.put("persuasion", &json!({ "case": case, "on": "2026-10-30", "people": "李老师", "result": "agreed" }));
    assert_eq!(due(desk, away), [(Duty::Persuade, "2026-11-06".to_owned(), State::Coming)]);

    on("2026-11-09");
    let back = json!({ "returned_on": "2026-11-09", "return_school": "柳湾村小学", "return_placement": "same_class" });
    moved(desk, case, "returned", &back).unwrap();
    moved(desk, case, "observing", &json!({})).unwrap();
    on("2026-12-09");
    assert_eq!(due(desk, away), [(Duty::Close, "2026-12-09".to_owned(), State::Today)]);
    let closed = json!({ "closed_on": "2026-12-09", "closed_ground": "stable", "closed_evidence": "11 月、12 月考勤" });
    let saved = moved(desk, case, "closed", &closed).unwrap();
    assert_eq!(saved.problems.iter().map(|problem| &problem.rule).collect::<Vec<_>>(), Vec::<&String>::new());
    assert_eq!(due(desk, away), []);
}

#[test]
fn a_move_that_is_not_legal_changes_nothing_and_says_what_is() {
    let office = school(32);
    let student = child(&office, "王小明", "三年级");
    let case = open(&office.desk, student);
    let told = moved(&office.desk, case, "observing", &json!({ "note": "不该写入" })).unwrap_err();
    let refused: Vec<&str> = told.fields.iter().map(|problem| problem.rule.as_str()).collect();
    assert!(refused.contains(&"move_illegal"), "{refused:?}");
    let row = &office.get("dropout_case", Some(case))[0];
    assert_eq!((&row["status"], &row["note"]), (&json!("suspected"), &Json::Null));
    let plain = office.save("dropout_case", &json!({ "id": case, "status": "已销号", "closed_ground": "stable" }));
    assert!(plain.is_err(), "the ordinary way of saving knows it as well");
}

#[test]
fn a_child_who_leaves_again_has_a_new_case_and_the_old_one_says_so() {
    let office = school(33);
    let desk = &office.desk;
    let student = child(&office, "王小明", "三年级");
    let first = open(desk, student);
    assert_eq!(
        actions::open_case(desk, OpenCaseRequest { student, values: Map::new() }).unwrap_err().code,
        "case_open"
    );
    moved(desk, first, "returned", &json!({ "returned_on": "2026-09-01", "return_school": "柳湾村小学" })).unwrap();
    desk.set_today(day("2026-09-20"));
    let second = open(desk, student);
    let rows = office.get("dropout_case", None);
    let row = |id: Id| rows.iter().find(|row| row["id"] == json!(id)).unwrap();
    assert_eq!(row(second)["previous"], json!(first));
    assert_eq!((&row(first)["status"], &row(first)["closed_ground"]), (&json!("closed"), &json!("left_again")));
}

#[test]
fn a_months_paper_roll_is_entered_by_its_exceptions_and_nothing_is_late() {
    let office = school(34);
    let desk = &office.desk;
    let (away, _there) = (child(&office, "王小明", "三年级"), child(&office, "李小红", "三年级"));
    desk.set_today(day("2026-10-30"));
    let days = ["2026-10-26", "2026-10-27", "2026-10-28", "2026-10-29", "2026-10-30"];
    let taken = roll(desk, &days, &[(away, "2026-10-28"), (away, "2026-10-29"), (away, "2026-10-30")]);
    assert_eq!((taken.days, taken.expected, taken.missed), (5, 2, 3));
    assert_eq!(due(desk, away), [(Duty::Suspect, "2026-10-30".to_owned(), State::Today)]);
    roll(desk, &["2026-10-30"], &[]);
    assert!(due(desk, away).iter().all(|(duty, ..)| *duty != Duty::Suspect), "who was there after all is not missing");
}

#[test]
fn a_closure_entered_later_stops_what_it_covers() {
    let office = school(35);
    let desk = &office.desk;
    let away = child(&office, "王小明", "三年级");
    desk.set_today(day("2026-11-25"));
    let days = ["2026-11-23", "2026-11-24", "2026-11-25"];
    roll(desk, &days, &days.map(|on| (away, on)));
    assert_eq!(due(desk, away).len(), 1);
    office.put("calendar", &json!({ "kind": "snow", "from_on": "2026-11-23", "until_on": "2026-11-25" }));
    assert_eq!(due(desk, away), []);
}

#[test]
fn a_setting_moves_the_due_date_and_one_out_of_range_is_not_stored() {
    let office = school(36);
    let desk = &office.desk;
    let away = child(&office, "王小明", "三年级");
    desk.set_today(day("2026-10-12"));
    roll(desk, &["2026-10-12"], &[(away, "2026-10-12")]);
    office.put("setting", &json!({ "key": "absence.suspected_days", "value": "1" }));
    assert_eq!(due(desk, away), [(Duty::Suspect, "2026-10-12".to_owned(), State::Today)]);
    let told = office.save("setting", &json!({ "key": "absence.suspected_days", "value": "9" })).unwrap_err();
    assert_eq!(told.fields[0].rule, "out_of_range");
    let told = office.save("setting", &json!({ "key": "absence.suspect", "value": "1" })).unwrap_err();
    assert_eq!(told.fields[0].rule, "no_such_setting");
}

#[test]
fn each_due_date_says_which_rule_made_it() {
    let office = school(37);
    let desk = &office.desk;
    let away = child(&office, "王小明", "三年级");
    desk.set_today(day("2026-10-12"));
    roll(desk, &["2026-10-12"], &[(away, "2026-10-12")]);
    let told = actions::duties(desk, DutiesRequest::default()).unwrap();
    let line = told.lines.iter().find(|line| line.student == Some(away)).unwrap();
    insta::assert_snapshot!(
        format!("{} {} {}\n{}\n{}", line.what, line.name, line.class, line.act, line.rule),
        @r"
    联系家长 王小明 三年级(1)班
    请联系家长，问清没有到校的原因。
    自2026年10月12日起算。规定：无故未到校后几个上课日内联系家长（0 为当天），现为 0。
    "
    );
}

#[test]
fn a_sealed_month_keeps_its_numbers_and_shows_what_was_corrected_later() {
    let office = school(38);
    let desk = &office.desk;
    let students = ["王小明", "李小红", "张小强"].map(|name| child(&office, name, "三年级"));
    desk.set_today(day("2026-10-30"));
    let seal = |explained: Option<&str>| {
        let by = Some("张校长".to_owned());
        let explained = explained.map(str::to_owned);
        let request = SealRequest { report: "month".to_owned(), on: Some("2026-10".to_owned()), by, explained };
        actions::seal_report(desk, request)
    };
    let sealed = seal(None).unwrap();
    assert!(sealed.zero, "a month without a case is a zero report");
    let seal_id = sealed.sealed.as_ref().unwrap().id;
    assert_eq!(seal(None).unwrap_err().code, "sealed_already");

    let change = json!({ "student": students[0], "kind": "transfer_out", "applied_on": "2026-10-20", "changed_on": "2026-10-20" });
    office.put("roll_change", &change);
    let now = month(desk, "2026-10-31");
    assert_eq!(number(&now, 0, "moved_out"), 1);
    let differences = now.sealed.unwrap().differences;
    let of_total = differences.iter().filter(|one| one.line == LineKey::default());
    let told: Vec<(String, i64, i64)> = of_total.map(|one| (one.column.clone(), one.sealed, one.now)).collect();
    assert_eq!(told, [("moved_out".to_owned(), 0, 1), ("closing".to_owned(), 3, 2)]);
    let kept = actions::sealed_report(desk, seal_id).unwrap();
    let at = kept.columns.iter().position(|column| column == "closing").unwrap();
    assert_eq!(kept.lines[0].1[at], Cell::Number { number: 3 }, "as it was sealed");
    assert!(kept.tips.as_array().is_some_and(|tips| !tips.is_empty()));
    assert!(kept.lists.to_string().contains(&students[0].to_string()));

    let reopen = |why: &str| actions::reopen_report(desk, ReopenRequest { id: seal_id, why: why.to_owned() });
    assert_eq!(reopen(" ").unwrap_err().code, "refused");
    reopen("漏报一名转出").unwrap();
    assert!(seal(None).unwrap().sealed.unwrap().differences.is_empty());
}

#[test]
fn a_month_that_does_not_balance_is_sealed_only_with_an_explanation() {
    let office = school(39);
    let desk = &office.desk;
    child(&office, "王小明", "三年级");
    let came = child(&office, "李小红", "三年级");
    let seat = office.get("enrolment", None).into_iter().find(|row| row["student"] == json!(came)).unwrap();
    office.put("enrolment", &json!({ "id": seat["id"], "from_on": "2026-10-15" }));
    desk.set_today(day("2026-10-30"));
    let open = month(desk, "2026-10").open_points;
    assert_eq!(open.iter().map(|point| point.what.as_str()).collect::<Vec<_>>(), ["gap", "unexplained"]);
    assert_eq!(open[1].rows[0].student, Some(came));
    let request = SealRequest { report: "month".to_owned(), ..SealRequest::default() };
    assert_eq!(actions::seal_report(desk, request.clone()).unwrap_err().code, "refused");
    let explained = SealRequest { explained: Some("转入手续办理中".to_owned()), ..request };
    actions::seal_report(desk, explained).unwrap();
}

#[test]
fn the_total_of_a_center_is_the_sum_of_its_schools_and_the_missing_ones_are_named() {
    let definitions = Definitions::built_in();
    let center = Office::new("center", "青石镇中心校", 40, &definitions);
    let schools = [("柳湾村小学", 41u8), ("石桥村小学", 42)].map(|(name, seed)| {
        let office = Office::new("primary", name, seed, &definitions);
        office.enrol_under(&center);
        office.desk.set_today(day("2026-10-30"));
        office
    });
    for (office, count) in schools.iter().zip([2, 3]) {
        for n in 0..count {
            child(office, &format!("学生{n}"), "三年级");
        }
    }
    let request = SealRequest { report: "month".to_owned(), ..SealRequest::default() };
    actions::seal_report(&schools[0].desk, request).unwrap();
    schools.iter().for_each(|office| office.report_to(&center));
    center.desk.set_today(day("2026-11-02"));
    let told = month(&center.desk, "2026-10-30");
    assert_eq!(number(&told, 0, "closing"), 5);
    let own: Vec<i64> = (0..told.lines.len())
        .filter(|at| told.lines[*at].key.school.is_some() && told.lines[*at].key.stage.is_none())
        .map(|at| number(&told, at, "closing"))
        .collect();
    assert_eq!(own.iter().sum::<i64>(), 5);
    let mut board: Vec<(String, bool, bool)> =
        told.schools.iter().map(|school| (school.name.clone(), school.sealed.is_some(), school.late)).collect();
    board.sort();
    let expected = [("柳湾村小学", true, false), ("石桥村小学", false, true)];
    let expected: Vec<(String, bool, bool)> =
        expected.map(|(name, sealed, late)| (name.to_owned(), sealed, late)).into();
    let named: Vec<_> = board.into_iter().filter(|(name, ..)| expected.iter().any(|one| one.0 == *name)).collect();
    assert_eq!(named, expected);
}

#[test]
fn every_number_of_a_report_and_a_pivot_opens_its_list() {
    let office = school(43);
    let desk = &office.desk;
    let students: Vec<Id> =
        (0..6).map(|n| child(&office, &format!("学生{n}"), if n < 4 { "三年级" } else { "四年级" })).collect();
    let case = open(desk, students[0]);
    let asked = |column: &str| {
        let on = Some("2026-09-01".to_owned());
        let request = NumberRequest {
            report: "month".to_owned(),
            on,
            line: LineKey::default(),
            column: column.to_owned(),
            at: None,
        };
        actions::report_rows(desk, request).unwrap().rows.into_iter().map(|row| row.id).collect::<Vec<_>>()
    };
    assert_eq!(asked("closing").len(), 6);
    assert_eq!(asked("suspected_open"), [case]);

    let pivot = |only: Vec<(Dimension, String)>, public: bool| PivotRequest {
        of: Counted::AtSchool,
        rows: Some(Dimension::Grade),
        columns: Some(Dimension::Sex),
        on: None,
        only,
        public,
        at: None,
    };
    let table = actions::pivot(desk, pivot(vec![], false)).unwrap();
    assert_eq!(table.total, Some(6));
    assert_eq!(table.cells, [[Some(4)], [Some(2)]]);
    let behind = actions::pivot_rows(desk, pivot(vec![(Dimension::Grade, "14".to_owned())], false)).unwrap();
    assert_eq!(behind.rows.len(), 2);
    let public = actions::pivot(desk, pivot(vec![], true)).unwrap();
    assert_eq!(public.cells, [[None], [None]], "small numbers are hidden outside");
}

#[test]
fn a_terms_return_check_counts_who_is_back_and_names_the_paper_of_who_is_not() {
    let office = school(44);
    let desk = &office.desk;
    let students: Vec<Id> = (0..5).map(|n| child(&office, &format!("学生{n}"), "三年级")).collect();
    let missing = |ids: &[(Id, &str)]| -> Vec<NotBack> {
        ids.iter()
            .map(|(student, whereabouts)| NotBack {
                student: *student,
                values: Map::from_iter([("whereabouts".to_owned(), json!(whereabouts))]),
            })
            .collect()
    };
    let check = |ids: &[(Id, &str)]| {
        let (grade, class) = ("13".to_owned(), Some("1".to_owned()));
        actions::check_return(desk, CheckRequest { grade, class, round: None, on: None, missing: missing(ids) })
            .unwrap()
    };
    let first = check(&[(students[0], "随父母外出就学"), (students[1], "去向不明")]);
    assert_eq!((first.expected, first.arrived, first.round.as_str()), (5, 3, "day1"));
    assert_eq!(first.papers[&students[0].to_string()], "school_link_letter");
    desk.set_today(day("2026-09-03"));
    let second = check(&[(students[1], "unknown")]);
    assert_eq!((second.arrived, second.round.as_str()), (4, "day3"));
    let report =
        actions::report(desk, ReportRequest { report: "return_check".to_owned(), ..Default::default() }).unwrap();
    let told = ["expected", "arrived", "missing", "missing_unknown", "missing_away"].map(|key| number(&report, 0, key));
    assert_eq!(told, [5, 4, 1, 1, 0]);
    assert!(report.lines.iter().all(|line| line.gaps.is_empty()), "应到 = 实到 + 未到");
    let at = report.columns.iter().position(|column| column.key == "arrival").unwrap();
    assert_eq!(report.lines[0].shown[at], "80.00%");
}
