//! Several real ledgers of one school on as many computers: saved, exchanged, cloned, compared.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use domain::{Catalogue, Date, Id, Row, Value};
use oplog::change::Sealed;
use oplog::standing::Bar;
use oplog::{Change, Flags, Hash, Op, Payload, Secret, Segment, Time};
use proptest::prelude::*;
use store::{Act, Author, Definitions, Edit, Incoming, Store, StoreError};
use tempfile::TempDir;

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

/// What an import makes of a line: a child, its seat, its guardian.
fn imported(clock: u64, site: u8, row: u8) -> [Edit; 3] {
    let id = |kind: u8| {
        Id::from_bytes([&clock.to_be_bytes()[..], &[site, row, kind, 0, 0, 0, 0, 0]].concat().try_into().unwrap())
    };
    let text = |key: &str, text: String| (key.to_owned(), Some(Value::Text(text)));
    let of = || ("student".to_owned(), Some(Value::Row(id(0))));
    let make = |record: &str, kind: u8, fields: Vec<(String, Option<Value>)>| Edit {
        record: record.to_owned(),
        row: id(kind),
        act: Act::Make { scope: Id::from_bytes(SCOPE), fields: fields.into_iter().collect() },
    };
    [
        make("student", 0, vec![text("name", format!("学生{clock}{row}")), text("phone", format!("{row}"))]),
        make("enrolment", 1, vec![of(), text("grade", format!("1{}", row % 6 + 1)), text("class", "1班".to_owned())]),
        make("guardian", 2, vec![of(), text("name", format!("家长{row}")), text("phone", format!("9{row}"))]),
    ]
}

const KEY: [u8; 32] = [3; 32];
const SCOPE: [u8; 16] = [9; 16];
const FIELDS: [&str; 2] = ["phone", "village"];

/// Every row, by record.
fn books(view: store::View<'_>) -> Result<Vec<(String, Id, Row)>, StoreError> {
    let mut all = Vec::new();
    for record in Catalogue::built_in().records() {
        let rows = view.list(record, &store::ListQuery::default())?.rows;
        all.extend(rows.into_iter().map(|(id, row)| (record.record.clone(), id, row)));
    }
    all.sort_by(|a, b| (&a.0, a.1).cmp(&(&b.0, b.1)));
    Ok(all)
}

