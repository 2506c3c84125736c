//! 疑似重复: children who may be one, shown side by side. A person says whether they are; either answer is a change like
//! any other: it merges, has a history and can be taken back.

use std::collections::{BTreeMap, BTreeSet};

use domain::likeness::{self, Likeness, Person};
use domain::words::{self, Facts};
use domain::{Id, Record, Row, Value};
use serde::{Deserialize, Serialize};
use store::{Living, View};
use ts_rs::TS;

use crate::desk::Desk;
use crate::failure::{Done, Failure};
use crate::rows::names;
use crate::rows::trail::Trail;

/// Two rows.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct PairRequest {
    /// The one; when they are joined, the other stands for it.
    pub one: Id,
    /// The other.
    pub other: Id,
    /// Why.
    pub why: Option<String>,
}

/// Two rows that may be one child.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DuplicateLine {
    /// The one.
    pub one: ChildCard,
    /// The other.
    pub other: ChildCard,
    /// Why, in words, strongest first.
    pub grounds: Vec<String>,
    /// What to look at first, in words.
    pub cautions: Vec<String>,
    /// Why they are two children, when somebody said so.
    pub apart: Option<String>,
}

/// A child, as lists of children who may be one show it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ChildCard {
    /// The child's row.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Sex, birthday, class, village, school: what tells namesakes apart.
    pub about: Vec<String>,
}

/// Two rows side by side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Comparison {
    /// The one.
    pub one: ChildCard,
    /// The other.
    pub other: ChildCard,
    /// What both say, field by field; differences first.
    pub lines: Vec<ComparedLine>,
    /// Why they may be one.
    pub grounds: Vec<String>,
    /// What to look at first.
    pub cautions: Vec<String>,
}

/// One line of two rows side by side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ComparedLine {
    /// The field, or the record of rows that belong to the child.
    pub label: String,
    /// What the one says.
    pub one: String,
    /// What the other says.
    pub other: String,
    /// Whether both say something, and not the same.
    pub differs: bool,
}

/// Children who were joined.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct JoinedLine {
    /// The row that stands for all.
    pub child: ChildCard,
    /// Those it stands for.
    pub others: Vec<ChildCard>,
}

/// What is said of two children that are two, in the record of explanations.
pub(crate) const RULE: &str = "maybe_same";

/// Children who may be one, in the order of the ledger. Pairs that somebody told apart come last, with the reason.
pub fn duplicates(desk: &Desk, _: ()) -> Done<Vec<DuplicateLine>> {
    let session = desk.session()?;
    session.store.read(|view| {
        let people = people(desk, view)?;
        let notes = told_apart(desk, view)?;
        let found = likeness::within(&people);
        let mut lines = Vec::new();
        for found in &found {
            if let Some((one, other)) = ids(&people, found) {
                let apart = notes.get(&pair(one, other)).cloned();
                lines.push(DuplicateLine {
                    one: card(desk, view, one)?,
                    other: card(desk, view, other)?,
                    grounds: said(desk, "likeness", found.grounds.iter().map(|one| one.code())),
                    cautions: said(desk, "caution", found.cautions.iter().map(|one| one.code())),
                    apart,
                });
            }
        }
        lines.sort_by_key(|line| line.apart.is_some());
        Ok(lines)
    })
}

/// Two children side by side: every field that either fills, and how much belongs to each.
pub fn compare(desk: &Desk, request: PairRequest) -> Done<Comparison> {
    let session = desk.session()?;
    session.store.read(|view| {
        let definition = child_record(desk, view, &request)?;
        let [one, other] = [request.one, request.other].map(|id| view.row(definition, id, desk.today()));
        let (one, other) = (one?, other?);
        let people = [person(desk, view, one.id, &one.values)?, person(desk, view, other.id, &other.values)?];
        let found = likeness::within(&people);
        let found = found.first();
        let mut lines = fields(desk, view, definition, [&one.values, &other.values])?;
        lines.extend(belongings(desk, view, definition, [one.id, other.id])?);
        lines.sort_by_key(|line| !line.differs);
        Ok(Comparison {
            one: card(desk, view, one.id)?,
            other: card(desk, view, other.id)?,
            lines,
            grounds: said(desk, "likeness", found.iter().flat_map(|one| &one.grounds).map(|one| one.code())),
            cautions: said(desk, "caution", found.iter().flat_map(|one| &one.cautions).map(|one| one.code())),
        })
    })
}

