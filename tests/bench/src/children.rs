//! Made-up children with right check digits: the same number always gives the same child.

use domain::id_number::IdNumber;
use serde_json::{Map, Value as Json, json};

const SURNAMES: &str = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文";
const GIVEN: &str = "晓乐子涵欣怡梓轩浩宇诗琪雨泽佳俊杰思远梦洁志强丽娟建国秀英海燕春梅冬雪玉兰金花银凤小龙大山文博雅静嘉豪天佑一鸣若曦语嫣明月清风德才福贵永康长江红旗卫东跃进和平";

/// Grades of the children, in turn.
const GRADES: [&str; 9] = ["11", "12", "13", "14", "15", "16", "21", "22", "23"];

/// One child as people type it: own fields and those that live in an enrolment.
pub fn typed(number: usize) -> Map<String, Json> {
    let pick = |all: &str, at: usize| all.chars().nth(at % all.chars().count()).unwrap_or('一');
    let mut name = String::from(pick(SURNAMES, number * 7 + number / 97));
    name.push(pick(GIVEN, number * 13 + number / 31));
    if !number.is_multiple_of(5) {
        name.push(pick(GIVEN, number * 29 + number / 53));
    }
    let grade = GRADES[number % GRADES.len()];
    let born = format!("{}-{:02}-{:02}", 2019 - number % GRADES.len(), 1 + number / 9 % 12, 1 + number / 108 % 28);
    let id_number = id_number(number, &born);
    let student = json!({
        "name": name,
        "sex": if number.is_multiple_of(2) { "2" } else { "1" },
        "birth_date": born,
        "ethnicity": "1",
        "id_type": "1",
        "id_number": id_number,
        "student_code": format!("G{id_number}"),
        "household_place": "云南省怒江州福贡县",
        "village": format!("{}村{}组", pick(GIVEN, number / 400), 1 + number / 40 % 9),
        "address": format!("子里甲乡{}村{}号", pick(GIVEN, number / 400), number % 400),
        "phone": format!("138{:08}", number),
        "grade": grade,
        "class": format!("{}班", 1 + number / 450 % 4),
        "boarding": if number.is_multiple_of(3) { "2" } else { "1" },
    });
    match student {
        Json::Object(fields) => fields,
        _ => Map::new(),
    }
}

/// The person who looks after a child.
pub fn guardian(number: usize, student: &str) -> Map<String, Json> {
    let name: String = typed(number * 3 + 1).get("name").and_then(Json::as_str).unwrap_or_default().to_owned();
    let fields = json!({
        "student": student, "name": name, "relation": "51", "phone": format!("139{:08}", number), "is_guardian": true,
    });
    match fields {
        Json::Object(fields) => fields,
        _ => Map::new(),
    }
}

fn id_number(number: usize, born: &str) -> String {
    let area = 533_300 + number / 899 % 60;
    let body = format!("{area}{}{:03}", born.replace('-', ""), 2 * (number / 972 % 450) + number % 2);
    let right = |check: &char| IdNumber::parse(&format!("{body}{check}")).is_ok_and(|number| number.fault().is_none());
    let check = "0123456789X".chars().find(right).unwrap_or('0');
    format!("{body}{check}")
}
