//! Texts of cells, straightened before they are read.

use domain::date;
use sheets::{Cell, Kind};

/// A day or month as text; a bare Excel serial is turned into its day.
pub(crate) fn day_text(cell: &Cell, text: &str) -> String {
    let serial = text.parse::<u32>().ok().filter(|_| text.len() == 5);
    match (cell.kind, serial.and_then(date::from_excel_serial)) {
        (Kind::Text | Kind::Number, Some(day)) => day.to_string(),
        _ => text.to_owned(),
    }
}

/// 张　三 is 张三: spaces between Chinese characters only line names up.
pub(crate) fn name_text(text: &str) -> String {
    let latin = text.chars().any(|c| c.is_ascii_alphabetic());
    if latin { text.split_whitespace().collect::<Vec<_>>().join(" ") } else { text.split_whitespace().collect() }
}