/// A ledger on one computer.
pub struct Site {
    /// The ledger.
    pub store: Store,
    folder: PathBuf,
    who: Id,
    /// The row of the open form and what the form showed.
    opened: Option<(Id, String)>,
    /// The packages taken in, newest last.
    packages: Vec<i64>,
    bars: Vec<Bar>,
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
            Deed::Same(site, row, other) => self.sites[site % count].same(self.clock, *row, Some(*other)),
            Deed::Apart(site, row) => self.sites[site % count].same(self.clock, *row, None),
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
        Self { store, folder: folder.to_owned(), who, opened: None, packages: vec![], bars: vec![] }
    }

    fn open(folder: PathBuf, who: Id) -> Self {
        let store = Store::open(&folder, &KEY, &Definitions::built_in()).unwrap();
        // What was taken in before keeps its numbers; new ones begin far beyond.
        Self { store, folder, who, opened: None, packages: vec![1000], bars: vec![] }
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

    fn seat(&mut self, clock: u64, row: u8, class: u8) -> Result<(), StoreError> {
        let [child, seat] = [100, 120].map(|kind| Id::from_bytes([kind + row; 16]));
        self.store.write(|door| {
            let mut fields = BTreeMap::from([("class".to_owned(), Some(Value::Text(format!("{class}班"))))]);
            let act = match door.view().record_of(seat) {
                Ok(_) => Act::Write { fields, seen: None },
                Err(_) => {
                    fields.insert("student".to_owned(), Some(Value::Row(child)));
                    Act::Make { scope: Id::from_bytes(SCOPE), fields }
                }
            };
            door.save(&Author::new(self.who, clock), &[Edit { record: "enrolment".to_owned(), row: seat, act }])?;
            Ok(())
        })
    }

    fn open_form(&mut self, row: u8) -> Result<(), StoreError> {
        let id = Id::from_bytes([100 + row; 16]);
        self.opened = self.store.read(|view| {
            let shown = view.record_of(id).and_then(|record| view.row(record, id, Date::default()));
            Ok::<_, StoreError>(shown.ok().map(|row| (row.id, row.seen)))
        })?;
        Ok(())
    }

    fn save_opened(&mut self, clock: u64, field: &str, value: u8) -> Result<(), StoreError> {
        let Some((row, seen)) = self.opened.take() else { return Ok(()) };
        let value = (value > 0).then(|| Value::Text(format!("{value}")));
        let act = Act::Write { fields: BTreeMap::from([(field.to_owned(), value)]), seen: Some(seen) };
        let edit = Edit { record: "student".to_owned(), row, act };
        self.store.write(|door| door.save(&Author::new(self.who, clock), &[edit]).map(|_| ()))
    }

    /// New children with their seats and guardians, and a field of each known child, in one batch.
    pub fn import(&mut self, clock: u64, rows: u8) -> Result<(), StoreError> {
        let author = Author {
            batch: Some(Id::from_bytes(
                [clock.to_be_bytes(), [self.who.as_bytes()[0]; 8]].concat().try_into().unwrap(),
            )),
            flags: Flags::IMPORT,
            ..Author::new(self.who, clock)
        };
        let known = self.children();
        self.store.write(|door| {
            let mut edits = Vec::new();
            for row in 0..rows {
                edits.extend(imported(clock, self.who.as_bytes()[0], row));
            }
            for (id, _) in known {
                let fields = BTreeMap::from([("village".to_owned(), Some(Value::Text(format!("村{clock}"))))]);
                edits.push(Edit { record: "student".to_owned(), row: id, act: Act::Write { fields, seen: None } });
            }
            // As an importer does: some changes, one batch.
            for part in edits.chunks(4) {
                door.save(&author, part)?;
            }
            Ok(())
        })
    }

    fn live(&mut self, clock: u64, row: u8, lives: bool) -> Result<(), StoreError> {
        let edit = Edit { record: "student".to_owned(), row: Id::from_bytes([100 + row; 16]), act: Act::Live(lives) };
        self.store.write(|door| door.save(&Author::new(self.who, clock), &[edit]).map(|_| ()))
    }

    /// Says that a child is another, or no other.
    fn same(&mut self, clock: u64, row: u8, other: Option<u8>) -> Result<(), StoreError> {
        let id = |row: u8| Id::from_bytes([100 + row; 16]);
        let value = other.filter(|other| *other != row).map(|other| Value::Row(id(other)));
        let fields = BTreeMap::from([(oplog::SAME.to_owned(), value)]);
        self.store.write(|door| {
            let act = match door.view().record_of(id(row)) {
                Ok(_) => Act::Write { fields, seen: None },
                Err(_) => return Ok(()),
            };
            let edit = Edit { record: "student".to_owned(), row: id(row), act };
            door.save(&Author::new(self.who, clock), &[edit]).map(|_| ())
        })
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
            let (seen, _) = door.view().seen(conflict.row)?;
            let fields = BTreeMap::from([(conflict.field, conflict.rivals[0].value.clone())]);
            let act = Act::Write { fields, seen: Some(seen) };
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
        let package = self.packages.last().copied().unwrap_or_default() + 1;
        self.packages.push(package);
        self.store.write(|door| {
            door.receive(goods, package)?;
            door.bar(&self.bars, |_| true)?;
            door.erase_due().map(|_| ())
        })
    }

    fn take_back_merge(&mut self, package: usize) -> Result<(), StoreError> {
        let Some(package) = self.packages.iter().rev().nth(package) else { return Ok(()) };
        self.store.write(|door| match door.view().taken_back()?.contains(package) {
            true => Ok(()),
            false => door.take_back(*package).map(|_| ()),
        })
    }

    fn take_up(&mut self) -> Result<(), StoreError> {
        self.store.write(|door| {
            let Some(package) = door.view().taken_back()?.pop() else { return Ok(()) };
            door.take_up(package)?;
            door.erase_due().map(|_| ())
        })
    }

    /// Takes up again whatever was taken back.
    pub fn take_up_all(&mut self) {
        while !self.store.read(|view| view.taken_back()).unwrap().is_empty() {
            self.take_up().unwrap();
        }
    }

    fn bar(&mut self, bars: Vec<Bar>) -> Result<(), StoreError> {
        self.bars = bars;
        self.store.write(|door| {
            door.bar(&self.bars, |_| true)?;
            door.erase_due().map(|_| ())
        })
    }

    fn erase(&mut self, clock: u64, row: u8, field: &str) -> Result<(), StoreError> {
        let act = Act::Erase(vec![field.to_owned()]);
        let edit = Edit { record: "student".to_owned(), row: Id::from_bytes([100 + row; 16]), act };
        self.store.write(|door| door.save(&Author::new(self.who, clock), &[edit]).map(|_| ()))
    }

    /// Every row of every record, as lists show them.
    pub fn books(&self) -> Vec<(String, Id, Row)> {
        self.store.read(books).unwrap()
    }

    /// Where its chains end, on the day its lists speak of.
    pub fn known(&self) -> store::Known {
        let tips = self.store.read(|view| view.counted_tips()).unwrap();
        let ends = tips.iter().map(|tip| (Hash(tip.hash), u32::try_from(tip.depth).unwrap())).collect();
        store::Known { ends, on: Date::from_ymd_opt(2026, 9, 1).unwrap() }
    }

    /// Every row it had when its chains ended there.
    pub fn books_then(&self, known: &store::Known) -> Result<Vec<(String, Id, Row)>, StoreError> {
        self.store.read_known(known, books)
    }

    /// The id of a child's row.
    pub fn row(&self, row: u8) -> Id {
        Id::from_bytes([100 + row; 16])
    }

    /// For every joined child the one that speaks for it.
    pub fn speakers(&self) -> BTreeMap<Id, Id> {
        self.store.read(|view| view.speakers()).unwrap()
    }

    /// The bytes of its file.
    pub fn bytes(&self) -> Vec<u8> {
        std::fs::read(self.folder.join("ledger.db")).unwrap()
    }

    /// Does something and takes it back before it is written: an import, an undo, a package.
    pub fn rehearse(&mut self, deed: u8, goods: Vec<Incoming>) -> Result<(), StoreError> {
        self.store.rehearse(|door| {
            let author = Author::new(self.who, 1_900_000_000_000);
            match deed {
                0 => door.save(&author, &imported(1_900_000_000_000, 1, 0)).map(|_| ()),
                1 => door.undo(&author, None).map(|_| ()),
                _ => door.receive(goods, 9).map(|_| ()),
            }
        })
    }

    /// Takes in a change that holds more than this program knows; gives its segment.
    pub fn take_from_the_future(&mut self) -> Segment {
        let row = Id::from_bytes([77; 16]);
        let op = |field: &str, value: Value| Op {
            row,
            field: field.into(),
            seen: vec![],
            payload: Sealed::Open(Payload::Set(Some(value))),
        };
        let mut strange = op("student.blood_sugar", Value::Codes(vec!["9".to_owned()]));
        strange.row = Id::from_bytes([78; 16]);
        let change = Change {
            parent: None,
            depth: 0,
            replica: Id::from_bytes([99; 16]),
            scope: Id::from_bytes(SCOPE),
            who: Id::from_bytes([98; 16]),
            time: Time::at_ms(1_800_000_000_000),
            flags: Flags(1 << 20),
            batch: None,
            undoes: None,
            ext: vec![0xa1, 0x01, 0x02],
            why: Sealed::Open(None),
            secret: Secret::Epoch([5; 32]),
            ops: vec![
                op("student._life", Value::Int(1)),
                op("student.name", Value::from("李明")),
                op("student.blood_sugar", Value::Int(7)),
                op("student.birth_date", Value::Int(20_150_304)),
                op("x/11/bus", Value::from("三号车")),
                strange,
            ],
        };
        let (replica, scope) = (change.replica, change.scope);
        let segment = Segment { replica, scope, parent: None, first_depth: 0, epoch: [5; 32], changes: vec![change] };
        let goods = Incoming { segment: segment.clone(), signature: vec![0; 64], certificate: b"certificate".to_vec() };
        self.take(vec![goods]).unwrap();
        segment
    }

    /// The newest change, and everything saved with it, is taken back.
    pub fn take_back(&mut self, clock: u64) -> Result<(), StoreError> {
        self.undo(clock)
    }

    /// The children as lists show them.
    pub fn children(&self) -> Vec<(Id, Row)> {
        self.store
            .read(|view| {
                let Some(student) = Catalogue::built_in().record("student") else { return Ok(vec![]) };
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
