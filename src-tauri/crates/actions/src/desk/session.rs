//! Making, opening and leaving a ledger.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI32, AtomicU64};

use domain::words::Language;
use domain::{Id, Keyed, Problem, Row, Value};
use package::keyslots::{Cost, KeySlots, LedgerKey, SlotDice};
use serde::{Deserialize, Serialize};
use store::{Act, Edit, Store, View};
use ts_rs::TS;
use zeroize::Zeroizing;

use crate::desk::keys::Keys;
use crate::desk::{Desk, Organisation, Session};
use crate::failure::{Done, Failure};

/// What is needed to make a ledger.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct MakeLedger {
    /// The folder; a new one under the program's own when absent.
    pub folder: Option<String>,
    /// `school`, `center`, `county`, or a code of the list `org_kind`.
    pub kind: String,
    /// The organisation's name.
    pub name: String,
    /// Its code; a teaching point may have none.
    pub code: String,
    /// The code of the organisation above.
    pub under: Option<String>,
    /// The name of the person who begins it.
    pub person: String,
    /// At least ten characters.
    pub password: String,
    /// Whether the computer has only 2 GB: opening costs less memory.
    pub low_memory: bool,
}

/// What is needed to open a ledger.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct OpenLedger {
    /// The folder.
    pub folder: String,
    /// The password.
    pub password: String,
}

/// The ledger that is open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SessionInfo {
    /// The folder.
    pub folder: String,
    /// The organisation.
    pub organisation: Id,
    /// Its name.
    pub name: String,
    /// Its code.
    pub code: String,
    /// Its kind, a code of the list `org_kind`.
    pub kind: String,
    /// Whether it receives packages from schools.
    pub is_above: bool,
    /// The person signed in.
    pub person: String,
    /// The civil day.
    pub today: String,
    /// The school year of that day, as `2026-2027`.
    pub school_year: String,
    /// The term of that day, a code of the list `term`.
    pub term: String,
}

/// A ledger the program has seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Place {
    /// The folder.
    pub folder: String,
    /// The organisation's name.
    pub name: String,
    /// Its kind.
    pub kind: String,
}

/// What the first screen shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Places {
    /// Ledgers the program has seen, newest first, if they are still there.
    pub known: Vec<Place>,
    /// The folder in which a new ledger would be made.
    pub folder: String,
    /// The language in use.
    pub language: Language,
}

/// Makes a ledger and opens it. Errors: `ledger_exists`, fields to correct.
pub fn make_ledger(desk: &Desk, request: MakeLedger) -> Done<SessionInfo> {
    let kind = check_request(desk, &request)?;
    let folder = request
        .folder
        .as_ref()
        .filter(|folder| !folder.is_empty())
        .map_or_else(|| fresh_folder(desk, &request), |given| Ok(PathBuf::from(given)))?;
    if Store::is_in(&folder) {
        return Err(Failure::new("ledger_exists").with("folder", folder.display()));
    }
    let (organisation, who, replica) = (desk.new_id(), desk.new_id(), desk.new_id());
    let key: LedgerKey = Zeroizing::new(desk.roll());
    let cost = if request.low_memory { Cost::FLOOR } else { Cost::USUAL };
    let dice = SlotDice { salt: desk.roll(), nonce: desk.roll() };
    let slots = KeySlots::new(replica, who, &request.password, cost, &key, &dice)?;
    slots.save(&folder)?;
    let store = Store::create(&folder, &key, desk.definitions())?;
    let keys = Keys::make(desk, organisation, replica)?;
    let organisation = Organisation { id: organisation, kind };
    let session =
        Session { store, organisation, who, keys, listed_for: AtomicI32::default(), looked_at: AtomicU64::default() };
    first_rows(desk, &session, &request, replica)?;
    desk.set_session(Some(session));
    remember(desk)?;
    session_info(desk, ())
}

