//! Where the header of a sheet stands, which lines are data, and which are titles, repeated headers and footers.

use std::collections::{BTreeMap, BTreeSet};

use sheets::{Cell, Line, Sheet};

use super::heads::{Head, Meaning, Vocabulary, reduced};

/// Lines looked at for a header.
const SEARCHED: usize = 40;
/// Levels a header can have.
const LEVELS: usize = 3;
/// Cells that merged ones can cover together: a class column over a whole county.
const FILLED_MAX: usize = 1_000_000;
/// How lines below the data begin: signatures, sums, remarks.
const FOOTERS: [&str; 27] = [
    "填表人",
    "填报人",
    "制表",
    "制表人",
    "审核",
    "审核人",
    "复核",
    "复核人",
    "负责人",
    "单位负责人",
    "学校负责人",
    "填表责任人",
    "校长",
    "班主任",
    "填表日期",
    "填报日期",
    "填表时间",
    "填报时间",
    "填报单位",
    "合计",
    "小计",
    "总计",
    "共计",
    "注",
    "填表说明",
    "说明",
    "学校(盖章)",
];

/// What may follow who signs: 校长签字, 班主任(签名).
const SIGNED: [&str; 8] = ["签字", "签名", "签章", "盖章", "(签字)", "(签名)", "(签章)", "(盖章)"];

/// A sheet whose header was found.
pub(crate) struct Table<'s> {
    pub(crate) sheet: &'s Sheet,
    /// One header a column, from A on.
    pub(crate) heads: Vec<Head>,
    /// The last line of the header.
    pub(crate) head_line: u32,
    /// What stands above the header.
    pub(crate) title: String,
    /// The lines of data.
    pub(crate) data: Vec<Data<'s>>,
    /// Lines with something in them that are no data.
    pub(crate) passed_over: u32,
}

/// A line of data, merged cells filled down.
pub(crate) struct Data<'s> {
    pub(crate) line: &'s Line,
    filled: BTreeMap<usize, &'s Cell>,
}

impl<'s> Data<'s> {
    /// A cell, if something stands there or in the merged cell it is part of.
    pub(crate) fn cell(&self, column: usize) -> Option<&'s Cell> {
        self.line.cell(column).or_else(|| self.filled.get(&column).copied())
    }
}

/// Where a header begins and how many lines it has.
struct Found {
    at: usize,
    depth: usize,
    heads: Vec<Head>,
    known: usize,
}

impl<'s> Table<'s> {
    /// Looks for the header; none when the sheet has no two columns that are known.
    pub(crate) fn find(sheet: &'s Sheet, vocabulary: &Vocabulary<'_>) -> Option<Self> {
        let found = best_header(sheet, vocabulary)?;
        let lines = &sheet.lines;
        let above = lines.get(..found.at).unwrap_or_default();
        let title = above.iter().flat_map(|line| line.cells.iter().filter(|cell| !cell.is_blank()));
        let title = title.map(|cell| cell.text.trim()).collect::<Vec<_>>().join(" ");
        let below = lines.get(found.at + found.depth..).unwrap_or_default();
        let head_line = lines.get(found.at + found.depth - 1).map_or(0, |line| line.number);
        let mut table = Self { head_line, sheet, title, heads: found.heads, data: vec![], passed_over: 0 };
        table.passed_over = u32::try_from(above.len()).unwrap_or(u32::MAX);
        table.heads.resize(width(sheet), Head::default());
        let header = Header::of(&table.heads, &vocabulary.understand(&table.heads));
        table.sort_out(below, &header);
        Some(table)
    }

    fn sort_out(&mut self, below: &'s [Line], header: &Header) {
        let mut filled = filled_down(self.sheet, below);
        for (at, line) in below.iter().enumerate() {
            let data = Data { line, filled: filled.remove(&at).unwrap_or_default() };
            match self.is_data(&data, header) {
                true => self.data.push(data),
                false => self.passed_over += 1,
            }
        }
    }

