//! SQLite's own: each school records a session and sends its changeset; the center applies it, the sender's value winning
//! wherever both wrote. The same cipher and settings as the ledger, one transaction a school; no history, no chain.

use std::io::Cursor;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use rusqlite::session::{Changegroup, ChangesetItem, ConflictAction, ConflictType, Session};
use rusqlite::types::Value;
use rusqlite::{Connection, params, params_from_iter};

use crate::documents::{children, nameless, overwritten};
use crate::files::{FIELDS, Form, files, forms};
use crate::outcome::{Outcome, Peak};
use crate::trials::{Engine, survives};

/// Rows that both sides wrote, as the callback told them.
static CONFLICTS: AtomicUsize = AtomicUsize::new(0);
/// Compression of packages, the same for every contender.
const LEVEL: i32 = 9;
/// Fields of a child beside those that are written.
const OTHERS: [&str; 9] =
    ["name", "sex", "birth_date", "id_type", "id_number", "student_code", "grade", "class", "boarding"];

/// Applies every school's changeset to the center's table.
pub fn run(folder: &Path) -> Outcome {
    let home = tempfile::TempDir::new().expect("a folder");
    let (path, schools) = (home.path().join("center.db"), files(folder, "forms.csv").len());
    let mut center = opened(&path);
    let (mut firsts, mut packages, mut operations) = (vec![], vec![], 0usize);
    let (said, meanwhile) = (files(folder, "forms.csv"), files(folder, "meanwhile.csv"));
    for (school, file) in files(folder, "children.csv").iter().enumerate() {
        let known = children(file);
        let first = school * known.len();
        fill(&mut center, first, &known);
        let mut own = Connection::open_in_memory().expect("a database");
        own.execute_batch(&table()).expect("a table");
        fill(&mut own, first, &known);
        let said = forms(&said[school]);
        operations += said.iter().map(|form| form.fields.len()).sum::<usize>();
        let changes = recorded(&mut own, first, &said);
        packages.push(zstd::bulk::compress(&changes, LEVEL).expect("compressed"));
        firsts.push(first);
    }
    for (first, file) in firsts.iter().zip(&meanwhile) {
        let tx = center.transaction().expect("a transaction");
        forms(file).iter().for_each(|form| update(&tx, *first, form));
        tx.commit().expect("a commit");
    }
    let size = || std::fs::metadata(&path).expect("a file").len() as f64;
    let before = size();
    CONFLICTS.store(0, Ordering::Relaxed);
    let peak = Peak::begin();
    let took: Duration = packages.iter().map(|package| merge(&mut center, package)).sum();
    let (peak_mb, disk) = (peak.end(), (size() - before) / operations as f64);
    let conflicts = CONFLICTS.load(Ordering::Relaxed);
    let gone = |(at, first): (usize, &usize)| {
        let shown = |child: usize, field: usize| shown(&center, first + child, field);
        overwritten(&forms(&said[at]), &forms(&meanwhile[at]), shown)
    };
    let lost = firsts.iter().enumerate().map(gone).sum();
    let again = packages.iter().map(|package| merge(&mut center, package)).sum();
    let wire = packages.iter().map(Vec::len).sum::<usize>() as f64 / operations as f64;
    assert_eq!(schools, packages.len());
    Outcome { took, peak_mb, disk, lost, conflicts, again, wire, survives: survives(&Changesets) }
}

fn merge(center: &mut Connection, package: &[u8]) -> Duration {
    let start = Instant::now();
    let changes = zstd::stream::decode_all(package).expect("unpacked");
    let tx = center.transaction().expect("a transaction");
    apply(&tx, &changes).expect("applied");
    tx.commit().expect("a commit");
    start.elapsed()
}

fn apply(db: &Connection, changes: &[u8]) -> rusqlite::Result<()> {
    let mut group = Changegroup::new()?;
    group.add_stream(&mut Cursor::new(changes))?;
    let choose = |kind: ConflictType, _: &ChangesetItem| match kind {
        ConflictType::SQLITE_CHANGESET_DATA => {
            CONFLICTS.fetch_add(1, Ordering::Relaxed);
            ConflictAction::SQLITE_CHANGESET_REPLACE
        }
        _ => ConflictAction::SQLITE_CHANGESET_OMIT,
    };
    db.apply(&group.output()?, None::<fn(&str) -> bool>, choose)
}

fn recorded(db: &mut Connection, first: usize, said: &[Form]) -> Vec<u8> {
    let mut changes = Vec::new();
    let mut session = Session::new(db).expect("a session");
    session.attach(Some("student")).expect("a table");
    db.execute_batch("BEGIN").expect("a transaction");
    said.iter().for_each(|form| update(db, first, form));
    db.execute_batch("COMMIT").expect("a commit");
    session.changeset_strm(&mut changes).expect("a changeset");
    changes
}

