//! The same laws on the real ledger file: what is fast must mean what is plain.

use std::collections::BTreeSet;

use domain::{Id, Row};
use oplog::change::seed;
use oplog::{Change, Hash, Secret};
use proptest::prelude::*;
use store::{Incoming, StoreError};
use support::cases;
use support::stores::{Deed, School, deeds};

/// A change from which something was erased that could be guessed from random bytes beside it.
fn told(goods: &[Incoming]) -> Option<Hash> {
    let changes = || goods.iter().flat_map(|one| &one.segment.changes);
    let epochs: BTreeSet<[u8; 32]> = changes()
        .filter_map(|change| Some(change.drawn()?.1))
        .chain(goods.iter().map(|one| one.segment.epoch))
        .collect();
    let tells = |change: &&Change| match &change.secret {
        Secret::Salts(commitment, _) => {
            epochs.iter().any(|epoch| Hash::of(&[b"baoxue-commit-1", &seed(epoch, change.parent)]) == *commitment)
        }
        Secret::Epoch(_) | Secret::Seed(_) => false,
    };
    changes().find(tells).map(Change::hash)
}

proptest! {
    #![proptest_config(cases(100, 3_000))]

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

    /// When everybody has met, all mean the same, show the same, and hold every change that was ever saved; and from what
    /// anybody holds no erased value can be guessed, before they met or after.
    #[test]
    fn all_computers_end_alike_and_nothing_is_lost((computers, history) in deeds(24)) {
        let mut school = School::new(computers);
        history.iter().for_each(|deed| school.act(deed));
        let seen = school.held();
        prop_assert_eq!(school.sites.iter().find_map(|site| told(&site.goods())), None);
        school.meet();
        prop_assert_eq!(school.sites.iter().find_map(|site| told(&site.goods())), None);
        let meaning = school.sites[0].store.read(|view| view.meaning()).unwrap();
        let books = school.sites[0].books();
        for site in &school.sites {
            prop_assert_eq!(&site.store.read(|view| view.meaning()).unwrap(), &meaning);
            prop_assert_eq!(&site.books(), &books);
            let held: Vec<_> = site.store.read(|view| view.recent(u32::MAX)).unwrap();
            prop_assert!(seen.iter().all(|hash| held.iter().any(|event| event.change == *hash)));
        }
    }

    /// Taking a change back leaves the ledger as it was before.
    #[test]
    fn undo_leaves_everything_as_before((computers, history) in deeds(16), row in 0u8..2, field in 0u8..2, value in 0u8..3) {
        let mut school = School::new(computers);
        history.iter().for_each(|deed| school.act(deed));
        let before = school.sites[0].books();
        let changes = school.sites[0].store.read(|view| Ok::<_, StoreError>(view.recent(u32::MAX)?.len())).unwrap();
        school.act(&Deed::Save(0, row, field, value));
        let saved = school.sites[0].store.read(|view| Ok::<_, StoreError>(view.recent(u32::MAX)?.len())).unwrap() > changes;
        if saved {
            school.act(&Deed::Undo(0));
            prop_assert_eq!(school.sites[0].books(), before);
        }
    }

    /// Changes are taken back one after another, each time to what stood before, down to the first.
    #[test]
    fn everything_can_be_taken_back_in_turn(steps in proptest::collection::vec((0u8..2, 0u8..2, 0u8..4), 1..12)) {
        let mut school = School::new(1);
        let children = |school: &School| school.sites[0].children();
        let changes = |school: &School| {
            school.sites[0].store.read(|view| Ok::<_, StoreError>(view.recent(u32::MAX)?.len())).unwrap()
        };
        let mut stood = Vec::new();
        for (row, field, value) in steps {
            let (before, count) = (children(&school), changes(&school));
            school.act(&match value {
                3 if field == 0 => Deed::Delete(0, row),
                3 => Deed::Restore(0, row),
                _ => Deed::Save(0, row, field, value),
            });
            if changes(&school) > count {
                stood.push(before);
            }
        }
        for before in stood.into_iter().rev() {
            school.act(&Deed::Undo(0));
            prop_assert_eq!(children(&school), before);
        }
        prop_assert!(school.sites[0].store.read(|view| view.verify()).unwrap().is_empty());
    }

    /// An import taken back leaves the ledger as before, here and wherever both have arrived.
    #[test]
    fn an_import_taken_back_leaves_everything_as_before((computers, history) in deeds(12), rows in 1u8..6) {
        let mut school = School::new(computers);
        history.iter().for_each(|deed| school.act(deed));
        let before = school.sites[0].books();
        if school.sites[0].import(1_900_000_000_000, rows).is_ok() {
            let counts = !school.sites[0].is_given_up();
            prop_assert!(!counts || school.sites[0].books().len() >= before.len() + 3 * usize::from(rows));
            school.sites[0].take_back(1_900_000_001_000).unwrap();
            prop_assert_eq!(school.sites[0].books(), before);
            school.meet();
            let met = school.sites[0].books();
            for site in &school.sites {
                prop_assert_eq!(site.store.read(|view| view.verify()).unwrap(), vec![]);
                prop_assert_eq!(site.books(), met.clone());
            }
        }
    }

    /// What a ledger knew can be read for ever by the ends of its chains, whatever was written, merged or taken back since;
    /// and reading it leaves no trace. Values erased by law since are gone from it, and nothing else. A computer put back to
    /// an older copy says when it no longer holds what it knew.
    ///
    /// Mutant caught: the marks of what does not count left as they stand now. To try: the heads of a touched row not cleared; rows joined since left joined, those too of which nothing is left; a forked chain followed no further than the fork's own lineage.
    #[test]
    fn what_was_known_then_can_be_read_now((computers, before) in deeds(16), (_, after) in deeds(12)) {
        let mut school = School::new(computers);
        before.iter().for_each(|deed| school.act(deed));
        let (known, books) = (school.sites[0].known(), school.sites[0].books());
        after.iter().for_each(|deed| school.act(deed));
        let put_back = after.iter().any(|deed| matches!(deed, Deed::BackTo(_)));
        let (bytes, now) = (school.sites[0].bytes(), school.sites[0].books());
        let erases = before.iter().chain(&after).any(|deed| matches!(deed, Deed::Erase(..)));
        match school.sites[0].books_then(&known) {
            Ok(then) if erases => prop_assert!(is_less_of(&then, &books), "{then:?} of {books:?}"),
            Ok(then) => prop_assert_eq!(then, books),
            Err(error) => prop_assert!(put_back && matches!(error, StoreError::NotHeld), "{error:?}"),
        }
        prop_assert!(school.sites[0].bytes() == bytes, "the file is as it was");
        prop_assert_eq!(school.sites[0].books(), now);
        school.act(&Deed::Save(0, 0, 0, 2));
        prop_assert_eq!(school.sites[0].store.read(|view| view.verify()).unwrap(), vec![]);
    }

    /// Two rows said to be one child are one in every list, with all that belongs to either; taken back or parted, each is
    /// as it was before, here and wherever both have arrived.
    ///
    /// Guards against: references left on the row that gave way; a gap filled once and kept after the parting; the row that
    /// gave way still found by its name; a child born under a row that had given way already; a child of a row that nobody has
    /// made left without the row that is one with it; a field never filled told as damaged where a joined row shows through.
    #[test]
    fn joined_rows_are_one_child_and_parting_loses_nothing(
        (computers, history) in deeds(12), rows in (0u8..3, 0u8..3), later in proptest::collection::vec((0u8..3, 0u8..2, 0u8..3), 0..3),
    ) {
        let mut school = School::new(computers);
        history.iter().for_each(|deed| school.act(deed));
        let (before, alike) = (school.sites[0].books(), school.sites[0].speakers());
        school.act(&Deed::Same(0, rows.0, rows.1));
        let both = [rows.0, rows.1].map(|row| school.sites[0].row(row));
        let two = both[0] != both[1];
        if two && school.sites[0].speakers() != alike && both.iter().all(|row| before.iter().any(|(_, id, _)| id == row)) {
            let shown = school.sites[0].books();
            prop_assert_eq!(both.iter().filter(|row| shown.iter().any(|(_, id, _)| id == *row)).count(), 1);
            let speaker = both.iter().find(|row| shown.iter().any(|(_, id, _)| id == *row)).copied();
            let led = |books: &[(String, domain::Id, domain::Row)]| {
                let leads = |row: &domain::Row| row.get("student").and_then(domain::Value::as_row);
                books.iter().filter(|(_, _, row)| leads(row).is_some_and(|to| both.contains(&to))).cloned().collect::<Vec<_>>()
            };
            prop_assert_eq!(led(&before).len(), led(&shown).len());
            prop_assert!(led(&shown).iter().all(|(_, _, row)| row.get("student").and_then(domain::Value::as_row) == speaker));
            school.act(&Deed::Undo(0));
            prop_assert_eq!(school.sites[0].books(), before);
            school.act(&Deed::Same(0, rows.0, rows.1));
        }
        later.iter().for_each(|(row, field, value)| school.act(&Deed::Save(1, *row, *field, *value)));
        later.iter().for_each(|(row, _, class)| school.act(&Deed::Seat(1, *row, *class)));
        school.meet();
        for site in &school.sites {
            prop_assert_eq!(site.store.read(|view| view.verify()).unwrap(), vec![]);
            prop_assert_eq!(&site.books(), &school.sites[0].books());
        }
    }

    /// What is only rehearsed leaves no trace in the file, and none in what is done afterwards.
    #[test]
    fn a_rehearsal_leaves_no_trace((computers, history) in deeds(12), deed in 0u8..3) {
        let mut school = School::new(computers);
        history.iter().for_each(|deed| school.act(deed));
        let goods = school.sites[1].goods();
        let (bytes, books) = (school.sites[0].bytes(), school.sites[0].books());
        // The outcome of a rehearsal may be a refusal: that leaves no trace either.
        let _outcome = school.sites[0].rehearse(deed, goods);
        prop_assert!(school.sites[0].bytes() == bytes, "the file is as it was");
        prop_assert_eq!(school.sites[0].books(), books);
        school.act(&Deed::Save(0, 0, 0, 2));
        school.act(&Deed::Carry(1, 0));
        prop_assert!(school.sites[0].store.read(|view| view.verify()).unwrap().is_empty());
    }
}

