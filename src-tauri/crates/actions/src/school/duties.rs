//! What is due, overdue or waiting, each with the rule that says so; one line a child (decisions A35). Feeds 今日.

mod children;
mod roll;
mod school;

use std::collections::{BTreeMap, HashMap};

use domain::Id;
use domain::clock::{Due, Duty, State};
use domain::settings::{Setting, Settings};
use domain::words::{self, Facts, Language};
use serde::{Deserialize, Serialize};
use store::View;
use ts_rs::TS;

use crate::desk::Desk;
use crate::failure::Done;
use crate::rows::books::Reader;
use crate::rows::names::name_of;
use crate::rows::rules::Rules;

use children::Cases;
pub(crate) use roll::Roll;

/// Whose duties.
#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
pub struct DutiesRequest {
    /// Only what somebody in this role does; everything when absent.
    pub role: Option<Role>,
    /// Only one class: code of the grade and the class's name.
    pub class: Option<(String, Option<String>)>,
    /// Days ahead that are shown; 7 when absent.
    pub ahead_days: Option<u32>,
    /// Only what is about one child.
    #[serde(default)]
    pub student: Option<Id>,
    /// Lines of each group that are given, the most pressing; all when absent. The counts tell of all.
    #[serde(default)]
    pub first: Option<u32>,
}

/// Who does something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// 班主任.
    Teacher,
    /// 校长, 教导处.
    Principal,
    /// 中心校.
    Center,
}

/// What is due.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DutiesReply {
    /// The civil day.
    pub today: String,
    /// Its lines: the most pressing first.
    pub lines: Vec<DutyLine>,
    /// How many lines there are of each group: `overdue`, `today`, `catch_up`, `coming`; `waiting` where others have to
    /// act, whatever the day.
    pub counts: BTreeMap<String, u32>,
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DutyLine {
    /// What, when, and how it stands.
    pub due: Due,
    /// The child, if it is about one.
    pub student: Option<Id>,
    /// The school.
    pub school: Option<Id>,
    /// The child's name, or what it is about.
    pub name: String,
    /// The class, as it is written.
    pub class: String,
    /// The record and row that it comes from.
    pub row: Option<(String, Id)>,
    /// What is due, in a word.
    pub what: String,
    /// What to do, in a sentence.
    pub act: String,
    /// Which rule says so, in a sentence.
    pub rule: String,
    /// Who else has to act, when the school can only wait or remind.
    pub waits_for: Option<String>,
}

/// Something due before its words are found.
pub(crate) struct Found {
    pub(crate) due: Due,
    pub(crate) student: Option<Id>,
    pub(crate) school: Option<Id>,
    pub(crate) class: Option<(Option<String>, Option<String>)>,
    pub(crate) row: Option<(String, Id)>,
    /// What it is about, when it is about no child.
    pub(crate) about: String,
    pub(crate) waits_for: Option<&'static str>,
}

/// Days ahead that are shown.
const AHEAD_DAYS: u32 = 7;

/// What is due, overdue or waiting.
pub fn duties(desk: &Desk, request: DutiesRequest) -> Done<DutiesReply> {
    let session = desk.session()?;
    session.store.read(|view| {
        let mut rules = Rules::read(desk, &session, view)?;
        let reader = Reader { catalogue: desk.catalogue(), view };
        let cases = Cases::read(&reader, request.student)?;
        let mut found = children::found(&reader, &cases, (desk.today(), request.student), &mut rules)?;
        found.extend(match request.student {
            Some(child) => school::about_child(desk, &reader, child, &mut rules)?,
            None => school::found((desk, &session), &reader, &cases.months, &mut rules)?,
        });
        let ahead = chrono::Days::new(u64::from(request.ahead_days.unwrap_or(AHEAD_DAYS)));
        let horizon = desk.today().checked_add_days(ahead).unwrap_or(desk.today());
        found.retain(|one| wanted(one, &request) && (one.due.state != State::Coming || one.due.due_on <= horizon));
        found.sort_by_key(order);
        let mut counts = BTreeMap::<String, u32>::new();
        found.retain(|one| {
            let before = counts.entry(group(one).to_owned()).or_default();
            *before += 1;
            request.first.is_none_or(|first| *before <= first)
        });
        let mut speaker = Speaker::new(desk, view, &rules.settings);
        let lines = found.into_iter().map(|one| speaker.line(one)).collect::<Done<Vec<_>>>()?;
        Ok(DutiesReply { today: desk.today().to_string(), lines, counts })
    })
}

fn wanted(one: &Found, request: &DutiesRequest) -> bool {
    let in_class = |(grade, class): &(String, Option<String>)| {
        one.class.as_ref().is_some_and(|(g, c)| g.as_ref() == Some(grade) && c == class)
    };
    request.role.is_none_or(|role| role == role_of(one.due.duty)) && request.class.as_ref().is_none_or(in_class)
}

fn order(one: &Found) -> (u8, domain::Date, Duty, Option<Id>) {
    (weight(one.due.state), one.due.due_on, one.due.duty, one.student)
}

