//! The identity of a row: 128 random bits, a string at every border.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use ts_rs::TS;
use uuid::Uuid;

/// The identity of a row, an organisation, a computer or a person: a UUID (RFC 9562).
///
/// ```
/// use domain::Id;
/// let id: Id = "0190a1b2-0000-4000-8000-000000000001".parse().unwrap();
/// assert_eq!(id.to_string(), "0190a1b2-0000-4000-8000-000000000001");
/// assert!("not an id".parse::<Id>().is_err());
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, TS)]
#[ts(type = "string")]
pub struct Id(#[ts(type = "string")] Uuid);

/// What was given is not a UUID.
#[derive(Debug, thiserror::Error)]
#[error("not an id")]
pub struct NotAnId;

impl Id {
    /// A random id (UUIDv4) from 16 random bytes; the caller owns the randomness.
    pub fn from_random(bytes: [u8; 16]) -> Self {
        Self(uuid::Builder::from_random_bytes(bytes).into_uuid())
    }

    /// The id of a row whose record has a natural key: UUIDv8 from the first half of a SHA-256.
    pub fn from_digest(bytes: [u8; 16]) -> Self {
        Self(uuid::Builder::from_custom_bytes(bytes).into_uuid())
    }

    /// The 16 bytes as they stand.
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(Uuid::from_bytes(bytes))
    }

    /// The 16 bytes, for storage and the wire.
    pub fn as_bytes(&self) -> &[u8; 16] {
        self.0.as_bytes()
    }

    /// The first eight hexadecimal digits, for file names and short labels.
    pub fn short(&self) -> String {
        self.0.simple().to_string().chars().take(8).collect()
    }
}

impl TryFrom<&[u8]> for Id {
    type Error = NotAnId;

    fn try_from(bytes: &[u8]) -> Result<Self, NotAnId> {
        Uuid::from_slice(bytes).map(Self).map_err(|_| NotAnId)
    }
}

impl FromStr for Id {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<Self, NotAnId> {
        Uuid::try_parse(text).map(Self).map_err(|_| NotAnId)
    }
}

impl fmt::Display for Id {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(out)
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.short())
    }
}

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
