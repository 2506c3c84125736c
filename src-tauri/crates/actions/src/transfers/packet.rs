//! What travels with a child: gathered at the old school, said in words to both.

use domain::travels::{self, Extract};
use domain::words::{self, Facts};
use domain::{Fields, Id, Row};
use store::View;

use super::{PacketLine, TransferPacket};
use crate::desk::Desk;
use crate::failure::{Done, Failure};
use crate::rows::draft;
use crate::rows::trail::Trail;

pub(super) fn read_extract(row: &Row) -> Done<Extract> {
    let said = row.said("extract");
    let code = if said.is_empty() { "transfer_erased" } else { "transfer_unreadable" };
    Extract::read(&said).ok_or_else(|| Failure::new(code))
}

pub(super) fn extract_of(desk: &Desk, view: View<'_>, student: Id) -> Done<Extract> {
    let today = desk.today();
    let mut rows = Vec::new();
    for part in travels::parts() {
        let definition = desk.record(&part.record)?;
        let found = match definition.record == view.record_of(student)?.record {
            true => vec![(student, view.row(definition, student, today)?.values)],
            false => view.rows_under(definition, student)?,
        };
        rows.extend(found.iter().filter_map(|(_, row)| part.carry(row, today)));
    }
    let cases = view.rows_under(desk.record("dropout_case")?, student)?;
    let open = cases.iter().filter(|(_, row)| !row.contains_key("closed_on") && row.contains_key("confirmed_on"));
    let open_since = open.filter_map(|(_, row)| row.said("left_on").parse().ok()).collect();
    Ok(Extract { format: Extract::FORMAT.to_owned(), rows, open_since })
}

pub(super) fn spoken(desk: &Desk, view: View<'_>, extract: &Extract) -> Done<TransferPacket> {
    let trail = Trail::spoken(desk, view, desk.today());
    let mut packet = TransferPacket { name: String::new(), lines: vec![], obligations: vec![] };
    for carried in &extract.rows {
        let definition = desk.record(&carried.record)?;
        let values = draft::read_fields(desk.catalogue(), definition, &carried.values, &Row::new()).values;
        for field in &definition.fields {
            let Some(value) = values.get(&field.key).and_then(Option::as_ref) else { continue };
            let text = trail.text(Some(field), value)?;
            if packet.name.is_empty() && field.key == "name" {
                packet.name.clone_from(&text);
            }
            packet.lines.push(PacketLine {
                title: definition.title.in_language(desk.language()).to_owned(),
                label: field.label.in_language(desk.language()).to_owned(),
                text,
            });
        }
    }
    for day in &extract.open_since {
        let facts = Facts::from([("day".to_owned(), day.to_string())]);
        packet.obligations.push(words::say(desk.language(), "people", "transfer.open_case", &facts));
    }
    Ok(packet)
}
