//! Registers: natural keys, rows under two others, windows of a list.

use std::collections::BTreeSet;

use actions::ListRequest;
use domain::{FieldType, Record};
use serde_json::{Value as Json, json};
use store::Definitions;
use support::desks::Office;
use support::registers::{listed, with_kites};

#[test]
fn the_made_up_record_covers_every_type_of_field() {
    let definitions = with_kites();
    let kite = definitions.catalogue.record("kite").unwrap();
    let used = |of: &Record| of.fields.iter().map(|field| format!("{:?}", field.kind)).collect::<BTreeSet<_>>();
    for record in definitions.catalogue.records() {
        assert!(used(record).is_subset(&used(kite)), "{} has a type that kites lack", record.record);
    }
    assert!(kite.fields.iter().any(|field| field.kind == FieldType::Row));
}

fn roll_call(class: &str, present: u32) -> Json {
    json!({ "on": "2026-09-07", "grade": "三年级", "class": class, "expected": 30, "present": present })
}

#[test]
fn two_computers_that_take_the_same_roll_call_make_one_row() {
    let definitions = Definitions::built_in();
    let first = Office::new("school", "柳湾村小学", 1, &definitions);
    let child = first.put("student", &json!({ "name": "王小明" }));
    let second = first.cloned(3, &definitions);
    let ids = [first.put("class_day", &roll_call("1", 29)), second.put("class_day", &roll_call("1", 28))];
    assert_eq!(ids[0], ids[1]);
    let missing = json!({ "student": child, "on": "2026-09-07", "kind": "病假" });
    assert_eq!(first.put("absence", &missing), second.put("absence", &missing));
    assert_ne!(first.put("class_day", &roll_call("2", 30)), ids[0], "another class is another roll call");
    first.carry_to(&second);
    second.carry_to(&first);
    for office in [&first, &second] {
        assert_eq!((office.get("class_day", None).len(), office.get("absence", None).len()), (2, 1));
        let conflicts = actions::conflicts(&office.desk, ()).unwrap();
        let fields: Vec<&str> = conflicts.iter().map(|line| line.field.as_str()).collect();
        assert_eq!(fields, ["present"], "only what differs asks for a choice");
        assert!(office.desk.session().unwrap().store.read(|view| view.verify()).unwrap().is_empty());
    }
}

#[test]
fn a_roll_call_entered_twice_changes_the_one_that_is_there() {
    let school = Office::new("school", "柳湾村小学", 1, &Definitions::built_in());
    let id = school.put("class_day", &roll_call("1", 29));
    assert_eq!(school.put("class_day", &roll_call("1", 30)), id);
    let rows = school.get("class_day", None);
    assert_eq!((rows.len(), &rows[0]["present"]), (1, &json!(30)));
}

#[test]
fn a_deleted_roll_call_entered_again_is_back_and_undone_in_one_step() {
    let school = Office::new("school", "柳湾村小学", 1, &Definitions::built_in());
    let id = school.put("class_day", &roll_call("1", 29));
    let request = actions::LiveRequest { record: "class_day".to_owned(), id, why: None };
    actions::delete_row(&school.desk, request).unwrap();
    assert_eq!(school.put("class_day", &roll_call("1", 30)), id);
    assert_eq!(school.get("class_day", None)[0]["present"], json!(30));
    actions::undo(&school.desk, None).unwrap();
    assert!(school.get("class_day", None).is_empty());
}

#[test]
fn what_says_which_row_it_is_cannot_be_changed_into_another() {
    let school = Office::new("school", "柳湾村小学", 1, &Definitions::built_in());
    let id = school.put("class_day", &roll_call("1", 29));
    let moved = school.save("class_day", &json!({ "id": id, "on": "2026-09-06" })).unwrap_err();
    let told: Vec<_> = moved.fields.iter().map(|problem| (problem.field.as_str(), problem.rule.as_str())).collect();
    assert_eq!(told, [("on", "key_moved")]);
}

