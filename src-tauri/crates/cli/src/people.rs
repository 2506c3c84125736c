//! `duplicates` and `same`: children who may be one.

use actions::{ChildCard, Desk, Done, DuplicateLine, PairRequest};
use clap::Args;

use crate::commands::row_id;
use crate::show::Terminal;

/// What `duplicates` was asked for.
#[derive(Debug, Args)]
pub(crate) struct DuplicatesArgs {
    /// Those already joined instead.
    #[arg(long)]
    joined: bool,
}

/// What `same` was asked for.
#[derive(Debug, Args)]
pub(crate) struct SameArgs {
    /// The one.
    one: String,
    /// The other; it stands for both.
    other: String,
    #[arg(long)]
    why: Option<String>,
    /// Take back that they are one.
    #[arg(long, conflicts_with = "not")]
    undo: bool,
    /// They are two children, and are proposed no more.
    #[arg(long, requires = "why")]
    not: bool,
}

pub(crate) fn duplicates(desk: &Desk, terminal: &Terminal, args: &DuplicatesArgs) -> Done<()> {
    if args.joined {
        let joined = actions::joined_children(desk, ())?;
        return terminal.reply(&joined, || {
            let mut lines = Vec::new();
            for line in &joined {
                lines.push(said(&line.child));
                lines.extend(line.others.iter().map(|one| format!("    {}", said(one))));
            }
            lines
        });
    }
    let found = actions::duplicates(desk, ())?;
    terminal.reply(&found, || match found.is_empty() {
        true => vec![terminal.say("duplicates.none", &[])],
        false => found.iter().flat_map(|line| words(terminal, line)).collect(),
    })
}

pub(crate) fn same(desk: &Desk, terminal: &Terminal, args: SameArgs) -> Done<()> {
    let SameArgs { one, other, why, undo, not } = args;
    let request = PairRequest { one: row_id(&one)?, other: row_id(&other)?, why };
    if not {
        let saved = actions::tell_apart(desk, request)?;
        return terminal.reply(&saved, || vec![terminal.say("duplicates.apart", &[])]);
    }
    let (reply, key) = match undo {
        true => (actions::part(desk, request)?, "duplicates.parted"),
        false => (actions::same(desk, request)?, "duplicates.same"),
    };
    terminal.reply(&reply, || vec![terminal.say(key, &[("id", reply.id.to_string())])])
}

fn words(terminal: &Terminal, line: &DuplicateLine) -> Vec<String> {
    let mut lines = vec![said(&line.one), said(&line.other)];
    lines.extend(line.grounds.iter().map(|ground| format!("    + {ground}")));
    lines.extend(line.cautions.iter().map(|caution| format!("    ! {caution}")));
    lines.extend(line.apart.iter().map(|why| terminal.say("duplicates.told_apart", &[("why", why.clone())])));
    lines
}

fn said(card: &ChildCard) -> String {
    format!("{}  {}  {}", card.id, card.name, card.about.join("  "))
}
