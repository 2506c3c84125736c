//! 学校(机构)标识码: ten digits AABBCCCCCC (domain.md §2.6).

use crate::id_number;

/// A school's identification code: 2 digits of kind, 2 of province, 6 of sequence.
///
/// ```
/// use domain::school_code::SchoolCode;
/// assert_eq!(SchoolCode::parse(" 2141001234 ").unwrap().as_str(), "2141001234");
/// assert!(SchoolCode::parse("214100123").is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchoolCode(String);

/// Why a text is no school code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Malformed {
    /// Not ten characters; holds how many there are.
    Length(usize),
    /// A character that is no digit.
    Character(char),
}

impl SchoolCode {
    /// Reads a code as typed; spaces, apostrophes and full-width digits are folded.
    pub fn parse(typed: &str) -> Result<Self, Malformed> {
        let folded = id_number::fold(typed);
        if let Some(odd) = folded.chars().find(|c| !c.is_ascii_digit()) {
            return Err(Malformed::Character(odd));
        }
        match folded.len() {
            10 => Ok(Self(folded.into_owned())),
            length => Err(Malformed::Length(length)),
        }
    }

    /// The ten digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
