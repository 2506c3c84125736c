//! The rules of the house: who may know whom, where things live, how large a file may grow.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use domain::Catalogue;
use serde_json::Value as Json;

/// Who may know whom. The README's map draws the same picture.
const KNOWS: [(&str, &[&str]); 9] = [
    ("domain", &[]),
    ("oplog", &["domain"]),
    ("store", &["domain", "oplog"]),
    ("package", &["domain"]),
    ("press", &["domain"]),
    ("sheets", &["domain"]),
    ("actions", &["domain", "oplog", "store", "package", "press", "sheets"]),
    ("cli", &["actions"]),
    ("baoxue-app", &["actions"]),
];

/// The rooms of `actions`, from the ground up: each knows only rooms below it. The catalogue and the sample township stand
/// on all of them, by the names they have outside.
const FLOORS: [&str; 15] = [
    "failure",
    "desk",
    "rows",
    "trust",
    "attachments",
    "findings",
    "history",
    "numbers",
    "import",
    "transfers",
    "exchange",
    "school",
    "paper",
    "workbooks",
    "keeping",
];
const ROOF: [&str; 3] = ["lib", "catalogue", "sample"];

/// Crates of one room each, whose files know one another in one direction only.
const TREES: [&str; 5] = ["cli", "package", "press", "sheets", "store"];

/// Libraries with one owner.
const OWNED: [(&str, &str); 8] = [
    ("tauri", "baoxue-app"),
    ("rusqlite", "store"),
    ("typst", "press"),
    ("calamine", "sheets"),
    ("rust_xlsxwriter", "sheets"),
    ("age", "package"),
    ("minisign", "package"),
    ("argon2", "package"),
];

/// Lines a file of code may have; tests may have more.
const LINES_MAX: usize = 400;
const TEST_LINES_MAX: usize = 600;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Files that are kept in the project, relative to its root, ending in one of `endings`.
fn files(endings: &[&str]) -> Vec<(String, String)> {
    let listed = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(listed.status.success());
    let names = String::from_utf8(listed.stdout).unwrap();
    names
        .lines()
        .filter(|name| endings.iter().any(|ending| name.ends_with(ending)))
        .filter_map(|name| Some((name.to_owned(), std::fs::read_to_string(root().join(name)).ok()?)))
        .collect()
}

fn ours(name: &str) -> bool {
    !name.contains(".gen.") && !name.contains("/gen/") && !name.contains("fixtures/") && !name.contains("golden/")
}

#[test]
fn crates_know_only_those_below_them() {
    let told = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version", "1", "--offline"])
        .current_dir(root())
        .output()
        .unwrap();
    let metadata: Json = serde_json::from_slice(&told.stdout).unwrap();
    let allowed = BTreeMap::from(KNOWS);
    let owners = BTreeMap::from(OWNED);
    for package in metadata["packages"].as_array().unwrap() {
        let name = package["name"].as_str().unwrap();
        let Some(known) = allowed.get(name) else { continue };
        for dependency in package["dependencies"].as_array().unwrap() {
            let on = dependency["name"].as_str().unwrap();
            if allowed.contains_key(on) {
                assert!(known.contains(&on), "{name} must not know {on}");
            }
            if let Some(owner) = owners.get(on) {
                assert_eq!(owner, &name, "{on} belongs to {owner}");
            }
        }
    }
}

#[test]
fn rooms_of_the_actions_know_only_those_below_them() {
    let mut up = Vec::new();
    for (name, text) in files(&[".rs"]) {
        let Some(place) = name.strip_prefix("src-tauri/crates/actions/src/") else { continue };
        let room = place.split('/').next().unwrap_or_default().trim_end_matches(".rs");
        if ROOF.contains(&room) {
            continue;
        }
        let floor = FLOORS.iter().position(|one| *one == room);
        assert!(floor.is_some(), "{room} stands on no floor");
        for known in text.split("crate::").skip(1) {
            let known: String = known.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            let below = FLOORS.iter().position(|one| *one == known);
            if below.is_none_or(|below| Some(below) > floor) {
                up.push(format!("{name} knows {known}"));
            }
        }
    }
    assert_eq!(up, Vec::<String>::new());
}

