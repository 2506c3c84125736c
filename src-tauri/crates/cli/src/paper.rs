//! `bx print`: a form as PDF.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use actions::domain::grade::{self, Place};
use actions::paper::{self, PagesRequest, PrintRequest};
use actions::{ClassLine, Desk, Done, Failure};

use crate::show::Terminal;

/// What is printed, and where to.
#[derive(Debug, clap::Args)]
pub(crate) struct PrintArgs {
    form: String,
    #[arg(long, value_name = "FILE.pdf")]
    out: PathBuf,
    /// These rows only.
    #[arg(long)]
    id: Vec<String>,
    /// 三年级(1)班, or 1.
    #[arg(long)]
    class: Option<String>,
    /// Empty forms for handwriting.
    #[arg(long)]
    blank: bool,
    /// a4 or a3; the form's own when absent.
    #[arg(long)]
    paper: Option<String>,
    /// ID numbers in full.
    #[arg(long)]
    unmasked: bool,
    /// As it was true on this day; for a report, any day of its period.
    #[arg(long, value_name = "DATE")]
    on: Option<String>,
}

pub(crate) fn print(desk: &Desk, terminal: &Terminal, args: PrintArgs) -> Done<()> {
    let ids = args.id.iter().map(|id| crate::rows::row_id(id)).collect::<Done<Vec<_>>>()?;
    let filters = match &args.class {
        Some(class) => class_filters(desk, &args.form, class)?,
        None => BTreeMap::new(),
    };
    let (form, blank, paper, unmasked) = (args.form, args.blank, args.paper, args.unmasked);
    let pages = PagesRequest { form, ids, filters, blank, paper, unmasked, on: args.on };
    let printed = paper::print(desk, PrintRequest { pages, out: args.out.display().to_string() })?;
    if !printed.missing.is_empty() {
        terminal.note("missing", &[("characters", printed.missing.join(" "))]);
    }
    let facts = [("file", printed.file.clone()), ("pages", printed.pages.to_string())];
    terminal.reply(&printed, || vec![terminal.say("printed", &facts)])
}

/// The filters that leave one class, along the references from the form's rows to the children.
fn class_filters(desk: &Desk, form: &str, class: &str) -> Done<BTreeMap<String, Option<String>>> {
    let place = class_named(desk, class)?;
    let usage = || Failure::new("usage").with("option", "--class").with("typed", class);
    let along = way_to_class(desk, form).ok_or_else(usage)?;
    let pairs = [("grade", place.grade), ("class", place.class)];
    Ok(pairs
        .into_iter()
        .filter(|(_, code)| code.is_some())
        .map(|(key, code)| (format!("{along}{key}"), code))
        .collect())
}

/// `student.` for a form about things that belong to children, nothing for one about the children themselves.
fn way_to_class(desk: &Desk, form: &str) -> Option<String> {
    let catalogue = desk.catalogue();
    let mut record = catalogue.record(&catalogue.form(form)?.record)?;
    let mut along = String::new();
    while record.field("class").is_none() {
        let via = record.field(record.owner.as_deref()?)?;
        along.push_str(&format!("{}.", via.key));
        record = catalogue.record(via.to.as_deref()?)?;
    }
    Some(along)
}

/// The class meant: its name as printed; a bare number means that class of every grade, a bare grade all its classes.
fn class_named(desk: &Desk, typed: &str) -> Done<Place> {
    let classes = actions::classes(desk, ())?;
    let place = |line: &ClassLine| Place { grade: line.grade.clone(), class: line.class.clone() };
    if let Some(line) = classes.iter().find(|line| line.label == typed) {
        return Ok(place(line));
    }
    let grades = desk.catalogue().codes("grade");
    let read = grades.map(|grades| grade::read(typed, grades, desk.today())).unwrap_or_default();
    let fits = |line: &&ClassLine| {
        (read.grade.is_none() || line.grade == read.grade)
            && (read.class.is_none() || line.class.as_deref().and_then(grade::class_name) == read.class)
    };
    let stored: BTreeSet<&Option<String>> = classes.iter().filter(fits).map(|line| &line.class).collect();
    match (stored.first(), stored.len(), &read.class) {
        (Some(_), _, None) => Ok(Place { class: None, ..read }),
        (Some(class), 1, Some(_)) => Ok(Place { class: (*class).clone(), ..read }),
        _ => {
            let labels: Vec<&str> = classes.iter().map(|line| line.label.as_str()).collect();
            Err(Failure::new("no_such_class").with("class", typed).with("classes", labels.join("、")))
        }
    }
}
