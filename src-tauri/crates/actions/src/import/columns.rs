//! Columns with an aim: from the cells of a line to values, or to why a cell cannot be read.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};

use domain::codes::CodeList;
use domain::definition::SearchKind;
use domain::path::{Leaf, Path};
use domain::read::{self, Around};
use domain::{Catalogue, Date, Field, FieldType, Keyed, Problem, Record, Row, Text, Value, grade, search_key};
use sheets::{Cell, Kind};
use store::View;

use super::heads::Meaning;
use super::identity::is_importable;
use super::layout::{Data, Table};
use super::line::{Given, Read, ReadLine};
use super::named::{NamedRows, Schools};
use super::texts::{day_text, name_text, trimmed};
use crate::failure::Done;

/// What a column's cells speak of.
pub(crate) enum Aim<'c> {
    /// A field of one of the rows a line speaks of.
    Field {
        /// Which row: a place in [`Columns::slots`].
        slot: usize,
        field: &'c Field,
        reader: Reader<'c>,
    },
    /// Numbers of lines, ages, counts: nothing of its own.
    Passed,
    /// Not understood: kept with the row.
    Kept,
}

/// How a field's cells are read.
pub(crate) enum Reader<'c> {
    Plain,
    /// A choice from a list; what was read once is remembered.
    Listed(&'c CodeList, Mutex<HashMap<String, Result<Option<Value>, Problem>>>),
    /// A grade, in one of the ways schools write it.
    Grade(&'c CodeList),
    /// A class, which may name its grade too.
    Class(&'c CodeList),
    /// A school, by its name or code.
    School,
    /// Another row of a record, by what names it.
    Named(&'c str),
}

/// One of the rows a line speaks of.
pub(crate) struct Slot<'c> {
    pub(crate) record: &'c Record,
    pub(crate) role: Role,
    /// How many columns speak of it.
    pub(crate) columns: usize,
    /// What the header says by itself.
    pub(crate) says: Row,
}

/// How a slot's row stands to the line's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Role {
    /// The row the line becomes.
    Own,
    /// The n-th row that belongs to it.
    Beside(usize),
    /// The row it belongs to, so many steps up.
    Owner(usize),
    /// A row that its field names.
    Named(Text),
}

/// A column of a sheet.
pub(crate) struct Column<'c> {
    pub(crate) at: usize,
    pub(crate) head: String,
    pub(crate) aim: Aim<'c>,
}

/// The columns of a sheet and the rows they speak of; the first slot is the line's own.
pub(crate) struct Columns<'c> {
    pub(crate) all: Vec<Column<'c>>,
    pub(crate) slots: Vec<Slot<'c>>,
    catalogue: &'c Catalogue,
    today: Date,
    schools: Schools,
    named: NamedRows<'c>,
}

impl<'c> Columns<'c> {
    pub(crate) fn new(
        catalogue: &'c Catalogue,
        record: &'c Record,
        (today, schools): (Date, Schools),
        (table, meanings): (&Table<'_>, &[Meaning]),
    ) -> Done<Self> {
        let own = Slot { record, role: Role::Own, columns: 0, says: Keyed::new() };
        let mut columns =
            Self { all: vec![], slots: vec![own], catalogue, today, schools, named: NamedRows::default() };
        for (at, meaning) in meanings.iter().enumerate() {
            let head = table.heads.get(at).map(super::heads::Head::shown).unwrap_or_default();
            let aim = match &meaning.path {
                Some(path) => columns.aim(path, &meaning.says),
                None => Aim::Kept,
            };
            columns.all.push(Column { at, head, aim });
        }
        // Fields that decide how others are read come first: the kind of ID, the grade before the class.
        columns.all.sort_by_key(|column| match &column.aim {
            Aim::Field { field, reader, .. } => !(field.key == "id_type" || matches!(reader, Reader::Grade(_))),
            _ => true,
        });
        Ok(columns)
    }

    fn aim(&mut self, path: &Path, says: &BTreeMap<String, String>) -> Aim<'c> {
        let own = self.slots.first().map(|slot| slot.record);
        let Some((field, own)) = own.and_then(|own| Some((path.field(self.catalogue, &own.record)?, own))) else {
            return if path.through.is_empty() && !matches!(path.leaf, Leaf::Field(_) | Leaf::Child { .. }) {
                Aim::Passed
            } else {
                Aim::Kept
            };
        };
        let reached = path.record_reached(self.catalogue, &own.record).and_then(|name| self.catalogue.record(&name));
        let (record, role) = match (&path.leaf, path.through.len()) {
            (Leaf::Field(_), 0) => (own, Role::Own),
            (Leaf::Field(_), steps) => match path.through.first().filter(|via| own.owner.as_deref() != Some(via)) {
                None => (reached.unwrap_or(own), Role::Owner(steps)),
                Some(via) if steps == 1 && is_importable(own, via) => {
                    (reached.unwrap_or(own), Role::Named(via.as_str().into()))
                }
                Some(_) => return Aim::Passed,
            },
            (Leaf::Child { record, nth, .. }, 0) => (self.catalogue.record(record).unwrap_or(own), Role::Beside(*nth)),
            _ => return Aim::Passed,
        };
        let slot = self.slot(record, role);
        self.say(slot, says);
        let reader = self.reader(record, field);
        Aim::Field { slot, field, reader }
    }

