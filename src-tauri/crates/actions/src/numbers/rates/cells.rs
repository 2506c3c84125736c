//! One rate of one school, or of all: its two numbers and how people read it.

use std::collections::BTreeSet;

use domain::Id;
use domain::rates::{Indicator, Parts, Ratio, Stage};
use domain::report::count::Hit;

use crate::numbers::rates::RateCell;

pub(super) fn is_within(hit: &Hit<'_>, stage: Option<Stage>, school: Option<Id>) -> bool {
    let of_stage = stage.is_none() || hit.place.grade.and_then(Stage::of_grade) == stage;
    of_stage && (school.is_none() || hit.place.school == school)
}

/// Whether a rate is told apart by stage, as its control lines are.
pub(super) fn has_stages(indicator: Indicator) -> bool {
    matches!(
        indicator,
        Indicator::DropoutA
            | Indicator::DropoutB
            | Indicator::DropoutC
            | Indicator::Retention
            | Indicator::YearlyRetention
            | Indicator::Arrival
    )
}

pub(super) fn cell(indicator: Indicator, parts: &Parts<'_>, stage: Option<Stage>, school: Option<Id>) -> RateCell {
    let within = |hits: &[Hit<'_>]| -> Vec<(Id, i64)> {
        hits.iter().filter(|hit| is_within(hit, stage, school)).map(|hit| (hit.row, hit.weight)).collect()
    };
    let (over, under) = (within(&parts.above), within(&parts.below));
    let sum = |hits: &[(Id, i64)]| hits.iter().map(|(_, weight)| weight).sum::<i64>();
    // A school without a junior stage, or whose cohort goes on elsewhere, has nobody above the line: it has no such rate.
    let elsewhere =
        matches!(indicator, Indicator::Retention | Indicator::NineYearRetention | Indicator::GrossEnrolment);
    let ratio = Ratio { above: sum(&over), below: if elsewhere && over.is_empty() { 0 } else { sum(&under) } };
    let shown = if indicator == Indicator::Retention { ratio.at_most_whole() } else { ratio };
    let rows = |hits: &[(Id, i64)]| hits.iter().map(|(row, _)| *row).collect::<BTreeSet<Id>>();
    let whole = over.iter().chain(&under).all(|(_, weight)| *weight == 1);
    let (over, under) = (rows(&over), rows(&under));
    let comparable = whole && parts.above_record == parts.below_record && over.is_subset(&under);
    RateCell {
        above: ratio.above,
        below: ratio.below,
        shown: shown.to_string(),
        apart: comparable.then(|| u32::try_from(under.len() - over.len()).unwrap_or(u32::MAX)),
    }
}
