//! What the rates are counted from, read once.

use std::collections::BTreeMap;

use domain::lives::Life;
use domain::report::Books;
use domain::report::books::Entry;
use domain::{Date, Id, Row, Value};
use store::Only;

use crate::failure::Done;
use crate::rows::books::Reader;

/// Everything the rates count from.
pub(super) fn books(reader: &Reader<'_>, lives: Vec<Life>, (term, day): (Date, Date)) -> Done<Books> {
    let mut books = Books::new(lives);
    for name in ["class_day", "return_check"] {
        books.class_sheets.insert(name.to_owned(), reader.sheets(name, term)?);
    }
    // Who was missing matters on the newest day of each school alone.
    let mut newest: BTreeMap<Option<Id>, Date> = BTreeMap::new();
    for sheet in books.class_sheets.get("class_day").into_iter().flatten() {
        let Some(on) = sheet.on.filter(|on| *on <= day) else { continue };
        let held = newest.entry(sheet.school).or_insert(on);
        *held = on.max(*held);
    }
    let from = newest.values().min().copied().unwrap_or(day);
    let absences = entries(reader, "absence", ("on", &["part"]), vec![Only::From("on", from)])?;
    books.work.insert("absence".to_owned(), absences);
    let codes = ["school_year", "term", "result"];
    books.work.insert("return_outcome".to_owned(), entries(reader, "return_outcome", ("done_on", &codes), vec![])?);
    Ok(books)
}

fn entries(reader: &Reader<'_>, name: &str, (day, codes): (&str, &[&str]), only: Vec<Only<'_>>) -> Done<Vec<Entry>> {
    let fields: Vec<&str> = ["student", day].into_iter().chain(codes.iter().copied()).collect();
    let entry = |(row, values): (Id, Row)| {
        let text = |key: &str| values.get(key).and_then(Value::as_text).map(str::to_owned);
        let on = text(day).and_then(|text| text.parse().ok());
        Some(Entry {
            row,
            student: values.get("student").and_then(Value::as_row)?,
            days: on.map(|on| (day.to_owned(), on)).into_iter().collect(),
            codes: codes.iter().filter_map(|key| Some(((*key).to_owned(), text(key)?))).collect(),
        })
    };
    Ok(reader.scan(name, &fields, only)?.into_iter().filter_map(entry).collect())
}
