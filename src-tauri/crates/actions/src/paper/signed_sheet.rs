//! A page that is signed, stamped and locked away: groups of characters that people type from it, and the same for a camera.

use domain::form::{Paper, PaperSize};
use domain::words::{self, Facts, Language};
use press::{Body, Job, Pages, Place, Section, Sheet, Square, Text};

use crate::desk::{Desk, Session};
use crate::failure::{Done, Failure};
use crate::paper::frame;

/// What such a page says beside its sections.
pub(crate) struct Frame<'f> {
    /// Whose page it is.
    pub(crate) name: &'f str,
    pub(crate) title: String,
    pub(crate) note: String,
    /// Who signs.
    pub(crate) sign: [String; 2],
}

/// All three places of a line.
const WHOLE: u32 = 3;

/// The page as PDF: A4, with places for signatures and a seal, and the foot of every paper.
pub(crate) fn pdf(desk: &Desk, session: &Session, frame: Frame<'_>, sections: Vec<Section>) -> Done<Vec<u8>> {
    let Frame { name, title, note, sign } = frame;
    let head = session.store.read(|view| Ok::<_, Failure>(view.chain_head(session.organisation.id)?))?;
    let today = desk.today();
    let job = Job {
        size: frame::size(Paper { size: PaperSize::A4, landscape: false }, None)?,
        title,
        note: Some(note),
        about: frame::about(name, vec![], Some(today)),
        sign: sign.into(),
        seal: true,
        foot: frame::foot(name, today, head),
        body: Body::Sheets(vec![Sheet { name: name.to_owned(), sections }]),
    };
    Ok(Pages::make(&job)?.pdf()?)
}

/// A whole line: its head, and what stands in it.
pub(crate) fn line(head: String, text: &str) -> Place {
    place(head, text, WHOLE)
}

/// A section that ends with the groups of a text, numbered, and with the same text for a camera.
pub(crate) fn grouped(title: String, mut places: Vec<Place>, text: &str, camera: String) -> Done<Section> {
    for (group, number) in text.split(' ').zip(1..) {
        let facts = Facts::from([("number".to_owned(), format!("{number}"))]);
        places.push(place(words::say(Language::Zh, "paper", "enrol.group", &facts), group, 1));
    }
    Ok(Section::of_places(title, places).with_square(Square::of(text, camera)?))
}

fn place(head: String, text: &str, span: u32) -> Place {
    Place { head, text: Text(text.to_owned()), ticks: vec![], span, lines: 1 }
}
