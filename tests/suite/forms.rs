//! A record is one TOML and one table, a form is one TOML: each of them works, with no code of its own.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use actions::ListRequest;
use actions::import::ImportRequest;
use actions::lists::SheetRequest;
use domain::catalogue::Sources;
use domain::form::{Layout, Medium};
use domain::{Catalogue, FieldType, Form, Id, Record};
use serde_json::{Map, Value as Json, json};
use store::Definitions;
use support::desks::Office;
use support::samples::Filler;

const KITE: &str = include_str!("../fixtures/kite.record.toml");
const KITES: &str = include_str!("../fixtures/kites.form.toml");
const KITE_TABLE: &str = include_str!("../fixtures/kite.sql");

/// The definitions that ship, with a record and a form that nobody's code has heard of.
fn with_kites() -> Definitions {
    let mut sources = Sources::built_in();
    sources.records.push(("kite.toml".to_owned(), KITE.to_owned()));
    sources.forms.push(("kites.toml".to_owned(), KITES.to_owned()));
    let schema = format!("{}\n{KITE_TABLE}", Definitions::built_in().schema);
    Definitions { catalogue: Arc::new(Catalogue::read(&sources).unwrap()), schema }
}

fn plain(mut row: Map<String, Json>) -> Map<String, Json> {
    row.retain(|key, _| !key.starts_with('_'));
    row
}

fn one(office: &Office, record: &Record, id: Id) -> Map<String, Json> {
    plain(office.get(&record.record, Some(id)).remove(0))
}

fn listed(office: &Office, form: &Form) -> actions::ListReply {
    let request =
        ListRequest { form: form.form.clone(), filters: BTreeMap::new(), order: vec![], offset: 0, limit: 500 };
    actions::list_rows(&office.desk, request).unwrap_or_else(|failure| panic!("{}: {failure:?}", form.form))
}

/// Fills a form, changes every field of it, takes the change back: at each step the row says what was typed.
fn fill_change_undo(office: &Office, filler: &Filler<'_>, record: &Record) -> Id {
    let typed = filler.form(record, 0);
    let id = office.put(&record.record, &Json::Object(typed.clone()));
    let before = one(office, record, id);
    for (key, value) in &typed {
        assert_eq!(&before[key], value, "{}.{key}", record.record);
    }
    let mut again = filler.form(record, 1);
    again.retain(|key, _| !record.key.contains(key));
    again.insert("id".to_owned(), json!(id));
    office.put(&record.record, &Json::Object(again.clone()));
    let changed = one(office, record, id);
    for (key, value) in &again {
        assert_eq!(&changed[key], value, "{}.{key} changed", record.record);
    }
    let told: BTreeSet<String> =
        actions::history(&office.desk, id).unwrap().into_iter().map(|line| line.field).collect();
    for field in record.stored() {
        assert!(told.contains(&field.key), "the history of {}.{} is told", record.record, field.key);
    }
    actions::undo(&office.desk, None).unwrap();
    assert_eq!(one(office, record, id), before, "{} as before", record.record);
    id
}

/// One more row for a form that lists some rows only.
fn fill_for(office: &Office, filler: &Filler<'_>, form: &Form) {
    let record = office.desk.catalogue().record(&form.record).unwrap();
    let mut typed = filler.form(record, 0);
    for (key, values) in &form.only {
        typed.insert(key.clone(), json!(values[0]));
    }
    office.put(&form.record, &Json::Object(typed));
}

/// A form lists the rows it says it lists, and its own fields show what was typed.
fn lists_what_it_says(office: &Office, form: &Form) {
    let rows = office.get(&form.record, None);
    let belongs = |row: &&Map<String, Json>| {
        form.only.iter().all(|(key, values)| values.iter().any(|value| row[key] == json!(value)))
    };
    let wanted: BTreeSet<&str> = rows.iter().filter(belongs).map(|row| row["id"].as_str().unwrap()).collect();
    let list = listed(office, form);
    let shown: BTreeSet<String> = list.rows.iter().map(|row| row.id.to_string()).collect();
    assert_eq!(shown, wanted.iter().map(|id| (*id).to_owned()).collect(), "{}", form.form);
    assert!(list.total > 0, "{} lists something", form.form);
    let columns: Vec<_> = form.columns_of(Medium::Screen).collect();
    for row in &list.rows {
        assert_eq!(row.cells.len(), columns.len());
        let stored = rows.iter().find(|one| one["id"] == json!(row.id)).unwrap();
        for (cell, column) in row.cells.iter().zip(&columns) {
            let typed = column.path.own_field().is_some_and(|key| !stored[key].is_null());
            assert!(!typed || !cell.is_empty(), "{}: {} shows what was typed", form.form, column.path);
        }
    }
}

