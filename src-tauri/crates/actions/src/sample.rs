//! The sample township: a center and villages, fictional, at work. Everything in it is made through the ordinary
//! actions, so it is also the largest example of how they are used.
//!
//! The same seed on the same day (`--today`) gives the same rows with the same ids. Secrets that only encrypt (the
//! random bytes of a package, of a chain's salts) differ each time; nothing that `get` prints depends on them.

mod child;
mod dice;
mod names;
mod plan;
mod run;
mod site;
mod work;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::desk::Desk;
use crate::desk::session::Place;
use crate::failure::{Done, Failure};

/// Where the sample goes.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct SampleRequest {
    /// The folder; a new one beside the ledgers when absent.
    pub folder: Option<String>,
}

/// The sample made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SampleReply {
    /// Its ledgers, the center first.
    pub ledgers: Vec<Place>,
    /// The password of all of them; they hold no real child.
    pub password: String,
    /// The folder that stands for the stick, with packages still to be merged.
    pub stick: String,
}

/// How large a township is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TownshipSize {
    /// Schools and teaching points under the center, 1 to 99.
    pub schools: u32,
    /// Children of all of them, at least one a school.
    pub students: u32,
    /// Names, ids and events follow from it.
    pub seed: u64,
}

impl Default for TownshipSize {
    fn default() -> Self {
        Self { schools: 6, students: 300, seed: 1 }
    }
}

/// A township made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Township {
    /// Its ledgers, the center first.
    pub ledgers: Vec<Place>,
    /// The password of all of them.
    pub password: String,
    /// The folder that stands for the stick.
    pub stick: String,
    /// Packages the center has merged already.
    pub merged: Vec<String>,
    /// Packages that still wait, in an order in which they can be merged.
    pub waiting: Vec<String>,
    /// The one among them that edits a field the center has edited too.
    pub contested: String,
    /// A village's roster to try the import on.
    pub workbook: String,
    /// Pinyin initials of a child of the first school, to try the search on.
    pub initials: String,
    /// Children in all schools.
    pub students: u32,
}

/// The password of every sample ledger; they hold no real child.
pub const SAMPLE_PASSWORD: &str = "sample-2026";

/// Makes the sample township and notes its ledgers among the known ones. Errors: `folder_not_empty`, `no_folder`.
pub fn make_sample(desk: &Desk, request: SampleRequest) -> Done<SampleReply> {
    let folder = match request.folder.filter(|folder| !folder.is_empty()) {
        Some(folder) => folder.into(),
        None => free_folder(desk)?,
    };
    let made = run::make(desk, TownshipSize::default(), &folder)?;
    crate::desk::session::remember_places(desk, &made.ledgers)?;
    Ok(SampleReply { ledgers: made.ledgers, password: made.password, stick: made.stick })
}

/// Makes a township of a given size. Errors: `folder_not_empty`; fields to correct.
pub fn make_township(desk: &Desk, size: TownshipSize, folder: &std::path::Path) -> Done<Township> {
    run::make(desk, size, folder)
}

fn free_folder(desk: &Desk) -> Done<std::path::PathBuf> {
    let home = desk.home().ok_or_else(|| Failure::new("no_folder"))?;
    let names = (1..100).map(|n| if n == 1 { "sample".to_owned() } else { format!("sample-{n}") });
    let free = names.map(|name| home.join(name)).find(|folder| !folder.exists());
    free.ok_or_else(|| Failure::new("no_folder"))
}
