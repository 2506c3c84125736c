//! From what was typed to edits: fields read and checked, projections turned into the rows they live in.

use domain::definition::Projection;
use domain::machine::Step;
use domain::read::{self, Around};
use domain::{Catalogue, Date, Field, Id, Keyed, Problem, Record, Row, Severity, Text, Value, check, date};
use serde_json::{Map, Value as Json};
use store::{Act, Edit, StoreError, View};

use crate::desk::Desk;
use crate::failure::{Done, Failure};
use crate::rows::{names, rules};

/// A typed form, read: what its fields hold and what is wrong with them.
#[derive(Debug, Default)]
pub(crate) struct Typed {
    pub(crate) values: Fields,
    pub(crate) problems: Vec<Problem>,
}

/// What turning a form into edits needs to know.
pub(crate) struct Setting<'s> {
    pub(crate) catalogue: &'s Catalogue,
    pub(crate) view: View<'s>,
    pub(crate) today: Date,
    /// The organisation new rows belong to.
    pub(crate) scope: Id,
    /// Draws ids for new rows.
    pub(crate) desk: &'s Desk,
    /// Why the form is saved, if somebody said so.
    pub(crate) why: Option<&'s str>,
}

/// Keys that `get` adds to a row and `put` takes back without storing.
const MARKS: [&str; 3] = ["id", "_seen", "_conflicts"];

/// Reads the typed fields of a record; `standing` is the row as it stands.
pub(crate) fn read_fields(catalogue: &Catalogue, record: &Record, typed: &Map<String, Json>, standing: &Row) -> Typed {
    let mut read = Typed::default();
    // Fields that decide how others are read come first.
    let deciding =
        |key: &String| key == "id_type" || record.fields.iter().any(|field| field.codes_when.contains_key(key));
    let (first, rest): (Vec<_>, Vec<_>) =
        typed.iter().filter(|(key, _)| !MARKS.contains(&key.as_str())).partition(|(key, _)| deciding(key));
    for (key, json) in first.into_iter().chain(rest) {
        let Some(field) = record.field(key) else {
            read.problems.push(Problem::block(key, "unknown_field").with("typed", key));
            continue;
        };
        match read::read(field, around(catalogue, field, &read.values, standing), json) {
            Ok(value) => {
                read.values.insert(key.as_str().into(), value);
            }
            Err(problem) => read.problems.push(problem),
        }
    }
    read
}

fn around<'c>(catalogue: &'c Catalogue, field: &Field, typed: &Fields, standing: &Row) -> Around<'c> {
    let code_of = |key: &str| {
        let value = typed.get(key).map_or_else(|| standing.get(key), Option::as_ref);
        value.and_then(Value::as_text).map(str::to_owned)
    };
    let list = if field.kind == domain::FieldType::YesNo {
        catalogue.codes("yes_no")
    } else {
        catalogue.list_of(field, code_of)
    };
    Around { list, resident_id: code_of("id_type").is_none_or(|code| code == "1") }
}

/// The row as it would stand after a form is saved.
pub(crate) fn after(standing: &Row, typed: &Typed) -> Row {
    let mut row = standing.clone();
    for (key, value) in &typed.values {
        match value {
            Some(value) => row.insert(key.clone(), value.clone()),
            None => row.remove(key.as_str()),
        };
    }
    row
}

