//! How values stand in the log's cells and in the state tables' columns.

use domain::{Field, FieldType, Id, Record, Row, Text, Value};
use oplog::change::Sealed;
use oplog::{Dot, Hash, Payload, unwire, wire};
use rusqlite::ToSql;
use rusqlite::types::{ToSqlOutput, Type, Value as Sql, ValueRef};

use crate::StoreError;

/// What an `op.kind` says.
const SET: i64 = 0;
const REOPEN: i64 = 1;
const REDACT: i64 = 2;
const ERASED: i64 = 3;
const CODES: i64 = 4;

/// An operation's content as `op.kind` and `op.val`.
pub(crate) fn of_payload(payload: &Sealed<Payload>) -> (i64, Cell<'_>) {
    match payload {
        Sealed::Erased(commitment) => (ERASED, Cell::Bytes(&commitment.0)),
        Sealed::Open(Payload::Redact) => (REDACT, Cell::Null),
        Sealed::Open(payload @ Payload::Reopen(_)) => (REOPEN, Cell::Packed(wire::payload_bytes(payload))),
        Sealed::Open(Payload::Set(value @ Some(Value::Codes(_)))) => (CODES, Cell::of(value.as_ref())),
        Sealed::Open(Payload::Set(value)) => (SET, Cell::of(value.as_ref())),
    }
}

/// An operation's content from `op.kind` and `op.val`.
pub(crate) fn to_payload(kind: i64, cell: ValueRef<'_>) -> Result<Sealed<Payload>, StoreError> {
    let odd = || StoreError::Damaged(format!("an operation of kind {kind} holds {}", cell.data_type()));
    let value = match (kind, cell) {
        (SET, ValueRef::Null) => None,
        (SET, ValueRef::Integer(number)) => Some(Value::Int(number)),
        (SET, ValueRef::Text(text)) => Some(Value::Text(utf8(text)?)),
        (SET, ValueRef::Blob(bytes)) => Some(Value::Row(Id::try_from(bytes).map_err(|_| odd())?)),
        (CODES, ValueRef::Text(text)) => Some(Value::Codes(serde_json::from_slice(text).map_err(|_| odd())?)),
        (REOPEN, ValueRef::Blob(bytes)) => {
            return unwire::payload_from_bytes(bytes).map(Sealed::Open).map_err(|_| odd());
        }
        (REDACT, _) => return Ok(Sealed::Open(Payload::Redact)),
        (ERASED, ValueRef::Blob(bytes)) => return Hash::try_from(bytes).map(Sealed::Erased).map_err(|_| odd()),
        _ => return Err(odd()),
    };
    Ok(Sealed::Open(Payload::Set(value)))
}

/// A state column's content as a value, by the field's type. References are integers there; `uuid` finds their ids.
pub(crate) fn to_value(
    field: &Field,
    cell: ValueRef<'_>,
    uuid: impl FnOnce(i64) -> Result<Id, StoreError>,
) -> Result<Option<Value>, StoreError> {
    let odd = field.added && !is_kept_as(field.kind, cell.data_type());
    Ok(match (field.kind, cell) {
        (_, ValueRef::Null) => None,
        // Written under another definition: told by the history alone.
        _ if odd => None,
        (FieldType::Row, ValueRef::Integer(obj)) => Some(Value::Row(uuid(obj)?)),
        (_, ValueRef::Integer(number)) => Some(Value::Int(number)),
        (FieldType::Codes, ValueRef::Text(text)) => {
            Some(Value::Codes(serde_json::from_slice(text).map_err(|error| StoreError::Damaged(error.to_string()))?))
        }
        (_, ValueRef::Text(text)) => Some(Value::Text(utf8(text)?)),
        (_, ValueRef::Real(_) | ValueRef::Blob(_)) => return Err(StoreError::Damaged(format!("column {}", field.key))),
    })
}

/// Puts what a column holds, if anything, among the fields of its row.
pub(crate) fn put(row: &mut Row, field: &Field, value: Option<Value>) {
    if let Some(value) = value {
        row.insert(field.key.clone(), value);
    }
}

