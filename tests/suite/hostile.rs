//! What no form expects: every record filled with texts that break programs, through every way out and back.

use std::collections::{BTreeMap, HashMap};

use actions::SaveRequest;
use actions::paper::{PagesRequest, PrintRequest};
use domain::{Catalogue, FieldType, Id, Record};
use serde_json::{Map, Value as Json, json};
use support::desks::Office;
use support::registers::{plain, rehearsed, with_kites, workbook};
use support::samples::Filler;

/// Texts that look like formulas, run backwards, hold quotes, breaks, joined and rare characters, markup of many kinds.
const TEXTS: [&str; 14] = [
    "=1+1",
    "+cmd|' /C calc'!A0",
    "@SUM(A1:A9)",
    "𠮷𰻝䶮㝈\u{2EBF0}",
    "\u{202E}倒着写\u{202C} مرحبا",
    "第一行\n第二行\r\n第三行\t制表",
    "'单' \"双\" `反` \\ / ; -- DROP TABLE student",
    "👨‍👩‍👧‍👦🏫❤️",
    "  两边有空格  ",
    "_x000D_ _x0041_ %00 {0}",
    "e\u{301} ﷽ ﬁ ２０２６ Ω",
    "<b>&amp;</b> #let x = 1 $a$ *粗* @ref // typst",
    "0012345678901234567890",
    "\u{1}控制\u{1F}字符",
];

/// The text of a field of a row; every seventh fills the field to the brim.
fn text(field: &domain::Field, row: usize, at: usize) -> String {
    let limit = field.max_chars.unwrap_or(200) as usize;
    let text = TEXTS[(row + at) % TEXTS.len()];
    match (row + at) % 7 {
        6 => text.chars().chain("长".chars().cycle()).take(limit.min(2000)).collect(),
        _ => text.chars().take(limit).collect(),
    }
}

/// The same, begun by the row's number, and not so that it reads as a class: 301 is the first of the third grade.
fn keyed(field: &domain::Field, row: usize, at: usize) -> String {
    let text = format!("格{row}{}", text(field, row, at));
    text.chars().take(field.max_chars.unwrap_or(200) as usize).collect()
}

/// Rows of every record, `count` of each; row n belongs to row n of its owner.
struct Horde<'o> {
    office: &'o Office,
    filler: Filler<'o>,
    made: HashMap<String, Vec<Id>>,
    typed: HashMap<String, Vec<Map<String, Json>>>,
}

impl<'o> Horde<'o> {
    fn new(office: &'o Office) -> Self {
        let filler = Filler::new(office);
        filler.stands_for("organisation", office.desk.session().unwrap().organisation.id);
        filler.stands_for("student", office.put("student", &json!({ "name": "王小明", "birth_date": "2016-03-04" })));
        Self { office, filler, made: HashMap::new(), typed: HashMap::new() }
    }

    fn make(&mut self, catalogue: &Catalogue, record: &Record, count: usize) {
        if self.made.contains_key(&record.record) {
            return;
        }
        let owner = record.owner.as_ref().and_then(|via| Some((via, record.field(via)?.to.as_deref()?)));
        if let Some((_, owner)) = owner {
            self.make(catalogue, catalogue.record(owner).unwrap(), count);
        }
        let rows: Vec<Map<String, Json>> = (0..count).map(|row| self.row(record, row)).collect();
        let request = |values: &Map<String, Json>| SaveRequest {
            record: record.record.clone(),
            id: None,
            values: values.clone(),
            seen: None,
            why: None,
        };
        let saved = actions::save_rows(&self.office.desk, rows.iter().map(request).collect());
        let saved = saved.unwrap_or_else(|failure| panic!("{}: {failure:?}", record.record));
        self.made.insert(record.record.clone(), saved.iter().map(|one| one.id).collect());
        self.typed.insert(record.record.clone(), rows);
    }

    fn row(&self, record: &Record, row: usize) -> Map<String, Json> {
        let mut values = self.filler.form(record, row % 2);
        for (field, at) in record.fields.iter().zip(0..) {
            let value = match field.kind {
                // What says which row it is differs from row to row.
                FieldType::Text if record.key.contains(&field.key) => json!(keyed(field, row, at)),
                FieldType::Text | FieldType::LongText | FieldType::Area => json!(text(field, row, at)),
                FieldType::Date => json!(day(row)),
                FieldType::IdNumber | FieldType::StudentCode => Json::Null,
                FieldType::Row if record.owner.as_ref() == Some(&field.key) => {
                    json!(self.made[field.to.as_deref().unwrap()][row])
                }
                _ => continue,
            };
            values.insert(field.key.to_string(), value);
        }
        values
    }
}

fn day(row: usize) -> String {
    let first: domain::Date = "2018-01-01".parse().unwrap();
    first.iter_days().nth(row).unwrap().to_string()
}

