//! Yrs (Yjs): the later of two concurrent values stands, by a counter; what was overwritten is collected.

use yrs::updates::decoder::Decode;
use yrs::{Doc, Map, MapPrelim, MapRef, Out, ReadTxn, StateVector, Transact, Update};

use crate::documents::{Document, nameless};
use crate::files::{FIELDS, Form};
use crate::trials::Engine;

/// The contender.
pub struct Yrs;

/// A document with what of it has travelled.
pub struct Site {
    doc: Doc,
    sent: StateVector,
    children: Vec<MapRef>,
}

impl Site {
    fn of(doc: Doc) -> Self {
        let root = doc.get_or_insert_map("children");
        let transaction = doc.transact();
        let child = |child: usize| match root.get(&transaction, &child.to_string()) {
            Some(Out::YMap(map)) => Some(map),
            _ => None,
        };
        let children = (0..).map_while(child).collect();
        let sent = transaction.state_vector();
        drop(transaction);
        Self { doc, sent, children }
    }
}

impl Engine for Yrs {
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
        let transaction = site.doc.transact();
        let package = transaction.encode_diff_v2(&site.sent);
        site.sent = transaction.state_vector();
        package
    }

    fn take(&self, site: &mut Site, package: &[u8]) -> bool {
        let Ok(update) = Update::decode_v2(package) else { return false };
        site.doc.transact_mut().apply_update(update).is_ok()
    }

    fn shown(&self, site: &Site, child: usize, field: usize) -> Option<String> {
        match site.children[child].get(&site.doc.transact(), FIELDS[field])? {
            Out::Any(yrs::Any::String(text)) => Some(text.to_string()),
            _ => None,
        }
    }

    fn conflicts(&self, _: &Site) -> usize {
        0
    }
}

impl Document for Yrs {
    fn begin(&self, children: &[Vec<(String, String)>]) -> Site {
        let doc = Doc::new();
        let root = doc.get_or_insert_map("children");
        {
            let mut transaction = doc.transact_mut();
            for (child, fields) in children.iter().enumerate() {
                let map = root.insert(&mut transaction, child.to_string(), MapPrelim::default());
                for (key, text) in fields {
                    map.insert(&mut transaction, key.as_str(), text.as_str());
                }
            }
        }
        Site::of(doc)
    }

    fn save(&self, site: &mut Site) -> Vec<u8> {
        site.doc.transact().encode_state_as_update_v2(&StateVector::default())
    }

    fn load(&self, bytes: &[u8]) -> Site {
        let doc = Doc::new();
        let update = Update::decode_v2(bytes).expect("a document");
        doc.transact_mut().apply_update(update).expect("a document");
        Site::of(doc)
    }

    fn form(&self, site: &mut Site, form: &Form) {
        let mut transaction = site.doc.transact_mut();
        for (field, text) in &form.fields {
            site.children[form.child].insert(&mut transaction, FIELDS[*field], text.as_str());
        }
    }

    fn remembers(&self, _: &mut Site) -> Option<usize> {
        None
    }
}
