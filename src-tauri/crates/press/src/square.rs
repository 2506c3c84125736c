//! A text as a square that a telephone's camera reads (QR code, ISO/IEC 18004): the same that stands beside it in print.

use qrcode::{Color, EcLevel, QrCode};
use serde::Serialize;

use crate::error::PressError;

/// A square beside a text, and what it is for.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Square {
    /// Modules along a side, the blank ones around it not counted.
    side: usize,
    /// The dark runs of each line: where each begins, and how many modules it takes.
    lines: Vec<Vec<(usize, usize)>>,
    /// What stands beside it.
    pub(crate) note: String,
}

impl Square {
    /// The square that reads as a text. A quarter of it may be hidden by a seal or a fold. Errors: [`PressError::Draw`] when
    /// the text is longer than a square can hold.
    pub fn of(text: &str, note: String) -> Result<Self, PressError> {
        let code = QrCode::with_error_correction_level(text, EcLevel::Q);
        let code = code.map_err(|error| PressError::Draw(error.to_string()))?;
        let (side, colors) = (code.width(), code.to_colors());
        let lines = colors.chunks(side).map(runs).collect();
        Ok(Self { side, lines, note })
    }
}

/// Where dark modules stand side by side in a line.
fn runs(line: &[Color]) -> Vec<(usize, usize)> {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for (at, _) in line.iter().enumerate().filter(|(_, color)| **color == Color::Dark) {
        match runs.last_mut().filter(|(from, count)| from + count == at) {
            Some((_, count)) => *count += 1,
            None => runs.push((at, 1)),
        }
    }
    runs
}
