//! Sentences of a letter with the values of a row in them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::path::Path;

/// A sentence as definitions write it: a path in braces stands for the value it leads to.
///
/// ```
/// use domain::wording::{Piece, Wording};
/// let wording: Wording = "该生自{left_on}起离校。".parse().unwrap();
/// assert_eq!(wording.pieces[1], Piece::Value("left_on".parse().unwrap()));
/// assert_eq!(wording.to_string(), "该生自{left_on}起离校。");
/// assert!("该生自{left_on起离校。".parse::<Wording>().is_err());
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wording {
    /// Words and values, in order.
    pub pieces: Vec<Piece>,
}

/// A part of a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Words that stand in every letter.
    Words(String),
    /// The value at the end of a path.
    Value(Path),
}

/// The text is no wording.
#[derive(Debug, thiserror::Error)]
#[error("{0} has a brace that is not closed, or no path in one")]
pub struct NotAWording(String);

impl Wording {
    /// The paths whose values stand in it.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Value(path) => Some(path),
            Piece::Words(_) => None,
        })
    }
}

impl FromStr for Wording {
    type Err = NotAWording;

    fn from_str(text: &str) -> Result<Self, NotAWording> {
        let bad = || NotAWording(text.to_owned());
        let mut parts = text.split('{');
        let mut pieces = words(parts.next().unwrap_or_default());
        for part in parts {
            let (path, after) = part.split_once('}').ok_or_else(bad)?;
            pieces.push(Piece::Value(path.parse().map_err(|_| bad())?));
            pieces.extend(words(after));
        }
        Ok(Self { pieces })
    }
}

fn words(text: &str) -> Vec<Piece> {
    if text.is_empty() { vec![] } else { vec![Piece::Words(text.to_owned())] }
}

impl fmt::Display for Wording {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.pieces.iter().try_for_each(|piece| match piece {
            Piece::Words(words) => out.write_str(words),
            Piece::Value(path) => write!(out, "{{{path}}}"),
        })
    }
}

impl Serialize for Wording {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Wording {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
