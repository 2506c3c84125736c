//! `duplicates`, `same` and `transfer`: children who may be one, and children on their way to another school.

use actions::{
    AcceptTransfer, AnswerTransfer, ChildCard, Desk, Done, DuplicateLine, OfferTransfer, PairRequest, TransferLine,
};
use clap::{Args, Subcommand};

use crate::rows::row_id;
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

/// One step of a hand-over; without one, those under way are listed.
#[derive(Debug, Subcommand)]
pub(crate) enum TransferStep {
    /// Hand a child over.
    Offer {
        student: String,
        /// The new school's name.
        #[arg(long)]
        to: String,
        /// Its code.
        #[arg(long)]
        code: Option<String>,
        #[arg(long)]
        why: Option<String>,
    },
    /// Say what travels with a child, or what a hand-over holds.
    Show { id: String },
    /// Take a child in.
    Accept {
        id: String,
        #[arg(long)]
        grade: Option<String>,
        #[arg(long)]
        class: Option<String>,
        /// Since when it is here.
        #[arg(long)]
        from: Option<String>,
        #[arg(long)]
        note: Option<String>,
    },
    /// Send a child back.
    Refuse {
        id: String,
        #[arg(long)]
        why: String,
    },
    /// Take a hand-over back.
    Withdraw {
        id: String,
        #[arg(long, default_value = "")]
        why: String,
    },
    /// Say which school below was meant.
    Route { id: String, school: String },
    /// Carry hand-overs and answers across; merging does so by itself.
    Carry,
}

pub(crate) fn transfer(desk: &Desk, terminal: &Terminal, step: Option<TransferStep>) -> Done<()> {
    let answer = |id: &str, text: String| Done::Ok(AnswerTransfer { id: row_id(id)?, text });
    let (saved, key) = match step {
        None => return under_way(desk, terminal),
        Some(TransferStep::Show { id }) => return packet(desk, terminal, &id),
        Some(TransferStep::Carry) => {
            let count = actions::carry_transfers(desk, ())?;
            return terminal.reply(&count, || vec![terminal.say("transfers.carried", &[("count", count.to_string())])]);
        }
        Some(TransferStep::Offer { student, to, code, why }) => {
            let request = OfferTransfer { student: row_id(&student)?, to_school: to, to_code: code, reason: why };
            (actions::offer_transfer(desk, request)?, "offered")
        }
        Some(TransferStep::Accept { id, grade, class, from, note }) => {
            let request = AcceptTransfer { id: row_id(&id)?, grade, class, begins_on: from, note };
            (actions::accept_transfer(desk, request)?, "accepted")
        }
        Some(TransferStep::Refuse { id, why }) => (actions::refuse_transfer(desk, answer(&id, why)?)?, "refused"),
        Some(TransferStep::Withdraw { id, why }) => (actions::withdraw_transfer(desk, answer(&id, why)?)?, "withdrawn"),
        Some(TransferStep::Route { id, school }) => (actions::route_transfer(desk, answer(&id, school)?)?, "routed"),
    };
    terminal.reply(&saved, || vec![terminal.say(&format!("transfers.{key}"), &[("id", saved.id.to_string())])])
}

fn under_way(desk: &Desk, terminal: &Terminal) -> Done<()> {
    let lines = actions::transfers(desk, ())?;
    terminal.reply(&lines, || match lines.is_empty() {
        true => vec![terminal.say("transfers.none", &[])],
        false => lines.iter().map(|line| transfer_words(terminal, line)).collect(),
    })
}

fn transfer_words(terminal: &Terminal, line: &TransferLine) -> String {
    let key = if line.late { "transfers.late" } else { "transfers.due" };
    let due = match line.due_on.is_empty() {
        true => String::new(),
        false => terminal.say(key, &[("day", line.due_on.clone())]),
    };
    format!(
        "{}  {}  {} → {}  {}{due}  {}",
        line.id, line.name, line.from_school, line.to_school, line.said, line.answer
    )
}

fn packet(desk: &Desk, terminal: &Terminal, id: &str) -> Done<()> {
    let packet = actions::transfer_packet(desk, row_id(id)?)?;
    terminal.reply(&packet, || {
        let lines = packet.lines.iter().map(|line| format!("{}  {}: {}", line.title, line.label, line.text));
        lines.chain(packet.obligations.iter().cloned()).collect()
    })
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
