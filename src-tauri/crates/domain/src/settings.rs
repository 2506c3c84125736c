//! Thresholds of the clock and the numbers, as `assets/settings.toml` declares them (domain.md §10).
//!
//! A setting has a default and a range; an organisation may choose within the range, one above may lock its choice.

mod key;
mod value;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

pub use key::Key;
pub use value::{MonthDay, SettingValue};

use crate::Problem;
use crate::label::Label;
use value::{Raw, Shape};

/// One threshold as declared.
#[derive(Debug, Clone, Deserialize, Serialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Setting {
    /// Which one.
    #[ts(type = "string")]
    pub key: Key,
    /// What people call it.
    pub label: Label,
    /// Its kind.
    pub kind: Kind,
    /// What its number counts.
    #[serde(default)]
    pub unit: Option<Unit>,
    /// What holds when nobody chose.
    #[ts(type = "unknown")]
    default: Raw,
    /// Smallest and largest number.
    #[serde(default)]
    #[ts(type = "[number, number] | null")]
    pub range: Option<(i64, i64)>,
    /// First and last day of the year, for a `month_day`.
    #[serde(default)]
    #[ts(type = "[string, string] | null")]
    pub span: Option<(MonthDay, MonthDay)>,
    /// The choices of a `choice`.
    #[serde(default)]
    pub choices: Vec<String>,
    /// Who may lock it.
    pub locks: Vec<Level>,
    /// The law, the notice or the practice it goes by, as people read it.
    pub basis: Label,
    /// Where its range and default were found.
    pub source: String,
}

/// The kind of a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A whole number in a range.
    Number,
    /// Whole numbers in a range, each above the one before.
    Numbers,
    /// A day of the year, `03-15`.
    MonthDay,
    /// One of some words.
    Choice,
    /// On or off.
    Switch,
}

/// What the number of a setting counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// 上课日 of the child's class.
    SchoolDay,
    /// 日历日.
    Day,
    /// 工作日.
    WorkingDay,
    /// A day of a month.
    DayOfMonth,
    /// 次.
    Times,
    /// 课时.
    ClassHour,
    /// A hundredth of a percent.
    BasisPoint,
    /// 月.
    Month,
    /// 年.
    Year,
    /// 人.
    People,
}

/// Whose choice it is; a higher one that is locked goes before a lower one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// The school's.
    School,
    /// The center school's.
    Center,
    /// The county's.
    County,
}

/// A choice somebody made.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Choice {
    /// Whose.
    pub level: Level,
    /// Of which setting.
    pub key: Key,
    /// What, in canonical text.
    pub value: String,
    /// Whether those below must follow it.
    pub lock: Lock,
}

/// Whether a choice binds those below.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lock {
    /// It is a proposal.
    Open,
    /// It binds.
    Locked,
}

/// The settings declared, proven sound by a test.
static DECLARED: LazyLock<BTreeMap<Key, Setting>> = LazyLock::new(|| declared().unwrap_or_default());

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    setting: Vec<Setting>,
}

/// Reads `assets/settings.toml`. Errors: the first setting that does not hold.
fn declared() -> Result<BTreeMap<Key, Setting>, String> {
    let file: File =
        toml::from_str(include_str!("../../../../assets/settings.toml")).map_err(|error| error.to_string())?;
    let mut all = BTreeMap::new();
    for setting in file.setting {
        setting.prove().map_err(|reason| format!("{}: {reason}", setting.key))?;
        if all.insert(setting.key, setting.clone()).is_some() {
            return Err(format!("{} twice", setting.key));
        }
    }
    match Key::ALL.iter().find(|key| !all.contains_key(key)) {
        Some(missing) => Err(format!("{missing} is not declared")),
        None => Ok(all),
    }
}

