//! The power goes at any moment: what the program said it had saved is there afterwards, and the ledger opens by itself.
//!
//! A real `bx` is killed (kill -9) at random points of editing, importing and merging: 200 in all, ten times
//! as many in the long run. `BAOXUE_SEED` repeats a run.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use domain::{Date, Id, Value};
use package::keyslots::{KeySlots, LedgerKey};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha20Rng;
use serde_json::{Value as Json, json};
use store::{Definitions, Store, StoreError};
use support::bx::{PASSWORD, Place, TODAY, binary};

/// Points of each of the three kinds of work.
const POINTS: [usize; 3] = [70, 65, 65];

/// A ledger opens again within this time.
const OPENS_WITHIN: Duration = Duration::from_secs(5);

fn points(kind: usize) -> usize {
    if support::is_long() { 10 * POINTS[kind] } else { POINTS[kind] }
}

fn dice(kind: &str) -> ChaCha20Rng {
    let given = std::env::var("BAOXUE_SEED").ok().and_then(|seed| seed.parse().ok());
    let now = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos() as u64;
    let seed = given.unwrap_or_else(now);
    println!("{kind}: BAOXUE_SEED={seed}");
    ChaCha20Rng::seed_from_u64(seed)
}

/// Children as one line of `put` each.
fn lines(count: usize, from: usize) -> Vec<String> {
    let line = |number: usize| json!({ "name": format!("学生{number}"), "phone": phone(number) }).to_string();
    (from..from + count).map(line).collect()
}

fn phone(number: usize) -> String {
    format!("138{number:08}")
}

/// A running `bx`, its output read as it comes.
struct Running {
    child: Child,
    heard: std::sync::mpsc::Receiver<String>,
    start: Instant,
}

impl Running {
    fn start(folder: &Path, words: &[&str], input: String) -> Self {
        let mut command = Command::new(binary());
        command.current_dir(folder).env("BAOXUE_PASSWORD", PASSWORD).args(["--today", TODAY]).args(words);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        // A killed reader breaks the pipe: what was not read any more was not asked for.
        std::thread::spawn(move || drop(stdin.write_all(input.as_bytes())));
        let out = BufReader::new(child.stdout.take().unwrap());
        let (tell, heard) = std::sync::mpsc::channel();
        std::thread::spawn(move || out.lines().map_while(Result::ok).try_for_each(|line| tell.send(line)));
        Self { child, heard, start: Instant::now() }
    }

    /// Kills it after so many lines of output and some time; gives all that it had said by then.
    fn kill_after(mut self, lines: usize, wait: Duration) -> Vec<String> {
        let mut said = Vec::new();
        let deadline = self.start + Duration::from_secs(20);
        while said.len() < lines && Instant::now() < deadline {
            match self.heard.recv_timeout(Duration::from_secs(20)) {
                Ok(line) => said.push(line),
                Err(_) => break,
            }
        }
        std::thread::sleep(wait);
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        said.extend(self.heard.iter());
        said
    }

    /// Lets it come to its end; gives how long that took and what it said.
    fn finish(mut self) -> (Duration, Vec<String>) {
        assert!(self.child.wait().unwrap().success());
        (self.start.elapsed(), self.heard.iter().collect())
    }
}

/// A ledger's folder with its key.
struct Ledger {
    folder: PathBuf,
    key: LedgerKey,
}

impl Ledger {
    fn of(folder: PathBuf) -> Self {
        let (key, _) = KeySlots::load(&folder).unwrap().unlock(PASSWORD).unwrap();
        Self { folder, key }
    }

    /// A copy of the whole folder under another name.
    fn copy(&self, name: &str) -> Self {
        let folder = self.folder.with_file_name(name);
        std::fs::create_dir_all(&folder).unwrap();
        for entry in std::fs::read_dir(&self.folder).unwrap() {
            let entry = entry.unwrap();
            std::fs::copy(entry.path(), folder.join(entry.file_name())).unwrap();
        }
        Self { folder, key: self.key.clone() }
    }

    fn name(&self) -> &str {
        self.folder.file_name().unwrap().to_str().unwrap()
    }

    /// Opens it as it was left, checks pages, chains and state, and gives its children's phones by id.
    fn children(&self) -> BTreeMap<Id, String> {
        let start = Instant::now();
        let store = Store::open(&self.folder, &self.key, &Definitions::built_in()).expect("opens by itself");
        assert!(start.elapsed() < OPENS_WITHIN, "{:?} to open", start.elapsed());
        store
            .read(|view| {
                assert_eq!(view.verify()?, vec![]);
                let student = domain::Catalogue::built_in().record("student").unwrap();
                let mut phones = BTreeMap::new();
                for id in view.ids(student, &[])? {
                    let row = view.row(student, id, Date::default())?;
                    let phone = row.values.get("phone").and_then(Value::as_text).unwrap_or_default();
                    phones.insert(id, phone.to_owned());
                }
                Ok::<_, StoreError>(phones)
            })
            .unwrap()
    }
}

