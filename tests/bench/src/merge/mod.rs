//! A county's merge: our ledger against the least any program could do, and against what else there is (issue 5).
//!
//! Every contender runs in a process of its own over the same files, so that its memory can be told.

mod floor;
mod ours;
mod outcome;
mod work;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use ours::Search;
use outcome::Outcome;
use tempfile::TempDir;
use work::{FULL, Size};

use crate::measure::{Table, ms};

/// The first argument of a process that is one contender.
const CONTENDER: &str = "--contender";
/// Runs of the two whose ratio is the bar; the median counts.
const RUNS: usize = 3;

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
    table.note(
        "the work of the merge",
        format!("{} schools, {} children, {operations} fields", size.schools, size.schools * size.children),
    );
    wire(table, folder.path(), operations);
    let pairs: Vec<(Outcome, Outcome)> =
        (0..RUNS).map(|_| (own("floor", folder.path()), own("ours", folder.path()))).collect();
    let ratios = pairs.iter().map(|(floor, ours)| ours.took.as_secs_f64() / floor.took.as_secs_f64());
    let ratio = middle(ratios.collect());
    let took =
        |pick: fn(&(Outcome, Outcome)) -> Duration| middle(pairs.iter().map(|pair| pick(pair).as_secs_f64()).collect());
    let (floor, ours) = (took(|pair| pair.0.took), took(|pair| pair.1.took));
    let Some((bare, merged)) = pairs.last() else { return };
    table.note("operations and fields written, nothing more", told(floor, bare));
    let what = "merged: chain checked, logged, folded, conflicts";
    table.bar(what, format!("{}, {ratio:.2} ×", told(ours, merged)), "≤ 2.5 × the least", ratio <= 2.5);
    let verdict = format!("{} lost, {} in conflict", merged.lost, merged.conflicts);
    table.bar("values of a merge nobody can read any more", verdict, "none", merged.lost == 0);
    let again = merged.again.as_secs_f64() / size.schools as f64;
    table.note("the same packages again, each", ms(Duration::from_secs_f64(again)));
    let searched = own("search", folder.path());
    table.note("merged, lists and search following", told(searched.took.as_secs_f64(), &searched));
}

/// What travels, against the same changes as a bare list.
fn wire(table: &mut Table, folder: &Path, operations: usize) {
    let sum = |kind: &str| -> f64 {
        let length = |file: PathBuf| std::fs::metadata(file).map(|meta| meta.len()).unwrap_or_default() as f64;
        work::files(folder, kind).into_iter().map(length).sum()
    };
    let (wire, bare) = (sum("edits"), sum("bare"));
    let measured = format!("{:.1} B, {:.2} ×", wire / operations as f64, wire / bare);
    table.bar("a field on the stick, chain and all", measured, "≤ 1.5 × a bare list, both zstd", wire <= bare * 1.5);
}

fn told(seconds: f64, outcome: &Outcome) -> String {
    format!("{seconds:.2} s, {:.0} MB, {:.0} B a field", outcome.peak_mb, outcome.disk)
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
