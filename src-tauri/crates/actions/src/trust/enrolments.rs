//! How a school and a center come to know each other: files carried by hand.

use std::path::Path;

use domain::{Id, Keyed, Row, Text, Value};
use oplog::Hash;
use package::enrol::{Card, Enrolment, Step, TypedDigits};
use package::keys::Recipient;
use package::stick;
use serde::{Deserialize, Serialize};
use store::{Act, Edit, View};
use ts_rs::TS;

use crate::desk::session::session_info;
use crate::desk::{Desk, Session, keys};
use crate::failure::{Done, Failure};
use crate::trust::directory;

/// An enrolment file read and one to write.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct EnrolRequest {
    /// The file to read; none for an invitation.
    pub input: Option<String>,
    /// The file to write; none when accepting.
    pub output: Option<String>,
    /// What a person typed from the other side's stamped sheet: the first and the last group of its digits, or all six.
    /// The window always asks for it; a script may have compared them otherwise.
    #[serde(default)]
    pub typed: Option<String>,
}

/// What an enrolment step came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct EnrolReply {
    /// The other organisation's id; none for an invitation.
    pub id: Option<Id>,
    /// Its name; empty for an invitation.
    pub partner: String,
    /// The digits of the other organisation's key, to compare with its paper.
    pub digits: String,
    /// The file written.
    pub file: Option<String>,
}

impl EnrolReply {
    pub(crate) fn of(card: &Card, file: Option<String>) -> Self {
        Self { id: Some(card.organisation), partner: card.name.clone(), digits: card.digits(), file }
    }
}

/// An organisation one exchanges packages with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Partner {
    /// The organisation.
    pub id: Id,
    /// Its name.
    pub name: String,
    /// Its code.
    pub code: String,
    /// Its kind.
    pub kind: String,
    /// Whether it stands above this organisation.
    pub above: bool,
}

/// A center or county invites: writes its own card.
pub fn enrol_invite(desk: &Desk, request: EnrolRequest) -> Done<EnrolReply> {
    let session = desk.session()?;
    if !session.organisation.is_above() {
        return Err(Failure::new("only_above_invites"));
    }
    let card = own_card(desk, &session)?;
    let digits = card.digits();
    let file = write(&session, &request, Enrolment::new(Step::Invite, card, None))?;
    Ok(EnrolReply { id: None, partner: String::new(), digits, file })
}

/// A school answers an invitation with its own card; it keeps the center's.
pub fn enrol_request(desk: &Desk, request: EnrolRequest) -> Done<EnrolReply> {
    let session = desk.session()?;
    let (bytes, invitation) = read(&request, Step::Invite)?;
    compare(&invitation.from, request.typed.as_deref())?;
    let answer = Enrolment::new(Step::Request, own_card(desk, &session)?, Some(Enrolment::fingerprint(&bytes)));
    let file = write(&session, &request, answer)?;
    session.store.write(|door| {
        let card = serde_json::to_vec(&invitation.from).map_err(Failure::defect)?;
        Ok::<_, Failure>(door.set_local("invited_by", &card)?)
    })?;
    Ok(EnrolReply::of(&invitation.from, file))
}

/// Says whose enrolment file it is, with the digits to compare; nothing is written. The window does not show them: a person
/// types them from paper.
pub fn enrol_look(desk: &Desk, file: String) -> Done<EnrolReply> {
    desk.session()?;
    let bytes = package::open::read_file(Path::new(&file))?;
    let read = Enrolment::of_any_step(&bytes).map_err(|_| Failure::new("not_this_enrolment").with("cause", file))?;
    Ok(EnrolReply::of(&read.from, None))
}

/// A center takes a school into its directory and says so.
pub fn enrol_grant(desk: &Desk, request: EnrolRequest) -> Done<EnrolReply> {
    let session = desk.session()?;
    if !session.organisation.is_above() {
        return Err(Failure::new("only_above_invites"));
    }
    let (bytes, asked) = read(&request, Step::Request)?;
    compare(&asked.from, request.typed.as_deref())?;
    enter(desk, &session, &asked.from)?;
    let answer = Enrolment::new(Step::Grant, own_card(desk, &session)?, Some(Enrolment::fingerprint(&bytes)));
    let file = write(&session, &request, answer)?;
    Ok(EnrolReply::of(&asked.from, file))
}

/// A school takes note that it is enrolled: from now on packages go to that center.
pub fn enrol_accept(desk: &Desk, request: EnrolRequest) -> Done<EnrolReply> {
    let session = desk.session()?;
    let (_, grant) = read(&request, Step::Grant)?;
    let invited = session.store.read(|view| Ok::<_, Failure>(view.local("invited_by")?))?;
    let card: Option<Card> = invited.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    if card.is_none_or(|card| card.sign_key != grant.from.sign_key) {
        return Err(Failure::new("not_this_enrolment").with("cause", "another center"));
    }
    let card = serde_json::to_vec(&grant.from).map_err(Failure::defect)?;
    session.store.write(|door| Ok::<_, Failure>(door.set_local("above", &card)?))?;
    Ok(EnrolReply::of(&grant.from, None))
}

/// The organisations one exchanges packages with.
pub fn partners(desk: &Desk, _: ()) -> Done<Vec<Partner>> {
    let session = desk.session()?;
    session.store.read(|view| {
        let above = keys::above(view)?.map(|card| card.organisation);
        let cards = cards(desk, &session, view)?;
        Ok(cards.iter().map(|card| to_partner(card, above)).collect())
    })
}

