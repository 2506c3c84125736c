//! A cell as a person sees it, with what kind of thing it is.

use calamine::{Data, DataRef, ExcelDateTime};
use domain::Text;

/// What stands in a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Kind {
    /// Text, or nothing.
    #[default]
    Text,
    /// A number; the text shows it the way Excel does, 15 digits at most.
    Number,
    /// A day or a moment, ISO 8601.
    Date,
    /// TRUE or FALSE.
    Bool,
    /// A formula's error, such as `#N/A`.
    Error,
}

/// A cell. An empty one has no text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Cell {
    /// What it is.
    pub kind: Kind,
    /// What it shows.
    pub text: Text,
}

/// Numbers from here on have lost digits in a double: 18-digit ID numbers among them.
const EXACT: f64 = 1e15;

impl Cell {
    /// A text cell.
    pub fn text(text: impl Into<Text>) -> Self {
        Self { kind: Kind::Text, text: text.into() }
    }

    /// Whether nothing but spaces stands in it.
    pub fn is_blank(&self) -> bool {
        self.text.chars().all(|c| c.is_whitespace() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{feff}'))
    }

    pub(crate) fn of(data: &DataRef<'_>) -> Option<Self> {
        let (kind, text): (Kind, Text) = match data {
            DataRef::Empty => return None,
            DataRef::Int(number) => (Kind::Number, number.to_string().into()),
            DataRef::Float(number) => (Kind::Number, number_text(*number).into()),
            DataRef::String(text) => (Kind::Text, text.into()),
            DataRef::SharedString(text) => (Kind::Text, Text::from(*text)),
            DataRef::Bool(yes) => (Kind::Bool, Text::from(if *yes { "TRUE" } else { "FALSE" })),
            DataRef::DateTime(moment) => moment_cell(moment),
            DataRef::DateTimeIso(text) => (Kind::Date, text.trim_end_matches("T00:00:00").into()),
            DataRef::DurationIso(text) => (Kind::Text, text.into()),
            DataRef::Error(error) => (Kind::Error, error.to_string().into()),
        };
        (!text.is_empty()).then_some(Self { kind, text })
    }
}

fn moment_cell(moment: &ExcelDateTime) -> (Kind, Text) {
    let day = moment.as_datetime().filter(|_| moment.is_datetime() && moment.as_f64() >= 1.0);
    match day {
        Some(at) if at.time() == chrono::NaiveTime::MIN => (Kind::Date, at.date().to_string().into()),
        Some(at) => (Kind::Date, at.format("%Y-%m-%d %H:%M:%S").to_string().into()),
        None => (Kind::Number, number_text(moment.as_f64()).into()),
    }
}

/// A number the way Excel shows it: 15 significant digits; scientific once digits are lost.
pub(crate) fn number_text(number: f64) -> String {
    if number.fract() == 0.0 && number.abs() < EXACT {
        return format!("{number:.0}");
    }
    let rounded = format!("{number:.14E}");
    if number.abs() < EXACT {
        return rounded.parse::<f64>().map_or(rounded, |shown| shown.to_string());
    }
    let (digits, exponent) = rounded.split_once('E').unwrap_or((&rounded, "0"));
    format!("{}E+{exponent}", digits.trim_end_matches('0').trim_end_matches('.'))
}

/// A cell as the library lends it.
pub(crate) fn as_ref(data: &Data) -> DataRef<'_> {
    match data {
        Data::Int(number) => DataRef::Int(*number),
        Data::Float(number) => DataRef::Float(*number),
        Data::String(text) => DataRef::SharedString(text),
        Data::Bool(yes) => DataRef::Bool(*yes),
        Data::DateTime(moment) => DataRef::DateTime(*moment),
        Data::DateTimeIso(text) => DataRef::DateTimeIso(text.clone()),
        Data::DurationIso(text) => DataRef::DurationIso(text.clone()),
        Data::Error(error) => DataRef::Error(error.clone()),
        Data::Empty => DataRef::Empty,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_shown_as_excel_shows_it() {
        for (number, shown) in [
            (3.0, "3"),
            (13_800_001_111.0, "13800001111"),
            (20_110_901.0, "20110901"),
            (2.5, "2.5"),
            (0.1 + 0.2, "0.3"),
            (410_423_201_501_012_031.0, "4.10423201501012E+17"),
            (410_000_000_000_000_000.0, "4.1E+17"),
            (-7.0, "-7"),
        ] {
            assert_eq!(number_text(number), shown);
        }
    }
}
