//! 转学办理中: a child handed from one school to another that it never meets. The old school writes what the new one needs
//! into its own rows; the organisation above carries it across and brings the answer back ([`carry`]). The child stands in
//! the old roster until the new school has taken it in, and from the day it begins there in the new one alone.

mod carry;
mod packet;
pub(crate) mod whereabouts;

use domain::clock::deadline;
use domain::settings::Key;
use domain::{Date, Fields, Id, Row, Value};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};
use store::View;
use ts_rs::TS;

pub(crate) use carry::{bring_again, carry, carry_with, take_back};
use packet::{extract_of, read_extract, spoken};

use crate::desk::{Desk, Session};
use crate::failure::{Done, Failure};
use crate::rows::names::name_of;
use crate::rows::saving::{save_row, together};
use crate::rows::trail::Trail;
use crate::rows::{SaveReply, SaveRequest, rules};

/// The record of a hand-over.
const RECORD: &str = "transfer_case";

/// A child on its way between two schools.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TransferLine {
    /// The hand-over.
    pub id: Id,
    /// The child here: at the old school the one that leaves, at the new one the one that was taken in.
    pub student: Option<Id>,
    /// Its name.
    pub name: String,
    /// Its grade.
    pub grade: String,
    /// From which school.
    pub from_school: String,
    /// To which.
    pub to_school: String,
    /// `out`: this school hands it over; `in`: it is handed to this school; `between`: two schools below.
    pub way: String,
    /// A code of the list `transfer_state`.
    pub state: String,
    /// The state in words.
    pub said: String,
    /// When it was handed over.
    pub offered_on: String,
    /// By when the next answer is due: ten working days a party; empty when nothing is.
    pub due_on: String,
    /// Whether that day has passed.
    pub late: bool,
    /// Since when it is at the new school.
    pub begins_on: String,
    /// The new school's words.
    pub answer: String,
    /// Whether the new school is known here; above the schools only.
    pub routed: bool,
    /// The application on paper, to be printed.
    pub paper: Option<Id>,
}

/// What travels, in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TransferPacket {
    /// The child's name.
    pub name: String,
    /// Label and value, one line each; nothing else travels.
    pub lines: Vec<PacketLine>,
    /// What the new school has to go on with.
    pub obligations: Vec<String>,
}

/// One line of what travels.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PacketLine {
    /// The record it belongs to.
    pub title: String,
    /// The field.
    pub label: String,
    /// What it says, in full: both schools see the same.
    pub text: String,
}

/// A child to be handed over.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct OfferTransfer {
    /// The child.
    pub student: Id,
    /// The new school's name.
    pub to_school: String,
    /// Its code, when known.
    pub to_code: Option<String>,
    /// Why.
    pub reason: Option<String>,
}

/// A child to be taken in.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct AcceptTransfer {
    /// The hand-over.
    pub id: Id,
    /// Its grade here, a code; that of the hand-over when absent.
    pub grade: Option<String>,
    /// Its class.
    pub class: Option<String>,
    /// Since when it is here, ISO 8601; today when absent.
    pub begins_on: Option<String>,
    /// A word to the old school.
    pub note: Option<String>,
}

/// An answer, or a choice of the school that was meant.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct AnswerTransfer {
    /// The hand-over.
    pub id: Id,
    /// Why; for a choice, the school's code, name or id.
    pub text: String,
}

/// Children on their way: those still open first, then those answered, newest first.
pub fn transfers(desk: &Desk, _: ()) -> Done<Vec<TransferLine>> {
    let session = desk.session()?;
    session.store.read(|view| {
        let mut lines = Vec::new();
        for (id, row) in view.every(desk.record(RECORD)?)? {
            lines.extend(line(desk, &session, view, (id, &row))?);
        }
        lines.sort_by(|a, b| {
            (a.state != "offered", &b.offered_on, a.id).cmp(&(b.state != "offered", &a.offered_on, b.id))
        });
        Ok(lines)
    })
}

/// What would travel with a child, or what a hand-over holds.
pub fn transfer_packet(desk: &Desk, id: Id) -> Done<TransferPacket> {
    let session = desk.session()?;
    session.store.read(|view| {
        let extract = match view.record_of(id)?.record == RECORD {
            true => read_extract(&view.row(desk.record(RECORD)?, id, desk.today())?.values)?,
            false => extract_of(desk, view, id)?,
        };
        spoken(desk, view, &extract)
    })
}

