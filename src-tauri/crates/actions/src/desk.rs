//! The desk: the clock, the dice, the language, and the ledger that is open on it.

pub(crate) mod in_force;
pub(crate) mod kept;
pub(crate) mod keys;
pub(crate) mod outlook;
pub(crate) mod previews;
pub(crate) mod readings;
pub(crate) mod session;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::atomic::{AtomicI32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use chrono::{DateTime, Datelike, FixedOffset, TimeDelta, Utc};
use domain::words::Language;
use domain::{Catalogue, Date, Fields, Form, Id, Record};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha20Rng;
use store::{Author, Definitions, Store, View};

use crate::failure::{Done, Failure};
use keys::Keys;
use outlook::Outlook;
use previews::Previews;
use readings::Readings;

/// Milliseconds since 1970, UTC.
pub type Clock = Box<dyn Fn() -> u64 + Send + Sync>;

/// Hears how far a long action is: done of total, in its own units.
pub type Tell = dyn Fn(u64, u64) + Send + Sync;

/// Where a person works. Actions take it; nothing else holds state. Clones share everything but the listener.
#[derive(Clone)]
pub struct Desk {
    shared: Arc<Shared>,
    listener: Option<Arc<Listener>>,
    day: Option<Date>,
    speaks: Option<Language>,
}

struct Shared {
    clock: Clock,
    dice: Mutex<ChaCha20Rng>,
    today: RwLock<Option<Date>>,
    language: RwLock<Language>,
    outlook: Outlook,
    session: RwLock<Option<Arc<Session>>>,
    home: Option<PathBuf>,
    cancelled: Mutex<BTreeSet<String>>,
    readings: Readings,
    previews: Previews,
}

/// Who hears how far a long action is, and the name under which it can be cancelled.
struct Listener {
    job: String,
    tell: Box<Tell>,
}

/// An open ledger and who works in it.
pub struct Session {
    /// The ledger.
    pub store: Store,
    /// Whose ledger it is.
    pub organisation: Organisation,
    /// Who is signed in.
    pub who: Id,
    pub(crate) keys: Keys,
    /// The day that lists were last derived for, in days of the common era.
    pub(crate) listed_for: AtomicI32,
    /// How often the ledger had been written when the settings files in it were looked at last, and one.
    pub(crate) looked_at: AtomicU64,
}

/// The organisation a ledger belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organisation {
    /// Its id.
    pub id: Id,
    /// Its kind, a code of the list `org_kind`.
    pub kind: String,
}

impl Organisation {
    /// Whether it receives packages from schools.
    pub fn is_above(&self) -> bool {
        stands_above(&self.kind)
    }
}

/// Whether organisations of a kind, a code of the list `org_kind`, receive packages from schools.
pub(crate) fn stands_above(kind: &str) -> bool {
    matches!(kind, "center" | "county")
}

impl Session {
    /// The organisation, when it is a school: then every child is its own.
    pub(crate) fn school(&self) -> Option<Id> {
        (!self.organisation.is_above()).then_some(self.organisation.id)
    }

    /// What people call the organisation.
    pub(crate) fn name(&self, desk: &Desk, view: View<'_>) -> Done<String> {
        let row = view.own_fields(desk.record("organisation")?, self.organisation.id, &["name"])?.unwrap_or_default();
        Ok(row.said("name"))
    }
}

/// How long, and how often, one waits for others to end their reading: ten seconds.
const LEAVE_WAIT: Duration = Duration::from_millis(10);
const LEAVE_WAITS_MAX: u32 = 1000;

/// China's civil time, whatever the computer's time zone says (decisions A11).
pub(crate) const OFFSET_SECONDS: i32 = 8 * 3600;

/// A moment in China's civil time: `2026-09-01 14:05`.
pub fn civil(ms: u64) -> String {
    let utc = DateTime::<Utc>::UNIX_EPOCH + TimeDelta::milliseconds(i64::try_from(ms).unwrap_or_default());
    match FixedOffset::east_opt(OFFSET_SECONDS) {
        Some(china) => utc.with_timezone(&china).format("%Y-%m-%d %H:%M").to_string(),
        None => utc.format("%Y-%m-%d %H:%M").to_string(),
    }
}

