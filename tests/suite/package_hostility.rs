//! What a stick may carry besides an honest package, and that none of it gets in.

use std::collections::BTreeMap;
use std::io::{Cursor, Write};
use std::time::{Duration, Instant};

use domain::Id;
use package::PackageError;
use package::container::{self, Member};
use package::keys::{Certificate, PublicKey, ReceiveKey, SignKey};
use package::open::{self, Directory, Opened, Standing};
use package::seal::{Draft, Notes, seal};
use package::segment_file::SegmentFile;
use package::signature;
use zip::write::SimpleFileOptions;

/// An organisation with one computer.
struct Org {
    id: Id,
    sign: SignKey,
    computer: SignKey,
    certificate: Certificate,
    receive: ReceiveKey,
}

impl Org {
    fn new(seed: u8) -> Self {
        let (id, replica) = (Id::from_bytes([seed; 16]), Id::from_bytes([seed + 1; 16]));
        let (sign, computer) = (SignKey::from_seed(&[seed; 32]), SignKey::from_seed(&[seed + 1; 32]));
        let certificate = Certificate::issue(id, &sign, replica, computer.public());
        Self { id, sign, computer, certificate, receive: ReceiveKey::from_seed(&[seed; 32]).unwrap() }
    }

    /// A small package for another one.
    fn package_for(&self, to: &Org, segments: Vec<SegmentFile>) -> Vec<u8> {
        self.numbered(7, to, segments)
    }

    fn numbered(&self, number: u64, to: &Org, segments: Vec<SegmentFile>) -> Vec<u8> {
        let recipients = [&to.receive.recipient(), &to.receive.recipient(), &self.receive.recipient()];
        let draft = Draft {
            key: &self.computer,
            certificate: self.certificate,
            recipients,
            number,
            previous: None,
            directory: 1,
            made_ms: 1_800_000_000_000,
            schema: 1,
            program: "0.1.0",
            tips: vec![],
            counts: BTreeMap::new(),
            segments,
            attachments: vec![],
            notes: Notes::default(),
        };
        seal(draft).unwrap().bytes
    }

    fn opens(&self, bytes: &[u8], known: &[&Org]) -> Result<Opened, PackageError> {
        open::inspect(bytes, &Known::of(known))?.open(&[&self.receive])
    }
}

/// A directory of some organisations.
struct Known(Vec<(Id, PublicKey)>);

impl Known {
    fn of(known: &[&Org]) -> Self {
        Self(known.iter().map(|org| (org.id, org.sign.public())).collect())
    }
}

impl Directory for Known {
    fn sign_keys(&self, organisation: Id) -> Option<(Vec<PublicKey>, Standing)> {
        let found = self.0.iter().find(|(id, _)| *id == organisation);
        found.map(|(_, key)| (vec![*key], Standing::Active))
    }
}

fn segment(bytes: &[u8]) -> SegmentFile {
    SegmentFile { segment: bytes.to_vec(), signature: vec![1; 64], certificate: vec![2; 128] }
}

/// School, center and a small genuine package between them.
fn genuine() -> (Org, Org, Vec<u8>) {
    let (school, center) = (Org::new(10), Org::new(20));
    let bytes = school.package_for(&center, vec![segment(b"a small segment")]);
    assert!(center.opens(&bytes, &[&school]).is_ok(), "the genuine package opens");
    (school, center, bytes)
}

#[test]
fn no_package_with_a_flipped_bit_is_accepted() {
    let (school, center, genuine) = genuine();
    let mut bytes = genuine.clone();
    for bit in 0..bytes.len() * 8 {
        bytes[bit / 8] ^= 1 << (bit % 8);
        assert!(center.opens(&bytes, &[&school]).is_err(), "bit {bit} of {}", bytes.len() * 8);
        bytes[bit / 8] ^= 1 << (bit % 8);
    }
    assert_eq!(bytes, genuine);
}

#[test]
fn no_truncated_or_lengthened_package_is_accepted() {
    let (school, center, genuine) = genuine();
    for length in 0..genuine.len() {
        assert!(center.opens(&genuine[..length], &[&school]).is_err(), "the first {length} bytes");
        assert!(center.opens(&genuine[length + 1..], &[&school]).is_err(), "without the first {} bytes", length + 1);
    }
    for more in [&b"\0"[..], b"PK\x05\x06", &genuine] {
        assert!(center.opens(&[&genuine, more].concat(), &[&school]).is_err(), "something behind");
        assert!(center.opens(&[more, &genuine].concat(), &[&school]).is_err(), "something before");
    }
}

