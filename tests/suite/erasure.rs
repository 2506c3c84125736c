//! Erasure by law: the value leaves the file, cannot be guessed from what is left, and every chain still verifies.

use std::path::Path;

use actions::{EraseRequest, ExportRequest};
use aes::Aes256;
use aes::cipher::generic_array::GenericArray;
use aes::cipher::{BlockDecrypt, KeyInit};
use domain::{Id, Value};
use oplog::change::{Sealed, seed};
use oplog::{Change, Hash, Payload, Secret, wire};
use package::keyslots::KeySlots;
use serde_json::json;
use store::{Definitions, Incoming, StoreError};
use support::desks::{Office, PASSWORD};

mod told;

const PAGE: usize = 4096;
/// SQLCipher keeps an IV and an HMAC at the end of each page.
const RESERVED: usize = 80;

/// Every page of a ledger's file, free ones too, deciphered (AES-256-CBC, as SQLCipher 4 documents it).
fn pages(file: &Path) -> Vec<u8> {
    let (key, _) = KeySlots::load(file.parent().unwrap()).unwrap().unlock(PASSWORD).unwrap();
    let cipher = Aes256::new(GenericArray::from_slice(key.as_slice()));
    let mut plain = Vec::new();
    for (number, page) in std::fs::read(file).unwrap().chunks(PAGE).enumerate() {
        let (body, reserved) = page.split_at(PAGE - RESERVED);
        let mut before: [u8; 16] = reserved[..16].try_into().unwrap();
        // The first page begins with the file's salt.
        for block in body[if number == 0 { 16 } else { 0 }..].chunks(16) {
            let mut one = *GenericArray::from_slice(block);
            cipher.decrypt_block(&mut one);
            plain.extend(one.iter().zip(before).map(|(byte, mask)| byte ^ mask));
            before = block.try_into().unwrap();
        }
    }
    plain
}

fn holds(file: &Path, bytes: &[u8]) -> bool {
    pages(file).windows(bytes.len()).any(|window| window == bytes)
}

/// The salt of an operation, from the seed of its change.
fn salt(seed: &[u8; 16], at: usize) -> [u8; 16] {
    let pair = Hash::of(&[b"baoxue-salt-1", seed, &(at as u64 / 2).to_be_bytes()]);
    if at.is_multiple_of(2) { pair.half() } else { pair.other_half() }
}

fn changes(office: &Office) -> Vec<Change> {
    let session = office.desk.session().unwrap();
    let out = session.store.read(|view| view.segments(session.organisation.id));
    out.unwrap().into_iter().flat_map(|one| one.segment.changes).collect()
}

/// Whether somebody who holds these secrets and guesses the value rightly can tell that it was right.
fn guessed(erased: &Change, secrets: &[[u8; 16]], guess: &str) -> bool {
    let bytes = wire::payload_bytes(&Payload::Set(Some(Value::from(guess))));
    let gone = erased.ops.iter().zip(1..).filter_map(|(op, at)| match &op.payload {
        Sealed::Erased(commitment) => Some((at, *commitment)),
        Sealed::Open(_) => None,
    });
    let salts: Vec<[u8; 16]> = match &erased.secret {
        Secret::Salts(_, salts) => salts.iter().flatten().copied().collect(),
        Secret::Epoch(_) | Secret::Seed(_) => vec![],
    };
    let tells = |salt: &[u8; 16], commitment: &Hash| Hash::of(&[salt, &bytes]) == *commitment;
    gone.into_iter().any(|(at, commitment)| {
        secrets.iter().any(|seed| tells(&salt(seed, at), &commitment))
            || salts.iter().any(|salt| tells(salt, &commitment))
    })
}

/// Every seed that follows from what a ledger still holds, for the place of one change.
fn seeds(all: &[Change], of: &Change) -> Vec<[u8; 16]> {
    let told = |change: &Change| match &change.secret {
        Secret::Epoch(epoch) => Some(seed(epoch, of.parent)),
        Secret::Seed(seed) => Some(*seed),
        Secret::Salts(..) => None,
    };
    all.iter().filter_map(told).chain([seed(&[0; 32], of.parent)]).collect()
}

