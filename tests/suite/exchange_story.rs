//! The stick between a school and its center, told with the commands people type.

use serde_json::{Value as Json, json};
use support::bx::Place;

fn pair() -> Place {
    let place = Place::new();
    place.init("village", "school", "柳湾村小学", "--code 1234567890");
    place.init("center", "center", "禾塘镇中心学校", "--code 2234567890");
    place.enrolled("village", "center");
    place
}

fn child(place: &Place, name: &str) -> String {
    place.put("village", "student", &json!({ "name": name, "sex": "1", "birth_date": "2015-03-04" }))
}

fn names(place: &Place, ledger: &str) -> Vec<String> {
    let mut names: Vec<String> =
        place.get(ledger, "student").iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect();
    names.sort();
    names
}

fn seal(place: &Place) -> Json {
    place.bx("--ledger village export --out stick --json").json()
}

fn merge(place: &Place, sealed: &Json) -> Json {
    place.bx(&format!("--ledger center merge {} --json", sealed["file"].as_str().unwrap())).json()
}

fn answer(place: &Place) -> Json {
    let file = place.bx("--ledger center receipt write --to 1234567890 --out stick --json").json();
    place.bx(&format!("--ledger village receipt take {} --json", file.as_str().unwrap())).json()
}

fn standings(place: &Place) -> Vec<String> {
    let sent = place.bx("--ledger village sent --json").json();
    sent.as_array().unwrap().iter().map(|line| line["standing"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_year_of_sticks_one_lost_one_twice_one_late() {
    let place = pair();
    child(&place, "王小明");
    let first = seal(&place);
    assert_eq!(standings(&place), ["sent"]);
    assert_eq!(merge(&place, &first)["outcome"], "merged");
    assert_eq!(answer(&place)["delivered"], json!([1]));
    assert_eq!(standings(&place), ["delivered"]);

    child(&place, "李小红");
    let lost = seal(&place);
    child(&place, "张小军");
    let next = seal(&place);
    assert_eq!(next["segments"], 2, "the lost one's writing rides along, what was acknowledged does not");
    let report = merge(&place, &next);
    assert_eq!((&report["outcome"], &report["skipped"]), (&json!("merged"), &json!([2])));
    assert_eq!(names(&place, "center"), names(&place, "village"));

    assert_eq!(merge(&place, &next)["outcome"], "known", "the same stick twice");
    assert_eq!(merge(&place, &lost)["outcome"], "older", "the lost stick turns up after all");
    assert_eq!(merge(&place, &first)["outcome"], "known");
    assert_eq!(names(&place, "center"), names(&place, "village"));
    assert_eq!(answer(&place)["delivered"], json!([2, 3]));
    assert_eq!(standings(&place), ["delivered"; 3]);

    assert_eq!(seal(&place)["segments"], 0);
    assert_eq!(place.bx("--ledger village export --out stick --full --json").json()["segments"], 3);
}

#[test]
fn the_digits_read_over_the_telephone_turn_a_package_green() {
    let place = pair();
    child(&place, "王小明");
    let said = place.bx(&format!("--ledger center merge {}", seal(&place)["file"].as_str().unwrap())).ok();
    let line = said.lines().find(|line| line.contains("核对码")).unwrap();
    let digits: String = line.chars().filter(char::is_ascii_digit).collect();
    assert_eq!(digits.len(), 12);
    let told =
        place.bx(&format!("--ledger village receipt code {} {} {}", &digits[..4], &digits[4..8], &digits[8..])).ok();
    assert!(told.contains("第 1 号上报文件已送达"), "{told}");
    assert_eq!(standings(&place), ["delivered"]);
    assert_eq!(seal(&place)["segments"], 0);
    let wrong = place.bx("--ledger village receipt code 1234 5678 9012").refused(1);
    assert!(wrong.contains("没有改动"), "{wrong}");
}

#[test]
fn packages_in_any_order_come_to_the_same() {
    let place = pair();
    let sealed: Vec<Json> = ["王小明", "李小红", "张小军", "赵小兰"]
        .iter()
        .map(|name| {
            child(&place, name);
            seal(&place)
        })
        .collect();
    for at in [2, 0, 3, 3, 1, 0] {
        merge(&place, &sealed[at]);
    }
    assert_eq!(names(&place, "center"), names(&place, "village"));
    assert!(place.bx("--ledger center waiting").ok().contains("没有等待"), "nothing waits");
    place.bx("--ledger center check").ok();
}

#[test]
fn a_copied_disk_is_registered_anew_and_nobody_writes_under_anothers_name() {
    let place = pair();
    child(&place, "王小明");
    merge(&place, &seal(&place));
    std::fs::create_dir_all(place.path("copy")).unwrap();
    for entry in std::fs::read_dir(place.path("village")).unwrap() {
        let path = entry.unwrap().path();
        std::fs::copy(&path, place.path("copy").join(path.file_name().unwrap())).unwrap();
    }
    assert!(place.bx("--ledger copy rekey").ok().contains("重新登记"));
    place.put("copy", "student", &json!({ "name": "李小红", "sex": "2", "birth_date": "2015-03-04" }));
    child(&place, "张小军");
    for ledger in ["village", "copy"] {
        let file = place.export(ledger, "stick");
        let report = place.bx(&format!("--ledger center merge {file} --json")).json();
        assert_eq!((&report["outcome"], &report["forks"]), (&json!("merged"), &json!(0)), "{ledger}");
    }
    assert_eq!(names(&place, "center").len(), 3);
    place.bx("--ledger copy check").ok();
    let down = place.bx("--ledger center export --to 1234567890 --out stick --json").json();
    let file = down["file"].as_str().unwrap();
    for ledger in ["village", "copy"] {
        place.bx(&format!("--ledger {ledger} merge {file}")).ok();
        assert_eq!(names(&place, ledger), names(&place, "center"), "{ledger}");
    }
}
