//! What comes out of the printer: the words on each page, and what must never stand on one.

use std::collections::BTreeMap;

use actions::paper::{PagesRequest, make_pages, page};
use domain::Catalogue;
use domain::form::{Layout, Medium, Reader};
use serde_json::json;
use support::bx::Place;
use support::pages::{Printed, School, bare, child, form, id_number};

/// A school with a class, a visit and a case: what the three forms of a school year show.
fn school_at_work() -> School {
    let school = School::new();
    let children = school.save_all("student", vec![child("张小明", 1), child("𠮷野·阿依古丽", 2), child("王㝈", 3)]);
    school.save_all(
        "guardian",
        vec![
            json!({ "student": children[0], "name": "张建国", "relation": "51", "phone": "13837512345", "is_guardian": 1 }),
            json!({ "student": children[2], "name": "王秀英", "relation": "62", "phone": "13937500000", "is_guardian": 1 }),
        ],
    );
    school.save(
        "home_visit",
        json!({
            "student": children[0], "visited_on": "2026-08-28", "way": "入户", "kind": "重点", "visitors": "李老师、王老师",
            "met": "奶奶 王秀英", "at_home": "帮奶奶做农活，晚上看手机较多。", "parents_say": "希望学校多关心。",
            "findings": ["有不再上学的想法"], "law_told": 1, "agreed": "1. 每周通一次电话。\n2. 补习数学。", "next_on": "2026-09-11",
        }),
    );
    let case = school.save(
        "dropout_case",
        json!({
            "student": children[2], "left_on": "2026-06-15", "status": "persuading", "main_cause": "学习困难或厌学", "whereabouts": "外出务工待核实",
            "whereabouts_place": "广东省东莞市", "duty_school": "李老师",
        }),
    );
    school.save_all(
        "persuasion",
        vec![
            json!({ "case": case, "on": "2026-06-20", "people": "李老师", "way": "班主任电话", "result": "犹豫" }),
            json!({ "case": case, "on": "2026-08-20", "people": "李老师、村支书", "way": "班主任家访", "result": "暂不同意返校" }),
        ],
    );
    school
}

fn list(form: &str) -> actions::ListRequest {
    let form = form.to_owned();
    actions::ListRequest { form, filters: BTreeMap::new(), order: vec![], offset: 0, limit: 10 }
}

