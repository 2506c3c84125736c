//! Who is on the roster on a day, and that a change on the roll moves the seat it is about: nobody types it twice.

use std::collections::BTreeMap;

use actions::import::{ImportReport, ImportRequest};
use actions::{ListReply, ListRequest};
use domain::Id;
use serde_json::{Value as Json, json};
use sheets::{List, ListColumn};
use store::Definitions;
use support::desks::Office;

fn school() -> Office {
    Office::new("school", "柳湾村小学", 1, &Definitions::built_in())
}

fn child(office: &Office, name: &str) -> Id {
    office.put(
        "student",
        &json!({ "name": name, "birth_date": "2016-03-04", "grade": "三年级", "class": "1", "status": "在读" }),
    )
}

fn roster(office: &Office, extent: Option<&str>) -> ListReply {
    let filters = extent.map(|part| ("*".to_owned(), Some(part.to_owned()))).into_iter().collect();
    let request = ListRequest { form: "roster".to_owned(), filters, order: vec![], offset: 0, limit: 50 };
    actions::list_rows(&office.desk, request).unwrap()
}

fn totals(office: &Office) -> [u64; 3] {
    [None, Some("others"), Some("all")].map(|part| roster(office, part).total)
}

fn seats(office: &Office, child: Id) -> Vec<[Json; 4]> {
    let mut seats: Vec<[Json; 4]> = office
        .get("enrolment", None)
        .into_iter()
        .filter(|row| row["student"] == json!(child))
        .map(|row| ["grade", "status", "from_on", "until_on"].map(|key| row.get(key).cloned().unwrap_or_default()))
        .collect();
    seats.sort_by_key(|seat| seat[2].as_str().unwrap_or_default().to_owned());
    seats
}

/// Meant against this mistake: `extent` gives no conditions: the roster lists who finished long ago.
#[test]
fn the_roster_shows_who_is_on_the_roll_and_the_others_are_one_choice_away() {
    let office = school();
    child(&office, "王小明");
    let gone = child(&office, "李小红");
    office.put("student", &json!({ "name": "张未入学", "birth_date": "2020-03-04" }));
    office.put("student", &json!({ "name": "赵已转", "grade": "三年级", "class": "1", "status": "已转出" }));
    assert_eq!(totals(&office), [2, 2, 4]);
    let seat = office.get("enrolment", None).into_iter().find(|row| row["student"] == json!(gone)).unwrap();
    office.put("enrolment", &json!({ "id": seat["id"], "until_on": "2026-09-01" }));
    assert_eq!(totals(&office), [1, 3, 4]);
    let bad = ListRequest {
        form: "roster".to_owned(),
        filters: [("*".to_owned(), Some("some".to_owned()))].into(),
        order: vec![],
        offset: 0,
        limit: 5,
    };
    assert_eq!(actions::list_rows(&office.desk, bad).unwrap_err().code, "bad_request");
}

/// Meant against this mistake: `beside` looks at the row before it is saved only: nothing is entered, the seat goes on.
#[test]
fn a_transfer_that_is_done_ends_the_seat_in_the_same_change_and_one_undo_takes_both_back() {
    let office = school();
    let child = child(&office, "王小明");
    let change = json!({ "student": child, "kind": "转出", "applied_on": "2026-09-01", "state": "学校审核" });
    let id = office.put("roll_change", &change);
    assert_eq!(seats(&office, child)[0][3], Json::Null, "not before it is done");
    let done = json!({ "id": id, "state": "完成", "changed_on": "2026-09-05", "done_on": "2026-09-07" });
    let saved = office.save("roll_change", &done).unwrap();
    assert_eq!(seats(&office, child), [[json!("13"), json!("01"), Json::Null, json!("2026-09-05")]]);
    assert_eq!(totals(&office), [0, 1, 1]);
    assert_eq!(saved.changes.len(), 1, "one change");
    actions::undo(&office.desk, Some(saved.changes[0].clone())).unwrap();
    assert_eq!(seats(&office, child)[0][3], Json::Null);
    assert_eq!(totals(&office), [1, 0, 1]);
}

