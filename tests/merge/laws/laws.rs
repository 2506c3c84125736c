//! Each law, tried on every history: up to five computers at first, fifty packages, sticks lost, doubled, shuffled, read
//! in part, disks cloned, backups restored, rows deleted, edited, brought back and joined, changes and whole merges taken
//! back, choices made and reopened, values erased by law, computers given up.

use std::collections::HashSet;
use std::ops::Range;
use std::panic;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use domain::Id;
use histories::counts;
use histories::history::World;
use histories::oracle::{ROWS, row_id};
use histories::site::Site;
use histories::steps::{Dice, Step, history};
use oplog::change::{Sealed, seed};
use oplog::memory::Memory;
use oplog::{Change, Hash, Op, Secret, Segment, same};

use crate::simulator;
use crate::told::Told;

type Steps = (usize, Vec<Step>);

/// Histories one thread lives before it asks the simulator what it makes of them.
const CHUNK: u64 = 500;

/// Deals seeds out to all cores.
fn on_all_cores(histories: u64, work: impl Fn(Range<u64>) + Sync) {
    let next = AtomicU64::new(0);
    let deal = || loop {
        let from = next.fetch_add(CHUNK, Ordering::Relaxed);
        match from < histories {
            true => work(from..(from + CHUNK).min(histories)),
            false => break,
        }
    };
    thread::scope(|scope| {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let all: Vec<_> = (0..cores).map(|_| scope.spawn(deal)).collect();
        for one in all {
            one.join().unwrap_or_else(|fault| panic::resume_unwind(fault));
        }
    });
}

/// Tries a law on a history; one that breaks it is made as short as it goes before it is shown.
#[track_caller]
fn hold<T>(seed: u64, law: impl Fn(&Steps) -> Result<T, String>) -> T {
    let mut lived = history(seed);
    let mut fault = match law(&lived) {
        Ok(done) => return done,
        Err(fault) => fault,
    };
    while let Some((shorter, other)) = shortened(&lived, &law) {
        (lived, fault) = (shorter, other);
    }
    let steps: String = lived.1.iter().map(|step| format!("  {step:?}\n")).collect();
    panic!("history {seed}: {fault}\n{} computers:\n{steps}", lived.0);
}

/// The history without one of its steps, if that breaks the law too.
fn shortened<T>(lived: &Steps, law: impl Fn(&Steps) -> Result<T, String>) -> Option<(Steps, String)> {
    (0..lived.1.len()).rev().find_map(|at| {
        let mut shorter = lived.clone();
        shorter.1.remove(at);
        let fault = law(&shorter).err()?;
        Some((shorter, fault))
    })
}

fn same_or<T: PartialEq + std::fmt::Debug>(what: &str, is: &T, should: &T) -> Result<(), String> {
    if is == should { Ok(()) } else { Err(format!("{what}\n  is {is:?}\n  should be {should:?}")) }
}

/// What a ledger means is what follows from what each writer knew.
fn as_the_oracle_says(world: &World, site: &Site) -> Result<(), String> {
    let (gone, counting) = (site.gone(&world.oracle), world.counting(site));
    same_or("meaning", &site.meaning(&world.oracle), &world.oracle.meaning(&counting, &gone))?;
    let (must, may) = (world.oracle.erased(&counting), world.oracle.erased(&world.oracle.all()));
    match must.is_subset(&gone) && gone.is_subset(&may) {
        true => nothing_tells_what_was_erased(&site.memory),
        false => Err(format!("gone {gone:?}, should be gone {must:?}, may be gone {may:?}")),
    }
}

