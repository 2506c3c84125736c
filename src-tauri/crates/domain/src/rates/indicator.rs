//! One name for each rate, so that reports and forms can ask for it, and one place that says where its numbers are held.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::settings::Key;

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

impl Indicator {
    /// The setting that draws its control line for a stage; `None` for a rate without one.
    ///
    /// A line is a target for the managers of schools. It colours nothing (decisions D31).
    pub fn limit(self, stage: Stage) -> Option<Key> {
        let (primary, junior) = match self {
            Self::DropoutA | Self::DropoutB | Self::DropoutC => (Key::DropoutPrimaryMax, Key::DropoutJuniorMax),
            Self::Retention => (Key::RetentionPrimaryMin, Key::RetentionJuniorMin),
            Self::NetEnrolment
            | Self::AgeEnrolment
            | Self::GrossEnrolment
            | Self::YearlyRetention
            | Self::NineYearRetention
            | Self::Arrival
            | Self::Attendance
            | Self::ReturnRate
            | Self::CloseRate
            | Self::DisabledEnrolment
            | Self::HomeTeaching
            | Self::VisitCoverage
            | Self::Pairing
            | Self::Support
            | Self::Rectification => return None,
        };
        Some(match stage {
            Stage::Primary => primary,
            Stage::Junior => junior,
        })
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
