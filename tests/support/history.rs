//! Random histories of several computers: written offline, cloned, restored, exchanged in any order, twice, in parts.

use std::collections::{BTreeMap, BTreeSet};

use domain::{Id, Value};
use oplog::change::Sealed;
use oplog::memory::Memory;
use oplog::{Change, FieldName, Flags, Hash, Head, Op, Payload, Secret, Segment, Time, heads};
use proptest::prelude::*;

/// One thing that happens. Numbers are taken modulo what exists.
#[derive(Debug, Clone)]
pub enum Step {
    /// A computer saves a form: the fields and values written.
    Write(usize, Vec<(u8, u8, u8)>),
    /// A computer saves a form that was opened some writes earlier: what came in between was not shown.
    LateWrite(usize, u8, u8, u8),
    /// A computer puts the last changes of its chain on a stick.
    Pack(usize, usize),
    /// A computer puts everything it holds on a stick.
    Relay(usize),
    /// A stick is read, its segments in an order turned by the second number.
    Deliver(usize, usize, usize),
    /// A disk is cloned: two computers go on from the same state.
    Clone(usize),
    /// A copy is kept.
    Backup(usize),
    /// A kept copy replaces the computer it came from.
    Restore(usize),
}

/// Histories of 2 to 4 computers at first.
pub fn histories(steps: usize) -> impl Strategy<Value = (usize, Vec<Step>)> {
    (2usize..=4, proptest::collection::vec(step(), 1..steps))
}

fn step() -> impl Strategy<Value = Step> {
    let n = || any::<u8>().prop_map(usize::from);
    let field = || (0u8..3, 0u8..2, 0u8..4);
    prop_oneof![
        9 => (n(), proptest::collection::vec(field(), 1..3)).prop_map(|(site, fields)| Step::Write(site, fields)),
        2 => (n(), field()).prop_map(|(site, (row, field, value))| Step::LateWrite(site, row, field, value)),
        3 => (n(), n()).prop_map(|(site, last)| Step::Pack(site, last)),
        2 => n().prop_map(Step::Relay),
        5 => (n(), n(), n()).prop_map(|(stick, site, turn)| Step::Deliver(stick, site, turn)),
        1 => n().prop_map(Step::Clone),
        1 => n().prop_map(Step::Backup),
        1 => n().prop_map(Step::Restore),
    ]
}

/// A written field of a history: which change, which row, which field.
pub type Mark = (Hash, Id, FieldName);

/// What every write knew of its own field when it was made: the oracle of happened-before.
#[derive(Debug, Default)]
pub struct Oracle {
    known: BTreeMap<Mark, BTreeSet<Mark>>,
    made: Vec<Hash>,
}

impl Oracle {
    /// The writes of a set that no other write of the set had known.
    pub fn heads(&self, held: &BTreeSet<Mark>) -> BTreeMap<(Id, FieldName), Vec<Hash>> {
        let known: BTreeSet<&Mark> = held.iter().filter_map(|mark| self.known.get(mark)).flatten().collect();
        let mut heads: BTreeMap<(Id, FieldName), Vec<Hash>> = BTreeMap::new();
        for mark in held.iter().filter(|mark| !known.contains(mark)) {
            heads.entry((mark.1, mark.2.clone())).or_default().push(mark.0);
        }
        heads.values_mut().for_each(|hashes| hashes.sort());
        heads
    }

    /// The writes of a ledger's heads by the order in which they were made, which no clock and no hash enters.
    pub fn numbered(&self, heads: &BTreeMap<(Id, FieldName), Vec<Hash>>) -> BTreeMap<(Id, FieldName), Vec<usize>> {
        let number = |hash: &Hash| self.made.iter().position(|made| made == hash).unwrap();
        let numbers = |hashes: &Vec<Hash>| {
            let mut numbers: Vec<usize> = hashes.iter().map(number).collect();
            numbers.sort_unstable();
            numbers
        };
        heads.iter().map(|(field, hashes)| (field.clone(), numbers(hashes))).collect()
    }
}

/// A computer of a history.
#[derive(Debug, Clone)]
pub struct Site {
    /// Its ledger.
    pub memory: Memory,
    replica: Id,
    chain: Vec<Change>,
    held: Vec<Segment>,
    opened: Vec<Memory>,
    /// What its clock reads when the history begins, milliseconds.
    clock: u64,
}

