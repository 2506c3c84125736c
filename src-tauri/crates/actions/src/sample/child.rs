//! One child with its family: what a class teacher knows when the school year begins.

use std::collections::HashMap;

use chrono::{Datelike, Days};
use domain::{Date, Id, date, id_number};
use serde_json::{Map, Value as Json, json};

use super::dice::Dice;
use super::names::{self, Kin, Person};
use super::plan::{COUNTY, School, TOWNSHIP};
use crate::desk::Desk;
use crate::rows::SaveRequest;

/// A child as later events need to know it.
#[derive(Debug, Clone)]
pub(super) struct Child {
    pub(super) id: Id,
    pub(super) name: String,
    /// Who is met at home: relation and name.
    pub(super) guardian: String,
    pub(super) alone_with_elders: bool,
}

/// What no two children share: numbers of ID documents, telephones.
#[derive(Debug, Default)]
pub(super) struct Registry {
    children: usize,
    phones: u32,
    births: HashMap<(Date, &'static str), usize>,
}

/// Where in the school a child sits.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seat<'s> {
    pub(super) school: &'s School,
    pub(super) grade: &'static str,
    pub(super) class: usize,
    pub(super) number: usize,
    /// First day of the school year.
    pub(super) year: Date,
}

/// Who looks after a child: relation (GB/T 4761), its name, sex, surname's side.
type Carer = (&'static str, &'static str, &'static str, Kin);

const FATHER: Carer = ("51", "父亲", "1", Kin::Blood);
const MOTHER: Carer = ("52", "母亲", "2", Kin::Married);
const ELDERS: [Carer; 4] = [
    ("62", "祖母", "2", Kin::Married),
    ("61", "祖父", "1", Kin::Blood),
    ("64", "外祖母", "2", Kin::Married),
    ("63", "外祖父", "1", Kin::Married),
];

/// 410499 is assigned to no place (GB/T 2260).
const AREA: &str = "410499";
/// Another that is assigned to none, for children from elsewhere.
const AREA_ELSEWHERE: &str = "419799";
/// No mobile number begins with 164 0000.
const PHONES: u64 = 16_400_000_000;

impl Registry {
    /// A telephone number that nobody has.
    pub(super) fn phone(&mut self) -> String {
        self.phones += 1;
        (PHONES + u64::from(self.phones)).to_string()
    }

    fn id_number(&mut self, area: &str, birth: Date, sex: &'static str) -> String {
        let before = self.births.entry((birth, sex)).or_default();
        *before += 1;
        // Odd for boys, even for girls (GB 11643).
        let order = (*before * 2 + usize::from(sex == "1")) % 1000;
        let body = format!("{area}{}{order:03}", birth.format("%Y%m%d"));
        let check = id_number::check_character(&body).map(String::from).unwrap_or_default();
        format!("{body}{check}")
    }
}

/// Draws a child and the forms that enter it: the child itself and its guardians.
pub(super) fn draw(dice: &mut Dice, registry: &mut Registry, desk: &Desk, seat: Seat<'_>) -> (Child, Vec<SaveRequest>) {
    let nth = registry.children;
    registry.children += 1;
    let person = names::child(dice, nth);
    let left_behind = if seat.school.kind == "private" { 0 } else { draw_left_behind(dice) };
    let home = Home::draw(dice, seat.school);
    let id = desk.new_id();
    let carers = carers(dice, left_behind);
    let mut forms = vec![form("student", id, student(dice, registry, &person, seat, &home, left_behind))];
    let mut guardian = String::new();
    for (at, (code, relation, sex, kin)) in carers.into_iter().enumerate() {
        let name = names::elder(dice, &person, sex, kin);
        if at == 0 {
            guardian = format!("{relation}{name}");
        }
        let away = matches!(code, "51" | "52") && left_behind > 0;
        let values = json!({
            "student": id.to_string(), "name": name, "relation": code, "phone": registry.phone(),
            "is_guardian": if at == 0 { "1" } else { "0" },
            "workplace": away.then(|| dice.pick(&WORKPLACES)),
        });
        forms.push(form("guardian", desk.new_id(), values));
    }
    (Child { id, name: person.name, guardian, alone_with_elders: left_behind == 2 }, forms)
}

const WORKPLACES: [&str; 5] = ["东海电子厂", "滨江建筑工地", "南岭制衣厂", "长河快递站", "海港水产市场"];

/// A form that makes a row, or changes it when it is there.
pub(super) fn form(record: &str, id: Id, values: Json) -> SaveRequest {
    let values = match values {
        Json::Object(values) => values,
        _ => Map::new(),
    };
    SaveRequest { record: record.to_owned(), id: Some(id), values, seen: None, why: None }
}

/// Code of the list `left_behind`: none, one parent away, both.
fn draw_left_behind(dice: &mut Dice) -> u8 {
    match dice.between(1, 100) {
        1..=70 => 0,
        71..=82 => 1,
        _ => 2,
    }
}

fn carers(dice: &mut Dice, left_behind: u8) -> Vec<Carer> {
    let one = if dice.percent(50) { [FATHER, MOTHER] } else { [MOTHER, FATHER] };
    match left_behind {
        2 => {
            let elder = ELDERS.get(dice.between(0, 3)).copied().unwrap_or(MOTHER);
            vec![elder, FATHER, MOTHER]
        }
        _ if dice.percent(60) => one.to_vec(),
        _ => one.into_iter().take(1).collect(),
    }
}

/// Where a family lives and is registered.
struct Home {
    village: String,
    address: String,
    household: String,
    moved_here: bool,
}

impl Home {
    fn draw(dice: &mut Dice, school: &School) -> Self {
        let group = dice.pick(&["一组", "二组", "三组", "四组", "五组", "六组"]);
        let village = format!("{}{group}", school.village);
        let moved_here = dice.percent(if school.boards { 6 } else { 2 });
        let household = if moved_here { "异乡省云外县" } else { COUNTY };
        Self {
            address: format!("{TOWNSHIP}{village}{}号", dice.between(1, 99)),
            village,
            household: format!("{household}{}", if moved_here { "" } else { TOWNSHIP }),
            moved_here,
        }
    }
}

fn student(
    dice: &mut Dice,
    registry: &mut Registry,
    person: &Person,
    seat: Seat<'_>,
    home: &Home,
    left_behind: u8,
) -> Json {
    let birth = birth(dice, seat);
    let unregistered = dice.percent(1);
    let area = if home.moved_here { AREA_ELSEWHERE } else { AREA };
    let number = (!unregistered).then(|| registry.id_number(area, birth, person.sex));
    let code = number.as_ref().filter(|_| dice.percent(97)).map(|number| format!("G{number}"));
    let boards = seat.school.boards && dice.percent(if seat.school.kind == "nine_year" { 35 } else { 75 });
    let mut values = json!({
        "name": person.name, "sex": person.sex, "birth_date": birth.to_string(), "ethnicity": person.ethnicity,
        "id_type": number.as_ref().map(|_| "1"), "id_number": number, "student_code": code,
        "household_place": home.household, "household_kind": if unregistered { "none" } else { "rural" },
        "village": home.village, "address": home.address, "phone": registry.phone(),
        "grade": seat.grade, "class": seat.class.to_string(), "seat_no": seat.number.to_string(),
        "status": "01", "boarding": if boards { "2" } else { "1" }, "entered_month": entered(seat),
    });
    if let Some(values) = values.as_object_mut() {
        values.extend(facts(dice, home, left_behind).into_iter().map(|(key, code)| (key.to_owned(), code.into())));
    }
    values
}

/// What is true of the child and matters for its care.
fn facts(dice: &mut Dice, home: &Home, left_behind: u8) -> Vec<(&'static str, &'static str)> {
    let mut facts = Vec::new();
    match left_behind {
        1 => facts.push(("left_behind", "1")),
        2 => facts.push(("left_behind", "2")),
        _ => {}
    }
    if home.moved_here {
        facts.push(("migrant_worker_child", "1"));
    }
    match dice.between(1, 200) {
        1..=10 => facts.push(("hardship", "lifted")),
        11..=15 => facts.push(("hardship", "minimum_living")),
        16..=18 => facts.push(("hardship", "watched")),
        19 => facts.push(("orphan", "1")),
        20..=21 => facts.extend([("disability", "2"), ("with_class", "2")]),
        22 => facts.push(("disability", "4")),
        23..=29 => facts.push(("struggling", "1")),
        _ => {}
    }
    facts
}

/// Years since the child entered the first grade of its school's stage, and of the first grade of all.
fn years_in(grade: &str) -> (u64, u64) {
    let number: u64 = grade.chars().last().and_then(|digit| digit.to_digit(10)).map_or(1, u64::from);
    if grade.starts_with('2') { (number - 1, number + 5) } else { (number - 1, number - 1) }
}

/// Born so that the child is six when it enters the first grade; a few entered a year late.
fn birth(dice: &mut Dice, seat: Seat<'_>) -> Date {
    let (_, years) = years_in(seat.grade);
    let late = u64::from(dice.percent(5));
    let oldest = years_before(seat.year, years + 7 + late);
    let span = dice.between(0, 364) as u64;
    oldest.checked_add_days(Days::new(span)).unwrap_or(oldest)
}

fn entered(seat: Seat<'_>) -> String {
    let (years, _) = years_in(seat.grade);
    years_before(seat.year, years).format("%Y-%m").to_string()
}

fn years_before(day: Date, years: u64) -> Date {
    i32::try_from(years).ok().and_then(|years| day.with_year(day.year() - years)).unwrap_or(day)
}

/// The first day of the school year a roster entered on `day` is for.
pub(super) fn year_of(day: Date) -> Date {
    date::school_year_start(day)
}
