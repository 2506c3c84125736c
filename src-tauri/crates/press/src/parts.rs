//! A table wider than its paper: the columns that fit together on a page.

use serde::Serialize;

use crate::job::Column;

/// Columns printed together, by their places in the table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Part {
    columns: Vec<usize>,
}

/// The least width, mm, of a column that shares what is left.
const SHARE_MM_MIN: u32 = 26;

/// Splits columns into as few parts as the paper allows, about equally wide. Kept columns stand in each.
pub(crate) fn split(columns: &[Column], usable_mm: u32) -> Vec<Part> {
    let total: u32 = columns.iter().map(least).sum();
    if total <= usable_mm {
        return vec![Part { columns: (0..columns.len()).collect() }];
    }
    let kept: u32 = columns.iter().filter(|column| column.keep).map(least).sum();
    let room = usable_mm.saturating_sub(kept).max(1);
    let parts = pack(columns, room).len();
    let even = (1..room).find(|narrower| pack(columns, *narrower).len() == parts);
    pack(columns, even.unwrap_or(room))
}

/// Fills one part after another up to a width, mm, which a single wider column may pass.
fn pack(columns: &[Column], room: u32) -> Vec<Part> {
    let kept: Vec<usize> = (0..).zip(columns).filter(|(_, column)| column.keep).map(|(at, _)| at).collect();
    let mut parts: Vec<(u32, Vec<usize>)> = Vec::new();
    for (at, column) in columns.iter().enumerate().filter(|(_, column)| !column.keep) {
        match parts.last_mut() {
            Some((filled, part)) if *filled + least(column) <= room => {
                *filled += least(column);
                part.push(at);
            }
            _ => parts.push((least(column), vec![at])),
        }
    }
    let sorted = |(_, rest): (u32, Vec<usize>)| {
        let mut columns: Vec<usize> = kept.iter().copied().chain(rest).collect();
        columns.sort_unstable();
        Part { columns }
    };
    parts.into_iter().map(sorted).collect()
}

fn least(column: &Column) -> u32 {
    column.width_mm.unwrap_or(SHARE_MM_MIN)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::job::Style;

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

    #[test]
    fn a_column_wider_than_the_paper_is_still_printed() {
        assert_eq!(split(&[column(Some(12), true), column(Some(900), false)], 260).len(), 1);
    }
}
