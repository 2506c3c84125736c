//! The week's duties on paper: a page a class for its teacher, one page of the school for the principal, with lines to sign.
//! Early notices are never printed (decisions D29).

use std::collections::BTreeMap;

use domain::form::{Paper, PaperSize};
use domain::words::{self, Facts, Language};
use domain::{Fields, Row, Value, date};
use press::{Body, Column, Job, Section, Sheet, Style, Table, Text};
use store::View;

use crate::desk::{Desk, Session};
use crate::failure::Done;
use crate::paper::PagesRequest;
use crate::paper::frame::{self, Filled, about, foot};
use crate::rows::names::name_of;
use crate::school::duties::{DutiesRequest, DutyLine, Role, duties};

/// Pages of duties by the name under which they are printed, and whose they are.
const PAGES: [(&str, Option<Role>); 3] = [
    ("duty_slip_teacher", Some(Role::Teacher)),
    ("duty_slip_principal", Some(Role::Principal)),
    ("duty_slip_all", None),
];

/// mm of the columns: number, whom, what (shares), due, done, signed.
const WIDTHS: [Option<u32>; 6] = [Some(12), Some(28), None, Some(20), Some(26), Some(18)];
/// mm of the columns of open cases: number, child, class, left on, how it stands, who answers for it.
const CASE_WIDTHS: [Option<u32>; 6] = [Some(12), Some(24), Some(28), Some(20), Some(24), None];
/// Lines for handwriting where nothing is due.
const EMPTY_ROWS: u32 = 3;

/// Whose page of duties a name asks for, if it asks for one.
pub(crate) fn named(form: &str) -> Option<Option<Role>> {
    PAGES.iter().find(|(name, _)| *name == form).map(|(_, role)| *role)
}

/// Lays the duties of a role into their pages.
pub(crate) fn fill(desk: &Desk, session: &Session, role: Option<Role>, request: &PagesRequest) -> Done<Filled> {
    let paper = Paper { size: PaperSize::A4, landscape: false };
    let size = frame::size(paper, request.paper.as_deref())?;
    let chinese = desk.in_chinese();
    let due = duties(&chinese, DutiesRequest { role, ..DutiesRequest::default() })?;
    let key = match role {
        Some(Role::Teacher) => "teacher",
        Some(Role::Principal) => "principal",
        Some(Role::Center) | None => "all",
    };
    session.store.read(|view| {
        let school = session.name(desk, view)?;
        let today = desk.today();
        let title = say(&format!("slip.title.{key}"), &Facts::from([("school".to_owned(), school.clone())]));
        let mut pages = match role {
            Some(Role::Teacher) => by_class(due.lines),
            _ => vec![(String::new(), due.lines)],
        };
        if request.blank {
            pages = vec![(String::new(), vec![])];
        }
        let cases = if role == Some(Role::Teacher) || request.blank { vec![] } else { open_cases(desk, view)? };
        let sheet = |(class, lines): (String, Vec<DutyLine>)| Sheet {
            sections: sections(&class, &lines, &cases, size.usable_mm()),
            name: class,
        };
        let sign = if role == Some(Role::Teacher) { ["teacher", "principal"] } else { ["principal", "filler"] };
        Ok(Filled {
            file_name: format!("{title}-{today}.pdf"),
            job: Job {
                size,
                note: None,
                about: about(&school, vec![], (!request.blank).then_some(today)),
                sign: sign.map(|who| say(&format!("slip.sign.{who}"), &Facts::new())).to_vec(),
                seal: false,
                foot: foot(&school, today, view.chain_head(session.organisation.id)?),
                body: Body::Sheets(pages.into_iter().map(sheet).collect()),
                title,
            },
            unmasked: vec![],
        })
    })
}

/// Each class's lines, in the order of the classes; what is about no class comes last.
fn by_class(lines: Vec<DutyLine>) -> Vec<(String, Vec<DutyLine>)> {
    let mut pages: BTreeMap<(bool, String), Vec<DutyLine>> = BTreeMap::new();
    for line in lines {
        pages.entry((line.class.is_empty(), line.class.clone())).or_default().push(line);
    }
    pages.into_iter().map(|((_, class), lines)| (class, lines)).collect()
}

