//! Whether a file may be taken: everything wrong with it at once, in words for who wrote it.

use std::collections::BTreeSet;

use super::{Document, KINDS, Name, NewField, Overlay, added_name, is_name, key_of};
use crate::check::Rule;
use crate::machine::Machine;
use crate::settings::{Level, Setting};
use crate::{Catalogue, Field, FieldType, Id, Problem, Record, Text};

/// Where a file is held up to.
#[derive(Debug, Clone, Copy)]
pub struct Held<'h> {
    /// The definitions that ship.
    pub catalogue: &'h Catalogue,
    /// The files taken in before.
    pub files: &'h [Overlay],
    /// The organisation whose file it is.
    pub by: Id,
    /// Its level.
    pub level: Level,
}

impl Document {
    /// Everything wrong with the file, in its own order; each problem's field is `record.name`, a list or a key.
    pub fn problems(&self, held: Held<'_>) -> Vec<Problem> {
        let mut found = Vec::new();
        if self.title.trim().is_empty() {
            found.push(Problem::block("title", "required"));
        }
        self.lists(held, &mut found);
        self.codes(held, &mut found);
        let before = held.catalogue.overlaid(held.files);
        let mut names = BTreeSet::new();
        for new in &self.added {
            let at = format!("{}.{}", new.record, new.name);
            if !names.insert((&new.record, &new.name)) {
                found.push(Problem::block(&at, "county_twice").with("name", &new.name));
            }
        }
        for new in &self.added {
            new.problems(self, (held, &before), &mut found);
        }
        for change in &self.changed {
            let at = format!("{}.{}", change.record, change.field);
            let Some(record) = held.catalogue.record(&change.record) else {
                found.push(no_record(&at, &change.record));
                continue;
            };
            let Some(field) = record.field(&change.field) else {
                found.push(Problem::block(&at, "county_no_field").with("field", &change.field));
                continue;
            };
            if change.label.as_ref().is_some_and(|label| label.zh.trim().is_empty()) {
                found.push(Problem::block(&at, "county_no_chinese"));
            }
            if change.hide && held.catalogue.needs(record, field) {
                found.push(Problem::block(&at, "county_needed").with("label", &field.label.zh));
            }
            found.extend(lost_place(record, self, (&at, change.after.as_deref())));
        }
        self.settings(held.level, &mut found);
        found
    }

    fn lists(&self, held: Held<'_>, found: &mut Vec<Problem>) {
        for list in &self.lists {
            found.extend(bad_name(&list.list, &list.list));
            found.extend(no_chinese(&list.list, &list.label));
            let mut spelled = BTreeSet::new();
            for code in &list.codes {
                let at = format!("{}.{}", list.list, code.code);
                found.extend(bad_name(&at, &code.code));
                found.extend(no_chinese(&at, &code.label));
                if !spelled.insert(&code.label.zh) {
                    found.push(Problem::block(&at, "county_taken").with("name", &code.label.zh));
                }
            }
            if self.lists.iter().filter(|other| other.list == list.list).count() > 1
                || held.catalogue.codes(&list.list).is_some()
            {
                found.push(Problem::block(&list.list, "county_twice").with("name", &list.list));
            }
        }
    }

    fn codes(&self, held: Held<'_>, found: &mut Vec<Problem>) {
        for new in &self.codes {
            let at = format!("{}.{}", new.list, new.code);
            let Some(list) = held.catalogue.codes(&new.list) else {
                found.push(Problem::block(&at, "county_no_list").with("list", &new.list));
                continue;
            };
            if !list.open {
                found.push(Problem::block(&at, "county_closed_list").with("list", &list.title.zh));
            } else if list.get(&new.code).is_some() {
                if !new.withdrawn {
                    found.push(Problem::block(&at, "county_taken").with("name", &new.code));
                }
            } else {
                found.extend(bad_name(&at, &new.code));
                found.extend(no_chinese(&at, &new.label));
                if list.find(&new.label.zh).is_some() {
                    found.push(Problem::block(&at, "county_taken").with("name", &new.label.zh));
                }
            }
        }
    }

    fn settings(&self, level: Level, found: &mut Vec<Problem>) {
        for threshold in &self.settings {
            let Some(setting) = threshold.key.parse().ok().and_then(Setting::of) else {
                found.push(Problem::block(&threshold.key, "no_such_setting").with("typed", &threshold.key));
                continue;
            };
            let read = setting.read(&threshold.value);
            found.extend(read.err().map(|problem| Problem { field: threshold.key.clone(), ..problem }));
            if threshold.locked && !setting.locks.contains(&level) {
                found.push(Problem::block(&threshold.key, "county_not_lockable").with("label", &setting.label.zh));
            }
        }
    }
}

