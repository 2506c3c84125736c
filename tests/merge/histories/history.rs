//! Random histories of several computers: written offline, cloned, restored, exchanged in any order, twice, in parts.

use std::collections::{BTreeMap, BTreeSet};

use domain::Value;
use oplog::change::Sealed;
use oplog::standing::Bar;
use oplog::{Change, Hash, Op, Payload, Segment, Time};
use serde_json::{Value as Json, json};

use crate::oracle::{Bits, Cell, LIFE, NAMES, Oracle, SAME, WRITES_MAX, row_id};
use crate::site::{Form, Site, cell, name};
use crate::steps::Step;
use crate::telling::told;

/// A history being lived.
#[derive(Debug)]
pub struct World {
    /// Its computers.
    pub sites: Vec<Site>,
    /// The oracle.
    pub oracle: Oracle,
    /// What happened, for another program to live again.
    pub told: Vec<Json>,
    /// What did not come out as it should while steps were lived.
    pub faults: Vec<String>,
    pub(crate) began_with: usize,
    /// How much was told when all began to meet.
    pub(crate) met_at: Option<usize>,
    pub(crate) waited: bool,
    pub(crate) erased: BTreeSet<Cell>,
    sticks: Vec<Vec<Segment>>,
    backups: Vec<(usize, Site)>,
    pub(crate) bars: Vec<Bar>,
    /// The writes of each change.
    pub(crate) made: BTreeMap<Hash, Bits>,
    clock: u64,
    forms: usize,
}

/// What a change does beside its operations.
#[derive(Default)]
struct How {
    undoes: Option<Hash>,
    form: Option<Form>,
}

impl World {
    /// Computers with empty ledgers.
    pub fn new(sites: usize) -> Self {
        Self::with_clocks(&vec![1_800_000_000_000; sites])
    }

    /// The same with clocks that stand elsewhere, milliseconds since 1970.
    pub fn with_clocks(clocks: &[u64]) -> Self {
        let sites = clocks.iter().zip(1..).map(|(clock, number)| Site::new(number, *clock)).collect();
        Self {
            sites,
            oracle: Oracle::default(),
            told: vec![],
            faults: vec![],
            began_with: clocks.len(),
            met_at: None,
            waited: false,
            erased: BTreeSet::new(),
            sticks: vec![],
            backups: vec![],
            bars: vec![],
            made: BTreeMap::new(),
            clock: 0,
            forms: 0,
        }
    }

    /// Lives all steps.
    pub fn live(&mut self, steps: &[Step]) {
        for step in steps {
            self.step(step);
        }
    }

    /// Lives one step; gives the computer it happened to.
    pub fn step(&mut self, step: &Step) -> usize {
        self.clock += 1;
        let count = self.sites.len();
        match step {
            Step::Write(site, fields) => self.write(site % count, fields),
            Step::Settle(site, value) => self.settle(site % count, *value),
            Step::Open(site) => self.open(site % count),
            Step::SaveOpened(site, cell, value) => self.save_opened(site % count, *cell, *value),
            Step::Live(site, row, lives) => self.set_life(site % count, *row, *lives),
            Step::Join(site, row, other) => self.join(site % count, *row, *other),
            Step::Undo(site) => self.undo(site % count),
            Step::Erase(site, cell) => self.erase(site % count, *cell),
            Step::Pack(site, last) => self.pack(site % count, *last),
            Step::Relay(site) => {
                let mut all = self.sites[site % count].memory.segments();
                all.sort_by_key(|one| one.hashes().first().map(|hash| self.oracle.number(hash)));
                self.sticks.push(all);
            }
            Step::Deliver(stick, site, turn, part) => self.deliver(*stick, site % count, (*turn, *part)),
            Step::Lose(stick) => {
                if !self.sticks.is_empty() {
                    self.sticks.swap_remove(stick % self.sticks.len());
                }
            }
            Step::Clone(site) if count < 7 => {
                self.told.push(json!({ "k": "clone", "s": site % count }));
                self.sites.push(self.sites[site % count].clone());
            }
            Step::Clone(_) => {}
            Step::Backup(site) => {
                self.told.push(json!({ "k": "backup", "s": site % count }));
                self.backups.push((site % count, self.sites[site % count].clone()));
            }
            Step::Restore(backup) => self.restore(*backup),
            Step::TakeBack(site, merge) => self.take_back(site % count, *merge),
            Step::TakeUp(site) => self.take_up(site % count),
            Step::Revoke(site, computer) => self.revoke(site % count, *computer),
        }
        match step {
            Step::Write(site, _)
            | Step::Settle(site, _)
            | Step::Open(site)
            | Step::SaveOpened(site, ..)
            | Step::Live(site, ..)
            | Step::Join(site, ..)
            | Step::Undo(site)
            | Step::Erase(site, _)
            | Step::TakeBack(site, _)
            | Step::TakeUp(site)
            | Step::Revoke(site, _)
            | Step::Deliver(_, site, ..) => site % count,
            _ => count - 1,
        }
    }