fn golden(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../golden/paper");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

#[test]
fn a_class_has_its_roster() {
    let filters =
        BTreeMap::from([("grade".to_owned(), Some("13".to_owned())), ("class".to_owned(), Some("1".to_owned()))]);
    golden("roster", &school_at_work().print(PagesRequest { filters, ..form("roster") }).text());
}

#[test]
fn a_visit_has_its_sheet() {
    golden("home_visit", &school_at_work().print(form("home_visit")).text());
}

#[test]
fn the_dropouts_have_their_ledger_on_a3() {
    golden("dropout_ledger", &school_at_work().print(form("dropout_ledger")).text());
}

#[test]
fn without_a3_paper_the_ledger_comes_in_parts() {
    let a4 = PagesRequest { paper: Some("a4".to_owned()), ..form("dropout_ledger") };
    golden("dropout_ledger_a4", &school_at_work().print(a4).text());
}

#[test]
fn a_report_reads_as_a_letter() {
    let school = school_at_work();
    let case = actions::list_rows(&school.desk, list("dropout_ledger")).unwrap().rows[0].id;
    school.save(
        "written_report",
        json!({
            "case": case, "reported_on": "2026-08-31", "addressee_name": "瓦屋镇人民政府", "document_no": "长坪小学〔2026〕3号",
            "request": "请协助联系家长，劝导该生返校。",
        }),
    );
    let letter = school.print(form("written_report"));
    assert_eq!(letter.pages, 1);
    golden("written_report", &letter.text());
    let blank = school.print(PagesRequest { blank: true, ..form("written_report") });
    golden("written_report_blank", &blank.text());
}

#[test]
fn empty_forms_can_be_filled_by_hand() {
    let school = school_at_work();
    for name in ["roster", "home_visit", "dropout_ledger"] {
        let blank = school.print(PagesRequest { blank: true, ..form(name) });
        assert_eq!(blank.pages, 1, "{name}");
        assert!(!blank.run().contains("张小明") && !blank.run().contains("2026-08-28"), "{name}");
        assert!(blank.strokes(1) > 30, "{name} has {} lines to write on", blank.strokes(1));
        golden(&format!("{name}_blank"), &blank.text());
    }
}

#[test]
fn an_empty_register_says_so() {
    let text = School::new().print(form("dropout_ledger")).run();
    assert!(text.contains("无（零记录）"), "{text}");
}

#[test]
fn what_is_typed_is_printed_as_typed() {
    let school = School::new();
    let plain = [
        "#let x = 1 *粗* _斜_ $x^2$ \\ `码` // 注 /* 注 */",
        "@标签 <标签> = 标题 - 项 + 项 / 词: 义",
        "https://example.com/averyveryveryverylongaddresswithoutanyplacetobreakit/index.html?a=1&b=2",
        "第一行\n第二行",
        "ᠮᠣᠩᠭᠣᠯ ꆈꌠꉙ",
        "#]}){\"'“”‘’…——~",
    ];
    // Set from right to left, or in clusters: a reader of the file gives them back in another order.
    let clustered = ["ئۇيغۇر مەكتەپ", "བོད་ཡིག"];
    let student = school.child("#panic(\"张\") *三*");
    for (text, day) in plain.iter().chain(&clustered).zip(1..) {
        let on = format!("2026-08-{day:02}");
        let visit =
            json!({ "student": student, "visited_on": on, "way": "入户", "agreed": text, "visitors": "李老师" });
        school.save("home_visit", visit);
    }
    let sheets = school.print(form("home_visit"));
    assert_eq!((sheets.pages, sheets.missing.len()), (8, 0));
    let run = sheets.run();
    for text in plain {
        assert!(run.contains(&bare(text)), "{text} is not in\n{run}");
    }
    for text in clustered {
        let letters =
            |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<std::collections::BTreeSet<_>>();
        assert!(letters(&run).is_superset(&letters(text)), "{text} is not in\n{run}");
    }
    assert!(run.contains("#panic(\"张\")*三*"));
}

#[test]
fn each_page_of_a_long_roster_has_the_header_and_its_number() {
    let school = School::new();
    school.save_all("student", (0..300).map(|at| child(&format!("学生{at:03}"), at)).collect());
    let roster = school.print(form("roster"));
    assert!(roster.pages > 10);
    for number in 1..=roster.pages {
        let page = bare(&roster.page(number));
        assert!(page.contains("序号") && page.contains("联系电话"), "page {number}: {page}");
        assert!(page.contains(&format!("第{number}页共{}页", roster.pages)), "page {number}: {page}");
    }
    let run = roster.run();
    assert!((0..300).all(|at| run.contains(&format!("学生{at:03}"))));
}

#[test]
fn smaller_paper_loses_no_column_and_says_on_each_part_who_it_is() {
    let school = school_at_work();
    let a4 = school.print(PagesRequest { paper: Some("a4".to_owned()), ..form("dropout_ledger") });
    assert!(a4.pages > 1);
    let run = a4.run();
    let ledger = Catalogue::built_in().form("dropout_ledger").unwrap();
    for column in ledger.columns_of(Medium::Paper) {
        let field = column.path.field(Catalogue::built_in(), &ledger.record);
        let head = column.head.as_ref().or(field.map(|field| &field.label)).unwrap();
        assert!(run.contains(&head.zh), "{} is lost", head.zh);
    }
    assert!((1..=a4.pages).all(|number| bare(&a4.page(number)).contains("王㝈")));
}

#[test]
fn the_foot_names_the_head_of_the_ledgers_chain() {
    let school = school_at_work();
    let session = school.desk.session().unwrap();
    let text = school.print(form("roster")).page(1);
    let sign = |_: &[u8]| vec![0; 64];
    let tip = session.store.rehearse(|door| {
        door.seal(&sign, &[])?;
        let last = door.view().segments(session.organisation.id)?.pop();
        Ok::<_, store::StoreError>(last.unwrap().tip.hex())
    });
    let code: String = tip.unwrap().chars().take(12).collect();
    assert!(text.contains(&format!("台账校验码 {code}")), "{code} is not in\n{text}");
}

#[test]
fn id_numbers_are_masked_unless_asked_for_and_the_asking_is_noted() {
    let school = School::new();
    school.child("张小明");
    let (number, noted) =
        (id_number(1), || school.desk.session().unwrap().store.read(|view| view.unmasked_count()).unwrap());
    let hidden = format!("410423********{}", &number[14..]);
    let masked = school.print(form("roster")).run();
    assert!(!masked.contains(&number) && masked.contains(&hidden), "{masked}");
    assert_eq!(noted(), 0);
    assert!(school.print(PagesRequest { unmasked: true, ..form("roster") }).run().contains(&number));
    assert_eq!(noted(), 1);
}

#[test]
fn restricted_causes_are_not_named_on_paper() {
    let school = School::new();
    let student = school.child("张小明");
    let cause =
        Catalogue::built_in().codes("dropout_cause").unwrap().codes.iter().find(|code| code.restricted).unwrap();
    let case = json!({ "student": student, "left_on": "2026-06-15", "main_cause": cause.code });
    school.save("dropout_case", case);
    let ledger = school.print(form("dropout_ledger")).run();
    assert!(ledger.contains("已登记") && !ledger.contains(&cause.zh), "{ledger}");
}

/// Decisions D32: a sheet that the family signs has another face than the school's record.
#[test]
fn a_sheet_for_the_family_says_nothing_that_brands_the_child() {
    let school = school_at_work();
    let families: Vec<_> = Catalogue::built_in().forms().filter(|form| form.reader == Reader::Family).collect();
    assert!(families.iter().any(|form| form.form == "home_visit"));
    for found in Catalogue::built_in().forms().filter(|form| form.sign.iter().any(|who| who.contains("家长"))) {
        assert_eq!(found.reader, Reader::Family, "{}: the family signs it", found.form);
    }
    for family in families {
        let pages =
            [school.print(form(&family.form)), school.print(PagesRequest { blank: true, ..form(&family.form) })];
        for text in pages.map(|pages| pages.run()) {
            for word in ["辍学倾向", "不良行为", "疑似", "销号", "不再上学"] {
                assert!(!text.contains(word), "{}: {word} stands in {text}", family.form);
            }
        }
    }
}

#[test]
fn characters_no_font_has_are_named_before_printing() {
    let school = School::new();
    school.child("张\u{2EBF0}\u{E000}");
    school.child("𠮷𰻝\u{2CE93}㝈");
    assert_eq!(make_pages(&school.desk, form("roster")).unwrap().missing, ["\u{E000}", "\u{2EBF0}"]);
}

#[test]
fn the_preview_is_the_page_itself() {
    let school = school_at_work();
    let preview = make_pages(&school.desk, form("dropout_ledger")).unwrap();
    assert_eq!((preview.pages, preview.width_mm, preview.height_mm), (1, 420, 297));
    assert_eq!(preview.file_name, "瓦屋镇长坪小学义务教育阶段辍学学生台账-2026-09-01.pdf");
    let visit = make_pages(&school.desk, form("home_visit")).unwrap();
    assert_eq!(visit.file_name, "瓦屋镇长坪小学家访记录表-张小明-2026-09-01.pdf");
    let png = page(&school.desk, &preview.preview, 1).unwrap();
    let dots = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().unwrap());
    assert_eq!((&png[1..4], dots(16), dots(20)), (b"PNG".as_slice(), 2381, 1684));
    assert_eq!(
        make_pages(&school.desk, form("dropout_ledger")).unwrap().preview,
        preview.preview,
        "set once, not twice"
    );
    assert_eq!(page(&school.desk, &preview.preview, 2).unwrap_err().code, "no_such_page");
}

