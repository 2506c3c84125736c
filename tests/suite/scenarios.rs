//! Ten telling scenarios of others, told anew: what they do and what we do. And the matrix of deletion, edit and return.

use domain::{Id, Row, Value};
use oplog::standing::Bar;
use store::{Incoming, StoreError};
use support::stores::{Deed, School, Site};

use Deed::{BackTo, Backup, Carry, CarryPart, Delete, Open, Restore, Save, SaveOpened, Seat, Settle, Undo};

/// A school of so many computers that lived these deeds, every ledger sound after each.
fn lived(computers: usize, deeds: &[Deed]) -> School {
    let mut school = School::new(computers);
    go_on(&mut school, deeds);
    school
}

fn go_on(school: &mut School, deeds: &[Deed]) {
    for deed in deeds {
        school.act(deed);
        sound(school);
    }
}

fn sound(school: &School) {
    for site in &school.sites {
        assert_eq!(site.store.read(|view| view.verify()).unwrap(), vec![]);
    }
}

fn conflicts(site: &Site) -> u64 {
    site.store.read(|view| view.conflict_count()).unwrap()
}

fn text(site: &Site, field: &str) -> Option<String> {
    let children = site.children();
    children.first().and_then(|(_, row)| row.get(field)).and_then(Value::as_text).map(str::to_owned)
}

fn in_review(site: &Site, row: u8) -> Option<bool> {
    let id = Id::from_bytes([100 + row; 16]);
    let read =
        site.store.read(|view| view.record_of(id).and_then(|record| view.row(record, id, domain::Date::default())));
    match read {
        Ok(row) => Some(row.in_review),
        Err(StoreError::RowDeleted(_) | StoreError::NoSuchRow(_)) => None,
        Err(error) => panic!("{error}"),
    }
}

/// KeePassXC, moved and deleted: an entry moved to another group here and deleted there is deleted, because the deletion
/// is newer by the clock. Ours: the move, which the deleter had not seen, keeps the child visible until somebody decides.
#[test]
fn a_child_moved_to_another_class_while_deleted_elsewhere_is_asked_about() {
    let mut school =
        lived(2, &[Save(0, 0, 0, 1), Seat(0, 0, 1), Carry(0, 1), Delete(0, 0), Save(1, 0, 1, 2), Seat(1, 0, 2)]);
    school.meet();
    sound(&school);
    for site in &school.sites {
        assert_eq!(in_review(site, 0), Some(true));
        assert_eq!(text(site, "class").as_deref(), Some("2班"));
    }
}

/// KeePassXC, an older database merged into a newer one: by modification times the older values lose, and with a clock
/// set back the newer ones do. Ours: what was replaced stays replaced, whatever any clock says, and nothing is in conflict.
#[test]
fn an_older_copy_merged_again_changes_nothing() {
    let mut school = lived(2, &[Save(0, 0, 0, 1), Carry(0, 1)]);
    let old = school.sites[0].goods();
    go_on(&mut school, &[Save(1, 0, 0, 2), Save(1, 0, 1, 1), Carry(1, 0), Save(0, 0, 0, 0)]);
    let before = school.sites[0].books();
    school.sites[0].take(old).unwrap();
    sound(&school);
    assert_eq!(school.sites[0].books(), before);
    assert_eq!(conflicts(&school.sites[0]), 0);
}

/// KeePassXC, both edited within one second: "conflict resolution may lose data", says its own source. Ours: both values
/// stand, the field waits for a choice, and the one not chosen stays in the history.
#[test]
fn two_edits_of_one_moment_are_both_kept() {
    let mut school = lived(2, &[Save(0, 0, 0, 1), Carry(0, 1), Save(0, 0, 0, 2), Save(1, 0, 0, 3)]);
    school.meet();
    assert_eq!(school.sites.iter().map(conflicts).collect::<Vec<_>>(), [1, 1]);
    go_on(&mut school, &[Settle(0)]);
    school.meet();
    sound(&school);
    assert_eq!(school.sites.iter().map(conflicts).collect::<Vec<_>>(), [0, 0]);
    let id = Id::from_bytes([100; 16]);
    let ever: Vec<Option<Value>> = school.sites[1]
        .store
        .read(|view| view.history(id))
        .unwrap()
        .into_iter()
        .filter(|entry| entry.field == "phone")
        .flat_map(|entry| entry.values)
        .collect();
    for value in ["1", "2", "3"] {
        assert!(ever.contains(&Some(Value::from(value))), "{value} is readable for ever: {ever:?}");
    }
}

/// morango's dequeue, another field of the same record: the receiver keeps its own whole record and files the other away
/// as text nobody sees. Ours: different fields merge by themselves, in either order, and need no one.
#[test]
fn different_fields_of_one_child_merge_by_themselves() {
    for order in [[0, 1], [1, 0]] {
        let mut school = lived(3, &[Save(0, 0, 0, 1), Carry(0, 1), Save(0, 0, 0, 2), Save(1, 0, 1, 2)]);
        for from in order {
            let goods = school.sites[from].goods();
            school.sites[2].take(goods).unwrap();
        }
        sound(&school);
        assert_eq!(conflicts(&school.sites[2]), 0);
        assert_eq!(
            (text(&school.sites[2], "phone").as_deref(), text(&school.sites[2], "village").as_deref()),
            (Some("2"), Some("2"))
        );
    }
}

