//! Paths from a row to what a column shows: own fields, fields of other rows, counts of child rows.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{Catalogue, Field, Record, Row, Value};

/// A way from a row to one thing it can show.
///
/// `name` · `student.name` · `guardian[1].phone` · `guardian[relation=51|57].phone` · `count(persuasion)` ·
/// `count(return_outcome[whereabouts=unknown])` · `last(persuasion.on)` · `age(birth_date)` ·
/// `school_days(left_on,returned_on)` · `percent(arrived,expected)` · `number` · `rows` · `rows[status=returned]`
///
/// ```
/// use domain::path::{Leaf, Path};
/// let path: Path = "student.guardian[1].phone".parse().unwrap();
/// assert_eq!(path.through, ["student"]);
/// assert_eq!(path.to_string(), "student.guardian[1].phone");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Path {
    /// References followed first.
    pub through: Vec<String>,
    /// What is shown of the row reached.
    pub leaf: Leaf,
}

/// The end of a path.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Leaf {
    /// A field of the row.
    Field(String),
    /// A field of its n-th child row (1 is the first).
    Child {
        /// The child rows' record.
        record: String,
        /// Which of them.
        nth: usize,
        /// The field shown.
        field: String,
    },
    /// A field of the first child row that holds one of some values.
    Where {
        /// The child rows' record.
        record: String,
        /// Which of them.
        holding: Holding,
        /// The field shown.
        field: String,
    },
    /// How many child rows there are: all, or those that hold one of some values.
    Count {
        /// The child rows' record.
        record: String,
        /// Which of them count.
        holding: Option<Holding>,
    },
    /// A field of the newest child row.
    Last {
        /// The child rows' record.
        record: String,
        /// The field shown.
        field: String,
    },
    /// Whole years since a day.
    Age(String),
    /// School days from a day on: until another, or until today while that one is empty.
    SchoolDays {
        /// The first day.
        from: String,
        /// The field with the first day that counts no longer.
        until: String,
    },
    /// One number as a part of another, in per cent with two decimals; a dash when there is nothing to divide by.
    Percent {
        /// The part.
        part: String,
        /// The whole.
        whole: String,
    },
    /// The row's number in the list (序号).
    Number,
    /// How many rows a summary is about: all, or those that hold one of some values.
    Rows(Option<Holding>),
}

/// A condition on a row: a field holds one of some values.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Holding {
    /// The field looked at.
    pub key: String,
    /// The values, one of which it holds.
    pub is: Vec<String>,
}

impl Holding {
    /// Whether a row fits.
    pub fn fits(&self, row: &Row) -> bool {
        let is_one = |code: &str| self.is.iter().any(|one| one == code);
        match row.get(self.key.as_str()) {
            Some(Value::Int(number)) => is_one(&number.to_string()),
            Some(value) => value.as_codes().into_iter().any(is_one),
            None => false,
        }
    }

    /// `status=returned|closed`
    fn read(text: &str) -> Option<Self> {
        let (key, values) = text.split_once('=')?;
        let is: Vec<String> = values.split('|').map(str::to_owned).collect();
        let sound = !key.is_empty() && is.iter().all(|value| !value.is_empty());
        sound.then(|| Self { key: key.to_owned(), is })
    }
}

impl fmt::Display for Holding {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "[{}={}]", self.key, self.is.join("|"))
    }
}

/// The text is no path.
#[derive(Debug, thiserror::Error)]
#[error("{0} is no path")]
pub struct NotAPath(String);

impl Path {
    /// The record at the end of the references, starting from `record`.
    pub fn record_reached(&self, catalogue: &Catalogue, record: &str) -> Option<String> {
        self.through.iter().try_fold(record.to_owned(), |at, via| catalogue.record(&at)?.field(via)?.to.clone())
    }

