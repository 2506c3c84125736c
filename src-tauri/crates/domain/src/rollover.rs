//! 升级: what a new school year makes of a seat (domain.md §2.9, §7). Staying down is no way of the roll: compulsory pupils
//! are not kept back (domain.md §3.2), so it takes a reason; nobody is expelled (义务教育法 art. 27).

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::codes::CodeList;
use crate::{Date, date, grade};

/// What becomes of a child at the end of a school year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// 升级: the next grade.
    Up,
    /// 毕业: the last grade of the school is done.
    Graduate,
    /// 跳级: the grade after the next.
    Skip,
    /// 重读: the same grade again, for a reason that is given.
    Repeat,
    /// 休学: the same grade, suspended with approval.
    Suspend,
    /// 转出, or on to another school after the last grade of a teaching point.
    TransferOut,
    /// Nothing: the seat goes on as it is.
    Keep,
}

impl Outcome {
    /// All of them, in the order people meet them.
    pub const ALL: [Self; 7] =
        [Self::Up, Self::Graduate, Self::Skip, Self::Repeat, Self::Suspend, Self::TransferOut, Self::Keep];

    /// Its name in words.
    pub fn key(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Graduate => "graduate",
            Self::Skip => "skip",
            Self::Repeat => "repeat",
            Self::Suspend => "suspend",
            Self::TransferOut => "transfer_out",
            Self::Keep => "keep",
        }
    }

    /// The grade of the new seat; none when there is no new seat, or nothing follows the grade.
    pub fn next_grade(self, now: &str) -> Option<&str> {
        match self {
            Self::Up => grade::next(now),
            Self::Skip => grade::next(now).and_then(grade::next),
            Self::Repeat | Self::Suspend => Some(now),
            Self::Graduate | Self::TransferOut | Self::Keep => None,
        }
    }

    /// Whether the seat of the old year ends.
    pub fn ends_the_seat(self) -> bool {
        self != Self::Keep
    }
}

/// What usually becomes of a seat: `status` is a code of `roll_status`, `last` the last grade of the school.
///
/// A seat that leaves the roll anyway, or has no grade, is left as it is.
pub fn usual(grade: Option<&str>, status: Option<&str>, last: &Last) -> Outcome {
    let Some(now) = grade else { return Outcome::Keep };
    match status {
        Some("07" | "08" | "10" | "11" | "15" | "24" | "26") => Outcome::Keep,
        Some("02") => Outcome::Suspend,
        _ if now == last.grade => last.outcome,
        _ => Outcome::Up,
    }
}

/// Where a school ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Last {
    /// Code of its last grade.
    pub grade: String,
    /// What comes after it.
    pub outcome: Outcome,
}

impl Last {
    /// The last grade of a school of a kind that has pupils in some grades; a code of `org_kind`.
    ///
    /// A teaching point ends where its pupils end, and hands them on to another school unless they have done six years.
    pub fn of_school<'g>(kind: &str, grades: impl IntoIterator<Item = &'g str>) -> Self {
        let highest = grades.into_iter().max().unwrap_or("16").to_owned();
        let is_junior = highest.starts_with('2');
        match kind {
            "junior" | "nine_year" => Self { grade: "23".to_owned(), outcome: Outcome::Graduate },
            _ if is_junior => Self { grade: "23".to_owned(), outcome: Outcome::Graduate },
            "teaching_point" if highest != "16" => Self { grade: highest, outcome: Outcome::TransferOut },
            _ => Self { grade: "16".to_owned(), outcome: Outcome::Graduate },
        }
    }

    /// A school that is said to end with a grade.
    pub fn said(grade: &str) -> Self {
        let outcome = if matches!(grade, "16" | "23") { Outcome::Graduate } else { Outcome::TransferOut };
        Self { grade: grade.to_owned(), outcome }
    }
}

/// The first day of the school year that a roll-over on a day leads to: from June on the coming one, else the one begun.
pub fn first_day(today: Date) -> Date {
    let begun = date::school_year_start(today);
    let coming = chrono::Datelike::with_year(&begun, chrono::Datelike::year(&begun) + 1).unwrap_or(begun);
    if (6..=8).contains(&chrono::Datelike::month(&today)) { coming } else { begun }
}

/// The class within its grade, as it goes on: a name that carries its grade (三(1)班, 2023级1班) loses it.
pub fn class_within(class: &str, now: &str, grades: &CodeList, eve: Date) -> String {
    let place = grade::read(class, grades, eve);
    match (place.grade, place.class) {
        (Some(named), Some(within)) if named == now => within,
        _ => class.to_owned(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::Catalogue;

    #[test]
    fn grades_follow_one_another_to_the_last_of_the_school() {
        let primary = Last::of_school("primary", ["11", "16"]);
        assert_eq!(usual(Some("11"), None, &primary), Outcome::Up);
        assert_eq!(usual(Some("16"), Some("01"), &primary), Outcome::Graduate);
        assert_eq!(usual(Some("03"), None, &primary).next_grade("03"), Some("11"));
        let nine = Last::of_school("nine_year", ["11", "16"]);
        assert_eq!(usual(Some("16"), None, &nine).next_grade("16"), Some("21"));
        let point = Last::of_school("teaching_point", ["11", "12"]);
        assert_eq!(usual(Some("12"), None, &point), Outcome::TransferOut);
        assert_eq!(usual(Some("13"), Some("02"), &primary), Outcome::Suspend, "who is suspended waits");
        assert_eq!(usual(Some("13"), Some("11"), &primary), Outcome::Keep);
        assert_eq!(usual(None, None, &primary), Outcome::Keep);
        assert_eq!(Outcome::Skip.next_grade("11"), Some("13"));
        assert_eq!(Outcome::Skip.next_grade("22"), None);
    }

    #[test]
    fn a_class_that_carries_its_grade_in_its_name_goes_on_without_it() {
        let grades = Catalogue::built_in().codes("grade").unwrap();
        let eve = Date::from_ymd_opt(2026, 8, 31).unwrap();
        let within = |class: &str| class_within(class, "13", grades, eve);
        assert_eq!(["三(1)班", "301班", "三年级(1)班", "1"].map(within), ["1", "1", "1", "1"]);
        assert_eq!(["复式班", "阳光班", "四(1)班"].map(within), ["复式班", "阳光班", "四(1)班"]);
        assert_eq!(within("2023级1班"), "1");
    }

    #[test]
    fn summer_rolls_over_into_the_coming_year_and_autumn_into_the_one_begun() {
        let day = |text: &str| first_day(text.parse().unwrap()).to_string();
        assert_eq!(["2026-07-05", "2026-09-10", "2027-03-01"].map(day), ["2026-09-01", "2026-09-01", "2026-09-01"]);
        assert_eq!(day("2026-06-20"), "2026-09-01");
    }
}