    /// The slot of a row that one more column speaks of.
    fn slot(&mut self, record: &'c Record, role: Role) -> usize {
        let same = |slot: &Slot<'_>| slot.role == role && slot.record.record == record.record;
        let at = self.slots.iter().position(same).unwrap_or_else(|| {
            self.slots.push(Slot { record, role, columns: 0, says: Keyed::new() });
            self.slots.len() - 1
        });
        if let Some(slot) = self.slots.get_mut(at) {
            slot.columns += 1;
        }
        at
    }

    fn say(&mut self, slot: usize, says: &BTreeMap<String, String>) {
        let Some(slot) = self.slots.get_mut(slot) else { return };
        for (key, text) in says {
            let Some(field) = slot.record.field(key) else { continue };
            let list = list_of(self.catalogue, field);
            let value = read::text(field, Around { list, resident_id: true }, text);
            slot.says.extend(value.ok().flatten().map(|value| (key.into(), value)));
        }
    }

    fn reader(&self, record: &'c Record, field: &'c Field) -> Reader<'c> {
        let grades = self.catalogue.codes("grade").filter(|_| record.field("grade").is_some());
        match (field.kind, list_of(self.catalogue, field), grades) {
            (FieldType::Row, ..) => match field.to.as_deref() {
                Some("organisation") | None => Reader::School,
                Some(record) => Reader::Named(record),
            },
            (FieldType::Code, Some(list), _) if list.list == "grade" => Reader::Grade(list),
            (FieldType::Code | FieldType::Codes | FieldType::YesNo, Some(list), _) if field.codes_when.is_empty() => {
                Reader::Listed(list, Mutex::default())
            }
            (FieldType::Text, _, Some(grades)) if field.key == "class" => Reader::Class(grades),
            _ => Reader::Plain,
        }
    }

    /// Reads the cells of a line.
    pub(crate) fn read(&self, data: &Data<'_>) -> ReadLine {
        let mut line = ReadLine::of(self.slots.iter().map(|slot| slot.columns));
        for (place, column) in self.all.iter().enumerate() {
            let Some(cell) = data.cell(column.at) else { continue };
            match &column.aim {
                Aim::Passed => {}
                Aim::Kept => line.kept.push(place),
                Aim::Field { slot, field, reader } => {
                    let Some(given) = line.given.get(*slot) else { continue };
                    match self.value(field, reader, cell, given) {
                        Ok(None) => {}
                        Ok(Some(read)) => line.take(*slot, place, field, read),
                        Err(problem) => line.unread.push((*slot, place, problem)),
                    }
                }
            }
        }
        self.name_rows(&mut line);
        line
    }

    /// Turns what several columns say of a row that a field names into that row.
    fn name_rows(&self, line: &mut ReadLine) {
        for (at, slot) in self.slots.iter().enumerate() {
            let Role::Named(via) = &slot.role else { continue };
            if line.as_written(at) {
                let row = line.given.get(at).and_then(|given| self.named.row(&slot.record.record, given));
                line.settle(at, row);
            }
            let Some(given) = line.given.get(at) else { continue };
            let Some(place) = given.values().map(|(_, place)| *place).min() else { continue };
            match self.named.find(&slot.record.record, via, given) {
                Ok(row) => line.give(0, place, via, Value::Row(row)),
                Err(problem) => line.unread.push((0, place, problem)),
            }
        }
    }

    /// Reads the rows that the sheet can name.
    pub(crate) fn look_up(&mut self, view: View<'_>) -> Done<()> {
        let aimed = self.all.iter().filter_map(|column| match &column.aim {
            Aim::Field { reader: Reader::Named(record), .. } => self.catalogue.record(record),
            _ => None,
        });
        let slots = self.slots.iter().filter(|slot| matches!(slot.role, Role::Named(_))).map(|slot| slot.record);
        for record in aimed.chain(slots).collect::<Vec<_>>() {
            self.named.load(self.catalogue, view, record)?;
        }
        Ok(())
    }

    fn value(&self, field: &Field, reader: &Reader<'_>, cell: &Cell, given: &Given) -> Result<Option<Read>, Problem> {
        let text = trimmed(&cell.text);
        if cell.kind == Kind::Error {
            return Err(Problem::block(&field.key, "cell_error").with("typed", text));
        }
        if text.is_empty() || text.chars().all(|c| "-—–―─_/\\／＼".contains(c)) {
            return Ok(None);
        }
        if field.sensitive && text.contains("**") {
            return Err(Problem::block(&field.key, "masked"));
        }
        match reader {
            Reader::Plain => self.plain(field, cell, text, given).map(|value| value.map(Read::One)),
            Reader::Listed(list, seen) => {
                let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
                if let Some(known) = seen.get(text) {
                    return known.clone().map(|value| value.map(Read::One));
                }
                let value = listed(field, list, text);
                seen.insert(text.to_owned(), value.clone());
                value.map(|value| value.map(Read::One))
            }
            Reader::Grade(grades) => self.grade(field, grades, text).map(Some),
            Reader::Class(grades) => Ok(Some(self.class(grades, text, given))),
            Reader::School => self.schools.read(field, text).map(|school| school.map(|id| Read::One(Value::Row(id)))),
            Reader::Named(record) => {
                self.named.by_name(record, &field.key, text).map(|row| Some(Read::One(Value::Row(row))))
            }
        }
    }

    fn plain(&self, field: &Field, cell: &Cell, text: &str, given: &Given) -> Result<Option<Value>, Problem> {
        let code_of = |key: &str| given.get(key).and_then(|(value, _)| value.as_text()).map(str::to_owned);
        let resident_id = code_of("id_type").is_none_or(|code| code == "1");
        let list = if field.codes_when.is_empty() { None } else { self.catalogue.list_of(field, code_of) };
        let is_text = matches!(field.kind, FieldType::Text | FieldType::LongText | FieldType::Area);
        if !is_text && matches!(text, "无" | "暂无" | "没有" | "未知" | "不详") {
            return Ok(None);
        }
        let typed = match field.kind {
            FieldType::Date | FieldType::Month => day_text(cell, text),
            FieldType::Text if field.search == Some(SearchKind::Name) => name_text(text),
            _ => text.into(),
        };
        let read = read::text(field, Around { list, resident_id }, &typed)?;
        // A number that a spreadsheet rounded is well-formed; it says nothing of the child all the same.
        let rounded = field.kind == FieldType::IdNumber
            && resident_id
            && read.as_ref().and_then(Value::as_text).is_some_and(domain::id_number::is_rounded);
        if rounded { Err(Problem::block(&field.key, "id_rounded")) } else { Ok(read) }
    }

    fn grade(&self, field: &Field, grades: &CodeList, text: &str) -> Result<Read, Problem> {
        if let Some(code) = grade::read_grade(text, grades, self.today) {
            return Ok(Read::One(Value::Text(code.into())));
        }
        let place = grade::read(text, grades, self.today);
        let Some(code) = place.grade else {
            return Err(Problem::block(&field.key, "not_in_list")
                .with("typed", text)
                .with("examples", grades.examples()));
        };
        Ok(Read::Place { grade: Some(code), class: place.class, doubt: None, written: None })
    }

    /// A class column: 三年级(1)班, 301班, 1班. Where a grade stands in its own column, plain numbers are classes.
    fn class(&self, grades: &CodeList, text: &str, given: &Given) -> Read {
        let written = Some(text.to_owned());
        let own_grade = given.get("grade").and_then(|(value, _)| value.as_text());
        let bare: String = search_key::fold(text).trim_end_matches('班').to_owned();
        let short = bare.len() <= 2 && bare.chars().all(|c| c.is_ascii_digit());
        if short && (own_grade.is_some() || !text.ends_with('班')) {
            return Read::Place { grade: None, class: grade::class_name(text), doubt: None, written };
        }
        let place = grade::read(text, grades, self.today);
        let differs = own_grade.is_some_and(|own| place.grade.as_deref().is_some_and(|read| read != own));
        let doubt = differs.then(|| Problem::new("class", "grade_differs", domain::Severity::Warning));
        // A class that is called nothing of the kind keeps its name: 向阳班.
        let class = match place.grade {
            None => Some(grade::class_name(text).unwrap_or_else(|| text.to_owned())),
            Some(_) => place.class,
        };
        let grade = place.grade.filter(|_| own_grade.is_none());
        Read::Place { grade, class, doubt, written }
    }
}

fn list_of<'c>(catalogue: &'c Catalogue, field: &Field) -> Option<&'c CodeList> {
    match field.kind {
        FieldType::YesNo => catalogue.codes("yes_no"),
        _ => catalogue.codes(field.codes.as_deref()?),
    }
}

/// A choice as typed, also without its leading zero, or as a number with a point.
fn listed(field: &Field, list: &CodeList, text: &str) -> Result<Option<Value>, Problem> {
    let around = Around { list: Some(list), resident_id: true };
    let whole = text.strip_suffix(".0").unwrap_or(text);
    let typed = match list.find(whole) {
        None if whole.len() == 1 && whole.chars().all(|c| c.is_ascii_digit()) => format!("0{whole}"),
        _ => whole.to_owned(),
    };
    read::text(field, around, &typed).map_err(|problem| problem.with("typed", text))
}
