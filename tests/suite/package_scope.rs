//! A school's key writes that school's rows and no others, whatever a forged package says.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use actions::{Desk, OpenLedger};
use domain::{Catalogue, Id, Value};
use oplog::change::Sealed;
use oplog::{Change, Flags, Op, Payload, Secret, Segment, Time};
use package::keys::{Certificate, ReceiveKey, Recipient, SignKey};
use package::seal::{Draft, seal};
use package::segment_file::SegmentFile;
use store::StoreError;
use support::bx::{PASSWORD, Place};

/// The keys of a school's computer, taken out of its own ledger, and those it sends to.
struct Insider {
    certificate: Certificate,
    computer: SignKey,
    own: ReceiveKey,
    center: [Recipient; 2],
}

fn open(folder: &Path) -> Desk {
    let desk = Desk::real(None).unwrap();
    let request = OpenLedger { folder: folder.display().to_string(), password: PASSWORD.to_owned() };
    actions::open_ledger(&desk, request).unwrap();
    desk
}

impl Insider {
    fn of(folder: &Path) -> Self {
        let desk = open(folder);
        let session = desk.session().unwrap();
        let read = session.store.read(|view| {
            let local = |key: &str| view.local(key).map(Option::unwrap);
            let above: package::enrol::Card = serde_json::from_slice(&local("above")?).unwrap();
            let center = <[Recipient; 2]>::from(above.recipients().unwrap());
            let computer = SignKey::from_seed(&local("key/replica")?.try_into().unwrap());
            let own = String::from_utf8(local("key/operating")?).unwrap().parse().unwrap();
            let certificate = Certificate::from_bytes(&local("certificate")?).unwrap();
            Ok::<_, StoreError>(Self { certificate, computer, own, center })
        });
        read.unwrap()
    }

    /// A segment that makes one row in a scope.
    fn segment(&self, scope: Id, record: &str) -> Segment {
        let row = Id::from_bytes([0xab; 16]);
        let op = |field: &str, value: Value| Op {
            row,
            field: field.into(),
            seen: vec![],
            payload: Sealed::Open(Payload::Set(Some(value))),
        };
        let replica = self.certificate.replica;
        let change = Change {
            parent: None,
            depth: 0,
            replica,
            scope,
            who: Id::from_bytes([0xac; 16]),
            time: Time::at_ms(1_795_000_000_000),
            flags: Flags::default(),
            batch: None,
            undoes: None,
            ext: vec![],
            why: Sealed::Open(None),
            secret: Secret::Epoch([1; 32]),
            ops: vec![op(&format!("{record}._life"), Value::Int(1))],
        };
        Segment { replica, scope, parent: None, first_depth: 0, epoch: [1; 32], changes: vec![change] }
    }

    fn signed(&self, segment: &Segment) -> SegmentFile {
        let tip = segment.changes.last().unwrap().hash();
        let message = Segment::tip_message(segment.scope, segment.replica, segment.last_depth(), tip);
        SegmentFile {
            segment: segment.to_bytes(),
            signature: self.computer.sign(&message).to_vec(),
            certificate: self.certificate.to_bytes(),
        }
    }

    /// A package, sealed as the program seals them, around any segments.
    fn seal(&self, number: u64, segments: Vec<SegmentFile>) -> Vec<u8> {
        let draft = Draft {
            key: &self.computer,
            certificate: self.certificate,
            recipients: [&self.center[0], &self.center[1], &self.own.recipient()],
            number,
            previous: None,
            directory: 1,
            made_ms: 1_795_000_000_000,
            schema: 1,
            program: "0.1.0",
            tips: vec![],
            counts: BTreeMap::new(),
            segments,
            attachments: vec![],
            notes: package::seal::Notes::default(),
        };
        seal(draft).unwrap().bytes
    }
}

/// What a center says to a package, and how many children it has afterwards.
fn merged(center: &Desk, file: &PathBuf, bytes: &[u8]) -> (Result<String, String>, usize) {
    std::fs::write(file, bytes).unwrap();
    let merged = actions::merge(center, file.display().to_string());
    let children = rows(center, "student");
    (merged.map(|report| report.outcome).map_err(|failure| failure.code), children)
}

fn rows(center: &Desk, record: &str) -> usize {
    let record = Catalogue::built_in().record(record).unwrap();
    center.session().unwrap().store.read(|view| view.total(record, &[])).unwrap() as usize
}

/// Invariant 20. Mutants caught: an authority that asks only whether the writer is known, not whether it may write; a
/// verifier without its look at the signature of each run.
#[test]
fn rows_of_another_organisation_are_kept_and_never_count() {
    let place = Place::new();
    place.init("school", "school", "青山村小学", "");
    place.init("other", "school", "白云村小学", "");
    place.init("center", "center", "大山中心校", "");
    place.enrolled("school", "center");
    place.enrolled("other", "center");
    let (school, other) = (Insider::of(&place.path("school")), Insider::of(&place.path("other")));
    let center = open(&place.path("center"));
    let (file, own) = (place.path("forged.bxp"), school.certificate.organisation);
    let above = center.session().unwrap().organisation.id;
    let honest = school.signed(&school.segment(own, "student"));
    let mut numbers = 1..;
    let mut seal = |segments| school.seal(numbers.next().unwrap(), segments);
    assert_eq!(merged(&center, &file, &seal(vec![honest.clone()])), (Ok("merged".to_owned()), 1));

    for record in Catalogue::built_in().records().map(|record| record.record.as_str()) {
        let before = rows(&center, record);
        for scope in [other.certificate.organisation, above, Id::from_bytes([7; 16])] {
            let forged = school.signed(&school.segment(scope, record));
            let both = seal(vec![honest.clone(), forged]);
            assert_eq!(merged(&center, &file, &both), (Ok("held".to_owned()), 1), "{record} of {scope}");
        }
        assert_eq!(rows(&center, record), before, "{record}");
    }
    let mut unsigned = honest.clone();
    unsigned.signature = school.computer.sign(b"something else").to_vec();
    let unsigned = seal(vec![unsigned]);
    assert_eq!(merged(&center, &file, &unsigned), (Err("bad_signature".to_owned()), 1));
    let verify = actions::VerifyPackage { file: file.display().to_string(), key: None };
    assert_eq!(actions::verify_package(&center, verify).unwrap_err().code, "bad_signature");
    let mut borrowed = honest.clone();
    borrowed.certificate = other.certificate.to_bytes();
    assert_eq!(merged(&center, &file, &seal(vec![borrowed])), (Err("bad_signature".to_owned()), 1));
    let mut cut = honest.clone();
    cut.segment.pop();
    assert_eq!(merged(&center, &file, &seal(vec![cut])), (Err("package_damaged".to_owned()), 1));

    let package = seal(vec![honest]);
    assert_eq!(merged(&center, &file, &package), (Ok("nothing_new".to_owned()), 1));
    assert_eq!(merged(&center, &file, &package), (Ok("known".to_owned()), 1));
    assert!(actions::check(&center, ()).unwrap().sound);
}
