//! A lost computer costs nothing that was in the backup, and what it had sent elsewhere comes back.

use std::path::{Path, PathBuf};

use actions::{BackupRequest, RestoreRequest, VerifyRequest};
use serde_json::json;
use store::Definitions;
use support::bx::Place;
use support::desks::{Office, PASSWORD};

/// A school with one child, and its backup.
fn school(place: &Place) -> (String, PathBuf) {
    place.init("school", "school", "青山村小学", "--code 9119000101");
    let child = place.put("school", "student", &json!({ "name": "李明", "village": "上坪" }));
    (child, backup(place))
}

fn backup(place: &Place) -> PathBuf {
    let made = place.bx("--ledger school backup --out disk --json").json();
    place.path(made["folder"].as_str().unwrap())
}

fn restore(place: &Place, backup: &Path, to: &str) {
    place.run(&["restore", backup.to_str().unwrap(), "--to", to], "").ok();
}

/// The computers that wrote in a ledger, newest change first.
fn computers(place: &Place, ledger: &str, child: &str) -> Vec<String> {
    let history = place.bx(&format!("--ledger {ledger} history {child} --json")).json();
    let one = |line: &serde_json::Value| line["computer"].as_str().unwrap_or_default().to_owned();
    history.as_array().unwrap().iter().map(one).collect()
}

#[test]
fn a_backup_gives_back_everything_as_another_computer() {
    let place = Place::new();
    let (child, backup) = school(&place);
    assert!(place.run(&["verify", backup.to_str().unwrap()], "").ok().contains("完好"));
    restore(&place, &backup, "again");
    assert_eq!(place.get("again", "student"), place.get("school", "student"));
    place.put("again", "student", &json!({ "id": child, "village": "下坪" }));
    place.bx("--ledger again check").ok();
    let wrote = computers(&place, "again", &child);
    assert!(wrote.iter().any(|one| *one != wrote[0]), "the restored ledger writes as another computer: {wrote:?}");
}

#[test]
fn what_is_no_whole_backup_is_refused_and_nothing_is_left() {
    let place = Place::new();
    let (_, backup) = school(&place);
    assert!(place.bx("restore school --to again").refused(1).contains("备份"));
    place.run(&["restore", backup.to_str().unwrap(), "--to", "school"], "").refused(1);
    let stranger = Place::with_password("someone-else-2026");
    stranger.run(&["restore", backup.to_str().unwrap(), "--to", "again"], "").refused(3);
    let file = backup.join("backup.db");
    let mut bytes = std::fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&file, bytes).unwrap();
    assert_ne!(place.run(&["verify", backup.to_str().unwrap()], "").code, 0);
    assert_ne!(place.run(&["restore", backup.to_str().unwrap(), "--to", "again"], "").code, 0);
    for folder in ["again", "again.part"] {
        assert!(!place.path(folder).exists(), "{folder}");
    }
}

/// The computer wrote and sent more after the backup, then it was lost. The center has that; both go on.
#[test]
fn an_older_backup_loses_nothing_that_was_sent_and_forks_nothing() {
    let place = Place::new();
    let (child, _) = school(&place);
    place.init("center", "center", "大山中心校", "--code 9119000001");
    place.enrolled("school", "center");
    place.bx(&format!("--ledger center merge {}", place.export("school", "stick"))).ok();
    let older = backup(&place);
    place.put("school", "student", &json!({ "id": child, "phone": "13800000001" }));
    let second = place.put("school", "student", &json!({ "name": "王芳" }));
    place.bx(&format!("--ledger center merge {}", place.export("school", "stick"))).ok();
    std::fs::remove_dir_all(place.path("school")).unwrap();

    restore(&place, &older, "school");
    assert_eq!(place.get("school", "student").len(), 1, "as old as the backup");
    place.put("school", "student", &json!({ "id": child, "village": "下坪" }));
    let report = place.bx(&format!("--ledger center merge {} --json", place.export("school", "stick"))).json();
    assert_eq!((&report["forks"], &report["conflicts"]), (&json!(0), &json!(0)), "{report}");
    let row = place.row("center", "student", &child);
    assert_eq!((&row["village"], &row["phone"]), (&json!("下坪"), &json!("13800000001")));
    assert_eq!(place.row("center", "student", &second)["name"], json!("王芳"));
    place.bx("--ledger center check").ok();
}

/// A backup of an older program is checked and brought back by a newer one, which has records the older did not know.
///
/// Mutant to try: a copy checked as it is, without the tables it lacks.
#[test]
fn a_backup_of_an_older_program_is_brought_back_by_a_newer_one() {
    let older = Office::new("school", "青山村小学", 2, &Definitions::built_in());
    older.put("student", &json!({ "name": "李明", "sex": "1", "birth_date": "2015-03-04" }));
    let made = actions::backup(&older.desk, BackupRequest { folder: older.beside("disk") }).unwrap();
    let newer = Office::new("school", "白云村小学", 3, &support::registers::with_kites());
    let verify = VerifyRequest { backup: made.folder.clone(), password: PASSWORD.to_owned() };
    assert_eq!(actions::verify_backup(&newer.desk, verify).unwrap().damages, vec![]);
    let kept = std::fs::read(Path::new(&made.folder).join("backup.db")).unwrap();
    let request =
        RestoreRequest { backup: made.folder.clone(), folder: newer.beside("again"), password: PASSWORD.to_owned() };
    actions::restore(&newer.desk, request).unwrap();
    assert_eq!(newer.get("student", None)[0]["name"], "李明");
    assert!(newer.get("kite", None).is_empty());
    assert!(actions::check(&newer.desk, ()).unwrap().sound);
    assert_eq!(std::fs::read(Path::new(&made.folder).join("backup.db")).unwrap(), kept, "the backup is as it was");
}
