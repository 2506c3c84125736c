//! The two ways to the ledger: reading it as it stands, and writing it in one transaction.

use std::collections::HashMap;
use std::sync::Arc;

use domain::{Catalogue, Date, Record};
use oplog::{Time, Tree};
use rusqlite::{Connection, Transaction};

use crate::StoreError;
use crate::numbers::ByNumber;
use crate::shape::{Columns, Shape, Shapes};
use crate::terms::{ByTerm, Terms};

/// Joined rows, each with the one that stands for it; the one that stands for others stands for itself.
pub(crate) type Spoken = ByNumber<i64, i64>;

/// What the log's tables say about lineages, names and time.
#[derive(Debug)]
pub(crate) struct Memory {
    pub(crate) tree: Tree,
    pub(crate) terms: Terms,
    /// How far lineages count, of which a part does not.
    pub(crate) held: HashMap<u32, i64>,
    pub(crate) newest: Time,
    pub(crate) spoken: Spoken,
    /// The civil day that derived tables speak of.
    pub(crate) today: Option<Date>,
    /// Each name's place among its record's stored fields, as far as asked for.
    pub(crate) places: ByTerm<Option<usize>>,
    /// How the rows of each record are changed, as far as asked for.
    pub(crate) columns: HashMap<String, Arc<Columns>>,
}

/// The ledger, for reading.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    pub(crate) db: &'a Connection,
    pub(crate) catalogue: &'a Catalogue,
    pub(crate) shapes: &'a Shapes,
}

/// The ledger, for writing: one transaction.
#[derive(Debug)]
pub struct Door<'a> {
    pub(crate) tx: Transaction<'a>,
    pub(crate) catalogue: &'a Catalogue,
    pub(crate) shapes: &'a Shapes,
    pub(crate) memory: &'a mut Memory,
}

impl<'a> View<'a> {
    /// The statements of a record.
    pub(crate) fn shape(&self, record: &Record) -> Result<&'a Shape, StoreError> {
        self.shapes.get(record).ok_or_else(|| StoreError::NoSuchRecord(record.record.clone()))
    }
}

impl Door<'_> {
    /// The ledger as it stands inside this transaction.
    pub fn view(&self) -> View<'_> {
        View { db: &self.tx, catalogue: self.catalogue, shapes: self.shapes }
    }
}
