//! Following paths: from a row to what a column shows of it.

use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet};

use domain::calendar::{Calendar, SchoolDays};
use domain::path::{Leaf, Path};
use domain::rates::Ratio;
use domain::words::Language;
use domain::{Catalogue, Date, Field, Id, Record, Row, Value, date, show};
use store::View;

use crate::desk::Desk;
use crate::failure::Done;
use crate::rows::{ListRow, names, rules};

/// Reads rows along paths; rows met once are kept.
pub(crate) struct Trail<'t> {
    desk: &'t Desk,
    catalogue: &'t Catalogue,
    view: View<'t>,
    on: Date,
    language: Language,
    met: RefCell<BTreeMap<Id, Row>>,
    children: RefCell<BTreeMap<(Id, String), Rows>>,
    calendar: OnceCell<Calendar>,
    contested: OnceCell<BTreeSet<(Id, String)>>,
}

/// Rows with their ids.
type Rows = Vec<(Id, Row)>;

/// A value at the end of a path, with the field it belongs to.
pub(crate) struct Reached<'t> {
    pub(crate) field: Option<&'t Field>,
    pub(crate) value: Option<Value>,
    /// Whether the field was filled differently and nobody has chosen yet.
    pub(crate) contested: bool,
}

impl<'t> Trail<'t> {
    /// Reads in Chinese, as paper and workbooks are written.
    pub(crate) fn new(desk: &'t Desk, view: View<'t>, on: Date) -> Self {
        Self {
            desk,
            catalogue: desk.catalogue(),
            view,
            on,
            language: Language::Zh,
            met: RefCell::default(),
            children: RefCell::default(),
            calendar: OnceCell::new(),
            contested: OnceCell::new(),
        }
    }

    /// Reads in the language of the desk, as the screen speaks.
    pub(crate) fn spoken(desk: &'t Desk, view: View<'t>, on: Date) -> Self {
        Self { language: desk.language(), ..Self::new(desk, view, on) }
    }

    /// What a column shows in a list; sensitive values masked.
    pub(crate) fn masked(&self, record: &Record, id: Id, row: &Row, path: &Path, number: u64) -> Done<String> {
        let reached = self.reach(record, id, row, path, number)?;
        let Some(value) = &reached.value else { return Ok(String::new()) };
        let text = self.text(reached.field, value)?;
        Ok(match reached.field {
            Some(field) if field.sensitive => show::masked(field, &text),
            _ => text,
        })
    }

    /// What a row shows in a list on the screen, sensitive values masked.
    pub(crate) fn list_row(
        &self,
        (record, id, row): (&Record, Id, &Row),
        columns: &[&Path],
        number: u64,
    ) -> Done<ListRow> {
        let cells = columns.iter().map(|path| self.masked(record, id, row, path, number)).collect::<Done<Vec<_>>>()?;
        let mut contested = Vec::new();
        if self.any_contested()? {
            for (path, at) in columns.iter().zip(0..) {
                contested.extend(self.reach(record, id, row, path, number)?.contested.then_some(at));
            }
        }
        Ok(ListRow { id, cells, contested })
    }

    /// What a column shows, sensitive values in full.
    pub(crate) fn plain(&self, record: &Record, id: Id, row: &Row, path: &Path, number: u64) -> Done<String> {
        let reached = self.reach(record, id, row, path, number)?;
        reached.value.as_ref().map_or(Ok(String::new()), |value| self.text(reached.field, value))
    }

    /// What a field of the row itself shows; masked when sensitive.
    pub(crate) fn masked_field(&self, record: &Record, row: &Row, key: &str) -> Done<String> {
        let field = record.field(key);
        let Some(value) = row.get(key) else { return Ok(String::new()) };
        let text = self.text(field, value)?;
        Ok(match field {
            Some(field) if field.sensitive => show::masked(field, &text),
            _ => text,
        })
    }

    /// A value in words; a reference by the name of the row it leads to.
    pub(crate) fn text(&self, field: Option<&Field>, value: &Value) -> Done<String> {
        match (value, field.and_then(|field| field.to.as_deref())) {
            (Value::Row(id), Some(to)) => match self.catalogue.record(to) {
                Some(record) => names::named(self.catalogue, self.view, (record, *id), (self.on, self.language)),
                None => Ok(String::new()),
            },
            _ => Ok(show::text(self.catalogue, field, value, self.language)),
        }
    }

