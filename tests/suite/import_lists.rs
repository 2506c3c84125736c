//! What the program writes: lists that come back as nothing new, copies with remarks, and never a formula.

use std::io::Read;

use actions::import::MarkedRequest;
use actions::lists::SheetRequest;
use serde_json::json;
use sheets::{List, ListColumn};
use support::imports::{Office, numbers};

fn write(office: &Office, form: &str, name: &str) -> String {
    let out = office.folder.path().join(name).display().to_string();
    let request = SheetRequest { form: form.to_owned(), out: out.clone(), filters: Default::default(), masked: false };
    actions::lists::write_sheet(&office.desk, request).unwrap();
    out
}

/// The parts of a workbook, one after another.
fn parts(file: &str, named: &str) -> String {
    let mut zip = zip::ZipArchive::new(std::fs::File::open(file).unwrap()).unwrap();
    let mut all = String::new();
    for at in 0..zip.len() {
        let mut member = zip.by_index(at).unwrap();
        if member.name().unwrap().contains(named) {
            member.read_to_string(&mut all).unwrap();
        }
    }
    all
}

/// Our own list, imported again, has nothing new; masked numbers in it are no news either.
#[test]
fn our_own_list_comes_back_as_nothing_new() {
    let office = Office::new();
    office.import(&office.file("village.xlsx"));
    office.import(&office.file("village_later.xlsx"));
    office.import(&office.file("template_g2.xlsx"));
    let before = office.everything();
    let report = office.import(&write(&office, "roster", "roster.xlsx"));
    assert_eq!((report.rows, report.same, report.findings.len()), (6, 6, 0), "{report:#?}");
    assert_eq!(office.everything(), before);
    let out = office.folder.path().join("masked.xlsx").display().to_string();
    let masked =
        SheetRequest { form: "roster".to_owned(), out: out.clone(), filters: Default::default(), masked: true };
    actions::lists::write_sheet(&office.desk, masked).unwrap();
    let report = office.import(&out);
    assert_eq!((report.rows, report.same, report.findings.len()), (6, 6, 0), "{report:#?}");
    assert_eq!(office.everything(), before);
}

/// A list of visits comes back as nothing new too.
#[test]
fn a_list_of_visits_comes_back_as_nothing_new() {
    let office = Office::new();
    office.import(&office.file("village_later.xlsx"));
    office.import_into("home_visit", &office.file("visits.xlsx"));
    let before = office.everything();
    let report = office.import_into("home_visit", &write(&office, "home_visit", "visits.xlsx"));
    assert_eq!((report.rows, report.same, report.findings.len()), (2, 2, 0), "{report:#?}");
    assert_eq!(office.everything(), before);
}

/// A paper of a child with two cases names neither of them in its list. It comes back as nothing new all the same; a new one
/// is asked to which case it belongs. Mutant caught: refusing as soon as two cases fit.
#[test]
fn a_paper_of_a_child_with_two_cases_comes_back_as_nothing_new() {
    let office = Office::new();
    let child = office.put("student", &json!({ "name": "吴小满", "birth_date": "2016-03-04" }));
    let case = |left: &str| office.put("dropout_case", &json!({ "student": child, "left_on": left }));
    let (_earlier, later) = (case("2025-03-03"), case("2026-03-02"));
    office.put("legal_document", &json!({ "case": later, "kind": "return_notice", "issued_on": "2026-03-09" }));
    let before = office.everything();
    let list = write(&office, "delivery_receipt", "receipts.xlsx");
    let report = office.import_into("legal_document", &list);
    assert_eq!((report.rows, report.same, report.findings.len()), (1, 1, 0), "{report:#?}");
    assert_eq!(office.everything(), before);
    let csv =
        office.write("order.csv", "学生,出生日期,文书名称\n吴小满,2016-03-04,责令限期送子女入学通知书\n".as_bytes());
    let report = office.import_into("legal_document", &csv);
    assert_eq!((report.new, report.refused), (0, 1), "{report:#?}");
    assert!(report.findings[0].reason.contains("有 2 份辍学个案"), "{report:#?}");
}

