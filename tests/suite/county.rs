//! What comes down from above: settings files that add, rename and hide fields, add choices and bind periods.

use std::collections::BTreeMap;

use actions::{ExportRequest, Failure, MakeSettings, SettingsReply};
use domain::words::Language;
use domain::{Id, Record};
use serde_json::{Map, Value as Json, json};
use store::Definitions;
use support::bx::Place;
use support::desks::Office;
use support::registers::{list, listed, plain, rehearsed, workbook};

mod refusals;

const COUNTY: &str = include_str!("../fixtures/county.toml");

/// A county, its center, and a school of that center.
struct Levels {
    county: Office,
    center: Office,
    school: Office,
}

impl Levels {
    fn new() -> Self {
        let definitions = Definitions::built_in();
        let county = Office::new("county", "青禾县教育体育局", 5, &definitions);
        let center = Office::new("center", "禾塘镇中心学校", 2, &definitions);
        let school = Office::new("school", "柳湾村小学", 1, &definitions);
        center.enrol_under(&county);
        school.enrol_under(&center);
        Self { county, center, school }
    }

    /// The county issues settings; they come down with packages.
    fn issue(&self, text: &str) -> SettingsReply {
        let made = make(&self.county, text).unwrap();
        send_down(&self.county, &self.center);
        send_down(&self.center, &self.school);
        made
    }
}

fn make(office: &Office, text: &str) -> Result<SettingsReply, Failure> {
    let (input, output) = (office.beside("settings.toml"), office.beside("settings.bxs"));
    std::fs::write(&input, text).unwrap();
    actions::make_settings_file(&office.desk, MakeSettings { input, output })
}

fn take(from: &Office, to: &Office) -> Result<SettingsReply, Failure> {
    actions::take_settings_file(&to.desk, from.beside("settings.bxs"))
}

fn id_of(office: &Office) -> Id {
    office.desk.session().unwrap().organisation.id
}

fn send_down(above: &Office, below: &Office) -> actions::MergeReport {
    let (folder, to) = (above.beside("stick"), Some(id_of(below).to_string()));
    std::fs::create_dir_all(&folder).unwrap();
    let sealed = actions::export(&above.desk, ExportRequest { to, folder, extent: None }).unwrap();
    actions::merge(&below.desk, sealed.file).unwrap()
}

/// The key of a field that the county added.
fn key(levels: &Levels, name: &str) -> String {
    domain::overlay::key_of(id_of(&levels.county), name)
}

fn student(office: &Office) -> &Record {
    office.desk.session().unwrap();
    office.desk.catalogue().record("student").unwrap()
}

fn sound(office: &Office) {
    let damages = office.desk.session().unwrap().store.read(|view| view.verify()).unwrap();
    assert!(damages.is_empty(), "{damages:?}");
}

/// A child with every added field, as a form sends it.
fn child(levels: &Levels, name: &str) -> Json {
    let mut values = Map::from_iter([
        ("name".to_owned(), json!(name)),
        ("birth_date".to_owned(), json!("2016-03-04")),
        ("village".to_owned(), json!("柳湾三组")),
        ("grade".to_owned(), json!("三年级")),
    ]);
    let added = [
        ("bus_line", json!("北山线")),
        ("bus_stop", json!("老槐树")),
        ("bus_km", json!(12)),
        ("bus_since", json!("2026年9月1日")),
        ("bus_paid", json!("是")),
    ];
    values.extend(added.into_iter().map(|(name, value)| (key(levels, name), value)));
    Json::Object(values)
}

fn refusal(failure: &Failure) -> String {
    let told: Vec<String> = failure
        .fields
        .iter()
        .map(|problem| format!("{} {}", problem.field, domain::words::problem(Language::Zh, problem)))
        .collect();
    format!("{} {}", failure.sentence(Language::Zh).what, told.join("\n"))
}