    /// Follows a path from a row.
    pub(crate) fn reach(&self, record: &Record, id: Id, row: &Row, path: &Path, number: u64) -> Done<Reached<'t>> {
        let of_none = |value| Reached { field: None, value, contested: false };
        let none = of_none(None);
        let Some(mut at) = self.catalogue.record(&record.record) else { return Ok(none) };
        let (mut here, mut row) = (id, row.clone());
        for step in &path.through {
            let target = at.field(step).and_then(|field| self.catalogue.record(field.to.as_deref()?));
            let (Some(next), Some(to)) = (target, row.get(step.as_str()).and_then(Value::as_row)) else {
                return Ok(none);
            };
            (at, here, row) = (next, to, self.row(next, to)?);
        }
        Ok(match &path.leaf {
            Leaf::Field(key) => self.found(at, key, Some(&(here, row)))?,
            Leaf::Number => of_none(i64::try_from(number).ok().map(Value::Int)),
            Leaf::Age(key) => {
                let birth = row.get(key.as_str()).and_then(Value::as_text).and_then(|text| text.parse::<Date>().ok());
                let age = birth.and_then(|birth| date::age_on(birth, self.on));
                of_none(age.map(|age| Value::Int(i64::from(age))))
            }
            Leaf::Count { record, holding } => {
                let rows = self.children_of(record, here)?;
                let counted = rows.iter().filter(|(_, row)| holding.as_ref().is_none_or(|holding| holding.fits(row)));
                of_none(i64::try_from(counted.count()).ok().map(Value::Int))
            }
            Leaf::SchoolDays { from, until } => of_none(self.school_days(&row, from, until)?),
            Leaf::Rows(_) => none,
            Leaf::Percent { part, whole } => of_none(percent(&row, part, whole)),
            Leaf::Child { record, nth, field } => {
                let rows = self.children_of(record, here)?;
                self.found_in(record, field, rows.get(nth - 1))?
            }
            Leaf::Where { record, holding, field } => {
                let rows = self.children_of(record, here)?;
                self.found_in(record, field, rows.iter().find(|(_, row)| holding.fits(row)))?
            }
            Leaf::Last { record, field } => self.found_in(record, field, self.children_of(record, here)?.first())?,
        })
    }

    fn found_in(&self, record: &str, field: &str, row: Option<&(Id, Row)>) -> Done<Reached<'t>> {
        match self.catalogue.record(record) {
            Some(record) => self.found(record, field, row),
            None => Ok(Reached { field: None, value: None, contested: false }),
        }
    }

    fn found(&self, record: &'t Record, key: &str, row: Option<&(Id, Row)>) -> Done<Reached<'t>> {
        let value = row.and_then(|(_, row)| row.get(key)).cloned();
        let contested = row.map(|(id, _)| self.is_contested(*id, key)).transpose()?.unwrap_or(false);
        Ok(Reached { field: record.field(key), value, contested })
    }

    /// Whether any field at all was filled differently and nobody has chosen yet.
    pub(crate) fn any_contested(&self) -> Done<bool> {
        Ok(!self.contested()?.is_empty())
    }

    fn is_contested(&self, row: Id, key: &str) -> Done<bool> {
        let open = self.contested()?;
        Ok(!open.is_empty() && open.contains(&(row, key.to_owned())))
    }

    fn contested(&self) -> Done<&BTreeSet<(Id, String)>> {
        if let Some(open) = self.contested.get() {
            return Ok(open);
        }
        let read = self.view.contested()?;
        Ok(self.contested.get_or_init(|| read))
    }

    /// School days from a day until another, or until today; nothing while the first day is not known.
    fn school_days(&self, row: &Row, from: &str, until: &str) -> Done<Option<Value>> {
        let day = |key: &str| row.get(key).and_then(Value::as_text).and_then(|text| text.parse::<Date>().ok());
        let Some(first) = day(from) else { return Ok(None) };
        let calendar = match self.calendar.get() {
            Some(calendar) => calendar,
            None => {
                let read = rules::own_calendar(self.desk, self.view)?;
                self.calendar.get_or_init(|| read)
            }
        };
        let last = day(until).and_then(|end| end.pred_opt()).unwrap_or(self.on);
        let counted = SchoolDays::of(calendar, None, first, last.max(first));
        Ok(i64::try_from(counted.between(first, last).len()).ok().map(Value::Int))
    }

    fn row(&self, record: &Record, id: Id) -> Done<Row> {
        if let Some(row) = self.met.borrow().get(&id) {
            return Ok(row.clone());
        }
        let row = self.view.row_on(record, id, self.on)?.map(|(_, row)| row).unwrap_or_default();
        self.met.borrow_mut().insert(id, row.clone());
        Ok(row)
    }

    /// Child rows in their record's own order: newest first where a day orders them.
    pub(crate) fn children_of(&self, child: &str, owner: Id) -> Done<Rows> {
        let key = (owner, child.to_owned());
        if let Some(rows) = self.children.borrow().get(&key) {
            return Ok(rows.clone());
        }
        let Some(record) = self.catalogue.record(child) else { return Ok(vec![]) };
        let rows = self.view.rows_under(record, owner)?;
        self.children.borrow_mut().insert(key, rows.clone());
        Ok(rows)
    }
}

/// A part of a whole in per cent; a dash when there is nothing to divide by, nothing when a number is missing.
fn percent(row: &Row, part: &str, whole: &str) -> Option<Value> {
    let number = |key: &str| match row.get(key) {
        Some(Value::Int(number)) => u32::try_from(*number).ok(),
        _ => None,
    };
    Some(Value::Text(Ratio::of(number(part)?, number(whole)?).to_string().into()))
}
