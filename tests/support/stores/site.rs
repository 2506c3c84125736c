//! One computer of a random history: its store, and what somebody does at it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use domain::{Catalogue, Date, Id, Keyed, Row, Text, Value};
use oplog::change::Sealed;
use oplog::standing::Bar;
use oplog::{Change, Flags, Hash, Op, Payload, Secret, Segment, Time};
use store::{Act, Author, Definitions, Edit, Incoming, Store, StoreError};

/// What an import makes of a line: a child, its seat, its guardian.
fn imported(clock: u64, site: u8, row: u8) -> [Edit; 3] {
    let id = |kind: u8| {
        Id::from_bytes([&clock.to_be_bytes()[..], &[site, row, kind, 0, 0, 0, 0, 0]].concat().try_into().unwrap())
    };
    let text = |key: &str, text: String| (key.into(), Some(Value::Text(text.into())));
    let of = || ("student".into(), Some(Value::Row(id(0))));
    let make = |record: &str, kind: u8, fields: Vec<(Text, Option<Value>)>| Edit {
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
pub(super) const FIELDS: [&str; 2] = ["phone", "village"];

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
    pub(super) folder: PathBuf,
    pub(super) who: Id,
    /// The row of the open form and what the form showed.
    pub(super) opened: Option<(Id, String)>,
    /// The packages taken in, newest last.
    pub(super) packages: Vec<i64>,
    pub(super) bars: Vec<Bar>,
}

impl Site {
    pub(super) fn make(folder: &Path, number: u8) -> Self {
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

    pub(super) fn open(folder: PathBuf, who: Id) -> Self {
        let store = Store::open(&folder, &KEY, &Definitions::built_in()).unwrap();
        // What was taken in before keeps its numbers; new ones begin far beyond.
        Self { store, folder, who, opened: None, packages: vec![1000], bars: vec![] }
    }

    pub(super) fn save(&mut self, clock: u64, row: u8, field: &str, value: u8) -> Result<(), StoreError> {
        let id = Id::from_bytes([100 + row; 16]);
        let value = (value > 0).then(|| Value::Text(format!("{value}").into()));
        let fields = Keyed::from_iter([(field.into(), value)]);
        self.store.write(|door| {
            let act = match door.view().record_of(id) {
                Ok(_) => Act::Write { fields, seen: None },
                Err(_) => Act::Make { scope: Id::from_bytes(SCOPE), fields },
            };
            door.save(&Author::new(self.who, clock), &[Edit { record: "student".to_owned(), row: id, act }])?;
            Ok(())
        })
    }

    pub(super) fn seat(&mut self, clock: u64, row: u8, class: u8) -> Result<(), StoreError> {
        let [child, seat] = [100, 120].map(|kind| Id::from_bytes([kind + row; 16]));
        self.store.write(|door| {
            let mut fields = Keyed::from_iter([("class".into(), Some(Value::Text(format!("{class}班").into())))]);
            let act = match door.view().record_of(seat) {
                Ok(_) => Act::Write { fields, seen: None },
                Err(_) => {
                    fields.insert("student".into(), Some(Value::Row(child)));
                    Act::Make { scope: Id::from_bytes(SCOPE), fields }
                }
            };
            door.save(&Author::new(self.who, clock), &[Edit { record: "enrolment".to_owned(), row: seat, act }])?;
            Ok(())
        })
    }

    pub(super) fn open_form(&mut self, row: u8) -> Result<(), StoreError> {
        let id = Id::from_bytes([100 + row; 16]);
        self.opened = self.store.read(|view| {
            let shown = view.record_of(id).and_then(|record| view.row(record, id, Date::default()));
            Ok::<_, StoreError>(shown.ok().map(|row| (row.id, row.seen)))
        })?;
        Ok(())
    }

    pub(super) fn save_opened(&mut self, clock: u64, field: &str, value: u8) -> Result<(), StoreError> {
        let Some((row, seen)) = self.opened.take() else { return Ok(()) };
        let value = (value > 0).then(|| Value::Text(format!("{value}").into()));
        let act = Act::Write { fields: Keyed::from_iter([(field.into(), value)]), seen: Some(seen) };
        let edit = Edit { record: "student".to_owned(), row, act };
        self.store.write(|door| door.save(&Author::new(self.who, clock), &[edit]).map(|_| ()))
    }

    /// Whether it knows itself to be given up: what it writes is kept, and does not count.
    pub fn is_given_up(&self) -> bool {
        let own = self.store.read(|view| view.replica()).unwrap();
        self.bars.iter().any(|bar| bar.replica == own)
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
                let fields = Keyed::from_iter([("village".into(), Some(Value::Text(format!("村{clock}").into())))]);
                edits.push(Edit { record: "student".to_owned(), row: id, act: Act::Write { fields, seen: None } });
            }
            // As an importer does: some changes, one batch.
            for part in edits.chunks(4) {
                door.save(&author, part)?;
            }
            Ok(())
        })
    }

    pub(super) fn live(&mut self, clock: u64, row: u8, lives: bool) -> Result<(), StoreError> {
        let edit = Edit { record: "student".to_owned(), row: Id::from_bytes([100 + row; 16]), act: Act::Live(lives) };
        self.store.write(|door| door.save(&Author::new(self.who, clock), &[edit]).map(|_| ()))
    }

    /// Says that a child is another, or no other.
    pub(super) fn say_same(&mut self, clock: u64, row: u8, said: Option<Value>) -> Result<(), StoreError> {
        let id = |row: u8| Id::from_bytes([100 + row; 16]);
        let fields = Keyed::from_iter([(oplog::SAME.into(), said)]);
        self.store.write(|door| {
            let act = match door.view().record_of(id(row)) {
                Ok(_) => Act::Write { fields, seen: None },
                Err(_) => return Ok(()),
            };
            let edit = Edit { record: "student".to_owned(), row: id(row), act };
            door.save(&Author::new(self.who, clock), &[edit]).map(|_| ())
        })
    }

    pub(super) fn undo(&mut self, clock: u64) -> Result<(), StoreError> {
        self.store.write(|door| door.undo(&Author::new(self.who, clock), None).map(|_| ()))
    }

    pub(super) fn settle(&mut self, clock: u64) -> Result<(), StoreError> {
        self.store.write(|door| {
            let Some(conflict) = door.view().conflicts(None)?.into_iter().next() else { return Ok(()) };
            if conflict.field == oplog::LIFE {
                return Ok(());
            }
            let (seen, _) = door.view().seen(conflict.row)?;
            let fields = Keyed::from_iter([(conflict.field.into(), conflict.rivals[0].value.clone())]);
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

    pub(super) fn take_back_merge(&mut self, package: usize) -> Result<(), StoreError> {
        let Some(package) = self.packages.iter().rev().nth(package) else { return Ok(()) };
        self.store.write(|door| match door.view().taken_back()?.contains(package) {
            true => Ok(()),
            false => door.take_back(*package).map(|_| ()),
        })
    }

    pub(super) fn take_up(&mut self) -> Result<(), StoreError> {
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

    pub(super) fn bar(&mut self, bars: Vec<Bar>) -> Result<(), StoreError> {
        self.bars = bars;
        self.store.write(|door| {
            door.bar(&self.bars, |_| true)?;
            door.erase_due().map(|_| ())
        })
    }

    pub(super) fn erase(&mut self, clock: u64, row: u8, field: &str) -> Result<(), StoreError> {
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

    pub(super) fn hashes(&self) -> Vec<Hash> {
        self.store
            .read(|view| Ok::<_, StoreError>(view.recent(u32::MAX)?.into_iter().map(|event| event.change).collect()))
            .unwrap()
    }
}
