//! `import` and `sheet`: workbooks in and out.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use actions::domain::Severity;
use actions::import::{self, CellFinding, ImportReport, ImportRequest, MarkedRequest};
use actions::lists::{self, SheetRequest};
use actions::{Desk, Done, Failure};

use crate::show::Terminal;

/// What `import` was asked for.
pub(crate) struct Order {
    pub(crate) file: PathBuf,
    pub(crate) register: String,
    pub(crate) sheet: Option<String>,
    pub(crate) map: Option<PathBuf>,
    pub(crate) rehearse: bool,
    pub(crate) marked: Option<PathBuf>,
}

pub(crate) fn import(desk: &Desk, terminal: &Terminal, order: &Order) -> Done<()> {
    let mut request = ImportRequest {
        file: order.file.display().to_string(),
        record: order.register.clone(),
        sheet: order.sheet.clone(),
        columns: BTreeMap::new(),
    };
    if let Some(map) = &order.map {
        request.columns = import::columns_by_head(desk, &request, &heads(map)?)?;
    }
    if let Some(out) = &order.marked {
        import::marked_copy(desk, MarkedRequest { import: request.clone(), out: out.display().to_string() })?;
    }
    let report = match order.rehearse {
        true => import::rehearse_import(desk, request)?,
        false => import::import(desk, request)?,
    };
    terminal.reply(&report, || words(terminal, &report, order))
}

/// A TOML file: header = "field"; an empty field keeps the column as an unrecognised one.
fn heads(map: &Path) -> Done<BTreeMap<String, Option<String>>> {
    let bad = |cause: String| Failure::new("bad_map").with("file", map.display()).with("cause", cause);
    let text = std::fs::read_to_string(map).map_err(|error| bad(error.to_string()))?;
    let read: BTreeMap<String, String> = toml::from_str(&text).map_err(|error| bad(error.to_string()))?;
    Ok(read.into_iter().map(|(head, path)| (head, Some(path).filter(|path| !path.is_empty()))).collect())
}

fn words(terminal: &Terminal, report: &ImportReport, order: &Order) -> Vec<String> {
    let key = if order.rehearse { "import.would" } else { "import.done" };
    let facts = [
        ("rows", report.rows.to_string()),
        ("new", report.new.to_string()),
        ("changed", report.changed.to_string()),
        ("same", report.same.to_string()),
        ("refused", report.refused.to_string()),
        ("passed", report.passed_over.to_string()),
        ("beside", report.beside.to_string()),
        ("kept", report.kept.join("、")),
        ("marked", order.marked.as_ref().map(|path| path.display().to_string()).unwrap_or_default()),
    ];
    let mut lines = vec![terminal.say(key, &facts)];
    if report.passed_over > 0 {
        lines.push(terminal.say("import.passed", &facts));
    }
    if report.beside > 0 {
        lines.push(terminal.say("import.beside", &facts));
    }
    if !report.kept.is_empty() {
        lines.push(terminal.say("import.kept", &facts));
    }
    lines.extend(report.findings.iter().map(|finding| one(terminal, finding)));
    if order.marked.is_some() {
        lines.push(terminal.say("import.marked", &facts));
    }
    lines
}

fn one(terminal: &Terminal, finding: &CellFinding) -> String {
    let key = if finding.severity == Severity::Block { "import.not_taken" } else { "import.doubtful" };
    let facts = [
        ("sheet", finding.sheet.clone()),
        ("place", format!("{}{}", finding.column, finding.row)),
        ("head", finding.head.clone()),
        ("reason", finding.reason.clone()),
    ];
    terminal.say(key, &facts)
}

pub(crate) fn sheet(
    desk: &Desk,
    terminal: &Terminal,
    (form, class, masked): (String, Option<String>, bool),
    out: &Path,
) -> Done<()> {
    let filters = class.map(|class| ("class".to_owned(), Some(class))).into_iter().collect();
    let request = SheetRequest { form, out: out.display().to_string(), filters, masked };
    let written = lists::write_sheet(desk, request)?;
    let facts = [("file", written.file.clone()), ("rows", written.rows.to_string())];
    terminal.reply(&written, || vec![terminal.say("sheet", &facts)])
}

pub(crate) fn template(desk: &Desk, terminal: &Terminal, form: String, out: &Path) -> Done<()> {
    let request = actions::TemplateRequest { form, out: out.display().to_string() };
    let file = actions::write_template(desk, request)?;
    terminal.reply(&file, || vec![terminal.say("template", &[("file", file.clone())])])
}