/// Children who were joined, with what each row says by itself.
pub fn joined_children(desk: &Desk, _: ()) -> Done<Vec<JoinedLine>> {
    let session = desk.session()?;
    session.store.read(|view| {
        let rows: BTreeSet<Id> = view.said_same()?.into_iter().flat_map(|(from, to)| [from, to]).collect();
        let speakers = rows.iter().map(|row| view.speaker(*row)).collect::<Result<BTreeSet<Id>, _>>()?;
        let mut lines = Vec::new();
        for speaker in speakers {
            let joined = view.joined(speaker)?;
            let others = joined.iter().skip(1).map(|id| own_card(desk, view, *id)).collect::<Done<Vec<_>>>()?;
            if !others.is_empty() {
                lines.push(JoinedLine { child: card(desk, view, speaker)?, others });
            }
        }
        Ok(lines)
    })
}

/// The record of two rows that can be one. Errors: `not_two_children`, when they are not rows of one record of people.
pub(crate) fn child_record<'d>(desk: &'d Desk, view: View<'_>, request: &PairRequest) -> Done<&'d Record> {
    let (one, other) = (view.record_of(request.one)?, view.record_of(request.other)?);
    match one.record == other.record && !one.projections.is_empty() && request.one != request.other {
        true => desk.record(&one.record),
        false => Err(Failure::new("not_two_children")),
    }
}

pub(crate) fn pair(one: Id, other: Id) -> (Id, Id) {
    (one.min(other), one.max(other))
}

fn ids(people: &[Person], found: &Likeness) -> Option<(Id, Id)> {
    Some((people.get(found.pair.0)?.id?, people.get(found.pair.1)?.id?))
}

fn said<'c>(desk: &Desk, table: &str, codes: impl Iterator<Item = &'c str>) -> Vec<String> {
    let say = |code| words::say(desk.language(), "people", &format!("{table}.{code}"), &Facts::new());
    codes.map(say).collect()
}

/// Every child of the ledger as it is compared, oldest row first.
pub(crate) fn people(desk: &Desk, view: View<'_>) -> Done<Vec<Person>> {
    let mut phones: BTreeMap<Id, Vec<String>> = BTreeMap::new();
    view.each(desk.record("guardian")?, &["student", "phone"], |Living { row, .. }| {
        let phone = row.get("phone").and_then(Value::as_text);
        if let (Some(child), Some(phone)) = (row.get("student").and_then(Value::as_row), phone) {
            phones.entry(child).or_default().push(phone.to_owned());
        }
        Ok::<_, Failure>(())
    })?;
    let mut people = Vec::new();
    view.each(desk.record("student")?, &Person::FIELDS, |Living { id, row, .. }| {
        people.push(Person::of(id, &row, phones.remove(&id).unwrap_or_default()));
        Ok::<_, Failure>(())
    })?;
    Ok(people)
}

fn person(desk: &Desk, view: View<'_>, id: Id, values: &Row) -> Done<Person> {
    let guardians = view.rows_under(desk.record("guardian")?, id)?;
    let phone = |(_, row): &(Id, Row)| row.get("phone").and_then(Value::as_text).map(str::to_owned);
    Ok(Person::of(id, values, guardians.iter().filter_map(phone).collect::<Vec<_>>()))
}

/// Explanations that say two children are two, by the pair.
pub(crate) fn notes(desk: &Desk, view: View<'_>) -> Done<BTreeMap<(Id, Id), (Id, String)>> {
    let mut notes = BTreeMap::new();
    view.each(desk.record("finding_note")?, &["about", "rule", "facts", "reason"], |Living { id, row, .. }| {
        let text = |key: &str| row.get(key).and_then(Value::as_text).unwrap_or_default();
        if let (RULE, Ok(one), Ok(other)) = (text("rule"), text("about").parse(), text("facts").parse()) {
            notes.insert(pair(one, other), (id, text("reason").to_owned()));
        }
        Ok::<_, Failure>(())
    })?;
    Ok(notes)
}

