//! A settings file: what an organisation above sets for those below, signed with its key. On its way down each
//! organisation adds who stands above it, so that a school that knows its center alone can believe the county's file.

use domain::Id;
use serde::{Deserialize, Serialize};

use crate::PackageError;
use crate::keys::{PublicKey, SignKey};
use crate::signed::Signed;

/// What the file says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingsFile {
    /// [`SettingsFile::FORMAT`].
    pub format: String,
    /// Who signed it.
    pub by: Id,
    /// Its number among the files of that organisation, from 1.
    pub number: u64,
    /// The day it was made, ISO 8601.
    pub made_on: String,
    /// The settings, in TOML.
    pub text: String,
}

/// An organisation above, as somebody who stands under it knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Above {
    /// [`Above::FORMAT`].
    pub format: String,
    /// The organisation.
    pub organisation: Id,
    /// Its name.
    pub name: String,
    /// Its kind, a code of the list `org_kind`.
    pub kind: String,
    /// Its signing key, as minisign writes it.
    pub sign_key: String,
}

/// A file whose signature fits a key that is known or vouched for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Believed {
    /// What it says.
    pub file: SettingsFile,
    /// Who signed it.
    pub by: Above,
}

#[derive(Serialize, Deserialize)]
struct File {
    #[serde(flatten)]
    signed: Signed,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    vouchers: Vec<Voucher>,
}

/// What one organisation says of the one above it.
#[derive(Serialize, Deserialize)]
struct Voucher {
    by: Id,
    #[serde(flatten)]
    signed: Signed,
}

impl Above {
    /// The format this program writes.
    pub const FORMAT: &'static str = "baoxue-above-1";
}

impl SettingsFile {
    /// The format this program writes.
    pub const FORMAT: &'static str = "baoxue-settings-1";

    /// The signed file.
    pub fn to_bytes(&self, key: &SignKey) -> Result<Vec<u8>, PackageError> {
        written(&File { signed: Signed::new(self, Self::FORMAT, key)?, vouchers: vec![] })
    }

    /// Whether a file looks like one at all, before anything of it is believed.
    pub fn is_one(bytes: &[u8]) -> bool {
        serde_json::from_slice::<File>(bytes).is_ok_and(|file| file.signed.must_be(Self::FORMAT).is_ok())
    }

    /// The same file with a word of `by`, who stands under `above`.
    pub fn vouched(bytes: &[u8], above: &Above, (by, key): (Id, &SignKey)) -> Result<Vec<u8>, PackageError> {
        let mut file = read(bytes)?;
        file.vouchers.retain(|one| one.by != by);
        file.vouchers.insert(0, Voucher { by, signed: Signed::new(above, Above::FORMAT, key)? });
        written(&file)
    }

    /// Reads a file. `known` are the organisations above that are known here, one entry for each key an organisation
    /// had.
    ///
    /// Errors: not such a file; signed by somebody nobody above vouches for; the signature does not fit.
    pub fn believe(bytes: &[u8], known: &[Above]) -> Result<Believed, PackageError> {
        let file = read(bytes)?;
        file.signed.must_be(Self::FORMAT)?;
        let mut above = known.to_vec();
        for voucher in &file.vouchers {
            let told = above.iter().filter(|one| one.organisation == voucher.by);
            let read = told.map(|one| voucher.signed.clone().read(Above::FORMAT, &key_of(one)?));
            above.extend(first_good(read)?);
        }
        let by: Id = file.signed.text("by").and_then(|by| by.parse().ok()).ok_or(PackageError::BadSignature)?;
        let signers = above.into_iter().filter(|one| one.organisation == by);
        let read = signers.map(|by| Ok(Believed { file: file.signed.clone().read(Self::FORMAT, &key_of(&by)?)?, by }));
        first_good(read)?.ok_or_else(|| PackageError::UnknownSender(String::new()))
    }
}

/// The first that fits; `None` when there is none at all. Errors: the last one's, when none fits.
fn first_good<T>(all: impl Iterator<Item = Result<T, PackageError>>) -> Result<Option<T>, PackageError> {
    let mut last = None;
    for one in all {
        match one {
            Ok(good) => return Ok(Some(good)),
            Err(error) => last = Some(error),
        }
    }
    last.map_or(Ok(None), Err)
}

fn key_of(above: &Above) -> Result<PublicKey, PackageError> {
    above.sign_key.parse()
}

fn read(bytes: &[u8]) -> Result<File, PackageError> {
    serde_json::from_slice(bytes).map_err(|error| PackageError::NotASettingsFile(error.to_string()))
}

fn written(file: &File) -> Result<Vec<u8>, PackageError> {
    serde_json::to_vec_pretty(file).map_err(|error| PackageError::Defect(error.to_string()))
}
