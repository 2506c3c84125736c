//! 公民身份号码 (GB 11643-1999): what is right about one, and what exactly is wrong.

use std::borrow::Cow;

use crate::{Date, Text};

/// A resident's ID number: 6 digits of area, 8 of birth, 3 of sequence, 1 check character.
///
/// ```
/// use domain::id_number::{Fault, IdNumber};
/// let number = IdNumber::parse("11010519491231002X").unwrap();
/// assert_eq!(number.sex(), "2");
/// assert_eq!(IdNumber::parse("110105194912310021").unwrap().fault(), Some(Fault::Check { want: 'X', got: '1' }));
/// assert!(IdNumber::parse("4.10423E+17").is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdNumber(Text);

/// Why a text cannot be an ID number at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Malformed {
    /// Excel turned the number into a rounded one; the digits are lost (S70, S76 of domain.md).
    RuinedByExcel,
    /// Not 18 characters; holds how many there are.
    Length(usize),
    /// A character that is neither a digit nor the last X.
    Character(char),
}

/// What contradicts itself inside a well-formed number. The number can be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// The last character does not follow from the others (ISO 7064 MOD 11-2).
    Check {
        /// What the 17 digits ask for.
        want: char,
        /// What stands there.
        got: char,
    },
    /// Digits 7 to 14 are no day of the calendar.
    Birth,
    /// Ends in three or four zeros and fails its check: the mark of a number Excel has rounded.
    Rounded,
}

const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECKS: [char; 11] = ['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'];

impl IdNumber {
    /// Reads a number as typed: spaces, apostrophes and hyphens dropped, full-width digits and the
    /// look-alikes of X folded. Well-formed numbers with a wrong check character are kept: see [`Self::fault`].
    pub fn parse(typed: &str) -> Result<Self, Malformed> {
        let folded = fold(typed);
        if is_scientific(&folded) {
            return Err(Malformed::RuinedByExcel);
        }
        let length = folded.chars().count();
        if let Some(odd) = folded.chars().enumerate().find_map(|(at, c)| (!allowed(c, at)).then_some(c)) {
            return Err(Malformed::Character(odd));
        }
        if length != 18 {
            return Err(Malformed::Length(length));
        }
        Ok(Self(folded.into()))
    }

    /// The canonical text: 18 characters, upper-case X.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first thing that contradicts itself, if anything does.
    pub fn fault(&self) -> Option<Fault> {
        let got = self.0.chars().last()?;
        let want = check_character(&self.0)?;
        if got != want && self.0.ends_with("000") {
            return Some(Fault::Rounded);
        }
        if self.birth_date().is_none() {
            return Some(Fault::Birth);
        }
        (got != want).then_some(Fault::Check { want, got })
    }

    /// Digits 7 to 14 as a day.
    pub fn birth_date(&self) -> Option<Date> {
        let part = |from: usize, to: usize| self.0.get(from..to)?.parse::<u32>().ok();
        let year = i32::try_from(part(6, 10)?).ok()?;
        Date::from_ymd_opt(year, part(10, 12)?, part(12, 14)?)
    }

    /// The code of the sex (GB/T 2261.1): odd sequence "1" male, even "2" female.
    pub fn sex(&self) -> &'static str {
        let odd = self.0.chars().nth(16).and_then(|c| c.to_digit(10)).is_some_and(|digit| digit % 2 == 1);
        if odd { "1" } else { "2" }
    }
}

/// Whether a text is a well-formed number whose last digits a spreadsheet has rounded away.
pub fn is_rounded(text: &str) -> bool {
    // Asked of every cell: most numbers need no second reading.
    text.ends_with("000") && IdNumber::parse(text).is_ok_and(|number| number.fault() == Some(Fault::Rounded))
}

/// The check character that the first 17 digits ask for; `None` unless they are digits.
pub fn check_character(number: &str) -> Option<char> {
    let mut digits = number.chars().map(|c| c.to_digit(10));
    let sum = WEIGHTS.iter().try_fold(0, |sum, weight| Some(sum + digits.next()?? * weight))?;
    CHECKS.get(usize::try_from(sum % 11).ok()?).copied()
}

/// A number as people type it, reduced to the characters that count.
pub fn fold(typed: &str) -> Cow<'_, str> {
    // Nearly every number holds nothing else.
    if typed.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase()) {
        return typed.into();
    }
    crate::folded::nfkc(typed)
        .chars()
        .filter(|c| {
            !c.is_whitespace() && !matches!(c, '\'' | '’' | '‘' | '`' | '-' | '\u{feff}' | '\u{200b}'..='\u{200f}')
        })
        .map(|c| match c {
            'x' | '×' | 'χ' | 'Χ' | 'х' | 'Х' | '✕' | '乂' => 'X',
            other => other,
        })
        .collect()
}

/// `4.10423E+17`, `4.10423199901E17`: what remains of 18 digits that went through a double.
fn is_scientific(folded: &str) -> bool {
    if !folded.contains(['E', 'e']) {
        return false;
    }
    let upper = folded.to_ascii_uppercase();
    upper.split_once('E').is_some_and(|(mantissa, exponent)| {
        mantissa.parse::<f64>().is_ok() && exponent.trim_start_matches('+').parse::<u32>().is_ok()
    })
}

fn allowed(c: char, at: usize) -> bool {
    c.is_ascii_digit() || (c == 'X' && at == 17)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_standards_own_examples_are_sound() {
        for number in ["11010519491231002X", "440524188001010014"] {
            assert_eq!(IdNumber::parse(number).unwrap().fault(), None, "{number}");
        }
    }

    #[test]
    fn every_wrong_check_character_is_noticed() {
        for wrong in "0123456789".chars() {
            let number = IdNumber::parse(&format!("11010519491231002{wrong}")).unwrap();
            assert!(number.fault().is_some(), "{wrong}");
        }
    }

    #[test]
    fn what_people_type_around_a_number_does_not_matter() {
        for typed in [
            "'11010519491231002x",
            " 110105 19491231 002X\u{a0}",
            "１１０１０５１９４９１２３１００２Ｘ",
            "11010519491231002×",
        ] {
            assert_eq!(IdNumber::parse(typed).unwrap().as_str(), "11010519491231002X", "{typed}");
        }
    }

    #[test]
    fn a_number_rounded_by_excel_is_flagged_and_never_mended() {
        assert_eq!(IdNumber::parse("4.10423E+17"), Err(Malformed::RuinedByExcel));
        assert_eq!(IdNumber::parse("410423201501012000").unwrap().fault(), Some(Fault::Rounded));
        assert_eq!(IdNumber::parse("41042320150101201"), Err(Malformed::Length(17)));
        assert_eq!(IdNumber::parse("41042320150101O012"), Err(Malformed::Character('O')));
    }
}
