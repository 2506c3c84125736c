//! The names of all settings: a typo is a compile error, and a test holds them against the declarations.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

macro_rules! keys {
    ($($name:ident = $text:literal,)*) => {
        /// A setting. `assets/settings.toml` says what each means.
        #[allow(missing_docs, reason = "the declarations say it, in both languages")]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Key { $($name),* }

        impl Key {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// Its name in files and on the wire.
            pub fn name(self) -> &'static str {
                match self { $(Self::$name => $text),* }
            }
        }
    };
}

keys! {
    ContactDays = "absence.contact_days",
    VisitDays = "absence.visit_days",
    SuspectedDays = "absence.suspected_days",
    ReportDays = "absence.report_days",
    ConfirmDays = "absence.confirm_days",
    TermAlarmDays = "absence.term_alarm_days",
    TermAlarmCounts = "absence.term_alarm_counts",
    AwayDays = "clock.away_days",
    CatchUpDays = "clock.catch_up_days",
    CheckDays = "term.check_days",
    ListClosedDay = "term.list_closed_day",
    TermReportDay = "term.report_day",
    MonthDue = "report.month_due",
    ZeroReport = "report.zero",
    CensusSpring = "census.spring",
    CensusAutumn = "census.autumn",
    AttemptsMin = "persuasion.attempts_min",
    GapDays = "persuasion.gap_days",
    FollowUpDays = "persuasion.follow_up_days",
    PeopleMin = "persuasion.people_min",
    StableDays = "case.stable_days",
    LessonsPerWeek = "home_teaching.visits_per_week",
    HoursPerLesson = "home_teaching.hours_per_visit",
    HoursPerYear = "home_teaching.hours_per_year",
    VisitsPerTerm = "visit.per_term",
    VisitsPerTermKey = "visit.per_term_key",
    SecondVisitor = "visit.second_visitor",
    VisitPhoto = "visit.photo",
    LeftBehindMonths = "left_behind.months",
    LeftBehindWho = "left_behind.who",
    DropoutPrimaryMax = "rate.dropout_primary_max",
    DropoutJuniorMax = "rate.dropout_junior_max",
    RetentionPrimaryMin = "rate.retention_primary_min",
    RetentionJuniorMin = "rate.retention_junior_min",
    SchoolAgeFirst = "school_age.first",
    SchoolAgeCohorts = "school_age.cohorts",
    TransferPartyDays = "transfer.party_days",
    TransferParties = "transfer.parties",
    SuspensionYears = "suspension.years",
    SuspensionRenewals = "suspension.renewals",
    SameWeekdayTimes = "notice.same_weekday_times",
    AbsenceTimes = "notice.absence_times",
}

/// The text names no setting.
#[derive(Debug, thiserror::Error)]
#[error("{0} is no setting")]
pub struct NoSuchSetting(String);

impl FromStr for Key {
    type Err = NoSuchSetting;

    fn from_str(text: &str) -> Result<Self, NoSuchSetting> {
        Self::ALL.iter().find(|key| key.name() == text).copied().ok_or_else(|| NoSuchSetting(text.to_owned()))
    }
}

impl fmt::Display for Key {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

impl Serialize for Key {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}