#[test]
fn a_ledger_that_is_closed_leaves_no_page_behind() {
    let school = school_at_work();
    let preview = make_pages(&school.desk, form("roster")).unwrap().preview;
    actions::close_ledger(&school.desk, ()).unwrap();
    assert_eq!(page(&school.desk, &preview, 1).unwrap_err().code, "no_such_preview");
}

#[test]
fn paper_that_nobody_makes_is_refused_in_words() {
    let school = School::new();
    let failure =
        make_pages(&school.desk, PagesRequest { paper: Some("b5".to_owned()), ..form("roster") }).unwrap_err();
    assert_eq!(failure.sentence(domain::words::Language::Zh).what, "没有“b5”这种纸。");
}

#[test]
fn rows_can_be_chosen_by_id_or_along_a_path() {
    let school = school_at_work();
    let other = json!({ "grade": "14", "class": "2", "name": "赵六" });
    let other = school.save("student", other);
    school.save("dropout_case", json!({ "student": other, "left_on": "2026-05-01", "status": "suspected" }));
    let one = school.print(PagesRequest { ids: vec![other], ..form("roster") }).run();
    assert!(one.contains("赵六") && !one.contains("张小明"), "{one}");
    let filters = BTreeMap::from([("student.grade".to_owned(), Some("14".to_owned()))]);
    let class = school.print(PagesRequest { filters, ..form("dropout_ledger") }).run();
    assert!(class.contains("班级：四年级") && class.contains("赵六") && !class.contains("王㝈"), "{class}");
}

