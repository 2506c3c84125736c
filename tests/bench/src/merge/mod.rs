//! A county's merge: our ledger against the least any program could do, and against what else there is (issue 5).
//!
//! Every contender runs in a process of its own over the same files, so that its memory can be told.

mod files;
mod floor;
mod ours;
mod outcome;
mod peers;
mod stories;
mod trials;
mod work;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use ours::Search;
use outcome::Outcome;
pub use outcome::Peak;
use tempfile::TempDir;
use work::{FULL, Size};

use crate::measure::{Table, ms};

/// The first argument of a process that is one contender.
const CONTENDER: &str = "--contender";
/// What writes the operations and does no more.
const FLOOR: &str = "raw floor";
/// Runs of those whose ratio is a bar; the median counts.
const RUNS: usize = 3;
/// A center's largest day: twice the work, everything that lists and searches need included (issue 5).
const LARGEST: Duration = Duration::from_secs(15);

/// Whether this process was started as a contender; it has done its part then.
pub fn is_contender() -> bool {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [first, name, folder] = arguments.as_slice() else { return false };
    if first != CONTENDER {
        return false;
    }
    let folder = Path::new(folder);
    let outcome = match name.as_str() {
        "floor" => floor::run(folder),
        "ours" => ours::run(folder, Search::Apart),
        _ => ours::run(folder, Search::With),
    };
    println!("{}", outcome.to_line());
    true
}

/// The merge and its peers.
pub fn run(table: &mut Table) {
    let size = size();
    let folder = TempDir::new().expect("a folder");
    size.write(folder.path());
    let operations = size.schools * size.edits;
    let (schools, children) = (size.schools, size.schools * size.children);
    table.note("the work of the merge", format!("{schools} schools, {children} children, {operations} fields"));
    wire(table, folder.path(), operations);
    let mut rounds = Vec::new();
    for _ in 0..RUNS {
        rounds.push((own("floor", folder.path()), own("ours", folder.path())));
    }
    let seconds = |outcome: &Outcome| outcome.took.as_secs_f64();
    let ratio = middle(rounds.iter().map(|(floor, ours)| seconds(ours) / seconds(floor)).collect());
    let Some((bare, merged)) = rounds.last() else { return };
    let took = middle(rounds.iter().map(|round| seconds(&round.1)).collect());
    let measured = format!("{took:.2} s, {ratio:.2} ×");
    let what = "merged: chain checked, logged, folded, conflicts";
    table.bar(what, measured, "≤ 2.5 × writing them, no more", ratio <= 2.5);
    let verdict = format!("{} lost, {} in conflict", merged.lost, merged.conflicts);
    table.bar("values of a merge nobody can read any more", verdict, "none", merged.lost == 0);
    let survived = merged.survives == [true; 4];
    table.bar("doubled, shuffled, cloned, restored", stood(merged), "all survived", survived);
    let again = merged.again.as_secs_f64() / size.schools as f64;
    table.note("the same packages again, each", ms(Duration::from_secs_f64(again)));
    let searched = own("search", folder.path());
    contenders(table, folder.path(), [(FLOOR, bare), ("ours", merged), ("ours, search following", &searched)]);
    others(table, folder.path(), took);
    drop(folder);
    largest(table, size);
}

/// The other engines, and what people do now. `ours_s`: what our own merge took, seconds.
fn others(table: &mut Table, folder: &Path, ours_s: f64) {
    for (name, called) in peers::ENGINES {
        let outcome = peers::engine(name, folder);
        contender(table, called, &outcome);
        if let (peers::CHANGESET, Ok(outcome)) = (name, &outcome) {
            let ratio = ours_s / outcome.took.as_secs_f64();
            let what = format!("merged, against {called}");
            table.bar(&what, format!("{ratio:.2} ×"), "≤ 4 ×", ratio <= 4.0);
        }
    }
    contender(table, "workbooks and a script", &peers::workbooks(folder));
}

