//! NFKC at little cost: most of what is typed stands in that form already.

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
