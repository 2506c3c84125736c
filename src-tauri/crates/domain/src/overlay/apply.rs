//! Files laid over the definitions. What does not apply (an older program, a garbled file) is passed over.

use std::collections::{BTreeMap, BTreeSet};

use super::{Change, Document, NewField, Overlay, added_name, is_name, key_of};
use crate::codes::{Code, CodeList};
use crate::definition::Group;
use crate::form::{Cell, Column, Form, Layout, Reader, Section};
use crate::label::Label;
use crate::path::{Leaf, Path};
use crate::words::{self, Facts, Language};
use crate::{Catalogue, Field, Id, Record, Severity};

/// Width of an added column on paper, mm.
const WIDTH_MM: u32 = 20;

/// The heading that added fields stand under, in a record with headings.
const GROUP: &str = "added";

impl Catalogue {
    /// These definitions with files laid over them: of each organisation all its files, oldest first; the county's last.
    #[must_use]
    pub fn overlaid(&self, overlays: &[Overlay]) -> Self {
        let mut by_organisation: BTreeMap<_, Vec<&Overlay>> = BTreeMap::new();
        for overlay in overlays {
            by_organisation.entry((overlay.level, overlay.by)).or_default().push(overlay);
        }
        let mut all = self.clone();
        for files in by_organisation.values_mut() {
            files.sort_by_key(|file| file.number);
            let Some(newest) = files.last().copied() else { continue };
            for file in files.iter() {
                all.add_lists(file.by, &file.document, &newest.document);
                all.add_fields(file.by, &file.document, &newest.document);
            }
            all.change_fields(&newest.document);
        }
        all.drop_hidden();
        all
    }

    fn add_lists(&mut self, by: Id, file: &Document, newest: &Document) {
        for new in file.lists.iter().filter(|list| is_name(&list.list)) {
            let key = key_of(by, &new.list);
            let title = new.label.to_label();
            let mut list = self.codes(&key).cloned().unwrap_or_else(|| CodeList::empty(&key, title));
            let offered = newest.lists.iter().find(|list| list.list == new.list);
            for code in &new.codes {
                let still = offered.and_then(|list| list.codes.iter().find(|one| one.code == code.code));
                list.put(entry(&code.code, code.label.to_label(), still.is_none_or(|one| one.withdrawn)));
            }
            self.put_list(list);
        }
        for new in &file.codes {
            let Some(mut list) = self.codes(&new.list).filter(|list| list.open).cloned() else { continue };
            let still = newest.codes.iter().find(|one| (&one.list, &one.code) == (&new.list, &new.code));
            let withdrawn = still.is_none_or(|one| one.withdrawn);
            match list.get(&new.code).cloned() {
                // A code that ships comes back when no file withdraws it any more.
                Some(code) => list.put(Code { retired: code.retired || (withdrawn && still.is_some()), ..code }),
                None => list.put(entry(&key_of(by, &new.code), new.label.to_label(), withdrawn)),
            }
            self.put_list(list);
        }
    }

    fn add_fields(&mut self, by: Id, file: &Document, newest: &Document) {
        for new in file.added.iter().filter(|new| is_name(&new.name)) {
            let Some(field) = self.added(by, new) else { continue };
            let is_asked = newest.added.iter().any(|one| (&one.record, &one.name) == (&new.record, &new.name));
            let field = match is_asked {
                true => field,
                false => Field { hidden: true, required: None, ..field },
            };
            let Some(record) = self.record_mut(&new.record) else { continue };
            match record.fields.iter_mut().find(|one| one.key == field.key) {
                // A field never changes its type: what was written under it would no longer be readable.
                Some(held) if held.kind == field.kind => *held = field.clone(),
                Some(_) => continue,
                None => record.fields.push(field.clone()),
            }
            record.stand_under_added();
            if let Some(after) = new.after.as_deref().map(|after| record.key_in(by, after)) {
                record.move_behind(&field.key, &after);
            }
            if is_asked {
                self.show_on_forms(new, &field);
            }
        }
    }

