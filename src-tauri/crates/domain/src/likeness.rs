//! 疑似重复: children entered twice, or by two schools (decisions 41, merge.md §2.6).
//!
//! Candidates come from three plain questions, the same on every computer: one number, one name and birthday, one sound
//! and guardian's telephone. Nothing is scored; a person decides. Twins are never proposed without saying so.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::id_number::IdNumber;
use crate::{Id, Row, Value, search_key};

/// What is compared of a child.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Person {
    /// The row, when it stands in the ledger.
    pub id: Option<Id>,
    /// 姓名, 曾用名, 户口簿上的姓名: whatever the child is or was called; the first is the one in use.
    pub names: Vec<String>,
    /// 出生日期, ISO 8601.
    pub birth_date: Option<String>,
    /// 性别, a code of the list `sex`.
    pub sex: Option<String>,
    /// 身份证件号.
    pub id_number: Option<String>,
    /// 学籍号.
    pub student_code: Option<String>,
    /// The child's own telephone and those of its guardians.
    pub phones: Vec<String>,
}

/// Why two rows may be one child. `assets/words/<language>/people.json` has the sentences.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(rename = "LikenessGround")]
pub enum Ground {
    /// The same ID number.
    IdNumber,
    /// The same student code.
    StudentCode,
    /// The same name and birthday.
    NameAndBirthday,
    /// Names of one sound, and one telephone.
    SoundAndPhone,
}

/// What speaks for two children, or should be looked at first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(rename = "LikenessCaution")]
pub enum Caution {
    /// One birthday and one telephone, but names written differently, or two sexes: brothers and sisters of one birth.
    Twins,
    /// Names of one sound, written differently.
    Homophones,
    /// The birthdays differ.
    Birthdays,
    /// One is a boy and one a girl.
    Sexes,
    /// The names have nothing in common.
    Names,
    /// The ID numbers differ.
    IdNumbers,
}

/// Two rows that may be one child.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Likeness {
    /// Places among the children compared; of [`between`] the first is on the left.
    pub pair: (usize, usize),
    /// Why, strongest first; never empty.
    pub grounds: Vec<Ground>,
    /// What to look at before saying so.
    pub cautions: Vec<Caution>,
}

/// More children than this under one key are an artefact (a number typed for everybody), not one child.
const BLOCK_MAX: usize = 12;

/// Telephone and number keys shorter than this say nothing.
const DIGITS_MIN: usize = 7;

impl Person {
    /// From a row of the record `student` and the telephones of its guardians.
    pub fn of(id: Id, row: &Row, phones: impl IntoIterator<Item = String>) -> Self {
        let text = |key: &str| row.get(key).and_then(Value::as_text).filter(|text| !text.is_empty()).map(str::to_owned);
        Self {
            id: Some(id),
            names: ["name", "former_name", "register_name"].into_iter().filter_map(text).collect(),
            birth_date: text("birth_date"),
            sex: text("sex"),
            id_number: text("id_number"),
            student_code: text("student_code"),
            phones: text("phone").into_iter().chain(phones).collect(),
        }
    }

    /// What a row of `student` must hold for [`Self::of`].
    pub const FIELDS: [&str; 8] =
        ["name", "former_name", "register_name", "birth_date", "sex", "id_number", "student_code", "phone"];

    /// Everything this child could meet another by.
    fn keys(&self) -> BTreeSet<(Ground, String)> {
        let mut keys = BTreeSet::new();
        let number = |text: &String| Some(search_key::fold(text)).filter(|text| text.chars().count() >= DIGITS_MIN);
        keys.extend(self.id_number.iter().filter_map(number).map(|key| (Ground::IdNumber, key)));
        keys.extend(self.student_code.iter().filter_map(number).map(|key| (Ground::StudentCode, key)));
        if let Some(day) = &self.birth_date {
            let names = self.names.iter().map(|name| search_key::fold(name));
            keys.extend(names.map(|name| (Ground::NameAndBirthday, format!("{name} {day}"))));
        }
        for phone in self.phones() {
            let sounds = self.names.iter().flat_map(|name| search_key::full(name));
            keys.extend(sounds.map(|sound| (Ground::SoundAndPhone, format!("{sound} {phone}"))));
        }
        keys
    }

    fn phones(&self) -> BTreeSet<String> {
        let digits = |phone: &String| phone.chars().filter(char::is_ascii_digit).collect::<String>();
        self.phones.iter().map(digits).filter(|phone| phone.len() >= DIGITS_MIN).collect()
    }

    fn folded_names(&self) -> BTreeSet<String> {
        self.names.iter().map(|name| search_key::fold(name)).collect()
    }

    fn sounds(&self) -> BTreeSet<String> {
        self.names.iter().flat_map(|name| search_key::full(name)).collect()
    }

    /// The ID number, if nothing contradicts itself in it.
    fn sound_number(&self) -> Option<IdNumber> {
        let number = IdNumber::parse(self.id_number.as_deref()?).ok()?;
        number.fault().is_none().then_some(number)
    }
}

/// Children of one list that may be one, in the order of the list.
pub fn within(people: &[Person]) -> Vec<Likeness> {
    let mut met: BTreeMap<(usize, usize), Vec<Ground>> = BTreeMap::new();
    for ((ground, _), block) in blocks(people).into_iter().filter(|(_, block)| block.len() <= BLOCK_MAX) {
        for (nth, one) in block.iter().enumerate() {
            for other in block.iter().skip(nth + 1) {
                met.entry((*one, *other)).or_default().push(ground);
            }
        }
    }
    judged(met, people, people)
}

