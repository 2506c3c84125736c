//! `make bench`: what the program costs, as ratios to a floor measured in the same run. Never a test: machines differ.
//!
//! `bench [NAME…]` runs only the named ones; `BENCH_CHILDREN` replaces the size of the large ledger.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::print_stdout)]
#![allow(clippy::disallowed_methods, clippy::type_complexity)]

mod bulk;
mod children;
mod imports;
mod ledgers;
mod measure;
mod merge;
mod numbers;
mod packages;
mod review;
mod saves;
mod screens;

use measure::Table;

type Bench = (&'static str, fn(&mut Table));

const BENCHES: [Bench; 9] = [
    ("screens", screens::run),
    ("search", screens::search),
    ("review", review::run),
    ("saves", saves::run),
    ("bulk", bulk::run),
    ("import", imports::run),
    ("numbers", numbers::run),
    ("packages", packages::run),
    ("merge", merge::run),
];

fn main() {
    // The import under measure reads workbooks in a process of its own, as it does for people.
    if actions::import::is_reader_process() {
        return actions::import::read_as_child();
    }
    if merge::is_contender() {
        return;
    }
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    let mut table = Table::default();
    for (name, run) in BENCHES {
        if wanted.is_empty() || wanted.iter().any(|one| one == name) {
            run(&mut table);
        }
    }
    table.print();
    std::process::exit(i32::from(!table.all_met()));
}
