//! Lists: rows of a record, filtered and sorted, a window at a time.

use std::cell::RefCell;
use std::collections::HashMap;

use domain::definition::FieldType;
use domain::{Date, Field, Id, Record, Row, Value};
use rusqlite::params_from_iter;
use rusqlite::types::Value as Sql;

use crate::error::Doing;
use crate::{StoreError, View, cell, now};

/// What a list asks for.
#[derive(Debug, Clone, Default)]
pub struct ListQuery {
    /// All of these hold.
    pub filters: Vec<Filter>,
    /// Fields to sort by, `-` before one reverses it; the record's own order when empty.
    pub order: Vec<String>,
    /// Rows left out at the beginning.
    pub offset: u64,
    /// Rows given at most; all when absent.
    pub limit: Option<u64>,
}

/// A condition on a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    /// The field, projections included.
    pub field: String,
    /// What it must be.
    pub is: Is,
}

/// What a field must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Is {
    /// This value. A list of codes holds the code; of several codes a code is one.
    Value(Value),
    /// Empty.
    Empty,
    /// Not empty.
    Filled,
    /// Another code than these, or empty.
    NoneOf(Vec<String>),
    /// One of these conditions at least does not hold, whatever fields they are about.
    NotAll(Vec<Filter>),
}

impl Filter {
    /// A field that holds a value; `None`: that is empty.
    pub fn is(field: impl Into<String>, value: Option<Value>) -> Self {
        Self { field: field.into(), is: value.map_or(Is::Empty, Is::Value) }
    }

    /// The one value wanted, if that is what is asked.
    pub fn value(&self) -> Option<&Value> {
        match &self.is {
            Is::Value(value) => Some(value),
            Is::Empty | Is::Filled | Is::NoneOf(_) | Is::NotAll(_) => None,
        }
    }

    /// The rows for which these conditions do not all hold.
    pub fn not_all(filters: Vec<Self>) -> Self {
        Self { field: String::new(), is: Is::NotAll(filters) }
    }

    /// The fields it is about.
    fn fields(&self) -> Vec<&str> {
        match &self.is {
            Is::NotAll(filters) => filters.iter().flat_map(Self::fields).collect(),
            _ => vec![&self.field],
        }
    }
}

/// FROM, WHERE and the values of a query.
struct Plan {
    from: String,
    filter: String,
    values: Vec<Sql>,
}

/// From where a list is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    First,
    Last,
}

/// How a window is come by: from the nearer end, as what is skipped is read as well. `count` −1: whatever follows.
struct Window {
    end: End,
    skipped: u64,
    count: i64,
}

impl Window {
    fn of(total: u64, query: &ListQuery) -> Self {
        let count = |rows: u64| i64::try_from(rows).unwrap_or(i64::MAX);
        let rest = total.saturating_sub(query.offset);
        let shown = query.limit.map_or(rest, |limit| limit.min(rest));
        match rest - shown < query.offset {
            true => Self { end: End::Last, skipped: rest - shown, count: count(shown) },
            false => Self { end: End::First, skipped: query.offset, count: query.limit.map_or(-1, count) },
        }
    }
}

/// A window of a list.
#[derive(Debug, Clone)]
pub struct Listed {
    /// Rows of the whole list.
    pub total: u64,
    /// The rows of the window.
    pub rows: Vec<(Id, Row)>,
}

/// Values of the fields counted by, and how many rows hold them.
pub type Counted = (Vec<Option<Value>>, u64);

