//! The ledger's own merge: unpacked, chain checked, logged, folded into heads, conflicts and rows.

use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use domain::{Date, Id, Keyed, Value};
use oplog::{Hash, Segment};
use store::{Act, Author, Definitions, Edit, Incoming, Store};
use tempfile::TempDir;

use super::files::{FIELDS, Form, files, forms};
use super::outcome::{Outcome, Peak};
use super::stories::Ledgers;
use super::trials::survives;
use super::work::{child, scope, unpacked};
use crate::measure::time;

/// Whether what children are found and listed by follows too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Search {
    /// It does, as in daily use.
    With,
    /// It does not: the bar is set without.
    Apart,
}

/// Everything the schools wrote enters the center's ledger, one transaction a school.
pub fn run(folder: &Path, search: Search) -> Outcome {
    let home = TempDir::new().expect("a folder");
    let store = center(home.path(), folder, search);
    let size = || std::fs::metadata(home.path().join("ledger.db")).expect("a file").len();
    let before = size();
    let peak = Peak::begin();
    let edits = files(folder, "edits");
    let (mut again, mut operations) = (Duration::ZERO, 0usize);
    let took = match search {
        Search::With => time(|| take_in_ahead(&store, &edits)).0,
        Search::Apart => edits.iter().map(|file| time(|| take_in(&store, file)).0).sum(),
    };
    let (peak_mb, grown) = (peak.end(), size() - before);
    for file in &edits {
        again += time(|| take_in(&store, file)).0;
        operations += segment(file).changes.iter().map(|change| change.ops.len()).sum::<usize>();
    }
    let conflicts = store.read(|view| view.conflict_count()).expect("conflicts") as usize;
    let lost = edits.iter().enumerate().map(|(school, file)| lost(&store, school, file)).sum();
    let disk = grown as f64 / operations as f64;
    Outcome { took, peak_mb, disk, lost, conflicts, again, wire: 0.0, survives: survives(&Ledgers) }
}

/// A center that holds the children already, and wrote about some of them since.
fn center(home: &Path, folder: &Path, search: Search) -> Store {
    let store = Store::create(home, &[3; 32], &Definitions::built_in()).expect("a ledger");
    let ready = store.write(|door| {
        door.set_local("replica", &[200; 16])?;
        match search {
            Search::With => door.set_today(Date::from_ymd_opt(2026, 11, 20).unwrap_or_default()),
            Search::Apart => Ok(()),
        }
    });
    ready.expect("a ready ledger");
    for file in files(folder, "births") {
        take_in(&store, &file);
    }
    for (school, file) in files(folder, "meanwhile.csv").iter().enumerate() {
        let edit = |form: Form| {
            let fields =
                form.fields.into_iter().map(|(field, text)| (FIELDS[field].into(), Some(Value::Text(text.into()))));
            let fields: Keyed<Option<Value>> = fields.collect();
            let act = Act::Write { fields, seen: None };
            Edit { record: "student".to_owned(), row: child(school, form.child), act }
        };
        let author = Author::new(Id::from_bytes([60; 16]), 1_794_500_000_000);
        let edits: Vec<Edit> = forms(file).into_iter().map(edit).collect();
        store.write(|door| door.save(&author, &edits)).expect("saved");
    }
    store
}

fn segment(file: &Path) -> Segment {
    Segment::from_bytes(&unpacked(file)).expect("a segment")
}

fn take_in(store: &Store, file: &Path) {
    enter(store, segment(file));
}

/// As a center takes in a stick of them: the next is opened while one is taken in.
fn take_in_ahead(store: &Store, files: &[PathBuf]) {
    thread::scope(|threads| {
        let (ready, coming) = mpsc::sync_channel(0);
        threads.spawn(move || files.iter().all(|file| ready.send(segment(file)).is_ok()));
        coming.into_iter().for_each(|segment| enter(store, segment));
    });
}

fn enter(store: &Store, segment: Segment) {
    let incoming = Incoming { segment, signature: vec![0; 64], certificate: vec![1; 200] };
    let received = store.write(|door| door.receive(vec![incoming], 1)).expect("received");
    assert_eq!(received.waiting, 0);
}

/// Fields written by a school that the log cannot show any more: none while every change is held, hash by hash.
fn lost(store: &Store, school: usize, file: &Path) -> usize {
    let sent = segment(file);
    let held = store.write(|door| {
        door.seal(&|_| vec![0; 64], &[1; 200])?;
        door.view().segments(scope(school))
    });
    let held: std::collections::HashSet<Hash> =
        held.expect("segments").iter().flat_map(|one| one.segment.changes.iter().map(oplog::Change::hash)).collect();
    let gone = sent.changes.iter().filter(|change| !held.contains(&change.hash()));
    gone.map(|change| change.ops.len()).sum()
}
