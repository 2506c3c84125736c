//! What the sheets of an .xls file hide: three record types of [MS-XLS], read beside `calamine`, which skips them.

use std::io::{Cursor, Read};

use crate::SheetError;
use crate::hidden::Hidden;

const BOUND_SHEET: u16 = 0x0085;
const ROW: u16 = 0x0208;
const COL_INFO: u16 = 0x007d;
const EOF: u16 = 0x000a;

/// What each sheet hides, in order. Errors: [`SheetError::Protected`] for a workbook behind a password.
pub(crate) fn hidden(bytes: &[u8]) -> Result<Vec<Hidden>, SheetError> {
    // Old writers leave tables that a strict reader refuses; calamine has the last word on those.
    let Ok(mut file) = cfb::CompoundFile::open(Cursor::new(bytes)) else { return Ok(vec![]) };
    if file.is_stream("/EncryptedPackage") {
        return Err(SheetError::Protected);
    }
    let mut stream = Vec::new();
    let name = if file.is_stream("/Workbook") { "/Workbook" } else { "/Book" };
    let Ok(mut found) = file.open_stream(name) else { return Ok(vec![]) };
    if found.read_to_end(&mut stream).is_err() {
        return Ok(vec![]);
    }
    let starts = Records { bytes: &stream }.filter(|(kind, _)| *kind == BOUND_SHEET).filter_map(|(_, data)| long(data));
    Ok(starts.map(|start| of_sheet(stream.get(start as usize..).unwrap_or_default())).collect())
}

fn of_sheet(bytes: &[u8]) -> Hidden {
    let mut hidden = Hidden::default();
    for (kind, data) in (Records { bytes }) {
        match kind {
            EOF => break,
            ROW if data.get(12).is_some_and(|flags| flags & 0x20 != 0) => {
                hidden.lines.extend(short(data, 0).map(|row| (u32::from(row) + 1, u32::from(row) + 1)));
            }
            COL_INFO if short(data, 8).is_some_and(|flags| flags & 1 != 0) => {
                if let (Some(first), Some(last)) = (short(data, 0), short(data, 2)) {
                    hidden.hide_columns(first.into(), last.min(255).into());
                }
            }
            _ => {}
        }
    }
    hidden
}

/// Records one after another: type, length, content.
struct Records<'b> {
    bytes: &'b [u8],
}

impl<'b> Iterator for Records<'b> {
    type Item = (u16, &'b [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let (head, rest) = self.bytes.split_at_checked(4)?;
        let (data, rest) = rest.split_at_checked(short(head, 2)?.into())?;
        self.bytes = rest;
        Some((short(head, 0)?, data))
    }
}

fn short(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

fn long(bytes: &[u8]) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(..4)?.try_into().ok()?))
}