/// What schools call a class may be read as a grade and a class. Where it stands so, its own list has nothing new, in the
/// roster, in registers of classes and in those that name a class beside a child, and namesakes are told apart by it; a
/// roster from elsewhere is still read as schools write: 301 is the first class of grade three.
///
/// Mutants caught: class cells always read as schools write them; a class as written kept where the row stands otherwise;
/// the doubt about its grade told though the class stands so.
#[test]
fn a_class_comes_back_as_it_is_called() {
    let called = ["301", "三(1)班", "2023级3班", "402班", "1班", "01", "三年级", "向阳班", "５０１", "七年级一班", "0"];
    for (at, class) in called.iter().enumerate() {
        let office = Office::new();
        let put = |record: &str, values: serde_json::Value| office.put(record, &values);
        let child = put("student", json!({ "name": "王小明", "grade": "13", "class": class }));
        put("student", json!({ "name": "王小明", "grade": "14", "class": class }));
        put("student", json!({ "name": "李小红", "class": class }));
        put("home_visit", json!({ "student": child, "visited_on": "2026-09-20", "kind": "general", "way": "home" }));
        put("class_day", json!({ "on": "2026-09-21", "grade": "13", "class": class }));
        put("absence", json!({ "student": child, "on": "2026-09-21", "kind": "unexplained" }));
        put("load_check", json!({ "on": "2026-09-21", "grade": "13", "class": class }));
        for (form, record, rows) in [
            ("roster", "student", 3),
            ("home_visit", "home_visit", 1),
            ("class_days", "class_day", 1),
            ("absences", "absence", 1),
            ("load_check", "load_check", 1),
        ] {
            let report = office.import_into(record, &write(&office, form, &format!("{form}{at}.xlsx")));
            let told = (report.rows, report.same, report.findings.len());
            assert_eq!(told, (rows, rows, 0), "{class} in {form}: {report:#?}");
        }
        put("student", json!({ "name": "孙小美", "birth_date": "2017-03-04", "grade": "13", "class": "1" }));
        let known = office.write("known.csv", "姓名,出生日期,班级\n孙小美,2017-03-04,301\n".as_bytes());
        assert_eq!(office.import(&known).same, 1, "{class}");
        let stranger = office.write("roster.csv", "姓名,班级\n赵小强,301\n钱多多,三（1）班\n".as_bytes());
        assert_eq!(office.import(&stranger).new, 2);
        for name in ["赵小强", "钱多多"] {
            let child = office.child(name);
            assert_eq!((&child["grade"], &child["class"]), (&json!("13"), &json!("1")), "{name} beside {class}");
        }
    }
}

/// Whatever a text looks like, it is written as text: nothing is computed by whoever opens it.
#[test]
fn no_text_becomes_a_formula() {
    let office = Office::new();
    let hostile =
        ["=1+1", "+1", "-1", "@SUM(A1)", "=cmd|'/c calc'!A0", "\t=1", "=HYPERLINK(\"http://x\",\"y\")", "{=1}"];
    let list = List {
        marks: std::collections::BTreeMap::new(),
        title: "=1+1".to_owned(),
        columns: vec![ListColumn { head: "=2+2".to_owned(), width_mm: None }],
        rows: hostile.iter().map(|text| vec![(*text).to_owned()]).collect(),
        landscape: true,
        paper: 9,
    };
    let file = office.folder.path().join("list.xlsx");
    std::fs::write(&file, sheets::write(&list).unwrap()).unwrap();
    let xml = parts(file.to_str().unwrap(), "worksheets/sheet");
    assert!(!xml.contains("<f>") && !xml.contains("<f ") && !xml.contains("<hyperlink"));
    let read = sheets::read(&file).unwrap();
    let texts: Vec<&str> = read.sheets[0].lines.iter().skip(2).map(|line| line.cells[0].text.as_str()).collect();
    assert_eq!(texts, hostile);
}

/// The copy with remarks holds every cell, the reasons beside them, and is read like the original.
#[test]
fn a_marked_copy_names_every_finding() {
    let office = Office::new();
    let out = office.folder.path().join("marked.xlsx").display().to_string();
    let import = office.request(&office.file("village.xlsx"));
    actions::import::marked_copy(&office.desk, MarkedRequest { import, out: out.clone() }).unwrap();
    let notes = parts(&out, "comments");
    let rehearsal = office.rehearse(&office.file("village.xlsx"));
    for finding in &rehearsal.findings {
        assert!(notes.contains(&finding.reason.chars().take(12).collect::<String>()), "{} in {notes}", finding.reason);
    }
    let copy = office.rehearse(&out);
    assert_eq!(numbers(&copy), numbers(&rehearsal));
    assert_eq!(copy.kept, rehearsal.kept, "the column of remarks is no column of the roster");
    let same = MarkedRequest { import: office.request(&out), out: out.clone() };
    assert_eq!(actions::import::marked_copy(&office.desk, same).unwrap_err().code, "same_file");
}
