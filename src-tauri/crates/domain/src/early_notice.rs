//! 提醒: reasons in words to look after a child, for the responsible teacher and the principal only (decisions D29).
//!
//! No score, no rank, no colour. Only what the notice names may raise a reason: a pattern of absence, a finding of a
//! visit, difficulty with lessons. Guardianship, parents who work away and an earlier dropout raise nothing by
//! themselves; they stand beside a reason that is there anyway. Each reason can be dismissed and ends with the term.
//! It is kept on this computer: never printed, packaged or transferred.

use std::collections::BTreeMap;

use chrono::{Datelike, Weekday};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::Date;
use crate::calendar::Term;
use crate::clock::Ticks;
use crate::clock::absence::{Attendance, Mark};
use crate::settings::Key;

/// The school days that [`Reason::Absences`] looks back on.
const LOOK_BACK: u32 = 20;

/// Findings of a visit that raise a reason; codes of the list `visit_finding`. The other findings have steps of their own.
const RAISING: [&str; 5] = ["truancy", "leaving", "conduct", "mind", "learning"];

/// Findings that stand beside a reason and raise none.
const BESIDE: [&str; 5] = ["care_lacking", "unguarded", "one_away_unable", "delegate_unable", "alone"];

/// Why somebody should look after a child. `assets/words/<language>/clock.json` has the sentence.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum Reason {
    /// 三次周一缺课.
    SameWeekday {
        /// 1 for Monday to 7 for Sunday.
        weekday: u32,
        /// How often in this term.
        times: u32,
    },
    /// Several unexcused days lately, in a row or not.
    Absences {
        /// How many.
        times: u32,
        /// Of how many school days.
        of: u32,
    },
    /// What a visit of this term found.
    Finding {
        /// Code of the list `visit_finding`.
        code: String,
        /// The newest visit that found it.
        #[ts(type = "string")]
        on: Date,
    },
    /// 学习困难, stated as a fact.
    Lessons,
}

impl Reason {
    /// What a dismissal remembers: the kind of reason, not how often it happened.
    pub fn key(&self) -> String {
        match self {
            Self::SameWeekday { weekday, .. } => format!("same_weekday/{weekday}"),
            Self::Absences { .. } => "absences".to_owned(),
            Self::Finding { code, .. } => format!("finding/{code}"),
            Self::Lessons => "lessons".to_owned(),
        }
    }
}

/// What is known beside a reason. It never raises one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Beside {
    /// A visit found that guardianship is lacking.
    Guardianship,
    /// Parents work away.
    ParentsAway,
    /// The child left school once before.
    LeftBefore,
}

/// What a child's notice says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Notice {
    /// Why; never empty in a notice that is shown.
    pub reasons: Vec<Reason>,
    /// What else is known.
    pub beside: Vec<Beside>,
}

/// What may be read about a child for a notice, and nothing else.
#[derive(Debug, Clone, Default)]
pub struct Signs {
    /// The roll.
    pub attendance: Attendance,
    /// Visits of the child: day and findings, codes of `visit_finding`.
    pub findings: Vec<(Date, Vec<String>)>,
    /// Whether difficulty with lessons is stated as a fact today.
    pub struggling: bool,
    /// Whether a parent works away today.
    pub parents_away: bool,
    /// Whether there was a case before.
    pub left_before: bool,
}

/// A dismissal: the reason's key and the day.
pub type Dismissals = BTreeMap<String, Date>;

/// The notice of a child today; `None` when nothing may be said.
///
/// Only days and visits of the running term count, so a notice ends with it. A reason dismissed in this term is gone
/// until the next. Between terms there is none.
pub fn notice(signs: &Signs, dismissed: &Dismissals, ticks: &Ticks<'_>) -> Option<Notice> {
    let term = ticks.days.term_up_to(ticks.today).filter(|term| ticks.today <= term.last)?;
    let mut reasons = weekdays(signs, term, ticks);
    reasons.extend(lately(signs, term, ticks));
    reasons.extend(found(signs, term, ticks));
    reasons.extend(signs.struggling.then_some(Reason::Lessons));
    reasons.retain(|reason| dismissed.get(&reason.key()).is_none_or(|on| *on < term.first));
    (!reasons.is_empty()).then(|| Notice { reasons, beside: beside(signs, term) })
}