/// No random bytes are left, with what counts, is held back or waits, from which the salt of an erased value follows; and
/// what waits does not repeat the value.
fn nothing_tells_what_was_erased(memory: &Memory) -> Result<(), String> {
    let is_erased = |op: &Op| matches!(op.payload, Sealed::Erased(_));
    let erased: Vec<&Change> =
        memory.changes().map(|(_, change)| change).filter(|change| change.ops.iter().any(is_erased)).collect();
    let waiting = || memory.waiting().iter().flat_map(|segment| &segment.changes);
    let held = memory.changes().map(|(_, change)| change).chain(waiting());
    let of_runs = memory.waiting().iter().map(|segment| (segment.replica, segment.epoch));
    let epochs: HashSet<(Id, [u8; 32])> = held.filter_map(Change::drawn).chain(of_runs).collect();
    for change in erased {
        let Secret::Salts(commitment, _) = &change.secret else { continue };
        let tells = |(replica, epoch): &&(Id, [u8; 32])| {
            *replica == change.replica && Hash::of(&[b"baoxue-commit-1", &seed(epoch, change.parent)]) == *commitment
        };
        same_or("random bytes that tell a salt", &epochs.iter().find(tells), &None)?;
        let repeats = |other: &&Change| {
            (other.parent, other.depth, other.replica) == (change.parent, change.depth, change.replica)
                && other.hash() == change.hash()
                && **other != *change
        };
        same_or("what waits repeats what was erased", &waiting().find(repeats), &None)?;
    }
    Ok(())
}

/// The same set of changes, taken in by an empty ledger in another order.
fn rebuilt(segments: &[Segment], turn: usize) -> Memory {
    let mut segments = segments.to_vec();
    let turn = turn % segments.len().max(1);
    segments.rotate_left(turn);
    let mut memory = Memory::default();
    for part in segments.chunks(2) {
        memory.receive(part.to_vec());
    }
    memory
}

/// The changes among segments whose chain and references are here or among them.
fn grounded(segments: &[Segment], held: &Memory) -> Vec<Hash> {
    let mut ready: Vec<(&Segment, Vec<Hash>)> = segments.iter().map(|one| (one, one.hashes())).collect();
    loop {
        let coming: HashSet<Hash> = ready.iter().flat_map(|(_, hashes)| hashes.iter().copied()).collect();
        let count = ready.len();
        ready.retain(|(one, _)| one.needs().all(|need| coming.contains(&need.hash) || held.dot(&need.hash).is_some()));
        if ready.len() == count {
            return coming.into_iter().collect();
        }
    }
}

/// Invariants 2, 4, 5, 6, 7, 9, 15, 17, 19: after every step each field's values are exactly those no later writer knew,
/// each row lives as those say who knew all of it, joined rows have one speaker, what was erased is gone and nothing
/// else; a doubled package changes nothing; the set of changes, read anew in another order, means the same.
///
/// Mutants caught: `covers` without chain ancestry; ancestry by number alone; `seen_after` without what the heads had seen;
/// `fold` in which a new value replaces all; `distinct` that counts equal values twice; `judge` that lets a deletion win;
/// the smallest speaks for joined rows; `receive` that does not fold anew what was lifted; `set_aside` that asks only what
/// forms had shown; a bar that looks at the computer alone; a branch on the lineage it branches from.
fn a_ledger_always_means_what_its_writers_knew((sites, steps): &Steps) -> Result<World, String> {
    let mut world = World::new(*sites);
    for (step, number) in steps.iter().zip(0..) {
        let at = world.step(step);
        as_the_oracle_says(&world, &world.sites[at]).map_err(|fault| format!("after {step:?}: {fault}"))?;
        if number % 16 == 5 && world.counting(&world.sites[at]) == world.sites[at].held {
            let mut memory = rebuilt(&world.sites[at].memory.segments(), number);
            same_or("read anew", &memory.state(), &world.sites[at].memory.state())?;
            memory.receive(world.sites[at].memory.segments());
            same_or("received twice", &memory.state(), &world.sites[at].memory.state())?;
        }
    }
    match world.faults.pop() {
        Some(fault) => Err(fault),
        None => Ok(world),
    }
}

