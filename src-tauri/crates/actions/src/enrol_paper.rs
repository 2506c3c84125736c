//! The paper side of getting to know one another (`package.md` §2): a sheet with one's own digits, signed and stamped, from
//! which the other side types; and a record of both sides for the file.

use std::path::Path;

use domain::form::{Paper, PaperSize};
use domain::words::{self, Facts, Language};
use package::enrol::{Card, TypedDigits};
use press::{Body, Job, Pages, Place, Section, Sheet, Square, Text};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::desk::Desk;
use crate::enrolments::{own_card, partner_card};
use crate::failure::{Done, Failure};
use crate::paper_job;

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
    let job = session.store.read(|view| {
        let other = request.with.as_deref().map(|with| partner_card(desk, &session, view, Some(with))).transpose()?;
        let size = paper_job::size(Paper { size: PaperSize::A4, landscape: false }, None)?;
        let kind = match (&other, session.organisation.is_above()) {
            (Some(_), _) => "record",
            (None, true) => "invite",
            (None, false) => "request",
        };
        let sections = match &other {
            Some(other) => vec![section("own", &own)?, section("other", other)?],
            None => vec![section("own", &own)?],
        };
        let today = desk.today();
        Ok::<_, Failure>(Job {
            size,
            title: say(&format!("{kind}.title")),
            note: Some(say(&format!("{kind}.note"))),
            about: paper_job::about(&own.name, vec![], Some(today)),
            sign: vec![say("by"), say("head")],
            seal: true,
            foot: paper_job::foot(&own.name, today, view.chain_head(session.organisation.id)?),
            body: Body::Sheets(vec![Sheet { name: own.name.clone(), sections }]),
        })
    })?;
    package::stick::replace(Path::new(&request.file), &Pages::make(&job)?.pdf()?)?;
    Ok(request.file)
}

/// What was typed from the stamped sheet must be the digits of the file. Errors: `digits_count`; `digits_differ`, which
/// names the groups.
pub(crate) fn compare(card: &Card, typed: Option<&str>) -> Done<()> {
    match typed.map(|typed| card.compare(typed)) {
        None | Some(TypedDigits::Fit) => Ok(()),
        Some(TypedDigits::Count) => Err(Failure::new("digits_count")),
        Some(TypedDigits::Differ(groups)) => {
            let groups: Vec<String> = groups.iter().map(usize::to_string).collect();
            Err(Failure::new("digits_differ").with("groups", groups.join("、")).with("partner", &card.name))
        }
    }
}

/// Whose digits they are, the six groups, and the same for a camera.
fn section(whose: &str, card: &Card) -> Done<Section> {
    let place =
        |head: String, text: &str, span| Place { head, text: Text(text.to_owned()), ticks: vec![], span, lines: 1 };
    let mut places = vec![place(say("name"), &card.name, WHOLE), place(say("code"), &card.code, WHOLE)];
    let all = card.digits();
    for (digits, number) in all.split(' ').zip(1..) {
        let facts = Facts::from([("number".to_owned(), format!("{number}"))]);
        places.push(place(words::say(Language::Zh, "paper", "enrol.group", &facts), digits, 1));
    }
    Ok(Section::of_places(say(whose), places).with_square(Square::of(&all, say("square"))?))
}

/// All three places of a line.
const WHOLE: u32 = 3;

fn say(key: &str) -> String {
    paper_job::word(&format!("enrol.{key}"))
}
