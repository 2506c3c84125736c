//! Columns that fill rows beside a child: 监护人姓名, 母亲的电话, 家庭成员1 工作单位.

use std::collections::BTreeMap;

use domain::definition::Beside;
use domain::path::{Leaf, Path};
use domain::{FieldType, Record};

use super::super::identity::is_importable;
use super::{Head, Meaning, Vocabulary, bare, reduced};

/// What the wide cell above a member's columns may say more than whose they are: 监护人情况, 父亲基本信息.
const BANDS: [&str; 3] = ["基本", "信息", "情况"];

/// A column of a row beside: whose, which description, which field.
#[derive(Clone)]
pub(super) struct Member<'c> {
    child: &'c Record,
    beside: &'c Beside,
    field: String,
}

impl<'c> Vocabulary<'c> {
    /// The column of a row beside that a header names by itself.
    pub(super) fn member(&self, text: &str) -> Option<Member<'c>> {
        let full = reduced(text);
        [full.clone(), bare(&full)].iter().find_map(|text| {
            self.beside.iter().find_map(|(head, child, beside)| {
                let rest = text.strip_prefix(head.as_str())?;
                let rest = rest.trim_start_matches(['-', '_', '.', '的', '/']);
                let below = BANDS.into_iter().fold(rest, |rest, word| rest.strip_prefix(word).unwrap_or(rest));
                // 监护人情况 alone says nothing of a name.
                let field = child_field(child, below).filter(|_| rest.is_empty() || !below.is_empty())?;
                Some(Member { child, beside, field })
            })
        })
    }

    /// The same of a header of several levels: the lowest may name it too, whatever stands above (监护人情况 over 监护人姓名).
    pub(super) fn member_below(&self, head: &Head) -> Option<Member<'c>> {
        let alone = || match head.levels.as_slice() {
            [_, .., last] if self.own(last).is_none() => self.member(last),
            _ => None,
        };
        self.member(&head.text()).or_else(alone)
    }

    /// 成员1 is the first row beside, 成员2 the second; 父亲, 母亲 and others follow in their order.
    pub(super) fn number_members(&self, members: &[Option<Member<'c>>], meanings: &mut [Meaning]) {
        let mut numbers: Vec<(&str, *const Beside, usize)> = Vec::new();
        let found: Vec<&Member<'c>> = members.iter().flatten().collect();
        let (fixed, free): (Vec<_>, Vec<_>) = found.into_iter().partition(|member| member.beside.nth.is_some());
        for member in fixed.into_iter().chain(free) {
            let (record, key) = (member.child.record.as_str(), std::ptr::from_ref(member.beside));
            if numbers.iter().any(|(_, known, _)| *known == key) {
                continue;
            }
            let is_free = |nth: &usize| !numbers.iter().any(|(one, _, taken)| *one == record && taken == nth);
            let nth = member.beside.nth.filter(is_free).or_else(|| (1..=members.len()).find(is_free));
            numbers.extend(nth.map(|nth| (record, key, nth)));
        }
        for (member, meaning) in members.iter().zip(meanings) {
            let Some(member) = member else { continue };
            let key = std::ptr::from_ref(member.beside);
            let Some((.., nth)) = numbers.iter().find(|(_, known, _)| *known == key) else { continue };
            let leaf = Leaf::Child { record: member.child.record.clone(), nth: *nth, field: member.field.clone() };
            *meaning = Meaning { path: Some(Path { through: vec![], leaf }), says: member.beside.says.clone() };
        }
    }

    /// 监护人姓名 · 与学生关系 · 联系电话: what stands right behind a member's column and fits a member is the member's.
    pub(super) fn follow_members(&self, heads: &[Head], meanings: &mut [Meaning]) {
        let mut last: Option<(&Record, usize, BTreeMap<String, String>)> = None;
        for (at, head) in heads.iter().enumerate() {
            let path = meanings.get(at).and_then(|meaning| meaning.path.clone());
            if let Some(Path { leaf: Leaf::Child { record, nth, .. }, .. }) = &path {
                let says = meanings.get(at).map(|meaning| meaning.says.clone()).unwrap_or_default();
                last = self.catalogue.record(record).map(|child| (child, *nth, says));
                continue;
            }
            let Some((child, nth, says)) = &last else { continue };
            let full = reduced(&head.text());
            let field =
                child_field(child, &full).or_else(|| child_field(child, &bare(&full))).filter(|_| !full.is_empty());
            let leaf = |field: &str| Leaf::Child { record: child.record.clone(), nth: *nth, field: field.to_owned() };
            let taken =
                |field: &str| meanings.iter().any(|one| one.path.as_ref().is_some_and(|path| path.leaf == leaf(field)));
            let is_phone = |field: &String| child.field(field).is_some_and(|field| field.kind == FieldType::Phone);
            let name = child.names.first().map(String::as_str).unwrap_or_default();
            let field = field.filter(|field| !taken(field) && (path.is_none() || (is_phone(field) && taken(name))));
            match field {
                Some(field) => {
                    let path = Path { through: vec![], leaf: leaf(&field) };
                    let meaning = Meaning { path: Some(path), says: says.clone() };
                    meanings.iter_mut().skip(at).take(1).for_each(|one| *one = meaning.clone());
                }
                None => last = None,
            }
        }
    }

    /// 家长电话 without a 家长姓名 beside it is the child's own telephone, if that column is not there.
    pub(super) fn take_lone_members(&self, members: &[Option<Member<'c>>], meanings: &mut [Meaning]) {
        for (at, member) in members.iter().enumerate() {
            let Some(member) = member else { continue };
            let key = std::ptr::from_ref(member.beside);
            let same = members.iter().flatten().filter(|other| std::ptr::from_ref(other.beside) == key);
            let name = member.child.names.first();
            if same.into_iter().any(|other| Some(&other.field) == name) || self.record.field(&member.field).is_none() {
                continue;
            }
            let own = Path { through: vec![], leaf: Leaf::Field(member.field.clone()) };
            if meanings.iter().all(|meaning| meaning.path.as_ref() != Some(&own))
                && let Some(meaning) = meanings.get_mut(at)
            {
                *meaning = Meaning { path: Some(own), says: BTreeMap::new() };
            }
        }
    }
}

fn child_field(child: &Record, rest: &str) -> Option<String> {
    if rest.is_empty() {
        return child.names.first().cloned();
    }
    let is = |spelling: &String| {
        let full = reduced(spelling);
        full == rest || bare(&full) == rest
    };
    let fields = || child.fields.iter().filter(|field| is_importable(child, &field.key));
    let label = fields().find(|field| is(&field.label.zh));
    label.or_else(|| fields().find(|field| field.aliases.iter().any(is))).map(|field| field.key.to_string())
}