    /// A line is data when something stands in a column that is known and stored, and it is neither header nor footer.
    fn is_data(&self, data: &Data<'_>, header: &Header) -> bool {
        let own: Vec<(usize, &Cell)> =
            data.line.cells.iter().enumerate().filter(|(_, cell)| !cell.is_blank()).collect();
        let Some((_, first)) = own.first() else { return false };
        if !own.iter().any(|(at, _)| header.stored.get(*at) == Some(&true)) {
            return false;
        }
        let repeats =
            |(at, cell): &(usize, &Cell)| header.lasts.get(*at).is_some_and(|last| *last == reduced(&cell.text));
        // A header that comes again comes whole: its first cell tells whether the others need a look.
        let header_again = own.len() > 1
            && own.first().is_some_and(repeats)
            && own.iter().filter(|one| repeats(one)).count() * 2 > own.len();
        let one_wide_cell = own.len() == 1
            && self.sheet.merged.iter().any(|area| {
                area.top <= data.line.number && data.line.number <= area.bottom && area.right > area.left + 1
            });
        !(header_again || one_wide_cell || is_footer(&first.text, own.len()))
    }
}

/// What telling data from other lines needs of a header, column by column.
struct Header {
    /// The lowest level, reduced.
    lasts: Vec<String>,
    /// Whether what stands there is stored.
    stored: Vec<bool>,
}

impl Header {
    fn of(heads: &[Head], meanings: &[Meaning]) -> Self {
        let last = |head: &Head| head.levels.last().map(|last| reduced(last)).unwrap_or_default();
        let stored = |meaning: &Meaning| meaning.path.as_ref().is_some_and(is_stored);
        Self { lasts: heads.iter().map(last).collect(), stored: meanings.iter().map(stored).collect() }
    }
}

/// Cells merged downwards say their text on each line they cover: line → column → cell.
fn filled_down<'s>(sheet: &Sheet, below: &'s [Line]) -> BTreeMap<usize, BTreeMap<usize, &'s Cell>> {
    let mut filled: BTreeMap<usize, BTreeMap<usize, &'s Cell>> = BTreeMap::new();
    let mut room = FILLED_MAX;
    for area in sheet.merged.iter().filter(|area| area.bottom > area.top) {
        let Ok(first) = below.binary_search_by_key(&area.top, |line| line.number) else { continue };
        let column = area.left as usize;
        let Some(cell) = below.get(first).and_then(|line| line.cell(column)) else { continue };
        let covered = below.iter().enumerate().skip(first + 1).take_while(|(_, line)| line.number <= area.bottom);
        for (at, _) in covered.take(room) {
            filled.entry(at).or_default().insert(column, cell);
            room -= 1;
        }
    }
    filled
}

fn is_stored(path: &domain::path::Path) -> bool {
    use domain::path::Leaf;
    matches!(path.leaf, Leaf::Field(_) | Leaf::Child { .. })
}

/// 填表人：…, 合计, 注：…; a line that begins so and goes on like data, with many cells, is data.
fn is_footer(first: &str, cells: usize) -> bool {
    let text = first.trim();
    let label: String = reduced(text.split([':', '：']).next().unwrap_or_default());
    let signed = text.contains([':', '：']) || text.chars().count() > label.chars().count();
    let whose = SIGNED.iter().find_map(|ending| label.strip_suffix(ending)).unwrap_or(&label);
    FOOTERS.iter().any(|footer| *footer == label || *footer == whose)
        && (signed || cells <= 4 || matches!(label.as_str(), "合计" | "小计" | "总计" | "共计"))
}

fn width(sheet: &Sheet) -> usize {
    sheet
        .lines
        .iter()
        .map(|line| line.cells.iter().rposition(|cell| !cell.is_blank()).map_or(0, |at| at + 1))
        .max()
        .unwrap_or_default()
}