    /// The field whose value is shown; `None` for numbers that no field holds, or when the path leads nowhere.
    pub fn field<'a>(&self, catalogue: &'a Catalogue, record: &str) -> Option<&'a Field> {
        self.place(catalogue, record).map(|(_, field)| field)
    }

    /// The same with the record that has the field.
    pub fn place<'a>(&self, catalogue: &'a Catalogue, record: &str) -> Option<(&'a Record, &'a Field)> {
        let reached = self.record_reached(catalogue, record)?;
        let (record, key) = match &self.leaf {
            Leaf::Field(key) => (&reached, key),
            Leaf::Child { record, field, .. } | Leaf::Where { record, field, .. } | Leaf::Last { record, field } => {
                (record, field)
            }
            Leaf::Count { .. }
            | Leaf::Age(_)
            | Leaf::SchoolDays { .. }
            | Leaf::Percent { .. }
            | Leaf::Number
            | Leaf::Rows(_) => return None,
        };
        let record = catalogue.record(record)?;
        Some((record, record.field(key)?))
    }

    /// Whether the path leads somewhere from `record`.
    pub fn holds(&self, catalogue: &Catalogue, record: &str) -> bool {
        let Some(reached) = self.record_reached(catalogue, record) else { return false };
        let has = |record: &str, key: &str| catalogue.record(record).is_some_and(|record| record.field(key).is_some());
        let asks = |record: &str, holding: &Holding| has(record, &holding.key);
        let is_child = |name: &str| catalogue.listed_under(&reached).any(|(child, _)| child.record == *name);
        match &self.leaf {
            Leaf::Field(_) => self.field(catalogue, record).is_some(),
            Leaf::Child { record: child, .. } | Leaf::Last { record: child, .. } => {
                is_child(child) && self.field(catalogue, record).is_some()
            }
            Leaf::Where { record: child, holding, .. } => {
                is_child(child) && asks(child, holding) && self.field(catalogue, record).is_some()
            }
            Leaf::Count { record: child, holding } => {
                is_child(child) && holding.as_ref().is_none_or(|holding| asks(child, holding))
            }
            Leaf::Age(key) => has(&reached, key),
            Leaf::SchoolDays { from, until } => has(&reached, from) && has(&reached, until),
            Leaf::Percent { part, whole } => has(&reached, part) && has(&reached, whole),
            Leaf::Number => true,
            Leaf::Rows(holding) => holding.as_ref().is_none_or(|holding| asks(&reached, holding)),
        }
    }

    /// The key, when this is simply a field of the row itself.
    pub fn own_field(&self) -> Option<&str> {
        match &self.leaf {
            Leaf::Field(key) if self.through.is_empty() => Some(key),
            _ => None,
        }
    }
}

impl FromStr for Path {
    type Err = NotAPath;

    fn from_str(text: &str) -> Result<Self, NotAPath> {
        let bad = || NotAPath(text.to_owned());
        let (head, call) = match text.split_once('(') {
            Some((head, rest)) => (head, Some(rest.strip_suffix(')').ok_or_else(bad)?)),
            None => (text, None),
        };
        let mut steps: Vec<String> = head.split('.').map(str::to_owned).collect();
        let last = steps.pop().filter(|step| !step.is_empty()).ok_or_else(bad)?;
        let leaf = match (last.as_str(), call) {
            (name, Some(inner)) => called(name, inner).ok_or_else(bad)?,
            ("number", None) if steps.is_empty() => Leaf::Number,
            (field, None) => match conditioned(field) {
                Some((name, holding)) if name == "rows" && steps.is_empty() => Leaf::Rows(holding),
                Some((name, _)) if name == "rows" => return Err(bad()),
                _ if field.contains('[') => return Err(bad()),
                _ => match steps.last().and_then(|step| picked(step, field)) {
                    Some(leaf) => {
                        steps.pop();
                        leaf
                    }
                    None => Leaf::Field(field.to_owned()),
                },
            },
        };
        if steps.iter().any(|step| step.is_empty() || step.contains('[')) {
            return Err(bad());
        }
        Ok(Self { through: steps, leaf })
    }
}

