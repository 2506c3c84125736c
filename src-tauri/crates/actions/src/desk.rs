//! The desk: the clock, the dice, the language, and the ledger that is open on it.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use chrono::{DateTime, FixedOffset, TimeDelta, Utc};
use domain::words::Language;
use domain::{Catalogue, Date, Id};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha20Rng;
use store::{Author, Definitions, Store};

use crate::Done;
use crate::failure::Failure;
use crate::import::Readings;
use crate::session::Keys;

/// Milliseconds since 1970, UTC.
pub type Clock = Box<dyn Fn() -> u64 + Send + Sync>;

/// Where a person works. Actions take it; nothing else holds state.
pub struct Desk {
    clock: Clock,
    dice: Mutex<ChaCha20Rng>,
    today: RwLock<Option<Date>>,
    language: RwLock<Language>,
    definitions: Definitions,
    session: RwLock<Option<Arc<Session>>>,
    /// Where the program keeps its list of known ledgers; none on the command line.
    pub(crate) home: Option<PathBuf>,
    pub(crate) readings: Readings,
    pub(crate) previews: crate::paper::Previews,
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
        matches!(self.kind.as_str(), "center" | "county")
    }
}

/// China's civil time, whatever the computer's time zone says (decisions A11).
const OFFSET_SECONDS: i32 = 8 * 3600;

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
        Self {
            clock,
            dice: Mutex::new(ChaCha20Rng::from_seed(seed)),
            today: RwLock::new(None),
            language: RwLock::new(Language::Zh),
            definitions: Definitions::built_in(),
            session: RwLock::new(None),
            home: None,
            readings: Readings::default(),
            previews: crate::paper::Previews::default(),
        }
    }

    /// A desk with the computer's clock and randomness.
    #[allow(clippy::disallowed_methods, reason = "the one place where the computer's clock is read")]
    pub fn real() -> Done<Self> {
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).map_err(Failure::defect)?;
        Ok(Self::new(Box::new(|| u64::try_from(Utc::now().timestamp_millis()).unwrap_or_default()), seed))
    }

    /// A desk that remembers its ledgers in a folder.
    #[must_use]
    pub fn at_home(mut self, folder: PathBuf) -> Self {
        self.home = Some(folder);
        self
    }

    /// A desk with other definitions.
    #[must_use]
    pub fn with_definitions(mut self, definitions: Definitions) -> Self {
        self.definitions = definitions;
        self
    }

    /// What the clock reads: milliseconds since 1970, UTC.
    pub fn now_ms(&self) -> u64 {
        (self.clock)()
    }

    /// The civil day: what `--today` says, else China's day.
    pub fn today(&self) -> Date {
        let fixed = *self.today.read().unwrap_or_else(PoisonError::into_inner);
        fixed.unwrap_or_else(|| civil_day(self.now_ms()))
    }

    /// Works as if on another day; the logical clock is not moved (decisions A11).
    pub fn set_today(&self, day: Date) {
        *self.today.write().unwrap_or_else(PoisonError::into_inner) = Some(day);
    }

    /// The language people read.
    pub fn language(&self) -> Language {
        *self.language.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the language.
    pub fn set_language(&self, language: Language) {
        *self.language.write().unwrap_or_else(PoisonError::into_inner) = language;
    }

    /// Records, forms and code lists.
    pub fn catalogue(&self) -> &Catalogue {
        &self.definitions.catalogue
    }

    pub(crate) fn definitions(&self) -> &Definitions {
        &self.definitions
    }

    /// Random bytes.
    pub(crate) fn roll<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.dice.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(&mut bytes);
        bytes
    }

    /// A new random id.
    pub fn new_id(&self) -> Id {
        Id::from_random(self.roll())
    }

    /// The open ledger. Errors: `no_ledger_open`.
    pub fn session(&self) -> Done<Arc<Session>> {
        let session = self.session.read().unwrap_or_else(PoisonError::into_inner).clone();
        session.ok_or_else(|| Failure::new("no_ledger_open"))
    }

    pub(crate) fn set_session(&self, session: Option<Session>) {
        *self.session.write().unwrap_or_else(PoisonError::into_inner) = session.map(Arc::new);
    }

    /// The person signed in, writing now.
    pub(crate) fn author(&self, session: &Session) -> Author {
        Author::new(session.who, self.now_ms())
    }
}
