//! School, center, county: what a village wrote is held and vouched for two levels up; forty sticks in one call.

use serde_json::{Value as Json, json};
use support::bx::Place;

fn county() -> Place {
    let place = Place::new();
    place.init("village", "school", "柳湾村小学", "--code 1234567890");
    place.init("center", "center", "禾塘镇中心学校", "--code 2234567890");
    place.init("county", "county", "临江县教育局", "--code 3234567890");
    place.init("town", "school", "县实验小学", "--code 4234567890");
    place.enrolled("village", "center");
    place.enrolled("center", "county");
    place.enrolled("town", "county");
    place
}

fn child(place: &Place, ledger: &str, name: &str) -> String {
    place.put(ledger, "student", &json!({ "name": name, "sex": "1", "birth_date": "2015-03-04" }))
}

fn carry(place: &Place, from: &str, to: &str) -> Json {
    let file = place.export(from, "stick");
    place.bx(&format!("--ledger {to} merge {file} --json")).json()
}

fn phones(place: &Place, ledger: &str) -> Vec<(String, String)> {
    let text = |row: &Json, key: &str| row[key].as_str().unwrap_or_default().to_owned();
    let mut all: Vec<_> =
        place.get(ledger, "student").iter().map(|row| (text(row, "name"), text(row, "phone"))).collect();
    all.sort();
    all
}

#[test]
fn what_a_village_wrote_reaches_the_county_through_its_center_and_nothing_else_is_needed() {
    let place = county();
    let ming = child(&place, "village", "王小明");
    child(&place, "town", "赵小兰");
    carry(&place, "village", "center");
    let edit = json!({ "id": ming, "phone": "16400000001" });
    place.put("center", "student", &edit);
    assert_eq!(carry(&place, "center", "county")["outcome"], "merged");
    assert_eq!(carry(&place, "town", "county")["outcome"], "merged");
    let both = [("王小明", "16400000001"), ("赵小兰", "")].map(|(name, phone)| (name.to_owned(), phone.to_owned()));
    let mut held = phones(&place, "county");
    held.sort_by_key(|(_, phone)| phone.is_empty());
    assert_eq!(held, both);
    place.bx("--ledger county check").ok();

    let told = place.bx("--ledger county receipt write --to 2234567890 --out stick --json").json();
    let told = place.bx(&format!("--ledger center receipt take {} --json", told.as_str().unwrap())).json();
    assert_eq!(told["delivered"], json!([1]));
    let again = place.bx("--ledger center export --out stick --json").json();
    assert_eq!(again["segments"], 0, "the county has acknowledged the villages' writing too");

    let down = place.bx("--ledger center export --to 1234567890 --out stick --json").json();
    let down = place.bx(&format!("--ledger village merge {} --json", down["file"].as_str().unwrap())).json();
    assert_eq!(
        down["corrections"][0]["written"]["organisation"], "禾塘镇中心学校",
        "the village sees who changed what"
    );
    assert_eq!(phones(&place, "village"), [("王小明".to_owned(), "16400000001".to_owned())]);
}

#[test]
fn a_folder_of_sticks_is_taken_in_one_call_and_the_board_says_how_each_school_stands() {
    let place = county();
    place.init("river", "school", "河口村小学", "--code 5234567890");
    place.enrolled("river", "center");
    let states = |place: &Place| -> Vec<String> {
        let board = place.bx("--ledger center board --json").json();
        let mut lines: Vec<String> =
            board.as_array().unwrap().iter().map(|one| format!("{} {}", one["name"], one["state"])).collect();
        lines.sort();
        lines
    };
    assert_eq!(states(&place), ["\"柳湾村小学\" \"never\"", "\"河口村小学\" \"never\""]);
    child(&place, "village", "王小明");
    child(&place, "river", "李小红");
    place.export("village", "sticks/one");
    child(&place, "village", "张小军");
    place.export("village", "sticks/one");
    place.export("river", "sticks/two");
    place.export("town", "sticks/two");
    std::fs::write(place.path("sticks/two/照片.jpg"), "no package").unwrap();
    let reply = place.bx("--ledger center take sticks --receipts sticks --json").json();
    assert_eq!(reply["taken"].as_array().unwrap().len(), 3, "{reply}");
    assert_eq!(reply["receipts"].as_array().unwrap().len(), 2);
    assert_eq!(place.get("center", "student").len(), 3);
    assert_eq!(states(&place), ["\"柳湾村小学\" \"well\"", "\"河口村小学\" \"well\""]);
    for (school, delivered) in [("village", json!([1, 2])), ("river", json!([1]))] {
        let told = place.bx(&format!("--ledger {school} take sticks --json")).json();
        assert_eq!(told["taken"][0]["receipt"]["delivered"], delivered, "{told}");
    }
}
