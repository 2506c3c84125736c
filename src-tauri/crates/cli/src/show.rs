//! Writing to the terminal: results on standard output, sentences on standard error.
#![allow(clippy::print_stdout, reason = "printing is this module's whole work")]

use std::io::{ErrorKind, Write};
use std::process::ExitCode;

use actions::domain::words::{self, Facts, Language};
use actions::domain::{Problem, Severity};
use actions::{Done, Failure};

/// Whoever read the output has read enough.
pub(crate) const READER_GONE: &str = "reader_gone";

/// The terminal a person or a program reads.
pub(crate) struct Terminal {
    language: Language,
    json: bool,
}

impl Terminal {
    pub(crate) fn new(language: Language, json: bool) -> Self {
        Self { language, json }
    }

    /// One line of standard output, at once: whoever reads knows it is done. Errors: `reader_gone` (`bx … | head`).
    pub(crate) fn line(&self, text: &str) -> Done<()> {
        let mut out = std::io::stdout().lock();
        writeln!(out, "{text}").and_then(|()| out.flush()).map_err(|error| match error.kind() {
            ErrorKind::BrokenPipe => Failure::new(READER_GONE),
            _ => Failure::new("disk").with("cause", error),
        })
    }

    /// One line of standard error. When nobody listens there, the exit code still tells.
    fn tell(&self, text: &str) {
        let _nobody_listens = writeln!(std::io::stderr().lock(), "{text}");
    }

    /// A reply: JSON when asked for, else the given words.
    pub(crate) fn reply<T: serde::Serialize>(&self, reply: &T, words: impl FnOnce() -> Vec<String>) -> Done<()> {
        if self.json {
            return self.line(&serde_json::to_string(reply).map_err(Failure::defect)?);
        }
        words().iter().try_for_each(|line| self.line(line))
    }

    /// A plain text of the window's words.
    pub(crate) fn shared(&self, table: &str, key: &str) -> String {
        words::say(self.language, table, key, &Facts::new())
    }

    /// A sentence of `assets/words/<language>/bx.json`.
    pub(crate) fn say(&self, key: &str, facts: &[(&str, String)]) -> String {
        let facts: Facts = facts.iter().map(|(name, fact)| ((*name).to_owned(), fact.clone())).collect();
        words::say(self.language, "bx", key, &facts)
    }

    /// Things to look at again; what they concern is stored all the same.
    pub(crate) fn warn(&self, problems: &[Problem]) {
        for problem in problems.iter().filter(|problem| problem.severity != Severity::Block) {
            self.tell(&format!("{}: {}", problem.field, words::problem(self.language, problem)));
        }
    }

    /// A sentence to take note of, on standard error.
    pub(crate) fn note(&self, key: &str, facts: &[(&str, String)]) {
        eprintln!("{}", self.say(key, facts));
    }

    /// Says why something did not go through; the exit code of the contract.
    pub(crate) fn fail(&self, failure: &Failure) -> ExitCode {
        if failure.code == READER_GONE {
            return ExitCode::SUCCESS;
        }
        if self.json {
            self.tell(&serde_json::to_string(failure).unwrap_or_else(|_| failure.to_string()));
        } else {
            self.tell(&failure.sentence(self.language).to_string());
            for problem in &failure.fields {
                self.tell(&format!("{}: {}", problem.field, words::problem(self.language, problem)));
            }
        }
        match failure.code.as_str() {
            "defect" => ExitCode::from(4),
            "usage" => ExitCode::from(2),
            _ if failure.is_unopened() => ExitCode::from(3),
            _ => ExitCode::from(1),
        }
    }
}

/// An option that says what cannot be understood.
pub(crate) fn usage(option: &str, typed: &str) -> Failure {
    Failure::new("usage").with("option", format!("--{option}")).with("typed", typed)
}
