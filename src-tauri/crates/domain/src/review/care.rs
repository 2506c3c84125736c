//! Who looks after a child whose parents work away (domain.md §2.18, §9; 未成年人保护法 art. 21–23), and visits on record.

use super::{Child, Found, Part, is_no, is_yes, on};
use crate::check::Frame;
use crate::id_number::IdNumber;
use crate::settings::Key;
use crate::{Date, Fields, Problem, Severity, Value, date};

/// Nobody under this age may be left to live alone (未成年人保护法 art. 21).
const ALONE_AGE: u32 = 16;

/// Nobody under this age may be entrusted with a child (未成年人保护法 art. 22).
const CARER_AGE: u32 = 18;

pub(super) fn judge(frame: Frame<'_>, child: &Child) -> Vec<Found> {
    let mut found = left_behind(frame, child);
    found.extend(alone(frame, child));
    found.extend(unsigned(frame, child));
    found
}

/// Left behind, and nobody is said to be away, or nobody to look after the child, or somebody who may not.
fn left_behind(frame: Frame<'_>, child: &Child) -> Vec<Found> {
    if !matches!(child.text("left_behind"), Some("1" | "2" | "3")) {
        return vec![];
    }
    let warn = |rule: &str| child.found(Problem::new("left_behind", rule, Severity::Warning));
    let away: Vec<&str> = child
        .of("parent_away")
        .iter()
        .filter(|(_, row)| row.day("until_on").is_none_or(|until| until > frame.today))
        .filter_map(|(_, row)| row.text("who"))
        .collect();
    let mut found = Vec::new();
    if away.is_empty() {
        found.push(warn("left_behind_nobody_away"));
    }
    let carers: Vec<&Part> = child.of("guardian").iter().filter(|(_, row)| cares(row, &away, frame.today)).collect();
    if carers.is_empty() {
        found.push(warn("left_behind_no_carer"));
    }
    found.extend(carers.into_iter().filter_map(|carer| unfit(frame, carer)));
    found
}

/// Whether somebody at home looks after the child: a guardian or an entrusted person who is not the parent away.
fn cares(row: &crate::Row, away: &[&str], today: Date) -> bool {
    let ended = row.day("until_on").is_some_and(|until| until <= today);
    let is_away = row.text("relation").is_some_and(|relation| away.contains(&relation));
    !ended && !is_away && (is_yes(row, "entrusted") || is_yes(row, "is_guardian"))
}

/// A carer who is under age, or known to be unable.
fn unfit(frame: Frame<'_>, (id, row): &Part) -> Option<Found> {
    let warn = |field: &str, rule: &str| Some(on("guardian", *id, Problem::new(field, rule, Severity::Warning)));
    if is_no(row, "able") {
        return warn("able", "carer_unable");
    }
    let born = row.text("id_number").and_then(|number| IdNumber::parse(number).ok()?.birth_date())?;
    let minor = date::age_on(born, frame.today).is_some_and(|age| age < CARER_AGE);
    if minor { warn("id_number", "carer_minor") } else { None }
}

/// A child under 16 said to live alone, or to have nobody: the law asks for a guardian at once.
fn alone(frame: Frame<'_>, child: &Child) -> Vec<Found> {
    if child.age_on(frame.today).is_none_or(|age| age >= ALONE_AGE) {
        return vec![];
    }
    let nobody = |(_, row): &&Part| row.text("guardianship") == Some("nobody") && row.day("closed_on").is_none();
    let filed = child
        .of("left_behind_file")
        .iter()
        .find(nobody)
        .map(|(id, _)| on("left_behind_file", *id, Problem::new("guardianship", "lives_alone", Severity::Warning)));
    let newest = child.of("home_visit").iter().max_by_key(|(id, row)| (row.day("visited_on"), *id));
    let seen = newest.filter(|(_, row)| {
        let codes = row.get("findings").map(Value::as_codes).unwrap_or_default();
        codes.iter().any(|code| matches!(*code, "alone" | "unguarded"))
    });
    let seen = seen.map(|(id, _)| on("home_visit", *id, Problem::new("findings", "lives_alone", Severity::Warning)));
    filed.into_iter().chain(seen).collect()
}

/// A visit to the home that nobody signed and no picture shows; a picture only where one is asked for (decisions D30).
fn unsigned(frame: Frame<'_>, child: &Child) -> Vec<Found> {
    let shown = |visit: &str| child.of("attachment").iter().any(|(_, row)| row.text("about") == Some(visit));
    let photo = frame.settings.is_on(Key::VisitPhoto);
    let lacking = child.of("home_visit").iter().filter(|(_, row)| row.text("way") == Some("home"));
    let judged = lacking.filter_map(|(id, row)| {
        let shown = shown(&id.to_string());
        let rule = match (is_yes(row, "signed"), shown) {
            (false, false) => "visit_unsigned",
            (true, false) if photo => "visit_no_photo",
            _ => return None,
        };
        Some(on("home_visit", *id, Problem::new("signed", rule, Severity::Warning)))
    });
    judged.collect()
}
