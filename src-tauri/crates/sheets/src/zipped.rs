//! A zipped workbook looked over before anything parses it: true sizes, and the parts that say what is hidden or merged.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use memchr::memmem;
use zip::ZipArchive;

use crate::SheetError;

/// All members together, unpacked. The 72 columns of the national template for 20,000 children come to 120 MB.
const UNPACKED_MAX: u64 = 300 << 20;
/// Members of one workbook.
const MEMBERS_MAX: usize = 5_000;
/// What lies between two lines of text that says something is hidden or merged.
const TELLING: [&[u8]; 5] = [b"hidden=", b"mergeCell ", b":visibility=", b"-spanned=", b":display="];

/// What a look into a zipped workbook found.
pub(crate) struct Zipped {
    names: Vec<String>,
    kept: BTreeMap<String, Vec<u8>>,
}

impl Zipped {
    /// Unpacks every member once, whatever its header says of its size, and keeps what is wanted later.
    pub(crate) fn look_at(bytes: &[u8]) -> Result<Self, SheetError> {
        let damaged = |error: zip::result::ZipError| SheetError::Damaged(error.to_string());
        let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(damaged)?;
        if archive.len() > MEMBERS_MAX {
            return Err(SheetError::TooManyCells);
        }
        let mut found = Self { names: Vec::new(), kept: BTreeMap::new() };
        let mut left = UNPACKED_MAX;
        let declared: u64 = (0..archive.len()).filter_map(|at| Some(archive.by_index_raw(at).ok()?.size())).sum();
        if declared > UNPACKED_MAX {
            return Err(SheetError::TooLarge(declared >> 20));
        }
        for at in 0..archive.len() {
            let mut member = archive.by_index(at).map_err(damaged)?;
            let name = member.name().map_err(damaged)?.into_owned();
            let limit = left + 1;
            let length = if wanted(&name) {
                let mut content = Vec::new();
                let read = member.by_ref().take(limit).read_to_end(&mut content);
                let length = read.map_err(|error| SheetError::Damaged(error.to_string()))? as u64;
                if !name.contains("/worksheets/") || TELLING.iter().any(|sign| memmem::find(&content, sign).is_some()) {
                    found.kept.insert(name.clone(), content);
                }
                length
            } else {
                std::io::copy(&mut member.by_ref().take(limit), &mut std::io::sink())
                    .map_err(|error| SheetError::Damaged(error.to_string()))?
            };
            left = left.checked_sub(length).ok_or(SheetError::TooLarge(UNPACKED_MAX >> 20))?;
            found.names.push(name);
        }
        Ok(found)
    }

    /// Whether a member is in it.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.names.iter().any(|one| one == name)
    }

    /// The text of a member that was kept.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        std::str::from_utf8(self.kept.get(name)?).ok()
    }
}

fn wanted(name: &str) -> bool {
    let sheet = name.starts_with("xl/worksheets/") && name.ends_with(".xml");
    sheet || matches!(name, "xl/workbook.xml" | "xl/_rels/workbook.xml.rels" | "content.xml")
}
