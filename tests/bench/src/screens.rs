//! First screen and search: as quick with fifty thousand children as with five hundred.

use std::time::Duration;

use actions::{Desk, ListRequest};

use crate::ledgers::{self, Ledger};
use crate::measure::{Table, median, ms, percentile, time};

/// A small school.
const SMALL: usize = 500;
/// Rows of a list's window.
const WINDOW: u64 = 60;
/// A keystroke is answered within one frame.
const KEYSTROKE: Duration = Duration::from_millis(16);

/// What people type, letter by letter.
const TYPED: [&str; 14] = [
    "zhangxiaole",
    "zxl",
    "wzh",
    "l",
    "晓乐",
    "张",
    "子涵",
    "村3组",
    "福贡",
    "王 晓",
    "138000",
    "2015",
    "zh w",
    "不存在的人",
];

/// First screen at two sizes.
pub fn run(table: &mut Table) {
    let (small, large) = (ledgers::of(SMALL), ledgers::of(ledgers::large()));
    let shows: [(&str, fn(&Desk)); 5] = [
        ("first window of the list", list),
        ("today", today),
        ("classes", classes),
        ("the list's far end", far),
        ("first screen and search ready", first_screen),
    ];
    for (what, show) in shows {
        let (few, many) = (median(|| show(&small.desk)), median(|| show(&large.desk)));
        let met = many <= few.mul_f64(1.2).max(few + Duration::from_millis(50));
        let what = format!("{what}: {SMALL} → {} children", large.students.len());
        table.bar(&what, format!("{} → {}", ms(few), ms(many)), "≤ +20 % or +50 ms", met);
    }
    keystrokes(table, &large);
}

/// Each keystroke of a search in the large ledger.
pub fn search(table: &mut Table) {
    keystrokes(table, &ledgers::of(ledgers::large()));
}

fn keystrokes(table: &mut Table, ledger: &Ledger) {
    let mut times = Vec::new();
    let mut worst = (Duration::ZERO, String::new());
    for round in 0..6 {
        for text in TYPED {
            for end in text.char_indices().map(|(at, c)| at + c.len_utf8()) {
                let typed = &text[..end];
                let (took, _) = time(|| actions::find(&ledger.desk, typed.to_owned()).expect("a search"));
                if round > 0 {
                    times.push(took);
                    worst = worst.max((took, typed.to_owned()));
                }
            }
        }
    }
    let (p50, p99) = (percentile(&mut times, 50), percentile(&mut times, 99));
    let what = format!("keystroke of a search, {} children: p50, p99", ledger.students.len());
    table.bar(&what, format!("{}, {}", ms(p50), ms(p99)), "p99 < 16 ms", p99 < KEYSTROKE);
    table.note("slowest keystroke", format!("{} “{}”", ms(worst.0), worst.1));
}

fn request(offset: u64) -> ListRequest {
    ListRequest { form: "roster".to_owned(), filters: Default::default(), order: vec![], offset, limit: WINDOW }
}

fn list(desk: &Desk) {
    actions::list_rows(desk, request(0)).expect("a list");
}

fn far(desk: &Desk) {
    let total = actions::list_rows(desk, ListRequest { limit: 0, ..request(0) }).expect("a list").total;
    actions::list_rows(desk, request(total - WINDOW)).expect("a list");
}

fn today(desk: &Desk) {
    actions::today(desk, ()).expect("today");
}

fn classes(desk: &Desk) {
    actions::classes(desk, ()).expect("classes");
}

fn first_screen(desk: &Desk) {
    list(desk);
    today(desk);
    classes(desk);
    actions::find(desk, "w".to_owned()).expect("a search");
}
