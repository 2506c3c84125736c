//! 附件 on their way: they go with their rows, once, in package and backup; a lost file keeps nothing else back.

use std::path::{Path, PathBuf};

use actions::{AttachRequest, BackupRequest, ExportRequest, LookRequest, RestoreRequest, VerifyRequest, WriteReceipt};
use domain::Id;
use serde_json::json;
use store::Definitions;
use support::desks::{Office, PASSWORD};

fn pair() -> (Office, Office) {
    let built_in = Definitions::built_in();
    let center = Office::new("center", "禾塘镇中心学校", 1, &built_in);
    let school = Office::new("school", "柳湾村小学", 2, &built_in);
    school.enrol_under(&center);
    (school, center)
}

/// A picture that differs from others by its width.
fn attach(office: &Office, about: Id, width: u32) -> Id {
    let picture = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../assets/picture/today.png")).unwrap();
    let file = office.beside("photo.jpg");
    std::fs::write(&file, press::picture::jpeg(&picture, width).unwrap()).unwrap();
    let request = AttachRequest { file, about, kind: Some("visit".to_owned()), name: Some("签字页".to_owned()) };
    actions::attach(&office.desk, request).unwrap().id
}

fn seal(office: &Office, to: Option<&str>) -> actions::ExportReply {
    let request =
        ExportRequest { to: to.map(str::to_owned), folder: office.beside("stick"), ..ExportRequest::default() };
    actions::export(&office.desk, request).unwrap()
}

fn merge(office: &Office, file: &str) -> actions::MergeReport {
    actions::merge(&office.desk, file.to_owned()).unwrap()
}

/// The receiver's word reaches the sender.
fn answer(center: &Office, school: &Office) {
    let request = WriteReceipt { to: Some("柳湾村小学".to_owned()), folder: center.beside("stick") };
    let file = actions::write_receipt(&center.desk, request).unwrap();
    actions::take_receipt(&school.desk, file).unwrap();
}

fn folder(office: &Office) -> PathBuf {
    office.desk.session().unwrap().store.folder().join("attachments")
}

fn lie_in(folder: &Path) -> usize {
    std::fs::read_dir(folder).map(Iterator::count).unwrap_or_default()
}

fn looks(office: &Office, id: Id) -> bool {
    actions::look_attachment(&office.desk, LookRequest { id, page: 0, small: true }).is_ok()
}

/// Meant against this mistake: `carried` takes every row's file, not those of the rows inside: the second package weighs as much as the first.
#[test]
fn a_file_travels_once_and_is_asked_for_when_it_did_not_arrive() {
    let (school, center) = pair();
    let child = school.put("student", &json!({ "name": "王小明" }));
    let first = attach(&school, child, 900);
    let sealed = seal(&school, None);
    assert_eq!((sealed.attachments, sealed.attachments_missing, sealed.attachments_left), (1, 0, 0));
    assert_eq!(actions::rehearse_merge(&center.desk, sealed.file.clone()).unwrap().attachments, 1);
    assert_eq!(lie_in(&folder(&center)), 0, "a rehearsal keeps nothing");
    let report = merge(&center, &sealed.file);
    assert_eq!((report.attachments, report.attachments_missing), (1, 0));
    assert!(looks(&center, first) && lie_in(&folder(&center)) == 1);
    let names = |office: &Office| {
        let name = |entry: std::io::Result<std::fs::DirEntry>| entry.unwrap().file_name();
        std::fs::read_dir(folder(office)).unwrap().map(name).collect::<Vec<_>>()
    };
    assert_ne!(names(&school), names(&center), "the same file has another name beside every ledger");

    answer(&center, &school);
    attach(&school, child, 600);
    let second = seal(&school, None);
    assert_eq!(second.attachments, 1, "only what was not acknowledged");
    assert_eq!(merge(&center, &second.file).attachments, 1);

    // The center's disk loses a file; its next receipt asks for it, and the next package brings it.
    answer(&center, &school);
    std::fs::remove_dir_all(folder(&center)).unwrap();
    assert!(!looks(&center, first));
    assert_eq!(seal(&school, None).attachments, 0);
    answer(&center, &school);
    let third = seal(&school, None);
    assert_eq!((third.segments, third.attachments), (0, 2));
    assert_eq!(merge(&center, &third.file).attachments, 2);
    assert!(looks(&center, first));
}

