//! The manual: its chapter on the notice says where everything asked for lives, and nothing in it is out of date.

use std::collections::BTreeSet;
use std::path::PathBuf;

use domain::Catalogue;

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Notice {
    pub(crate) duty: Vec<Place>,
    pub(crate) form: Vec<Place>,
}

/// Where something the notice asks for lives.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Place {
    number: String,
    asks: String,
    #[serde(default)]
    records: Vec<String>,
    #[serde(default)]
    pub(crate) forms: Vec<String>,
    #[serde(default)]
    reports: Vec<String>,
}

pub(crate) fn notice() -> Notice {
    toml::from_str(include_str!("../../assets/notice.toml")).unwrap()
}

fn chapter(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../assets/manual").join(name)
}

#[test]
fn everything_the_notice_asks_for_has_its_place() {
    let notice = notice();
    let catalogue = Catalogue::built_in();
    for place in notice.duty.iter().chain(&notice.form) {
        let lives = place.records.len() + place.forms.len() + place.reports.len();
        assert!(lives > 0 && !place.asks.is_empty(), "{} lives nowhere", place.number);
        for record in &place.records {
            assert!(catalogue.record(record).is_some(), "{}: no record {record}", place.number);
        }
        for form in &place.forms {
            assert!(catalogue.form(form).is_some(), "{}: no form {form}", place.number);
        }
        for report in &place.reports {
            assert!(catalogue.report(report).is_some(), "{}: no report {report}", place.number);
        }
    }
    let numbers = |places: &[Place]| places.iter().map(|place| place.number.clone()).collect::<BTreeSet<_>>();
    assert_eq!(numbers(&notice.duty), (1..=14).map(|n| format!("N{n}")).collect());
    let wanted: BTreeSet<String> = (1..=25).map(|n| format!("1.{n}")).collect();
    assert!(wanted.is_subset(&numbers(&notice.form)));
    let mapped: BTreeSet<&String> = notice.form.iter().flat_map(|place| &place.forms).collect();
    for form in catalogue.forms() {
        assert!(mapped.contains(&form.form), "{} is not in the table of the notice", form.form);
    }
    let mapped: BTreeSet<&String> = notice.form.iter().flat_map(|place| &place.reports).collect();
    for report in catalogue.reports() {
        assert!(mapped.contains(&report.report), "{} is not in the table of the notice", report.report);
    }
}

/// The chapter on the notice, as the table says it.
fn written() -> String {
    let catalogue = Catalogue::built_in();
    let bare = |title: &str| {
        let named = ["{school}", "{year}", "{month}", "{term}", "{school_year}", "{from}", "{until}"];
        named
            .iter()
            .fold(title.to_owned(), |title, name| title.replace(name, ""))
            .replace("年月", "")
            .replace("学年学", "学")
    };
    let line = |place: &Place| {
        let records = place.records.iter().map(|record| catalogue.record(record).unwrap().title.zh.clone());
        let forms = place.forms.iter().map(|form| {
            let title = bare(&catalogue.form(form).unwrap().title.zh);
            format!("{title} `{form}`")
        });
        let reports = place.reports.iter().map(|report| {
            let name = domain::words::say(
                domain::words::Language::Zh,
                "reports",
                &format!("name.{report}"),
                &Default::default(),
            );
            format!("{name} `{report}`")
        });
        let papers: Vec<String> = forms.chain(reports).collect();
        let records: Vec<String> = records.collect();
        format!("| {} | {} | {} | {} |\n", place.number, place.asks, records.join("、"), papers.join("、"))
    };
    let notice = notice();
    let mut text = String::from(
        "# 通知里的每一条在哪里\n\n左边是通知的要求，右边是程序里登记它的地方和能填、能印、能导出的表。\n",
    );
    text.push_str("反引号里是 `bx print`、`bx sheet` 用的名称。\n\n");
    text.push_str("## 责任与工作\n\n| 条 | 通知要求 | 登记 | 表 |\n|---|---|---|---|\n");
    text.extend(notice.duty.iter().map(line));
    text.push_str("\n## 各种表\n\n| 号 | 表 | 登记 | 程序里的表 |\n|---|---|---|---|\n");
    text.extend(notice.form.iter().map(line));
    text
}