const SCOPE: [u8; 16] = [9; 16];
const EPOCH: [u8; 32] = [7; 32];

impl Site {
    /// A computer with an empty ledger.
    pub fn new(number: u8) -> Self {
        let replica = Id::from_bytes([number; 16]);
        Self {
            memory: Memory::default(),
            replica,
            chain: vec![],
            held: vec![],
            opened: vec![],
            clock: 1_800_000_000_000,
        }
    }

    /// Everything its ledger holds, written by anyone.
    pub fn marks(&self) -> BTreeSet<Mark> {
        let of = |(hash, change): (&Hash, &Change)| {
            change.ops.iter().map(|op| (*hash, op.row, op.field.clone())).collect::<Vec<_>>()
        };
        self.memory.changes().flat_map(of).collect()
    }

    fn write(&mut self, fields: &[(u8, u8, u8)], clock: u64, oracle: &mut Oracle, shown: Option<&Memory>) {
        let tip = self.chain.last().map(Change::hash);
        let own = tip.and_then(|hash| self.memory.dot(&hash));
        let mut ops = BTreeMap::new();
        for (row, field, value) in fields {
            let (row, field) = (Id::from_bytes([100 + row; 16]), FieldName::from(format!("note.f{field}")));
            let before = shown.unwrap_or(&self.memory);
            let heads: Vec<Head> = before
                .heads(row, &field)
                .iter()
                .filter_map(|head| {
                    let dot = self.memory.dot(&before.hash(head.dot)?)?;
                    let seen = head.seen.iter().filter_map(|seen| self.memory.dot(&before.hash(*seen)?)).collect();
                    Some(Head { dot, seen })
                })
                .collect();
            let seen = heads::seen_after(self.memory.tree(), &heads, own);
            let mut seen: Vec<Hash> = seen.into_iter().filter_map(|dot| self.memory.hash(dot)).collect();
            seen.sort();
            let payload = Sealed::Open(Payload::Set(Some(Value::Int(i64::from(*value)))));
            ops.insert((row, field.clone()), Op { row, field, seen, payload });
        }
        let change = Change {
            parent: tip,
            depth: self.chain.len() as u32,
            replica: self.replica,
            scope: Id::from_bytes(SCOPE),
            who: self.replica,
            time: Time(Time::at_ms(self.clock + clock / 3).0 + clock % 3),
            flags: Flags::default(),
            batch: None,
            undoes: None,
            ext: vec![],
            why: Sealed::Open(None),
            secret: Secret::Epoch(EPOCH),
            ops: ops.into_values().collect(),
        };
        self.commit(change, oracle, shown);
    }

    fn commit(&mut self, change: Change, oracle: &mut Oracle, shown: Option<&Memory>) {
        let hash = change.hash();
        oracle.made.push(hash);
        let held = self.marks();
        // A form knows what it showed, and its computer's own chain up to the save.
        let own: BTreeSet<Hash> = self.chain.iter().map(Change::hash).collect();
        let visible: BTreeSet<Mark> = match shown {
            None => held,
            Some(shown) => {
                let known: BTreeSet<Hash> = shown.changes().map(|(hash, _)| *hash).collect();
                held.into_iter().filter(|mark| known.contains(&mark.0) || own.contains(&mark.0)).collect()
            }
        };
        for op in &change.ops {
            let seen: BTreeSet<Mark> =
                visible.iter().filter(|mark| mark.1 == op.row && mark.2 == op.field).cloned().collect();
            let below: BTreeSet<Mark> =
                seen.iter().filter_map(|mark| oracle.known.get(mark)).flatten().cloned().collect();
            oracle.known.insert((hash, op.row, op.field.clone()), seen.union(&below).cloned().collect());
        }
        self.chain.push(change.clone());
        self.memory.write(change.clone());
        self.held.push(cut(&self.chain, self.chain.len() - 1));
    }

    fn receive(&mut self, segments: &[Segment]) {
        self.memory.receive(segments.iter().cloned());
        self.held.extend(segments.iter().cloned());
        // What came back of the own chain after a restore is continued, not forked.
        let mut tip = self.chain.last().map(Change::hash);
        while let Some(next) = self
            .memory
            .changes()
            .find(|(_, change)| change.parent == tip && change.replica == self.replica && tip.is_some())
        {
            let change = next.1.clone();
            tip = Some(change.hash());
            self.chain.push(change);
        }
    }
}