/// Mutant caught: `extra` read without the name of the field, so that an added field shows another one's value.
#[test]
fn a_field_added_by_the_county_is_a_field_like_any_other() {
    let levels = Levels::new();
    let made = levels.issue(COUNTY);
    assert_eq!(made.changes.len(), 11, "{:?}", made.changes);
    let school = &levels.school;
    let id = school.put("student", &child(&levels, "王小明"));
    school.put("student", &json!({ "name": "李小红", "birth_date": "2016-05-06", "grade": "三年级" }));
    let row = school.get("student", Some(id)).remove(0);
    let stored = |name: &str| row[&key(&levels, name)].clone();
    assert_eq!(
        [stored("bus_line"), stored("bus_stop"), stored("bus_km"), stored("bus_since"), stored("bus_paid")],
        [json!("north"), json!("老槐树"), json!(12), json!("2026-09-01"), json!(1)]
    );
    // Validation, list, filter.
    let far = school.save("student", &json!({ "id": id, key(&levels, "bus_km"): 200 })).unwrap_err();
    assert_eq!((far.fields[0].rule.as_str(), &far.fields[0].field), ("out_of_range", &key(&levels, "bus_km")));
    let missing = school
        .save("student", &json!({ "name": "赵小强", "birth_date": "2016-07-08", "grade": "三年级" }))
        .unwrap()
        .problems;
    assert!(missing.iter().any(|one| one.field == key(&levels, "bus_stop") && one.rule == "required"));
    let roster = school.desk.catalogue().form("roster").unwrap().clone();
    let shown = listed(school, &roster);
    assert!(
        shown
            .rows
            .iter()
            .any(|row| ["北山线", "老槐树", "12", "是"].iter().all(|cell| row.cells.contains(&(*cell).to_owned())))
    );
    let by_line = BTreeMap::from([(key(&levels, "bus_line"), Some("north".to_owned()))]);
    assert_eq!(list(school, &roster, by_line).rows.iter().map(|row| row.id).collect::<Vec<_>>(), [id]);
    // Change, history, undo.
    school.put("student", &json!({ "id": id, key(&levels, "bus_stop"): "桥头" }));
    let told = actions::history(&school.desk, id).unwrap();
    let line = told.iter().find(|line| line.field == key(&levels, "bus_stop")).unwrap();
    assert_eq!((line.label.as_str(), line.values.as_slice()), ("上车站点", ["桥头".to_owned()].as_slice()));
    actions::undo(&school.desk, None).unwrap();
    assert_eq!(school.get("student", Some(id))[0][&key(&levels, "bus_stop")], json!("老槐树"));
    // Out as a workbook and in again, by its Chinese name and by an alias.
    let back = rehearsed(school, "student", workbook(school, &roster)).unwrap();
    assert_eq!((back.rows, back.same), (3, 3), "{back:?}");
    let file = school.beside("village.xlsx");
    let columns =
        ["姓名", "乘坐校车线路", "站点"].map(|head| sheets::ListColumn { head: head.to_owned(), width_mm: None });
    let rows = vec![["孙小兰", "沿河线", "水库"].map(str::to_owned).to_vec()];
    let sheet = sheets::List {
        title: "村表".to_owned(),
        columns: columns.to_vec(),
        rows,
        marks: BTreeMap::new(),
        landscape: false,
        paper: 9,
    };
    std::fs::write(&file, sheets::write(&sheet).unwrap()).unwrap();
    let request =
        actions::import::ImportRequest { file, record: "student".to_owned(), sheet: None, columns: BTreeMap::new() };
    actions::import::import(&school.desk, request).unwrap();
    let new = school.get("student", None).into_iter().find(|row| row["name"] == json!("孙小兰")).unwrap();
    assert_eq!([&new[&key(&levels, "bus_line")], &new[&key(&levels, "bus_stop")]], [&json!("river"), &json!("水库")]);
    // On paper.
    let out = school.beside("roster.pdf");
    let pages = actions::paper::PagesRequest { form: "roster".to_owned(), ..Default::default() };
    actions::paper::print(&school.desk, actions::paper::PrintRequest { pages, out: out.clone() }).unwrap();
    let printed = support::pages::Printed { file: out.into(), pages: 0, missing: vec![] }.run();
    assert!(printed.contains("上车站点") && printed.contains("老槐树"), "{printed}");
    // Up to the center and the county.
    school.report_to(&levels.center);
    levels.center.report_to(&levels.county);
    for above in [&levels.center, &levels.county] {
        assert_eq!(plain(above.get("student", Some(id)).remove(0)), plain(school.get("student", Some(id)).remove(0)));
        sound(above);
    }
    sound(school);
}

