//! Names of people who do not exist: everyday ones, rare characters, names with ·.

use super::dice::Dice;

const SURNAMES: [&str; 40] = [
    "王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "胡", "朱", "高", "林", "何", "郭", "马",
    "罗", "梁", "宋", "郑", "谢", "韩", "唐", "冯", "于", "董", "萧", "亓", "逄", "昝", "仉", "乜", "欧阳", "上官",
    "尉迟", "令狐", "呼延",
];

const BOYS: [&str; 40] = [
    "子轩", "浩宇", "志远", "家豪", "文博", "俊杰", "天佑", "明哲", "建国", "小军", "宇航", "博文", "一鸣", "思源",
    "承志", "永强", "嘉树", "景行", "立新", "春生", "秋实", "石头", "大勇", "铁柱", "光耀", "梓豪", "昊然", "睿", "磊",
    "鹏", "毅", "涛", "航", "宁远", "其昌", "守诚", "长林", "满仓", "云生", "望山",
];

const GIRLS: [&str; 40] = [
    "梓涵", "欣怡", "雨桐", "诗琪", "佳慧", "静怡", "思雨", "晓梅", "春燕", "秋菊", "小芳", "婷婷", "若溪", "念慈",
    "采薇", "清荷", "桂花", "玉兰", "巧云", "月娥", "招弟", "盼盼", "星月", "可心", "悦", "婧", "琳", "萱", "颖", "洁",
    "书瑶", "锦绣", "如意", "冬梅", "喜鹊", "映雪", "沐晴", "亦凡", "含笑", "望舒",
];

/// Given names whose characters many programs cannot hold: extensions A to E of Unicode, and rare ones of the BMP.
const RARE: [&str; 16] =
    ["䶮", "𫖯", "𬀩", "㛃", "𬭎", "𬱖", "文㳘", "子㭎", "赟", "喆", "堃", "翀", "彧", "𬸦", "婳祎", "奡"];

/// A whole name, what the family is called, ethnicity, sex: names with ·, and a surname outside the BMP.
const FOREIGN: [(&str, &str, &str, &str); 11] = [
    ("𠮷庆祥", "𠮷", "01", "1"),
    ("阿依古丽·买买提", "买买提", "05", "2"),
    ("艾力·库尔班", "库尔班", "05", "1"),
    ("叶尔兰·赛力克", "赛力克", "17", "1"),
    ("孛儿只斤·图雅", "孛儿只斤", "02", "2"),
    ("吉克·阿呷", "吉克", "07", "2"),
    ("沙马·尔古", "沙马", "07", "1"),
    ("格桑·央金", "格桑", "04", "2"),
    ("阿卜杜热合曼·艾合麦提江", "艾合麦提江", "05", "1"),
    ("古丽娜尔·阿不都热合曼", "阿不都热合曼", "05", "2"),
    ("巴特尔·苏和", "苏和", "02", "1"),
];

/// What follows the family's name where names are written with ·.
const FOREIGN_ELDERS: [&str; 6] = ["吐尔逊", "木呷", "巴雅尔", "多吉", "艾山", "阿普"];

/// Ethnicities met without a name of their own kind: 回, 苗, 土家, 满, 壮.
const OTHERS: [&str; 5] = ["03", "06", "15", "11", "08"];

/// Who somebody is: name, ethnicity (GB/T 3304), sex (GB/T 2261.1).
#[derive(Debug, Clone)]
pub(super) struct Person {
    pub(super) name: String,
    pub(super) surname: String,
    pub(super) ethnicity: &'static str,
    pub(super) sex: &'static str,
}

/// The `nth` child of a township: every few children a rare character, every few a name with ·.
pub(super) fn child(dice: &mut Dice, nth: usize) -> Person {
    let sex = if dice.percent(52) { "1" } else { "2" };
    let surname = dice.pick(&SURNAMES).to_owned();
    let ethnicity = if dice.percent(6) { dice.pick(&OTHERS) } else { "01" };
    if nth % 29 == 3
        && let Some((name, family, ethnicity, sex)) = FOREIGN.get(nth / 29 % FOREIGN.len())
    {
        return Person { name: (*name).to_owned(), surname: (*family).to_owned(), ethnicity, sex };
    }
    let given = match nth % 23 {
        5 => RARE.get(nth / 23 % RARE.len()).copied().unwrap_or_default(),
        _ => given(dice, sex),
    };
    Person { name: format!("{surname}{given}"), surname, ethnicity, sex }
}

/// A given name.
pub(super) fn given(dice: &mut Dice, sex: &str) -> &'static str {
    dice.pick(if sex == "1" { &BOYS } else { &GIRLS })
}

/// A grown-up of a child's family: of its surname, or married in.
pub(super) fn elder(dice: &mut Dice, child: &Person, sex: &str, of_the_name: Kin) -> String {
    if child.name.contains('·') {
        return format!("{}·{}", child.surname, dice.pick(&FOREIGN_ELDERS));
    }
    let surname = if of_the_name == Kin::Blood { child.surname.as_str() } else { dice.pick(&SURNAMES) };
    format!("{surname}{}", given(dice, sex))
}

/// Whether somebody bears the child's surname.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kin {
    /// By the father's side.
    Blood,
    /// The mother and her side.
    Married,
}

/// A teacher's name.
pub(super) fn teacher(dice: &mut Dice) -> String {
    let sex = if dice.percent(45) { "1" } else { "2" };
    format!("{}{}", dice.pick(&SURNAMES), given(dice, sex))
}
