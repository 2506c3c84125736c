//! Ledgers full of made-up children.

use std::sync::atomic::{AtomicU64, Ordering};

use actions::{Desk, MakeLedger, SaveRequest};
use domain::Id;
use serde_json::{Map, Value as Json};
use tempfile::TempDir;

use crate::children;

/// The password of every ledger here.
pub const PASSWORD: &str = "correct horse battery";

/// A ledger in a folder of its own, open on a desk.
pub struct Ledger {
    /// The desk.
    pub desk: Desk,
    /// Its folder, kept until the ledger is dropped.
    pub folder: TempDir,
    /// Its children.
    pub students: Vec<Id>,
}

/// How many children the large ledger has.
pub fn large() -> usize {
    std::env::var("BENCH_CHILDREN").ok().and_then(|number| number.parse().ok()).unwrap_or(50_000)
}

/// An empty ledger of a school.
pub fn empty() -> Ledger {
    begun("school", "青山村小学", 7)
}

/// An empty ledger of an organisation; `seed` tells its dice from those of others.
pub fn begun(kind: &str, name: &str, seed: u8) -> Ledger {
    let folder = TempDir::new().expect("a folder");
    let tick = AtomicU64::new(1_795_000_000_000);
    let desk = Desk::new(Box::new(move || tick.fetch_add(1000, Ordering::Relaxed)), [seed; 32]);
    let request = MakeLedger {
        folder: Some(folder.path().join("ledger").display().to_string()),
        kind: kind.to_owned(),
        name: name.to_owned(),
        code: format!("36533300{seed:02}"),
        under: None,
        person: "和老师".to_owned(),
        password: PASSWORD.to_owned(),
        low_memory: true,
    };
    actions::make_ledger(&desk, request).expect("a ledger");
    Ledger { desk, folder, students: vec![] }
}

/// A ledger of so many children, one in ten visited, one in fifty with an open case.
pub fn of(children: usize) -> Ledger {
    let mut ledger = empty();
    let students = (0..children).map(|number| request("student", children::typed(number))).collect();
    ledger.students = save(&ledger.desk, students);
    let guardians = ledger.students.iter().enumerate();
    let guardians = guardians.map(|(number, id)| request("guardian", children::guardian(number, &id.to_string())));
    save(&ledger.desk, guardians.collect());
    let visited = |(number, id): (usize, &Id)| {
        let day = format!("2026-{:02}-{:02}", 1 + number % 10, 1 + number % 28);
        let fields = serde_json::json!({
            "student": id.to_string(), "visited_on": day, "way": "入户", "kind": "普访", "visitors": "和老师", "met": "奶奶",
            "agreed": "下周再联系", "next_on": format!("2026-{:02}-{:02}", 1 + (number + 1) % 10, 1 + number % 28),
        });
        request("home_visit", object(fields))
    };
    save(&ledger.desk, ledger.students.iter().enumerate().step_by(10).map(visited).collect());
    let left = |(number, id): (usize, &Id)| {
        let fields = serde_json::json!({
            "student": id.to_string(), "left_on": format!("2026-09-{:02}", 1 + number % 28),
        });
        request("dropout_case", object(fields))
    };
    save(&ledger.desk, ledger.students.iter().enumerate().step_by(50).map(left).collect());
    ledger
}

/// Saves forms together.
pub fn save(desk: &Desk, requests: Vec<SaveRequest>) -> Vec<Id> {
    let saved = actions::save_rows(desk, requests).unwrap_or_else(|failure| panic!("{failure:?}"));
    saved.into_iter().map(|reply| reply.id).collect()
}

/// A form of a new row.
pub fn request(record: &str, values: Map<String, Json>) -> SaveRequest {
    SaveRequest { record: record.to_owned(), id: None, values, seen: None, why: None }
}

fn object(json: Json) -> Map<String, Json> {
    match json {
        Json::Object(fields) => fields,
        _ => Map::new(),
    }
}
