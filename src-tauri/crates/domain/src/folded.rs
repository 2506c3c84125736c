//! What is typed, folded to its plain form. NFKC at little cost: most of what is typed stands in that form already.

use std::borrow::Cow;

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfkc_quick};

/// A text in NFKC (UAX #15): full-width letters and digits become plain ones.
///
/// ```
/// assert_eq!(domain::folded::nfkc("２０１１年"), "2011年");
/// ```
pub fn nfkc(text: &str) -> Cow<'_, str> {
    match text.is_ascii() || is_nfkc_quick(text.chars()) == IsNormalized::Yes {
        true => Cow::Borrowed(text),
        false => Cow::Owned(text.nfkc().collect()),
    }
}

/// A digit as people type it, full-width ones too, as a plain one; none for what is no digit.
///
/// ```
/// assert_eq!("１a2".chars().filter_map(domain::folded::plain_digit).collect::<String>(), "12");
/// ```
pub fn plain_digit(c: char) -> Option<char> {
    match c {
        '０'..='９' => char::from_digit(u32::from(c) - u32::from('０'), 10),
        _ => c.is_ascii_digit().then_some(c),
    }
}
