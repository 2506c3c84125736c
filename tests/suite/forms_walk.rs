//! Every record and every form, from end to end: typed, found, changed, taken back, told by history, listed, printed,
//! handed out as a workbook and taken in again, packed, merged. Nothing here knows the name of one.

use std::collections::BTreeMap;

use actions::paper::{PagesRequest, PrintRequest};
use domain::form::Layout;
use domain::{Catalogue, Form, Id, Record};
use serde_json::{Map, Value as Json, json};
use support::desks::Office;
use support::registers::{
    Handmade, fill_change_undo, fill_for, finds_by_what_it_holds, is_importable, listed, lists_what_it_says, one,
    plain, rehearsed, with_kites, workbook,
};
use support::samples::Filler;

/// A school with a row for every record and every form, and what filled it.
fn at_work<'o>(school: &'o Office, catalogue: &Catalogue) -> Filler<'o> {
    let filler = with_child(school);
    for record in catalogue.records() {
        let id = fill_change_undo(school, &filler, record);
        filler.stands_for_first(&record.record, id);
    }
    for form in catalogue.forms() {
        fill_for(school, &filler, form);
    }
    filler
}

#[test]
fn every_record_and_form_works_through_and_reaches_the_center_unchanged() {
    let definitions = with_kites();
    let school = Office::new("school", "柳湾村小学", 1, &definitions);
    let center = Office::new("center", "禾塘镇中心学校", 2, &definitions);
    school.enrol_under(&center);
    let catalogue = definitions.catalogue.clone();
    at_work(&school, &catalogue);
    for form in catalogue.forms() {
        lists_what_it_says(&school, form);
        finds_by_what_it_holds(&school, form);
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
fn every_form_goes_out_as_a_workbook_and_comes_back_as_nothing_new() {
    let definitions = with_kites();
    let mut lost = Vec::new();
    let open = |form: &&Form| !definitions.catalogue.record(&form.record).unwrap().restricted;
    for (form, seed) in definitions.catalogue.forms().filter(open).zip(1u8..) {
        let school = Office::new("school", "柳湾村小学", seed, &definitions);
        fill_for(&school, &with_child(&school), form);
        match rehearsed(&school, &form.record, workbook(&school, form)) {
            Ok(back) if back.same > 0 && back.same == back.rows => {}
            Ok(back) => lost.push(format!("{}: {back:?}", form.form)),
            Err(failure) => lost.push(format!("{}: {failure:?}", form.form)),
        }
    }
    assert!(lost.is_empty(), "{} forms\n{}", lost.len(), lost.join("\n"));
}

#[test]
fn what_is_for_few_eyes_is_on_no_list_in_full() {
    let definitions = with_kites();
    let school = Office::new("school", "柳湾村小学", 1, &definitions);
    let filler = with_child(&school);
    let restricted = |form: &&Form| definitions.catalogue.record(&form.record).unwrap().restricted;
    let forms: Vec<&Form> = definitions.catalogue.forms().filter(restricted).collect();
    assert!(!forms.is_empty());
    for form in forms {
        fill_for(&school, &filler, form);
        let record = definitions.catalogue.record(&form.record).unwrap();
        let columns: Vec<_> = form.columns_of(domain::form::Medium::Screen).collect();
        for (cell, column) in listed(&school, form).rows[0].cells.iter().zip(columns) {
            let own = column.path.own_field().and_then(|key| record.field(key));
            assert!(own.is_none() || cell.chars().all(|c| c == '*'), "{}: {cell}", column.path);
        }
        let out = school.beside("list.xlsx");
        let request = actions::lists::SheetRequest {
            form: form.form.clone(),
            out: out.clone(),
            filters: BTreeMap::new(),
            masked: true,
        };
        let refused = actions::lists::write_sheet(&school.desk, request).unwrap_err();
        assert_eq!(refused.code, "restricted_form");
        assert!(!std::path::Path::new(&out).exists());
    }
}

/// A filler for a school with one child, whose rows are what others refer to.
fn with_child(school: &Office) -> Filler<'_> {
    let filler = Filler::new(school);
    filler.stands_for("organisation", school.desk.session().unwrap().organisation.id);
    let child = json!({ "name": "王小明", "birth_date": "2016-03-04", "grade": "三年级", "class": "1" });
    filler.stands_for("student", school.put("student", &child));
    filler
}

#[test]
fn every_empty_form_is_read_back_as_an_empty_form() {
    let definitions = with_kites();
    let school = Office::new("school", "柳湾村小学", 1, &definitions);
    for form in definitions.catalogue.forms() {
        let out = school.beside(&format!("{}.empty.xlsx", form.form));
        let request = actions::TemplateRequest { form: form.form.clone(), out: out.clone() };
        actions::write_template(&school.desk, request).unwrap();
        let read = rehearsed(&school, &form.record, out).unwrap_or_else(|failure| panic!("{}: {failure:?}", form.form));
        assert_eq!((read.rows, read.kept.len()), (0, 0), "{}", form.form);
    }
}

#[test]
fn every_record_is_made_from_a_line_of_a_workbook_once() {
    let definitions = with_kites();
    let school = Office::new("school", "柳湾村小学", 1, &definitions);
    let catalogue = definitions.catalogue.clone();
    let filler = with_child(&school);
    let mut lost = Vec::new();
    for record in catalogue.records().filter(|record| is_importable(record)) {
        for field in record.stored().filter(|field| !field.kept || record.owner.as_ref() == Some(&field.key)) {
            field.to.as_ref().map(|to| filler.full(to));
        }
        let line = Handmade::of(&filler, &catalogue, record);
        let before: Vec<String> = ids(&school, record);
        let told = line.import(&school, record);
        let made: Vec<String> = ids(&school, record).into_iter().filter(|id| !before.contains(id)).collect();
        if (told.rows, told.new, told.refused, made.len()) != (1, 1, 0, 1) {
            lost.push(format!("{}: {told:?}", record.record));
            continue;
        }
        let id: Id = made[0].parse().unwrap();
        lost.extend(line.is_said_by(&one(&school, record, id)).err().map(|why| format!("{}.{why}", record.record)));
        let again = line.import(&school, record);
        if (again.same, again.rows) != (1, 1) {
            lost.push(format!("{} again: {again:?}", record.record));
        }
    }
    assert!(lost.is_empty(), "{} records\n{}", lost.len(), lost.join("\n"));
}

fn ids(office: &Office, record: &Record) -> Vec<String> {
    office.get(&record.record, None).iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn every_form_is_printed_with_what_its_list_shows() {
    let definitions = with_kites();
    let school = Office::new("school", "柳湾村小学", 1, &definitions);
    at_work(&school, &definitions.catalogue);
    for form in definitions.catalogue.forms() {
        let printed = print(&school, form);
        let title = form.title.zh.replace("{school}", "").replace("{year}", "");
        assert!(printed.contains(&support::pages::bare(&title)), "{} has its title", form.form);
        if form.layout != Layout::Table {
            continue;
        }
        let name = named(&school, form);
        assert!(name.is_none_or(|name| printed.contains(&support::pages::bare(&name))), "{}: {printed}", form.form);
    }
}

/// A child's name that a form shows, if it shows one.
fn named(office: &Office, form: &Form) -> Option<String> {
    let columns: Vec<_> = form.columns_of(domain::form::Medium::Screen).collect();
    let at = columns.iter().position(|column| column.path.to_string().ends_with("student.name"))?;
    Some(listed(office, form).rows[0].cells[at].clone())
}

fn print(office: &Office, form: &Form) -> String {
    let out = office.beside(&format!("{}.pdf", form.form));
    let pages = PagesRequest { form: form.form.clone(), ..PagesRequest::default() };
    actions::paper::print(&office.desk, PrintRequest { pages, out: out.clone() }).unwrap();
    support::pages::Printed { file: out.into(), pages: 0, missing: vec![] }.run()
}