/// Invariants 1, 3, 5, 9, 17, 18: when all have met, by whatever ways, all show the same, hold every change that anybody
/// held before, every chain verifies, and no erased value is left anywhere, nor a reason given with one. Display does not
/// depend on local numbers.
///
/// Mutants caught: `fold` that takes in what was replaced before it arrived; `segments` that passes on only what counts;
/// `place` that skips the first change after a known part; values shown in the order of local numbers; `erase` that drops
/// the salts of what stays readable.
fn all_who_meet_end_alike_and_nothing_is_lost(world: &mut World) -> Result<(), String> {
    let sites = world.sites.len();
    let mut held = world.sites[0].held;
    world.sites.iter().for_each(|site| held.join(&site.held));
    let everything = world.everything();
    world.meet();
    let first = world.sites[0].memory.state();
    for site in &world.sites {
        // What a computer that was given up had erased stays erased where it had arrived before.
        match world.has_bars() {
            false => same_or("state", &site.memory.state(), &first)?,
            true => same_or("heads", &site.memory.head_hashes(), &world.sites[0].memory.head_hashes())?,
        }
        let lacking: Vec<Hash> =
            grounded(&everything, &site.memory).into_iter().filter(|hash| site.memory.dot(hash).is_none()).collect();
        same_or("waits though its ground is here", &lacking, &vec![])?;
        same_or("held", &site.held.meet(&held), &held)?;
        as_the_oracle_says(world, site)?;
        if !world.has_bars() {
            same_or("gone", &site.gone(&world.oracle), &world.oracle.erased(&site.held))?;
        }
        for (hash, change) in site.memory.changes() {
            same_or("hash", &change.hash(), hash)?;
            let erased = change.ops.iter().any(|op| matches!(op.payload, Sealed::Erased(_)));
            if erased && matches!(change.why, Sealed::Open(Some(_))) {
                return Err(format!("{hash:?}: the reason outlived what was erased"));
            }
        }
    }
    let relayed = rebuilt(&world.sites[sites - 1].memory.segments(), 3);
    if world.has_bars() { Ok(()) } else { same_or("by way of a relay", &relayed.state(), &first) }
}

/// Invariant 13: what goes over the wire comes back as it was, byte for byte, erasures included.
fn a_segment_survives_the_wire(world: &World) -> Result<(), String> {
    for segment in world.everything() {
        let back = Segment::from_bytes(&segment.to_bytes()).map_err(|error| error.to_string())?;
        same_or("segment", &back, &segment)?;
    }
    Ok(())
}

/// All laws on the same histories; and what the simulator makes of them is what the engine made of them.
#[test]
fn every_history_keeps_the_laws_and_ends_as_the_simulator_says() {
    let told = Told::default();
    on_all_cores(counts(10_000, 100_000), |seeds| {
        let mut chunk = simulator::Chunk::default();
        for seed in seeds {
            let world = hold(seed, |lived| {
                let mut world = a_ledger_always_means_what_its_writers_knew(lived)?;
                all_who_meet_end_alike_and_nothing_is_lost(&mut world)?;
                a_segment_survives_the_wire(&world)?;
                Ok(world)
            });
            told.count(&history(seed).1, &world);
            chunk.add(seed, &world);
        }
        chunk.must_end_as_the_simulator_says();
    });
    told.covers_everything();
}

/// Invariant 16: clocks at 1970, 2099 or with an empty battery change what is displayed first, never which values stand.
///
/// Mutant caught: a change with an impossible time that is not folded.
#[test]
fn no_clock_decides_which_values_stand() {
    const CLOCKS: [u64; 5] = [0, 946_684_800_000, 1_800_000_000_000, 2_147_483_647_000, 4_070_908_800_000];
    let law = |(sites, steps): &Steps| {
        let mut dice = Dice(steps.len() as u64);
        let clocks: Vec<u64> = (0..*sites).map(|_| CLOCKS[dice.below(CLOCKS.len())]).collect();
        let (mut plain, mut odd) = (World::new(*sites), World::with_clocks(&clocks));
        for step in steps {
            // Whole sticks: which half comes first is decided by hashes, and clocks are in the hashes.
            let whole = match step {
                Step::Deliver(stick, site, turn, _) => Step::Deliver(*stick, *site, *turn, 1),
                other => other.clone(),
            };
            plain.step(&whole);
            odd.step(&whole);
        }
        for (one, other) in plain.sites.iter().zip(&odd.sites) {
            same_or("meaning", &other.meaning(&odd.oracle), &one.meaning(&plain.oracle))?;
        }
        Ok(())
    };
    on_all_cores(counts(10_000, 100_000), |seeds| seeds.for_each(|seed| hold(seed, law)));
}

