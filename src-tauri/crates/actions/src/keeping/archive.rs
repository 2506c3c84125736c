//! 学年档案: a folder with every register of a school year, printed and as workbooks, as they were on its last day.

use std::path::{Path, PathBuf};

use domain::form::Layout;
use domain::{Date, Form, Id, Row, date};
use package::PackageError;
use serde::{Deserialize, Serialize};
use sheets::{List, ListColumn};
use store::{ListQuery, View};
use ts_rs::TS;

use crate::desk::Desk;
use crate::failure::{Done, Failure};
use crate::history::timeline::day_of;
use crate::paper::{PagesRequest, PrintRequest, frame, print};
use crate::rows::own_filters;
use crate::workbooks::lists::{Chosen, list_of, write_list};

/// A school year to be put away.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ArchiveRequest {
    /// Any day of the year, ISO 8601; the year before this one when absent.
    pub on: Option<String>,
    /// The folder in which the year's folder is made.
    pub folder: String,
}

/// A school year put away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ArchiveReply {
    /// The year.
    pub year: String,
    /// Its folder.
    pub folder: String,
    /// What lies in it.
    pub files: Vec<ArchivedFile>,
}

/// A file of the archive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ArchivedFile {
    /// Its name.
    pub name: String,
    /// The form.
    pub form: String,
    /// Its title.
    pub title: String,
    /// Rows in it.
    pub rows: u32,
    /// Pages; 0 for a workbook.
    pub pages: u32,
}

/// A form with the rows that belong to the year.
struct Register<'f> {
    form: &'f Form,
    title: String,
    rows: Vec<(Id, Row)>,
}

/// Writes every register that holds something of a school year: as PDF as it was on the last day, tables as workbooks
/// too, and a list of contents. ID numbers are masked. Errors: `refused`, for what is no day; `disk`.
pub fn archive_year(desk: &Desk, request: ArchiveRequest) -> Done<ArchiveReply> {
    let last = last_day(desk, request.on.as_deref())?;
    let year = date::school_year(last);
    let session = desk.session()?;
    let (registers, lists) = session.store.read(|view| {
        let registers = registers(desk, view, last)?;
        let tables = registers.iter().filter(|register| register.form.layout == Layout::Table);
        let list = |register: &Register<'_>| {
            let chosen = Chosen { rows: register.rows.clone(), on: last, masked: true };
            Ok::<_, Failure>((register.form.form.clone(), list_of(desk, view, register.form, &chosen)?))
        };
        let lists = tables.map(list).collect::<Done<Vec<_>>>()?;
        Ok::<_, Failure>((registers, lists))
    })?;
    let folder = Path::new(&request.folder).join(format!("{year}学年档案"));
    std::fs::create_dir_all(&folder).map_err(PackageError::from)?;
    let mut files = Vec::new();
    for (register, done) in registers.iter().zip(1..) {
        files.push(printed(desk, register, last, &folder)?);
        if let Some((_, list)) = lists.iter().find(|(form, _)| *form == register.form.form) {
            let name = format!("{}.xlsx", register.title);
            let written = write_list(list, folder.join(&name).display().to_string())?;
            files.push(file(register, name, written.rows, 0));
        }
        desk.step(done, registers.len() as u64)?;
    }
    contents(&files, &year, &folder)?;
    Ok(ArchiveReply { year, folder: folder.display().to_string(), files })
}

/// The last day of the school year of a day, not after today.
fn last_day(desk: &Desk, on: Option<&str>) -> Done<Date> {
    let begun = date::school_year_start(desk.today());
    let Some(typed) = on else { return Ok(begun.pred_opt().unwrap_or(begun)) };
    let bad = |_| Failure::refused(vec![domain::Problem::block("on", "not_a_date").with("typed", typed)]);
    let first = date::school_year_start(date::parse_day(typed).map_err(bad)?);
    let end = first.checked_add_months(chrono::Months::new(12)).and_then(|next| next.pred_opt());
    Ok(end.unwrap_or(first).min(desk.today()))
}

fn registers<'d>(desk: &'d Desk, view: View<'_>, last: Date) -> Done<Vec<Register<'d>>> {
    let first = date::school_year_start(last).to_string();
    let end = last.to_string();
    let mut registers = Vec::new();
    for form in desk.catalogue().forms().filter(|form| form.layout != Layout::Summary) {
        let definition = desk.record(&form.record)?;
        let query =
            ListQuery { filters: own_filters(form).collect(), order: form.order.clone(), ..ListQuery::default() };
        let mut rows = view.list_on(definition, &query, last)?.rows;
        rows.retain(|(_, row)| match definition.projections.is_empty() {
            // A child belongs to the years in which it had a seat.
            false => {
                definition.projections.iter().any(|projection| projection.key == "school" && row.contains_key("school"))
            }
            true => {
                let day = day_of(definition, row);
                day.is_empty() || (first.as_str() <= day && day <= end.as_str())
            }
        });
        if !rows.is_empty() {
            let title = form.title.zh.replace("{school}", "").replace("{year}", "");
            let title: String = title.chars().filter(|c| !r#"<>:"/\|?*"#.contains(*c)).collect();
            registers.push(Register { form, title: title.trim().to_owned(), rows });
        }
    }
    Ok(registers)
}

fn printed(desk: &Desk, register: &Register<'_>, last: Date, folder: &Path) -> Done<ArchivedFile> {
    let name = format!("{}.pdf", register.title);
    let pages = PagesRequest {
        form: register.form.form.clone(),
        ids: register.rows.iter().map(|(id, _)| *id).collect(),
        on: Some(last.to_string()),
        ..PagesRequest::default()
    };
    let out: PathBuf = folder.join(&name);
    let done = print(desk, PrintRequest { pages, out: out.display().to_string() })?;
    Ok(file(register, name, u32::try_from(register.rows.len()).unwrap_or(u32::MAX), done.pages))
}

fn file(register: &Register<'_>, name: String, rows: u32, pages: u32) -> ArchivedFile {
    ArchivedFile { name, form: register.form.form.clone(), title: register.title.clone(), rows, pages }
}

/// 目录: number, file, rows, pages.
fn contents(files: &[ArchivedFile], year: &str, folder: &Path) -> Done<()> {
    let word = frame::word;
    let heads = ["number", "file", "rows", "pages"].map(|key| (word(&format!("archive.{key}")), [14, 90, 20, 20]));
    let columns = heads
        .into_iter()
        .enumerate()
        .map(|(at, (head, widths))| ListColumn { head, width_mm: widths.get(at).copied() });
    let row = |(number, file): (usize, &ArchivedFile)| {
        vec![number.to_string(), file.name.clone(), file.rows.to_string(), file.pages.to_string()]
    };
    let list = List {
        title: format!("{year}{}", word("archive.contents")),
        columns: columns.collect(),
        rows: (1..).zip(files).map(row).collect(),
        landscape: false,
        paper: 9,
        ..List::default()
    };
    write_list(&list, folder.join(format!("{}.xlsx", word("archive.contents"))).display().to_string())?;
    Ok(())
}