#[test]
fn names_places_and_choices_are_the_countys() {
    let levels = Levels::new();
    let before = student(&levels.school).field("village").unwrap().label.zh.clone();
    let order = |record: &Record| record.as_shown().fields.into_iter().map(|field| field.key).collect::<Vec<_>>();
    levels.issue(COUNTY);
    let record = student(&levels.school);
    let village = record.field("village").unwrap();
    assert_eq!((village.label.zh.as_str(), village.aliases.contains(&before)), ("所在村组", true));
    assert!(record.field("talents").unwrap().hidden);
    let shown = order(record);
    let at = |key: &str| shown.iter().position(|one| one == key).unwrap();
    assert_eq!(at(&key(&levels, "bus_line")), at("village") + 1);
    let kinds = levels.school.desk.catalogue().codes("work_kind").unwrap();
    let id = levels.school.put("work_record", &json!({ "kind": "书香校园", "title": "晨读", "on": "2026-09-07" }));
    let stored = levels.school.get("work_record", Some(id))[0]["kind"].clone();
    assert_eq!(kinds.name(stored.as_str().unwrap()), "书香校园");
    // The next file no longer names them: what was written stays, is read, and is not asked for.
    let child = levels.school.put("student", &child(&levels, "王小明"));
    let made = levels.issue("title = \"青禾县2027年春季设置\"");
    assert_eq!(made.number, 2);
    assert!(made.changes.iter().any(|line| line.contains("上车站点") && line.contains("历史")), "{:?}", made.changes);
    let record = student(&levels.school);
    assert!(record.field(&key(&levels, "bus_stop")).unwrap().hidden);
    assert_eq!(record.field("village").unwrap().label.zh, before);
    let told = actions::history(&levels.school.desk, child).unwrap();
    assert!(told.iter().any(|line| line.label == "上车站点" && line.values == ["老槐树"]));
    let kinds = levels.school.desk.catalogue().codes("work_kind").unwrap();
    assert_eq!(kinds.name(stored.as_str().unwrap()), "书香校园", "a withdrawn choice is still read");
    assert!(kinds.get(stored.as_str().unwrap()).unwrap().retired);
    let roster = levels.school.desk.catalogue().form("roster").unwrap().clone();
    assert!(listed(&levels.school, &roster).rows.iter().all(|row| !row.cells.contains(&"老槐树".to_owned())));
    sound(&levels.school);
}

#[test]
fn values_that_come_before_their_settings_are_kept_and_shown_when_those_come() {
    let levels = Levels::new();
    let school = &levels.school;
    make(&levels.county, COUNTY).unwrap();
    send_down(&levels.county, &levels.center);
    // The school went by the settings; the second computer of the school never heard of them.
    let other = school.cloned(9, &Definitions::built_in());
    send_down(&levels.center, school);
    let id = school.put("student", &child(&levels, "王小明"));
    school.carry_to(&other);
    let told = actions::history(&other.desk, id).unwrap();
    let settings = other.get("settings_file", None);
    assert_eq!(settings.len(), 1, "they came with the same rows");
    assert!(told.iter().any(|line| line.values == ["老槐树"]));
    assert_eq!(plain(other.get("student", Some(id)).remove(0)), plain(school.get("student", Some(id)).remove(0)));
    sound(&other);
}

#[test]
fn two_ledgers_with_different_settings_merge_alike() {
    let levels = Levels::new();
    levels.issue(COUNTY);
    let (school, center) = (&levels.school, &levels.center);
    let id = school.put("student", &child(&levels, "王小明"));
    // A second computer on the settings of the year before: the field is unknown there, and travels all the same.
    let plain_center = Office::new("center", "无设置的中心学校", 7, &Definitions::built_in());
    school.report_to(center);
    school.carry_to(&plain_center);
    let told = actions::history(&plain_center.desk, id).unwrap();
    let line = told.iter().find(|line| line.values == ["老槐树"]).unwrap();
    assert!(line.label.contains("bus_stop"), "{}", line.label);
    sound(&plain_center);
    // Both change it at once: a choice is asked for, by the field's own name.
    center.put("student", &json!({ "id": id, key(&levels, "bus_stop"): "桥头" }));
    school.put("student", &json!({ "id": id, key(&levels, "bus_stop"): "水库" }));
    school.report_to(center);
    let open = actions::conflicts(&center.desk, ()).unwrap();
    assert_eq!((open.len(), open[0].label.as_str()), (1, "上车站点"));
}

