//! The values of a form as paper shows them: days in words, sensitive numbers masked, restricted codes unnamed.

use std::cell::{Cell, RefCell};

use domain::codes::Code;
use domain::form::{Cell as FormCell, Column, Medium, Section, SubTable};
use domain::path::{Holding, Leaf, Path};
use domain::wording::{Piece, Wording};
use domain::{Catalogue, Date, Field, FieldType, Form, Id, Record, Row, Value, grade, show};
use press::{Letter, Place, Said, Sheet, Size, Style, Summary, Table, Text, Tick};
use store::{Filter, ListQuery, View};

use crate::desk::Desk;
use crate::failure::{Done, Failure};
use crate::paper::PagesRequest;
use crate::paper::frame::word;
use crate::rows::trail::Trail;
use crate::rows::{extent, filters, own_filters};

/// Reads what a form shows, for one print.
pub(crate) struct PaperValues<'p> {
    desk: &'p Desk,
    view: View<'p>,
    trail: Trail<'p>,
    form: &'p Form,
    record: &'p Record,
    request: &'p PagesRequest,
    on: Date,
    unmasked: RefCell<Vec<(Id, String)>>,
    contested: Cell<bool>,
}

impl<'p> PaperValues<'p> {
    pub(crate) fn new(
        desk: &'p Desk,
        view: View<'p>,
        form: &'p Form,
        record: &'p Record,
        request: &'p PagesRequest,
    ) -> Done<Self> {
        let on = request.day(desk)?;
        let trail = Trail::new(desk, view, on);
        Ok(Self {
            desk,
            view,
            trail,
            form,
            record,
            request,
            on,
            unmasked: RefCell::default(),
            contested: Cell::default(),
        })
    }

    /// Rows and paths whose sensitive values were read in full.
    pub(crate) fn unmasked(self) -> Vec<(Id, String)> {
        self.unmasked.into_inner()
    }

    /// What is said of marked fields, if any stand on the pages.
    pub(crate) fn marks_said(&self) -> Option<String> {
        self.contested.get().then(|| word("contested"))
    }

    /// Marks a field that was filled differently while nobody has chosen.
    fn marked(&self, text: String, contested: bool) -> Text {
        if !contested {
            return Text(text);
        }
        self.contested.set(true);
        Text(format!("{text}{}", word("contested_mark")))
    }

    /// The rows asked for, in the order of the form.
    pub(crate) fn choose(&self, given: &Given) -> Done<Vec<(Id, Row)>> {
        if !self.request.ids.is_empty() {
            let row = |id: &Id| Ok((*id, self.view.row(self.record, *id, self.on)?.values));
            return self.request.ids.iter().map(row).collect();
        }
        let order = self.form.order.clone();
        let filters = given.own.iter().chain(&given.extent).cloned().chain(own_filters(self.form)).collect();
        let query = ListQuery { filters, order, ..ListQuery::default() };
        let mut kept = Vec::new();
        for (id, row) in self.view.list_on(self.record, &query, self.on)?.rows {
            if self.fits(id, &row, given)? {
                kept.push((id, row));
            }
        }
        Ok(kept)
    }