/// Opens a ledger. Errors: `wrong_password`, `open_elsewhere`, `newer_ledger`, `damaged`, `no_ledger`.
pub fn open_ledger(desk: &Desk, request: OpenLedger) -> Done<SessionInfo> {
    let folder = PathBuf::from(&request.folder);
    if !Store::is_in(&folder) {
        return Err(Failure::new("no_ledger").with("folder", folder.display()));
    }
    let (key, who) = KeySlots::load(&folder)?.unlock(&request.password)?;
    desk.leave();
    let store = Store::open(&folder, &key, desk.definitions())?;
    let (organisation, keys) = store.read(|view| Ok::<_, Failure>((own_organisation(view)?, Keys::load(view)?)))?;
    desk.set_session(Some(Session {
        store,
        organisation,
        who,
        keys,
        listed_for: AtomicI32::default(),
        looked_at: AtomicU64::default(),
    }));
    remember(desk)?;
    session_info(desk, ())
}

/// Leaves the ledger.
pub fn close_ledger(desk: &Desk, _: ()) -> Done<()> {
    desk.leave();
    Ok(())
}

/// The ledger that is open. Errors: `no_ledger_open`.
pub fn session_info(desk: &Desk, _: ()) -> Done<SessionInfo> {
    let session = desk.session()?;
    let today = desk.today();
    session.store.read(|view| {
        let row = |record: &str, id: Id| -> Done<Row> {
            let definition = desk.record(record)?;
            Ok(view.row(definition, id, today)?.values)
        };
        let organisation = row("organisation", session.organisation.id)?;
        let person = row("staff", session.who)?;
        let text = |row: &Row, key: &str| row.get(key).and_then(Value::as_text).unwrap_or_default().to_owned();
        Ok(SessionInfo {
            folder: session.store.folder().display().to_string(),
            organisation: session.organisation.id,
            name: text(&organisation, "name"),
            code: text(&organisation, "code"),
            kind: session.organisation.kind.clone(),
            is_above: session.organisation.is_above(),
            person: text(&person, "name"),
            today: today.to_string(),
            school_year: domain::date::school_year(today),
            term: domain::date::term(today).to_owned(),
        })
    })
}

/// The ledgers the program has seen, and where a new one would lie.
pub fn places(desk: &Desk, _: ()) -> Done<Places> {
    let known = known_places(desk).into_iter().filter(|place| Store::is_in(Path::new(&place.folder))).collect();
    let folder = desk.home().map(|home| home.join("ledgers").display().to_string()).unwrap_or_default();
    Ok(Places { known, folder, language: desk.language() })
}

/// Changes the language and remembers it.
pub fn set_language(desk: &Desk, language: Language) -> Done<()> {
    desk.set_language(language);
    write_home(desk, "language.json", &language)
}

/// Reads the remembered language.
pub fn recall_language(desk: &Desk) {
    if let Some(language) = read_home(desk, "language.json") {
        desk.set_language(language);
    }
}

fn check_request(desk: &Desk, request: &MakeLedger) -> Done<String> {
    let mut problems: Vec<Problem> = Vec::new();
    for (field, text) in [("name", &request.name), ("person", &request.person)] {
        if text.trim().is_empty() {
            problems.push(Problem::block(field, "required"));
        }
    }
    if request.password.chars().count() < package::keyslots::PASSWORD_CHARS_MIN {
        problems
            .push(Problem::block("password", "password_short").with("chars", package::keyslots::PASSWORD_CHARS_MIN));
    }
    let kinds = desk.catalogue().codes("org_kind");
    let wanted = if request.kind == "school" { "primary" } else { &request.kind };
    let kind = kinds.and_then(|kinds| kinds.find(wanted)).map(|code| code.code.clone());
    if kind.is_none() {
        let examples = kinds.map(domain::codes::CodeList::examples).unwrap_or_default();
        problems.push(Problem::block("kind", "not_in_list").with("typed", &request.kind).with("examples", examples));
    }
    match kind {
        Some(kind) if problems.is_empty() => Ok(kind),
        _ => Err(Failure::refused(problems)),
    }
}

