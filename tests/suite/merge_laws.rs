//! The laws of the merge on the log in memory (merge.md §2.7).

use oplog::Segment;
use proptest::prelude::*;
use support::cases;
use support::history::{World, histories};

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
}
