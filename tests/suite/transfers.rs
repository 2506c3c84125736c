//! A child goes from one school to another that it never meets: never in no roster, never in two.

use actions::{AcceptTransfer, AnswerTransfer, ExportRequest, OfferTransfer, TransferLine};
use domain::Id;
use serde_json::json;
use store::Definitions;
use support::desks::Office;

struct Valley {
    center: Office,
    old: Office,
    new: Office,
    child: Id,
}

impl Valley {
    fn new() -> Self {
        let definitions = Definitions::built_in();
        let center = Office::new("center", "禾塘镇中心学校", 1, &definitions);
        let old = Office::new("school", "柳湾村小学", 2, &definitions);
        let new = Office::new("school", "河口村小学", 3, &definitions);
        old.enrol_under(&center);
        new.enrol_under(&center);
        let child = old.put(
            "student",
            &json!({ "name": "王小明", "sex": "1", "birth_date": "2015-03-04", "grade": "14", "class": "1班", "phone": "16400000001" }),
        );
        old.put("guardian", &json!({ "student": child, "name": "王大山", "relation": "51", "phone": "16400000002" }));
        old.put("fact", &json!({ "student": child, "kind": "left_behind", "value": "1", "from_on": "2024-09-01" }));
        old.put(
            "home_visit",
            &json!({ "student": child, "visited_on": "2026-09-01", "visitors": "李老师", "agreed": "不外传的话" }),
        );
        Self { center, old, new, child }
    }

    fn offer(&self) -> Id {
        let request =
            OfferTransfer { student: self.child, to_school: "河口村小学".to_owned(), to_code: None, reason: None };
        actions::offer_transfer(&self.old.desk, request).unwrap().id
    }

    fn down(&self, school: &Office) {
        let to = actions::session_info(&school.desk, ()).unwrap().code;
        let folder = self.center.beside("down");
        std::fs::create_dir_all(&folder).unwrap();
        let sealed = actions::export(&self.center.desk, ExportRequest { to: Some(to), folder, extent: None }).unwrap();
        actions::merge(&school.desk, sealed.file).unwrap();
    }

    fn incoming(&self) -> Option<TransferLine> {
        actions::transfers(&self.new.desk, ()).unwrap().into_iter().find(|line| line.way == "in")
    }

    fn accept(&self) -> Option<Id> {
        let line = self.incoming().filter(|line| line.state == "offered")?;
        let request =
            AcceptTransfer { id: line.id, grade: None, class: Some("2班".to_owned()), begins_on: None, note: None };
        Some(actions::accept_transfer(&self.new.desk, request).unwrap().id)
    }

    fn settle(&self) {
        for _ in 0..2 {
            self.old.report_to(&self.center);
            self.new.report_to(&self.center);
            self.down(&self.old);
            self.down(&self.new);
        }
    }
}

/// Children of an office that sit in a school today.
fn seated(office: &Office) -> Vec<String> {
    let rows = office.get("student", None);
    rows.iter().filter(|row| !row["school"].is_null()).map(|row| row["name"].as_str().unwrap().to_owned()).collect()
}

/// What a merge carried on to another school is taken back with it, and is carried on again when it counts again.
///
/// Mutants caught: a merge that carries and notes nothing; `bring_again` left out.
#[test]
fn what_a_merge_carried_on_is_taken_back_with_it() {
    let valley = Valley::new();
    valley.old.report_to(&valley.center);
    valley.offer();
    valley.old.report_to(&valley.center);
    let under_way = || valley.center.get("transfer_case", None).len();
    assert_eq!(under_way(), 2, "the old school's row, and the new one's");
    let package = actions::arrived_packages(&valley.center.desk, ()).unwrap()[0].package.clone();
    actions::take_back(&valley.center.desk, package.clone()).unwrap();
    assert_eq!(under_way(), 0);
    valley.down(&valley.new);
    assert!(valley.incoming().is_none());
    actions::take_up_again(&valley.center.desk, package).unwrap();
    assert_eq!(under_way(), 2);
    valley.down(&valley.new);
    valley.accept().unwrap();
    valley.settle();
    assert_eq!((seated(&valley.old), seated(&valley.new)), (vec![], vec!["王小明".to_owned()]));
    for office in [&valley.center, &valley.old, &valley.new] {
        assert!(office.desk.session().unwrap().store.read(|view| view.verify()).unwrap().is_empty());
    }
}