impl Setting {
    /// A setting's declaration.
    pub fn of(key: Key) -> Option<&'static Self> {
        DECLARED.get(&key)
    }

    /// All settings, in the order of their keys.
    pub fn all() -> impl Iterator<Item = &'static Self> {
        DECLARED.values()
    }

    /// What holds when nobody chose.
    pub fn default_value(&self) -> SettingValue {
        self.default.to_value(self.kind).unwrap_or(SettingValue::Number(0))
    }

    /// Reads a choice. Errors: a problem that blocks, naming the range.
    pub fn read(&self, typed: &str) -> Result<SettingValue, Problem> {
        let refused = |rule: &str| Problem::block("value", rule).with("typed", typed);
        let value = SettingValue::read(self.kind, typed).ok_or_else(|| refused("setting_shape"))?;
        match self.outside(&value) {
            None => Ok(value),
            Some((low, high)) => Err(refused("out_of_range").with("low", low).with("high", high)),
        }
    }

    /// The limits, when a value lies outside them.
    fn outside(&self, value: &SettingValue) -> Option<(String, String)> {
        let shape = Shape { kind: self.kind, range: self.range, span: self.span, choices: self.choices.clone() };
        (!shape.admits(value)).then(|| shape.limits())
    }

    fn prove(&self) -> Result<(), String> {
        let default = self.default.to_value(self.kind).ok_or("the default is of another kind")?;
        if self.outside(&default).is_some() {
            return Err("the default is out of range".to_owned());
        }
        let told = [&self.label.zh, &self.label.en, &self.basis.zh, &self.basis.en, &self.source];
        if told.iter().any(|text| text.is_empty()) {
            return Err("no label, basis or source".to_owned());
        }
        let counts = matches!(self.kind, Kind::Number | Kind::Numbers);
        if counts != self.range.is_some() || counts != self.unit.is_some() {
            return Err("a number has a range and a unit, nothing else has".to_owned());
        }
        if (self.kind == Kind::MonthDay) != self.span.is_some()
            || (self.kind == Kind::Choice) == self.choices.is_empty()
        {
            return Err("span or choices and kind disagree".to_owned());
        }
        Ok(())
    }
}

/// The settings in force for one organisation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settings {
    chosen: BTreeMap<Key, SettingValue>,
    locked: BTreeMap<Key, String>,
}

impl Settings {
    /// The settings in force, given what was chosen on each level.
    ///
    /// The highest locked choice holds; else the lowest choice; else the default. A choice out of range, or a lock by
    /// a level that may not lock the setting, is as if it had not been made.
    pub fn in_force(choices: &[Choice]) -> Self {
        let mut chosen = BTreeMap::new();
        for setting in Setting::all() {
            let valid = |choice: &&Choice| choice.key == setting.key && setting.read(&choice.value).is_ok();
            let binds = |choice: &&Choice| choice.lock == Lock::Locked && setting.locks.contains(&choice.level);
            let made = || choices.iter().filter(valid);
            let holds = made().filter(binds).max().or_else(|| made().min_by_key(|choice| choice.level));
            let value = holds.and_then(|choice| setting.read(&choice.value).ok());
            chosen.extend(value.map(|value| (setting.key, value)));
        }
        Self { chosen, locked: BTreeMap::new() }
    }

    /// The same settings, some of them bound from above: which, and by whom.
    #[must_use]
    pub fn locked(mut self, by: BTreeMap<Key, String>) -> Self {
        self.locked = by;
        self
    }

    /// Who above has bound a setting.
    pub fn locked_by(&self, key: Key) -> Option<&str> {
        self.locked.get(&key).map(String::as_str)
    }

    /// The same settings with one chosen otherwise. Errors: the problem with the value.
    pub fn with(mut self, key: Key, typed: &str) -> Result<Self, Problem> {
        let setting = Setting::of(key).ok_or_else(|| Problem::block("key", "setting_shape"))?;
        self.chosen.insert(key, setting.read(typed)?);
        Ok(self)
    }

    /// The value in force.
    pub fn value(&self, key: Key) -> SettingValue {
        let default = || Setting::of(key).map_or(SettingValue::Number(0), Setting::default_value);
        self.chosen.get(&key).cloned().unwrap_or_else(default)
    }

    /// A number in force; 0 for a setting that is none (a test proves the kinds).
    pub fn number(&self, key: Key) -> u32 {
        match self.value(key) {
            SettingValue::Number(number) => u32::try_from(number).unwrap_or_default(),
            SettingValue::Numbers(_)
            | SettingValue::MonthDay(_)
            | SettingValue::Choice(_)
            | SettingValue::Switch(_) => 0,
        }
    }

