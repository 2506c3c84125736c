//! Rates: every formula of domain.md §4, one function each, returning what stands above and below the line.
//!
//! A rate is formatted at the edge only: two decimals, half up, “—” for an empty denominator (decisions A12).

mod counting;
mod indicator;
mod presence;
mod ratio;

pub use counting::{Counting, Head, Parts};
pub use indicator::{Indicator, Stage};
pub use presence::Seen;
pub use ratio::Ratio;

use crate::Date;
use crate::settings::{Key, Settings};

/// 学龄儿童: the birth dates, first and last, of compulsory school age in the school year that begins in `year`.
///
/// Nine cohorts, aged 6 to 14 on 31 August; both numbers are settings. Source: domain.md §4 (2021-22: 2006-09-01 to 2015-08-31).
pub fn school_age(year: i32, settings: &Settings) -> Option<(Date, Date)> {
    let first = i32::try_from(settings.number(Key::SchoolAgeFirst)).ok()?;
    let cohorts = i32::try_from(settings.number(Key::SchoolAgeCohorts)).ok()?;
    Some((Date::from_ymd_opt(year - first - cohorts, 9, 1)?, Date::from_ymd_opt(year - first, 8, 31)?))
}

/// 小学净入学率: children of primary school age who entered ÷ all of them, in or out of this school.
pub fn net_enrolment(entered: u32, of_age: u32) -> Ratio {
    Ratio::of(entered, of_age)
}

/// 适龄人口入学率: children of age at school, in a higher stage too, not those on leave of absence ÷ children of age.
pub fn age_enrolment(at_school: u32, of_age: u32) -> Ratio {
    Ratio::of(at_school, of_age)
}

/// 初中毛入学率: pupils of the junior stage of whatever age ÷ children of 12 to 14.
pub fn gross_enrolment(at_junior: u32, of_junior_age: u32) -> Ratio {
    Ratio::of(at_junior, of_junior_age)
}

/// 年辍学率 A (case): confirmed in the school year and not back at its end ÷ at school on its first day.
pub fn dropout_a(confirmed_not_back: u32, at_school_first_day: u32) -> Ratio {
    Ratio::of(confirmed_not_back, at_school_first_day)
}

/// 年辍学率 B (textbook): all who dropped out in the school year, back or not ÷ at school on its first day.
pub fn dropout_b(dropped: u32, at_school_first_day: u32) -> Ratio {
    Ratio::of(dropped, at_school_first_day)
}

/// Pupils who left a school and came to it, for rate C.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct NetLoss {
    /// 休学 + 辍学 + 死亡 + 转出 + 其他减.
    pub lost: u32,
    /// 转入 + 复学 + 其他增.
    pub gained: u32,
}

/// 年辍学率 C (net loss of the “两基” forms): lost less gained ÷ at school on the first day; summed school by school.
///
/// May be below zero where families move in. 毕业 and 招生 take no part.
pub fn dropout_c(net: NetLoss, at_school_first_day: u32) -> Ratio {
    Ratio { above: i64::from(net.lost) - i64::from(net.gained), below: i64::from(at_school_first_day) }
}

/// A cohort on its way from entry to graduation.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CohortFlow {
    /// 招生 6, 3 or 9 years ago.
    pub entered: u32,
    /// 转入 since.
    pub moved_in: u32,
    /// 转出 since.
    pub moved_out: u32,
}

impl CohortFlow {
    /// The cohort after moves; never below zero.
    pub fn corrected(self) -> u32 {
        (self.entered + self.moved_in).saturating_sub(self.moved_out)
    }
}

/// 巩固率 (Henan form): graduates ÷ the corrected cohort, at most 100 %.
pub fn retention(graduated: u32, cohort: CohortFlow) -> Ratio {
    Ratio::of(graduated, cohort.corrected()).at_most_whole()
}

/// 年巩固率 by cohort: pupils of a grade this year ÷ pupils of the grade below last year; may pass 100 % by transfers.
pub fn yearly_retention(this_year: u32, grade_below_last_year: u32) -> Ratio {
    Ratio::of(this_year, grade_below_last_year)
}

/// 九年义务教育巩固率: graduates of the junior stage ÷ the cohort that entered primary school nine years ago, with movers.
pub fn nine_year_retention(graduated: u32, cohort: CohortFlow) -> Ratio {
    Ratio::of(graduated, cohort.corrected())
}

/// 应到: on the roll less suspended with approval; children taught at home are counted apart.
pub fn expected(on_roll: u32, suspended: u32, taught_at_home: u32) -> u32 {
    on_roll.saturating_sub(suspended).saturating_sub(taught_at_home)
}

/// 到校率: there ÷ expected. A child out of school without papers stays in the denominator.
pub fn arrival(arrived: u32, expected: u32) -> Ratio {
    Ratio::of(arrived, expected)
}

/// 出勤率: child-days attended ÷ child-days due, on days that were taken.
pub fn attendance(attended: u32, due: u32) -> Ratio {
    Ratio::of(attended, due)
}

/// 复学率: back in the period ÷ out at its beginning and new in it.
pub fn return_rate(returned: u32, out_at_start: u32, new: u32) -> Ratio {
    Ratio::of(returned, out_at_start + new)
}

/// Done ÷ due: 销号率, 残疾儿童入学率, 送教完成率, 家访覆盖率, 结对率, 帮扶转化率, 整改完成率.
pub fn done(done: u32, due: u32) -> Ratio {
    Ratio::of(done, due)
}

/// 残疾儿童入学率: placed ÷ of age, less those whose entry was deferred with approval.
pub fn disabled_enrolment(placed: u32, of_age: u32, deferred: u32) -> Ratio {
    Ratio::of(placed, of_age.saturating_sub(deferred))
}
