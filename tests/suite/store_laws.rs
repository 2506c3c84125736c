//! The same laws on the real ledger file: what is fast must mean what is plain.

use proptest::prelude::*;
use store::StoreError;
use support::cases;
use support::stores::{School, deeds};

proptest! {
    #![proptest_config(cases(100))]

    /// After every deed each ledger's tables say what its log, folded plainly in memory, says; chains hold.
    #[test]
    fn state_is_always_what_the_log_amounts_to((computers, history) in deeds(16)) {
        let mut school = School::new(computers);
        for deed in &history {
            school.act(deed);
            for site in &school.sites {
                let damages = site.store.read(|view| view.verify()).unwrap();
                prop_assert!(damages.is_empty(), "after {deed:?}: {damages:?}");
            }
        }
    }

    /// When everybody has met, all mean the same, show the same, and hold every change that was ever saved.
    #[test]
    fn all_computers_end_alike_and_nothing_is_lost((computers, history) in deeds(24)) {
        let mut school = School::new(computers);
        history.iter().for_each(|deed| school.act(deed));
        school.meet();
        let meaning = school.sites[0].store.read(|view| view.meaning()).unwrap();
        let children = school.sites[0].children();
        for site in &school.sites {
            prop_assert_eq!(&site.store.read(|view| view.meaning()).unwrap(), &meaning);
            prop_assert_eq!(&site.children(), &children);
            let held: Vec<_> = site.store.read(|view| Ok::<_, StoreError>(view.recent(u32::MAX)?)).unwrap();
            prop_assert!(school.seen().iter().all(|hash| held.iter().any(|event| event.change == *hash)));
        }
    }

    /// Taking a change back leaves the ledger as it was before.
    #[test]
    fn undo_leaves_everything_as_before((computers, history) in deeds(16), row in 0u8..2, field in 0u8..2, value in 0u8..3) {
        let mut school = School::new(computers);
        history.iter().for_each(|deed| school.act(deed));
        let before = school.sites[0].children();
        let changes = school.sites[0].store.read(|view| Ok::<_, StoreError>(view.recent(u32::MAX)?.len())).unwrap();
        school.act(&support::stores::Deed::Save(0, row, field, value));
        let saved = school.sites[0].store.read(|view| Ok::<_, StoreError>(view.recent(u32::MAX)?.len())).unwrap() > changes;
        if saved {
            school.act(&support::stores::Deed::Undo(0));
            prop_assert_eq!(school.sites[0].children(), before);
        }
    }
}
