//! What is to be printed: everything a page shape of `assets/pages` is given.

use domain::form::{Layout, Paper, PaperSize};
use serde::{Serialize, Serializer};

use crate::parts::{self, Column, Part};
use crate::square::Square;

/// One print: a form with its values.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Job {
    /// The size of a page.
    pub size: Size,
    /// The title.
    pub title: String,
    /// A sentence under the title.
    pub note: Option<String>,
    /// What stands between title and body: labels with values; a day is written by hand when its value is empty.
    pub about: Vec<(String, String)>,
    /// Who signs, in order.
    pub sign: Vec<String>,
    /// Whether a place is kept clear for the seal.
    pub seal: bool,
    /// The foot of each page, left.
    pub foot: String,
    /// The values.
    pub body: Body,
}

/// A page's size, mm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Size {
    /// Across.
    pub width_mm: u32,
    /// Down.
    pub height_mm: u32,
}

/// The values in their page shape.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Body {
    /// Rows under a header.
    Table(Table),
    /// One row a sheet.
    Sheets(Vec<Sheet>),
    /// One row a letter.
    Letters(Vec<Letter>),
    /// All rows on one page, in words, and behind it row by row.
    Summary(Summary),
}

/// A table; wider than the paper, it is printed in parts.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Table {
    columns: Vec<Column>,
    parts: Vec<Part>,
    rows: Vec<Vec<Text>>,
    empty_rows: u32,
}

/// One row on a sheet of its own.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Sheet {
    /// What names it, printed again on a second page.
    pub name: String,
    /// Its parts.
    pub sections: Vec<Section>,
}

/// One row as a letter.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Letter {
    /// Its number, under the title.
    pub number: Vec<Said>,
    /// Whom it addresses.
    pub to: Vec<Said>,
    /// Its paragraphs.
    pub body: Vec<Vec<Said>>,
    /// Who sends it.
    pub sender: String,
    /// Its day in words; written by hand when empty.
    pub day: String,
    /// What names it, and the slip below it.
    pub slip: Sheet,
}

/// All rows in words, and the lists behind.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Summary {
    /// Its paragraphs.
    pub body: Vec<Vec<Said>>,
    /// The lists, each on pages of its own.
    pub lists: Vec<Section>,
}

/// A part of a sentence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Said {
    /// Words of the definition.
    Words(String),
    /// A value; a line to write on when it is empty.
    Value(Text),
}

/// A part of a sheet.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Section {
    /// The heading.
    pub title: String,
    /// Labels and values.
    pub places: Vec<Place>,
    /// Rows of its own under a header.
    pub table: Option<Table>,
    /// A square below it that a camera reads.
    pub square: Option<Square>,
}

/// A label and its value.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Place {
    /// The label.
    pub head: String,
    /// The value.
    pub text: Text,
    /// The choices with their boxes, instead of the value.
    pub ticks: Vec<Tick>,
    /// How many of the three places of a line it takes.
    pub span: u32,
    /// Height kept free, in lines of writing.
    pub lines: u32,
}

/// A choice with its box.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Tick {
    /// What is chosen.
    pub name: String,
    /// Whether it is.
    pub on: bool,
}

/// A value as typed. Runs that no line could hold, web addresses for one, may be broken anywhere.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Text(pub String);

/// The longest run without a place to break that is left whole: a student code has 19 characters.
const RUN_MAX: usize = 19;

/// mm that a page keeps free at its sides: 25 for the binding (domain.md §7), 12 at the other edge.
pub(crate) const SIDES_MM: u32 = 25 + 12;

/// mm of a page that the margins, title, day and header of a table take, as `assets/pages` sets them.
const FRAME_MM: u32 = 31 + 15 + 8 + 10;

/// mm that signatures take, with a seal beside them or alone.
const SEAL_MM: u32 = 45 + 5;
const SIGN_MM: u32 = 16 + 5;

/// mm of an empty row: room for a hand, rounded up.
const EMPTY_ROW_MM: u32 = 9;

/// Places on a line of a sheet.
const LINE: u32 = 3;

impl Size {
    /// A sheet of paper.
    pub fn of(paper: Paper) -> Self {
        let (short, long) = match paper.size {
            PaperSize::A4 => (210, 297),
            PaperSize::A3 => (297, 420),
        };
        if paper.landscape {
            Self { width_mm: long, height_mm: short }
        } else {
            Self { width_mm: short, height_mm: long }
        }
    }

    /// The width between the margins.
    pub fn usable_mm(self) -> u32 {
        self.width_mm.saturating_sub(SIDES_MM)
    }
}

impl Table {
    /// A table for a width; columns that do not fit go to further parts.
    pub fn new(columns: Vec<Column>, rows: Vec<Vec<Text>>, usable_mm: u32) -> Self {
        let parts = parts::split(&columns, usable_mm);
        Self { columns, parts, rows, empty_rows: 0 }
    }

    /// The same table with empty rows for handwriting at its end.
    #[must_use]
    pub fn with_empty_rows(mut self, rows: u32) -> Self {
        self.empty_rows = rows;
        self
    }

