//! Whom a line is about, and which of its cells are taken.

use serde_json::Value as Json;
use support::imports::{Office, find, numbers};

/// Every ruined, cut or hidden number is told, its field stays empty, its cell is kept; sound ones come in clean.
#[test]
fn no_ruined_number_comes_in_and_none_is_mended() {
    let office = Office::new();
    let report = office.import(&office.file("numbers.xlsx"));
    assert_eq!(numbers(&report), (12, 12, 0, 0, 0));
    let mut told: Vec<String> = report.findings.iter().map(|one| format!("{} {}", one.row, one.reason)).collect();
    told.sort();
    insta::assert_snapshot!(told.join("\n"), @r"
    10 身份证号应为 18 位，现为 14 位。请按户口簿核对。
    11 身份证号最后一位应为 5，现为 1，可能有一位抄错。请按户口簿核对。
    13 号码中有星号遮住的部分，没有采用。请填写完整号码。
    2 “4.10423201703013E+17”是被表格软件改坏的身份证号，后几位已经丢失，无法还原。请按户口簿重新输入 18 位号码。
    3 “4.10423E+17”是被表格软件改坏的身份证号，后几位已经丢失，无法还原。请按户口簿重新输入 18 位号码。
    4 “4.10423E+17”是被表格软件改坏的身份证号，后几位已经丢失，无法还原。请按户口簿重新输入 18 位号码。
    5 “4.10423201703E+17”是被表格软件改坏的身份证号，后几位已经丢失，无法还原。请按户口簿重新输入 18 位号码。
    6 身份证号末几位为 000 且校验不符，像是被表格软件改坏的。请按户口簿重新输入。
    7 “４．１０４２３Ｅ＋１７”是被表格软件改坏的身份证号，后几位已经丢失，无法还原。请按户口簿重新输入 18 位号码。
    ");
    for name in ["吴一", "吴二", "吴三", "吴四", "吴五", "吴六", "吴九", "吴乙"] {
        let child = office.child(name);
        assert_eq!(child["id_number"], Json::Null, "{name}");
        let notes = office.get("import_note", &[("student", child["id"].as_str().unwrap())]);
        assert!(notes[0]["unread"].as_str().unwrap().starts_with("身份证号 (D)："), "{name}");
    }
    for name in ["吴七", "吴八", "吴十"] {
        assert_eq!(office.child(name)["id_number"].as_str().unwrap().len(), 18, "{name}");
    }
    assert_eq!(office.child("吴甲")["id_number"], Json::Null);
}

/// A name alone identifies nobody; a birth date, a class or a number beside it does.
#[test]
fn a_name_alone_identifies_nobody() {
    let office = Office::new();
    office.import(&office.file("people.xlsx"));
    let report = office.import(&office.file("people_later.xlsx"));
    assert_eq!(numbers(&report), (8, 1, 3, 0, 4));
    let told: Vec<String> = report
        .findings
        .iter()
        .map(|one| format!("{}{} {:?} {}", one.column, one.row, one.severity, one.reason))
        .collect();
    insta::assert_snapshot!(told.join("\n"), @r"
    A2 Block 台账中有 3 名同名的孩子，仅凭姓名不能确定是不是同一人，没有导入。请补上身份证号、学籍号、出生日期或班级。
    A4 Block 台账中有 2 名同名的孩子，仅凭姓名不能确定是不是同一人，没有导入。请补上身份证号、学籍号、出生日期或班级。
    A6 Warning 没有号码和出生日期，以后难与同名的孩子区分。已作为新学生登记，请尽快补全。
    A7 Block 台账中这个号码是“钱小丫”的，姓名不同，没有导入。请核对号码是否填错了行。
    A8 Warning 台账中的姓名是“钱小丫”，将改为这里的姓名。请核对。
    A9 Block 这一行没有姓名，也没有台账中已有的号码，不知道是谁，没有导入。请补上姓名。
    ");
    let village = |name: &str, day: &str| -> Vec<Json> {
        let rows = office.get("student", &[("name", name), ("birth_date", day)]);
        rows.into_iter().map(|row| row["village"].clone()).collect()
    };
    assert_eq!(village("郑强", "2016-01-01"), [Json::Null]);
    let mut second = village("郑强", "2016-02-02");
    second.sort_by_key(Json::to_string);
    assert_eq!(second, [Json::from("二组"), Json::Null]);
    assert_eq!(office.child("钱小鸭")["village"], "四组", "an empty cell clears nothing");
}

/// An empty cell never clears what stands.
#[test]
fn an_empty_cell_clears_nothing() {
    let office = Office::new();
    office.import(&office.file("village.xlsx"));
    office.import(&office.file("village_later.xlsx"));
    let child = office.child("张伟");
    assert_eq!(
        (&child["class"], &child["phone"], &child["boarding"]),
        (&"2".into(), &"13900009999".into(), &"2".into())
    );
    assert_eq!(child["address"], "石门村三组", "what the second workbook does not say stays");
    assert_eq!(office.child("李晓燕")["address"], "石门村一组");
}

/// A line nobody can be found for says so in plain words.
#[test]
fn a_line_without_a_name_is_refused_in_plain_words() {
    let office = Office::new();
    let report = office.rehearse(&office.file("village.xlsx"));
    let finding = find(&report, "三年级", 9, "B");
    insta::assert_snapshot!(finding.reason, @"这一行没有姓名，也没有台账中已有的号码，不知道是谁，没有导入。请补上姓名。");
    let day = find(&report, "三年级", 8, "D");
    insta::assert_snapshot!(format!("{} {} {}", day.head, day.typed, day.reason), @"出生日期 2017年13月1日 没有“2017年13月1日”这一天。请核对日期。");
}

/// A new school year's roster opens a new enrolment and leaves last year's as it was; undo takes both back.
#[test]
fn a_new_school_year_keeps_where_the_child_sat_before() {
    let office = Office::new();
    office.import(&office.file("village.xlsx"));
    office.reopen("2027-09-10");
    let before = office.everything();
    let report = office.import(&office.file("next_year.xlsx"));
    assert_eq!(numbers(&report), (1, 0, 1, 0, 0));
    let child = office.child("张伟");
    assert_eq!((&child["grade"], &child["class"]), (&"14".into(), &"1".into()));
    let seats = office.get("enrolment", &[("student", child["id"].as_str().unwrap())]);
    let seats: Vec<String> = seats
        .iter()
        .map(|seat| format!("{} {} {} {}", seat["school_year"], seat["grade"], seat["from_on"], seat["until_on"]))
        .collect();
    insta::assert_snapshot!(seats.join("\n"), @r#"
    "2027—2028" "14" "2027-09-01" null
    "2026—2027" "13" null "2027-09-01"
    "#);
    assert_eq!(office.import(&office.file("next_year.xlsx")).same, 1);
    office.undo(report.change.unwrap());
    assert_eq!(office.everything(), before);
}

/// Visits come in for known children only; what else the sheet says is kept.
#[test]
fn visits_come_in_for_children_the_ledger_knows() {
    let office = Office::new();
    office.import(&office.file("village_later.xlsx"));
    let file = office.file("visits.xlsx");
    let report = office.import_into("home_visit", &file);
    assert_eq!((numbers(&report), report.kept.clone()), ((4, 2, 0, 0, 2), vec!["天气".to_owned()]));
    insta::assert_snapshot!(find(&report, "家访", 5, "B").reason, @"台账中没有这个孩子，没有导入。请先导入学生花名册，或核对姓名和号码。");
    let visits = office.get("home_visit", &[("student", office.child("张伟")["id"].as_str().unwrap())]);
    assert_eq!((&visits[0]["visited_on"], &visits[0]["agreed"]), (&"2026-09-20".into(), &"每周通话".into()));
    let before = office.everything();
    let again = office.import_into("home_visit", &file);
    assert_eq!((again.new, again.changed, again.same), (0, 0, 2));
    assert_eq!(office.everything(), before);
}
