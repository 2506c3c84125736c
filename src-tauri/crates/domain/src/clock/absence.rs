//! From an unexcused absence to a case: contact, visit, suspicion, written report, decision.
//!
//! Source: domain.md §3.3 (places differ, so every step is a setting), §3.4; notice §2 (一); 未成年人保护法 art. 28.

use crate::Date;
use crate::clock::due::{Due, Duty, Known, Ticks};
use crate::settings::Key;

/// How a child stood on one day that was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mark {
    /// 到校.
    Present,
    /// 请假, for a reason.
    Excused,
    /// 无故未到校.
    Unexcused,
}

/// One day of one child, as the roll says. A day that nobody took has no entry: it is not full attendance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct RollDay {
    /// The day.
    pub on: Date,
    /// How the child stood.
    pub mark: Mark,
    /// The civil day on which this was entered.
    pub entered_on: Date,
}

/// What the clock needs to know of a child without an open case.
#[derive(Debug, Clone, Default)]
pub struct Attendance {
    /// The days taken, by date, each once.
    pub roll: Vec<RollDay>,
    /// Days on which the family was reached.
    pub contacts: Vec<Date>,
    /// Days on which the home was visited.
    pub visits: Vec<Date>,
    /// Days that something else answers for, from the first to before the second: a case, a suspension.
    pub settled: Vec<(Date, Option<Date>)>,
}

impl Attendance {
    fn is_settled(&self, day: Date) -> bool {
        self.settled.iter().any(|(from, until)| *from <= day && until.is_none_or(|until| day < until))
    }
}

/// Unexcused days in a row: the days taken on which the child was missing, no day between on which it was seen or excused.
///
/// Days that nobody took neither count nor break the row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stretch {
    /// The days, at least one.
    pub days: Vec<RollDay>,
    /// The day taken on which the child was seen or excused again.
    pub ended: Option<RollDay>,
}

impl Stretch {
    /// The first day missed.
    pub fn began(&self) -> Option<Date> {
        self.days.first().map(|day| day.on)
    }

    /// The n-th day missed, and when the ledger had come to know of that many.
    fn nth(&self, n: u32) -> Option<Known> {
        let upto = usize::try_from(n).ok()?;
        let happened = self.days.get(upto.checked_sub(1)?)?.on;
        let entered = self.days.get(..upto)?.iter().map(|day| day.entered_on).max()?;
        Some(Known { happened, entered })
    }
}

/// The newest stretch of unexcused days up to today, on school days only.
pub fn newest_stretch(attendance: &Attendance, ticks: &Ticks<'_>) -> Option<Stretch> {
    let counted: Vec<RollDay> = attendance
        .roll
        .iter()
        .filter(|day| day.on <= ticks.today && ticks.days.has(day.on))
        .filter(|day| !attendance.is_settled(day.on))
        .copied()
        .collect();
    let last = counted.iter().rposition(|day| day.mark == Mark::Unexcused)?;
    let first = counted.get(..last)?.iter().rposition(|day| day.mark != Mark::Unexcused).map_or(0, |before| before + 1);
    Some(Stretch { days: counted.get(first..=last)?.to_vec(), ended: counted.get(last + 1).copied() })
}

/// What is due about a child's absence. Every step that was reached and not done, in the order of the ladder.
///
/// A stretch that ended asks for nothing more, but for an explanation if it was long enough for a case and nobody
/// asked. Steps are counted from the day missed, or from the day that was entered if that is later.
pub fn due(attendance: &Attendance, ticks: &Ticks<'_>) -> Vec<Due> {
    let Some(stretch) = newest_stretch(attendance, ticks) else { return vec![] };
    let Some(began) = stretch.began() else { return vec![] };
    let after = |days: &[Date]| days.iter().any(|day| *day >= began && *day <= ticks.today);
    let (reached, visited) = (after(&attendance.contacts), after(&attendance.visits));
    if let Some(ended) = stretch.ended {
        return explanation(&stretch, ended, ticks).filter(|_| !reached && !visited).into_iter().collect();
    }
    let first = stretch.nth(1);
    let step = |duty: Duty, key: Key| {
        stretch.nth(ticks.settings.number(key)).and_then(|known| ticks.reached(duty, key, known))
    };
    let contact = first.filter(|_| !reached && !visited);
    let visit = first.filter(|_| !visited);
    [
        contact.and_then(|known| ticks.school_days_after(Duty::Contact, Key::ContactDays, known)),
        visit.and_then(|known| ticks.school_days_after(Duty::Visit, Key::VisitDays, known)),
        step(Duty::Suspect, Key::SuspectedDays),
        step(Duty::Report, Key::ReportDays),
        step(Duty::Decide, Key::ConfirmDays),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// A stretch long enough for a case that ended by itself, in the term of its end.
fn explanation(stretch: &Stretch, ended: RollDay, ticks: &Ticks<'_>) -> Option<Due> {
    stretch.nth(ticks.settings.number(Key::SuspectedDays))?;
    let term = ticks.days.term_up_to(ticks.today)?;
    let entered = stretch.days.iter().map(|day| day.entered_on).max()?;
    let known = Known { happened: ended.on, entered: ended.entered_on.max(entered) };
    (ended.on >= term.first).then(|| ticks.reached(Duty::Explain, Key::SuspectedDays, known)).flatten()
}

/// The reminder that a child has missed many days of the term, consecutive or not.
///
/// `None` below the threshold. The day is the one that reached it.
pub fn term_alarm(attendance: &Attendance, ticks: &Ticks<'_>) -> Option<Due> {
    let term = ticks.days.term_up_to(ticks.today)?;
    let all = ticks.settings.chose(Key::TermAlarmCounts, "all");
    let counts = |day: &&RollDay| match day.mark {
        Mark::Unexcused => true,
        Mark::Excused => all,
        Mark::Present => false,
    };
    let missed = attendance
        .roll
        .iter()
        .filter(|day| day.on >= term.first && day.on <= ticks.today && ticks.days.has(day.on))
        .filter(counts);
    let missed = Stretch { days: missed.copied().collect(), ended: None };
    let known = missed.nth(ticks.settings.number(Key::TermAlarmDays))?;
    ticks.reached(Duty::TermAlarm, Key::TermAlarmDays, known)
}

/// The one line a child takes on the first screen: of what waits, the furthest step whose day has come; else the nearest.
pub fn most_pressing(dues: &[Due]) -> Option<&Due> {
    let come = |due: &&Due| due.state != crate::clock::State::Coming;
    let furthest = dues.iter().filter(come).max_by_key(|due| (due.duty, due.due_on));
    furthest.or_else(|| dues.iter().min_by_key(|due| (due.due_on, due.duty)))
}