    fn added(&self, by: Id, new: &NewField) -> Option<Field> {
        let record = self.record(&new.record)?;
        let list = new.codes.as_deref().map(|list| self.list_key(by, list));
        let list = match list {
            Some(list) => Some(list.filter(|list| self.codes(list).is_some())?),
            None => None,
        };
        let required = match new.required.as_deref() {
            Some("warning") => Some(Severity::Warning),
            Some("error") => Some(Severity::Error),
            _ => None,
        };
        let kind = new.kind()?;
        ((kind == crate::FieldType::Code) == list.is_some()).then_some(())?;
        Some(Field {
            repeats: false,
            key: key_of(by, &new.name).into(),
            label: new.label.to_label(),
            kind,
            codes: list,
            codes_when: BTreeMap::new(),
            to: None,
            required,
            max_chars: new.max_chars,
            range: new.range,
            aliases: new.aliases.clone(),
            item: None,
            sensitive: new.sensitive || record.restricted,
            default: None,
            suggest: None,
            group: (!record.groups.is_empty()).then(|| GROUP.to_owned()),
            width_mm: Some(new.width_mm.unwrap_or(WIDTH_MM)),
            search: None,
            hint: (!new.hint.zh.is_empty()).then(|| new.hint.to_label()),
            kept: false,
            projected: false,
            added: true,
            hidden: false,
        })
    }

    /// The key of a list that a file names: its own before one that ships.
    pub(super) fn list_key(&self, by: Id, list: &str) -> Option<String> {
        let own = key_of(by, list);
        if self.codes(&own).is_some() { Some(own) } else { self.codes(list).map(|found| found.list.clone()) }
    }

    /// An added field is the last column of its record's tables, and stands in a part of its own on sheets.
    fn show_on_forms(&mut self, new: &NewField, field: &Field) {
        // What a family signs shows nothing that was not meant for it, and nothing restricted at all (decisions D32).
        let list = field.codes.as_deref().and_then(|list| self.codes(list));
        let restricted = list.is_some_and(|list| list.codes.iter().any(|code| code.restricted));
        let shows = |form: &Form| {
            let (named, family) = (new.forms.contains(&form.form), form.reader == Reader::Family);
            form.record == new.record && (named || (new.forms.is_empty() && !family)) && !(family && restricted)
        };
        let path = Path { through: vec![], leaf: Leaf::Field(field.key.to_string()) };
        for form in self.forms_mut().filter(|form| shows(form)) {
            if form.columns.iter().all(|column| column.path != path) {
                form.columns.push(Column {
                    path: path.clone(),
                    head: None,
                    band: None,
                    width_mm: field.width_mm,
                    only: None,
                    keep: false,
                });
            }
            if form.layout == Layout::Sheet {
                add_cell(form, &path);
            }
        }
    }

    fn change_fields(&mut self, newest: &Document) {
        for change in &newest.changed {
            let Some(record) = self.record_mut(&change.record) else { continue };
            let Some(field) = record.fields.iter_mut().find(|field| field.key == change.field) else { continue };
            if let Some(label) = change.label.as_ref().filter(|label| !label.zh.is_empty()) {
                let before = std::mem::replace(&mut field.label, label.to_label());
                // Workbooks written before the renaming are still understood.
                field.aliases.push(before.zh);
            }
            field.hidden |= change.hide && field.required.is_none();
            if let Some(after) = &change.after {
                record.move_behind(&change.field, after);
            }
            self.change_on_forms(change);
        }
    }

    fn change_on_forms(&mut self, change: &Change) {
        let own = |path: &Path| path.own_field() == Some(&change.field);
        for form in self.forms_mut().filter(|form| form.record == change.record) {
            if change.label.is_some() {
                form.columns.iter_mut().filter(|column| own(&column.path)).for_each(|column| column.head = None);
                let cells = form.sections.iter_mut().flat_map(|section| &mut section.cells);
                cells.filter(|cell| own(&cell.path)).for_each(|cell| cell.head = None);
            }
            let place = |key: &str| form.columns.iter().position(|column| column.path.own_field() == Some(key));
            let Some(from) = change.after.as_deref().and(place(&change.field)) else { continue };
            let Some(behind) = change.after.as_deref().and_then(place).filter(|behind| *behind != from) else {
                continue;
            };
            let column = form.columns.remove(from);
            form.columns.insert(if behind < from { behind + 1 } else { behind }, column);
        }
    }

