//! The laws of the merge on the log in memory (merge.md §2.7).

use oplog::Segment;
use proptest::prelude::*;
use support::cases;
use support::history::{Step, World, histories};

proptest! {
    #![proptest_config(cases(5000))]

    /// No false conflict and none missed: at every step, a field's values are exactly those no later writer had seen.
    #[test]
    fn values_stand_until_someone_who_saw_them_writes((sites, steps) in histories(60)) {
        let mut world = World::new(sites);
        for step in &steps {
            world.step(step);
            for site in &world.sites {
                prop_assert_eq!(site.memory.head_hashes(), world.oracle.heads(&site.marks()));
            }
        }
    }

    /// However the sticks travel (shuffled, doubled, in parts, from clones and restored copies) all end with the same ledger.
    #[test]
    fn any_order_of_packages_gives_the_same_ledger((sites, steps) in histories(60)) {
        let mut world = World::new(sites);
        steps.iter().for_each(|step| world.step(step));
        world.meet();
        let first = world.sites[0].memory.state();
        for site in &world.sites {
            prop_assert_eq!(site.memory.waiting(), world.sites[0].memory.waiting());
            prop_assert_eq!(&site.memory.state(), &first);
            prop_assert_eq!(site.memory.head_hashes(), world.oracle.heads(&site.marks()));
        }
    }

    /// What goes over the wire comes back as it was, byte for byte.
    #[test]
    fn a_segment_survives_the_wire((sites, steps) in histories(30)) {
        let mut world = World::new(sites);
        steps.iter().for_each(|step| world.step(step));
        for segment in world.everything() {
            let bytes = segment.to_bytes();
            prop_assert_eq!(Segment::from_bytes(&bytes).unwrap(), segment);
        }
    }

    /// Clocks at 1970, 2099 or running backwards change what is displayed first, never which values stand.
    #[test]
    fn no_clock_decides_which_values_stand((sites, steps) in histories(40), clocks in proptest::collection::vec(clock(), 4)) {
        let (mut plain, mut odd) = (World::new(sites), World::with_clocks(&clocks[..sites]));
        for step in &steps {
            plain.step(step);
            odd.step(step);
        }
        for world in [&mut plain, &mut odd] {
            world.meet();
        }
        let stands = |world: &World| world.oracle.numbered(&world.sites[0].memory.head_hashes());
        prop_assert_eq!(stands(&plain), stands(&odd));
    }
}

/// 1970, an empty battery, now, 2038, 2099.
fn clock() -> impl Strategy<Value = u64> {
    prop_oneof![
        Just(0),
        Just(946_684_800_000),
        Just(1_800_000_000_000),
        Just(2_147_483_647_000),
        Just(4_070_908_800_000)
    ]
}

/// What B wrote, A replaced and C replaced again does not come back to D, in whatever order it hears of the three.
#[test]
fn a_value_replaced_by_way_of_a_third_computer_stays_replaced() {
    use Step::{Deliver, Relay, Write};
    let mut world = World::new(4);
    // B's write lies deepest in its chain, so that it is taken in last.
    let history = [
        Write(0, vec![(1, 0, 0)]),
        Write(0, vec![(1, 1, 0)]),
        Write(0, vec![(0, 0, 1)]),
        Relay(0),
        Deliver(0, 1, 0),
        Write(1, vec![(0, 0, 2)]),
        Relay(1),
        Deliver(1, 2, 0),
        Write(2, vec![(0, 0, 3)]),
        Relay(2),
        Deliver(2, 3, 0),
    ];
    history.iter().for_each(|step| world.step(step));
    for site in &world.sites {
        assert_eq!(site.memory.head_hashes(), world.oracle.heads(&site.marks()));
    }
}
