//! What a contender made of the work, told by its process to the one that compares.

use std::time::Duration;

/// What came of it.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    /// The merge itself.
    pub took: Duration,
    /// The most memory it held, MB.
    pub peak_mb: f64,
    /// Bytes on disk for each field written.
    pub disk: f64,
    /// Values that somebody wrote and nobody can read any more.
    pub lost: usize,
    /// Fields filled differently that it names.
    pub conflicts: usize,
    /// The same packages once more.
    pub again: Duration,
    /// Bytes on the stick for each field written, compressed.
    pub wire: f64,
    /// Doubled, shuffled, cloned, restored: whether each was survived.
    pub survives: [bool; 4],
}

impl Outcome {
    /// The outcome on one line.
    pub fn to_line(&self) -> String {
        let (took, again) = (self.took.as_secs_f64(), self.again.as_secs_f64());
        let survives = self.survives.map(|yes| if yes { "1" } else { "0" }).join(" ");
        let Self { peak_mb, disk, lost, conflicts, wire, .. } = self;
        format!("{took} {peak_mb} {disk} {lost} {conflicts} {again} {wire} {survives}")
    }

    /// Reads what [`Self::to_line`] wrote.
    pub fn of_line(line: &str) -> Option<Self> {
        let parts: Vec<f64> = line.split_whitespace().map(|part| part.parse().ok()).collect::<Option<_>>()?;
        let [took, peak_mb, disk, lost, conflicts, again, wire, survives @ ..] = parts.as_slice() else { return None };
        let survives: [f64; 4] = survives.try_into().ok()?;
        Some(Self {
            took: Duration::from_secs_f64(*took),
            peak_mb: *peak_mb,
            disk: *disk,
            lost: *lost as usize,
            conflicts: *conflicts as usize,
            again: Duration::from_secs_f64(*again),
            wire: *wire,
            survives: survives.map(|yes| yes > 0.0),
        })
    }
}

/// The most memory that this process held since it was begun.
pub struct Peak;

impl Peak {
    /// Forgets what was held before.
    pub fn begin() -> Self {
        // Elsewhere than on Linux the peak of the whole process is told.
        let _absent = std::fs::write("/proc/self/clear_refs", "5");
        Self
    }

    /// Megabytes.
    pub fn end(self) -> f64 {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kb = line.and_then(|line| line.trim().trim_end_matches("kB").trim().parse::<f64>().ok());
        kb.unwrap_or_default() / 1024.0
    }
}