impl Setting<'_> {
    /// Everything wrong with a form: what could not be read, what breaks a rule, references that lead nowhere.
    pub(crate) fn problems(
        &self,
        record: &Record,
        id: Option<Id>,
        typed: &Typed,
        standing: &Row,
    ) -> Done<Vec<Problem>> {
        let mut problems = typed.problems.clone();
        let row = after(standing, typed);
        let step = Step { before: id.map(|_| standing), after: &row, why: self.why };
        problems.extend(check::refuse_moves(self.catalogue, record, step));
        let unread = |problem: &Problem| typed.problems.iter().any(|unread| unread.field == problem.field);
        let settings = rules::settings_for(self.desk, self.view, record)?;
        problems.extend(check::refuse_locked(&settings, record, step));
        let frame = check::Frame { catalogue: self.catalogue, settings: &settings, today: self.today };
        problems.extend(check::check_in(frame, record, &row).into_iter().filter(|problem| !unread(problem)));
        for (key, value) in &typed.values {
            let target = record.field(key).and_then(|field| field.to.as_deref());
            if let (Some(Value::Row(row)), Some(target)) = (value, target) {
                problems.extend(self.lost_reference(key, *row, target)?);
            }
        }
        problems.extend(self.twins(record, id, typed)?);
        problems.extend(moved_keys(record, typed, standing).filter(|_| id.is_some()));
        Ok(problems)
    }

    /// The id of a new row: from its natural key if it has one, else drawn.
    pub(crate) fn id_of(&self, record: &Record, typed: &Typed) -> Done<Id> {
        let (mut own, _) = split(record, typed.values.clone());
        self.fill_defaults(record, &mut own)?;
        let row: Row = own.into_iter().filter_map(|(key, value)| Some((key, value?))).collect();
        Ok(match record.natural_key(&row) {
            Some(key) => Id::from_digest(oplog::Hash::of(&[key.as_bytes()]).half()),
            None => self.desk.new_id(),
        })
    }

    fn lost_reference(&self, key: &str, row: Id, target: &str) -> Done<Option<Problem>> {
        let title = self.catalogue.record(target).map(|record| record.title.zh.clone()).unwrap_or_default();
        let problem = |rule: &str| Some(Problem::block(key, rule).with("typed", row).with("record", title.clone()));
        match self.view.record_of(row) {
            Ok(found) if found.record == target => Ok(None),
            Ok(_) => Ok(problem("wrong_record")),
            Err(StoreError::NoSuchRow(_)) => Ok(problem("no_such_row")),
            Err(error) => Err(error.into()),
        }
    }

    /// Values that must be unique and are not.
    fn twins(&self, record: &Record, id: Option<Id>, typed: &Typed) -> Done<Vec<Problem>> {
        let mut problems = Vec::new();
        for (field, severity) in record.unique() {
            let Some(Some(value)) = typed.values.get(field) else { continue };
            let filter = store::Filter::is(field, Some(value.clone()));
            for other in self.view.ids(record, &[filter])?.into_iter().filter(|other| Some(*other) != id).take(1) {
                let name = names::name_of(self.catalogue, self.view, record, other, self.today)?;
                let own = match id {
                    Some(id) => self.view.scope_of(id)?,
                    None => Some(self.scope),
                };
                let (rule, severity) = match self.view.scope_of(other)? == own {
                    true => ("unique", severity),
                    false => ("in_two_schools", Severity::Warning),
                };
                problems.push(Problem::new(field, rule, severity).with("other", name));
            }
        }
        Ok(problems)
    }

    /// The edits of a new row.
    pub(crate) fn make(&self, record: &Record, id: Id, values: Fields) -> Done<Vec<Edit>> {
        let (mut own, projected) = split(record, values);
        self.fill_defaults(record, &mut own)?;
        let scope = self.scope_for(record, &own)?;
        let mut edits = vec![Edit { record: record.record.clone(), row: id, act: Act::Make { scope, fields: own } }];
        edits.extend(self.projected_edits(id, scope, projected, None)?);
        Ok(edits)
    }

    /// The edits of a row that exists.
    pub(crate) fn change(&self, record: &Record, id: Id, typed: &Typed, seen: Option<String>) -> Done<Vec<Edit>> {
        let (own, projected) = split(record, typed.values.clone());
        let mut edits = Vec::new();
        if !own.is_empty() {
            edits.push(Edit { record: record.record.clone(), row: id, act: Act::Write { fields: own, seen } });
        }
        let scope = self.view.scope_of(id)?.unwrap_or(self.scope);
        edits.extend(self.projected_edits(id, scope, projected, Some(id))?);
        Ok(edits)
    }

    /// A row that belongs to another lies in that row's scope: a center that writes about a school's child.
    fn scope_for(&self, record: &Record, own: &Fields) -> Done<Id> {
        let owner = record.owner.as_ref().and_then(|via| own.get(via)).and_then(Option::as_ref).and_then(Value::as_row);
        match owner {
            Some(owner) => Ok(self.view.scope_of(owner)?.unwrap_or(self.scope)),
            None => Ok(self.scope),
        }
    }

    pub(crate) fn fill_defaults(&self, record: &Record, own: &mut Fields) -> Done<()> {
        for field in record.stored() {
            let Some(default) = &field.default else { continue };
            if !own.contains_key(&field.key) {
                own.insert(field.key.clone(), self.default_value(field, default)?);
            }
        }
        Ok(())
    }

    fn default_value(&self, field: &Field, default: &str) -> Done<Option<Value>> {
        Ok(Some(match default {
            "@organisation" => Value::Row(self.scope),
            "@today" => Value::Text(self.today.to_string().into()),
            "@school_year" => Value::Text(date::school_year(self.today).into()),
            "@term" => Value::Text(date::term(self.today).into()),
            text => {
                let around = around(self.catalogue, field, &Fields::new(), &Row::new());
                return read::text(field, around, text).map_err(|problem| Failure::refused(vec![problem]));
            }
        }))
    }

    /// Projected fields go to the row that says them now, or to a new one that says them from today on record.
    fn projected_edits(
        &self,
        owner: Id,
        scope: Id,
        fields: Vec<(&Projection, Option<Value>)>,
        standing: Option<Id>,
    ) -> Done<Vec<Edit>> {
        let mut homes: Vec<(&Projection, Fields)> = Vec::new();
        for (projection, value) in fields {
            match homes.iter_mut().find(|(home, _)| home.record == projection.record && home.only == projection.only) {
                Some((_, fields)) => fields.insert(projection.field.clone(), value),
                None => {
                    homes.push((projection, Keyed::from_iter([(projection.field.clone(), value)])));
                    None
                }
            };
        }
        let mut edits = Vec::new();
        for (projection, mut fields) in homes {
            let home = match standing {
                Some(row) => self.view.projected_row(row, projection, self.today)?,
                None => None,
            };
            let act = match home {
                Some(_) => Act::Write { fields, seen: None },
                None if fields.values().all(Option::is_none) => continue,
                None => {
                    let child =
                        self.catalogue.record(&projection.record).ok_or_else(|| Failure::new("no_such_record"))?;
                    let via = child.owner.clone().unwrap_or_default();
                    fields.insert(via, Some(Value::Row(owner)));
                    fields.extend(
                        projection
                            .only
                            .iter()
                            .map(|(key, code)| (key.as_str().into(), Some(Value::from(code.as_str())))),
                    );
                    let here = Setting { scope, ..*self };
                    here.fill_defaults(child, &mut fields)?;
                    Act::Make { scope, fields }
                }
            };
            let row = home.unwrap_or_else(|| self.desk.new_id());
            edits.push(Edit { record: projection.record.clone(), row, act });
        }
        Ok(edits)
    }
}

