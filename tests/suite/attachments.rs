//! 附件: kept once, small, turned upright, without the camera's data; encrypted under a name that tells nothing.

use std::path::Path;

use actions::{AttachReply, AttachRequest, OpenAttachment};
use domain::Id;
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
    actions::open_attachment(&office.desk, OpenAttachment { id: first.id, out: Some(out.clone()) }).unwrap();
    let opened = std::fs::read(out).unwrap();
    assert!(opened.starts_with(&[0xff, 0xd8]) && !holds(&opened, SECRET));
    let lines = actions::attachments(&office.desk, child).unwrap();
    assert_eq!(lines.len(), 2, "a child's page shows what hangs on its records as well");
    assert!(
        lines
            .iter()
            .all(|line| line.here
                && line.thumbnail.as_ref().is_some_and(|url| url.starts_with("data:image/jpeg;base64,")))
    );
    assert_eq!(actions::attachments(&office.desk, visit).unwrap().len(), 1);
    let signed = actions::findings(&office.desk, actions::FindingsRequest { limit: 9, ..Default::default() }).unwrap();
    assert!(
        !signed.rules.iter().any(|rule| rule.rule == "visit_unsigned"),
        "a signed sheet that is attached is enough"
    );
}

#[test]
fn what_is_no_picture_and_what_is_too_large_is_refused_in_words() {
    let office = Office::new("school", "柳湾村小学", 1, &Definitions::built_in());
    let child = office.put("student", &json!({ "name": "王小明" }));
    assert_eq!(attach(&office, "x.jpg", b"MZ not a picture", child).unwrap_err().code, "not_attachable");
    let big = [b"%PDF-1.7\n".as_slice(), &vec![b' '; 11 << 20]].concat();
    assert_eq!(attach(&office, "x.pdf", &big, child).unwrap_err().code, "attachment_too_large");
    let small = attach(&office, "y.pdf", b"%PDF-1.7\n%%EOF", child).unwrap();
    let lines = actions::attachments(&office.desk, child).unwrap();
    assert_eq!((lines.len(), lines[0].format.as_str(), lines[0].thumbnail.is_some()), (1, "pdf", false));
    let opened = actions::open_attachment(&office.desk, OpenAttachment { id: small.id, out: None }).unwrap();
    assert!(opened.data.unwrap().starts_with("data:application/pdf;base64,"));
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
