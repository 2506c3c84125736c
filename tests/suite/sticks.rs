//! One stick: seen by itself, taken in by one word, its receipts written back; what was put off stays put off, and is
//! marked wherever it is printed.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Command;

use actions::lists::SheetRequest;
use actions::paper::{PagesRequest, PrintRequest};
use actions::{ExportRequest, PutOffRequest, TakeAllRequest, WriteReceipt};
use domain::Id;
use package::enrol::{Card, TypedDigits};
use package::keys::SignKey;
use serde_json::{Value as Json, json};
use store::Definitions;
use support::bx::Place;
use support::desks::Office;

fn pair() -> Place {
    let place = Place::new();
    place.init("village", "school", "柳湾村小学", "--code 1234567890");
    place.init("center", "center", "禾塘镇中心学校", "--code 2234567890");
    place.enrolled("village", "center");
    place.put("village", "student", &json!({ "name": "王小明", "sex": "1", "birth_date": "2015-03-04" }));
    std::fs::create_dir_all(place.path("stick")).unwrap();
    place
}

fn sticks(place: &Place, ledger: &str) -> Vec<Json> {
    let seen = place.bx(&format!("--ledger {ledger} sticks --json")).json();
    let own = place.path("stick").display().to_string();
    seen.as_array().unwrap().iter().filter(|stick| stick["folder"] == own).cloned().collect()
}

/// Mutant caught: whatever is for others counted as ours.
#[test]
fn a_stick_says_what_lies_on_it_for_whoever_looks() {
    let place = pair();
    let counts = |ledger: &str| {
        let seen = sticks(&place, ledger).remove(0);
        ["fresh", "known", "receipts", "others", "strangers"].map(|key| seen[key].as_u64().unwrap())
    };
    assert_eq!(counts("center"), [0; 5]);
    place.export("village", "stick");
    std::fs::create_dir_all(place.path("stick/photos")).unwrap();
    std::fs::write(place.path("stick/photos/1.jpg"), [0xff; 4096]).unwrap();
    std::fs::write(place.path("stick/photos.lnk"), b"{ no receipt").unwrap();
    // Whatever it was renamed to on the way, in whatever folder.
    let file = std::fs::read_dir(place.path("stick")).unwrap().find_map(|entry| {
        let path = entry.unwrap().path();
        (path.extension()? == "bxp").then_some(path)
    });
    std::fs::rename(file.unwrap(), place.path("stick/photos/微信文件(1).dat")).unwrap();
    assert_eq!(counts("center"), [1, 0, 0, 0, 0]);
    assert_eq!(sticks(&place, "center")[0]["from"], json!(["柳湾村小学"]));
    assert_eq!(counts("village"), [0, 0, 0, 1, 0], "the school's own package is not for the school");
    place.bx("--ledger center take stick --receipts stick").ok();
    assert_eq!(counts("center"), [0, 1, 0, 0, 0]);
    assert_eq!(counts("village"), [0, 0, 1, 1, 0]);
    place.bx("--ledger village take stick").ok();
    assert_eq!(counts("village"), [0, 0, 0, 1, 0], "a receipt that was read is no news");
    place.init("stranger", "center", "青石镇中心学校", "--code 3234567890");
    assert_eq!(counts("stranger")[4], 1);
    // An invitation is told of to whoever does not know its writer yet.
    std::fs::copy(place.path("village.1"), place.path("stick/invitation.bxe")).unwrap();
    let told = |ledger: &str| sticks(&place, ledger)[0]["enrolments"].clone();
    assert_eq!(
        (&told("stranger")[0]["step"], &told("stranger")[0]["from"]),
        (&json!("invite"), &json!("禾塘镇中心学校"))
    );
    assert_eq!((told("village"), told("center")), (json!([]), json!([])));
}

/// Mutant caught: a receipt that cannot be written ends the whole.
#[test]
fn what_was_taken_in_stays_when_the_receipt_cannot_be_written() {
    let built_in = Definitions::built_in();
    let (center, school) =
        (Office::new("center", "禾塘镇中心学校", 1, &built_in), Office::new("school", "柳湾村小学", 2, &built_in));
    school.enrol_under(&center);
    school.put("student", &json!({ "name": "王小明", "sex": "1", "birth_date": "2015-03-04" }));
    let folder = school.beside("stick");
    actions::export(&school.desk, ExportRequest { to: None, folder: folder.clone(), extent: None }).unwrap();
    // A stick that cannot be written: where its folder should be, a file lies.
    let closed = center.beside("closed");
    std::fs::write(&closed, "").unwrap();
    let reply =
        actions::take_all(&center.desk, TakeAllRequest { from: vec![folder], receipts_to: Some(closed) }).unwrap();
    assert!(reply.unwritten.is_some() && reply.receipts.is_empty());
    assert_eq!(reply.taken.len(), 1);
    assert_eq!(center.get("student", None).len(), 1);
}