fn fresh_folder(desk: &Desk, request: &MakeLedger) -> Done<PathBuf> {
    let home = desk.home().ok_or_else(|| Failure::new("no_folder"))?;
    let name = if request.code.is_empty() { desk.new_id().short() } else { request.code.clone() };
    let safe: String = name.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
    let base = home.join("ledgers");
    let free = (1..100).map(|n| if n == 1 { base.join(&safe) } else { base.join(format!("{safe}-{n}")) });
    free.into_iter().find(|folder| !folder.exists()).ok_or_else(|| Failure::new("no_folder"))
}

/// The first change: the organisation and the person who begins.
fn first_rows(desk: &Desk, session: &Session, request: &MakeLedger, replica: Id) -> Done<()> {
    let organisation = session.organisation.id;
    let text = |text: &str| Some(text.trim()).filter(|text| !text.is_empty()).map(Value::from);
    let school = Keyed::from_iter([
        ("name".into(), text(&request.name)),
        ("code".into(), text(&request.code)),
        ("kind".into(), text(&session.organisation.kind)),
        ("under_code".into(), request.under.as_deref().and_then(text)),
    ]);
    let person = Keyed::from_iter([
        ("name".into(), text(&request.person)),
        ("organisation".into(), Some(Value::Row(organisation))),
    ]);
    let make = |record: &str, row: Id, fields| Edit {
        record: record.to_owned(),
        row,
        act: Act::Make { scope: organisation, fields },
    };
    session.store.write(|door| {
        door.set_local("replica", replica.as_bytes())?;
        door.set_local("organisation", organisation.as_bytes())?;
        door.set_local("key/sign", session.keys.sign.seed().as_slice())?;
        door.set_local("key/replica", session.keys.replica.seed().as_slice())?;
        door.set_local("key/operating", session.keys.operating.to_text().as_bytes())?;
        door.set_local("key/recovery", session.keys.recovery.to_text().as_bytes())?;
        door.set_local("certificate", &session.keys.certificate.to_bytes())?;
        door.set_today(desk.today())?;
        let edits = [make("organisation", organisation, school), make("staff", session.who, person)];
        door.save(&desk.author(session), &edits)?;
        Ok(())
    })
}

fn own_organisation(view: View<'_>) -> Done<Organisation> {
    let damaged = || Failure::new("damaged").with("cause", "organisation");
    let id = view.local("organisation")?.and_then(|bytes| Id::try_from(bytes.as_slice()).ok()).ok_or_else(damaged)?;
    let definition = view.record_of(id)?;
    let row = view.row(definition, id, domain::Date::default())?;
    let kind = row.values.get("kind").and_then(Value::as_text).ok_or_else(damaged)?.to_owned();
    Ok(Organisation { id, kind })
}

fn known_places(desk: &Desk) -> Vec<Place> {
    read_home(desk, "places.json").unwrap_or_default()
}

/// Puts the open ledger first among the known ones. A list that cannot be kept is no reason to refuse work.
fn remember(desk: &Desk) -> Done<()> {
    if desk.home().is_none() {
        return Ok(());
    }
    let info = session_info(desk, ())?;
    remember_places(desk, &[Place { folder: info.folder, name: info.name, kind: info.kind }])
}

/// Puts ledgers first among the known ones, in the order given.
pub(crate) fn remember_places(desk: &Desk, places: &[Place]) -> Done<()> {
    let mut all = known_places(desk);
    all.retain(|known| places.iter().all(|place| place.folder != known.folder));
    write_home(desk, "places.json", &[places, &all].concat())
}

fn read_home<T: serde::de::DeserializeOwned>(desk: &Desk, file: &str) -> Option<T> {
    let bytes = std::fs::read(desk.home()?.join(file)).ok()?;
    serde_json::from_slice(&bytes).ok()
}

fn write_home<T: Serialize>(desk: &Desk, file: &str, value: &T) -> Done<()> {
    let Some(home) = desk.home() else { return Ok(()) };
    let bytes = serde_json::to_vec(value).map_err(Failure::defect)?;
    std::fs::create_dir_all(home).map_err(package::PackageError::from)?;
    Ok(package::stick::replace(&home.join(file), &bytes)?)
}