/// Twice the work at one center.
fn largest(table: &mut Table, size: Size) {
    let folder = TempDir::new().expect("a folder");
    let size = Size { edits: size.edits * 2, ..size };
    size.write(folder.path());
    let merged = own("search", folder.path());
    let operations = size.schools * size.edits;
    let what = format!("{operations} operations at the center, search following");
    let measured = format!("{:.2} s, {:.0} MB", merged.took.as_secs_f64(), merged.peak_mb);
    table.bar(&what, measured, "≤ 15 s", merged.took <= LARGEST);
}

/// What travels, against the same changes as a bare list.
fn wire(table: &mut Table, folder: &Path, operations: usize) {
    let sum = |kind: &str| -> f64 {
        let length = |file: PathBuf| std::fs::metadata(file).map(|meta| meta.len()).unwrap_or_default() as f64;
        files::files(folder, kind).into_iter().map(length).sum()
    };
    let (wire, bare) = (sum("edits"), sum("bare"));
    let measured = format!("{:.1} B, {:.2} ×", wire / operations as f64, wire / bare);
    table.bar("a field on the stick, chain and all", measured, "≤ 1.5 × a bare list, both zstd", wire <= bare * 1.5);
}

fn contenders(table: &mut Table, folder: &Path, own: [(&str, &Outcome); 3]) {
    let wire: u64 = files::files(folder, "edits").iter().filter_map(|file| Some(file.metadata().ok()?.len())).sum();
    for (name, outcome) in own {
        let operations: usize = files::files(folder, "forms.csv").iter().map(|file| lines_of(file)).sum();
        let wire = if name == FLOOR { 0.0 } else { wire as f64 / operations as f64 };
        contender(table, name, &Ok(Outcome { wire, ..outcome.clone() }));
    }
}

fn lines_of(file: &Path) -> usize {
    files::forms(file).iter().map(|form| form.fields.len()).sum()
}

/// One line for each contender: what it took, what it kept, what it survived.
fn contender(table: &mut Table, name: &str, outcome: &Result<Outcome, String>) {
    let outcome = match outcome {
        Ok(outcome) => outcome,
        Err(why) => return table.note(name, why.lines().next().unwrap_or_default().to_owned()),
    };
    let Outcome { peak_mb, disk, wire, lost, conflicts, .. } = outcome;
    table.note(
        &format!("{name}: {:.2} s, {peak_mb:.0} MB, {wire:.1} B stick, {disk:.0} B disk", outcome.took.as_secs_f64()),
        match name {
            FLOOR => "for the ratio only: it merges nothing".to_owned(),
            _ => format!("{lost} lost, {conflicts} conflicts, {}", stood(outcome)),
        },
    );
}

/// What of four stories was survived.
fn stood(outcome: &Outcome) -> String {
    ["doubled", "shuffled", "cloned", "restored"]
        .iter()
        .zip(outcome.survives)
        .map(|(story, yes)| format!("{story} {}", if yes { "✓" } else { "✗" }))
        .collect::<Vec<_>>()
        .join(" ")
}

/// `BENCH_SCHOOLS` makes it smaller.
fn size() -> Size {
    let schools = std::env::var("BENCH_SCHOOLS").ok().and_then(|number| number.parse().ok());
    Size { schools: schools.unwrap_or(FULL.schools), ..FULL }
}

fn middle(mut all: Vec<f64>) -> f64 {
    all.sort_by(f64::total_cmp);
    all[all.len() / 2]
}

fn own(name: &str, folder: &Path) -> Outcome {
    let program = std::env::current_exe().expect("this program");
    let out = Command::new(program).args([CONTENDER, name]).arg(folder).output().expect("a contender");
    let text = String::from_utf8_lossy(&out.stdout);
    let told = text.lines().last().and_then(Outcome::of_line);
    told.unwrap_or_else(|| panic!("{name}: {text}{}", String::from_utf8_lossy(&out.stderr)))
}
