//! Workbooks come in whole: rehearsed, imported, the same again, and taken back as one.

use support::imports::{Office, find, numbers};

/// A village's roster: title, two-row header, hidden row and column, a ruined number, a footer.
#[test]
fn a_village_roster_is_rehearsed_and_imported_alike() {
    let office = Office::new();
    let file = office.file("village.xlsx");
    let rehearsal = office.rehearse(&file);
    let before = office.everything();
    let report = office.import(&file);
    assert_eq!(numbers(&rehearsal), numbers(&report));
    assert_eq!(rehearsal.findings.len(), report.findings.len());
    assert!(before.is_empty(), "a rehearsal writes nothing");
    insta::assert_compact_debug_snapshot!(numbers(&report), @"(5, 4, 0, 0, 1)");
    assert_eq!(report.kept, ["户主姓名"]);
    assert_eq!(report.passed_over, 3);
}

/// The same workbook again has nothing new.
#[test]
fn the_same_workbook_twice_is_all_the_same() {
    let office = Office::new();
    let file = office.file("village.xlsx");
    office.import(&file);
    let before = office.everything();
    let again = office.import(&file);
    assert_eq!((again.new, again.changed, again.same), (0, 0, 4));
    assert_eq!(office.everything(), before);
    assert_eq!(again.change, None);
}

/// One undo takes an import back as a whole.
#[test]
fn undo_of_an_import_leaves_the_ledger_as_before() {
    let office = Office::new();
    office.import(&office.file("village.xlsx"));
    let before = office.everything();
    let report = office.import(&office.file("village_later.xlsx"));
    assert!(report.new > 0 && report.changed > 0);
    assert_ne!(office.everything(), before);
    office.undo(report.change.unwrap());
    assert_eq!(office.everything(), before);
}

/// What Excel made of an ID number is told and kept, never mended.
#[test]
fn a_ruined_number_leaves_its_field_empty_and_its_cell_kept() {
    let office = Office::new();
    let report = office.import(&office.file("village.xlsx"));
    let finding = find(&report, "三年级", 6, "E");
    insta::assert_snapshot!(finding.reason, @"“4.1042320170611E+17”是被表格软件改坏的身份证号，后几位已经丢失，无法还原。请按户口簿重新输入 18 位号码。");
    let child = office.child("李晓燕");
    assert_eq!(child["id_number"], serde_json::Value::Null);
    let note = office.get("import_note", &[("student", child["id"].as_str().unwrap())]);
    assert_eq!(note[0]["unread"], "身份证号码 (E)：4.1042320170611E+17");
    assert_eq!(note[0]["kept"], "户主姓名：李国强");
}
