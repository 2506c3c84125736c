//! A new school year's roster opens a new enrolment: where the child sat last year stays as it was (decisions A1).

use domain::definition::Projection;
use domain::{Id, Keyed, Record, Value, date};
use store::{Act, Edit};

use crate::failure::Done;
use crate::rows::draft::Setting;

/// Fields of a yearly row that belong to its year alone and are not carried into the next.
const OF_ITS_YEAR: [&str; 5] = ["school_year", "from_on", "until_on", "stated_on", "seat_no"];
/// Fields that say a child has moved on.
const MOVES: [&str; 2] = ["grade", "class"];

/// Takes the values that open a new yearly row out of `values` and gives the edits that open it.
pub(crate) fn edits(
    setting: &Setting<'_>,
    record: &Record,
    id: Id,
    values: &mut Keyed<Option<Value>>,
) -> Done<Vec<Edit>> {
    let Some(projection) = MOVES.iter().filter(|key| values.contains_key(**key)).find_map(|key| record.projection(key))
    else {
        return Ok(vec![]);
    };
    let Some(target) = setting.catalogue.record(&projection.record) else { return Ok(vec![]) };
    let Some((home, old)) = last_years(setting, target, projection, id)? else { return Ok(vec![]) };
    let start = Value::Text(date::school_year_start(setting.today).to_string().into());
    let mut fields: Keyed<Option<Value>> = old
        .iter()
        .filter(|(key, _)| !OF_ITS_YEAR.contains(&key.as_str()))
        .map(|(key, value)| (key.clone(), Some(value.clone())))
        .collect();
    fields.insert("from_on".into(), Some(start.clone()));
    let moved: Vec<&Projection> =
        record.projections.iter().filter(|one| one.record == target.record && values.contains_key(&one.key)).collect();
    for projection in moved {
        fields.extend(values.remove(&projection.key).map(|value| (projection.field.clone(), value)));
    }
    let mut edits = setting.make(target, setting.desk.new_id(), fields)?;
    if !old.contains_key("until_on") {
        let fields = Keyed::from_iter([("until_on".into(), Some(start))]);
        edits.push(Edit { record: target.record.clone(), row: home, act: Act::Write { fields, seen: None } });
    }
    Ok(edits)
}

/// The row that says where the child is, if it speaks of an earlier school year.
fn last_years(
    setting: &Setting<'_>,
    target: &Record,
    projection: &Projection,
    id: Id,
) -> Done<Option<(Id, domain::Row)>> {
    let yearly = target.stored().find(|field| field.default.as_deref() == Some("@school_year"));
    let (Some(yearly), Some(home)) = (yearly, setting.view.projected_row(id, projection, setting.today)?) else {
        return Ok(None);
    };
    let row = setting.view.row_on(target, home, setting.today)?;
    let this_year = date::school_year(setting.today);
    let is_earlier = |row: &domain::Row| {
        let year = row.get(&yearly.key).and_then(Value::as_text);
        year.is_some_and(|year| year < this_year.as_str())
    };
    Ok(row.filter(|(_, row)| is_earlier(row)))
}
