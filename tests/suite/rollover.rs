//! 升级、毕业、新生: rehearsed, with exceptions, taken back by one undo; last year reads as it did.

use std::collections::BTreeMap;

use actions::{ClassMove, FindingsRequest, Newcomer, RolloverException, RolloverRequest};
use domain::Id;
use domain::rollover::Outcome;
use serde_json::{Value as Json, json};
use store::Definitions;
use support::bx::Place;
use support::desks::Office;

fn school(kind: &str) -> Office {
    let office = Office::new(kind, "柳湾村小学", 1, &Definitions::built_in());
    office.desk.set_today("2026-08-25".parse().unwrap());
    office
}

fn child(office: &Office, name: &str, grade: &str, class: &str) -> Id {
    let id = office.put("student", &json!({ "name": name, "birth_date": "2015-03-04" }));
    let seat = json!({ "student": id, "grade": grade, "class": class, "school_year": "2025—2026", "from_on": "2025-09-01", "boarding": "走读" });
    office.put("enrolment", &seat);
    id
}

fn exception(student: Id, outcome: Outcome, reason: &str) -> RolloverException {
    let reason = Some(reason.to_owned()).filter(|reason| !reason.is_empty());
    RolloverException { student, outcome, class: None, reason, to_school: None, until: None }
}

/// Grade and class of a child on a day, as `get --on` tells.
fn place(office: &Office, id: Id, on: &str) -> (Json, Json) {
    let mut rows = Vec::new();
    let request = actions::GetRequest {
        record: "student".to_owned(),
        id: Some(id),
        on: Some(on.to_owned()),
        ..Default::default()
    };
    actions::get_rows(&office.desk, &request, |row| {
        rows.push(row.clone());
        Ok(())
    })
    .unwrap();
    (rows[0]["grade"].clone(), rows[0]["class"].clone())
}

#[test]
fn classes_move_up_the_last_one_finishes_and_one_undo_takes_it_back() {
    let office = school("primary");
    let third = child(&office, "王小明", "三年级", "三(1)班");
    let sixth = child(&office, "李小红", "六年级", "1");
    let mixed = child(&office, "张小刚", "一年级", "复式班");
    let before = (office.get("student", None), office.get("enrolment", None));
    let plan = actions::rehearse_rollover(&office.desk, RolloverRequest::default()).unwrap();
    assert_eq!(
        (plan.from_year.as_str(), plan.to_year.as_str(), plan.first_day.as_str()),
        ("2025—2026", "2026—2027", "2026-09-01")
    );
    assert_eq!(plan.counts["up"], 2);
    assert_eq!(plan.counts["graduate"], 1);
    assert!(plan.changes.is_empty());
    assert_eq!((office.get("student", None), office.get("enrolment", None)), before, "a rehearsal writes nothing");

    let done = actions::rollover(&office.desk, RolloverRequest::default()).unwrap();
    assert_eq!(done.children, plan.children, "it does what the rehearsal said");
    assert_eq!(place(&office, third, "2026-09-01"), (json!("14"), json!("1")));
    assert_eq!(place(&office, mixed, "2026-09-01"), (json!("12"), json!("复式班")));
    assert_eq!(place(&office, sixth, "2026-09-01").0, Json::Null);
    assert_eq!(office.get("graduate", None)[0]["school_year"], json!("2025—2026"));
    for (id, grade) in [(third, "13"), (sixth, "16"), (mixed, "11")] {
        assert_eq!(place(&office, id, "2026-06-01").0, json!(grade), "last year reads as it did");
    }
    let again = actions::rollover(&office.desk, RolloverRequest::default()).unwrap_err();
    assert_eq!(again.code, "nothing_to_roll_over", "nobody moves up twice");

    actions::undo(&office.desk, None).unwrap();
    assert_eq!(place(&office, third, "2026-09-01").0, json!("13"));
    assert!(office.get("graduate", None).is_empty());
    let after = (office.get("student", None), office.get("enrolment", None));
    let plain = |rows: Vec<serde_json::Map<String, Json>>| -> Vec<BTreeMap<String, Json>> {
        let one = |row: serde_json::Map<String, Json>| row.into_iter().filter(|(key, _)| key != "_seen").collect();
        rows.into_iter().map(one).collect()
    };
    assert_eq!((plain(after.0), plain(after.1)), (plain(before.0), plain(before.1)));
}

