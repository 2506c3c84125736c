//! One person says that two rows are one child, another that they are two: that is a conflict, listed and settled as others
//! are.

use actions::{ConflictLine, PairRequest, PutOffRequest, ResolveRequest};
use domain::Id;
use serde_json::{Value as Json, json};
use store::Definitions;
use support::desks::Office;

/// Two computers of a school, and three rows of children in both.
struct Two {
    one: Office,
    two: Office,
    ming: Id,
    twin: Id,
    mei: Id,
}

impl Two {
    fn new() -> Self {
        let built_in = Definitions::built_in();
        let one = Office::new("school", "柳湾村小学", 2, &built_in);
        let child = |name: &str, village: &str| {
            one.put("student", &json!({ "name": name, "sex": "1", "birth_date": "2015-03-04", "village": village }))
        };
        let (ming, twin, mei) = (child("王小明", "上坪"), child("王晓明", "下坪"), child("王晓梅", "下坪"));
        let two = one.cloned(3, &built_in);
        Self { one, two, ming, twin, mei }
    }

    fn meet(&self) {
        self.one.carry_to(&self.two);
        self.two.carry_to(&self.one);
        self.one.carry_to(&self.two);
        for office in [&self.one, &self.two] {
            assert!(actions::check(&office.desk, ()).unwrap().sound);
        }
    }

    fn open(&self) -> Vec<ConflictLine> {
        let [one, two] = [&self.one, &self.two].map(|office| actions::conflicts(&office.desk, ()).unwrap());
        assert_eq!(one.len(), two.len());
        one
    }

    fn children(&self) -> [usize; 2] {
        [&self.one, &self.two].map(|office| office.get("student", None).len())
    }
}

fn same(office: &Office, one: Id, other: Id) {
    let why = Some("户口簿上是同一个人".to_owned());
    actions::same(&office.desk, PairRequest { one, other, why }).unwrap();
}

fn apart(office: &Office, one: Id, other: Id) {
    let why = Some("已问家长，是双胞胎".to_owned());
    actions::tell_apart(&office.desk, PairRequest { one, other, why }).unwrap();
}

fn resolve(office: &Office, line: &ConflictLine, value: Json) {
    let request = ResolveRequest { id: line.id, field: line.field.clone(), value, why: "到家里看过".to_owned() };
    actions::resolve(&office.desk, request).unwrap();
}

/// Whichever row gave way for the other, both words stand in the list with who said them and why; settled either way it is
/// settled everywhere, and the word not taken stays in the history.
///
/// Mutants caught: what is said of being one child never noted as filled differently; a choice of "two children" that
/// leaves the rows joined; a choice of "one child" that leaves the other word standing.
#[test]
fn one_child_against_two_is_listed_and_settled() {
    for (turned, takes_one) in [(false, true), (false, false), (true, true), (true, false)] {
        let school = Two::new();
        let (gives_way, stays) = if turned { (school.twin, school.ming) } else { (school.ming, school.twin) };
        same(&school.one, gives_way, stays);
        apart(&school.two, school.ming, school.twin);
        assert!(actions::conflicts(&school.one.desk, ()).unwrap().is_empty());
        school.meet();
        let open = school.open();
        assert_eq!(open.len(), 1);
        let texts: Vec<(&str, &str)> =
            open[0].rivals.iter().map(|one| (one.text.as_str(), one.why.as_deref().unwrap())).collect();
        let says = |word: &str, why: &str| texts.iter().any(|(text, told)| text.contains(word) && *told == why);
        assert!(says("是同一个孩子", "户口簿上是同一个人") && says("是两个孩子", "已问家长，是双胞胎"), "{texts:?}");
        assert!(["王小明", "王晓明"].contains(&open[0].name.as_str()), "{}", open[0].name);
        assert_eq!(actions::to_decide(&school.two.desk, ()).unwrap().settle, 1);
        let later = PutOffRequest { id: open[0].id, field: open[0].field.clone(), later: true };
        actions::put_off(&school.two.desk, vec![later]).unwrap();
        assert_eq!(actions::to_decide(&school.two.desk, ()).unwrap().settle, 0);

        let value = if takes_one { Json::from(stays.to_string()) } else { Json::Null };
        assert!(open[0].rivals.iter().any(|rival| rival.value == value));
        resolve(&school.one, &open[0], value);
        assert!(actions::conflicts(&school.one.desk, ()).unwrap().is_empty());
        school.meet();
        assert!(school.open().is_empty());
        assert_eq!(school.children(), if takes_one { [2, 2] } else { [3, 3] });
        let told = actions::history(&school.one.desk, gives_way).unwrap();
        assert!(told.iter().any(|line| line.why.as_deref() == Some("已问家长，是双胞胎")));
        assert!(told.iter().any(|line| line.why.as_deref() == Some("户口簿上是同一个人")));
    }
}

/// Who has seen what was said before and says otherwise corrects it; and what is said of another pair is no contradiction.
///
/// Mutant caught: any two words about one row taken for a contradiction.
#[test]
fn a_later_word_and_a_word_about_another_child_are_no_conflict() {
    let school = Two::new();
    same(&school.two, school.ming, school.twin);
    apart(&school.one, school.ming, school.mei);
    school.meet();
    assert!(school.open().is_empty());
    assert_eq!(school.children(), [2, 2]);

    let school = Two::new();
    apart(&school.one, school.ming, school.twin);
    school.meet();
    same(&school.two, school.ming, school.twin);
    school.meet();
    assert!(school.open().is_empty());
    assert_eq!(school.children(), [2, 2]);
    actions::part(&school.one.desk, PairRequest { one: school.ming, other: school.twin, why: None }).unwrap();
    school.meet();
    assert!(school.open().is_empty());
    assert_eq!(school.children(), [3, 3]);
}
