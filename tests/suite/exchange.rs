//! Packages up and down, receipts, and what happens when a stick, a copy or an order goes wrong.

use domain::Id;
use serde_json::{Value as Json, json};
use store::Definitions;
use support::desks::Office;

use actions::{ExportReply, ExportRequest, Extent, MergeReport, SentLine, WriteReceipt};

fn pair() -> (Office, Office) {
    let built_in = Definitions::built_in();
    let center = Office::new("center", "禾塘镇中心学校", 1, &built_in);
    let school = Office::new("school", "柳湾村小学", 2, &built_in);
    school.enrol_under(&center);
    (school, center)
}

fn child(office: &Office, name: &str) -> Id {
    office.put("student", &json!({ "name": name, "sex": "1", "birth_date": "2015-03-04" }))
}

fn write(office: &Office, child: Id, field: &str, value: &str) {
    office.put("student", &json!({ "id": child.to_string(), field: value }));
}

fn seal(office: &Office, extent: Option<Extent>) -> ExportReply {
    let folder = office.beside("stick");
    actions::export(&office.desk, ExportRequest { to: None, folder, extent }).unwrap()
}

fn send_down(center: &Office, school: &str) -> ExportReply {
    let folder = center.beside("stick");
    actions::export(&center.desk, ExportRequest { to: Some(school.to_owned()), folder, extent: None }).unwrap()
}

fn merge(office: &Office, file: &str) -> MergeReport {
    actions::merge(&office.desk, file.to_owned()).unwrap()
}

fn receipt(from: &Office, to: Option<&str>) -> String {
    let request = WriteReceipt { to: to.map(str::to_owned), folder: from.beside("stick") };
    actions::write_receipt(&from.desk, request).unwrap()
}

fn sent(office: &Office) -> Vec<SentLine> {
    actions::sent_packages(&office.desk, ()).unwrap()
}

fn rows(office: &Office) -> Vec<serde_json::Map<String, Json>> {
    let mut rows = office.get("student", None);
    for row in &mut rows {
        row.remove("_seen");
    }
    rows.sort_by_key(|row| row["id"].to_string());
    rows
}

#[test]
fn a_package_is_green_only_after_its_receiver_has_said_so() {
    let (school, center) = pair();
    child(&school, "王小明");
    let first = seal(&school, None);
    assert_eq!((sent(&school)[0].delivered, sent(&school)[0].standing.as_str()), (false, "sent"));
    merge(&center, &first.file);
    assert!(!sent(&school)[0].delivered, "merged far away: nobody here knows");
    let told = actions::take_receipt(&school.desk, receipt(&center, Some("柳湾村小学"))).unwrap();
    assert_eq!((told.outcome.as_str(), told.delivered.as_slice()), ("taken", [1].as_slice()));
    assert_eq!((sent(&school)[0].delivered, sent(&school)[0].standing.as_str()), (true, "delivered"));
}

#[test]
fn the_next_package_carries_only_what_was_not_acknowledged() {
    let (school, center) = pair();
    let ming = child(&school, "王小明");
    let first = seal(&school, None);
    merge(&center, &first.file);
    actions::take_receipt(&school.desk, receipt(&center, Some("柳湾村小学"))).unwrap();
    let nothing = seal(&school, None);
    assert_eq!(nothing.segments, 0);
    write(&school, ming, "phone", "16400000001");
    let second = seal(&school, None);
    assert_eq!(second.segments, 1);
    assert_eq!(seal(&school, Some(Extent::Full)).segments, 2, "everything on demand");
    merge(&center, &second.file);
    assert_eq!(rows(&center), rows(&school));
}

#[test]
fn a_lost_stick_heals_with_the_next_package() {
    let (school, center) = pair();
    let ming = child(&school, "王小明");
    merge(&center, &seal(&school, None).file);
    actions::take_receipt(&school.desk, receipt(&center, Some("柳湾村小学"))).unwrap();
    for phone in ["16400000001", "16400000002", "16400000003"] {
        write(&school, ming, "phone", phone);
        std::fs::remove_file(seal(&school, None).file).unwrap();
    }
    child(&school, "王晓梅");
    let last = seal(&school, None);
    let report = merge(&center, &last.file);
    assert_eq!((report.outcome.as_str(), report.skipped.as_slice()), ("merged", [2, 3, 4].as_slice()));
    assert_eq!(rows(&center), rows(&school));
    actions::take_receipt(&school.desk, receipt(&center, Some("柳湾村小学"))).unwrap();
    assert!(sent(&school).iter().all(|line| line.delivered), "what a later package carried has arrived too");
}

