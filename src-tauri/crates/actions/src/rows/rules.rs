//! The settings and the school calendars in force, read from the ledger.

use std::collections::{BTreeMap, HashMap};

use domain::calendar::{Calendar, Class, DayKind, Half, Only, SchoolDays, Span, Term};
use domain::check::Rule;
use domain::clock::Presence;
use domain::date::school_year_start;
use domain::overlay::Overlay;
use domain::settings::{Choice, Key, Level, Lock, Setting, Settings};
use domain::{Date, FieldType, Id, Record, Row, Value};
use store::View;

use crate::desk::{Desk, Session, in_force, stands_above};
use crate::failure::Done;

/// Years of the past that school days are counted for.
const YEARS_BACK: u32 = 2;

/// What the clock and the numbers go by in one ledger.
pub(crate) struct Rules {
    pub(crate) settings: Settings,
    pub(crate) presence: Presence,
    calendars: HashMap<Id, Calendar>,
    common: Calendar,
    span: (Date, Date),
    counted: HashMap<(Option<Id>, Option<Class>), SchoolDays>,
}

impl Rules {
    /// Reads what was chosen and entered.
    pub(crate) fn read(desk: &Desk, session: &Session, view: View<'_>) -> Done<Self> {
        let today = desk.today();
        let back = today.checked_sub_months(chrono::Months::new(12 * YEARS_BACK)).unwrap_or(today);
        let ahead = today.checked_add_months(chrono::Months::new(14)).unwrap_or(today);
        let (calendars, common) = calendars(desk, view)?;
        Ok(Self {
            settings: settings(desk, session, view)?,
            presence: presence(desk, view, school_year_start(today))?,
            calendars,
            common,
            span: (school_year_start(back), ahead),
            counted: HashMap::new(),
        })
    }

    /// The calendar of a school; of those above where it entered none.
    pub(crate) fn calendar(&self, school: Option<Id>) -> &Calendar {
        school.and_then(|school| self.calendars.get(&school)).unwrap_or(&self.common)
    }

    /// The first day of the running term, or of the last: the earliest of any school's.
    pub(crate) fn term_began(&self, today: Date) -> Date {
        let calendars = self.calendars.values().chain([&self.common]);
        calendars.filter_map(|calendar| Some(calendar.term_up_to(today)?.first)).min().unwrap_or(today)
    }

    /// The school days of a class, counted once.
    pub(crate) fn days(&mut self, school: Option<Id>, class: Option<&Class>) -> &SchoolDays {
        let own = school.filter(|school| self.calendars.contains_key(school));
        let calendar = own.and_then(|school| self.calendars.get(&school)).unwrap_or(&self.common);
        let class = class.filter(|_| !calendar.is_same_for_all()).cloned();
        let (from, until) = self.span;
        let key = (own, class.clone());
        self.counted.entry(key).or_insert_with(|| SchoolDays::of(calendar, class.as_ref(), from, until))
    }
}

/// The settings in force for the ledger's own organisation.
pub(crate) fn settings(desk: &Desk, session: &Session, view: View<'_>) -> Done<Settings> {
    let choices = choices(desk, session, view)?;
    let locked = locks(desk, session, &choices).into_iter();
    Ok(Settings::in_force(&choices).locked(locked.collect()))
}

/// The settings that organisations above have bound, and who did: the highest of them.
fn locks(desk: &Desk, session: &Session, choices: &[Choice]) -> Vec<(Key, String)> {
    let own = in_force::level(&session.organisation.kind);
    let by = |choice: &&Choice| {
        let may = Setting::of(choice.key).is_some_and(|setting| setting.locks.contains(&choice.level));
        choice.lock == Lock::Locked && choice.level > own && may
    };
    let mut binding: Vec<&Choice> = choices.iter().filter(by).collect();
    binding.sort();
    let name = |choice: &Choice| {
        let says = |file: &&Overlay| {
            let names = |one: &domain::overlay::Threshold| one.key == choice.key.name() && one.locked;
            file.level == choice.level && file.document.settings.iter().any(names)
        };
        let file = desk.outlook().files().iter().rev().find(says);
        file.map_or_else(|| level_name(desk, choice.level), |file| file.by_name.clone())
    };
    binding.into_iter().map(|choice| (choice.key, name(choice))).collect()
}