/// Fills a record and looks at it again: as stored, out and in as a workbook, on paper.
fn passes(horde: &mut Horde<'_>, record: &Record, count: usize, catalogue: &Catalogue) -> Vec<String> {
    let school = horde.office;
    let mut lost = Vec::new();
    horde.make(catalogue, record, count);
    let (typed, ids) = (&horde.typed[&record.record], &horde.made[&record.record]);
    let rows = by_id(school, record);
    for (values, id) in typed.iter().zip(ids) {
        let stored = &rows[&id.to_string()];
        let lost = values.iter().find(|(key, value)| stored[*key] != **value);
        assert!(lost.is_none(), "{}: {lost:?} came back as {:?}", record.record, lost.map(|(key, _)| &stored[key]));
    }
    for form in catalogue.forms().filter(|form| form.record == record.record) {
        if form.only.is_empty() && !record.restricted {
            let back = rehearsed(school, &record.record, workbook(school, form));
            let back = back.unwrap_or_else(|failure| panic!("{}: {failure:?}", form.form));
            if (back.same, back.findings.len()) != (back.rows, 0) {
                lost.push(format!("{}: {} of {} the same", form.form, back.same, back.rows));
                lost.push(what_changes(school, form, record).unwrap_or_else(|| format!("{:?}", back.findings.first())));
            }
        }
        let out = school.beside(&format!("{}.pdf", form.form));
        let pages = PagesRequest { form: form.form.clone(), unmasked: true, ..PagesRequest::default() };
        let printed = actions::paper::print(&school.desk, PrintRequest { pages, out }).unwrap();
        assert!(printed.pages > 0, "{}", form.form);
    }
    lost
}

/// What taking a form's workbook in would change, for whoever has to mend it.
fn what_changes(school: &Office, form: &domain::Form, record: &Record) -> Option<String> {
    let before = by_id(school, record);
    let (file, columns) = (workbook(school, form), BTreeMap::new());
    let request = actions::import::ImportRequest { file, record: record.record.clone(), sheet: None, columns };
    actions::import::import(&school.desk, request).ok()?;
    let after = by_id(school, record);
    after.iter().find_map(|(id, row)| {
        let Some(old) = before.get(id) else { return Some(format!("  new: {row:?}")) };
        let changed = row.iter().find(|(key, value)| old[*key] != **value)?;
        Some(format!("  {}: {} became {}", changed.0, old[changed.0], changed.1))
    })
}

fn by_id(office: &Office, record: &Record) -> BTreeMap<String, Map<String, Json>> {
    let rows = office.get(&record.record, None).into_iter().map(plain);
    rows.map(|row| (row["id"].as_str().unwrap().to_owned(), row)).collect()
}

fn walk(count: usize, wanted: impl Fn(&Record) -> bool) {
    let definitions = with_kites();
    let school = Office::new("school", "柳湾村小学", 1, &definitions);
    let center = Office::new("center", "禾塘镇中心学校", 2, &definitions);
    school.enrol_under(&center);
    let catalogue = definitions.catalogue.clone();
    let (mut lost, mut horde) = (Vec::new(), Horde::new(&school));
    for record in catalogue.records().filter(|record| wanted(record)) {
        lost.extend(passes(&mut horde, record, count, &catalogue));
    }
    school.report_to(&center);
    for record in catalogue.records() {
        let there = by_id(&center, record);
        for (id, row) in by_id(&school, record) {
            assert_eq!(there.get(&id), Some(&row), "{}", record.record);
        }
    }
    assert!(lost.is_empty(), "{}", lost.join("\n"));
}

#[test]
fn every_record_full_of_hostile_texts_passes_every_way_unchanged() {
    let is_long = support::is_long();
    // A setting holds what the program has a meaning for, nothing else.
    let takes_any_text = |record: &Record| support::registers::is_importable(record) && record.record != "setting";
    walk(if is_long { 500 } else { TEXTS.len() }, takes_any_text);
}

#[test]
fn five_hundred_hostile_rows_of_every_type_of_field_pass_every_way_unchanged() {
    walk(500, |record| record.record == "kite");
}

#[test]
fn a_character_that_no_font_has_is_named_and_a_nul_is_refused() {
    let definitions = with_kites();
    let school = Office::new("school", "柳湾村小学", 1, &definitions);
    let child =
        school.put("student", &json!({ "name": "王\u{2EBF0}", "grade": "三年级", "class": "1", "note": TEXTS[3] }));
    let out = school.beside("roster.pdf");
    let pages = PagesRequest { form: "roster".to_owned(), ..PagesRequest::default() };
    let printed = actions::paper::print(&school.desk, PrintRequest { pages, out }).unwrap();
    assert_eq!(printed.missing, ["\u{2EBF0}"]);
    let refused = school.save("student", &json!({ "id": child, "note": "空\u{0}字符" })).unwrap_err();
    assert_eq!(refused.fields[0].rule, "nul");
}