/// Mutants caught: another school's receipt taken away; a file that only looks like one taken away; nothing taken away.
#[test]
fn a_stick_keeps_the_newest_receipt_for_each_school() {
    let (center, [school, other]) = township();
    let stick = center.beside("stick");
    let write = |to: &str| {
        let request = WriteReceipt { to: Some(to.to_owned()), folder: stick.clone() };
        PathBuf::from(actions::write_receipt(&center.desk, request).unwrap())
    };
    let (first, for_other) = (write("柳湾村小学"), write("石桥村小学"));
    let foreign = PathBuf::from(&stick).join("note.bxr");
    std::fs::write(&foreign, "{}").unwrap();
    let newest = write("柳湾村小学");
    assert_eq!([&first, &for_other, &foreign, &newest].map(|file| file.exists()), [false, true, true, true]);
    let taken =
        |school: &Office, file: &Path| actions::take_receipt(&school.desk, file.display().to_string()).unwrap().outcome;
    assert_eq!([taken(&school, &newest), taken(&other, &for_other)], ["taken", "taken"]);
}

/// A center and two schools that report to it.
fn township() -> (Office, [Office; 2]) {
    let built_in = Definitions::built_in();
    let center = Office::new("center", "禾塘镇中心学校", 1, &built_in);
    let schools =
        [("柳湾村小学", 2), ("石桥村小学", 3)].map(|(name, seed)| Office::new("school", name, seed, &built_in));
    schools.iter().for_each(|school| school.enrol_under(&center));
    (center, schools)
}

/// Each is judged by what stands when its turn comes, though the next is opened while one is taken in.
///
/// Mutants caught: what was opened ahead taken in for whatever file comes next; a package opened before its double came
/// taken in a second time.
#[test]
fn packages_taken_in_together_come_to_what_they_come_to_one_by_one() {
    let (center, [school, other]) = township();
    let stick = center.beside("stick");
    let seal = |office: &Office, name: &str| {
        office.put("student", &json!({ "name": name, "sex": "1", "birth_date": "2015-03-04" }));
        let request = ExportRequest { to: None, folder: stick.clone(), extent: None };
        actions::export(&office.desk, request).unwrap().file
    };
    let first = seal(&school, "王小明");
    std::fs::copy(&first, format!("{first}.again.bxp")).unwrap();
    seal(&school, "李小红");
    seal(&other, "赵大山");
    let request = || TakeAllRequest { from: vec![stick.clone()], receipts_to: None };
    let came = || -> Vec<(String, u64, String, usize)> {
        let lines = actions::take_all(&center.desk, request()).unwrap().taken;
        let line = |line: actions::TakenLine| {
            let report = line.report.unwrap();
            (line.sender, report.number, report.outcome, report.added.get("student").copied().unwrap_or_default())
        };
        lines.into_iter().map(line).collect()
    };
    let line = |who: &str, number, outcome: &str, added| (who.to_owned(), number, outcome.to_owned(), added);
    let expected = [
        line("柳湾村小学", 1, "merged", 1),
        line("柳湾村小学", 1, "known", 0),
        line("柳湾村小学", 2, "merged", 1),
        line("石桥村小学", 1, "merged", 1),
    ];
    assert_eq!(came(), expected);
    assert_eq!(center.get("student", None).len(), 3);
    assert!(came().iter().all(|(.., outcome, _)| outcome == "known"));
}

/// A school and a center with one field that both have filled.
fn contested() -> (Office, Office, Id) {
    let built_in = Definitions::built_in();
    let (center, school) =
        (Office::new("center", "禾塘镇中心学校", 1, &built_in), Office::new("school", "柳湾村小学", 2, &built_in));
    school.enrol_under(&center);
    let child = school.put(
        "student",
        &json!({ "name": "王小明", "sex": "1", "birth_date": "2015-03-04", "grade": "13", "class": "1" }),
    );
    school.report_to(&center);
    center.put("student", &json!({ "id": child.to_string(), "address": "东沟村" }));
    school.put("student", &json!({ "id": child.to_string(), "address": "西沟村" }));
    school.report_to(&center);
    (center, school, child)
}

fn put_off(office: &Office, child: Id, later: bool) {
    let one = PutOffRequest { id: child, field: "address".to_owned(), later };
    actions::put_off(&office.desk, vec![one]).unwrap();
}

