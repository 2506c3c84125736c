//! Several real ledgers of one school on as many computers: saved, exchanged, cloned, compared.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use domain::{Date, Id, Row, Value};
use oplog::Hash;
use proptest::prelude::*;
use store::{Act, Author, Definitions, Edit, Incoming, Store, StoreError};
use tempfile::TempDir;

/// One thing that happens. Numbers are taken modulo what exists.
#[derive(Debug, Clone)]
pub enum Deed {
    /// A computer saves a form about a child: row, field, value.
    Save(usize, u8, u8, u8),
    /// A computer deletes a child's row.
    Delete(usize, u8),
    /// A computer brings it back.
    Restore(usize, u8),
    /// A computer takes back its newest change.
    Undo(usize),
    /// A computer settles its first conflict by the value it shows.
    Settle(usize),
    /// One computer's everything is brought to another.
    Carry(usize, usize),
    /// A disk is cloned.
    Clone(usize),
    /// A copy is kept.
    Backup(usize),
    /// A kept copy replaces the computer it came from; what was sealed elsewhere meanwhile can come back.
    BackTo(usize),
}

/// Histories of two or three computers at first.
pub fn deeds(max: usize) -> impl Strategy<Value = (usize, Vec<Deed>)> {
    let n = || any::<u8>().prop_map(usize::from);
    let deed = prop_oneof![
        10 => (n(), 0u8..2, 0u8..2, 0u8..3).prop_map(|(site, row, field, value)| Deed::Save(site, row, field, value)),
        1 => (n(), 0u8..2).prop_map(|(site, row)| Deed::Delete(site, row)),
        1 => (n(), 0u8..2).prop_map(|(site, row)| Deed::Restore(site, row)),
        2 => n().prop_map(Deed::Undo),
        2 => n().prop_map(Deed::Settle),
        6 => (n(), n()).prop_map(|(from, to)| Deed::Carry(from, to)),
        1 => n().prop_map(Deed::Clone),
        1 => n().prop_map(Deed::Backup),
        1 => n().prop_map(Deed::BackTo),
    ];
    (2usize..=3, proptest::collection::vec(deed, 1..max))
}

const KEY: [u8; 32] = [3; 32];
const SCOPE: [u8; 16] = [9; 16];
const FIELDS: [&str; 2] = ["phone", "village"];

/// A ledger on one computer.
pub struct Site {
    /// The ledger.
    pub store: Store,
    folder: PathBuf,
    who: Id,
}

/// The computers of a school.
pub struct School {
    /// Its computers.
    pub sites: Vec<Site>,
    home: TempDir,
    clock: u64,
    backups: Vec<(usize, PathBuf)>,
    copies: usize,
}

impl School {
    /// Computers with empty ledgers.
    pub fn new(computers: usize) -> Self {
        let home = TempDir::new().unwrap();
        let sites = (0..computers).map(|at| Site::make(&home.path().join(format!("pc{at}")), at as u8)).collect();
        Self { sites, home, clock: 1_800_000_000_000, backups: vec![], copies: 0 }
    }

    /// Lives one deed; a refusal changes nothing and is no fault.
    pub fn act(&mut self, deed: &Deed) {
        self.clock += 1000;
        let count = self.sites.len();
        let outcome = match deed {
            Deed::Save(site, row, field, value) => {
                self.sites[site % count].save(self.clock, *row, FIELDS[usize::from(*field)], *value)
            }
            Deed::Delete(site, row) => self.sites[site % count].live(self.clock, *row, false),
            Deed::Restore(site, row) => self.sites[site % count].live(self.clock, *row, true),
            Deed::Undo(site) => self.sites[site % count].undo(self.clock),
            Deed::Settle(site) => self.sites[site % count].settle(self.clock),
            Deed::Carry(from, to) => {
                let goods = self.sites[from % count].goods();
                self.sites[to % count].take(goods)
            }
            Deed::Clone(site) => {
                if count < 5 {
                    let copy = self.copy_of(site % count);
                    let who = self.sites[site % count].who;
                    self.sites.push(Site::open(copy, who));
                }
                Ok(())
            }
            Deed::Backup(site) => {
                let copy = self.copy_of(site % count);
                self.backups.push((site % count, copy));
                Ok(())
            }
            Deed::BackTo(backup) => {
                if !self.backups.is_empty() {
                    let (site, kept) = self.backups[backup % self.backups.len()].clone();
                    let target = self.fresh_folder();
                    std::fs::copy(kept.join("ledger.db"), target.join("ledger.db")).unwrap();
                    self.sites[site] = Site::open(target, self.sites[site].who);
                }
                Ok(())
            }
        };
        match outcome {
            Ok(())
            | Err(
                StoreError::Refused(_)
                | StoreError::NothingToUndo
                | StoreError::NoSuchRow(_)
                | StoreError::RowDeleted(_),
            ) => {}
            Err(error) => panic!("{deed:?}: {error}"),
        }
    }

    fn fresh_folder(&mut self) -> PathBuf {
        self.copies += 1;
        let folder = self.home.path().join(format!("copy{}", self.copies));
        std::fs::create_dir_all(&folder).unwrap();
        folder
    }