fn to_partner(card: &Card, above: Option<Id>) -> Partner {
    Partner {
        id: card.organisation,
        name: card.name.clone(),
        code: card.code.clone(),
        kind: card.kind.clone(),
        above: Some(card.organisation) == above,
    }
}

pub(crate) fn own_card(desk: &Desk, session: &Session) -> Done<Card> {
    let info = session_info(desk, ())?;
    Ok(Card {
        organisation: session.organisation.id,
        name: info.name,
        code: info.code,
        kind: info.kind,
        sign_key: session.keys.sign.public().to_minisign(),
        recipient: session.keys.operating.recipient().as_str().to_owned(),
        recovery_recipient: session.keys.recovery.recipient().as_str().to_owned(),
    })
}

/// What was typed from the stamped sheet must be the digits of the file. Errors: `digits_count`; `digits_differ`, which
/// names the groups.
fn compare(card: &Card, typed: Option<&str>) -> Done<()> {
    match typed.map(|typed| card.compare(typed)) {
        None | Some(TypedDigits::Fit) => Ok(()),
        Some(TypedDigits::Count) => Err(Failure::new("digits_count")),
        Some(TypedDigits::Differ(groups)) => {
            let groups: Vec<String> = groups.iter().map(usize::to_string).collect();
            Err(Failure::new("digits_differ").with("groups", groups.join("、")).with("partner", &card.name))
        }
    }
}

fn read(request: &EnrolRequest, step: Step) -> Done<(Vec<u8>, Enrolment)> {
    let input = request.input.as_deref().ok_or_else(|| Failure::new("no_file"))?;
    let bytes = package::open::read_file(Path::new(input))?;
    let enrolment = Enrolment::from_bytes(&bytes, step)?;
    Ok((bytes, enrolment))
}

fn write(session: &Session, request: &EnrolRequest, enrolment: Enrolment) -> Done<Option<String>> {
    let output = request.output.as_deref().ok_or_else(|| Failure::new("no_file"))?;
    let path = Path::new(output);
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(package::PackageError::from)?;
    }
    stick::replace(path, &enrolment.to_bytes(&session.keys.sign)?)?;
    Ok(Some(output.to_owned()))
}

/// Writes a card into the directory: a change in this organisation's own scope.
fn enter(desk: &Desk, session: &Session, card: &Card) -> Done<()> {
    let text = |text: &str| Some(Value::from(text)).filter(|_| !text.is_empty());
    let fields: Keyed<Option<Value>> = [
        ("organisation", card.organisation.to_string().as_str()),
        ("name", &card.name),
        ("code", &card.code),
        ("kind", &card.kind),
        ("sign_key", &card.sign_key),
        ("recipient", &card.recipient),
        ("recovery_recipient", &card.recovery_recipient),
        ("enrolled_on", &desk.today().to_string()),
    ]
    .into_iter()
    .map(|(key, value)| (key.into(), text(value)))
    .collect();
    let row = entry_id(session.organisation.id, card.organisation);
    session.store.write(|door| {
        let mut fields = fields;
        let act = match door.view().record_of(row) {
            Ok(record) => {
                let before = door.view().row(record, row, desk.today())?.values;
                fields.extend(former(&before, &card.sign_key));
                Act::Write { fields, seen: None }
            }
            Err(_) => Act::Make { scope: session.organisation.id, fields },
        };
        door.save(&desk.author(session), &[Edit { record: "org_key".to_owned(), row, act }])?;
        Ok(())
    })
}

/// One entry per organisation on every computer of a directory: its id follows from the organisation's and from whose
/// directory it is, so that two centers may list one school.
pub(crate) fn entry_id(keeper: Id, organisation: Id) -> Id {
    Id::from_digest(Hash::of(&[b"org_key", keeper.as_bytes(), organisation.as_bytes()]).half())
}

/// An organisation that comes with another key: the one before stays known, for what it certified.
pub(crate) fn former(before: &Row, key: &str) -> Vec<(Text, Option<Value>)> {
    let text = |key: &str| before.get(key).and_then(Value::as_text).unwrap_or_default();
    let mut changed = vec![("revoked_on".into(), None)];
    if text("sign_key") != key {
        let keys: Vec<&str> = std::iter::once(text("sign_key")).chain(text("former_keys").lines()).collect();
        changed.push(("former_keys".into(), Some(Value::from(keys.join("\n").as_str()))));
    }
    changed
}

/// The cards of everybody one exchanges packages with: the organisation above, and this one's own directory.
pub(crate) fn cards(desk: &Desk, session: &Session, view: View<'_>) -> Done<Vec<Card>> {
    let own = directory::entries(desk, view, &[session.organisation.id])?.into_iter().map(|entry| entry.card);
    Ok(keys::above(view)?.into_iter().chain(own).collect())
}

/// The card of the organisation a package is for: by code, name or id; the one above when none is named.
pub(crate) fn partner_card(desk: &Desk, session: &Session, view: View<'_>, to: Option<&str>) -> Done<Card> {
    let above = keys::above(view)?.map(|card| card.organisation);
    let wanted = |card: &Card| match to {
        None => Some(card.organisation) == above,
        Some(to) => card.code == to || card.name == to || card.organisation.to_string() == to,
    };
    let found = cards(desk, session, view)?.into_iter().find(wanted);
    found.ok_or_else(|| match to {
        None => Failure::new("not_enrolled"),
        Some(to) => Failure::new("no_such_partner").with("to", to),
    })
}

/// Operating and recovery keys of an enrolled organisation.
pub(crate) fn recipients(card: &Card) -> Done<(Recipient, Recipient)> {
    Ok(card.recipients()?)
}