/// Mutant caught: a mark kept by row and field alone hides a third value.
#[test]
fn what_was_put_off_stays_so_until_somebody_writes_again() {
    let (center, school, child) = contested();
    let waits = || {
        let counts = actions::to_decide(&center.desk, ()).unwrap();
        (counts.settle, counts.put_off, actions::today(&center.desk, ()).unwrap().conflicts)
    };
    assert_eq!(waits(), (1, 0, 1));
    put_off(&center, child, true);
    assert_eq!(waits(), (0, 1, 0));
    assert!(actions::conflicts(&center.desk, ()).unwrap()[0].put_off);
    put_off(&center, child, false);
    assert_eq!(waits(), (1, 0, 1));
    put_off(&center, child, true);
    school.put("student", &json!({ "id": child.to_string(), "address": "南沟村" }));
    school.report_to(&center);
    assert_eq!(waits(), (1, 0, 1), "another value is another question");
    let other = PutOffRequest { id: child, field: "phone".to_owned(), later: true };
    assert_eq!(actions::put_off(&center.desk, vec![other]).unwrap_err().code, "not_in_conflict");
}

fn printed(office: &Office, form: &str) -> String {
    let out = office.beside("page.pdf");
    let pages = PagesRequest { form: form.to_owned(), ..PagesRequest::default() };
    actions::paper::print(&office.desk, PrintRequest { pages, out: out.clone() }).unwrap();
    text_of(&out)
}

fn text_of(pdf: &str) -> String {
    let text = Command::new("pdftotext").args(["-layout", pdf, "-"]).output().unwrap();
    String::from_utf8(text.stdout).unwrap()
}

fn member(file: &str, named: &str) -> String {
    let mut zip = zip::ZipArchive::new(std::fs::File::open(file).unwrap()).unwrap();
    let mut text = String::new();
    if let Ok(mut found) = zip.by_name(named) {
        found.read_to_string(&mut text).unwrap();
    }
    text
}

/// Mutants caught: the mark left off a field that was put off; the mark written into the cell itself, so that the
/// workbook comes back as a change.
#[test]
fn paper_and_workbook_mark_a_field_nobody_has_settled() {
    let (center, _, child) = contested();
    put_off(&center, child, true);
    let page = printed(&center, "roster");
    assert!(page.contains("沟村※"), "{page}");
    assert!(page.contains("尚未选定"));
    let out = center.beside("list.xlsx");
    let request =
        SheetRequest { form: "roster".to_owned(), out: out.clone(), filters: Default::default(), masked: false };
    actions::lists::write_sheet(&center.desk, request).unwrap();
    assert!(member(&out, "xl/comments1.xml").contains("尚未选定"));
    assert!(!member(&out, "xl/sharedStrings.xml").contains('※'), "the value itself is what was typed");
    let line = actions::conflicts(&center.desk, ()).unwrap().remove(0);
    let chosen = actions::ResolveRequest {
        id: line.id,
        field: line.field,
        value: line.rivals[0].value.clone(),
        why: "电话问过".to_owned(),
    };
    actions::resolve(&center.desk, chosen).unwrap();
    assert!(!printed(&center, "roster").contains('※'));
    let request =
        SheetRequest { form: "roster".to_owned(), out: out.clone(), filters: Default::default(), masked: false };
    actions::lists::write_sheet(&center.desk, request).unwrap();
    assert_eq!(member(&out, "xl/comments1.xml"), "");
}

/// Mutants caught: an older directory taken over a newer one; a version that grows with every package.
#[test]
fn the_directory_comes_down_with_packages_and_never_goes_back() {
    let (center, [school, _]) = township();
    let down = || {
        let request =
            ExportRequest { to: Some("柳湾村小学".to_owned()), folder: center.beside("down"), extent: None };
        actions::export(&center.desk, request).unwrap().file
    };
    let merge = |file: &str| actions::merge(&school.desk, file.to_owned()).unwrap().directory;
    let listed = || {
        let told = actions::directory(&school.desk, ()).unwrap();
        let lines: Vec<(String, bool)> =
            told.lines.into_iter().map(|line| (line.name, line.revoked_on.is_empty())).collect();
        (told.version, lines)
    };
    assert_eq!(listed(), (0, vec![]));
    let first = down();
    assert_eq!(merge(&first), 1);
    assert_eq!(listed().1.len(), 2);
    assert_eq!((merge(&down()), listed().0), (0, 1), "nothing changed in it");
    let late = down();
    let revoked =
        actions::RevokeRequest {
            organisation: Some("石桥村小学".to_owned()), computer: None, why: "撤并".to_owned()
        };
    actions::revoke(&center.desk, revoked).unwrap();
    assert_eq!(merge(&down()), 2);
    assert!(listed().1.contains(&("石桥村小学".to_owned(), false)));
    assert_eq!((merge(&late), listed().0), (0, 2), "an older one says nothing");
    assert!(listed().1.contains(&("石桥村小学".to_owned(), false)));
}

