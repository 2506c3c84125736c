//! Early notice (decisions D29): reasons in words for the responsible teacher and the principal. Kept on this computer:
//! a dismissal is no part of the ledger, and nothing of it is printed, packaged or transferred.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use domain::calendar::Class;
use domain::clock::Ticks;
use domain::early_notice::{self, Beside, Dismissals, Reason, Signs};
use domain::lives::Life;
use domain::report::Books;
use domain::words::{self, Facts, Language};
use domain::{Date, Id, Value};
use serde::{Deserialize, Serialize};
use store::{Only, View};
use ts_rs::TS;

use crate::desk::Desk;
use crate::desk::kept::noted;
use crate::failure::{Done, Failure};
use crate::rows::books::Reader;
use crate::rows::names::name_of;
use crate::rows::rules::Rules;
use crate::school::duties::Roll;

/// A child somebody should look after, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct NoticeLine {
    /// The child.
    pub student: Id,
    /// Its name.
    pub name: String,
    /// Why: a key for dismissing, and the sentence.
    pub reasons: Vec<(String, String)>,
    /// What else is known.
    pub beside: Vec<String>,
}

/// A reason that needs no more looking after this term.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct DismissRequest {
    /// The child.
    pub student: Id,
    /// The reason's key.
    pub reason: String,
}

/// Dismissals on this computer: child → reason → day.
type Kept = BTreeMap<Id, Dismissals>;

/// Where they are kept.
const LOCAL: &str = "notices/dismissed";

/// What was found at the visits of each child: the day, and codes of `visit_finding`.
type Findings = HashMap<Id, Vec<(Date, Vec<String>)>>;

/// What is known of children, read once.
struct Known {
    roll: Roll,
    findings: Findings,
    struggling: BTreeSet<Id>,
    away: BTreeSet<Id>,
    dismissed: Kept,
}

impl Known {
    fn read(reader: &Reader<'_>, since: Date) -> Done<Self> {
        Ok(Self {
            roll: Roll::read(reader, since)?,
            findings: findings(reader, since)?,
            struggling: facts(reader, "struggling")?,
            away: facts(reader, "left_behind")?,
            dismissed: kept(reader.view)?,
        })
    }

    fn concerned(&self) -> BTreeSet<Id> {
        self.roll.missed().chain(self.findings.keys().copied()).chain(self.struggling.iter().copied()).collect()
    }

    fn signs(&self, life: &Life) -> Signs {
        Signs {
            attendance: self.roll.attendance(life),
            findings: self.findings.get(&life.student).cloned().unwrap_or_default(),
            struggling: self.struggling.contains(&life.student),
            parents_away: self.away.contains(&life.student),
            left_before: life.cases.iter().any(|(_, case)| case.was_confirmed()),
        }
    }
}

/// Children to look after, by name: no order of weight.
pub fn notices(desk: &Desk, _: ()) -> Done<Vec<NoticeLine>> {
    let session = desk.session()?;
    if session.organisation.is_above() {
        return Ok(vec![]);
    }
    session.store.read(|view| {
        let mut rules = Rules::read(desk, &session, view)?;
        let Some(term) = rules.calendar(Some(session.organisation.id)).term_up_to(desk.today()) else {
            return Ok(vec![]);
        };
        let reader = Reader { catalogue: desk.catalogue(), view };
        let known = Known::read(&reader, term.first)?;
        let mut lines = Vec::new();
        for life in reader.lives_of(&known.concerned(), term.first)? {
            if life.standing(desk.today()).at_school {
                lines.extend(line(desk, &reader, &life, (&known, &mut rules))?);
            }
        }
        lines.sort_by(|a, b| (&a.name, a.student).cmp(&(&b.name, b.student)));
        Ok(lines)
    })
}

