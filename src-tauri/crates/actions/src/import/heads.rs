//! What a workbook's headers mean: labels and aliases of the definitions, and the headers of our own lists.

mod members;

use std::collections::{BTreeMap, BTreeSet};

use domain::definition::Beside;
use domain::form::Medium;
use domain::path::{Leaf, Path};
use domain::words::{self, Language};
use domain::{Catalogue, FieldType, Record};

use members::Member;

use super::identity::{Identity, is_importable, owner_of};

/// Headers of columns that number the lines or follow from other columns: read past, not kept.
const NUMBERS: [&str; 5] = ["序号", "编号", "行号", "no.", "no"];
const AGES: [&str; 4] = ["年龄", "周岁", "实足年龄", "年龄(周岁)"];

/// A header, its levels from top to bottom.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) levels: Vec<String>,
}

/// A header understood.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Meaning {
    /// What its cells fill.
    pub(crate) path: Option<Path>,
    /// What it says by itself of the row beside: field → value as typed.
    pub(crate) says: BTreeMap<String, String>,
}

/// Every spelling under which a record's fields are known.
pub(crate) struct Vocabulary<'c> {
    catalogue: &'c Catalogue,
    record: &'c Record,
    spellings: BTreeMap<String, Path>,
    beside: Vec<(String, &'c Record, &'c Beside)>,
}

impl Head {
    /// The levels as one text, for the fingerprint and for what it may mean.
    pub(crate) fn text(&self) -> String {
        self.levels.join("")
    }

    /// The levels as people read them.
    pub(crate) fn shown(&self) -> String {
        self.levels.join(" ")
    }
}

/// A header reduced to what counts: NFKC, no spaces, stars or colons, lower case.
pub(crate) fn reduced(head: &str) -> String {
    let kept =
        |c: &char| !c.is_whitespace() && !matches!(c, '★' | '*' | '☆' | '※' | ':' | '：' | '\u{200b}' | '\u{feff}');
    let mut reduced = String::with_capacity(head.len());
    for c in domain::folded::nfkc(head).chars().filter(kept) {
        match c {
            // Chinese characters have no other case: nobody needs to look it up.
            '\u{2e80}'..='\u{9fff}' => reduced.push(c),
            _ => reduced.extend(c.to_lowercase()),
        }
    }
    reduced
}

/// Without what stands in brackets: （必填）, （公里）.
fn bare(reduced: &str) -> String {
    let mut depth = 0usize;
    let kept = reduced.chars().filter(|c| {
        match c {
            '(' | '[' | '【' => depth += 1,
            ')' | ']' | '】' => {
                depth = depth.saturating_sub(1);
                return false;
            }
            _ => {}
        }
        depth == 0
    });
    kept.collect()
}

impl<'c> Vocabulary<'c> {
    pub(crate) fn of(catalogue: &'c Catalogue, record: &'c Record) -> Self {
        let mut all = Self { catalogue, record, spellings: BTreeMap::new(), beside: Vec::new() };
        all.add_fields(record, &[]);
        all.add_owners();
        all.add_named();
        for (child, _) in catalogue.children_of(&record.record) {
            for beside in &child.beside {
                all.beside.extend(beside.heads.iter().map(|head| (reduced(head), child, beside)));
            }
        }
        // The longest beginning counts: 监护人信息 before 监护人.
        all.beside.sort_by_key(|(head, ..)| std::cmp::Reverse(head.chars().count()));
        // The remarks of a marked copy, when it comes back corrected.
        let remarks =
            [Language::Zh, Language::En].map(|language| words::say(language, "rules", "marked", &words::Facts::new()));
        for number in NUMBERS.into_iter().chain(remarks.iter().map(String::as_str)) {
            all.add(number, Path { through: vec![], leaf: Leaf::Number });
        }
        if record.field("birth_date").is_some() {
            for age in AGES {
                all.add(age, Path { through: vec![], leaf: Leaf::Age("birth_date".to_owned()) });
            }
        }
        all
    }

