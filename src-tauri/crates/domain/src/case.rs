//! 辍学个案: its states as code knows them, and the typed view of a case's row (domain.md §3.4).
//!
//! Which state may follow which, and what each must show, is declared in `assets/machines/case.toml`.

use crate::clock::case::CaseFacts;
use crate::{Date, Fields, Id};

/// The state of a case; codes of the list `case_status`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// 疑似辍学.
    Suspected,
    /// 核实中.
    Verifying,
    /// 确认辍学.
    Confirmed,
    /// 劝返中.
    Persuading,
    /// 已复学.
    Returned,
    /// 稳定观察.
    Observing,
    /// 已销号.
    Closed,
    /// 经核实排除.
    Excluded,
}

impl Status {
    /// All of them, in the order of a case.
    pub const ALL: [Self; 8] = [
        Self::Suspected,
        Self::Verifying,
        Self::Confirmed,
        Self::Persuading,
        Self::Returned,
        Self::Observing,
        Self::Closed,
        Self::Excluded,
    ];

    /// Its code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Suspected => "suspected",
            Self::Verifying => "verifying",
            Self::Confirmed => "confirmed",
            Self::Persuading => "persuading",
            Self::Returned => "returned",
            Self::Observing => "observing",
            Self::Closed => "closed",
            Self::Excluded => "excluded",
        }
    }

    /// The state of a code.
    pub fn of_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.code() == code)
    }

    /// Whether somebody still has to do something about the child.
    pub fn is_open(self) -> bool {
        !matches!(self, Self::Closed | Self::Excluded)
    }

    /// Whether the child is out of school: suspected, confirmed, or being persuaded.
    pub fn is_out(self) -> bool {
        matches!(self, Self::Suspected | Self::Verifying | Self::Confirmed | Self::Persuading)
    }
}

/// A case as rules read it. A field that is empty or strange is absent, never guessed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// The child.
    pub student: Option<Id>,
    /// How it stands; suspected when nobody said.
    pub status: Status,
    /// The first day missed.
    pub left_on: Option<Date>,
    /// The day it was found.
    pub found_on: Option<Date>,
    /// The day it was verified.
    pub verified_on: Option<Date>,
    /// The day it was confirmed that the child had left.
    pub confirmed_on: Option<Date>,
    /// The day of the written report kept on the case itself.
    pub reported_on: Option<Date>,
    /// The day the child came back.
    pub returned_on: Option<Date>,
    /// The day it was closed.
    pub closed_on: Option<Date>,
    /// Why it was closed, a code of `closed_ground`.
    pub closed_ground: Option<String>,
    /// The main cause, a code of `dropout_cause`.
    pub main_cause: Option<String>,
    /// Where the child is, a code of `whereabouts`.
    pub whereabouts: Option<String>,
    /// The case before this one.
    pub previous: Option<Id>,
}

impl Case {
    /// Reads a row of the record `dropout_case`.
    pub fn read(row: &impl Fields) -> Self {
        let day = |key: &str| row.day(key);
        let code = |key: &str| row.owned(key);
        Self {
            student: row.link("student"),
            status: row.text("status").and_then(Status::of_code).unwrap_or(Status::Suspected),
            left_on: day("left_on"),
            found_on: day("found_on"),
            verified_on: day("verified_on"),
            confirmed_on: day("confirmed_on"),
            reported_on: day("reported_on"),
            returned_on: day("returned_on"),
            closed_on: day("closed_on"),
            closed_ground: code("closed_ground"),
            main_cause: code("main_cause"),
            whereabouts: code("whereabouts"),
            previous: row.link("previous"),
        }
    }

    /// Whether it was ever confirmed that the child had left: it counts as a dropout, also after the child came back.
    ///
    /// A case that came back, or was closed, straight from suspicion was never one.
    pub fn was_confirmed(&self) -> bool {
        self.confirmed_on.is_some() || matches!(self.status, Status::Confirmed | Status::Persuading)
    }