/// Whether two ledgers have the same rows, one of them perhaps with fewer values.
fn is_less_of(one: &[(String, Id, Row)], whole: &[(String, Id, Row)]) -> bool {
    let within = |(one, whole): (&(String, Id, Row), &(String, Id, Row))| {
        (&one.0, one.1) == (&whole.0, whole.1) && one.2.iter().all(|(key, value)| whole.2.get(key) == Some(value))
    };
    one.len() == whole.len() && one.iter().zip(whole).all(within)
}

/// Fields and records of a newer program are kept, shown to nobody, and passed on byte for byte.
#[test]
fn what_a_newer_program_wrote_travels_on_unchanged() {
    let mut school = School::new(2);
    let sent = school.sites[0].take_from_the_future();
    let passed: Vec<Vec<u8>> = school.sites[0].goods().into_iter().map(|one| one.segment.to_bytes()).collect();
    assert_eq!(passed, vec![sent.to_bytes()]);
    school.meet();
    for site in &school.sites {
        assert!(site.store.read(|view| view.verify()).unwrap().is_empty());
        let known = domain::Row::from_iter([("name".into(), domain::Value::from("李明"))]);
        assert_eq!(site.books(), vec![("student".to_owned(), domain::Id::from_bytes([77; 16]), known)]);
    }
}

