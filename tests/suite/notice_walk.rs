//! The table of the notice walked on the command line: each form it names, put, found, changed, taken back, told by history,
//! printed, handed out as a workbook and read again, packed and merged.

use std::collections::BTreeSet;

use domain::{Form, Record};
use serde_json::{Map, Value as Json, json};
use store::Definitions;
use support::bx::Place;
use support::desks::{Office, PASSWORD};
use support::registers::{fill_for, plain};
use support::samples::Filler;

/// Of the table's forms one in so many is walked, all of them in a long run.
const SHARE: usize = 8;

/// A form with the row that is put into it.
struct Errand {
    form: Form,
    record: Record,
    typed: Map<String, Json>,
    again: Map<String, Json>,
}

/// The forms that the table names, each once.
fn named() -> BTreeSet<String> {
    let notice = crate::manual::notice();
    notice.form.iter().chain(&notice.duty).flat_map(|place| place.forms.clone()).collect()
}

fn errand(school: &Office, filler: &Filler<'_>, (at, name): (u32, &str)) -> Errand {
    let catalogue = school.desk.catalogue();
    let form = catalogue.form(name).unwrap().clone();
    let record = catalogue.record(&form.record).unwrap().clone();
    fill_for(school, filler, &form);
    let (mut typed, mut again) = (filler.form(&record, 0), filler.form(&record, 1));
    for (key, values) in &form.only {
        typed.insert(key.clone(), json!(values[0]));
    }
    // Each child is another one: two with one number could not be told apart in a workbook.
    if typed.contains_key("id_number") {
        let number = support::pages::id_number(at);
        typed.insert("student_code".to_owned(), json!(format!("G{number}")));
        typed.insert("id_number".to_owned(), json!(number));
        typed.insert("name".to_owned(), json!(format!("第{at}个孩子")));
    }
    // What says which row it is, and what puts it into this form, stays.
    again.retain(|key, _| !record.key.iter().any(|own| own == key) && !form.only.contains_key(key));
    Errand { form, record, typed, again }
}

/// Everything but the merge; gives the row's id.
fn walk(place: &Place, ledger: &str, Errand { form, record, typed, again }: &Errand) -> String {
    let (form, name) = (&form.form, &record.record);
    let row = |id: &str| plain(place.row(ledger, name, id).as_object().unwrap().clone());
    let id = place.put(ledger, name, &json!(typed));
    let before = row(&id);
    assert!(typed.iter().all(|(key, value)| before[key] == *value), "{form}: {before:?} was put as {typed:?}");
    let mut change = again.clone();
    change.insert("id".to_owned(), json!(id));
    assert_eq!(place.put(ledger, name, &json!(change)), id, "{form}");
    let changed = row(&id);
    assert!(again.iter().all(|(key, value)| changed[key] == *value), "{form}: {changed:?}");
    place.bx(&format!("--ledger {ledger} undo")).ok();
    assert_eq!(row(&id), before, "{form}: as before");
    let history = place.bx(&format!("--ledger {ledger} history {id}")).ok();
    assert!(history.contains("李老师"), "{form}: {history}");
    let asked = typed.iter().find(|(_, value)| value.as_str().is_some_and(|text| !text.contains(char::is_whitespace)));
    if let Some((key, value)) = asked {
        let found =
            place.run(&["--ledger", ledger, "get", name, "--where", &format!("{key}={}", value.as_str().unwrap())], "");
        assert!(found.ok().contains(&id), "{form} by {key}");
    }
    let pdf = place.bx(&format!("--ledger {ledger} --json print {form} --out {form}.pdf")).json();
    assert!(pdf["pages"].as_u64().unwrap() > 0 && place.path(&format!("{form}.pdf")).exists(), "{form}");
    let sheet = place.bx(&format!("--ledger {ledger} sheet {form} --out {form}.xlsx"));
    if record.restricted {
        sheet.refused(1);
        return id;
    }
    sheet.ok();
    let back = place.bx(&format!("--ledger {ledger} --json import {form}.xlsx --register {name} --rehearse")).json();
    assert_eq!((&back["same"], &back["new"]), (&back["rows"], &json!(0)), "{form}: {back}");
    id
}

#[test]
fn every_form_of_the_notice_is_worked_through_on_the_command_line() {
    let definitions = Definitions::built_in();
    let school = Office::new("school", "柳湾村小学", 1, &definitions);
    let center = Office::new("center", "禾塘镇中心学校", 2, &definitions);
    school.enrol_under(&center);
    let filler = Filler::new(&school);
    filler.stands_for("organisation", school.desk.session().unwrap().organisation.id);
    let child = json!({ "name": "王小明", "birth_date": "2016-03-04", "grade": "三年级", "class": "1" });
    filler.stands_for("student", school.put("student", &child));
    let every = if support::is_long() { 1 } else { SHARE };
    let errands: Vec<Errand> =
        (1..).zip(named().iter().step_by(every)).map(|(at, form)| errand(&school, &filler, (at, form))).collect();
    let (ledger, above) = (school.beside("ledger"), center.beside("ledger"));
    actions::close_ledger(&school.desk, ()).unwrap();
    actions::close_ledger(&center.desk, ()).unwrap();

    let place = Place::with_password(PASSWORD);
    let ids: Vec<String> = errands.iter().map(|errand| walk(&place, &ledger, errand)).collect();
    let found = place.bx(&format!("--ledger {ledger} find wxm")).ok();
    assert!(found.contains("王小明"), "{found}");
    let package = place.export(&ledger, "stick");
    place.bx(&format!("--ledger {above} merge {package}")).ok();
    for (Errand { record, form, .. }, id) in errands.iter().zip(&ids) {
        let row = |ledger: &str| plain(place.row(ledger, &record.record, id).as_object().unwrap().clone());
        assert_eq!(row(&above), row(&ledger), "{}", form.form);
    }
}