    /// Whether it was closed, or found to be none, before a day.
    pub fn is_over_before(&self, day: Date) -> bool {
        let found_none = self.verified_on.filter(|_| self.status == Status::Excluded);
        self.closed_on.or(found_none).is_some_and(|on| on < day)
    }

    /// The day from which the child counts as out of school: that of the confirmation, or of leaving when nobody wrote
    /// down when it was confirmed. None for a case that was never confirmed.
    pub fn out_from(&self) -> Option<Date> {
        self.confirmed_on.or(self.left_on).filter(|_| self.was_confirmed())
    }

    /// Whether the child was out of school on a day because of this case.
    pub fn is_out_on(&self, day: Date) -> bool {
        let left = self.left_on.is_some_and(|left| left <= day);
        let back = self.returned_on.or(self.closed_on).is_some_and(|back| back <= day);
        left && !back && self.status != Status::Excluded
    }

    /// What the clock reads, with the attempts and reports that stand in rows of their own.
    ///
    /// `None` for a case without a day of leaving: nothing can be counted from it.
    pub fn for_clock(&self, attempts: &[Date], reports: &[Date]) -> Option<CaseFacts> {
        let left_on = self.left_on?;
        Some(CaseFacts {
            status: self.status,
            left_on,
            found_on: self.found_on.unwrap_or(left_on),
            confirmed_on: self.confirmed_on,
            reported_on: reports.iter().copied().chain(self.reported_on).min(),
            attempts: u32::try_from(attempts.len()).unwrap_or(u32::MAX),
            last_attempt: attempts.iter().copied().max(),
            returned_on: self.returned_on,
        })
    }
}

