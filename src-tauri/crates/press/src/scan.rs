//! PDF files made fit to be kept: author, program, place, scripts and files inside are taken out of them; and their pages
//! as pictures, so that nobody needs to lay one open on the disk to read it.

use hayro::hayro_interpret::InterpreterSettings;
use hayro::hayro_syntax::Pdf;
use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::{RenderCache, RenderSettings, render};
use image::RgbaImage;
use img_parts::jpeg::Jpeg;
use lopdf::{Dictionary, Document, Object, Stream};

use crate::picture::encoded;

/// Why a PDF is not kept.
#[derive(Debug, thiserror::Error)]
pub enum NotAScan {
    /// It opens with a password only.
    #[error("a password")]
    Locked,
    /// It cannot be read; the cause is for whoever mends the program.
    #[error("damaged: {0}")]
    Damaged(String),
    /// It has no page.
    #[error("no pages")]
    Empty,
    /// It has no page of this number; the first is 1.
    #[error("no page {0}")]
    NoSuchPage(usize),
    /// A picture in it is packed so that what its camera wrote cannot be taken out.
    #[error("a packed picture")]
    Packed,
}

/// Entries that tell who made something, when, where and with what, in whatever dictionary they stand.
const TELLING: [&[u8]; 3] = [b"Metadata", b"PieceInfo", b"LastModified"];

/// Entries of the whole document: what it says of itself, what it does by itself, and the files it carries.
const OF_ALL: [&[u8]; 4] = [b"OpenAction", b"AA", b"Names", b"AF"];

/// Segments of a JPEG that its picture needs: JFIF, colour profile, Adobe's colour transform. The rest of APP0 to APP15
/// and comments hold what a camera knows.
const NEEDED: [u8; 3] = [0xe0, 0xe2, 0xee];

/// A PDF without what it tells beside its pages. The same file always gives the same bytes. Errors: [`NotAScan`].
pub fn cleaned(bytes: &[u8]) -> Result<Vec<u8>, NotAScan> {
    // A locked file fails in many ways, and some open by half; what is not opened cannot be cleaned.
    stripped(bytes).map_err(|error| if holds(bytes, b"/Encrypt") { NotAScan::Locked } else { error })
}

fn stripped(bytes: &[u8]) -> Result<Vec<u8>, NotAScan> {
    let mut document = Document::load_mem(bytes).map_err(odd)?;
    if document.is_encrypted() || document.was_encrypted() || document.trailer.has(b"Encrypt") {
        return Err(NotAScan::Locked);
    }
    document.trailer.remove(b"Info");
    document.trailer.remove(b"ID");
    let catalog = document.catalog_mut().map_err(odd)?;
    for key in OF_ALL {
        catalog.remove(key);
    }
    for object in document.objects.values_mut() {
        strip(object)?;
    }
    document.prune_objects();
    let mut clean = Vec::with_capacity(bytes.len());
    document.save_to(&mut clean).map_err(odd)?;
    match pages(&clean)? {
        0 => Err(NotAScan::Empty),
        _ => Ok(clean),
    }
}

/// How many pages a PDF has.
pub fn pages(bytes: &[u8]) -> Result<usize, NotAScan> {
    Ok(opened(bytes)?.pages().len())
}

/// A page of a PDF, from 0, as JPEG; its longer side is `side` pixels.
pub fn page(bytes: &[u8], number: usize, side: u16) -> Result<Vec<u8>, NotAScan> {
    let pdf = opened(bytes)?;
    let page = pdf.pages().get(number).ok_or(NotAScan::NoSuchPage(number + 1))?;
    let (width, height) = page.render_dimensions();
    let scale = f32::from(side) / width.max(height).max(1.0);
    let settings = RenderSettings { x_scale: scale, y_scale: scale, bg_color: WHITE, ..RenderSettings::default() };
    let pixels = render(page, &RenderCache::new(), &InterpreterSettings::default(), &settings);
    let (width, height) = (u32::from(pixels.width()), u32::from(pixels.height()));
    let picture = RgbaImage::from_raw(width, height, pixels.data_as_u8_slice().to_vec());
    let picture = picture.ok_or_else(|| odd("an empty page"))?;
    encoded(&picture.into()).map_err(odd)
}

fn opened(bytes: &[u8]) -> Result<Pdf, NotAScan> {
    Pdf::new(bytes.to_vec()).map_err(|error| odd(format!("{error:?}")))
}

fn strip(object: &mut Object) -> Result<(), NotAScan> {
    match object {
        Object::Array(items) => items.iter_mut().try_for_each(strip),
        Object::Dictionary(dictionary) => strip_dictionary(dictionary),
        Object::Stream(stream) => {
            strip_dictionary(&mut stream.dict)?;
            strip_picture(stream)
        }
        _ => Ok(()),
    }
}

fn strip_dictionary(dictionary: &mut Dictionary) -> Result<(), NotAScan> {
    for key in TELLING {
        dictionary.remove(key);
    }
    if dictionary.has_type(b"Filespec") {
        dictionary.remove(b"EF");
    }
    dictionary.iter_mut().try_for_each(|(_, object)| strip(object))
}

/// A photo inside a PDF is a JPEG with everything its camera wrote.
fn strip_picture(stream: &mut Stream) -> Result<(), NotAScan> {
    let filters: Vec<Vec<u8>> = stream.filters().unwrap_or_default().into_iter().map(<[u8]>::to_vec).collect();
    match filters.iter().map(Vec::as_slice).collect::<Vec<_>>().as_slice() {
        [b"DCTDecode"] => {
            let mut jpeg = Jpeg::from_bytes(stream.content.clone().into()).map_err(odd)?;
            jpeg.segments_mut().retain(|segment| match segment.marker() {
                0xe0..=0xef => NEEDED.contains(&segment.marker()),
                marker => marker != 0xfe,
            });
            stream.set_content(jpeg.encoder().bytes().to_vec());
            Ok(())
        }
        [b"JPXDecode"] if !holds(&stream.content, b"uuid") && !holds(&stream.content, b"xml ") => Ok(()),
        many if many.iter().any(|filter| matches!(*filter, b"DCTDecode" | b"JPXDecode")) => Err(NotAScan::Packed),
        _ => Ok(()),
    }
}

fn holds(bytes: &[u8], what: &[u8]) -> bool {
    bytes.windows(what.len()).any(|window| window == what)
}

fn odd(error: impl std::fmt::Display) -> NotAScan {
    NotAScan::Damaged(error.to_string())
}
