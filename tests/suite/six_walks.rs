//! Six walks that only happen in villages, on the command line, as the manual tells them.

use serde_json::{Value as Json, json};
use support::bx::Place;

fn with_center(place: &Place, schools: &[(&str, &str, &str)]) {
    place.init("center", "center", "禾塘镇中心学校", "--code 9199000000 --person 周主任");
    for (ledger, kind, name) in schools {
        let code = format!("21990000{:02}", ledger.len());
        place.init(ledger, kind, name, &format!("--code {code} --under 9199000000 --person 李老师"));
        place.enrolled(ledger, "center");
    }
}

fn report(place: &Place, ledger: &str) {
    let file = place.export(ledger, &format!("{ledger}-stick"));
    place.bx(&format!("--ledger center merge {file}")).ok();
}

fn own_id(place: &Place, ledger: &str, name: &str) -> String {
    let all = place.get(ledger, "organisation");
    all.iter().find(|row| row["name"] == name).unwrap()["id"].as_str().unwrap().to_owned()
}

fn on(place: &Place, ledger: &str, id: &str, day: &str) -> Json {
    place.bx(&format!("--ledger {ledger} get student --id {id} --on {day}")).rows().remove(0)
}

/// 教学点撤并: the children, the open case and the paper go to the center; last year still says where they were.
#[test]
fn a_teaching_point_closes_and_nobody_is_lost() {
    let place = Place::new();
    with_center(&place, &[("point", "teaching_point", "石坪教学点")]);
    let child = |name: &str, grade: &str| {
        let id = place.put("point", "student", &json!({ "name": name, "birth_date": "2018-03-04" }));
        let seat =
            json!({ "student": id, "grade": grade, "class": "1", "school_year": "2025—2026", "from_on": "2025-09-01" });
        place.put("point", "enrolment", &seat);
        id
    };
    let (first, second) = (child("王小明", "一年级"), child("李小红", "二年级"));
    let case = json!({ "student": second, "left_on": "2026-05-11", "found_on": "2026-05-12", "main_cause": "上学远", "whereabouts": "在家或务农", "duty_school": "李老师" });
    let case = place.put("point", "dropout_case", &case);
    report(&place, "point");
    let (point, center) = (own_id(&place, "center", "石坪教学点"), own_id(&place, "center", "禾塘镇中心学校"));
    place.put("center", "organisation", &json!({ "id": point, "heir": center }));
    for (id, grade) in [(&first, "二年级"), (&second, "三年级")] {
        let change = json!({ "student": id, "kind": "转出", "state": "完成", "changed_on": "2026-09-01", "to_school": "禾塘镇中心学校", "reason_note": "教学点撤并" });
        place.put("center", "roll_change", &change);
        let seat =
            json!({ "student": id, "organisation": center, "grade": grade, "class": "1", "from_on": "2026-09-01" });
        place.put("center", "enrolment", &seat);
    }
    let now = on(&place, "center", &first, "2026-10-20");
    assert_eq!((&now["school"], &now["grade"]), (&json!(center), &json!("12")));
    let then = on(&place, "center", &first, "2026-06-01");
    assert_eq!((&then["school"], &then["grade"]), (&json!(point), &json!("11")), "last year reads as it was");
    assert_eq!(place.row("center", "dropout_case", &case)["status"], "suspected", "the case goes on at the center");
    let told = place.bx(&format!("--ledger center timeline {second}")).ok();
    assert!(told.contains("教学点撤并") && told.contains("上学路远"), "{told}");
    place.bx("--ledger center print dropout_ledger --out cases.pdf").ok();
    let history = place.bx(&format!("--ledger center history {point}")).ok();
    assert!(history.contains("周主任"), "who closed it is on record");
}

