//! Medians, 99th percentiles, and the table they are printed in.

use std::time::{Duration, Instant};

/// Runs whose median counts (decisions C25).
pub const RUNS: usize = 30;

/// How long an action takes.
pub fn time<T>(act: impl FnOnce() -> T) -> (Duration, T) {
    let start = Instant::now();
    let done = act();
    (start.elapsed(), done)
}

/// How long this thread has had a processor. On a machine that others use too, what an action takes is more than what it
/// costs; elsewhere than on Linux nothing is told.
pub fn on_processor() -> Duration {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    Duration::from_nanos(told.split_whitespace().next().and_then(|first| first.parse().ok()).unwrap_or_default())
}

/// How long this process and those it has waited for have had processors, all threads together.
pub fn on_processors() -> Duration {
    let told = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = told.rsplit(')').next().unwrap_or_default();
    // User and system time, own and of processes waited for, in hundredths of a second.
    let ticks: u64 = after_name.split_whitespace().skip(11).take(4).filter_map(|one| one.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 10)
}

/// The median of [`RUNS`] runs, the first (warm-up) left out.
pub fn median(mut act: impl FnMut()) -> Duration {
    act();
    let mut times: Vec<Duration> = (0..RUNS).map(|_| time(&mut act).0).collect();
    percentile(&mut times, 50)
}

/// The time that so many of a hundred runs keep under.
pub fn percentile(times: &mut [Duration], percent: usize) -> Duration {
    times.sort();
    times[(times.len() * percent / 100).min(times.len() - 1)]
}

/// Milliseconds with two decimals.
pub fn ms(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1000.0)
}

/// What was measured, line by line.
#[derive(Default)]
pub struct Table(Vec<Line>);

struct Line {
    what: String,
    measured: String,
    bar: String,
    met: Option<bool>,
}

impl Table {
    /// A measured value against its bar.
    pub fn bar(&mut self, what: &str, measured: String, bar: &str, met: bool) {
        self.line(what, measured, bar, Some(met));
    }

    /// A measured value without a bar.
    pub fn note(&mut self, what: &str, measured: String) {
        self.line(what, measured, "", None);
    }

    fn line(&mut self, what: &str, measured: String, bar: &str, met: Option<bool>) {
        println!("{}", show(what, &measured, bar, met));
        self.0.push(Line { what: what.to_owned(), measured, bar: bar.to_owned(), met });
    }

    /// Whether every bar was met.
    pub fn all_met(&self) -> bool {
        self.0.iter().all(|line| line.met != Some(false))
    }

    /// Prints all lines once more, together.
    pub fn print(&self) {
        println!("\n{}", show("measured", "value", "bar", None));
        for line in &self.0 {
            println!("{}", show(&line.what, &line.measured, &line.bar, line.met));
        }
    }
}

fn show(what: &str, measured: &str, bar: &str, met: Option<bool>) -> String {
    let verdict = match met {
        Some(true) => "met",
        Some(false) => "MISSED",
        None => "",
    };
    format!("{what:<58} {measured:>24}   {bar:<34} {verdict}")
}