#[test]
fn twelve_digits_over_the_telephone_do_what_a_receipt_does() {
    let (school, center) = pair();
    let ming = child(&school, "王小明");
    let code = merge(&center, &seal(&school, None).file).check_code;
    assert_eq!(code.len(), 12);
    let again: String = code.chars().rev().collect();
    let refused = actions::take_check_code(&school.desk, again).unwrap_err();
    assert_eq!(refused.code, "no_such_check_code");
    let spoken = format!("{} {}-{}", &code[..4], &code[4..8], &code[8..]);
    assert_eq!(actions::take_check_code(&school.desk, spoken).unwrap().delivered, [1]);
    assert!(sent(&school)[0].delivered);
    write(&school, ming, "phone", "16400000001");
    let second = seal(&school, None);
    assert_eq!(second.segments, 1);
    merge(&center, &second.file);
    assert_eq!(rows(&center), rows(&school));
}

#[test]
fn a_package_without_its_ground_waits_and_says_what_for() {
    let (school, center) = pair();
    let ming = child(&school, "王小明");
    let first = seal(&school, None);
    // The digits were read out by mistake from another ledger of the center: this one never saw the first package.
    let other = center.cloned(3, &Definitions::built_in());
    let code = merge(&other, &first.file).check_code;
    actions::take_check_code(&school.desk, code).unwrap();
    write(&school, ming, "phone", "16400000001");
    let second = seal(&school, None);
    let report = merge(&center, &second.file);
    assert_eq!((report.outcome.as_str(), report.check_code.as_str()), ("waiting", ""));
    let waits = actions::waiting_packages(&center.desk, ()).unwrap();
    assert_eq!(waits, report.waits);
    assert_eq!((waits[0].sender.as_str(), waits[0].number, waits[0].needs_number), ("柳湾村小学", 2, 1));
    assert!(waits[0].needs_made.starts_with("2026-09-08") && waits[0].needs_computer == waits[0].computer);
    assert!(rows(&center).is_empty(), "no half of anything");

    let told = actions::take_receipt(&school.desk, receipt(&center, Some("柳湾村小学"))).unwrap();
    assert_eq!((told.waiting[0].number, told.waiting[0].why.as_str()), (2, "1"));
    assert_eq!(sent(&school)[0].standing, "waiting");
    let third = seal(&school, None);
    assert_eq!(third.segments, 2, "what they say they lack goes again");
    assert_eq!(merge(&center, &third.file).waiting, 0);
    assert_eq!(rows(&center), rows(&school));
    assert!(actions::waiting_packages(&center.desk, ()).unwrap().is_empty());
}

#[test]
fn a_copy_brought_back_is_told_by_the_receipt_and_gets_its_own_writing_back() {
    let (school, center) = pair();
    let ming = child(&school, "王小明");
    merge(&center, &seal(&school, None).file);
    let old = school.cloned(4, &Definitions::built_in());
    write(&school, ming, "phone", "16400000001");
    merge(&center, &seal(&school, None).file);
    drop(rows(&school));

    let told = actions::take_receipt(&old.desk, receipt(&center, Some("柳湾村小学"))).unwrap();
    assert_eq!(told.outcome, "rolled_back");
    merge(&center, &seal(&old, None).file);
    let report = merge(&old, &send_down(&center, "柳湾村小学").file);
    assert_eq!(report.outcome, "merged");
    assert_eq!(rows(&old), rows(&school), "what was lost came back with the center's package");
}

