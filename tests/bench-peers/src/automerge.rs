//! Automerge: every concurrent value is kept and can be asked for.

use automerge::transaction::Transactable;
use automerge::{AutoCommit, ObjId, ObjType, ROOT, ReadDoc, Value};

use crate::documents::{Document, nameless};
use crate::files::{FIELDS, Form};
use crate::trials::Engine;

/// The contender.
pub struct Automerge;

/// A document with the objects of its children.
pub struct Site {
    doc: AutoCommit,
    children: Vec<ObjId>,
}

impl Site {
    fn of(doc: AutoCommit) -> Self {
        let object = |child: usize| match doc.get(ROOT, child.to_string()) {
            Ok(Some((Value::Object(_), id))) => Some(id),
            _ => None,
        };
        let children = (0..).map_while(object).collect();
        Self { doc, children }
    }
}

impl Engine for Automerge {
    type Site = Site;

    fn site(&self, children: usize) -> Site {
        self.begin(&nameless(children))
    }

    fn copy(&self, site: &mut Site) -> Site {
        let bytes = self.save(site);
        self.load(&bytes)
    }

    fn write(&self, site: &mut Site, child: usize, field: usize, text: &str) {
        self.form(site, &Form { child, fields: vec![(field, text.to_owned())] });
    }

    fn pack(&self, site: &mut Site) -> Vec<u8> {
        site.doc.save_incremental()
    }

    fn take(&self, site: &mut Site, package: &[u8]) -> bool {
        site.doc.load_incremental(package).is_ok()
    }

    fn shown(&self, site: &Site, child: usize, field: usize) -> Option<String> {
        let (value, _) = site.doc.get(&site.children[child], FIELDS[field]).ok()??;
        value.as_str().map(str::to_owned)
    }

    fn conflicts(&self, site: &Site) -> usize {
        let several = |child: &ObjId, field: &&str| site.doc.get_all(child, *field).is_ok_and(|all| all.len() > 1);
        site.children.iter().map(|child| FIELDS.iter().filter(|field| several(child, field)).count()).sum()
    }
}

impl Document for Automerge {
    fn begin(&self, children: &[Vec<(String, String)>]) -> Site {
        let mut doc = AutoCommit::new();
        for (child, fields) in children.iter().enumerate() {
            let object = doc.put_object(ROOT, child.to_string(), ObjType::Map).expect("a child");
            for (key, text) in fields {
                doc.put(&object, key.as_str(), text.as_str()).expect("a field");
            }
        }
        doc.commit();
        Site::of(doc)
    }

    fn save(&self, site: &mut Site) -> Vec<u8> {
        site.doc.save()
    }

    fn load(&self, bytes: &[u8]) -> Site {
        let mut doc = AutoCommit::load(bytes).expect("a document");
        // What stands in the file was saved: only what comes after it travels.
        doc.save_incremental();
        Site::of(doc)
    }

    fn form(&self, site: &mut Site, form: &Form) {
        for (field, text) in &form.fields {
            site.doc.put(&site.children[form.child], FIELDS[*field], text.as_str()).expect("a field");
        }
        site.doc.commit();
    }

    fn remembers(&self, site: &mut Site) -> Option<usize> {
        let operations: usize = site.doc.get_changes(&[]).iter().map(|change| change.len()).sum();
        Some(operations - site.children.len())
    }
}
