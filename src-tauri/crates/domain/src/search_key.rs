//! What a child is found by: name, pinyin in every reading, initials, numbers and their ends.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use pinyin::ToPinyinMulti;

use crate::Text;
use crate::folded::nfkc;

/// Readings kept of one name at most: 行, 重, 乐 … multiply.
const READINGS_MAX: usize = 16;

/// A text as search compares it: NFKC, lower-case, no spaces, one kind of middle dot.
///
/// ```
/// assert_eq!(domain::search_key::fold("买买提．艾力 "), "买买提·艾力");
/// ```
pub fn fold(text: &str) -> String {
    // Plain names and numbers are folded already.
    if text.chars().all(|c| matches!(c, '\u{4e00}'..='\u{9fff}' | 'a'..='z' | 'A'..='Z' | '0'..='9')) {
        return text.to_ascii_lowercase();
    }
    let normal = nfkc(text);
    let unified = normal.chars().map(|c| match c {
        '.' | '•' | '‧' | '・' | '∙' | '⋅' => '·',
        other => other,
    });
    unified
        .filter(|c| !c.is_whitespace() && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{feff}'))
        .flat_map(char::to_lowercase)
        .collect()
}

/// The keys of a name: itself, its end without the surname, full pinyin and initials in every reading.
pub fn of_name(name: &str) -> BTreeSet<Text> {
    let folded = fold(name);
    let mut keys = BTreeSet::new();
    if folded.is_empty() {
        return keys;
    }
    for (full, initials) in readings(&folded) {
        keys.extend([full.into(), initials.into()]);
    }
    let given = folded.chars().next().map_or("", |first| folded.get(first.len_utf8()..).unwrap_or_default());
    if !given.is_empty() {
        keys.insert(given.into());
    }
    keys.insert(folded.into());
    keys
}

/// Full pinyin of a name without spaces, in every reading: what it sounds like.
pub fn full(name: &str) -> BTreeSet<String> {
    readings(&fold(name)).into_iter().map(|(full, _)| full).filter(|full| !full.is_empty()).collect()
}

/// The keys of a number: the whole and its last six characters.
pub fn of_number(number: &str) -> BTreeSet<Text> {
    let folded = fold(number);
    let tail =
        folded.char_indices().rev().nth(5).map_or(folded.as_str(), |(at, _)| folded.get(at..).unwrap_or_default());
    [folded.as_str(), tail].into_iter().filter(|key| key.chars().count() >= 4).map(Text::from).collect()
}

/// Full pinyin without spaces, for sorting people the way teachers expect.
pub fn sort_key(name: &str) -> String {
    let folded = fold(name);
    let characters = folded.chars().filter(|c| *c != '·');
    characters.filter_map(|c| sounds_of(c).first().cloned()).collect()
}

/// A text that sorts numbers inside it by size: `2班` before `10班`. Each number stands behind how many digits it has.
///
/// ```
/// use domain::search_key::natural;
/// assert!(natural("2班") < natural("10班") && natural("10班") < natural("10班2组"));
/// assert_eq!(natural("007"), natural("7"));
/// ```
pub fn natural(text: &str) -> String {
    let folded = fold(text);
    let mut sorted = String::with_capacity(folded.len() + 2);
    let mut rest = folded.as_str();
    while let Some(c) = rest.chars().next() {
        let is_other = |c: char| c.is_ascii_digit() != rest.starts_with(|c: char| c.is_ascii_digit());
        let (run, tail) = rest.split_at(rest.find(is_other).unwrap_or(rest.len()));
        match c.is_ascii_digit() {
            true => sized(&mut sorted, run),
            false => sorted.push_str(run),
        }
        rest = tail;
    }
    sorted
}

/// A number that sorts by size among such numbers.
pub fn ordinal(number: u64) -> String {
    let mut text = String::new();
    sized(&mut text, &number.to_string());
    text
}

/// Adds how many digits a number has, as one character that sorts like a digit, and the digits.
fn sized(into: &mut String, digits: &str) {
    let plain = digits.trim_start_matches('0');
    let plain = if plain.is_empty() { "0" } else { plain };
    let count = u8::try_from(plain.len()).unwrap_or(u8::MAX).min(0x7e - b'0');
    into.push(char::from(b'0' + count));
    into.push_str(plain);
}

/// Full pinyin and initials of a text, the usual reading first. Characters without a reading stand for themselves.
fn readings(text: &str) -> Vec<(String, String)> {
    let mut all = vec![(String::new(), String::new())];
    for c in text.chars().filter(|c| *c != '·') {
        let sounds = sounds_of(c);
        let take = if all.len() * sounds.len() > READINGS_MAX { 1 } else { sounds.len() };
        all = sounds
            .iter()
            .take(take)
            .flat_map(|sound| {
                let initial =
                    sound.chars().next().map_or("", |first| sound.get(..first.len_utf8()).unwrap_or_default());
                all.iter().map(move |(full, initials)| ([full, sound.as_str()].concat(), [initials, initial].concat()))
            })
            .collect();
    }
    all
}

/// Characters whose readings are kept: names share a few thousand.
const KEPT_MAX: usize = 1 << 13;

thread_local! {
    static SOUNDS: RefCell<HashMap<char, Rc<[String]>>> = RefCell::default();
}

fn sounds_of(c: char) -> Rc<[String]> {
    SOUNDS.with_borrow_mut(|kept| {
        if let Some(sounds) = kept.get(&c) {
            return sounds.clone();
        }
        let sounds: Rc<[String]> = looked_up(c).into();
        if kept.len() < KEPT_MAX {
            kept.insert(c, sounds.clone());
        }
        sounds
    })
}

fn looked_up(c: char) -> Vec<String> {
    let mut sounds: Vec<String> = Vec::new();
    if let Some(multi) = c.to_pinyin_multi() {
        for reading in multi {
            let plain = reading.plain().replace('ü', "v");
            if !sounds.contains(&plain) {
                sounds.push(plain);
            }
        }
    }
    if sounds.is_empty() { vec![c.to_string()] } else { sounds }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_child_is_found_by_initials_in_every_reading() {
        let keys = of_name("单晓乐");
        for typed in ["dxl", "sxl", "dxy", "shanxiaole", "晓乐", "单晓乐"] {
            assert!(keys.contains(typed), "{typed} not in {keys:?}");
        }
    }

    #[test]
    fn names_with_a_dot_and_rare_characters_are_found() {
        assert!(of_name("买买提·艾力").contains("mmtal"));
        assert!(of_name("王𠮷").iter().any(|key| key.starts_with('w')));
    }
}
