//! Runs the built `bx`, every time as a process of its own, in a folder that is gone afterwards.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value as Json;
use tempfile::TempDir;

/// The password of every ledger made here.
pub const PASSWORD: &str = "walk-2026-秋";

/// The civil day everything happens on, unless a test says otherwise.
pub const TODAY: &str = "2026-10-20";

/// A folder in which ledgers, sticks and papers lie.
pub struct Place {
    folder: TempDir,
    password: &'static str,
}

/// What a run of `bx` came to.
#[derive(Debug)]
pub struct Ran {
    /// Exit code.
    pub code: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
    asked: String,
}

/// The built program: under `CARGO_TARGET_DIR`, else beside the running test. The workspace is built before its tests.
pub fn binary() -> PathBuf {
    let name = format!("bx{}", std::env::consts::EXE_SUFFIX);
    let named = std::env::var_os("CARGO_TARGET_DIR").map(|folder| PathBuf::from(folder).join("debug").join(&name));
    let test = std::env::current_exe().unwrap();
    let beside = test.parent().and_then(Path::parent).unwrap().join(&name);
    let found = named.into_iter().chain([beside]).find(|path| path.exists());
    found.unwrap_or_else(|| panic!("no {name}: run `cargo build --workspace` first (`make test` does)"))
}

impl Default for Place {
    fn default() -> Self {
        Self::with_password(PASSWORD)
    }
}

impl Place {
    /// An empty folder.
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty folder whose ledgers have another password.
    pub fn with_password(password: &'static str) -> Self {
        Self { folder: TempDir::new().unwrap(), password }
    }

    /// A file or folder in it.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs `bx` with words separated by spaces, in the folder.
    pub fn bx(&self, words: &str) -> Ran {
        self.run(&words.split_whitespace().collect::<Vec<_>>(), "")
    }

    /// Runs `bx` with something on standard input.
    pub fn bx_reading(&self, words: &str, input: &str) -> Ran {
        self.run(&words.split_whitespace().collect::<Vec<_>>(), input)
    }

    /// Runs `bx` with arguments that may hold spaces.
    pub fn run(&self, arguments: &[&str], input: &str) -> Ran {
        let mut command = Command::new(binary());
        command.current_dir(self.folder.path()).env("BAOXUE_PASSWORD", self.password).env_remove("BAOXUE_LANG");
        // A folder of this name stands for the stick, once it is there.
        command.env("BAOXUE_STICK", self.path("stick"));
        if !arguments.contains(&"--today") {
            command.args(["--today", TODAY]);
        }
        command.args(arguments);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        // The program may end before it has read everything: that is its right.
        let mut stdin = child.stdin.take().unwrap();
        let input = input.to_owned();
        let writer = std::thread::spawn(move || drop(stdin.write_all(input.as_bytes())));
        let done = child.wait_with_output().unwrap();
        writer.join().unwrap();
        Ran {
            code: done.status.code().unwrap_or(-1),
            out: String::from_utf8(done.stdout).unwrap(),
            err: String::from_utf8(done.stderr).unwrap(),
            asked: arguments.join(" "),
        }
    }

    /// Makes a ledger; `extra` holds further options.
    pub fn init(&self, ledger: &str, kind: &str, name: &str, extra: &str) {
        self.bx(&format!("--ledger {ledger} init --kind {kind} --name {name} --low-memory {extra}")).ok();
    }

    /// Makes a school and a center that know each other.
    pub fn enrolled(&self, school: &str, center: &str) {
        self.bx(&format!("--ledger {center} enrol invite --out {school}.1")).ok();
        self.bx(&format!("--ledger {school} enrol request --in {school}.1 --out {school}.2")).ok();
        self.bx(&format!("--ledger {center} enrol grant --in {school}.2 --out {school}.3")).ok();
        self.bx(&format!("--ledger {school} enrol accept --in {school}.3")).ok();
    }

    /// Saves one row; gives its id.
    pub fn put(&self, ledger: &str, record: &str, row: &Json) -> String {
        self.bx_reading(&format!("--ledger {ledger} put {record}"), &row.to_string()).ok().trim().to_owned()
    }

    /// The rows of a record, as `get` prints them.
    pub fn get(&self, ledger: &str, record: &str) -> Vec<Json> {
        self.bx(&format!("--ledger {ledger} get {record}")).rows()
    }

    /// The one row with an id.
    pub fn row(&self, ledger: &str, record: &str, id: &str) -> Json {
        self.bx(&format!("--ledger {ledger} get {record} --id {id}")).rows().remove(0)
    }

    /// Seals a package into a folder; gives the file.
    pub fn export(&self, ledger: &str, stick: &str) -> String {
        let sealed = self.bx(&format!("--ledger {ledger} export --out {stick} --json")).json();
        sealed["file"].as_str().unwrap().to_owned()
    }
}

impl Ran {
    /// Standard output of a run that went through.
    #[track_caller]
    pub fn ok(self) -> String {
        assert_eq!(self.code, 0, "bx {}: {}", self.asked, self.err);
        self.out
    }

    /// Standard error of a run that was refused with a code.
    #[track_caller]
    pub fn refused(self, code: i32) -> String {
        assert_eq!(self.code, code, "bx {}: {}{}", self.asked, self.out, self.err);
        self.err
    }

    /// Standard output as one JSON value.
    #[track_caller]
    pub fn json(self) -> Json {
        serde_json::from_str(&self.ok()).unwrap()
    }

    /// Standard output as JSON values, one a line.
    #[track_caller]
    pub fn rows(self) -> Vec<Json> {
        self.ok().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}
