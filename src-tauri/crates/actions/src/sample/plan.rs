//! Which schools there are, how large, and which villages send their children there. No such place exists.

use super::TownshipSize;

/// A school of the township.
#[derive(Debug, Clone)]
pub(super) struct School {
    /// Its folder.
    pub(super) folder: String,
    pub(super) name: String,
    /// A code of the list `org_kind`.
    pub(super) kind: &'static str,
    /// Ten digits; a teaching point may have none.
    pub(super) code: String,
    /// Codes of the list `grade`, lowest first.
    pub(super) grades: &'static [&'static str],
    /// How many children.
    pub(super) size: usize,
    pub(super) village: String,
    /// Whether most children board.
    pub(super) boards: bool,
}

pub(super) const COUNTY: &str = "示例省澄川县";
pub(super) const TOWNSHIP: &str = "禾塘镇";
pub(super) const CENTER_NAME: &str = "禾塘镇中心学校";
/// 99 is no province of GB/T 2260.
pub(super) const CENTER_CODE: &str = "9199000000";

const VILLAGES: [&str; 24] = [
    "柳湾村",
    "石桥坪村",
    "禾塘街",
    "枫树坳村",
    "㙦头村",
    "上塝村",
    "竹垭村",
    "砚瓦池村",
    "磜下村",
    "乌桕冲村",
    "鹿鸣坪村",
    "望月垭村",
    "白鹭洲村",
    "大圪梁村",
    "三眼井村",
    "水碾坝村",
    "梨花峪村",
    "铁炉沟村",
    "双凤垸村",
    "杉木岭村",
    "老鸹窝村",
    "青石埂村",
    "半边街村",
    "后塆村",
];

const LOWER: [&str; 4] = ["11", "12", "13", "14"];
const PRIMARY: [&str; 6] = ["11", "12", "13", "14", "15", "16"];
const JUNIOR: [&str; 3] = ["21", "22", "23"];
const NINE: [&str; 9] = ["11", "12", "13", "14", "15", "16", "21", "22", "23"];

/// What a kind of school is like; `share` is its usual size.
struct Sort {
    kind: &'static str,
    ending: &'static str,
    digits: &'static str,
    grades: &'static [&'static str],
    share: usize,
}

const TEACHING_POINT: Sort =
    Sort { kind: "teaching_point", ending: "教学点", digits: "", grades: &LOWER, share: 24 };
const VILLAGE: Sort = Sort { kind: "primary", ending: "小学", digits: "21", grades: &PRIMARY, share: 130 };
const TOWN_JUNIOR: Sort = Sort { kind: "junior", ending: "初级中学", digits: "31", grades: &JUNIOR, share: 900 };
const PRIVATE: Sort = Sort { kind: "private", ending: "育英学校", digits: "21", grades: &PRIMARY, share: 260 };
const NINE_YEAR: Sort = Sort { kind: "nine_year", ending: "九年制学校", digits: "31", grades: &NINE, share: 420 };

/// The schools of a township, with as many children in all as asked for.
pub(super) fn schools(size: TownshipSize) -> Vec<School> {
    let count = size.schools as usize;
    let sorts: Vec<Sort> = (0..count).map(sort).collect();
    // Shares of 24 teaching points do not look alike: each is a little larger or smaller.
    let shares: Vec<usize> =
        sorts.iter().enumerate().map(|(nth, sort)| sort.share * (70 + nth * 37 % 61) / 100).collect();
    let sizes = spread(size.students as usize, &shares);
    let all = sorts.into_iter().zip(sizes).enumerate();
    all.map(|(nth, (sort, size))| school(nth, sort, size)).collect()
}

fn sort(nth: usize) -> Sort {
    match nth {
        2 => TOWN_JUNIOR,
        3 => PRIVATE,
        12 => NINE_YEAR,
        odd if odd % 2 == 1 => TEACHING_POINT,
        _ => VILLAGE,
    }
}

fn school(nth: usize, sort: Sort, size: usize) -> School {
    let village = VILLAGES.get(nth % VILLAGES.len()).copied().unwrap_or_default();
    let round = nth / VILLAGES.len();
    let number = if round == 0 { String::new() } else { format!("第{}", round + 1) };
    let place = if sort.kind == "junior" || sort.kind == "private" { TOWNSHIP } else { village };
    School {
        folder: format!("school-{:02}", nth + 1),
        name: format!("{place}{number}{}", sort.ending),
        kind: sort.kind,
        code: if sort.digits.is_empty() { String::new() } else { format!("{}99{:06}", sort.digits, nth + 1) },
        grades: sort.grades,
        size,
        village: village.to_owned(),
        boards: matches!(sort.kind, "junior" | "private" | "nine_year"),
    }
}

/// Parts of a total in proportion, at least one each, whose sum is the total.
fn spread(total: usize, shares: &[usize]) -> Vec<usize> {
    let rest = total.saturating_sub(shares.len());
    let whole: usize = shares.iter().sum::<usize>().max(1);
    let mut before = 0;
    let mut given = 0;
    let mut parts = Vec::new();
    for share in shares {
        before += share;
        let upto = rest * before / whole;
        parts.push(1 + upto - given);
        given = upto;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_township_has_exactly_the_children_asked_for() {
        for (count, students) in [(1, 1), (6, 300), (21, 50_000), (30, 31), (99, 99)] {
            let size = TownshipSize { schools: count, students, seed: 1 };
            let schools = schools(size);
            assert_eq!(schools.len(), count as usize);
            assert_eq!(schools.iter().map(|school| school.size).sum::<usize>(), students as usize);
            assert!(schools.iter().all(|school| school.size > 0));
        }
    }
}
