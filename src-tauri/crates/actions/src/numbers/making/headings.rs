//! What people call a report and its lines.

use std::collections::BTreeMap;

use chrono::Datelike;
use domain::label::Label;
use domain::rates::Stage;
use domain::report::LineKey;
use domain::words::{self, Facts, Language};
use domain::{Id, date, grade};

use crate::failure::Done;
use crate::numbers::making::Making;
use crate::rows::names::name_of;

impl Making<'_> {
    pub(crate) fn school_names(&self) -> Done<BTreeMap<Id, String>> {
        let organisation = self.desk.record("organisation")?;
        let name =
            |id: &Id| Ok((*id, name_of(self.desk.catalogue(), self.view, organisation, *id, self.desk.today())?));
        self.schools.iter().map(name).collect()
    }

    /// What people call a line: its narrowest part, after its school.
    pub(crate) fn line_head(&self, key: &LineKey, schools: &BTreeMap<Id, String>) -> String {
        let language = self.language;
        let say = |word: &str| words::say(language, "reports", word, &Facts::new());
        let grades = self.desk.catalogue().codes("grade");
        let grade_name = key.grade.as_deref().map(|code| grades.map_or(code, |grades| grades.name_in(code, language)));
        let part = match (&key.class, grade_name, key.stage) {
            (Some(class), grade_name, _) => grade::class_spoken(grade_name, Some(class), language),
            (None, Some(grade_name), _) => grade_name.to_owned(),
            (None, None, Some(Stage::Primary)) => say("stage.primary"),
            (None, None, Some(Stage::Junior)) => say("stage.junior"),
            (None, None, None) => String::new(),
        };
        let school = key.school.and_then(|school| schools.get(&school)).cloned().unwrap_or_default();
        match (school.is_empty(), part.is_empty()) {
            (true, true) => say("total"),
            (_, true) => school,
            (true, _) => part,
            (false, false) => format!("{school} {part}"),
        }
    }

    pub(crate) fn title(&self) -> Done<String> {
        let organisation = self.desk.record("organisation")?;
        let own = self.session.organisation.id;
        let school = name_of(self.desk.catalogue(), self.view, organisation, own, self.desk.today())?;
        let language = self.language;
        let template = spoken(&self.report.title, language);
        let term = words::say(language, "reports", &format!("term.{}", self.term_code()), &Facts::new());
        let day = |day: domain::Date| if language == Language::Zh { date::in_words(day) } else { day.to_string() };
        let facts = [
            ("school", school),
            ("year", self.period.first.year().to_string()),
            ("month", self.period.first.month().to_string()),
            ("school_year", date::school_year(self.period.first)),
            ("term", term),
            ("from", day(self.period.first)),
            ("until", day(self.period.last)),
        ];
        Ok(facts.iter().fold(template, |text, (key, fact)| text.replace(&format!("{{{key}}}"), fact)))
    }

    fn term_code(&self) -> &'static str {
        match self.period.half() {
            domain::calendar::Half::First => "first",
            domain::calendar::Half::Second => "second",
        }
    }
}

/// A label in one language.
pub(crate) fn spoken(label: &Label, language: Language) -> String {
    if language == Language::Zh { label.zh.clone() } else { label.en.clone() }
}
