//! What does not count where it came to goes down with its reason, row by row, and whoever wrote it sees it by name.

use actions::{ExportRequest, MergeReport, RefusedRowLine, RevokeRequest, WriteReceipt};
use domain::Id;
use serde_json::json;
use store::Definitions;
use support::desks::Office;

fn pair() -> (Office, Office) {
    let built_in = Definitions::built_in();
    let school = Office::new("school", "柳湾村小学", 2, &built_in);
    let center = Office::new("center", "禾塘镇中心学校", 1, &built_in);
    school.enrol_under(&center);
    (school, center)
}

fn child(office: &Office, name: &str) -> Id {
    office.put("student", &json!({ "name": name, "sex": "1", "birth_date": "2015-03-04" }))
}

fn seal(office: &Office, to: Option<&str>) -> String {
    let request = ExportRequest { to: to.map(str::to_owned), folder: office.beside("stick"), extent: None };
    actions::export(&office.desk, request).unwrap().file
}

fn merge(office: &Office, file: String) -> MergeReport {
    actions::merge(&office.desk, file).unwrap()
}

fn refused(office: &Office) -> Vec<(String, String, String)> {
    let mut lines: Vec<_> = actions::refused_rows(&office.desk, ())
        .unwrap()
        .into_iter()
        .map(|RefusedRowLine { name, child, why, by, .. }| {
            assert_eq!(by, "禾塘镇中心学校");
            (name, child, why)
        })
        .collect();
    lines.sort();
    lines
}

/// A computer was given up and the school wrote on with it: the center keeps what it wrote and says row by row, in the
/// package it hands down, that it does not count; the school sees the children and what hangs on them by name. What
/// counted before is not among it.
///
/// Mutants caught: receipts without their rows; rows told from the first change of a chain on.
#[test]
fn rows_a_stopped_computer_wrote_come_down_by_name_with_the_reason() {
    let (school, center) = pair();
    let ming = child(&school, "王小明");
    merge(&center, seal(&school, None));
    let computer = actions::arrived_packages(&center.desk, ()).unwrap()[0].computer.clone();
    let request = RevokeRequest {
        organisation: Some("柳湾村小学".to_owned()),
        computer: Some(computer.clone()),
        why: "失窃".to_owned(),
    };
    actions::revoke(&center.desk, request).unwrap();
    child(&school, "王晓梅");
    school.put("guardian", &json!({ "student": ming, "name": "王大山", "relation": "父亲" }));
    let report = merge(&center, seal(&school, None));
    assert_eq!((report.outcome.as_str(), report.refused["stopped_computer"]), ("held", 2));
    assert!(refused(&school).is_empty(), "nothing was said yet");
    let told = merge(&school, seal(&center, Some("柳湾村小学"))).receipt.unwrap();
    assert_eq!(told.refused_rows, 2);
    let stopped = "stopped_computer".to_owned();
    let one = |name: &str, child: &str| (name.to_owned(), child.to_owned(), stopped.clone());
    assert_eq!(refused(&school), [one("王大山 父亲", "王小明"), one("王晓梅", "")]);
    assert_eq!(actions::to_decide(&school.desk, ()).unwrap().waiting, 2);
    assert!(actions::refused_rows(&school.desk, ()).unwrap().iter().all(|line| line.computer == computer));
    // A receipt carries no child's name.
    let request = WriteReceipt { to: Some("柳湾村小学".to_owned()), folder: center.beside("stick") };
    let file = actions::write_receipt(&center.desk, request).unwrap();
    assert!(!String::from_utf8_lossy(&std::fs::read(file).unwrap()).contains("王"));
}

/// A package taken back at the center is told row by row; once it counts again the next receipt says nothing of it.
///
/// Mutant caught: rows added to those heard before instead of taking their place.
#[test]
fn rows_of_a_package_taken_back_are_told_until_it_counts_again() {
    let (school, center) = pair();
    child(&school, "王小明");
    merge(&center, seal(&school, None));
    child(&school, "王晓梅");
    merge(&center, seal(&school, None));
    let package = actions::arrived_packages(&center.desk, ()).unwrap()[0].package.clone();
    actions::take_back(&center.desk, package.clone()).unwrap();
    merge(&school, seal(&center, Some("柳湾村小学")));
    assert_eq!(refused(&school), [("王晓梅".to_owned(), String::new(), "taken_back".to_owned())]);
    actions::take_up_again(&center.desk, package).unwrap();
    let down = WriteReceipt { to: Some("柳湾村小学".to_owned()), folder: center.beside("stick") };
    let told = actions::take_receipt(&school.desk, actions::write_receipt(&center.desk, down).unwrap()).unwrap();
    assert_eq!((told.refused_rows, refused(&school)), (0, vec![]));
}

/// The key of a school was given up, and it writes on: it is told so of every row, and its other rows are not named.
#[test]
fn a_school_given_up_is_told_of_its_later_rows() {
    let (school, center) = pair();
    child(&school, "王小明");
    merge(&center, seal(&school, None));
    let request =
        RevokeRequest {
            organisation: Some("柳湾村小学".to_owned()), computer: None, why: "电脑被盗".to_owned()
        };
    actions::revoke(&center.desk, request).unwrap();
    child(&school, "王晓梅");
    let report = merge(&center, seal(&school, None));
    assert_eq!(report.refused["revoked"], 1);
    let down = WriteReceipt { to: Some("柳湾村小学".to_owned()), folder: center.beside("stick") };
    actions::take_receipt(&school.desk, actions::write_receipt(&center.desk, down).unwrap()).unwrap();
    assert_eq!(refused(&school), [("王晓梅".to_owned(), String::new(), "revoked".to_owned())]);
}
