//! What rows show only beside each other is told before it is too late: in an import, over a bulk edit, before sealing.

use actions::import::{ImportReport, ImportRequest, import, rehearse_import};
use actions::{BulkRequest, ReportRequest, SealRequest};
use serde_json::json;
use store::Definitions;
use support::desks::Office;

fn school(seed: u8) -> Office {
    Office::new("school", "柳湾村小学", seed, &Definitions::built_in())
}

/// A roster as a village writes it, in CSV.
fn roster(office: &Office, lines: &[&str]) -> ImportRequest {
    let file = office.beside("花名册.csv");
    std::fs::write(&file, format!("\u{feff}姓名,性别,出生日期,年级,班级,是否留守儿童\n{}\n", lines.join("\n")))
        .unwrap();
    ImportRequest { file, record: "student".to_owned(), sheet: None, columns: Default::default() }
}

fn reasons(report: &ImportReport) -> Vec<(u32, String)> {
    report.findings.iter().map(|one| (one.row, one.reason.clone())).collect()
}

/// Meant against this mistake: `carry_out` leaves `together::tell` out: the rehearsal is silent about the child nobody looks after.
#[test]
fn an_import_tells_what_a_line_shows_only_beside_the_ledger_and_a_rehearsal_writes_nothing() {
    let office = school(1);
    let request = roster(&office, &["王小明,男,2016-03-04,三年级,1,双亲留守", "李小红,女,2016-05-06,三年级,1,否"]);
    let rehearsed = rehearse_import(&office.desk, request.clone()).unwrap();
    assert_eq!((rehearsed.new, rehearsed.change.clone()), (2, None));
    assert!(office.get("student", None).is_empty(), "a rehearsal writes nothing");
    let told = reasons(&rehearsed);
    assert!(told.iter().any(|(row, reason)| *row == 2 && reason.contains("监护")), "{told:?}");
    assert!(told.iter().all(|(row, _)| *row != 3), "nothing is wrong with the other line: {told:?}");
    let imported = import(&office.desk, request.clone()).unwrap();
    assert_eq!(reasons(&imported), told, "the import finds what its rehearsal found");
    let again = rehearse_import(&office.desk, request).unwrap();
    assert_eq!((again.same, again.findings.len()), (2, 0), "what changes nothing is not told again");
}

/// Meant against this mistake: `spoken_on` handed the ledger before the edit: what the edit brings about is not found.
#[test]
fn a_bulk_edit_shows_what_it_brings_about_before_it_is_done() {
    let office = school(2);
    let child = |name: &str| {
        office.put("student", &json!({ "name": name, "birth_date": "2016-03-04", "grade": "三年级", "class": "1" }))
    };
    let ids = vec![child("王小明"), child("李小红")];
    let request = |value: &str| BulkRequest {
        record: "student".to_owned(),
        ids: ids.clone(),
        field: "left_behind".to_owned(),
        value: json!(value),
        why: None,
    };
    let away = actions::rehearse_bulk(&office.desk, request("2")).unwrap();
    assert_eq!(away.changed.len(), 2);
    let rules: Vec<&str> = away.findings.iter().map(|finding| finding.rule.as_str()).collect();
    assert!(rules.iter().filter(|rule| **rule == "left_behind_no_carer").count() == 2, "{rules:?}");
    assert!(away.findings.iter().all(|finding| !finding.sentence.is_empty()));
    assert!(actions::rehearse_bulk(&office.desk, request("0")).unwrap().findings.is_empty());
    assert!(office.get("student", Some(ids[0]))[0].get("left_behind").is_none_or(serde_json::Value::is_null));
}

/// Meant against this mistake: `seal_report` does not ask for the errors: a number held twice goes up unseen.
#[test]
fn errors_on_the_children_counted_are_seen_before_a_report_is_sealed_and_want_a_reason() {
    let office = school(3);
    let number = "11010519491231002X";
    for name in ["王小明", "李小红"] {
        office.put("student", &json!({ "name": name, "sex": "男", "birth_date": "1949-12-31", "id_number": number, "grade": "三年级", "class": "1" }));
    }
    let asked = || ReportRequest { report: "month".to_owned(), on: Some("2026-09".to_owned()), at: None };
    let open = actions::report_errors(&office.desk, asked()).unwrap();
    assert_eq!((open.len(), open[0].what.as_str(), open[0].rows.len()), (1, "errors", 2));
    assert!(open[0].text.contains('2'), "{}", open[0].text);
    let seal = |explained: Option<&str>| {
        let explained = explained.map(str::to_owned);
        actions::seal_report(
            &office.desk,
            SealRequest { report: "month".to_owned(), on: asked().on, by: None, explained },
        )
    };
    let refused = seal(None).unwrap_err();
    assert_eq!((refused.code.as_str(), refused.fields[0].rule.as_str()), ("refused", "open_point"));
    let sealed = seal(Some("两名孩子的证件号正在派出所核实")).unwrap();
    assert!(sealed.sealed.is_some());
}
