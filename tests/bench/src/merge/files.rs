//! The work of a merge as files that every contender reads, whatever it is built on.

use std::fs;
use std::path::{Path, PathBuf};

/// Fields that are written; a fifth of them are searched.
pub const FIELDS: [&str; 20] = [
    "ethnicity",
    "household_place",
    "household_kind",
    "village",
    "address",
    "phone",
    "home_address",
    "mail_address",
    "postcode",
    "birth_place",
    "native_place",
    "political",
    "health",
    "email",
    "talents",
    "local_code",
    "former_name",
    "blood_type",
    "country",
    "note",
];

/// A saved form: one child, some fields.
#[derive(Debug, Clone)]
pub struct Form {
    /// The child's number in its school.
    pub child: usize,
    /// Places in [`FIELDS`], and what was written.
    pub fields: Vec<(usize, String)>,
}

/// Files of one kind in a folder, school by school.
pub fn files(folder: &Path, kind: &str) -> Vec<PathBuf> {
    (0..).map(|school| folder.join(format!("{school:03}.{kind}"))).take_while(|file| file.exists()).collect()
}

/// The forms of a file: form, child, field, value on each line.
pub fn forms(file: &Path) -> Vec<Form> {
    let text = fs::read_to_string(file).expect("a file");
    let mut forms: Vec<(usize, Form)> = Vec::new();
    for line in text.lines() {
        let parts: Vec<&str> = line.splitn(4, ',').collect();
        let number = |at: usize| parts[at].parse::<usize>().expect("a number");
        let field = (number(2), parts[3].to_owned());
        match forms.last_mut().filter(|(form, _)| *form == number(0)) {
            Some((_, form)) => form.fields.push(field),
            None => forms.push((number(0), Form { child: number(1), fields: vec![field] })),
        }
    }
    forms.into_iter().map(|(_, form)| form).collect()
}

/// The lines that [`forms`] reads.
pub fn lines(forms: &[Form]) -> String {
    let mut text = String::new();
    for (form, number) in forms.iter().zip(0..) {
        for (field, value) in &form.fields {
            text.push_str(&format!("{number},{},{field},{value}\n", form.child));
        }
    }
    text
}
