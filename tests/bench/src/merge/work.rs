//! The work of a merge: what the schools of a county wrote since they last met their center, in files that every
//! contender reads.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use domain::{Id, Value};
use oplog::change::Sealed;
use oplog::{Change, Flags, Hash, Op, Payload, Secret, Segment, Time};

use super::files::{FIELDS, Form, lines};
use crate::children;

/// How much of it there is.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    /// Schools.
    pub schools: usize,
    /// Children of each.
    pub children: usize,
    /// Fields each writes, several in one saved form.
    pub edits: usize,
}

/// The size the bars are set for (issue 5): 50,000 children, a million fields.
pub const FULL: Size = Size { schools: 100, children: 500, edits: 10_000 };

/// One field in so many is written at the center too, unseen by the school.
const CONCURRENT: usize = 50;
/// Level of compression inside a package.
const LEVEL: i32 = 9;
/// When the schools began.
const BEGAN_MS: u64 = 1_794_000_000_000;

/// The same numbers every time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % sides as u64) as usize
    }
}

impl Size {
    /// The forms a school saved, in order.
    pub fn forms(&self, school: usize) -> Vec<Form> {
        let mut dice = Dice(school as u64 + 1);
        let (mut forms, mut left) = (Vec::new(), self.edits);
        while left > 0 {
            let child = dice.roll(self.children);
            let count = (3 + dice.roll(5)).min(left);
            let mut fields: Vec<(usize, String)> = Vec::new();
            while fields.len() < count {
                let field = dice.roll(FIELDS.len());
                if fields.iter().all(|(one, _)| *one != field) {
                    fields.push((field, value(&mut dice, FIELDS[field])));
                }
            }
            left -= count;
            forms.push(Form { child, fields });
        }
        forms
    }

    /// What the center wrote about a school's children meanwhile.
    pub fn meanwhile(&self, school: usize) -> Vec<Form> {
        let all = self.forms(school);
        let all = all.iter().flat_map(|form| form.fields.iter().map(|(field, _)| (form.child, *field)));
        let places: BTreeSet<(usize, usize)> = all.step_by(CONCURRENT).collect();
        let form = |(child, field): (usize, usize)| {
            let said = format!("中心{school}核实{child}号{field}");
            Form { child, fields: vec![(field, said)] }
        };
        places.into_iter().map(form).collect()
    }

    /// The children's rows as the center holds them already.
    pub fn births(&self, school: usize) -> Segment {
        let mut chain = Chain::new(school);
        let numbers: Vec<usize> = (0..self.children).collect();
        for part in numbers.chunks(300) {
            let ops = part.iter().flat_map(|child| born(school, *child, self.children)).collect();
            chain.add(Flags::IMPORT, ops);
        }
        chain.segment(None, 0)
    }

    /// The forms as the school's computer signs them.
    pub fn edits(&self, school: usize) -> Segment {
        let births = self.births(school);
        let (parent, depth) = (births.hashes().last().copied(), births.last_depth() + 1);
        let mut chain = Chain { parent, depth, ..Chain::new(school) };
        for form in self.forms(school) {
            let row = child(school, form.child);
            let ops = form.fields.into_iter().map(|(field, text)| op(row, FIELDS[field], Value::Text(text.into())));
            chain.add(Flags::default(), ops.collect());
        }
        chain.segment(parent, depth)
    }

    /// Writes everything into a folder.
    pub fn write(&self, folder: &Path) {
        for school in 0..self.schools {
            let file = |kind: &str| folder.join(format!("{school:03}.{kind}"));
            let put = |kind: &str, bytes: Vec<u8>| fs::write(file(kind), bytes).expect("a file");
            let pack = |bytes: &[u8]| zstd::bulk::compress(bytes, LEVEL).expect("compressed");
            put("births", pack(&self.births(school).to_bytes()));
            put("edits", pack(&self.edits(school).to_bytes()));
            put("bare", pack(self.bare(school).as_bytes()));
            put("forms.csv", lines(&self.forms(school)).into_bytes());
            put("meanwhile.csv", lines(&self.meanwhile(school)).into_bytes());
            put("children.csv", self.children(school).into_bytes());
        }
    }

    /// The children as they stood before: child, field, value.
    fn children(&self, school: usize) -> String {
        let mut text = String::new();
        for child in 0..self.children {
            for (key, value) in children::typed(school * self.children + child) {
                text.push_str(&format!("{child},{key},{}\n", value.as_str().unwrap_or_default()));
            }
        }
        text
    }