/// Who goes next, a code of `persuasion_way`: the ladder of domain.md §3.4, from the teacher's call to the law.
///
/// `made` is the number of attempts already made.
pub fn next_rung(made: u32) -> &'static str {
    match made {
        0 => "phone",
        1 => "visit",
        2 => "school_village",
        3 => "center",
        4 => "township",
        _ => "legal",
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::check::{self, Frame};
    use crate::machine::Step;
    use crate::settings::{Key, Settings};
    use crate::{Catalogue, Problem, Row, Severity, Value};

    /// What domain.md §3.4 says may follow what, written out once more.
    const LEGAL: [(Status, Status); 15] = [
        (Status::Suspected, Status::Verifying),
        (Status::Suspected, Status::Confirmed),
        (Status::Suspected, Status::Returned),
        (Status::Suspected, Status::Closed),
        (Status::Suspected, Status::Excluded),
        (Status::Verifying, Status::Confirmed),
        (Status::Verifying, Status::Returned),
        (Status::Verifying, Status::Closed),
        (Status::Verifying, Status::Excluded),
        (Status::Confirmed, Status::Persuading),
        (Status::Confirmed, Status::Returned),
        (Status::Confirmed, Status::Closed),
        (Status::Persuading, Status::Returned),
        (Status::Persuading, Status::Closed),
        (Status::Returned, Status::Observing),
    ];

    /// Legal with a ground that every open case has.
    const LEGAL_TO_CLOSE: [(Status, Status); 2] =
        [(Status::Returned, Status::Closed), (Status::Observing, Status::Closed)];

    fn row(status: Status, more: &[(&str, &str)]) -> Row {
        let all = more.iter().copied().chain([("status", status.code())]);
        all.map(|(key, value)| (key.into(), Value::from(value))).collect()
    }

    fn refused(before: &Row, after: &Row, why: Option<&str>) -> Vec<Problem> {
        let catalogue = Catalogue::built_in();
        let record = catalogue.record("dropout_case").unwrap();
        check::refuse_moves(catalogue, record, Step { before: Some(before), after, why })
    }

    fn errors(row: &Row) -> BTreeSet<String> {
        let catalogue = Catalogue::built_in();
        let today = "2026-12-31".parse().unwrap();
        let found = check::check(catalogue, catalogue.record("dropout_case").unwrap(), row, today);
        found.into_iter().filter(|problem| problem.severity == Severity::Error).map(|problem| problem.field).collect()
    }

    #[test]
    fn code_and_list_know_the_same_states() {
        let listed = Catalogue::built_in().codes("case_status").unwrap();
        let codes: Vec<&str> = listed.codes.iter().map(|code| code.code.as_str()).collect();
        assert_eq!(codes, Status::ALL.map(Status::code));
    }

    #[test]
    fn each_legal_move_is_taken_and_each_other_one_refused() {
        for from in Status::ALL {
            for to in Status::ALL.into_iter().filter(|to| *to != from) {
                let after = row(to, &[("closed_ground", "transferred")]);
                let problems = refused(&row(from, &[]), &after, None);
                let legal = LEGAL.contains(&(from, to)) || LEGAL_TO_CLOSE.contains(&(from, to));
                assert_eq!(problems.is_empty(), legal, "{from:?} → {to:?}: {problems:?}");
                assert!(problems.iter().all(|problem| problem.severity == Severity::Block));
            }
        }
    }

    #[test]
    fn a_case_that_ended_says_to_open_a_new_one() {
        for ended in [Status::Closed, Status::Excluded] {
            let problems = refused(&row(ended, &[]), &row(Status::Persuading, &[]), None);
            assert_eq!(problems[0].rule, "move_after_end");
        }
    }

    #[test]
    fn a_case_is_not_emptied_of_its_state() {
        assert_eq!(refused(&row(Status::Confirmed, &[]), &Row::new(), None).len(), 1);
    }

    #[test]
    fn a_step_typed_by_mistake_is_taken_back_with_a_reason_and_only_by_one() {
        let (closed, observing) = (row(Status::Closed, &[]), row(Status::Observing, &[]));
        assert_eq!(refused(&closed, &observing, None).len(), 1);
        assert_eq!(refused(&closed, &observing, Some("  ")).len(), 1);
        assert_eq!(refused(&closed, &observing, Some("选错了状态")), vec![]);
        assert_eq!(
            refused(&closed, &row(Status::Verifying, &[]), Some("选错了状态")),
            vec![],
            "closed from there as well"
        );
        assert_eq!(refused(&observing, &row(Status::Verifying, &[]), Some("选错了状态")).len(), 1, "not in one step");
    }

    #[test]
    fn each_ground_is_open_to_its_origins_only() {
        let origins = |ground: &str| -> Vec<Status> {
            let closes = |from: &Status| {
                refused(&row(*from, &[]), &row(Status::Closed, &[("closed_ground", ground)]), None).is_empty()
            };
            Status::ALL.into_iter().filter(|status| status.is_open()).filter(closes).collect()
        };
        assert_eq!(origins("stable"), [Status::Observing]);
        assert_eq!(origins("left_again"), [Status::Returned, Status::Observing]);
        assert_eq!(origins("over_age"), [Status::Confirmed, Status::Persuading]);
        assert_eq!(origins("error"), [Status::Suspected, Status::Verifying, Status::Confirmed, Status::Persuading]);
        for ground in
            ["transferred", "vocational", "home_teaching", "suspended", "deferred", "completed", "abroad", "died"]
        {
            assert_eq!(origins(ground).len(), 6, "{ground} ends any open case");
        }
    }

    #[test]
    fn each_state_asks_for_its_day_its_people_and_its_evidence() {
        let asks = |status: Status| errors(&row(status, &[])).into_iter().collect::<Vec<_>>();
        assert_eq!(asks(Status::Suspected), ["found_on", "left_on"]);
        assert_eq!(asks(Status::Verifying), ["found_on", "left_on"]);
        assert_eq!(asks(Status::Confirmed), ["confirmed_on", "left_on", "main_cause", "verified_by", "whereabouts"]);
        assert_eq!(
            asks(Status::Persuading),
            ["confirmed_on", "duty_school", "left_on", "main_cause", "verified_by", "whereabouts"]
        );
        assert_eq!(asks(Status::Returned), ["left_on", "return_school", "returned_on"]);
        assert_eq!(asks(Status::Observing), ["left_on", "return_placement", "return_school", "returned_on"]);
        assert_eq!(asks(Status::Closed), ["closed_evidence", "closed_ground", "closed_on", "left_on"]);
        assert_eq!(asks(Status::Excluded), ["left_on", "verdict", "verified_by", "verified_on"]);
    }

    #[test]
    fn what_a_state_lacks_is_an_error_and_no_refusal() {
        assert_eq!(refused(&row(Status::Suspected, &[]), &row(Status::Confirmed, &[]), None), vec![]);
    }

    #[test]
    fn a_case_is_settled_only_after_the_set_days() {
        let closed = |on: &str, ground: &str| {
            let more = [
                ("left_on", "2026-09-01"),
                ("returned_on", "2026-10-01"),
                ("closed_on", on),
                ("closed_ground", ground),
                ("closed_evidence", "考勤记录"),
            ];
            row(Status::Closed, &more)
        };
        assert_eq!(errors(&closed("2026-10-30", "stable")), BTreeSet::from(["closed_on".to_owned()]));
        assert_eq!(errors(&closed("2026-10-31", "stable")), BTreeSet::new());
        assert_eq!(errors(&closed("2026-10-30", "transferred")), BTreeSet::new());

        let catalogue = Catalogue::built_in();
        let settings = Settings::default().with(Key::StableDays, "7").unwrap();
        let frame = Frame { catalogue, settings: &settings, today: "2026-12-31".parse().unwrap() };
        let record = catalogue.record("dropout_case").unwrap();
        let found = check::check_in(frame, record, &closed("2026-10-08", "stable"));
        assert!(found.iter().all(|problem| problem.rule != "too_soon"), "{found:?}");
    }

    #[test]
    fn a_case_read_from_paper_may_begin_anywhere() {
        let catalogue = Catalogue::built_in();
        let record = catalogue.record("dropout_case").unwrap();
        for status in Status::ALL {
            let after = row(status, &[("closed_ground", "stable")]);
            assert_eq!(check::refuse_moves(catalogue, record, Step { before: None, after: &after, why: None }), vec![]);
        }
    }

    #[test]
    fn a_child_who_came_back_before_it_was_confirmed_never_counts_as_a_dropout() {
        let back = Case::read(&row(Status::Returned, &[("left_on", "2026-09-01"), ("returned_on", "2026-09-04")]));
        assert!(!back.was_confirmed());
        let confirmed = Case::read(&row(Status::Returned, &[("confirmed_on", "2026-09-15")]));
        assert!(confirmed.was_confirmed());
    }

    #[test]
    fn a_child_is_out_from_the_day_it_left_to_the_day_it_came_back() {
        let case = Case::read(&row(Status::Observing, &[("left_on", "2026-09-01"), ("returned_on", "2026-10-08")]));
        let out = |day: &str| case.is_out_on(day.parse().unwrap());
        assert!(!out("2026-08-31"));
        assert!(out("2026-09-01"));
        assert!(out("2026-10-07"));
        assert!(!out("2026-10-08"));
    }

    #[test]
    fn the_ladder_goes_from_the_teachers_call_to_the_law_and_stays_there() {
        let way = Catalogue::built_in().codes("persuasion_way").unwrap();
        let climbed: Vec<&str> = (0..7).map(next_rung).collect();
        assert_eq!(climbed, ["phone", "visit", "school_village", "center", "township", "legal", "legal"]);
        assert!(climbed.iter().all(|rung| way.get(rung).is_some()));
    }
}