impl View<'_> {
    /// A window of the rows of a record, as of today.
    pub fn list(&self, record: &Record, query: &ListQuery) -> Result<Listed, StoreError> {
        let total = self.total(record, &query.filters)?;
        if query.limit == Some(0) {
            return Ok(Listed { total, rows: vec![] });
        }
        let Plan { from, filter, values } = self.plan(record, &query.filters, &query.order)?;
        let Window { end, skipped, count } = Window::of(total, query);
        let order = order(record, &query.order, end);
        let sql = format!("SELECT {} FROM {from}{filter} ORDER BY {order} LIMIT {count} OFFSET {skipped}", id(&from));
        let mut ask = self.db.prepare_cached(&sql).doing("preparing a list")?;
        let mut objs: Vec<i64> = ask
            .query_map(params_from_iter(&values), |row| row.get(0))
            .and_then(Iterator::collect)
            .doing("reading a list")?;
        if end == End::Last {
            objs.reverse();
        }
        let rows = objs.into_iter().map(|obj| self.listed(record, obj)).collect::<Result<Vec<_>, _>>()?;
        Ok(Listed { total, rows: rows.into_iter().flatten().collect() })
    }

    /// How many rows of a record there are.
    pub fn total(&self, record: &Record, filters: &[Filter]) -> Result<u64, StoreError> {
        let Plan { from, filter, values } = self.plan(record, filters, &[])?;
        let mut count =
            self.db.prepare_cached(&format!("SELECT count(*) FROM {from}{filter}")).doing("preparing a count")?;
        let total: i64 = count.query_row(params_from_iter(&values), |row| row.get(0)).doing("counting a list")?;
        Ok(u64::try_from(total).unwrap_or_default())
    }

    /// The rows of a record that are listed under a row, in the record's order.
    pub fn rows_under(&self, record: &Record, above: Id) -> Result<Vec<(Id, Row)>, StoreError> {
        let via = match (record.also_under.is_empty(), self.record_of(above)) {
            (true, _) => record.owner.as_deref(),
            (false, Ok(one)) => self.catalogue.field_under(record, &one.record),
            (false, Err(StoreError::NoSuchRow(_))) => None,
            (false, Err(error)) => return Err(error),
        };
        let Some(via) = via else { return Ok(vec![]) };
        let filter = Filter::is(via, Some(Value::Row(above)));
        Ok(self.list(record, &ListQuery { filters: vec![filter], ..ListQuery::default() })?.rows)
    }

    /// Every row of a record as of today, oldest first: one pass over its table, for whoever needs them all.
    pub fn every(&self, record: &Record) -> Result<Vec<(Id, Row)>, StoreError> {
        let mut ask = self.db.prepare_cached(&self.shape(record)?.every).doing("preparing every row")?;
        let mut rows = ask.query([]).doing("reading every row")?;
        let projected = record.projections.iter().filter_map(|projection| record.field(&projection.key));
        let fields: Vec<_> = record.stored().chain(projected).collect();
        let met: RefCell<HashMap<i64, Id>> = RefCell::default();
        let id_of = |obj: i64| match met.borrow().get(&obj).copied() {
            Some(id) => Ok(id),
            None => self.uuid(obj),
        };
        let mut found = Vec::new();
        while let Some(row) = rows.next().doing("reading every row")? {
            let id: [u8; 16] = row.get(0).doing("reading every row")?;
            let mut values = Row::new();
            for (field, at) in fields.iter().zip(1..) {
                let cell = row.get_ref(at).doing("reading every row")?;
                let value = cell::to_value(field, cell, id_of)?;
                if let (Some(Value::Row(id)), Ok(obj)) = (&value, cell.as_i64()) {
                    met.borrow_mut().insert(obj, *id);
                }
                cell::put(&mut values, field, value);
            }
            found.push((Id::from_bytes(id), values));
        }
        Ok(found)
    }

    /// The ids of all rows of a record in the record's order.
    pub fn ids(&self, record: &Record, filters: &[Filter]) -> Result<Vec<Id>, StoreError> {
        let Plan { from, filter, values } = self.plan(record, filters, &[])?;
        let (id, order) = (id(&from), order(record, &[], End::First));
        let sql = format!("SELECT o.uuid FROM {from} JOIN obj o ON o.id = {id}{filter} ORDER BY {order}");
        let mut ask = self.db.prepare_cached(&sql).doing("preparing ids")?;
        let rows = ask.query_map(params_from_iter(&values), |row| row.get::<_, [u8; 16]>(0).map(Id::from_bytes));
        rows.and_then(Iterator::collect).doing("reading ids")
    }

    /// Counts rows by the values of fields, empty ones included, in the order of the values.
    pub fn count_by(&self, record: &Record, fields: &[&str], filters: &[Filter]) -> Result<Vec<Counted>, StoreError> {
        let grouped: Vec<String> = fields.iter().map(|field| (*field).to_owned()).collect();
        let Plan { from, filter, values } = self.plan(record, filters, &grouped)?;
        let found = fields.iter().map(|field| Some((column(record, field)?, record.field(field)?)));
        let Some(found) = found.collect::<Option<Vec<(String, &Field)>>>() else {
            return Err(StoreError::Defect(format!("no field {fields:?}")));
        };
        let columns = found.iter().map(|(column, _)| column.as_str()).collect::<Vec<_>>().join(", ");
        let sql = format!("SELECT {columns}, count(*) FROM {from}{filter} GROUP BY {columns} ORDER BY {columns}");
        let mut ask = self.db.prepare_cached(&sql).doing("preparing counts")?;
        let mut rows = ask.query(params_from_iter(&values)).doing("reading counts")?;
        let mut counts = Vec::new();
        while let Some(row) = rows.next().doing("reading a count")? {
            let cell = |(at, (_, field)): (usize, &(String, &Field))| {
                cell::to_value(field, row.get_ref(at).doing("reading a count")?, |obj| self.uuid(obj))
            };
            let values = found.iter().enumerate().map(cell).collect::<Result<Vec<_>, _>>()?;
            let count: i64 = row.get(found.len()).doing("reading a count")?;
            counts.push((values, u64::try_from(count).unwrap_or_default()));
        }
        Ok(counts)
    }

    /// The tables a query needs and its conditions; `shown` are the fields it sorts or groups by.
    fn plan(&self, record: &Record, filters: &[Filter], shown: &[String]) -> Result<Plan, StoreError> {
        let mut conditions = Vec::new();
        let mut values = Vec::new();
        for filter in filters {
            conditions.push(self.condition(record, filter, &mut values)?);
        }
        let used = filters.iter().flat_map(Filter::fields).chain(shown.iter().map(String::as_str));
        let own = used
            .into_iter()
            .any(|path| record.field(path.trim_start_matches('-')).is_some_and(|field| !field.projected));
        let from = match (record.projections.is_empty(), own) {
            (true, _) => format!("\"{}\" t", record.record),
            // Every visible row has its derived one, which is all that is needed.
            (false, false) => format!("\"{}_now\" n", record.record),
            (false, true) => format!("\"{0}\" t JOIN \"{0}_now\" n ON n.id = t.id", record.record),
        };
        let filter = if conditions.is_empty() { String::new() } else { format!(" WHERE {}", conditions.join(" AND ")) };
        Ok(Plan { from, filter, values })
    }

    /// One condition in SQL, never unknown: where a field is empty it holds or it does not.
    fn condition(&self, record: &Record, filter: &Filter, values: &mut Vec<Sql>) -> Result<String, StoreError> {
        if let Is::NotAll(filters) = &filter.is {
            let all = filters.iter().map(|one| self.condition(record, one, values)).collect::<Result<Vec<_>, _>>()?;
            return Ok(format!("NOT ({})", all.join(" AND ")));
        }
        let column =
            column(record, &filter.field).ok_or_else(|| StoreError::Defect(format!("no field {}", filter.field)))?;
        let several = record.field(&filter.field).is_some_and(|field| field.kind == FieldType::Codes);
        let mut bind = |value: Sql| {
            values.push(value);
            values.len()
        };
        Ok(match &filter.is {
            Is::Empty | Is::NotAll(_) => format!("{column} IS NULL"),
            Is::Filled => format!("{column} IS NOT NULL"),
            Is::NoneOf(codes) => {
                let at = bind(cell::of_value(Value::codes(codes.clone()).as_ref()));
                format!("({column} IS NULL OR {column} NOT IN (SELECT value FROM json_each(?{at})))")
            }
            Is::Value(Value::Row(id)) => {
                let at = bind(Sql::Integer(self.shown_obj(*id)?.unwrap_or(-1)));
                format!("{column} IS ?{at}")
            }
            Is::Value(wanted) => {
                let at = bind(cell::of_value(Some(wanted)));
                match (several, wanted) {
                    (true, Value::Text(_)) => {
                        format!("EXISTS (SELECT 1 FROM json_each({column}) WHERE value = ?{at})")
                    }
                    (false, Value::Codes(_)) => {
                        format!("({column} IS NOT NULL AND {column} IN (SELECT value FROM json_each(?{at})))")
                    }
                    // Said so that an index over what is filled serves: each save asks whether a number is somebody's.
                    _ => format!("({column} IS NOT NULL AND {column} = ?{at})"),
                }
            }
        })
    }

    /// A listed row: own values and, from the derived table, what the projections say today.
    pub(crate) fn listed(&self, record: &Record, obj: i64) -> Result<Option<(Id, Row)>, StoreError> {
        let mut ask = self.db.prepare_cached(&self.shape(record)?.listed).doing("preparing a listed row")?;
        let mut rows = ask.query([obj]).doing("reading a listed row")?;
        let Some(row) = rows.next().doing("reading a listed row")? else { return Ok(None) };
        let id: [u8; 16] = row.get(0).doing("reading a listed row")?;
        let mut values = Row::new();
        let projected = record.projections.iter().filter_map(|projection| record.field(&projection.key));
        for (field, at) in record.stored().chain(projected).zip(1..) {
            let value = cell::to_value(field, row.get_ref(at).doing("reading a listed row")?, |obj| self.uuid(obj))?;
            cell::put(&mut values, field, value);
        }
        Ok(Some((Id::from_bytes(id), values)))
    }

    /// Some of a visible row's own fields; `None` when it is not visible.
    pub fn own_fields(&self, record: &Record, id: Id, keys: &[impl AsRef<str>]) -> Result<Option<Row>, StoreError> {
        let Some(obj) = self.shown_obj(id)? else { return Ok(None) };
        let wanted: Vec<&Field> =
            record.stored().filter(|field| keys.iter().any(|key| field.key == key.as_ref())).collect();
        let columns: String = wanted.iter().map(|field| format!(", {}", cell::column(record, field))).collect();
        let sql = format!("SELECT t.id{columns} FROM \"{}\" t WHERE t.id = ?1", record.record);
        self.values_of(&sql, obj, &wanted)
    }

    /// What the one row of a statement holds: its number, then the fields.
    fn values_of(&self, sql: &str, obj: i64, wanted: &[&Field]) -> Result<Option<Row>, StoreError> {
        let mut ask = self.db.prepare_cached(sql).doing("preparing a row's fields")?;
        let mut rows = ask.query([obj]).doing("reading a row's fields")?;
        let Some(row) = rows.next().doing("reading a row's fields")? else { return Ok(None) };
        let mut values = Row::new();
        for (field, at) in wanted.iter().zip(1..) {
            let cell = row.get_ref(at).doing("reading a row's fields")?;
            let value = cell::to_value(field, cell, |obj| self.uuid(obj))?;
            cell::put(&mut values, field, value);
        }
        Ok(Some(values))
    }

    /// Some fields of a visible row as of a day, projected ones among them; `None` when it is not visible. Of today few
    /// columns are read, of another day the whole row.
    pub fn fields_on(&self, record: &Record, id: Id, keys: &[String], on: Date) -> Result<Option<Row>, StoreError> {
        if keys.iter().all(|key| record.projection(key).is_none()) {
            return self.own_fields(record, id, keys);
        }
        if now::day_of(self.db)? != Some(on) {
            return Ok(self.row_on(record, id, on)?.map(|(_, values)| values));
        }
        let Some(obj) = self.shown_obj(id)? else { return Ok(None) };
        let wanted: Vec<&Field> = keys.iter().filter_map(|key| record.field(key)).collect();
        let names: String = wanted.iter().map(|field| format!(", {}", cell::column(record, field))).collect();
        let sql = format!(
            "SELECT t.id{names} FROM \"{0}\" t JOIN \"{0}_now\" n ON n.id = t.id WHERE t.id = ?1",
            record.record
        );
        self.values_of(&sql, obj, &wanted)
    }

    /// A row as of another day than today, for `--on`.
    pub fn row_on(&self, record: &Record, id: Id, on: Date) -> Result<Option<(Id, Row)>, StoreError> {
        let Some(obj) = self.shown_obj(id)? else { return Ok(None) };
        Ok(self.stored_row(record, obj, on)?.map(|row| (row.id, row.values)))
    }
}

fn column(record: &Record, key: &str) -> Option<String> {
    Some(cell::column(record, record.field(key)?))
}

/// The id of a row in the tables of a plan.
fn id(from: &str) -> &'static str {
    if from.ends_with(" n") { "n.id" } else { "t.id" }
}

/// The ORDER BY of a list, read from its first or its last row. A record with projections has its own order ready in one
/// indexed column.
pub(crate) fn order(record: &Record, asked: &[String], from: End) -> String {
    let part = |column: &str, down: bool| {
        let falls = down != (from == End::Last);
        if falls { format!("{column} DESC") } else { column.to_owned() }
    };
    if asked.is_empty() && !record.projections.is_empty() {
        return [part("n.sort_key", false), part("n.id", false)].join(", ");
    }
    let wanted = if asked.is_empty() { &record.order } else { asked };
    let known = |path: &String| {
        let (key, down) = path.strip_prefix('-').map_or((path.as_str(), false), |key| (key, true));
        column(record, key).map(|column| part(&column, down))
    };
    let last = part(if record.projections.is_empty() { "t.id" } else { "n.id" }, false);
    wanted.iter().filter_map(known).chain([last]).collect::<Vec<_>>().join(", ")
}