    /// Takes the columns and places of hidden fields off every form.
    fn drop_hidden(&mut self) {
        let hidden: BTreeSet<(String, String)> = self
            .records()
            .flat_map(|record| record.fields.iter().map(move |field| (record, field)))
            .filter(|(_, field)| field.hidden)
            .map(|(record, field)| (record.record.clone(), field.key.to_string()))
            .collect();
        if hidden.is_empty() {
            return;
        }
        let before = self.clone();
        let shows = |record: &str, path: &Path| {
            let reached = path.record_reached(&before, record).unwrap_or_default();
            let (record, key) = match &path.leaf {
                Leaf::Field(key) => (reached, key),
                Leaf::Child { record, field, .. }
                | Leaf::Where { record, field, .. }
                | Leaf::Last { record, field } => (record.clone(), field),
                _ => return true,
            };
            !hidden.contains(&(record, key.clone()))
        };
        for form in self.forms_mut() {
            let record = form.record.clone();
            form.columns.retain(|column| shows(&record, &column.path));
            for section in &mut form.sections {
                section.cells.retain(|cell| shows(&record, &cell.path));
                if let Some(table) = &mut section.rows {
                    table.columns.retain(|column| shows(&table.record, &column.path));
                }
            }
        }
    }
}

impl Record {
    /// The key of a field that a file names: its own before one that ships.
    pub(super) fn key_in(&self, by: Id, name: &str) -> String {
        let own = key_of(by, name);
        if self.field(&own).is_some() { own } else { name.to_owned() }
    }

    /// Gives the record a heading for added fields, if it has headings.
    fn stand_under_added(&mut self) {
        if !self.groups.is_empty() && self.groups.iter().all(|group| group.key != GROUP) {
            self.groups.push(Group { key: GROUP.to_owned(), label: heading(), folded: false });
        }
    }

    /// Puts a field behind another one, under the same heading.
    fn move_behind(&mut self, key: &str, after: &str) {
        let Some(group) = self.field(after).map(|field| field.group.clone()).filter(|_| key != after) else { return };
        if self.shown.is_empty() {
            self.shown = self.fields.iter().map(|field| field.key.clone()).collect();
        }
        self.shown.retain(|one| one != key);
        let at = self.shown.iter().position(|one| one == after).map_or(self.shown.len(), |at| at + 1);
        self.shown.insert(at, key.into());
        self.fields.iter_mut().filter(|field| field.key == key).for_each(|field| field.group.clone_from(&group));
    }
}

fn entry(code: &str, label: Label, retired: bool) -> Code {
    Code {
        code: code.to_owned(),
        zh: label.zh,
        en: label.en,
        aliases: vec![],
        retired,
        group: None,
        restricted: false,
        paper: None,
    }
}

fn heading() -> Label {
    let word = |language| words::say(language, "county", "group", &Facts::new());
    Label { zh: word(Language::Zh), en: word(Language::En) }
}

/// A cell in the part of a sheet where added fields stand.
fn add_cell(form: &mut Form, path: &Path) {
    let is_added = |cell: &Cell| cell.path.own_field().is_some_and(|key| added_name(key).is_some());
    let cell = Cell { path: path.clone(), head: None, span: 1, lines: 1, ticks: false };
    match form.sections.iter_mut().find(|section| section.cells.iter().any(is_added)) {
        Some(section) if section.cells.iter().any(|one| one.path == cell.path) => {}
        Some(section) => section.cells.push(cell),
        None => form.sections.push(Section { title: heading(), cells: vec![cell], rows: None }),
    }
}