#[test]
fn files_of_a_room_do_not_know_each_other_in_rings() {
    for tree in TREES {
        let place = format!("src-tauri/crates/{tree}/src/");
        let kept: BTreeMap<String, String> = files(&[".rs"])
            .into_iter()
            .filter_map(|(name, text)| Some((name.strip_prefix(&place)?.trim_end_matches(".rs").to_owned(), text)))
            .collect();
        let roof = kept.get("lib").or(kept.get("main")).unwrap();
        let mut knows: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for (file, text) in kept.iter().filter(|(file, _)| !["lib", "main"].contains(&file.as_str())) {
            let product = text.split("#[cfg(test)]").next().unwrap_or_default();
            let named = product.split("crate::").skip(1).flat_map(first_names);
            let home = |name: &str| kept.keys().find(|file| *file == name || exports(roof, file, name));
            knows.insert(
                file,
                named.filter_map(|name| home(&name)).map(String::as_str).filter(|one| one != file).collect(),
            );
        }
        // Whoever knows nobody is taken away, until nobody is left: what stays stands in a ring.
        while let Some(file) = knows.iter().find(|(_, known)| known.is_empty()).map(|(file, _)| *file) {
            knows.remove(file);
            for known in knows.values_mut() {
                known.remove(file);
            }
        }
        assert!(knows.is_empty(), "{tree}: {knows:?}");
    }
}

/// What follows `crate::`: one name, or the first of each path between braces.
fn first_names(after: &str) -> Vec<String> {
    let name = |path: &str| path.trim().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    match after.strip_prefix('{').and_then(|rest| rest.split_once("};")) {
        Some((among, _)) => among.split(',').map(name).collect(),
        None => vec![name(after)],
    }
}

/// Whether the roof of a crate hands on a name from a file.
fn exports(roof: &str, file: &str, name: &str) -> bool {
    let among = |rest: &str| {
        let (names, _) = rest.split_once(';').unwrap_or((rest, ""));
        names.split(|c: char| !c.is_alphanumeric() && c != '_').any(|one| one == name)
    };
    roof.split(&format!("use {file}::")).skip(1).any(among)
}

#[test]
fn no_file_grows_past_what_a_reader_holds_in_mind() {
    let long: Vec<String> = files(&[".rs", ".ts", ".vue", ".mjs", ".typ"])
        .into_iter()
        .filter(|(name, _)| ours(name))
        .filter_map(|(name, text)| {
            let most = if name.starts_with("tests/") { TEST_LINES_MAX } else { LINES_MAX };
            let lines = text.lines().count();
            (lines > most).then(|| format!("{name}: {lines} lines, {most} at most"))
        })
        .collect();
    assert_eq!(long, Vec::<String>::new());
}

#[test]
fn every_crate_and_module_says_what_it_is() {
    let silent: Vec<String> = files(&[".rs"])
        .into_iter()
        .filter(|(name, text)| ours(name) && !name.ends_with("build.rs") && !text.starts_with("//!"))
        .map(|(name, _)| name)
        .collect();
    assert_eq!(silent, Vec::<String>::new());
}

#[test]
fn only_the_store_speaks_sql_and_only_one_file_speaks_to_the_shell() {
    for (name, text) in files(&[".rs"]) {
        let product = name.starts_with("src-tauri/") && !name.starts_with("src-tauri/crates/store/");
        let sql = ["SELECT ", "INSERT INTO", "UPDATE \"", "DELETE FROM", "CREATE TABLE"];
        assert!(!(product && sql.iter().any(|word| text.contains(word))), "{name} speaks SQL");
    }
    for (name, text) in files(&[".ts", ".vue"]) {
        let speaks = text.contains("@tauri-apps");
        assert!(!speaks || name == "ui/src/api/call.ts", "{name} speaks to the shell");
    }
}

#[test]
fn definitions_hold_together() {
    let catalogue = Catalogue::from_assets().unwrap();
    for record in catalogue.records() {
        assert!(!record.source.is_empty(), "{} has no source", record.record);
    }
    for form in catalogue.forms() {
        assert!(!form.source.is_empty(), "{} has no source", form.form);
    }
}

