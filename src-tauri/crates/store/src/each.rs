//! Every row of a record with a few of its fields, one by one: for whoever looks at all of them.

use domain::{Field, FieldType, Id, Record, Row, Value};
use rusqlite::types::ValueRef;

use crate::error::Doing;
use crate::{StoreError, View, cell};

/// A living row with some of its fields.
#[derive(Debug, Clone)]
pub struct Living {
    /// The row.
    pub id: Id,
    /// The organisation it belongs to.
    pub scope: Option<Id>,
    /// The fields asked for, as far as they hold something.
    pub row: Row,
}

impl View<'_> {
    /// Hands over the living rows of a record in no order that matters, with the fields asked for; projections speak of
    /// today. Keys that are no field of the record are passed over.
    pub fn each<E: From<StoreError>>(
        &self,
        record: &Record,
        keys: &[&str],
        mut take: impl FnMut(Living) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut fields: Vec<&Field> = record.fields.iter().filter(|field| keys.contains(&field.key.as_str())).collect();
        // In the order in which a row keeps them.
        fields.sort_unstable_by(|a, b| a.key.cmp(&b.key));
        let mut ask = self.db.prepare_cached(&statement(record, &fields)).doing("preparing every row")?;
        let mut rows = ask.query([]).doing("reading every row")?;
        while let Some(row) = rows.next().doing("reading every row")? {
            let mut values = Row::with_capacity(fields.len());
            for (field, at) in fields.iter().zip(2..) {
                let cell = row.get_ref(at).doing("reading every row")?;
                let value = match (field.kind, cell) {
                    (FieldType::Row, ValueRef::Blob(bytes)) => Id::try_from(bytes).ok().map(Value::Row),
                    _ => cell::to_value(field, cell, |obj| self.uuid(obj))?,
                };
                cell::put(&mut values, field, value);
            }
            let scope: Option<[u8; 16]> = row.get(1).doing("reading every row")?;
            let id = Id::from_bytes(row.get(0).doing("reading every row")?);
            take(Living { id, scope: scope.map(Id::from_bytes), row: values })?;
        }
        Ok(())
    }
}

/// The public id and the scope's, then the fields; a reference by the public id of the row it leads to. The record's own
/// table is passed, whatever the planner makes of the others: all rows of a ledger are many times those of one record.
fn statement(record: &Record, fields: &[&Field]) -> String {
    let (mut columns, mut joins) = (String::new(), " LEFT JOIN obj s ON s.id = o.scope".to_owned());
    if fields.iter().any(|field| field.projected) {
        joins.push_str(&format!(" CROSS JOIN \"{}_now\" n ON n.id = t.id", record.record));
    }
    for (at, field) in fields.iter().enumerate() {
        let column = cell::column(record, field);
        if field.kind == FieldType::Row {
            columns.push_str(&format!(", r{at}.uuid"));
            joins.push_str(&format!(" LEFT JOIN obj r{at} ON r{at}.id = {column}"));
        } else {
            columns.push_str(&format!(", {column}"));
        }
    }
    format!("SELECT o.uuid, s.uuid{columns} FROM \"{}\" t CROSS JOIN obj o ON o.id = t.id{joins}", record.record)
}