/// Hands a child over. It stays in this school's roster until the other has taken it in.
///
/// Errors: `transfer_under_way`; `refused`.
pub fn offer_transfer(desk: &Desk, request: OfferTransfer) -> Done<SaveReply> {
    let session = desk.session()?;
    let (values, change) = session.store.read(|view| {
        let student = view.row(desk.record("student")?, request.student, desk.today())?;
        let open = |(_, row): &(Id, Row)| row.said("state") == "offered";
        if view.rows_under(desk.record(RECORD)?, student.id)?.iter().any(open) {
            return Err(Failure::new("transfer_under_way"));
        }
        let extract = serde_json::to_string(&extract_of(desk, view, student.id)?).map_err(Failure::defect)?;
        let (by, from) = (signed_in(desk, &session, view)?, session.name(desk, view)?);
        let (name, grade) = (student.values.said("name"), student.values.said("grade"));
        let values = json!({
            "student": student.id, "name": name, "grade": grade, "from_org": session.organisation.id, "from_school": from,
            "to_school": request.to_school, "to_code": request.to_code, "offered_by": by, "reason": request.reason,
            "extract": extract, "offered_on": desk.today().to_string(),
        });
        let change = json!({
            "student": student.id, "kind": "transfer_out", "applied_on": desk.today().to_string(), "state": "applied",
            "from_school": from, "from_grade": grade, "to_school": request.to_school, "to_grade": grade,
            "reason_note": request.reason, "handled_by": by,
        });
        Ok((values, change))
    })?;
    together(desk, |forms| {
        let saved = forms.save(form(RECORD, None, values))?;
        forms.save(form("roll_change", None, change))?;
        Ok(saved)
    })
}

/// Takes a child in: its rows are written anew here, with where they came from; the old school hears of it.
///
/// Errors: `transfer_answered`; `transfer_unreadable`; `refused`.
pub fn accept_transfer(desk: &Desk, request: AcceptTransfer) -> Done<SaveReply> {
    let session = desk.session()?;
    let (row, by, own) = session.store.read(|view| {
        let row = open_for(desk, &session, view, request.id)?;
        Ok::<_, Failure>((row, signed_in(desk, &session, view)?, session.name(desk, view)?))
    })?;
    let extract = read_extract(&row)?;
    let begins = match &request.begins_on {
        Some(day) => domain::date::parse_day(day).map_err(|_| {
            Failure::refused(vec![domain::Problem::block("begins_on", "not_a_date").with("typed", day)])
        })?,
        None => desk.today(),
    };
    let grade = request.grade.clone().filter(|grade| !grade.is_empty()).unwrap_or_else(|| row.said("grade"));
    together(desk, |forms| {
        let mut child: Option<SaveReply> = None;
        for carried in extract.rows {
            let mut values = carried.values;
            if let Some(child) = &child {
                values.insert("student".to_owned(), child.id.to_string().into());
            }
            let saved = forms.save(SaveRequest { record: carried.record, id: None, values, seen: None, why: None })?;
            child.get_or_insert(saved);
        }
        let child = child.ok_or_else(|| Failure::new("transfer_unreadable"))?;
        let (today, begins) = (desk.today().to_string(), begins.to_string());
        forms.save(form(
            "enrolment",
            None,
            json!({ "student": child.id, "grade": grade, "class": request.class, "kind": "enrolled", "from_on": begins }),
        ))?;
        forms.save(form(
            "roll_change",
            None,
            json!({
                "student": child.id, "kind": "transfer_in", "applied_on": row.said("offered_on"), "state": "applied",
                "from_school": row.said("from_school"), "from_grade": row.said("grade"), "to_school": own,
                "to_grade": grade, "in_school_on": today, "changed_on": begins, "handled_by": by,
            }),
        ))?;
        forms.save(form(
            RECORD,
            Some(request.id),
            json!({
                "student": child.id, "state": "accepted", "answered_on": today, "answered_by": by,
                "begins_on": begins, "answer": request.note,
            }),
        ))?;
        Ok(child)
    })
}

/// Sends a child back: it is in the old school's roster as before. Errors: `transfer_answered`; `transfer_needs_reason`.
pub fn refuse_transfer(desk: &Desk, request: AnswerTransfer) -> Done<SaveReply> {
    let session = desk.session()?;
    if request.text.trim().is_empty() {
        return Err(Failure::new("transfer_needs_reason"));
    }
    let by = session.store.read(|view| {
        open_for(desk, &session, view, request.id)?;
        signed_in(desk, &session, view)
    })?;
    let today = desk.today().to_string();
    let values = json!({ "state": "refused", "answered_on": today, "answered_by": by, "answer": request.text });
    save_row(desk, form(RECORD, Some(request.id), values))
}

