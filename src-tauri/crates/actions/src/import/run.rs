//! A workbook from end to end: looked at, rehearsed, imported, marked.

use std::path::Path;
use std::sync::{Arc, mpsc};
use std::thread;

use domain::check::Frame;
use domain::words::{self, Facts};
use domain::{Id, Record, Severity, Value};
use hashbrown::HashMap;
use oplog::Flags;
use sheets::{Mark, Weight, Workbook};
use store::{Author, Door, View};

use super::columns::Columns;
use super::edits::{self, Source};
use super::heads::{Vocabulary, reduced};
use super::known::{Known, Place};
use super::layout::{Data, Table};
use super::line::ReadLine;
use super::mapping::{self, Corrections};
use super::merging::Ground;
use super::moves::Moves;
use super::named::Schools;
use super::plan::{Here, Planner};
use super::under::Register;
use super::{ImportReport, ImportRequest, MarkedRequest, SheetView, WorkbookView, together};
use crate::desk::{Desk, Session, readings};
use crate::failure::{Done, Failure};
use crate::rows::{rules, setting};

/// Lines between two reports of progress.
const STEP: usize = 256;

/// From so many lines on, reading them is worth a thread.
const LONG: usize = 1000;
/// Steps that are read ahead.
const AHEAD: usize = 8;

/// What an import would write.
struct Plan<'c> {
    report: ImportReport,
    rows: Rows<'c>,
    /// The lines that are new or change something, by the row they became.
    lines: HashMap<Id, Place>,
    remember: Vec<(String, String)>,
}

/// Looks at a workbook.
pub(crate) fn look(desk: &Desk, file: &str, record: &str) -> Done<WorkbookView> {
    let session = desk.session()?;
    let workbook = desk.readings().read(file)?;
    let record = desk.record(record)?;
    let vocabulary = Vocabulary::of(desk.catalogue(), record);
    session.store.read(|view| {
        let mut views = Vec::new();
        for sheet in &workbook.sheets {
            views.push(match Table::find(sheet, &vocabulary) {
                Some(table) => {
                    let meanings = mapping::meanings(view, &record.record, &table, (&vocabulary, &Corrections::new()))?;
                    mapping::sheet_view(view, &record.record, &table, &meanings)?
                }
                None => unrecognised(sheet),
            });
        }
        views.sort_by_key(|view| (view.columns.is_empty(), view.hidden));
        Ok(WorkbookView { file: file.to_owned(), sheets: views })
    })
}

fn unrecognised(sheet: &sheets::Sheet) -> SheetView {
    SheetView {
        name: sheet.name.clone(),
        hidden: sheet.hidden,
        rows: 0,
        hidden_rows: 0,
        title: sheet.lines.first().map(first_text).unwrap_or_default(),
        known: false,
        columns: vec![],
    }
}

fn first_text(line: &sheets::Line) -> String {
    line.cells.iter().find(|cell| !cell.is_blank()).map(|cell| cell.text.clone()).unwrap_or_default().to_string()
}

/// Finds the columns of the first sheet of a request by their headers.
pub(crate) fn columns_by_head(desk: &Desk, request: &ImportRequest, heads: &Corrections) -> Done<Corrections> {
    let view = look(desk, &request.file, &request.record)?;
    let sheet = view.sheets.iter().find(|sheet| request.sheet.as_ref().is_none_or(|name| sheet.name == *name));
    let columns = sheet.map(|sheet| sheet.columns.as_slice()).unwrap_or_default();
    let mut found = Corrections::new();
    for (head, path) in heads {
        let column = columns.iter().find(|column| reduced(&column.head) == reduced(head));
        let column = column.ok_or_else(|| Failure::new("no_such_head").with("head", head))?;
        found.insert(column.letter.clone(), path.clone());
    }
    Ok(found)
}

/// Says what an import would do.
pub(crate) fn rehearse(desk: &Desk, request: &ImportRequest) -> Done<ImportReport> {
    let session = desk.session()?;
    let workbook = desk.readings().read(&request.file)?;
    let report = session.store.rehearse(|door| carry_out(desk, &session, door, (&workbook, request)))?;
    Ok(ImportReport { change: None, ..report })
}

/// Imports: one transaction, one batch.
pub(crate) fn import(desk: &Desk, request: &ImportRequest) -> Done<ImportReport> {
    let session = desk.session()?;
    let workbook = desk.readings().read(&request.file)?;
    let report = session.store.write(|door| carry_out(desk, &session, door, (&workbook, request)))?;
    desk.readings().forget();
    Ok(report)
}

