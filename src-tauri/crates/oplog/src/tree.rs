//! Lineages and who came before whom. A cloned disk or a restored backup makes two chains with a common beginning: a tree.

/// The place of a change in this ledger's own numbering; never leaves the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Dot {
    /// The lineage.
    pub lin: u32,
    /// The depth in its chain.
    pub depth: u32,
}

impl Dot {
    /// The dot as one integer that sorts by lineage, then depth.
    pub fn packed(self) -> i64 {
        i64::from(self.lin) << 32 | i64::from(self.depth)
    }

    /// The dot of an integer made by [`Self::packed`].
    pub fn unpacked(packed: i64) -> Self {
        let part = |bits: i64| u32::try_from(bits & 0xffff_ffff).unwrap_or_default();
        Self { lin: part(packed >> 32), depth: part(packed) }
    }
}

/// One chain, or one branch of a tree of chains.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lineage {
    /// The last change it shares with the lineage it branched from.
    pub fork: Option<Dot>,
    /// The depth of its newest change.
    pub tip: u32,
}

/// All lineages of a ledger, by number.
#[derive(Debug, Clone, Default)]
pub struct Tree {
    lineages: Vec<Option<Lineage>>,
}

impl Tree {
    /// Adds or replaces a lineage.
    pub fn set(&mut self, lin: u32, lineage: Lineage) {
        let at = lin as usize;
        if self.lineages.len() <= at {
            self.lineages.resize(at + 1, None);
        }
        if let Some(place) = self.lineages.get_mut(at) {
            *place = Some(lineage);
        }
    }

    /// A lineage.
    pub fn get(&self, lin: u32) -> Option<Lineage> {
        self.lineages.get(lin as usize).copied().flatten()
    }

    /// The number for one more lineage; 0 is never used.
    pub fn next_number(&self) -> u32 {
        u32::try_from(self.lineages.len()).unwrap_or(u32::MAX).max(1)
    }

    /// Whether `early` stands before `late` in its chain, or is `late` itself.
    pub fn is_at_or_before(&self, early: Dot, late: Dot) -> bool {
        let mut at = late;
        loop {
            if at.lin == early.lin {
                return early.depth <= at.depth;
            }
            match self.get(at.lin).and_then(|lineage| lineage.fork) {
                Some(fork) if fork.depth >= early.depth => at = fork,
                _ => return false,
            }
        }
    }
}