impl NewField {
    fn problems(&self, document: &Document, (held, before): (Held<'_>, &Catalogue), found: &mut Vec<Problem>) {
        let at = format!("{}.{}", self.record, self.name);
        let Some(record) = held.catalogue.record(&self.record) else {
            found.push(no_record(&at, &self.record));
            return;
        };
        found.extend(bad_name(&at, &self.name));
        found.extend(no_chinese(&at, &self.label));
        let kind = self.kind();
        if kind.is_none() {
            let known = KINDS.map(|(name, _)| name).join("、");
            found.push(Problem::block(&at, "county_unknown_type").with("typed", &self.kind).with("known", known));
        }
        let list = self.codes.as_deref();
        let has_list = list.is_some_and(|list| {
            document.lists.iter().any(|one| one.list == list) || held.catalogue.codes(list).is_some()
        });
        if kind == Some(FieldType::Code) && !has_list {
            found.push(Problem::block(&at, "county_no_list").with("list", list.unwrap_or_default()));
        }
        if self.required.as_deref().is_some_and(|weight| !matches!(weight, "warning" | "error")) {
            found.push(Problem::block(&at, "county_weight"));
        }
        let is_label = |field: &&Field| {
            field.label.zh == self.label.zh && field.key != key_of(held.by, &self.name) && !field.hidden
        };
        let renamed = |field: &Field| {
            let change = |one: &&super::Change| one.record == self.record && one.field == field.key;
            document.changed.iter().find(change).is_some_and(|one| one.label.is_some() || one.hide)
        };
        let taken = record.fields.iter().find(is_label).is_some_and(|field| !renamed(field));
        let twin = document.added.iter().filter(|one| one.record == self.record && one.label.zh == self.label.zh);
        if !self.label.zh.is_empty() && (taken || twin.count() > 1) {
            found.push(Problem::block(&at, "county_taken").with("name", &self.label.zh));
        }
        for form in &self.forms {
            if held.catalogue.form(form).is_none_or(|form| form.record != self.record) {
                found.push(Problem::block(&at, "county_no_form").with("form", form));
            }
        }
        let earlier = before.record(&self.record).and_then(|one| one.field(&key_of(held.by, &self.name)));
        if earlier.zip(kind).is_some_and(|(earlier, kind)| earlier.kind != kind) {
            found.push(Problem::block(&at, "county_kind_moved").with("label", &self.label.zh));
        }
        found.extend(lost_place(record, document, (&at, self.after.as_deref())));
    }
}

impl Catalogue {
    /// Whether rows cannot do without a field: it must be filled, tells which row it is, or rules and forms read it.
    fn needs(&self, record: &Record, field: &Field) -> bool {
        let key = field.key.as_str();
        let mut named =
            record.names.iter().chain(&record.order).map(String::as_str).chain(record.key.iter().map(Text::as_str));
        let run = record.rules.iter().filter_map(|rule| match rule {
            Rule::Moves { machine, .. } => self.machine(machine),
            _ => None,
        });
        let ruled = record.rules.iter().flat_map(Rule::fields).chain(run.flat_map(Machine::fields));
        let ruled = ruled.into_iter().any(|one| one == key);
        let projects = |projection: &crate::definition::Projection| {
            projection.record == record.record && (projection.field == key || projection.only.contains_key(key))
        };
        field.required.is_some()
            || field.search.is_some()
            || named.any(|one| one.trim_start_matches('-') == key)
            || record.lists_under().any(|one| one == key)
            || ruled
            || record.fields.iter().any(|other| other.codes_when.contains_key(key))
            || self.records().any(|other| other.projections.iter().any(projects))
            || self.forms().any(|form| form.record == record.record && form.reads(key))
    }
}

/// A field behind which something is to stand, that is not there.
fn lost_place(record: &Record, document: &Document, (at, after): (&str, Option<&str>)) -> Option<Problem> {
    let after = after?;
    let added = document.added.iter().any(|one| one.record == record.record && one.name == after);
    let missing = !added && record.field(after).is_none();
    missing.then(|| Problem::block(at, "county_no_field").with("field", added_name(after).unwrap_or(after)))
}

fn no_record(at: &str, record: &str) -> Problem {
    Problem::block(at, "county_no_record").with("record", record)
}

fn bad_name(at: &str, name: &str) -> Option<Problem> {
    (!is_name(name)).then(|| Problem::block(at, "county_name").with("name", name))
}

fn no_chinese(at: &str, label: &Name) -> Option<Problem> {
    let is_chinese = label.zh.chars().any(|c| matches!(c, '\u{4e00}'..='\u{9fff}'));
    (!is_chinese).then(|| Problem::block(at, "county_no_chinese"))
}