    fn copy_of(&mut self, site: usize) -> PathBuf {
        let folder = self.fresh_folder();
        std::fs::copy(self.sites[site].folder.join("ledger.db"), folder.join("ledger.db")).unwrap();
        folder
    }

    /// Everybody brings everything to everybody, twice.
    pub fn meet(&mut self) {
        for _ in 0..2 {
            for from in 0..self.sites.len() {
                let goods = self.sites[from].goods();
                for to in 0..self.sites.len() {
                    self.sites[to].take(goods.clone()).unwrap();
                }
            }
        }
    }

    /// Every change that some computer holds.
    pub fn held(&self) -> BTreeSet<Hash> {
        self.sites.iter().flat_map(Site::hashes).collect()
    }
}

impl Site {
    fn make(folder: &Path, number: u8) -> Self {
        let store = Store::create(folder, &KEY, &Definitions::built_in()).unwrap();
        let who = Id::from_bytes([50 + number; 16]);
        store
            .write(|door| {
                door.set_local("replica", &[number + 1; 16])?;
                door.set_today(Date::from_ymd_opt(2026, 9, 1).unwrap())
            })
            .unwrap();
        Self { store, folder: folder.to_owned(), who }
    }

    fn open(folder: PathBuf, who: Id) -> Self {
        Self { store: Store::open(&folder, &KEY, &Definitions::built_in()).unwrap(), folder, who }
    }

    fn save(&mut self, clock: u64, row: u8, field: &str, value: u8) -> Result<(), StoreError> {
        let id = Id::from_bytes([100 + row; 16]);
        let value = (value > 0).then(|| Value::Text(format!("{value}")));
        let fields = BTreeMap::from([(field.to_owned(), value)]);
        self.store.write(|door| {
            let act = match door.view().record_of(id) {
                Ok(_) => Act::Write { fields, seen: None },
                Err(_) => Act::Make { scope: Id::from_bytes(SCOPE), fields },
            };
            door.save(&Author::new(self.who, clock), &[Edit { record: "student".to_owned(), row: id, act }])?;
            Ok(())
        })
    }

    fn live(&mut self, clock: u64, row: u8, lives: bool) -> Result<(), StoreError> {
        let edit = Edit { record: "student".to_owned(), row: Id::from_bytes([100 + row; 16]), act: Act::Live(lives) };
        self.store.write(|door| door.save(&Author::new(self.who, clock), &[edit]).map(|_| ()))
    }

    fn undo(&mut self, clock: u64) -> Result<(), StoreError> {
        self.store.write(|door| door.undo(&Author::new(self.who, clock), None).map(|_| ()))
    }

    fn settle(&mut self, clock: u64) -> Result<(), StoreError> {
        self.store.write(|door| {
            let Some(conflict) = door.view().conflicts(None)?.into_iter().next() else { return Ok(()) };
            if conflict.field == oplog::LIFE {
                return Ok(());
            }
            let Ok(row) = door.view().row(door.view().record_of(conflict.row)?, conflict.row, Date::default()) else {
                return Ok(());
            };
            let fields = BTreeMap::from([(conflict.field, conflict.rivals[0].value.clone())]);
            let act = Act::Write { fields, seen: Some(row.seen) };
            door.save(&Author::new(self.who, clock), &[Edit { record: conflict.record, row: conflict.row, act }])
                .map(|_| ())
        })
    }

    /// Everything this computer holds, sealed.
    pub fn goods(&self) -> Vec<Incoming> {
        self.store
            .write(|door| {
                door.seal(&|_| vec![0; 64], b"certificate")?;
                let out = door.view().segments(Id::from_bytes(SCOPE))?;
                let incoming = |one: store::Outgoing| Incoming {
                    segment: one.segment,
                    signature: one.signature,
                    certificate: one.certificate,
                };
                Ok::<_, StoreError>(out.into_iter().map(incoming).collect())
            })
            .unwrap()
    }

    /// Takes in what another computer holds.
    pub fn take(&mut self, goods: Vec<Incoming>) -> Result<(), StoreError> {
        self.store.write(|door| door.receive(goods, 1).map(|_| ()))
    }

    /// The children as lists show them.
    pub fn children(&self) -> Vec<(Id, Row)> {
        self.store
            .read(|view| {
                let student =
                    view.record_of(Id::from_bytes([100; 16])).or_else(|_| view.record_of(Id::from_bytes([101; 16])));
                let Ok(student) = student else { return Ok(vec![]) };
                Ok::<_, StoreError>(
                    view.list(student, &store::ListQuery { order: vec!["phone".into()], ..Default::default() })?.rows,
                )
            })
            .map(|mut rows: Vec<(Id, Row)>| {
                rows.sort_by_key(|(id, _)| *id);
                rows
            })
            .unwrap()
    }

    fn hashes(&self) -> Vec<Hash> {
        self.store
            .read(|view| Ok::<_, StoreError>(view.recent(u32::MAX)?.into_iter().map(|event| event.change).collect()))
            .unwrap()
    }
}
