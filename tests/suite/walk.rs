//! The main job from end to end on the command line: a village keeps its ledger, the center merges it.

use serde_json::{Value as Json, json};
use support::bx::Place;

const CHILDREN: [(&str, &str, &str); 4] = [
    ("王小明", "1", "2015-03-04"),
    ("𠮷䶮", "2", "2015-11-30"),
    ("阿依古丽·买买提", "2", "2016-01-02"),
    ("王晓梅", "2", "2014-12-31"),
];

fn township() -> Place {
    let place = Place::new();
    place.init("center", "center", "禾塘镇中心学校", "--code 9199000000 --person 周主任");
    place.init("school", "school", "柳湾村小学", "--code 2199000001 --under 9199000000 --person 李老师");
    place.enrolled("school", "center");
    place
}

fn roster(place: &Place) -> Vec<String> {
    let lines: Vec<String> = CHILDREN
        .iter()
        .map(|(name, sex, birth)| {
            json!({ "name": name, "sex": sex, "birth_date": birth, "grade": "三年级", "class": "1", "phone": "16400000001" })
                .to_string()
        })
        .collect();
    let ids = place.bx_reading("--ledger school put student", &lines.join("\n")).ok();
    ids.lines().map(str::to_owned).collect()
}

fn without_marks(mut rows: Vec<Json>) -> Vec<Json> {
    for row in &mut rows {
        row.as_object_mut().unwrap().remove("_seen");
    }
    rows.sort_by_key(|row| row["id"].to_string());
    rows
}

#[test]
fn a_village_keeps_its_ledger_and_the_center_merges_it() {
    let place = township();
    let ids = roster(&place);
    let found = place.bx("--ledger school find wxm").ok();
    assert!(found.contains("王小明") && found.contains("王晓梅") && !found.contains("𠮷䶮"), "{found}");

    let visit = place.put(
        "school",
        "home_visit",
        &json!({ "student": ids[0], "visited_on": "2026-10-12", "way": "入户", "visitors": "李老师", "met": "祖母",
                 "findings": ["逃学旷课"], "agreed": "下周一到校", "next_on": "2026-10-19" }),
    );
    let case = place.put(
        "school",
        "dropout_case",
        &json!({ "student": ids[0], "visit": visit, "left_on": "2026-10-09", "main_cause": "外出务工",
                 "whereabouts": "省外务工", "duty_school": "李老师" }),
    );
    assert_eq!(place.row("school", "student", &ids[0])["status"], "22", "the case shows on the child");
    for (on, way, result) in [("2026-10-13", "班主任电话", "联系不上"), ("2026-10-15", "班主任家访", "犹豫")]
    {
        place.put(
            "school",
            "persuasion",
            &json!({ "case": case, "on": on, "people": "李老师", "way": way, "result": result }),
        );
    }

    let first = place.export("school", "stick");
    let seen = place.bx(&format!("--ledger center inspect {first} --json")).json();
    assert_eq!(
        (seen["sender"].as_str(), seen["for_us"].as_bool(), seen["known"].as_bool()),
        (Some("柳湾村小学"), Some(true), Some(false))
    );
    let rehearsed = place.bx(&format!("--ledger center merge {first} --rehearse --json")).json();
    assert_eq!(rehearsed["added"]["student"], 4);
    assert!(place.get("center", "student").is_empty(), "a rehearsal writes nothing");
    let merged = place.bx(&format!("--ledger center merge {first} --json")).json();
    assert_eq!(merged["added"], rehearsed["added"]);
    assert_eq!(without_marks(place.get("center", "student")), without_marks(place.get("school", "student")));
    for record in ["home_visit", "dropout_case", "persuasion", "enrolment"] {
        assert_eq!(without_marks(place.get("center", record)), without_marks(place.get("school", record)), "{record}");
    }
    let again = place.bx(&format!("--ledger center merge {first}")).ok();
    assert_eq!(again.trim(), "已接收过，无新内容。");
}