/// Meant against this mistake: `carried` passes the failure of a missing file on: the school could send nothing any more.
#[test]
fn a_package_is_whole_without_a_file_that_is_lost_and_both_sides_say_so() {
    let (school, center) = pair();
    let child = school.put("student", &json!({ "name": "王小明" }));
    let photo = attach(&school, child, 900);
    std::fs::remove_dir_all(folder(&school)).unwrap();
    let sealed = seal(&school, None);
    assert_eq!((sealed.attachments, sealed.attachments_missing), (0, 1));
    let report = merge(&center, &sealed.file);
    assert_eq!((report.added["student"], report.attachments, report.attachments_missing), (1, 0, 1));
    assert!(!looks(&center, photo));
    assert!(!actions::attachments(&center.desk, child).unwrap()[0].here);
}

/// What the center holds comes back down to a school whose disk lost it.
#[test]
fn a_school_that_lost_its_files_gets_them_back_from_the_center() {
    let (school, center) = pair();
    let child = school.put("student", &json!({ "name": "王小明" }));
    let photo = attach(&school, child, 900);
    merge(&center, &seal(&school, None).file);
    std::fs::remove_dir_all(folder(&school)).unwrap();
    merge(&center, &seal(&school, None).file);
    let down = seal(&center, Some("柳湾村小学"));
    assert_eq!(down.attachments, 1);
    assert_eq!(merge(&school, &down.file).attachments, 1);
    assert!(looks(&school, photo));
}

/// Meant against this mistake: `backup` leaves the folder out: the restored ledger knows the row and has no picture.
#[test]
fn a_backup_carries_the_files_and_its_check_names_one_that_is_altered() {
    let school = Office::new("school", "柳湾村小学", 2, &Definitions::built_in());
    let child = school.put("student", &json!({ "name": "王小明" }));
    let photo = attach(&school, child, 900);
    let made = actions::backup(&school.desk, BackupRequest { folder: school.beside("disk") }).unwrap();
    assert_eq!(made.attachments, 1);
    let verify = || {
        let request = VerifyRequest { backup: made.folder.clone(), password: PASSWORD.to_owned() };
        actions::verify_backup(&school.desk, request).unwrap()
    };
    assert!(verify().sound);

    let again = Office::new("school", "别的学校", 3, &Definitions::built_in());
    let restore = |to: &str| {
        let (backup, password) = (made.folder.clone(), PASSWORD.to_owned());
        actions::restore(&again.desk, RestoreRequest { backup, folder: again.beside(to), password }).unwrap()
    };
    restore("restored");
    assert!(looks(&again, photo));
    assert!(actions::check(&again.desk, ()).unwrap().sound);

    let file = std::fs::read_dir(Path::new(&made.folder).join("attachments")).unwrap().next().unwrap().unwrap().path();
    let mut bytes = std::fs::read(&file).unwrap();
    bytes.truncate(bytes.len() - 1);
    std::fs::write(&file, bytes).unwrap();
    let report = verify();
    assert!(!report.sound && report.damages.iter().all(|damage| damage.kind == "attachment"));
    restore("rescued");
    assert_eq!(again.get("student", None).len(), 1, "one lost photo keeps nobody from the rest");
}

/// No file beside the ledger shows a byte of what was attached, or the child's name; names and sizes tell nothing of it.
#[test]
fn nothing_that_lies_on_the_disk_can_be_read_without_the_ledger() {
    let school = Office::new("school", "柳湾村小学", 2, &Definitions::built_in());
    let child = school.put("student", &json!({ "name": "王小明" }));
    let photo = attach(&school, child, 900);
    actions::look_attachment(&school.desk, LookRequest { id: photo, page: 0, small: false }).unwrap();
    let mut folders = vec![school.desk.session().unwrap().store.folder().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let bytes = std::fs::read(&path).unwrap();
            let jpeg = bytes.windows(3).any(|window| window == [0xff, 0xd8, 0xff]);
            let name = bytes.windows(9).any(|window| window == "王小明".as_bytes());
            // Three bytes may meet by chance in what is encrypted; a picture begins with them.
            assert!(!bytes.starts_with(&[0xff, 0xd8, 0xff]) && !name, "{}", path.display());
            assert!(!jpeg || bytes.len() > 10_000, "{}", path.display());
        }
    }
}