/// The unexcused school days of the term so far.
fn unexcused(signs: &Signs, term: Term, ticks: &Ticks<'_>) -> Vec<Date> {
    let in_term = |day: Date| day >= term.first && day <= ticks.today && ticks.days.has(day);
    let missed = signs.attendance.roll.iter().filter(|day| day.mark == Mark::Unexcused && in_term(day.on));
    missed.map(|day| day.on).collect()
}

fn weekdays(signs: &Signs, term: Term, ticks: &Ticks<'_>) -> Vec<Reason> {
    let mut times: BTreeMap<u32, u32> = BTreeMap::new();
    for day in unexcused(signs, term, ticks) {
        *times.entry(day.weekday().number_from_monday()).or_default() += 1;
    }
    let enough = ticks.settings.number(Key::SameWeekdayTimes);
    let often = times.into_iter().filter(|(_, times)| *times >= enough);
    often.map(|(weekday, times)| Reason::SameWeekday { weekday, times }).collect()
}

fn lately(signs: &Signs, term: Term, ticks: &Ticks<'_>) -> Option<Reason> {
    let days = ticks.days.between(term.first, ticks.today);
    let window = usize::try_from(LOOK_BACK).ok()?;
    let first = *days.get(days.len().saturating_sub(window))?;
    let times = unexcused(signs, term, ticks).iter().filter(|day| **day >= first).count();
    let times = u32::try_from(times).ok()?;
    (times >= ticks.settings.number(Key::AbsenceTimes)).then_some(Reason::Absences { times, of: LOOK_BACK })
}

fn found(signs: &Signs, term: Term, ticks: &Ticks<'_>) -> Vec<Reason> {
    let of_term = signs.findings.iter().filter(|(on, _)| *on >= term.first && *on <= ticks.today);
    let mut newest: BTreeMap<&str, Date> = BTreeMap::new();
    for (on, codes) in of_term {
        for code in codes.iter().filter(|code| RAISING.contains(&code.as_str())) {
            let last = newest.entry(code).or_insert(*on);
            *last = (*last).max(*on);
        }
    }
    newest.into_iter().map(|(code, on)| Reason::Finding { code: code.to_owned(), on }).collect()
}