/// The end of a chain as a segment.
fn cut(chain: &[Change], from: usize) -> Segment {
    let changes = chain[from..].to_vec();
    Segment {
        replica: changes[0].replica,
        scope: changes[0].scope,
        parent: changes[0].parent,
        first_depth: changes[0].depth,
        epoch: EPOCH,
        changes,
    }
}

/// A history being lived.
#[derive(Debug)]
pub struct World {
    /// Its computers.
    pub sites: Vec<Site>,
    /// The oracle.
    pub oracle: Oracle,
    sticks: Vec<Vec<Segment>>,
    backups: Vec<(usize, Site)>,
    clock: u64,
}

impl World {
    /// Computers with empty ledgers.
    pub fn new(sites: usize) -> Self {
        let sites = (1..=sites as u8).map(Site::new).collect();
        Self { sites, oracle: Oracle::default(), sticks: vec![], backups: vec![], clock: 0 }
    }

    /// The same with clocks that stand elsewhere, milliseconds since 1970.
    pub fn with_clocks(clocks: &[u64]) -> Self {
        let mut world = Self::new(clocks.len());
        world.sites.iter_mut().zip(clocks).for_each(|(site, clock)| site.clock = *clock);
        world
    }

    /// Lives one step.
    pub fn step(&mut self, step: &Step) {
        self.clock += 1;
        let count = self.sites.len();
        match step {
            Step::Write(site, fields) => {
                let site = &mut self.sites[site % count];
                site.opened.push(site.memory.clone());
                site.write(fields, self.clock, &mut self.oracle, None);
            }
            Step::LateWrite(site, row, field, value) => {
                let site = &mut self.sites[site % count];
                let name = FieldName::from(format!("note.f{field}"));
                let row_id = Id::from_bytes([100 + row; 16]);
                let Some(shown) = site.opened.last().cloned() else { return };
                // The program refuses a save when the own chain wrote the field since the form opened.
                let known: BTreeSet<Hash> = shown.changes().map(|(hash, _)| *hash).collect();
                let wrote = |change: &Change| change.ops.iter().any(|op| op.row == row_id && op.field == name);
                if site.chain.iter().any(|change| !known.contains(&change.hash()) && wrote(change)) {
                    return;
                }
                site.write(&[(*row, *field, *value)], self.clock, &mut self.oracle, Some(&shown));
            }
            Step::Pack(site, last) => {
                let chain = &self.sites[site % count].chain;
                if !chain.is_empty() {
                    self.sticks.push(vec![cut(chain, last % chain.len())]);
                }
            }
            Step::Relay(site) => self.sticks.push(self.sites[site % count].held.clone()),
            Step::Deliver(stick, site, turn) => {
                if !self.sticks.is_empty() {
                    let mut segments = self.sticks[stick % self.sticks.len()].clone();
                    let turn = turn % segments.len().max(1);
                    segments.rotate_left(turn);
                    self.sites[site % count].receive(&segments);
                }
            }
            Step::Clone(site) if count < 7 => self.sites.push(self.sites[site % count].clone()),
            Step::Clone(_) => {}
            Step::Backup(site) => self.backups.push((site % count, self.sites[site % count].clone())),
            Step::Restore(backup) => {
                if !self.backups.is_empty() {
                    let (site, copy) = self.backups[backup % self.backups.len()].clone();
                    self.sites[site] = copy;
                }
            }
        }
    }

    /// Everybody gets everything, in an order of their own, twice.
    pub fn meet(&mut self) {
        let all: Vec<Segment> =
            self.sites.iter().flat_map(|site| site.held.clone()).chain(self.sticks.concat()).collect();
        let turns = all.len().max(1);
        for (at, site) in self.sites.iter_mut().enumerate() {
            let mut mine = all.clone();
            mine.rotate_left((at * 7) % turns);
            for part in mine.chunks(3) {
                site.receive(part);
            }
            site.receive(&mine);
        }
    }

    /// All segments that exist anywhere.
    pub fn everything(&self) -> Vec<Segment> {
        self.sites.iter().flat_map(|site| site.held.clone()).collect()
    }
}
