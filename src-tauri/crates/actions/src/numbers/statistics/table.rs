//! A table of counts, and what of it is shown to people outside.

/// Numbers below this are hidden in a table that is shown outside.
const SMALL: u32 = 5;

/// Counts by line and column, with their totals; none for one that is hidden.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Table {
    pub(super) cells: Vec<Vec<Option<u32>>>,
    pub(super) row_totals: Vec<Option<u32>>,
    pub(super) column_totals: Vec<Option<u32>>,
    pub(super) total: Option<u32>,
}

impl Table {
    /// Everything shown. The total counts each thing once, so it may be less than the sum of the cells.
    pub(super) fn open(counts: Vec<Vec<u32>>, total: u32) -> Self {
        let width = counts.iter().map(Vec::len).max().unwrap_or(0);
        let column = |at: usize| counts.iter().filter_map(|row| row.get(at)).sum();
        Self {
            row_totals: counts.iter().map(|row| Some(row.iter().sum())).collect(),
            column_totals: (0..width).map(|at| Some(column(at))).collect(),
            cells: counts.into_iter().map(|row| row.into_iter().map(Some).collect()).collect(),
            total: Some(total),
        }
    }

    /// Small numbers hidden, and every total from which one could be told: a line's when exactly one of its cells is
    /// hidden, a column's when any is, the table's when exactly one line's is. Nothing hidden can then be worked out:
    /// every sum that is shown holds none or at least two hidden numbers, and no two such sums share any.
    pub(super) fn hiding_small(mut self) -> Self {
        let small = |count: u32| count > 0 && count < SMALL;
        for cell in self.cells.iter_mut().flatten() {
            *cell = cell.filter(|count| !small(*count));
        }
        for (row, total) in self.cells.iter().zip(&mut self.row_totals) {
            let hidden = row.iter().filter(|cell| cell.is_none()).count();
            *total = total.filter(|total| hidden != 1 && !small(*total));
        }
        for (at, total) in self.column_totals.iter_mut().enumerate() {
            let hides = self.cells.iter().any(|row| row.get(at).is_some_and(Option::is_none));
            *total = total.filter(|total| !hides && !small(*total));
        }
        let hidden = self.row_totals.iter().filter(|total| total.is_none()).count();
        self.total = self.total.filter(|total| hidden != 1 && !small(*total));
        self
    }
}

#[cfg(test)]
mod tests {
    use super::Table;

    #[test]
    fn a_number_that_is_hidden_cannot_be_told_from_the_totals() {
        let table = Table::open(vec![vec![3, 20, 0], vec![30, 40, 1], vec![9, 2, 4]], 109).hiding_small();
        assert_eq!(table.cells[0], [None, Some(20), Some(0)]);
        assert_eq!(table.row_totals, [None, None, Some(15)], "one hidden number is a subtraction away");
        assert_eq!(table.column_totals, [None, None, None]);
        assert_eq!(table.total, Some(109), "two lines hide theirs");
    }

    #[test]
    fn the_only_small_number_hides_the_total_too() {
        let table = Table::open(vec![vec![4], vec![50]], 54).hiding_small();
        assert_eq!((table.cells, table.total), (vec![vec![None], vec![Some(50)]], None));
    }

    #[test]
    fn nothing_small_hides_nothing() {
        let open = Table::open(vec![vec![5, 6], vec![0, 7]], 18);
        assert_eq!(open.clone().hiding_small(), open);
    }
}
