//! A child's page as one file, search as teachers search, one field over many rows, last year on paper.

use actions::{ArchiveRequest, BulkRequest, RolloverRequest};
use domain::Id;
use domain::words::Language;
use serde_json::json;
use store::Definitions;
use support::desks::Office;
use support::pages::Printed;

fn school() -> Office {
    Office::new("primary", "柳湾村小学", 1, &Definitions::built_in())
}

fn names(office: &Office, words: &str) -> Vec<String> {
    actions::find(&office.desk, words.to_owned()).unwrap().into_iter().map(|row| row.name).collect()
}

#[test]
fn a_child_is_found_by_every_name_it_goes_by() {
    let office = school();
    let child = json!({ "name": "曾乐行", "former_name": "曾小乐", "id_number": "11010519491231002X", "village": "柳湾村三组", "phone": "16400001234",
                        "grade": "三年级", "class": "1", "sex": "男" });
    let id = office.put("student", &child);
    office.put("guardian", &json!({ "student": id, "name": "张桂兰", "phone": "16499998888", "relation": "祖母" }));
    for words in [
        "曾乐行",
        "zenglexing",
        "cengyuehang",
        "zlx",
        "cyh",
        "曾小乐",
        "1101051949",
        "31002X",
        "三组",
        "16400001234",
        "张桂兰",
        "zhangguilan",
        "16499998888",
        "曾勒型",
    ] {
        assert_eq!(names(&office, words), ["曾乐行"], "“{words}”");
    }
    assert!(names(&office, "王二").is_empty());
    let about = |office: &Office| actions::find(&office.desk, "zlx".to_owned()).unwrap()[0].about.join(" ");
    assert!(about(&office).contains("三年级(1)班") && about(&office).contains("柳湾村三组"));
    office.desk.set_language(Language::En);
    assert!(about(&office).contains("Grade 3") && about(&office).contains("Male"), "{}", about(&office));
}

#[test]
fn a_center_sees_the_school_of_whom_it_finds() {
    let definitions = Definitions::built_in();
    let center = Office::new("center", "禾塘镇中心学校", 9, &definitions);
    let school = school();
    school.enrol_under(&center);
    school.put("student", &json!({ "name": "王小明", "grade": "三年级", "class": "1" }));
    school.report_to(&center);
    assert!(actions::find(&center.desk, "wxm".to_owned()).unwrap()[0].about.contains(&"柳湾村小学".to_owned()));
}

#[test]
fn one_field_over_many_children_is_shown_first_and_taken_back_at_once() {
    let office = school();
    let ids: Vec<Id> = ["甲", "乙", "丙"]
        .iter()
        .map(|name| office.put("student", &json!({ "name": name, "grade": "三年级", "class": "1" })))
        .collect();
    office.put("student", &json!({ "id": ids[2], "village": "柳湾村" }));
    let request = |field: &str, value: &str| BulkRequest {
        record: "student".to_owned(),
        ids: ids.clone(),
        field: field.to_owned(),
        value: json!(value),
        why: None,
    };
    let plan = actions::rehearse_bulk(&office.desk, request("village", "柳湾村")).unwrap();
    assert_eq!((plan.changed.len(), plan.same, plan.refused.len()), (2, 1, 0));
    assert_eq!((plan.changed[0].from.as_str(), plan.changed[0].to.as_str()), ("", "柳湾村"));
    assert!(office.get("student", Some(ids[0]))[0]["village"].is_null(), "a rehearsal writes nothing");
    let done = actions::bulk_edit(&office.desk, request("village", "柳湾村")).unwrap();
    assert_eq!(done.changed, plan.changed);
    let class = actions::bulk_edit(&office.desk, request("class", "2")).unwrap();
    assert_eq!(class.changed.len(), 3, "fields that live in other rows as well");
    actions::undo(&office.desk, None).unwrap();
    actions::undo(&office.desk, None).unwrap();
    for id in &ids {
        let row = &office.get("student", Some(*id))[0];
        assert_eq!(row["class"], json!("1"));
    }
    assert!(office.get("student", Some(ids[0]))[0]["village"].is_null());
    let refused = actions::rehearse_bulk(&office.desk, request("birth_date", "昨天")).unwrap();
    assert_eq!((refused.changed.len(), refused.refused.len()), (0, 3));
    assert!(!refused.refused[0].problems.is_empty() && refused.refused[0].name == "甲");
}