#[test]
fn a_child_missed_is_listed_in_its_own_file_and_under_the_roll_call() {
    let school = Office::new("school", "柳湾村小学", 1, &Definitions::built_in());
    let child = school.put("student", &json!({ "name": "王小明" }));
    let day = school.put("class_day", &roll_call("1", 29));
    school.put("absence", &json!({ "student": child, "day": day, "on": "2026-09-07", "kind": "病假" }));
    for above in [child, day] {
        let families = actions::family(&school.desk, above).unwrap();
        let absences = families.iter().find(|family| family.record == "absence").unwrap();
        assert_eq!(absences.rows.len(), 1);
    }
    let list = listed(&school, school.desk.catalogue().form("class_days").unwrap());
    assert!(list.rows[0].cells.contains(&"1".to_owned()), "the roll call counts who was missed: {:?}", list.rows);
}

#[test]
fn the_ledger_of_children_left_behind_tells_father_mother_and_carer_apart() {
    let school = Office::new("school", "柳湾村小学", 1, &Definitions::built_in());
    let child = school.put("student", &json!({ "name": "王小明", "left_behind": "双亲留守" }));
    school.put("student", &json!({ "name": "李小红", "left_behind": "非留守" }));
    let guardian = |name: &str, relation: &str, phone: &str, entrusted: &str| {
        let values =
            json!({ "student": child, "name": name, "relation": relation, "phone": phone, "entrusted": entrusted });
        school.put("guardian", &values);
    };
    guardian("王母", "母亲", "16400000002", "否");
    guardian("王父", "父亲", "16400000001", "否");
    guardian("张奶奶", "祖母", "16400000003", "是");
    school
        .put("parent_away", &json!({ "student": child, "who": "父亲", "place": "广东东莞", "from_on": "2026-03-01" }));
    school
        .put("parent_away", &json!({ "student": child, "who": "母亲", "place": "浙江义乌", "from_on": "2026-03-01" }));
    let list = listed(&school, school.desk.catalogue().form("left_behind").unwrap());
    assert_eq!(list.total, 1, "a child whose parents are at home is not listed");
    let at = |text: &str| list.rows[0].cells.iter().position(|cell| cell == text);
    let order = ["广东东莞", "16400000001", "浙江义乌", "16400000002", "张奶奶", "16400000003"].map(at);
    assert!(order.iter().all(Option::is_some) && order.is_sorted(), "{:?}", list.rows[0].cells);
}

/// A list is read from its nearer end: whatever the order and the window, it is a part of the whole, empty fields and equal
/// values included.
///
/// Mutants caught: rows read from the last one not turned round; the row's own number not turned round with its fields.
#[test]
fn every_window_of_a_list_is_a_part_of_the_whole() {
    let office = Office::new("school", "柳湾村小学", 1, &Definitions::built_in());
    for (name, village) in [
        ("王一", "上坝"),
        ("李二", ""),
        ("张三", "上坝"),
        ("赵四", "下坝"),
        ("钱五", ""),
        ("孙六", "上坝"),
        ("周七", ""),
    ] {
        office.put(
            "student",
            &json!({ "name": name, "birth_date": "2016-03-04", "village": village, "grade": "三年级", "class": "1" }),
        );
    }
    let window = |order: &[&str], offset: u64, limit: u32| {
        let order = order.iter().map(|key| (*key).to_owned()).collect();
        let filters = [("*".to_owned(), Some("all".to_owned()))].into();
        let request = ListRequest { form: "roster".to_owned(), filters, order, offset, limit: limit.into() };
        let listed = actions::list_rows(&office.desk, request).unwrap();
        listed.rows.into_iter().map(|row| row.id).collect::<Vec<_>>()
    };
    for order in [&[][..], &["village"], &["-village", "name"], &["-grade"]] {
        let whole = window(order, 0, 100);
        assert_eq!(whole.len(), 7);
        for (offset, limit) in (0..9).flat_map(|offset| (1..9).map(move |limit| (offset, limit))) {
            let part: Vec<_> = whole.iter().copied().skip(offset as usize).take(limit as usize).collect();
            assert_eq!(window(order, offset, limit), part, "{order:?} {offset} {limit}");
        }
    }
}
