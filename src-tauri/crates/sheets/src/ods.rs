//! .ods, as LibreOffice and older WPS save it.

use std::io::Cursor;

use calamine::{Ods, OdsError, Reader, SheetVisible};

use crate::sheet::lines_of;
use crate::zipped::Zipped;
use crate::{Sheet, SheetError, Workbook, hidden};

pub(crate) fn read(bytes: Vec<u8>, zipped: &Zipped) -> Result<Workbook, SheetError> {
    let hidden = hidden::of_ods(zipped.text("content.xml").unwrap_or_default());
    let mut book: Ods<_> = Ods::new(Cursor::new(bytes)).map_err(|error| match error {
        OdsError::Password => SheetError::Protected,
        OdsError::CellLimitExceeded { .. } => SheetError::TooManyCells,
        other => SheetError::Damaged(other.to_string()),
    })?;
    let mut workbook = Workbook::default();
    for (at, meta) in book.sheets_metadata().to_vec().into_iter().enumerate() {
        let Ok(range) = book.worksheet_range(&meta.name) else { continue };
        let mut sheet = Sheet {
            name: meta.name,
            hidden: meta.visible != SheetVisible::Visible,
            lines: lines_of(&range)?,
            ..Sheet::default()
        };
        if let Some(hidden) = hidden.get(at) {
            hidden.apply(&mut sheet);
        }
        workbook.sheets.push(sheet);
    }
    Ok(workbook)
}