#[test]
fn a_childs_page_tells_its_life_from_every_register_and_opens_at_once() {
    let office = school();
    let id =
        office.put("student", &json!({ "name": "王小明", "grade": "三年级", "class": "1", "left_behind": "双亲留守" }));
    office.put("guardian", &json!({ "student": id, "name": "张桂兰", "relation": "祖母", "phone": "16499998888" }));
    let case = office.put("dropout_case", &json!({ "student": id, "left_on": "2026-08-20", "duty_school": "李老师" }));
    office.put(
        "persuasion",
        &json!({ "case": case, "on": "2026-09-01", "people": "李老师", "way": "班主任家访", "next_on": "2026-09-05" }),
    );
    for day in 1..=296 {
        let on = domain::Date::from_ymd_opt(2025, 9, 1).unwrap().iter_days().nth(day).unwrap();
        office.put("home_visit", &json!({ "student": id, "visited_on": on.to_string(), "way": "电话", "visitors": "李老师", "agreed": "按时到校" }));
    }
    let page = actions::timeline(&office.desk, id).unwrap();
    assert!(page.lines.len() >= 300, "{}", page.lines.len());
    let days: Vec<&str> = page.lines.iter().map(|line| line.on.as_str()).collect();
    assert!(days.is_sorted_by(|a, b| a >= b), "newest first");
    let records: Vec<&str> = page.lines.iter().map(|line| line.record.as_str()).collect();
    for record in ["guardian", "enrolment", "fact", "dropout_case", "persuasion", "home_visit"] {
        assert!(records.contains(&record), "{record}");
    }
    assert!(
        page.due.iter().any(|due| due.record == "persuasion" && due.passed && due.on == "2026-09-05"),
        "{:?}",
        page.due
    );
    assert!(page.forms.iter().any(|offer| offer.form == "home_visit" && offer.ids.len() == 296));
    assert!(page.forms.iter().any(|offer| offer.ids == [id]), "sheets about the child itself");
}

#[test]
fn last_year_is_printed_as_it_was_and_put_away_in_a_folder() {
    let office = school();
    office.desk.set_today("2026-08-25".parse().unwrap());
    for (name, grade) in [("王小明", "三年级"), ("李小红", "六年级")] {
        let id = office.put("student", &json!({ "name": name }));
        let seat = json!({ "student": id, "grade": grade, "class": "1", "from_on": "2025-09-01" });
        office.put("enrolment", &seat);
        office.put(
            "home_visit",
            &json!({ "student": id, "visited_on": "2026-03-01", "way": "电话", "visitors": "李老师" }),
        );
    }
    actions::rollover(&office.desk, RolloverRequest::default()).unwrap();
    office.desk.set_today("2026-10-01".parse().unwrap());
    let print = |on: Option<&str>| {
        let pages =
            actions::paper::PagesRequest { form: "roster".to_owned(), on: on.map(str::to_owned), ..Default::default() };
        let out = office.beside("roster.pdf");
        let done = actions::paper::print(&office.desk, actions::paper::PrintRequest { pages, out }).unwrap();
        Printed { file: done.file.into(), pages: done.pages, missing: vec![] }.run()
    };
    let (now, then) = (print(None), print(Some("2026-06-30")));
    assert!(now.contains("四年级") && !now.contains("三年级"), "{now}");
    assert!(then.contains("三年级") && then.contains("六年级") && then.contains("2026年6月30日"), "{then}");
    let archive =
        actions::archive_year(&office.desk, ArchiveRequest { on: None, folder: office.beside("档案") }).unwrap();
    assert_eq!(archive.year, "2025—2026");
    for form in ["roster", "home_visit", "graduates"] {
        assert!(archive.files.iter().any(|file| file.form == form && file.rows > 0), "{form}: {:?}", archive.files);
    }
    for file in &archive.files {
        let path = std::path::Path::new(&archive.folder).join(&file.name);
        assert!(path.metadata().unwrap().len() > 0, "{}", file.name);
    }
    let roster = archive.files.iter().find(|file| file.form == "roster" && file.pages > 0).unwrap();
    let text =
        Printed { file: std::path::Path::new(&archive.folder).join(&roster.name), pages: 1, missing: vec![] }.run();
    assert!(text.contains("三年级") && text.contains("李小红"), "{text}");
}

