//! Who is responsible for a child: by name, by class, by village, by school (包保到人, N1).

use domain::{Id, Row, Value};
use serde::{Deserialize, Serialize};
use store::ListQuery;
use ts_rs::TS;

use crate::desk::Desk;
use crate::failure::Done;
use crate::rows::trail::Trail;

/// Somebody who is responsible for a child today.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ResponsibleLine {
    /// The row of the record `responsibility`.
    pub id: Id,
    /// Who.
    pub person: String,
    /// The position held.
    pub duty: String,
    /// The telephone number, masked.
    pub phone: String,
    /// What is covered, in a word: the child, the class, the village, the school.
    pub covers: String,
    /// Since when; empty when not stated.
    pub since: String,
}

/// Who is responsible for a child today, the nearest first.
pub fn responsible(desk: &Desk, student: Id) -> Done<Vec<ResponsibleLine>> {
    let session = desk.session()?;
    let definition = desk.record("responsibility")?;
    let today = desk.today().to_string();
    session.store.read(|view| {
        let child = view.row(desk.record("student")?, student, desk.today())?.values;
        let trail = Trail::spoken(desk, view, desk.today());
        let mut found: Vec<(usize, ResponsibleLine)> = Vec::new();
        for (id, row) in view.list(definition, &ListQuery::default())?.rows {
            let Some(near) = nearness(&row, &child, student).filter(|_| holds_on(&row, &today)) else { continue };
            let text = |key: &str| trail.masked_field(definition, &row, key);
            let duty = [text("duty")?, text("post")?].into_iter().find(|text| !text.is_empty()).unwrap_or_default();
            let (person, phone) = (text("person")?, text("phone")?);
            let line = ResponsibleLine { id, person, duty, phone, covers: text("covers")?, since: text("from_on")? };
            found.push((near, line));
        }
        found.sort_by_key(|(near, _)| *near);
        Ok(found.into_iter().map(|(_, line)| line).collect())
    })
}

/// How near a responsibility is to a child, 0 the nearest; none when it covers others.
fn nearness(row: &Row, child: &Row, student: Id) -> Option<usize> {
    let same = |own: &str, theirs: &str| row.get(own).is_some_and(|value| Some(value) == child.get(theirs));
    let school = same("organisation", "school") || !child.contains_key("school");
    match row.get("covers").and_then(Value::as_text)? {
        "child" => (row.get("student").and_then(Value::as_row) == Some(student)).then_some(0),
        "class" => (school && same("grade", "grade") && same("class", "class")).then_some(1),
        "grade" => (school && same("grade", "grade")).then_some(2),
        "village" => same("village", "village").then_some(3),
        "school" => school.then_some(4),
        _ => None,
    }
}

/// Whether a responsibility holds on a day: begun, not ended, not handed over.
fn holds_on(row: &Row, day: &str) -> bool {
    let text = |key: &str| row.get(key).and_then(Value::as_text);
    let begun = text("from_on").is_none_or(|from| from <= day);
    let ended = text("until_on").is_some_and(|until| until < day) || text("handed_on").is_some_and(|on| on < day);
    begun && !ended
}