fn level_name(desk: &Desk, level: Level) -> String {
    let code = if level == Level::County { "county" } else { "center" };
    let list = desk.catalogue().codes("org_kind");
    list.map_or(code, |list| list.name_in(code, desk.language())).to_owned()
}

/// The settings that a record's rules read: those in force, or the defaults when no rule reads any.
pub(crate) fn settings_for(desk: &Desk, view: View<'_>, record: &Record) -> Done<Settings> {
    let reads = |rule: &Rule| matches!(rule, Rule::Apart { .. } | Rule::Setting { .. });
    match record.rules.iter().any(reads) {
        true => settings(desk, &*desk.opened()?, view),
        false => Ok(Settings::default()),
    }
}

/// What was chosen, by whom. An organisation that is neither this one nor above it has no say, and each speaks only in
/// its own rows, which its own computers sign (decisions B15): nobody below can bind in its name.
pub(crate) fn choices(desk: &Desk, session: &Session, view: View<'_>) -> Done<Vec<Choice>> {
    let kinds = kinds(desk, view)?;
    let own = session.organisation.id;
    let mut choices = Vec::new();
    for (id, row) in view.every(desk.record("setting")?)? {
        let Some(organisation) = row.get("organisation").and_then(Value::as_row) else { continue };
        if view.scope_of(id)? != Some(organisation) {
            continue;
        }
        let level = match kinds.get(&organisation).map(String::as_str) {
            Some("county") => Level::County,
            Some("center") => Level::Center,
            _ if organisation == own => Level::School,
            _ => continue,
        };
        let text = |key: &str| row.get(key).and_then(Value::as_text);
        let Some(key) = text("key").and_then(|key| key.parse().ok()) else { continue };
        let Some(value) = text("value").map(str::to_owned) else { continue };
        let locked = matches!(row.get("locked"), Some(Value::Int(1)));
        choices.push(Choice { level, key, value, lock: if locked { Lock::Locked } else { Lock::Open } });
    }
    // What an organisation signed goes before what stands in its rows.
    let signed = from_files(desk);
    choices.retain(|one| signed.iter().all(|other| (other.level, other.key) != (one.level, one.key)));
    choices.extend(signed);
    Ok(choices)
}

/// What the newest settings file of each organisation chooses.
fn from_files(desk: &Desk) -> Vec<Choice> {
    let files = desk.outlook().files();
    let newest = |file: &&Overlay| files.iter().all(|other| other.by != file.by || other.number <= file.number);
    let choose = |file: &Overlay| {
        let level = file.level;
        let choice = move |one: &domain::overlay::Threshold| {
            let lock = if one.locked { Lock::Locked } else { Lock::Open };
            Some(Choice { level, key: one.key.parse().ok()?, value: one.value.clone(), lock })
        };
        file.document.settings.iter().filter_map(choice).collect::<Vec<_>>()
    };
    files.iter().filter(newest).flat_map(choose).collect()
}

/// Organisations and their kinds.
pub(crate) fn kinds(desk: &Desk, view: View<'_>) -> Done<BTreeMap<Id, String>> {
    let rows = view.every(desk.record("organisation")?)?;
    let kind = |row: &Row| row.get("kind").and_then(Value::as_text).map(str::to_owned);
    Ok(rows.into_iter().filter_map(|(id, row)| Some((id, kind(&row)?))).collect())
}

/// The schools of a ledger that receives packages: every organisation but those that manage.
pub(crate) fn schools(desk: &Desk, view: View<'_>) -> Done<Vec<Id>> {
    Ok(kinds(desk, view)?.into_iter().filter(|(_, kind)| !stands_above(kind)).map(|(id, _)| id).collect())
}

/// The calendar of the ledger's own school; of those above where it entered none.
pub(crate) fn own_calendar(desk: &Desk, view: View<'_>) -> Done<Calendar> {
    let own = desk.opened()?.organisation.id;
    let (mut calendars, common) = calendars(desk, view)?;
    Ok(calendars.remove(&own).unwrap_or(common))
}

