//! Broken, hostile and unexpected files give a clear sentence, and nothing more.

use std::io::{Cursor, Write};

use sheets::SheetError;
use support::imports::{Office, numbers};
use zip::write::SimpleFileOptions;

const ROOT: &str = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;

/// A workbook with one sheet, built by hand.
fn by_hand(sheet: &str) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let workbook = r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="名 &amp; 单" sheetId="1" r:id="rId1"/></sheets></workbook>"#;
    let relations = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#;
    for (name, text) in [
        ("[Content_Types].xml", r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>"#),
        ("_rels/.rels", ROOT),
        ("xl/workbook.xml", workbook),
        ("xl/_rels/workbook.xml.rels", relations),
        ("xl/worksheets/sheet1.xml", sheet),
    ] {
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn sheet_of(rows: &str) -> String {
    format!(
        r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><cols><col min="3" max="3" hidden="1"/></cols><sheetData>{rows}</sheetData></worksheet>"#
    )
}

fn cell(at: &str, text: &str) -> String {
    format!(r#"<c r="{at}" t="inlineStr"><is><t>{text}</t></is></c>"#)
}

/// XML as no program writes it, rows out of order and a stray space in the last corner, is read for what it says.
#[test]
fn a_workbook_built_by_hand_is_read() {
    let office = Office::new();
    let rows = [
        format!(
            r#"<row r="3" hidden="1">{}{}{}</row>"#,
            cell("A3", "马小虎"),
            cell("B3", "男"),
            cell("C3", "2016.5.6")
        ),
        format!(r#"<row r="1">{}{}{}</row>"#, cell("A1", "姓名"), cell("B1", "性别"), cell("C1", "出生日期")),
        format!(r#"<row r="1048576">{}</row>"#, cell("XFD1048576", " ")),
    ];
    let file = office.write("hand.xlsx", &by_hand(&sheet_of(&rows.concat())));
    let view = actions::import::read_workbook(&office.desk, file.clone()).unwrap();
    assert_eq!((view.sheets[0].name.as_str(), view.sheets[0].hidden_rows), ("名 & 单", 1));
    assert!(view.sheets[0].columns[2].hidden);
    assert_eq!(numbers(&office.import(&file)), (1, 1, 0, 0, 0));
    assert_eq!(office.child("马小虎")["birth_date"], "2016-05-06");
}

/// What unpacks to more than any roster, or has a cell in the last corner, is refused in a sentence.
#[test]
fn a_bomb_is_refused_in_plain_words() {
    let office = Office::new();
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("xl/worksheets/sheet1.xml", SimpleFileOptions::default().compression_level(Some(1))).unwrap();
    let nothing = vec![b' '; 1 << 20];
    (0..310).for_each(|_| zip.write_all(&nothing).unwrap());
    let file = office.write("bomb.xlsx", &zip.finish().unwrap().into_inner());
    insta::assert_snapshot!(office.refusal(&file), @"文件“bomb.xlsx”展开后有 310 MB，不像是花名册，没有打开。 请确认选对了文件；里面有图片时请删去图片另存一份。");
    let far = by_hand(&sheet_of(&format!("<row r=\"1\">{}</row>", cell("XFD1", "x"))));
    let file = office.write("far.xlsx", &far);
    insta::assert_snapshot!(office.refusal(&file), @"文件“far.xlsx”里的单元格太多，超出了花名册可能的大小，没有打开。 请把需要的表复制到一个新工作簿，另存后再导入。");
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for number in 0..5_001 {
        zip.start_file(format!("{number}"), SimpleFileOptions::default()).unwrap();
    }
    assert_eq!(
        sheets::read(office.write("many.xlsx", &zip.finish().unwrap().into_inner()).as_ref()),
        Err(SheetError::TooManyCells)
    );
}

/// What is no workbook, or only named like one, says what to do.
#[test]
fn what_is_no_workbook_says_what_to_do() {
    let office = Office::new();
    let text = |bytes: &[u8], name: &str| office.refusal(&office.write(name, bytes));
    let told = [
        office.refusal(&office.file("page.xls")),
        office.refusal(&office.file("no_header.xlsx")),
        text(b"\x89PNG\r\n\x1a\n\0\0", "photo.xlsx"),
        text(b"PK\x03\x04 cut short", "cut.xlsx"),
        office.refusal("/nowhere/roster.xlsx").split('（').next().unwrap().to_owned(),
    ];
    insta::assert_snapshot!(told.join("\n"), @r"
    文件“page.xls”其实是网页或 XML，只是名字像表格。 请用 WPS 或 Excel 打开它，另存为 .xlsx 后再导入。
    在“no_header.xlsx”里没有找到表头。 请确认表里有一行写着“姓名”等栏目名称，或选定工作表并指定各栏的含义。
    文件“photo.xlsx”不是表格。 请选择 .xlsx、.xls、.et、.ods 或 .csv 文件。
    文件“cut.xlsx”已损坏，读不出来（invalid Zip archive: Could not find EOCD）。 请用 WPS 或 Excel 打开并另存一份；打不开就向原作者再要一份。
    读不了文件“roster.xlsx”
    ");
}

/// Three hundred damaged copies of real workbooks: an answer for each, no panic, and quickly.
#[test]
fn damaged_copies_never_end_the_program() {
    let office = Office::new();
    for name in ["village.xlsx", "village.xls", "village.ods", "gb18030.csv", "template_g2.xlsx"] {
        let whole = std::fs::read(office.file(name)).unwrap();
        for round in 0..60usize {
            let mut bytes = whole.clone();
            match round % 3 {
                0 => bytes.truncate(whole.len() * round / 60),
                1 => bytes.iter_mut().skip(round * 7).step_by(97).for_each(|byte| *byte ^= 0x5a),
                _ => bytes[whole.len() * round / 60] ^= 0xff,
            }
            let file = office.write("damaged", &bytes);
            let begun = std::time::Instant::now();
            let _answer = sheets::read(file.as_ref());
            assert!(begun.elapsed().as_secs() < 5, "{name} {round}");
        }
    }
}

/// A job that is cancelled leaves nothing behind.
#[test]
fn a_cancelled_import_leaves_nothing() {
    let office = Office::new();
    actions::call(&office.desk, "cancel", "job".into()).unwrap();
    let request = serde_json::to_value(office.request(&office.file("village.xlsx"))).unwrap();
    let failure = actions::follow(&office.desk, "import", request.clone(), "job".to_owned(), Box::new(|_, _| ()));
    assert_eq!(failure.unwrap_err().code, "cancelled");
    assert!(office.everything().is_empty());
    actions::follow(&office.desk, "import", request, "job".to_owned(), Box::new(|_, _| ())).unwrap();
    assert_eq!(office.get("student", &[]).len(), 4);
}
