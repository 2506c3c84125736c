//! Days that people or papers set: an agreed follow-up, the end of a suspension, a transfer under way, a rectification.

use chrono::Months;

use crate::Date;
use crate::clock::due::{Basis, Counted, Due, Duty, Ticks};
use crate::settings::{Key, Settings};

/// Something due on a day that was set by people or on paper.
pub fn agreed(duty: Duty, set_on: Date, due_on: Date, ticks: &Ticks<'_>) -> Due {
    ticks.due(duty, due_on, Counted { setting: None, value: 0, from: set_on, basis: Basis::Happened })
}

/// The end of a suspension: the day on the paper, else the longest one allowed from its beginning.
///
/// Source: domain.md §1.23 (≤ 1 school year, renewed once).
pub fn suspension(from: Date, until: Option<Date>, ticks: &Ticks<'_>) -> Option<Due> {
    let years = ticks.settings.number(Key::SuspensionYears);
    let due_on = until.or_else(|| from.checked_add_months(Months::new(12 * years)))?;
    let setting = until.is_none().then_some(Key::SuspensionYears);
    let counted = Counted { setting, value: years, from, basis: Basis::Happened };
    Some(ticks.due(Duty::SuspensionEnds, due_on, counted))
}

/// The day by which a transfer's papers are done: so many working days for each party.
///
/// Source: domain.md §1.23, §9 (W 转出 “手续未完”).
pub fn transfer(asked_on: Date, ticks: &Ticks<'_>) -> Option<Due> {
    let value = transfer_days(ticks.settings);
    let due_on = working_days_after(asked_on, value)?;
    let counted = Counted { setting: Some(Key::TransferPartyDays), value, from: asked_on, basis: Basis::Happened };
    Some(ticks.due(Duty::Transfer, due_on, counted))
}

/// Working days that all parties to a transfer have together.
pub fn transfer_days(settings: &Settings) -> u32 {
    settings.number(Key::TransferPartyDays) * settings.number(Key::TransferParties)
}

/// `n` working days after a day: offices work when schools of the whole country would, in holidays of the school too.
pub fn working_days_after(day: Date, n: u32) -> Option<Date> {
    let ahead = day.iter_days().skip(1).filter(|day| crate::calendar::is_working_day(*day));
    ahead.take(usize::try_from(n).ok()?).last()
}
