//! 校验: everything in the ledger that a rule of domain.md §9 finds, grouped by child; and why a finding stands.

pub(crate) mod bulk_edit;
mod on_rows;
mod scan;

use std::collections::BTreeMap;

use domain::review::Found;
use domain::words::{self, Facts};
use domain::{Id, Problem, Severity, Value};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};
use store::View;
use ts_rs::TS;

use crate::desk::Desk;
use crate::failure::{Done, Failure};
use crate::rows::names::name_of;
use crate::rows::saving::save_row;
use crate::rows::{SaveReply, SaveRequest, review};
pub(crate) use on_rows::{errors_on, spoken_on, together_on};
use scan::Whole;

/// What is asked of the whole-ledger check.
#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
pub struct FindingsRequest {
    /// One child only.
    pub student: Option<Id>,
    /// One weight only.
    pub severity: Option<Severity>,
    /// One rule only.
    pub rule: Option<String>,
    /// Whether explained findings are shown as well.
    pub explained: bool,
    /// Groups left out at the beginning.
    pub offset: u32,
    /// Groups wanted.
    pub limit: u32,
}

/// What the whole-ledger check found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct FindingsReply {
    /// The civil day.
    pub today: String,
    /// Rows looked at.
    #[ts(type = "number")]
    pub rows: u64,
    /// Children looked at.
    pub students: u32,
    /// Errors that nobody has explained.
    pub errors: u32,
    /// Warnings that nobody has explained.
    pub warnings: u32,
    /// Findings that somebody has explained.
    pub explained: u32,
    /// How often each rule found something that nobody has explained, most often first.
    pub rules: Vec<RuleCount>,
    /// Children, and the school itself, with something found.
    pub groups_total: u32,
    /// Those asked for: errors before warnings, then by school, class and name.
    pub groups: Vec<FindingGroup>,
}

/// How often a rule found something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RuleCount {
    /// The rule.
    pub rule: String,
    /// What people call it.
    pub label: String,
    /// Its weight.
    pub severity: Severity,
    /// Findings that nobody has explained.
    pub count: u32,
}

/// What was found about one child, or about the school's own records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct FindingGroup {
    /// The child; none for records that belong to no child.
    pub student: Option<Id>,
    /// Its name; empty for the school's own records.
    pub name: String,
    /// Its class.
    pub class: String,
    /// Its school.
    pub school: String,
    /// What was found.
    pub findings: Vec<Finding>,
}

/// One thing found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Finding {
    /// The record of the row.
    pub record: String,
    /// What people call it.
    pub title: String,
    /// The row to open.
    pub row: Id,
    /// What names the row.
    pub name: String,
    /// The field to mend.
    pub field: String,
    /// What people call it.
    pub label: String,
    /// Whether it is an error or a warning.
    pub severity: Severity,
    /// The rule.
    pub rule: String,
    /// What is wrong and what to do, in the language of the desk.
    pub sentence: String,
    /// What the sentence mentions.
    pub facts: BTreeMap<String, String>,
    /// Why it stands, if somebody said so.
    pub explained: Option<Explanation>,
}

/// Why a finding stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Explanation {
    /// The row of the record `finding_note`.
    pub id: Id,
    /// The reason.
    pub reason: String,
    /// Who gave it.
    pub by: String,
    /// When.
    pub on: String,
}

/// A reason for a finding: a warning is acknowledged, an error explained.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ExplainRequest {
    /// The row that the finding is about.
    pub row: Id,
    /// Its field.
    pub field: String,
    /// The rule.
    pub rule: String,
    /// What the finding mentions, as it was shown; read from the ledger when absent.
    pub facts: Option<BTreeMap<String, String>>,
    /// Why it stands.
    pub reason: String,
}

/// Checks the whole ledger, or one child of it, by every rule of domain.md §9.
pub fn findings(desk: &Desk, request: FindingsRequest) -> Done<FindingsReply> {
    let session = desk.session()?;
    session.store.read(|view| {
        let whole = Whole::read(desk, view, request.student)?;
        reply(desk, view, &whole, &request)
    })
}

/// Says why a finding stands. It is a change like any other: it merges, and has a history.
///
/// Errors: `no_such_finding`, when nothing of that kind is found any more.
pub fn explain(desk: &Desk, request: ExplainRequest) -> Done<SaveReply> {
    let session = desk.session()?;
    let (found, student, by, standing) = session.store.read(|view| {
        let definition = view.record_of(request.row)?;
        let student = review::child_above(view, definition, request.row)?;
        let whole = Whole::read(desk, view, student)?;
        let same = |found: &&Found| {
            let problem = &found.problem;
            found.row == request.row
                && (&problem.field, &problem.rule) == (&request.field, &request.rule)
                && request.facts.as_ref().is_none_or(|facts| *facts == problem.facts)
        };
        let found = whole.found.iter().find(same).cloned();
        let found = found.ok_or_else(|| Failure::new("no_such_finding").with("rule", &request.rule))?;
        let by = name_of(desk.catalogue(), view, desk.record("staff")?, session.who, desk.today())?;
        let standing = whole.note_of(&found).map(|(id, _)| *id);
        Ok::<_, Failure>((found, student, by, standing))
    })?;
    let problem = &found.problem;
    let values = json!({
        "student": student,
        "about": found.row,
        "rule": problem.rule,
        "field": problem.field,
        "facts": facts_key(problem),
        "finding": words::problem(domain::words::Language::Zh, problem),
        "reason": request.reason,
        "by": by,
    });
    let values: Map<String, Json> = values.as_object().cloned().unwrap_or_default();
    save_row(desk, SaveRequest { record: "finding_note".to_owned(), id: standing, values, seen: None, why: None })
}

