//! A workbook read: sheets, lines, cells; what is hidden and what is merged.

use calamine::{Data, Range};

use crate::cell::as_ref;
use crate::{Cell, SheetError};

/// Columns, lines and cells beyond what any school sends.
const COLUMNS_MAX: u32 = 1_000;
const LINES_MAX: usize = 200_000;
const CELLS_MAX: usize = 6_000_000;

/// A workbook, read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Workbook {
    /// Its sheets, in order.
    pub sheets: Vec<Sheet>,
}

/// One sheet.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sheet {
    /// Its name.
    pub name: String,
    /// Whether the workbook hides it.
    pub hidden: bool,
    /// Lines in which something stands, in order.
    pub lines: Vec<Line>,
    /// Hidden columns, 0 for A.
    pub hidden_columns: Vec<u32>,
    /// Merged cells.
    pub merged: Vec<Area>,
}

/// One line of a sheet.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Line {
    /// Its number, as the workbook shows it.
    pub number: u32,
    /// Whether the workbook hides it.
    pub hidden: bool,
    /// Its cells from column A on.
    pub cells: Vec<Cell>,
}

/// A rectangle of cells; lines as numbered by the workbook, columns from 0 for A; ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Area {
    /// First line.
    pub top: u32,
    /// Last line.
    pub bottom: u32,
    /// First column.
    pub left: u32,
    /// Last column.
    pub right: u32,
}

impl Line {
    /// A cell, if something stands there.
    pub fn cell(&self, column: usize) -> Option<&Cell> {
        self.cells.get(column).filter(|cell| !cell.is_blank())
    }
}

/// A column's letter: `A` for 0, `AA` for 26.
pub fn letter(column: u32) -> String {
    let (mut rest, mut letters) = (column, Vec::new());
    loop {
        letters.push(char::from(b'A' + u8::try_from(rest % 26).unwrap_or_default()));
        match (rest / 26).checked_sub(1) {
            Some(next) => rest = next,
            None => break,
        }
    }
    letters.into_iter().rev().collect()
}

/// Takes cells in as they come and keeps within what a school's workbook can be.
#[derive(Debug, Default)]
pub(crate) struct Collector {
    lines: Vec<Line>,
    cells: usize,
    sorted: bool,
}

/// The lines of a sheet that the library read whole.
pub(crate) fn lines_of(range: &Range<Data>) -> Result<Vec<Line>, SheetError> {
    let mut collector = Collector::new();
    let (top, left) = range.start().unwrap_or_default();
    for (row, column, data) in range.used_cells() {
        let place = |offset: u32, at: usize| u32::try_from(at).map(|at| offset + at);
        let (Ok(row), Ok(column)) = (place(top, row), place(left, column)) else { continue };
        if let Some(cell) = Cell::of(&as_ref(data)) {
            collector.put(row + 1, column, cell)?;
        }
    }
    Ok(collector.finish())
}

impl Collector {
    pub(crate) fn new() -> Self {
        Self { sorted: true, ..Self::default() }
    }

    /// Puts a cell at a line (1 is the first) and a column (0 is A).
    pub(crate) fn put(&mut self, number: u32, column: u32, cell: Cell) -> Result<(), SheetError> {
        if column >= COLUMNS_MAX {
            // Far to the right stand stray spaces of old macros; text there is no roster.
            return if cell.is_blank() { Ok(()) } else { Err(SheetError::TooManyCells) };
        }
        let line = self.line(number)?;
        let at = column as usize;
        let grown = (at + 1).saturating_sub(line.cells.len());
        if grown > 0 {
            line.cells.resize(at + 1, Cell::default());
        }
        if let Some(place) = line.cells.get_mut(at) {
            *place = cell;
        }
        self.cells += grown;
        if self.cells > CELLS_MAX { Err(SheetError::TooManyCells) } else { Ok(()) }
    }

    fn line(&mut self, number: u32) -> Result<&mut Line, SheetError> {
        let last = self.lines.last().map_or(0, |line| line.number);
        if last != number || self.lines.is_empty() {
            if self.lines.len() >= LINES_MAX {
                return Err(SheetError::TooManyCells);
            }
            self.sorted &= last < number;
            self.lines.push(Line { number, ..Line::default() });
        }
        self.lines.last_mut().ok_or(SheetError::TooManyCells)
    }

    pub(crate) fn finish(mut self) -> Vec<Line> {
        if !self.sorted {
            self.lines.sort_by_key(|line| line.number);
            self.lines = self.lines.into_iter().fold(Vec::new(), join_equal);
        }
        self.lines.retain(|line| line.cells.iter().any(|cell| !cell.is_blank()));
        self.lines
    }
}

/// Parts of one line that came apart are put together.
fn join_equal(mut lines: Vec<Line>, next: Line) -> Vec<Line> {
    match lines.last_mut().filter(|last| last.number == next.number) {
        Some(last) => {
            last.cells.resize(last.cells.len().max(next.cells.len()), Cell::default());
            for (place, cell) in last.cells.iter_mut().zip(next.cells) {
                if !cell.text.is_empty() {
                    *place = cell;
                }
            }
        }
        None => lines.push(next),
    }
    lines
}

#[cfg(test)]
mod tests {
    #[test]
    fn columns_are_lettered_as_workbooks_letter_them() {
        let letters: Vec<String> = [0, 25, 26, 51, 52, 701, 702].map(super::letter).into();
        assert_eq!(letters, ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]);
    }
}