/// 搬走的孩子: at A his whereabouts are unknown, at B he has just come. The center sees one number twice and writes a letter.
#[test]
fn a_boy_who_moved_is_found_at_the_other_school() {
    let place = Place::new();
    with_center(&place, &[("a", "primary", "柳湾村小学"), ("bb", "primary", "石桥村小学")]);
    let boy = json!({ "name": "王小明", "sex": "2", "birth_date": "1949-12-31", "id_number": "11010519491231002X" });
    let there = place.put("a", "student", &boy);
    let case = json!({ "student": there, "left_on": "2026-09-01", "found_on": "2026-09-03", "whereabouts": "去向不明", "main_cause": "其他", "duty_school": "李老师" });
    let case = place.put("a", "dropout_case", &case);
    let here = place.put("bb", "student", &boy);
    report(&place, "a");
    report(&place, "bb");
    let said = place.bx("--ledger center findings --rule in_two_schools").ok();
    assert!(said.matches("另一所学校").count() == 2, "{said}");
    let found = place.bx("--ledger center find wxm").ok();
    assert!(found.contains("柳湾村小学") || found.contains(&there), "{found}");
    assert!(found.contains(&here));
    let letter = json!({ "student": there, "kind": "协查函", "to_whom": "石桥村小学", "sent_on": "2026-10-10", "replied_on": "2026-10-15", "reply": "已在我校就读" });
    place.put("center", "letter", &letter);
    place.bx(&format!("--ledger a case act {case} verifying")).ok();
    let excluded = format!(
        "--ledger a case act {case} excluded verified_by=李老师 verified_on=2026-10-16 verdict=转学 whereabouts=已转学"
    );
    place.bx(&excluded).ok();
    report(&place, "a");
    assert_eq!(place.row("center", "dropout_case", &case)["status"], "excluded");
    for id in [&there, &here] {
        let why = format!("--ledger center explain {id} id_number in_two_schools --why 同一个孩子，转学办理中");
        place.bx(&why).ok();
    }
    let left = place.bx("--ledger center findings --rule in_two_schools --json").json();
    assert_eq!((&left["groups_total"], &left["explained"]), (&json!(0), &json!(2)));
}

/// 月底补录: a month of paper rolls is entered by its exceptions; the month's numbers stand, and nothing shouts.
#[test]
fn a_month_end_after_thirty_days_away() {
    let place = Place::new();
    place.init("school", "primary", "柳湾村小学", "--code 2199000001 --person 李老师");
    let ids: Vec<String> = ["王小明", "李小红", "张小刚"]
        .map(|name| place.put("school", "student", &json!({ "name": name, "grade": "三年级", "class": "1" })))
        .to_vec();
    let days: Vec<String> = (9..=30).map(|day| format!("--on 2026-11-{day:02}")).collect();
    let roll = format!(
        "--ledger school --today 2026-11-30 absent --grade 三年级 --class 1 {} --missing {}@2026-11-12 --missing {}@2026-11-19=病假",
        days.join(" "),
        ids[0],
        ids[1]
    );
    let taken = place.bx(&roll).ok();
    assert!(taken.contains("缺勤 2 人次"), "{taken}");
    let absent = place.get("school", "absence");
    assert_eq!(absent.len(), 2, "a row for each child missed, none for those who were there");
    let due = place.bx("--ledger school --today 2026-11-30 due").ok();
    assert!(!due.contains("逾期"), "what is entered late is not overdue: {due}");
    let month = place.bx("--ledger school --today 2026-11-30 stats --report month --on 2026-11-30 --json").json();
    assert!(month.to_string().contains("三年级") || month["lines"].as_array().is_some_and(|lines| !lines.is_empty()));
}

/// 双胞胎: the same day, telephone and family, names alike. Two children stay two, by hand, by workbook and at the center.
#[test]
fn twins_are_two_children() {
    let place = Place::new();
    with_center(&place, &[("school", "primary", "柳湾村小学")]);
    let sheet = "姓名,性别,出生日期,联系电话,年级,班级\n王晓明,男,2016-03-04,16400000001,三年级,1\n王小明,男,2016-03-04,16400000001,三年级,1\n";
    std::fs::write(place.path("名单.csv"), sheet).unwrap();
    for _ in 0..2 {
        place.bx("--ledger school import 名单.csv").ok();
        assert_eq!(place.get("school", "student").len(), 2, "importing again adds nobody");
    }
    let found = place.bx("--ledger school find wangxiaoming").ok();
    assert!(found.contains("王晓明") && found.contains("王小明"), "{found}");
    let findings = place.bx("--ledger school findings --json").json();
    assert!(!findings.to_string().contains("\"unique\""), "nobody says they are one: {findings}");
    report(&place, "school");
    assert_eq!(place.get("center", "student").len(), 2);
}