    fn add(&mut self, spelling: &str, path: Path) {
        let full = reduced(spelling);
        let short = bare(&full);
        for key in [full, short].into_iter().filter(|key| !key.is_empty()) {
            self.spellings.entry(key).or_insert_with(|| path.clone());
        }
    }

    fn add_fields(&mut self, record: &Record, through: &[String]) {
        let fields = record.fields.iter().filter(|field| is_importable(record, &field.key));
        // Labels first: an alias never takes another field's own name.
        let (mut labels, mut aliases) = (Vec::new(), Vec::new());
        for field in fields {
            let path = Path { through: through.to_vec(), leaf: Leaf::Field(field.key.to_string()) };
            labels.extend([
                (field.label.zh.as_str(), path.clone()),
                (field.label.en.as_str(), path.clone()),
                (field.key.as_str(), path.clone()),
            ]);
            aliases.extend(field.aliases.iter().map(|alias| (alias.as_str(), path.clone())));
        }
        for (spelling, path) in labels.into_iter().chain(aliases) {
            self.add(spelling, path);
        }
        if !through.is_empty() {
            for field in record.fields.iter().filter(|field| is_importable(record, &field.key)) {
                let path = Path { through: through.to_vec(), leaf: Leaf::Field(field.key.to_string()) };
                self.add(&format!("{}{}", record.title.zh, field.label.zh), path);
            }
        }
    }

    /// Rows that belong to a child name it: its fields are known too, behind the record's own.
    fn add_owners(&mut self) {
        let (mut through, mut at) = (Vec::new(), self.record);
        while let Some((via, owner)) = owner_of(self.catalogue, at) {
            through.push(via.to_owned());
            self.add_fields(owner, &through);
            if let Some(name) = owner.names.first().filter(|_| owner.owner.is_none()) {
                let path = Path { through: through.clone(), leaf: Leaf::Field(name.clone()) };
                self.add(&owner.title.zh, path.clone());
                self.add(&format!("{}姓名", owner.title.zh), path);
            }
            at = owner;
        }
    }

    /// Rows that a field names: what tells them, behind the field's own label.
    fn add_named(&mut self) {
        let fields = self.record.fields.iter().filter(|field| field.kind == FieldType::Row);
        for field in fields.filter(|field| is_importable(self.record, &field.key)) {
            let Some(target) = field.to.as_deref().and_then(|to| self.catalogue.record(to)) else { continue };
            for key in Identity::of(target).told() {
                let label = target.field(key).map(|told| told.label.zh.as_str()).unwrap_or_default();
                let path = Path { through: vec![field.key.to_string()], leaf: Leaf::Field(key.to_owned()) };
                self.add(&format!("{}{label}", field.label.zh), path);
            }
        }
    }

    /// Whether a header is known by itself.
    pub(crate) fn knows(&self, head: &Head) -> bool {
        let full = head.text();
        self.own(&full).is_some() || self.member(&full).is_some()
    }

    /// Whether a path leads somewhere from this record.
    pub(crate) fn holds(&self, path: &Path) -> bool {
        path.holds(self.catalogue, &self.record.record)
    }

    /// Whether a column tells whom a line is about: a name, or a number no two share.
    pub(crate) fn identifies(&self, meaning: &Meaning) -> bool {
        let Some(Path { through, leaf: Leaf::Field(key) }) = &meaning.path else { return false };
        let mut root = self.record;
        let mut steps = 0;
        while let Some((_, owner)) = owner_of(self.catalogue, root) {
            (root, steps) = (owner, steps + 1);
        }
        let identity = Identity::of(root);
        through.len() == steps && (identity.uses(key) || (steps == 0 && self.record.key.iter().any(|own| own == key)))
    }

    fn own(&self, text: &str) -> Option<&Path> {
        let full = reduced(text);
        self.spellings.get(&full).or_else(|| self.spellings.get(&bare(&full)))
    }

