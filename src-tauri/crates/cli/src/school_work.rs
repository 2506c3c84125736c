//! `case`, `absent` and `check-return`: a school's daily work from a script.

use actions::domain::{Id, grade};
use actions::{
    CheckRequest, Desk, Done, Failure, MissedDay, MoveRequest, NotBack, OpenCaseRequest, RollRequest, SaveReply,
};
use clap::{Args, Subcommand};
use serde_json::{Map, Value as Json};

use crate::show::Terminal;

/// A step of a case.
#[derive(Debug, Subcommand)]
pub(crate) enum CaseStep {
    /// Open a case for a child.
    Open {
        student: String,
        #[arg(value_name = "FIELD=VALUE")]
        values: Vec<String>,
    },
    /// Move a case to its next state.
    Act {
        case: String,
        /// verifying, confirmed, persuading, returned, observing, excluded.
        state: String,
        #[arg(value_name = "FIELD=VALUE")]
        values: Vec<String>,
        /// Why, for a step back.
        #[arg(long)]
        why: Option<String>,
    },
    /// Close a case.
    Close {
        case: String,
        #[arg(long)]
        ground: String,
        #[arg(long)]
        evidence: String,
        /// The day; today when absent.
        #[arg(long)]
        on: Option<String>,
        #[arg(value_name = "FIELD=VALUE")]
        values: Vec<String>,
    },
    /// Say which steps are legal and what each asks for.
    Next { case: String },
}

pub(crate) fn case(desk: &Desk, terminal: &Terminal, step: CaseStep) -> Done<()> {
    let saved = match step {
        CaseStep::Open { student, values } => {
            actions::open_case(desk, OpenCaseRequest { student: row_id(&student)?, values: fields(&values)? })?
        }
        CaseStep::Act { case, state, values, why } => {
            let (to, values) = (state_code(desk, &state), fields(&values)?);
            actions::move_case(desk, MoveRequest { id: row_id(&case)?, to, values, why })?
        }
        CaseStep::Close { case, ground, evidence, on, values } => {
            let mut values = fields(&values)?;
            values.insert("closed_ground".to_owned(), Json::from(ground));
            values.insert("closed_evidence".to_owned(), Json::from(evidence));
            values.insert("closed_on".to_owned(), Json::from(on.unwrap_or(desk.today().to_string())));
            actions::move_case(desk, MoveRequest { id: row_id(&case)?, to: "closed".to_owned(), values, why: None })?
        }
        CaseStep::Next { case } => {
            let next = actions::case_next(desk, row_id(&case)?)?;
            let line = |step: &actions::CaseStep| format!("{}  {}  {}", step.to, step.name, step.asks.join(" "));
            return terminal.reply(&next, || next.steps.iter().map(line).collect());
        }
    };
    said(terminal, &saved)
}

fn said(terminal: &Terminal, saved: &SaveReply) -> Done<()> {
    terminal.warn(&saved.problems);
    terminal.reply(saved, || vec![saved.id.to_string()])
}

/// A state by its code or its name.
fn state_code(desk: &Desk, typed: &str) -> String {
    let list = desk.catalogue().codes("case_status");
    list.and_then(|list| list.find(typed)).map_or(typed.to_owned(), |code| code.code.clone())
}

/// A class's day.
#[derive(Debug, Args)]
pub(crate) struct AbsentArgs {
    /// The grade, by name or code.
    #[arg(long)]
    grade: String,
    #[arg(long)]
    class: Option<String>,
    /// The days taken; today when absent.
    #[arg(long)]
    on: Vec<String>,
    /// A child who was missing: its id, then the day if there are several, then the kind if there was a reason.
    #[arg(long, value_name = "ID[@DATE][=KIND]")]
    missing: Vec<String>,
    /// Who took the roll.
    #[arg(long)]
    by: Option<String>,
}

pub(crate) fn absent(desk: &Desk, terminal: &Terminal, args: AbsentArgs) -> Done<()> {
    let one = |typed: &String| {
        let (who, kind) = typed.split_once('=').map_or((typed.as_str(), None), |(who, kind)| (who, Some(kind)));
        let (id, on) = who.split_once('@').map_or((who, None), |(id, on)| (id, Some(on)));
        let (student, on, kind) = (row_id(id)?, on.map(str::to_owned), kind.map(str::to_owned));
        Ok(MissedDay { student, on, kind, part: None, reason: None })
    };
    let request = RollRequest {
        grade: grade_code(desk, &args.grade)?,
        class: args.class,
        days: args.on,
        missing: args.missing.iter().map(one).collect::<Done<_>>()?,
        taken_by: args.by,
    };
    let taken = actions::take_roll(desk, request)?;
    let facts = [
        ("days", taken.days.to_string()),
        ("expected", taken.expected.to_string()),
        ("missed", taken.missed.to_string()),
    ];
    terminal.reply(&taken, || {
        let idle = taken.without_lessons.iter().map(|day| terminal.say("absent.no_lessons", &[("day", day.clone())]));
        std::iter::once(terminal.say("absent.taken", &facts)).chain(idle).collect()
    })
}

/// A class's check at the start of a term.
#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    /// The grade, by name or code.
    #[arg(long)]
    grade: String,
    #[arg(long)]
    class: Option<String>,
    /// day1, day3, day7 or final; by the school day of the term when absent.
    #[arg(long)]
    round: Option<String>,
    /// The day; today when absent.
    #[arg(long)]
    on: Option<String>,
    /// A child who is not back, and where it is.
    #[arg(long, value_name = "ID=WHEREABOUTS")]
    missing: Vec<String>,
}

pub(crate) fn check_return(desk: &Desk, terminal: &Terminal, args: CheckArgs) -> Done<()> {
    let one = |typed: &String| {
        let (id, whereabouts) = typed.split_once('=').map_or((typed.as_str(), None), |(id, code)| (id, Some(code)));
        let values = whereabouts.map(|code| ("whereabouts".to_owned(), Json::from(code)));
        Ok(NotBack { student: row_id(id)?, values: values.into_iter().collect() })
    };
    let request = CheckRequest {
        grade: grade_code(desk, &args.grade)?,
        class: args.class,
        round: args.round,
        on: args.on,
        missing: args.missing.iter().map(one).collect::<Done<_>>()?,
    };
    let checked = actions::check_return(desk, request)?;
    let facts = [
        ("expected", checked.expected.to_string()),
        ("arrived", checked.arrived.to_string()),
        ("missing", checked.missing.values().sum::<u32>().to_string()),
    ];
    terminal.reply(&checked, || vec![terminal.say("check_return", &facts)])
}

/// `field=value` pairs as a form.
fn fields(typed: &[String]) -> Done<Map<String, Json>> {
    let pair = |text: &String| {
        let split = text.split_once('=').map(|(key, value)| (key.to_owned(), Json::from(value)));
        split.ok_or_else(|| Failure::new("usage").with("option", "FIELD=VALUE").with("typed", text))
    };
    typed.iter().map(pair).collect()
}

/// A grade by its name or code. Errors: `usage`.
fn grade_code(desk: &Desk, typed: &str) -> Done<String> {
    let grades = desk.catalogue().codes("grade");
    let code = grades.and_then(|grades| grade::read_grade(typed, grades, desk.today()));
    code.ok_or_else(|| Failure::new("usage").with("option", "--grade").with("typed", typed))
}

fn row_id(text: &str) -> Done<Id> {
    text.parse().map_err(|_| Failure::new("no_such_row").with("id", text))
}
