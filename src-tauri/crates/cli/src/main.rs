//! `bx`: everything but the window, for scripts, for a broken computer, for checks from outside.

mod args;
mod attach;
mod care;
mod commands;
mod derived;
mod exchange;
mod lineages;
mod numbers;
mod paper;
mod people;
mod rates;
mod review;
mod rows;
mod sample;
mod school_work;
mod school_year;
mod settings;
mod show;
mod whereabouts;
mod workbooks;

use std::process::ExitCode;

use actions::Desk;
use actions::domain::words::Language;
use clap::Parser;

use args::Args;
use show::Terminal;

/// Exit codes of the contract (architecture.md): 0 done, 1 refused, 2 usage, 3 not opened, 4 our fault.
fn main() -> ExitCode {
    // Strangers' workbooks are read in a child process of the same program, with a limit on its memory.
    if actions::import::is_reader_process() {
        actions::import::read_as_child();
        return ExitCode::SUCCESS;
    }
    let args = Args::parse();
    let asked = args.lang.clone().or_else(|| std::env::var("BAOXUE_LANG").ok());
    let language: Language = asked.and_then(|lang| lang.parse().ok()).unwrap_or_default();
    let terminal = Terminal::new(language, args.json);
    let desk = match Desk::real(None) {
        Ok(desk) => desk,
        Err(failure) => return terminal.fail(&failure),
    };
    desk.set_language(language);
    match commands::run(&desk, &terminal, args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => terminal.fail(&failure),
    }
}