#[test]
fn who_is_left_behind_depends_on_who_asks() {
    let office = school();
    let id = office
        .put("student", &json!({ "name": "王小明", "birth_date": "2015-03-04", "grade": "三年级", "class": "1" }));
    office.put("student", &json!({ "name": "李小红", "birth_date": "2015-03-04", "left_behind": "双亲留守" }));
    office.put("parent_away", &json!({ "student": id, "who": "父亲", "from_on": "2026-02-01" }));
    let lines = actions::left_behind(&office.desk, None).unwrap();
    let of = |name: &str| lines.iter().find(|line| line.name == name).unwrap();
    use domain::left_behind::{Away, Definition};
    assert_eq!(of("王小明").by.get(&Definition::RollSystem), Some(&Away::One));
    assert_eq!(of("王小明").by.get(&Definition::CivilAffairs), None, "the mother is at home and able");
    assert!(of("王小明").differs && of("李小红").differs, "what the roll says and what the facts say are told apart");
    assert!(
        actions::left_behind(&office.desk, Some("2026-03-01".to_owned()))
            .unwrap()
            .iter()
            .all(|line| !line.by.contains_key(&Definition::RollSystem))
    );
    office.put("guardian", &json!({ "student": id, "name": "王母", "relation": "母亲", "able": "否" }));
    let lines = actions::left_behind(&office.desk, None).unwrap();
    assert_eq!(
        lines.iter().find(|line| line.name == "王小明").unwrap().by.get(&Definition::CivilAffairs),
        Some(&Away::One)
    );
}

#[test]
fn children_of_age_in_no_school_are_named() {
    let office = school();
    let put = |name: &str, born: &str| {
        office.put("student", &json!({ "name": name, "birth_date": born, "village": "柳湾村" }))
    };
    let never = put("从未入学", "2019-05-01");
    put("太小", "2023-05-01");
    let seated = office.put("student", &json!({ "name": "在读", "birth_date": "2017-05-01", "grade": "二年级" }));
    let gone = put("转走", "2017-05-01");
    office.put(
        "roll_change",
        &json!({ "student": gone, "kind": "转出", "state": "完成", "changed_on": "2026-09-01", "to_school": "县一小" }),
    );
    let left = put("离校", "2015-05-01");
    office.put(
        "enrolment",
        &json!({ "student": left, "grade": "三年级", "from_on": "2024-09-01", "until_on": "2026-03-01" }),
    );
    let case =
        office.put("dropout_case", &json!({ "student": left, "left_on": "2026-03-01", "duty_school": "李老师" }));
    let lines = actions::out_of_school(&office.desk, None).unwrap();
    let named: Vec<Id> = lines.iter().map(|line| line.student).collect();
    assert!(
        named.len() == 2 && named.contains(&never) && named.contains(&left) && !named.contains(&seated),
        "{lines:?}"
    );
    let one = lines.iter().find(|line| line.student == left).unwrap();
    assert_eq!((one.since.as_str(), one.case), ("2026-03-01", Some(case)));
}
