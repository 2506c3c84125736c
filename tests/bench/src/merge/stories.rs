//! The ledger as the stories of survival drive it: real files, real chains, the store's own door.

use domain::{Catalogue, Date, Id, Keyed, Value};
use oplog::Segment;
use store::{Act, Author, Definitions, Edit, Incoming, Store};
use tempfile::TempDir;

use super::files::FIELDS;
use super::trials::Engine;

/// The key of every ledger of a story.
const KEY: [u8; 32] = [3; 32];

/// The ledger.
pub struct Ledgers;

/// A ledger file, and how many of its segments have travelled.
pub struct Site {
    home: TempDir,
    store: Store,
    sent: usize,
}

fn scope() -> Id {
    Id::from_bytes([9; 16])
}

fn child(number: usize) -> Id {
    Id::from_bytes([100 + u8::try_from(number).unwrap_or_default(); 16])
}

fn save(site: &Site, edits: &[Edit]) {
    let author = Author::new(Id::from_bytes([60; 16]), 1_795_000_000_000);
    site.store.write(|door| door.save(&author, edits)).expect("saved");
}

impl Engine for Ledgers {
    type Site = Site;

    fn site(&self, children: usize) -> Site {
        let home = TempDir::new().expect("a folder");
        let store = Store::create(home.path(), &KEY, &Definitions::built_in()).expect("a ledger");
        store.write(|door| door.set_local("replica", &[201; 16])).expect("a ready ledger");
        let mut site = Site { home, store, sent: 0 };
        let make = |number: usize| {
            let fields = Keyed::from_iter([("name".into(), Some(Value::Text(format!("孩子{number}").into())))]);
            Edit { record: "student".to_owned(), row: child(number), act: Act::Make { scope: scope(), fields } }
        };
        save(&site, &(0..children).map(make).collect::<Vec<_>>());
        self.pack(&mut site);
        site
    }

    fn copy(&self, site: &mut Site) -> Site {
        let home = TempDir::new().expect("a folder");
        std::fs::copy(site.home.path().join("ledger.db"), home.path().join("ledger.db")).expect("a copy");
        let store = Store::open(home.path(), &KEY, &Definitions::built_in()).expect("a ledger");
        Site { home, store, sent: site.sent }
    }

    fn write(&self, site: &mut Site, number: usize, field: usize, text: &str) {
        let fields = Keyed::from_iter([(FIELDS[field].into(), Some(Value::Text(text.into())))]);
        let act = Act::Write { fields, seen: None };
        save(site, &[Edit { record: "student".to_owned(), row: child(number), act }]);
    }

    fn pack(&self, site: &mut Site) -> Vec<u8> {
        let sealed = site.store.write(|door| {
            door.seal(&|_| vec![0; 64], &[1; 200])?;
            door.view().segments(scope())
        });
        let segments = sealed.expect("segments");
        let mut package = Vec::new();
        for one in &segments[site.sent..] {
            let bytes = one.segment.to_bytes();
            package.extend(u32::try_from(bytes.len()).unwrap_or_default().to_be_bytes());
            package.extend(bytes);
        }
        site.sent = segments.len();
        package
    }

    fn take(&self, site: &mut Site, package: &[u8]) -> bool {
        let (mut rest, mut segments) = (package, Vec::new());
        while let Some((length, bytes)) = rest.split_first_chunk::<4>() {
            let (one, others) = bytes.split_at(u32::from_be_bytes(*length) as usize);
            let segment = Segment::from_bytes(one).expect("a segment");
            segments.push(Incoming { segment, signature: vec![0; 64], certificate: vec![1; 200] });
            rest = others;
        }
        site.store.write(|door| door.receive(segments, 1)).is_ok()
    }

    fn shown(&self, site: &Site, number: usize, field: usize) -> Option<String> {
        let catalogue = Catalogue::built_in();
        let record = catalogue.record("student").expect("children");
        let day = Date::from_ymd_opt(2026, 11, 20).unwrap_or_default();
        let row = site.store.read(|view| view.row(record, child(number), day)).expect("a row");
        row.values.get(FIELDS[field]).and_then(Value::as_text).map(str::to_owned)
    }

    fn conflicts(&self, site: &Site) -> usize {
        site.store.read(|view| view.conflict_count()).expect("conflicts") as usize
    }
}
