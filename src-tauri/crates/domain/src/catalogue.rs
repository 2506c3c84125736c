//! The catalogue of everything declared under `assets`: records, forms, code lists, machines and reports, proven to hold together.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use include_dir::{Dir, include_dir};

use crate::check::Rule;
use crate::codes::CodeList;
use crate::definition::{Field, FieldType, Projection, Record};
use crate::form::Form;
use crate::machine::Machine;
use crate::report::Report;

/// Why the definitions do not hold together.
#[derive(Debug, thiserror::Error)]
#[error("{file}: {reason}")]
pub struct DefinitionError {
    /// The definition's file.
    pub file: String,
    /// What is wrong with it.
    pub reason: String,
}

/// Everything declared: records, forms, code lists, machines and reports.
#[derive(Debug, Clone, Default)]
pub struct Catalogue {
    records: BTreeMap<String, Record>,
    forms: BTreeMap<String, Form>,
    codes: BTreeMap<String, CodeList>,
    machines: BTreeMap<String, Machine>,
    reports: BTreeMap<String, Report>,
}

static RECORDS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../../assets/records");
static FORMS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../../assets/forms");
static CODES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../../assets/codes");
static REPORTS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../../assets/reports");
static MACHINES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../../assets/machines");

/// The definitions compiled in. A test reads them all; a broken one never ships.
static BUILT_IN: LazyLock<Catalogue> = LazyLock::new(|| Catalogue::from_assets().unwrap_or_default());

/// The texts of definitions, before they are read: (file name, TOML).
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// Records.
    pub records: Vec<(String, String)>,
    /// Forms.
    pub forms: Vec<(String, String)>,
    /// Code lists.
    pub codes: Vec<(String, String)>,
    /// Machines.
    pub machines: Vec<(String, String)>,
    /// Reports.
    pub reports: Vec<(String, String)>,
}

impl Sources {
    /// The definitions under `assets`.
    pub fn built_in() -> Self {
        let texts = |dir: &Dir<'_>| {
            let mut found: Vec<(String, String)> = dir
                .files()
                .filter(|file| file.path().extension().is_some_and(|ext| ext == "toml"))
                .filter_map(|file| Some((file.path().display().to_string(), file.contents_utf8()?.to_owned())))
                .collect();
            found.sort();
            found
        };
        Self {
            records: texts(&RECORDS),
            forms: texts(&FORMS),
            codes: texts(&CODES),
            machines: texts(&MACHINES),
            reports: texts(&REPORTS),
        }
    }
}

