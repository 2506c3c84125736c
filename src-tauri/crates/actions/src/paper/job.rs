//! Filling a form for paper: from rows of the ledger to what the press is given.

use domain::form::{Layout, Paper, PaperSize};
use domain::path::Path;
use domain::words::{self, Facts, Language};
use domain::{Date, Form, Id, Record, date};
use oplog::Hash;
use press::{Body, Job, Size};
use store::Filter;

use crate::desk::{Desk, Session};
use crate::failure::{Done, Failure};
use crate::paper::PagesRequest;
use crate::paper::values::PaperValues;
use crate::rows;

/// A form filled for paper.
pub(crate) struct Filled {
    pub(crate) job: Job,
    /// A file name to offer.
    pub(crate) file_name: String,
    /// Rows and paths whose sensitive values stand on the pages in full.
    pub(crate) unmasked: Vec<(Id, String)>,
}

/// Digits of the chain's head in the foot: enough to find it again in the ledger's history.
const HEAD_DIGITS: usize = 12;

/// Reads the rows asked for and lays them into their form; for a report, its numbers.
pub(crate) fn fill(desk: &Desk, session: &Session, request: &PagesRequest) -> Done<Filled> {
    if let Some(report) = desk.catalogue().report(&request.form) {
        return crate::paper::report::fill(desk, session, report, request);
    }
    if let Some(role) = crate::paper::duties::named(&request.form) {
        return crate::paper::duties::fill(desk, session, role, request);
    }
    let form = desk.form(&request.form)?;
    let record = desk.record(&form.record)?;
    let size = size(form.paper, request.paper.as_deref())?;
    let given = Given::of(desk, (form, record), request)?;
    let today = request.day(desk)?;
    session.store.read(|view| {
        let values = PaperValues::new(desk, view, form, record, request)?;
        let chosen = if request.blank { vec![] } else { values.choose(&given)? };
        let school = session.name(desk, view)?;
        let body = match form.layout {
            Layout::Table => Body::Table(values.table(&given, &chosen, size)?),
            Layout::Sheet => Body::Sheets(values.sheets(&chosen, size)?),
            Layout::Letter => Body::Letters(values.letters(&chosen, size, &school)?),
            Layout::Summary => Body::Summary(values.summary(&chosen, size)?),
        };
        let said = values.said(&given)?;
        let title = title(form, &school, today);
        Ok(Filled {
            file_name: file_name(&title, &said, &body, today),
            job: Job {
                size,
                title,
                note: note(form, values.marks_said()),
                about: about(&school, said, (!request.blank).then_some(today)),
                sign: form.sign.clone(),
                seal: form.seal,
                foot: foot(&school, today, view.chain_head(session.organisation.id)?),
                body,
            },
            unmasked: values.unmasked(),
        })
    })
}

/// The sentence under a form's title, and what the marks on its fields mean.
fn note(form: &Form, marks: Option<String>) -> Option<String> {
    let said: Vec<String> = form.note.iter().map(|note| note.zh.clone()).chain(marks).collect();
    (!said.is_empty()).then(|| said.join("　"))
}

/// What the rows are chosen by: own fields, which the ledger sorts out, and fields at the end of paths.
pub(crate) struct Given {
    pub(crate) own: Vec<Filter>,
    pub(crate) along: Vec<(Path, Option<String>)>,
    /// Which part of the form's rows.
    pub(crate) extent: Vec<Filter>,
}

impl Given {
    fn of(desk: &Desk, (form, record): (&Form, &Record), request: &PagesRequest) -> Done<Self> {
        let mut asked = request.filters.clone();
        let extent = rows::extent(form, &mut asked)?;
        let (own, far): (Vec<_>, Vec<_>) = asked.into_iter().partition(|(key, _)| record.field(key).is_some());
        let path = |(key, wanted): (String, Option<String>)| {
            let path = key.parse::<Path>().ok().filter(|path| path.field(desk.catalogue(), &record.record).is_some());
            path.map(|path| (path, wanted)).ok_or_else(|| Failure::new("bad_request").with("cause", key))
        };
        Ok(Self {
            own: rows::filters(desk, record, own.into_iter().collect())?,
            along: far.into_iter().map(path).collect::<Done<_>>()?,
            extent,
        })
    }

    /// Whether all rows hold the same value at the end of a path: then it is said once, above the table.
    pub(crate) fn fixes(&self, path: &Path) -> bool {
        let own = path.own_field().is_some_and(|key| self.own.iter().any(|filter| filter.field == key));
        own || self.along.iter().any(|(along, _)| along == path)
    }
}

/// The paper asked for; the form's own when none is.
pub(crate) fn size(own: Paper, paper: Option<&str>) -> Done<Size> {
    let mut sheet = own;
    sheet.size = match paper.map(str::to_ascii_lowercase).as_deref() {
        None | Some("") => sheet.size,
        Some("a4") => PaperSize::A4,
        Some("a3") => PaperSize::A3,
        Some(other) => return Err(Failure::new("no_such_paper").with("paper", other)),
    };
    Ok(Size::of(sheet))
}

fn title(form: &Form, school: &str, today: Date) -> String {
    form.title.zh.replace("{school}", school).replace("{year}", &date::school_year(today))
}

/// Who reports, about whom, on what day; an empty day is written by hand.
pub(crate) fn about(school: &str, said: Vec<(String, String)>, day: Option<Date>) -> Vec<(String, String)> {
    let unit = (word("unit"), school.to_owned());
    let day = (word("filled_on"), day.map(date::in_words).unwrap_or_default());
    [unit].into_iter().chain(said).chain([day]).collect()
}

/// Whose page it is, of what day, and of what state of the ledger: the head of this computer's chain (package.md §4).
pub(crate) fn foot(school: &str, today: Date, head: Option<Hash>) -> String {
    let digits: String = head.map(|head| head.hex().chars().take(HEAD_DIGITS).collect()).unwrap_or_default();
    format!("{school}　{}　{} {digits}", date::in_words(today), word("code"))
}

/// Title, what the rows were chosen by or the one sheet's name, and the day: 长坪小学学生花名册-三年级(1)班-2026-09-01.pdf
fn file_name(title: &str, said: &[(String, String)], body: &Body, today: Date) -> String {
    let name = match body {
        Body::Sheets(sheets) if sheets.len() == 1 => sheets.first().map(|sheet| sheet.name.as_str()),
        Body::Letters(letters) if letters.len() == 1 => letters.first().map(|letter| letter.slip.name.as_str()),
        Body::Sheets(_) | Body::Letters(_) | Body::Table(_) | Body::Summary(_) => None,
    };
    let day = today.to_string();
    let said = said.iter().map(|(_, value)| value.as_str());
    let parts = [title].into_iter().chain(said).chain(name).chain([day.as_str()]).filter(|part| !part.is_empty());
    let allowed = |c: &char| !c.is_control() && !r#"<>:"/\|?*"#.contains(*c);
    format!("{}.pdf", parts.collect::<Vec<_>>().join("-").chars().filter(allowed).collect::<String>())
}

/// A word of paper. Paper speaks Chinese whatever the window speaks.
pub(crate) fn word(key: &str) -> String {
    words::say(Language::Zh, "paper", key, &Facts::new())
}
