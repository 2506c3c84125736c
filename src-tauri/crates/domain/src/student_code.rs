//! 全国学籍号 (个人标识码): a letter and 18 characters (domain.md §2.5).

use crate::Text;
use crate::id_number::{self, IdNumber};

/// A national student code: G official, L temporary, J official for pupils without a usable ID number.
///
/// ```
/// use domain::student_code::StudentCode;
/// assert!(StudentCode::parse("g11010519491231002x").is_ok());
/// assert!(StudentCode::parse("LG1101051949123100").is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StudentCode(Text);

/// Why a text is no student code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Malformed {
    /// Does not begin with G, L or J; holds what it begins with.
    Letter(char),
    /// Not 19 characters; holds how many there are.
    Length(usize),
    /// A character that is no digit (nor the last X).
    Character(char),
}

impl StudentCode {
    /// Reads a code as typed; spaces, apostrophes and full-width characters are folded.
    pub fn parse(typed: &str) -> Result<Self, Malformed> {
        let folded = id_number::fold(typed);
        let folded = if folded.chars().any(char::is_lowercase) { folded.to_uppercase().into() } else { folded };
        let mut rest = folded.chars();
        match rest.next() {
            Some('G' | 'L' | 'J') => {}
            Some(other) => return Err(Malformed::Letter(other)),
            None => return Err(Malformed::Length(0)),
        }
        if let Some(odd) =
            rest.enumerate().find_map(|(at, c)| (!(c.is_ascii_digit() || (c == 'X' && at == 17))).then_some(c))
        {
            return Err(Malformed::Character(odd));
        }
        match folded.chars().count() {
            19 => Ok(Self(folded.into())),
            length => Err(Malformed::Length(length)),
        }
    }

    /// The canonical text: 19 characters, upper-case.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether an official G code differs from the ID number it is usually made of (a warning: an ID may change).
    pub fn differs_from(&self, id_number: &IdNumber) -> bool {
        self.0.strip_prefix('G').is_some_and(|digits| digits != id_number.as_str())
    }
}