/// Children on the left that may be children on the right, in the order of the lists.
pub fn between(left: &[Person], right: &[Person]) -> Vec<Likeness> {
    let mut met: BTreeMap<(usize, usize), Vec<Ground>> = BTreeMap::new();
    let there = blocks(right);
    for (key, block) in blocks(left) {
        let Some(others) = there.get(&key).filter(|others| others.len() <= BLOCK_MAX && block.len() <= BLOCK_MAX)
        else {
            continue;
        };
        for one in &block {
            for other in others {
                met.entry((*one, *other)).or_default().push(key.0);
            }
        }
    }
    judged(met, left, right)
}

fn blocks(people: &[Person]) -> BTreeMap<(Ground, String), Vec<usize>> {
    let mut blocks: BTreeMap<(Ground, String), Vec<usize>> = BTreeMap::new();
    for (at, person) in people.iter().enumerate() {
        for key in person.keys() {
            blocks.entry(key).or_default().push(at);
        }
    }
    blocks
}

fn judged(met: BTreeMap<(usize, usize), Vec<Ground>>, left: &[Person], right: &[Person]) -> Vec<Likeness> {
    let likeness = |(pair, mut grounds): ((usize, usize), Vec<Ground>)| {
        let (one, other) = (left.get(pair.0)?, right.get(pair.1)?);
        grounds.sort_unstable();
        grounds.dedup();
        let by_number = grounds.contains(&Ground::IdNumber);
        // Two sound ID numbers are two children, whatever they are called.
        let two_numbers = one.sound_number().zip(other.sound_number()).is_some_and(|(one, other)| one != other);
        (by_number || !two_numbers).then(|| Likeness { pair, cautions: cautions(one, other), grounds })
    };
    met.into_iter().filter_map(likeness).collect()
}

fn cautions(one: &Person, other: &Person) -> Vec<Caution> {
    let differ = |one: &Option<String>, other: &Option<String>| one.is_some() && other.is_some() && one != other;
    let (names, sounds) = (one.folded_names(), one.sounds());
    let one_name = !names.is_disjoint(&other.folded_names());
    let one_sound = !sounds.is_disjoint(&other.sounds());
    let one_phone = !one.phones().is_disjoint(&other.phones());
    let one_birthday = one.birth_date.is_some() && one.birth_date == other.birth_date;
    let sexes = differ(&one.sex, &other.sex);
    let twins = one_birthday && one_phone && (!one_name || sexes);
    let said = [
        (twins, Caution::Twins),
        (one_sound && !one_name, Caution::Homophones),
        (differ(&one.birth_date, &other.birth_date), Caution::Birthdays),
        (sexes, Caution::Sexes),
        (!one_sound && !one_name, Caution::Names),
        (differ(&one.id_number, &other.id_number), Caution::IdNumbers),
    ];
    said.into_iter().filter_map(|(holds, caution)| holds.then_some(caution)).collect()
}

impl Ground {
    /// Its key under `likeness` in `people.json`.
    pub fn code(self) -> &'static str {
        match self {
            Self::IdNumber => "id_number",
            Self::StudentCode => "student_code",
            Self::NameAndBirthday => "name_and_birthday",
            Self::SoundAndPhone => "sound_and_phone",
        }
    }
}

impl Caution {
    /// Its key under `caution` in `people.json`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Twins => "twins",
            Self::Homophones => "homophones",
            Self::Birthdays => "birthdays",
            Self::Sexes => "sexes",
            Self::Names => "names",
            Self::IdNumbers => "id_numbers",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn child(name: &str, born: &str, number: &str, phone: &str) -> Person {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        Person {
            names: vec![name.to_owned()],
            birth_date: some(born),
            id_number: some(number),
            phones: some(phone).into_iter().collect(),
            ..Person::default()
        }
    }

    /// Guards against: names compared by writing alone; twins not told; blocks without a limit.
    #[test]
    fn one_child_is_proposed_for_a_reason_and_twins_are_told() {
        let people = [
            child("张小芳", "2015-03-02", "", "138 0000 1234"),
            child("章晓方", "2015-03-02", "", "13800001234"),
            child("王强", "2014-01-01", "", ""),
            child("王强", "2014-01-01", "", "13911112222"),
            child("王强", "2014-01-02", "", ""),
        ];
        let found = within(&people);
        let pairs: Vec<_> = found.iter().map(|one| (one.pair, one.grounds.clone())).collect();
        assert_eq!(
            pairs,
            [((0, 1), vec![Ground::SoundAndPhone]), ((2, 3), vec![Ground::NameAndBirthday])],
            "a homophone with one telephone, and a name with one birthday"
        );
        assert_eq!(found[0].cautions, [Caution::Twins, Caution::Homophones]);
        assert_eq!(found[1].cautions, []);
    }

    /// Guards against: a wrong check digit taken for a second child; two sound numbers proposed as one child.
    #[test]
    fn two_sound_numbers_are_two_children() {
        let (sound, other, wrong) = ("11010519491231002X", "440524188001010014", "110105194912310021");
        let pair = |one, two| {
            let left = child("李明", "2015-05-05", one, "");
            !between(&[left], &[child("李明", "2015-05-05", two, "")]).is_empty()
        };
        assert!(!pair(sound, other));
        assert!(pair(sound, wrong) && pair(sound, "") && pair(sound, sound));
    }

    /// Guards against: a school's own telephone, typed for every child, making everybody a candidate.
    #[test]
    fn what_was_typed_for_everybody_proposes_nobody() {
        let all: Vec<Person> = (0..40).map(|_| child("无名", "2015-05-05", "0000000000", "13800000000")).collect();
        assert!(within(&all).is_empty());
    }
}