    /// The same changes as a bare list: row, field, value, when, by whom.
    fn bare(&self, school: usize) -> String {
        let mut text = String::new();
        for (form, at) in self.forms(school).iter().zip(0u64..) {
            for (field, value) in &form.fields {
                let (row, time) = (child(school, form.child), BEGAN_MS + at * 60_000);
                text.push_str(&format!("{row},{},{value},{time},{}\n", FIELDS[*field], teacher(school)));
            }
        }
        text
    }
}

/// What a file holds unpacked.
pub fn unpacked(file: &Path) -> Vec<u8> {
    zstd::stream::decode_all(fs::read(file).expect("a file").as_slice()).expect("unpacked")
}

/// A computer's chain in the making.
struct Chain {
    school: usize,
    parent: Option<Hash>,
    depth: u32,
    changes: Vec<Change>,
}

impl Chain {
    fn new(school: usize) -> Self {
        Self { school, parent: None, depth: 0, changes: vec![] }
    }

    fn add(&mut self, flags: Flags, ops: Vec<Op>) {
        let change = Change {
            parent: self.parent,
            depth: self.depth,
            replica: replica(self.school),
            scope: scope(self.school),
            who: teacher(self.school),
            time: Time::at_ms(BEGAN_MS + u64::from(self.depth) * 60_000),
            flags,
            batch: None,
            undoes: None,
            ext: vec![],
            why: Sealed::Open(None),
            secret: Secret::Epoch(epoch(self.school)),
            ops,
        };
        (self.parent, self.depth) = (Some(change.hash()), self.depth + 1);
        self.changes.push(change);
    }

    fn segment(self, parent: Option<Hash>, first_depth: u32) -> Segment {
        let (replica, scope) = (replica(self.school), scope(self.school));
        Segment { replica, scope, parent, first_depth, epoch: epoch(self.school), changes: self.changes }
    }
}

/// The operations that make a child and its seat.
fn born(school: usize, number: usize, children: usize) -> Vec<Op> {
    let typed = children::typed(school * children + number);
    let (row, seat) = (child(school, number), id(4, school, number));
    let mut own = vec![op(row, "_life", Value::Int(1))];
    let mut sits = vec![seated(seat, "_life", Value::Int(1)), seated(seat, "student", Value::Row(row))];
    sits.push(seated(seat, "organisation", Value::Row(scope(school))));
    for (key, json) in typed {
        let value = Value::Text(json.as_str().unwrap_or_default().into());
        match key.as_str() {
            "grade" | "class" | "boarding" => sits.push(seated(seat, &key, value)),
            _ => own.push(op(row, &key, value)),
        }
    }
    own.into_iter().chain(sits).collect()
}

fn op(row: Id, key: &str, value: Value) -> Op {
    let payload = Sealed::Open(Payload::Set(Some(value)));
    Op { row, field: format!("student.{key}").into(), seen: vec![], payload }
}

fn seated(row: Id, key: &str, value: Value) -> Op {
    Op { field: format!("enrolment.{key}").into(), ..op(row, key, value) }
}

fn value(dice: &mut Dice, field: &str) -> String {
    match field {
        "ethnicity" | "country" => format!("{}", 1 + dice.roll(56)),
        "household_kind" | "political" | "health" | "blood_type" => format!("{}", 1 + dice.roll(9)),
        "phone" => format!("13{:09}", dice.roll(1_000_000_000)),
        "postcode" => format!("67{:04}", dice.roll(10_000)),
        "email" => format!("p{}@example.cn", dice.roll(1_000_000)),
        "local_code" => format!("L{:08}", dice.roll(100_000_000)),
        "former_name" => children::typed(dice.roll(1_000_000))["name"].as_str().unwrap_or_default().to_owned(),
        "note" => format!("第{}次家访后更正，家长电话{}", dice.roll(9), dice.roll(1_000_000)),
        _ => format!("云南省怒江州福贡县第{}村{}号", dice.roll(60), dice.roll(900)),
    }
}

fn id(kind: u8, school: usize, number: usize) -> Id {
    let hash = Hash::of(&[&[kind], &school.to_be_bytes(), &number.to_be_bytes()]);
    Id::from_random(hash.half())
}

/// A child's row.
pub fn child(school: usize, number: usize) -> Id {
    id(3, school, number)
}

/// A school.
pub fn scope(school: usize) -> Id {
    id(1, school, 0)
}

fn replica(school: usize) -> Id {
    id(2, school, 0)
}

fn teacher(school: usize) -> Id {
    id(5, school, 0)
}

fn epoch(school: usize) -> [u8; 32] {
    Hash::of(&[b"epoch", &school.to_be_bytes()]).0
}
