//! Settings files that are not taken, and what is said then.

use super::*;

#[test]
fn a_file_that_cannot_hold_is_refused_in_plain_sentences() {
    let levels = Levels::new();
    let refused = |text: &str| refusal(&make(&levels.county, text).unwrap_err());
    let with = |text: &str| format!("title = \"试\"\n{text}");
    let add = |rest: &str| with(&format!("[[add]]\nrecord = \"student\"\nname = \"x1\"\n{rest}"));
    let label = "label = { zh = \"栏\" }\n";
    insta::assert_snapshot!([
        refused("title = \"试\"\n[[add]]\nrecord = 5"),
        refused("title = \"试\"\nfeild = 5"),
        refused(&add("label = { en = \"Field\" }\ntype = \"text\"")),
        refused(&add(&format!("{label}type = \"photo\""))),
        refused(&add(&format!("{label}type = \"text\"\nrequired = \"block\""))),
        refused(&add(&format!("{label}type = \"code\"\ncodes = \"nowhere\""))),
        refused(&add("label = { zh = \"姓名\" }\ntype = \"text\"")),
        refused(&with("[[add]]\nrecord = \"ghost\"\nname = \"x1\"\nlabel = { zh = \"栏\" }\ntype = \"text\"")),
        refused(&with("[[field]]\nrecord = \"student\"\nfield = \"ghost\"\nhide = true")),
        refused(&with("[[field]]\nrecord = \"student\"\nfield = \"name\"\nhide = true")),
        refused(&with("[[code]]\nlist = \"sex\"\ncode = \"third\"\nlabel = { zh = \"其他\" }")),
        refused(&with("[[setting]]\nkey = \"absence.suspected_days\"\nvalue = \"99\"")),
        refused(&with("[[setting]]\nkey = \"no.such\"\nvalue = \"1\"")),
    ]
    .map(|told| told.trim_end().to_owned())
    .join("\n"), @r"
    设置文件第 3 行的写法有误：invalid type: integer `5`, expected a string
    设置文件第 2 行的写法有误：unknown field `feild`, expected one of `title`, `list`, `code`, `add`, `field`, `setting`
    这份设置有内容不能采用，一项也没有采用。 student.x1 没有中文名称，请补上。
    这份设置有内容不能采用，一项也没有采用。 student.x1 没有“photo”这种类型。可以用：text、long_text、integer、decimal、date、month、yes_no、code。
    这份设置有内容不能采用，一项也没有采用。 student.x1 增加的栏目最多只能提醒或报错，不能不填就不让保存。
    这份设置有内容不能采用，一项也没有采用。 student.x1 没有“nowhere”这个选项表。
    这份设置有内容不能采用，一项也没有采用。 student.x1 “姓名”已经有了，请换一个名称。
    这份设置有内容不能采用，一项也没有采用。 ghost.x1 没有“ghost”这种记录。
    这份设置有内容不能采用，一项也没有采用。 student.ghost 没有“ghost”这个栏目。
    这份设置有内容不能采用，一项也没有采用。 student.name “姓名”不能停用：它是必填项、用来认出是哪一条记录，或别的规则、表格要用到它。
    这份设置有内容不能采用，一项也没有采用。 sex.third “性别”是国家标准或统计口径使用的选项表，不能增减选项。
    这份设置有内容不能采用，一项也没有采用。 absence.suspected_days 应在 1 到 5 之间，现为 99。
    这份设置有内容不能采用，一项也没有采用。 no.such 没有“no.such”这一项设置。请从设置列表中选择。
    ");
    assert!(!std::path::Path::new(&levels.county.beside("settings.bxs")).exists(), "nothing is written");
}

/// Mutant caught: a signature that is not looked at.
#[test]
fn only_what_was_signed_above_and_is_newer_is_taken() {
    let levels = Levels::new();
    let (county, school) = (&levels.county, &levels.school);
    let code = |failure: Failure| failure.code;
    assert_eq!(code(make(school, COUNTY).unwrap_err()), "only_above_sets");
    // Written by hand, signed by nobody.
    std::fs::write(school.beside("settings.bxs"), COUNTY).unwrap();
    assert_eq!(code(take(school, school).unwrap_err()), "not_a_settings_file");
    // From the county to the school past its center: nobody here knows that county.
    make(county, COUNTY).unwrap();
    assert_eq!(code(take(county, school).unwrap_err()), "settings_not_from_above");
    // Of a stranger.
    let stranger = Office::new("center", "别处的中心学校", 8, &Definitions::built_in());
    make(&stranger, COUNTY).unwrap();
    assert_eq!(code(take(&stranger, school).unwrap_err()), "settings_not_from_above");
    // Altered on the way.
    take(county, &levels.center).unwrap();
    let out = levels.center.beside("settings.bxs");
    let give = actions::GiveSettings { id: None, output: out.clone() };
    actions::give_settings_file(&levels.center.desk, give).unwrap();
    let text = std::fs::read_to_string(&out).unwrap();
    std::fs::write(&out, text.replace("上车站点", "上车地点")).unwrap();
    assert_eq!(code(take(&levels.center, school).unwrap_err()), "settings_bad_signature");
    // As it was, with the center's word for the county.
    std::fs::write(&out, &text).unwrap();
    let taken = take(&levels.center, school).unwrap();
    assert_eq!((taken.by.as_str(), taken.number, taken.known), ("青禾县教育体育局", 1, false));
    assert!(take(&levels.center, school).unwrap().known);
    // A second one, then the first again.
    make(county, "title = \"第二期\"").unwrap();
    take(county, &levels.center).unwrap();
    let newer = actions::GiveSettings { id: None, output: out.clone() };
    actions::give_settings_file(&levels.center.desk, newer).unwrap();
    take(&levels.center, school).unwrap();
    std::fs::write(&out, &text).unwrap();
    assert_eq!(code(take(&levels.center, school).unwrap_err()), "settings_older");
}

/// A threshold is bound by the organisation's own rows, which its computers sign, and by nothing that others wrote in its
/// name.
///
/// Mutant caught: `choices` that asks whose name a row bears and not whose it is.
#[test]
fn nobody_binds_a_threshold_in_anothers_name() {
    let school = Office::new("school", "柳湾村小学", 1, &Definitions::built_in());
    let county = school.put("organisation", &json!({ "name": "青禾县教育体育局", "kind": "county" }));
    let key = "persuasion.follow_up_days";
    school.put("setting", &json!({ "organisation": county, "key": key, "value": "14", "locked": true }));
    let lines = actions::settings_in_force(&school.desk, ()).unwrap();
    let line = lines.into_iter().find(|line| line.setting.key.name() == key).unwrap();
    assert_eq!((line.value.as_str(), line.bound), ("30", false));
}
