//! Pages made for the preview: the newest few, in memory only.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use press::{Job, Pages};

use crate::desk::Desk;
use crate::failure::{Done, Failure};

/// Pages made for the preview: the newest few, in memory only.
#[derive(Debug, Default)]
pub(crate) struct Previews {
    kept: Mutex<VecDeque<Preview>>,
}

/// Pages made, and what they were made of.
#[derive(Debug, Clone)]
pub(crate) struct Preview {
    pub(crate) name: String,
    pub(crate) job: Arc<Job>,
    pub(crate) pages: Arc<Pages>,
}

/// How many previews are kept; a person looks at one at a time.
const KEPT_MAX: usize = 4;

impl Previews {
    /// Forgets all of them: they show what the ledger holds.
    pub(crate) fn clear(&self) {
        self.held().clear();
    }

    /// The pages of a job, set now unless a kept preview shows the same.
    pub(crate) fn of(&self, desk: &Desk, job: Job) -> Done<Preview> {
        let same = self.held().iter().find(|kept| *kept.job == job).cloned();
        if let Some(kept) = same {
            return Ok(kept);
        }
        let pages = Arc::new(Pages::make(&job)?);
        let made = Preview { name: desk.new_id().to_string(), job: Arc::new(job), pages };
        let mut kept = self.held();
        kept.truncate(KEPT_MAX - 1);
        kept.push_front(made.clone());
        Ok(made)
    }

    /// The pages of a preview. Errors: `no_such_preview`, when it was made too long ago.
    pub(crate) fn named(&self, name: &str) -> Done<Arc<Pages>> {
        let found = self.held().iter().find(|kept| kept.name == name).map(|kept| kept.pages.clone());
        found.ok_or_else(|| Failure::new("no_such_preview"))
    }

    fn held(&self) -> MutexGuard<'_, VecDeque<Preview>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
