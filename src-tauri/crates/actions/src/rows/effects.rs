//! What a move of one row does to another, as its machine declares it: a transfer that is done ends the seat. Both stand in
//! one change, and one undo takes both back.

use chrono::Days;
use domain::check::Rule;
use domain::machine::{Effect, Machine, Step};
use domain::{Catalogue, Date, Id, Keyed, Record, Row, Value};
use store::{Act, Edit};

use crate::failure::{Done, Failure};
use crate::rows::draft::{self, Setting, Typed};

/// The edits beside a row that is saved; `standing` is the row before, empty when it is new.
pub(crate) fn beside(setting: &Setting<'_>, record: &Record, standing: &Row, typed: &Typed) -> Done<Vec<Edit>> {
    brought_about(setting, record, standing, &draft::after(standing, typed))
}

/// The edits that follow from what a row was, empty when it is new, and what it is or will be.
pub(crate) fn brought_about(setting: &Setting<'_>, record: &Record, before: &Row, after: &Row) -> Done<Vec<Edit>> {
    let owner = record.owner.as_ref().and_then(|via| after.get(via.as_str())).and_then(Value::as_row);
    let Some(owner) = owner else { return Ok(vec![]) };
    let mut edits = Vec::new();
    let step = Step { before: Some(before).filter(|row| !row.is_empty()), after, why: setting.why };
    for (effect, day) in due(setting.catalogue, record, step) {
        edits.extend(carry_out(setting, (owner, after), effect, day)?);
    }
    Ok(edits)
}

/// The effects of a step, each with its day.
pub(crate) fn due<'c>(catalogue: &'c Catalogue, record: &'c Record, step: Step<'c>) -> Vec<(&'c Effect, Date)> {
    let mut found = Vec::new();
    for (field, machine) in moved(catalogue, record) {
        found.extend(machine.effects_of(field, step).filter_map(|effect| Some((effect, effect.day(step.after)?))));
    }
    found
}

/// Whether a row of this record can bring anything about.
pub(crate) fn can_be(catalogue: &Catalogue, record: &Record) -> bool {
    moved(catalogue, record).any(|(_, machine)| !machine.effects.is_empty())
}

/// The fields of a record that machines run.
fn moved<'c>(catalogue: &'c Catalogue, record: &'c Record) -> impl Iterator<Item = (&'c str, &'c Machine)> {
    record.rules.iter().filter_map(|rule| match rule {
        Rule::Moves { field, machine } => Some((field.as_str(), catalogue.machine(machine)?)),
        _ => None,
    })
}

fn carry_out(setting: &Setting<'_>, (owner, moved): (Id, &Row), effect: &Effect, day: Date) -> Done<Vec<Edit>> {
    let Some(target) = setting.catalogue.record(&effect.record) else { return Ok(vec![]) };
    let above = setting.view.record_of(owner)?;
    let Some(projection) = above.projections.iter().find(|one| one.record == target.record) else {
        return Ok(vec![]);
    };
    // What holds on the day before is what ends; what began on the day itself was written already.
    let eve = day.checked_sub_days(Days::new(1)).unwrap_or(day);
    let row_on = |on: Date| match setting.view.projected_row(owner, projection, on)? {
        Some(id) => Ok::<_, Failure>(setting.view.row_on(target, id, setting.today)?),
        None => Ok(None),
    };
    let (held, now) = (row_on(eve)?, row_on(day)?);
    let written = match (&held, &now) {
        (None, _) if effect.ends => true,
        (_, Some(_)) if !effect.ends => true,
        (_, None) => effect.opens.is_none(),
        (held, Some((id, _))) => held.as_ref().is_none_or(|(other, _)| other != id),
    };
    if written {
        return Ok(vec![]);
    }
    let mut edits = Vec::new();
    let mut fields = Keyed::from_iter([("from_on".into(), Some(Value::Text(day.to_string().into())))]);
    if let Some((id, row)) = held {
        if effect.ends {
            let ended = Keyed::from_iter([("until_on".into(), Some(Value::Text(day.to_string().into())))]);
            edits.push(Edit { record: target.record.clone(), row: id, act: Act::Write { fields: ended, seen: None } });
        }
        let copied = row.into_iter().filter(|(key, _)| !effect.fresh.contains(key));
        fields.extend(copied.map(|(key, value)| (key, Some(value))));
    }
    if effect.opens.is_some() {
        fields.extend(target.owner.iter().map(|via| (via.clone(), Some(Value::Row(owner)))));
        fields.extend(effect.says(moved).into_iter().map(|(key, value)| (key, Some(value))));
        edits.extend(setting.make(target, setting.desk.new_id(), fields)?);
    }
    Ok(edits)
}
