//! Random bytes that would tell an erased value: they leave every copy, whichever came first.

use super::*;

const HOME: &str = "柳湾村老井巷乙字九号";

/// Two computers of a school: the first has written where a child lives, the other has heard nothing of it.
fn two_computers(definitions: &Definitions) -> (Office, Office, Id) {
    let first = Office::new("school", "柳湾村小学", 2, definitions);
    let last = first.cloned(3, definitions);
    let ming =
        first.put("student", &json!({ "name": "王小明", "sex": "1", "birth_date": "2015-03-04", "address": HOME }));
    (first, last, ming)
}

fn erase_home(office: &Office, child: Id) {
    let fields = vec!["address".to_owned()];
    let request = EraseRequest { id: child, fields, why: "监护人依法请求".to_owned(), attachments: false };
    actions::erase(&office.desk, request).unwrap();
}

/// A value that arrives erased already cannot be guessed from another part of its run that comes later with the random bytes.
///
/// Mutant caught: `receive` that does not ask what the random bytes it brought tell.
#[test]
fn random_bytes_that_come_after_an_erased_value_do_not_tell_it() {
    let built_in = Definitions::built_in();
    let (first, last, ming) = two_computers(&built_in);
    let other = first.cloned(5, &built_in);
    erase_home(&other, ming);
    other.carry_to(&last);
    assert!(last.get("student", Some(ming))[0]["address"].is_null());
    // The computer that has not heard of it goes on with the same run.
    first.put("student", &json!({ "id": ming.to_string(), "email": "a@example.org" }));
    let run = first.goods();
    let wrote = |one: &Incoming| {
        one.segment.changes.iter().any(|change| change.ops.iter().any(|op| &*op.field == "student.address"))
    };
    let epoch = run.iter().find(|one| wrote(one)).unwrap().segment.epoch;
    last.take(run);
    assert_eq!(last.get("student", Some(ming))[0]["email"], "a@example.org");
    assert!(holds(&first.ledger_file(), &epoch), "the look finds what is there");
    assert!(!holds(&last.ledger_file(), HOME.as_bytes()) && !holds(&last.ledger_file(), &epoch));
    assert!(actions::check(&last.desk, ()).unwrap().sound);
}

/// What waits for others neither repeats a value that was erased here meanwhile nor tells its salt.
///
/// Mutant caught: `drop_told` without its look at what waits.
#[test]
fn what_waits_does_not_keep_an_erased_value() {
    let built_in = Definitions::built_in();
    let (first, last, ming) = two_computers(&built_in);
    let phone =
        |office: &Office, number: &str| office.put("student", &json!({ "id": ming.to_string(), "phone": number }));
    first.cloned(4, &built_in).carry_to(&last);
    let other = first.cloned(5, &built_in);
    first.put("student", &json!({ "id": ming.to_string(), "email": "a@example.org" }));
    phone(&other, "16400000001");
    other.carry_to(&first);
    phone(&first, "16400000002");
    // The run in which the value stands goes on with what had seen the other's: it waits for that.
    let whole = first.goods();
    let goes_on = |one: &Incoming| {
        let wrote =
            |field: &str| one.segment.changes.iter().any(|change| change.ops.iter().any(|op| &*op.field == field));
        wrote("student.address") && wrote("student.email")
    };
    let run: Vec<Incoming> = whole.into_iter().filter(goes_on).collect();
    let epoch = run.iter().find_map(|one| one.segment.changes.iter().find_map(|change| change.drawn())).unwrap().1;
    last.take(run);
    assert!(last.get("student", Some(ming))[0]["email"].is_null(), "it waits");
    assert!(holds(&last.ledger_file(), HOME.as_bytes()) && holds(&last.ledger_file(), &epoch), "the look finds them");
    erase_home(&last, ming);
    assert!(!holds(&last.ledger_file(), HOME.as_bytes()));
    assert!(!holds(&last.ledger_file(), &epoch));
    other.carry_to(&last);
    assert_eq!(last.get("student", Some(ming))[0]["email"], "a@example.org", "what waited has entered");
    assert!(!holds(&last.ledger_file(), HOME.as_bytes()) && !holds(&last.ledger_file(), &epoch));
    assert!(actions::check(&last.desk, ()).unwrap().sound);
}