/// The workbook of a form holds the rows of its list.
fn goes_to_a_workbook(office: &Office, form: &Form) {
    let out = office.beside(&format!("{}.xlsx", form.form));
    let request = SheetRequest { form: form.form.clone(), out, filters: BTreeMap::new(), masked: false };
    let written = actions::lists::write_sheet(&office.desk, request);
    let written = written.unwrap_or_else(|failure| panic!("{}: {failure:?}", form.form));
    assert_eq!(u64::from(written.rows), listed(office, form).total, "{}", form.form);
}

#[test]
fn every_record_and_form_works_through_and_reaches_the_center_unchanged() {
    let definitions = with_kites();
    let school = Office::new("school", "柳湾村小学", 1, &definitions);
    let center = Office::new("center", "禾塘镇中心学校", 2, &definitions);
    school.enrol_under(&center);
    let filler = Filler::new(&school);
    let catalogue = definitions.catalogue.clone();
    for record in catalogue.records() {
        fill_change_undo(&school, &filler, record);
    }
    for form in catalogue.forms() {
        fill_for(&school, &filler, form);
    }
    for form in catalogue.forms() {
        lists_what_it_says(&school, form);
        goes_to_a_workbook(&school, form);
    }
    school.report_to(&center);
    for record in catalogue.records() {
        let there: BTreeMap<String, Map<String, Json>> =
            center.get(&record.record, None).into_iter().map(|row| (row["id"].to_string(), plain(row))).collect();
        for row in school.get(&record.record, None) {
            assert_eq!(there.get(&row["id"].to_string()), Some(&plain(row)), "{}", record.record);
        }
    }
    let damages = center.desk.session().unwrap().store.read(|view| view.verify()).unwrap();
    assert!(damages.is_empty(), "{damages:?}");
}

#[test]
fn the_made_up_record_covers_every_type_of_field() {
    let definitions = with_kites();
    let kite = definitions.catalogue.record("kite").unwrap();
    let used = |of: &Record| of.fields.iter().map(|field| format!("{:?}", field.kind)).collect::<BTreeSet<_>>();
    for record in definitions.catalogue.records() {
        assert!(used(record).is_subset(&used(kite)), "{} has a type that kites lack", record.record);
    }
    assert!(kite.fields.iter().any(|field| field.kind == FieldType::Row));
}

/// Whether rows of a record belong to a child, or to something of a child.
fn is_of_a_child(catalogue: &Catalogue, record: &Record) -> bool {
    let owner = record.owner.as_ref().and_then(|via| catalogue.record(record.field(via)?.to.as_deref()?));
    owner.is_some_and(|owner| owner.record == "student" || is_of_a_child(catalogue, owner))
}