#[test]
fn a_suspension_and_the_return_from_it_go_on_in_seats_of_their_own() {
    let office = school();
    let child = child(&office, "王小明");
    let common = json!({ "student": child, "applied_on": "2026-09-01", "state": "完成", "proofs": ["5"] });
    let with = |more: Json| {
        let mut row = common.clone();
        row.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        row
    };
    let pause = json!({ "kind": "休学", "changed_on": "2026-09-02", "done_on": "2026-09-02", "pause_from_on": "2026-09-02", "pause_until_on": "2027-08-31" });
    let mut pause = with(pause);
    pause.as_object_mut().unwrap().remove("proofs");
    office.put("roll_change", &pause);
    let grade = json!("13");
    let first = [grade.clone(), json!("01"), Json::Null, json!("2026-09-02")];
    assert_eq!(seats(&office, child).last().unwrap()[..3], [grade.clone(), json!("02"), json!("2026-09-02")]);
    let mut back = with(
        json!({ "kind": "复学", "changed_on": "2026-09-07", "done_on": "2026-09-07", "resume_on": "2026-09-07", "to_grade": "二年级" }),
    );
    back.as_object_mut().unwrap().remove("proofs");
    office.put("roll_change", &back);
    let all = seats(&office, child);
    assert_eq!(all.len(), 3, "{all:?}");
    assert!(all.contains(&first), "{all:?}");
    assert!(all.contains(&[json!("12"), json!("01"), json!("2026-09-07"), Json::Null]), "{all:?}");
    assert_eq!(office.get("student", Some(child))[0]["status"], json!("01"));
}

#[test]
fn a_transfer_in_opens_a_seat_unless_there_is_one() {
    let office = school();
    let newcomer = office.put("student", &json!({ "name": "钱新来", "birth_date": "2016-03-04" }));
    let seated = child(&office, "王小明");
    for child in [newcomer, seated] {
        let change = json!({ "student": child, "kind": "转入", "applied_on": "2026-09-01", "state": "完成", "changed_on": "2026-09-03",
                             "done_on": "2026-09-03", "to_grade": "四年级", "from_school": "石桥村小学" });
        office.put("roll_change", &change);
    }
    assert_eq!(seats(&office, newcomer), [[json!("14"), json!("01"), json!("2026-09-03"), Json::Null]]);
    assert_eq!(seats(&office, seated).len(), 1);
}

const HEADS: [&str; 9] =
    ["姓名", "出生日期", "变动类型", "申请日期", "办理状态", "变动日期", "办结日期", "休学开始", "复学日期"];

/// A workbook of changes on the roll: name, kind, state, and the day in force.
fn changes(office: &Office, lines: &[(&str, &str, &str, &str)]) -> ImportRequest {
    let columns = HEADS.map(|head| ListColumn { head: head.to_owned(), width_mm: None }).to_vec();
    let cells = |(name, kind, state, day): &(&str, &str, &str, &str)| {
        let day_if = |wanted: &str| if *kind == wanted { *day } else { "" };
        [name, "2016-03-04", kind, "2026-09-01", state, day, day, day_if("休学"), day_if("复学")]
            .map(str::to_owned)
            .to_vec()
    };
    let rows = lines.iter().map(cells).collect();
    let list = List {
        title: "学籍变动登记册".to_owned(),
        columns,
        rows,
        marks: Default::default(),
        landscape: false,
        paper: 9,
    };
    let file = office.beside("changes.xlsx");
    std::fs::write(&file, sheets::write(&list).unwrap()).unwrap();
    ImportRequest { file, record: "roll_change".to_owned(), sheet: None, columns: BTreeMap::new() }
}

fn import(office: &Office, lines: &[(&str, &str, &str, &str)]) -> ImportReport {
    actions::import::import(&office.desk, changes(office, lines)).unwrap()
}

