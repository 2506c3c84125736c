//! Lists as workbooks. Every cell is text: no formula is ever written, no number loses its zeros.

use std::collections::BTreeMap;

use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder, Note, Workbook, Worksheet, XlsxError};

use crate::SheetError;

/// A list to be written.
#[derive(Debug, Clone, Default)]
pub struct List {
    /// The sheet's name and the title above the list.
    pub title: String,
    /// Its columns.
    pub columns: Vec<ListColumn>,
    /// Its rows, a text for each column.
    pub rows: Vec<Vec<String>>,
    /// Whether the paper lies across.
    pub landscape: bool,
    /// Cells that are marked, by row and column, with what is said of each.
    pub marks: BTreeMap<(usize, usize), String>,
    /// 9 for A4, 8 for A3, as printers number them.
    pub paper: u8,
}

/// A column of a list.
#[derive(Debug, Clone)]
pub struct ListColumn {
    /// Its header.
    pub head: String,
    /// Its width on paper in mm; without one it follows its texts.
    pub width_mm: Option<u32>,
}

/// Characters that a sheet's name cannot hold.
const NOT_IN_NAMES: &[char] = &['[', ']', ':', '*', '?', '/', '\\', '\''];
/// Excel's widths count digits of the standard font: about 2 mm each.
const MM_PER_CHARACTER: f64 = 2.0;
/// Excel holds no longer text in a cell.
const CELL_MAX: usize = 32_767;

/// Yellow: the value stands, and wants a look.
const MARKED: Color = Color::RGB(0xFF_F2_CC);

/// A list as `.xlsx`: title, frozen header, header repeated on each printed page, every cell text.
pub fn write(list: &List) -> Result<Vec<u8>, SheetError> {
    let mut book = Workbook::new();
    fill(book.add_worksheet(), list).map_err(|error| fault(&error))?;
    bytes(&mut book)
}

pub(crate) fn bytes(book: &mut Workbook) -> Result<Vec<u8>, SheetError> {
    book.save_to_buffer().map_err(|error| fault(&error))
}

pub(crate) fn fault(error: &XlsxError) -> SheetError {
    SheetError::Damaged(error.to_string())
}

/// A text as a cell can hold it.
pub(crate) fn cell_text(text: &str) -> &str {
    text.char_indices().nth(CELL_MAX).and_then(|(at, _)| text.get(..at)).unwrap_or(text)
}

/// How a text stands in its cell: as text, and on as many lines as it needs, so that nothing runs over its neighbours.
pub(crate) fn cell_format() -> Format {
    Format::new().set_num_format("@").set_align(FormatAlign::VerticalCenter).set_text_wrap()
}

pub(crate) fn sheet_name(title: &str) -> String {
    let name: String = title.chars().filter(|c| !NOT_IN_NAMES.contains(c)).take(31).collect();
    if name.trim().is_empty() { "Sheet1".to_owned() } else { name }
}

fn fill(sheet: &mut Worksheet, list: &List) -> Result<(), XlsxError> {
    let text = cell_format().set_border(FormatBorder::Thin);
    let head = text.clone().set_bold().set_align(FormatAlign::Center);
    let title = Format::new().set_bold().set_font_size(16).set_align(FormatAlign::Center);
    sheet.set_name(sheet_name(&list.title))?;
    let last = u16::try_from(list.columns.len()).unwrap_or(u16::MAX).saturating_sub(1);
    if last > 0 {
        sheet.merge_range(0, 0, 0, last, &list.title, &title)?;
    } else {
        sheet.write_string_with_format(0, 0, &list.title, &title)?;
    }
    for (column, at) in list.columns.iter().zip(0..) {
        sheet.write_string_with_format(1, at, &column.head, &head)?;
        sheet.set_column_width(at, width(list, column, at.into()))?;
        sheet.set_column_format(at, &cell_format())?;
    }
    let marked = text.clone().set_background_color(MARKED);
    for ((row, line), row_at) in list.rows.iter().zip(2..).zip(0usize..) {
        for ((cell, at), column_at) in row.iter().zip(0..).zip(0usize..) {
            let mark = list.marks.get(&(row_at, column_at));
            let format = if mark.is_some() { &marked } else { &text };
            match cell.as_str() {
                "" => sheet.write_blank(line, at, format)?,
                shown => sheet.write_string_with_format(line, at, cell_text(shown), format)?,
            };
            if let Some(said) = mark {
                sheet.insert_note(line, at, &Note::new(said).set_author("").add_author_prefix(false))?;
            }
        }
    }
    sheet.set_freeze_panes(2, 0)?.set_repeat_rows(0, 1)?.set_paper_size(list.paper).set_print_fit_to_pages(1, 0);
    if list.landscape {
        sheet.set_landscape();
    }
    Ok(())
}

/// How wide a text stands, in digits of the standard font.
pub(crate) fn wide(text: &str) -> f64 {
    text.chars().map(|c| if c.is_ascii() { 1.0 } else { 2.0 }).sum()
}

/// The width of a column, in digits of the standard font: room for its texts, and what was asked for at least.
pub(crate) fn width_of<'t>(texts: impl Iterator<Item = &'t str>, asked_mm: Option<u32>) -> f64 {
    let longest = texts.map(wide).fold(0.0, f64::max) + 2.0;
    let asked = asked_mm.map_or(0.0, |mm| f64::from(mm) / MM_PER_CHARACTER);
    longest.clamp(asked.max(6.0), 40.0_f64.max(asked))
}

fn width(list: &List, column: &ListColumn, at: usize) -> f64 {
    let texts = list.rows.iter().take(500).filter_map(|row| row.get(at)).map(String::as_str);
    width_of(texts.chain([column.head.as_str()]), column.width_mm)
}
