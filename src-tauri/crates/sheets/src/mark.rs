//! A copy of a workbook with remarks: the cell coloured, the reason in a note and in one more column.

use std::collections::BTreeMap;

use rust_xlsxwriter::{Color, Format, FormatAlign, Note, Worksheet, XlsxError};

use crate::write::{bytes, cell_text, fault, sheet_name};
use crate::{Kind, Line, Sheet, SheetError, Workbook};

/// How a remark is coloured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// Not taken: red.
    Refused,
    /// Taken, and wants a look: yellow.
    Doubtful,
}

/// A remark about a cell or a line.
#[derive(Debug, Clone)]
pub struct Mark {
    /// The sheet's name.
    pub sheet: String,
    /// The line, as the workbook numbers it.
    pub line: u32,
    /// The column, 0 for A; none when it is about the whole line.
    pub column: Option<u32>,
    /// The reason.
    pub reason: String,
    /// Its weight.
    pub weight: Weight,
}

type ByPlace<'m> = BTreeMap<u32, Vec<&'m Mark>>;

/// The copy, `.xlsx` whatever the original was. `head` names the added column, in the line given for each sheet.
pub fn mark(
    workbook: &Workbook,
    marks: &[Mark],
    (head, lines): (&str, &BTreeMap<String, u32>),
) -> Result<Vec<u8>, SheetError> {
    let mut book = rust_xlsxwriter::Workbook::new();
    for sheet in &workbook.sheets {
        let mut by_line: ByPlace<'_> = BTreeMap::new();
        for mark in marks.iter().filter(|mark| mark.sheet == sheet.name) {
            by_line.entry(mark.line).or_default().push(mark);
        }
        let head = lines.get(&sheet.name).map(|line| (*line, head));
        fill(book.add_worksheet(), sheet, &by_line, head).map_err(|error| fault(&error))?;
    }
    bytes(&mut book)
}

fn fill(
    target: &mut Worksheet,
    sheet: &Sheet,
    by_line: &ByPlace<'_>,
    head: Option<(u32, &str)>,
) -> Result<(), XlsxError> {
    target.set_name(sheet_name(&sheet.name))?;
    target.set_hidden(sheet.hidden);
    let width = sheet.lines.iter().map(|line| line.cells.len()).max().unwrap_or_default();
    let remarks = u16::try_from(width).unwrap_or(u16::MAX);
    let wrap = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    for line in &sheet.lines {
        let row = line.number.saturating_sub(1);
        let marks = by_line.get(&line.number).map(Vec::as_slice).unwrap_or_default();
        copy_line(target, line, marks)?;
        if !marks.is_empty() {
            let all = marks.iter().map(|mark| mark.reason.as_str()).collect::<Vec<_>>().join("\n");
            target.write_string_with_format(row, remarks, cell_text(&all), &wrap)?;
        } else if line.hidden {
            target.set_row_hidden(row)?;
        }
    }
    if let Some((line, head)) = head {
        target.write_string_with_format(line.saturating_sub(1), remarks, head, &Format::new().set_bold())?;
    }
    target.set_autofit_max_width(220).autofit();
    target.set_column_width(remarks, 60)?;
    target.set_landscape().set_print_fit_to_pages(1, 0);
    Ok(())
}

/// Text stays text; what was a number has been shown as Excel shows it, and nothing is computed.
fn copy_line(target: &mut Worksheet, line: &Line, marks: &[&Mark]) -> Result<(), XlsxError> {
    let row = line.number.saturating_sub(1);
    for (cell, at) in line.cells.iter().zip(0u16..) {
        let here: Vec<&&Mark> = marks.iter().filter(|mark| mark.column.is_none_or(|c| c == u32::from(at))).collect();
        let plain = Format::new().set_num_format("@");
        let format = here.iter().fold(plain, |format, mark| format.set_background_color(color(mark.weight)));
        match cell.text.as_str() {
            "" if here.is_empty() => {}
            "" => {
                target.write_blank(row, at, &format)?;
            }
            text => write_cell(target, (row, at), (cell.kind, cell_text(text)), &format)?,
        }
        let own: Vec<&str> = here.iter().filter(|mark| mark.column.is_some()).map(|m| m.reason.as_str()).collect();
        if !own.is_empty() {
            target.insert_note(row, at, &Note::new(own.join("\n")).add_author_prefix(false))?;
        }
    }
    Ok(())
}

fn write_cell(
    target: &mut Worksheet,
    (row, column): (u32, u16),
    (kind, text): (Kind, &str),
    format: &Format,
) -> Result<(), XlsxError> {
    match (kind, text.parse::<f64>()) {
        (Kind::Number, Ok(number)) if number.abs() < 1e15 => {
            target.write_number_with_format(row, column, number, &format.clone().set_num_format("General"))?
        }
        _ => target.write_string_with_format(row, column, text, format)?,
    };
    Ok(())
}

fn color(weight: Weight) -> Color {
    match weight {
        Weight::Refused => Color::RGB(0x00FF_B3B3),
        Weight::Doubtful => Color::RGB(0x00FF_F2B3),
    }
}
