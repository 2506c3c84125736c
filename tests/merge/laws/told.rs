//! What happened in all histories together: a law that was never put to the test holds nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use histories::history::World;
use histories::oracle::{LIFE, ROWS, SAME, row_id};
use histories::steps::Step;
use oplog::heads::Life;
use serde_json::{Value as Json, json};

/// How many of the histories held each kind of event.
#[derive(Default)]
pub(crate) struct Told(Mutex<Tally>);

#[derive(Default)]
struct Tally {
    histories: usize,
    with: BTreeMap<&'static str, usize>,
    most_packages: usize,
}

/// In at least one of so many histories each of these must have happened.
const EVENTS: [(&str, usize); 19] = [
    ("a stick lost", 10),
    ("a stick read twice", 10),
    ("a stick read in another order", 100),
    ("a disk cloned", 10),
    ("a backup restored", 10),
    ("chains that branch", 10),
    ("a form saved late", 10),
    ("deleted", 10),
    ("brought back", 10),
    ("joined", 10),
    ("parted", 20),
    ("taken back", 10),
    ("several values opened again", 50),
    ("erased", 10),
    ("a merge taken back", 20),
    ("a merge taken up again", 50),
    ("a computer given up", 10),
    ("segments that wait", 20),
    ("a row in review", 10),
];

impl Told {
    /// Notes what happened in a history.
    pub(crate) fn count(&self, steps: &[Step], world: &World) {
        let mut found: BTreeSet<&'static str> = BTreeSet::new();
        if steps.iter().any(|step| matches!(step, Step::Lose(_))) {
            found.insert("a stick lost");
        }
        let mut read = BTreeSet::new();
        for event in world.told_before_meeting() {
            found.extend(of_event(event, &mut read));
        }
        found.extend(world.has_waited().then_some("segments that wait"));
        let tree = world.sites[0].memory.tree();
        let branches = (0..tree.next_number()).any(|lin| tree.get(lin).is_some_and(|one| one.fork.is_some()));
        found.extend(branches.then_some("chains that branch"));
        let reviewed = (0..ROWS).any(|row| world.sites[0].memory.life(row_id(row)) == Life::Review);
        found.extend(reviewed.then_some("a row in review"));
        let packages = steps.iter().filter(|step| matches!(step, Step::Pack(..) | Step::Relay(_))).count();
        let mut tally = self.0.lock().unwrap();
        tally.histories += 1;
        tally.most_packages = tally.most_packages.max(packages);
        for event in found {
            *tally.with.entry(event).or_default() += 1;
        }
    }

    /// Nothing that can happen happened too seldom.
    pub(crate) fn covers_everything(&self) {
        let tally = self.0.lock().unwrap();
        println!("{} histories, {} packages at most: {:?}", tally.histories, tally.most_packages, tally.with);
        assert!(tally.most_packages >= 50, "{} packages", tally.most_packages);
        for (event, one_in) in EVENTS {
            let with = tally.with.get(event).copied().unwrap_or_default();
            assert!(with * one_in >= tally.histories, "{event}: in {with} of {} histories", tally.histories);
        }
    }
}

/// What an event told to the simulator says; `read` holds what was read from sticks so far, where and in what order.
fn of_event(event: &Json, read: &mut BTreeSet<String>) -> Vec<&'static str> {
    match event["k"].as_str().unwrap() {
        "clone" => vec!["a disk cloned"],
        "restore" => vec!["a backup restored"],
        "aside" => vec!["a merge taken back"],
        "up" => vec!["a merge taken up again"],
        "bar" => vec!["a computer given up"],
        "deliver" => {
            let mut sorted = event["segs"].as_array().unwrap().clone();
            sorted.sort_by_key(Json::to_string);
            let (plain, ordered) =
                (format!("{} {sorted:?}", event["s"]), format!("{} {:?}", event["s"], event["segs"]));
            match (read.insert(ordered), read.insert(format!("sorted {plain}"))) {
                (false, _) => vec!["a stick read twice"],
                (true, false) => vec!["a stick read in another order"],
                (true, true) => vec![],
            }
        }
        "write" => {
            let mut found = Vec::new();
            found.extend((!event["form"].is_null()).then_some("a form saved late"));
            found.extend((!event["undoes"].is_null()).then_some("taken back"));
            for op in event["ops"].as_array().unwrap() {
                let (field, written) = (op[1].as_u64().unwrap() as u8, &op[2]);
                found.extend(match field {
                    _ if *written == json!("erase") => Some("erased"),
                    _ if written.get("reopen").is_some() => Some("several values opened again"),
                    LIFE if written["set"] == 0 => Some("deleted"),
                    LIFE if written["set"] == 1 => Some("brought back"),
                    SAME if written["set"].is_null() => Some("parted"),
                    SAME => Some("joined"),
                    _ => None,
                });
            }
            found
        }
        _ => vec![],
    }
}
