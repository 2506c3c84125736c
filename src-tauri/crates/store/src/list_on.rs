//! Lists as of another day than today: last year's roster as it was.

use domain::definition::SearchKind;
use domain::{Date, Id, Record, Row, Value, search_key};

use crate::list::{Filter, Is, ListQuery, Listed};
use crate::{StoreError, View, now};

impl View<'_> {
    /// A window of the rows of a record as of a day. Own fields are as they stand; projections speak of the day.
    pub fn list_on(&self, record: &Record, query: &ListQuery, on: Date) -> Result<Listed, StoreError> {
        if record.projections.is_empty() || now::day_of(self.db)? == Some(on) {
            return self.list(record, query);
        }
        let projected =
            |filter: &&Filter| matches!(filter.is, Is::NotAll(_)) || record.projection(&filter.field).is_some();
        let (later, first): (Vec<&Filter>, Vec<&Filter>) = query.filters.iter().partition(projected);
        let first: Vec<Filter> = first.into_iter().cloned().collect();
        let mut rows: Vec<(Id, Row)> = Vec::new();
        for id in self.ids(record, &first)? {
            let found = self.row_on(record, id, on)?;
            rows.extend(found.filter(|(_, row)| later.iter().all(|filter| filter.fits(row))));
        }
        let order = if query.order.is_empty() { &record.order } else { &query.order };
        rows.sort_by_cached_key(|(id, row)| (place(record, row, order), *id));
        let total = rows.len() as u64;
        let skipped = rows.into_iter().skip(usize::try_from(query.offset).unwrap_or(usize::MAX));
        let limit = query.limit.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(Listed { total, rows: skipped.take(limit).collect() })
    }
}

impl Filter {
    /// Whether a row holds what is asked for, as lists mean it.
    pub fn fits(&self, row: &Row) -> bool {
        let value = row.get(self.field.as_str());
        let one_of =
            |value: &Value, wanted: &[String]| value.as_codes().iter().any(|code| wanted.iter().any(|one| one == code));
        match &self.is {
            Is::Empty => value.is_none(),
            Is::Filled => value.is_some(),
            Is::NoneOf(codes) => value.is_none_or(|value| !one_of(value, codes)),
            Is::NotAll(filters) => !filters.iter().all(|filter| filter.fits(row)),
            Is::Value(wanted) => value.is_some_and(|value| match (wanted, value) {
                (Value::Codes(wanted), value) => one_of(value, wanted),
                (Value::Text(wanted), Value::Codes(codes)) => codes.iter().any(|code| wanted == code),
                (wanted, value) => wanted == value,
            }),
        }
    }
}

/// Where a row stands: numbers inside texts by size, names by pinyin, empty last. Only ascending orders are asked for.
fn place(record: &Record, row: &Row, order: &[String]) -> Vec<String> {
    let part = |path: &String| {
        let key = path.trim_start_matches('-');
        let named = record.field(key).is_some_and(|field| field.search == Some(SearchKind::Name));
        match row.get(key) {
            None => "~".to_owned(),
            Some(Value::Int(number)) => format!("{number:012}"),
            Some(Value::Row(id)) => id.to_string(),
            Some(Value::Text(text)) if named => search_key::sort_key(text),
            Some(value) => search_key::natural(&value.as_codes().join(" ")),
        }
    };
    order.iter().map(part).collect()
}
