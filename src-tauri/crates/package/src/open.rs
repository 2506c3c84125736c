//! Opening a package: nothing is decrypted or parsed before the signature outside is known to fit.

use std::collections::BTreeMap;
use std::io::Read;

use domain::Id;

use crate::container;
use crate::keys::{PublicKey, ReceiveKey};
use crate::manifest::{Envelope, Manifest};
use crate::seal::{MEMBERS, NOTES, Notes, readme};
use crate::segment_file::{INFLATED_MAX, SegmentFile};
use crate::{PackageError, attachment, cipher, hex, sha256, signature};

/// What is known of the organisations one hears from.
pub trait Directory {
    /// The signing keys of an organisation, the newest first, and whether they still count. What an earlier key
    /// certified stays certified.
    fn sign_keys(&self, organisation: Id) -> Option<(Vec<PublicKey>, Standing)>;
}

/// Whether an organisation's key counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Enrolled.
    Active,
    /// Revoked: what was merged stays, what is written later does not count.
    Revoked,
}

/// What can be said of a package without any secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspected {
    /// Sender, receiver, number.
    pub envelope: Envelope,
    /// Who vouches for the sender.
    pub sender: Sender,
    /// Length of the file.
    pub length: u64,
    payload: Vec<u8>,
}

/// How far a sender is known. In every case the signature fits the key inside the package.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sender {
    /// Certified by an enrolled organisation.
    Enrolled,
    /// Certified by an organisation whose key was revoked.
    Revoked,
    /// Not in the directory: the package says so of itself.
    Unknown,
}

/// A package opened.
#[derive(Debug, Clone)]
pub struct Opened {
    /// What stood outside.
    pub envelope: Envelope,
    /// What stood inside.
    pub manifest: Manifest,
    /// SHA-256 of the manifest.
    pub manifest_hash: [u8; 32],
    /// The segments.
    pub segments: Vec<SegmentFile>,
    /// Files that rows speak of, by their digest, which fits.
    pub attachments: BTreeMap<String, Vec<u8>>,
    /// What is said beside them.
    pub notes: Notes,
}

/// Reads a file from a stick, at most as large as a package may be.
pub fn read_file(path: &std::path::Path) -> Result<Vec<u8>, PackageError> {
    if !path.is_file() {
        return Err(PackageError::NoFile(path.display().to_string()));
    }
    let length = std::fs::metadata(path)?.len();
    if length > container::LENGTH_MAX {
        return Err(PackageError::TooLarge(length));
    }
    Ok(std::fs::read(path)?)
}

/// Whether a file begins as a package does, or is small and begins as a receipt or an enrolment file does. Nothing of it is
/// believed for that.
pub fn may_be_ours(path: &std::path::Path) -> bool {
    let begin = || -> std::io::Result<(u64, Vec<u8>)> {
        let file = std::fs::File::open(path)?;
        let length = file.metadata()?.len();
        let mut begin = Vec::new();
        file.take(BEGIN.len() as u64 + NAME_AT).read_to_end(&mut begin)?;
        Ok((length, begin))
    };
    let Ok((length, begin)) = begin() else { return false };
    let name = begin.get(usize::try_from(NAME_AT).unwrap_or_default()..);
    let package = begin.starts_with(b"PK\x03\x04") && name == Some(BEGIN.as_bytes());
    let note = length <= NOTE_MAX && begin.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'{');
    package || note
}

/// The first member's name, and where it stands in a ZIP.
const BEGIN: &str = MEMBERS[0];
const NAME_AT: u64 = 30;
/// Receipts and enrolment files are small; anything larger is none.
const NOTE_MAX: u64 = 1 << 20;

/// Checks everything that can be checked without a secret: form, signature, certificate.
pub fn inspect(bytes: &[u8], directory: &dyn Directory) -> Result<Inspected, PackageError> {
    let [readme_text, payload, minisig] = outer_members(bytes)?;
    let minisig = String::from_utf8(minisig).map_err(|_| PackageError::Damaged("the signature file".to_owned()))?;
    let envelope = Envelope::parse(signature::comment(&minisig)?)?;
    if envelope.certificate.organisation != envelope.from || envelope.certificate.replica != envelope.replica {
        return Err(PackageError::Disagrees("certificate"));
    }
    signature::verify(&envelope.certificate.key, &payload, &minisig)?;
    if hex(&sha256(&payload)) != envelope.sha256 {
        return Err(PackageError::Disagrees("sha256"));
    }
    if readme(&envelope).as_bytes() != readme_text {
        return Err(PackageError::Damaged("README.txt".to_owned()));
    }
    let sender = match directory.sign_keys(envelope.from) {
        None => Sender::Unknown,
        Some((keys, _)) if !envelope.certificate.is_signed_by_any(&keys) => return Err(PackageError::BadSignature),
        Some((_, Standing::Active)) => Sender::Enrolled,
        Some((_, Standing::Revoked)) => Sender::Revoked,
    };
    Ok(Inspected { envelope, sender, length: bytes.len() as u64, payload })
}