impl Catalogue {
    /// The definitions compiled into the program.
    pub fn built_in() -> &'static Self {
        &BUILT_IN
    }

    /// Reads the definitions under `assets`. Errors: the first one that does not hold.
    pub fn from_assets() -> Result<Self, DefinitionError> {
        Self::read(&Sources::built_in())
    }

    /// Reads definitions and proves that they refer to each other soundly.
    pub fn read(sources: &Sources) -> Result<Self, DefinitionError> {
        let mut all = Self::default();
        for (file, text) in &sources.codes {
            let mut list: CodeList = parse(file, text)?;
            list.index().map_err(|spelling| wrong(file, format!("two codes are written {spelling}")))?;
            all.codes.insert(list.list.clone(), list);
        }
        for (file, text) in &sources.machines {
            let machine: Machine = parse(file, text)?;
            let list = all.codes(&machine.codes).ok_or_else(|| wrong(file, "no such code list"))?;
            machine.check(list).map_err(|reason| wrong(file, reason))?;
            all.machines.insert(machine.machine.clone(), machine);
        }
        for (file, text) in &sources.records {
            let mut record: Record = parse(file, text)?;
            if record.restricted {
                record
                    .fields
                    .iter_mut()
                    .filter(|field| field.kind != FieldType::Row)
                    .for_each(|field| field.sensitive = true);
            }
            all.records.insert(record.record.clone(), record);
        }
        all.project()?;
        all.check_records()?;
        for (file, text) in &sources.forms {
            let form: Form = parse(file, text)?;
            form.check(&all).map_err(|reason| wrong(file, reason))?;
            all.forms.insert(form.form.clone(), form);
        }
        for (file, text) in &sources.reports {
            let mut report: Report = parse(file, text)?;
            report.complete(&all).map_err(|reason| wrong(file, reason))?;
            all.reports.insert(report.report.clone(), report);
        }
        Ok(all)
    }

    /// A record's definition.
    pub fn record(&self, name: &str) -> Option<&Record> {
        self.records.get(name)
    }

    /// All records, by name.
    pub fn records(&self) -> impl Iterator<Item = &Record> {
        self.records.values()
    }

    /// A form's definition.
    pub fn form(&self, name: &str) -> Option<&Form> {
        self.forms.get(name)
    }

    /// All forms, by name.
    pub fn forms(&self) -> impl Iterator<Item = &Form> {
        self.forms.values()
    }

    /// A code list.
    pub fn codes(&self, list: &str) -> Option<&CodeList> {
        self.codes.get(list)
    }

    /// All code lists, by name.
    pub fn code_lists(&self) -> impl Iterator<Item = &CodeList> {
        self.codes.values()
    }

    pub(crate) fn record_mut(&mut self, name: &str) -> Option<&mut Record> {
        self.records.get_mut(name)
    }

    pub(crate) fn forms_mut(&mut self) -> impl Iterator<Item = &mut Form> {
        self.forms.values_mut()
    }

    pub(crate) fn put_list(&mut self, list: CodeList) {
        self.codes.insert(list.list.clone(), list);
    }

    /// A report's definition.
    pub fn report(&self, name: &str) -> Option<&Report> {
        self.reports.get(name)
    }

    /// All reports, by name.
    pub fn reports(&self) -> impl Iterator<Item = &Report> {
        self.reports.values()
    }

    /// The states of a field and the moves between them.
    pub fn machine(&self, name: &str) -> Option<&Machine> {
        self.machines.get(name)
    }

    /// The code list that a field's value is taken from, given the other values of its row.
    pub fn list_of(&self, field: &Field, code_of: impl Fn(&str) -> Option<String>) -> Option<&CodeList> {
        let special = field.codes_when.iter().find_map(|(other, lists)| lists.get(&code_of(other)?));
        self.codes(special.or(field.codes.as_ref())?)
    }

    /// Records whose rows belong to rows of `owner`, with the field that says so.
    pub fn children_of<'a>(&'a self, owner: &'a str) -> impl Iterator<Item = (&'a Record, &'a str)> {
        self.records.values().filter_map(move |record| {
            let via = record.owner.as_deref()?;
            (record.field(via)?.to.as_deref() == Some(owner)).then_some((record, via))
        })
    }

    /// Records whose rows are listed under rows of `above`, with the field that says so: their owner, or another field.
    pub fn listed_under<'a>(&'a self, above: &'a str) -> impl Iterator<Item = (&'a Record, &'a str)> {
        self.records.values().filter_map(move |record| Some((record, self.field_under(record, above)?)))
    }

    /// The field by which rows of a record are listed under rows of `above`.
    pub fn field_under<'a>(&self, record: &'a Record, above: &str) -> Option<&'a str> {
        record.lists_under().find(|via| record.field(via).and_then(|field| field.to.as_deref()) == Some(above))
    }

    /// Makes each projection a field of its record.
    fn project(&mut self) -> Result<(), DefinitionError> {
        let mut made: BTreeMap<String, Vec<Field>> = BTreeMap::new();
        for record in self.records.values() {
            for projection in &record.projections {
                let field = self
                    .projected(projection)
                    .ok_or_else(|| wrong(&record.record, format!("projection {} leads nowhere", projection.key)))?;
                made.entry(record.record.clone()).or_default().push(field);
            }
        }
        for (name, fields) in made {
            if let Some(record) = self.records.get_mut(&name) {
                record.fields.extend(fields);
            }
        }
        Ok(())
    }

    fn projected(&self, projection: &Projection) -> Option<Field> {
        let target = self.record(&projection.record)?.field(&projection.field)?;
        if let Some(unless) = &projection.unless {
            let other = self.record(&unless.record)?;
            [&unless.field, &unless.from, &unless.until]
                .into_iter()
                .try_for_each(|key| other.field(key).map(|_| ()))?;
        }
        let mut field = target.clone();
        if let Some(list) = self.list_of(target, |other| projection.only.get(other).cloned()) {
            field.codes = Some(list.list.clone());
        }
        field.codes_when.clear();
        field.key.clone_from(&projection.key);
        field.label = projection.label.clone().unwrap_or(field.label);
        field.aliases.clone_from(&projection.aliases);
        field.item = projection.item;
        field.group.clone_from(&projection.group);
        field.required = None;
        field.default = None;
        field.search = None;
        field.projected = true;
        Some(field)
    }

    fn check_records(&self) -> Result<(), DefinitionError> {
        for record in self.records.values() {
            self.check_record(record).map_err(|reason| wrong(&record.record, reason))?;
        }
        Ok(())
    }

    fn check_record(&self, record: &Record) -> Result<(), String> {
        for field in &record.fields {
            let lists = field.codes.iter().chain(field.codes_when.values().flat_map(BTreeMap::values));
            if let Some(missing) = lists.into_iter().find(|list| self.codes(list).is_none()) {
                return Err(format!("{}: no code list {missing}", field.key));
            }
            let is_code = matches!(field.kind, FieldType::Code | FieldType::Codes);
            if is_code != field.codes.is_some() {
                return Err(format!("{}: codes and type disagree", field.key));
            }
            if (field.kind == FieldType::Row) != field.to.as_deref().is_some_and(|to| self.record(to).is_some()) {
                return Err(format!("{}: leads to no record", field.key));
            }
            if field.group.as_ref().is_some_and(|group| !record.groups.iter().any(|g| g.key == *group)) {
                return Err(format!("{}: no such group", field.key));
            }
            self.check_typed(field)?;
        }
        let run = record.rules.iter().filter_map(|rule| self.run_by(record, rule)).collect::<Result<Vec<_>, _>>()?;
        let named = record.rules.iter().flat_map(Rule::fields).chain(record.lists_under());
        let named = named.chain(run.into_iter().flat_map(Machine::fields));
        if let Some(key) = named.into_iter().find(|key| record.field(key).is_none()) {
            return Err(format!("a rule names {key}, which is no field"));
        }
        if let Some(key) = record.key.iter().find(|key| !record.stored().any(|field| field.key == **key)) {
            return Err(format!("its natural key names {key}, which is not stored"));
        }
        match record.names.iter().chain(&record.starts).find(|key| record.field(key).is_none()) {
            Some(key) => Err(format!("it is named by, or starts at, {key}, which is no field")),
            None => Ok(()),
        }
    }

    fn check_typed(&self, field: &Field) -> Result<(), String> {
        let known = |text: &str| match text.strip_prefix('@') {
            Some(word) => matches!(word, "organisation" | "today" | "school_year" | "term" | "me"),
            None => {
                field.codes.as_deref().and_then(|list| self.codes(list)).is_none_or(|list| list.get(text).is_some())
            }
        };
        match [&field.default, &field.suggest].into_iter().flatten().find(|text| !known(text)) {
            Some(text) => Err(format!("{}: {text} cannot be typed for it", field.key)),
            None if field.key == "number" => Err("number stands for 序号 in paths".to_owned()),
            None => Ok(()),
        }
    }
}

impl Catalogue {
    /// The machine that a rule runs a field by. Errors: there is none, or it has other states than the field.
    fn run_by(&self, record: &Record, rule: &Rule) -> Option<Result<&Machine, String>> {
        let Rule::Moves { field, machine } = rule else { return None };
        let found = self.machine(machine).ok_or_else(|| format!("{field}: no machine {machine}"));
        let same = |machine: &Machine| record.field(field).and_then(|f| f.codes.as_ref()) == Some(&machine.codes);
        Some(
            found.and_then(|one| if same(one) { Ok(one) } else { Err(format!("{field}: {machine} has other states")) }),
        )
    }
}

fn parse<T: serde::de::DeserializeOwned>(file: &str, text: &str) -> Result<T, DefinitionError> {
    toml::from_str(text).map_err(|error| wrong(file, error.to_string()))
}

fn wrong(file: &str, reason: impl Into<String>) -> DefinitionError {
    DefinitionError { file: file.to_owned(), reason: reason.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definitions_that_ship_hold_together() {
        let read = Catalogue::from_assets().map(|all| all.records().count());
        assert!(read.as_ref().is_ok_and(|records| *records > 0), "{read:?}");
    }
}