/// Takes a hand-over back before it was answered. Errors: `transfer_answered`.
pub fn withdraw_transfer(desk: &Desk, request: AnswerTransfer) -> Done<SaveReply> {
    let session = desk.session()?;
    let papers = session.store.read(|view| {
        let row = view.row(desk.record(RECORD)?, request.id, desk.today())?.values;
        if row.said("state") != "offered" || row.said("from_org") != session.organisation.id.to_string() {
            return Err(Failure::new("transfer_answered"));
        }
        row.get("student").and_then(Value::as_row).map_or(Ok(vec![]), |child| open_papers(desk, view, child))
    })?;
    together(desk, |forms| {
        for (paper, _) in &papers {
            forms.save(form("roll_change", Some(*paper), json!({ "state": "withdrawn" })))?;
        }
        forms.save(form(RECORD, Some(request.id), json!({ "state": "withdrawn", "answer": request.text })))
    })
}

/// Says which school below was meant. Errors: `no_such_partner`.
pub fn route_transfer(desk: &Desk, request: AnswerTransfer) -> Done<SaveReply> {
    let session = desk.session()?;
    let to = session.store.read(|view| {
        let known = carry::schools(desk, &session, view)?;
        let meant = known.into_iter().find(|school| school.is_called(&request.text));
        meant.map(|school| school.id).ok_or_else(|| Failure::new("no_such_partner").with("to", &request.text))
    })?;
    let saved = save_row(desk, form(RECORD, Some(request.id), json!({ "to_org": to })))?;
    carry(desk)?;
    Ok(saved)
}

/// Carries across what waits to be: hand-overs to the new schools, answers to the old ones. Gives how many were.
pub fn carry_transfers(desk: &Desk, _: ()) -> Done<u32> {
    carry(desk)
}

fn form(record: &str, id: Option<Id>, values: Json) -> SaveRequest {
    let values: Map<String, Json> = values.as_object().cloned().unwrap_or_default();
    SaveRequest { record: record.to_owned(), id, values, seen: None, why: None }
}

fn signed_in(desk: &Desk, session: &Session, view: View<'_>) -> Done<String> {
    name_of(desk.catalogue(), view, desk.record("staff")?, session.who, desk.today())
}

/// A hand-over that waits for this school's answer.
fn open_for(desk: &Desk, session: &Session, view: View<'_>, id: Id) -> Done<Row> {
    let row = view.row(desk.record(RECORD)?, id, desk.today())?.values;
    let ours = row.said("to_org") == session.organisation.id.to_string();
    if ours && row.said("state") == "offered" { Ok(row) } else { Err(Failure::new("transfer_answered")) }
}

/// Applications to leave that are not through.
fn open_papers(desk: &Desk, view: View<'_>, student: Id) -> Done<Vec<(Id, Row)>> {
    let mut papers = view.rows_under(desk.record("roll_change")?, student)?;
    papers.retain(|(_, row)| row.said("kind") == "transfer_out" && !row.contains_key("changed_on"));
    papers.retain(|(_, row)| !matches!(row.said("state").as_str(), "done" | "withdrawn"));
    Ok(papers)
}

fn line(desk: &Desk, session: &Session, view: View<'_>, (id, row): (Id, &Row)) -> Done<Option<TransferLine>> {
    let own = session.organisation.id.to_string();
    let way = match (row.said("from_org") == own, row.said("to_org") == own) {
        (true, _) => "out",
        (_, true) => "in",
        // The new school's own row says nothing that the old one's does not.
        _ if row.contains_key("origin") => return Ok(None),
        _ => "between",
    };
    let state = row.said("state");
    let offered = row.said("offered_on").parse::<Date>().ok();
    let days = rules::settings(desk, session, view)?.number(Key::TransferPartyDays);
    let due = offered.filter(|_| state == "offered").and_then(|day| deadline::working_days_after(day, days));
    let student = row.get("student").and_then(Value::as_row);
    let papers = student
        .map_or(Ok(vec![]), |child| view.rows_under(desk.record("roll_change")?, child).map_err(Failure::from))?;
    let paper = papers.iter().find(|(_, row)| row.said("kind").starts_with("transfer")).map(|(id, _)| *id);
    let trail = Trail::spoken(desk, view, desk.today());
    let definition = desk.record(RECORD)?;
    Ok(Some(TransferLine {
        id,
        student,
        name: row.said("name"),
        grade: trail.masked_field(definition, row, "grade")?,
        from_school: row.said("from_school"),
        to_school: row.said("to_school"),
        way: way.to_owned(),
        said: trail.masked_field(definition, row, "state")?,
        offered_on: row.said("offered_on"),
        late: due.is_some_and(|due| due < desk.today()),
        due_on: due.map(|due| due.to_string()).unwrap_or_default(),
        begins_on: row.said("begins_on"),
        answer: row.said("answer"),
        routed: way != "between" || carry::receiver(&carry::schools(desk, session, view)?, row).is_some(),
        paper,
        state,
    }))
}