/// Stores what a workbook gives and looks at it by every rule of the ledger. A rehearsal gives it up again.
fn carry_out(
    desk: &Desk,
    session: &Session,
    door: &mut Door<'_>,
    (workbook, request): (&Arc<Workbook>, &ImportRequest),
) -> Done<ImportReport> {
    let Plan { mut report, rows, lines, remember } = plan(desk, session, door.view(), (workbook, request))?;
    let file = file_name(&request.file);
    let author =
        Author { why: Some(file.clone()), flags: Flags::IMPORT, batch: Some(desk.new_id()), ..desk.author(session) };
    let record = desk.record(&request.record)?;
    let moves = Moves::before(desk, door.view(), (record, &lines))?;
    let mut queue = edits::Queue::new(rows.sources());
    let total = queue.len();
    let (ready, coming) = mpsc::sync_channel(1);
    thread::scope(|threads| {
        // While some edits are saved, the next are made: they ask only what the ledger held before the import.
        let file = &file;
        threads.spawn(move || {
            loop {
                let next = session.store.read(|view| queue.next_edits(&setting(desk, session, view), file));
                let is_last = next.as_ref().map_or(true, Vec::is_empty);
                if ready.send((next, queue.len())).is_err() || is_last {
                    break;
                }
            }
        });
        for (next, left) in coming {
            let change = next?;
            if change.is_empty() {
                break;
            }
            let saved = door.save_all(&author, change)?;
            report.change = report.change.take().or_else(|| saved.changes.first().map(oplog::Hash::hex));
            desk.step((2 * total - left) as u64, 2 * total as u64)?;
        }
        Ok::<_, Failure>(())
    })?;
    report.beside = moves.carry_out(desk, session, door, &author)?;
    for (fingerprint, value) in remember {
        door.keep_mapping(&fingerprint, &value)?;
    }
    together::tell(desk, door.view(), (record, &lines), &mut report)?;
    Ok(report)
}

fn file_name(file: &str) -> String {
    Path::new(file).file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

fn plan<'d>(
    desk: &'d Desk,
    session: &Session,
    view: View<'_>,
    (workbook, request): (&Arc<Workbook>, &ImportRequest),
) -> Done<Plan<'d>> {
    let catalogue = desk.catalogue();
    let record = desk.record(&request.record)?;
    let vocabulary = Vocabulary::of(catalogue, record);
    let tables = tables(workbook, request, &vocabulary)?;
    let total: usize = tables.iter().map(|table| table.data.len()).sum();
    let settings = rules::settings(desk, session, view)?;
    let frame = Frame { catalogue, settings: &settings, today: desk.today() };
    let mut planner = Planner::new(desk, Ground { catalogue, view, today: desk.today(), frame });
    let mut rows = Rows::load(desk, view, record)?;
    let (mut remember, mut done) = (Vec::new(), 0usize);
    for table in &tables {
        let corrections = corrections_for(table, &tables, request);
        let meanings = mapping::meanings(view, &record.record, table, (&vocabulary, &corrections))?;
        remember.extend(mapping::to_remember(view, &record.record, table, &corrections)?);
        let setting = (desk.today(), schools(desk, session, view)?);
        let mut columns = Columns::new(catalogue, record, setting, (table, &meanings))?;
        columns.look_up(view)?;
        planner.report.passed_over += table.passed_over;
        planner.note_unrecognised(&columns, table);
        each_read(&columns, table, |data, read| {
            let here = Here { columns: &columns, sheet: &table.sheet.name, data };
            match &mut rows {
                Rows::Own(known) => planner.line(known, here, read)?,
                Rows::Under(register) => register.line(&mut planner, here, read)?,
            };
            done += 1;
            if done % STEP == 0 {
                desk.step(done as u64, total as u64 * 2)?;
            }
            Ok(())
        })?;
    }
    Ok(Plan { report: planner.report, rows, lines: planner.lines, remember })
}

/// Hands over the lines of a table, read: of a long one the next are read while some are taken in.
fn each_read<'t>(
    columns: &Columns<'_>,
    table: &'t Table<'_>,
    mut take: impl FnMut(&'t Data<'t>, ReadLine) -> Done<()>,
) -> Done<()> {
    if table.data.len() < LONG {
        return table.data.iter().try_for_each(|data| take(data, columns.read(data)));
    }
    thread::scope(|threads| {
        let (ready, coming) = mpsc::sync_channel(AHEAD);
        threads.spawn(move || {
            let read = |lines: &'t [Data<'t>]| (lines, lines.iter().map(|data| columns.read(data)).collect::<Vec<_>>());
            // Nobody waits for more once a line could not be taken in.
            table.data.chunks(STEP).map(read).all(|read| ready.send(read).is_ok())
        });
        coming
            .into_iter()
            .flat_map(|(lines, read)| lines.iter().zip(read))
            .try_for_each(|(data, read)| take(data, read))
    })
}