#[test]
fn what_goes_out_of_a_childs_registers_comes_back_as_nothing_new() {
    let school = Office::new("school", "柳湾村小学", 1, &Definitions::built_in());
    let filler = Filler::new(&school);
    let child = json!({ "name": "王小明", "birth_date": "2016-03-04", "grade": "三年级", "class": "1" });
    filler.stands_for("student", school.put("student", &child));
    let catalogue = school.desk.catalogue();
    let case = filler.form_without(catalogue.record("dropout_case").unwrap(), 0, "previous");
    filler.stands_for("dropout_case", school.put("dropout_case", &Json::Object(case)));
    let registers = catalogue.forms().filter(|form| {
        form.layout == Layout::Table && catalogue.record(&form.record).is_some_and(|one| is_of_a_child(catalogue, one))
    });
    let mut lost = Vec::new();
    for form in registers {
        if listed(&school, form).total == 0 {
            fill_for(&school, &filler, form);
        }
        goes_to_a_workbook(&school, form);
        let request = ImportRequest {
            file: school.beside(&format!("{}.xlsx", form.form)),
            record: form.record.clone(),
            sheet: None,
            columns: BTreeMap::new(),
        };
        match actions::import::rehearse_import(&school.desk, request) {
            Ok(back) if back.same > 0 && back.same == back.rows => {}
            Ok(back) => lost.push(format!("{}: {:?}", form.form, back)),
            Err(failure) => lost.push(format!("{}: {failure:?}", form.form)),
        }
    }
    assert!(lost.is_empty(), "{}", lost.join("\n"));
}

fn roll_call(class: &str, present: u32) -> Json {
    json!({ "on": "2026-09-07", "grade": "三年级", "class": class, "expected": 30, "present": present })
}

#[test]
fn two_computers_that_take_the_same_roll_call_make_one_row() {
    let definitions = Definitions::built_in();
    let first = Office::new("school", "柳湾村小学", 1, &definitions);
    let child = first.put("student", &json!({ "name": "王小明" }));
    let second = first.cloned(3, &definitions);
    let ids = [first.put("class_day", &roll_call("1", 29)), second.put("class_day", &roll_call("1", 28))];
    assert_eq!(ids[0], ids[1]);
    let missing = json!({ "student": child, "on": "2026-09-07", "kind": "病假" });
    assert_eq!(first.put("absence", &missing), second.put("absence", &missing));
    assert_ne!(first.put("class_day", &roll_call("2", 30)), ids[0], "another class is another roll call");
    first.carry_to(&second);
    second.carry_to(&first);
    for office in [&first, &second] {
        assert_eq!((office.get("class_day", None).len(), office.get("absence", None).len()), (2, 1));
        let conflicts = actions::conflicts(&office.desk, ()).unwrap();
        let fields: Vec<&str> = conflicts.iter().map(|line| line.field.as_str()).collect();
        assert_eq!(fields, ["present"], "only what differs asks for a choice");
        assert!(office.desk.session().unwrap().store.read(|view| view.verify()).unwrap().is_empty());
    }
}

#[test]
fn a_roll_call_entered_twice_changes_the_one_that_is_there() {
    let school = Office::new("school", "柳湾村小学", 1, &Definitions::built_in());
    let id = school.put("class_day", &roll_call("1", 29));
    assert_eq!(school.put("class_day", &roll_call("1", 30)), id);
    let rows = school.get("class_day", None);
    assert_eq!((rows.len(), &rows[0]["present"]), (1, &json!(30)));
}

#[test]
fn a_deleted_roll_call_entered_again_is_back_and_undone_in_one_step() {
    let school = Office::new("school", "柳湾村小学", 1, &Definitions::built_in());
    let id = school.put("class_day", &roll_call("1", 29));
    let request = actions::LiveRequest { record: "class_day".to_owned(), id, why: None };
    actions::delete_row(&school.desk, request).unwrap();
    assert_eq!(school.put("class_day", &roll_call("1", 30)), id);
    assert_eq!(school.get("class_day", None)[0]["present"], json!(30));
    actions::undo(&school.desk, None).unwrap();
    assert!(school.get("class_day", None).is_empty());
}

#[test]
fn what_says_which_row_it_is_cannot_be_changed_into_another() {
    let school = Office::new("school", "柳湾村小学", 1, &Definitions::built_in());
    let id = school.put("class_day", &roll_call("1", 29));
    let moved = school.save("class_day", &json!({ "id": id, "on": "2026-09-06" })).unwrap_err();
    let told: Vec<_> = moved.fields.iter().map(|problem| (problem.field.as_str(), problem.rule.as_str())).collect();
    assert_eq!(told, [("on", "key_moved")]);
}

