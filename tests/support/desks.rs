//! Desks of made-up organisations: ledgers at the floor of cost, in folders that go away.

use std::path::{Path, PathBuf};

use actions::{Desk, EnrolRequest, Failure, GetRequest, MakeLedger, OpenLedger, SaveReply, SaveRequest};
use domain::{Date, Id};
use serde_json::{Map, Value as Json};
use store::{Definitions, Incoming, StoreError};
use tempfile::TempDir;

/// The password of every ledger made here.
pub const PASSWORD: &str = "柳湾村小学的第一本台账";
const CLOCK_MS: u64 = 1_788_832_800_000;

/// An organisation with its ledger open.
pub struct Office {
    /// Where its people work.
    pub desk: Desk,
    home: TempDir,
}

impl Office {
    /// An organisation that works on 2026-09-08; `seed` tells its dice from those of others.
    pub fn new(kind: &str, name: &str, seed: u8, definitions: &Definitions) -> Self {
        let home = TempDir::new().unwrap();
        let office = Self { desk: desk(seed, definitions), home };
        let request = MakeLedger {
            folder: Some(office.folder().display().to_string()),
            kind: kind.to_owned(),
            name: name.to_owned(),
            code: format!("91990000{seed:02}"),
            under: None,
            person: "李老师".to_owned(),
            password: PASSWORD.to_owned(),
            low_memory: true,
        };
        actions::make_ledger(&office.desk, request).unwrap();
        office
    }

    /// A second computer that goes on from a copy of this one's disk.
    pub fn cloned(&self, seed: u8, definitions: &Definitions) -> Self {
        let home = TempDir::new().unwrap();
        let office = Self { desk: desk(seed, definitions), home };
        std::fs::create_dir_all(office.folder()).unwrap();
        for entry in std::fs::read_dir(self.folder()).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_none_or(|ending| ending != "lock") {
                std::fs::copy(&path, office.folder().join(path.file_name().unwrap())).unwrap();
            }
        }
        let folder = office.folder().display().to_string();
        actions::open_ledger(&office.desk, OpenLedger { folder, password: PASSWORD.to_owned() }).unwrap();
        office
    }

    /// The same ledger opened by another program: this one's own is closed first.
    pub fn cloned_closed(&self, seed: u8, definitions: &Definitions) -> Self {
        actions::close_ledger(&self.desk, ()).unwrap();
        self.cloned(seed, definitions)
    }

    fn folder(&self) -> PathBuf {
        self.home.path().join("ledger")
    }

    /// A file or folder beside the ledger.
    pub fn beside(&self, name: &str) -> String {
        self.home.path().join(name).display().to_string()
    }

    /// The key that opens packages for this organisation, as `age -i` takes it.
    pub fn receiving_key(&self) -> Vec<u8> {
        let session = self.desk.session().unwrap();
        session.store.read(|view| view.local("key/operating")).unwrap().unwrap()
    }

    /// The file of its ledger.
    pub fn ledger_file(&self) -> PathBuf {
        self.folder().join("ledger.db")
    }

    /// Saves a form; an `id` among the values names the row.
    pub fn save(&self, record: &str, values: &Json) -> Result<SaveReply, Failure> {
        let mut values: Map<String, Json> = values.as_object().unwrap().clone();
        let id = values.remove("id").and_then(|id| id.as_str()?.parse().ok());
        actions::save_row(&self.desk, SaveRequest { record: record.to_owned(), id, values, seen: None, why: None })
    }

    /// Saves a form that must go through.
    pub fn put(&self, record: &str, values: &Json) -> Id {
        self.save(record, values).unwrap_or_else(|failure| panic!("{record}: {failure:?}")).id
    }

    /// All rows of a record, or one.
    pub fn get(&self, record: &str, id: Option<Id>) -> Vec<Map<String, Json>> {
        let mut rows = Vec::new();
        let request = GetRequest { record: record.to_owned(), id, ..GetRequest::default() };
        actions::get_rows(&self.desk, &request, |row| {
            rows.push(row.clone());
            Ok(())
        })
        .unwrap();
        rows
    }

    /// Everything this computer holds of its organisation, sealed.
    pub fn goods(&self) -> Vec<Incoming> {
        let session = self.desk.session().unwrap();
        session
            .store
            .write(|door| {
                door.seal(&|_| vec![0; 64], b"certificate")?;
                let out = door.view().segments(session.organisation.id)?;
                let incoming = |one: store::Outgoing| Incoming {
                    segment: one.segment,
                    signature: one.signature,
                    certificate: one.certificate,
                };
                Ok::<_, StoreError>(out.into_iter().map(incoming).collect())
            })
            .unwrap()
    }

    /// Takes in what another computer of the same organisation holds.
    pub fn take(&self, goods: Vec<Incoming>) {
        let session = self.desk.session().unwrap();
        session.store.write(|door| door.receive(goods, 1).map(|_| ())).unwrap();
    }

    /// Brings everything this computer holds to another of the same organisation.
    pub fn carry_to(&self, other: &Self) {
        other.take(self.goods());
    }

    /// Takes up contact with the organisation above, by files carried by hand.
    pub fn enrol_under(&self, above: &Self) {
        let file = |name: &str| Some(self.beside(name));
        let step = |input: Option<String>, output: Option<String>| EnrolRequest { input, output, typed: None };
        actions::enrol_invite(&above.desk, step(None, file("invite"))).unwrap();
        actions::enrol_request(&self.desk, step(file("invite"), file("request"))).unwrap();
        actions::enrol_grant(&above.desk, step(file("request"), file("grant"))).unwrap();
        actions::enrol_accept(&self.desk, step(file("grant"), None)).unwrap();
    }

    /// Seals a package for the organisation above and merges it there.
    pub fn report_to(&self, above: &Self) {
        let stick = self.beside("stick");
        std::fs::create_dir_all(Path::new(&stick)).unwrap();
        let sealed =
            actions::export(&self.desk, actions::ExportRequest { folder: stick, ..Default::default() }).unwrap();
        actions::merge(&above.desk, sealed.file).unwrap();
    }
}

fn desk(seed: u8, definitions: &Definitions) -> Desk {
    let desk = Desk::set_up(Box::new(|| CLOCK_MS), [seed; 32], None, definitions.clone());
    desk.set_today(Date::from_ymd_opt(2026, 9, 8).unwrap());
    desk
}
