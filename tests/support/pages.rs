//! A school at work on paper: a ledger with fixed day, and what a printed page says.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};

use actions::paper::{PagesRequest, PrintRequest, print};
use actions::{Desk, MakeLedger, SaveRequest};
use domain::{Date, Id};
use serde_json::{Value as Json, json};
use tempfile::TempDir;

/// A school with an empty ledger, on 1 September 2026.
pub struct School {
    /// Where its teacher works.
    pub desk: Desk,
    home: TempDir,
    printed: AtomicU64,
}

/// A printed file.
pub struct Printed {
    /// The file.
    pub file: PathBuf,
    /// Its pages.
    pub pages: u32,
    /// Characters that could not be printed.
    pub missing: Vec<String>,
}

impl School {
    /// 长坪小学, with nobody in it.
    pub fn new() -> Self {
        let home = TempDir::new().unwrap();
        let ticks = AtomicU64::new(1_788_220_800_000);
        let desk = Desk::new(Box::new(move || ticks.fetch_add(1000, Ordering::Relaxed)), [7; 32]);
        desk.set_today(Date::from_ymd_opt(2026, 9, 1).unwrap());
        let ledger = MakeLedger {
            folder: Some(home.path().join("ledger").display().to_string()),
            kind: "school".to_owned(),
            name: "瓦屋镇长坪小学".to_owned(),
            code: "2141000123".to_owned(),
            under: None,
            person: "李老师".to_owned(),
            password: "示例口令-示例口令-2026".to_owned(),
            low_memory: true,
        };
        actions::make_ledger(&desk, ledger).unwrap();
        Self { desk, home, printed: AtomicU64::new(0) }
    }

    /// Saves a row.
    pub fn save(&self, record: &str, values: Json) -> Id {
        self.save_all(record, vec![values])[0]
    }

    /// Saves rows at once.
    pub fn save_all(&self, record: &str, rows: Vec<Json>) -> Vec<Id> {
        let one = |values: Json| SaveRequest {
            record: record.to_owned(),
            id: None,
            values: values.as_object().unwrap().clone(),
            seen: None,
            why: None,
        };
        let saved = actions::save_rows(&self.desk, rows.into_iter().map(one).collect()).unwrap();
        saved.into_iter().map(|saved| saved.id).collect()
    }

    /// A child of class 三年级(1)班 with an ID number that holds.
    pub fn child(&self, name: &str) -> Id {
        self.save("student", child(name, 1))
    }

    /// Prints a form.
    pub fn print(&self, pages: PagesRequest) -> Printed {
        let file = self.home.path().join(format!("{}.pdf", self.printed.fetch_add(1, Ordering::Relaxed)));
        let reply = print(&self.desk, PrintRequest { pages, out: file.display().to_string() }).unwrap();
        Printed { file, pages: reply.pages, missing: reply.missing }
    }
}

impl Default for School {
    fn default() -> Self {
        Self::new()
    }
}

/// A child of class 三年级(1)班; the number makes its ID number.
pub fn child(name: &str, number: u32) -> Json {
    json!({
        "name": name, "sex": if number % 2 == 1 { "1" } else { "2" }, "birth_date": "2017-05-04", "ethnicity": "01",
        "id_type": "1", "id_number": id_number(number), "address": "瓦屋镇长坪村3组", "grade": "13", "class": "1",
        "boarding": "走读",
    })
}

/// An ID number whose check character holds (GB 11643).
pub fn id_number(number: u32) -> String {
    let body = format!("41042320170504{:03}", number % 1000);
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = body.chars().zip(weights).map(|(c, weight)| c.to_digit(10).unwrap() * weight).sum();
    format!("{body}{}", "10X98765432".chars().nth((sum % 11) as usize).unwrap())
}

/// What a form asks for when nothing else is said.
pub fn form(form: &str) -> PagesRequest {
    PagesRequest { form: form.to_owned(), ..PagesRequest::default() }
}

impl Printed {
    /// The text as it stands on the pages, line by line, wide gaps as two spaces. The ledger's check code differs from
    /// run to run, and the place of what follows it with it.
    pub fn text(&self) -> String {
        let text = tool("pdftotext", &["-layout", path(&self.file), "-"]);
        let lines = text.split('\n').map(|line| {
            let line = line.split("  ").map(str::trim).filter(|part| !part.is_empty()).collect::<Vec<_>>().join("  ");
            match line.split_once("台账校验码 ") {
                Some((before, after)) => format!("{before}台账校验码 ············{}", &after[12..]),
                None => line,
            }
        });
        lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
    }

    /// The text of one page; the first is 1.
    pub fn page(&self, number: u32) -> String {
        let number = number.to_string();
        tool("pdftotext", &["-layout", "-f", &number, "-l", &number, path(&self.file), "-"])
    }

    /// The text without white space and direction marks, in the order of the drawing.
    pub fn run(&self) -> String {
        bare(&tool("pdftotext", &["-raw", path(&self.file), "-"]))
    }

    /// Lines and boxes drawn on a page; the first is 1.
    pub fn strokes(&self, number: u32) -> usize {
        let number = number.to_string();
        let svg = tool("pdftocairo", &["-svg", "-f", &number, "-l", &number, path(&self.file), "-"]);
        svg.matches("stroke:rgb").count()
    }
}

/// A text without white space and direction marks.
pub fn bare(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '\u{202A}'..='\u{202E}' | '\u{200E}' | '\u{200F}'))
        .collect()
}

fn path(file: &Path) -> &str {
    file.to_str().unwrap()
}

fn tool(name: &str, arguments: &[&str]) -> String {
    let done = Command::new(name).args(arguments).output().unwrap();
    assert!(done.status.success(), "{name}: {}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).unwrap()
}