#[test]
fn a_child_taken_in_is_in_one_roster_and_only_what_the_school_needs_has_travelled() {
    let valley = Valley::new();
    let packet = actions::transfer_packet(&valley.old.desk, valley.child).unwrap();
    valley.offer();
    assert_eq!(seated(&valley.old), ["王小明"], "until it is taken in it is here");
    valley.old.report_to(&valley.center);
    valley.down(&valley.new);
    let line = valley.incoming().unwrap();
    assert_eq!(
        (line.state.as_str(), line.from_school.as_str(), line.due_on.as_str()),
        ("offered", "柳湾村小学", "2026-09-21")
    );
    let arrived = actions::transfer_packet(&valley.new.desk, line.id).unwrap();
    assert_eq!(arrived, packet, "the new school sees what the old one saw, and nothing else");
    let told: String = packet.lines.iter().map(|line| line.text.clone()).collect();
    assert!(told.contains("王大山") && !told.contains("不外传的话"), "{told}");
    let taken = valley.accept().unwrap();
    assert_eq!(seated(&valley.new), ["王小明"]);
    assert_eq!(valley.new.get("guardian", None)[0]["student"], json!(taken));
    assert!(valley.new.get("home_visit", None).is_empty());
    valley.new.report_to(&valley.center);
    let there = valley.center.get("student", None);
    assert_eq!(there.len(), 1, "the center sees one child");
    assert_eq!(there[0]["class"], "2班");
    let guardians = valley.center.get("guardian", None);
    assert!(guardians.len() == 2 && guardians.iter().all(|row| row["student"] == there[0]["id"]));
    valley.down(&valley.old);
    assert_eq!(seated(&valley.old), Vec::<String>::new(), "with the answer it is out of the old roster");
    let line = &actions::transfers(&valley.old.desk, ()).unwrap()[0];
    assert_eq!((line.state.as_str(), line.begins_on.as_str()), ("accepted", "2026-09-08"));
    valley.settle();
    for office in [&valley.center, &valley.old, &valley.new] {
        assert!(actions::conflicts(&office.desk, ()).unwrap().is_empty());
        assert!(office.desk.session().unwrap().store.read(|view| view.verify()).unwrap().is_empty());
    }
}

#[test]
fn a_child_refused_is_back_with_the_reason_and_can_be_offered_again() {
    let valley = Valley::new();
    valley.offer();
    let again =
        OfferTransfer { student: valley.child, to_school: "河口村小学".to_owned(), to_code: None, reason: None };
    assert_eq!(actions::offer_transfer(&valley.old.desk, again).unwrap_err().code, "transfer_under_way");
    valley.old.report_to(&valley.center);
    valley.down(&valley.new);
    let id = valley.incoming().unwrap().id;
    let refuse = |text: &str| actions::refuse_transfer(&valley.new.desk, AnswerTransfer { id, text: text.to_owned() });
    assert_eq!(refuse(" ").unwrap_err().code, "transfer_needs_reason");
    refuse("不在本校片区").unwrap();
    assert_eq!(refuse("再说一遍").unwrap_err().code, "transfer_answered");
    valley.new.report_to(&valley.center);
    valley.down(&valley.old);
    let line = &actions::transfers(&valley.old.desk, ()).unwrap()[0];
    assert_eq!((line.state.as_str(), line.answer.as_str()), ("refused", "不在本校片区"));
    assert_eq!(seated(&valley.old), ["王小明"]);
    assert!(seated(&valley.new).is_empty());
    valley.offer();
}

/// Whatever the two schools do and in whatever order sticks travel, the center sees the child in one roster at every
/// moment, and in the end so do the schools together.
///
/// Guards against: the seat at the old school not ended; the rows not joined; a hand-over taken back that beats an
/// acceptance it had not seen.
#[test]
fn in_whatever_order_sticks_travel_the_child_is_in_one_roster() {
    for seed in 0..8_u32 {
        let valley = Valley::new();
        valley.old.report_to(&valley.center);
        let id = valley.offer();
        let mut dice = seed.wrapping_mul(2_654_435_761).wrapping_add(12345);
        for _ in 0..10 {
            dice = dice.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            match (dice >> 16) % 8 {
                0 | 1 => valley.old.report_to(&valley.center),
                2 | 3 => valley.new.report_to(&valley.center),
                4 => valley.down(&valley.old),
                5 => valley.down(&valley.new),
                6 => {
                    valley.accept();
                }
                // An answer may have come first: nothing is taken back then.
                _ => {
                    let request = AnswerTransfer { id, text: "家长改了主意".to_owned() };
                    let _refused = actions::withdraw_transfer(&valley.old.desk, request);
                }
            }
            assert_eq!(seated(&valley.center).len(), 1, "seed {seed}");
        }
        valley.settle();
        let schools = [seated(&valley.old), seated(&valley.new)].concat();
        assert_eq!(schools.len(), 1, "seed {seed}: {schools:?}");
        assert_eq!(seated(&valley.center).len(), 1, "seed {seed}");
    }
}
