//! The definitions a desk works with: those that ship, and with the settings files of organisations above laid over them.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use domain::Catalogue;
use domain::overlay::Overlay;
use store::Definitions;

/// Every set of definitions met while the desk stands, and which is in force. None is dropped before the desk is:
/// whoever reads by one may go on reading while another comes into force.
pub(crate) struct Outlook {
    shipped: Definitions,
    first: View,
    current: AtomicUsize,
}

/// One set of definitions.
struct View {
    files: Vec<Overlay>,
    catalogue: Arc<Catalogue>,
    next: OnceLock<Box<View>>,
}

impl View {
    fn new(files: Vec<Overlay>, catalogue: Arc<Catalogue>) -> Self {
        Self { files, catalogue, next: OnceLock::new() }
    }
}

impl Outlook {
    /// The definitions that ship, and nothing over them.
    pub(crate) fn new(shipped: Definitions) -> Self {
        let first = View::new(vec![], shipped.catalogue.clone());
        Self { shipped, first, current: AtomicUsize::new(0) }
    }

    /// What ledgers are made and opened with.
    pub(crate) fn shipped(&self) -> &Definitions {
        &self.shipped
    }

    /// The definitions in force.
    pub(crate) fn catalogue(&self) -> &Catalogue {
        &self.current().catalogue
    }

    /// The files in force.
    pub(crate) fn files(&self) -> &[Overlay] {
        &self.current().files
    }

    /// Brings files into force; gives the definitions they come to.
    pub(crate) fn look(&self, files: Vec<Overlay>) -> Arc<Catalogue> {
        let (mut at, mut view) = (0, &self.first);
        while view.files != files {
            view = view.next.get_or_init(|| {
                let catalogue = Arc::new(self.shipped.catalogue.overlaid(&files));
                Box::new(View::new(files.clone(), catalogue))
            });
            at += 1;
        }
        self.current.store(at, Ordering::Release);
        view.catalogue.clone()
    }

    fn current(&self) -> &View {
        let mut view = &self.first;
        for _ in 0..self.current.load(Ordering::Acquire) {
            view = view.next.get().map_or(view, |next| next);
        }
        view
    }
}
