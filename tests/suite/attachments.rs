//! 附件: kept once, small, turned upright, without the camera's data; encrypted under a name that tells nothing.

use std::path::Path;

use actions::{AttachReply, AttachRequest, LookRequest, OpenAttachment};
use domain::Id;
use domain::words::Language;
use serde_json::json;
use store::Definitions;
use support::desks::Office;

const SECRET: &[u8] = b"GPS 33.74N 112.89E owner 13800000000";

/// A photo as a telephone writes it: with a segment that says where it was taken.
fn photo() -> Vec<u8> {
    let picture = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../assets/picture/today.png")).unwrap();
    let mut plain = press::picture::jpeg(&picture, 1200).unwrap();
    let body = [b"Exif\0\0".as_slice(), SECRET].concat();
    let length = u16::try_from(body.len() + 2).unwrap().to_be_bytes();
    let segment = [&[0xff, 0xe1], length.as_slice(), &body].concat();
    plain.splice(2..2, segment);
    plain
}

fn holds(bytes: &[u8], what: &[u8]) -> bool {
    bytes.windows(what.len()).any(|window| window == what)
}

fn attach(office: &Office, name: &str, bytes: &[u8], about: Id) -> Result<AttachReply, actions::Failure> {
    let file = office.beside(name);
    std::fs::write(&file, bytes).unwrap();
    let request = AttachRequest { file, about, kind: Some("visit".to_owned()), name: Some("签字页".to_owned()) };
    actions::attach(&office.desk, request)
}

fn look(office: &Office, id: Id, small: bool) -> Result<actions::LookReply, actions::Failure> {
    actions::look_attachment(&office.desk, LookRequest { id, page: 0, small })
}

/// A PDF as a scanner's program writes it: with an author, a place, a script, a file inside, and a photo as the camera wrote it.
fn scan(trailer: &str) -> Vec<u8> {
    let photo = photo();
    let mut pdf = b"%PDF-1.7\n".to_vec();
    let stream = |dictionary: &str, bytes: &[u8]| {
        let head = format!("<< {dictionary} /Length {} >>\nstream\n", bytes.len());
        [head.as_bytes(), bytes, b"\nendstream"].concat()
    };
    let said = String::from_utf8(SECRET.to_vec()).unwrap();
    let image = "/Type /XObject /Subtype /Image /Width 1200 /Height 750 /ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /DCTDecode";
    let objects = [
        b"<< /Type /Catalog /Pages 2 0 R /Metadata 6 0 R /OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >> /Names << /EmbeddedFiles << /Names [(a) 8 0 R] >> >> >>".to_vec(),
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_vec(),
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /XObject << /P 5 0 R >> >> /PieceInfo << /X << /Private (SECRET) >> >> >>".to_vec(),
        stream("", b"q 500 0 0 300 40 400 cm /P Do Q"),
        stream(image, &photo),
        stream("/Type /Metadata /Subtype /XML", said.as_bytes()),
        format!("<< /Author ({said}) /Creator (Scanner of {said}) >>").into_bytes(),
        b"<< /Type /Filespec /F (a.txt) /EF << /F 9 0 R >> >>".to_vec(),
        stream("/Type /EmbeddedFile", said.as_bytes()),
    ];
    let mut at = Vec::new();
    for (number, object) in objects.iter().enumerate() {
        at.push(pdf.len());
        pdf.extend(format!("{} 0 obj\n", number + 1).into_bytes());
        pdf.extend(object);
        pdf.extend(b"\nendobj\n");
    }
    let table = pdf.len();
    pdf.extend(format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).into_bytes());
    at.iter().for_each(|at| pdf.extend(format!("{at:010} 00000 n \n").into_bytes()));
    let end = format!(
        "trailer << /Size {} /Root 1 0 R /Info 7 0 R {trailer} >>\nstartxref\n{table}\n%%EOF\n",
        objects.len() + 1
    );
    pdf.extend(end.into_bytes());
    pdf
}

