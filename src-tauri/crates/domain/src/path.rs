//! Paths from a row to what a column shows: own fields, fields of other rows, counts of child rows.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{Catalogue, Field};

/// A way from a row to one thing it can show.
///
/// `name` · `student.name` · `guardian[1].phone` · `guardian[relation=51|57].phone` · `count(persuasion)` · `last(persuasion.on)` · `age(birth_date)` · `number`
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
        /// Its field looked at.
        key: String,
        /// The values, one of which it holds.
        is: Vec<String>,
        /// The field shown.
        field: String,
    },
    /// How many child rows there are.
    Count(String),
    /// A field of the newest child row.
    Last {
        /// The child rows' record.
        record: String,
        /// The field shown.
        field: String,
    },
    /// Whole years since a day.
    Age(String),
    /// The row's number in the list (序号).
    Number,
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
        let reached = self.record_reached(catalogue, record)?;
        match &self.leaf {
            Leaf::Field(key) => catalogue.record(&reached)?.field(key),
            Leaf::Child { record, field, .. } | Leaf::Where { record, field, .. } | Leaf::Last { record, field } => {
                catalogue.record(record)?.field(field)
            }
            Leaf::Count(_) | Leaf::Age(_) | Leaf::Number => None,
        }
    }

    /// Whether the path leads somewhere from `record`.
    pub fn holds(&self, catalogue: &Catalogue, record: &str) -> bool {
        let Some(reached) = self.record_reached(catalogue, record) else { return false };
        let is_child = |name: &str| catalogue.listed_under(&reached).any(|(child, _)| child.record == *name);
        match &self.leaf {
            Leaf::Field(_) => self.field(catalogue, record).is_some(),
            Leaf::Child { record: child, .. } | Leaf::Last { record: child, .. } => {
                is_child(child) && self.field(catalogue, record).is_some()
            }
            Leaf::Where { record: child, key, .. } => {
                let asked = catalogue.record(child).and_then(|child| child.field(key));
                is_child(child) && asked.is_some() && self.field(catalogue, record).is_some()
            }
            Leaf::Count(child) => is_child(child),
            Leaf::Age(key) => catalogue.record(&reached).is_some_and(|r| r.field(key).is_some()),
            Leaf::Number => true,
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
            ("count", Some(record)) => Leaf::Count(record.to_owned()),
            ("age", Some(key)) => Leaf::Age(key.to_owned()),
            ("last", Some(inner)) => {
                let (record, field) = inner.split_once('.').ok_or_else(bad)?;
                Leaf::Last { record: record.to_owned(), field: field.to_owned() }
            }
            (_, Some(_)) => return Err(bad()),
            ("number", None) if steps.is_empty() => Leaf::Number,
            (field, None) if field.contains('[') => return Err(bad()),
            (field, None) => match steps.last().and_then(|step| picked(step, field)) {
                Some(leaf) => {
                    steps.pop();
                    leaf
                }
                None => Leaf::Field(field.to_owned()),
            },
        };
        if steps.iter().any(|step| step.is_empty() || step.contains('[')) {
            return Err(bad());
        }
        Ok(Self { through: steps, leaf })
    }
}

/// `guardian[1]` or `guardian[relation=51|57]`, and the field shown of it.
fn picked(step: &str, field: &str) -> Option<Leaf> {
    let (record, which) = step.strip_suffix(']')?.split_once('[')?;
    let (record, field) = (record.to_owned(), field.to_owned());
    if let Some((key, values)) = which.split_once('=') {
        let is: Vec<String> = values.split('|').map(str::to_owned).collect();
        let sound = !key.is_empty() && is.iter().all(|value| !value.is_empty());
        return sound.then(|| Leaf::Where { record, key: key.to_owned(), is, field });
    }
    Some(Leaf::Child { record, nth: which.parse().ok().filter(|nth| *nth > 0)?, field })
}

impl fmt::Display for Path {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for step in &self.through {
            write!(out, "{step}.")?;
        }
        match &self.leaf {
            Leaf::Field(key) => out.write_str(key),
            Leaf::Child { record, nth, field } => write!(out, "{record}[{nth}].{field}"),
            Leaf::Where { record, key, is, field } => write!(out, "{record}[{key}={}].{field}", is.join("|")),
            Leaf::Count(record) => write!(out, "count({record})"),
            Leaf::Last { record, field } => write!(out, "last({record}.{field})"),
            Leaf::Age(key) => write!(out, "age({key})"),
            Leaf::Number => out.write_str("number"),
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
            "number",
        ];
        for text in paths {
            assert_eq!(text.parse::<Path>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_leads_nowhere_is_no_path() {
        for text in ["", "student.", "guardian[0].name", "guardian[relation=].name", "guardian[1]", "sum(x)", "count(x"]
        {
            assert!(text.parse::<Path>().is_err(), "{text}");
        }
    }
}
