//! Reading a stranger's workbook in a process of its own, with a ceiling on its memory; and remembering what was read.

use std::io::{BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use sheets::{SheetError, Workbook};

use crate::failure::{Done, Failure};

/// The first argument of a process that reads a workbook for another one.
const READER: &str = "--read-workbook";
/// What the reading process may take: a roster of 20,000 lines and 72 columns needs about 200 MB.
const MEMORY_MB: u64 = 400;
const SECONDS: u64 = 60;

/// Whether this program offers itself as a reader: its `main` has asked.
static OFFERED: AtomicBool = AtomicBool::new(false);

/// Workbooks read and not imported yet.
#[derive(Debug, Default)]
pub(crate) struct Readings(Mutex<Option<(Stamp, Arc<Workbook>)>>);

/// By what a file is recognised as unchanged.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Stamp {
    file: PathBuf,
    length: u64,
    modified: Option<SystemTime>,
}

impl Readings {
    /// The workbook of a file; read once, until the file changes or another one is asked for.
    pub(crate) fn read(&self, file: &str) -> Done<Arc<Workbook>> {
        let path = Path::new(file);
        let meta = std::fs::metadata(path).map_err(|error| workbook_failure(SheetError::from(error), file))?;
        let stamp = Stamp { file: path.to_owned(), length: meta.len(), modified: meta.modified().ok() };
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((known, workbook)) = held.as_ref()
            && *known == stamp
        {
            return Ok(workbook.clone());
        }
        let workbook = Arc::new(read(path).map_err(|error| workbook_failure(error, file))?);
        *held = Some((stamp, workbook.clone()));
        Ok(workbook)
    }

    /// Forgets what was read.
    pub(crate) fn forget(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

/// Whether this process was started to read a workbook for another one.
pub fn is_reader_process() -> bool {
    OFFERED.store(true, Ordering::Relaxed);
    std::env::args_os().nth(1).is_some_and(|argument| argument == READER)
}

/// Reads a workbook for the process that started this one, and sends it over standard output.
pub fn read_as_child() {
    let file = std::env::args_os().nth(2).unwrap_or_default();
    let read = sheets::limit_memory(MEMORY_MB, SECONDS).and_then(|()| sheets::read(Path::new(&file)));
    let mut out = std::io::BufWriter::with_capacity(1 << 16, std::io::stdout().lock());
    // A parent that is gone needs no answer.
    let _gone = sheets::send(&read, &mut out).is_err() || out.flush().is_err();
}

/// A program that does not offer itself as a reader reads within its own walls: tests, programs built on these crates.
fn read(path: &Path) -> Result<Workbook, SheetError> {
    match std::env::current_exe() {
        Ok(program) if OFFERED.load(Ordering::Relaxed) => read_apart(&program, path),
        _ => sheets::read(path),
    }
}

fn read_apart(program: &Path, path: &Path) -> Result<Workbook, SheetError> {
    let mut child = Command::new(program)
        .arg(READER)
        .arg(path)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let out = child.stdout.take().ok_or(SheetError::GaveUp)?;
    let answer = sheets::receive(&mut BufReader::with_capacity(1 << 16, out));
    let ended = child.wait()?;
    // A reader that ran out of memory or time is ended by the system: no exit code, and nothing whole said.
    answer.unwrap_or_else(|error| match ended.code() {
        Some(_) => Err(SheetError::Damaged(error.to_string())),
        None => Err(SheetError::GaveUp),
    })
}

/// A sheet error in words a person can act on.
pub(crate) fn workbook_failure(error: SheetError, file: &str) -> Failure {
    let name = Path::new(file).file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let failure = match error {
        SheetError::Disk(cause) => Failure::new("workbook_disk").with("cause", cause),
        SheetError::OpenElsewhere => Failure::new("workbook_open"),
        SheetError::TooLarge(mb) => Failure::new("workbook_too_large").with("mb", mb),
        SheetError::TooManyCells | SheetError::GaveUp => Failure::new("workbook_too_much"),
        SheetError::Protected => Failure::new("workbook_protected"),
        SheetError::WebPage => Failure::new("workbook_web_page"),
        SheetError::NotAWorkbook => Failure::new("not_a_workbook"),
        SheetError::Damaged(cause) => Failure::new("workbook_damaged").with("cause", cause),
    };
    failure.with("file", name)
}