#[test]
fn parts_of_two_genuine_packages_do_not_make_a_third() {
    let (school, center, first) = genuine();
    let second = school.numbered(8, &center, vec![segment(b"another segment")]);
    let (first, second) = (container::read(&first).unwrap(), container::read(&second).unwrap());
    for mix in 1..7 {
        let pick = |at: usize| if mix >> at & 1 == 0 { first[at].clone() } else { second[at].clone() };
        let spliced: Vec<Member> = (0..3).map(pick).collect();
        assert!(spliced != first && spliced != second);
        let bytes = container::write(&spliced).unwrap();
        assert!(center.opens(&bytes, &[&school]).is_err(), "mix {mix:03b}");
    }
    for order in [[1, 0, 2], [0, 2, 1], [2, 1, 0]] {
        let turned: Vec<Member> = order.iter().map(|at| first[*at].clone()).collect();
        assert!(center.opens(&container::write(&turned).unwrap(), &[&school]).is_err(), "order {order:?}");
    }
}

/// Minisign's own files are malleable: each of these is the same signature to other programs.
#[test]
fn a_signature_file_has_one_form_only() {
    let (school, center, genuine) = genuine();
    let members = container::read(&genuine).unwrap();
    let minisig = String::from_utf8(members[2].1.clone()).unwrap();
    let lines: Vec<&str> = minisig.lines().collect();
    let variants = [
        minisig.trim_end().to_owned(),
        format!("{minisig}\n"),
        format!("{minisig}more\n"),
        minisig.replace('\n', "\r\n"),
        minisig.replacen("untrusted comment: baoxue", "untrusted comment: other", 1),
        format!("{}\n{} \n{}\n{}\n", lines[0], lines[1], lines[2], lines[3]),
        format!("{}\n{}\n{}\n{}=\n", lines[0], lines[1], lines[2], lines[3]),
    ];
    for variant in variants {
        let mut other = members.clone();
        other[2].1 = variant.clone().into_bytes();
        assert!(center.opens(&container::write(&other).unwrap(), &[&school]).is_err(), "{variant:?}");
    }
}

#[test]
fn the_text_beside_the_payload_cannot_be_exchanged() {
    let (school, center, genuine) = genuine();
    let mut members = container::read(&genuine).unwrap();
    members[0].1 = "请把文件发到这个网址".into();
    assert!(center.opens(&container::write(&members).unwrap(), &[&school]).is_err());
}

#[test]
fn a_package_opens_only_for_whom_it_was_sealed() {
    let orgs: Vec<Org> = [10, 20, 30, 40].map(Org::new).into();
    let all: Vec<&Org> = orgs.iter().collect();
    for from in &orgs {
        for to in &orgs {
            let bytes = from.package_for(to, vec![segment(b"rows")]);
            for reader in &orgs {
                let opened = reader.opens(&bytes, &all);
                match reader.id == to.id {
                    true => assert!(opened.is_ok()),
                    false => assert_eq!(opened.unwrap_err(), PackageError::NotForUs),
                }
            }
        }
    }
}

#[test]
fn a_package_signed_anew_by_somebody_else_is_refused() {
    let (school, center, genuine) = genuine();
    let thief = Org::new(50);
    let members = container::read(&genuine).unwrap();
    let inspected = open::inspect(&genuine, &Known::of(&[&school])).unwrap();
    let mut envelope = inspected.envelope.clone();
    envelope.from = thief.id;
    envelope.replica = thief.certificate.replica;
    envelope.certificate = thief.certificate;
    let minisig = signature::sign(&thief.computer, &members[1].1, &envelope.to_string()).unwrap();
    // The text beside the payload names the sender; the thief writes that anew too.
    let own = container::read(&thief.package_for(&center, vec![])).unwrap();
    let readme = String::from_utf8(own[0].1.clone()).unwrap();
    let forged = container::write(&[
        ("README.txt".to_owned(), readme.into_bytes()),
        members[1].clone(),
        ("payload.age.minisig".to_owned(), minisig.into_bytes()),
    ])
    .unwrap();
    assert!(open::inspect(&forged, &Known::of(&[&school, &thief])).is_ok(), "outside all is well");
    let refused = center.opens(&forged, &[&school, &thief]).unwrap_err();
    assert_eq!(refused, PackageError::BadSignature, "inside, the manifest is still the school's");
}

#[test]
fn a_computer_certified_by_nobody_known_is_refused() {
    let (school, center, genuine) = genuine();
    assert!(matches!(center.opens(&genuine, &[]), Err(PackageError::UnknownSender(_))));
    let mut impostor = Org::new(60);
    impostor.id = school.id;
    impostor.certificate =
        Certificate::issue(school.id, &impostor.sign, impostor.certificate.replica, impostor.computer.public());
    let bytes = impostor.package_for(&center, vec![segment(b"forged rows")]);
    assert_eq!(center.opens(&bytes, &[&school]).unwrap_err(), PackageError::BadSignature);
}

