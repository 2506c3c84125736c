//! Empty forms as workbooks, for villages that fill them in WPS and hand them back.

use std::path::Path;

use domain::form::{Column, PaperSize};
use domain::path::{Leaf, Path as Way};
use domain::words::{self, Facts, Language};
use domain::{Catalogue, Field, FieldType, Form, Severity};
use serde::{Deserialize, Serialize};
use sheets::{Cells, Template, TemplateColumn};
use ts_rs::TS;

use crate::desk::{Desk, readings};
use crate::failure::Done;
use crate::paper::frame::word;
use crate::workbooks::workbook;

/// An empty form to be written.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct TemplateRequest {
    /// The form.
    pub form: String,
    /// The workbook to write, `.xlsx`.
    pub out: String,
}

/// Lines of an empty form: a large class, or a village.
const LINES: u32 = 300;

/// Writes an empty form; gives the file. What is filled in is read by `import`. Errors: `no_such_form`.
pub fn write_template(desk: &Desk, request: TemplateRequest) -> Done<String> {
    let session = desk.session()?;
    let form = desk.form(&request.form)?;
    let school = session.store.read(|view| session.name(desk, view))?;
    let year = domain::date::school_year(desk.today());
    let columns = workbook::columns(desk.catalogue(), &session, form);
    let template = Template {
        title: form.title.zh.replace("{school}", &school).replace("{year}", &year),
        columns: columns.iter().map(|column| template_column(desk.catalogue(), form, column)).collect(),
        lines: LINES,
        landscape: form.paper.landscape,
        paper: if form.paper.size == PaperSize::A3 { 8 } else { 9 },
        choices: word("template.choices"),
        not_a_choice: word("template.not_a_choice"),
    };
    let bytes = sheets::write_template(&template).map_err(|error| readings::workbook_failure(error, &request.out))?;
    package::stick::replace(Path::new(&request.out), &bytes)?;
    Ok(request.out)
}

fn template_column(catalogue: &Catalogue, form: &Form, column: &Column) -> TemplateColumn {
    let field = column.path.field(catalogue, &form.record).filter(|_| is_typed(&column.path));
    let label = column.head.as_ref().or(column.path.field(catalogue, &form.record).map(|field| &field.label));
    let needed = field.is_some_and(|field| field.required == Some(Severity::Block));
    let head = label.map(|label| label.zh.clone()).unwrap_or_default();
    TemplateColumn {
        head: if needed { format!("★{head}") } else { head },
        width_mm: column.width_mm.or(field.and_then(|field| field.width_mm)),
        cells: field.map_or(Cells::Computed, |field| cells(catalogue, field)),
        hint: field.map(|field| hint(catalogue, field)).unwrap_or_default(),
    }
}

/// Whether what stands at the end of a path is typed, not counted.
fn is_typed(path: &Way) -> bool {
    matches!(path.leaf, Leaf::Field(_)) || (matches!(path.leaf, Leaf::Child { .. }) && path.through.is_empty())
}

fn cells(catalogue: &Catalogue, field: &Field) -> Cells {
    match field.kind {
        FieldType::YesNo => Cells::OneOf(names(catalogue, "yes_no")),
        FieldType::Code if field.codes_when.is_empty() => {
            Cells::OneOf(field.codes.as_deref().map(|list| names(catalogue, list)).unwrap_or_default())
        }
        _ => Cells::Free,
    }
}

fn names(catalogue: &Catalogue, list: &str) -> Vec<String> {
    let codes = catalogue.codes(list).map(|list| list.codes.as_slice()).unwrap_or_default();
    codes.iter().filter(|code| !code.retired).map(|code| code.zh.clone()).collect()
}

/// What is said beside a cell: how a day is written, what may be chosen.
fn hint(catalogue: &Catalogue, field: &Field) -> String {
    let key = match field.kind {
        FieldType::Date => "template.date",
        FieldType::Month => "template.month",
        FieldType::IdNumber => "template.id_number",
        FieldType::Codes => {
            let names = field.codes.as_deref().map(|list| names(catalogue, list)).unwrap_or_default();
            let facts = Facts::from([("names".to_owned(), names.join("、"))]);
            return words::say(Language::Zh, "paper", "template.codes", &facts);
        }
        _ => return field.hint.as_ref().map(|hint| hint.zh.clone()).unwrap_or_default(),
    };
    word(key)
}
