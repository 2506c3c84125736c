//! A package that comes a second time: known by its bytes, without being decrypted again.

use std::path::Path;

use actions::{EnrolRequest, ExportRequest};
use oplog::Hash;

use crate::children;
use crate::ledgers::{self, Ledger};
use crate::measure::{Table, median, ms, time};

/// Children of the school that sends it.
const CHILDREN: usize = 5_000;
/// The longest beyond hashing the file (issue 5).
const BEYOND_MS: f64 = 50.0;

/// A school's package, merged at its center and merged again.
pub fn run(table: &mut Table) {
    let (center, school) = (ledgers::begun("center", "青山镇中心学校", 8), ledgers::empty());
    enrol(&school, &center);
    let students = (0..CHILDREN).map(|number| ledgers::request("student", children::typed(number))).collect();
    ledgers::save(&school.desk, students);
    let stick = file(&school, "stick");
    std::fs::create_dir_all(&stick).expect("a stick");
    let sealed = actions::export(&school.desk, ExportRequest { folder: stick, ..ExportRequest::default() });
    let package = sealed.expect("a package").file;
    let (took, _) = time(|| actions::merge(&center.desk, package.clone()).expect("merged"));
    let hashed = median(|| {
        let _hash = Hash::of(&[&std::fs::read(Path::new(&package)).expect("a package")]);
    });
    let again = median(|| {
        let report = actions::merge(&center.desk, package.clone()).expect("known");
        assert!(report.known && !report.check_code.is_empty());
    });
    let mb = std::fs::metadata(&package).map(|meta| meta.len()).unwrap_or_default() as f64 / 1e6;
    table.note(&format!("a package of {CHILDREN} children, {mb:.1} MB, merged"), ms(took));
    let beyond = again.saturating_sub(hashed);
    let met = beyond.as_secs_f64() * 1000.0 <= BEYOND_MS;
    let measured = format!("{} beyond {}", ms(beyond), ms(hashed));
    table.bar("the same package again, beyond hashing its file", measured, "≤ 50 ms", met);
}

/// Takes up contact by files carried by hand.
fn enrol(school: &Ledger, center: &Ledger) {
    let path = |name: &str| Some(file(school, name));
    let step = |input: Option<String>, output: Option<String>| EnrolRequest { input, output, typed: None };
    actions::enrol_invite(&center.desk, step(None, path("invite"))).expect("an invitation");
    actions::enrol_request(&school.desk, step(path("invite"), path("request"))).expect("a request");
    actions::enrol_grant(&center.desk, step(path("request"), path("grant"))).expect("a grant");
    actions::enrol_accept(&school.desk, step(path("grant"), None)).expect("enrolled");
}

fn file(ledger: &Ledger, name: &str) -> String {
    ledger.folder.path().join(name).display().to_string()
}