/// Mutant caught: a threshold bound above that can be chosen below.
#[test]
fn a_period_bound_above_holds_and_says_who_bound_it() {
    let levels = Levels::new();
    let school = &levels.school;
    let set = |value: &str| school.save("setting", &json!({ "key": "absence.suspected_days", "value": value }));
    set("4").unwrap();
    let line = |office: &Office| {
        let lines = actions::settings_in_force(&office.desk, ()).unwrap();
        lines.into_iter().find(|line| line.setting.key.name() == "absence.suspected_days").unwrap()
    };
    assert_eq!((line(school).value.as_str(), line(school).bound), ("4", false));
    levels.issue(COUNTY);
    for below in [school, &levels.center] {
        let now = line(below);
        assert_eq!((now.value.as_str(), now.bound_by.as_deref()), ("2", Some("青禾县教育体育局")));
    }
    assert!(!line(&levels.county).bound, "the county itself may choose anew");
    let refused = set("3").unwrap_err();
    assert_eq!(
        refusal(&refused),
        "有内容需要改正，没有保存。 value 青禾县教育体育局已统一规定为 2，下级单位不能更改。"
    );
    let unknown = school.save("setting", &json!({ "key": "absence.visit_days", "value": "99" })).unwrap_err();
    assert_eq!(unknown.fields[0].rule, "out_of_range");
    // A row that says it is the county's, and is not signed, binds nobody.
    let forged = json!({ "by": id_of(&levels.county).to_string(), "issue": 9, "title": "假",
        "file": "{\"body\":{\"format\":\"baoxue-settings-1\"},\"signature\":\"\"}" });
    school.put("settings_file", &forged);
    assert_eq!(line(school).value, "2");
    assert!(!student(school).field(&key(&levels, "bus_stop")).unwrap().hidden);
}

/// Mutant caught: an objection to what one's own school wrote.
#[test]
fn a_school_objects_to_a_correction_and_hears_an_answer() {
    let levels = Levels::new();
    let (school, center) = (&levels.school, &levels.center);
    let id = school.put("student", &json!({ "name": "王小明", "village": "柳湾三组" }));
    school.report_to(center);
    center.put("student", &json!({ "id": id, "village": "河口村" }));
    let told = send_down(center, school);
    assert_eq!(told.corrections.iter().map(|line| line.written.field.as_str()).collect::<Vec<_>>(), ["village"]);
    let object = |field: &str, reason: &str| {
        let request = actions::ObjectRequest { id, field: field.to_owned(), change: None, reason: reason.to_owned() };
        actions::object(&school.desk, request)
    };
    assert_eq!(object("name", "是本校填的").unwrap_err().code, "nothing_to_object");
    assert_eq!(object("village", "").unwrap_err().fields[0].rule, "required");
    let raised = object("village", "孩子户口和家都在柳湾三组，户口簿已核对").unwrap().id;
    school.report_to(center);
    let row = || actions::RowRequest { record: "student".to_owned(), id };
    let beside = actions::open_row(&center.desk, row()).unwrap().objections;
    assert_eq!((beside.len(), beside[0].field.as_str(), beside[0].said.as_str()), (1, "village", "河口村"));
    assert_eq!(beside[0].organisation, "柳湾村小学");
    center.put("objection", &json!({ "id": raised, "answer": "已核实，改回柳湾三组" }));
    send_down(center, school);
    assert_eq!(actions::open_row(&school.desk, row()).unwrap().objections[0].answer, "已核实，改回柳湾三组");
}

