//! How a school's work is entered: at a desk in this process, or by `bx` from a script.

use actions::{
    CheckRequest, DutiesReply, DutiesRequest, EnrolRequest, GetRequest, MissedDay, MoveRequest, NotBack,
    OpenCaseRequest, ReportReply, ReportRequest, RollRequest, SaveRequest, SealRequest,
};
use domain::{Date, Id};
use serde_json::{Map, Value as Json, json};
use store::Definitions;

use crate::bx::Place;
use crate::desks::Office;

/// Days ahead that duties are asked for: all of them.
const FAR: u32 = 800;

/// A day of a class: code of the grade, the days, the children who were missing with the kind of their absence.
pub struct Roll<'r> {
    /// Code of the grade.
    pub grade: &'r str,
    /// The class within the grade.
    pub class: &'r str,
    /// The days.
    pub days: &'r [Date],
    /// Who was missing.
    pub missing: &'r [(Id, Date, &'r str)],
}

/// A school's computer and whoever works at it.
pub trait Hand {
    /// The civil day, from now on.
    fn set_today(&mut self, day: Date);
    /// Saves rows of one record together.
    fn put(&self, record: &str, rows: &[Json]) -> Vec<Id>;
    /// The rows of a record, or those of one child.
    fn rows(&self, record: &str, student: Option<Id>) -> Vec<Json>;
    /// Opens a case; the roll says since when the child is missing.
    fn open_case(&self, student: Id) -> Id;
    /// Moves a case.
    fn move_case(&self, case: Id, to: &str, values: &Json);
    /// Takes a class's roll.
    fn take_roll(&self, roll: &Roll<'_>);
    /// Checks a class at the start of a term; each missing child with its whereabouts.
    fn check_return(&self, grade: &str, class: &str, missing: &[(Id, &str)]);
    /// A report.
    fn report(&self, report: &str, on: Date) -> ReportReply;
    /// Seals a report.
    fn seal(&self, report: &str, on: Date);
    /// Everything that is due.
    fn duties(&self) -> DutiesReply;
    /// Takes up contact with the organisation above.
    fn enrol_under(&self, above: &Office);
    /// Seals a package and brings it to the organisation above.
    fn report_to(&self, above: &Office);
}

/// A desk in this process.
pub struct AtDesk(pub Office);

impl Hand for AtDesk {
    fn set_today(&mut self, day: Date) {
        self.0.desk.set_today(day);
    }

    fn put(&self, record: &str, rows: &[Json]) -> Vec<Id> {
        let form = |row: &Json| {
            let mut values: Map<String, Json> = row.as_object().unwrap().clone();
            let id = values.remove("id").map(|id| id.as_str().unwrap().parse().unwrap());
            SaveRequest { record: record.to_owned(), id, values, seen: None, why: None }
        };
        let saved = actions::save_rows(&self.0.desk, rows.iter().map(form).collect());
        let saved = saved.unwrap_or_else(|failure| panic!("{record}: {failure:?}"));
        saved.into_iter().map(|reply| reply.id).collect()
    }

    fn rows(&self, record: &str, student: Option<Id>) -> Vec<Json> {
        let mut rows = Vec::new();
        let filters = student.map(|id| ("student".to_owned(), id.to_string())).into_iter().collect();
        let request = GetRequest { record: record.to_owned(), filters, ..GetRequest::default() };
        actions::get_rows(&self.0.desk, &request, |row| {
            rows.push(Json::Object(row.clone()));
            Ok(())
        })
        .unwrap();
        rows
    }

    fn open_case(&self, student: Id) -> Id {
        actions::open_case(&self.0.desk, OpenCaseRequest { student, values: Map::new() }).unwrap().id
    }

    fn move_case(&self, id: Id, to: &str, values: &Json) {
        let values = values.as_object().unwrap().clone();
        let request = MoveRequest { id, to: to.to_owned(), values, why: None };
        actions::move_case(&self.0.desk, request).unwrap_or_else(|failure| panic!("{to}: {failure:?}"));
    }

    fn take_roll(&self, roll: &Roll<'_>) {
        let missed = |(student, on, kind): &(Id, Date, &str)| MissedDay {
            student: *student,
            on: Some(on.to_string()),
            kind: Some((*kind).to_owned()),
            part: None,
            reason: None,
        };
        let request = RollRequest {
            grade: roll.grade.to_owned(),
            class: Some(roll.class.to_owned()),
            days: roll.days.iter().map(Date::to_string).collect(),
            missing: roll.missing.iter().map(missed).collect(),
            taken_by: None,
        };
        actions::take_roll(&self.0.desk, request).unwrap();
    }

    fn check_return(&self, grade: &str, class: &str, missing: &[(Id, &str)]) {
        let missed = |(student, whereabouts): &(Id, &str)| NotBack {
            student: *student,
            values: Map::from_iter([("whereabouts".to_owned(), json!(whereabouts))]),
        };
        let request = CheckRequest {
            grade: grade.to_owned(),
            class: Some(class.to_owned()),
            round: None,
            on: None,
            missing: missing.iter().map(missed).collect(),
        };
        actions::check_return(&self.0.desk, request).unwrap();
    }

    fn report(&self, report: &str, on: Date) -> ReportReply {
        let request = ReportRequest { report: report.to_owned(), on: Some(on.to_string()), at: None };
        actions::report(&self.0.desk, request).unwrap()
    }

    fn seal(&self, report: &str, on: Date) {
        // A made-up township leaves errors standing here and there; whoever seals says so.
        let explained = Some("错误正在核实".to_owned());
        let request = SealRequest { report: report.to_owned(), on: Some(on.to_string()), by: None, explained };
        actions::seal_report(&self.0.desk, request).unwrap();
    }

