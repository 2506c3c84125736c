//! 开学摸排: a class's sheet prefilled from the ledger, the children not back sorted by what became of them.

use std::collections::BTreeMap;

use domain::calendar::Half;
use domain::{Id, Value, date};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};
use ts_rs::TS;

use crate::desk::Desk;
use crate::failure::Done;
use crate::rows::SaveRequest;
use crate::rows::known::day_asked;
use crate::rows::rules::Rules;
use crate::rows::saving::together;
use crate::school::attendance::{Members, RollChild, Who};

/// A class's check.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct CheckRequest {
    /// Code of the grade.
    pub grade: String,
    /// The class within the grade.
    pub class: Option<String>,
    /// Code of the list `check_round`; by the school day of the term when absent.
    pub round: Option<String>,
    /// The day; today when absent.
    pub on: Option<String>,
    /// The children who are not back, with what is known of each.
    pub missing: Vec<NotBack>,
}

/// A child who is not back.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct NotBack {
    /// The child.
    pub student: Id,
    /// Field of `return_outcome` → what was typed: `whereabouts`, `place`, `duty_person`, `due_on` …
    #[ts(type = "Record<string, unknown>")]
    pub values: Map<String, Json>,
}

/// What a class's check says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CheckReply {
    /// Its row.
    pub id: Option<Id>,
    /// Code of the round.
    pub round: String,
    /// Code of the term.
    pub term: String,
    /// 应到.
    pub expected: u32,
    /// 实到.
    pub arrived: u32,
    /// 未到, by whereabouts.
    pub missing: BTreeMap<String, u32>,
    /// The letter or paper that each missing child needs next: child → form.
    pub papers: BTreeMap<String, String>,
    /// The change that takes all of it back; none when everything stood so already.
    pub changes: Vec<String>,
}

/// Enters a class's check: its sheet, and one outcome for each child not back. Who was missing before and is not now is back.
pub fn check_return(desk: &Desk, request: CheckRequest) -> Done<CheckReply> {
    let on = day_asked(desk, request.on.as_deref())?;
    let members = Members::read(desk, &request.grade, request.class.as_deref())?;
    let class: Vec<&RollChild> = members.on(on, Who::Expected).collect();
    let (term, number) = term_day(desk, &request, on)?;
    let round = request.round.clone().unwrap_or_else(|| round_of(number).to_owned());
    let known: Vec<NotBack> = request.missing.iter().map(|child| coded(desk, child)).collect();
    let missing: Vec<&NotBack> = known.iter().collect();
    let arrived = class.len().saturating_sub(missing.len());
    let code = match term {
        Half::First => "1",
        Half::Second => "2",
    };
    let year = date::school_year(on);
    let sheet = Map::from_iter([
        ("school_year".to_owned(), json!(year)),
        ("term".to_owned(), json!(code)),
        ("round".to_owned(), json!(round)),
        ("grade".to_owned(), json!(request.grade)),
        ("class".to_owned(), json!(request.class)),
        ("on".to_owned(), json!(on.to_string())),
        ("expected".to_owned(), json!(class.len())),
        ("arrived".to_owned(), json!(arrived)),
    ]);
    let form = |record: &str, id, values| SaveRequest { record: record.to_owned(), id, values, seen: None, why: None };
    let done = json!({ "result": "back", "done_on": on.to_string() });
    let back = back(desk, &class, &missing, (&year, code))?;
    let (check, changes) = together(desk, |forms| {
        let check = forms.save(form("return_check", None, sheet))?.id;
        for child in &missing {
            forms.save(form("return_outcome", None, outcome(child, check, (&year, code))))?;
        }
        for id in back {
            forms.save(form("return_outcome", Some(id), done.as_object().cloned().unwrap_or_default()))?;
        }
        Ok((check, forms.changed()))
    })?;
    Ok(CheckReply {
        id: Some(check),
        changes,
        round,
        term: code.to_owned(),
        expected: count(class.len()),
        arrived: count(arrived),
        missing: by_whereabouts(&missing),
        papers: missing.iter().filter_map(|child| Some((child.student.to_string(), paper(desk, child)?))).collect(),
    })
}

/// The same child with its whereabouts as a code.
fn coded(desk: &Desk, child: &NotBack) -> NotBack {
    let list = desk.catalogue().codes("whereabouts");
    let mut child = child.clone();
    if let Some(typed) = child.values.get_mut("whereabouts")
        && let Some(code) = typed.as_str().and_then(|text| list.and_then(|list| list.find(text)))
    {
        *typed = json!(code.code);
    }
    child
}

fn outcome(child: &NotBack, check: Id, (year, term): (&str, &str)) -> Map<String, Json> {
    let mut values = child.values.clone();
    values.insert("student".to_owned(), json!(child.student.to_string()));
    values.insert("school_year".to_owned(), json!(year));
    values.insert("term".to_owned(), json!(term));
    values.insert("check".to_owned(), json!(check.to_string()));
    values
}

/// Outcomes of children who were missing at an earlier check of the term and are not any more.
fn back(desk: &Desk, class: &[&RollChild], missing: &[&NotBack], (year, term): (&str, &str)) -> Done<Vec<Id>> {
    let session = desk.session()?;
    session.store.read(|view| {
        let outcomes = desk.record("return_outcome")?;
        let mut back = Vec::new();
        for child in class.iter().filter(|child| !missing.iter().any(|one| one.student == child.student)) {
            for (id, row) in view.rows_under(outcomes, child.student)? {
                let says = |key: &str| row.get(key).and_then(Value::as_text);
                let of_term = says("school_year") == Some(year) && says("term") == Some(term);
                if of_term && says("result") != Some("back") {
                    back.push(id);
                }
            }
        }
        Ok(back)
    })
}

/// The term that a day lies in, and which of its school days it is.
fn term_day(desk: &Desk, request: &CheckRequest, on: domain::Date) -> Done<(Half, u32)> {
    let session = desk.session()?;
    session.store.read(|view| {
        let mut rules = Rules::read(desk, &session, view)?;
        let school = Some(session.organisation.id);
        let class = domain::calendar::Class { grade: request.grade.clone(), class: request.class.clone() };
        let half = rules.calendar(school).term_up_to(on).map_or(Half::First, |term| term.half);
        Ok((half, rules.days(school, Some(&class)).number_in_term(on).unwrap_or_default()))
    })
}

/// The round that a school day of the term belongs to.
fn round_of(number: u32) -> &'static str {
    match number {
        0..=2 => "day1",
        3..=6 => "day3",
        7..=9 => "day7",
        _ => "final",
    }
}

fn by_whereabouts(missing: &[&NotBack]) -> BTreeMap<String, u32> {
    let mut counted = BTreeMap::new();
    for child in missing {
        let code = child.values.get("whereabouts").and_then(Json::as_str).unwrap_or("-");
        *counted.entry(code.to_owned()).or_default() += 1;
    }
    counted
}

/// The form that the whereabouts of a child call for, as their list says.
fn paper(desk: &Desk, child: &NotBack) -> Option<String> {
    let code = child.values.get("whereabouts").and_then(Json::as_str)?;
    desk.catalogue().codes("whereabouts")?.get(code)?.paper.clone()
}

fn count(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