fn sections(class: &str, lines: &[DutyLine], cases: &[Vec<Text>], usable_mm: u32) -> Vec<Section> {
    let day = |on: domain::Date| date::in_words(on);
    let row = |(line, number): (&DutyLine, usize)| {
        let whom = [line.name.as_str(), line.class.as_str()].into_iter().filter(|part| !part.is_empty());
        let what = line.waits_for.as_ref().unwrap_or(&line.act);
        let late = if line.due.state == domain::clock::State::Overdue {
            say("slip.overdue", &Facts::new())
        } else {
            String::new()
        };
        let cells = [
            number.to_string(),
            whom.collect::<Vec<_>>().join("　"),
            format!("{}。{what}{late}", line.what),
            day(line.due.due_on),
            String::new(),
            String::new(),
        ];
        cells.map(Text).to_vec()
    };
    let rows: Vec<Vec<Text>> = lines.iter().zip(1..).map(row).collect();
    let heads = ["number", "whom", "what", "due", "done", "signed"];
    let empty = if rows.is_empty() { EMPTY_ROWS } else { 1 };
    let due = Table::new(columns(heads, WIDTHS), rows, usable_mm).with_empty_rows(empty);
    let title = if class.is_empty() { say("slip.duties", &Facts::new()) } else { class.to_owned() };
    let mut sections = vec![Section::of_table(title, due)];
    if !cases.is_empty() {
        let heads = ["number", "child", "class", "left_on", "status", "responsible"];
        let open = Table::new(columns(heads, CASE_WIDTHS), cases.to_vec(), usable_mm);
        let facts = Facts::from([("count".to_owned(), cases.len().to_string())]);
        sections.push(Section::of_table(say("slip.cases", &facts), open));
    }
    sections
}

fn columns(heads: [&str; 6], widths: [Option<u32>; 6]) -> Vec<Column> {
    let column = |(head, width_mm): (&str, Option<u32>)| Column {
        head: say(&format!("slip.{head}"), &Facts::new()),
        band: String::new(),
        width_mm,
        style: match (head, width_mm) {
            ("due" | "left_on", _) => Style::Day,
            (_, None) => Style::Left,
            (_, Some(_)) => Style::Middle,
        },
        keep: false,
    };
    heads.into_iter().zip(widths).map(column).collect()
}

/// Who is not in school, since when, and who answers for it.
fn open_cases(desk: &Desk, view: View<'_>) -> Done<Vec<Vec<Text>>> {
    let fields = ["student", "status", "left_on", "duty_school", "duty_township"];
    let scan = store::Scan { fields: &fields, only: vec![] };
    let mut open: Vec<(String, Row)> = Vec::new();
    view.scan(desk.record("dropout_case")?, &scan, |_, row| {
        let case = domain::case::Case::read(&row);
        if case.status.is_open() {
            open.push((row.said("left_on"), row));
        }
    })?;
    open.sort_by(|a, b| a.0.cmp(&b.0));
    let student = desk.record("student")?;
    let grades = desk.catalogue().codes("grade");
    let states = desk.catalogue().codes("case_status");
    let mut rows = Vec::new();
    for (left_on, row) in open {
        let Some(child) = row.get("student").and_then(Value::as_row) else { continue };
        let name = name_of(desk.catalogue(), view, student, child, desk.today())?;
        let at = view.row_on(student, child, desk.today())?.map(|(_, row)| row).unwrap_or_default();
        let grade =
            at.get("grade").and_then(Value::as_text).map(|code| grades.map_or(code, |grades| grades.name(code)));
        let status = row.said("status");
        let who = [row.said("duty_school"), row.said("duty_township")];
        let cells = [
            (rows.len() + 1).to_string(),
            name,
            domain::grade::class_label(grade, at.get("class").and_then(Value::as_text)),
            left_on.parse().map(date::in_words).unwrap_or(left_on),
            states.map_or(status.clone(), |states| states.name(&status).to_owned()),
            who.into_iter().filter(|who| !who.is_empty()).collect::<Vec<_>>().join("　"),
        ];
        rows.push(cells.map(Text).to_vec());
    }
    Ok(rows)
}

/// A word of the slip: paper speaks Chinese whatever the window speaks.
fn say(key: &str, facts: &Facts) -> String {
    words::say(Language::Zh, "paper", key, facts)
}
