//! Who stands above the one above, as it says itself, and what this organisation says of its own directory (`package.md` §2).

use domain::Id;
use package::directory::{Listed, version_numbers};
use package::enrol::Card;
use serde::{Deserialize, Serialize};
use store::View;

use crate::desk::kept::noted;
use crate::desk::{Session, keys};
use crate::failure::Done;

/// Who stands above an organisation, as it says itself.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Aloft {
    pub(crate) version: u64,
    pub(crate) cards: Vec<Card>,
    /// Whom it lists below itself.
    #[serde(default)]
    pub(crate) below: Vec<Listed>,
    /// The signing key it will take next; empty when none is announced.
    #[serde(default)]
    pub(crate) next_key: String,
    /// The oldest program it wants those below to work with; empty when any will do.
    #[serde(default)]
    pub(crate) program_min: String,
}

impl Aloft {
    pub(crate) fn load(view: View<'_>, organisation: Id) -> Done<Self> {
        noted(view, &aloft(organisation))
    }
}

pub(crate) fn aloft(organisation: Id) -> String {
    format!("aloft/{organisation}")
}

/// The version of the directory this organisation has told those below; 0 before the first.
pub(crate) fn said_version(view: View<'_>) -> Done<u64> {
    let kept = view.local(VERSION)?;
    Ok(kept.and_then(|bytes| String::from_utf8(bytes).ok()?.parse().ok()).unwrap_or(0))
}

/// The version of the directory that counts here, as packages say it outside.
pub(crate) fn version(session: &Session, view: View<'_>) -> Done<u64> {
    match keys::above(view)? {
        Some(card) if !session.organisation.is_above() => Ok(Aloft::load(view, card.organisation)?.version),
        _ => said_version(view),
    }
}

/// The oldest program that those below should work with: what this organisation wants, or the one above, whichever is newer.
pub(crate) fn program_min(session: &Session, view: View<'_>) -> Done<String> {
    let own = view.local(PROGRAM_MIN)?.and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default();
    let aloft = match keys::above(view)? {
        Some(card) => Aloft::load(view, card.organisation)?.program_min,
        None => String::new(),
    };
    let both = if session.organisation.is_above() { vec![own, aloft] } else { vec![aloft] };
    Ok(both.into_iter().max_by_key(|text| version_numbers(text)).unwrap_or_default())
}

/// Where it is kept what program this organisation wants those below to work with.
pub(crate) const PROGRAM_MIN: &str = "program_min";
pub(crate) const SAID: &str = "aloft_said";
pub(crate) const VERSION: &str = "aloft_version";
