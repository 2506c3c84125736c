//! What stands around the body of every page: its size, who reports, the foot; and the words of paper.

use domain::form::{Paper, PaperSize};
use domain::words::{self, Facts, Language};
use domain::{Date, Id, date};
use oplog::Hash;
use press::{Job, Size};

use crate::failure::{Done, Failure};

/// A form filled for paper.
pub(crate) struct Filled {
    pub(crate) job: Job,
    /// A file name to offer.
    pub(crate) file_name: String,
    /// Rows and paths whose sensitive values stand on the pages in full.
    pub(crate) unmasked: Vec<(Id, String)>,
}

/// Digits of the chain's head in the foot: enough to find it again in the ledger's history.
const HEAD_DIGITS: usize = 12;

/// The paper asked for; the form's own when none is.
pub(crate) fn size(own: Paper, paper: Option<&str>) -> Done<Size> {
    let mut sheet = own;
    sheet.size = match paper.map(str::to_ascii_lowercase).as_deref() {
        None | Some("") => sheet.size,
        Some("a4") => PaperSize::A4,
        Some("a3") => PaperSize::A3,
        Some(other) => return Err(Failure::new("no_such_paper").with("paper", other)),
    };
    Ok(Size::of(sheet))
}

/// Who reports, about whom, on what day; an empty day is written by hand.
pub(crate) fn about(school: &str, said: Vec<(String, String)>, day: Option<Date>) -> Vec<(String, String)> {
    let unit = (word("unit"), school.to_owned());
    let day = (word("filled_on"), day.map(date::in_words).unwrap_or_default());
    [unit].into_iter().chain(said).chain([day]).collect()
}

/// Whose page it is, of what day, and of what state of the ledger: the head of this computer's chain (package.md §4).
pub(crate) fn foot(school: &str, today: Date, head: Option<Hash>) -> String {
    let digits: String = head.map(|head| head.hex().chars().take(HEAD_DIGITS).collect()).unwrap_or_default();
    format!("{school}　{}　{} {digits}", date::in_words(today), word("code"))
}

/// A word of paper. Paper speaks Chinese whatever the window speaks.
pub(crate) fn word(key: &str) -> String {
    words::say(Language::Zh, "paper", key, &Facts::new())
}
