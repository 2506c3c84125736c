//! Choices that follow from the seed, and days to spread them over.

use chrono::Days;
use domain::{Date, date};
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha20Rng;

/// Draws what is in the township; ids and keys are drawn by each ledger's own desk.
pub(super) struct Dice(ChaCha20Rng);

/// Days between which the township has been at work.
#[derive(Debug, Clone, Copy)]
pub(super) struct Season {
    /// Rosters are entered.
    pub(super) first: Date,
    /// First packages are sealed.
    pub(super) middle: Date,
    /// The last day on which anybody wrote: yesterday.
    pub(super) last: Date,
}

/// Days the township has been at work, at most.
const DAYS: u64 = 45;

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(ChaCha20Rng::seed_from_u64(seed))
    }

    /// A seed for a desk of its own.
    pub(super) fn desk_seed(&mut self) -> [u8; 32] {
        let mut seed = [0; 32];
        self.0.fill_bytes(&mut seed);
        seed
    }

    /// A number from `low` to `high`, both included.
    pub(super) fn between(&mut self, low: usize, high: usize) -> usize {
        self.0.random_range(low..=high.max(low))
    }

    /// Whether something of this chance, in hundredths, happens.
    pub(super) fn percent(&mut self, chance: usize) -> bool {
        self.between(1, 100) <= chance
    }

    /// One of several; the first when there is none to choose from.
    pub(super) fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        let at = self.between(0, from.len().saturating_sub(1));
        from.get(at).copied().unwrap_or_default()
    }

    /// A day from `low` to `high`, both included.
    pub(super) fn day(&mut self, low: Date, high: Date) -> Date {
        let span = usize::try_from((high - low).num_days()).unwrap_or_default();
        later(low, self.between(0, span))
    }
}

impl Season {
    /// The season that ends the day before `today` and does not reach back beyond the school year.
    pub(super) fn before(today: Date) -> Self {
        let last = today.checked_sub_days(Days::new(1)).unwrap_or(today);
        let reach = today.checked_sub_days(Days::new(DAYS)).unwrap_or(today);
        let first = reach.max(date::school_year_start(today)).min(last);
        let span = usize::try_from((last - first).num_days()).unwrap_or_default();
        Self { first, middle: later(first, span * 3 / 5), last }
    }

    /// A day so long after another, but within the season.
    pub(super) fn after(&self, day: Date, days: usize) -> Date {
        later(day, days).min(self.last)
    }
}

pub(super) fn later(day: Date, days: usize) -> Date {
    day.checked_add_days(Days::new(days as u64)).unwrap_or(day)
}
