//! The paper side of getting to know one another (`package.md` §2): a sheet with one's own digits, signed and stamped, from
//! which the other side types; and a record of both sides for the file.

use std::path::Path;

use package::enrol::Card;
use press::Section;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::desk::Desk;
use crate::failure::Done;
use crate::paper::frame;
use crate::paper::signed_sheet::{self, Frame, grouped, line};
use crate::trust::enrolments::{own_card, partner_card};

/// Which sheet, and where its PDF goes.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct EnrolSheet {
    /// Code, name or id of the other side, for the record of both; one's own sheet when absent.
    pub with: Option<String>,
    /// The PDF to write.
    pub file: String,
}

/// Writes a sheet with this organisation's digits, or the record of both sides once they know each other. Gives the file.
pub fn enrol_sheet(desk: &Desk, request: EnrolSheet) -> Done<String> {
    let session = desk.session()?;
    let own = own_card(desk, &session)?;
    let other = session
        .store
        .read(|view| request.with.as_deref().map(|with| partner_card(desk, &session, view, Some(with))).transpose())?;
    let kind = match (&other, session.organisation.is_above()) {
        (Some(_), _) => "record",
        (None, true) => "invite",
        (None, false) => "request",
    };
    let other = other.as_ref().map(|other| section("other", other));
    let sections = std::iter::once(section("own", &own)).chain(other).collect::<Done<Vec<Section>>>()?;
    let frame = Frame {
        name: &own.name,
        title: say(&format!("{kind}.title")),
        note: say(&format!("{kind}.note")),
        sign: [say("by"), say("head")],
    };
    package::stick::replace(Path::new(&request.file), &signed_sheet::pdf(desk, &session, frame, sections)?)?;
    Ok(request.file)
}

/// Whose digits they are, the six groups, and the same for a camera.
fn section(whose: &str, card: &Card) -> Done<Section> {
    let places = vec![line(say("name"), &card.name), line(say("code"), &card.code)];
    grouped(say(whose), places, &card.digits(), say("square"))
}

fn say(key: &str) -> String {
    frame::word(&format!("enrol.{key}"))
}