/// What a package would bring, and what it brought, on paper; a rehearsal writes nothing but its page.
#[test]
fn a_rehearsal_and_a_merge_are_told_on_paper() {
    let built_in = Definitions::built_in();
    let center = Office::new("center", "禾塘镇中心学校", 1, &built_in);
    let school = Office::new("school", "柳湾村小学", 2, &built_in);
    school.enrol_under(&center);
    school.put("student", &json!({ "name": "王小明", "sex": "1", "birth_date": "2015-03-04" }));
    let request = ExportRequest { to: None, folder: school.beside("stick"), extent: None };
    let package = actions::export(&school.desk, request).unwrap().file;
    let paper = |package: String, rehearsed| {
        let file = center.beside("report.pdf");
        actions::merge_paper(&center.desk, actions::MergePaper { package, rehearsed, file: file.clone() }).unwrap();
        text_of(&file)
    };
    let would = paper(package.clone(), true);
    assert!(would.contains("接收预演") && would.contains("王小明") && !would.contains("文件校验值"), "{would}");
    assert!(center.get("student", None).is_empty());
    actions::merge(&center.desk, package).unwrap();
    let line = actions::arrived_packages(&center.desk, ()).unwrap().remove(0);
    let did = paper(line.package, false);
    assert!(did.contains("接收报告") && did.contains("王小明") && did.contains("文件校验值"), "{did}");
}

/// Mutant caught: the last group compared with the second.
#[test]
fn what_is_typed_from_paper_is_compared_group_by_group() {
    let key = SignKey::from_seed(&[3; 32]).public().to_minisign();
    let card = Card {
        organisation: Id::from_bytes([1; 16]),
        name: String::new(),
        code: String::new(),
        kind: String::new(),
        sign_key: key,
        recipient: String::new(),
        recovery_recipient: String::new(),
    };
    let digits = card.digits();
    let groups: Vec<&str> = digits.split(' ').collect();
    let (first, last) = (groups[0], groups[5]);
    let wide: String = first.bytes().map(|b| char::from_u32(u32::from('０') + u32::from(b - b'0')).unwrap()).collect();
    for fits in [digits.clone(), format!("{first}-{last}"), format!("{wide} {last}")] {
        assert_eq!(card.compare(&fits), TypedDigits::Fit, "{fits}");
    }
    assert_eq!(card.compare(&format!("{last} {first}")), TypedDigits::Differ(vec![1, 6]));
    assert_eq!(card.compare(&format!("{first} 00000")), TypedDigits::Differ(vec![6]));
    let swapped = [groups[0], groups[2], groups[1], groups[3], groups[4], groups[5]].join(" ");
    assert_eq!(card.compare(&swapped), TypedDigits::Differ(vec![2, 3]));
    for short in ["", first, &format!("{first}{last}")] {
        assert_eq!(card.compare(short), TypedDigits::Count, "{short}");
    }
}

/// Mutant caught: the last group compared with the second.
#[test]
fn nothing_is_written_when_a_group_differs() {
    let place = Place::new();
    place.init("village", "school", "柳湾村小学", "--code 1234567890");
    place.init("center", "center", "禾塘镇中心学校", "--code 2234567890");
    place.bx("--ledger center enrol invite --out 1").ok();
    let why = place
        .run(&["--ledger", "village", "enrol", "request", "--in", "1", "--out", "2", "--digits", "1 2"], "")
        .refused(1);
    assert!(why.contains("第 1、6 组数字") && why.contains("禾塘镇中心学校"), "{why}");
    assert!(!place.path("2").exists());
    let few = place.run(&["--ledger", "village", "enrol", "request", "--in", "1", "--out", "2", "--digits", "1"], "");
    assert!(few.refused(1).contains("不完整"));
    place.bx("--ledger center enrol sheet --out sheet.pdf").ok();
    let sheet = text_of(place.path("sheet.pdf").to_str().unwrap());
    let five = |word: &&str| word.len() == 5 && word.bytes().all(|b| b.is_ascii_digit());
    let groups: Vec<&str> = sheet.split_whitespace().filter(five).collect();
    assert_eq!(groups.len(), 6, "{sheet}");
    let typed = format!("{} {}", groups[0], groups[5]);
    place.run(&["--ledger", "village", "enrol", "request", "--in", "1", "--out", "2", "--digits", &typed], "").ok();
    assert!(place.path("2").exists());
}