/// Who does what.
fn role_of(duty: Duty) -> Role {
    match duty {
        Duty::Explain
        | Duty::Contact
        | Duty::Visit
        | Duty::TermAlarm
        | Duty::Persuade
        | Duty::ReturnCheck
        | Duty::TakeRoll
        | Duty::Agreed => Role::Teacher,
        Duty::Suspect
        | Duty::Report
        | Duty::Decide
        | Duty::Close
        | Duty::CloseList
        | Duty::MonthReport
        | Duty::Census
        | Duty::SuspensionEnds
        | Duty::DeferralEnds
        | Duty::Transfer
        | Duty::Rectify => Role::Principal,
    }
}

/// The group under which something is shown: how it stands, or that others have to act.
fn group(one: &Found) -> &'static str {
    match one.due.state {
        _ if one.waits_for.is_some() => "waiting",
        State::Coming => "coming",
        State::Today => "today",
        State::CatchUp => "catch_up",
        State::Overdue => "overdue",
    }
}

/// Finds the words of lines. Much is due for many in the same words: they are found once.
struct Speaker<'s> {
    desk: &'s Desk,
    view: View<'s>,
    settings: &'s Settings,
    said: BTreeMap<Due, Said>,
    classes: BTreeMap<ClassSpoken, String>,
    names: HashMap<Id, String>,
}

/// A grade's code and a class's name.
type ClassSpoken = (Option<String>, Option<String>);

/// What is said of something due.
#[derive(Clone)]
struct Said {
    what: String,
    act: String,
    rule: String,
}

impl<'s> Speaker<'s> {
    fn new(desk: &'s Desk, view: View<'s>, settings: &'s Settings) -> Self {
        let (said, classes, names) = (BTreeMap::new(), BTreeMap::new(), HashMap::new());
        Self { desk, view, settings, said, classes, names }
    }

    fn line(&mut self, one: Found) -> Done<DutyLine> {
        let Said { what, act, rule } = self.said(&one.due);
        let name = match one.student {
            Some(student) => self.name(student)?,
            None => one.about.clone(),
        };
        let language = self.desk.language();
        Ok(DutyLine {
            student: one.student,
            school: one.school,
            name,
            class: one.class.map(|class| self.class(class)).unwrap_or_default(),
            row: one.row,
            what,
            act,
            rule,
            waits_for: one.waits_for.map(|who| words::say(language, "clock", &format!("waits.{who}"), &Facts::new())),
            due: one.due,
        })
    }

    fn said(&mut self, due: &Due) -> Said {
        if let Some(said) = self.said.get(due) {
            return said.clone();
        }
        let (language, key) = (self.desk.language(), duty_key(due.duty));
        let facts = facts(due, self.settings, language);
        let say = |path: &str| words::say(language, "clock", path, &facts);
        let said = Said { what: say(&format!("duty.{key}")), act: say(&format!("act.{key}")), rule: rule(due, &say) };
        self.said.insert(due.clone(), said.clone());
        said
    }

    fn name(&mut self, student: Id) -> Done<String> {
        if let Some(name) = self.names.get(&student) {
            return Ok(name.clone());
        }
        let record = self.desk.record("student")?;
        let name = name_of(self.desk.catalogue(), self.view, record, student, self.desk.today())?;
        self.names.insert(student, name.clone());
        Ok(name)
    }

    fn class(&mut self, class: ClassSpoken) -> String {
        let (desk, language) = (self.desk, self.desk.language());
        let spoken = self.classes.entry(class).or_insert_with_key(|(grade, class)| {
            let grades = desk.catalogue().codes("grade");
            let grade = grade.as_deref().map(|code| grades.map_or(code, |grades| grades.name_in(code, language)));
            domain::grade::class_spoken(grade, class.as_deref(), language)
        });
        spoken.clone()
    }
}

/// The sentence that names the rule: counted from when, by which setting, and until when it may be caught up.
fn rule(due: &Due, say: &impl Fn(&str) -> String) -> String {
    let basis = match due.basis {
        domain::clock::Basis::Happened => "rule.happened",
        domain::clock::Basis::Entered => "rule.entered",
    };
    let mut parts = vec![say(basis)];
    parts.extend(due.setting.map(|_| say("rule.setting")));
    parts.extend(due.catch_up_until.filter(|_| due.state == State::CatchUp).map(|_| say("rule.catch_up")));
    words::sentences(parts.iter().map(String::as_str))
}

fn facts(due: &Due, settings: &Settings, language: Language) -> Facts {
    let label = due.setting.and_then(Setting::of).map(|setting| match language {
        Language::Zh => setting.label.zh.clone(),
        Language::En => setting.label.en.clone(),
    });
    let day = |day: domain::Date| match language {
        Language::Zh => domain::date::in_words(day),
        Language::En => day.to_string(),
    };
    [
        ("value", due.value.to_string()),
        ("now", due.setting.map(|key| settings.value(key).to_string()).unwrap_or_default()),
        ("from", day(due.from)),
        ("label", label.unwrap_or_default()),
        ("until", due.catch_up_until.map(day).unwrap_or_default()),
    ]
    .into_iter()
    .map(|(key, fact)| (key.to_owned(), fact))
    .collect()
}

/// A duty's key in the words' tables: the one it has on the wire.
fn duty_key(duty: Duty) -> String {
    serde_json::to_value(duty).ok().and_then(|json| json.as_str().map(str::to_owned)).unwrap_or_default()
}

/// How a due date weighs, for sorting: the most pressing first.
fn weight(state: State) -> u8 {
    match state {
        State::Overdue => 0,
        State::Today => 1,
        State::CatchUp => 2,
        State::Coming => 3,
    }
}
