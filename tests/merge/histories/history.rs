//! Random histories of several computers: written offline, cloned, restored, exchanged in any order, twice, in parts.

use std::collections::{BTreeMap, BTreeSet};

use domain::{Id, Value};
use oplog::change::Sealed;
use oplog::memory::Memory;
use oplog::standing::Bar;
use oplog::{Change, Dot, FieldName, Flags, Hash, Head, Op, Payload, Secret, Segment, Time, heads};
use serde_json::{Value as Json, json};

use crate::oracle::{Bits, Cell, Gone, LIFE, Meaning, NAMES, Oracle, ROWS, SAME, WRITES_MAX, row_id};
use crate::steps::Step;
use crate::telling::told;

/// A form that was opened: what the ledger held then.
#[derive(Debug, Clone)]
struct Form {
    number: usize,
    memory: Memory,
    held: Bits,
}

/// A computer of a history.
#[derive(Debug, Clone)]
pub struct Site {
    /// Its ledger.
    pub memory: Memory,
    /// What it holds, for the oracle.
    pub held: Bits,
    pub(crate) replica: Id,
    tip: Option<Hash>,
    /// Its own changes that can be taken back, newest last.
    undoable: Vec<Hash>,
    form: Option<Form>,
    /// The newest own change and what the ledger meant just before it, as long as nothing came in between.
    pub(crate) before: Option<(Hash, BTreeMap<Cell, Vec<Option<Value>>>)>,
    /// What each merge brought, newest last; what was taken back and not taken up again; whose writing counts only so far.
    pub(crate) merges: Vec<BTreeSet<Hash>>,
    pub(crate) aside: Vec<BTreeSet<Hash>>,
    pub(crate) bars: Vec<Bar>,
    /// What its clock reads when the history begins, milliseconds.
    clock: u64,
}

const SCOPE: [u8; 16] = [9; 16];

impl Site {
    fn new(number: u8, clock: u64) -> Self {
        Self {
            memory: Memory::default(),
            held: Bits::default(),
            replica: Id::from_bytes([number; 16]),
            tip: None,
            undoable: vec![],
            form: None,
            before: None,
            merges: vec![],
            aside: vec![],
            bars: vec![],
            clock,
        }
    }

    pub(crate) fn own_tip(&self) -> Option<Dot> {
        self.memory.dot(&self.tip?)
    }

    /// What stands in a field, as this ledger places it, when a form showed what `shown` holds.
    fn shown(&self, shown: &Memory, cell: Cell) -> Vec<Head> {
        let here = |dot: Dot| self.memory.dot(&shown.hash(dot)?);
        let heads = shown.heads(row_id(cell.0), &name(cell));
        let moved = |head: &Head| {
            Some(Head { dot: here(head.dot)?, seen: head.seen.iter().filter_map(|dot| here(*dot)).collect() })
        };
        heads.iter().filter_map(moved).collect()
    }

    fn row_heads(&self, row: u8) -> Vec<Head> {
        (0..NAMES.len() as u8).flat_map(|field| self.shown(&self.memory, (row, field))).collect()
    }

    fn seen_after(&self, heads: &[Head]) -> Vec<Hash> {
        let dots = heads::seen_after(self.memory.tree(), heads, self.own_tip());
        let mut seen: Vec<Hash> = dots.into_iter().filter_map(|dot| self.memory.hash(dot)).collect();
        seen.sort();
        seen
    }

    fn op(&self, cell: Cell, heads: &[Head], payload: Payload) -> Op {
        let seen = self.seen_after(heads);
        Op { row: row_id(cell.0), field: name(cell), seen, payload: Sealed::Open(payload) }
    }

    fn change(&self, ops: Vec<Op>, time: Time, undoes: Option<Hash>) -> Change {
        let depth = self.own_tip().map_or(0, |dot| dot.depth + 1);
        Change {
            parent: self.tip,
            depth,
            replica: self.replica,
            scope: Id::from_bytes(SCOPE),
            who: self.replica,
            time,
            flags: Flags::default(),
            batch: None,
            undoes,
            // As a newer program would: bytes of a header that this one does not know.
            ext: if depth % 5 == 3 { vec![0xa1, 0x01, 0x02] } else { vec![] },
            why: Sealed::Open((depth % 3 == 1).then(|| format!("原因{depth}"))),
            secret: Secret::Epoch(epoch(self.replica, depth)),
            ops,
        }
    }

