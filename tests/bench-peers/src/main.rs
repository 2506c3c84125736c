//! Other engines over the same work as `make bench`: one process a contender, one line of outcome.
//!
//! `bench-peers NAME FOLDER`: the folder holds the files that `make bench` wrote.
#![allow(clippy::print_stdout)]

mod automerge;
mod changeset;
mod documents;
// `make bench` writes these files and reads the outcome; here it is the other way round.
#[allow(dead_code)]
#[path = "../../bench/src/merge/files.rs"]
mod files;
mod loro;
#[allow(dead_code)]
#[path = "../../bench/src/merge/outcome.rs"]
mod outcome;
#[path = "../../bench/src/merge/trials.rs"]
mod trials;
mod yrs;

use std::path::Path;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [name, folder] = arguments.as_slice() else { panic!("bench-peers NAME FOLDER") };
    let folder = Path::new(folder);
    let outcome = match name.as_str() {
        "changeset" => changeset::run(folder),
        "automerge" => documents::run(&automerge::Automerge, folder),
        "loro" => documents::run(&loro::Loro, folder),
        "yrs" => documents::run(&yrs::Yrs, folder),
        other => panic!("no contender {other}"),
    };
    println!("{}", outcome.to_line());
}
