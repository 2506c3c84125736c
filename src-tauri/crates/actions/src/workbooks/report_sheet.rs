//! Reports and tables of counts as workbooks: the numbers people read on the screen and on paper.

use domain::words::Language;
use serde::{Deserialize, Serialize};
use sheets::{List, ListColumn};
use ts_rs::TS;

use crate::desk::Desk;
use crate::failure::Done;
use crate::numbers::making::{Making, ReportRequest};
use crate::numbers::reports::{HeadLine, reply};
use crate::numbers::statistics::{PivotHead, PivotRequest, pivot};
use crate::paper::frame::word;
use crate::paper::report;
use crate::rows::known::read_at;
use crate::workbooks::lists::{SheetReply, write_list};

/// A report to be written.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ReportSheet {
    /// Which, of which period.
    pub report: ReportRequest,
    /// The workbook to write, `.xlsx`.
    pub out: String,
}

/// A table of counts to be written.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct PivotSheet {
    /// What is counted, and by what; small numbers hidden when it is for people outside.
    pub pivot: PivotRequest,
    /// The workbook to write, `.xlsx`.
    pub out: String,
}

/// 9: A4, as printers number it.
const A4: u8 = 9;

/// Writes a report as a workbook: the numbers of its seal where it was sealed.
pub fn write_report(desk: &Desk, request: ReportSheet) -> Done<SheetReply> {
    let session = desk.session()?;
    let list = read_at(desk, &session, request.report.at, |desk, view| {
        let mut making = Making::begin(desk, &session, view, &request.report)?;
        making.language = Language::Zh;
        let reply = reply(&making)?;
        let head = |column: &HeadLine| match &column.band {
            Some(band) => format!("{band} {}", column.head),
            None => column.head.clone(),
        };
        let heads = std::iter::once(word("report.line")).chain(reply.columns.iter().map(head));
        let note = report::note(&reply);
        Ok(List {
            title: if note.is_empty() { reply.title.clone() } else { format!("{}（{note}）", reply.title) },
            columns: heads.map(|head| ListColumn { head, width_mm: None }).collect(),
            rows: texts(report::lines(&reply, false)),
            landscape: true,
            paper: A4,
            ..List::default()
        })
    })?;
    write_list(&list, request.out)
}

/// Writes a table of counts as a workbook. Hidden numbers stay hidden in it.
pub fn write_pivot(desk: &Desk, request: PivotSheet) -> Done<SheetReply> {
    let table = pivot(desk, request.pivot.clone())?;
    let shown = |count: &Option<u32>| count.map_or_else(|| word("report.hidden"), |count| count.to_string());
    let total = word("report.total");
    let heads = std::iter::once(String::new()).chain(table.columns.iter().map(|column| column.head.clone()));
    let line = |(row, cells): (&PivotHead, &Vec<Option<u32>>)| {
        let cells = cells.iter().map(shown);
        std::iter::once(row.head.clone()).chain(cells).chain([shown(&row.total)]).collect::<Vec<String>>()
    };
    let last = std::iter::once(total.clone()).chain(table.columns.iter().map(|column| shown(&column.total)));
    let title = word(if request.pivot.public { "report.table_public" } else { "report.table" });
    let list = List {
        title: std::iter::once(title).chain(table.only.iter().cloned()).collect::<Vec<_>>().join(" · "),
        columns: heads.chain([total]).map(|head| ListColumn { head, width_mm: None }).collect(),
        rows: table
            .rows
            .iter()
            .zip(&table.cells)
            .map(line)
            .chain([last.chain([shown(&table.total)]).collect()])
            .collect(),
        landscape: true,
        paper: A4,
        ..List::default()
    };
    write_list(&list, request.out)
}

fn texts(rows: Vec<Vec<press::Text>>) -> Vec<Vec<String>> {
    rows.into_iter().map(|row| row.into_iter().map(|text| text.0).collect()).collect()
}
