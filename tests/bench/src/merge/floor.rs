//! The least any program could do with the same work: the operations put into one table, the fields into another.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, params};

use super::files::{FIELDS, Form, files, forms};
use super::outcome::{Outcome, Peak};
use crate::measure::time;

/// The same cipher, the same settings, one transaction a school; no log, no hashes, no heads, no conflicts.
pub fn run(folder: &Path) -> Outcome {
    let home = tempfile::TempDir::new().expect("a folder");
    let path = home.path().join("floor.db");
    let mut db = plain(&path);
    let children = fill(&mut db, folder);
    let before = std::fs::metadata(&path).expect("a file").len();
    let peak = Peak::begin();
    let (mut took, mut number, mut operations) = (Duration::ZERO, 0i64, 0usize);
    for (school, file) in files(folder, "forms.csv").iter().enumerate() {
        let all = forms(file);
        operations += all.iter().map(|form| form.fields.len()).sum::<usize>();
        took += time(|| enter(&mut db, &all, (school * children) as i64, &mut number)).0;
    }
    let grown = std::fs::metadata(&path).expect("a file").len() - before;
    Outcome { took, peak_mb: peak.end(), disk: grown as f64 / operations as f64, ..Outcome::default() }
}

fn enter(db: &mut Connection, forms: &[Form], first: i64, number: &mut i64) {
    let tx = db.transaction().expect("a transaction");
    {
        let mut insert = tx.prepare("INSERT INTO op VALUES (?1, ?2, ?3, 0, ?4, NULL)").expect("a statement");
        let update = |field: &&str| tx.prepare(&format!("UPDATE student SET \"{field}\" = ?2 WHERE id = ?1"));
        let mut updates: Vec<_> = FIELDS.iter().map(|field| update(field).expect("a statement")).collect();
        for form in forms {
            let obj = first + form.child as i64;
            for (field, value) in &form.fields {
                *number += 1;
                insert.execute(params![*number, obj, *field as i64, value]).expect("an operation");
                updates[*field].execute(params![obj, value]).expect("a field");
            }
        }
    }
    tx.commit().expect("a commit");
}

/// An empty file of the ledger's cipher and settings, with a log and the children's table of the ledger.
fn plain(path: &Path) -> Connection {
    let db = Connection::open(path).expect("a database");
    db.execute_batch(
        "PRAGMA key = \"x'0303030303030303030303030303030303030303030303030303030303030303'\";
         PRAGMA journal_mode = DELETE; PRAGMA synchronous = EXTRA; PRAGMA cache_spill = OFF;
         PRAGMA secure_delete = ON; PRAGMA cache_size = -196608;
         CREATE TABLE op (id INTEGER PRIMARY KEY, obj INTEGER NOT NULL, field INTEGER NOT NULL, kind INTEGER NOT NULL,
                          val ANY, seen BLOB) STRICT;",
    )
    .expect("the cipher's settings");
    let stored = domain::Catalogue::built_in().record("student").expect("children").stored();
    let columns: String = stored.map(|field| format!(", \"{}\" TEXT", field.key)).collect();
    db.execute_batch(&format!("CREATE TABLE student (id INTEGER PRIMARY KEY{columns})")).expect("a table");
    db
}

/// The children as they stood before; gives how many a school has.
fn fill(db: &mut Connection, folder: &Path) -> usize {
    let mut number = 0i64;
    let schools = files(folder, "births");
    let tx = db.transaction().expect("a transaction");
    for file in &schools {
        let segment = oplog::Segment::from_bytes(&super::work::unpacked(file)).expect("a segment");
        for op in segment.changes.iter().flat_map(|change| &change.ops) {
            let Some(key) = op.field.strip_prefix("student.") else { continue };
            let value = op.payload.open().and_then(|payload| payload.values()[0].as_ref()?.as_text());
            match (key, value) {
                ("_life", _) => {
                    tx.execute("INSERT INTO student (id) VALUES (?1)", [number]).expect("a row");
                    number += 1;
                }
                (key, value) => {
                    let sql = format!("UPDATE student SET \"{key}\" = ?2 WHERE id = ?1");
                    let mut update = tx.prepare_cached(&sql).expect("a statement");
                    update.execute(params![number - 1, value]).expect("a field");
                }
            }
        }
    }
    tx.commit().expect("a commit");
    number as usize / schools.len()
}
