//! Every layout villages and the national system use is understood.

use std::collections::BTreeMap;

use actions::import::{ImportRequest, WorkbookView};
use serde_json::{Map, Value as Json};
use support::imports::{Office, numbers};

fn look(office: &Office, name: &str) -> WorkbookView {
    actions::import::read_workbook(&office.desk, office.file(name)).unwrap()
}

/// What a row says, without what the ledger adds.
fn said(row: &Map<String, Json>) -> String {
    let added = ["id", "_seen", "school", "student"];
    let shown = row.iter().filter(|(key, value)| !value.is_null() && !added.contains(&key.as_str()));
    shown.map(|(key, value)| format!("{key} {value}")).collect::<Vec<_>>().join(" · ")
}

/// The same roster as openpyxl, Excel 97, OpenDocument and LibreOffice write it comes in alike.
#[test]
fn one_roster_in_four_formats_is_one_roster() {
    let stories = ["village.xlsx", "village.xls", "village.ods", "village_libreoffice.xlsx"].map(|name| {
        let office = Office::new();
        let report = office.import(&office.file(name));
        let findings: Vec<String> =
            report.findings.iter().map(|one| format!("{}{} {}", one.column, one.row, one.reason)).collect();
        let mut children: Vec<String> = office.get("student", &[]).iter().map(said).collect();
        children.sort();
        (numbers(&report), findings, report.kept, children)
    });
    assert_eq!(stories[0].0, (5, 4, 0, 0, 1));
    assert_eq!(stories[0], stories[1], "xls");
    assert_eq!(stories[0], stories[2], "ods");
    assert_eq!(stories[0], stories[3], "LibreOffice's xlsx");
}

/// What is hidden is read too, and said.
#[test]
fn hidden_rows_and_columns_are_read_and_said() {
    let office = Office::new();
    for name in ["village.xlsx", "village.xls", "village.ods"] {
        let view = look(&office, name);
        let sheet = &view.sheets[0];
        assert_eq!((sheet.rows, sheet.hidden_rows), (5, 1), "{name}");
        let hidden: Vec<&str> = sheet.columns.iter().filter(|one| one.hidden).map(|one| one.head.as_str()).collect();
        assert_eq!(hidden, ["户主姓名"], "{name}");
        assert!(sheet.title.starts_with("石门村小学三年级学生花名册"), "{name}");
    }
}

