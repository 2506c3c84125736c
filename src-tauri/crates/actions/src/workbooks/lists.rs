//! A form's list as a workbook: what comes back in as “nothing new”.

use std::collections::BTreeMap;
use std::path::Path;

use domain::form::{Column, PaperSize};
use domain::{Date, Form, Id, Row};
use serde::{Deserialize, Serialize};
use sheets::{List, ListColumn};
use store::{ListQuery, View};
use ts_rs::TS;

use crate::desk::{Desk, readings};
use crate::failure::{Done, Failure};
use crate::paper::frame;
use crate::rows;
use crate::rows::trail::Trail;
use crate::workbooks::workbook;

/// A list to be written.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct SheetRequest {
    /// The form.
    pub form: String,
    /// The workbook to write, `.xlsx`.
    pub out: String,
    /// Field → code, as in a list.
    #[ts(type = "Record<string, string | null>")]
    pub filters: BTreeMap<String, Option<String>>,
    /// Whether sensitive values are masked: for lists that are posted.
    pub masked: bool,
}

/// A list written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SheetReply {
    /// The workbook.
    pub file: String,
    /// Its rows.
    pub rows: u32,
}

/// Writes a form's list as a workbook: the columns of the screen, in the form's order. Errors: `restricted_form`.
pub fn write_sheet(desk: &Desk, request: SheetRequest) -> Done<SheetReply> {
    let session = desk.session()?;
    let form = desk.form(&request.form)?;
    if desk.record(&form.record)?.restricted {
        return Err(Failure::new("restricted_form").with("form", &form.title.zh));
    }
    let out = request.out.clone();
    let list = session.store.read(|view| {
        let record = desk.record(&form.record)?;
        let filters = rows::form_filters(desk, form, request.filters)?;
        let query = ListQuery { filters, order: form.order.clone(), offset: 0, limit: None };
        let chosen = view.list(record, &query)?.rows;
        list_of(desk, view, form, &Chosen { rows: chosen, on: desk.today(), masked: request.masked })
    })?;
    write_list(&list, out)
}

type Lines = Vec<Vec<String>>;
type Marks = BTreeMap<(usize, usize), String>;

/// Rows chosen for a workbook.
pub(crate) struct Chosen {
    pub(crate) rows: Vec<(Id, Row)>,
    /// The day they speak of.
    pub(crate) on: Date,
    pub(crate) masked: bool,
}

/// Rows laid out as their form's workbook.
pub(crate) fn list_of(desk: &Desk, view: View<'_>, form: &Form, chosen: &Chosen) -> Done<List> {
    let session = desk.opened()?;
    let columns = workbook::columns(desk.catalogue(), &session, form);
    let organisation = desk.record("organisation")?;
    let school = rows::names::name_of(desk.catalogue(), view, organisation, session.organisation.id, chosen.on)?;
    let year = domain::date::school_year(chosen.on);
    let (rows, marks) = lines(desk, view, (form, &columns), chosen)?;
    Ok(List {
        title: form.title.zh.replace("{school}", &school).replace("{year}", &year),
        columns: columns.iter().map(|column| list_column(desk, form, column)).collect(),
        rows,
        marks,
        landscape: form.paper.landscape,
        paper: if form.paper.size == PaperSize::A3 { 8 } else { 9 },
    })
}

/// Writes a workbook beside what stood there, then in its place.
pub(crate) fn write_list(list: &List, out: String) -> Done<SheetReply> {
    let bytes = sheets::write(list).map_err(|error| readings::workbook_failure(error, &out))?;
    package::stick::replace(Path::new(&out), &bytes)?;
    Ok(SheetReply { file: out, rows: u32::try_from(list.rows.len()).unwrap_or(u32::MAX) })
}

fn list_column(desk: &Desk, form: &Form, column: &Column) -> ListColumn {
    let field = column.path.field(desk.catalogue(), &form.record);
    let label = column.head.as_ref().or(field.map(|field| &field.label));
    ListColumn {
        head: label.map(|label| label.zh.clone()).unwrap_or_default(),
        width_mm: column.width_mm.or(field.and_then(|field| field.width_mm)),
    }
}

/// The rows, and the cells of fields that were filled differently while nobody has chosen: a note on the cell says so, and
/// the value stays what it is, so that the workbook still comes back in as nothing new.
fn lines(desk: &Desk, view: View<'_>, (form, columns): (&Form, &[Column]), chosen: &Chosen) -> Done<(Lines, Marks)> {
    let record = desk.record(&form.record)?;
    let trail = Trail::new(desk, view, chosen.on);
    let (mut lines, mut marks) = (Lines::new(), Marks::new());
    let contested = trail.any_contested()?;
    for ((id, values), number) in chosen.rows.iter().zip(1u64..) {
        let cell = |path| match chosen.masked {
            true => trail.masked(record, *id, values, path, number),
            false => trail.plain(record, *id, values, path, number),
        };
        for (column, at) in columns.iter().zip(0..) {
            if contested && trail.reach(record, *id, values, &column.path, number)?.contested {
                marks.insert((lines.len(), at), frame::word("contested"));
            }
        }
        lines.push(columns.iter().map(|column| cell(&column.path)).collect::<Done<Vec<String>>>()?);
        desk.step(number, chosen.rows.len() as u64)?;
    }
    Ok((lines, marks))
}