fn beside(signs: &Signs, term: Term) -> Vec<Beside> {
    let of_term = signs.findings.iter().filter(|(on, _)| *on >= term.first);
    let lacking = of_term.flat_map(|(_, codes)| codes).any(|code| BESIDE.contains(&code.as_str()));
    [
        lacking.then_some(Beside::Guardianship),
        signs.parents_away.then_some(Beside::ParentsAway),
        signs.left_before.then_some(Beside::LeftBefore),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The weekday's place in the words' table, `mon` to `sun`.
pub fn weekday_key(number: u32) -> &'static str {
    match u8::try_from(number).ok().and_then(|n| Weekday::try_from(n.saturating_sub(1)).ok()) {
        Some(Weekday::Mon) => "mon",
        Some(Weekday::Tue) => "tue",
        Some(Weekday::Wed) => "wed",
        Some(Weekday::Thu) => "thu",
        Some(Weekday::Fri) => "fri",
        Some(Weekday::Sat) => "sat",
        Some(Weekday::Sun) | None => "sun",
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::calendar::{Calendar, SchoolDays};
    use crate::clock::Presence;
    use crate::clock::absence::RollDay;
    use crate::settings::Settings;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn on(today: &str, signs: &Signs, dismissed: &[(&str, &str)]) -> Option<Notice> {
        let days = SchoolDays::of(&Calendar::default(), None, day("2026-02-01"), day("2027-07-31"));
        let (settings, presence) = (Settings::default(), Presence::default());
        let ticks = Ticks { today: day(today), days: &days, settings: &settings, presence: &presence };
        let dismissed = dismissed.iter().map(|(key, on)| ((*key).to_owned(), day(on))).collect();
        notice(signs, &dismissed, &ticks)
    }

    fn absent(days: &[&str]) -> Signs {
        let roll = days.iter().map(|on| RollDay { on: day(on), mark: Mark::Unexcused, entered_on: day(on) });
        let attendance = Attendance { roll: roll.collect(), ..Attendance::default() };
        Signs { attendance, ..Signs::default() }
    }

    fn found(on: &str, code: &str) -> Signs {
        Signs { findings: vec![(day(on), vec![code.to_owned()])], ..Signs::default() }
    }

    const MONDAYS: [&str; 3] = ["2026-09-07", "2026-10-12", "2026-11-09"];

    #[test]
    fn three_mondays_missed_are_told_in_words() {
        let told = on("2026-11-10", &absent(&MONDAYS), &[]).unwrap();
        assert_eq!(told.reasons, [Reason::SameWeekday { weekday: 1, times: 3 }]);
        assert_eq!(on("2026-11-10", &absent(&["2026-09-07", "2026-10-12"]), &[]), None);
    }

    #[test]
    fn several_days_lately_are_told_and_old_ones_are_not() {
        let told = on("2026-11-10", &absent(&["2026-11-03", "2026-11-05", "2026-11-09"]), &[]).unwrap();
        assert_eq!(told.reasons, [Reason::Absences { times: 3, of: 20 }]);
        assert_eq!(on("2026-12-30", &absent(&["2026-11-03", "2026-11-05", "2026-11-09"]), &[]), None);
    }

    #[test]
    fn leave_for_a_reason_says_nothing() {
        let mut signs = absent(&MONDAYS);
        signs.attendance.roll.iter_mut().for_each(|day| day.mark = Mark::Excused);
        assert_eq!(on("2026-11-10", &signs, &[]), None);
    }

    #[test]
    fn guardianship_parents_away_or_an_earlier_dropout_alone_raise_nothing() {
        for code in BESIDE {
            assert_eq!(on("2026-11-10", &found("2026-11-02", code), &[]), None, "{code}");
        }
        assert_eq!(on("2026-11-10", &Signs { parents_away: true, ..Signs::default() }, &[]), None);
        assert_eq!(on("2026-11-10", &Signs { left_before: true, ..Signs::default() }, &[]), None);
        let all = Signs { parents_away: true, left_before: true, ..found("2026-11-02", "unguarded") };
        assert_eq!(on("2026-11-10", &all, &[]), None, "nor all of them together");
    }

    #[test]
    fn they_stand_beside_a_reason_that_is_there_anyway() {
        let signs = Signs { parents_away: true, left_before: true, ..absent(&MONDAYS) };
        let told = on("2026-11-10", &signs, &[]).unwrap();
        assert_eq!(told.reasons.len(), 1);
        assert_eq!(told.beside, [Beside::ParentsAway, Beside::LeftBefore]);
    }

    #[test]
    fn only_findings_that_the_notice_names_raise_a_reason() {
        let lists = crate::Catalogue::built_in();
        for code in &lists.codes("visit_finding").unwrap().codes {
            let told = on("2026-11-10", &found("2026-11-02", &code.code), &[]);
            assert_eq!(told.is_some(), RAISING.contains(&code.code.as_str()), "{}", code.code);
        }
        assert!(RAISING.iter().chain(&BESIDE).all(|code| lists.codes("visit_finding").unwrap().get(code).is_some()));
    }

    #[test]
    fn a_reason_ends_with_the_term() {
        assert!(on("2027-01-20", &absent(&MONDAYS), &[]).is_some());
        assert_eq!(on("2027-01-21", &absent(&MONDAYS), &[]), None, "the holidays");
        assert_eq!(on("2027-03-01", &absent(&MONDAYS), &[]), None, "the next term");
    }

    #[test]
    fn a_dismissed_reason_is_gone_until_the_next_term_and_others_stay() {
        let signs = Signs { struggling: true, ..absent(&MONDAYS) };
        let told = on("2026-11-10", &signs, &[("same_weekday/1", "2026-11-10")]).unwrap();
        assert_eq!(told.reasons, [Reason::Lessons]);
        let next_term = Signs { struggling: true, ..Signs::default() };
        assert!(on("2027-03-01", &next_term, &[("lessons", "2026-11-10")]).is_some());
        assert_eq!(on("2027-03-01", &next_term, &[("lessons", "2027-02-25")]), None);
    }

    #[test]
    fn weekdays_have_their_words() {
        assert_eq!((1..=7).map(weekday_key).collect::<Vec<_>>(), ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]);
    }
}
