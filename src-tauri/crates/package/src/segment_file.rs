//! A `.seg` file: zstd around deterministic CBOR `[segment, signature of the tip, certificate]`.

use minicbor::{Decoder, Encoder};

use crate::PackageError;

/// Bytes a package may inflate to in all.
pub const INFLATED_MAX: u64 = 1 << 30;
/// How many times its size a segment may inflate to.
const RATIO_MAX: u64 = 100;
/// Small files may exceed the ratio: their inflated size is harmless.
const SMALL: u64 = 1 << 20;
const LEVEL: i32 = 9;

/// A sealed segment, its parts opaque to this crate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SegmentFile {
    /// The segment's canonical bytes.
    pub segment: Vec<u8>,
    /// The computer's signature over its tip.
    pub signature: Vec<u8>,
    /// The computer's certificate.
    pub certificate: Vec<u8>,
}

impl SegmentFile {
    /// The file's bytes.
    pub fn to_bytes(&self) -> Result<Vec<u8>, PackageError> {
        let mut cbor = Encoder::new(Vec::new());
        cbor.array(3)
            .and_then(|cbor| cbor.bytes(&self.segment))
            .and_then(|cbor| cbor.bytes(&self.signature))
            .and_then(|cbor| cbor.bytes(&self.certificate))
            .map_err(|error| PackageError::Defect(error.to_string()))?;
        zstd::bulk::compress(cbor.writer(), LEVEL).map_err(PackageError::from)
    }

    /// Reads a file's bytes, inflating at most `budget` bytes; gives the bytes it took.
    pub fn from_bytes(bytes: &[u8], budget: u64) -> Result<(Self, u64), PackageError> {
        let bad = |why: &str| PackageError::Damaged(format!("segment: {why}"));
        let limit = budget.min((bytes.len() as u64 * RATIO_MAX).max(SMALL));
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let cbor = zstd::bulk::decompress(bytes, limit).map_err(|_| bad("not inflatable"))?;
        let mut reader = Decoder::new(&cbor);
        let part = |reader: &mut Decoder<'_>| reader.bytes().map(<[u8]>::to_vec).map_err(|_| bad("parts"));
        if reader.array().ok().flatten() != Some(3) {
            return Err(bad("form"));
        }
        let file = Self { segment: part(&mut reader)?, signature: part(&mut reader)?, certificate: part(&mut reader)? };
        match reader.position() == cbor.len() {
            true => Ok((file, cbor.len() as u64)),
            false => Err(bad("bytes behind the end")),
        }
    }
}
