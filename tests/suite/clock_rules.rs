//! Each move of a case and each setting at its ends, through the actions people use.

use actions::{Desk, DutiesRequest, Failure, MoveRequest, SaveReply, SettingLine};
use domain::case::Status;
use domain::clock::Duty;
use domain::settings::{Key, Kind, Setting};
use domain::{Date, Id};
use serde_json::{Map, Value as Json, json};
use store::Definitions;
use support::desks::Office;

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn school(seed: u8) -> Office {
    let office = Office::new("primary", "柳湾村小学", seed, &Definitions::built_in());
    office.desk.set_today(day("2026-09-01"));
    office
}

fn child(office: &Office, name: &str) -> Id {
    office.put("student", &json!({ "name": name, "sex": "1", "grade": "13", "class": "1" }))
}

fn moved(desk: &Desk, id: Id, to: Status) -> Result<SaveReply, Failure> {
    let values = Map::from_iter([("closed_ground".to_owned(), json!("transferred"))]);
    let values = if to == Status::Closed { values } else { Map::new() };
    actions::move_case(desk, MoveRequest { id, to: to.code().to_owned(), values, why: None })
}

/// What domain.md §3.4 says may follow a state.
fn legal(from: Status) -> &'static [Status] {
    use Status::{Closed, Confirmed, Excluded, Observing, Persuading, Returned, Suspected, Verifying};
    match from {
        Suspected => &[Verifying, Confirmed, Returned, Closed, Excluded],
        Verifying => &[Confirmed, Returned, Closed, Excluded],
        Confirmed => &[Persuading, Returned, Closed],
        Persuading => &[Returned, Closed],
        Returned => &[Observing, Closed],
        Observing => &[Closed],
        Closed | Excluded => &[],
    }
}

#[test]
fn each_legal_move_is_stored_and_each_other_one_changes_nothing() {
    let office = school(71);
    for from in Status::ALL {
        let student = child(&office, &format!("学生{}", from.code()));
        let offered = |case: Id| actions::case_next(&office.desk, case).unwrap().steps;
        for to in Status::ALL.into_iter().filter(|to| *to != from) {
            let form = json!({ "student": student, "status": from.code(), "left_on": "2026-08-31" });
            let case = office.put("dropout_case", &form);
            let mut steps: Vec<String> = offered(case).into_iter().map(|step| step.to).collect();
            steps.sort();
            let mut codes: Vec<&str> = legal(from).iter().map(|to| to.code()).collect();
            codes.sort_unstable();
            assert_eq!(steps, codes, "{from:?} offers what is legal");
            let told = moved(&office.desk, case, to);
            let stands = office.get("dropout_case", Some(case))[0]["status"].clone();
            if legal(from).contains(&to) {
                assert!(told.is_ok(), "{from:?} → {to:?}: {told:?}");
                assert_eq!(stands, json!(to.code()));
            } else {
                assert_eq!(told.unwrap_err().code, "refused", "{from:?} → {to:?}");
                assert_eq!(stands, json!(from.code()), "{from:?} → {to:?} changed nothing");
            }
        }
    }
}

fn in_force(desk: &Desk, key: Key) -> SettingLine {
    actions::settings_in_force(desk, ()).unwrap().into_iter().find(|line| line.setting.key == key).unwrap()
}

/// What a setting takes at its ends, and what lies just beyond.
fn ends(setting: &Setting) -> (Vec<String>, Vec<String>) {
    match setting.kind {
        Kind::Number => {
            let (low, high) = setting.range.unwrap();
            (vec![low.to_string(), high.to_string()], vec![(low - 1).to_string(), (high + 1).to_string()])
        }
        Kind::Numbers => {
            let (low, high) = setting.range.unwrap();
            let list = |low: i64, high: i64| format!("{low},{high}");
            (vec![list(low, high)], vec![list(low - 1, high), list(low, high + 1), list(high, low)])
        }
        Kind::MonthDay => {
            let (first, last) = setting.span.unwrap();
            let step = |day: &str, by: i32| {
                let number = day[3..].parse::<i32>().unwrap() + by;
                format!("{}-{number:02}", &day[..2])
            };
            let (first, last) = (first.to_string(), last.to_string());
            (vec![first.clone(), last.clone()], vec![step(&first, -1), step(&last, 1)])
        }
        Kind::Choice => (setting.choices.clone(), vec!["something".to_owned()]),
        Kind::Switch => (vec!["true".to_owned(), "false".to_owned()], vec!["perhaps".to_owned()]),
    }
}

