//! Twenty thousand children entering a ledger at once, against the least any program could do.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use domain::{Id, Value};
use rusqlite::{Connection, params_from_iter};
use serde_json::{Map, Value as Json};
use store::{Act, Author, Edit};

use crate::children;
use crate::ledgers;
use crate::measure::{Table, ms, time};

/// Rows of a large roster.
pub const ROSTER: usize = 20_000;

/// Own fields that live in an enrolment.
const SEAT: [&str; 3] = ["grade", "class", "boarding"];

/// The rows, saved as a batch, against the same rows in one plain table of the same cipher.
pub fn run(table: &mut Table) {
    let floor = floor(&(0..ROSTER).map(children::typed).collect::<Vec<_>>());
    let ledger = ledgers::empty();
    let session = ledger.desk.session().expect("a session");
    let scope = session.organisation.id;
    let edits: Vec<Edit> = (0..ROSTER).flat_map(|number| edits(number, scope)).collect();
    let author = Author { batch: Some(Id::from_bytes([1; 16])), ..Author::new(session.who, ledger.desk.now_ms()) };
    let (took, _) = time(|| session.store.write(|door| door.save(&author, &edits)).expect("saved"));
    let per = took.as_secs_f64() * 1e6 / ROSTER as f64;
    table.note(&format!("{ROSTER} rows into a plain table of the same cipher"), ms(floor));
    table.note(
        &format!("{ROSTER} children with seat and guardian, as a batch"),
        format!("{} ({per:.1} µs each, {:.1} × plain)", ms(took), took.as_secs_f64() / floor.as_secs_f64()),
    );
    let (took, _) = time(|| {
        session.store.write(|door| door.undo(&Author::new(session.who, 1_795_000_000_000), None)).expect("undone")
    });
    table.note("the whole batch taken back", ms(took));
}

/// Inserting the rows, and nothing more, into an encrypted file with the ledger's settings.
pub fn floor(rows: &[Map<String, Json>]) -> Duration {
    let folder = tempfile::TempDir::new().expect("a folder");
    let mut times: Vec<Duration> =
        (0..3).map(|run| plain_insert(&folder.path().join(format!("{run}.db")), rows)).collect();
    crate::measure::percentile(&mut times, 50)
}

fn plain_insert(path: &Path, rows: &[Map<String, Json>]) -> Duration {
    let mut db = Connection::open(path).expect("a database");
    db.execute_batch(
        "PRAGMA key = \"x'0303030303030303030303030303030303030303030303030303030303030303'\";
         PRAGMA journal_mode = DELETE; PRAGMA synchronous = EXTRA;",
    )
    .expect("the cipher's settings");
    let columns: Vec<&String> = rows[0].keys().collect();
    let names = columns.iter().map(|name| format!("\"{name}\" TEXT")).collect::<Vec<_>>().join(", ");
    db.execute_batch(&format!("CREATE TABLE child (id INTEGER PRIMARY KEY, {names})")).expect("a table");
    let places = columns.iter().map(|_| ", ?").collect::<String>();
    let sql = format!("INSERT INTO child VALUES (NULL{places})");
    let (took, ()) = time(|| {
        let tx = db.transaction().expect("a transaction");
        {
            let mut insert = tx.prepare(&sql).expect("a statement");
            for row in rows {
                insert.execute(params_from_iter(row.values().map(|cell| cell.as_str()))).expect("a row");
            }
        }
        tx.commit().expect("a commit");
    });
    took
}

/// What an import makes of one line of a roster.
fn edits(number: usize, scope: Id) -> [Edit; 3] {
    let row = |kind: u8| {
        let mixed = (number as u64 * 3 + u64::from(kind) + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        Id::from_random((u128::from(mixed) << 64 | u128::from(mixed.rotate_left(17) ^ 0x5555)).to_be_bytes())
    };
    let (student, seat, guardian) = (row(0), row(1), row(2));
    let mut own = texts(children::typed(number));
    let mut sits: BTreeMap<String, Option<Value>> =
        SEAT.iter().filter_map(|key| Some(((*key).to_owned(), own.remove(*key)?))).collect();
    sits.extend([
        ("student".to_owned(), Some(Value::Row(student))),
        ("organisation".to_owned(), Some(Value::Row(scope))),
        ("kind".to_owned(), Some(Value::Text("1".to_owned()))),
        ("status".to_owned(), Some(Value::Text("1".to_owned()))),
        ("school_year".to_owned(), Some(Value::Text("2026-2027".to_owned()))),
        ("stated_on".to_owned(), Some(Value::Text("2026-11-20".to_owned()))),
    ]);
    let mut cares = texts(children::guardian(number, ""));
    cares.insert("student".to_owned(), Some(Value::Row(student)));
    cares.insert("is_guardian".to_owned(), Some(Value::Int(1)));
    let make = |record: &str, row, fields| Edit { record: record.to_owned(), row, act: Act::Make { scope, fields } };
    [make("student", student, own), make("enrolment", seat, sits), make("guardian", guardian, cares)]
}

fn texts(fields: Map<String, Json>) -> BTreeMap<String, Option<Value>> {
    let text = |json: Json| json.as_str().map(|text| Value::Text(text.to_owned()));
    fields.into_iter().map(|(key, json)| (key, text(json))).collect()
}
