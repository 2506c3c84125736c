//! Texts of cells, straightened before they are read.

use std::borrow::Cow;

use domain::date;
use sheets::{Cell, Kind};

/// A day or month as text; a bare Excel serial is turned into its day.
pub(crate) fn day_text<'t>(cell: &Cell, text: &'t str) -> Cow<'t, str> {
    let serial = text.parse::<u32>().ok().filter(|_| text.len() == 5);
    match (cell.kind, serial.and_then(date::from_excel_serial)) {
        (Kind::Text | Kind::Number, Some(day)) => day.to_string().into(),
        _ => text.into(),
    }
}

/// 张　三 is 张三: spaces between Chinese characters only line names up.
pub(crate) fn name_text(text: &str) -> Cow<'_, str> {
    if !text.contains(char::is_whitespace) {
        return text.into();
    }
    let latin = text.chars().any(|c| c.is_ascii_alphabetic());
    let parts = text.split_whitespace();
    if latin { parts.collect::<Vec<_>>().join(" ").into() } else { parts.collect::<String>().into() }
}

/// Without what people cannot see at either end, and without the apostrophe that keeps a number whole.
pub(crate) fn trimmed(text: &str) -> &str {
    let unseen = |c: char| c.is_whitespace() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{a0}');
    text.trim_matches(unseen).trim_start_matches(['\'', '\u{2018}']).trim_matches(unseen)
}