#[test]
fn each_setting_is_stored_at_its_ends_and_refused_beyond_them() {
    let office = school(72);
    for setting in Setting::all() {
        let (within, beyond) = ends(setting);
        for value in within {
            office.put("setting", &json!({ "key": setting.key.to_string(), "value": value }));
            let told = in_force(&office.desk, setting.key);
            assert_eq!(setting.read(&told.value).unwrap(), setting.read(&value).unwrap(), "{}", setting.key);
            assert!(!told.bound);
        }
        let before = in_force(&office.desk, setting.key).value;
        for value in beyond {
            let told = office.save("setting", &json!({ "key": setting.key.to_string(), "value": value }));
            assert!(told.is_err(), "{} takes {value}", setting.key);
        }
        assert_eq!(in_force(&office.desk, setting.key).value, before, "{} stays", setting.key);
    }
}

/// The day on which something is due, whoever it is about.
fn due_on(office: &Office, duty: Duty) -> Option<String> {
    let request = DutiesRequest { ahead_days: Some(800), ..DutiesRequest::default() };
    let told = actions::duties(&office.desk, request).unwrap();
    told.lines.into_iter().find(|line| line.due.duty == duty).map(|line| line.due.due_on.to_string())
}

/// A school in which something of everything is under way on 9 September 2026, a Wednesday: a child missing since the
/// 2nd, another that was reported, one confirmed on the 4th and tried for twice, one back since the 3rd, one suspended, a transfer asked for.
fn busy(seed: u8) -> Office {
    let office = school(seed);
    let case = |name: &str, values: Json| {
        let mut form = json!({ "student": child(&office, name), "found_on": "2026-09-03" });
        form.as_object_mut().unwrap().extend(values.as_object().unwrap().clone());
        office.put("dropout_case", &form)
    };
    child(&office, "在校");
    office.desk.set_today(day("2026-09-09"));
    case("已报告", json!({ "left_on": "2026-09-02", "reported_on": "2026-09-08" }));
    case("疑似", json!({ "left_on": "2026-09-02" }));
    let out = json!({ "left_on": "2026-09-02", "status": "persuading", "confirmed_on": "2026-09-04", "reported_on": "2026-09-04" });
    let out = case("辍学", out);
    for on in ["2026-09-05", "2026-09-06"] {
        office.put("persuasion", &json!({ "case": out, "on": on, "way": "visit" }));
    }
    case("复学", json!({ "left_on": "2026-09-01", "status": "observing", "returned_on": "2026-09-03" }));
    let suspended = child(&office, "休学");
    office.put("roll_change", &json!({ "student": suspended, "kind": "suspend", "pause_from_on": "2026-09-07" }));
    let leaving = child(&office, "转学");
    office.put("roll_change", &json!({ "student": leaving, "kind": "transfer_out", "applied_on": "2026-09-07" }));
    office
}

#[test]
fn each_setting_of_the_clock_moves_its_day_at_both_ends() {
    // Setting, value, what is due, when. 25–27 September and 1–7 October 2026 are holidays; 20 September and 10 October
    // are worked.
    let table = [
        ("absence.report_days", "3", Duty::Report, "2026-09-04"),
        ("absence.report_days", "10", Duty::Report, "2026-09-15"),
        ("absence.confirm_days", "5", Duty::Decide, "2026-09-08"),
        ("absence.confirm_days", "20", Duty::Decide, "2026-09-29"),
        ("persuasion.gap_days", "1", Duty::Persuade, "2026-09-07"),
        ("persuasion.gap_days", "30", Duty::Persuade, "2026-10-06"),
        ("case.stable_days", "7", Duty::Close, "2026-09-10"),
        ("case.stable_days", "180", Duty::Close, "2027-03-02"),
        ("report.month_due", "0", Duty::MonthReport, "2026-09-30"),
        ("report.month_due", "5", Duty::MonthReport, "2026-10-05"),
        ("term.list_closed_day", "7", Duty::CloseList, "2026-09-09"),
        ("term.list_closed_day", "20", Duty::CloseList, "2026-09-28"),
        ("term.check_days", "1", Duty::ReturnCheck, "2026-09-01"),
        ("term.check_days", "15", Duty::ReturnCheck, "2026-09-20"),
        ("census.autumn", "09-10", Duty::Census, "2026-09-10"),
        ("census.autumn", "09-25", Duty::Census, "2026-09-25"),
        ("suspension.years", "1", Duty::SuspensionEnds, "2027-09-07"),
        ("suspension.years", "2", Duty::SuspensionEnds, "2028-09-07"),
        ("transfer.parties", "1", Duty::Transfer, "2026-09-20"),
        ("transfer.parties", "4", Duty::Transfer, "2026-11-06"),
        ("transfer.party_days", "5", Duty::Transfer, "2026-10-10"),
    ];
    let office = busy(73);
    for (key, value, duty, expected) in table {
        let setting = office.put("setting", &json!({ "key": key, "value": value }));
        assert_eq!(due_on(&office, duty).as_deref(), Some(expected), "{key} = {value}");
        let gone = actions::LiveRequest { record: "setting".to_owned(), id: setting, why: None };
        actions::delete_row(&office.desk, gone).unwrap();
    }
}

