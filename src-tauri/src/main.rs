//! The window. It knows Tauri and the actions, nothing else.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod data_dir;
mod door;
mod window;

use std::path::PathBuf;

use actions::Desk;
use clap::Parser;

/// 保学 in a window.
#[derive(Debug, Parser)]
struct Args {
    /// Where the program keeps its ledgers and its list of them.
    #[arg(long, value_name = "DIR")]
    home: Option<PathBuf>,
    /// Work as if it were this day.
    #[arg(long, value_name = "DATE")]
    today: Option<String>,
}

fn main() {
    // Parsing workbooks happens in a child process of the same program, with a limit on its memory.
    if actions::import::is_reader_process() {
        return actions::import::read_as_child();
    }
    let args = Args::parse();
    let home = args.home.unwrap_or_else(data_dir::default);
    let started = Desk::real(Some(home.clone())).map_err(|failure| failure.to_string()).and_then(|desk| {
        actions::recall_language(&desk);
        if let Some(day) = args.today.and_then(|day| actions::domain::date::parse_day(&day).ok()) {
            desk.set_today(day);
        }
        window::run(desk, &home).map_err(|error| error.to_string())
    });
    if let Err(error) = started {
        eprintln!("{error}");
        std::process::exit(4);
    }
}
