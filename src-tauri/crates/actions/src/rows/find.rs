//! Finding children by what people know of them.

use std::collections::BTreeSet;

use domain::{Id, Value, search_key};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::desk::Desk;
use crate::failure::Done;
use crate::rows::trail::Trail;

/// Children found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct FoundRow {
    /// The child.
    pub id: Id,
    /// Its name.
    pub name: String,
    /// School (where several are kept), class, sex, village, status: what tells namesakes apart.
    pub about: Vec<String>,
}

/// Children whose name, pinyin, initials, number, guardian, telephone or village fits every word; after them, children
/// whose name only sounds like the words: 王晓明 finds 王小明 as well.
pub fn find(desk: &Desk, words: String) -> Done<Vec<FoundRow>> {
    let session = desk.session()?;
    let student = desk.record("student")?;
    session.store.read(|view| {
        let mut found = view.find(student, &words, FOUND_MAX)?;
        if found.len() < FOUND_MAX && !words.is_ascii() {
            let mut known: BTreeSet<Id> = found.iter().map(|row| row.id).collect();
            for sounds in sounds_of(&words) {
                let alike = view.find(student, &sounds, FOUND_MAX)?;
                found.extend(alike.into_iter().filter(|row| known.insert(row.id)));
            }
            found.truncate(FOUND_MAX);
        }
        let trail = Trail::spoken(desk, view, desk.today());
        let above = session.organisation.is_above();
        found.into_iter().map(|found| found_row(desk, &trail, &found, above)).collect()
    })
}

/// How words may sound: one word in every reading, several in the usual one.
fn sounds_of(words: &str) -> Vec<String> {
    match words.split_whitespace().collect::<Vec<_>>().as_slice() {
        [word] => {
            let long = |key: &domain::Text| key.is_ascii() && key.len() > word.chars().count();
            search_key::of_name(word).into_iter().filter(long).take(SOUNDS_MAX).map(String::from).collect()
        }
        several => vec![several.iter().map(|word| search_key::sort_key(word)).collect::<Vec<_>>().join(" ")],
    }
}

/// Readings of a word that are looked for: few names have more.
const SOUNDS_MAX: usize = 8;

fn found_row(desk: &Desk, trail: &Trail<'_>, found: &store::Found, above: bool) -> Done<FoundRow> {
    let student = desk.record("student")?;
    let text = |key: &str| trail.masked_field(student, &found.values, key);
    let class = found.values.get("class").and_then(Value::as_text);
    let class = domain::grade::class_spoken(Some(&text("grade")?), class, desk.language());
    let village = text("village")?;
    let place = if village.is_empty() { text("address")? } else { village };
    let school = if above { text("school")? } else { String::new() };
    Ok(FoundRow { id: found.id, name: text("name")?, about: vec![school, class, text("sex")?, place, text("status")?] })
}

/// Children shown at most by a search.
const FOUND_MAX: usize = 50;
