//! What can happen to several computers, and random histories of it.

use crate::oracle::{Cell, ROWS};

/// One thing that happens. Numbers are taken modulo what exists.
#[derive(Debug, Clone)]
pub enum Step {
    /// A computer saves a form: the fields and values written.
    Write(usize, Vec<(Cell, u8)>),
    /// A computer chooses a value for the first field that was filled differently.
    Settle(usize, u8),
    /// A form is opened, to be saved later.
    Open(usize),
    /// The opened form is saved: what came in between was not shown.
    SaveOpened(usize, Cell, u8),
    /// A row is deleted, or brought back.
    Live(usize, u8, bool),
    /// A row is joined to another that is the same child; to itself: it is parted again.
    Join(usize, u8, u8),
    /// A computer takes back its newest change.
    Undo(usize),
    /// Everything a field ever held is erased by law.
    Erase(usize, Cell),
    /// A computer puts the last changes of its chain on a stick.
    Pack(usize, usize),
    /// A computer puts everything it holds on a stick.
    Relay(usize),
    /// A stick is read, its segments in an order turned by the third number, some of them left out by the fourth.
    Deliver(usize, usize, usize, usize),
    /// A stick is lost.
    Lose(usize),
    /// A disk is cloned: two computers go on from the same state.
    Clone(usize),
    /// A copy is kept.
    Backup(usize),
    /// A kept copy replaces the computer it came from.
    Restore(usize),
    /// A computer takes a whole merge back.
    TakeBack(usize, usize),
    /// A computer takes up again what it took back last.
    TakeUp(usize),
    /// A computer gives another up: what that one writes from now on does not count.
    Revoke(usize, usize),
}

/// Small random numbers from a seed (splitmix64): the seed of a failing history is all one needs to see it again.
#[derive(Debug, Clone)]
pub struct Dice(pub u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }
}

/// A history from a seed: two to five computers; most are short, so that a fault is soon understood, one in sixteen is
/// long, with up to fifty packages.
pub fn history(seed: u64) -> (usize, Vec<Step>) {
    let mut dice = Dice(seed);
    let most = if dice.below(16) == 0 { 330 } else { 70 };
    let (sites, steps) = (2 + dice.below(4), 10 + dice.below(most));
    (sites, (0..steps).map(|_| step(&mut dice)).collect())
}

fn step(dice: &mut Dice) -> Step {
    let (site, n) = (dice.below(64), dice.below(64));
    let row = dice.below(ROWS.into()) as u8;
    let field = (dice.below(3).min(usize::from(ROWS) - 1) as u8, dice.below(2) as u8);
    let value = dice.below(4) as u8;
    match dice.below(50) {
        0..=10 => {
            let more = (0..dice.below(2)).map(|_| ((dice.below(3) as u8, dice.below(2) as u8), dice.below(4) as u8));
            Step::Write(site, std::iter::once((field, value)).chain(more).collect())
        }
        11..=12 => Step::Open(site),
        13..=14 => Step::SaveOpened(site, field, value),
        15..=16 => Step::Live(site, field.0, false),
        17 => Step::Live(site, field.0, true),
        18 => Step::Join(site, row, dice.below(ROWS.into()) as u8),
        19..=20 => Step::Undo(site),
        21 => Step::Erase(site, field),
        22..=25 => Step::Pack(site, n),
        26..=28 => Step::Relay(site),
        29..=34 => Step::Deliver(n, site, dice.below(64), dice.below(4)),
        35 => Step::Lose(n),
        36 => Step::Clone(site),
        37 => Step::Backup(site),
        38..=39 => Step::Restore(n),
        40..=42 => Step::TakeBack(site, n),
        43..=44 => Step::TakeUp(site),
        45..=48 => Step::Settle(site, value),
        _ => Step::Revoke(site, n),
    }
}
