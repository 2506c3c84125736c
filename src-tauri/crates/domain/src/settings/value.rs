//! What a setting holds, and its canonical text.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use unicode_normalization::UnicodeNormalization;

use crate::Date;
use crate::settings::Kind;

/// A day of every year, `03-15`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct MonthDay {
    /// 1 to 12.
    pub month: u32,
    /// 1 to 31.
    pub day: u32,
}

impl MonthDay {
    /// That day in a year; `None` for 29 February of a common year.
    pub fn in_year(self, year: i32) -> Option<Date> {
        Date::from_ymd_opt(year, self.month, self.day)
    }
}

/// The text is no day of the year.
#[derive(Debug, thiserror::Error)]
#[error("not a day of the year")]
pub struct NotADay;

impl FromStr for MonthDay {
    type Err = NotADay;

    fn from_str(text: &str) -> Result<Self, NotADay> {
        let (month, day) = text.split_once('-').ok_or(NotADay)?;
        let number = |part: &str| part.parse().map_err(|_| NotADay);
        let day = Self { month: number(month)?, day: number(day)? };
        day.in_year(2024).map(|_| day).ok_or(NotADay)
    }
}

impl fmt::Display for MonthDay {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:02}-{:02}", self.month, self.day)
    }
}

impl Serialize for MonthDay {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for MonthDay {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// What a setting holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SettingValue {
    /// A whole number.
    Number(i64),
    /// Rising whole numbers.
    Numbers(Vec<i64>),
    /// A day of the year.
    MonthDay(MonthDay),
    /// A word.
    Choice(String),
    /// On or off.
    Switch(bool),
}

impl SettingValue {
    /// Reads a text as a value of a kind; `None` when it is none.
    pub(super) fn read(kind: Kind, typed: &str) -> Option<Self> {
        let folded: String = typed.nfkc().filter(|c| !c.is_whitespace()).collect();
        Some(match kind {
            Kind::Number => Self::Number(folded.parse().ok()?),
            Kind::Numbers => {
                let parts = folded.split([',', '、']).map(|part| part.parse().ok());
                Self::Numbers(parts.collect::<Option<Vec<i64>>>()?)
            }
            Kind::MonthDay => Self::MonthDay(folded.parse().ok()?),
            Kind::Choice => Self::Choice(folded),
            Kind::Switch => Self::Switch(match folded.as_str() {
                "on" | "true" | "1" | "是" | "开" => true,
                "off" | "false" | "0" | "否" | "关" => false,
                _ => return None,
            }),
        })
    }
}

impl fmt::Display for SettingValue {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => write!(out, "{number}"),
            Self::Numbers(numbers) => out.write_str(&numbers.iter().map(i64::to_string).collect::<Vec<_>>().join(",")),
            Self::MonthDay(day) => day.fmt(out),
            Self::Choice(word) => out.write_str(word),
            Self::Switch(on) => out.write_str(if *on { "on" } else { "off" }),
        }
    }
}

/// A default as the file writes it.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(untagged)]
pub(super) enum Raw {
    Switch(bool),
    Number(i64),
    Numbers(Vec<i64>),
    Text(String),
}

impl Raw {
    pub(super) fn to_value(&self, kind: Kind) -> Option<SettingValue> {
        match (self, kind) {
            (Self::Switch(on), Kind::Switch) => Some(SettingValue::Switch(*on)),
            (Self::Number(number), Kind::Number) => Some(SettingValue::Number(*number)),
            (Self::Numbers(numbers), Kind::Numbers) => Some(SettingValue::Numbers(numbers.clone())),
            (Self::Text(text), Kind::MonthDay | Kind::Choice) => SettingValue::read(kind, text),
            (Self::Switch(_) | Self::Number(_) | Self::Numbers(_) | Self::Text(_), _) => None,
        }
    }
}

/// What a setting admits.
pub(super) struct Shape {
    pub(super) kind: Kind,
    pub(super) range: Option<(i64, i64)>,
    pub(super) span: Option<(MonthDay, MonthDay)>,
    pub(super) choices: Vec<String>,
}

impl Shape {
    pub(super) fn admits(&self, value: &SettingValue) -> bool {
        let within = |number: &i64| self.range.is_some_and(|(low, high)| (low..=high).contains(number));
        match value {
            SettingValue::Number(number) => within(number),
            SettingValue::Numbers(numbers) => {
                let rises = numbers.iter().zip(numbers.iter().skip(1)).all(|(one, next)| one < next);
                !numbers.is_empty() && numbers.iter().all(within) && rises
            }
            SettingValue::MonthDay(day) => self.span.as_ref().is_some_and(|(first, last)| first <= day && day <= last),
            SettingValue::Choice(word) => self.choices.contains(word),
            SettingValue::Switch(_) => true,
        }
    }

    /// The smallest and the largest value, or all choices, in words.
    pub(super) fn limits(&self) -> (String, String) {
        let first_and_last =
            |all: &[String]| (all.first().cloned().unwrap_or_default(), all.last().cloned().unwrap_or_default());
        match self.kind {
            Kind::Number | Kind::Numbers => self.range.map(|(low, high)| (low.to_string(), high.to_string())),
            Kind::MonthDay => self.span.as_ref().map(|(first, last)| (first.to_string(), last.to_string())),
            Kind::Choice | Kind::Switch => None,
        }
        .unwrap_or_else(|| first_and_last(&self.choices))
    }
}
