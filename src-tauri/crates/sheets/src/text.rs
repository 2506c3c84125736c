//! .csv in UTF-8, GB18030 or UTF-16, separated by commas, tabs or semicolons.

use encoding_rs::{GB18030, UTF_8, UTF_16LE};

use crate::sheet::Collector;
use crate::{Cell, Sheet, SheetError, Workbook};

pub(crate) fn read(bytes: &[u8]) -> Result<Workbook, SheetError> {
    let text = decode(bytes)?;
    let head: String = text.trim_start().chars().take(200).collect::<String>().to_lowercase();
    if ["<html", "<!doctype", "<table", "<?xml", "<meta", "<style"].iter().any(|sign| head.starts_with(sign)) {
        return Err(SheetError::WebPage);
    }
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter(&text))
        .from_reader(text.as_bytes());
    let mut collector = Collector::new();
    for (record, number) in reader.records().zip(1..) {
        let record = record.map_err(|error| SheetError::Damaged(error.to_string()))?;
        for (field, column) in record.iter().zip(0..) {
            if !field.is_empty() {
                collector.put(number, column, Cell::text(unwrapped(field)))?;
            }
        }
    }
    Ok(Workbook { sheets: vec![Sheet { name: "CSV".to_owned(), lines: collector.finish(), ..Sheet::default() }] })
}

/// GB18030 reads almost any bytes, so UTF-8 is asked first.
fn decode(bytes: &[u8]) -> Result<String, SheetError> {
    if bytes.starts_with(&[0xff, 0xfe]) {
        let (text, broken) = UTF_16LE.decode_with_bom_removal(bytes);
        return if broken { Err(SheetError::NotAWorkbook) } else { Ok(text.into_owned()) };
    }
    if bytes.contains(&0) {
        return Err(SheetError::NotAWorkbook);
    }
    let (text, broken) = UTF_8.decode_with_bom_removal(bytes);
    if !broken {
        return Ok(text.into_owned());
    }
    let (text, broken) = GB18030.decode_without_bom_handling(bytes);
    if broken { Err(SheetError::NotAWorkbook) } else { Ok(text.into_owned()) }
}

/// The sign that stands most often in the first lines, outside quotes.
fn delimiter(text: &str) -> u8 {
    let count = |sign: char| {
        let mut quoted = false;
        let outside = text.chars().take(20_000).filter(|c| {
            quoted ^= *c == '"';
            !quoted && *c == sign
        });
        outside.count()
    };
    let signs = [(b',', count(',')), (b'\t', count('\t')), (b';', count(';'))];
    signs.into_iter().rev().max_by_key(|(_, times)| *times).map_or(b',', |(sign, _)| sign)
}

/// `="4104…"` keeps a long number whole on its way through Excel; what is meant stands between the quotes.
fn unwrapped(field: &str) -> &str {
    field.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"')).unwrap_or(field)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;

    #[test]
    fn a_list_in_the_encoding_of_old_windows_is_read() {
        let (bytes, _, _) = GB18030.encode("姓名,身份证号\n王𠮷,\"=\"\"11010519491231002X\"\"\"\n");
        let sheet = &read(&bytes).unwrap().sheets[0];
        assert_eq!(sheet.lines[1].cells[0].text, "王𠮷");
        assert_eq!(sheet.lines[1].cells[1].text, "11010519491231002X");
        assert_eq!(read("姓名\t班级\n王\t1\n".as_bytes()).unwrap().sheets[0].lines[0].cells.len(), 2);
    }

    #[test]
    fn a_web_page_named_xls_is_told_from_a_list() {
        assert_eq!(read(b"<html><table></table></html>"), Err(SheetError::WebPage));
        assert_eq!(read(b"\x00\x01\x02"), Err(SheetError::NotAWorkbook));
    }
}