    fn duties(&self) -> DutiesReply {
        actions::duties(&self.0.desk, DutiesRequest { ahead_days: Some(FAR), ..DutiesRequest::default() }).unwrap()
    }

    fn enrol_under(&self, above: &Office) {
        self.0.enrol_under(above);
    }

    fn report_to(&self, above: &Office) {
        self.0.report_to(above);
    }
}

/// `bx`, a process for every step.
pub struct ByScript {
    place: Place,
    today: Date,
}

impl ByScript {
    /// A new ledger.
    pub fn new(kind: &str, name: &str, code: &str, today: Date) -> Self {
        let hand = Self { place: Place::new(), today };
        hand.bx(&["init", "--kind", kind, "--name", name, "--code", code, "--low-memory"], "");
        hand
    }

    fn bx(&self, words: &[&str], input: &str) -> String {
        let today = self.today.to_string();
        let mut all = vec!["--today", &today, "--ledger", "ledger"];
        all.extend(words);
        self.place.run(&all, input).ok()
    }

    fn read<T: serde::de::DeserializeOwned>(&self, words: &[&str]) -> T {
        serde_json::from_str(&self.bx(words, "")).unwrap()
    }

    fn file(&self, name: &str) -> String {
        self.place.path(name).display().to_string()
    }
}

/// The id that a step printed.
fn printed(out: &str) -> Id {
    out.trim().parse().unwrap_or_else(|_| panic!("no id: {out}"))
}

impl Hand for ByScript {
    fn set_today(&mut self, day: Date) {
        self.today = day;
    }

    fn put(&self, record: &str, rows: &[Json]) -> Vec<Id> {
        let lines = rows.iter().map(|row| format!("{row}\n")).collect::<String>();
        self.bx(&["put", record, "--atomic"], &lines).lines().map(printed).collect()
    }

    fn rows(&self, record: &str, student: Option<Id>) -> Vec<Json> {
        let only = student.map(|id| format!("student={id}"));
        let mut words = vec!["get", record];
        words.extend(only.iter().flat_map(|only| ["--where", only]));
        self.bx(&words, "").lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    fn open_case(&self, student: Id) -> Id {
        printed(&self.bx(&["case", "open", &student.to_string()], ""))
    }

    fn move_case(&self, case: Id, to: &str, values: &Json) {
        let text = |value: &Json| value.as_str().unwrap().to_owned();
        let of = |key: &str| values.get(key).map(text);
        let case = case.to_string();
        if let (Some(ground), Some(evidence)) = (of("closed_ground"), of("closed_evidence")) {
            self.bx(&["case", "close", &case, "--ground", &ground, "--evidence", &evidence], "");
            return;
        }
        let pairs = values.as_object().unwrap().iter().map(|(key, value)| format!("{key}={}", text(value)));
        let pairs: Vec<String> = pairs.collect();
        let mut words = vec!["case", "act", &case, to];
        words.extend(pairs.iter().map(String::as_str));
        self.bx(&words, "");
    }

    fn take_roll(&self, roll: &Roll<'_>) {
        let days: Vec<String> = roll.days.iter().map(Date::to_string).collect();
        let missing: Vec<String> = roll.missing.iter().map(|(id, on, kind)| format!("{id}@{on}={kind}")).collect();
        let mut words = vec!["absent", "--grade", roll.grade, "--class", roll.class];
        words.extend(days.iter().flat_map(|day| ["--on", day]));
        words.extend(missing.iter().flat_map(|missed| ["--missing", missed]));
        self.bx(&words, "");
    }

    fn check_return(&self, grade: &str, class: &str, missing: &[(Id, &str)]) {
        let missing: Vec<String> = missing.iter().map(|(id, whereabouts)| format!("{id}={whereabouts}")).collect();
        let mut words = vec!["check-return", "--grade", grade, "--class", class];
        words.extend(missing.iter().flat_map(|missed| ["--missing", missed]));
        self.bx(&words, "");
    }

    fn report(&self, report: &str, on: Date) -> ReportReply {
        self.read(&["--json", "stats", "--report", report, "--on", &on.to_string()])
    }

    fn seal(&self, report: &str, on: Date) {
        self.bx(&["stats", "--report", report, "--on", &on.to_string(), "--seal", "--explain", "错误正在核实"], "");
    }

    fn duties(&self) -> DutiesReply {
        self.read(&["--json", "due", "--ahead", &FAR.to_string()])
    }

    fn enrol_under(&self, above: &Office) {
        let (invite, request, grant) = (self.file("invite"), self.file("request"), self.file("grant"));
        let step = |input: Option<&String>, output: Option<&String>| EnrolRequest {
            input: input.cloned(),
            output: output.cloned(),
            typed: None,
        };
        actions::enrol_invite(&above.desk, step(None, Some(&invite))).unwrap();
        self.bx(&["enrol", "request", "--in", &invite, "--out", &request], "");
        actions::enrol_grant(&above.desk, step(Some(&request), Some(&grant))).unwrap();
        self.bx(&["enrol", "accept", "--in", &grant], "");
    }

    fn report_to(&self, above: &Office) {
        let stick = self.file("stick");
        std::fs::create_dir_all(&stick).unwrap();
        let sealed: Json = self.read(&["--json", "export", "--out", &stick]);
        actions::merge(&above.desk, sealed["file"].as_str().unwrap().to_owned()).unwrap();
    }
}

/// A hand at a desk.
pub fn at_desk(kind: &str, name: &str, seed: u8, definitions: &Definitions) -> Box<dyn Hand> {
    Box::new(AtDesk(Office::new(kind, name, seed, definitions)))
}
