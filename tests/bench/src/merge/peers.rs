//! Others that merge, as contenders: what people do now, and the engines of `tests/bench-peers`, a workspace of its own.

use std::path::Path;
use std::process::Command;

use super::outcome::Outcome;

/// What people do now: workbooks, copied under one another by a script.
const WORKBOOKS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/merge/workbooks.py");
/// Interpreters that may have the library for it.
const PYTHONS: [&str; 2] = ["python3", "/usr/bin/python3"];

/// Workbooks over the same work; why not, when it cannot.
pub fn workbooks(folder: &Path) -> Result<Outcome, String> {
    let has = |python: &&&str| {
        let asked = Command::new(python).args(["-c", "import openpyxl"]).output();
        asked.is_ok_and(|out| out.status.success())
    };
    let python = PYTHONS.iter().find(has).ok_or("no python3 with openpyxl here")?;
    told(Command::new(python).arg(WORKBOOKS).arg(folder))
}

/// SQLite's own way of merging.
pub const CHANGESET: &str = "changeset";
/// The engines, and what people call them.
pub const ENGINES: [(&str, &str); 4] =
    [(CHANGESET, "sqlite3changeset_apply"), ("automerge", "automerge"), ("loro", "loro"), ("yrs", "yrs")];

/// The workspace of the other engines.
const WORKSPACE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../bench-peers/Cargo.toml");

/// Another engine over the same work; why not, when it cannot.
pub fn engine(name: &str, folder: &Path) -> Result<Outcome, String> {
    // Beside this program, not in the checkout.
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let target = program.with_file_name("peers");
    let cargo = |verb: &str| {
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.args([verb, "--release", "--quiet", "--manifest-path", WORKSPACE, "--target-dir"]).arg(&target);
        cargo
    };
    let built = cargo("build").status().map_err(|error| error.to_string())?;
    if !built.success() {
        return Err("tests/bench-peers did not build: it needs libclang-dev and its crates".to_owned());
    }
    told(cargo("run").arg("--").arg(name).arg(folder))
}

fn told(command: &mut Command) -> Result<Outcome, String> {
    let out = command.output().map_err(|error| error.to_string())?;
    let text = String::from_utf8_lossy(&out.stdout);
    text.lines().last().and_then(Outcome::of_line).ok_or_else(|| String::from_utf8_lossy(&out.stderr).into_owned())
}