    /// How many empty rows fill one page of a form for handwriting.
    pub fn rows_of_a_page(size: Size, seal: bool) -> u32 {
        let foot_mm = if seal { SEAL_MM } else { SIGN_MM };
        (size.height_mm.saturating_sub(FRAME_MM + foot_mm) / EMPTY_ROW_MM).max(1)
    }

    /// Into how many parts it was split.
    pub fn parts(&self) -> usize {
        self.parts.len()
    }
}

impl Section {
    /// Labels and values under a heading; the last place of each line takes what is left of it.
    pub fn of_places(title: String, places: Vec<Place>) -> Self {
        let mut section = Self { title, places: Vec::new(), table: None, square: None };
        let mut free = LINE;
        for mut place in places {
            place.span = place.span.clamp(1, LINE);
            if place.span > free {
                section.widen_last(free);
                free = LINE;
            }
            free = if free == place.span { LINE } else { free - place.span };
            section.places.push(place);
        }
        section.widen_last(free % LINE);
        section
    }

    /// Rows of its own under a heading.
    pub fn of_table(title: String, table: Table) -> Self {
        Self { title, places: Vec::new(), table: Some(table), square: None }
    }

    /// The same with a square below it.
    #[must_use]
    pub fn with_square(self, square: Square) -> Self {
        Self { square: Some(square), ..self }
    }

    fn widen_last(&mut self, by: u32) {
        if let Some(last) = self.places.last_mut() {
            last.span += by;
        }
    }
}

impl Job {
    /// The page shape it is printed in.
    pub(crate) fn layout(&self) -> Layout {
        match self.body {
            Body::Table(_) => Layout::Table,
            Body::Sheets(_) => Layout::Sheet,
            Body::Letters(_) => Layout::Letter,
            Body::Summary(_) => Layout::Summary,
        }
    }

    /// All texts on the pages that come from people or definitions.
    pub fn texts(&self) -> Vec<&str> {
        let mut texts = vec![self.title.as_str(), &self.foot];
        texts.extend(self.note.as_deref());
        texts.extend(self.about.iter().flat_map(|(label, value)| [label.as_str(), value]));
        texts.extend(self.sign.iter().map(String::as_str));
        match &self.body {
            Body::Table(table) => texts.extend(table.texts()),
            Body::Sheets(sheets) => texts.extend(sheets.iter().flat_map(Sheet::texts)),
            Body::Letters(letters) => texts.extend(letters.iter().flat_map(Letter::texts)),
            Body::Summary(summary) => texts.extend(summary.texts()),
        }
        texts
    }
}

impl Table {
    fn texts(&self) -> impl Iterator<Item = &str> {
        let cells = self.rows.iter().flatten().map(|text| text.0.as_str());
        self.columns.iter().flat_map(|column| [column.head.as_str(), &column.band]).chain(cells)
    }
}

impl Sheet {
    fn texts(&self) -> impl Iterator<Item = &str> {
        self.sections.iter().flat_map(Section::texts)
    }
}

impl Section {
    fn texts(&self) -> impl Iterator<Item = &str> {
        let places = self.places.iter().flat_map(|place| {
            let ticks = place.ticks.iter().map(|tick| tick.name.as_str());
            [place.head.as_str(), place.text.0.as_str()].into_iter().chain(ticks)
        });
        let notes = self.square.iter().map(|square| square.note.as_str());
        places.chain(self.table.iter().flat_map(Table::texts)).chain([self.title.as_str()]).chain(notes)
    }
}

impl Said {
    fn text(&self) -> &str {
        match self {
            Self::Words(words) | Self::Value(Text(words)) => words,
        }
    }
}

impl Summary {
    fn texts(&self) -> impl Iterator<Item = &str> {
        self.body.iter().flatten().map(Said::text).chain(self.lists.iter().flat_map(Section::texts))
    }
}

impl Letter {
    fn texts(&self) -> impl Iterator<Item = &str> {
        let said = [&self.number, &self.to].into_iter().chain(&self.body).flatten().map(Said::text);
        said.chain([self.sender.as_str()]).chain(self.slip.texts())
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self(text)
    }
}

/// A text, or the pieces between which a line may break.
impl Serialize for Text {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let longest = self.0.split(is_break).map(|run| run.chars().count()).max().unwrap_or_default();
        if longest <= RUN_MAX {
            return serializer.serialize_str(&self.0);
        }
        serializer.collect_seq(pieces(&self.0))
    }
}

/// Cuts the long runs of a text into characters and leaves the rest whole.
fn pieces(text: &str) -> Vec<String> {
    let mut pieces = Vec::new();
    for run in text.split_inclusive(is_break) {
        if run.chars().count() > RUN_MAX {
            pieces.extend(run.chars().map(String::from));
        } else {
            match pieces.last_mut() {
                Some(last) if !last.is_empty() => {
                    let last: &mut String = last;
                    last.push_str(run);
                }
                _ => pieces.push(run.to_owned()),
            }
        }
    }
    pieces
}

/// Whether a line may break at a character without help. Scripts whose letters join are left alone.
fn is_break(c: char) -> bool {
    c.is_whitespace() || c == '-' || u32::from(c) >= 0x590
}