/// Tables of `schema.sql` with their columns.
fn tables() -> BTreeMap<String, BTreeSet<String>> {
    let schema = std::fs::read_to_string(root().join("schema.sql")).unwrap();
    let mut tables = BTreeMap::new();
    let mut table = None;
    for line in schema.lines() {
        if let Some(rest) = line.strip_prefix("CREATE TABLE ") {
            table = rest.split_whitespace().next().map(str::to_owned);
        } else if line.starts_with(')') {
            table = None;
        } else if let Some(table) = &table {
            let first = line.split_whitespace().next().unwrap_or_default();
            if first != "PRIMARY" && !first.is_empty() {
                tables.entry(table.clone()).or_insert_with(BTreeSet::new).insert(first.trim_matches('"').to_owned());
            }
        }
    }
    tables
}

#[test]
fn every_record_has_its_table_and_every_column_its_field() {
    let tables = tables();
    for record in Catalogue::from_assets().unwrap().records() {
        let columns = tables.get(&record.record).unwrap_or_else(|| panic!("no table {}", record.record));
        let wanted: BTreeSet<String> =
            record.stored().map(|field| field.key.to_string()).chain(["id".to_owned()]).collect();
        assert_eq!(columns, &wanted, "table {}", record.record);
        if !record.projections.is_empty() {
            let derived = &tables[&format!("{}_now", record.record)];
            let lost: Vec<_> = record.projections.iter().filter(|one| !derived.contains(one.key.as_str())).collect();
            assert!(lost.is_empty(), "{}_now lacks {lost:?}", record.record);
        }
    }
}

#[test]
fn every_column_of_the_schema_is_commented() {
    let schema = std::fs::read_to_string(root().join("schema.sql")).unwrap();
    let bare: Vec<&str> = schema
        .lines()
        .filter(|line| line.starts_with("  ") && !line.trim_start().starts_with("PRIMARY") && !line.contains("--"))
        .collect();
    assert_eq!(bare, Vec::<&str>::new());
}

/// Every key of a table of words, dotted, with the facts its sentence mentions.
fn sentences(json: &Json, at: &str, all: &mut BTreeMap<String, BTreeSet<String>>) {
    match json {
        Json::Object(object) => {
            for (key, value) in object {
                assert!(!key.contains('.'), "{at}: nobody finds “{key}”, a dot leads one table down");
                sentences(value, &format!("{at}.{key}"), all);
            }
        }
        other => {
            let text = other.as_str().unwrap_or_else(|| panic!("{at} is no text"));
            let facts = text.split('{').skip(1).filter_map(|part| Some(part.split_once('}')?.0.to_owned())).collect();
            all.insert(at.to_owned(), facts);
        }
    }
}

#[test]
fn both_languages_say_everything() {
    let read = |language: &str| {
        let mut all = BTreeMap::new();
        for (name, text) in files(&[".json"]) {
            let Some(table) = name.strip_prefix(&format!("assets/words/{language}/")) else { continue };
            sentences(&serde_json::from_str(&text).unwrap(), table, &mut all);
        }
        all
    };
    let (chinese, english) = (read("zh-CN"), read("en"));
    assert!(!chinese.is_empty());
    let keys = |all: &BTreeMap<String, BTreeSet<String>>| all.keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(&chinese), keys(&english));
}

/// Codes that the program makes, as they stand in its source.
fn made(pattern: &str) -> BTreeSet<String> {
    let mut codes = BTreeSet::new();
    for (name, text) in files(&[".rs"]).into_iter().filter(|(name, _)| name.starts_with("src-tauri/crates")) {
        assert!(!name.is_empty());
        for part in text.split(pattern).skip(1) {
            codes.extend(part.split_once('"').map(|(code, _)| code.to_owned()));
        }
    }
    codes
}