/// morango's dequeue, deleted here and edited there: deleted OR deleted, so the edit is gone with no one told. Ours: the
/// edit is asked about; a deletion by somebody who had seen the edit stands.
#[test]
fn an_edit_is_never_gone_with_a_deletion_that_had_not_seen_it() {
    let mut school = lived(2, &[Save(0, 0, 0, 1), Carry(0, 1), Delete(0, 0), Save(1, 0, 0, 2)]);
    school.meet();
    assert_eq!(in_review(&school.sites[0], 0), Some(true));
    go_on(&mut school, &[Delete(0, 0)]);
    school.meet();
    assert_eq!(school.sites.iter().map(|site| in_review(site, 0)).collect::<Vec<_>>(), [None, None]);
}

/// morango's certificates: what a device may write follows from its certificate's scope, and a record out of scope fails
/// the whole sync. Ours: what does not count is kept and passed on; everything else of the same package counts.
#[test]
fn what_may_not_count_stops_nothing_that_may() {
    let school = lived(3, &[Save(0, 0, 0, 1), Save(1, 1, 0, 2)]);
    let goods: Vec<Incoming> = school.sites[0].goods().into_iter().chain(school.sites[1].goods()).collect();
    let replica = school.sites[1].store.read(|view| view.replica()).unwrap();
    let bar = Bar { replica, scope: None, until: vec![] };
    school.sites[2]
        .store
        .write(|door| {
            door.receive(goods, 1)?;
            door.bar(&[bar], |_| true)
        })
        .unwrap();
    sound(&school);
    assert_eq!((in_review(&school.sites[2], 0), in_review(&school.sites[2], 1)), (Some(false), None));
    let passed_on = school.sites[2].goods().len();
    assert_eq!(passed_on, 2, "kept and passed on");
    school.sites[2].store.write(|door| door.bar(&[], |_| true)).unwrap();
    sound(&school);
    assert_eq!(in_review(&school.sites[2], 1), Some(false), "and counts as soon as it may");
}

/// ODK Central's offline entities, updates that arrive before what they update: held in a backlog by branch. Ours: a part
/// without its ground waits, visibly, and joins by itself in whatever order the rest comes.
#[test]
fn updates_that_arrive_before_what_they_update_wait_and_join() {
    let mut school = lived(2, &[Save(0, 0, 0, 1)]);
    let first = school.sites[0].goods();
    go_on(&mut school, &[Save(0, 0, 0, 2)]);
    let both = school.sites[0].goods();
    let second: Vec<Incoming> = both.into_iter().skip(first.len()).collect();
    school.sites[1].take(second.clone()).unwrap();
    assert!(school.sites[1].children().is_empty(), "nothing half done");
    school.sites[1].take(second).unwrap();
    school.sites[1].take(first).unwrap();
    sound(&school);
    assert_eq!(text(&school.sites[1], "phone").as_deref(), Some("2"));
}

/// ODK Central, a backlog that is processed by force after some days, so an update is applied to an entity that was never
/// made. Ours: time forces nothing. What waits waits, is passed on to nobody, and a later package heals it.
#[test]
fn no_time_makes_a_part_enter_without_its_ground() {
    let mut school = lived(3, &[Save(0, 0, 0, 1)]);
    let lost = school.sites[0].goods().len();
    go_on(&mut school, &[Save(0, 0, 0, 2)]);
    let second: Vec<Incoming> = school.sites[0].goods().into_iter().skip(lost).collect();
    school.sites[1].take(second).unwrap();
    for _ in 0..40 {
        school.act(&Save(1, 1, 0, 1));
        school.act(&Save(1, 1, 0, 2));
    }
    sound(&school);
    assert_eq!(in_review(&school.sites[1], 0), None);
    go_on(&mut school, &[Carry(0, 1)]);
    assert_eq!(text(&school.sites[1], "phone").as_deref(), Some("2"));
}

/// ODK Central, conflicts: every update made from an older version is one, though it touched another property, and
/// resolving is a click that says "done". Ours: a conflict is one field with two values that nobody had seen together;
/// a choice ends it everywhere, a third value nobody had seen reopens it, taking the choice back opens it as it was.
#[test]
fn a_choice_ends_a_conflict_and_a_third_value_opens_it_again() {
    let both = [Save(0, 0, 0, 1), Carry(0, 1), Carry(0, 2), Save(0, 0, 0, 2), Save(1, 0, 0, 3), Carry(1, 0)];
    let mut school = lived(3, &both);
    assert_eq!(conflicts(&school.sites[0]), 1);
    go_on(&mut school, &[Settle(0)]);
    assert_eq!(conflicts(&school.sites[0]), 0);
    go_on(&mut school, &[Undo(0)]);
    assert_eq!(conflicts(&school.sites[0]), 1, "a choice is taken back");
    go_on(&mut school, &[Settle(0), Save(2, 0, 0, 0), Carry(2, 0)]);
    assert_eq!(conflicts(&school.sites[0]), 1, "a third value that the choice had not seen");
}

