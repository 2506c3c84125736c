//! One name for each rate, so that reports and forms can ask for it, and one place that says where its numbers are held.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Ratio;
use crate::Id;
use crate::settings::{Key, Settings};

/// A rate of domain.md §4. `assets/words/<language>/rates.json` names it and writes its formula out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Indicator {
    /// 小学净入学率.
    NetEnrolment,
    /// 适龄人口入学率.
    AgeEnrolment,
    /// 初中毛入学率.
    GrossEnrolment,
    /// 年辍学率 A.
    DropoutA,
    /// 年辍学率 B.
    DropoutB,
    /// 年辍学率 C.
    DropoutC,
    /// 巩固率.
    Retention,
    /// 年巩固率.
    YearlyRetention,
    /// 九年义务教育巩固率.
    NineYearRetention,
    /// 到校率.
    Arrival,
    /// 出勤率.
    Attendance,
    /// 复学率.
    ReturnRate,
    /// 销号率.
    CloseRate,
    /// 残疾儿童入学率.
    DisabledEnrolment,
    /// 送教完成率.
    HomeTeaching,
    /// 家访覆盖率.
    VisitCoverage,
    /// 结对率.
    Pairing,
    /// 帮扶转化率.
    Support,
    /// 整改完成率.
    Rectification,
}

impl Indicator {
    /// All of them.
    pub const ALL: [Self; 19] = [
        Self::NetEnrolment,
        Self::AgeEnrolment,
        Self::GrossEnrolment,
        Self::DropoutA,
        Self::DropoutB,
        Self::DropoutC,
        Self::Retention,
        Self::YearlyRetention,
        Self::NineYearRetention,
        Self::Arrival,
        Self::Attendance,
        Self::ReturnRate,
        Self::CloseRate,
        Self::DisabledEnrolment,
        Self::HomeTeaching,
        Self::VisitCoverage,
        Self::Pairing,
        Self::Support,
        Self::Rectification,
    ];
}

/// The rows that a number counts: every number opens its list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Measure {
    /// The rows, sorted and without doubles.
    pub ids: Vec<Id>,
}

impl Measure {
    /// The rows counted.
    pub fn of(ids: impl IntoIterator<Item = Id>) -> Self {
        let mut ids: Vec<Id> = ids.into_iter().collect();
        ids.sort();
        ids.dedup();
        Self { ids }
    }

    /// How many.
    pub fn count(&self) -> u32 {
        u32::try_from(self.ids.len()).unwrap_or(u32::MAX)
    }
}

/// A rate with its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Rate {
    /// Which one.
    pub indicator: Indicator,
    /// Its two numbers.
    pub ratio: Ratio,
}

impl Rate {
    /// Whether it lies on the wrong side of its line in force; `None` for a rate without one, or without a denominator.
    ///
    /// A line is a target for the managers of schools. It colours nothing (decisions D31).
    pub fn misses(&self, stage: Stage, settings: &Settings) -> Option<bool> {
        let (primary, junior, wrong) = match self.indicator {
            Indicator::DropoutA | Indicator::DropoutB | Indicator::DropoutC => {
                (Key::DropoutPrimaryMax, Key::DropoutJuniorMax, Ordering::Greater)
            }
            Indicator::Retention => (Key::RetentionPrimaryMin, Key::RetentionJuniorMin, Ordering::Less),
            Indicator::NetEnrolment
            | Indicator::AgeEnrolment
            | Indicator::GrossEnrolment
            | Indicator::YearlyRetention
            | Indicator::NineYearRetention
            | Indicator::Arrival
            | Indicator::Attendance
            | Indicator::ReturnRate
            | Indicator::CloseRate
            | Indicator::DisabledEnrolment
            | Indicator::HomeTeaching
            | Indicator::VisitCoverage
            | Indicator::Pairing
            | Indicator::Support
            | Indicator::Rectification => return None,
        };
        let line = match stage {
            Stage::Primary => primary,
            Stage::Junior => junior,
        };
        self.ratio.against(settings.number(line)).map(|lies| lies == wrong)
    }
}

/// 学段.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// 小学, grades 1 to 6.
    Primary,
    /// 初中, grades 7 to 9.
    Junior,
}

impl Stage {
    /// The stage of a code of the list `grade`; preschool classes belong to none.
    pub fn of_grade(code: &str) -> Option<Self> {
        match code.chars().next() {
            Some('1') => Some(Self::Primary),
            Some('2') => Some(Self::Junior),
            _ => None,
        }
    }
}
