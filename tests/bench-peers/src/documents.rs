//! Engines that merge documents: one document a school, children in it by number, fields in them by name. Each is used as
//! its manual asks: a new identity whenever a file is opened, one transaction a saved form. The center loads a school's
//! document from its file, takes the package in, and writes the file again; neither ciphers nor signs anything.

use std::collections::HashMap;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::files::{FIELDS, Form, files, forms};
use crate::outcome::{Outcome, Peak};
use crate::trials::{Engine, survives};

/// Compression of packages, the same for every contender.
const LEVEL: i32 = 9;

/// A document of a school's children.
pub trait Document: Engine {
    /// Begins it.
    fn begin(&self, children: &[Vec<(String, String)>]) -> Self::Site;
    /// The file of it.
    fn save(&self, site: &mut Self::Site) -> Vec<u8>;
    /// Opens a file, under a new identity.
    fn load(&self, bytes: &[u8]) -> Self::Site;
    /// Saves a form.
    fn form(&self, site: &mut Self::Site, form: &Form);
    /// Values in its history, those it began with included; none when it keeps no history.
    fn remembers(&self, site: &mut Self::Site) -> Option<usize>;
}

/// Children of a story without anything known of them.
pub fn nameless(children: usize) -> Vec<Vec<(String, String)>> {
    (0..children).map(|child| vec![("name".to_owned(), format!("孩子{child}"))]).collect()
}

/// Merges every school's package into the center's documents.
pub fn run<D: Document>(engine: &D, folder: &Path) -> Outcome {
    let home = tempfile::TempDir::new().expect("a folder");
    let path = |school: usize, kind: &str| home.path().join(format!("{school}.{kind}"));
    let write = |school: usize, kind: &str, bytes: &[u8]| std::fs::write(path(school, kind), bytes).expect("a file");
    let schools = files(folder, "forms.csv").len();
    let (mut before, mut packed, mut operations) = (0usize, 0usize, 0usize);
    for school in 0..schools {
        let (known, said, meanwhile) = told(folder, school);
        let mut site = engine.begin(&known);
        let file = engine.save(&mut site);
        let mut center = engine.load(&file);
        meanwhile.iter().for_each(|form| engine.form(&mut center, form));
        let held = engine.save(&mut center);
        let mut site = engine.load(&file);
        said.iter().for_each(|form| engine.form(&mut site, form));
        let package = zstd::bulk::compress(&engine.pack(&mut site), LEVEL).expect("compressed");
        operations += said.iter().map(|form| form.fields.len()).sum::<usize>();
        (before, packed) = (before + held.len(), packed + package.len());
        write(school, "doc", &held);
        write(school, "package", &package);
    }
    let peak = Peak::begin();
    let (mut took, mut again, mut after) = (Duration::ZERO, Duration::ZERO, 0usize);
    for school in 0..schools {
        took += merge(engine, &path(school, "doc"), &path(school, "package"));
    }
    let peak_mb = peak.end();
    for school in 0..schools {
        again += merge(engine, &path(school, "doc"), &path(school, "package"));
    }
    let (mut lost, mut conflicts) = (0usize, 0usize);
    for school in 0..schools {
        let bytes = std::fs::read(path(school, "doc")).expect("a document");
        after += bytes.len();
        let mut center = engine.load(&bytes);
        lost += gone(engine, &mut center, folder, school);
        conflicts += engine.conflicts(&center);
    }
    let each = |bytes: usize| bytes as f64 / operations as f64;
    let (disk, wire) = (each(after) - each(before), each(packed));
    Outcome { took, peak_mb, disk, lost, conflicts, again, wire, survives: survives(engine) }
}

fn merge<D: Document>(engine: &D, file: &Path, package: &Path) -> Duration {
    let start = Instant::now();
    let mut center = engine.load(&std::fs::read(file).expect("a document"));
    let package = zstd::stream::decode_all(std::fs::read(package).expect("a package").as_slice()).expect("unpacked");
    assert!(engine.take(&mut center, &package), "a package is taken in");
    std::fs::write(file, engine.save(&mut center)).expect("a document");
    start.elapsed()
}

/// What stood before, what the school wrote, and what the center wrote meanwhile.
type Told = (Vec<Vec<(String, String)>>, Vec<Form>, Vec<Form>);

fn told(folder: &Path, school: usize) -> Told {
    let file = |kind: &str| files(folder, kind)[school].clone();
    (children(&file("children.csv")), forms(&file("forms.csv")), forms(&file("meanwhile.csv")))
}

/// Values that somebody wrote and nobody can read any more.
fn gone<D: Document>(engine: &D, center: &mut D::Site, folder: &Path, school: usize) -> usize {
    let (known, said, meanwhile) = told(folder, school);
    let Some(remembered) = engine.remembers(center) else {
        return overwritten(&said, &meanwhile, |child, field| engine.shown(center, child, field));
    };
    // What says the same again adds nothing to a history.
    let began: usize = known.iter().map(Vec::len).sum();
    let news = news(&known, &said) + news(&known, &meanwhile);
    (began + news).saturating_sub(remembered)
}

/// Values that are not shown any more where nothing else is kept.
pub fn overwritten(said: &[Form], meanwhile: &[Form], shown: impl Fn(usize, usize) -> Option<String>) -> usize {
    let stands = |child: usize, (field, text): &&(usize, String)| shown(child, *field).as_ref() == Some(text);
    let all = said.iter().chain(meanwhile);
    all.map(|form| form.fields.iter().filter(|field| !stands(form.child, field)).count()).sum()
}

fn news(known: &[Vec<(String, String)>], said: &[Form]) -> usize {
    let keyed = |(child, fields): (usize, &Vec<(String, String)>)| {
        fields.iter().map(move |(key, text)| ((child, key.clone()), text.clone())).collect::<Vec<_>>()
    };
    let mut stands: HashMap<(usize, String), String> = known.iter().enumerate().flat_map(keyed).collect();
    let mut news = 0;
    for form in said {
        for (field, text) in &form.fields {
            let before = stands.insert((form.child, FIELDS[*field].to_owned()), text.clone());
            news += usize::from(before.as_ref() != Some(text));
        }
    }
    news
}

/// The children of a school before anything was written, each with the fields that are known: child, field, value.
pub fn children(file: &Path) -> Vec<Vec<(String, String)>> {
    let text = std::fs::read_to_string(file).expect("a file");
    let mut children: Vec<Vec<(String, String)>> = Vec::new();
    for line in text.lines() {
        let parts: Vec<&str> = line.splitn(3, ',').collect();
        let child: usize = parts[0].parse().expect("a number");
        children.resize(children.len().max(child + 1), vec![]);
        children[child].push((parts[1].to_owned(), parts[2].to_owned()));
    }
    children
}