#[test]
fn each_form_prints_with_rows_without_and_blank() {
    let (busy, idle) = (school_at_work(), School::new());
    for found in Catalogue::built_in().forms() {
        assert!(busy.print(form(&found.form)).pages > 0, "{}", found.form);
        let blank = idle.print(PagesRequest { blank: true, ..form(&found.form) });
        if found.layout == Layout::Table {
            assert_eq!(blank.pages, 1, "{} does not fit its own paper", found.form);
            assert!(idle.print(form(&found.form)).run().contains("无（零记录）"), "{}", found.form);
        }
    }
}

#[test]
fn the_same_ledger_gives_the_same_file() {
    let school = school_at_work();
    let bytes = || std::fs::read(school.print(form("roster")).file).unwrap();
    let first = bytes();
    for other in ["home_visit", "dropout_ledger", "roster"] {
        school.print(PagesRequest { blank: true, ..form(other) });
    }
    assert_eq!(bytes(), first);
}

#[test]
fn bx_prints_a_class_by_its_name_or_its_number() {
    let place = Place::new();
    place.init("school", "school", "长坪小学", "--code 2141000123");
    for (name, grade) in [("张小明", "13"), ("赵六", "14")] {
        place.put("school", "student", &json!({ "name": name, "grade": grade, "class": "1" }));
    }
    let printed = |class: &str| {
        let words = format!("--ledger school --json print roster --out {class}.pdf --class {class}");
        let reply = place.bx(&words).json();
        let file = place.path(&format!("{class}.pdf"));
        Printed { file, pages: reply["pages"].as_u64().unwrap() as u32, missing: vec![] }.run()
    };
    let third = printed("三年级(1)班");
    assert!(third.contains("班级：三年级(1)班") && third.contains("张小明") && !third.contains("赵六"), "{third}");
    let both = printed("1");
    assert!(both.contains("张小明") && both.contains("赵六"), "{both}");
    let told = place.bx("--ledger school print roster --out no.pdf --class 五年级(2)班").refused(1);
    assert!(told.contains("五年级(2)班") && told.contains("三年级(1)班") && !place.path("no.pdf").exists(), "{told}");
    place.put("school", "student", &json!({ "name": "王\u{2EBF0}", "grade": "13", "class": "1" }));
    let ran = place.bx("--ledger school print roster --out all.pdf");
    assert!(ran.err.contains('\u{2EBF0}'), "{}", ran.err);
    assert!(ran.ok().contains("all.pdf"));
}

#[test]
fn a_report_is_printed_in_words() {
    let school = school_at_work();
    for report in ["month", "return_check", "term_changes", "term_dropouts", "term_whereabouts", "school_year"] {
        let printed = school.print(PagesRequest { on: Some("2026-06".to_owned()), ..form(report) }).text();
        assert!(bare(&printed).contains("学段、年级"), "{report}: {printed}");
        assert!(!printed.contains("report."), "{report}: {printed}");
    }
    let quiet = School::new();
    quiet.child("张小明");
    let printed = quiet.print(PagesRequest { on: Some("2026-06".to_owned()), ..form("month") }).text();
    assert!(bare(&printed).contains("零报告"), "{printed}");
}
