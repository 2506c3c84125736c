//! Sealing a package: sign the manifest → encrypt → sign the ciphertext.

use std::collections::BTreeMap;

use domain::Id;

use crate::container::{self, Member};
use crate::keys::{Certificate, Recipient, SignKey};
use crate::manifest::{Envelope, FileEntry, Manifest, SUITE, Tip};
use crate::segment_file::SegmentFile;
use crate::{PackageError, attachment, cipher, hex, sha256, signature};

/// The member names of a package, in order.
pub(crate) const MEMBERS: [&str; 3] = ["README.txt", "payload.age", "payload.age.minisig"];

/// The members of a package's inside that are no segments.
pub(crate) const NOTES: [&str; 3] = ["receipt.json", "directory.json", "letter.json"];

/// What a package says beside its segments; each may be absent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Notes {
    /// What the sender holds of the receiver's: a signed receipt.
    pub receipt: Option<Vec<u8>>,
    /// Whom the sender knows: a signed directory.
    pub directory: Option<Vec<u8>>,
    /// On what the segments build, and who the people in them are.
    pub letter: Option<Vec<u8>>,
}

/// Everything a package is made of.
pub struct Draft<'d> {
    /// The computer's key.
    pub key: &'d SignKey,
    /// Its certificate.
    pub certificate: Certificate,
    /// The receiver's operating and recovery keys, then the sender's own.
    pub recipients: [&'d Recipient; 3],
    /// Number of the package on this computer.
    pub number: u64,
    /// SHA-256 of the manifest before.
    pub previous: Option<[u8; 32]>,
    /// Version of the sender's directory.
    pub directory: u64,
    /// Milliseconds UTC.
    pub made_ms: u64,
    /// Version of the ledger's schema.
    pub schema: u64,
    /// The program's version.
    pub program: &'d str,
    /// How far each chain goes.
    pub tips: Vec<Tip>,
    /// Rows of each record.
    pub counts: BTreeMap<String, u64>,
    /// The segments.
    pub segments: Vec<SegmentFile>,
    /// Files that rows inside speak of, as they are kept.
    pub attachments: Vec<Vec<u8>>,
    /// What is said beside them.
    pub notes: Notes,
}

/// A sealed package.
pub struct SealedPackage {
    /// The file.
    pub bytes: Vec<u8>,
    /// SHA-256 of its manifest.
    pub manifest_hash: [u8; 32],
}

/// Seals a package.
pub fn seal(draft: Draft<'_>) -> Result<SealedPackage, PackageError> {
    let mut files: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    for segment in &draft.segments {
        let bytes = segment.to_bytes()?;
        files.insert(format!("segments/{}.seg", hex(&sha256(&bytes))), bytes);
    }
    let notes = NOTES.into_iter().zip([draft.notes.receipt, draft.notes.directory, draft.notes.letter]);
    files.extend(notes.filter_map(|(name, bytes)| Some((name.to_owned(), bytes?))));
    files.extend(draft.attachments.into_iter().map(|bytes| (attachment::member(&attachment::digest(&bytes)), bytes)));
    let [receiver, _, _] = draft.recipients;
    let entry = |bytes: &Vec<u8>| FileEntry { length: bytes.len() as u64, sha256: hex(&sha256(bytes)) };
    let manifest = Manifest {
        format: Manifest::FORMAT.to_owned(),
        suite: SUITE.to_owned(),
        schema: draft.schema,
        program: draft.program.to_owned(),
        from: draft.certificate.organisation,
        replica: draft.certificate.replica,
        to: receiver.fingerprint(),
        number: draft.number,
        previous: draft.previous.map(|hash| hex(&hash)).unwrap_or_default(),
        directory: draft.directory,
        made_ms: draft.made_ms,
        tips: draft.tips,
        counts: draft.counts,
        files: files.iter().map(|(name, bytes)| (name.clone(), entry(bytes))).collect(),
    }
    .to_bytes()?;
    let inner_signature = signature::sign(draft.key, &manifest, "baoxue-manifest-1")?;
    let manifest_hash = sha256(&manifest);
    let mut members: Vec<Member> = vec![
        ("manifest.json".to_owned(), manifest),
        ("manifest.json.minisig".to_owned(), inner_signature.into_bytes()),
    ];
    members.extend(files);
    let payload = cipher::encrypt(&draft.recipients, &container::write(&members)?)?;
    let envelope = Envelope {
        from: draft.certificate.organisation,
        replica: draft.certificate.replica,
        to: receiver.fingerprint(),
        directory: draft.directory,
        number: draft.number,
        sha256: hex(&sha256(&payload)),
        certificate: draft.certificate,
    };
    let outer_signature = signature::sign(draft.key, &payload, &envelope.to_string())?;
    let [readme_name, payload_name, signature_name] = MEMBERS.map(str::to_owned);
    let bytes = container::write(&[
        (readme_name, readme(&envelope).into_bytes()),
        (payload_name, payload),
        (signature_name, outer_signature.into_bytes()),
    ])?;
    match bytes.len() as u64 {
        length if length > container::LENGTH_MAX => Err(PackageError::TooLarge(length)),
        _ => Ok(SealedPackage { bytes, manifest_hash }),
    }
}

/// The fixed text beside the payload: what this is and how to check it by hand.
pub(crate) fn readme(envelope: &Envelope) -> String {
    let Envelope { from, replica, to, number, certificate, .. } = envelope;
    let short: String = Id::short(from);
    format!(
        "保学（控辍保学台账）上报文件，内容已加密并签名。\n\
         This is a sealed package of Baoxue, a ledger of school retention. Its content is encrypted and signed.\n\n\
         发出单位 / from: {from} ({short})\n\
         发出电脑 / computer: {replica}\n\
         接收单位 / to: {to}\n\
         编号 / number: {number}\n\
         签名公钥 / signing key: {}\n\n\
         手工核验 / to check it by hand:\n\
         1. unzip FILE\n\
         2. minisign -Vm payload.age -P {}\n\
         3. sha256sum payload.age    (= sha256 in the trusted comment of payload.age.minisig)\n\
         4. age -d -i KEY -o payload.zip payload.age    (the receiver's key)\n\
         5. unzip payload.zip; minisign -Vm manifest.json -P {}\n\
         6. sha256sum segments/*    (= files in manifest.json)\n",
        certificate.key.to_minisign(),
        certificate.key.to_minisign(),
        certificate.key.to_minisign(),
    )
}
