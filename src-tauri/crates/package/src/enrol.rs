//! How a school and a center come to know each other: three signed files, carried by hand (`package.md` §2).
//!
//! Center → school: an invitation. School → center: a request. Center → school: a grant, which names the request.

use domain::Id;
use domain::folded::plain_digit;
use serde::{Deserialize, Serialize};

use crate::keys::{PublicKey, Recipient, SignKey};
use crate::{PackageError, from_base64, hex, sha256, to_base64};

/// What one organisation tells another of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Card {
    /// The organisation.
    pub organisation: Id,
    /// Its name.
    pub name: String,
    /// Its code; may be empty.
    pub code: String,
    /// Its kind, a code of the list `org_kind`.
    pub kind: String,
    /// Its signing key, as minisign writes it.
    pub sign_key: String,
    /// Its operating key, `age1…`.
    pub recipient: String,
    /// Its recovery key, `age1…`.
    pub recovery_recipient: String,
}

/// Groups of digits on a sheet.
const GROUPS: usize = 6;

/// How what was typed from paper stands against a card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TypedDigits {
    /// Every group typed is the card's.
    Fit,
    /// Neither the first and the last group nor all six.
    Count,
    /// These groups, counted from 1, are others.
    Differ(Vec<usize>),
}

/// The purpose of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// A center invites.
    Invite,
    /// A school asks to be enrolled.
    Request,
    /// The center enrols it.
    Grant,
}

/// An enrolment file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Enrolment {
    /// `baoxue-enrolment-1`.
    pub format: String,
    /// Its purpose.
    pub step: Step,
    /// Who wrote it.
    pub from: Card,
    /// The file this one answers: its SHA-256, in hexadecimal.
    pub answers: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Signed {
    body: Enrolment,
    signature: String,
}

const FORMAT: &str = "baoxue-enrolment-1";

impl Card {
    /// The signing key.
    pub fn sign_key(&self) -> Result<PublicKey, PackageError> {
        self.sign_key.parse()
    }

    /// Operating and recovery key.
    pub fn recipients(&self) -> Result<(Recipient, Recipient), PackageError> {
        Ok((self.recipient.parse()?, self.recovery_recipient.parse()?))
    }

    /// What people compare by eye and type from paper: six groups of five digits.
    pub fn digits(&self) -> String {
        let hash = sha256(self.sign_key.as_bytes());
        let group = |pair: &[u8]| pair.iter().fold(0u64, |number, byte| number << 8 | u64::from(*byte)) % 100_000;
        hash.chunks(5).take(GROUPS).map(|part| format!("{:05}", group(part))).collect::<Vec<_>>().join(" ")
    }

    /// Compares what a person typed from paper: the first and the last group, or all six. Full-width digits count.
    pub fn compare(&self, typed: &str) -> TypedDigits {
        let digits: String = typed.chars().map(|c| plain_digit(c).unwrap_or(' ')).collect();
        let typed: Vec<&str> = digits.split_whitespace().collect();
        let places: Vec<usize> = match typed.len() {
            2 => vec![1, GROUPS],
            GROUPS => (1..=GROUPS).collect(),
            _ => return TypedDigits::Count,
        };
        let own = self.digits();
        let own: Vec<&str> = own.split(' ').collect();
        let differ = places.into_iter().zip(typed).filter(|(place, typed)| own.get(place - 1) != Some(typed));
        let differ: Vec<usize> = differ.map(|(place, _)| place).collect();
        if differ.is_empty() { TypedDigits::Fit } else { TypedDigits::Differ(differ) }
    }
}

impl Enrolment {
    /// A file of one step.
    pub fn new(step: Step, from: Card, answers: Option<String>) -> Self {
        Self { format: FORMAT.to_owned(), step, from, answers }
    }

    /// The signed file.
    pub fn to_bytes(&self, key: &SignKey) -> Result<Vec<u8>, PackageError> {
        let signature = to_base64(&key.sign(&self.message()?));
        let signed = Signed { body: self.clone(), signature };
        serde_json::to_vec_pretty(&signed).map_err(|error| PackageError::Defect(error.to_string()))
    }

    /// Reads a file of the expected step; its signature must fit the key it carries.
    pub fn from_bytes(bytes: &[u8], expected: Step) -> Result<Self, PackageError> {
        let read = Self::of_any_step(bytes)?;
        match read.step == expected {
            true => Ok(read),
            false => Err(PackageError::NotThisEnrolment(format!("{:?} instead of {expected:?}", read.step))),
        }
    }

    /// Reads a file of whichever step; its signature must fit the key it carries.
    pub fn of_any_step(bytes: &[u8]) -> Result<Self, PackageError> {
        let signed: Signed =
            serde_json::from_slice(bytes).map_err(|error| PackageError::NotThisEnrolment(error.to_string()))?;
        let body = signed.body;
        if body.format != FORMAT {
            return Err(PackageError::NewerFormat(body.format));
        }
        let signature: [u8; 64] = from_base64(&signed.signature).ok_or(PackageError::BadSignature)?;
        body.from.recipients()?;
        match body.from.sign_key()?.verifies(&body.message()?, &signature) {
            true => Ok(body),
            false => Err(PackageError::BadSignature),
        }
    }

    /// What names a file when another answers it.
    pub fn fingerprint(bytes: &[u8]) -> String {
        hex(&sha256(bytes))
    }

    fn message(&self) -> Result<Vec<u8>, PackageError> {
        let body = serde_jcs::to_vec(self).map_err(|error| PackageError::Defect(error.to_string()))?;
        Ok([b"baoxue-enrolment-1".as_slice(), &body].concat())
    }
}
