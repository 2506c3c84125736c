//! Code lists: data under `assets/codes`, one list a file, each with the standard it comes from.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::folded::nfkc;
use crate::label::Label;
use crate::words::Language;

/// One list of codes.
#[derive(Debug, Clone, Deserialize, Serialize, TS)]
#[serde(deny_unknown_fields)]
pub struct CodeList {
    /// Identifier, and the file's name.
    pub list: String,
    /// What people call it.
    pub title: Label,
    /// The standard, or `Baoxue` for a list of our own.
    pub standard: String,
    /// Where it was taken from.
    pub source: String,
    /// Whether organisations above may add codes: no rule reads it, no statistic is bound to it.
    #[serde(default)]
    pub open: bool,
    /// The codes in the order they are offered.
    #[serde(rename(deserialize = "code"))]
    pub codes: Vec<Code>,
    #[serde(skip)]
    #[ts(skip)]
    by_spelling: BTreeMap<String, usize>,
}

/// One code: stored and exchanged as `code`, shown as its name.
#[derive(Debug, Clone, Deserialize, Serialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Code {
    /// The code, as a string: leading zeros count.
    pub code: String,
    /// The Chinese name.
    pub zh: String,
    /// The English name.
    pub en: String,
    /// Further spellings met in workbooks.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Read and shown, never offered.
    #[serde(default)]
    pub retired: bool,
    /// Heading under which it is offered.
    #[serde(default)]
    pub group: Option<String>,
    /// Shown to those who need it only (decisions D30).
    #[serde(default)]
    pub restricted: bool,
    /// The form that is due once this is said of a child: a letter, the papers of a transfer.
    #[serde(default)]
    pub paper: Option<String>,
}

impl Code {
    /// Its name in a language.
    pub fn name_in(&self, language: Language) -> &str {
        match language {
            Language::Zh => &self.zh,
            Language::En => &self.en,
        }
    }
}

impl CodeList {
    /// Makes the look-up of spellings. Errors: the spelling that two codes share.
    pub(crate) fn index(&mut self) -> Result<(), String> {
        for (at, code) in self.codes.iter().enumerate() {
            let spellings = [&code.code, &code.zh, &code.en].into_iter().chain(&code.aliases).map(|s| fold(s));
            for spelling in spellings.chain([fold(&format!("{}-{}", code.code, code.zh))]) {
                if self.by_spelling.insert(spelling.clone(), at).is_some_and(|other| other != at) {
                    return Err(spelling);
                }
            }
        }
        Ok(())
    }

    /// A list without codes, of an organisation's own.
    pub(crate) fn empty(list: &str, title: Label) -> Self {
        let (list, standard, source) = (list.to_owned(), String::new(), String::new());
        Self { list, title, standard, source, open: false, codes: vec![], by_spelling: BTreeMap::new() }
    }

    /// Adds a code, or puts it in the place of the one that is there. One that would be spelled like another is left out.
    pub(crate) fn put(&mut self, code: Code) {
        let mut with = Self { by_spelling: BTreeMap::new(), ..self.clone() };
        match with.codes.iter_mut().find(|one| one.code == code.code) {
            Some(one) => *one = code,
            None => with.codes.push(code),
        }
        if with.index().is_ok() {
            *self = with;
        }
    }

    /// The code meant by a typed text: the code itself, a name, `1-男`, or a known variant.
    pub fn find(&self, typed: &str) -> Option<&Code> {
        self.by_spelling.get(&fold(typed)).and_then(|at| self.codes.get(*at))
    }

    /// The entry of a stored code.
    pub fn get(&self, code: &str) -> Option<&Code> {
        self.codes.iter().find(|entry| entry.code == code)
    }

    /// The Chinese name of a stored code; the code itself when the list does not know it (a newer program's).
    pub fn name<'a>(&'a self, code: &'a str) -> &'a str {
        self.get(code).map_or(code, |entry| &entry.zh)
    }

    /// The name of a stored code in a language; the code itself when the list does not know it.
    pub fn name_in<'a>(&'a self, code: &'a str, language: Language) -> &'a str {
        self.get(code).map_or(code, |entry| entry.name_in(language))
    }

    /// Some names, to show what is expected.
    pub fn examples(&self) -> String {
        self.codes
            .iter()
            .filter(|code| !code.retired)
            .take(4)
            .map(|code| code.zh.as_str())
            .collect::<Vec<_>>()
            .join("、")
    }
}

fn fold(typed: &str) -> String {
    nfkc(typed).chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect()
}