/// Delete against edit: what the deleter had not seen stays visible until somebody decides.
#[test]
fn an_edit_the_deleter_had_not_seen_keeps_the_row_visible() {
    use Deed::{Carry, Delete, Save};
    let mut school = School::new(2);
    [Save(0, 0, 0, 1), Carry(0, 1), Save(1, 0, 1, 2), Delete(0, 0)].iter().for_each(|deed| school.act(deed));
    assert!(school.sites[0].children().is_empty());
    school.meet();
    for site in &school.sites {
        assert_eq!(site.children().len(), 1, "the row is in review, not gone");
        assert!(site.store.read(|view| view.verify()).unwrap().is_empty());
    }
}

/// Invariant 19: what arrived while a form was open was not shown, and saving the form does not replace it.
///
/// Mutant caught: `written_ops` that takes what stands for what the form had shown.
#[test]
fn a_form_never_replaces_what_it_had_not_shown() {
    use Deed::{Carry, Open, Save, SaveOpened};
    let mut school = School::new(2);
    let story = [Save(0, 0, 0, 1), Carry(0, 1), Open(0, 0), Save(1, 0, 0, 2), Carry(1, 0), SaveOpened(0, 0, 3)];
    story.iter().for_each(|deed| school.act(deed));
    let conflicts = school.sites[0].store.read(|view| view.conflicts(None)).unwrap();
    assert_eq!(conflicts.len(), 1);
    let values: Vec<_> = conflicts[0].rivals.iter().filter_map(|rival| rival.value.clone()).collect();
    assert!(["2", "3"].iter().all(|one| values.contains(&domain::Value::from(*one))), "{values:?}");
}

