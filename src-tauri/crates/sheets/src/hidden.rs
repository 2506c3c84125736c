//! What a sheet hides and merges, read from its XML; `calamine` gives the cells only.

use std::collections::{BTreeMap, BTreeSet};

use memchr::memmem;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::sheet::Sheet;
use crate::{Area, Line};

/// What a sheet hides and merges.
#[derive(Debug, Default, Clone)]
pub(crate) struct Hidden {
    /// Hidden lines, as first and last number.
    pub(crate) lines: Vec<(u32, u32)>,
    pub(crate) columns: BTreeSet<u32>,
    pub(crate) merged: Vec<Area>,
}

/// Repetitions beyond this say “to the end of the sheet”.
const REPEAT_MAX: u32 = 1 << 20;

impl Hidden {
    pub(crate) fn apply(&self, sheet: &mut Sheet) {
        let mut lines = self.lines.clone();
        lines.sort_unstable();
        mark_hidden(&mut sheet.lines, |number| {
            let before = lines.partition_point(|(first, _)| *first <= number);
            before.checked_sub(1).and_then(|at| lines.get(at)).is_some_and(|(_, last)| number <= *last)
        });
        sheet.hidden_columns = self.columns.iter().copied().collect();
        sheet.merged.extend(&self.merged);
    }

    pub(crate) fn hide_columns(&mut self, first: u32, last: u32) {
        self.columns.extend(first..=last.min(first.saturating_add(1_000)));
    }

    fn hide_lines(&mut self, first: u32, last: u32) {
        match self.lines.last_mut() {
            Some((_, end)) if *end + 1 == first => *end = last,
            _ => self.lines.push((first, last)),
        }
    }

    fn take_xlsx(&mut self, xml: &str) {
        let mut reader = Reader::from_str(xml);
        let mut line = 0;
        while let Ok(event) = reader.read_event() {
            let (Event::Start(element) | Event::Empty(element)) = &event else {
                if matches!(event, Event::Eof) {
                    break;
                }
                continue;
            };
            match element.local_name().as_ref() {
                "row" => {
                    line = number(element, "r").unwrap_or(line + 1);
                    if is_set(element, "hidden") {
                        self.hide_lines(line, line);
                    }
                }
                "col" if is_set(element, "hidden") => {
                    if let (Some(first), Some(last)) = (number(element, "min"), number(element, "max")) {
                        self.hide_columns(first.saturating_sub(1), last.saturating_sub(1));
                    }
                }
                "mergeCell" => self.merged.extend(attribute(element, "ref").and_then(|text| area(&text))),
                _ => {}
            }
        }
    }
}

fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = element.attributes().with_checks(false).filter_map(Result::ok).find(|one| one.key.as_ref() == name)?;
    Some(found.value.into_owned())
}

fn number(element: &BytesStart<'_>, name: &str) -> Option<u32> {
    attribute(element, name)?.parse().ok()
}

fn is_set(element: &BytesStart<'_>, name: &str) -> bool {
    attribute(element, name).is_some_and(|value| matches!(value.as_str(), "1" | "true"))
}

/// What a sheet of an .xlsx file hides and merges.
pub(crate) fn of_xlsx(xml: &str) -> Hidden {
    let mut hidden = Hidden::default();
    match around_plain_lines(xml) {
        Some(parts) => parts.into_iter().for_each(|part| hidden.take_xlsx(part)),
        None => hidden.take_xlsx(xml),
    }
    hidden
}

/// The XML before and after the lines of a sheet, where none of these is hidden: most of a large sheet need not be read.
fn around_plain_lines(xml: &str) -> Option<[&str; 2]> {
    const LINES: &str = "sheetData";
    let (first, last) =
        (memmem::find(xml.as_bytes(), LINES.as_bytes())?, memmem::rfind(xml.as_bytes(), LINES.as_bytes())?);
    let (before, lines, after) = (xml.get(..first)?, xml.get(first..last)?, xml.get(last..)?);
    let says = |what: &str| memmem::find(lines.as_bytes(), what.as_bytes()).is_some();
    let (_, after) = after.split_once('>')?;
    (!says("hidden") && !says("mergeCell")).then_some([before, after])
}

/// `B2:D4`.
fn area(text: &str) -> Option<Area> {
    let (first, last) = text.split_once(':')?;
    let ((left, top), (right, bottom)) = (place(first)?, place(last)?);
    Some(Area { top, bottom, left, right })
}

fn place(text: &str) -> Option<(u32, u32)> {
    let digits = text.find(|c: char| c.is_ascii_digit())?;
    let (letters, number) = text.split_at(digits);
    let column = letters.bytes().try_fold(0u32, |sum, letter| {
        letter.is_ascii_uppercase().then(|| sum.checked_mul(26)?.checked_add(u32::from(letter - b'A') + 1)).flatten()
    })?;
    Some((column.checked_sub(1)?, number.parse().ok()?))
}