/// The same with one part written otherwise.
fn scan_with(part: &str, otherwise: &str) -> Vec<u8> {
    let pdf = scan("");
    let at = pdf.windows(part.len()).position(|window| window == part.as_bytes()).unwrap();
    [&pdf[..at], otherwise.as_bytes(), &pdf[at + part.len()..]].concat()
}

fn files(office: &Office) -> Vec<std::path::PathBuf> {
    let folder = office.desk.session().unwrap().store.folder().join("attachments");
    std::fs::read_dir(folder).map(|all| all.map(|one| one.unwrap().path()).collect()).unwrap_or_default()
}

#[test]
fn a_photo_is_kept_once_without_the_place_it_was_taken_and_nobody_reads_it_beside_the_ledger() {
    let office = Office::new("school", "柳湾村小学", 1, &Definitions::built_in());
    let child = office.put("student", &json!({ "name": "王小明" }));
    let visit = office.put(
        "home_visit",
        &json!({ "student": child, "visited_on": "2026-09-01", "way": "入户", "visitors": "李老师" }),
    );
    let first = attach(&office, "照片.jpg", &photo(), visit).unwrap();
    assert!(!first.known);
    let again = attach(&office, "又一次.jpg", &photo(), child).unwrap();
    assert!(again.known, "the same file lies there once");
    let kept = files(&office);
    assert_eq!(kept.len(), 1);
    let sealed = std::fs::read(&kept[0]).unwrap();
    assert!(sealed.starts_with(b"age-encryption.org/v1") && !holds(&sealed, SECRET));
    let row = &office.get("attachment", Some(first.id))[0];
    assert!(!kept[0].display().to_string().contains(row["file"].as_str().unwrap()), "its name tells nothing");
    assert!(!serde_json::to_string(row).unwrap().contains("照片.jpg"), "the file's own name is not kept");

    let out = office.beside("again.jpg");
    actions::open_attachment(&office.desk, OpenAttachment { id: first.id, out: out.clone() }).unwrap();
    let opened = std::fs::read(out).unwrap();
    assert!(opened.starts_with(&[0xff, 0xd8]) && !holds(&opened, SECRET));
    let lines = actions::attachments(&office.desk, child).unwrap();
    assert_eq!(lines.len(), 2, "a child's page shows what hangs on its records as well");
    let small = |line: &actions::AttachmentLine| look(&office, line.id, true).unwrap().picture;
    assert!(lines.iter().all(|line| line.here && small(line).starts_with("data:image/jpeg;base64,")));
    assert_eq!(actions::attachments(&office.desk, visit).unwrap().len(), 1);
    let signed = actions::findings(&office.desk, actions::FindingsRequest { limit: 9, ..Default::default() }).unwrap();
    assert!(
        !signed.rules.iter().any(|rule| rule.rule == "visit_unsigned"),
        "a signed sheet that is attached is enough"
    );
}