/// CSPro, the lost history: a device that is reinstalled or given an old data file has no memory of what it synced, and
/// its cases come back as new ones or overwrite. Ours: a copy brought back goes on as a branch; what it had lost comes
/// back from the others, nothing doubles, and nothing it had written before is in conflict with itself.
#[test]
fn a_computer_that_lost_its_history_gets_it_back_and_doubles_nothing() {
    let lost = [Save(0, 0, 0, 1), Backup(0), Save(0, 0, 0, 2), Save(0, 1, 0, 1), Carry(0, 1), BackTo(0)];
    let mut school = lived(2, &lost);
    assert_eq!(text(&school.sites[0], "phone").as_deref(), Some("1"));
    go_on(&mut school, &[Save(0, 0, 1, 1), Carry(1, 0), Carry(0, 1)]);
    school.meet();
    sound(&school);
    for site in &school.sites {
        assert_eq!((site.children().len(), conflicts(site)), (2, 0));
        assert_eq!((text(site, "phone").as_deref(), text(site, "village").as_deref()), (Some("2"), Some("1")));
    }
}

/// The list of what was filled differently, on disk, is what the values say, however a difference ends: settled, its other
/// side taken back, or erased by law.
///
/// Invariant 8. Mutants caught: a difference that stays listed once it is settled; a row settled anew that keeps its old
/// list.
#[test]
fn the_list_of_differences_ends_with_the_difference() {
    let differing = || lived(2, &[Save(0, 0, 0, 1), Carry(0, 1), Save(0, 0, 0, 2), Save(1, 0, 0, 3), Carry(1, 0)]);
    for (how, end) in
        [("settled", Settle(0)), ("its other side taken back", Deed::TakeBack(0, 0)), ("erased", Deed::Erase(0, 0, 0))]
    {
        let mut school = differing();
        assert_eq!(conflicts(&school.sites[0]), 1, "{how}");
        go_on(&mut school, &[end]);
        assert_eq!(conflicts(&school.sites[0]), 0, "{how}");
    }
}

/// What becomes of a row when one computer did this and another that, and they meet. `None`: gone; otherwise whether it
/// is asked about.
///
/// Invariant 15. Mutant caught: `Life::judge` that lets a deletion win over an edit it had not seen.
#[test]
fn the_matrix_of_deletion_edit_and_return() {
    let made = || vec![Save(0, 0, 0, 1), Carry(0, 1)];
    let edit = |site| vec![Save(site, 0, 1, 2)];
    let delete = |site| vec![Delete(site, 0)];
    let and = |one: Vec<Deed>, two: Vec<Deed>| one.into_iter().chain(two).collect::<Vec<_>>();
    let back = |site| vec![Delete(site, 0), Restore(site, 0)];
    let over = |from, to| vec![Carry(from, to)];
    let open = |site| vec![Open(site, 0)];
    let (alive, asked, gone) = (Some(false), Some(true), None);
    let table: Vec<(&str, Vec<Deed>, Option<bool>)> = vec![
        ("edited, edited", and(edit(0), edit(1)), alive),
        ("deleted, untouched", delete(0), gone),
        ("deleted, deleted", and(delete(0), delete(1)), gone),
        ("deleted, edited", and(delete(0), edit(1)), asked),
        ("edited, then deleted by the same", and(edit(0), delete(0)), gone),
        ("edited, seen, deleted", and(and(edit(0), over(0, 1)), delete(1)), gone),
        ("deleted and brought back, untouched", back(0), alive),
        ("deleted and brought back, edited", and(back(0), edit(1)), alive),
        ("deleted and brought back, deleted", and(back(0), delete(1)), asked),
        ("deleted, seen, brought back elsewhere", and(and(delete(0), over(0, 1)), vec![Restore(1, 0)]), alive),
        (
            "deleted, seen, brought back and edited",
            and(and(delete(0), over(0, 1)), and(vec![Restore(1, 0)], edit(1))),
            alive,
        ),
        ("asked about, then deleted by who sees it", and(and(and(delete(0), edit(1)), over(1, 0)), delete(0)), gone),
        ("asked about, then brought back", and(and(and(delete(0), edit(1)), over(1, 0)), vec![Restore(0, 0)]), alive),
        ("a form opened before the deletion arrived", and(and(open(1), delete(0)), vec![SaveOpened(1, 0, 2)]), asked),
        ("read in part, in another order", and(and(delete(0), edit(1)), vec![CarryPart(1, 0, 1)]), asked),
    ];
    for (case, deeds, should) in table {
        let mut school = lived(2, &and(made(), deeds));
        school.meet();
        sound(&school);
        for site in &school.sites {
            assert_eq!(in_review(site, 0), should, "{case}");
        }
        let rows: Vec<Vec<(Id, Row)>> = school.sites.iter().map(Site::children).collect();
        assert_eq!(rows[0], rows[1], "{case}");
    }
}