/// The sheets of an .xlsx file by name, with the member that holds each.
pub(crate) fn xlsx_parts(workbook: &str, relations: &str) -> BTreeMap<String, String> {
    let mut targets = BTreeMap::new();
    each(relations, "Relationship", |element| {
        targets.extend(attribute(element, "Id").zip(attribute(element, "Target")));
    });
    let mut parts = BTreeMap::new();
    each(workbook, "sheet", |element| {
        let name =
            element.attributes().with_checks(false).filter_map(Result::ok).find(|one| one.key.as_ref() == "name");
        let name = name.and_then(|one| Some(quick_xml::escape::unescape(&one.value).ok()?.into_owned()));
        let target = attribute(element, "r:id").and_then(|id| targets.get(&id).cloned());
        let full = |target: String| match target.strip_prefix('/') {
            Some(absolute) => absolute.to_owned(),
            None => format!("xl/{target}"),
        };
        parts.extend(name.zip(target.map(full)));
    });
    parts
}

fn each(xml: &str, name: &str, mut take: impl FnMut(&BytesStart<'_>)) {
    let mut reader = Reader::from_str(xml);
    loop {
        match reader.read_event() {
            Ok(Event::Start(element) | Event::Empty(element)) if element.local_name().as_ref() == name => {
                take(&element)
            }
            Ok(Event::Eof) | Err(_) => break,
            Ok(_) => {}
        }
    }
}

/// What the sheets of an .ods file hide and merge, in order.
pub(crate) fn of_ods(xml: &str) -> Vec<Hidden> {
    let mut sheets: Vec<Hidden> = Vec::new();
    let (mut line, mut last_line, mut column, mut cell) = (1u32, 1u32, 0u32, 0u32);
    let mut take = |element: &BytesStart<'_>| {
        let repeated = |name: &str| number(element, name).unwrap_or(1).clamp(1, REPEAT_MAX);
        let unseen = attribute(element, "table:visibility").is_some_and(|how| how != "visible");
        if element.name().as_ref() == "table:table" {
            sheets.push(Hidden::default());
            (line, column) = (1, 0);
        }
        let Some(hidden) = sheets.last_mut() else { return };
        match element.name().as_ref() {
            "table:table-column" => {
                let count = repeated("table:number-columns-repeated");
                if unseen {
                    hidden.hide_columns(column, column + count - 1);
                }
                column = column.saturating_add(count);
            }
            "table:table-row" => {
                let count = repeated("table:number-rows-repeated");
                (last_line, cell) = (line, 0);
                line = line.saturating_add(count);
                if unseen {
                    hidden.hide_lines(last_line, line - 1);
                }
            }
            "table:table-cell" | "table:covered-table-cell" => {
                let (wide, high) = (repeated("table:number-columns-spanned"), repeated("table:number-rows-spanned"));
                if wide > 1 || high > 1 {
                    let (bottom, right) = (last_line + high - 1, cell.saturating_add(wide - 1));
                    hidden.merged.push(Area { top: last_line, bottom, left: cell, right });
                }
                cell = cell.saturating_add(repeated("table:number-columns-repeated"));
            }
            _ => {}
        }
    };
    let mut reader = Reader::from_str(xml);
    loop {
        match reader.read_event() {
            Ok(Event::Start(element) | Event::Empty(element)) => take(&element),
            Ok(Event::Eof) | Err(_) => break,
            Ok(_) => {}
        }
    }
    sheets
}

/// Marks the hidden lines among those with something in them.
fn mark_hidden(lines: &mut [Line], hidden: impl Fn(u32) -> bool) {
    for line in lines {
        line.hidden = hidden(line.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn areas_are_read() {
        assert_eq!(area("B2:AA10"), Some(Area { top: 2, bottom: 10, left: 1, right: 26 }));
        assert_eq!(area("B2"), None);
    }

    #[test]
    fn lines_that_hide_nothing_are_passed_over() {
        let sheet = |row: &str, text: &str, after: &str| {
            format!(
                "<worksheet><cols><col min=\"2\" max=\"2\" hidden=\"1\"/></cols><sheetData><row r=\"1\"/><row r=\"2\"{row}>\
                 <c><v>{text}</v></c></row></sheetData><mergeCells><mergeCell ref=\"A1:B1\"/></mergeCells>{after}</worksheet>"
            )
        };
        let told = |xml: &str| {
            let hidden = of_xlsx(xml);
            (hidden.lines, hidden.columns.into_iter().collect::<Vec<_>>(), hidden.merged.len())
        };
        assert_eq!(told(&sheet("", "1", "")), (vec![], vec![1], 1));
        assert_eq!(told(&sheet(" hidden=\"1\"", "1", "")), (vec![(2, 2)], vec![1], 1));
        assert_eq!(told(&sheet("", "sheetData hidden mergeCell", "<ext>sheetData</ext>")), (vec![], vec![1], 1));
    }
}
