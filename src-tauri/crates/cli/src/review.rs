//! `findings`, `check --rules` and `explain`: what was entered, judged by every rule.

use actions::domain::Severity;
use actions::{Desk, Done, ExplainRequest, Finding, FindingGroup, FindingsReply, FindingsRequest};
use clap::{Args, ValueEnum};

use crate::rows::row_id;
use crate::show::Terminal;

/// What `findings` was asked for.
#[derive(Debug, Args)]
pub(crate) struct FindingsArgs {
    /// One child only.
    #[arg(long)]
    id: Option<String>,
    /// One rule only.
    #[arg(long)]
    rule: Option<String>,
    /// Errors or warnings only.
    #[arg(long)]
    weight: Option<Weight>,
    /// Explained findings as well.
    #[arg(long)]
    explained: bool,
}

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Weight {
    Error,
    Warning,
}

/// Which finding stands, and why.
#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    id: String,
    field: String,
    rule: String,
    #[arg(long)]
    why: String,
}

pub(crate) fn all(desk: &Desk, terminal: &Terminal) -> Done<()> {
    show(desk, terminal, FindingsRequest { limit: u32::MAX, ..FindingsRequest::default() })
}

pub(crate) fn findings(desk: &Desk, terminal: &Terminal, args: FindingsArgs) -> Done<()> {
    let severity = args.weight.map(|weight| match weight {
        Weight::Error => Severity::Error,
        Weight::Warning => Severity::Warning,
    });
    let student = args.id.as_deref().map(row_id).transpose()?;
    let request =
        FindingsRequest { student, severity, rule: args.rule, explained: args.explained, offset: 0, limit: u32::MAX };
    show(desk, terminal, request)
}

fn show(desk: &Desk, terminal: &Terminal, request: FindingsRequest) -> Done<()> {
    let reply = actions::findings(desk, request)?;
    terminal.reply(&reply, || words(terminal, &reply))
}

fn words(terminal: &Terminal, reply: &FindingsReply) -> Vec<String> {
    let facts = [
        ("rows", reply.rows.to_string()),
        ("students", reply.students.to_string()),
        ("errors", reply.errors.to_string()),
        ("warnings", reply.warnings.to_string()),
        ("explained", reply.explained.to_string()),
    ];
    let mut lines = vec![terminal.say("findings.sum", &facts)];
    for group in &reply.groups {
        lines.push(head(terminal, group));
        lines.extend(group.findings.iter().map(|finding| one(terminal, finding)));
    }
    lines
}

fn head(terminal: &Terminal, group: &FindingGroup) -> String {
    match group.student {
        Some(id) => format!("{}  {}  {}  {id}", group.name, group.class, group.school),
        None => terminal.say("findings.school", &[]),
    }
}

fn one(terminal: &Terminal, finding: &Finding) -> String {
    let key = match (&finding.explained, finding.severity) {
        (Some(_), _) => "findings.explained",
        (None, Severity::Warning) => "findings.warning",
        (None, Severity::Error | Severity::Block) => "findings.error",
    };
    let facts = [
        ("title", finding.title.clone()),
        ("name", finding.name.clone()),
        ("label", finding.label.clone()),
        ("sentence", finding.sentence.clone()),
        ("rule", finding.rule.clone()),
        ("row", finding.row.to_string()),
        ("field", finding.field.clone()),
        ("reason", finding.explained.as_ref().map(|why| why.reason.clone()).unwrap_or_default()),
    ];
    terminal.say(key, &facts)
}

pub(crate) fn explain(desk: &Desk, terminal: &Terminal, args: ExplainArgs) -> Done<()> {
    let ExplainArgs { id, field, rule, why } = args;
    let request = ExplainRequest { row: row_id(&id)?, field, rule, facts: None, reason: why };
    let saved = actions::explain(desk, request)?;
    terminal.reply(&saved, || vec![terminal.say("explained", &[])])
}

pub(crate) fn timeline(desk: &Desk, terminal: &Terminal, id: &str) -> Done<()> {
    let reply = actions::timeline(desk, row_id(id)?)?;
    let line = |line: &actions::TimelineLine| format!("{}  {}  {}", line.on, line.title, line.text);
    terminal.reply(&reply, || reply.lines.iter().map(line).collect())
}