    fn restore(&mut self, backup: usize) {
        if !self.backups.is_empty() {
            let number = backup % self.backups.len();
            let (site, copy) = self.backups[number].clone();
            self.told.push(json!({ "k": "restore", "b": number }));
            self.sites[site] = copy;
        }
    }

    fn write(&mut self, site: usize, fields: &[(Cell, u8)]) {
        let wanted: BTreeMap<Cell, u8> = fields.iter().copied().collect();
        let one = &self.sites[site];
        let op = |(cell, value): (&Cell, &u8)| one.op(*cell, &one.shown(&one.memory, *cell), set(*value));
        let ops = wanted.iter().map(op).collect();
        self.commit(site, ops, How::default());
    }

    /// The first field that was filled differently is given one value.
    fn settle(&mut self, site: usize, value: u8) {
        let state = self.sites[site].memory.state();
        let contested = state.iter().find(|((_, field), shown)| {
            shown.values.len() > 1 && **field != *NAMES[usize::from(SAME)] && **field != *NAMES[usize::from(LIFE)]
        });
        if let Some(((row, field), _)) = contested {
            let cell = cell(*row, field);
            self.write(site, &[(cell, value)]);
        }
    }

    fn open(&mut self, site: usize) {
        self.told.push(json!({ "k": "form", "s": site, "f": self.forms }));
        let held = self.counting(&self.sites[site]);
        let one = &mut self.sites[site];
        one.form = Some(Form { number: self.forms, memory: one.memory.clone(), held });
        self.forms += 1;
    }

    /// The program refuses a save when its own chain wrote the field since the form opened.
    fn save_opened(&mut self, site: usize, cell: Cell, value: u8) {
        let Some(form) = self.sites[site].form.take() else { return };
        let one = &self.sites[site];
        let mut at = one.tip;
        while let Some(hash) = at.filter(|hash| form.memory.dot(hash).is_none()) {
            let change = one.memory.change(&hash).unwrap();
            if change.ops.iter().any(|op| op.row == row_id(cell.0) && op.field == name(cell)) {
                return;
            }
            at = change.parent;
        }
        let op = one.op(cell, &one.shown(&form.memory, cell), set(value));
        self.commit(site, vec![op], How { form: Some(form), undoes: None });
    }

    /// Who deletes a row, or brings it back, has seen whatever stands in it.
    fn set_life(&mut self, site: usize, row: u8, lives: bool) {
        let one = &self.sites[site];
        let op = one.op((row, LIFE), &one.row_heads(row), Payload::Set(Some(Value::Int(i64::from(lives)))));
        self.commit(site, vec![op], How::default());
    }

    fn join(&mut self, site: usize, row: u8, other: u8) {
        let one = &self.sites[site];
        let value = (other != row).then(|| Value::Row(row_id(other)));
        let op = one.op((row, SAME), &one.shown(&one.memory, (row, SAME)), Payload::Set(value));
        self.commit(site, vec![op], How::default());
    }