    /// Every write of a field that counts, erasures apart, with its place and its values.
    fn written(&self, cell: Cell) -> Vec<(Head, Hash, Vec<Option<Value>>)> {
        self.held_of(cell).into_iter().filter(|(_, hash, _)| self.counts(hash)).collect()
    }

    /// Every write of a field that is here, whether it counts or not.
    fn held_of(&self, cell: Cell) -> Vec<(Head, Hash, Vec<Option<Value>>)> {
        let mut all = Vec::new();
        for (hash, change) in self.memory.changes() {
            let op = change.ops.iter().find(|op| op.row == row_id(cell.0) && op.field == name(cell));
            let Some(op) = op.filter(|op| op.payload != Sealed::Open(Payload::Redact)) else { continue };
            let values = op.payload.open().map(|payload| payload.values().to_vec()).unwrap_or_default();
            let seen = op.seen.iter().filter_map(|hash| self.memory.dot(hash)).collect();
            all.push((Head { dot: self.memory.dot(hash).unwrap(), seen }, *hash, values));
        }
        all
    }

    /// What a field held just before a change wrote it.
    fn before(&self, undone: Hash, cell: Cell) -> Vec<Option<Value>> {
        let all = self.written(cell);
        let Some((new, ..)) = all.iter().find(|(_, hash, _)| *hash == undone) else { return vec![] };
        let mut earlier: Vec<Head> = Vec::new();
        for (head, ..) in all.iter().filter(|(head, ..)| new.covers(self.memory.tree(), head.dot)) {
            heads::fold(self.memory.tree(), &mut earlier, head.clone());
        }
        let stood = all.iter().filter(|(head, ..)| earlier.iter().any(|one| one.dot == head.dot));
        let mut values: Vec<_> = stood.flat_map(|(.., values)| values.clone()).collect();
        values.sort();
        values.dedup();
        values
    }

    /// What the ledger means, in the oracle's words.
    pub fn meaning(&self, oracle: &Oracle) -> Meaning {
        let numbers = |hashes: &Vec<Hash>| {
            let mut numbers: Vec<usize> = hashes.iter().map(|hash| oracle.number(hash)).collect();
            numbers.sort_unstable();
            numbers
        };
        let heads = self.memory.head_hashes();
        Meaning {
            heads: heads.iter().map(|((row, field), hashes)| (cell(*row, field), numbers(hashes))).collect(),
            values: self
                .memory
                .state()
                .into_iter()
                .map(|((row, field), one)| (cell(row, &field), one.values))
                .collect(),
            lives: (0..ROWS).map(|row| self.memory.life(row_id(row))).collect(),
            speakers: self.memory.speakers(),
        }
    }

    /// The values that are gone from it.
    pub fn gone(&self, oracle: &Oracle) -> Gone {
        let of = |(hash, change): (&Hash, &Change)| {
            let erased = change.ops.iter().filter(|op| matches!(op.payload, Sealed::Erased(_)));
            erased.map(|op| (oracle.number(hash), cell(op.row, &op.field))).collect::<Vec<_>>()
        };
        self.memory.changes().flat_map(of).collect()
    }

    /// What each field stands for; a field never written stands for nothing.
    fn stands(&self) -> BTreeMap<Cell, Vec<Option<Value>>> {
        let state = self.memory.state().into_iter();
        let all = state.map(|((row, field), one)| (cell(row, &field), one.values));
        all.filter(|(_, values)| !values.is_empty() && *values != [None]).collect()
    }
}

fn name(cell: Cell) -> FieldName {
    NAMES[usize::from(cell.1)].into()
}

fn cell(row: Id, field: &FieldName) -> Cell {
    (row.as_bytes()[0] - 100, NAMES.iter().position(|name| **name == **field).unwrap() as u8)
}

/// A computer draws new random bytes every five changes: as if it had sealed then.
fn epoch(replica: Id, depth: u32) -> [u8; 32] {
    Hash::of(&[replica.as_bytes(), &(depth / 5).to_be_bytes()]).0
}

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
            let bytes = match change.secret {
                Secret::Epoch(epoch) => epoch,
                Secret::Seed(_) | Secret::Salts(..) => [0; 32],
            };
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
        self.waited |= one.memory.waiting() > 0;
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

    /// All segments that exist anywhere.
    pub fn everything(&self) -> Vec<Segment> {
        self.sites.iter().flat_map(|site| site.memory.segments()).chain(self.sticks.concat()).collect()
    }
}

fn set(value: u8) -> Payload {
    Payload::Set((value > 0).then(|| Value::Int(i64::from(value))))
}
