//! A new signing key of one's own organisation, those of others, and who stands above the one above (`package.md` §2).

use std::path::Path;

use domain::{Id, Keyed, Value};
use package::directory::{DirectoryFile, Listed, version_numbers};
use package::enrol::Card;
use package::keys::{Certificate, PublicKey, SignKey};
use package::keyslots::KeySlots;
use package::open::Directory;
use package::rotation::Rotation;
use package::stick;
use serde::{Deserialize, Serialize};
use store::{Act, Door, Edit, View};
use ts_rs::TS;

use crate::desk::kept::noted;
use crate::desk::session::{OpenLedger, open_ledger};
use crate::desk::{Desk, Session, keys};
use crate::failure::{Done, Failure};
use crate::trust::directory::KnownKeys;
use crate::trust::enrolments::{self, EnrolReply};
use crate::trust::listing;

/// Who confirms a new key, and where the file for the others goes.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct RotateRequest {
    /// The password of the open ledger.
    pub password: String,
    /// The folder that stands for the stick.
    pub folder: String,
}

/// Gives this organisation a new signing key, and writes a file, signed with both, that others take it over by. What
/// the old key certified stays certified. Gives the file. Errors: `wrong_password`, nothing was changed then.
pub fn rotate_key(desk: &Desk, request: RotateRequest) -> Done<String> {
    let session = desk.session()?;
    KeySlots::load(session.store.folder())?.unlock(&request.password)?;
    // The key that was announced, if one was: those below know it already.
    let announced = session.store.read(|view| view.local(NEXT))?.and_then(|seed| seed.try_into().ok());
    let (old, new) = (&session.keys.sign, SignKey::from_seed(&announced.unwrap_or_else(|| desk.roll())));
    let own = session.keys.certificate;
    let certificate = Certificate::issue(own.organisation, &new, own.replica, own.key);
    let card = Card { sign_key: new.public().to_minisign(), ..enrolments::own_card(desk, &session)? };
    let before = old.public().to_minisign();
    let rotation = Rotation { format: Rotation::FORMAT.to_owned(), card, before };
    let name = format!(
        "{}-{}.bxk",
        own.organisation.short(),
        new.public().to_minisign().chars().filter(char::is_ascii_alphanumeric).skip(4).take(8).collect::<String>()
    );
    let file = stick::write(Path::new(&request.folder), &name, &rotation.to_bytes(old, &new)?)?;
    session.store.write(|door| {
        door.seal(&|message| session.keys.replica.sign(message).to_vec(), &own.to_bytes())?;
        keep_former(door, own.organisation, old.public())?;
        door.set_local("key/sign", new.seed().as_slice())?;
        door.set_local("certificate", &certificate.to_bytes())?;
        door.set_local(NEXT, &desk.roll::<32>())?;
        Ok::<_, Failure>(())
    })?;
    let folder = session.store.folder().display().to_string();
    drop(session);
    open_ledger(desk, OpenLedger { folder, password: request.password })?;
    Ok(file.display().to_string())
}

/// Takes over a new key of an organisation one exchanges packages with. Errors: `bad_signature` when the key it says it
/// had is not the one known here.
pub fn take_rotation(desk: &Desk, file: String) -> Done<EnrolReply> {
    let session = desk.session()?;
    let rotation = Rotation::from_bytes(&package::open::read_file(Path::new(&file))?)?;
    let before: PublicKey = rotation.before.parse()?;
    let card = &rotation.card;
    session.store.write(|door| {
        let known = KnownKeys::load(desk, &session, door.view())?;
        let keys = known.sign_keys(card.organisation).map(|(keys, _)| keys);
        match keys {
            None => return Err(Failure::new("unknown_sender").with("sender", &card.name)),
            Some(keys) if keys.first() == Some(&card.sign_key()?) => return Ok(()),
            Some(keys) if keys.first() != Some(&before) => return Err(Failure::new("bad_signature")),
            Some(_) => {}
        }
        let above = keys::above(door.view())?.filter(|above| above.organisation == card.organisation);
        if above.is_some() {
            keep_former(door, card.organisation, before)?;
            door.set_local("above", &serde_json::to_vec(card).map_err(Failure::defect)?)?;
        }
        let row = enrolments::entry_id(session.organisation.id, card.organisation);
        if let Ok(record) = door.view().record_of(row) {
            let stood = door.view().row(record, row, desk.today())?.values;
            let mut fields: Keyed<Option<Value>> = enrolments::former(&stood, &card.sign_key)
                .into_iter()
                .filter(|(key, _)| key == "former_keys")
                .collect();
            fields.insert("sign_key".into(), Some(Value::from(card.sign_key.as_str())));
            let edit = Edit { record: "org_key".to_owned(), row, act: Act::Write { fields, seen: None } };
            door.save(&desk.author(&session), &[edit])?;
        }
        Ok(())
    })?;
    Ok(EnrolReply::of(card, None))
}

