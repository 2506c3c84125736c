//! Reports on paper: the numbers of a period, those of the seal where it was sealed.

use domain::form::{Paper, PaperSize};
use domain::report::Report;
use domain::words::{self, Facts, Language};
use domain::{date, report::Cell};
use press::{Body, Job, Size, Style, Table, Text};
use store::View;

use crate::desk::{Desk, Session};
use crate::failure::Done;
use crate::numbers::making::{Making, ReportRequest};
use crate::numbers::reports::{ReportLine, ReportReply, reply};
use crate::paper::PagesRequest;
use crate::paper::frame::{self, Filled, about, foot, word};

/// mm of the column that names a line, of a number and of a rate.
const LINE_MM: u32 = 34;
const NUMBER_MM: u32 = 12;
const RATE_MM: u32 = 16;

/// Lays a report's numbers into its page; the day asked for names its period.
pub(crate) fn fill(desk: &Desk, session: &Session, report: &Report, request: &PagesRequest) -> Done<Filled> {
    let paper = Paper { size: PaperSize::A4, landscape: true };
    let size = frame::size(paper, request.paper.as_deref())?;
    let on = request.on.clone();
    session.store.read(|view| {
        let asked = ReportRequest { report: report.report.clone(), on, at: None };
        let mut making = Making::begin(desk, session, view, &asked)?;
        making.language = Language::Zh;
        let reply = reply(&making)?;
        let school = session.name(desk, view)?;
        Ok(Filled {
            file_name: format!("{}-{}.pdf", reply.title, desk.today()),
            job: job(desk, session, view, (report, &reply, &school), (size, request.blank))?,
            unmasked: vec![],
        })
    })
}

fn job(
    desk: &Desk,
    session: &Session,
    view: View<'_>,
    (report, reply, school): (&Report, &ReportReply, &str),
    (size, blank): (Size, bool),
) -> Done<Job> {
    let today = desk.today();
    Ok(Job {
        size,
        title: reply.title.clone(),
        note: Some(note(reply)).filter(|note| !note.is_empty() && !blank),
        about: about(school, vec![], (!blank).then_some(today)),
        sign: report.sign.clone(),
        seal: report.seal,
        foot: foot(school, today, view.chain_head(session.organisation.id)?),
        body: Body::Table(Table::new(columns(report), lines(reply, blank), size.usable_mm())),
    })
}

fn columns(report: &Report) -> Vec<press::Column> {
    let line = press::Column {
        head: word("report.line"),
        band: String::new(),
        width_mm: Some(LINE_MM),
        style: Style::Left,
        keep: true,
    };
    let number = |column: &domain::report::Column| press::Column {
        head: column.head.zh.clone(),
        band: column.band.as_ref().map(|band| band.zh.clone()).unwrap_or_default(),
        width_mm: Some(if column.rate.is_some() { RATE_MM } else { NUMBER_MM }),
        style: Style::Middle,
        keep: false,
    };
    [line].into_iter().chain(report.columns.iter().map(number)).collect()
}

pub(crate) fn lines(reply: &ReportReply, blank: bool) -> Vec<Vec<Text>> {
    let line = |line: &ReportLine| {
        let cells = line.cells.iter().zip(&line.shown).zip(&reply.columns);
        let cells = cells.map(|((cell, shown), column)| {
            Text(if blank { String::new() } else { sealed(reply, line, &column.key, cell).unwrap_or(shown.clone()) })
        });
        [Text(line.head.clone())].into_iter().chain(cells).collect()
    };
    reply.lines.iter().map(line).collect()
}

/// The number that was sealed, where today's is another.
fn sealed(reply: &ReportReply, line: &ReportLine, column: &str, cell: &Cell) -> Option<String> {
    let seal = reply.sealed.as_ref().filter(|seal| !seal.reopened && matches!(cell, Cell::Number { .. }))?;
    let other = seal.differences.iter().find(|other| other.line == line.key && other.column == column)?;
    Some(other.sealed.to_string())
}

/// What is said under the title: a zero report, its seal, what does not come out.
pub(crate) fn note(reply: &ReportReply) -> String {
    let mut said = Vec::new();
    if reply.zero {
        said.push(word("report.zero"));
    }
    match reply.sealed.as_ref().filter(|seal| !seal.reopened) {
        Some(seal) => {
            let day = seal.on.parse().map(date::in_words).unwrap_or_else(|_| seal.on.clone());
            let facts = Facts::from([("on".to_owned(), day), ("by".to_owned(), seal.by.clone())]);
            said.push(words::say(Language::Zh, "paper", "report.sealed", &facts));
        }
        None => said.extend(reply.open_points.iter().map(|point| point.text.clone())),
    }
    said.join("　")
}