    fn undo(&mut self, site: usize) {
        let one = &self.sites[site];
        let Some(undone) = one.undoable.last().copied() else { return };
        let change = one.memory.change(&undone).unwrap();
        let cells: Vec<Cell> = change.ops.iter().map(|op| cell(op.row, &op.field)).collect();
        let mut ops = Vec::new();
        for cell in cells {
            let mut heads = one.shown(&one.memory, cell);
            // Somebody wrote the field since: nothing is taken back then.
            if !matches!(heads.as_slice(), [head] if one.memory.hash(head.dot) == Some(undone)) {
                return;
            }
            let payload = match one.before(undone, cell).as_slice() {
                [] => Payload::Set(None),
                [value] => Payload::Set(value.clone()),
                several => Payload::Reopen(several.to_vec()),
            };
            if cell.1 == LIFE {
                heads = one.row_heads(cell.0);
            }
            ops.push(one.op(cell, &heads, payload));
        }
        let before = self.sites[site].before.take();
        self.sites[site].undoable.pop();
        self.commit(site, ops, How { undoes: Some(undone), form: None });
        if let Some((_, stood)) = before.filter(|(newest, _)| *newest == undone) {
            let stands = self.sites[site].stands();
            if stands != stood {
                self.faults.push(format!("taken back, but not as before: {stands:?}, not {stood:?}"));
            }
        }
    }

    fn erase(&mut self, site: usize, cell: Cell) {
        let one = &self.sites[site];
        // The law asks what is held, not what counts.
        let mut seen: Vec<Hash> = one.held_of(cell).into_iter().map(|(_, hash, _)| hash).collect();
        if seen.is_empty() {
            return;
        }
        seen.sort();
        let op = Op { row: row_id(cell.0), field: name(cell), seen, payload: Sealed::Open(Payload::Redact) };
        self.erased.insert(cell);
        self.commit(site, vec![op], How::default());
    }

    fn commit(&mut self, site: usize, ops: Vec<Op>, how: How) {
        if self.oracle.len() + ops.len() > WRITES_MAX {
            return;
        }
        let counting = self.counting(&self.sites[site]);
        let one = &mut self.sites[site];
        let time = Time(Time::at_ms(one.clock + self.clock / 3).0 + self.clock % 3);
        let change = one.change(ops, time, how.undoes);
        let hash = change.hash();
        let written: Vec<(Cell, Payload)> =
            change.ops.iter().map(|op| (cell(op.row, &op.field), op.payload.open().unwrap().clone())).collect();
        // A form knows what it showed, and its computer's own chain up to the save.
        let erases = written.iter().any(|(_, payload)| *payload == Payload::Redact);
        let visible = match &how.form {
            None if erases => one.held,
            None => counting,
            Some(form) => {
                let mut own = form.held;
                let mut at = one.tip;
                while let Some(hash) = at {
                    own.join(&self.made[&hash]);
                    at = one.memory.change(&hash).unwrap().parent;
                }
                own.meet(&one.held)
            }
        };
        let made = self.oracle.note(hash, &written, &visible);
        let number = |hash: &Hash| self.oracle.number(hash);
        self.told.push(json!({
            "k": "write", "s": site, "n": number(&hash), "replica": change.replica.as_bytes()[0], "parent": change.parent.as_ref().map(number),
            "form": how.form.as_ref().map(|form| form.number), "undoes": how.undoes.as_ref().map(number),
            "ops": written.iter().map(|(cell, payload)| (cell.0, cell.1, told(payload))).collect::<Vec<_>>(),
        }));
        self.made.insert(hash, made);
        let plain = !erases;
        one.before = (plain && how.undoes.is_none()).then(|| (hash, one.stands()));
        if plain && how.undoes.is_none() {
            one.undoable.push(hash);
        }
        one.held.join(&made);
        one.memory.write(change);
        one.tip = Some(hash);
        one.lift([hash]);
    }