    /// A rising list of numbers in force.
    pub fn numbers(&self, key: Key) -> Vec<u32> {
        match self.value(key) {
            SettingValue::Numbers(numbers) => numbers.into_iter().filter_map(|n| u32::try_from(n).ok()).collect(),
            SettingValue::Number(_) | SettingValue::MonthDay(_) | SettingValue::Choice(_) | SettingValue::Switch(_) => {
                vec![]
            }
        }
    }

    /// A day of the year in force.
    pub fn month_day(&self, key: Key) -> Option<MonthDay> {
        match self.value(key) {
            SettingValue::MonthDay(day) => Some(day),
            SettingValue::Number(_) | SettingValue::Numbers(_) | SettingValue::Choice(_) | SettingValue::Switch(_) => {
                None
            }
        }
    }

    /// Whether a switch is on.
    pub fn is_on(&self, key: Key) -> bool {
        self.value(key) == SettingValue::Switch(true)
    }

    /// Whether a choice in force is this one.
    pub fn chose(&self, key: Key, word: &str) -> bool {
        matches!(self.value(key), SettingValue::Choice(chosen) if chosen == word)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn choice(level: Level, value: &str, lock: Lock) -> Choice {
        Choice { level, key: Key::SuspectedDays, value: value.to_owned(), lock }
    }

    #[test]
    fn every_setting_is_declared_soundly_and_named_in_code() {
        assert_eq!(declared().unwrap().len(), Key::ALL.len());
    }

    #[test]
    fn each_setting_takes_its_ends_and_refuses_what_lies_beyond() {
        for setting in Setting::all() {
            let ends: Vec<(String, String)> = match setting.kind {
                Kind::Number | Kind::Numbers => {
                    let (low, high) = setting.range.unwrap();
                    vec![(low.to_string(), (low - 1).to_string()), (high.to_string(), (high + 1).to_string())]
                }
                Kind::MonthDay => {
                    let (first, last) = setting.span.unwrap();
                    vec![(first.to_string(), "01-01".to_owned()), (last.to_string(), "12-31".to_owned())]
                }
                Kind::Choice => setting.choices.iter().map(|word| (word.clone(), "neither".to_owned())).collect(),
                Kind::Switch => vec![("on".to_owned(), "maybe".to_owned()), ("off".to_owned(), "2".to_owned())],
            };
            for (end, beyond) in ends {
                let value = setting.read(&end).unwrap();
                assert_eq!(value.to_string(), end, "{} reads back", setting.key);
                assert!(setting.read(&beyond).is_err(), "{} takes {beyond}", setting.key);
            }
        }
    }

    #[test]
    fn a_school_chooses_within_the_range_until_somebody_above_locks() {
        let school = choice(Level::School, "2", Lock::Open);
        let center = choice(Level::Center, "4", Lock::Locked);
        let county = choice(Level::County, "1", Lock::Locked);
        let proposal = choice(Level::County, "5", Lock::Open);
        let days = |choices: &[&Choice]| {
            Settings::in_force(&choices.iter().map(|one| (*one).clone()).collect::<Vec<_>>()).number(Key::SuspectedDays)
        };
        assert_eq!(days(&[]), 3);
        assert_eq!(days(&[&school]), 2);
        assert_eq!(days(&[&proposal]), 5);
        assert_eq!(days(&[&proposal, &school]), 2);
        assert_eq!(days(&[&school, &center]), 4);
        assert_eq!(days(&[&center, &county, &school]), 1);
        assert_eq!(days(&[&choice(Level::School, "99", Lock::Open)]), 3, "out of range is as not made");
    }

    #[test]
    fn nobody_locks_what_is_not_theirs_to_lock() {
        let lock =
            Choice { level: Level::Center, key: Key::SchoolAgeCohorts, value: "10".to_owned(), lock: Lock::Locked };
        let school = Choice { level: Level::School, value: "9".to_owned(), lock: Lock::Open, ..lock.clone() };
        assert_eq!(Settings::in_force(&[lock, school]).number(Key::SchoolAgeCohorts), 9);
    }

    #[test]
    fn the_days_of_the_return_check_rise() {
        let setting = Setting::of(Key::CheckDays).unwrap();
        assert_eq!(setting.read("1, 3，7").unwrap().to_string(), "1,3,7");
        assert!(setting.read("3,1").is_err());
        assert!(setting.read("3,3").is_err());
    }
}