    /// What each header means. No two columns become the same thing by guess alone.
    pub(crate) fn understand(&self, heads: &[Head]) -> Vec<Meaning> {
        if let Some(own) = self.own_list(heads) {
            return own;
        }
        let mut meanings = vec![Meaning::default(); heads.len()];
        let mut members: Vec<Option<Member<'c>>> = vec![None; heads.len()];
        for ((head, meaning), member) in heads.iter().zip(&mut meanings).zip(&mut members) {
            let full = head.text();
            meaning.path = self.own(&full).cloned();
            if meaning.path.is_none() {
                *member = self.member_below(head);
            }
        }
        self.number_members(&members, &mut meanings);
        self.follow_members(heads, &mut meanings);
        self.take_lone_members(&members, &mut meanings);
        for (head, at) in heads.iter().zip(0..) {
            let Some([_, .., last]) = head.levels.get(..) else { continue };
            let taken: BTreeSet<&Path> = meanings.iter().filter_map(|meaning| meaning.path.as_ref()).collect();
            let found = self.own(last).filter(|path| !taken.contains(path)).cloned();
            if let Some(meaning) = meanings.get_mut(at).filter(|meaning| meaning.path.is_none()) {
                meaning.path = found;
            }
        }
        meanings
    }

    /// The columns of a list this program wrote, recognised as a whole.
    fn own_list(&self, heads: &[Head]) -> Option<Vec<Meaning>> {
        let texts: Vec<String> = heads.iter().map(|head| reduced(&head.text())).collect();
        let forms = self.catalogue.forms().filter(|form| form.record == self.record.record);
        for form in forms {
            let columns: Vec<_> = form.columns_of(Medium::Screen).collect();
            let head_of = |column: &&domain::form::Column| {
                let field = column.path.field(self.catalogue, &self.record.record);
                reduced(column.head.as_ref().or(field.map(|field| &field.label)).map_or("", |label| &label.zh))
            };
            if columns.len() > 2
                && texts.len() >= columns.len()
                && columns.iter().map(head_of).eq(texts.iter().take(columns.len()).cloned())
            {
                let known =
                    columns.iter().map(|column| Meaning { path: Some(column.path.clone()), ..Meaning::default() });
                let added = heads.iter().skip(columns.len());
                return Some(
                    known
                        .chain(
                            added.map(|head| Meaning { path: self.own(&head.text()).cloned(), ..Meaning::default() }),
                        )
                        .collect(),
                );
            }
        }
        None
    }

    /// What columns can be understood as: paths with what people call them.
    pub(crate) fn targets(&self) -> Vec<(Path, String)> {
        let mut all = Vec::new();
        let own = self.record.fields.iter().filter(|field| is_importable(self.record, &field.key));
        all.extend(
            own.map(|field| {
                (Path { through: vec![], leaf: Leaf::Field(field.key.to_string()) }, field.label.zh.clone())
            }),
        );
        for (child, _) in self.catalogue.children_of(&self.record.record).filter(|(child, _)| !child.beside.is_empty())
        {
            for nth in 1..=2 {
                let fields = child.fields.iter().filter(|field| is_importable(child, &field.key));
                all.extend(fields.map(|field| {
                    let leaf = Leaf::Child { record: child.record.clone(), nth, field: field.key.to_string() };
                    (Path { through: vec![], leaf }, format!("{}{nth} · {}", child.title.zh, field.label.zh))
                }));
            }
        }
        let (mut through, mut at) = (Vec::new(), self.record);
        while let Some((via, owner)) = owner_of(self.catalogue, at) {
            through.push(via.to_owned());
            let fields = owner.fields.iter().filter(|field| is_importable(owner, &field.key));
            all.extend(fields.map(|field| {
                let path = Path { through: through.clone(), leaf: Leaf::Field(field.key.to_string()) };
                (path, format!("{} · {}", owner.title.zh, field.label.zh))
            }));
            at = owner;
        }
        all.push((
            Path { through: vec![], leaf: Leaf::Number },
            NUMBERS.first().copied().unwrap_or_default().to_owned(),
        ));
        all
    }
}