/// Parts of a natural key that a form would change: the row would no longer be what its id says.
fn moved_keys<'r>(record: &'r Record, typed: &'r Typed, standing: &'r Row) -> impl Iterator<Item = Problem> + use<'r> {
    let moved =
        |key: &&Text| typed.values.get(key.as_str()).is_some_and(|value| value.as_ref() != standing.get(key.as_str()));
    record.key.iter().filter(moved).map(|key| Problem::block(key, "key_moved"))
}

/// Fields and what they are to hold.
pub(crate) type Fields = Keyed<Option<Value>>;

/// Own fields, and projected ones with their projections.
fn split(record: &Record, values: Fields) -> (Fields, Vec<(&Projection, Option<Value>)>) {
    let (mut own, mut projected) = (values, Vec::new());
    own.retain(|key, value| {
        let place = record.projections.iter().position(|projection| projection.key == *key);
        projected.extend(place.map(|place| (place, value.clone())));
        place.is_none()
    });
    // In the order of their definition, whatever order they were typed in.
    projected.sort_unstable_by_key(|(place, _)| *place);
    let said = projected.into_iter().filter_map(|(place, value)| Some((record.projections.get(place)?, value)));
    (own, said.collect())
}

/// Whether a form can be stored: nothing in it blocks.
pub(crate) fn storable(problems: Vec<Problem>) -> Done<Vec<Problem>> {
    match problems.iter().any(|problem| problem.severity == Severity::Block) {
        true => Err(Failure::refused(problems)),
        false => Ok(problems),
    }
}
