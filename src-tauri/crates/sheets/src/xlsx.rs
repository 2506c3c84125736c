//! .xlsx, cell by cell: a stray cell in the last corner must not cost a grid of 17 thousand million (calamine #684).

use std::io::Cursor;

use calamine::{Dimensions, Reader, SheetType, SheetVisible, Xlsb, Xlsx, XlsxError};

use crate::sheet::Collector;
use crate::zipped::Zipped;
use crate::{Area, Cell, Sheet, SheetError, Workbook, hidden};

pub(crate) fn read(bytes: Vec<u8>, zipped: &Zipped) -> Result<Workbook, SheetError> {
    if zipped.has("xl/workbook.bin") {
        return read_binary(bytes);
    }
    if !zipped.has("xl/workbook.xml") {
        return Err(SheetError::NotAWorkbook);
    }
    let parts = hidden::xlsx_parts(
        zipped.text("xl/workbook.xml").unwrap_or_default(),
        zipped.text("xl/_rels/workbook.xml.rels").unwrap_or_default(),
    );
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(damaged)?;
    let mut workbook = Workbook::default();
    let metas = book.sheets_metadata().to_vec();
    for meta in metas.into_iter().filter(|meta| meta.typ == SheetType::WorkSheet) {
        let mut sheet = Sheet {
            lines: cells(&mut book, &meta.name)?,
            hidden: meta.visible != SheetVisible::Visible,
            ..Sheet::default()
        };
        let xml = parts.get(&meta.name).and_then(|part| zipped.text(part));
        if let Some(xml) = xml {
            hidden::of_xlsx(xml).apply(&mut sheet);
        }
        sheet.name = meta.name;
        workbook.sheets.push(sheet);
    }
    Ok(workbook)
}

fn cells(book: &mut Xlsx<Cursor<Vec<u8>>>, name: &str) -> Result<Vec<crate::Line>, SheetError> {
    let mut reader = book.worksheet_cells_reader(name).map_err(damaged)?;
    let mut collector = Collector::new();
    while let Some(cell) = reader.next_cell().map_err(damaged)? {
        let (row, column) = cell.get_position();
        if let Some(cell) = Cell::of(cell.get_value()) {
            collector.put(row + 1, column, cell)?;
        }
    }
    Ok(collector.finish())
}

fn damaged(error: XlsxError) -> SheetError {
    match error {
        XlsxError::Password => SheetError::Protected,
        other => SheetError::Damaged(other.to_string()),
    }
}

/// .xlsb: the same cells in another wrapping; hidden lines are not told.
fn read_binary(bytes: Vec<u8>) -> Result<Workbook, SheetError> {
    let damaged = |error: calamine::XlsbError| SheetError::Damaged(error.to_string());
    let mut book: Xlsb<_> = Xlsb::new(Cursor::new(bytes)).map_err(damaged)?;
    let mut workbook = Workbook::default();
    for meta in book.sheets_metadata().to_vec() {
        let mut reader = book.worksheet_cells_reader(&meta.name).map_err(damaged)?;
        let mut collector = Collector::new();
        while let Some(cell) = reader.next_cell().map_err(damaged)? {
            let (row, column) = cell.get_position();
            if let Some(cell) = Cell::of(cell.get_value()) {
                collector.put(row + 1, column, cell)?;
            }
        }
        let hidden = meta.visible != SheetVisible::Visible;
        workbook.sheets.push(Sheet { name: meta.name, hidden, lines: collector.finish(), ..Sheet::default() });
    }
    Ok(workbook)
}

pub(crate) fn area(merged: &Dimensions) -> Area {
    Area { top: merged.start.0 + 1, bottom: merged.end.0 + 1, left: merged.start.1, right: merged.end.1 }
}