/// Keys an organisation had before, as this ledger knows them: its own, and those of the one above.
pub(crate) fn former_keys(view: View<'_>, organisation: Id) -> Done<Vec<PublicKey>> {
    let kept = view.local(&former(organisation))?.unwrap_or_default();
    Ok(String::from_utf8_lossy(&kept).lines().filter_map(|line| line.parse().ok()).collect())
}

fn keep_former(door: &Door<'_>, organisation: Id, key: PublicKey) -> Done<()> {
    let kept = former_keys(door.view(), organisation)?.into_iter();
    let all: Vec<String> = std::iter::once(key).chain(kept).map(PublicKey::to_minisign).collect();
    Ok(door.set_local(&former(organisation), all.join("\n").as_bytes())?)
}

fn former(organisation: Id) -> String {
    format!("former_keys/{organisation}")
}

/// Who stands above an organisation, as it says itself.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Aloft {
    pub(crate) version: u64,
    pub(crate) cards: Vec<Card>,
    /// Whom it lists below itself.
    #[serde(default)]
    pub(crate) below: Vec<Listed>,
    /// The signing key it will take next; empty when none is announced.
    #[serde(default)]
    pub(crate) next_key: String,
    /// The oldest program it wants those below to work with; empty when any will do.
    #[serde(default)]
    pub(crate) program_min: String,
}

impl Aloft {
    pub(crate) fn load(view: View<'_>, organisation: Id) -> Done<Self> {
        noted(view, &aloft(organisation))
    }
}

fn aloft(organisation: Id) -> String {
    format!("aloft/{organisation}")
}

/// What the one above says of those above and below it. A lower version than one knows is passed over; gives the version
/// when it has grown.
pub(crate) fn take_aloft(
    desk: &Desk,
    session: &Session,
    door: &Door<'_>,
    (from, bytes): (Id, &[u8]),
) -> Done<Option<u64>> {
    let known = KnownKeys::load(desk, session, door.view())?;
    let above = keys::above(door.view())?.filter(|above| above.organisation == from);
    let (Some(card), Some((keys, _))) = (above, known.sign_keys(from)) else { return Ok(None) };
    let Some(key) = keys.first() else { return Ok(None) };
    let before = Aloft::load(door.view(), from)?;
    let known = before.version;
    // Signed with the key it has, or with the one it had announced; never with one it had before.
    let announced = before.next_key.parse().ok().and_then(|next| DirectoryFile::from_bytes(bytes, &next).ok());
    let said = match announced {
        Some(said) => said,
        None => DirectoryFile::from_bytes(bytes, key)?,
    };
    if said.from.organisation != card.organisation || said.version < known {
        return Ok(None);
    }
    // The one above has taken the key it had announced.
    if said.from.sign_key != card.sign_key {
        if said.from.sign_key != before.next_key {
            return Ok(None);
        }
        keep_former(door, from, card.sign_key()?)?;
        door.set_local("above", &serde_json::to_vec(&said.from).map_err(Failure::defect)?)?;
    }
    let cards = said.entries.into_iter().filter(|entry| entry.revoked_on.is_empty()).map(|entry| entry.card);
    let kept = Aloft {
        version: said.version,
        cards: cards.filter(|card| card.organisation != session.organisation.id).collect(),
        below: said.below,
        next_key: said.next_key,
        program_min: said.program_min,
    };
    door.set_local(&aloft(from), &serde_json::to_vec(&kept).map_err(Failure::defect)?)?;
    Ok(Some(said.version).filter(|version| *version > known))
}

