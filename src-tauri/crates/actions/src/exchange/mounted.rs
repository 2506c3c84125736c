//! Sticks that are plugged in, and what lies on them for this organisation. The window asks again and again while it is
//! open, so the question costs little: what lies on a stick is looked at only when its files have changed.

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use domain::Id;
use package::enrol::{Enrolment, Step};
use package::open;
use serde::{Deserialize, Serialize};
use sysinfo::{DiskRefreshKind, Disks};
use ts_rs::TS;

use crate::desk::Desk;
use crate::exchange::inspections::{candidates, files_in, inspect};
use crate::exchange::receipts;
use crate::failure::{Done, Failure};
use crate::trust::enrolments::cards;

/// A stick that is plugged in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Stick {
    /// The folder it shows as.
    pub folder: String,
    /// What it is called.
    pub name: String,
    /// Changes whenever a file on it does.
    pub stamp: String,
}

/// What lies on a stick for this organisation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct StickView {
    /// Packages that were not taken in yet.
    pub fresh: usize,
    /// Who sent them.
    pub from: Vec<String>,
    /// Packages that were taken in before.
    pub known: usize,
    /// Receipts that say something new.
    pub receipts: usize,
    /// Packages for others; they are left alone.
    pub others: usize,
    /// Packages of organisations not known here.
    pub strangers: usize,
    /// Files of organisations not known yet, by which two get to know each other.
    pub enrolments: Vec<EnrolFile>,
}

/// A file by which two organisations get to know each other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct EnrolFile {
    /// The file.
    pub file: String,
    /// What it is for.
    #[ts(type = "\"invite\" | \"request\" | \"grant\"")]
    pub step: Step,
    /// Who wrote it.
    pub from: String,
}

/// Folders that stand for sticks, beside those that are plugged in: for trying out, and where a system hides its sticks.
/// Several are separated as in `PATH`.
pub const STICK_VARIABLE: &str = "BAOXUE_STICK";

/// The sticks that are plugged in, by their folders.
pub fn sticks(desk: &Desk, _: ()) -> Done<Vec<Stick>> {
    desk.session()?;
    let given = std::env::var_os(STICK_VARIABLE).unwrap_or_default();
    let named = std::env::split_paths(&given).filter(|folder| folder.is_dir());
    let folders: BTreeSet<PathBuf> = plugged_in().into_iter().chain(named).collect();
    Ok(folders.into_iter().map(|folder| stick(&folder)).collect())
}

/// Looks at what lies on a stick; nothing is taken in. A file that goes while one looks is none.
pub fn look_at_stick(desk: &Desk, folder: String) -> Done<StickView> {
    let session = desk.session()?;
    let known: BTreeSet<Id> = session.store.read(|view| {
        let cards = cards(desk, &session, view)?.into_iter().map(|card| card.organisation);
        Ok::<_, Failure>(cards.chain([session.organisation.id]).collect())
    })?;
    let mut view = StickView::default();
    let mut from = BTreeSet::new();
    for path in candidates(Path::new(&folder))? {
        let file = path.display().to_string();
        if let Ok(seen) = inspect(desk, file.clone()) {
            match (seen.for_us, seen.known, seen.standing.as_str()) {
                (_, _, "unknown") => view.strangers += 1,
                (false, ..) => view.others += 1,
                (true, true, _) => view.known += 1,
                (true, false, _) => {
                    view.fresh += 1;
                    from.insert(seen.sender);
                }
            }
        } else if let Ok(bytes) = open::read_file(&path) {
            if receipts::is_news(desk, &session, &bytes)? {
                view.receipts += 1;
            } else if let Ok(read) = Enrolment::of_any_step(&bytes)
                && !known.contains(&read.from.organisation)
            {
                view.enrolments.push(EnrolFile { file, step: read.step, from: read.from.name });
            }
        }
    }
    view.from = from.into_iter().collect();
    Ok(view)
}

/// Removable disks, and whatever a Linux desktop mounts for a person: a stick says of itself only now and then that it
/// can be pulled out.
fn plugged_in() -> Vec<PathBuf> {
    let disks = Disks::new_with_refreshed_list_specifics(DiskRefreshKind::nothing());
    let for_people =
        |folder: &Path| FOR_PEOPLE.iter().any(|place| folder.starts_with(place) && folder != Path::new(place));
    let wanted = disks.list().iter().filter(|disk| disk.is_removable() || for_people(disk.mount_point()));
    wanted.map(|disk| disk.mount_point().to_owned()).filter(|folder| folder != Path::new("/")).collect()
}

/// Where Linux desktops mount sticks.
const FOR_PEOPLE: [&str; 2] = ["/media", "/run/media"];

fn stick(folder: &Path) -> Stick {
    let name =
        folder.file_name().map_or_else(|| folder.display().to_string(), |name| name.to_string_lossy().into_owned());
    let mut hasher = DefaultHasher::new();
    for path in files_in(folder).unwrap_or_default() {
        let about = std::fs::metadata(&path).ok();
        path.hash(&mut hasher);
        about.as_ref().map(std::fs::Metadata::len).hash(&mut hasher);
        about.and_then(|about| about.modified().ok()).unwrap_or(SystemTime::UNIX_EPOCH).hash(&mut hasher);
    }
    Stick { folder: folder.display().to_string(), name, stamp: format!("{:016x}", hasher.finish()) }
}