/// Meant against this mistake: every refusal is `not_attachable` with the library's own English words in brackets.
#[test]
fn what_is_no_picture_and_what_is_too_large_is_refused_in_words() {
    let office = Office::new("school", "柳湾村小学", 1, &Definitions::built_in());
    let child = office.put("student", &json!({ "name": "王小明" }));
    let locked = "/ID [<00><00>] /Encrypt << /Filter /Standard /V 1 /R 2 /O (0123456789abcdef0123456789abcdef) /U (0123456789abcdef0123456789abcdef) /P -4 >>";
    let wide = [
        b"GIF89a".as_slice(),
        &[0x30, 0x75, 0x30, 0x75, 0x80, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff],
        b",\0\0\0\0\x30\x75\x30\x75\0",
    ]
    .concat();
    let refused: [(&str, Vec<u8>, &str); 8] = [
        ("x.jpg", b"MZ not a picture".to_vec(), "not_attachable"),
        ("half.jpg", photo()[..400].to_vec(), "attachment_damaged"),
        ("wide.gif", wide, "attachment_too_wide"),
        ("x.pdf", [b"%PDF-1.7\n".as_slice(), &vec![b' '; 11 << 20]].concat(), "attachment_too_large"),
        ("y.pdf", b"%PDF-1.7\n%%EOF".to_vec(), "attachment_damaged"),
        ("z.pdf", scan(locked), "attachment_locked"),
        ("none.pdf", scan_with("/Kids [3 0 R] /Count 1", "/Kids []      /Count 0"), "attachment_empty"),
        (
            "packed.pdf",
            scan_with("/BitsPerComponent 8 /Filter /DCTDecode", "/Filter [/DCTDecode/DCTDecode]        "),
            "attachment_packed",
        ),
    ];
    for (name, bytes, code) in refused {
        let failure = attach(&office, name, &bytes, child).unwrap_err();
        assert_eq!(failure.code, code, "{name}: {failure:?}");
        let told = failure.sentence(Language::Zh);
        let foreign = |text: &str| text.split(|c: char| !c.is_ascii_lowercase()).any(|word| word.len() > 2);
        assert!(!foreign(&told.what) && !foreign(&told.act), "{name}: {told:?}");
    }
    assert!(files(&office).is_empty(), "nothing is left of what was refused");
}

/// Meant against this mistake: `strip_picture` left out: the photo inside the PDF still says where it was taken.
#[test]
fn a_pdf_is_kept_without_its_author_its_place_its_scripts_and_what_a_camera_wrote_into_it() {
    let office = Office::new("school", "柳湾村小学", 1, &Definitions::built_in());
    let child = office.put("student", &json!({ "name": "王小明" }));
    assert!(holds(&scan(""), SECRET));
    let kept = attach(&office, "y.pdf", &scan(""), child).unwrap();
    let lines = actions::attachments(&office.desk, child).unwrap();
    assert_eq!((lines.len(), lines[0].format.as_str()), (1, "pdf"));
    let out = office.beside("out.pdf");
    actions::open_attachment(&office.desk, OpenAttachment { id: kept.id, out: out.clone() }).unwrap();
    let opened = std::fs::read(out).unwrap();
    assert!(opened.starts_with(b"%PDF-"));
    for told in [SECRET, b"13800000000", b"Author", b"Metadata", b"JavaScript", b"EmbeddedFile", b"PieceInfo", b"Exif"]
    {
        assert!(!holds(&opened, told), "{}", String::from_utf8_lossy(told));
    }
    let page = look(&office, kept.id, false).unwrap();
    assert_eq!(page.pages, 1);
    assert!(page.picture.len() > 20_000, "the picture is still on its page");
    assert_eq!(look(&office, kept.id, true).map(|small| small.picture.len() < page.picture.len()).ok(), Some(true));
    let again = attach(&office, "w.pdf", &scan(""), child).unwrap();
    assert!(again.known, "the same file is kept once");
}

#[test]
fn the_self_check_names_a_file_that_is_gone_or_altered() {
    let office = Office::new("school", "柳湾村小学", 1, &Definitions::built_in());
    let child = office.put("student", &json!({ "name": "王小明" }));
    attach(&office, "a.jpg", &photo(), child).unwrap();
    assert!(actions::check(&office.desk, ()).unwrap().sound);
    let file = &files(&office)[0];
    let mut bytes = std::fs::read(file).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    std::fs::write(file, bytes).unwrap();
    let report = actions::check(&office.desk, ()).unwrap();
    assert!(!report.sound && report.damages.iter().any(|damage| damage.kind == "attachment"));
    std::fs::remove_file(file).unwrap();
    assert!(!actions::check(&office.desk, ()).unwrap().sound);
    let lines = actions::attachments(&office.desk, child).unwrap();
    assert!(!lines[0].here, "the page says that it is not here, and opens all the same");
}