#[test]
fn the_set_number_of_attempts_slows_the_rhythm_at_both_ends() {
    let office = busy(74);
    office.put("setting", &json!({ "key": "persuasion.attempts_min", "value": "1" }));
    assert_eq!(due_on(&office, Duty::Persuade).as_deref(), Some("2026-10-06"), "two were made: monthly from now on");
    for (value, expected) in [("7", "2026-09-13"), ("90", "2026-12-05")] {
        office.put("setting", &json!({ "key": "persuasion.follow_up_days", "value": value }));
        assert_eq!(due_on(&office, Duty::Persuade).as_deref(), Some(expected), "every {value} days");
    }
    office.put("setting", &json!({ "key": "persuasion.attempts_min", "value": "10" }));
    assert_eq!(due_on(&office, Duty::Persuade).as_deref(), Some("2026-09-13"), "eight are still to be made, weekly");
}

#[test]
fn a_zero_report_is_due_only_where_it_is_wanted() {
    let office = school(75);
    office.desk.set_today(day("2026-09-09"));
    child(&office, "王小明");
    assert_eq!(due_on(&office, Duty::MonthReport).as_deref(), Some("2026-09-30"));
    office.put("setting", &json!({ "key": "report.zero", "value": "false" }));
    assert_eq!(due_on(&office, Duty::MonthReport), None, "nothing happened");
}

#[test]
fn a_roll_taken_again_is_one_step_and_one_undo_brings_back_the_first() {
    let office = school(43);
    let kid = child(&office, "张小明");
    let taken = |missing: Vec<actions::MissedDay>| {
        let request = actions::RollRequest {
            grade: "13".to_owned(),
            class: Some("1".to_owned()),
            days: vec!["2026-09-01".to_owned()],
            missing,
            taken_by: None,
        };
        actions::take_roll(&office.desk, request).unwrap();
    };
    let read = || {
        let mut rows = [office.get("absence", None), office.get("class_day", None)];
        rows.iter_mut().flatten().for_each(|row| drop(row.remove("_seen")));
        rows
    };
    taken(vec![actions::MissedDay { student: kid, on: None, kind: None, part: None, reason: None }]);
    let first = read();
    taken(vec![]);
    assert!(read()[0].is_empty(), "the child was there after all");
    actions::undo(&office.desk, None).unwrap();
    assert_eq!(read(), first);
}

#[test]
fn a_save_that_lasts_past_midnight_is_kept() {
    let home = tempfile::TempDir::new().unwrap();
    let now = std::sync::atomic::AtomicU64::new(1_788_832_800_000);
    let hours = move || now.fetch_add(7 * 3_600_000, std::sync::atomic::Ordering::Relaxed);
    let desk = Desk::new(Box::new(hours), [41; 32]);
    let ledger = actions::MakeLedger {
        folder: Some(home.path().join("ledger").display().to_string()),
        kind: "primary".to_owned(),
        name: "柳湾村小学".to_owned(),
        code: "9199000041".to_owned(),
        under: None,
        person: "李老师".to_owned(),
        password: "柳湾村小学的第一本台账".to_owned(),
        low_memory: true,
    };
    actions::make_ledger(&desk, ledger).unwrap();
    let (tell, told) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let form = |name: &str| actions::SaveRequest {
            record: "student".to_owned(),
            id: None,
            values: Map::from_iter([("name".to_owned(), json!(name)), ("sex".to_owned(), json!("1"))]),
            seen: None,
            why: None,
        };
        let saved = actions::save_rows(&desk, ["张小明", "王秀英", "李阿依", "欧阳晨曦"].map(form).to_vec());
        tell.send(saved.map(|rows| rows.len())).unwrap();
    });
    let saved = told.recv_timeout(std::time::Duration::from_secs(60));
    assert_eq!(saved.expect("the save came to its end"), Ok(4));
}
