//! 勾稽: what every report must satisfy. 期初 + 增 − 减 = 期末 = the roster, by line (domain.md §4; decisions: 招生, 毕业,
//! 升级, 跳级 and 转班 are lines of the monthly balance).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A way into or out of a school, a grade or a class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Flow {
    /// 招生.
    Admitted,
    /// 转入.
    MovedIn,
    /// 复学, from a suspension or after leaving.
    Returned,
    /// 补录.
    Registered,
    /// 升级入, from the grade below.
    PromotedIn,
    /// 跳级入.
    SkippedIn,
    /// 转班入.
    ClassIn,
    /// 其他增.
    OtherIn,
    /// 毕业, 结业.
    Graduated,
    /// 转出.
    MovedOut,
    /// 休学.
    Suspended,
    /// 辍学.
    DroppedOut,
    /// 死亡.
    Died,
    /// 升级出, to the grade above.
    PromotedOut,
    /// 跳级出.
    SkippedOut,
    /// 转班出.
    ClassOut,
    /// 其他减.
    OtherOut,
}

/// In or out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// One more.
    In,
    /// One less.
    Out,
}

impl Flow {
    /// All of them, in the order of the form.
    pub const ALL: [Self; 17] = [
        Self::Admitted,
        Self::MovedIn,
        Self::Returned,
        Self::Registered,
        Self::PromotedIn,
        Self::SkippedIn,
        Self::ClassIn,
        Self::OtherIn,
        Self::Graduated,
        Self::MovedOut,
        Self::Suspended,
        Self::DroppedOut,
        Self::Died,
        Self::PromotedOut,
        Self::SkippedOut,
        Self::ClassOut,
        Self::OtherOut,
    ];

    /// Whether it adds or takes away.
    pub fn direction(self) -> Direction {
        match self {
            Self::Admitted
            | Self::MovedIn
            | Self::Returned
            | Self::Registered
            | Self::PromotedIn
            | Self::SkippedIn
            | Self::ClassIn
            | Self::OtherIn => Direction::In,
            Self::Graduated
            | Self::MovedOut
            | Self::Suspended
            | Self::DroppedOut
            | Self::Died
            | Self::PromotedOut
            | Self::SkippedOut
            | Self::ClassOut
            | Self::OtherOut => Direction::Out,
        }
    }
}

/// The balance of one line of a report.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Balance {
    /// 期初在校.
    pub opening: u32,
    /// What came and went; a flow that is absent is 0.
    pub flows: BTreeMap<Flow, u32>,
    /// 期末在校, as counted from the roster.
    pub closing: u32,
}

/// 勾稽不符: what the roster counts is not what the flows lead to. Printed as a red box.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Gap {
    /// What the opening number and the flows lead to.
    #[ts(type = "number")]
    pub led_to: i64,
    /// What the roster counts.
    pub counted: u32,
}

impl Balance {
    /// What the opening number and the flows lead to.
    pub fn led_to(&self) -> i64 {
        let signed = |(flow, count): (&Flow, &u32)| match flow.direction() {
            Direction::In => i64::from(*count),
            Direction::Out => -i64::from(*count),
        };
        i64::from(self.opening) + self.flows.iter().map(signed).sum::<i64>()
    }

    /// The gap, if the line does not hold.
    pub fn gap(&self) -> Option<Gap> {
        let led_to = self.led_to();
        (led_to != i64::from(self.closing)).then_some(Gap { led_to, counted: self.closing })
    }

    /// The line of several parts together.
    pub fn total<'b>(parts: impl IntoIterator<Item = &'b Self>) -> Self {
        parts.into_iter().fold(Self::default(), |mut sum, part| {
            sum.opening += part.opening;
            sum.closing += part.closing;
            for (flow, count) in &part.flows {
                *sum.flows.entry(*flow).or_default() += count;
            }
            sum
        })
    }

    /// What a flow counts.
    pub fn count(&self, flow: Flow) -> u32 {
        self.flows.get(&flow).copied().unwrap_or_default()
    }

    /// What rate C takes from this line: neither 毕业, 招生 nor moves within the school.
    pub fn net_loss(&self) -> crate::rates::NetLoss {
        let sum = |flows: &[Flow]| flows.iter().map(|flow| self.count(*flow)).sum();
        crate::rates::NetLoss {
            lost: sum(&[Flow::Suspended, Flow::DroppedOut, Flow::Died, Flow::MovedOut, Flow::OtherOut]),
            gained: sum(&[Flow::MovedIn, Flow::Returned, Flow::OtherIn]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rates::{self, CohortFlow, Ratio};

    /// The primary school of domain.md §4.2.
    fn worked_example() -> Balance {
        let flows = [
            (Flow::MovedIn, 6),
            (Flow::Returned, 1),
            (Flow::MovedOut, 9),
            (Flow::Suspended, 2),
            (Flow::Died, 0),
            (Flow::Graduated, 30),
            (Flow::Admitted, 28),
            (Flow::DroppedOut, 2),
        ];
        Balance { opening: 200, flows: flows.into(), closing: 192 }
    }

    #[test]
    fn the_worked_example_balances() {
        assert_eq!(worked_example().led_to(), 192);
        assert_eq!(worked_example().gap(), None);
    }

    #[test]
    fn the_three_dropout_rates_of_the_worked_example_are_three_numbers() {
        let year = worked_example();
        assert_eq!(rates::dropout_a(1, year.opening).to_string(), "0.50%");
        assert_eq!(rates::dropout_b(year.count(Flow::DroppedOut), year.opening).to_string(), "1.00%");
        assert_eq!(rates::dropout_c(year.net_loss(), year.opening).to_string(), "3.00%");
    }

    #[test]
    fn the_retention_rate_of_the_worked_example_is_whole() {
        let cohort = CohortFlow { entered: 31, moved_in: 4, moved_out: 5 };
        assert_eq!(rates::retention(30, cohort), Ratio::of(30, 30));
        assert_eq!(rates::retention(30, cohort).to_string(), "100.00%");
        assert_eq!(rates::retention(33, cohort).to_string(), "100.00%", "capped");
    }

    #[test]
    fn on_the_roll_at_school_and_there_are_three_counts() {
        let (suspended, out) = (2, 1);
        let on_roll = worked_example().closing + suspended + out;
        assert_eq!(on_roll, 195);
        let expected = rates::expected(on_roll, suspended, 0);
        assert_eq!(rates::arrival(189, expected), Ratio::of(189, 193), "the missing child stays below the line");
        assert_eq!(rates::arrival(189, expected).to_string(), "97.93%");
    }

    #[test]
    fn a_line_that_does_not_hold_says_by_how_much() {
        let wrong = Balance { closing: 191, ..worked_example() };
        assert_eq!(wrong.gap(), Some(Gap { led_to: 192, counted: 191 }));
    }

    #[test]
    fn the_total_of_schools_balances_when_each_of_them_does() {
        let other = Balance { opening: 40, flows: [(Flow::MovedOut, 3)].into(), closing: 37 };
        let total = Balance::total([&worked_example(), &other]);
        assert_eq!((total.opening, total.closing, total.gap()), (240, 229, None));
        assert_eq!(total.count(Flow::MovedOut), 12);
    }
}