/// Invariant 17. Mutants caught: `drop_epoch` that leaves the random bytes in the segment's row; `drop_epoch` that leaves the
/// open run open, so that what is written next is salted from nothing.
#[test]
fn an_erased_value_is_gone_from_every_page_and_cannot_be_guessed() {
    let built_in = Definitions::built_in();
    let (school, center) =
        (Office::new("school", "柳湾村小学", 2, &built_in), Office::new("center", "禾塘镇中心学校", 1, &built_in));
    school.enrol_under(&center);
    let values = ["柳湾村老井巷乙字九号", "柳湾村新桥头丙字三号"];
    let ming = school
        .put("student", &json!({ "name": "王小明", "sex": "1", "birth_date": "2015-03-04", "address": values[0] }));
    school.put("student", &json!({ "id": ming.to_string(), "address": values[1], "phone": "16400000001" }));
    school.report_to(&center);
    for office in [&school, &center] {
        assert!(
            values.iter().all(|value| holds(&office.ledger_file(), value.as_bytes())),
            "the look finds what is there"
        );
    }
    // One more, not sealed yet: the run it stands in is still open.
    let open = "柳湾村西坡丁字五号";
    school.put("student", &json!({ "id": ming.to_string(), "address": open }));
    assert!(holds(&school.ledger_file(), open.as_bytes()));
    let before = changes(&school);
    let epochs: Vec<[u8; 32]> = before
        .iter()
        .filter_map(|change| match change.secret {
            Secret::Epoch(epoch) => Some(epoch),
            Secret::Seed(_) | Secret::Salts(..) => None,
        })
        .collect();

    let request = EraseRequest {
        id: ming,
        fields: vec!["address".to_owned()],
        why: "监护人依法请求".to_owned(),
        attachments: false,
    };
    actions::erase(&school.desk, request.clone()).unwrap();
    // What is written next does not stand in the run whose random bytes are gone: it can be erased as well.
    let later = "柳湾村南山戊字八号";
    school.put("student", &json!({ "id": ming.to_string(), "phone": "16400000002", "address": later }));
    actions::erase(&school.desk, request).unwrap();
    let stick = school.beside("stick");
    let sealed = actions::export(&school.desk, ExportRequest { folder: stick, ..Default::default() }).unwrap();
    let after = changes(&school);
    let gone: Vec<&Change> =
        after.iter().filter(|change| change.ops.iter().any(|op| matches!(op.payload, Sealed::Erased(_)))).collect();
    assert_eq!(gone.len(), 4);
    for change in gone.iter().filter(|change| before.iter().any(|one| one.hash() == change.hash())) {
        let known: Vec<[u8; 16]> = epochs.iter().map(|epoch| seed(epoch, change.parent)).collect();
        assert!(values.iter().any(|value| guessed(change, &known, value)), "the guess is tried the right way");
    }
    for change in gone {
        let all = values.into_iter().chain([open, later]);
        assert!(
            !all.into_iter().any(|value| guessed(change, &seeds(&after, change), value)),
            "from what is left it fails"
        );
    }
    let row = &school.get("student", Some(ming))[0];
    assert!(row["address"].is_null() || row["address"] == "", "{row:?}");
    assert_eq!(row["phone"], "16400000002");

    let report = actions::merge(&center.desk, sealed.file).unwrap();
    assert_eq!(report.erased, 1, "one child's row");
    for office in [&school, &center] {
        for value in values.into_iter().chain([open]) {
            assert!(!holds(&office.ledger_file(), value.as_bytes()), "{value}");
        }
        for epoch in &epochs {
            let still = gone_epoch(&after, epoch);
            assert_eq!(holds(&office.ledger_file(), epoch), still, "the random bytes are gone where they told a salt");
        }
        assert!(actions::check(&office.desk, ()).unwrap().sound);
    }
    let told = actions::history(&school.desk, ming).unwrap();
    assert!(told.iter().filter(|line| line.field == "address").all(|line| line.values.is_empty()));
    let again =
        EraseRequest { id: ming, fields: vec!["email".to_owned()], why: "同上".to_owned(), attachments: false };
    assert_eq!(actions::erase(&school.desk, again).unwrap_err().code, "nothing_to_erase");
}

/// Whether random bytes may still be there: no erased value was salted from them.
fn gone_epoch(after: &[Change], epoch: &[u8; 32]) -> bool {
    after.iter().any(|change| change.secret == Secret::Epoch(*epoch))
}

