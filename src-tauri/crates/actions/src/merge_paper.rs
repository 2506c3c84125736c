//! The report of a merge on paper: what a package brought, signed by whoever took it in.

use std::path::Path;

use domain::form::{Paper, PaperSize};
use domain::words::{self, Facts, Language};
use oplog::Hash;
use press::{Body, Column, Job, Pages, Style, Table, Text};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::desk::{Desk, Session, civil};
use crate::failure::Done;
use crate::merges::{MergeReport, report_of};
use crate::paper_job;
use crate::taking_back::named;

/// Which report, and where its PDF goes.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct MergePaper {
    /// What names the package, or the beginning of it.
    pub package: String,
    /// The PDF to write.
    pub file: String,
}

/// Writes the report of a merge as a page. Gives the file. Errors: `no_such_package`.
pub fn merge_paper(desk: &Desk, request: MergePaper) -> Done<String> {
    let session = desk.session()?;
    let job = session.store.read(|view| job(desk, &session, view, &request.package))?;
    let pdf = Pages::make(&job)?.pdf()?;
    package::stick::replace(Path::new(&request.file), &pdf)?;
    Ok(request.file)
}

fn job(desk: &Desk, session: &Session, view: store::View<'_>, package: &str) -> Done<Job> {
    let arrived = named(view, package)?;
    let report = report_of(&arrived)?;
    let size = paper_job::size(Paper { size: PaperSize::A4, landscape: false }, None)?;
    let (school, today) = (crate::rows::own_name(desk, session, view)?, desk.today());
    let column = |head: &str, width_mm| Column {
        head: say(head, &[]),
        band: String::new(),
        width_mm,
        style: Style::Left,
        keep: false,
    };
    let received = [
        ("sender", report.sender.clone()),
        ("number", arrived.number.to_string()),
        ("made", civil(arrived.made_ms)),
        ("merged", civil(arrived.merged_ms)),
    ];
    let back = view.taken_back()?.contains(&arrived.id);
    let columns = vec![column("paper.what", Some(WHAT_MM)), column("paper.how_much", None)];
    Ok(Job {
        size,
        title: say("report", &[]),
        note: Some(say("received", &received)),
        about: paper_job::about(&school, vec![], Some(today)),
        sign: vec![say("paper.taken_in_by", &[]), say("paper.seen_by", &[])],
        seal: false,
        foot: paper_job::foot(&school, today, view.chain_head(session.organisation.id)?),
        body: Body::Table(Table::new(columns, lines(desk, &report, (back, arrived.manifest_hash)), size.usable_mm())),
    })
}

fn lines(desk: &Desk, report: &MergeReport, (back, hash): (bool, [u8; 32])) -> Vec<Vec<Text>> {
    let mut lines = Vec::new();
    let mut line = |what: &str, how_much: String| lines.push(vec![Text(say(what, &[])), Text(how_much)]);
    if back {
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
    line("paper.hash", Hash(hash).hex());
    lines
}

fn say(key: &str, facts: &[(&str, String)]) -> String {
    let facts: Facts = facts.iter().map(|(name, fact)| ((*name).to_owned(), fact.clone())).collect();
    words::say(Language::Zh, "lineages", &format!("merges.{key}"), &facts)
}

/// mm of the column that names a line.
const WHAT_MM: u32 = 52;