#[test]
fn every_failure_says_what_happened_and_what_to_do() {
    for language in ["zh-CN", "en"] {
        let text = std::fs::read_to_string(root().join(format!("assets/words/{language}/errors.json"))).unwrap();
        let told: Json = serde_json::from_str(&text).unwrap();
        for code in made("Failure::new(\"").into_iter().chain(made("Self::new(\"")) {
            let known = told.get(&code).is_some_and(|one| one["what"].is_string() && one["do"].is_string());
            assert!(known, "{language}/errors.json lacks {code}");
        }
    }
}

#[test]
fn every_rule_has_its_sentence() {
    let text = std::fs::read_to_string(root().join("assets/words/zh-CN/rules.json")).unwrap();
    let told: Json = serde_json::from_str(&text).unwrap();
    let rules = files(&[".rs"])
        .into_iter()
        .filter(|(name, _)| name.starts_with("src-tauri/crates"))
        .flat_map(|(_, text)| {
            let mut found = Vec::new();
            for part in text.split("Problem::block(").skip(1).chain(text.split("Problem::new(").skip(1)) {
                let Some((head, _)) = part.split_once(')') else { continue };
                let rule = head.split(',').nth(1).unwrap_or_default().trim();
                found.extend(rule.strip_prefix('"').and_then(|rule| rule.strip_suffix('"')).map(str::to_owned));
            }
            found
        })
        .collect::<BTreeSet<_>>();
    assert!(rules.len() > 5, "rules are found in the source");
    for rule in rules {
        assert!(told.get(&rule).is_some(), "rules.json lacks {rule}");
    }
}

/// Where rules live that read certain records: the law or the notice names them.
const RULES: [&str; 4] = ["domain/src/lives", "domain/src/review", "domain/src/report", "actions/src/findings"];

/// Rooms that know any record and no one of them, but for the child, the school, who writes, and what they keep themselves.
const ANY_RECORD: [&str; 15] = [
    "store/src",
    "press/src",
    "sheets/src",
    "package/src",
    "oplog/src",
    "actions/src/import",
    "actions/src/rows.rs",
    "actions/src/rows/saving.rs",
    "actions/src/rows/draft.rs",
    "actions/src/rows/trail.rs",
    "actions/src/paper.rs",
    "actions/src/paper/job.rs",
    "actions/src/paper/values.rs",
    "actions/src/workbooks/lists.rs",
    "actions/src/workbooks/workbook.rs",
];
const THEIRS: [&str; 4] = ["student", "organisation", "staff", "import_note"];

/// What a program runs: without comments and without its own tests.
fn running(text: &str) -> String {
    let text = text.split("#[cfg(test)]").next().unwrap_or_default();
    text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// Whether a line takes a branch on a name: `"pairing" =>`, `"pairing" | "letter" if … =>`, `record.record == "pairing"`.
fn branches_on(line: &str, name: &str) -> bool {
    let compared = ["record ==", "record !=", "form ==", "form !="].map(|asked| format!("{asked} \"{name}\""));
    if compared.iter().any(|asked| line.contains(asked)) {
        return true;
    }
    let Some((_, after)) = line.split_once(&format!("\"{name}\"")) else { return false };
    let pattern = after.split("=>").next().unwrap_or_default();
    after.contains("=>") && pattern.chars().all(|c| c.is_alphanumeric() || "_\"|&. ()=!".contains(c))
}

#[test]
fn no_code_is_written_for_one_record() {
    let records: Vec<&str> = Catalogue::built_in().records().map(|record| record.record.as_str()).collect();
    let mut found = Vec::new();
    for (name, text) in files(&[".rs"]).into_iter().filter(|(name, _)| name.starts_with("src-tauri/") && ours(name)) {
        let text = running(&text);
        let is_rule = RULES.iter().any(|room| name.contains(room));
        for line in text.lines().filter(|_| !is_rule) {
            let others = records.iter().filter(|record| !THEIRS.contains(record));
            found.extend(others.filter(|record| branches_on(line, record)).map(|_| format!("{name}: {line}")));
        }
        if ANY_RECORD.iter().any(|room| name.contains(room)) {
            let named =
                records.iter().filter(|record| !THEIRS.contains(record) && text.contains(&format!("\"{record}\"")));
            found.extend(named.map(|record| format!("{name} knows {record}")));
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}
