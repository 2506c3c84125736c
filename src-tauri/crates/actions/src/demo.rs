//! The sample township: a center and villages, fictional, at work.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::desk::Desk;
use crate::failure::{Done, Failure};
use crate::session::Place;

/// Where the sample goes.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct SampleRequest {
    /// The folder; a new one beside the ledgers when absent.
    pub folder: Option<String>,
}

/// The sample made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SampleReply {
    /// Its ledgers, the center first.
    pub ledgers: Vec<Place>,
    /// The password of all of them; they hold no real child.
    pub password: String,
    /// The folder that stands for the stick, with packages still to be merged.
    pub stick: String,
}

/// Makes the sample township.
pub fn make_sample(_desk: &Desk, _request: SampleRequest) -> Done<SampleReply> {
    Err(Failure::defect("demo"))
}
