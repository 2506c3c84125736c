//! What a settings file changes, in words: compared with the file of the same organisation before it.

use domain::overlay::{Document, NewCode, NewField, Overlay};
use domain::settings::Setting;
use domain::words::{self, Facts};

use crate::desk::Desk;

/// Sentences in the order of the file; what it no longer says comes last.
pub(crate) fn changes(desk: &Desk, before: &[Overlay], overlay: &Overlay) -> Vec<String> {
    let earlier = before.iter().filter(|one| one.by == overlay.by && one.number < overlay.number);
    let none = Document::default();
    let before = earlier.max_by_key(|one| one.number).map_or(&none, |one| &one.document);
    let teller = Teller { desk };
    let mut said = teller.fresh(before, &overlay.document);
    said.extend(teller.gone(before, &overlay.document));
    said
}

struct Teller<'d> {
    desk: &'d Desk,
}

impl Teller<'_> {
    fn fresh(&self, before: &Document, now: &Document) -> Vec<String> {
        let mut said = Vec::new();
        for list in &now.lists {
            let held = before.lists.iter().find(|one| one.list == list.list);
            for code in list.codes.iter().filter(|code| held.is_none_or(|held| !held.codes.contains(code))) {
                let key = if code.withdrawn { "code_withdrawn" } else { "code_added" };
                said.push(self.say(key, &[("list", &list.label.zh), ("code", &code.label.zh)]));
            }
        }
        for new in now.codes.iter().filter(|new| !before.codes.contains(new)) {
            said.push(self.code(new, new.withdrawn));
        }
        for new in now.added.iter().filter(|new| !before.added.contains(new)) {
            let held = before.added.iter().any(|one| (&one.record, &one.name) == (&new.record, &new.name));
            said.push(self.field(if held { "field_changed" } else { "field_added" }, new));
        }
        for change in now.changed.iter().filter(|change| !before.changed.contains(change)) {
            let (record, field) = (self.record(&change.record), self.label(&change.record, &change.field));
            let facts = [("record", record.as_str()), ("field", &field)];
            if let Some(label) = &change.label {
                said.push(self.say("field_renamed", &[facts[0], facts[1], ("label", &label.zh)]));
            }
            if change.hide {
                said.push(self.say("field_hidden", &facts));
            }
            if let Some(after) = &change.after {
                let after = self.label(&change.record, after);
                said.push(self.say("field_moved", &[facts[0], facts[1], ("after", &after)]));
            }
        }
        for one in now.settings.iter().filter(|one| !before.settings.contains(one)) {
            let label = self.setting(&one.key);
            let key = if one.locked { "setting_locked" } else { "setting_chosen" };
            said.push(self.say(key, &[("label", &label), ("value", &one.value)]));
        }
        said
    }

    fn gone(&self, before: &Document, now: &Document) -> Vec<String> {
        let mut said = Vec::new();
        for old in &before.added {
            if now.added.iter().all(|one| (&one.record, &one.name) != (&old.record, &old.name)) {
                said.push(self.field("field_withdrawn", old));
            }
        }
        for old in before.codes.iter().filter(|old| !old.withdrawn) {
            if now.codes.iter().all(|one| (&one.list, &one.code) != (&old.list, &old.code)) {
                said.push(self.code(old, true));
            }
        }
        for old in &before.changed {
            if now.changed.iter().all(|one| (&one.record, &one.field) != (&old.record, &old.field)) {
                let (record, field) = (self.record(&old.record), self.shipped(&old.record, &old.field));
                said.push(self.say("field_as_before", &[("record", &record), ("field", &field)]));
            }
        }
        for old in &before.settings {
            if now.settings.iter().all(|one| one.key != old.key) {
                said.push(self.say("setting_free", &[("label", &self.setting(&old.key))]));
            }
        }
        said
    }

    fn field(&self, key: &str, new: &NewField) -> String {
        self.say(key, &[("record", &self.record(&new.record)), ("field", &new.label.zh)])
    }

    fn code(&self, new: &NewCode, withdrawn: bool) -> String {
        let shipped = &self.desk.definitions().catalogue;
        let list =
            shipped.codes(&new.list).map_or(new.list.as_str(), |list| list.title.in_language(self.desk.language()));
        let own = shipped.codes(&new.list).and_then(|list| list.get(&new.code)).map(|code| code.zh.clone());
        let code = own.unwrap_or_else(|| new.label.zh.clone());
        self.say(if withdrawn { "code_withdrawn" } else { "code_added" }, &[("list", list), ("code", &code)])
    }

    fn record(&self, name: &str) -> String {
        let record = self.desk.catalogue().record(name);
        record.map_or(name, |record| record.title.in_language(self.desk.language())).to_owned()
    }

    /// What a field is called now.
    fn label(&self, record: &str, key: &str) -> String {
        let field = self.desk.catalogue().record(record).and_then(|record| record.field(key));
        field.map_or(key, |field| field.label.in_language(self.desk.language())).to_owned()
    }

    /// What a field is called when nobody above says otherwise.
    fn shipped(&self, record: &str, key: &str) -> String {
        let field = self.desk.definitions().catalogue.record(record).and_then(|record| record.field(key));
        field.map_or(key, |field| field.label.in_language(self.desk.language())).to_owned()
    }

    fn setting(&self, key: &str) -> String {
        let setting = key.parse().ok().and_then(Setting::of);
        setting.map_or(key, |setting| setting.label.in_language(self.desk.language())).to_owned()
    }

    fn say(&self, key: &str, facts: &[(&str, &str)]) -> String {
        let facts: Facts = facts.iter().map(|(name, fact)| ((*name).to_owned(), (*fact).to_owned())).collect();
        words::say(self.desk.language(), "county", &format!("says.{key}"), &facts)
    }
}