/// 未入学的孩子: in no school at all, and a child like any other: page, visit, case, somebody responsible, a place in September.
#[test]
fn a_child_in_no_school_has_a_page_a_case_and_somebody_responsible() {
    let place = Place::new();
    place.init("school", "primary", "柳湾村小学", "--code 2199000001 --person 李老师");
    let id = place.put(
        "school",
        "student",
        &json!({ "name": "李小米", "birth_date": "2019-05-01", "village": "柳湾村五组" }),
    );
    let census = json!({ "student": id, "school_year": "2026—2027", "schooling": "未入学", "visited_on": "2026-09-20", "visited_by": "李老师" });
    place.put("school", "census", &census);
    let duty = json!({ "person": "李老师", "covers": "学生", "student": id, "from_on": "2026-09-20" });
    place.put("school", "responsibility", &duty);
    let visit = json!({ "student": id, "visited_on": "2026-09-25", "way": "入户", "signed": "是", "visitors": "李老师", "next_on": "2026-10-25" });
    place.put("school", "home_visit", &visit);
    place.bx(&format!("--ledger school case open {id} left_on=2026-09-01 main_cause=家庭变故 whereabouts=在家或务农 duty_school=李老师")).ok();
    let page = place.bx(&format!("--ledger school timeline {id}")).ok();
    for told in ["家访", "辍学个案", "未入学"] {
        assert!(page.contains(told), "{told}: {page}");
    }
    assert!(place.bx("--ledger school find 五组").ok().contains("李小米"));
    place.bx(&format!("--ledger school print one_child_file --id {id} --out file.pdf")).ok();
    let plan = place.bx("--ledger school --today 2026-08-25 roll-over --rehearse --json").json();
    assert!(plan["candidates"].as_array().unwrap().iter().any(|one| one["student"] == json!(id)), "{plan}");
    let enters = json!({ "newcomers": [{ "student": id, "class": "1" }] });
    std::fs::write(place.path("新生.json"), enters.to_string()).unwrap();
    place.bx("--ledger school --today 2026-08-25 roll-over --plan 新生.json").ok();
    assert_eq!(on(&place, "school", &id, "2026-09-02")["grade"], "11");
}

/// 交接: the predecessor has left without a word. Open cases, duties and who wrote what are all there; the new teacher goes on.
#[test]
fn a_ledger_is_handed_over_with_the_predecessor_gone() {
    let place = Place::new();
    place.init("school", "primary", "柳湾村小学", "--code 2199000001 --person 李老师");
    let id = place.put("school", "student", &json!({ "name": "王小明", "grade": "三年级", "class": "1" }));
    let duty = place.put(
        "school",
        "responsibility",
        &json!({ "person": "李老师", "covers": "学生", "student": id, "from_on": "2025-09-01" }),
    );
    let case = json!({ "student": id, "left_on": "2026-09-01", "found_on": "2026-09-03", "main_cause": "外出务工", "whereabouts": "省外务工", "duty_school": "李老师" });
    let case = place.put("school", "dropout_case", &case);
    place.put("school", "staff", &json!({ "name": "赵老师", "from_on": "2026-10-01" }));
    let handed = json!({ "id": duty, "until_on": "2026-10-01", "handed_to": "赵老师", "handed_on": "2026-10-01", "witness": "村支书 孙某" });
    place.put("school", "responsibility", &handed);
    place.put(
        "school",
        "responsibility",
        &json!({ "person": "赵老师", "covers": "学生", "student": id, "from_on": "2026-10-01" }),
    );
    place.put("school", "dropout_case", &json!({ "id": case, "duty_school": "赵老师" }));
    let lines = place.bx(&format!("--ledger school history {case}")).ok();
    assert!(lines.contains("李老师") && lines.contains("赵老师"), "who was responsible before stays readable: {lines}");
    for (form, out) in [("dropout_ledger", "cases.pdf"), ("responsibilities", "duties.pdf")] {
        place.bx(&format!("--ledger school print {form} --out {out}")).ok();
        assert!(place.path(out).exists());
    }
    let before = place.get("school", "responsibility");
    assert_eq!(before.len(), 2, "the old duty ends, it is not written over");
    place.bx("--ledger school check").ok();
}