/// What stands before a bracket, and in it: a count, a sum of days, an age.
fn called(name: &str, inner: &str) -> Option<Leaf> {
    Some(match name {
        "count" => {
            let (record, holding) = conditioned(inner)?;
            Leaf::Count { record, holding }
        }
        "school_days" => {
            let (from, until) = pair(inner)?;
            Leaf::SchoolDays { from, until }
        }
        "percent" => {
            let (part, whole) = pair(inner)?;
            Leaf::Percent { part, whole }
        }
        "age" => Leaf::Age(inner.to_owned()),
        "last" => {
            let (record, field) = inner.split_once('.')?;
            Leaf::Last { record: record.to_owned(), field: field.to_owned() }
        }
        _ => return None,
    })
}

/// `guardian[1]` or `guardian[relation=51|57]`, and the field shown of it.
fn picked(step: &str, field: &str) -> Option<Leaf> {
    let (record, which) = step.strip_suffix(']')?.split_once('[')?;
    let (record, field) = (record.to_owned(), field.to_owned());
    if which.contains('=') {
        return Holding::read(which).map(|holding| Leaf::Where { record, holding, field });
    }
    Some(Leaf::Child { record, nth: which.parse().ok().filter(|nth| *nth > 0)?, field })
}

/// `return_outcome`, or `return_outcome[whereabouts=unknown]`.
fn conditioned(text: &str) -> Option<(String, Option<Holding>)> {
    match text.split_once('[') {
        None => (!text.is_empty()).then(|| (text.to_owned(), None)),
        Some((name, rest)) => {
            let holding = Holding::read(rest.strip_suffix(']')?)?;
            (!name.is_empty()).then(|| (name.to_owned(), Some(holding)))
        }
    }
}

/// Two fields with a comma between them.
fn pair(text: &str) -> Option<(String, String)> {
    let (first, second) = text.split_once(',')?;
    (!first.is_empty() && !second.is_empty()).then(|| (first.to_owned(), second.to_owned()))
}

impl fmt::Display for Path {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for step in &self.through {
            write!(out, "{step}.")?;
        }
        match &self.leaf {
            Leaf::Field(key) => out.write_str(key),
            Leaf::Child { record, nth, field } => write!(out, "{record}[{nth}].{field}"),
            Leaf::Where { record, holding, field } => write!(out, "{record}{holding}.{field}"),
            Leaf::Count { record, holding: None } => write!(out, "count({record})"),
            Leaf::Count { record, holding: Some(holding) } => write!(out, "count({record}{holding})"),
            Leaf::Last { record, field } => write!(out, "last({record}.{field})"),
            Leaf::Age(key) => write!(out, "age({key})"),
            Leaf::SchoolDays { from, until } => write!(out, "school_days({from},{until})"),
            Leaf::Percent { part, whole } => write!(out, "percent({part},{whole})"),
            Leaf::Number => out.write_str("number"),
            Leaf::Rows(None) => out.write_str("rows"),
            Leaf::Rows(Some(holding)) => write!(out, "rows{holding}"),
        }
    }
}

impl Serialize for Path {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Path {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_written_as_it_was_read() {
        let paths = [
            "name",
            "student.guardian[1].phone",
            "student.guardian[relation=51|57].phone",
            "count(persuasion)",
            "student.last(home_visit.visited_on)",
            "age(birth_date)",
            "count(return_outcome[whereabouts=absent|unknown])",
            "school_days(left_on,returned_on)",
            "percent(arrived,expected)",
            "number",
            "rows",
            "rows[status=returned|closed]",
        ];
        for text in paths {
            assert_eq!(text.parse::<Path>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_leads_nowhere_is_no_path() {
        for text in ["", "student.", "guardian[0].name", "guardian[relation=].name", "guardian[1]", "sum(x)", "count(x"]
            .into_iter()
            .chain(["count(x[y])", "percent(x)", "school_days(,x)", "rows[x]", "a.rows"])
        {
            assert!(text.parse::<Path>().is_err(), "{text}");
        }
    }
}
