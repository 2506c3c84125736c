//! `rates`: every rate of a day with both its numbers, by school at a center; and the rows behind one.

use actions::domain::rates::{Head, Indicator, Stage};
use actions::{Desk, Done, RateCell, RateRowsRequest, RateSide, RatesReply, RatesRequest};
use clap::Args;

use crate::rows::row_id;
use crate::show::{Terminal, usage};

/// What `rates` is asked for.
#[derive(Debug, Args)]
pub(crate) struct RatesArgs {
    /// As it was true on this day; today, or the day of the seal, when absent.
    #[arg(long, value_name = "DATE")]
    on: Option<String>,
    /// As it was known at this seal: the id of a sealed report.
    #[arg(long, value_name = "SEAL")]
    at: Option<String>,
    /// List the rows behind one: on_roll, at_school, present, or a rate: dropout_a, arrival, …
    #[arg(long, value_name = "NUMBER")]
    list: Option<String>,
    /// Which rows of a rate: above, below, or apart (below and not above).
    #[arg(long, value_name = "SIDE", default_value = "above", requires = "list")]
    side: String,
    /// Of one stage: primary, junior.
    #[arg(long, value_name = "STAGE", requires = "list")]
    stage: Option<String>,
    /// Of one school, by its id.
    #[arg(long, value_name = "ID", requires = "list")]
    school: Option<String>,
}

pub(crate) fn rates(desk: &Desk, terminal: &Terminal, args: RatesArgs) -> Done<()> {
    let at = args.at.as_deref().map(row_id).transpose()?;
    let Some(number) = args.list.as_deref() else {
        let reply = actions::rates(desk, RatesRequest { on: args.on, at })?;
        return terminal.reply(&reply, || words(terminal, &reply));
    };
    let head: Option<Head> = word(number);
    let indicator: Option<Indicator> = word(number);
    if head.is_none() && indicator.is_none() {
        return Err(usage("list", number));
    }
    let side = word::<RateSide>(&args.side).ok_or_else(|| usage("side", &args.side))?;
    let stage = |typed: &String| word::<Stage>(typed).ok_or_else(|| usage("stage", typed));
    let request = RateRowsRequest {
        indicator,
        head,
        side,
        stage: args.stage.as_ref().map(stage).transpose()?,
        school: args.school.as_deref().map(row_id).transpose()?,
        on: args.on,
        at,
    };
    let listed = actions::rate_rows(desk, request)?;
    terminal.reply(&listed, || listed.rows.iter().map(|row| format!("{}  {}", row.id, row.name)).collect())
}

/// A word of a closed list.
fn word<T: serde::de::DeserializeOwned>(typed: &str) -> Option<T> {
    serde_json::from_value(serde_json::Value::String(typed.to_owned())).ok()
}

fn words(terminal: &Terminal, reply: &RatesReply) -> Vec<String> {
    let total = terminal.say("rates.total", &[]);
    let names: Vec<&str> =
        [total.as_str()].into_iter().chain(reply.schools.iter().map(|school| school.name.as_str())).collect();
    let facts = [("on", reply.on.to_string()), ("year", reply.school_year.clone())];
    let mut lines = vec![terminal.say("rates.head", &facts)];
    for count in &reply.heads {
        lines.push(format!("{}  {}", count.name, count.about));
        let cell = |cell: &Option<u32>| cell.map_or("—".to_owned(), |count| count.to_string());
        lines.extend(names.iter().zip(&count.cells).map(|(name, count)| format!("  {name}: {}", cell(count))));
    }
    for rate in &reply.rates {
        lines.push(format!("{}  {}  {}", rate.name, rate.formula, rate.line.clone().unwrap_or_default()));
        let cell = |cell: &RateCell| format!("{} ÷ {} = {}", cell.above, cell.below, cell.shown);
        lines.extend(names.iter().zip(&rate.cells).map(|(name, one)| format!("  {name}: {}", cell(one))));
    }
    lines
}