/// The rows that lines become: on their own, or belonging to others.
enum Rows<'c> {
    Own(Known<'c>),
    Under(Register<'c>),
}

impl<'c> Rows<'c> {
    fn load(desk: &'c Desk, view: View<'_>, record: &'c Record) -> Done<Self> {
        Ok(match record.owner {
            None => Self::Own(Known::load(desk.catalogue(), view, record)?),
            Some(_) => Self::Under(Register::load(desk.catalogue(), view, record)?),
        })
    }

    /// The rows with what lines gave them.
    fn sources(self) -> Vec<Source<'c>> {
        match self {
            Self::Own(known) => edits::of_known(known).collect(),
            Self::Under(register) => register.sources(),
        }
    }
}

/// The sheets to import: the one named, else every visible one that says whom its lines are about.
fn tables<'w>(workbook: &'w Workbook, request: &ImportRequest, vocabulary: &Vocabulary<'_>) -> Done<Vec<Table<'w>>> {
    let wanted = |sheet: &&sheets::Sheet| request.sheet.as_ref().map_or(!sheet.hidden, |name| sheet.name == *name);
    let sheets: Vec<&sheets::Sheet> = workbook.sheets.iter().filter(wanted).collect();
    if let (Some(name), true) = (&request.sheet, sheets.is_empty()) {
        return Err(Failure::new("no_such_sheet").with("sheet", name).with("file", file_name(&request.file)));
    }
    let found: Vec<Table<'w>> = sheets.into_iter().filter_map(|sheet| Table::find(sheet, vocabulary)).collect();
    let told = |table: &Table<'_>| {
        let corrected = !request.columns.is_empty();
        corrected || vocabulary.understand(&table.heads).iter().any(|meaning| vocabulary.identifies(meaning))
    };
    let found: Vec<Table<'w>> = found.into_iter().filter(told).collect();
    match found.is_empty() {
        true => Err(Failure::new("no_header").with("file", file_name(&request.file))),
        false => Ok(found),
    }
}

/// Corrections speak of the sheet asked for, or of every sheet with the same headers as the first.
fn corrections_for(table: &Table<'_>, tables: &[Table<'_>], request: &ImportRequest) -> Corrections {
    let same = tables.first().is_some_and(|first| first.heads == table.heads);
    if same { request.columns.clone() } else { Corrections::new() }
}

fn schools(desk: &Desk, session: &Session, view: View<'_>) -> Done<Schools> {
    let record = desk.record("organisation")?;
    let mut schools = Schools { own: session.organisation.id, own_name: String::new(), known: Default::default() };
    for (id, row) in view.every(record)? {
        for key in ["name", "code"] {
            let Some(text) = row.get(key).and_then(Value::as_text) else { continue };
            schools.known.insert(reduced(text), id);
            if id == schools.own && key == "name" {
                schools.own_name = reduced(text);
            }
        }
    }
    Ok(schools)
}

/// Writes a copy with every finding of a rehearsal marked.
pub(crate) fn marked(desk: &Desk, request: &MarkedRequest) -> Done<String> {
    let report = rehearse(desk, &request.import)?;
    let workbook = desk.readings().read(&request.import.file)?;
    let column = |letters: &str| {
        let number = letters
            .bytes()
            .try_fold(0u32, |sum, letter| sum.checked_mul(26)?.checked_add(u32::from(letter.checked_sub(b'A')?) + 1));
        number.and_then(|number| number.checked_sub(1))
    };
    let marks = report.findings.iter().map(|finding| Mark {
        sheet: finding.sheet.clone(),
        line: finding.row,
        column: column(&finding.column),
        reason: match finding.head.as_str() {
            "" => finding.reason.clone(),
            head => format!("{head}：{}", finding.reason),
        },
        weight: if finding.severity == Severity::Block { Weight::Refused } else { Weight::Doubtful },
    });
    let marks: Vec<Mark> = marks.collect();
    let out = Path::new(&request.out);
    if out == Path::new(&request.import.file) {
        return Err(Failure::new("same_file").with("file", file_name(&request.out)));
    }
    let head = words::say(desk.language(), "rules", "marked", &Facts::new());
    let vocabulary = Vocabulary::of(desk.catalogue(), desk.record(&request.import.record)?);
    let tables = tables(&workbook, &request.import, &vocabulary)?;
    let lines = tables.iter().map(|table| (table.sheet.name.clone(), table.head_line)).collect();
    let bytes = sheets::mark(&workbook, &marks, (&head, &lines))
        .map_err(|error| readings::workbook_failure(error, &request.out))?;
    package::stick::replace(out, &bytes)?;
    Ok(request.out.clone())
}
