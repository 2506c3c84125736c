//! The logical clock: milliseconds of UTC and a counter. For display and ties only, never for causality.

/// A hybrid logical time: 48 bits of milliseconds since 1970 (UTC), 16 bits of counter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Time(pub u64);

/// How far beyond the newest time seen a clock may be before it is no longer believed (decisions A11).
const LEAP_MS_MAX: u64 = 400 * 24 * 3600 * 1000;

/// No program of this kind ran before 2026-01-01: an earlier clock has an empty battery.
const EARLIEST_MS: u64 = 1_767_225_600_000;

/// A time for a new change, and whether the computer's clock was believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    /// The time to write.
    pub time: Time,
    /// The clock is impossible: the change loses display ties and does not advance the newest time.
    pub suspect: bool,
}

impl Time {
    /// The time of a clock's reading.
    pub fn at_ms(ms: u64) -> Self {
        Self(ms << 16)
    }

    /// Milliseconds since 1970, UTC.
    pub fn ms(self) -> u64 {
        self.0 >> 16
    }

    /// The time for a new change, after the newest believed one, when the clock reads `now_ms`.
    pub fn next(newest: Self, now_ms: u64) -> Stamp {
        let too_far = newest != Self::default() && now_ms > newest.ms() + LEAP_MS_MAX;
        if too_far || !(EARLIEST_MS..1 << 47).contains(&now_ms) {
            return Stamp { time: Self::at_ms(now_ms.min((1 << 47) - 1)), suspect: true };
        }
        Stamp { time: Self::at_ms(now_ms).max(Self(newest.0 + 1)), suspect: false }
    }
}
