//! An office with an empty ledger and a cupboard of workbooks.

use actions::import::{CellFinding, ImportReport, ImportRequest};
use actions::{Desk, GetRequest, MakeLedger, OpenLedger, SaveRequest};
use serde_json::{Map, Value as Json};

const PASSWORD: &str = "石门村小学的台账口令一句";

/// A desk in a folder of its own.
pub struct Office {
    pub desk: Desk,
    pub folder: tempfile::TempDir,
}

impl Default for Office {
    fn default() -> Self {
        Self::new()
    }
}

impl Office {
    /// An empty ledger of 石门村小学 on 1 October 2026.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let desk = Desk::real(None).unwrap();
        desk.set_today("2026-10-01".parse().unwrap());
        let text = str::to_owned;
        let ledger = folder.path().join("ledger").display().to_string();
        let made = MakeLedger {
            folder: Some(ledger),
            kind: text("primary"),
            name: text("石门村小学"),
            code: text("4104230001"),
            under: None,
            person: text("王老师"),
            password: text(PASSWORD),
            low_memory: true,
        };
        actions::make_ledger(&desk, made).unwrap();
        Self { desk, folder }
    }

    /// The same ledger, opened on another day.
    pub fn reopen(&self, day: &str) {
        actions::close_ledger(&self.desk, ()).unwrap();
        self.desk.set_today(day.parse().unwrap());
        let folder = self.folder.path().join("ledger").display().to_string();
        actions::open_ledger(&self.desk, OpenLedger { folder, password: PASSWORD.to_owned() }).unwrap();
    }

    /// A workbook of `tests/fixtures/import`.
    pub fn file(&self, name: &str) -> String {
        format!("{}/fixtures/import/{name}", env!("CARGO_MANIFEST_DIR"))
    }

    /// A file of these bytes in the office's folder.
    pub fn write(&self, name: &str, bytes: &[u8]) -> String {
        let path = self.folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path.display().to_string()
    }

    /// What is asked for a workbook of children, nothing corrected.
    pub fn request(&self, file: &str) -> ImportRequest {
        ImportRequest { file: file.to_owned(), record: "student".to_owned(), sheet: None, columns: Default::default() }
    }

    pub fn rehearse(&self, file: &str) -> ImportReport {
        actions::import::rehearse_import(&self.desk, self.request(file)).unwrap()
    }

    pub fn import(&self, file: &str) -> ImportReport {
        actions::import::import(&self.desk, self.request(file)).unwrap()
    }

    /// Imports rows of another register.
    pub fn import_into(&self, record: &str, file: &str) -> ImportReport {
        let request = ImportRequest { record: record.to_owned(), ..self.request(file) };
        actions::import::import(&self.desk, request).unwrap()
    }

    /// The sentence with which a workbook is refused.
    pub fn refusal(&self, file: &str) -> String {
        let failure = actions::import::rehearse_import(&self.desk, self.request(file)).unwrap_err();
        let sentence = failure.sentence(self.desk.language());
        format!("{} {}", sentence.what, sentence.act)
    }

    pub fn undo(&self, change: String) {
        actions::undo(&self.desk, Some(change)).unwrap();
    }

    /// Saves a form that must go through.
    pub fn put(&self, record: &str, values: &Json) -> domain::Id {
        let values = values.as_object().unwrap().clone();
        let request = SaveRequest { record: record.to_owned(), id: None, values, seen: None, why: None };
        actions::save_row(&self.desk, request).unwrap_or_else(|failure| panic!("{record}: {failure:?}")).id
    }

    pub fn get(&self, record: &str, filters: &[(&str, &str)]) -> Vec<Map<String, Json>> {
        let filters = filters.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        let request = GetRequest { record: record.to_owned(), filters, ..GetRequest::default() };
        let mut rows = Vec::new();
        actions::get_rows(&self.desk, &request, |row| {
            rows.push(row.clone());
            Ok(())
        })
        .unwrap();
        rows
    }

    pub fn child(&self, name: &str) -> Map<String, Json> {
        let mut found = self.get("student", &[("name", name)]);
        assert_eq!(found.len(), 1, "children named {name}");
        found.remove(0)
    }

    /// Everything that a workbook can bring, as `get` prints it; without the tokens of forms.
    pub fn everything(&self) -> Vec<Json> {
        let records = ["student", "guardian", "enrolment", "fact", "import_note", "home_visit", "dropout_case"];
        let mut all: Vec<Json> = Vec::new();
        for record in records {
            all.extend(self.get(record, &[]).into_iter().map(|mut row| {
                row.remove("_seen");
                Json::Object(row)
            }));
        }
        all
    }
}

/// Rows, new, changed, same, refused.
pub fn numbers(report: &ImportReport) -> (u32, u32, u32, u32, u32) {
    (report.rows, report.new, report.changed, report.same, report.refused)
}

/// The finding about a cell.
pub fn find<'r>(report: &'r ImportReport, sheet: &str, row: u32, column: &str) -> &'r CellFinding {
    let is = |one: &&CellFinding| one.sheet == sheet && one.row == row && one.column == column;
    report.findings.iter().find(is).unwrap_or_else(|| panic!("{sheet} {column}{row} in {:#?}", report.findings))
}