/// What a finding mentioned, as one text: an explanation holds only as long as this stays the same.
fn facts_key(problem: &Problem) -> String {
    match problem.facts.is_empty() {
        true => "{}".to_owned(),
        false => json!(problem.facts).to_string(),
    }
}

fn is(found: &Found, severity: Severity) -> bool {
    found.problem.severity == severity
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

fn reply(desk: &Desk, view: View<'_>, whole: &Whole, request: &FindingsRequest) -> Done<FindingsReply> {
    let open = || whole.found.iter().filter(|found| whole.note_of(found).is_none());
    let wanted = |found: &&Found| {
        request.severity.is_none_or(|severity| is(found, severity))
            && request.rule.as_ref().is_none_or(|rule| *rule == found.problem.rule)
            && (request.explained || whole.note_of(found).is_none())
    };
    let mut groups: BTreeMap<Option<Id>, Vec<&Found>> = BTreeMap::new();
    for found in whole.found.iter().filter(wanted) {
        groups.entry(whole.child_of(found)).or_default().push(found);
    }
    let mut order: Vec<(Option<Id>, Vec<&Found>)> = groups.into_iter().collect();
    let place = |(child, found): &(Option<Id>, Vec<&Found>)| {
        let errors = found.iter().any(|found| is(found, Severity::Error));
        (!errors, whole.place_of(*child))
    };
    order.sort_by_cached_key(place);
    let groups_total = number(order.len());
    let shown = order.into_iter().skip(request.offset as usize).take(request.limit as usize);
    Ok(FindingsReply {
        today: desk.today().to_string(),
        rows: whole.rows,
        students: number(whole.heads.len()),
        errors: number(open().filter(|found| is(found, Severity::Error)).count()),
        warnings: number(open().filter(|found| is(found, Severity::Warning)).count()),
        explained: number(whole.found.len() - open().count()),
        rules: rule_counts(desk, open()),
        groups_total,
        groups: shown.map(|(child, found)| group(desk, view, whole, child, found)).collect::<Done<_>>()?,
    })
}

fn rule_counts<'f>(desk: &Desk, open: impl Iterator<Item = &'f Found>) -> Vec<RuleCount> {
    let mut counts: BTreeMap<(&str, Severity), u32> = BTreeMap::new();
    for found in open {
        *counts.entry((&found.problem.rule, found.problem.severity)).or_default() += 1;
    }
    let line = |((rule, severity), count): ((&str, Severity), u32)| RuleCount {
        rule: rule.to_owned(),
        label: words::say(desk.language(), "findings", rule, &Facts::new()),
        severity,
        count,
    };
    let mut rules: Vec<RuleCount> = counts.into_iter().map(line).collect();
    rules.sort_by_key(|line| std::cmp::Reverse((line.severity, line.count)));
    rules
}

fn group(desk: &Desk, view: View<'_>, whole: &Whole, child: Option<Id>, mut found: Vec<&Found>) -> Done<FindingGroup> {
    found.sort_by_key(|found| (std::cmp::Reverse(found.problem.severity), &found.record, found.row, &found.problem));
    let head = child.and_then(|child| whole.heads.get(&child));
    let grades = desk.catalogue().codes("grade");
    let class = head.map(|head| {
        let grade =
            head.grade.as_deref().map(|code| grades.map_or(code, |grades| grades.name_in(code, desk.language())));
        domain::grade::class_spoken(grade, head.class.as_deref(), desk.language())
    });
    let school = match head.and_then(|head| head.school) {
        Some(school) => name_of(desk.catalogue(), view, desk.record("organisation")?, school, desk.today())?,
        None => String::new(),
    };
    Ok(FindingGroup {
        student: child,
        name: head.map(|head| head.name.to_string()).unwrap_or_default(),
        class: class.unwrap_or_default(),
        school,
        findings: found.into_iter().map(|found| finding(desk, view, whole, found)).collect::<Done<_>>()?,
    })
}

fn finding(desk: &Desk, view: View<'_>, whole: &Whole, found: &Found) -> Done<Finding> {
    let definition = desk.record(&found.record)?;
    let problem = &found.problem;
    let label = definition.field(&problem.field).map(|field| field.label.in_language(desk.language()).to_owned());
    Ok(Finding {
        record: found.record.clone(),
        title: definition.title.in_language(desk.language()).to_owned(),
        row: found.row,
        name: name_of(desk.catalogue(), view, definition, found.row, desk.today())?,
        field: problem.field.clone(),
        label: label.unwrap_or_default(),
        severity: problem.severity,
        rule: problem.rule.clone(),
        sentence: words::problem(desk.language(), problem),
        facts: problem.facts.clone(),
        explained: whole.note_of(found).map(|(id, row)| explanation(*id, row)),
    })
}

fn explanation(id: Id, row: &domain::Row) -> Explanation {
    let text = |key: &str| row.get(key).and_then(Value::as_text).unwrap_or_default().to_owned();
    Explanation { id, reason: text("reason"), by: text("by"), on: text("stated_on") }
}