/// The calendar of each school that entered one, with what those above entered; and what holds for all others.
fn calendars(desk: &Desk, view: View<'_>) -> Done<(HashMap<Id, Calendar>, Calendar)> {
    let kinds = kinds(desk, view)?;
    let above = |id: Id| kinds.get(&id).is_some_and(|kind| stands_above(kind));
    let (mut own, mut common) = (HashMap::<Id, Calendar>::new(), Calendar::default());
    for (_, row) in view.every(desk.record("calendar")?)? {
        let organisation = row.get("organisation").and_then(Value::as_row);
        let shelf = match organisation {
            Some(id) if !above(id) => own.entry(id).or_default(),
            _ => &mut common,
        };
        enter(shelf, &row);
    }
    for calendar in own.values_mut() {
        let entered: Vec<(i32, Half)> = calendar.terms.iter().map(|term| (term.year, term.half)).collect();
        calendar.terms.extend(common.terms.iter().filter(|term| !entered.contains(&(term.year, term.half))));
        calendar.spans.extend(common.spans.iter().cloned());
    }
    Ok((own, common))
}

fn enter(calendar: &mut Calendar, row: &Row) {
    let text = |key: &str| row.get(key).and_then(Value::as_text);
    let day = |key: &str| text(key).and_then(|day| day.parse::<Date>().ok());
    let (Some(kind), Some(from)) = (text("kind"), day("from_on")) else { return };
    let until = day("until_on").unwrap_or(from);
    let kind = match kind {
        "term" => {
            let half = text("term").and_then(Half::of_code);
            let year = chrono::Datelike::year(&school_year_start(from));
            // A second term never begins a school year: one that starts in late August still belongs to the year before.
            let term = half.map(|half| Term { year: term_year(year, half, from), half, first: from, last: until });
            calendar.terms.extend(term);
            return;
        }
        "holiday" => DayKind::Holiday,
        "make_up" => DayKind::MakeUp,
        _ => DayKind::Closed,
    };
    let class = text("class").map(str::to_owned);
    let only = text("grade").map(|grade| Only { grade: grade.to_owned(), class });
    calendar.spans.push(Span { from, until, kind, only });
}

/// The school year of a term: a first term that begins in August belongs to the year that begins in September.
fn term_year(year: i32, half: Half, from: Date) -> i32 {
    match half {
        Half::First if chrono::Datelike::month(&from) == 8 => year + 1,
        Half::First | Half::Second => year,
    }
}

/// The days on which something was entered: the days that the program itself puts into rows as the day of entry.
fn presence(desk: &Desk, view: View<'_>, from: Date) -> Done<Presence> {
    let mut presence = Presence::default();
    for record in desk.catalogue().records() {
        let entered = |field: &&domain::Field| {
            field.kind == FieldType::Date && field.kept && field.default.as_deref() == Some("@today")
        };
        for field in record.stored().filter(entered) {
            presence.written.extend(view.days_in(record, &field.key, from)?);
        }
    }
    Ok(presence)
}

/// A setting as people see it.
#[derive(Debug, Clone, serde::Serialize, ts_rs::TS)]
pub struct SettingLine {
    /// Its declaration.
    pub setting: Setting,
    /// What is in force.
    pub value: String,
    /// What holds when nobody chose.
    pub default: String,
    /// Whether an organisation above has bound it.
    pub bound: bool,
    /// Which one, by name.
    pub bound_by: Option<String>,
}

/// All settings with what is in force here.
pub fn settings_in_force(desk: &Desk, _: ()) -> Done<Vec<SettingLine>> {
    let session = desk.session()?;
    session.store.read(|view| {
        let choices = choices(desk, &session, view)?;
        let settings = Settings::in_force(&choices);
        let locks: BTreeMap<Key, String> = locks(desk, &session, &choices).into_iter().collect();
        let line = |setting: &'static Setting| SettingLine {
            value: settings.value(setting.key).to_string(),
            default: setting.default_value().to_string(),
            bound: locks.contains_key(&setting.key),
            bound_by: locks.get(&setting.key).cloned(),
            setting: setting.clone(),
        };
        Ok(Setting::all().map(line).collect())
    })
}