#[test]
fn a_child_missed_is_listed_in_its_own_file_and_under_the_roll_call() {
    let school = Office::new("school", "柳湾村小学", 1, &Definitions::built_in());
    let child = school.put("student", &json!({ "name": "王小明" }));
    let day = school.put("class_day", &roll_call("1", 29));
    school.put("absence", &json!({ "student": child, "day": day, "on": "2026-09-07", "kind": "病假" }));
    for above in [child, day] {
        let families = actions::family(&school.desk, above).unwrap();
        let absences = families.iter().find(|family| family.record == "absence").unwrap();
        assert_eq!(absences.rows.len(), 1);
    }
    let list = listed(&school, school.desk.catalogue().form("class_days").unwrap());
    assert!(list.rows[0].cells.contains(&"1".to_owned()), "the roll call counts who was missed: {:?}", list.rows);
}

#[test]
fn the_ledger_of_children_left_behind_tells_father_mother_and_carer_apart() {
    let school = Office::new("school", "柳湾村小学", 1, &Definitions::built_in());
    let child = school.put("student", &json!({ "name": "王小明", "left_behind": "双亲留守" }));
    school.put("student", &json!({ "name": "李小红", "left_behind": "非留守" }));
    let guardian = |name: &str, relation: &str, phone: &str, entrusted: &str| {
        let values =
            json!({ "student": child, "name": name, "relation": relation, "phone": phone, "entrusted": entrusted });
        school.put("guardian", &values);
    };
    guardian("王母", "母亲", "16400000002", "否");
    guardian("王父", "父亲", "16400000001", "否");
    guardian("张奶奶", "祖母", "16400000003", "是");
    school
        .put("parent_away", &json!({ "student": child, "who": "父亲", "place": "广东东莞", "from_on": "2026-03-01" }));
    school
        .put("parent_away", &json!({ "student": child, "who": "母亲", "place": "浙江义乌", "from_on": "2026-03-01" }));
    let list = listed(&school, school.desk.catalogue().form("left_behind").unwrap());
    assert_eq!(list.total, 1, "a child whose parents are at home is not listed");
    let at = |text: &str| list.rows[0].cells.iter().position(|cell| cell == text);
    let order = ["广东东莞", "16400000001", "浙江义乌", "16400000002", "张奶奶", "16400000003"].map(at);
    assert!(order.iter().all(Option::is_some) && order.is_sorted(), "{:?}", list.rows[0].cells);
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Notice {
    duty: Vec<Place>,
    form: Vec<Place>,
}

/// Where something the notice asks for lives.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Place {
    number: String,
    asks: String,
    #[serde(default)]
    records: Vec<String>,
    #[serde(default)]
    forms: Vec<String>,
}

/// Sums over other forms: computed, so they have no rows of their own.
const SUMMARIES: [&str; 3] = ["1.8", "1.10", "1.11"];

#[test]
fn everything_the_notice_asks_for_has_its_place() {
    let notice: Notice = toml::from_str(include_str!("../../assets/notice.toml")).unwrap();
    let catalogue = Catalogue::built_in();
    for place in notice.duty.iter().chain(&notice.form) {
        assert!(!place.records.is_empty() || !place.forms.is_empty(), "{} lives nowhere", place.number);
        assert!(!place.asks.is_empty());
        for record in &place.records {
            assert!(catalogue.record(record).is_some(), "{}: no record {record}", place.number);
        }
        for form in &place.forms {
            assert!(catalogue.form(form).is_some(), "{}: no form {form}", place.number);
        }
    }
    let numbers = |places: &[Place]| places.iter().map(|place| place.number.clone()).collect::<BTreeSet<_>>();
    let wanted: BTreeSet<String> = (1..=14).map(|n| format!("N{n}")).collect();
    assert_eq!(numbers(&notice.duty), wanted);
    let wanted: BTreeSet<String> =
        (1..=25).map(|n| format!("1.{n}")).filter(|n| !SUMMARIES.contains(&n.as_str())).collect();
    assert!(wanted.is_subset(&numbers(&notice.form)));
    let mapped: BTreeSet<&String> = notice.form.iter().flat_map(|place| &place.forms).collect();
    for form in catalogue.forms() {
        assert!(mapped.contains(&form.form), "{} is not in the table of the notice", form.form);
    }
}