#[test]
fn one_true_conflict_is_shown_with_both_values_and_settled() {
    let place = township();
    let ids = roster(&place);
    let first = place.export("school", "stick");
    place.bx(&format!("--ledger center merge {first}")).ok();

    let child = &ids[1];
    place.put("center", "student", &json!({ "id": child, "phone": "16400000002", "village": "柳湾村一组" }));
    place.put("school", "student", &json!({ "id": child, "phone": "16400000003", "class": "2" }));
    let second = place.export("school", "stick");
    let rehearsed = place.bx(&format!("--ledger center merge {second} --rehearse --json")).json();
    assert_eq!(rehearsed["conflicts"], 1);
    place.bx(&format!("--ledger center merge {second}")).ok();

    let conflicts = place.bx("--ledger center conflicts --json").json();
    let conflicts = conflicts.as_array().unwrap();
    assert_eq!(conflicts.len(), 1, "other fields stand side by side: {conflicts:?}");
    let rivals: Vec<(&str, &str)> = conflicts[0]["rivals"]
        .as_array()
        .unwrap()
        .iter()
        .map(|rival| (rival["text"].as_str().unwrap(), rival["who"].as_str().unwrap()))
        .collect();
    assert!(rivals.contains(&("16400000002", "周主任")) && rivals.contains(&("16400000003", "李老师")), "{rivals:?}");
    let merged = place.row("center", "student", child);
    assert_eq!((merged["village"].as_str(), merged["class"].as_str()), (Some("柳湾村一组"), Some("2")));
    assert_eq!(merged["_conflicts"], json!(["phone"]));
    let refused = place.bx_reading("--ledger center put student", &json!({ "id": child, "phone": "1" }).to_string());
    assert!(refused.refused(1).contains("尚未选定"));

    place.bx(&format!("--ledger center resolve {child} phone 16400000003 --why 与监护人核对")).ok();
    assert!(place.bx("--ledger center conflicts --json").json().as_array().unwrap().is_empty());
    assert_eq!(place.row("center", "student", child)["phone"], "16400000003");
    let history = place.bx(&format!("--ledger center history {child}")).ok();
    for part in ["周主任", "李老师", "16400000002", "16400000003", "与监护人核对", "禾塘镇中心学校", "柳湾村小学"]
    {
        assert!(history.contains(part), "{part} is missing in\n{history}");
    }
    let told = place.bx(&format!("--ledger center history {child} --json")).json();
    let fields: Vec<&str> = told.as_array().unwrap().iter().map(|line| line["field"].as_str().unwrap()).collect();
    let made = ["name", "sex", "birth_date", "phone", "_life"];
    assert!(fields.ends_with(&made), "the newest first, a change's fields as the form has them: {fields:?}");
    assert_eq!(fields.first(), Some(&"phone"));

    place.bx("--ledger center undo").ok();
    assert_eq!(place.bx("--ledger center conflicts --json").json().as_array().unwrap().len(), 1);
}

#[test]
fn every_edit_can_be_taken_back_one_after_another() {
    let place = township();
    let before = without_marks(place.get("school", "student"));
    let ids = roster(&place);
    let full = without_marks(place.get("school", "student"));
    place.put(
        "school",
        "student",
        &json!({ "id": ids[2], "name": "阿依古丽", "grade": "四年级", "left_behind": "父母双方外出" }),
    );
    place.put("school", "student", &json!({ "id": ids[2], "name": "阿依努尔", "former_name": "古丽" }));
    place.bx("--ledger school undo").ok();
    place.bx("--ledger school undo").ok();
    assert_eq!(without_marks(place.get("school", "student")), full);
    for _ in &ids {
        place.bx("--ledger school undo").ok();
    }
    assert_eq!(without_marks(place.get("school", "student")), before);
    assert!(place.get("school", "enrolment").is_empty());
}