fn told_apart(desk: &Desk, view: View<'_>) -> Done<BTreeMap<(Id, Id), String>> {
    Ok(notes(desk, view)?.into_iter().map(|(pair, (_, reason))| (pair, reason)).collect())
}

fn card(desk: &Desk, view: View<'_>, id: Id) -> Done<ChildCard> {
    let definition = desk.record("student")?;
    let values = view.row(definition, id, desk.today())?.values;
    card_of(desk, view, id, &values)
}

/// A joined row as it stands in the log by itself.
pub(crate) fn own_card(desk: &Desk, view: View<'_>, id: Id) -> Done<ChildCard> {
    let stands = view.history(id)?.into_iter().filter(|entry| entry.stands);
    let values = stands.filter_map(|entry| Some((entry.field.into(), entry.values.into_iter().next()??))).collect();
    card_of(desk, view, id, &values)
}

fn card_of(desk: &Desk, view: View<'_>, id: Id, values: &Row) -> Done<ChildCard> {
    let definition = desk.record("student")?;
    let trail = Trail::spoken(desk, view, desk.today());
    let text = |key: &str| trail.masked_field(definition, values, key);
    let class = values.get("class").and_then(Value::as_text);
    let class = domain::grade::class_spoken(Some(&text("grade")?), class, desk.language());
    let about = [text("sex")?, text("birth_date")?, class, text("village")?, text("school")?];
    Ok(ChildCard {
        id: id.to_string(),
        name: text("name")?,
        about: about.into_iter().filter(|text| !text.is_empty()).collect(),
    })
}

/// Every field that either row fills.
fn fields(desk: &Desk, view: View<'_>, definition: &Record, rows: [&Row; 2]) -> Done<Vec<ComparedLine>> {
    let trail = Trail::spoken(desk, view, desk.today());
    let filled = definition.fields.iter().filter(|field| rows.iter().any(|row| row.contains_key(&field.key)));
    let line = |field: &domain::Field| {
        let [one, other] = rows.map(|row| trail.masked_field(definition, row, &field.key));
        let [a, b] = rows.map(|row| row.get(&field.key));
        Ok(ComparedLine {
            label: field.label.in_language(desk.language()).to_owned(),
            one: one?,
            other: other?,
            differs: a.is_some() && b.is_some() && a != b,
        })
    };
    filled.map(line).collect()
}

/// What belongs to each: the names of the first rows, and how many there are.
fn belongings(desk: &Desk, view: View<'_>, definition: &Record, ids: [Id; 2]) -> Done<Vec<ComparedLine>> {
    let mut lines = Vec::new();
    for (child, _) in desk.catalogue().listed_under(&definition.record) {
        let told = ids.map(|id| names_under(desk, view, child, id));
        let [one, other] = told;
        let (one, other) = (one?, other?);
        if !(one.is_empty() && other.is_empty()) {
            let label = child.title.in_language(desk.language()).to_owned();
            lines.push(ComparedLine { label, one, other, differs: false });
        }
    }
    Ok(lines)
}

fn names_under(desk: &Desk, view: View<'_>, child: &Record, id: Id) -> Done<String> {
    let rows = view.rows_under(child, id)?;
    let named = rows.iter().take(NAMED_MAX).map(|(row, _)| names::name_spoken(desk, view, child, *row));
    let mut names = named.collect::<Done<Vec<String>>>()?;
    names.retain(|name| !name.is_empty());
    let more = rows.len().saturating_sub(names.len());
    if more > 0 {
        let facts = Facts::from([("count".to_owned(), rows.len().to_string())]);
        names.push(words::say(desk.language(), "people", "compare.rows", &facts));
    }
    Ok(names.join("、"))
}

/// Rows named on one line.
const NAMED_MAX: usize = 3;