fn civil_day(ms: u64) -> Date {
    let utc = DateTime::<Utc>::UNIX_EPOCH + TimeDelta::milliseconds(i64::try_from(ms).unwrap_or_default());
    FixedOffset::east_opt(OFFSET_SECONDS).map_or(utc.date_naive(), |china| utc.with_timezone(&china).date_naive())
}

impl Desk {
    /// A desk with its own clock and dice.
    pub fn new(clock: Clock, seed: [u8; 32]) -> Self {
        Self::set_up(clock, seed, None, Definitions::built_in())
    }

    /// A desk that keeps its list of ledgers in a folder, or works with other definitions.
    pub fn set_up(clock: Clock, seed: [u8; 32], home: Option<PathBuf>, definitions: Definitions) -> Self {
        let shared = Shared {
            clock,
            dice: Mutex::new(ChaCha20Rng::from_seed(seed)),
            today: RwLock::new(None),
            language: RwLock::new(Language::Zh),
            outlook: Outlook::new(definitions),
            session: RwLock::new(None),
            home,
            cancelled: Mutex::default(),
            readings: Readings::default(),
            previews: Previews::default(),
        };
        Self { shared: Arc::new(shared), listener: None, day: None, speaks: None }
    }

    /// A desk with the computer's clock and randomness.
    #[allow(clippy::disallowed_methods, reason = "the one place where the computer's clock is read")]
    pub fn real(home: Option<PathBuf>) -> Done<Self> {
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).map_err(Failure::defect)?;
        let clock: Clock = Box::new(|| u64::try_from(Utc::now().timestamp_millis()).unwrap_or_default());
        Ok(Self::set_up(clock, seed, home, Definitions::built_in()))
    }

    /// The same desk, with somebody who hears how far the action is and may cancel it by the job's name.
    #[must_use]
    pub fn heard_by(&self, job: String, tell: Box<Tell>) -> Self {
        Self { listener: Some(Arc::new(Listener { job, tell })), ..self.clone() }
    }

    /// The same desk as it stood on a day: for reading what was known then.
    #[must_use]
    pub(crate) fn on_day(&self, day: Date) -> Self {
        Self { day: Some(day), ..self.clone() }
    }

    /// The same desk for paper, which speaks Chinese whatever the window speaks.
    #[must_use]
    pub(crate) fn in_chinese(&self) -> Self {
        Self { speaks: Some(Language::Zh), ..self.clone() }
    }

    /// Tells how far the action is. Errors: `cancelled`, when somebody asked for it; nothing is left behind then.
    pub(crate) fn step(&self, done: u64, total: u64) -> Done<()> {
        let Some(listener) = &self.listener else { return Ok(()) };
        (listener.tell)(done, total);
        match held(&self.shared.cancelled).remove(&listener.job) {
            true => Err(Failure::new("cancelled")),
            false => Ok(()),
        }
    }

    /// Asks a long action to stop and leave nothing behind.
    pub(crate) fn cancel(&self, job: String) {
        held(&self.shared.cancelled).insert(job);
    }

    /// What the clock reads: milliseconds since 1970, UTC.
    pub fn now_ms(&self) -> u64 {
        (self.shared.clock)()
    }

    /// The civil day: what `--today` says, else China's day.
    pub fn today(&self) -> Date {
        let fixed = *self.shared.today.read().unwrap_or_else(PoisonError::into_inner);
        self.day.or(fixed).unwrap_or_else(|| civil_day(self.now_ms()))
    }

    /// Works as if on another day; the logical clock is not moved (decisions A11).
    pub fn set_today(&self, day: Date) {
        *self.shared.today.write().unwrap_or_else(PoisonError::into_inner) = Some(day);
    }

    /// The language people read.
    pub fn language(&self) -> Language {
        self.speaks.unwrap_or_else(|| *self.shared.language.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Changes the language.
    pub fn set_language(&self, language: Language) {
        *self.shared.language.write().unwrap_or_else(PoisonError::into_inner) = language;
    }

    /// Records, forms and code lists, with what organisations above added.
    pub fn catalogue(&self) -> &Catalogue {
        self.shared.outlook.catalogue()
    }

    /// A record's definition. Errors: `no_such_record`.
    pub(crate) fn record(&self, name: &str) -> Done<&Record> {
        self.catalogue().record(name).ok_or_else(|| Failure::new("no_such_record").with("record", name))
    }

    /// A form's definition. Errors: `no_such_form`.
    pub(crate) fn form(&self, name: &str) -> Done<&Form> {
        self.catalogue().form(name).ok_or_else(|| Failure::new("no_such_form").with("form", name))
    }

    /// The definitions in force, and the files behind them.
    pub(crate) fn outlook(&self) -> &Outlook {
        &self.shared.outlook
    }

    /// What ledgers are made and opened with.
    pub(crate) fn definitions(&self) -> &Definitions {
        self.shared.outlook.shipped()
    }

    /// Random bytes.
    pub(crate) fn roll<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        held(&self.shared.dice).fill_bytes(&mut bytes);
        bytes
    }

    /// A new random id.
    pub fn new_id(&self) -> Id {
        Id::from_random(self.roll())
    }

    /// Where the program keeps its list of known ledgers; none on the command line.
    pub(crate) fn home(&self) -> Option<&PathBuf> {
        self.shared.home.as_ref()
    }

    /// Workbooks read and not imported yet.
    pub(crate) fn readings(&self) -> &Readings {
        &self.shared.readings
    }

    /// Pages made for the preview.
    pub(crate) fn previews(&self) -> &Previews {
        &self.shared.previews
    }

    /// The open ledger, its lists moved to today: a program left open over night shows the new day. Errors: `no_ledger_open`.
    pub fn session(&self) -> Done<Arc<Session>> {
        let session = self.opened()?;
        let today = self.today();
        if session.listed_for.load(Ordering::Acquire) != today.num_days_from_ce() {
            session.store.write(|door| Ok::<_, Failure>(door.set_today(today)?))?;
            session.listed_for.store(today.num_days_from_ce(), Ordering::Release);
        }
        self.look_above(&session)?;
        Ok(session)
    }

    /// After anything was written: whatever came from above since is in force from now on.
    fn look_above(&self, session: &Session) -> Done<()> {
        let writes = session.store.writes() + 1;
        if session.looked_at.swap(writes, Ordering::AcqRel) == writes {
            return Ok(());
        }
        let files = session.store.read(|view| in_force::files(self, session, view))?;
        if files != self.shared.outlook.files() {
            session.store.define(self.shared.outlook.look(files))?;
        }
        Ok(())
    }

    /// The open ledger as it is, for use while it is being read. Errors: `no_ledger_open`.
    pub(crate) fn opened(&self) -> Done<Arc<Session>> {
        let session = self.shared.session.read().unwrap_or_else(PoisonError::into_inner).clone();
        session.ok_or_else(|| Failure::new("no_ledger_open"))
    }

    pub(crate) fn set_session(&self, session: Option<Session>) {
        self.shared.previews.clear();
        self.shared.outlook.look(vec![]);
        *self.shared.session.write().unwrap_or_else(PoisonError::into_inner) = session.map(Arc::new);
    }

    /// Leaves the ledger that is open, and waits until whatever is being read from it has ended: then its file is free to be
    /// opened again, here or elsewhere. Whoever reads longer than that keeps it.
    pub(crate) fn leave(&self) {
        let held = self.shared.session.read().unwrap_or_else(PoisonError::into_inner).clone();
        self.set_session(None);
        let Some(mut session) = held else { return };
        for _ in 0..LEAVE_WAITS_MAX {
            // The last one to let go closes the file: that must be here, or it might still be closing when it is opened.
            match Arc::try_unwrap(session) {
                Ok(last) => return drop(last),
                Err(shared) => session = shared,
            }
            std::thread::sleep(LEAVE_WAIT);
        }
    }

    /// The person signed in, writing now.
    pub(crate) fn author(&self, session: &Session) -> Author {
        Author::new(session.who, self.now_ms())
    }
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