    fn fits(&self, id: Id, row: &Row, given: &Given) -> Done<bool> {
        for (path, wanted) in &given.along {
            let value = self.trail.reach(self.record, id, row, path, 0)?.value;
            let fits = match (wanted, &value) {
                (Some(wanted), Some(value)) => value.as_codes().contains(&wanted.as_str()),
                (wanted, value) => wanted.is_none() && value.is_none(),
            };
            if !fits {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The rows under their header.
    pub(crate) fn table(&self, given: &Given, chosen: &[(Id, Row)], size: Size) -> Done<Table> {
        let columns: Vec<&Column> =
            self.form.columns_of(Medium::Paper).filter(|column| !given.fixes(&column.path)).collect();
        let rows = self.rows(self.record, &columns, chosen)?;
        let table = Table::new(self.heads(self.record, &columns), rows, size.usable_mm());
        let seal = self.form.seal;
        let empty = match (self.request.blank, chosen.is_empty()) {
            (true, _) => Table::rows_of_a_page(size, seal),
            (false, true) => 0,
            (false, false) => self.form.spare_rows,
        };
        Ok(table.with_empty_rows(empty))
    }

    fn rows(&self, record: &Record, columns: &[&Column], rows: &[(Id, Row)]) -> Done<Vec<Vec<Text>>> {
        let cells = |((id, row), number): (&(Id, Row), u64)| {
            columns.iter().map(|column| self.text(record, *id, row, &column.path, number)).collect::<Done<Vec<Text>>>()
        };
        rows.iter().zip(1..).map(cells).collect()
    }

    fn heads(&self, record: &Record, columns: &[&Column]) -> Vec<press::Column> {
        let head = |column: &&Column| {
            let field = column.path.field(self.desk.catalogue(), &record.record);
            let label = column.head.as_ref().or(field.map(|field| &field.label));
            press::Column {
                head: label.map(|label| label.zh.clone()).unwrap_or_default(),
                band: column.band.as_ref().map(|band| band.zh.clone()).unwrap_or_default(),
                width_mm: column.width_mm,
                style: match field.map(|field| field.kind) {
                    Some(FieldType::Date) => Style::Day,
                    Some(FieldType::LongText | FieldType::Area) => Style::Left,
                    _ if column.width_mm.is_none() => Style::Left,
                    _ => Style::Middle,
                },
                keep: column.keep || column.path.leaf == Leaf::Number,
            }
        };
        columns.iter().map(head).collect()
    }

    /// One sheet a row; an empty one, of no row, for handwriting.
    pub(crate) fn sheets(&self, chosen: &[(Id, Row)], size: Size) -> Done<Vec<Sheet>> {
        if chosen.is_empty() {
            return Ok(vec![self.sheet(self.desk.new_id(), &Row::new(), size)?]);
        }
        chosen.iter().map(|(id, row)| self.sheet(*id, row, size)).collect()
    }

    /// One letter a row; an empty one, of no row, for handwriting.
    pub(crate) fn letters(&self, chosen: &[(Id, Row)], size: Size, sender: &str) -> Done<Vec<Letter>> {
        let Some(words) = &self.form.letter else { return Ok(vec![]) };
        let letter = |id: Id, row: &Row| -> Done<Letter> {
            let said = |wording: &Wording| wording.pieces.iter().map(|piece| self.said_in(piece, id, row)).collect();
            Ok(Letter {
                number: said(&words.number)?,
                to: said(&words.to)?,
                body: words.body.iter().map(said).collect::<Done<_>>()?,
                sender: sender.to_owned(),
                day: match &words.on {
                    Some(on) => self.text(self.record, id, row, on, 0)?.0,
                    None => String::new(),
                },
                slip: self.sheet(id, row, size)?,
            })
        };
        if chosen.is_empty() {
            return Ok(vec![letter(self.desk.new_id(), &Row::new())?]);
        }
        chosen.iter().map(|(id, row)| letter(*id, row)).collect()
    }

    /// All rows in words, and the lists behind.
    pub(crate) fn summary(&self, chosen: &[(Id, Row)], size: Size) -> Done<Summary> {
        let count = |holding: &Option<Holding>| {
            let counted = chosen.iter().filter(|(_, row)| holding.as_ref().is_none_or(|holding| holding.fits(row)));
            if self.request.blank { Text::default() } else { Text(counted.count().to_string()) }
        };
        let said = |piece: &Piece| match piece {
            Piece::Value(Path { leaf: Leaf::Rows(holding), .. }) => Ok(Said::Value(count(holding))),
            Piece::Value(path) => self.common(chosen, path).map(Said::Value),
            Piece::Words(words) => Ok(Said::Words(words.clone())),
        };
        let paragraphs = self.form.letter.iter().flat_map(|words| &words.body);
        let body = paragraphs.map(|wording| wording.pieces.iter().map(said).collect()).collect::<Done<_>>()?;
        let tables = self.form.sections.iter().filter_map(|section| Some((section, section.rows.as_ref()?)));
        let lists = tables.map(|(section, table)| self.list_of(section, table, chosen, size)).collect::<Done<_>>()?;
        Ok(Summary { body, lists })
    }

    /// What all rows show at the end of a path; room to write when they differ.
    fn common(&self, chosen: &[(Id, Row)], path: &Path) -> Done<Text> {
        let mut texts = chosen.iter().map(|(id, row)| self.text(self.record, *id, row, path, 0));
        let first = texts.next().transpose()?.unwrap_or_default();
        for text in texts {
            if text? != first {
                return Ok(Text::default());
            }
        }
        Ok(first)
    }

    fn list_of(&self, section: &Section, table: &SubTable, chosen: &[(Id, Row)], size: Size) -> Done<press::Section> {
        let fits =
            |row: &Row| table.only.iter().all(|(key, is)| Holding { key: key.clone(), is: is.clone() }.fits(row));
        let rows: Vec<(Id, Row)> = chosen.iter().filter(|(_, row)| fits(row)).cloned().collect();
        let columns: Vec<&Column> = table.columns.iter().collect();
        let cells = self.rows(self.record, &columns, &rows)?;
        let empty = table.at_least.saturating_sub(u32::try_from(cells.len()).unwrap_or(u32::MAX));
        let made = Table::new(self.heads(self.record, &columns), cells, size.usable_mm());
        Ok(press::Section::of_table(section.title.zh.clone(), made.with_empty_rows(empty)))
    }

    fn said_in(&self, piece: &Piece, id: Id, row: &Row) -> Done<Said> {
        Ok(match piece {
            Piece::Words(words) => Said::Words(words.clone()),
            Piece::Value(path) => Said::Value(self.text(self.record, id, row, path, 0)?),
        })
    }

    fn sheet(&self, id: Id, row: &Row, size: Size) -> Done<Sheet> {
        let named = self.form.columns.iter().filter(|column| column.keep);
        let names = named.map(|column| Ok(self.text(self.record, id, row, &column.path, 0)?.0));
        let sections = self.form.sections.iter().map(|section| self.section(section, id, row, size));
        Ok(Sheet { name: names.collect::<Done<Vec<_>>>()?.join(" "), sections: sections.collect::<Done<_>>()? })
    }

    fn section(&self, section: &Section, id: Id, row: &Row, size: Size) -> Done<press::Section> {
        let title = section.title.zh.clone();
        let Some(sub) = &section.rows else {
            let places = section.cells.iter().map(|cell| self.place(cell, id, row)).collect::<Done<_>>()?;
            return Ok(press::Section::of_places(title, places));
        };
        let child = self.desk.record(&sub.record)?;
        let mut children = self.view.rows_under(child, id)?;
        // On paper things stand in the order they happened, on screen the newest comes first.
        if child.order.first().is_some_and(|order| order.starts_with('-')) {
            children.reverse();
        }
        let columns: Vec<&Column> = sub.columns.iter().collect();
        let rows = self.rows(child, &columns, &children)?;
        let empty = sub.at_least.saturating_sub(u32::try_from(rows.len()).unwrap_or(u32::MAX));
        let table = Table::new(self.heads(child, &columns), rows, size.usable_mm());
        Ok(press::Section::of_table(title, table.with_empty_rows(empty)))
    }

    fn place(&self, cell: &FormCell, id: Id, row: &Row) -> Done<Place> {
        let field = cell.path.field(self.desk.catalogue(), &self.record.record);
        let label = cell.head.as_ref().or(field.map(|field| &field.label));
        let head = label.map(|label| label.zh.clone()).unwrap_or_default();
        let (ticks, head) = match field {
            Some(field) if cell.ticks => {
                let reached = self.trail.reach(self.record, id, row, &cell.path, 0)?;
                let head = self.marked(head, reached.contested).0;
                (ticks(self.desk.catalogue(), field, reached.value.as_ref()), head)
            }
            _ => (vec![], head),
        };
        let text = if ticks.is_empty() { self.text(self.record, id, row, &cell.path, 0)? } else { Text::default() };
        Ok(Place { head, text, ticks, span: cell.span, lines: cell.lines })
    }

    /// What stands on paper at the end of a path.
    fn text(&self, record: &Record, id: Id, row: &Row, path: &Path, number: u64) -> Done<Text> {
        if row.is_empty() && path.leaf != Leaf::Number {
            return Ok(Text::default());
        }
        let reached = self.trail.reach(record, id, row, path, number)?;
        let contested = reached.contested;
        let Some(value) = &reached.value else { return Ok(self.marked(String::new(), contested)) };
        let Some(field) = reached.field else { return Ok(Text(self.in_words(None, value)?)) };
        if self.request.unmasked {
            if field.sensitive {
                self.unmasked.borrow_mut().push((id, path.to_string()));
            }
            return Ok(self.marked(self.in_words(Some(field), value)?, contested));
        }
        if let Some(public) = without_restricted(self.desk.catalogue(), field, value) {
            return Ok(self.marked(public, contested));
        }
        let text = self.in_words(Some(field), value)?;
        Ok(self.marked(if field.sensitive { show::masked(field, &text) } else { text }, contested))
    }

    fn in_words(&self, field: Option<&Field>, value: &Value) -> Done<String> {
        Ok(match value {
            Value::Row(_) => self.trail.text(field, value)?,
            Value::Int(_) | Value::Text(_) | Value::Codes(_) => show::on_paper(self.desk.catalogue(), field, value),
        })
    }

    /// What the rows were chosen by, as labels with values; grade and class as one name.
    pub(crate) fn said(&self, given: &Given) -> Done<Vec<(String, String)>> {
        let own = given.own.iter().map(|filter| (filter.field.parse::<Path>(), filter.value().cloned()));
        let along = given.along.iter().map(|(path, wanted)| (Ok(path.clone()), wanted.as_deref().map(Value::from)));
        let mut said = Vec::new();
        let (mut in_grade, mut in_class) = (None, None);
        for (path, value) in own.chain(along) {
            let (Ok(path), Some(value)) = (path, value) else { continue };
            let Some(field) = path.field(self.desk.catalogue(), &self.record.record) else { continue };
            let text = self.trail.text(Some(field), &value)?;
            match &path.leaf {
                Leaf::Field(key) if key == "grade" => in_grade = Some(text),
                Leaf::Field(key) if key == "class" => in_class = Some(text),
                _ => said.push((field.label.zh.clone(), text)),
            }
        }
        if in_grade.is_some() || in_class.is_some() {
            said.push((word("class"), grade::class_label(in_grade.as_deref(), in_class.as_deref())));
        }
        Ok(said)
    }
}

/// All choices of a field with their boxes.
fn ticks(catalogue: &Catalogue, field: &Field, value: Option<&Value>) -> Vec<Tick> {
    if field.kind == FieldType::YesNo {
        let choice = |number| Value::Int(number);
        let name = |choice: &Value| show::on_paper(catalogue, Some(field), choice);
        return [1, 0].map(choice).iter().map(|c| Tick { name: name(c), on: value == Some(c) }).collect();
    }
    let held = value.map(Value::as_codes).unwrap_or_default();
    let offered = |code: &&Code| !code.retired || held.contains(&code.code.as_str());
    let list = field.codes.as_deref().and_then(|list| catalogue.codes(list));
    let codes = list.map(|list| list.codes.as_slice()).unwrap_or_default();
    let tick = |code: &Code| Tick { name: code.zh.clone(), on: held.contains(&code.code.as_str()) };
    codes.iter().filter(offered).map(tick).collect()
}

/// A value that holds restricted codes, with a word in their place; `None` when it holds none (decisions D30).
fn without_restricted(catalogue: &Catalogue, field: &Field, value: &Value) -> Option<String> {
    let list = catalogue.codes(field.codes.as_deref()?)?;
    let held = value.as_codes();
    let is_restricted = |code: &&str| list.get(code).is_some_and(|entry| entry.restricted);
    if !held.iter().any(is_restricted) {
        return None;
    }
    let public = held.iter().filter(|code| !is_restricted(code)).map(|code| list.name(code).to_owned());
    Some(public.chain([word("restricted")]).collect::<Vec<_>>().join("、"))
}

/// What the rows are chosen by: own fields, which the ledger sorts out, and fields at the end of paths.
pub(crate) struct Given {
    pub(crate) own: Vec<Filter>,
    pub(crate) along: Vec<(Path, Option<String>)>,
    /// Which part of the form's rows.
    pub(crate) extent: Vec<Filter>,
}

impl Given {
    pub(crate) fn of(desk: &Desk, (form, record): (&Form, &Record), request: &PagesRequest) -> Done<Self> {
        let mut asked = request.filters.clone();
        let extent = extent(form, &mut asked)?;
        let (own, far): (Vec<_>, Vec<_>) = asked.into_iter().partition(|(key, _)| record.field(key).is_some());
        let path = |(key, wanted): (String, Option<String>)| {
            let path = key.parse::<Path>().ok().filter(|path| path.field(desk.catalogue(), &record.record).is_some());
            path.map(|path| (path, wanted)).ok_or_else(|| Failure::new("bad_request").with("cause", key))
        };
        Ok(Self {
            own: filters(desk, record, own.into_iter().collect())?,
            along: far.into_iter().map(path).collect::<Done<_>>()?,
            extent,
        })
    }

    /// Whether all rows hold the same value at the end of a path: then it is said once, above the table.
    pub(crate) fn fixes(&self, path: &Path) -> bool {
        let own = path.own_field().is_some_and(|key| self.own.iter().any(|filter| filter.field == key));
        own || self.along.iter().any(|(along, _)| along == path)
    }
}
