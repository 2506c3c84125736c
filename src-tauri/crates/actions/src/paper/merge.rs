//! The report of a merge on paper: what a package brought, signed by whoever took it in; of a rehearsal, what it would
//! bring.

use std::path::Path;

use domain::form::{Paper, PaperSize};
use domain::words::{self, Facts, Language};
use oplog::Hash;
use press::{Body, Column, Job, Pages, Style, Table, Text};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::desk::{Desk, Session, civil};
use crate::exchange::arrived::report_of;
use crate::exchange::merge_report::MergeReport;
use crate::exchange::merges::rehearse_merge;
use crate::exchange::taking_back::named;
use crate::failure::Done;
use crate::paper::frame;

/// Which report, and where its PDF goes.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct MergePaper {
    /// What names the package, or the beginning of it; for a rehearsal, its file.
    pub package: String,
    /// Whether the package is rehearsed: nothing is written but the page.
    #[serde(default)]
    pub rehearsed: bool,
    /// The PDF to write.
    pub file: String,
}

/// Writes the report of a merge as a page. Gives the file. Errors: `no_such_package`.
pub fn merge_paper(desk: &Desk, request: MergePaper) -> Done<String> {
    let session = desk.session()?;
    let rehearsal = request.rehearsed.then(|| rehearse_merge(desk, request.package.clone())).transpose()?;
    let job = session.store.read(|view| {
        let told = match rehearsal {
            Some(report) => Told::rehearsed(report),
            None => Told::merged(view, &request.package)?,
        };
        job(desk, &session, view, &told)
    })?;
    let pdf = Pages::make(&job)?.pdf()?;
    package::stick::replace(Path::new(&request.file), &pdf)?;
    Ok(request.file)
}

/// What a page tells of a package.
struct Told {
    report: MergeReport,
    title: String,
    note: String,
    /// Whether it was taken back.
    back: bool,
    hash: Option<[u8; 32]>,
}

impl Told {
    fn merged(view: store::View<'_>, package: &str) -> Done<Self> {
        let arrived = named(view, package)?;
        let report = report_of(&arrived)?;
        let received = [
            ("sender", report.sender.clone()),
            ("number", arrived.number.to_string()),
            ("made", civil(arrived.made_ms)),
            ("merged", civil(arrived.merged_ms)),
        ];
        let (title, note) = (say("report", &[]), say("received", &received));
        let back = view.taken_back()?.contains(&arrived.id);
        Ok(Self { report, title, note, back, hash: Some(arrived.manifest_hash) })
    }

    fn rehearsed(report: MergeReport) -> Self {
        let facts = [("sender", report.sender.clone()), ("number", report.number.to_string())];
        let (title, note) = (say("rehearsal", &[]), say("rehearsed", &facts));
        Self { report, title, note, back: false, hash: None }
    }
}

fn job(desk: &Desk, session: &Session, view: store::View<'_>, told: &Told) -> Done<Job> {
    let size = frame::size(Paper { size: PaperSize::A4, landscape: false }, None)?;
    let (school, today) = (session.name(desk, view)?, desk.today());
    let column = |head: &str, width_mm| Column {
        head: say(head, &[]),
        band: String::new(),
        width_mm,
        style: Style::Left,
        keep: false,
    };
    let columns = vec![column("paper.what", Some(WHAT_MM)), column("paper.how_much", None)];
    Ok(Job {
        size,
        title: told.title.clone(),
        note: Some(told.note.clone()),
        about: frame::about(&school, vec![], Some(today)),
        sign: vec![say("paper.taken_in_by", &[]), say("paper.seen_by", &[])],
        seal: false,
        foot: frame::foot(&school, today, view.chain_head(session.organisation.id)?),
        body: Body::Table(Table::new(columns, lines(desk, told), size.usable_mm())),
    })
}

fn lines(desk: &Desk, told: &Told) -> Vec<Vec<Text>> {
    let report = &told.report;
    let mut lines = Vec::new();
    let mut line = |what: &str, how_much: String| lines.push(vec![Text(say(what, &[])), Text(how_much)]);
    if told.back {
        line("back", String::new());
    }
    for (what, counts) in [("paper.added", &report.added), ("paper.changed", &report.changed)] {
        for (record, count) in counts {
            let title = desk.catalogue().record(record).map_or(record.as_str(), |record| &record.title.zh);
            line(what, format!("{title}  {count}"));
        }
    }
    line("paper.conflicts", report.conflicts.to_string());
    if report.held > 0 {
        line("paper.held", report.held.to_string());
    }
    if report.forks > 0 {
        line("paper.forks", report.forks.to_string());
    }
    if report.erased > 0 {
        line("paper.erased", report.erased.to_string());
    }
    for wait in &report.waits {
        line("paper.waits", format!("{} {} {}", wait.sender, wait.number, wait.needs_made));
    }
    if !report.names.is_empty() {
        line("paper.names", report.names.join("、"));
    }
    for one in &report.corrections {
        let child = if one.child.is_empty() { &one.name } else { &one.child };
        let written = &one.written;
        line(
            "paper.correction",
            format!(
                "{child}  {}：{}  {} {}",
                written.label,
                written.values.join(" / "),
                written.organisation,
                written.who
            ),
        );
    }
    if let Some(hash) = told.hash {
        line("paper.hash", Hash(hash).hex());
    }
    lines
}

fn say(key: &str, facts: &[(&str, String)]) -> String {
    let facts: Facts = facts.iter().map(|(name, fact)| ((*name).to_owned(), fact.clone())).collect();
    words::say(Language::Zh, "lineages", &format!("merges.{key}"), &facts)
}

/// mm of the column that names a line.
const WHAT_MM: u32 = 52;
