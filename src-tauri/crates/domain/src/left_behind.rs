//! 留守: three definitions over the same facts (domain.md §2.18). Who is away since when is stored; who counts as left behind
//! is read from it for any day.

use chrono::Months;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::settings::{Key, Settings};
use crate::{Date, Row, Value, date};

/// Whose definition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Definition {
    /// 学籍系统: one parent or both away for three months or more.
    RollSystem,
    /// 民政 (2016): under 16, rural household; both away, or one away and the other unable.
    CivilAffairs,
    /// The county's own: months and one or both by the settings `left_behind.months` and `left_behind.who`.
    Local,
}

impl Definition {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::RollSystem, Self::CivilAffairs, Self::Local];
}

/// Who counts as away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Away {
    /// 一方外出.
    One,
    /// 双方外出.
    Both,
}

/// What is known of a child's parents.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Family {
    /// Date of birth.
    pub born: Option<Date>,
    /// Whether the household is said not to be rural.
    pub urban: bool,
    /// From when to when each parent is away; father and mother, by birth or not.
    pub away: [Vec<(Option<Date>, Option<Date>)>; 2],
    /// Whether each parent is said to be unable to be in charge.
    pub unable: [bool; 2],
}

/// Months away that the roll system asks for.
const SYSTEM_MONTHS: u32 = 3;

/// The age from which the civil affairs authority counts a child no more.
const CIVIL_AGE: u32 = 16;

/// Father and mother among the codes of the list `relation`: by birth, by marriage or adoption.
const PARENTS: [[&str; 2]; 2] = [["51", "57"], ["52", "58"]];

impl Family {
    /// What a child's own row says.
    pub fn of_child(row: &Row) -> Self {
        let text = |key: &str| row.get(key).and_then(Value::as_text);
        let born = text("birth_date").and_then(|day| day.parse().ok());
        Self { born, urban: matches!(text("household_kind"), Some("2" | "urban")), ..Self::default() }
    }

    /// Takes a row of `parent_away` in.
    pub fn enter_away(&mut self, row: &Row) {
        let day = |key: &str| row.get(key).and_then(Value::as_text).and_then(|day| day.parse().ok());
        let parent = row.get("who").and_then(Value::as_text).and_then(parent);
        if let Some(spans) = parent.and_then(|parent| self.away.get_mut(parent)) {
            spans.push((day("from_on"), day("until_on")));
        }
    }

    /// Takes a row of `guardian` in.
    pub fn enter_guardian(&mut self, row: &Row) {
        let parent = row.get("relation").and_then(Value::as_text).and_then(parent);
        let is_unable = matches!(row.get("able"), Some(Value::Int(0)));
        if let Some(unable) = parent.and_then(|parent| self.unable.get_mut(parent)) {
            *unable |= is_unable;
        }
    }

    /// Since when a parent has been away on a day; a beginning that nobody stated counts as long ago.
    fn since(&self, parent: usize, on: Date) -> Option<Date> {
        let lasting = |(from, until): &&(Option<Date>, Option<Date>)| {
            from.is_none_or(|from| from <= on) && until.is_none_or(|until| on < until)
        };
        let spans = self.away.get(parent)?.iter().filter(lasting);
        spans.map(|(from, _)| from.unwrap_or(Date::MIN)).min()
    }

    /// Who is away on a day by a definition; `None`: the child is not left behind by it.
    pub fn left_behind(&self, by: Definition, settings: &Settings, on: Date) -> Option<Away> {
        let months = match by {
            Definition::RollSystem => SYSTEM_MONTHS,
            Definition::CivilAffairs => 0,
            Definition::Local => settings.number(Key::LeftBehindMonths),
        };
        let long = |parent: usize| {
            let since = self.since(parent, on)?;
            let full = since.checked_add_months(Months::new(months)).is_none_or(|full| full <= on);
            full.then_some(())
        };
        let away = [long(0).is_some(), long(1).is_some()];
        let who = match away {
            [true, true] => Away::Both,
            [false, false] => return None,
            [true, false] | [false, true] => Away::One,
        };
        let counts = match by {
            Definition::RollSystem => true,
            Definition::Local => who == Away::Both || settings.chose(Key::LeftBehindWho, "one_or_both"),
            Definition::CivilAffairs => {
                let young = self.born.and_then(|born| date::age_on(born, on)).is_none_or(|age| age < CIVIL_AGE);
                let alone = who == Away::Both || self.unable.iter().zip(away).any(|(unable, away)| *unable && !away);
                young && !self.urban && alone
            }
        };
        counts.then_some(who)
    }
}

fn parent(relation: &str) -> Option<usize> {
    PARENTS.iter().position(|codes| codes.contains(&relation))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn family(father: Option<&str>, mother: Option<&str>) -> Family {
        let span = |from: Option<&str>| from.map(|from| (Some(day(from)), None)).into_iter().collect();
        Family { born: Some(day("2015-03-04")), away: [span(father), span(mother)], ..Family::default() }
    }

    #[test]
    fn the_same_facts_give_three_answers() {
        let settings = Settings::default().with(Key::LeftBehindWho, "both").unwrap();
        let settings = settings.with(Key::LeftBehindMonths, "6").unwrap();
        let on = day("2026-10-20");
        let by = |family: &Family| Definition::ALL.map(|by| family.left_behind(by, &settings, on));
        let one = family(Some("2026-03-01"), None);
        assert_eq!(by(&one), [Some(Away::One), None, None]);
        let unable = Family { unable: [false, true], ..one };
        assert_eq!(by(&unable), [Some(Away::One), Some(Away::One), None]);
        let both = family(Some("2026-03-01"), Some("2026-04-01"));
        assert_eq!(by(&both), [Some(Away::Both); 3]);
        let lately = family(Some("2026-09-01"), Some("2026-09-01"));
        assert_eq!(by(&lately), [None, Some(Away::Both), None]);
        let town = Family { urban: true, ..both };
        assert_eq!(by(&town), [Some(Away::Both), None, Some(Away::Both)]);
    }

    #[test]
    fn who_is_back_is_not_away() {
        let mut home = Family::default();
        let row = |until: &str| {
            Row::from_iter([
                ("who".into(), Value::from("51")),
                ("from_on".into(), Value::from("2025-03-01")),
                ("until_on".into(), Value::from(until)),
            ])
        };
        home.enter_away(&row("2026-02-01"));
        let settings = Settings::default();
        assert_eq!(home.left_behind(Definition::RollSystem, &settings, day("2026-02-01")), None);
        assert_eq!(home.left_behind(Definition::RollSystem, &settings, day("2026-01-31")), Some(Away::One));
    }
}
