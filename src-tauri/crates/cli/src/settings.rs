//! Thresholds, and settings files of organisations above.

use std::path::PathBuf;

use actions::domain::words::Language;
use actions::{Desk, Done, GiveSettings, MakeSettings, SaveRequest, SettingsReply};
use clap::Subcommand;
use serde_json::{Map, json};

use crate::show::Terminal;

/// What `settings` was asked for; without a step it lists.
#[derive(Debug, Subcommand)]
pub(crate) enum SettingStep {
    /// Choose a value.
    Set {
        /// The setting.
        key: String,
        /// Its value.
        value: String,
        /// Those below must follow it.
        #[arg(long)]
        lock: bool,
    },
}

/// What `settings-file` was asked for.
#[derive(Debug, Subcommand)]
pub(crate) enum FileStep {
    /// Check, number and sign what a person wrote; it is in force here at once.
    Make {
        /// What was written.
        file: PathBuf,
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Take in a file from above.
    Take {
        file: PathBuf,
        /// Say what would change; write nothing.
        #[arg(long)]
        rehearse: bool,
    },
    /// The files held here.
    List,
    /// Write the newest file held here out again, for a school below.
    Give {
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
}

pub(crate) fn settings(desk: &Desk, terminal: &Terminal, step: Option<SettingStep>) -> Done<()> {
    let Some(SettingStep::Set { key, value, lock }) = step else { return list(desk, terminal) };
    let mut values = Map::from_iter([("key".to_owned(), json!(key)), ("value".to_owned(), json!(value))]);
    if lock {
        values.insert("locked".to_owned(), json!(1));
    }
    let request = SaveRequest { record: "setting".to_owned(), id: None, values, seen: None, why: None };
    let saved = actions::save_row(desk, request)?;
    terminal.warn(&saved.problems);
    list(desk, terminal)
}

/// The settings with what is in force.
fn list(desk: &Desk, terminal: &Terminal) -> Done<()> {
    let lines = actions::settings_in_force(desk, ())?;
    terminal.reply(&lines, || {
        let line = |line: &actions::SettingLine| {
            let who = |who: &String| terminal.say("settings.bound", &[("who", who.clone())]);
            let bound = line.bound_by.as_ref().map(who).unwrap_or_default();
            let label = match desk.language() {
                Language::Zh => &line.setting.label.zh,
                Language::En => &line.setting.label.en,
            };
            format!("{}  {}  {label}{bound}", line.setting.key, line.value)
        };
        lines.iter().map(line).collect()
    })
}

pub(crate) fn file(desk: &Desk, terminal: &Terminal, step: FileStep) -> Done<()> {
    match step {
        FileStep::Make { file, out } => {
            let (input, output) = (file.display().to_string(), out.display().to_string());
            let made = actions::make_settings_file(desk, MakeSettings { input, output })?;
            terminal.reply(&made, || words(terminal, "settings.made", &made))
        }
        FileStep::Take { file, rehearse: true } => {
            let seen = actions::look_settings_file(desk, file.display().to_string())?;
            terminal.reply(&seen, || words(terminal, "settings.would", &seen))
        }
        FileStep::Take { file, rehearse: false } => {
            let taken = actions::take_settings_file(desk, file.display().to_string())?;
            let key = if taken.known { "settings.known" } else { "settings.taken" };
            terminal.reply(&taken, || words(terminal, key, &taken))
        }
        FileStep::List => {
            let lines = actions::settings_files(desk, ())?;
            let line = |one: &actions::SettingsFileLine| {
                let facts = [
                    ("title", one.title.clone()),
                    ("by", one.by.clone()),
                    ("number", one.number.to_string()),
                    ("made_on", one.made_on.clone()),
                ];
                let mut said =
                    vec![terminal.say(if one.newest { "settings.newest" } else { "settings.older" }, &facts)];
                said.extend(one.says.iter().map(|change| format!("  {change}")));
                said
            };
            terminal.reply(&lines, || lines.iter().flat_map(line).collect())
        }
        FileStep::Give { out } => {
            let request = GiveSettings { id: None, output: out.display().to_string() };
            let file = actions::give_settings_file(desk, request)?;
            terminal.reply(&file, || vec![file.clone()])
        }
    }
}

/// What a file is, and what it changes.
pub(crate) fn words(terminal: &Terminal, key: &str, reply: &SettingsReply) -> Vec<String> {
    let facts = [("title", reply.title.clone()), ("by", reply.by.clone()), ("number", reply.number.to_string())];
    let mut said = vec![terminal.say(key, &facts)];
    said.extend(reply.changes.iter().filter(|_| !reply.known).map(|change| format!("  {change}")));
    said
}
