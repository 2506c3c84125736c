//! What kind of file it is, by its content: names lie, and WPS saves `.et`.

use std::fs::File;
use std::io::{Cursor, Read};
use std::path::Path;

use calamine::{Reader, SheetVisible, Xls, XlsError};

use crate::sheet::lines_of;
use crate::zipped::Zipped;
use crate::{Sheet, SheetError, Workbook, ods, records, text, xlsx};

/// The largest file looked at.
const FILE_MAX: u64 = 64 << 20;

/// Reads a workbook. Errors: see [`SheetError`]; they name what the person can do something about.
pub fn read(path: &Path) -> Result<Workbook, SheetError> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    if length > FILE_MAX {
        return Err(SheetError::TooLarge(length >> 20));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or_default());
    Read::by_ref(&mut file).take(FILE_MAX).read_to_end(&mut bytes)?;
    // Readers of other people's formats meet files their authors never thought of.
    std::panic::catch_unwind(|| of_bytes(bytes)).unwrap_or_else(|_| Err(SheetError::Damaged("unreadable".to_owned())))
}

fn of_bytes(bytes: Vec<u8>) -> Result<Workbook, SheetError> {
    if bytes.starts_with(b"PK") {
        let zipped = Zipped::look_at(&bytes)?;
        return if zipped.has("content.xml") { ods::read(bytes, &zipped) } else { xlsx::read(bytes, &zipped) };
    }
    if bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        return read_xls(bytes);
    }
    text::read(&bytes)
}

/// Excel 97–2003, and WPS's `.et`, which is the same inside.
fn read_xls(bytes: Vec<u8>) -> Result<Workbook, SheetError> {
    let hidden = records::hidden(&bytes)?;
    let mut book: Xls<_> = Xls::new(Cursor::new(bytes)).map_err(|error| match error {
        XlsError::Password => SheetError::Protected,
        other => SheetError::Damaged(other.to_string()),
    })?;
    let mut workbook = Workbook::default();
    for (at, meta) in book.sheets_metadata().to_vec().into_iter().enumerate() {
        let Ok(range) = book.worksheet_range(&meta.name) else { continue };
        let mut sheet = Sheet {
            hidden: meta.visible != SheetVisible::Visible,
            merged: book.merge_cells_by_sheet_name(&meta.name).unwrap_or_default().iter().map(xlsx::area).collect(),
            lines: lines_of(&range)?,
            name: meta.name,
            hidden_columns: vec![],
        };
        if let Some(hidden) = hidden.get(at) {
            hidden.apply(&mut sheet);
        }
        workbook.sheets.push(sheet);
    }
    Ok(workbook)
}
