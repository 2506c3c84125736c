//! A new signing key of one's own organisation, those of others, and who stands above the one above (`package.md` §2).

use std::path::Path;

use domain::{Keyed, Value};
use package::enrol::Card;
use package::keys::{Certificate, PublicKey, SignKey};
use package::keyslots::KeySlots;
use package::open::Directory;
use package::rotation::Rotation;
use package::stick;
use serde::{Deserialize, Serialize};
use store::{Act, Edit};
use ts_rs::TS;

use crate::desk::Desk;
use crate::desk::keys::{self, keep_former};
use crate::desk::session::{OpenLedger, open_ledger};
use crate::failure::{Done, Failure};
use crate::trust::directory::KnownKeys;
use crate::trust::enrolments::{self, EnrolReply};
use crate::trust::listing::NEXT;

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
