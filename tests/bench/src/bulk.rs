//! Twenty thousand children entering a ledger at once, against the least any program could do.

use std::path::Path;
use std::time::Duration;

use domain::{Id, Keyed, Value};
use package::keyslots::KeySlots;
use rusqlite::types::Value as Sql;
use rusqlite::{Connection, params_from_iter};
use serde_json::{Map, Value as Json};
use store::{Act, Author, Edit};

use crate::children;
use crate::ledgers::{self, PASSWORD};
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

fn opened(path: &Path) -> Connection {
    let db = Connection::open(path).expect("a database");
    db.execute_batch(
        "PRAGMA key = \"x'0303030303030303030303030303030303030303030303030303030303030303'\";
         PRAGMA journal_mode = DELETE; PRAGMA synchronous = EXTRA;",
    )
    .expect("the cipher's settings");
    db
}

fn plain_insert(path: &Path, rows: &[Map<String, Json>]) -> Duration {
    let mut db = opened(path);
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

/// The rows that a ledger holds, inserted as they stand into a new file of the same tables in one transaction: what an import
/// writes, and nothing of how it comes to it.
pub fn same_rows(ledger: &Path) -> Duration {
    let (key, _) = KeySlots::load(ledger).and_then(|slots| slots.unlock(PASSWORD)).expect("the ledger's key");
    let key: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
    let held = Connection::open(ledger.join("ledger.db")).expect("the ledger");
    held.execute_batch(&format!("PRAGMA key = \"x'{key}'\";")).expect("the ledger's key");
    let tables: Vec<String> = held
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY rowid")
        .and_then(|mut ask| ask.query_map([], |row| row.get(0))?.collect())
        .expect("the tables");
    let rows_of = |table: &String| -> (String, Vec<Vec<Sql>>) {
        let mut ask = held.prepare(&format!("SELECT * FROM \"{table}\"")).expect("a table");
        let columns = ask.column_count();
        let places = (1..columns).map(|_| ", ?").collect::<String>();
        let read = ask.query_map([], |row| (0..columns).map(|at| row.get(at)).collect());
        (format!("INSERT INTO \"{table}\" VALUES (?{places})"), read.and_then(Iterator::collect).expect("its rows"))
    };
    let all: Vec<(String, Vec<Vec<Sql>>)> = tables.iter().map(rows_of).collect();
    let folder = tempfile::TempDir::new().expect("a folder");
    let mut times: Vec<Duration> =
        (0..3).map(|run| inserted_as_they_stand(&folder.path().join(format!("{run}.db")), &all)).collect();
    crate::measure::percentile(&mut times, 50)
}

fn inserted_as_they_stand(path: &Path, tables: &[(String, Vec<Vec<Sql>>)]) -> Duration {
    let mut db = opened(path);
    db.execute_batch("PRAGMA cache_spill = OFF; PRAGMA foreign_keys = ON; PRAGMA cache_size = -196608;")
        .expect("the ledger's settings");
    db.execute_batch(include_str!("../../../schema.sql")).expect("the ledger's tables");
    let (took, ()) = time(|| {
        let tx = db.transaction().expect("a transaction");
        for (sql, rows) in tables {
            let mut insert = tx.prepare(sql).expect("a statement");
            for row in rows {
                insert.execute(params_from_iter(row)).expect("a row");
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
    let mut sits: Keyed<Option<Value>> =
        SEAT.iter().filter_map(|key| Some(((*key).into(), own.remove(*key)?))).collect();
    sits.extend([
        ("student".into(), Some(Value::Row(student))),
        ("organisation".into(), Some(Value::Row(scope))),
        ("kind".into(), Some(Value::Text("1".into()))),
        ("status".into(), Some(Value::Text("1".into()))),
        ("school_year".into(), Some(Value::Text("2026-2027".into()))),
        ("stated_on".into(), Some(Value::Text("2026-11-20".into()))),
    ]);
    let mut cares = texts(children::guardian(number, ""));
    cares.insert("student".into(), Some(Value::Row(student)));
    cares.insert("is_guardian".into(), Some(Value::Int(1)));
    let make = |record: &str, row, fields| Edit { record: record.to_owned(), row, act: Act::Make { scope, fields } };
    [make("student", student, own), make("enrolment", seat, sits), make("guardian", guardian, cares)]
}

fn texts(fields: Map<String, Json>) -> Keyed<Option<Value>> {
    let text = |json: Json| json.as_str().map(|text| Value::Text(text.into()));
    fields.into_iter().map(|(key, json)| (key.into(), text(json))).collect()
}