/// Names that would lead out of a folder, or to something else than a plain file in it.
const NAMES: [&str; 34] = [
    "../README.txt",
    "..\\README.txt",
    "/etc/passwd",
    "//server/share",
    "C:\\Windows\\win.ini",
    "C:README.txt",
    ".",
    "..",
    "./README.txt",
    "a/../../b",
    "a/b/c",
    "a//b",
    "/",
    "a/",
    "",
    " ",
    ".hidden",
    "a/.hidden",
    "README.txt ",
    "README.txt.",
    "README.txt\0.exe",
    "README.txt:stream",
    "con",
    "NUL.txt",
    "aux",
    "COM1",
    "résumé",
    "说明.txt",
    "\u{202e}txt.exe",
    "a\nb",
    "a\tb",
    "a%2e%2e/b",
    "~root",
    "$HOME",
];

#[test]
fn members_with_hostile_names_are_refused() {
    let (school, center, genuine) = genuine();
    let members = container::read(&genuine).unwrap();
    for name in NAMES.iter().map(|name| (*name).to_owned()).chain(["x".repeat(70_000 - 4_464), "../".repeat(400)]) {
        for at in 0..3 {
            let mut renamed = members.clone();
            renamed[at].0.clone_from(&name);
            let Ok(bytes) = raw_zip(&renamed) else { continue };
            assert!(center.opens(&bytes, &[&school]).is_err(), "{name:?} as member {at}");
        }
        let mut more = members.clone();
        more.push((name.clone(), b"more".to_vec()));
        if let Ok(bytes) = raw_zip(&more) {
            assert!(center.opens(&bytes, &[&school]).is_err(), "{name:?} as a fourth member");
        }
    }
}

/// A ZIP as any program writes one.
fn raw_zip(members: &[Member]) -> zip::result::ZipResult<Vec<u8>> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in members {
        let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
        zip.start_file(name.as_str(), stored)?;
        zip.write_all(content)?;
    }
    Ok(zip.finish()?.into_inner())
}

#[test]
fn bombs_are_refused_quickly() {
    let (school, center, genuine) = genuine();
    let refused = |what: &str, bytes: &[u8]| {
        let start = Instant::now();
        assert!(center.opens(bytes, &[&school]).is_err(), "{what}");
        assert!(start.elapsed() < Duration::from_secs(2), "{what} took {:?}", start.elapsed());
    };
    // The end record promises more members than there are, or as many as it can say.
    for count in [4u16, 1_000, 10_001, u16::MAX] {
        let mut bytes = genuine.clone();
        let end = bytes.len() - 22;
        bytes[end + 8..end + 10].copy_from_slice(&count.to_le_bytes());
        bytes[end + 10..end + 12].copy_from_slice(&count.to_le_bytes());
        refused("a false number of members", &bytes);
    }
    // The directory says that a member is four gigabytes large, or that two members share their bytes.
    let directory = genuine.len() - 22 - 46 * 3 - 10 - 11 - 19;
    assert_eq!(&genuine[directory..directory + 4], b"PK\x01\x02");
    for (at, value) in [(20, u32::MAX), (24, u32::MAX), (42, 0), (20, 1 << 30), (24, 1 << 30), (42, u32::MAX)] {
        for member in 0..3usize {
            let names = [0, 10, 21];
            let at = directory + 46 * member + names[member] + at;
            let mut bytes = genuine.clone();
            bytes[at..at + 4].copy_from_slice(&value.to_le_bytes());
            if bytes != genuine {
                refused("a false directory", &bytes);
            }
        }
    }
    refused("ten thousand members and more", &many_members(10_001));
    let start = Instant::now();
    assert!(container::read(&vec![0; usize::try_from(container::LENGTH_MAX).unwrap() + 1]).is_err());
    assert!(start.elapsed() < Duration::from_secs(2));
}

fn many_members(count: usize) -> Vec<u8> {
    raw_zip(&(0..count).map(|at| (format!("m{at}"), vec![])).collect::<Vec<_>>()).unwrap()
}

#[test]
fn a_segment_that_inflates_without_end_is_refused() {
    // Eight megabytes in some hundred bytes, otherwise well-formed: beyond a hundred times its size, and a megabyte.
    let bomb = segment(&vec![0; 8 << 20]).to_bytes().unwrap();
    assert!(bomb.len() < 4096);
    let start = Instant::now();
    assert!(SegmentFile::from_bytes(&bomb, u64::MAX).is_err());
    let honest = segment(&vec![0; 4096]).to_bytes().unwrap();
    assert!(SegmentFile::from_bytes(&honest, u64::MAX).is_ok());
    assert!(SegmentFile::from_bytes(&honest, 100).is_err(), "the budget of the package is used up");
    assert!(start.elapsed() < Duration::from_secs(2));
}
