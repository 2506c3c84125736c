//! A due date: what, when, counted from when, by which setting, and how it stands today.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::Date;
use crate::calendar::SchoolDays;
use crate::settings::{Key, Settings};

/// What somebody has to do. The order is that of the ladder: a later step includes the concern of an earlier one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Duty {
    /// 说明情况: a child is back after days that nobody explained.
    Explain,
    /// 联系家长.
    Contact,
    /// 家访.
    Visit,
    /// 累计缺勤提醒.
    TermAlarm,
    /// 列入疑似, 告知中心校: open a case.
    Suspect,
    /// 书面报告.
    Report,
    /// 作出认定: confirmed, or excluded on verification.
    Decide,
    /// 劝返: the next attempt.
    Persuade,
    /// 销号: the child has been back long enough.
    Close,
    /// 开学摸排 of a class, one of its days.
    ReturnCheck,
    /// 未返校清单定稿.
    CloseList,
    /// 月报.
    MonthReport,
    /// 学期报表.
    Census,
    /// 点名: days of a class that nobody took.
    TakeRoll,
    /// 休学期满.
    SuspensionEnds,
    /// 延缓入学期满.
    DeferralEnds,
    /// 转学手续.
    Transfer,
    /// 整改.
    Rectify,
    /// A day that people agreed on.
    Agreed,
}

/// What a due date is counted from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// The day it happened.
    Happened,
    /// The day it was entered, which is later (补录 is not 逾期).
    Entered,
}

/// How a due date stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Its day is ahead.
    Coming,
    /// Its day is today.
    Today,
    /// It fell due while nobody was there; there is time to catch up.
    CatchUp,
    /// Its day has passed.
    Overdue,
}

/// Something due.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
pub struct Due {
    /// What.
    pub duty: Duty,
    /// By when.
    #[ts(type = "string")]
    pub due_on: Date,
    /// Until when it may be caught up, if it fell due while nobody was there.
    #[ts(type = "string | null")]
    pub catch_up_until: Option<Date>,
    /// The setting that says how long.
    #[ts(type = "string | null")]
    pub setting: Option<Key>,
    /// Its value.
    pub value: u32,
    /// The day it is counted from.
    #[ts(type = "string")]
    pub from: Date,
    /// What that day is.
    pub basis: Basis,
    /// How it stands.
    pub state: State,
}

/// When this ledger was written to, and when people were away from it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Presence {
    /// The civil days on which something was entered.
    pub written: BTreeSet<Date>,
}

impl Presence {
    /// The day somebody came back, if nobody was there when something fell due; `today` if nobody has come back.
    ///
    /// Nobody was there when more than `away_days` school days passed without an entry, the due day among them.
    fn back_on(&self, due_on: Date, ticks: &Ticks<'_>) -> Option<Date> {
        if due_on >= ticks.today {
            return None;
        }
        let back = self.written.range(due_on..=ticks.today).next().copied().unwrap_or(ticks.today);
        let Some(last) = self.written.range(..due_on).next_back().copied() else {
            return Some(back).filter(|back| *back > due_on);
        };
        let silent = ticks.days.between(last, back).iter().filter(|day| **day > last && **day < back).count();
        let away = ticks.settings.number(Key::AwayDays);
        (back > due_on && u32::try_from(silent).is_ok_and(|silent| silent > away)).then_some(back)
    }
}

/// What every rule of the clock reads: the day, the school days, the settings, and when people were there.
#[derive(Debug, Clone, Copy)]
pub struct Ticks<'a> {
    /// The civil day.
    pub today: Date,
    /// The school days of the child's class.
    pub days: &'a SchoolDays,
    /// The thresholds in force.
    pub settings: &'a Settings,
    /// When this ledger was written to.
    pub presence: &'a Presence,
}

impl Ticks<'_> {
    /// Something due on a day.
    pub(super) fn due(&self, duty: Duty, due_on: Date, counted: Counted) -> Due {
        let back = self.presence.back_on(due_on, self);
        let catch_up = self.settings.number(Key::CatchUpDays);
        let catch_up_until = back.and_then(|back| self.days.after(back, catch_up));
        let state = match (self.today.cmp(&due_on), catch_up_until) {
            (std::cmp::Ordering::Less, _) => State::Coming,
            (std::cmp::Ordering::Equal, _) => State::Today,
            (std::cmp::Ordering::Greater, Some(until)) if self.today <= until => State::CatchUp,
            (std::cmp::Ordering::Greater, _) => State::Overdue,
        };
        let Counted { setting, value, from, basis } = counted;
        Due { duty, due_on, catch_up_until, setting, value, from, basis, state }
    }

    /// Something due a number of school days after it happened, or after it was entered when that is later.
    pub(super) fn school_days_after(&self, duty: Duty, setting: Key, known: Known) -> Option<Due> {
        let value = self.settings.number(setting);
        let due_on = self.days.after(known.from(), value)?;
        Some(self.due(
            duty,
            due_on,
            Counted { setting: Some(setting), value, from: known.from(), basis: known.basis() },
        ))
    }

    /// Something due on the day that a threshold was reached, or when that was entered.
    pub(super) fn reached(&self, duty: Duty, setting: Key, known: Known) -> Option<Due> {
        let value = self.settings.number(setting);
        let due_on = self.days.after(known.from(), 0)?;
        Some(self.due(
            duty,
            due_on,
            Counted { setting: Some(setting), value, from: known.from(), basis: known.basis() },
        ))
    }
}

/// How a due date was counted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Counted {
    pub(super) setting: Option<Key>,
    pub(super) value: u32,
    pub(super) from: Date,
    pub(super) basis: Basis,
}

/// Something that happened, and when the ledger came to know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Known {
    pub(super) happened: Date,
    pub(super) entered: Date,
}

impl Known {
    pub(super) fn from(self) -> Date {
        self.happened.max(self.entered)
    }

    pub(super) fn basis(self) -> Basis {
        if self.entered > self.happened { Basis::Entered } else { Basis::Happened }
    }
}