/// What repeats an erased value goes with it, here and above: the reason given with it, what a workbook said beside the
/// fields, what was being typed, and, when asked for, the child's photos. Backups that still hold it are named.
///
/// Mutants caught: `forget` that keeps its reason; `scrub` without its look at drafts; `sweep` that keeps files no row speaks of.
#[test]
fn what_repeats_an_erased_value_goes_with_it() {
    let built_in = Definitions::built_in();
    let (school, center) =
        (Office::new("school", "柳湾村小学", 2, &built_in), Office::new("center", "禾塘镇中心学校", 1, &built_in));
    school.enrol_under(&center);
    let (home, why, raw) = ("柳湾村老井巷乙字九号", "原填老井巷九号有误", "住址又作老井巷九");
    let ming =
        school.put("student", &json!({ "name": "王小明", "sex": "1", "birth_date": "2015-03-04", "address": home }));
    let save = actions::SaveRequest {
        record: "student".to_owned(),
        id: Some(ming),
        values: serde_json::Map::from_iter([("address".to_owned(), json!("柳湾村新桥头丙字三号"))]),
        seen: None,
        why: Some(why.to_owned()),
    };
    actions::save_row(&school.desk, save).unwrap();
    school.put("import_note", &json!({ "student": ming, "file": "花名册.xlsx", "place": "第3行", "kept": raw }));
    let draft = json!({ "address": home }).to_string();
    let form = format!("student/{ming}");
    actions::keep_draft(&school.desk, actions::DraftRequest { form: form.clone(), value: Some(draft) }).unwrap();
    let picture = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../assets/picture/today.png")).unwrap();
    let photo = school.beside("photo.jpg");
    std::fs::write(&photo, press::picture::jpeg(&picture, 300).unwrap()).unwrap();
    let attach =
        actions::AttachRequest { file: photo, about: ming, kind: None, name: Some("老井巷照片".to_owned()) };
    actions::attach(&school.desk, attach).unwrap();
    let backup = school.beside("backups");
    let backup = actions::backup(&school.desk, actions::BackupRequest { folder: backup }).unwrap();
    school.report_to(&center);
    let files = |office: &Office| {
        let folder = office.ledger_file().with_file_name("attachments");
        std::fs::read_dir(folder).map(Iterator::count).unwrap_or_default()
    };
    assert_eq!((files(&school), files(&center)), (1, 1));
    let texts = [home, why, raw, "老井巷照片"];
    for office in [&school, &center] {
        assert!(texts.iter().all(|text| holds(&office.ledger_file(), text.as_bytes())), "the look finds what is there");
    }

    let request = EraseRequest {
        id: ming,
        fields: vec!["address".to_owned()],
        why: "监护人依法请求".to_owned(),
        attachments: true,
    };
    let done = actions::erase(&school.desk, request).unwrap();
    assert_eq!((done.attachments, done.backups), (1, vec![backup.folder]));
    assert_eq!(actions::draft(&school.desk, form).unwrap(), None);
    school.report_to(&center);
    for office in [&school, &center] {
        for text in texts {
            assert!(!holds(&office.ledger_file(), text.as_bytes()), "{text}");
        }
        assert_eq!(files(office), 0);
        assert!(actions::check(&office.desk, ()).unwrap().sound);
    }
    assert_eq!(school.get("student", Some(ming))[0]["name"], "王小明");
    let told = actions::history(&school.desk, ming).unwrap();
    assert!(told.iter().any(|line| line.why.as_deref() == Some("监护人依法请求")), "why it was erased is told");
}