#[test]
fn children_go_their_own_ways() {
    let office = school("primary");
    let names = ["重读", "休学", "转出", "跳级", "分班"];
    let ids = names.map(|name| child(&office, name, "二年级", "1"));
    let [again, rests, leaves, skips, parted] = ids;
    let unreasoned = RolloverRequest { exceptions: vec![exception(again, Outcome::Repeat, "")], ..Default::default() };
    let refused = actions::rehearse_rollover(&office.desk, unreasoned).unwrap_err();
    assert_eq!(refused.fields[0].rule, "repeat_needs_reason");
    let to_two = RolloverException { class: Some("2".to_owned()), ..exception(parted, Outcome::Up, "") };
    let away = RolloverException {
        to_school: Some("县第一小学".to_owned()),
        ..exception(leaves, Outcome::TransferOut, "随父母进城")
    };
    let request = RolloverRequest {
        exceptions: vec![
            exception(again, Outcome::Repeat, "休学一年后复学，家长申请，中心校同意"),
            exception(rests, Outcome::Suspend, "手术后休养"),
            away,
            exception(skips, Outcome::Skip, ""),
            to_two,
        ],
        ..Default::default()
    };
    let done = actions::rollover(&office.desk, request).unwrap();
    assert!(done.children.iter().all(|child| child.exception));
    let on = "2026-09-01";
    assert_eq!(place(&office, again, on).0, json!("12"));
    assert_eq!(place(&office, rests, on).0, json!("12"));
    assert_eq!(place(&office, leaves, on).0, Json::Null);
    assert_eq!(place(&office, skips, on).0, json!("14"));
    assert_eq!(place(&office, parted, on), (json!("13"), json!("2")));
    let why = actions::history(
        &office.desk,
        office
            .get("enrolment", None)
            .iter()
            .find(|row| row["student"] == json!(again) && row["from_on"] == json!(on))
            .unwrap()["id"]
            .as_str()
            .unwrap()
            .parse()
            .unwrap(),
    )
    .unwrap();
    assert!(
        why.iter().any(|line| line.why.as_deref().is_some_and(|why| why.starts_with("休学一年后"))),
        "the reason is kept"
    );
    let kinds: Vec<Json> = office.get("roll_change", None).iter().map(|row| row["kind"].clone()).collect();
    assert!(["suspend", "transfer_out", "skip"].iter().all(|kind| kinds.contains(&json!(kind))), "{kinds:?}");
    actions::undo(&office.desk, None).unwrap();
    assert!(office.get("roll_change", None).is_empty(), "one undo takes all of it back");
    assert_eq!(ids.map(|id| place(&office, id, on).0), [(); 5].map(|()| json!("12")));
}

#[test]
fn children_of_age_are_offered_and_enter_the_first_grade() {
    let office = school("primary");
    child(&office, "王小明", "三年级", "1");
    let small =
        office.put("student", &json!({ "name": "李小米", "birth_date": "2020-05-01", "village": "柳湾村一组" }));
    office.put("student", &json!({ "name": "刚出生", "birth_date": "2025-05-01" }));
    let plan = actions::rehearse_rollover(&office.desk, RolloverRequest::default()).unwrap();
    assert_eq!(plan.candidates.iter().map(|one| one.student).collect::<Vec<_>>(), [small]);
    let enters = Newcomer { student: small, grade: None, class: Some("1".to_owned()) };
    let classes =
        vec![ClassMove { grade: "13".to_owned(), class: Some("1".to_owned()), to_class: Some("2".to_owned()) }];
    let request = RolloverRequest { newcomers: vec![enters], classes, ..Default::default() };
    let done = actions::rollover(&office.desk, request).unwrap();
    assert_eq!((done.counts["new"], done.classes[0].to_label.as_str()), (1, "四年级(2)班"));
    assert_eq!(place(&office, small, "2026-09-01"), (json!("11"), json!("1")));
}

#[test]
fn a_teaching_point_hands_its_last_grade_on_and_every_number_balances() {
    let office = school("teaching_point");
    let up = child(&office, "王小明", "一年级", "1");
    let on = child(&office, "李小红", "二年级", "1");
    let done = actions::rollover(&office.desk, RolloverRequest::default()).unwrap();
    assert_eq!((done.last_grade.as_str(), done.counts["transfer_out"], done.counts["up"]), ("12", 1, 1));
    office.desk.set_today("2026-09-10".parse().unwrap());
    assert_eq!(place(&office, up, "2026-09-10").0, json!("12"));
    assert_eq!(place(&office, on, "2026-09-10").0, Json::Null);
    let request = FindingsRequest { limit: 99, ..FindingsRequest::default() };
    let found = actions::findings(&office.desk, request).unwrap();
    assert!(!found.rules.iter().any(|rule| rule.rule.starts_with("balance")), "{:?}", found.rules);
}

#[test]
fn the_command_line_rolls_over() {
    let place = Place::new();
    place.init("school", "primary", "柳湾村小学", "--code 2199000001 --person 李老师");
    place.put("school", "student", &json!({ "name": "王小明", "grade": "三年级", "class": "1" }));
    let would = place.bx("--ledger school roll-over --rehearse --first-day 2027-09-01").ok();
    assert!(would.contains("三年级(1)班 → 四年级(1)班"), "{would}");
    place.bx("--ledger school roll-over --first-day 2027-09-01").ok();
    let next = place.bx("--ledger school --today 2027-09-02 get student").rows();
    assert_eq!(next[0]["grade"], "14");
    place.bx("--ledger school undo").ok();
}