fn line(
    desk: &Desk,
    reader: &Reader<'_>,
    life: &Life,
    (known, rules): (&Known, &mut Rules),
) -> Done<Option<NoticeLine>> {
    let place = Books::place(life, desk.today());
    let class = place.grade.map(|grade| Class { grade: grade.to_owned(), class: place.class.map(str::to_owned) });
    let (settings, presence) = (rules.settings.clone(), rules.presence.clone());
    let days = rules.days(place.school, class.as_ref());
    let ticks = Ticks { today: desk.today(), days, settings: &settings, presence: &presence };
    let dismissed = known.dismissed.get(&life.student).cloned().unwrap_or_default();
    let Some(notice) = early_notice::notice(&known.signs(life), &dismissed, &ticks) else { return Ok(None) };
    let student = reader.record("student")?;
    Ok(Some(NoticeLine {
        student: life.student,
        name: name_of(desk.catalogue(), reader.view, student, life.student, desk.today())?,
        reasons: notice.reasons.iter().map(|reason| (reason.key(), sentence(desk, reason))).collect(),
        beside: notice.beside.iter().map(|one| beside(desk.language(), *one)).collect(),
    }))
}

/// Dismisses a reason for the rest of the term.
pub fn dismiss_notice(desk: &Desk, request: DismissRequest) -> Done<()> {
    let session = desk.session()?;
    session.store.write(|door| {
        let mut all = kept(door.view())?;
        all.entry(request.student).or_default().insert(request.reason, desk.today());
        let text = serde_json::to_vec(&all).map_err(Failure::defect)?;
        Ok(door.set_local(LOCAL, &text)?)
    })
}

fn kept(view: View<'_>) -> Done<Kept> {
    noted(view, LOCAL)
}

fn findings(reader: &Reader<'_>, since: Date) -> Done<Findings> {
    let mut found = Findings::new();
    let fields = ["student", "visited_on", "findings"];
    for (_, row) in reader.scan("home_visit", &fields, vec![Only::From("visited_on", since)])? {
        let on = row.get("visited_on").and_then(Value::as_text).and_then(|day| day.parse().ok());
        let codes = row.get("findings").map(|codes| codes.as_codes().into_iter().map(str::to_owned).collect());
        if let (Some(student), Some(on), Some(codes)) = (row.get("student").and_then(Value::as_row), on, codes) {
            found.entry(student).or_default().push((on, codes));
        }
    }
    Ok(found)
}

/// Children of whom a fact says yes today.
fn facts(reader: &Reader<'_>, kind: &str) -> Done<BTreeSet<Id>> {
    let rows = reader.scan("fact", &["student", "value", "until_on"], vec![Only::Is("kind", kind)])?;
    let holds = |row: &domain::Row| {
        let no = row.get("value").and_then(Value::as_text).is_none_or(|value| matches!(value, "0" | "none"));
        !no && !row.contains_key("until_on")
    };
    Ok(rows
        .iter()
        .filter(|(_, row)| holds(row))
        .filter_map(|(_, row)| row.get("student").and_then(Value::as_row))
        .collect())
}

fn sentence(desk: &Desk, reason: &Reason) -> String {
    let language = desk.language();
    let say = |path: &str, facts: &[(&str, String)]| {
        let facts: Facts = facts.iter().map(|(key, fact)| ((*key).to_owned(), fact.clone())).collect();
        words::say(language, "clock", path, &facts)
    };
    match reason {
        Reason::SameWeekday { weekday, times } => {
            let weekday = say(&format!("weekday.{}", early_notice::weekday_key(*weekday)), &[]);
            say("reason.same_weekday", &[("weekday", weekday), ("times", times.to_string())])
        }
        Reason::Absences { times, of } => {
            say("reason.absences", &[("times", times.to_string()), ("of", of.to_string())])
        }
        Reason::Finding { code, on } => {
            let entry = desk.catalogue().codes("visit_finding").and_then(|list| list.get(code));
            let finding =
                entry.map_or(
                    code.clone(),
                    |entry| {
                        if language == Language::Zh { entry.zh.clone() } else { entry.en.clone() }
                    },
                );
            let on = if language == Language::Zh { domain::date::in_words(*on) } else { on.to_string() };
            say("reason.finding", &[("on", on), ("finding", finding)])
        }
        Reason::Lessons => say("reason.lessons", &[]),
    }
}

fn beside(language: Language, one: Beside) -> String {
    let key = match one {
        Beside::Guardianship => "guardianship",
        Beside::ParentsAway => "parents_away",
        Beside::LeftBefore => "left_before",
    };
    words::say(language, "clock", &format!("beside.{key}"), &Facts::new())
}