/// Whether a cell of a type can hold a value of a field.
fn is_kept_as(kind: FieldType, cell: Type) -> bool {
    match kind {
        FieldType::Integer | FieldType::YesNo => cell == Type::Integer,
        FieldType::Row => cell == Type::Blob,
        _ => cell == Type::Text,
    }
}

/// Whether a value fits the column of a field; what does not (a newer program's type) is kept beside it.
pub(crate) fn fits(field: &Field, value: &Value) -> bool {
    match field.kind {
        FieldType::Integer | FieldType::YesNo => matches!(value, Value::Int(_)),
        FieldType::Row => matches!(value, Value::Row(_)),
        FieldType::Codes => matches!(value, Value::Codes(_)),
        _ => matches!(value, Value::Text(_)),
    }
}

/// A cell to be written, borrowed where it can be.
#[derive(Debug)]
pub(crate) enum Cell<'v> {
    /// Nothing.
    Null,
    /// A number.
    Int(i64),
    /// A text.
    Text(&'v str),
    /// A text made for the cell.
    Made(String),
    /// Bytes.
    Bytes(&'v [u8]),
    /// Bytes made for the cell.
    Packed(Vec<u8>),
}

impl<'v> Cell<'v> {
    /// A value for a state column; the caller has turned references into integers.
    pub(crate) fn of(value: Option<&'v Value>) -> Self {
        match value {
            None => Self::Null,
            Some(Value::Int(number)) => Self::Int(*number),
            Some(Value::Text(text)) => Self::Text(text),
            Some(Value::Row(id)) => Self::Bytes(id.as_bytes()),
            Some(Value::Codes(codes)) => Self::Made(json(codes)),
        }
    }
}

impl ToSql for Cell<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Int(number) => ValueRef::Integer(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Made(text) => ValueRef::Text(text.as_bytes()),
            Self::Bytes(bytes) => ValueRef::Blob(bytes),
            Self::Packed(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

/// A value for a state column or a filter; the caller has turned references into integers.
pub(crate) fn of_value(value: Option<&Value>) -> Sql {
    match value {
        None => Sql::Null,
        Some(Value::Int(number)) => Sql::Integer(*number),
        Some(Value::Text(text)) => Sql::Text(text.to_string()),
        Some(Value::Row(id)) => Sql::Blob(id.as_bytes().to_vec()),
        Some(Value::Codes(codes)) => Sql::Text(json(codes)),
    }
}

fn json(codes: &[String]) -> String {
    serde_json::Value::from(codes).to_string()
}

fn utf8(bytes: &[u8]) -> Result<Text, StoreError> {
    std::str::from_utf8(bytes).map(Text::from).map_err(|error| StoreError::Damaged(error.to_string()))
}

/// `seen` as it stands in a cell: eight bytes a dot, NULL for none.
pub(crate) fn of_seen(seen: &[Dot]) -> Sql {
    match seen {
        [] => Sql::Null,
        dots => Sql::Blob(dots.iter().flat_map(|dot| dot.packed().to_be_bytes()).collect()),
    }
}

/// Reads what [`of_seen`] made.
pub(crate) fn to_seen(cell: Option<&[u8]>) -> Vec<Dot> {
    cell.unwrap_or_default()
        .chunks_exact(8)
        .filter_map(|chunk| Some(Dot::unpacked(i64::from_be_bytes(chunk.try_into().ok()?))))
        .collect()
}

/// Where a field stands, seen from its record's table `t` or from the derived one `n`. An added field has no column: its
/// value stands in `extra`, by the name it has in the log.
pub(crate) fn column(record: &Record, field: &Field) -> String {
    let key = &field.key;
    match field {
        Field { projected: true, .. } => format!("n.\"{key}\""),
        Field { added: true, .. } => {
            let name = format!("{}.{key}", record.record).replace('\'', "''");
            format!(
                "(SELECT e.value FROM extra e WHERE e.obj = t.id AND e.field = (SELECT id FROM term WHERE text = '{name}'))"
            )
        }
        _ => format!("t.\"{key}\""),
    }
}
