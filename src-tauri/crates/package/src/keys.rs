//! Keys: Ed25519 to sign (as minisign keys), X25519 to receive (as age keys), and the certificate of a computer.

use std::str::FromStr;

use age::secrecy::ExposeSecret;
use domain::Id;
use ed25519_dalek::{Signature, Signer, SigningKey, Verifier, VerifyingKey};
use zeroize::Zeroizing;

use crate::{PackageError, from_base64, hex, sha256, to_base64};

/// A signing key, from 32 random bytes.
#[derive(Clone)]
pub struct SignKey(SigningKey);

/// The public half of a signing key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PublicKey(VerifyingKey);

/// A receiving key: opens what was encrypted to its [`Recipient`].
#[derive(Clone)]
pub struct ReceiveKey(age::x25519::Identity);

/// To whom something is encrypted: an age recipient, `age1…`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient(String);

/// Says that a computer writes for an organisation, signed with the organisation's key. 128 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Certificate {
    /// The organisation.
    pub organisation: Id,
    /// The computer.
    pub replica: Id,
    /// The computer's public key.
    pub key: PublicKey,
    signature: [u8; 64],
}

impl SignKey {
    /// The key of 32 random bytes.
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(SigningKey::from_bytes(seed))
    }

    /// The 32 bytes, to be kept inside the ledger only.
    pub fn seed(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.0.to_bytes())
    }

    /// The public half.
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key())
    }

    /// Signs a message that begins with a text naming its purpose.
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.0.sign(message).to_bytes()
    }

    /// The same key as minisign writes one: algorithms, no password, key number, key pair.
    pub(crate) fn minisign(&self) -> Result<minisign::SecretKey, PackageError> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(158));
        bytes.extend_from_slice(b"Ed\0\0B2");
        bytes.extend_from_slice(&[0; 48]);
        bytes.extend_from_slice(&self.public().number());
        bytes.extend_from_slice(&self.0.to_keypair_bytes());
        bytes.extend_from_slice(&[0; 32]);
        minisign::SecretKey::from_bytes(&bytes).map_err(|error| PackageError::Defect(error.to_string()))
    }
}

impl PublicKey {
    /// The key of 32 bytes.
    pub fn from_bytes(bytes: &[u8; 32]) -> Option<Self> {
        VerifyingKey::from_bytes(bytes).ok().map(Self)
    }

    /// The 32 bytes.
    pub fn to_bytes(self) -> [u8; 32] {
        self.0.to_bytes()
    }

    /// Whether a message was signed with the private half.
    pub fn verifies(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        self.0.verify(message, &Signature::from_bytes(signature)).is_ok() && !self.0.is_weak()
    }

    /// The number minisign shows: the first eight bytes of the key's SHA-256.
    pub(crate) fn number(self) -> [u8; 8] {
        let mut number = [0; 8];
        number.iter_mut().zip(sha256(&self.to_bytes())).for_each(|(to, from)| *to = from);
        number
    }

    /// The key as `minisign -P` takes it.
    pub fn to_minisign(self) -> String {
        to_base64(&[b"Ed".as_slice(), &self.number(), &self.to_bytes()].concat())
    }
}

impl FromStr for PublicKey {
    type Err = PackageError;

    /// Reads what [`PublicKey::to_minisign`] wrote.
    fn from_str(text: &str) -> Result<Self, PackageError> {
        let bad = || PackageError::Damaged("a public key".to_owned());
        let bytes: [u8; 42] = from_base64(text).ok_or_else(bad)?;
        let key = bytes.get(10..).and_then(|key| Self::from_bytes(key.try_into().ok()?)).ok_or_else(bad)?;
        if key.to_minisign() == text { Ok(key) } else { Err(bad()) }
    }
}

impl ReceiveKey {
    /// The key of 32 random bytes.
    pub fn from_seed(seed: &[u8; 32]) -> Result<Self, PackageError> {
        let hrp = bech32::Hrp::parse("age-secret-key-").map_err(|error| PackageError::Defect(error.to_string()))?;
        let text = bech32::encode_upper::<bech32::Bech32>(hrp, seed)
            .map_err(|error| PackageError::Defect(error.to_string()))?;
        Self::from_str(&Zeroizing::new(text))
    }

    /// The key as `age -i` takes it; to be kept inside the ledger only.
    pub fn to_text(&self) -> Zeroizing<String> {
        Zeroizing::new(self.0.to_string().expose_secret().to_owned())
    }

    /// The public half.
    pub fn recipient(&self) -> Recipient {
        Recipient(self.0.to_public().to_string())
    }

    pub(crate) fn identity(&self) -> &dyn age::Identity {
        &self.0
    }
}

impl FromStr for ReceiveKey {
    type Err = PackageError;

    fn from_str(text: &str) -> Result<Self, PackageError> {
        text.parse().map(Self).map_err(|fault: &str| PackageError::Damaged(fault.to_owned()))
    }
}

impl Recipient {
    /// `age1…`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What names this recipient outside a package: 32 hexadecimal digits of its SHA-256.
    pub fn fingerprint(&self) -> String {
        hex(&sha256(self.0.as_bytes())).chars().take(32).collect()
    }

    pub(crate) fn to_age(&self) -> Result<age::x25519::Recipient, PackageError> {
        self.0.parse().map_err(|fault: &str| PackageError::Damaged(fault.to_owned()))
    }
}

impl FromStr for Recipient {
    type Err = PackageError;

    fn from_str(text: &str) -> Result<Self, PackageError> {
        let recipient = Self(text.to_owned());
        recipient.to_age().map(|_| recipient)
    }
}

impl Certificate {
    /// Certifies a computer.
    pub fn issue(organisation: Id, key: &SignKey, replica: Id, replica_key: PublicKey) -> Self {
        let mut certificate = Self { organisation, replica, key: replica_key, signature: [0; 64] };
        certificate.signature = key.sign(&certificate.message());
        certificate
    }

    /// Whether the organisation's key signed it.
    pub fn is_signed_by(&self, organisation_key: &PublicKey) -> bool {
        organisation_key.verifies(&self.message(), &self.signature)
    }

    /// Whether one of an organisation's keys signed it.
    pub fn is_signed_by_any(&self, keys: &[PublicKey]) -> bool {
        keys.iter().any(|key| self.is_signed_by(key))
    }

    fn message(&self) -> Vec<u8> {
        let parts = [self.organisation.as_bytes().as_slice(), self.replica.as_bytes(), &self.key.to_bytes()];
        [b"baoxue-certificate-1".as_slice(), &parts.concat()].concat()
    }

    /// The 128 bytes it travels as.
    pub fn to_bytes(&self) -> Vec<u8> {
        [self.organisation.as_bytes().as_slice(), self.replica.as_bytes(), &self.key.to_bytes(), &self.signature]
            .concat()
    }

    /// Reads what [`Self::to_bytes`] wrote; its signature is not checked yet.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (organisation, rest) = bytes.split_at_checked(16)?;
        let (replica, rest) = rest.split_at_checked(16)?;
        let (key, signature) = rest.split_at_checked(32)?;
        Some(Self {
            organisation: Id::try_from(organisation).ok()?,
            replica: Id::try_from(replica).ok()?,
            key: PublicKey::from_bytes(key.try_into().ok()?)?,
            signature: signature.try_into().ok()?,
        })
    }
}
