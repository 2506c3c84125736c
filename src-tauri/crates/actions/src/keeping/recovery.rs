//! The recovery sheet (`package.md` §3): a code on paper that opens the ledger when its password is gone; and another
//! password instead of the one before.

use std::path::Path;

use package::keyslots::{KeySlots, SlotDice};
use package::recovery::RecoveryCode;
use press::Section;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::desk::Desk;
use crate::desk::session::session_info;
use crate::failure::{Done, Failure};
use crate::paper::frame;
use crate::paper::signed_sheet::{self, Frame, grouped, line};

/// Who asks for a recovery sheet, and where its PDF goes.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct RecoverySheet {
    /// The password of the open ledger.
    pub password: String,
    /// The PDF to write.
    pub file: String,
}

/// A recovery sheet that was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RecoveryReply {
    /// The PDF.
    pub file: String,
    /// A group that a person types back from the printed sheet, counted from 1.
    pub group: u32,
    /// What stands there.
    pub marks: String,
}

/// Another password.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct NewPassword {
    /// The password of the open ledger, or the code on its recovery sheet.
    pub password: String,
    /// The one from now on; at least ten characters.
    pub new: String,
}

/// Writes a sheet with a new code that opens this ledger; the sheet before it opens nothing any more. Errors:
/// `wrong_password`; nothing is changed then, nor when the file cannot be written.
pub fn recovery_sheet(desk: &Desk, request: RecoverySheet) -> Done<RecoveryReply> {
    let session = desk.session()?;
    let slots = KeySlots::load(session.store.folder())?;
    let (key, _) = slots.unlock(&request.password)?;
    let code = RecoveryCode::of(desk.roll());
    let slots = slots.with_recovery(&code, &key, &dice(desk))?;
    let text = code.to_text();
    let info = session_info(desk, ())?;
    let frame = Frame { name: &info.name, title: say("title"), note: say("note"), sign: [say("keeper"), say("head")] };
    let sections = vec![whose(&info.name, &info.code), grouped(say("groups"), vec![], &text, say("square"))?, advice()];
    package::stick::replace(Path::new(&request.file), &signed_sheet::pdf(desk, &session, frame, sections)?)?;
    slots.save(session.store.folder())?;
    // Which group is typed back is drawn: whoever prints a second sheet looks at the paper again.
    let [drawn] = desk.roll::<1>();
    let number = usize::from(drawn) % package::recovery::GROUPS;
    let marks = text.split(' ').nth(number).unwrap_or_default().to_owned();
    Ok(RecoveryReply { file: request.file, group: u32::try_from(number + 1).map_err(Failure::defect)?, marks })
}

/// Whether the open ledger has a recovery sheet that opens it.
pub fn has_recovery_sheet(desk: &Desk, _: ()) -> Done<bool> {
    Ok(KeySlots::load(desk.session()?.store.folder())?.has_recovery())
}

/// Another password for the person who has opened the ledger; the one before opens nothing any more. Errors:
/// `wrong_password`, `password` too short; nothing is changed then.
pub fn new_password(desk: &Desk, request: NewPassword) -> Done<()> {
    let session = desk.session()?;
    let slots = KeySlots::load(session.store.folder())?;
    let (key, who) = slots.unlock(&request.password)?;
    Ok(slots.with_password(who, &request.new, &key, &dice(desk))?.save(session.store.folder())?)
}

fn dice(desk: &Desk) -> SlotDice {
    SlotDice { salt: desk.roll(), nonce: desk.roll() }
}

fn whose(name: &str, code: &str) -> Section {
    let mut places = vec![line(say("name"), name)];
    places.extend((!code.is_empty()).then(|| line(say("code"), code)));
    Section::of_places(say("whose"), places)
}

fn advice() -> Section {
    let places = ["how", "keep", "lost"]
        .map(|key| line(say(&format!("advice.{key}.head")), &say(&format!("advice.{key}.text"))));
    Section::of_places(say("advice.title"), places.into())
}

fn say(key: &str) -> String {
    frame::word(&format!("recovery.{key}"))
}