/// What a center tells those below of those above it and of those it lists. Whoever lists nobody says nothing.
pub(crate) fn directory_note(desk: &Desk, session: &Session, door: &Door<'_>) -> Done<Option<Vec<u8>>> {
    if !session.organisation.is_above() {
        return Ok(None);
    }
    let mut cards: Vec<Card> = keys::above(door.view())?.into_iter().collect();
    if let Some(first) = cards.first() {
        cards.extend(Aloft::load(door.view(), first.organisation)?.cards);
    }
    let entry = |card: Card| package::directory::DirectoryEntry { card, revoked_on: String::new() };
    let entries: Vec<_> = cards.into_iter().map(entry).collect();
    let below = listing::below(desk, session, door.view())?;
    let (next_key, program_min) = (next_key(desk, door)?, program_min(session, door.view())?);
    let said = serde_json::to_vec(&(&entries, &below, &next_key, &program_min)).map_err(Failure::defect)?;
    let before = door.view().local(SAID)?.unwrap_or_default();
    let mut version = said_version(door.view())?;
    if before != said {
        version += 1;
        door.set_local(SAID, &said)?;
        door.set_local(VERSION, version.to_string().as_bytes())?;
    }
    let from = enrolments::own_card(desk, session)?;
    let format = DirectoryFile::FORMAT.to_owned();
    let file = DirectoryFile { format, version, from, entries, below, next_key, program_min };
    Ok(Some(file.to_bytes(&session.keys.sign)?))
}

/// The version of the directory this organisation has told those below; 0 before the first.
pub(crate) fn said_version(view: View<'_>) -> Done<u64> {
    let kept = view.local(VERSION)?;
    Ok(kept.and_then(|bytes| String::from_utf8(bytes).ok()?.parse().ok()).unwrap_or(0))
}

/// The version of the directory that counts here, as packages say it outside.
pub(crate) fn version(session: &Session, view: View<'_>) -> Done<u64> {
    match keys::above(view)? {
        Some(card) if !session.organisation.is_above() => Ok(Aloft::load(view, card.organisation)?.version),
        _ => said_version(view),
    }
}

/// The key this organisation will take next, drawn when it is first announced.
fn next_key(desk: &Desk, door: &Door<'_>) -> Done<String> {
    let kept = door.view().local(NEXT)?.and_then(|seed| <[u8; 32]>::try_from(seed).ok());
    let seed = match kept {
        Some(seed) => seed,
        None => {
            let seed = desk.roll();
            door.set_local(NEXT, &seed)?;
            seed
        }
    };
    Ok(SignKey::from_seed(&seed).public().to_minisign())
}

/// The oldest program that those below should work with: what this organisation wants, or the one above, whichever is newer.
pub(crate) fn program_min(session: &Session, view: View<'_>) -> Done<String> {
    let own = view.local(PROGRAM_MIN)?.and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default();
    let aloft = match keys::above(view)? {
        Some(card) => Aloft::load(view, card.organisation)?.program_min,
        None => String::new(),
    };
    let both = if session.organisation.is_above() { vec![own, aloft] } else { vec![aloft] };
    Ok(both.into_iter().max_by_key(|text| version_numbers(text)).unwrap_or_default())
}

/// Where it is kept what program this organisation wants those below to work with.
pub(crate) const PROGRAM_MIN: &str = "program_min";
const NEXT: &str = "key/next";
const SAID: &str = "aloft_said";
const VERSION: &str = "aloft_version";
