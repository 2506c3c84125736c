//! Early notice: words for the teacher, and nothing of them in the ledger (decisions D29).

use super::*;

#[test]
fn an_early_notice_is_words_for_the_teacher_and_stays_on_this_computer() {
    let office = school(45);
    let desk = &office.desk;
    let (mondays, visited) = (child(&office, "王小明", "三年级"), child(&office, "李小红", "三年级"));
    for on in ["2026-09-07", "2026-09-14", "2026-09-21"] {
        desk.set_today(day(on));
        roll(desk, &[on], &[(mondays, on)]);
    }
    office.put(
        "home_visit",
        &json!({ "student": visited, "visited_on": "2026-09-21", "way": "home", "findings": ["unguarded"] }),
    );
    let before = office.desk.session().unwrap().store.read(|view| view.recent(1)).unwrap()[0].change;
    let told = actions::notices(desk, ()).unwrap();
    assert_eq!(
        told.iter().map(|line| line.student).collect::<Vec<_>>(),
        [mondays],
        "guardianship alone raises nothing"
    );
    let sentences: Vec<&str> = told[0].reasons.iter().map(|(_, sentence)| sentence.as_str()).collect();
    assert_eq!(sentences[0], "本学期有 3 次周一无故未到校。");
    for (reason, _) in told[0].reasons.clone() {
        actions::dismiss_notice(desk, DismissRequest { student: mondays, reason }).unwrap();
    }
    assert_eq!(actions::notices(desk, ()).unwrap(), []);
    let after = office.desk.session().unwrap().store.read(|view| view.recent(1)).unwrap()[0].change;
    assert_eq!(before, after, "a dismissal is no part of the ledger");
}