/// What repeats an erased value in the papers of a child goes with it, at the old school, at the center and in the rows of
/// the new school that the center carried it into: what was handed over, a note on a finding, an objection. What says
/// nothing of it stays.
///
/// Mutants caught: texts that speak of the field kept because they do not repeat the value; a copy in another ledger
/// that is not followed.
#[test]
fn what_papers_repeat_of_an_erased_value_goes_with_it() {
    let built_in = Definitions::built_in();
    let center = Office::new("center", "禾塘镇中心学校", 1, &built_in);
    let old = Office::new("school", "柳湾村小学", 2, &built_in);
    let new = Office::new("school", "河口村小学", 3, &built_in);
    old.enrol_under(&center);
    new.enrol_under(&center);
    let (home, wrong) = ("柳湾村老井巷乙字九号", "柳湾村新桥头丙字三号");
    let ming = old.put(
        "student",
        &json!({ "name": "王小明", "sex": "1", "birth_date": "2015-03-04", "grade": "14", "address": home }),
    );
    let note = |field: &str, reason: &str| {
        let values = json!({ "student": ming, "about": ming.to_string(), "rule": "odd", "field": field, "facts": "甲", "finding": "请核对", "reason": reason });
        old.put("finding_note", &values)
    };
    let (speaks, repeats, other) = (
        note("address", "门牌是去年换的"),
        note("phone", "已到老井巷乙字九号看过，在柳湾村老井巷乙字九号"),
        note("phone", "号码已核对"),
    );
    let request =
        actions::OfferTransfer { student: ming, to_school: "河口村小学".to_owned(), to_code: None, reason: None };
    actions::offer_transfer(&old.desk, request).unwrap();
    old.report_to(&center);
    let down = |to: &Office| {
        let code = actions::session_info(&to.desk, ()).unwrap().code;
        let request = ExportRequest { to: Some(code), folder: center.beside("down"), extent: None };
        actions::merge(&to.desk, actions::export(&center.desk, request).unwrap().file).unwrap();
    };
    down(&new);
    center.put("student", &json!({ "id": ming.to_string(), "address": wrong }));
    down(&old);
    let objects =
        actions::ObjectRequest {
            id: ming, field: "address".to_owned(), change: None, reason: "住址没有变".to_owned()
        };
    let objection = actions::object(&old.desk, objects).unwrap().id;
    old.report_to(&center);
    for office in [&old, &center, &new] {
        assert!(holds(&office.ledger_file(), home.as_bytes()), "the look finds what is there");
    }
    let request = EraseRequest {
        id: ming,
        fields: vec!["address".to_owned()],
        why: "监护人依法请求".to_owned(),
        attachments: false,
    };
    actions::erase(&old.desk, request).unwrap();
    old.report_to(&center);
    down(&new);
    for office in [&old, &center, &new] {
        for text in [home, wrong] {
            assert!(!holds(&office.ledger_file(), text.as_bytes()), "{text}");
        }
        assert!(actions::check(&office.desk, ()).unwrap().sound);
    }
    let reason = |record: &str, id: Id| center.get(record, Some(id))[0]["reason"].clone();
    assert!(reason("finding_note", speaks).is_null() && reason("finding_note", repeats).is_null());
    assert_eq!(reason("finding_note", other), "号码已核对");
    assert!(reason("objection", objection).is_null());
    let line = actions::transfers(&new.desk, ()).unwrap().into_iter().find(|line| line.way == "in").unwrap();
    let accept = actions::AcceptTransfer { id: line.id, grade: None, class: None, begins_on: None, note: None };
    assert_eq!(actions::accept_transfer(&new.desk, accept).unwrap_err().code, "transfer_erased");
}

/// Fields and records of a newer program are kept, passed on, and shown once the program is upgraded.
/// Mutant caught: `catch_up` that makes the columns and does not settle the rows anew.
#[test]
fn what_a_newer_program_wrote_is_shown_after_the_upgrade() {
    let (old, new) = (Definitions::built_in(), support::registers::with_kites());
    let newer = Office::new("school", "柳湾村小学", 2, &new);
    let child = newer.put("student", &json!({ "name": "王小明", "sex": "1", "birth_date": "2015-03-04" }));
    let record = new.catalogue.record("kite").unwrap().clone();
    let typed = support::samples::Filler::new(&newer).form(&record, 0);
    let kite: Id = newer.put("kite", &serde_json::Value::Object(typed));
    let shown = newer.get("kite", Some(kite)).remove(0);
    let older = newer.cloned_closed(3, &old);
    let row = older.get("student", Some(child)).remove(0);
    assert_eq!(row["name"], "王小明");
    assert!(older.save("kite", &json!({})).is_err(), "the older program knows no kites");
    older.put("student", &json!({ "id": child.to_string(), "phone": "16400000001" }));
    // Passed on to a ledger that has no table for it, and then upgraded.
    let apart = Office::new("school", "柳湾村小学", 4, &old);
    older.carry_to(&apart);
    let session = apart.desk.session().unwrap();
    assert!(session.store.read(|view| Ok::<_, StoreError>(view.record_of(kite).is_err())).unwrap());
    drop(session);
    let upgraded = apart.cloned_closed(5, &new);
    let mut back = upgraded.get("kite", Some(kite)).remove(0);
    let mut was = shown;
    for row in [&mut back, &mut was] {
        row.remove("_seen");
    }
    assert_eq!(back, was);
    assert!(actions::check(&upgraded.desk, ()).unwrap().sound);
}