fn table() -> String {
    let columns: String = OTHERS.iter().chain(&FIELDS).map(|field| format!(", \"{field}\" TEXT")).collect();
    format!("CREATE TABLE student (id INTEGER PRIMARY KEY{columns})")
}

/// An empty file of the ledger's cipher and settings.
fn opened(path: &Path) -> Connection {
    let db = Connection::open(path).expect("a database");
    db.execute_batch(
        "PRAGMA key = \"x'0303030303030303030303030303030303030303030303030303030303030303'\";
         PRAGMA journal_mode = DELETE; PRAGMA synchronous = EXTRA; PRAGMA cache_spill = OFF;
         PRAGMA secure_delete = ON; PRAGMA cache_size = -196608;",
    )
    .expect("the cipher's settings");
    db.execute_batch(&table()).expect("a table");
    db
}

fn fill(db: &mut Connection, first: usize, known: &[Vec<(String, String)>]) {
    let tx = db.transaction().expect("a transaction");
    for (child, fields) in known.iter().enumerate() {
        let names: String = fields.iter().map(|(key, _)| format!(", \"{key}\"")).collect();
        let places: String = fields.iter().map(|_| ", ?").collect();
        let sql = format!("INSERT INTO student (id{names}) VALUES (?{places})");
        let cells = fields.iter().map(|(_, text)| Value::Text(text.clone()));
        let row = [Value::Integer((first + child) as i64)].into_iter().chain(cells);
        tx.prepare_cached(&sql).and_then(|mut insert| insert.execute(params_from_iter(row))).expect("a row");
    }
    tx.commit().expect("a commit");
}

fn update(db: &Connection, first: usize, form: &Form) {
    for (field, text) in &form.fields {
        let sql = format!("UPDATE student SET \"{}\" = ?2 WHERE id = ?1", FIELDS[*field]);
        let mut update = db.prepare_cached(&sql).expect("a statement");
        update.execute(params![(first + form.child) as i64, text]).expect("a field");
    }
}

fn shown(db: &Connection, child: usize, field: usize) -> Option<String> {
    let sql = format!("SELECT \"{}\" FROM student WHERE id = ?1", FIELDS[field]);
    let mut ask = db.prepare_cached(&sql).expect("a statement");
    ask.query_row([child as i64], |row| row.get(0)).expect("a row")
}

/// The contender, as the stories of survival drive it.
struct Changesets;

/// A table, what was recorded of it, and the conflicts that were told.
struct Site {
    db: Connection,
    packed: Vec<u8>,
    told: usize,
}

impl Engine for Changesets {
    type Site = Site;

    fn site(&self, children: usize) -> Site {
        let mut db = Connection::open_in_memory().expect("a database");
        db.execute_batch(&table()).expect("a table");
        fill(&mut db, 0, &nameless(children));
        Site { db, packed: vec![], told: 0 }
    }

    fn copy(&self, site: &mut Site) -> Site {
        let count: i64 = site.db.query_row("SELECT count(*) FROM student", [], |row| row.get(0)).expect("a number");
        let children = usize::try_from(count).unwrap_or_default();
        let mut copy = self.site(children);
        for child in 0..children {
            let fields = (0..FIELDS.len()).filter_map(|field| Some((field, shown(&site.db, child, field)?))).collect();
            update(&copy.db, 0, &Form { child, fields });
        }
        copy.packed = site.packed.clone();
        copy
    }

    fn write(&self, site: &mut Site, child: usize, field: usize, text: &str) {
        let more = recorded(&mut site.db, 0, &[Form { child, fields: vec![(field, text.to_owned())] }]);
        let mut group = Changegroup::new().expect("a group");
        for changes in [&site.packed, &more].into_iter().filter(|changes| !changes.is_empty()) {
            group.add_stream(&mut Cursor::new(changes)).expect("changes");
        }
        site.packed = Vec::new();
        group.output_strm(&mut site.packed).expect("changes");
    }

    fn pack(&self, site: &mut Site) -> Vec<u8> {
        std::mem::take(&mut site.packed)
    }

    fn take(&self, site: &mut Site, package: &[u8]) -> bool {
        let before = CONFLICTS.load(Ordering::Relaxed);
        let applied = apply(&site.db, package).is_ok();
        site.told += CONFLICTS.load(Ordering::Relaxed) - before;
        applied
    }

    fn shown(&self, site: &Site, child: usize, field: usize) -> Option<String> {
        shown(&site.db, child, field)
    }

    fn conflicts(&self, site: &Site) -> usize {
        site.told
    }
}
