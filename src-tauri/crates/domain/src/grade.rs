//! Grades and classes as schools name them (domain.md §7): 三年级(1)班, 三(1)班, 301班, 初一, 2023级.

use crate::codes::CodeList;
use crate::folded::nfkc;
use crate::words::Language;
use crate::{Date, date};

/// A grade and a class read out of one name; either may be missing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Place {
    /// Code of the list `grade`.
    pub grade: Option<String>,
    /// The class within the grade: `1` for 三(1)班, or the name as it stands.
    pub class: Option<String>,
}

/// Reads a class's name that may carry its grade. `today` turns an entry cohort (2023级) into a grade.
///
/// ```
/// # use domain::{Catalogue, Date, grade};
/// # let grades = Catalogue::built_in().codes("grade").unwrap();
/// let today = Date::from_ymd_opt(2026, 9, 1).unwrap();
/// let place = grade::read("三(1)班", grades, today);
/// assert_eq!((place.grade.as_deref(), place.class.as_deref()), (Some("13"), Some("1")));
/// ```
pub fn read(typed: &str, grades: &CodeList, today: Date) -> Place {
    let folded: String = nfkc(typed).chars().filter(|c| !c.is_whitespace()).collect();
    if let Some(place) = cohort(&folded, today).or_else(|| compact(&folded)) {
        return place;
    }
    let (grade, rest) = leading_grade(&folded, grades);
    Place { grade, class: class_name(rest) }
}

/// A grade alone: 三年级, 小学2019级, 初一, 13.
pub fn read_grade(typed: &str, grades: &CodeList, today: Date) -> Option<String> {
    let folded: String = nfkc(typed).chars().filter(|c| !c.is_whitespace()).collect();
    grades.find(&folded).map(|code| code.code.clone()).or_else(|| cohort(&folded, today)?.grade)
}

/// The class's own number or name: `1` from 1班, (1)班, 一班; 阳光班 stays as it is.
pub fn class_name(typed: &str) -> Option<String> {
    let folded: String = nfkc(typed).chars().filter(|c| !c.is_whitespace() && !"()()[]【】".contains(*c)).collect();
    let bare = folded.strip_suffix('班').unwrap_or(&folded);
    match bare {
        "" => None,
        _ => Some(chinese_number(bare).map_or_else(|| bare.trim_start_matches('0').to_owned(), |n| n.to_string())),
    }
    .filter(|name| !name.is_empty())
}

/// How a class is printed: 三年级(1)班; a class with a name of its own keeps it.
pub fn class_label(grade: Option<&str>, class: Option<&str>) -> String {
    let grade = grade.unwrap_or_default();
    match class {
        None => grade.to_owned(),
        Some(class) if class.chars().all(|c| c.is_ascii_digit()) => format!("{grade}({class})班"),
        Some(class) if class.ends_with('班') => format!("{grade}{class}"),
        Some(class) => format!("{grade}{class}班"),
    }
}

/// The age on 31 August before the school year at which a child is usually in a grade; none for what is no grade's code.
///
/// Six in the first grade (义务教育法 art. 11); preschool classes of a primary school are the three years before it.
pub fn usual_age(code: &str) -> Option<u32> {
    match (code.get(..1)?, code.get(1..)?.parse::<u32>().ok()?) {
        ("0", year @ 1..=3) => Some(2 + year),
        ("1", year @ 1..=6) => Some(5 + year),
        ("2", year @ 1..=3) => Some(11 + year),
        _ => None,
    }
}

/// The grade after one: the junior grades follow the primary ones; none after the last, or for what is no grade's code.
pub fn next(code: &str) -> Option<&'static str> {
    Some(match code {
        "01" => "02",
        "02" => "03",
        "03" => "11",
        "11" => "12",
        "12" => "13",
        "13" => "14",
        "14" => "15",
        "15" => "16",
        "16" => "21",
        "21" => "22",
        "22" => "23",
        _ => return None,
    })
}

/// How a class is said on the screen: as it is printed, or in English: Grade 3, class 1.
pub fn class_spoken(grade: Option<&str>, class: Option<&str>, language: Language) -> String {
    match (language, class) {
        (Language::Zh, _) => class_label(grade, class),
        (Language::En, None) => grade.unwrap_or_default().to_owned(),
        (Language::En, Some(class)) => match grade.unwrap_or_default() {
            "" => format!("class {class}"),
            grade => format!("{grade}, class {class}"),
        },
    }
}

/// `2023级`, `小学2019级`, `初中2023级3班`: the year of entry, turned into the grade of this school year.
fn cohort(folded: &str, today: Date) -> Option<Place> {
    let (before, after) = folded.split_once('级')?;
    let digits: String =
        before.chars().rev().take_while(char::is_ascii_digit).collect::<Vec<_>>().into_iter().rev().collect();
    let entered: i32 = digits.parse().ok().filter(|year| (1990..2100).contains(year))?;
    let junior = before.contains('初');
    let years = chrono::Datelike::year(&date::school_year_start(today)) - entered + 1;
    let grade = match (junior, years) {
        (true, 1..=3) => Some(format!("2{years}")),
        (false, 1..=6) => Some(format!("1{years}")),
        (false, 7..=9) => Some(format!("2{}", years - 6)),
        _ => None,
    };
    Some(Place { grade, class: class_name(after) })
}

/// `301班`, `301`: a digit of grade and two of class; 7 to 9 are the junior grades.
fn compact(folded: &str) -> Option<Place> {
    let digits = folded.strip_suffix('班').unwrap_or(folded);
    let mut chars = digits.chars();
    let (first, rest) = (chars.next()?.to_digit(10)?, chars.as_str());
    if digits.len() != 3 || !rest.chars().all(|c| c.is_ascii_digit()) || !(1..=9).contains(&first) {
        return None;
    }
    let grade = if first <= 6 { format!("1{first}") } else { format!("2{}", first - 6) };
    Some(Place { grade: Some(grade), class: class_name(rest) })
}

/// The longest beginning that names a grade, and what follows it. 三(1)班 counts as 三年级(1)班.
fn leading_grade<'a>(folded: &'a str, grades: &CodeList) -> (Option<String>, &'a str) {
    let ends = folded.char_indices().map(|(at, c)| at + c.len_utf8()).rev();
    for end in ends {
        let (head, rest) = folded.split_at(end);
        if let Some(code) = grades.find(head).filter(|_| !head.chars().all(|c| c.is_ascii_digit()) || rest.is_empty()) {
            return (Some(code.code.clone()), rest);
        }
    }
    let mut chars = folded.chars();
    let short = chars.next().map(String::from).unwrap_or_default();
    let rest = chars.as_str();
    match grades.find(&format!("{short}年级")) {
        Some(code) if rest.starts_with('(') || rest.starts_with(|c: char| c.is_ascii_digit()) => {
            (Some(code.code.clone()), rest)
        }
        _ => (None, folded),
    }
}

fn chinese_number(text: &str) -> Option<u32> {
    let digit = |c: char| "一二三四五六七八九".chars().position(|d| d == c).and_then(|at| u32::try_from(at + 1).ok());
    let chars: Vec<char> = text.chars().collect();
    match chars.as_slice() {
        ['十'] => Some(10),
        [one] => digit(*one),
        ['十', one] => Some(10 + digit(*one)?),
        [ten, '十'] => Some(10 * digit(*ten)?),
        [ten, '十', one] => Some(10 * digit(*ten)? + digit(*one)?),
        _ => None,
    }
}