/// A row that was deleted and comes back shows what stands beside an erased value.
///
/// Mutant caught: `everything` that takes the newest value, erased or not.
#[test]
fn an_erased_value_gives_way_to_another_that_stands() {
    use Deed::{Delete, Erase, Save};
    let mut school = School::new(3);
    [Save(2, 0, 1, 1), Save(1, 0, 1, 1), Erase(1, 0, 1), Delete(1, 0)].iter().for_each(|deed| school.act(deed));
    school.meet();
    for site in &school.sites {
        assert_eq!(site.store.read(|view| view.verify()).unwrap(), vec![]);
        assert_eq!(site.children()[0].1.get("village"), Some(&domain::Value::from("1")));
    }
}

/// A restored backup takes back what it had lost, goes on writing, and all chains stay whole.
#[test]
fn a_restored_backup_goes_on_from_what_it_had_lost() {
    use Deed::{BackTo, Backup, Carry, Save};
    let mut school = School::new(2);
    // Sealed twice after the copy was kept: the second run has random bytes of its own.
    let written = [Save(0, 0, 0, 1), Backup(0), Save(0, 0, 0, 2), Carry(0, 1), Save(0, 1, 0, 1), Carry(0, 1)];
    let lost = written.into_iter().chain([BackTo(0), Carry(1, 0), Save(0, 0, 1, 2)]);
    lost.for_each(|deed| school.act(&deed));
    school.meet();
    for site in &school.sites {
        assert!(site.store.read(|view| view.verify()).unwrap().is_empty());
        assert_eq!(site.store.read(|view| view.conflict_count()).unwrap(), 0);
        assert_eq!(site.children(), school.sites[0].children());
    }
}

/// A child and its seat, changed before they left, arrive together: lists show the seat as it is.
#[test]
fn what_is_derived_follows_rows_that_arrive_together() {
    use Deed::{Carry, Save, Seat};
    let mut school = School::new(2);
    [Save(0, 0, 0, 1), Seat(0, 0, 1), Seat(0, 0, 2), Carry(0, 1)].iter().for_each(|deed| school.act(deed));
    let class = |site: usize| school.sites[site].children()[0].1.get("class").cloned();
    assert_eq!(class(1), Some(domain::Value::from("2班")));
    assert_eq!(class(0), class(1));
    assert!(school.sites[1].store.read(|view| view.verify()).unwrap().is_empty());
}

/// A choice between two values ends the conflict everywhere; taking the choice back opens it again.
#[test]
fn a_choice_ends_a_conflict_and_taking_it_back_opens_it() {
    use Deed::{Carry, Save, Settle, Undo};
    let mut school = School::new(2);
    [Save(0, 0, 0, 1), Carry(0, 1), Save(0, 0, 0, 2), Save(1, 0, 0, 3), Carry(0, 1)]
        .iter()
        .for_each(|deed| school.act(deed));
    let conflicts = |school: &School, site: usize| school.sites[site].store.read(|view| view.conflict_count()).unwrap();
    assert_eq!(conflicts(&school, 1), 1);
    school.act(&Settle(1));
    school.meet();
    assert_eq!((conflicts(&school, 0), conflicts(&school, 1)), (0, 0));
    school.act(&Undo(1));
    school.meet();
    assert_eq!((conflicts(&school, 0), conflicts(&school, 1)), (1, 1));
}