fn best_header(sheet: &Sheet, vocabulary: &Vocabulary<'_>) -> Option<Found> {
    let mut best: Option<Found> = None;
    for at in 0..sheet.lines.len().min(SEARCHED) {
        for depth in 1..=LEVELS {
            let Some(lines) = sheet.lines.get(at..at + depth) else { break };
            if depth > 1 && !goes_deeper(sheet, lines, vocabulary) {
                break;
            }
            let heads = joined(sheet, lines);
            let meanings = vocabulary.understand(&heads);
            let known = meanings.iter().filter_map(|meaning| meaning.path.as_ref()).collect::<BTreeSet<_>>().len();
            let filled = heads.iter().filter(|head| !head.levels.is_empty()).count();
            let enough = known >= 2 || (known == 1 && filled == 1);
            // As many with fewer levels is better: a title over the header is no level of it.
            let better = |best: &Found| known > best.known || (known == best.known && depth < best.depth);
            if enough && best.as_ref().is_none_or(better) {
                best = Some(Found { at, depth, heads, known });
            }
        }
    }
    best
}

/// Whether the last of some lines still belongs to the header: something stands below a wide cell, nothing looks like data.
fn goes_deeper(sheet: &Sheet, lines: &[Line], vocabulary: &Vocabulary<'_>) -> bool {
    let Some((last, above)) = lines.split_last() else { return false };
    let levels = joined(sheet, above);
    let mut below_wide = false;
    for (at, cell) in last.cells.iter().enumerate().filter(|(_, cell)| !cell.is_blank()) {
        if cell.kind != sheets::Kind::Text || cell.text.chars().count() > 30 {
            return false;
        }
        let upper = levels.get(at).filter(|head| !head.levels.is_empty());
        let stands_alone =
            above.iter().all(|line| line.cell(at).is_some()) && upper.is_some_and(|head| vocabulary.knows(head));
        let next_is_below_too =
            last.cell(at + 1).is_some() && above.last().is_some_and(|line| line.cell(at + 1).is_none());
        if stands_alone && !next_is_below_too {
            return false;
        }
        below_wide |= upper.is_some();
    }
    below_wide
}

/// The headers of some lines, a wide cell's text above each of the columns it covers.
fn joined(sheet: &Sheet, lines: &[Line]) -> Vec<Head> {
    let wide = lines.iter().map(|line| line.cells.len()).max().unwrap_or_default();
    let mut heads = vec![Head::default(); wide];
    for (depth, line) in lines.iter().enumerate() {
        let below = lines.get(depth + 1..).unwrap_or_default();
        let has_below = |at: usize| below.iter().any(|line| line.cell(at).is_some());
        let mut spread: Option<&str> = None;
        for (at, head) in heads.iter_mut().enumerate() {
            let own = line.cell(at).map(|cell| cell.text.trim());
            let covered = || {
                sheet.merged.iter().find(|area| covers(area, line.number, at)).and_then(|area| {
                    let source = lines.iter().find(|line| line.number == area.top)?;
                    (area.left as usize != at && area.top == line.number)
                        .then(|| source.cell(area.left as usize))
                        .flatten()
                })
            };
            spread = match own {
                Some(text) => Some(text).filter(|_| has_below(at)),
                // A sheet without merged cells leaves the covered ones empty.
                None => spread.filter(|_| has_below(at) && head.levels.is_empty()),
            };
            let text = own.or_else(|| covered().map(|cell| cell.text.trim())).or(spread.filter(|_| !below.is_empty()));
            head.levels.extend(text.map(str::to_owned));
        }
    }
    heads
}

fn covers(area: &sheets::Area, line: u32, column: usize) -> bool {
    let column = u32::try_from(column).unwrap_or(u32::MAX);
    (area.top..=area.bottom).contains(&line) && (area.left..=area.right).contains(&column)
}