#[test]
fn the_chapter_on_the_notice_is_written_from_its_table() {
    let file = chapter("zh-CN/10-notice.md");
    let stands = std::fs::read_to_string(&file).unwrap_or_default();
    let wanted = written();
    if stands != wanted {
        std::fs::write(&file, wanted).unwrap();
        panic!(
            "assets/manual/zh-CN/10-notice.md was out of date and has been rewritten: look at the difference and commit it"
        );
    }
}

#[test]
fn the_first_page_says_what_is_not_served_and_english_chapters_have_their_sisters() {
    for (language, sentence) in [("zh-CN", "Windows 7 不能用"), ("en", "Windows 7 is not served")] {
        let first = std::fs::read_to_string(chapter(language).join("01-before.md")).unwrap();
        assert!(first.contains(sentence), "{language}");
    }
    let names = |language: &str| {
        let files = std::fs::read_dir(chapter(language)).unwrap();
        files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect::<BTreeSet<String>>()
    };
    let (zh, en) = (names("zh-CN"), names("en"));
    assert!(en.is_subset(&zh), "a chapter in English has its sister in Chinese");
}

#[test]
fn the_manual_speaks_as_the_window_does() {
    // decisions.md E and D33: words that are not used, whoever reads.
    let never = ["学困生", "误报", "账套", "体检", "闲散", "三残", "单亲留守", "救援模式"];
    for file in std::fs::read_dir(chapter("zh-CN")).unwrap() {
        let file = file.unwrap().path();
        let text = std::fs::read_to_string(&file).unwrap();
        for word in never {
            assert!(!text.contains(word), "{word} in {}", file.display());
        }
    }
}

/// Every text of the words files and the definitions, in one language, without the places that facts fill in.
fn spoken(language: domain::words::Language) -> BTreeSet<String> {
    fn texts(json: &serde_json::Value, into: &mut BTreeSet<String>) {
        match json {
            serde_json::Value::String(text) => drop(into.insert(bare(text))),
            serde_json::Value::Object(all) => all.values().for_each(|inner| texts(inner, into)),
            serde_json::Value::Array(all) => all.iter().for_each(|inner| texts(inner, into)),
            _ => {}
        }
    }
    /// Labels of definitions: whatever stands under `zh` or `en`.
    fn labels(json: &serde_json::Value, key: &str, into: &mut BTreeSet<String>) {
        match json {
            serde_json::Value::Object(all) => {
                into.extend(all.get(key).and_then(serde_json::Value::as_str).map(bare));
                all.values().for_each(|inner| labels(inner, key, into));
            }
            serde_json::Value::Array(all) => all.iter().for_each(|inner| labels(inner, key, into)),
            _ => {}
        }
    }
    let mut all = BTreeSet::new();
    let words = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../assets/words").join(language.folder());
    for file in std::fs::read_dir(words).unwrap() {
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        texts(&serde_json::from_str(&text).unwrap(), &mut all);
    }
    let catalogue = Catalogue::built_in();
    let key = if language == domain::words::Language::En { "en" } else { "zh" };
    let json = |value: serde_json::Result<serde_json::Value>| value.unwrap();
    catalogue.records().for_each(|one| labels(&json(serde_json::to_value(one)), key, &mut all));
    catalogue.forms().for_each(|one| labels(&json(serde_json::to_value(one)), key, &mut all));
    catalogue.code_lists().for_each(|one| labels(&json(serde_json::to_value(one)), key, &mut all));
    all
}

fn bare(text: &str) -> String {
    let mut plain = String::new();
    let mut depth = 0;
    for c in text.chars() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ if depth == 0 => plain.push(c),
            _ => {}
        }
    }
    plain.trim().to_lowercase()
}

/// Meant against this mistake: the button “生成上报文件” gets another name: the chapter that sends people to it is named.
#[test]
fn every_name_the_manual_quotes_stands_in_the_window() {
    for language in [domain::words::Language::Zh, domain::words::Language::En] {
        let spoken = spoken(language);
        for file in std::fs::read_dir(chapter(language.folder())).unwrap() {
            let file = file.unwrap().path();
            if file.ends_with("10-notice.md") {
                continue;
            }
            let text = std::fs::read_to_string(&file).unwrap();
            for quoted in text.split('“').skip(1).filter_map(|rest| rest.split_once('”')).map(|(name, _)| name) {
                // A way to a place is told step by step.
                for name in quoted.split('→') {
                    assert!(spoken.contains(&bare(name)), "“{name}” in {} is not said anywhere", file.display());
                }
            }
        }
    }
}
