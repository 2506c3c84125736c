//! How a workbook crosses from the process that read it to the one that asked: lengths and bytes, one cell after another,
//! so that one side takes in what the other is still sending.

use std::io::{self, Read, Write};

use domain::Text;

use crate::{Area, Cell, Kind, Line, Sheet, SheetError, Workbook};

/// What stands first: a workbook follows, or why there is none.
const READ: u8 = 0;
const FAILED: u8 = 1;

/// The kinds of cells, by the number they cross as.
const KINDS: [Kind; 5] = [Kind::Text, Kind::Number, Kind::Date, Kind::Bool, Kind::Error];

/// Sends what came of reading. Errors: those of writing.
pub fn send(read: &Result<Workbook, SheetError>, out: &mut impl Write) -> io::Result<()> {
    let mut out = Out(out);
    match read {
        Ok(workbook) => {
            out.0.write_all(&[READ])?;
            out.each(&workbook.sheets, |out, sheet| out.sheet(sheet))
        }
        Err(error) => {
            out.0.write_all(&[FAILED])?;
            serde_json::to_writer(out.0, error).map_err(io::Error::from)
        }
    }
}

/// Takes in what [`send`] sent. Errors: it was cut short, or is nothing that [`send`] sends.
pub fn receive(from: &mut impl Read) -> io::Result<Result<Workbook, SheetError>> {
    let mut from = In { from, held: Vec::new() };
    match from.byte()? {
        READ => Ok(Ok(Workbook { sheets: from.each(In::sheet)? })),
        _ => serde_json::from_reader(from.from).map(Err).map_err(io::Error::from),
    }
}

/// A text that may be made room for at once, bytes.
const SHORT: usize = 1 << 14;

struct Out<'w, W: Write>(&'w mut W);

impl<W: Write> Out<'_, W> {
    fn number(&mut self, number: u32) -> io::Result<()> {
        self.0.write_all(&number.to_le_bytes())
    }

    fn length(&mut self, length: usize) -> io::Result<()> {
        self.number(u32::try_from(length).map_err(io::Error::other)?)
    }

    fn text(&mut self, text: &str) -> io::Result<()> {
        self.length(text.len())?;
        self.0.write_all(text.as_bytes())
    }

    fn each<T>(&mut self, all: &[T], mut one: impl FnMut(&mut Self, &T) -> io::Result<()>) -> io::Result<()> {
        self.length(all.len())?;
        all.iter().try_for_each(|it| one(self, it))
    }

    fn sheet(&mut self, sheet: &Sheet) -> io::Result<()> {
        self.text(&sheet.name)?;
        self.0.write_all(&[u8::from(sheet.hidden)])?;
        self.each(&sheet.hidden_columns, |out, column| out.number(*column))?;
        self.each(&sheet.merged, |out, area| {
            [area.top, area.bottom, area.left, area.right].into_iter().try_for_each(|side| out.number(side))
        })?;
        self.each(&sheet.lines, |out, line| {
            out.number(line.number)?;
            out.0.write_all(&[u8::from(line.hidden)])?;
            out.each(&line.cells, |out, cell| {
                let kind = KINDS.iter().position(|kind| *kind == cell.kind).unwrap_or_default();
                out.0.write_all(&[u8::try_from(kind).unwrap_or_default()])?;
                out.text(&cell.text)
            })
        })
    }
}

struct In<'r, R: Read> {
    from: &'r mut R,
    /// The text taken in last.
    held: Vec<u8>,
}

impl<R: Read> In<'_, R> {
    fn byte(&mut self) -> io::Result<u8> {
        let mut byte = [0];
        self.from.read_exact(&mut byte)?;
        let [byte] = byte;
        Ok(byte)
    }

    fn number(&mut self) -> io::Result<u32> {
        let mut bytes = [0; 4];
        self.from.read_exact(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn text(&mut self) -> io::Result<Text> {
        let length = self.number()? as usize;
        // A length that claims more than comes is given memory only as it is filled.
        self.held.clear();
        self.held.resize(length.min(SHORT), 0);
        self.from.read_exact(&mut self.held)?;
        let left = length.saturating_sub(SHORT);
        if left > 0 && self.from.by_ref().take(left as u64).read_to_end(&mut self.held)? < left {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        str::from_utf8(&self.held).map(Text::from).map_err(io::Error::other)
    }

    fn each<T>(&mut self, mut one: impl FnMut(&mut Self) -> io::Result<T>) -> io::Result<Vec<T>> {
        let length = self.number()? as usize;
        let mut all = Vec::with_capacity(length.min(1 << 10));
        for _ in 0..length {
            all.push(one(self)?);
        }
        Ok(all)
    }

    fn sheet(&mut self) -> io::Result<Sheet> {
        Ok(Sheet {
            name: self.text()?.to_string(),
            hidden: self.byte()? != 0,
            hidden_columns: self.each(Self::number)?,
            merged: self.each(|from| {
                Ok(Area { top: from.number()?, bottom: from.number()?, left: from.number()?, right: from.number()? })
            })?,
            lines: self.each(|from| {
                Ok(Line { number: from.number()?, hidden: from.byte()? != 0, cells: from.each(Self::cell)? })
            })?,
        })
    }

    fn cell(&mut self) -> io::Result<Cell> {
        let kind = KINDS.get(usize::from(self.byte()?)).copied().ok_or(io::ErrorKind::InvalidData)?;
        Ok(Cell { kind, text: self.text()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_workbook_crosses_whole_or_not_at_all() {
        let area = Area { top: 1, bottom: 3, left: 0, right: 2 };
        let cells = KINDS.map(|kind| Cell { kind, text: "王𠮷\n".into() }).to_vec();
        let line = Line { number: 7, hidden: true, cells };
        let sheet = Sheet {
            name: "花名册".to_owned(),
            hidden: true,
            lines: vec![line, Line::default()],
            hidden_columns: vec![4],
            merged: vec![area],
        };
        let whole = Ok(Workbook { sheets: vec![sheet, Sheet::default()] });
        let mut bytes = Vec::new();
        send(&whole, &mut bytes).unwrap();
        assert_eq!(receive(&mut bytes.as_slice()).unwrap(), whole);
        for end in 0..bytes.len() {
            assert!(receive(&mut &bytes[..end]).is_err());
        }
    }

    #[test]
    fn why_there_is_none_crosses_too() {
        let failed = Err(SheetError::TooLarge(700));
        let mut bytes = Vec::new();
        send(&failed, &mut bytes).unwrap();
        assert_eq!(receive(&mut bytes.as_slice()).unwrap(), failed);
    }
}
