//! Forms on paper.

/// Pages made for the preview.
#[derive(Debug, Default)]
pub struct Previews;