/// Invariant 14: who speaks for joined rows does not depend on the order in which they were joined or parted.
#[test]
fn joined_rows_have_one_speaker_in_whatever_order_they_were_joined() {
    for seed in 0..2_000 {
        let mut dice = Dice(seed);
        let row = |dice: &mut Dice| row_id(dice.below(ROWS.into()) as u8);
        let mut joined: Vec<_> = (0..dice.below(6)).map(|_| (row(&mut dice), row(&mut dice))).collect();
        let speakers = same::speakers(joined.clone());
        for (one, speaker) in &speakers {
            assert_eq!(speakers.get(speaker), Some(speaker), "the speaker speaks for itself");
            assert!(joined.iter().any(|(from, to)| from == one || to == one), "only joined rows have a speaker");
        }
        let turn = dice.below(joined.len());
        joined.rotate_left(turn);
        joined.extend(joined.clone());
        assert_eq!(same::speakers(joined), speakers);
    }
}

/// What B wrote, A replaced and C replaced again does not come back to D, in whatever order it hears of the three.
#[test]
fn a_value_replaced_by_way_of_a_third_computer_stays_replaced() {
    use Step::{Deliver, Relay, Write};
    let mut world = World::new(4);
    // B's write lies deepest in its chain, so that it is taken in last.
    let history = [
        Write(0, vec![((1, 0), 0)]),
        Write(0, vec![((1, 1), 0)]),
        Write(0, vec![((0, 0), 1)]),
        Relay(0),
        Deliver(0, 1, 0, 1),
        Write(1, vec![((0, 0), 2)]),
        Relay(1),
        Deliver(1, 2, 0, 1),
        Write(2, vec![((0, 0), 3)]),
        Relay(2),
        Deliver(2, 3, 0, 1),
    ];
    world.live(&history);
    for site in &world.sites {
        as_the_oracle_says(&world, site).unwrap();
    }
}

/// A clone made before anything was sealed writes the same first changes: they are the same changes, not two.
#[test]
fn two_computers_from_one_disk_share_what_was_written_before_and_differ_after() {
    use Step::{Clone, Deliver, Relay, Write};
    let mut world = World::new(1);
    let history = [
        Write(0, vec![((0, 0), 1)]),
        Clone(0),
        Write(0, vec![((0, 1), 2)]),
        Write(1, vec![((0, 1), 3)]),
        Relay(0),
        Deliver(0, 1, 0, 1),
    ];
    world.live(&history);
    let memory = &world.sites[1].memory;
    assert_eq!(memory.changes().count(), 3, "the common beginning is held once");
    let forks =
        (0..memory.tree().next_number()).filter(|lin| memory.tree().get(*lin).is_some_and(|one| one.fork.is_some()));
    assert_eq!(forks.count(), 1);
    let tips: Vec<&Hash> = memory.changes().map(|(hash, _)| hash).collect();
    assert_eq!(tips.len(), 3);
    as_the_oracle_says(&world, &world.sites[1]).unwrap();
}

/// Invariant 17: what is written on the same run after an erasure does not bring back the random bytes that would tell the
/// salt of what was erased.
///
/// Mutant caught: `drop_told` that looks at the erasures of one merge only.
#[test]
fn random_bytes_that_an_erasure_dropped_do_not_come_back() {
    use Step::{Deliver, Erase, Relay, Write};
    let mut world = World::new(2);
    let history = [
        Write(0, vec![((0, 0), 1)]),
        Relay(0),
        Deliver(0, 1, 0, 1),
        Erase(1, (0, 0)),
        Write(0, vec![((0, 1), 2)]),
        Relay(0),
        Deliver(1, 1, 0, 1),
    ];
    world.live(&history);
    let epochs = |site: &Site| -> Vec<[u8; 32]> {
        site.memory.changes().filter_map(|(_, change)| Some(change.drawn()?.1)).collect()
    };
    let erased = world.sites[1].memory.changes().find_map(|(_, change)| match &change.secret {
        Secret::Salts(commitment, _) => Some((change.parent, *commitment)),
        Secret::Epoch(_) | Secret::Seed(_) => None,
    });
    let (parent, commitment) = erased.unwrap();
    let tells = |epoch: &[u8; 32]| Hash::of(&[b"baoxue-commit-1", &seed(epoch, parent)]) == commitment;
    assert!(epochs(&world.sites[0]).iter().any(tells), "the look finds what is there");
    assert!(!epochs(&world.sites[1]).iter().any(tells));
}
