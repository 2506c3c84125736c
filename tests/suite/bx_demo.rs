//! The sample township, made by the built `bx`.

use std::collections::BTreeMap;

use actions::{Desk, GetRequest, OpenLedger};
use domain::id_number::IdNumber;
use domain::{Catalogue, Date};
use serde_json::{Map, Value as Json};
use support::bx::Place;

const TOWN_PASSWORD: &str = "sample-2026";

const SAMPLE: &str = "demo town --schools 4 --students 60 --seed 7 --today 2026-11-20 --json";

/// A place with a sample township of 60 children, and what `bx demo` said of it.
fn township() -> (Place, Json) {
    let place = Place::with_password(TOWN_PASSWORD);
    let made = place.bx(SAMPLE).json();
    (place, made)
}

/// The rows of every record in a few of the ledgers, as `bx get` writes them. Each ledger is opened once: opening is made to
/// cost time.
fn everything(place: &Place) -> BTreeMap<(String, String), Vec<String>> {
    let mut all = BTreeMap::new();
    for ledger in ["town/center", "town/school-01", "town/school-03"] {
        let desk = Desk::real(None).unwrap();
        desk.set_today(Date::from_ymd_opt(2026, 11, 20).unwrap());
        let folder = place.path(ledger).display().to_string();
        actions::open_ledger(&desk, OpenLedger { folder, password: TOWN_PASSWORD.to_owned() }).unwrap();
        for record in Catalogue::built_in().records() {
            let mut rows = Vec::new();
            let request = GetRequest { record: record.record.clone(), ..GetRequest::default() };
            let keep = |row: &Map<String, Json>| {
                rows.push(serde_json::to_string(row).unwrap());
                Ok(())
            };
            actions::get_rows(&desk, &request, keep).unwrap();
            all.insert((ledger.to_owned(), record.record.clone()), rows);
        }
    }
    assert!(all.values().any(|rows| rows.len() > 20));
    all
}

#[test]
fn the_same_seed_on_the_same_day_gives_the_same_township() {
    let ((one, _), (other, _)) = (township(), township());
    assert_eq!(everything(&one), everything(&other));
}

#[test]
fn the_township_is_as_large_as_asked_and_holds_no_wrong_number() {
    let (place, made) = township();
    let count: usize = (1..=4).map(|at| place.get(&format!("town/school-0{at}"), "student").len()).sum();
    assert_eq!((count, made["students"].as_u64()), (60, Some(60)));
    let children: Vec<Json> = (1..=4).flat_map(|at| place.get(&format!("town/school-0{at}"), "student")).collect();
    for child in &children {
        if let Some(number) = child["id_number"].as_str() {
            assert_eq!(IdNumber::parse(number).unwrap().fault(), None, "{number}");
            assert!(number.starts_with("410499") || number.starts_with("419799"), "{number} may be somebody's");
        }
        assert!(child["phone"].as_str().unwrap().starts_with("1640000"), "a number nobody has");
    }
    let names: String = children.iter().filter_map(|child| child["name"].as_str()).collect();
    assert!(names.contains('·') && names.chars().any(|c| u32::from(c) > 0xffff), "{names}");
}

#[test]
fn the_waiting_packages_merge_and_give_exactly_one_conflict() {
    let (place, made) = township();
    let files = |key: &str| -> Vec<String> {
        made[key].as_array().unwrap().iter().map(|file| file.as_str().unwrap().to_owned()).collect()
    };
    for file in files("merged") {
        assert_eq!(place.bx(&format!("--ledger town/center merge {file}")).ok().trim(), "已接收过，无新内容。");
    }
    for file in files("waiting") {
        let merged = place.bx(&format!("--ledger town/center merge {file} --json")).json();
        let contested = usize::from(made["contested"] == file.as_str());
        assert_eq!((merged["known"].as_bool(), merged["conflicts"].as_u64()), (Some(false), Some(contested as u64)));
    }
    assert_eq!(place.get("town/center", "student").len(), 60, "every child has arrived");
    for ledger in ["town/center", "town/school-01"] {
        place.bx(&format!("--ledger {ledger} check")).ok();
    }
}

#[test]
fn a_folder_that_is_in_use_is_left_alone() {
    let place = Place::new();
    std::fs::create_dir(place.path("town")).unwrap();
    std::fs::write(place.path("town/letter.txt"), "mine").unwrap();
    assert!(place.bx("demo town").refused(1).contains("已有内容"));
    assert_eq!(std::fs::read_to_string(place.path("town/letter.txt")).unwrap(), "mine");
    place.bx("demo other --schools 0").refused(1);
    assert!(!place.path("other").exists());
}
