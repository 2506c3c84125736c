//! Several real ledgers of one school on as many computers: saved, exchanged, cloned, compared.

use std::collections::BTreeSet;
use std::path::PathBuf;

use domain::{Id, Value};
use oplog::Hash;
use oplog::standing::Bar;
use proptest::prelude::*;
use store::StoreError;
use tempfile::TempDir;

mod site;

use site::FIELDS;
pub use site::Site;

/// One thing that happens. Numbers are taken modulo what exists.
#[derive(Debug, Clone)]
pub enum Deed {
    /// A computer saves a form about a child: row, field, value.
    Save(usize, u8, u8, u8),
    /// A computer writes a child's seat: row, class. It is made when it is not there.
    Seat(usize, u8, u8),
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
    /// A part of it is, in an order turned by the third number, each twice.
    CarryPart(usize, usize, usize),
    /// A form about a child is opened, to be saved later.
    Open(usize, u8),
    /// The opened form is saved: field, value.
    SaveOpened(usize, u8, u8),
    /// A computer says that a child is another: row, row.
    Same(usize, u8, u8),
    /// A computer takes back that a child is another.
    Apart(usize, u8),
    /// A computer says that a child is not another: row, row.
    NotSame(usize, u8, u8),
    /// A workbook is imported: so many new children with seat and guardian, and what it says of known ones.
    Import(usize, u8),
    /// A disk is cloned.
    Clone(usize),
    /// A copy is kept.
    Backup(usize),
    /// A kept copy replaces the computer it came from; what was sealed elsewhere meanwhile can come back.
    BackTo(usize),
    /// A computer takes back the whole of what it took in: which package, counted from the newest.
    TakeBack(usize, usize),
    /// A computer takes up again what it took back last.
    TakeUp(usize),
    /// A computer gives another up: what that one writes from now on does not count.
    GiveUp(usize, usize),
    /// Everything a field of a child ever held is erased by law.
    Erase(usize, u8, u8),
}

/// Histories of two or three computers at first.
pub fn deeds(max: usize) -> impl Strategy<Value = (usize, Vec<Deed>)> {
    let n = || any::<u8>().prop_map(usize::from);
    let deed = prop_oneof![
        10 => (n(), 0u8..3, 0u8..2, 0u8..3).prop_map(|(site, row, field, value)| Deed::Save(site, row, field, value)),
        3 => (n(), 0u8..3, 0u8..3).prop_map(|(site, row, class)| Deed::Seat(site, row, class)),
        1 => (n(), 0u8..2).prop_map(|(site, row)| Deed::Delete(site, row)),
        1 => (n(), 0u8..2).prop_map(|(site, row)| Deed::Restore(site, row)),
        2 => n().prop_map(Deed::Undo),
        2 => n().prop_map(Deed::Settle),
        4 => (n(), n()).prop_map(|(from, to)| Deed::Carry(from, to)),
        3 => (n(), n(), n()).prop_map(|(from, to, turn)| Deed::CarryPart(from, to, turn)),
        2 => (n(), 0u8..2).prop_map(|(site, row)| Deed::Open(site, row)),
        2 => (n(), 0u8..2, 0u8..3).prop_map(|(site, field, value)| Deed::SaveOpened(site, field, value)),
        2 => (n(), 0u8..3, 0u8..3).prop_map(|(site, row, other)| Deed::Same(site, row, other)),
        1 => (n(), 0u8..3).prop_map(|(site, row)| Deed::Apart(site, row)),
        1 => (n(), 0u8..3, 0u8..3).prop_map(|(site, row, other)| Deed::NotSame(site, row, other)),
        1 => (n(), 1u8..4).prop_map(|(site, rows)| Deed::Import(site, rows)),
        1 => n().prop_map(Deed::Clone),
        1 => n().prop_map(Deed::Backup),
        1 => n().prop_map(Deed::BackTo),
        2 => (n(), 0usize..3).prop_map(|(site, package)| Deed::TakeBack(site, package)),
        1 => n().prop_map(Deed::TakeUp),
        1 => (n(), n()).prop_map(|(site, other)| Deed::GiveUp(site, other)),
        1 => (n(), 0u8..2, 0u8..2).prop_map(|(site, row, field)| Deed::Erase(site, row, field)),
    ];
    (2usize..=3, proptest::collection::vec(deed, 1..max))
}

/// The id of a child's row.
fn row_id(row: u8) -> Id {
    Id::from_bytes([100 + row; 16])
}

/// The computers of a school.
pub struct School {
    /// Its computers.
    pub sites: Vec<Site>,
    home: TempDir,
    clock: u64,
    backups: Vec<(usize, PathBuf)>,
    copies: usize,
    bars: Vec<Bar>,
    erased: bool,
}

