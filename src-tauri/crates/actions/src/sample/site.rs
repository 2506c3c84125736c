//! One ledger of the township, on a desk of its own whose clock the sample sets.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use chrono::{NaiveTime, TimeDelta};
use domain::Date;
use serde_json::json;

use super::SAMPLE_PASSWORD;
use super::child::form;
use crate::desk::session::{MakeLedger, OpenLedger, Place, SessionInfo};
use crate::desk::{self, Desk};
use crate::failure::Done;
use crate::rows::SaveRequest;
use crate::trust::enrolments::EnrolRequest;

/// A ledger of the township.
pub(super) struct Site {
    pub(super) desk: Desk,
    clock: Arc<AtomicU64>,
    pub(super) info: SessionInfo,
}

/// What a ledger of the township begins with.
pub(super) struct Founding {
    pub(super) folder: PathBuf,
    pub(super) name: String,
    pub(super) kind: &'static str,
    pub(super) code: String,
    pub(super) under: Option<String>,
    pub(super) person: String,
    pub(super) first_day: Date,
    pub(super) seed: [u8; 32],
}

/// Between two things that somebody does, milliseconds.
const PAUSE_MS: u64 = 20_000;

impl Site {
    /// Makes a ledger and leaves it open.
    pub(super) fn found(parent: &Desk, founding: Founding) -> Done<Self> {
        let clock = Arc::new(AtomicU64::new(morning(founding.first_day)));
        let hand = clock.clone();
        let read = Box::new(move || hand.load(Ordering::Relaxed));
        let desk = Desk::set_up(read, founding.seed, None, parent.definitions().clone());
        desk.set_language(parent.language());
        let request = MakeLedger {
            folder: Some(founding.folder.display().to_string()),
            kind: founding.kind.to_owned(),
            name: founding.name,
            code: founding.code,
            under: founding.under,
            person: founding.person,
            password: SAMPLE_PASSWORD.to_owned(),
            low_memory: true,
        };
        let info = crate::make_ledger(&desk, request)?;
        Ok(Self { desk, clock, info })
    }

    /// Lets the day come, or some time pass when it is already here.
    pub(super) fn on(&self, day: Date) {
        let before = self.clock.load(Ordering::Relaxed);
        self.clock.store(morning(day).max(before + PAUSE_MS), Ordering::Relaxed);
    }

    /// Saves forms together, some time after what was saved before.
    pub(super) fn save(&self, forms: Vec<SaveRequest>) -> Done<()> {
        self.clock.fetch_add(PAUSE_MS, Ordering::Relaxed);
        crate::save_rows(&self.desk, forms).map(|_| ())
    }

    /// Adds a person who works here; gives the name.
    pub(super) fn hire(&self, name: String, duty: &str, phone: String) -> Done<String> {
        self.save(vec![form("staff", self.desk.new_id(), json!({ "name": name, "duty": [duty], "phone": phone }))])?;
        Ok(name)
    }

    /// Fills in what the first screen did not ask of the organisation.
    pub(super) fn describe(&self, values: serde_json::Value) -> Done<()> {
        self.save(vec![form("organisation", self.info.organisation, values)])
    }

    /// Four files carried between a school and a center.
    pub(super) fn enrol_at(&self, center: &Self, papers: &Path) -> Done<()> {
        let file = |step: &str| Some(papers.join(format!("{}-{step}", self.info.organisation.short())));
        let path = |step: &str| file(step).map(|file| file.display().to_string());
        let carry = |input: Option<String>, output: Option<String>| EnrolRequest { input, output, typed: None };
        crate::enrol_invite(&center.desk, carry(None, path("1-invite")))?;
        crate::enrol_request(&self.desk, carry(path("1-invite"), path("2-request")))?;
        crate::enrol_grant(&center.desk, carry(path("2-request"), path("3-grant")))?;
        crate::enrol_accept(&self.desk, carry(path("3-grant"), None))?;
        Ok(())
    }

    /// Leaves the ledger until [`Self::reopen`].
    pub(super) fn close(&self) -> Done<()> {
        crate::close_ledger(&self.desk, ())
    }

    /// Opens the ledger again.
    pub(super) fn reopen(&self) -> Done<()> {
        let request = OpenLedger { folder: self.info.folder.clone(), password: SAMPLE_PASSWORD.to_owned() };
        crate::open_ledger(&self.desk, request).map(|_| ())
    }

    pub(super) fn place(&self) -> Place {
        Place { folder: self.info.folder.clone(), name: self.info.name.clone(), kind: self.info.kind.clone() }
    }
}

/// Half past eight in China.
fn morning(day: Date) -> u64 {
    let eight = NaiveTime::from_hms_opt(8, 30, 0).unwrap_or_default();
    let utc = day.and_time(eight) - TimeDelta::seconds(i64::from(desk::OFFSET_SECONDS));
    u64::try_from(utc.and_utc().timestamp_millis()).unwrap_or_default()
}
