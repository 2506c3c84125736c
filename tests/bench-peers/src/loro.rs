//! Loro: the later of two concurrent values stands, by a counter; the other stays in the history, unnamed.

use loro::{ExportMode, LoroDoc, LoroMap, VersionVector};

use crate::documents::{Document, nameless};
use crate::files::{FIELDS, Form};
use crate::trials::Engine;

/// The contender.
pub struct Loro;

/// A document with what of it has travelled.
pub struct Site {
    doc: LoroDoc,
    sent: VersionVector,
    children: Vec<LoroMap>,
}

impl Site {
    fn of(doc: LoroDoc) -> Self {
        let root = doc.get_map("children");
        let child = |child: usize| root.get(&child.to_string())?.into_container().ok()?.into_map().ok();
        let children = (0..).map_while(child).collect();
        Self { sent: doc.oplog_vv(), doc, children }
    }
}

impl Engine for Loro {
    type Site = Site;

    fn site(&self, children: usize) -> Site {
        self.begin(&nameless(children))
    }

    fn copy(&self, site: &mut Site) -> Site {
        let bytes = self.save(site);
        Site { sent: site.sent.clone(), ..self.load(&bytes) }
    }

    fn write(&self, site: &mut Site, child: usize, field: usize, text: &str) {
        self.form(site, &Form { child, fields: vec![(field, text.to_owned())] });
    }

    fn pack(&self, site: &mut Site) -> Vec<u8> {
        let package = site.doc.export(ExportMode::updates(&site.sent)).expect("a package");
        site.sent = site.doc.oplog_vv();
        package
    }

    fn take(&self, site: &mut Site, package: &[u8]) -> bool {
        site.doc.import(package).is_ok()
    }

    fn shown(&self, site: &Site, child: usize, field: usize) -> Option<String> {
        let value = site.children[child].get(FIELDS[field])?.into_value().ok()?;
        value.into_string().ok().map(|text| text.to_string())
    }

    fn conflicts(&self, _: &Site) -> usize {
        0
    }
}

impl Document for Loro {
    fn begin(&self, children: &[Vec<(String, String)>]) -> Site {
        let doc = LoroDoc::new();
        let root = doc.get_map("children");
        for (child, fields) in children.iter().enumerate() {
            let map = root.insert_container(&child.to_string(), LoroMap::new()).expect("a child");
            for (key, text) in fields {
                map.insert(key, text.as_str()).expect("a field");
            }
        }
        doc.commit();
        Site::of(doc)
    }

    fn save(&self, site: &mut Site) -> Vec<u8> {
        site.doc.export(ExportMode::Snapshot).expect("a file")
    }

    fn load(&self, bytes: &[u8]) -> Site {
        Site::of(LoroDoc::from_snapshot(bytes).expect("a document"))
    }

    fn form(&self, site: &mut Site, form: &Form) {
        for (field, text) in &form.fields {
            site.children[form.child].insert(FIELDS[*field], text.as_str()).expect("a field");
        }
        site.doc.commit();
    }

    fn remembers(&self, site: &mut Site) -> Option<usize> {
        Some(site.doc.len_ops() - site.children.len())
    }
}
