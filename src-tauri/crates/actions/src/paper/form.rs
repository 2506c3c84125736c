//! Filling a form for paper: from rows of the ledger to what the press is given.

use domain::form::Layout;
use domain::{Date, Form, date};
use press::{Body, Job};

use crate::desk::{Desk, Session};
use crate::failure::Done;
use crate::paper::PagesRequest;
use crate::paper::frame::{Filled, about, foot, size};
use crate::paper::values::{Given, PaperValues};

/// Reads the rows asked for and lays them into their form.
pub(crate) fn fill(desk: &Desk, session: &Session, request: &PagesRequest) -> Done<Filled> {
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

fn title(form: &Form, school: &str, today: Date) -> String {
    form.title.zh.replace("{school}", school).replace("{year}", &date::school_year(today))
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