impl School {
    /// Computers with empty ledgers.
    pub fn new(computers: usize) -> Self {
        let home = TempDir::new().unwrap();
        let sites = (0..computers).map(|at| Site::make(&home.path().join(format!("pc{at}")), at as u8)).collect();
        Self { sites, home, clock: 1_800_000_000_000, backups: vec![], copies: 0, bars: vec![], erased: false }
    }

    /// Lives one deed; a refusal changes nothing and is no fault.
    pub fn act(&mut self, deed: &Deed) {
        self.clock += 1000;
        let count = self.sites.len();
        let outcome = match deed {
            Deed::Save(site, row, field, value) => {
                self.sites[site % count].save(self.clock, *row, FIELDS[usize::from(*field)], *value)
            }
            Deed::Seat(site, row, class) => self.sites[site % count].seat(self.clock, *row, *class),
            Deed::Delete(site, row) => self.sites[site % count].live(self.clock, *row, false),
            Deed::Restore(site, row) => self.sites[site % count].live(self.clock, *row, true),
            Deed::Undo(site) => self.sites[site % count].undo(self.clock),
            Deed::Settle(site) => self.sites[site % count].settle(self.clock),
            Deed::Carry(from, to) => {
                let goods = self.sites[from % count].goods();
                self.sites[to % count].take(goods)
            }
            Deed::CarryPart(from, to, turn) => {
                let mut goods = self.sites[from % count].goods();
                let turn = turn % goods.len().max(1);
                goods.rotate_left(turn);
                goods.truncate(goods.len().div_ceil(2));
                let twice = goods.clone();
                self.sites[to % count].take(goods.into_iter().chain(twice).collect())
            }
            Deed::Open(site, row) => self.sites[site % count].open_form(*row),
            Deed::SaveOpened(site, field, value) => {
                self.sites[site % count].save_opened(self.clock, FIELDS[usize::from(*field)], *value)
            }
            Deed::Same(site, row, other) => {
                let said = (other != row).then(|| Value::Row(row_id(*other)));
                self.sites[site % count].say_same(self.clock, *row, said)
            }
            Deed::Apart(site, row) => self.sites[site % count].say_same(self.clock, *row, None),
            Deed::NotSame(site, row, other) => {
                let said = (other != row).then(|| Value::Text(row_id(*other).to_string().into()));
                self.sites[site % count].say_same(self.clock, *row, said)
            }
            Deed::Import(site, rows) => self.sites[site % count].import(self.clock, *rows),
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
                    let bars = self.sites[site].bars.clone();
                    self.sites[site] = Site { bars, ..Site::open(target, self.sites[site].who) };
                }
                Ok(())
            }
            Deed::TakeBack(site, package) => self.sites[site % count].take_back_merge(*package),
            Deed::TakeUp(site) => self.sites[site % count].take_up(),
            Deed::GiveUp(site, other) => self.give_up(site % count, other % count),
            Deed::Erase(site, row, field) => {
                // What was erased by somebody who was then given up stays erased where it had arrived.
                self.erased |= self.bars.is_empty();
                match self.bars.is_empty() {
                    true => self.sites[site % count].erase(self.clock, *row, FIELDS[usize::from(*field)]),
                    false => Ok(()),
                }
            }
        };
        match outcome {
            Ok(())
            | Err(
                StoreError::Refused(_)
                | StoreError::NothingToUndo
                | StoreError::NoSuchRow(_)
                | StoreError::RowDeleted(_)
                | StoreError::BuiltOn,
            ) => {}
            Err(error) => panic!("{deed:?}: {error}"),
        }
    }

    fn give_up(&mut self, site: usize, other: usize) -> Result<(), StoreError> {
        let [own, replica] = [site, other].map(|at| self.sites[at].store.read(|view| view.replica()).unwrap());
        if own == replica || self.erased || self.bars.iter().any(|bar| bar.replica == replica) {
            return Ok(());
        }
        let ends = self.sites[site].store.read(|view| view.ends())?;
        let until = ends.iter().filter(|end| end.replica == replica).map(|end| (end.hash, end.depth)).collect();
        self.bars.push(Bar { replica, scope: None, until });
        let bars = self.bars.clone();
        self.sites[site].bar(bars)
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

    /// Everybody brings everything to everybody, twice; what was taken back is taken up, what was given up is known.
    pub fn meet(&mut self) {
        for site in &mut self.sites {
            site.take_up_all();
        }
        for _ in 0..2 {
            for from in 0..self.sites.len() {
                let goods = self.sites[from].goods();
                for to in 0..self.sites.len() {
                    self.sites[to].take(goods.clone()).unwrap();
                }
            }
        }
        for site in &mut self.sites {
            site.bar(self.bars.clone()).unwrap();
        }
    }

    /// Every change that some computer holds.
    pub fn held(&self) -> BTreeSet<Hash> {
        self.sites.iter().flat_map(Site::hashes).collect()
    }
}
