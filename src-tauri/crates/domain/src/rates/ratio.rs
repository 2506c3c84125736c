//! What stands above and below a line.

use std::cmp::Ordering;
use std::fmt;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A rate, unrounded: both numbers are shown beside it.
///
/// ```
/// use domain::rates::Ratio;
/// assert_eq!(Ratio::of(189, 193).to_string(), "97.93%");
/// assert_eq!(Ratio::of(1, 0).to_string(), "—");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Ratio {
    /// 分子.
    #[ts(type = "number")]
    pub above: i64,
    /// 分母.
    #[ts(type = "number")]
    pub below: i64,
}

impl Ratio {
    /// `above` ÷ `below`.
    pub fn of(above: u32, below: u32) -> Self {
        Self { above: above.into(), below: below.into() }
    }

    /// The same, at most 100 %.
    #[must_use]
    pub fn at_most_whole(self) -> Self {
        Self { above: self.above.min(self.below), ..self }
    }

    /// In hundredths of a percent, half up; `None` when there is nothing to divide by.
    pub fn basis_points(self) -> Option<i64> {
        if self.below <= 0 {
            return None;
        }
        let doubled = 2 * i128::from(self.above) * 10_000 + i128::from(self.below);
        i64::try_from(doubled.div_euclid(2 * i128::from(self.below))).ok()
    }

    /// How it lies to a line drawn in hundredths of a percent, unrounded; `None` when there is nothing to divide by.
    pub fn against(self, line_basis_points: u32) -> Option<Ordering> {
        let line = i128::from(line_basis_points) * i128::from(self.below);
        (self.below > 0).then(|| (i128::from(self.above) * 10_000).cmp(&line))
    }
}

impl std::ops::Add for Ratio {
    type Output = Self;

    /// The rate of two schools together.
    fn add(self, other: Self) -> Self {
        Self { above: self.above + other.above, below: self.below + other.below }
    }
}

impl fmt::Display for Ratio {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(points) = self.basis_points() else { return out.write_str("—") };
        let sign = if points < 0 { "-" } else { "" };
        write!(out, "{sign}{}.{:02}%", points.abs() / 100, points.abs() % 100)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percent_is_rounded_half_up_to_two_decimals() {
        assert_eq!(Ratio::of(1, 200).to_string(), "0.50%");
        assert_eq!(Ratio::of(2, 3).to_string(), "66.67%");
        assert_eq!(Ratio::of(1, 3).to_string(), "33.33%");
        assert_eq!(Ratio::of(1, 80_000).to_string(), "0.00%");
        assert_eq!(Ratio::of(1, 20_000).to_string(), "0.01%", "0.005 goes up");
        assert_eq!(Ratio::of(3, 20_000).to_string(), "0.02%");
        assert_eq!(Ratio::of(200, 200).to_string(), "100.00%");
        assert_eq!(Ratio { above: -3, below: 200 }.to_string(), "-1.50%");
        assert_eq!(Ratio { above: -1, below: 20_000 }.to_string(), "0.00%", "half up is towards more");
    }

    #[test]
    fn nothing_to_divide_by_is_a_dash_and_never_zero_percent() {
        assert_eq!(Ratio::of(0, 0).to_string(), "—");
        assert_eq!(Ratio::of(0, 0).against(60), None);
    }

    #[test]
    fn a_control_line_is_held_against_the_rate_before_rounding() {
        assert_eq!(Ratio::of(6, 1000).against(60), Some(Ordering::Equal));
        assert_eq!(Ratio::of(60_001, 10_000_000).against(60), Some(Ordering::Greater));
        assert_eq!(Ratio::of(60_001, 10_000_000).to_string(), "0.60%");
    }
}