#[test]
fn no_saved_form_is_lost_when_the_program_is_killed_while_editing() {
    let mut dice = dice("editing");
    let place = Place::new();
    place.init("school", "school", "青山村小学", "");
    let school = Ledger::of(place.path("school"));
    let (mut ledger, mut kept) = (school.copy("edited"), BTreeMap::<Id, String>::new());
    for point in 0..points(0) {
        // A ledger that grows for a while, then a new one.
        if point % 12 == 0 {
            ledger = school.copy(&format!("edited{point}"));
            kept.clear();
        }
        let mut input = lines(6, point * 100);
        let old: Vec<Id> = kept.keys().copied().take(6).collect();
        input.extend(old.iter().zip(0..).map(|(id, at)| {
            json!({ "id": id.to_string(), "phone": phone(50_000_000 + point * 100 + at) }).to_string()
        }));
        let words = ["--ledger", ledger.name(), "put", "student"];
        let running = Running::start(ledger.folder.parent().unwrap(), &words, input.join("\n"));
        let (after, wait) = (dice.random_range(0..=input.len()), dice.random_range(0..9_000));
        let before_start = if after == 0 { dice.random_range(0..60_000) } else { 0 };
        let said = running.kill_after(after, Duration::from_micros(wait + before_start));
        let found = ledger.children();
        for (line, asked) in said.iter().zip(&input) {
            let id: Id = line.parse().unwrap();
            let asked: Json = serde_json::from_str(asked).unwrap();
            kept.insert(id, asked["phone"].as_str().unwrap().to_owned());
        }
        // One more may have been saved than there was time to say.
        for (id, phone) in &kept {
            let unsaid = input.get(said.len()).is_some_and(|line| line.contains(&found[id]));
            assert!(found[id] == *phone || unsaid, "point {point}: {id} was saved as {phone}, is {}", found[id]);
        }
        assert!((kept.len()..=kept.len() + 1).contains(&found.len()), "point {point}: rows nobody asked for");
        kept = found;
    }
}

/// Mutant caught: an import saved row by row.
#[test]
fn an_import_is_there_as_a_whole_or_not_at_all_when_the_program_is_killed() {
    let mut dice = dice("importing");
    let place = Place::new();
    place.init("school", "school", "青山村小学", "");
    let school = Ledger::of(place.path("school"));
    let rows = lines(40, 0).join("\n");
    let words =
        |ledger: &str| ["--ledger".to_owned(), ledger.to_owned(), "put".into(), "student".into(), "--atomic".into()];
    all_or_nothing(&school, &mut dice, 1, &|ledger| {
        let words = words(ledger.name());
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        Running::start(ledger.folder.parent().unwrap(), &words, rows.clone())
    });
}

/// Mutant caught: a merge told before it is written.
#[test]
fn a_merge_is_there_as_a_whole_or_not_at_all_when_the_program_is_killed() {
    let mut dice = dice("merging");
    let place = Place::new();
    place.init("school", "school", "青山村小学", "");
    place.init("center", "center", "大山中心校", "");
    place.enrolled("school", "center");
    place.bx_reading("--ledger school put student --atomic", &lines(40, 0).join("\n")).ok();
    place.bx("--ledger school export --out stick").ok();
    let package = std::fs::read_dir(place.path("stick")).unwrap().next().unwrap().unwrap().path();
    let center = Ledger::of(place.path("center"));
    all_or_nothing(&center, &mut dice, 2, &|ledger| {
        let words = ["--ledger", ledger.name(), "merge", package.to_str().unwrap()];
        Running::start(ledger.folder.parent().unwrap(), &words, String::new())
    });
}

/// Work that ends with forty more children or with none, killed at random points of its usual time.
fn all_or_nothing(base: &Ledger, dice: &mut ChaCha20Rng, kind: usize, work: &dyn Fn(&Ledger) -> Running) {
    let before = base.children().len();
    let whole = base.copy("whole");
    let (mut usual, _) = work(&whole).finish();
    assert_eq!(whole.children().len(), before + 40);
    let (mut none, mut all) = (0, 0);
    for point in 0..points(kind) {
        let ledger = base.copy(&format!("killed{point}"));
        // Half of the points lie where writing is likely.
        let early = if point % 2 == 0 { 0.05 } else { 0.6 };
        let wait = usual.mul_f64(dice.random_range(early..1.2));
        let said = work(&ledger).kill_after(0, wait);
        let now = ledger.children().len() - before;
        assert!(now == 0 || now == 40, "point {point}: {now} of 40 rows");
        assert!(said.is_empty() || now == 40, "point {point}: told, and not there");
        if now == 0 {
            none += 1
        } else {
            all += 1
        }
        if point % 8 == 0 {
            // How long it takes depends on what else the computer does: measured again and again.
            usual = work(&ledger).finish().0;
            let again = ledger.children().len() - before;
            assert!(again == 40 || again == 80, "point {point}: done again, {again} rows");
        }
        std::fs::remove_dir_all(&ledger.folder).unwrap();
    }
    println!("{none} before, {all} after");
}
