//! The text of a count, read and written.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Count, Span, What, When, Which};
use crate::balance::Flow;
use crate::lives::Group;

/// The text is no count.
#[derive(Debug, thiserror::Error)]
#[error("{0} counts nothing")]
pub struct NotACount(String);

impl FromStr for Count {
    type Err = NotACount;

    fn from_str(text: &str) -> Result<Self, NotACount> {
        let bad = || NotACount(text.to_owned());
        let (name, inner) = text.strip_suffix(')').and_then(|text| text.split_once('(')).ok_or_else(bad)?;
        let (mut words, mut only) = (Vec::new(), BTreeMap::new());
        for part in inner.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            match part.split_once('=') {
                Some((key, codes)) => {
                    only.insert(key.to_owned(), codes.split('|').map(str::to_owned).collect::<Vec<_>>());
                }
                None => words.push(part),
            }
        }
        let known = ["sex", "group", "cause", "whereabouts"];
        let groups = only.get("group").into_iter().flatten();
        if only.keys().any(|key| !known.contains(&key.as_str()))
            || groups.into_iter().any(|name| Group::of_name(name).is_none())
        {
            return Err(bad());
        }
        Ok(Self { what: what(name, &words).ok_or_else(bad)?, only })
    }
}

fn what(name: &str, words: &[&str]) -> Option<What> {
    Some(match (name, words) {
        ("at_school", [when]) => What::AtSchool(read_when(when)?),
        ("on_roll", [when]) => What::OnRoll(read_when(when)?),
        ("expected", [when]) => What::Expected(read_when(when)?),
        ("flow", [_, ..]) => What::Flow(words.iter().map(|word| flow(word)).collect::<Option<_>>()?),
        ("cases", [which, span]) => What::Cases(read_which(which)?, read_span(span)?),
        ("rows", [path]) => {
            let (record, day) = path.split_once('.')?;
            What::Rows { record: record.to_owned(), day: day.to_owned() }
        }
        ("newest", [path]) => {
            let (record, number) = path.split_once('.')?;
            What::Newest { record: record.to_owned(), number: number.to_owned() }
        }
        ("missing", []) => What::Missing,
        _ => return None,
    })
}

fn read_when(word: &str) -> Option<When> {
    match word {
        "opening" => Some(When::Opening),
        "closing" => Some(When::Closing),
        _ => None,
    }
}

fn read_which(word: &str) -> Option<Which> {
    match word {
        "suspected" => Some(Which::Suspected),
        "confirmed" => Some(Which::Confirmed),
        "returned" => Some(Which::Returned),
        _ => None,
    }
}

fn read_span(word: &str) -> Option<Span> {
    match word {
        "new" => Some(Span::New),
        "year" => Some(Span::Year),
        "open" => Some(Span::Open),
        "open_before" => Some(Span::OpenBefore),
        "new_open" => Some(Span::NewOpen),
        _ => None,
    }
}

/// A flow's name in definitions is the one it has on the wire.
fn flow(word: &str) -> Option<Flow> {
    Flow::ALL.into_iter().find(|flow| flow_name(*flow).as_deref() == Some(word))
}

fn flow_name(flow: Flow) -> Option<String> {
    serde_json::to_value(flow).ok()?.as_str().map(str::to_owned)
}

impl fmt::Display for Count {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let when = |when: &When| if *when == When::Opening { "opening" } else { "closing" };
        let (name, mut parts) = match &self.what {
            What::AtSchool(at) => ("at_school", vec![when(at).to_owned()]),
            What::OnRoll(at) => ("on_roll", vec![when(at).to_owned()]),
            What::Expected(at) => ("expected", vec![when(at).to_owned()]),
            What::Flow(flows) => ("flow", flows.iter().filter_map(|flow| flow_name(*flow)).collect()),
            What::Cases(which, span) => ("cases", vec![which_name(*which).to_owned(), span_name(*span).to_owned()]),
            What::Rows { record, day } => ("rows", vec![format!("{record}.{day}")]),
            What::Newest { record, number } => ("newest", vec![format!("{record}.{number}")]),
            What::Missing => ("missing", vec![]),
        };
        parts.extend(self.only.iter().map(|(key, codes)| format!("{key}={}", codes.join("|"))));
        write!(out, "{name}({})", parts.join(", "))
    }
}

fn which_name(which: Which) -> &'static str {
    match which {
        Which::Suspected => "suspected",
        Which::Confirmed => "confirmed",
        Which::Returned => "returned",
    }
}

fn span_name(span: Span) -> &'static str {
    match span {
        Span::New => "new",
        Span::Year => "year",
        Span::Open => "open",
        Span::OpenBefore => "open_before",
        Span::NewOpen => "new_open",
    }
}

impl Serialize for Count {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_count_is_read_as_it_is_written() {
        for text in [
            "at_school(opening)",
            "flow(promoted_in, skipped_in, class_in)",
            "cases(confirmed, new_open, group=disabled, sex=2)",
            "rows(home_visit.visited_on)",
            "newest(return_check.arrived)",
            "missing(whereabouts=abroad|died|-)",
        ] {
            assert_eq!(text.parse::<Count>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_counts_nothing_is_refused() {
        for text in [
            "",
            "at_school",
            "at_school(noon)",
            "flow()",
            "flow(flew)",
            "cases(confirmed)",
            "rows(home_visit)",
            "missing(age=9)",
            "cases(confirmed, new, group=poor)",
        ] {
            assert!(text.parse::<Count>().is_err(), "{text}");
        }
    }
}
