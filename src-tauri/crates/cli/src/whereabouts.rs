//! `whereabouts`: at a center, children missed by one school and found at another, laid side by side; a person decides.

use actions::{Desk, Done, Failure, Verdict, WhereDecision, WhereMatch, WhereSide};
use clap::Args;

use crate::rows::row_id;
use crate::show::Terminal;

/// Which pair, and what was decided; all pairs when none is named.
#[derive(Debug, Args)]
pub(crate) struct WhereaboutsArgs {
    /// The row that says the child is missing.
    row: Option<String>,
    /// The child of the other school.
    #[arg(requires = "row")]
    arrived: Option<String>,
    /// They are one child: its whereabouts are settled.
    #[arg(long, requires = "arrived")]
    same: bool,
    /// They are two children: the pair is shown no more.
    #[arg(long, requires = "arrived", conflicts_with = "same")]
    different: bool,
    /// How it was verified: phone, visit, roll_system, village, school_there, police.
    #[arg(long, value_name = "WAY", requires = "same")]
    way: Option<String>,
}

pub(crate) fn whereabouts(desk: &Desk, terminal: &Terminal, args: WhereaboutsArgs) -> Done<()> {
    let pairs = actions::where_matches(desk, ())?;
    let (Some(row), Some(arrived)) = (args.row, args.arrived) else {
        return terminal.reply(&pairs, || pairs.iter().map(line).collect());
    };
    let verdict = match (args.same, args.different) {
        (true, _) => Verdict::Same,
        (_, true) => Verdict::Different,
        (false, false) => return Err(Failure::new("usage").with("option", "--same").with("typed", "")),
    };
    let (row, arrived) = (row_id(&row)?, row_id(&arrived)?);
    let record = pairs.into_iter().find(|pair| pair.row == row).map(|pair| pair.record).unwrap_or_default();
    actions::settle_where(desk, WhereDecision { record, row, arrived, verdict, verify_way: args.way })?;
    terminal.reply(&(), || vec![terminal.say("whereabouts.settled", &[])])
}

fn line(pair: &WhereMatch) -> String {
    let side = |side: &WhereSide| {
        let parts =
            [&side.school, &side.class, &side.name, &side.birth_date, &side.id_number, &side.since, &side.about];
        parts.into_iter().filter(|part| !part.is_empty()).cloned().collect::<Vec<_>>().join(" ")
    };
    format!("{}  {}  {}  |  {}", pair.row, pair.arrived.student, side(&pair.missing), side(&pair.arrived))
}
