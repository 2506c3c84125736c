//! A small signed JSON file. What a newer program adds to its body is signed with the rest and does no harm here.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::keys::{PublicKey, SignKey};
use crate::{PackageError, from_base64, to_base64};

/// A body with its signature: over the name of its format and its canonical JSON (RFC 8785).
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Signed {
    body: Json,
    signature: String,
}

impl Signed {
    /// Signs a body, which names its `format`.
    pub(crate) fn new(body: &impl Serialize, format: &str, key: &SignKey) -> Result<Self, PackageError> {
        let body = serde_json::to_value(body).map_err(defect)?;
        let signature = to_base64(&key.sign(&message(&body, format)?));
        Ok(Self { body, signature })
    }

    /// The signature, as it is written.
    pub(crate) fn signature(&self) -> &str {
        &self.signature
    }

    /// A text of the body, before anything of it is believed.
    pub(crate) fn text(&self, key: &str) -> Option<&str> {
        self.body.get(key).and_then(Json::as_str)
    }

    /// Refuses a body of another format.
    pub(crate) fn must_be(&self, format: &str) -> Result<(), PackageError> {
        match self.body.get("format").and_then(Json::as_str) {
            Some(found) if found == format => Ok(()),
            found => Err(PackageError::NewerFormat(found.unwrap_or_default().to_owned())),
        }
    }

    /// The body, if a key signed it.
    pub(crate) fn read<T: DeserializeOwned>(self, format: &str, key: &PublicKey) -> Result<T, PackageError> {
        self.must_be(format)?;
        let signature: [u8; 64] = from_base64(&self.signature).ok_or(PackageError::BadSignature)?;
        if !key.verifies(&message(&self.body, format)?, &signature) {
            return Err(PackageError::BadSignature);
        }
        serde_json::from_value(self.body).map_err(|error| PackageError::Damaged(error.to_string()))
    }
}

fn message(body: &Json, format: &str) -> Result<Vec<u8>, PackageError> {
    Ok([format.as_bytes(), &serde_jcs::to_vec(body).map_err(defect)?].concat())
}

fn defect(error: impl std::fmt::Display) -> PackageError {
    PackageError::Defect(error.to_string())
}
