//! The rows that belong to a row.

use domain::Id;
use domain::form::Medium;
use domain::path::Path;
use serde::{Deserialize, Serialize};
use store::View;
use ts_rs::TS;

use crate::desk::Desk;
use crate::failure::Done;
use crate::rows::ListRow;
use crate::rows::trail::Trail;

/// Rows that belong to a row, by record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Family {
    /// Their record.
    pub record: String,
    /// The row they belong to.
    pub owner: Id,
    /// The fields shown, by key.
    pub columns: Vec<String>,
    /// The rows, newest first where a day orders them.
    pub rows: Vec<ListRow>,
}

/// The rows that belong to a row, by record: guardians, facts, visits, cases and what belongs to those.
pub fn family(desk: &Desk, owner: Id) -> Done<Vec<Family>> {
    let session = desk.session()?;
    session.store.read(|view| {
        let mut families = Vec::new();
        let mut owners = vec![(view.record_of(owner)?.record.clone(), owner)];
        while let Some((name, owner)) = owners.pop() {
            for (child, _) in desk.catalogue().listed_under(&name) {
                let rows = view.rows_under(child, owner)?;
                owners.extend(rows.iter().map(|(id, _)| (child.record.clone(), *id)));
                families.push(one_family(desk, view, child, owner, rows)?);
            }
        }
        Ok(families)
    })
}

fn one_family(
    desk: &Desk,
    view: View<'_>,
    child: &domain::Record,
    owner: Id,
    rows: Vec<(Id, domain::Row)>,
) -> Done<Family> {
    let trail = Trail::spoken(desk, view, desk.today());
    let columns = list_columns(desk, child);
    let to_row = |(number, (id, values)): (u64, (Id, domain::Row))| {
        trail.list_row((child, id, &values), &columns.iter().collect::<Vec<_>>(), number)
    };
    let rows = (1..).zip(rows).map(to_row).collect::<Done<Vec<_>>>()?;
    Ok(Family { record: child.record.clone(), owner, columns: columns.iter().map(Path::to_string).collect(), rows })
}

/// The columns of a record's own form, as far as they are the row's own; else the fields that have a width.
fn list_columns(desk: &Desk, child: &domain::Record) -> Vec<Path> {
    let own = |form: &domain::Form| -> Vec<Path> {
        form.columns_of(Medium::Screen)
            .filter(|column| column.path.own_field().is_some())
            .map(|column| column.path.clone())
            .collect()
    };
    let form = desk.catalogue().forms().find(|form| form.record == child.record);
    let fields = || {
        child
            .stored()
            .filter(|field| !field.kept && !field.hidden)
            .take(5)
            .filter_map(|field| field.key.parse().ok())
            .collect()
    };
    form.map(own).filter(|columns| !columns.is_empty()).unwrap_or_else(fields)
}