impl Inspected {
    /// Decrypts and checks the rest. What a revoked sender wrote is opened too: it is kept, and does not count.
    ///
    /// Errors: an unknown sender, another recipient, any disagreement.
    pub fn open(self, keys: &[&ReceiveKey]) -> Result<Opened, PackageError> {
        if !keys.iter().any(|key| key.recipient().fingerprint() == self.envelope.to) {
            self.must_be_known()?;
            return Err(PackageError::NotForUs);
        }
        self.open_own(keys)
    }

    /// Decrypts and checks a package that one's own organisation has sealed for another: it was sealed to itself too,
    /// so that it can bring back what a lost computer had written.
    pub fn open_own(self, keys: &[&ReceiveKey]) -> Result<Opened, PackageError> {
        self.must_be_known()?;
        self.open_with(keys)
    }

    /// Decrypts and checks a package for the eyes alone, whoever sealed it: nothing of it may be taken in.
    pub fn open_with(self, keys: &[&ReceiveKey]) -> Result<Opened, PackageError> {
        let inner = cipher::decrypt(keys, &self.payload)?;
        let mut members: BTreeMap<String, Vec<u8>> = container::read(&inner)?.into_iter().collect();
        let mut take = |name: &str| members.remove(name).ok_or_else(|| PackageError::Damaged(name.to_owned()));
        let (manifest_bytes, minisig) = (take("manifest.json")?, take("manifest.json.minisig")?);
        let minisig =
            String::from_utf8(minisig).map_err(|_| PackageError::Damaged("manifest.json.minisig".to_owned()))?;
        if signature::verify(&self.envelope.certificate.key, &manifest_bytes, &minisig)? != "baoxue-manifest-1" {
            return Err(PackageError::BadSignature);
        }
        let manifest = Manifest::from_bytes(&manifest_bytes)?;
        agree(&self.envelope, &manifest)?;
        let segments = read_segments(&manifest, &members)?;
        let [receipt, directory, letter] = NOTES.map(|name| members.remove(name));
        let notes = Notes { receipt, directory, letter };
        let attachments = attachments(members)?;
        let manifest_hash = sha256(&manifest_bytes);
        Ok(Opened { manifest_hash, envelope: self.envelope, manifest, segments, attachments, notes })
    }

    fn must_be_known(&self) -> Result<(), PackageError> {
        match self.sender {
            Sender::Enrolled | Sender::Revoked => Ok(()),
            Sender::Unknown => Err(PackageError::UnknownSender(self.envelope.from.to_string())),
        }
    }
}

fn outer_members(bytes: &[u8]) -> Result<[Vec<u8>; 3], PackageError> {
    let members = container::read(bytes)?;
    let names: Vec<&str> = members.iter().map(|(name, _)| name.as_str()).collect();
    if names != MEMBERS {
        return Err(PackageError::NotAPackage("other members".to_owned()));
    }
    let contents: Vec<Vec<u8>> = members.into_iter().map(|(_, content)| content).collect();
    contents.try_into().map_err(|_| PackageError::NotAPackage("other members".to_owned()))
}

fn agree(envelope: &Envelope, manifest: &Manifest) -> Result<(), PackageError> {
    let pairs = [
        ("from", envelope.from == manifest.from),
        ("replica", envelope.replica == manifest.replica),
        ("to", envelope.to == manifest.to),
        ("number", envelope.number == manifest.number),
        ("directory", envelope.directory == manifest.directory),
    ];
    match pairs.iter().find(|(_, same)| !same) {
        Some((name, _)) => Err(PackageError::Disagrees(name)),
        None => Ok(()),
    }
}

/// The files among the members. Each is what its name says: the manifest vouches for it only under that name.
fn attachments(members: BTreeMap<String, Vec<u8>>) -> Result<BTreeMap<String, Vec<u8>>, PackageError> {
    let mut files = BTreeMap::new();
    for (name, bytes) in members {
        let Some(said) = name.strip_prefix(attachment::FOLDER) else { continue };
        if attachment::digest(&bytes) != said {
            return Err(PackageError::Disagrees("attachments"));
        }
        files.insert(said.to_owned(), bytes);
    }
    Ok(files)
}

fn read_segments(manifest: &Manifest, members: &BTreeMap<String, Vec<u8>>) -> Result<Vec<SegmentFile>, PackageError> {
    if !manifest.files.keys().eq(members.keys()) {
        return Err(PackageError::Disagrees("files"));
    }
    let mut budget = INFLATED_MAX;
    let mut segments = Vec::new();
    for (name, entry) in &manifest.files {
        let bytes = members.get(name).ok_or(PackageError::Disagrees("files"))?;
        if bytes.len() as u64 != entry.length || hex(&sha256(bytes)) != entry.sha256 {
            return Err(PackageError::Disagrees("files"));
        }
        // What a newer program lays beside the segments is vouched for by the manifest and does no harm here.
        if !name.starts_with("segments/") {
            continue;
        }
        let (segment, inflated) = SegmentFile::from_bytes(bytes, budget)?;
        budget = budget.saturating_sub(inflated);
        segments.push(segment);
    }
    Ok(segments)
}
