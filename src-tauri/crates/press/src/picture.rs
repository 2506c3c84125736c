//! Pictures made fit to be kept: turned upright, made smaller, written anew, so that nothing of the camera (place, owner,
//! device) remains in them.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::{DynamicImage, ImageDecoder, ImageError, ImageReader, Limits};

/// The longer side of a kept picture, in pixels: an A4 page stays readable.
pub const KEPT_SIDE: u32 = 1600;

/// The longer side of a thumbnail, in pixels.
pub const THUMB_SIDE: u32 = 160;

/// Pixels of one side at most, against pictures that are made to fill the memory.
pub const SIDE_MAX: u32 = 20_000;

/// Memory for one picture at most, in bytes.
const MEMORY_MAX: u64 = 512 << 20;

/// JPEG quality, 1 to 100.
const QUALITY: u8 = 80;

/// Why a file is no picture that can be kept; the cause is for whoever mends the program.
#[derive(Debug, thiserror::Error)]
pub enum NotAPicture {
    /// It is nothing that is read here: JPEG, PNG, WebP and GIF are.
    #[error("no known picture: {0}")]
    Unknown(String),
    /// It begins as a picture and does not go on as one.
    #[error("damaged: {0}")]
    Damaged(String),
    /// Its sides are longer than [`SIDE_MAX`], or it would fill the memory.
    #[error("too many pixels: {0}")]
    TooLarge(String),
}

/// A picture as JPEG, no side longer than `side` pixels. The same picture always gives the same bytes.
pub fn jpeg(bytes: &[u8], side: u32) -> Result<Vec<u8>, NotAPicture> {
    encoded(&smaller(upright(bytes)?, side))
}

/// A picture as JPEG.
pub(crate) fn encoded(picture: &DynamicImage) -> Result<Vec<u8>, NotAPicture> {
    let mut out = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut out, QUALITY);
    picture.to_rgb8().write_with_encoder(encoder).map_err(bad)?;
    Ok(out)
}

fn bad(error: ImageError) -> NotAPicture {
    let cause = error.to_string();
    match error {
        ImageError::Unsupported(_) => NotAPicture::Unknown(cause),
        ImageError::Limits(_) => NotAPicture::TooLarge(cause),
        ImageError::Decoding(_) | ImageError::Encoding(_) | ImageError::Parameter(_) | ImageError::IoError(_) => {
            NotAPicture::Damaged(cause)
        }
    }
}

/// Reads JPEG, PNG, WebP or GIF and turns it as the camera was held.
fn upright(bytes: &[u8]) -> Result<DynamicImage, NotAPicture> {
    let mut reader =
        ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(ImageError::from).map_err(bad)?;
    let mut limits = Limits::default();
    limits.max_image_width = Some(SIDE_MAX);
    limits.max_image_height = Some(SIDE_MAX);
    limits.max_alloc = Some(MEMORY_MAX);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(bad)?;
    let orientation = decoder.orientation().map_err(bad)?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(bad)?;
    picture.apply_orientation(orientation);
    Ok(picture)
}

fn smaller(picture: DynamicImage, side: u32) -> DynamicImage {
    match picture.width().max(picture.height()) > side {
        true => picture.resize(side, side, FilterType::Triangle),
        false => picture,
    }
}
