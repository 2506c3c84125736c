//! Format 1 is frozen: packages written today merge for ever. The files of `tests/fixtures/format1` say what it is.
//!
//! `BAOXUE_GOLDEN=write` writes files that are not there yet; one that is there is never written again.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use domain::{Id, Value};
use oplog::change::Sealed;
use oplog::{Change, Flags, Hash, Op, Payload, Secret, Segment, Time};
use package::enrol::{Card, Enrolment, Step};
use package::keys::{Certificate, PublicKey, ReceiveKey, SignKey};
use package::keyslots::{Cost, KeySlots, SlotDice};
use package::manifest::{FileEntry, Manifest, SUITE, Tip};
use package::open::{self, Directory, Standing};
use package::seal::{Draft, Notes, seal};
use package::segment_file::SegmentFile;
use package::{container, hex, sha256, signature};

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/format1").join(name)
}

/// The frozen bytes of a file; in writing mode `make` gives them when the file is new.
fn frozen(name: &str, make: impl FnOnce() -> Vec<u8>) -> Vec<u8> {
    let path = path(name);
    if !path.exists() && std::env::var("BAOXUE_GOLDEN").is_ok_and(|mode| mode == "write") {
        std::fs::write(&path, make()).unwrap();
    }
    std::fs::read(&path).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn id(number: u8) -> Id {
    Id::from_bytes([number; 16])
}

fn op(row: u8, field: &str, payload: Payload) -> Op {
    Op { row: id(row), field: field.into(), seen: vec![], payload: Sealed::Open(payload) }
}

fn set(value: impl Into<Option<Value>>) -> Payload {
    Payload::Set(value.into())
}

fn text(text: &str) -> Value {
    Value::Text(text.into())
}

/// A change at a depth, its parent filled in by [`chain`].
fn change(depth: u32, ops: Vec<Op>) -> Change {
    Change {
        parent: None,
        depth,
        replica: id(0x22),
        scope: id(0x11),
        who: id(0x33),
        time: Time(Time::at_ms(1_800_000_000_000 + u64::from(depth)).0 + 1),
        flags: Flags::default(),
        batch: None,
        undoes: None,
        ext: vec![],
        why: Sealed::Open(None),
        secret: Secret::Epoch([0x44; 32]),
        ops,
    }
}

fn chain(parent: Option<Hash>, mut changes: Vec<Change>) -> Segment {
    let first_depth = changes[0].depth;
    let mut before = parent;
    for change in &mut changes {
        change.parent = before;
        before = Some(change.hash());
    }
    Segment { replica: id(0x22), scope: id(0x11), parent, first_depth, epoch: [0x44; 32], changes }
}

/// Every kind of value and of operation, in a chain that begins.
fn kinds() -> Segment {
    let made = vec![
        op(0x50, "student._life", set(Value::Int(1))),
        op(0x50, "student.name", set(text("王𠮷"))),
        op(0x50, "student.birth_date", set(text("2015-03-04"))),
        op(0x50, "student.school", set(Value::Row(id(0x11)))),
        op(0x50, "dropout_case.causes", set(Value::Codes(vec!["03".to_owned(), "11".to_owned()]))),
        op(0x50, "home_visit.law_told", set(Value::Int(0))),
        op(0x50, "x/11/number", set(Value::Int(-9_007_199_254_740_993))),
        op(0x50, "student.empty", set(text(""))),
    ];
    let cleared = vec![op(0x50, "student.name", set(None)), op(0x50, "dropout_case.causes", set(Value::Codes(vec![])))];
    let reopened = vec![
        op(0x50, "student.phone", Payload::Reopen(vec![None, Some(text("13800000001")), Some(Value::Int(7))])),
        op(0x50, "student._life", set(Value::Int(0))),
        op(0x51, "student.village", Payload::Redact),
    ];
    chain(None, vec![change(0, made), change(1, cleared), change(2, reopened)])
}

/// Everything a header can say, on a branch of another chain.
fn headers() -> Segment {
    let (other, parent) = (Hash([0x61; 32]), Hash([0x60; 32]));
    let mut seen = op(0x50, "student.name", set(text("王小明")));
    seen.seen = vec![other, Hash([0x62; 32])];
    let mut first = change(40, vec![seen, op(0x52, "student.phone", set(text("13800000002")))]);
    first.why = Sealed::Open(Some("家长更正\n第二行".to_owned()));
    first.flags = Flags::RESOLVE.with(Flags::CLOCK_SUSPECT);
    let mut second = change(41, vec![op(0x52, "student.phone", set(None))]);
    second.undoes = Some(other);
    second.flags = Flags::UNDO;
    second.batch = Some(id(0x70));
    second.who = id(0x34);
    second.time = Time(Time::at_ms(1_700_000_000_000).0 + 0xffff);
    let mut third = change(42, vec![op(0x53, "student.name", set(text("李四")))]);
    third.flags = Flags::IMPORT;
    third.ext = vec![0xa1, 0x01, 0x02];
    third.batch = Some(id(0x70));
    chain(Some(parent), vec![first, second, third])
}

/// What an erasure by law leaves: commitments in place of values, a seed or salts in place of the epoch.
fn erasures() -> Segment {
    let whole = |secret: Secret| {
        let mut one =
            change(5, vec![op(0x50, "student.name", set(text("张三"))), op(0x50, "student.sex", set(text("1")))]);
        one.why = Sealed::Open(Some("误录".to_owned()));
        one.secret = secret;
        one
    };
    let mut seeded = whole(Secret::Seed([0x55; 16]));
    seeded.depth = 0;
    let mut salted = whole(Secret::Salts(Hash([0x66; 32]), vec![None, None, Some([0x77; 16])]));
    salted.depth = 1;
    salted.why = Sealed::Erased(Hash([0x67; 32]));
    salted.ops[0].payload = Sealed::Erased(Hash([0x68; 32]));
    let mut plain = whole(Secret::Epoch([0x44; 32]));
    plain.depth = 2;
    chain(None, vec![seeded, salted, plain])
}

const SEGMENTS: [(&str, fn() -> Segment); 3] =
    [("segment-kinds.cbor", kinds), ("segment-headers.cbor", headers), ("segment-erasures.cbor", erasures)];

#[test]
fn frozen_segments_are_read_and_written_byte_for_byte() {
    for (name, make) in SEGMENTS {
        let bytes = frozen(name, || make().to_bytes());
        let read = Segment::from_bytes(&bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(read, make(), "{name} says what it said");
        assert_eq!(hex(&read.to_bytes()), hex(&bytes), "{name} is written as it was");
    }
}

#[test]
fn frozen_changes_keep_their_hashes() {
    let told = |segments: &[(&str, fn() -> Segment)]| {
        let hashes = segments.iter().map(|(name, make)| {
            let all: Vec<String> = make().changes.iter().map(|change| change.hash().hex()).collect();
            ((*name).to_owned(), all)
        });
        hashes.collect::<BTreeMap<String, Vec<String>>>()
    };
    let now = told(&SEGMENTS);
    let bytes = frozen("hashes.json", || serde_json::to_vec_pretty(&now).unwrap());
    let then: BTreeMap<String, Vec<String>> = serde_json::from_slice(&bytes).unwrap();
    assert_eq!(then, now);
}

#[test]
fn what_is_not_the_one_way_to_write_a_segment_is_refused() {
    for (name, make) in SEGMENTS {
        let bytes = make().to_bytes();
        for length in 0..bytes.len() {
            assert!(Segment::from_bytes(&bytes[..length]).is_err(), "{name}: {length} bytes");
        }
        assert!(Segment::from_bytes(&[&bytes[..], b"\0"].concat()).is_err(), "{name}: a byte more");
        let hashes: Vec<Hash> = make().hashes();
        for bit in 0..bytes.len() * 8 {
            let mut flipped = bytes.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            // What can still be read says something else, and its tip, which is signed, says so.
            let Ok(other) = Segment::from_bytes(&flipped) else { continue };
            let signed = |segment: &Segment, tip: Hash| {
                Segment::tip_message(segment.scope, segment.replica, segment.last_depth(), tip)
            };
            let (was, is) = (signed(&make(), *hashes.last().unwrap()), other.changes.last().unwrap().hash());
            assert_ne!(signed(&other, is), was, "{name}: bit {bit}");
        }
    }
}

fn school() -> (SignKey, SignKey, Certificate) {
    let (sign, computer) = (SignKey::from_seed(&[1; 32]), SignKey::from_seed(&[2; 32]));
    let certificate = Certificate::issue(id(0x11), &sign, id(0x22), computer.public());
    (sign, computer, certificate)
}

fn keys() -> [ReceiveKey; 3] {
    [3, 4, 5].map(|seed| ReceiveKey::from_seed(&[seed; 32]).unwrap())
}

fn sealed_segment() -> SegmentFile {
    let (_, computer, certificate) = school();
    let segment = kinds();
    let tip = *segment.hashes().last().unwrap();
    let message = Segment::tip_message(segment.scope, segment.replica, segment.last_depth(), tip);
    SegmentFile {
        segment: segment.to_bytes(),
        signature: computer.sign(&message).to_vec(),
        certificate: certificate.to_bytes(),
    }
}

fn manifest() -> Manifest {
    let tip = *kinds().hashes().last().unwrap();
    Manifest {
        format: Manifest::FORMAT.to_owned(),
        suite: SUITE.to_owned(),
        schema: 1,
        program: "0.1.0".to_owned(),
        from: id(0x11),
        replica: id(0x22),
        to: keys()[0].recipient().fingerprint(),
        number: 12,
        previous: hex(&[0x71; 32]),
        directory: 3,
        made_ms: 1_800_000_000_123,
        tips: vec![Tip { scope: id(0x11), replica: id(0x22), depth: 2, hash: tip.hex() }],
        counts: BTreeMap::from([("student".to_owned(), 2), ("home_visit".to_owned(), 0)]),
        files: BTreeMap::from([(
            format!("segments/{}.seg", hex(&[0x72; 32])),
            FileEntry { length: 99, sha256: hex(&[0x72; 32]) },
        )]),
    }
}

#[test]
fn the_frozen_manifest_is_read_written_and_verified_byte_for_byte() {
    let (_, computer, _) = school();
    let bytes = frozen("manifest.json", || manifest().to_bytes().unwrap());
    let read = Manifest::from_bytes(&bytes).unwrap();
    assert_eq!(read, manifest());
    assert_eq!(read.to_bytes().unwrap(), bytes);
    let signed = frozen("manifest.json.minisig", || {
        signature::sign(&computer, &bytes, "baoxue-manifest-1").unwrap().into_bytes()
    });
    let file = String::from_utf8(signed).unwrap();
    assert_eq!(signature::verify(&computer.public(), &bytes, &file).unwrap(), "baoxue-manifest-1");
}

const PASSWORD: &str = "山里的孩子要上学2026";

#[test]
fn the_frozen_key_slots_open_with_their_password() {
    let key = zeroize::Zeroizing::new([9; 32]);
    let dice = SlotDice { salt: [6; 16], nonce: [7; 24] };
    let made = KeySlots::new(id(0x22), id(0x33), PASSWORD, Cost::FLOOR, &key, &dice).unwrap();
    let folder = tempfile::TempDir::new().unwrap();
    made.save(folder.path()).unwrap();
    let written = std::fs::read(folder.path().join("keyslots.json")).unwrap();
    let bytes = frozen("keyslots.json", || written.clone());
    assert_eq!(String::from_utf8(written).unwrap(), String::from_utf8(bytes.clone()).unwrap());
    std::fs::write(folder.path().join("keyslots.json"), bytes).unwrap();
    let (opened, who) = KeySlots::load(folder.path()).unwrap().unlock(PASSWORD).unwrap();
    assert_eq!((*opened, who), ([9; 32], id(0x33)));
}

/// Knows the one school.
struct OneSchool;

impl Directory for OneSchool {
    fn sign_keys(&self, organisation: Id) -> Option<(Vec<PublicKey>, Standing)> {
        (organisation == id(0x11)).then(|| (vec![school().0.public()], Standing::Active))
    }
}

fn new_package() -> Vec<u8> {
    let (_, computer, certificate) = school();
    let [operating, recovery, own] = keys().map(|key| key.recipient());
    let said = manifest();
    seal(Draft {
        key: &computer,
        certificate,
        recipients: [&operating, &recovery, &own],
        number: said.number,
        previous: Some([0x71; 32]),
        directory: said.directory,
        made_ms: said.made_ms,
        schema: said.schema,
        program: "0.1.0",
        tips: said.tips,
        counts: said.counts,
        segments: vec![sealed_segment()],
        attachments: vec![],
        notes: Notes::default(),
    })
    .unwrap()
    .bytes
}

#[test]
fn the_frozen_package_opens_for_each_of_its_receivers() {
    let bytes = frozen("package.bxp", new_package);
    assert_eq!(container::write(&container::read(&bytes).unwrap()).unwrap(), bytes, "one way to write it");
    for key in keys() {
        let inspected = open::inspect(&bytes, &OneSchool).unwrap();
        assert_eq!((inspected.envelope.from, inspected.envelope.number), (id(0x11), 12));
        // Sealed to the receiver's two keys and the sender's own; addressed to the first.
        let opened = inspected.open(&[&keys()[0], &key]).unwrap();
        let (said, expected) = (opened.manifest, manifest());
        assert_eq!((said.tips, said.counts, said.previous), (expected.tips, expected.counts, expected.previous));
        assert_eq!(opened.segments, vec![sealed_segment()]);
        assert_eq!(Segment::from_bytes(&opened.segments[0].segment).unwrap(), kinds());
    }
}

#[test]
fn a_frozen_segment_file_inflates_to_what_was_put_in() {
    let bytes = frozen("file.seg", || sealed_segment().to_bytes().unwrap());
    let (read, _) = SegmentFile::from_bytes(&bytes, 1 << 20).unwrap();
    assert_eq!(read, sealed_segment());
    let (_, computer, certificate) = school();
    let (segment, signature) = (Segment::from_bytes(&read.segment).unwrap(), read.signature.try_into().unwrap());
    let tip = segment.changes.last().unwrap().hash();
    let message = Segment::tip_message(segment.scope, segment.replica, segment.last_depth(), tip);
    assert!(computer.public().verifies(&message, &signature));
    assert_eq!(Certificate::from_bytes(&read.certificate).unwrap(), certificate);
}

#[test]
fn frozen_enrolment_files_are_read_and_written_byte_for_byte() {
    let (sign, _, _) = school();
    let card = |name: &str| Card {
        organisation: id(0x11),
        name: name.to_owned(),
        code: "3653330001".to_owned(),
        kind: "primary".to_owned(),
        sign_key: sign.public().to_minisign(),
        recipient: keys()[0].recipient().as_str().to_owned(),
        recovery_recipient: keys()[1].recipient().as_str().to_owned(),
    };
    let mut before = None;
    for (file, step) in
        [("enrol-invite.json", Step::Invite), ("enrol-request.json", Step::Request), ("enrol-grant.json", Step::Grant)]
    {
        let made = Enrolment::new(step, card("青山村小学"), before.clone());
        let bytes = frozen(file, || made.to_bytes(&sign).unwrap());
        let read = Enrolment::from_bytes(&bytes, step).unwrap();
        assert_eq!(read, made);
        assert_eq!(
            String::from_utf8(read.to_bytes(&sign).unwrap()).unwrap(),
            String::from_utf8(bytes.clone()).unwrap()
        );
        before = Some(Enrolment::fingerprint(&bytes));
        assert_eq!(before.as_deref(), Some(hex(&sha256(&bytes)).as_str()));
    }
}
