//! `attach`, `attachments`, `open-attachment`: files beside the ledger.

use std::path::{Path, PathBuf};

use actions::{AttachRequest, Desk, Done, OpenAttachment};
use clap::Args;

use crate::rows::row_id;
use crate::show::Terminal;

/// What is attached to what.
#[derive(Debug, Args)]
pub(crate) struct AttachArgs {
    file: PathBuf,
    /// The child, or the record about one.
    #[arg(long, value_name = "ID")]
    to: String,
    /// What it shows, a code of the list attachment_kind.
    #[arg(long)]
    kind: Option<String>,
    #[arg(long)]
    name: Option<String>,
}

pub(crate) fn attach(desk: &Desk, terminal: &Terminal, args: AttachArgs) -> Done<()> {
    let AttachArgs { file, to, kind, name } = args;
    let request = AttachRequest { file: file.display().to_string(), about: row_id(&to)?, kind, name };
    let reply = actions::attach(desk, request)?;
    terminal.reply(&reply, || vec![reply.id.to_string()])
}

pub(crate) fn list(desk: &Desk, terminal: &Terminal, id: &str) -> Done<()> {
    let lines = actions::attachments(desk, row_id(id)?)?;
    let line = |line: &actions::AttachmentLine| {
        format!("{}  {}  {}  {}  {} KB  {}", line.id, line.on, line.kind, line.format, line.kb, line.name)
    };
    terminal.reply(&lines, || lines.iter().map(line).collect())
}

pub(crate) fn open(desk: &Desk, terminal: &Terminal, id: &str, out: &Path) -> Done<()> {
    let request = OpenAttachment { id: row_id(id)?, out: out.display().to_string() };
    let file = actions::open_attachment(desk, request)?;
    terminal.reply(&file, || vec![file.clone()])
}