/// Meant against these mistakes: an import stores its lines and no more, the seats go on; the lines are followed in the order
/// of their ids, a return before the suspension that it ends.
#[test]
fn what_a_workbook_says_is_done_moves_the_seats_as_if_it_were_typed_and_one_undo_takes_it_all_back() {
    let office = school();
    let (paused, gone) = (child(&office, "王小明"), child(&office, "李小红"));
    let before = office.get("enrolment", None);
    let lines = [
        ("王小明", "复学", "完成", "2026-09-07"),
        ("李小红", "转出", "完成", "2026-09-05"),
        ("王小明", "休学", "完成", "2026-09-02"),
    ];
    let told = actions::import::rehearse_import(&office.desk, changes(&office, &lines)).unwrap();
    assert_eq!((told.new, told.beside), (3, 5), "{told:?}");
    assert_eq!(office.get("enrolment", None), before, "a rehearsal moves nobody");
    let done = import(&office, &lines);
    assert_eq!((done.new, done.beside), (3, 5));
    let spans = |child| {
        seats(&office, child).into_iter().map(|[_, status, from, until]| (status, from, until)).collect::<Vec<_>>()
    };
    let (at_school, away) = (json!("01"), json!("02"));
    let day = |day: &str| json!(format!("2026-09-{day}"));
    assert_eq!(
        spans(paused),
        [
            (at_school.clone(), Json::Null, day("02")),
            (away, day("02"), day("07")),
            (at_school.clone(), day("07"), Json::Null)
        ]
    );
    assert_eq!(spans(gone), [(at_school, Json::Null, day("05"))]);
    let again = import(&office, &lines);
    assert_eq!((again.same, again.beside, again.change), (3, 0, None), "what is known moves nobody twice");
    actions::undo(&office.desk, done.change).unwrap();
    assert_eq!(office.get("enrolment", None).len(), 2);
    assert!(seats(&office, paused).iter().chain(&seats(&office, gone)).all(|seat| seat[3].is_null()));
}

/// Meant against this mistake: a line's state is taken whatever stood before: what is done is applied for once more.
#[test]
fn a_workbook_cannot_move_an_application_where_the_form_cannot() {
    let office = school();
    let child = child(&office, "王小明");
    import(&office, &[("王小明", "转出", "完成", "2026-09-05")]);
    let back = import(&office, &[("王小明", "转出", "学校审核", "2026-09-05")]);
    assert_eq!(back.beside, 0, "{back:?}");
    assert!(
        back.findings.iter().any(|one| one.head == "办理状态" && one.reason.contains("完成")),
        "{:?}",
        back.findings
    );
    assert_eq!(seats(&office, child)[0][3], json!("2026-09-05"));
    assert_eq!(office.get("roll_change", None)[0]["state"], json!("done"));
}

#[test]
fn many_applications_closed_at_once_move_every_seat_and_one_undo_takes_them_back() {
    let office = school();
    let children = ["王小明", "李小红"].map(|name| child(&office, name));
    let open = |child: &Id| {
        let change = json!({ "student": child, "kind": "转出", "applied_on": "2026-09-01", "state": "学校审核", "changed_on": "2026-09-05", "done_on": "2026-09-07" });
        office.put("roll_change", &change)
    };
    let ids = children.iter().map(open).collect();
    let request = actions::BulkRequest {
        record: "roll_change".to_owned(),
        ids,
        field: "state".to_owned(),
        value: json!("完成"),
        why: None,
    };
    let done = actions::bulk_edit(&office.desk, request).unwrap();
    assert_eq!(done.changed.len(), 2);
    let ends = || children.map(|child| seats(&office, child)[0][3].clone());
    assert_eq!(ends(), [json!("2026-09-05"), json!("2026-09-05")]);
    actions::undo(&office.desk, done.changes.first().cloned()).unwrap();
    assert_eq!(ends(), [Json::Null, Json::Null]);
}