/// A file that was taken in counts on when the office that signed it signs with a new key; one that comes anew under the
/// old key does not.
#[test]
fn settings_outlive_the_key_they_were_signed_with() {
    let levels = Levels::new();
    let (center, school) = (&levels.center, &levels.school);
    make(center, COUNTY).unwrap();
    let old = std::fs::read(center.beside("settings.bxs")).unwrap();
    take(center, school).unwrap();
    let key = domain::overlay::key_of(id_of(center), "bus_stop");
    // The center's key as the school knows it from now on.
    let renewed = |store: &store::Store, change: &dyn Fn(&mut Json)| {
        store
            .write(|door| {
                let mut card: Json = serde_json::from_slice(&door.view().local("above")?.unwrap()).unwrap();
                change(&mut card);
                door.set_local("above", &serde_json::to_vec(&card).unwrap())
            })
            .unwrap();
    };
    let county_key = {
        let session = center.desk.session().unwrap();
        let card = session.store.read(|view| view.local("above")).unwrap().unwrap();
        serde_json::from_slice::<Json>(&card).unwrap()["sign_key"].clone()
    };
    renewed(&school.desk.session().unwrap().store, &|card| card["sign_key"] = county_key.clone());
    assert!(!student(school).field(&key).unwrap().hidden, "what was taken stays in force");
    std::fs::write(school.beside("settings.bxs"), old).unwrap();
    assert_eq!(take(school, school).unwrap_err().code, "settings_bad_signature");
}

/// The command line: thresholds set, refused out of range and where the county bound them; a file made, looked at,
/// taken, passed on; the definitions in force told by `records`.
#[test]
fn the_command_line_sets_issues_takes_and_tells() {
    let place = Place::new();
    place.init("school", "school", "柳湾村小学", "");
    place.init("center", "center", "禾塘镇中心学校", "");
    place.init("county", "county", "青禾县教育体育局", "");
    place.enrolled("school", "center");
    place.enrolled("center", "county");
    let set = |value: &str| place.bx(&format!("--ledger school settings set absence.suspected_days {value}"));
    assert!(set("4").ok().contains("absence.suspected_days  4"));
    assert!(set("99").refused(1).contains("应在 1 到 5 之间，现为 99。"));
    assert!(place.bx("--ledger school settings set no.such 1").refused(1).contains("没有“no.such”这一项设置"));
    std::fs::write(place.path("county.toml"), COUNTY).unwrap();
    assert!(place.bx("--ledger school settings-file make county.toml --out x").refused(1).contains("只有县和中心校"));
    let made = place.bx("--ledger county settings-file make county.toml --out county.bxs").ok();
    assert!(made.contains("第 1 期") && made.contains("学生增加栏目“上车站点”。"), "{made}");
    assert!(place.bx("--ledger school settings-file take county.bxs").refused(1).contains("不是本单位的上级制发的"));
    assert!(place.bx("--ledger school settings-file take county.toml").refused(1).contains("没有采用"));
    place.bx("--ledger center settings-file take county.bxs").ok();
    place.bx("--ledger center settings-file give --out passed.bxs").ok();
    let would = place.bx("--ledger school settings-file take passed.bxs --rehearse").ok();
    assert!(would.contains("采用后") && !place.bx("--ledger school records").ok().contains("上车站点"), "{would}");
    place.bx("--ledger school settings-file take passed.bxs").ok();
    assert!(place.bx("--ledger school records").ok().contains("上车站点"));
    assert!(place.bx("--ledger school settings-file list").ok().contains("现行"));
    let locked = set("3").refused(1);
    assert!(locked.contains("青禾县教育体育局已统一规定为 2，下级单位不能更改。"), "{locked}");
    assert!(place.bx("--ledger school settings").ok().contains("absence.suspected_days  2"));
    let id = place.put("school", "student", &json!({ "name": "王小明", "village": "柳湾三组" }));
    let file = place.export("school", "stick");
    place.bx(&format!("--ledger center merge {file}")).ok();
    place.put("center", "student", &json!({ "id": id, "village": "河口村" }));
    let sealed = place.bx("--ledger center export --to 柳湾村小学 --out stick --json").json();
    place.bx(&format!("--ledger school merge {}", sealed["file"].as_str().unwrap())).ok();
    place.run(&["--ledger", "school", "object", &id, "village", "--why", "户口簿已核对"], "").ok();
    assert_eq!(place.get("school", "objection")[0]["reason"], json!("户口簿已核对"));
    place.run(&["--ledger", "school", "object", &id, "name", "--why", "不对"], "").refused(1);
}
