//! A roster of twenty thousand lines imported end to end, against reading it and inserting its rows and nothing more; beside
//! it, against inserting the rows that the import leaves in the ledger.

use std::path::Path;
use std::time::Duration;

use actions::import::{ImportRequest, import, rehearse_import};
use calamine::{Reader, open_workbook_auto};
use rust_xlsxwriter::Workbook;
use serde_json::Value as Json;

use crate::bulk::{ROSTER, floor, same_rows};
use crate::measure::{Table, ms, on_processors, percentile, time};
use crate::merge::Peak;
use crate::{children, ledgers};

/// Header texts as schools write them, and the fields they mean.
const COLUMNS: [(&str, &str); 14] = [
    ("姓名", "name"),
    ("性别", "sex"),
    ("出生日期", "birth_date"),
    ("民族", "ethnicity"),
    ("身份证件类型", "id_type"),
    ("身份证件号", "id_number"),
    ("学籍号", "student_code"),
    ("户口所在地", "household_place"),
    ("村组", "village"),
    ("现住址", "address"),
    ("联系电话", "phone"),
    ("年级", "grade"),
    ("班级", "class"),
    ("就读方式", "boarding"),
];

/// Runs of each side; the median counts.
const RUNS: usize = 3;

/// End to end: reading in a process of its own, understanding, matching, one transaction.
pub fn run(table: &mut Table) {
    let folder = tempfile::TempDir::new().expect("a folder");
    let file = folder.path().join("花名册.xlsx");
    write(&file);
    let rows: Vec<_> = (0..ROSTER).map(children::typed).collect();
    let mut reads: Vec<Duration> = (0..RUNS).map(|_| time(|| read(&file)).0).collect();
    let (read, insert) = (percentile(&mut reads, 50), floor(&rows));
    let request = || ImportRequest {
        file: file.display().to_string(),
        record: "student".to_owned(),
        sheet: None,
        columns: Default::default(),
    };
    let mut imports = Vec::new();
    let mut costs = Vec::new();
    let mut rehearsals = Vec::new();
    let mut kept = None;
    let peak = Peak::begin();
    for _ in 0..RUNS {
        let ledger = ledgers::empty();
        let before = on_processors();
        let (took, report) = time(|| import(&ledger.desk, request()).unwrap_or_else(|failure| panic!("{failure:?}")));
        assert_eq!(report.new as usize, ROSTER, "{:?}", report.findings.first());
        imports.push(took);
        costs.push(on_processors() - before);
        rehearsals.push(time(|| rehearse_import(&ledger.desk, request()).expect("a rehearsal")).0);
        kept = Some(ledger);
    }
    let peak_mb = peak.end();
    let import = percentile(&mut imports, 50);
    let against = |insert: Duration| import.as_secs_f64() / (read + insert).as_secs_f64();
    let same = kept.map(|ledger| same_rows(&ledger.folder.path().join("ledger"))).expect("a ledger");
    table.note(&format!("calamine alone reads {ROSTER} lines"), ms(read));
    table.note("a plain table of the same cipher takes them", ms(insert));
    table.note("the rows of the ledger as they stand", ms(same));
    table.note("rehearsed again over the same children", ms(percentile(&mut rehearsals, 50)));
    table.note("imported, against reading and those", format!("{:.1} ×", against(same)));
    let reads = cost_of(|| assert!(self::read(&file) > 0));
    let inserts = cost_of(|| assert!(floor(&rows) > Duration::ZERO)) / 3;
    let cost = percentile(&mut costs, 50);
    let said = format!("{} for {} and {}", ms(cost), ms(reads), ms(inserts));
    table.note("processor time: imported, for reading and inserting", said);
    table.note("most memory while importing and rehearsing", format!("{peak_mb:.0} MB"));
    let (what, ratio) = (format!("{ROSTER} lines imported end to end"), against(insert));
    table.bar(&what, format!("{}, {ratio:.1} ×", ms(import)), "≤ 3 × reading and inserting", ratio <= 3.0);
}

fn cost_of(act: impl FnOnce()) -> Duration {
    let before = on_processors();
    act();
    on_processors() - before
}

fn write(file: &Path) {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    for ((head, _), column) in COLUMNS.iter().zip(0..) {
        sheet.write(0, column, *head).expect("a header");
    }
    for number in 0..ROSTER {
        let child = children::typed(number);
        let line = u32::try_from(number).unwrap_or_default() + 1;
        for ((_, field), column) in COLUMNS.iter().zip(0..) {
            let cell = child.get(*field).and_then(Json::as_str).unwrap_or_default();
            sheet.write_string(line, column, cell).expect("a cell");
        }
    }
    workbook.save(file).expect("a workbook");
}

fn read(file: &Path) -> usize {
    let mut workbook = open_workbook_auto(file).expect("a workbook");
    let sheet = workbook.sheet_names()[0].clone();
    let range = workbook.worksheet_range(&sheet).expect("a sheet");
    range.rows().flatten().filter(|cell| !matches!(cell, calamine::Data::Empty)).count()
}
