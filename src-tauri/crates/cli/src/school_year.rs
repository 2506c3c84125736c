//! `roll-over`: a new school year for the classes of a school.

use std::path::PathBuf;

use actions::{ArchiveRequest, Desk, Done, Failure, RolloverReply, RolloverRequest};
use clap::Args;

use crate::show::Terminal;

/// What `roll-over` was asked for.
#[derive(Debug, Args)]
pub(crate) struct RolloverArgs {
    /// The first day of the new year.
    #[arg(long)]
    first_day: Option<String>,
    /// A JSON file: exceptions, classes, newcomers.
    #[arg(long, value_name = "FILE.json")]
    plan: Option<PathBuf>,
    /// Say what would happen; write nothing.
    #[arg(long)]
    rehearse: bool,
}

pub(crate) fn roll_over(desk: &Desk, terminal: &Terminal, args: RolloverArgs) -> Done<()> {
    let mut request = match &args.plan {
        None => RolloverRequest::default(),
        Some(file) => {
            let text = std::fs::read_to_string(file)
                .map_err(|error| Failure::new("disk").with("cause", format!("{}: {error}", file.display())))?;
            serde_json::from_str(&text).map_err(|error| Failure::new("not_json").with("cause", error))?
        }
    };
    request.first_day = args.first_day.or(request.first_day);
    let reply = match args.rehearse {
        true => actions::rehearse_rollover(desk, request)?,
        false => actions::rollover(desk, request)?,
    };
    terminal.reply(&reply, || words(terminal, &reply, args.rehearse))
}

fn words(terminal: &Terminal, reply: &RolloverReply, rehearsed: bool) -> Vec<String> {
    let count = |key: &str| reply.counts.get(key).copied().unwrap_or_default().to_string();
    let facts = [
        ("from", reply.from_year.clone()),
        ("to", reply.to_year.clone()),
        ("day", reply.first_day.clone()),
        ("up", count("up")),
        ("graduate", count("graduate")),
        ("out", count("transfer_out")),
        ("new", count("new")),
    ];
    let key = if rehearsed { "rollover.would" } else { "rollover.done" };
    let mut lines = vec![terminal.say(key, &facts)];
    let class = |class: &actions::ClassPlan| format!("  {} → {}  {}", class.label, class.to_label, class.students);
    lines.extend(reply.classes.iter().map(class));
    let apart = reply.children.iter().filter(|child| child.exception);
    lines.extend(apart.map(|child| format!("  {}  {} → {}  {}", child.name, child.from, child.to, child.label)));
    lines
}

/// What `archive` was asked for.
#[derive(Debug, Args)]
pub(crate) struct ArchiveArgs {
    /// The folder in which the year's folder is made.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Any day of the year; the year before this one when absent.
    #[arg(long)]
    on: Option<String>,
}

pub(crate) fn archive(desk: &Desk, terminal: &Terminal, args: ArchiveArgs) -> Done<()> {
    let request = ArchiveRequest { on: args.on, folder: args.out.display().to_string() };
    let reply = actions::archive_year(desk, request)?;
    let facts =
        [("year", reply.year.clone()), ("folder", reply.folder.clone()), ("files", reply.files.len().to_string())];
    terminal.reply(&reply, || {
        let line = |file: &actions::ArchivedFile| format!("  {}  {}", file.name, file.rows);
        std::iter::once(terminal.say("archived", &facts)).chain(reply.files.iter().map(line)).collect()
    })
}