/// Two-row headers are joined and understood.
#[test]
fn two_row_headers_are_joined() {
    let view = look(&Office::new(), "village.xlsx");
    let columns: Vec<String> = view.sheets[0]
        .columns
        .iter()
        .map(|one| format!("{} {} → {}", one.letter, one.head, one.path.as_deref().unwrap_or("–")))
        .collect();
    insta::assert_snapshot!(columns.join("\n"), @r"
    A 序号 → number
    B 姓  名★ → name
    C 性别 → sex
    D 出生日期 → birth_date
    E 身份证号码 → id_number
    F 年级 → grade
    G 班级 → class
    H 监护人信息 姓名 → guardian[1].name
    I 监护人信息 关系 → guardian[1].relation
    J 监护人信息 联系电话 → guardian[1].phone
    K 家庭住址 → address
    L 户主姓名 → –
    ");
}

/// What stands alone in the upper row is a column too, and a wide cell may say more than whose its columns are.
///
/// Mutants caught: the lower row alone taken for the header, as it names as many; 监护人情况 by itself a guardian's name.
#[test]
fn wide_cells_over_whole_names_are_joined() {
    let office = Office::new();
    let columns = |names: &str| {
        let text = format!(
            "柳湾村学生花名册\n序号,组别,学生基本情况,,,监护人情况,,,备注\n,,学生姓名,性别,出生年月日,{names},\n\
             1,一组,韩大,男,2019-10-03,韩长林,祖父,16400970001,父母在外务工\n"
        );
        let file = office.write("wide.csv", text.as_bytes());
        let view = actions::import::read_workbook(&office.desk, file).unwrap();
        let path = |one: &actions::import::ColumnView| one.path.clone().unwrap_or_default();
        view.sheets[0].columns.iter().map(path).collect::<Vec<_>>().join(" ")
    };
    let all = "number village name sex birth_date guardian[1].name guardian[1].relation guardian[1].phone note";
    assert_eq!(columns("监护人姓名,与学生关系,联系电话"), all);
    assert_eq!(columns("姓名,关系,电话"), all);
    let text = "姓名,性别,出生日期,监护人情况\n韩大,男,2019-10-03,父母在外务工\n".as_bytes();
    let report = office.import(&office.write("alone.csv", text));
    assert_eq!(report.kept, ["监护人情况"]);
}

/// Every column of the three template generations finds its place.
#[test]
fn the_national_templates_leave_no_column_over() {
    let mut stories = BTreeMap::new();
    for name in ["template_g1.xlsx", "template_g2.xlsx", "template_g3.xlsx"] {
        let office = Office::new();
        let report = office.import(&office.file(name));
        assert_eq!(numbers(&report), (1, 1, 0, 0, 0), "{name}");
        // What the line shows only beside the ledger has no column: nobody is said to be away.
        let cells = report.findings.iter().filter(|finding| !finding.column.is_empty()).count();
        assert_eq!((report.kept.len(), cells), (0, 0), "{name}: {report:?}");
        let family: Vec<String> = office.get("guardian", &[]).iter().map(said).collect();
        insta::allow_duplicates! {
            insta::assert_snapshot!(family.join("\n"), @r#"
            address "东莞市" · ethnicity "01" · household_place "410423" · id_number "410423198502030138" · id_type "1" · is_guardian 1 · name "周大山" · phone "13800005555" · relation "51" · workplace "某电子厂"
            is_guardian 1 · name "刘春花" · phone "13800006666" · relation "52"
            "#);
        }
        stories.insert(name, said(&office.child("周小满")));
    }
    insta::assert_snapshot!(stories["template_g1.xlsx"], @r#"address "石门村三组" · aid_wanted "1" · birth_date "2017-05-21" · birth_place "410423" · blood_type "1" · boarding "1" · bought_place "0" · class "1" · commute "1" · commute_km "2.5" · country "CHN" · disability "0" · enter_way "11" · entered_month "2024-09" · ethnicity "01" · grade "13" · health "10" · home_address "石门村三组" · household_kind "1" · household_place "410423" · id_number "410423201705210424" · id_type "1" · left_behind "2" · mail_address "石门村三组" · martyr_family "0" · migrant_worker_child "0" · name "周小满" · native_place "410423" · only_child "0" · orphan "0" · overseas "00" · phone "13800004444" · political "13" · postcode "467300" · preschool "1" · school_bus 0 · seat_no "07" · sex "2" · student_source "1" · subsidy "0" · talents "剪纸" · with_class "0""#);
    // G2 has 是否随迁子女 beside 是否进城务工人员随迁子女 and no 随班就读; G3 has no blood type.
    let less = |name: &str, gone: &[&str], more: &str| {
        let g1: Vec<&str> = stories["template_g1.xlsx"]
            .split(" · ")
            .filter(|part| !gone.iter().any(|key| part.starts_with(key)))
            .collect();
        let rest: Vec<&str> =
            stories[name].split(" · ").filter(|part| more.is_empty() || !part.starts_with(more)).collect();
        assert_eq!(rest, g1, "{name}");
    };
    less("template_g2.xlsx", &["with_class"], "migrant \"");
    less("template_g3.xlsx", &["with_class", "blood_type"], "");
}

/// The query export of the national system, with cohort grades and its own school's longer name.
#[test]
fn the_query_export_is_understood() {
    let office = Office::new();
    let report = office.import(&office.file("query_export.xlsx"));
    assert_eq!((numbers(&report), report.findings.len()), ((1, 1, 0, 0, 0), 0));
    let child = office.child("周小满");
    assert_eq!((&child["grade"], &child["class"]), (&Json::from("13"), &Json::from("1")));
    assert_eq!(child["student_code"], "G410423201705210424");
    assert_eq!(
        said(&office.get("guardian", &[])[0]),
        r#"is_guardian 1 · name "周大山" · phone "13800005555" · relation "51""#
    );
}

/// Every way of writing a day and a month, Excel's serial numbers among them.
#[test]
fn days_are_read_in_every_form() {
    let office = Office::new();
    let report = office.import(&office.file("dates.xlsx"));
    assert_eq!((numbers(&report), report.findings.len()), ((10, 10, 0, 0, 0), 0));
    for child in office.get("student", &[]) {
        assert_eq!((&child["birth_date"], &child["entered_month"]), (&"2017-03-01".into(), &"2014-09".into()));
        assert!(child["phone"].as_str().unwrap().starts_with("138000100"));
    }
}

/// Several sheets, merged class cells, repeated headers, sums and signatures; a dictionary and a hidden sheet stay out.
#[test]
fn several_sheets_come_in_and_only_children_become_children() {
    let office = Office::new();
    let report = office.import(&office.file("sheets.xlsx"));
    assert_eq!((numbers(&report), report.passed_over), ((7, 7, 0, 0, 0), 4));
    let seat = |name: &str| {
        let child = office.child(name);
        format!("{} {}", child["grade"], child["class"])
    };
    let seats = ["褚一", "褚三", "褚四", "卫一", "卫二", "卫三"].map(seat).join(" · ");
    insta::assert_snapshot!(seats, @r#""11" "2" · "11" "2" · "11" "1" · "12" "1" · "12" "2" · null "阳光""#);
}

/// Lists in the encoding of old Windows and in UTF-8 say the same.
#[test]
fn a_list_is_read_in_both_encodings() {
    let stories = ["gb18030.csv", "utf8.csv"].map(|name| {
        let office = Office::new();
        assert_eq!(numbers(&office.import(&office.file(name))), (2, 2, 0, 0, 0));
        let mut rows: Vec<String> =
            office.get("student", &[]).iter().chain(&office.get("guardian", &[])).map(said).collect();
        rows.sort();
        rows
    });
    assert_eq!(stories[0], stories[1]);
    insta::assert_snapshot!(stories[0].join("\n"), @r#"
    birth_date "2017-01-01" · class "1" · grade "13" · id_number "410423201701010310" · name "王𠮷" · sex "1"
    birth_date "2017-02-02" · class "1" · grade "13" · id_number "410423201702020449" · name "李,晓" · sex "2"
    name "李二" · phone "13800030002"
    name "王大" · phone "13800030001"
    "#);
}

/// A mapping is corrected once and remembered for the same headers.
#[test]
fn a_corrected_mapping_is_remembered() {
    let office = Office::new();
    let file = office.file("own_words.xlsx");
    let corrected = BTreeMap::from([("D".to_owned(), Some("village".to_owned()))]);
    let request = ImportRequest { columns: corrected, ..office.request(&file) };
    actions::import::import(&office.desk, request).unwrap();
    assert_eq!(office.child("罗小丫")["village"], "三组");
    assert_eq!(
        said(&office.get("guardian", &[])[0]),
        r#"is_guardian 1 · name "罗大" · phone "13800040001" · relation "51""#
    );
    assert_eq!(look(&office, "own_words.xlsx").sheets[0].columns[3].path.as_deref(), Some("village"));
    let again = office.import(&file);
    assert_eq!((again.same, again.kept.len()), (1, 0));
}