    fn pack(&mut self, site: usize, last: usize) {
        let one = &self.sites[site];
        let mut at = one.tip;
        let mut runs: Vec<Segment> = Vec::new();
        for _ in 0..=last {
            let Some(change) = at.and_then(|hash| one.memory.change(&hash)) else { break };
            at = change.parent;
            // A run shares its random bytes; where they were dropped each change keeps its own seed.
            let bytes = change.drawn().map_or(Segment::DROPPED, |(_, epoch)| epoch);
            match runs.last_mut().filter(|run| run.epoch == bytes) {
                Some(run) => {
                    run.changes.insert(0, change.clone());
                    (run.parent, run.first_depth) = (change.parent, change.depth);
                }
                None => runs.push(Segment {
                    replica: change.replica,
                    scope: change.scope,
                    parent: change.parent,
                    first_depth: change.depth,
                    epoch: bytes,
                    changes: vec![change.clone()],
                }),
            }
        }
        self.sticks.push(runs);
    }

    fn deliver(&mut self, stick: usize, site: usize, (turn, part): (usize, usize)) {
        if self.sticks.is_empty() {
            return;
        }
        let mut segments = self.sticks[stick % self.sticks.len()].clone();
        let turn = turn % segments.len().max(1);
        segments.rotate_left(turn);
        if part == 0 {
            segments.truncate(segments.len().div_ceil(2));
        }
        self.receive(site, segments);
    }

    /// A computer takes segments in.
    pub fn receive(&mut self, site: usize, segments: Vec<Segment>) {
        let numbers = |one: &Segment| one.hashes().iter().map(|hash| self.oracle.number(hash)).collect::<Vec<_>>();
        let told: Vec<Vec<usize>> = segments.iter().map(numbers).collect();
        self.told.push(json!({ "k": "deliver", "s": site, "segs": told }));
        let one = &mut self.sites[site];
        let known: BTreeSet<Hash> = one.memory.changes().map(|(hash, _)| *hash).collect();
        one.memory.receive(segments);
        one.before = None;
        self.waited |= !one.memory.waiting().is_empty();
        let brought: BTreeSet<Hash> =
            one.memory.changes().map(|(hash, _)| *hash).filter(|hash| !known.contains(hash)).collect();
        if !brought.is_empty() {
            one.lift(brought.iter().copied());
            one.merges.push(brought);
        }
        for (hash, made) in &self.made {
            if one.memory.dot(hash).is_some() {
                one.held.join(made);
            }
        }
        // What came back of the own chain after a restore is continued, not forked.
        while let Some(tip) = one.tip {
            let next = |(_, change): &(&Hash, &Change)| change.parent == Some(tip) && change.replica == one.replica;
            let all = one.memory.changes().filter(next).map(|(hash, _)| *hash);
            let Some(hash) = all.min_by_key(|hash| self.oracle.number(hash)) else { break };
            one.tip = Some(hash);
        }
    }

    /// Everybody gets everything, in an order of their own, twice.
    pub fn meet(&mut self) {
        let everything = self.everything();
        self.met_at = Some(self.told.len());
        for site in 0..self.sites.len() {
            let mut mine = everything.clone();
            mine.rotate_left((site * 7) % everything.len().max(1));
            for part in mine.chunks(3) {
                self.receive(site, part.to_vec());
            }
            self.receive(site, mine);
            for bar in 0..self.bars.len() {
                if !self.sites[site].bars.contains(&self.bars[bar]) {
                    self.bar(site, bar);
                }
            }
            while !self.sites[site].aside.is_empty() {
                self.take_up(site);
            }
        }
    }

    /// All segments that exist anywhere, those that wait for others included: their stick may be lost.
    pub fn everything(&self) -> Vec<Segment> {
        let held = |site: &Site| [site.memory.segments(), site.memory.waiting().to_vec()].concat();
        self.sites.iter().flat_map(held).chain(self.sticks.concat()).collect()
    }
}

fn set(value: u8) -> Payload {
    Payload::Set((value > 0).then(|| Value::Int(i64::from(value))))
}
