//! A table wider than its paper: the columns that fit together on a page.

use serde::Serialize;

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Column {
    /// The header.
    pub head: String,
    /// A heading over this and the neighbours that have the same; none when empty.
    pub band: String,
    /// The width, mm; a column without one shares what is left.
    pub width_mm: Option<u32>,
    /// How its cells are set.
    pub style: Style,
    /// Whether each part repeats it.
    #[serde(skip)]
    pub keep: bool,
}

/// How cells are set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Style {
    /// Short values, in the middle.
    Middle,
    /// Sentences, from the left.
    Left,
    /// A day, broken only after its year.
    Day,
}

/// Columns printed together, by their places in the table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Part {
    columns: Vec<usize>,
}

/// The least width, mm, of a column that shares what is left.
const SHARE_MM_MIN: u32 = 26;

/// Splits columns into as few parts as the paper allows, about equally wide. Kept columns stand in each, and columns under
/// one band together unless the band is wider than the paper.
pub(crate) fn split(columns: &[Column], usable_mm: u32) -> Vec<Part> {
    let total: u32 = columns.iter().map(least).sum();
    if total <= usable_mm {
        return vec![Part { columns: (0..columns.len()).collect() }];
    }
    let kept: u32 = columns.iter().filter(|column| column.keep).map(least).sum();
    let room = usable_mm.saturating_sub(kept).max(1);
    let widest = pack(columns, room);
    let as_good = |narrower: &u32| {
        let parts = pack(columns, *narrower);
        parts.len() == widest.len() && cuts(columns, &parts) == cuts(columns, &widest)
    };
    let even = (1..room).find(as_good);
    pack(columns, even.unwrap_or(room))
}

/// Columns that stand together: the neighbours under one band, or a column by itself.
fn runs(columns: &[Column]) -> Vec<Vec<usize>> {
    let mut runs: Vec<Vec<usize>> = Vec::new();
    let mut band = "";
    for (at, column) in columns.iter().enumerate().filter(|(_, column)| !column.keep) {
        match runs.last_mut() {
            Some(run) if !column.band.is_empty() && column.band == band => run.push(at),
            _ => runs.push(vec![at]),
        }
        band = &column.band;
    }
    runs
}

/// Fills one part after another up to a width, mm, which a single wider column may pass. A band wider than that begins a
/// part of its own and is cut.
fn pack(columns: &[Column], room: u32) -> Vec<Part> {
    let wide = |run: &[usize]| run.iter().filter_map(|at| columns.get(*at)).map(least).sum::<u32>();
    let mut parts: Vec<(u32, Vec<usize>)> = Vec::new();
    let mut put = |run: &[usize]| match parts.last_mut() {
        Some((filled, part)) if *filled + wide(run) <= room => {
            *filled += wide(run);
            part.extend(run);
        }
        _ => parts.push((wide(run), run.to_vec())),
    };
    for run in runs(columns) {
        match wide(&run) > room {
            true => run.iter().for_each(|at| put(&[*at])),
            false => put(&run),
        }
    }
    let kept: Vec<usize> = (0..).zip(columns).filter(|(_, column)| column.keep).map(|(at, _)| at).collect();
    let sorted = |(_, rest): (u32, Vec<usize>)| {
        let mut columns: Vec<usize> = kept.iter().copied().chain(rest).collect();
        columns.sort_unstable();
        Part { columns }
    };
    parts.into_iter().map(sorted).collect()
}

/// How many bands are cut between parts.
fn cuts(columns: &[Column], parts: &[Part]) -> usize {
    let whole = |run: &Vec<usize>| parts.iter().any(|part| run.iter().all(|at| part.columns.contains(at)));
    runs(columns).iter().filter(|run| !whole(run)).count()
}

fn least(column: &Column) -> u32 {
    column.width_mm.unwrap_or(SHARE_MM_MIN)
}

#[cfg(test)]
#[allow(clippy::indexing_slicing)]
mod tests {
    use super::*;

    fn column(width_mm: Option<u32>, keep: bool) -> Column {
        Column { head: String::new(), band: String::new(), width_mm, style: Style::Middle, keep }
    }

    #[test]
    fn a_table_that_fits_is_one_part() {
        let columns = [column(Some(12), true), column(None, false), column(Some(200), false)];
        assert_eq!(split(&columns, 260), [Part { columns: vec![0, 1, 2] }]);
    }

    #[test]
    fn each_part_repeats_the_kept_columns_and_no_column_is_lost() {
        let mut columns = vec![column(Some(12), true), column(Some(20), true)];
        columns.extend((0..14).map(|_| column(Some(25), false)));
        let parts = split(&columns, 260);
        assert_eq!(parts.len(), 2);
        assert!(parts.iter().all(|part| part.columns.starts_with(&[0, 1])));
        assert_eq!(parts.iter().map(|part| part.columns.len()).collect::<Vec<_>>(), [9, 9]);
        let shown: Vec<usize> = parts.iter().flat_map(|part| part.columns.iter().copied().skip(2)).collect();
        assert_eq!(shown, (2..16).collect::<Vec<_>>());
    }

    /// Mutant to try: columns packed one by one, whatever stands over them.
    #[test]
    fn columns_under_one_heading_stand_on_one_part() {
        let under = |band: &str| Column { band: band.to_owned(), ..column(Some(12), false) };
        let mut columns = vec![column(Some(34), true)];
        columns.extend(
            ["", "甲", "甲", "甲", "甲", "乙", "乙", "乙", "乙", "乙", "乙", "", "丙", "丙", "丙", "丙"].map(under),
        );
        let parts = split(&columns, 34 + 12 * 10);
        assert_eq!(parts.len(), 3);
        for band in ["甲", "乙", "丙"] {
            let of_band = |part: &&Part| part.columns.iter().any(|at| columns[*at].band == band);
            assert_eq!(parts.iter().filter(of_band).count(), 1, "{band} is whole");
        }
        assert!(split(&columns, 34 + 12 * 5).len() > 2, "a band wider than the paper is cut, and nothing is lost");
    }

    #[test]
    fn a_column_wider_than_the_paper_is_still_printed() {
        assert_eq!(split(&[column(Some(12), true), column(Some(900), false)], 260).len(), 1);
    }
}
