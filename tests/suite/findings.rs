//! 校验: every rule of domain.md §9 is told at the keyboard, in import and over the whole ledger; a finding can be explained.

use std::collections::BTreeSet;

use actions::{ExplainRequest, FindingsReply, FindingsRequest};
use domain::review::register::{LINES, Reach};
use domain::{Id, Severity};
use serde_json::{Value as Json, json};
use store::Definitions;
use support::bx::Place;
use support::desks::Office;
use support::imports;

fn school() -> Office {
    Office::new("school", "柳湾村小学", 1, &Definitions::built_in())
}

fn all(office: &Office) -> FindingsReply {
    let request = FindingsRequest { limit: 500, explained: true, ..FindingsRequest::default() };
    actions::findings(&office.desk, request).unwrap()
}

fn told(reply: &FindingsReply) -> BTreeSet<(String, Severity)> {
    let findings = reply.groups.iter().flat_map(|group| &group.findings);
    findings.map(|finding| (finding.rule.clone(), finding.severity)).collect()
}

/// The row that broke a rule at the keyboard: record, values.
type Broken = (&'static str, Json);

fn child(office: &Office, more: Json) -> Id {
    let mut row = json!({ "name": "王小明", "sex": "男", "birth_date": "2015-03-04", "grade": "六年级", "class": "1" });
    row.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    office.put("student", &row)
}

fn case(office: &Office, more: Json) -> Id {
    let mut row = json!({ "student": child(office, json!({})), "left_on": "2026-08-20", "found_on": "2026-08-25", "main_cause": "外出务工",
                          "whereabouts": "省外务工", "duty_school": "李老师" });
    row.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    office.put("dropout_case", &row)
}

/// What a person types last to break a rule, once the office holds what it needs.
fn last_typed(office: &Office, rule: &str) -> Option<Broken> {
    let of = |more: Json| child(office, more);
    Some(match rule {
        "id_check" => ("student", json!({ "name": "甲", "id_number": "110105194912310021" })),
        "id_birth_impossible" => ("student", json!({ "name": "甲", "id_number": "110105194913310029" })),
        "id_rounded" => ("student", json!({ "name": "甲", "id_number": "410423201603040000" })),
        "unique" => {
            of(json!({ "id_number": "11010519491231002X" }));
            ("student", json!({ "name": "甲", "id_number": "11010519491231002X" }))
        }
        "id_birth_differs" => {
            ("student", json!({ "name": "甲", "id_number": "11010519491231002X", "birth_date": "2015-03-04" }))
        }
        "id_sex_differs" => ("student", json!({ "name": "甲", "id_number": "11010519491231002X", "sex": "男" })),
        "code_differs_from_id" => (
            "student",
            json!({ "name": "甲", "id_number": "11010519491231002X", "student_code": "G440524188001010014" }),
        ),
        "code_temporary" => {
            ("student", json!({ "name": "甲", "student_code": "L410423201503041234", "entered_month": "2024-09" }))
        }
        "age_off_grade" => ("student", json!({ "name": "甲", "birth_date": "2011-03-04", "grade": "二年级" })),
        "goes_with" => ("student", json!({ "name": "甲", "with_class": "视力残疾随班就读", "disability": "听力残疾" })),
        "home_teaching_no_code" => ("student", json!({ "name": "甲", "grade": "三年级", "status": "送教在籍" })),
        "left_behind_nobody_away" | "left_behind_no_carer" => {
            ("student", json!({ "name": "甲", "left_behind": "双亲留守" }))
        }
        "carer_minor" => {
            let child = of(json!({ "left_behind": "双亲留守" }));
            (
                "guardian",
                json!({ "student": child, "name": "王姐", "relation": "姐姐", "entrusted": "是", "id_number": "11010520120307002X" }),
            )
        }
        "carer_unable" => {
            let child = of(json!({ "left_behind": "双亲留守" }));
            (
                "guardian",
                json!({ "student": child, "name": "王奶奶", "relation": "祖母", "is_guardian": "是", "able": "否" }),
            )
        }
        "lives_alone" => ("left_behind_file", json!({ "student": of(json!({})), "guardianship": "无人监护" })),
        "not_before" => {
            ("dropout_case", json!({ "student": of(json!({})), "left_on": "2026-09-01", "returned_on": "2026-08-01" }))
        }
        "needed" => {
            ("dropout_case", json!({ "student": of(json!({})), "left_on": "2026-09-01", "closed_on": "2026-09-05" }))
        }
        "report_before_found" => {
            ("written_report", json!({ "case": case(office, json!({})), "reported_on": "2026-08-21" }))
        }
        "persuasion_overdue" => (
            "dropout_case",
            json!({ "student": of(json!({})), "left_on": "2026-08-01", "confirmed_on": "2026-08-10", "status": "劝返中" }),
        ),
        "suspension_expired" => (
            "roll_change",
            json!({ "student": of(json!({})), "kind": "休学", "pause_from_on": "2025-09-01", "pause_until_on": "2026-08-31" }),
        ),
        "overdue" => {
            ("deferral", json!({ "student": of(json!({})), "from_on": "2025-09-01", "until_on": "2026-08-31" }))
        }
        "transfer_slow" => (
            "roll_change",
            json!({ "student": of(json!({})), "kind": "转出", "applied_on": "2026-06-01", "state": "学校审核", "to_school": "县一小" }),
        ),
        "visit_unsigned" => (
            "home_visit",
            json!({ "student": of(json!({})), "visited_on": "2026-09-01", "way": "入户", "visitors": "李老师" }),
        ),
        "people_too_few" => {
            office.put("setting", &json!({ "key": "persuasion.people_min", "value": "2" }));
            ("persuasion", json!({ "case": case(office, json!({})), "on": "2026-09-01", "people": "李老师" }))
        }
        "visit_alone" => {
            office.put("setting", &json!({ "key": "visit.second_visitor", "value": "true" }));
            (
                "home_visit",
                json!({ "student": of(json!({})), "visited_on": "2026-09-01", "way": "入户", "visitors": "李老师", "signed": "是" }),
            )
        }
        "lesson_short" => ("home_teaching", json!({ "student": of(json!({})), "on": "2026-09-07", "hours": 2 })),
        "lessons_seldom" => ("home_teaching", json!({ "student": of(json!({})), "on": "2026-09-03", "hours": 3 })),
        "suspension_renewed" => {
            let child = of(json!({}));
            for year in [2023, 2024] {
                let until = format!("{}-08-31", year + 1);
                let row = json!({ "student": child, "kind": "休学", "pause_from_on": format!("{year}-09-01"), "pause_until_on": until });
                office.put("roll_change", &row);
            }
            (
                "roll_change",
                json!({ "student": child, "kind": "休学", "pause_from_on": "2025-09-01", "pause_until_on": "2026-08-31" }),
            )
        }
        "cell_unread" => ("import_note", json!({ "student": of(json!({})), "unread": "身份证号：4.10423E+17" })),
        _ => return None,
    })
}

/// Rules that need more than one row typed, another organisation, or another setting: each has a test of its own below.
const APART: [&str; 6] =
    ["in_two_schools", "student_code_length", "visit_no_photo", "expected_differs", "balance_came", "balance_went"];

#[test]
fn every_rule_of_the_list_is_told_when_it_is_typed_and_over_the_whole_ledger() {
    for line in LINES.iter().filter(|line| !APART.contains(&line.rule)) {
        let office = school();
        let (record, values) = last_typed(&office, line.rule).unwrap_or_else(|| panic!("{} is not tried", line.says));
        let saved = office.save(record, &values).unwrap();
        let at_once =
            saved.problems.iter().any(|problem| problem.rule == line.rule && problem.severity == line.severity);
        assert!(at_once, "“{}” is told at the keyboard: {:?}", line.says, saved.problems);
        let whole = all(&office);
        assert!(told(&whole).contains(&(line.rule.to_owned(), line.severity)), "“{}” is found: {whole:#?}", line.says);
        let open =
            actions::open_row(&office.desk, actions::RowRequest { record: record.to_owned(), id: saved.id }).unwrap();
        assert!(
            line.reach == Reach::Ledger || open.problems.iter().any(|problem| problem.rule == line.rule),
            "“{}” stands in the open form",
            line.says
        );
        for finding in whole.groups.iter().flat_map(|group| &group.findings) {
            assert!(
                !finding.sentence.is_empty() && !finding.label.is_empty() && !finding.title.is_empty(),
                "{finding:?}"
            );
        }
        let label = whole.rules.iter().find(|count| count.rule == line.rule).unwrap();
        assert_ne!(label.label, line.rule, "people have a name for {}", line.rule);
    }
}

#[test]
fn every_rule_about_one_row_is_told_in_import() {
    let head = "姓名,性别,出生日期,年级,班级,身份证号,学籍号,入学年月,随班就读,残疾类型";
    let rows = [
        ("id_check", "甲,女,,三年级,1,110105194912310021,,,,"),
        ("unique", "乙,女,,,,440524188001010014,,,,"),
        ("unique", "丙,女,,,,440524188001010014,,,,"),
        ("id_birth_differs", "丁,女,2015-03-04,六年级,1,11010519491231002X,,,,"),
        ("id_sex_differs", "戊,男,1949-12-31,,,11010519491231002X,,,,"),
        ("code_differs_from_id", "己,女,1949-12-31,,,11010519491231002X,G440524188001010014,,,"),
        ("code_temporary", "庚,女,2015-03-04,六年级,1,,L410423201503041234,202409,,"),
        ("student_code_length", "辛,女,2015-03-04,六年级,1,,G41042320150304,,,"),
        ("age_off_grade", "壬,女,2011-03-04,二年级,1,,,,,"),
        ("goes_with", "癸,女,2015-03-04,六年级,1,,,,视力残疾随班就读,听力残疾"),
    ];
    let lines: Vec<&str> = std::iter::once(head).chain(rows.iter().map(|(_, line)| *line)).collect();
    let office = imports::Office::new();
    let file = office.write("孩子.csv", lines.join("\n").as_bytes());
    let report = office.import(&file);
    for (rule, line) in rows {
        let name = line.split(',').next().unwrap();
        let at = lines.iter().position(|one| one.starts_with(name)).unwrap() + 1;
        let said: Vec<_> = report.findings.iter().filter(|one| one.row as usize == at).collect();
        let unique = rule == "unique" && report.findings.iter().any(|one| one.head.contains("身份证"));
        assert!(unique || !said.is_empty(), "{rule} is told for {name}: {report:#?}");
    }
}

#[test]
fn one_number_in_two_schools_is_a_warning_at_the_center_and_an_error_within_one() {
    let definitions = Definitions::built_in();
    let center = Office::new("center", "禾塘镇中心学校", 9, &definitions);
    for (seed, name) in [(1, "柳湾村小学"), (2, "石桥村小学")] {
        let school = Office::new("school", name, seed, &definitions);
        school.enrol_under(&center);
        child(&school, json!({ "id_number": "11010519491231002X", "birth_date": "1949-12-31", "sex": "女" }));
        school.report_to(&center);
    }
    let found = told(&all(&center));
    assert!(found.contains(&("in_two_schools".to_owned(), Severity::Warning)), "{found:?}");
    assert!(!found.contains(&("unique".to_owned(), Severity::Error)), "{found:?}");
}

#[test]
fn a_class_counted_otherwise_than_its_roster_is_found() {
    let office = school();
    child(&office, json!({}));
    child(&office, json!({ "name": "李小红" }));
    let count = |expected: u32| json!({ "on": "2026-09-07", "grade": "六年级", "class": "1", "expected": expected });
    office.put("class_day", &count(2));
    assert!(!told(&all(&office)).iter().any(|(rule, _)| rule == "expected_differs"));
    office.put("class_day", &count(3));
    let found = told(&all(&office));
    assert!(found.contains(&("expected_differs".to_owned(), Severity::Warning)), "{found:?}");
}

#[test]
fn a_picture_of_each_visit_is_asked_for_only_where_the_county_wants_one() {
    let office = school();
    let visit =
        json!({ "student": child(&office, json!({})), "visited_on": "2026-09-01", "way": "入户", "signed": "是" });
    office.put("home_visit", &visit);
    assert!(!told(&all(&office)).iter().any(|(rule, _)| rule == "visit_no_photo"));
    let own = office.desk.session().unwrap().organisation.id;
    office.put("setting", &json!({ "organisation": own, "key": "visit.photo", "value": "on" }));
    assert!(told(&all(&office)).contains(&("visit_no_photo".to_owned(), Severity::Warning)));
}

#[test]
fn who_came_or_went_without_a_word_is_named() {
    let office = school();
    let id = child(&office, json!({ "grade": "三年级" }));
    let seat = office.get("enrolment", None).remove(0)["id"].clone();
    office.put("enrolment", &json!({ "id": seat, "from_on": "2025-09-01", "until_on": "2026-09-03" }));
    let went = told(&all(&office));
    assert!(went.contains(&("balance_went".to_owned(), Severity::Error)), "{went:?}");
    office.put(
        "roll_change",
        &json!({ "student": id, "kind": "转出", "state": "完成", "changed_on": "2026-09-03", "to_school": "县一小" }),
    );
    assert!(!told(&all(&office)).iter().any(|(rule, _)| rule == "balance_went"), "a transfer says why");
    let other = child(&office, json!({ "name": "李小红", "grade": "三年级" }));
    let seat =
        office.get("enrolment", None).into_iter().find(|row| row["student"] == json!(other)).unwrap()["id"].clone();
    office.put("enrolment", &json!({ "id": seat, "from_on": "2026-09-04" }));
    assert!(told(&all(&office)).contains(&("balance_came".to_owned(), Severity::Error)));
}

#[test]
fn what_cannot_be_a_student_code_is_refused_at_the_keyboard() {
    let refused = school().save("student", &json!({ "name": "甲", "student_code": "G123" })).unwrap_err();
    assert!(refused.fields.iter().any(|problem| problem.rule == "student_code_length"));
}

#[test]
fn the_list_knows_every_rule_it_speaks_of() {
    let tried: BTreeSet<&str> = LINES.iter().map(|line| line.rule).collect();
    assert_eq!(tried.len(), LINES.len(), "no rule stands twice");
    assert!(LINES.iter().all(|line| (line.severity == Severity::Block) == (line.reach == Reach::Typed)));
}

#[test]
fn an_explained_finding_is_out_of_the_way_until_what_it_speaks_of_changes() {
    let office = school();
    let id = child(&office, json!({ "birth_date": "2011-03-04", "grade": "二年级" }));
    let before = all(&office);
    assert!(before.warnings > 0 && before.explained == 0);
    let explain = |reason: &str| ExplainRequest {
        row: id,
        field: "grade".to_owned(),
        rule: "age_off_grade".to_owned(),
        facts: None,
        reason: reason.to_owned(),
    };
    assert_eq!(actions::explain(&office.desk, explain("")).unwrap_err().code, "refused", "a reason is wanted");
    let saved = actions::explain(&office.desk, explain("随迁入学，语言不通，家长要求从低年级读起")).unwrap();
    let after = all(&office);
    assert_eq!((after.warnings, after.explained), (before.warnings - 1, 1));
    let why = after.groups.iter().flat_map(|group| &group.findings).find_map(|one| one.explained.clone()).unwrap();
    assert!(why.reason.starts_with("随迁入学") && why.by == "李老师", "{why:?}");
    assert!(!actions::history(&office.desk, saved.id).unwrap().is_empty(), "a reason has a history");
    office.put("student", &json!({ "id": id, "birth_date": "2012-03-04" }));
    assert_eq!(all(&office).explained, 0, "another age is another finding");
    assert_eq!(
        actions::explain(&office.desk, ExplainRequest { rule: "unique".to_owned(), ..explain("不") }).unwrap_err().code,
        "no_such_finding"
    );
}

#[test]
fn an_explanation_reaches_the_center_with_the_child() {
    let definitions = Definitions::built_in();
    let center = Office::new("center", "禾塘镇中心学校", 9, &definitions);
    let school = school();
    school.enrol_under(&center);
    let id = child(&school, json!({ "birth_date": "2011-03-04", "grade": "二年级" }));
    let request = ExplainRequest {
        row: id,
        field: "grade".to_owned(),
        rule: "age_off_grade".to_owned(),
        facts: None,
        reason: "已与家长核对".to_owned(),
    };
    actions::explain(&school.desk, request).unwrap();
    school.report_to(&center);
    assert_eq!(all(&center).explained, 1);
}

#[test]
fn findings_of_one_child_and_of_one_rule_can_be_asked_for() {
    let office = school();
    let one = child(&office, json!({ "birth_date": "2011-03-04", "grade": "二年级", "left_behind": "双亲留守" }));
    child(&office, json!({ "name": "李小红", "left_behind": "双亲留守" }));
    let ask =
        |request: FindingsRequest| actions::findings(&office.desk, FindingsRequest { limit: 50, ..request }).unwrap();
    let of_one = ask(FindingsRequest { student: Some(one), ..FindingsRequest::default() });
    assert_eq!((of_one.groups.len(), of_one.groups[0].student), (1, Some(one)));
    let of_rule = ask(FindingsRequest { rule: Some("left_behind_no_carer".to_owned()), ..FindingsRequest::default() });
    assert_eq!(of_rule.groups_total, 2);
    assert!(of_rule.groups.iter().all(|group| group.findings.len() == 1));
}

#[test]
fn the_command_line_lists_findings_and_takes_a_reason() {
    let place = Place::new();
    place.init("school", "school", "柳湾村小学", "--code 2199000001 --person 李老师");
    let id =
        place.put("school", "student", &json!({ "name": "王小明", "birth_date": "2011-03-04", "grade": "二年级" }));
    let said = place.bx("--ledger school check --rules").ok();
    assert!(said.contains("王小明") && said.contains("年龄与年级"), "{said}");
    place.bx(&format!("--ledger school explain {id} grade age_off_grade --why 已核对")).ok();
    let left = place.bx(&format!("--ledger school findings --id {id} --json")).json();
    assert_eq!(left["explained"], 1);
    assert!(place.bx("--ledger school findings --explained").ok().contains("已核对"));
}
