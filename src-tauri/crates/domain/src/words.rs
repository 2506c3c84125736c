//! Every sentence a person reads: `assets/words/<language>/*.json`, with `{facts}` filled in.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use include_dir::{Dir, include_dir};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use ts_rs::TS;

use crate::{Problem, Severity};

static WORDS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../../assets/words");

/// A language of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
pub enum Language {
    /// 简体中文.
    #[default]
    #[serde(rename = "zh-CN")]
    Zh,
    /// English.
    #[serde(rename = "en")]
    En,
}

/// What happened, and what to do now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentence {
    /// What happened.
    pub what: String,
    /// What to do now.
    pub act: String,
}

impl fmt::Display for Sentence {
    /// Both, one after the other.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&sentences([self.what.as_str(), self.act.as_str()]))
    }
}

/// Sentences, one after the other; a full stop of full width needs no space behind it.
pub fn sentences<'s>(parts: impl IntoIterator<Item = &'s str>) -> String {
    parts.into_iter().fold(String::new(), |mut said, part| {
        if !said.is_empty() && !said.ends_with(['。', '！', '？', '：']) {
            said.push(' ');
        }
        said.push_str(part);
        said
    })
}

/// The facts a sentence mentions.
pub type Facts = BTreeMap<String, String>;

static TABLES: LazyLock<BTreeMap<String, Json>> = LazyLock::new(|| {
    let files = WORDS.dirs().flat_map(Dir::files);
    files
        .filter_map(|file| {
            Some((file.path().to_str()?.replace('\\', "/"), serde_json::from_slice(file.contents()).ok()?))
        })
        .collect()
});

impl Language {
    /// The folder under `assets/words`.
    pub fn folder(self) -> &'static str {
        match self {
            Self::Zh => "zh-CN",
            Self::En => "en",
        }
    }
}

impl FromStr for Language {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text.get(..2).map(str::to_lowercase).as_deref() {
            Some("zh") => Ok(Self::Zh),
            Some("en") => Ok(Self::En),
            _ => Err(()),
        }
    }
}

/// A whole table of words, as the window receives it.
pub fn table(language: Language, name: &str) -> Option<&'static Json> {
    TABLES.get(&format!("{}/{name}.json", language.folder()))
}

/// One word or sentence by its dotted key; the key itself when it is missing (a test forbids that).
pub fn say(language: Language, name: &str, key: &str, facts: &Facts) -> String {
    let found = table(language, name).and_then(|table| key.split('.').try_fold(table, |at, step| at.get(step)));
    fill(found.and_then(Json::as_str).unwrap_or(key), facts)
}

/// The two sentences of an error code.
pub fn error(language: Language, code: &str, facts: &Facts) -> Sentence {
    let part = |part: &str| say(language, "errors", &format!("{code}.{part}"), facts);
    Sentence { what: part("what"), act: part("do") }
}

/// The sentence of a problem with a field, without the field's name. A warning has a gentler one where it needs one.
pub fn problem(language: Language, problem: &Problem) -> String {
    let gentler = format!("{}_later", problem.rule);
    let has_gentler = table(language, "rules").is_some_and(|rules| rules.get(&gentler).is_some());
    let rule = if problem.severity == Severity::Warning && has_gentler { &gentler } else { &problem.rule };
    say(language, "rules", rule, &problem.facts)
}

/// A name in braces gives way to the fact of that name; what is no fact stays as it stands.
fn fill(sentence: &str, facts: &Facts) -> String {
    let (mut text, mut rest) = (String::with_capacity(sentence.len() * 2), sentence);
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before);
        match after.split_once('}').and_then(|(name, tail)| Some((facts.get(name)?, tail))) {
            Some((fact, tail)) => {
                text.push_str(fact);
                rest = tail;
            }
            None => {
                text.push('{');
                rest = after;
            }
        }
    }
    text + rest
}