#[test]
fn a_second_computer_on_a_copied_disk_is_told_by_the_receipt() {
    let (school, center) = pair();
    let ming = child(&school, "王小明");
    merge(&center, &seal(&school, None).file);
    let copy = school.cloned(4, &Definitions::built_in());
    write(&school, ming, "phone", "16400000001");
    write(&copy, ming, "village", "柳湾村一组");
    write(&copy, ming, "address", "柳湾村一组三号");
    merge(&center, &seal(&school, None).file);
    let report = merge(&center, &seal(&copy, None).file);
    assert_eq!((report.outcome.as_str(), report.forks), ("forked", 1));
    let told = actions::take_receipt(&copy.desk, receipt(&center, Some("柳湾村小学"))).unwrap();
    assert_eq!(told.outcome, "cloned");
    let merged = &rows(&center)[0];
    assert_eq!((merged["phone"].as_str(), merged["village"].as_str()), (Some("16400000001"), Some("柳湾村一组")));
}

#[test]
fn an_older_receipt_taken_late_changes_nothing() {
    let (school, center) = pair();
    child(&school, "王小明");
    let early = center.beside("early.bxr");
    std::fs::copy(receipt(&center, Some("柳湾村小学")), &early).unwrap();
    merge(&center, &seal(&school, None).file);
    actions::take_receipt(&school.desk, receipt(&center, Some("柳湾村小学"))).unwrap();
    assert_eq!(actions::take_receipt(&school.desk, early).unwrap().outcome, "stale");
    assert!(sent(&school)[0].delivered);
}

#[test]
fn a_receipt_for_another_school_or_by_a_stranger_counts_for_nothing() {
    let (school, center) = pair();
    let other = Office::new("school", "河口村小学", 5, &Definitions::built_in());
    other.enrol_under(&center);
    let wrong = actions::take_receipt(&school.desk, receipt(&center, Some("河口村小学"))).unwrap_err();
    assert_eq!(wrong.code, "receipt_not_for_us");
    let elsewhere = Office::new("center", "禾塘镇中心学校", 6, &Definitions::built_in());
    let same_name = Office::new("school", "柳湾村小学", 7, &Definitions::built_in());
    same_name.enrol_under(&elsewhere);
    let strange = receipt(&elsewhere, Some("柳湾村小学"));
    assert_eq!(actions::take_receipt(&school.desk, strange).unwrap_err().code, "unknown_sender");
    let genuine = receipt(&center, Some("柳湾村小学"));
    let text = std::fs::read_to_string(&genuine).unwrap();
    let forged = text.replacen("\"open_conflicts\": 0", "\"open_conflicts\": 9", 1);
    assert_ne!(text, forged);
    std::fs::write(&genuine, forged).unwrap();
    assert_eq!(actions::take_receipt(&school.desk, genuine).unwrap_err().code, "bad_signature");
    let no_receipt = actions::take_receipt(&school.desk, seal(&school, None).file).unwrap_err();
    assert_eq!(no_receipt.code, "not_a_receipt");
}

/// A list on the screen marks just the fields that were filled differently, until somebody has chosen.
///
/// Mutant caught: cells of a contested row marked whatever their field.
#[test]
fn lists_mark_what_was_filled_differently() {
    let (school, center) = pair();
    let seated = |name: &str| {
        let seat = json!({ "name": name, "sex": "1", "birth_date": "2015-03-04", "grade": "14", "class": "1班" });
        school.put("student", &seat)
    };
    let (ming, mei) = (seated("王小明"), seated("王晓梅"));
    merge(&center, &seal(&school, None).file);
    write(&school, ming, "address", "上坪");
    write(&center, ming, "address", "下坪");
    merge(&center, &seal(&school, None).file);
    let marked = |id: Id| -> Vec<String> {
        let request = actions::ListRequest {
            form: "roster".to_owned(),
            filters: std::collections::BTreeMap::new(),
            order: vec![],
            offset: 0,
            limit: 10,
        };
        let rows = actions::list_rows(&center.desk, request).unwrap().rows;
        let row = rows.into_iter().find(|row| row.id == id).unwrap();
        row.contested.iter().map(|at| row.cells[*at].clone()).collect()
    };
    let [one] = <[String; 1]>::try_from(marked(ming)).unwrap();
    assert!(["上坪", "下坪"].contains(&one.as_str()));
    assert!(marked(mei).is_empty());
    let request =
        actions::ResolveRequest { id: ming, field: "address".to_owned(), value: json!("上坪"), why: String::new() };
    actions::resolve(&center.desk, request).unwrap();
    assert!(marked(ming).is_empty());
}
