//! No setting is dead: a school in which something of everything is under way looks different at the two ends of each.

use std::collections::BTreeSet;

use actions::{CoverageRequest, DutiesRequest, FindingsRequest, RatesRequest};
use domain::settings::{Kind, Setting};
use domain::{Date, Id};
use serde_json::{Value as Json, json};
use store::Definitions;
use support::desks::Office;

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

/// The days on which people look: early in a term, after a gap in its September, and at the spring census.
const LOOKS: [&str; 3] = ["2026-09-09", "2026-09-28", "2027-03-02"];

/// The lowest and the highest choice of a setting.
fn ends(setting: &Setting) -> [String; 2] {
    match setting.kind {
        Kind::Number => setting.range.map(|(low, high)| [low.to_string(), high.to_string()]).unwrap(),
        Kind::Numbers => setting.range.map(|(low, high)| [format!("{low},{}", low + 1), high.to_string()]).unwrap(),
        Kind::MonthDay => setting.span.map(|(first, last)| [first.to_string(), last.to_string()]).unwrap(),
        Kind::Choice => [setting.choices[0].clone(), setting.choices[setting.choices.len() - 1].clone()],
        Kind::Switch => ["false".to_owned(), "true".to_owned()],
    }
}

struct World(Office);

impl World {
    fn child(&self, name: &str, more: Json) -> Id {
        let mut row = json!({ "name": name, "sex": "1", "grade": "13", "class": "1", "birth_date": "2018-01-05" });
        row.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.0.put("student", &row)
    }

    fn case(&self, name: &str, values: Json) -> Id {
        let mut row = json!({ "student": self.child(name, json!({})), "found_on": "2026-09-03" });
        row.as_object_mut().unwrap().extend(values.as_object().unwrap().clone());
        self.0.put("dropout_case", &row)
    }

    fn missed(&self, student: Id, kind: &str, days: &[&str]) {
        for on in days {
            self.0.put("absence", &json!({ "student": student, "on": on, "part": "day", "kind": kind }));
        }
    }

    fn cases(&self) {
        self.case("未报告", json!({ "left_on": "2026-09-02" }));
        self.case("开学未到", json!({ "left_on": "2026-09-01" }));
        self.case("已报告", json!({ "left_on": "2026-09-02", "reported_on": "2026-09-08" }));
        self.case("复学", json!({ "left_on": "2026-09-01", "status": "observing", "returned_on": "2026-09-03" }));
        let out = json!({ "left_on": "2026-09-02", "status": "persuading", "confirmed_on": "2026-09-04", "reported_on": "2026-09-04" });
        for (name, days) in
            [("劝两次", &["2026-09-05", "2026-09-06"][..]), ("劝三次", &["2026-09-05", "2026-09-06", "2026-09-07"])]
        {
            let case = self.case(name, out.clone());
            for on in days {
                self.0.put("persuasion", &json!({ "case": case, "on": on, "way": "visit", "people": "李老师" }));
            }
        }
    }

    fn papers(&self) {
        let suspended = |from: &str, until: Option<&str>| json!({ "kind": "suspend", "pause_from_on": from, "pause_until_on": until });
        let changes = [
            vec![suspended("2026-09-07", None)],
            vec![suspended("2025-09-01", Some("2026-08-31")), suspended("2026-09-01", Some("2027-08-31"))],
            vec![json!({ "kind": "transfer_out", "applied_on": "2026-09-07" })],
        ];
        for rows in changes {
            let student = self.child("办手续", json!({}));
            for mut row in rows {
                row["student"] = json!(student);
                self.0.put("roll_change", &row);
            }
        }
    }

    fn care(&self) {
        let home = self.child("送教", json!({ "status": "送教在籍", "student_code": "G110105201801050011" }));
        for on in ["2026-09-07", "2026-09-08"] {
            self.0.put("home_teaching", &json!({ "student": home, "on": on, "hours": 3 }));
        }
        let visit = |student: Id| json!({ "student": student, "visited_on": "2026-09-05", "way": "home", "visitors": "李老师", "signed": "1" });
        self.0.put("home_visit", &visit(self.child("家访", json!({}))));
        let key = self.child("重点", json!({ "left_behind": "1" }));
        self.0.put("home_visit", &visit(key));
        // Father away for four months, and of another child both for as long.
        let away = |student: Id, who: &str| json!({ "student": student, "who": who, "from_on": "2026-05-05" });
        self.0.put("parent_away", &away(key, "51"));
        let both = self.child("双亲外出", json!({}));
        for who in ["51", "52"] {
            self.0.put("parent_away", &away(both, who));
        }
        // Of age only where six or ten cohorts count.
        for born in ["2020-03-01", "2011-03-01"] {
            self.0.put("student", &json!({ "name": "不在学", "sex": "2", "birth_date": born }));
        }
    }

    /// Missing days of every kind, entered as they came until the 9th, and once more on the 28th.
    fn absences(&self) {
        let today = self.child("今天没来", json!({}));
        let (mondays, often) = (self.child("周一", json!({})), self.child("常缺", json!({})));
        let (ill, four) = (self.child("生病", json!({})), self.child("四天", json!({})));
        self.missed(four, "unexplained", &["2026-09-03", "2026-09-04", "2026-09-07", "2026-09-08"]);
        self.0.desk.set_today(day(LOOKS[1]));
        let sick = ["01", "02", "03", "04", "07", "08", "09", "10", "11", "14", "15", "16"];
        let sick: Vec<String> = sick.iter().map(|on| format!("2026-09-{on}")).collect();
        self.missed(ill, "sick", &sick.iter().map(String::as_str).collect::<Vec<_>>());
        self.missed(mondays, "unexplained", &["2026-09-07", "2026-09-14", "2026-09-21"]);
        self.missed(often, "unexplained", &["2026-09-08", "2026-09-10", "2026-09-16", "2026-09-18"]);
        self.missed(today, "unexplained", &["2026-09-28"]);
    }

    fn new() -> Self {
        let world = Self(Office::new("nine_year", "柳湾学校", 76, &Definitions::built_in()));
        world.0.desk.set_today(day("2026-09-01"));
        world.child("一年级", json!({ "grade": "11" }));
        world.child("初中", json!({ "grade": "21", "birth_date": "2013-05-05" }));
        world.0.desk.set_today(day("2026-09-09"));
        world.cases();
        world.papers();
        world.care();
        world.absences();
        world
    }

    /// Everything that people are told.
    fn looks(&self) -> Vec<Json> {
        let desk = &self.0.desk;
        let mut told = vec![];
        for look in LOOKS {
            desk.set_today(day(look));
            let all = DutiesRequest { ahead_days: Some(800), ..DutiesRequest::default() };
            let findings = FindingsRequest { limit: 500, explained: true, ..FindingsRequest::default() };
            told.extend([
                json!(actions::duties(desk, all).unwrap().lines),
                json!(actions::findings(desk, findings).unwrap().groups),
                json!(actions::coverage(desk, CoverageRequest::default()).unwrap()),
                json!(actions::rates(desk, RatesRequest::default()).unwrap()),
                json!(actions::left_behind(desk, None).unwrap()),
                json!(actions::out_of_school(desk, None).unwrap()),
                json!(actions::notices(desk, ()).unwrap()),
            ]);
        }
        told
    }
}

/// Mutant to try: `visit.second_visitor` read by nothing, as it once was with four others.
#[test]
fn each_setting_shows_at_both_its_ends() {
    let world = World::new();
    let mut dead = BTreeSet::new();
    for setting in Setting::all() {
        let mut seen = vec![];
        for value in ends(setting) {
            let row = world.0.put("setting", &json!({ "key": setting.key.to_string(), "value": value }));
            seen.push(world.looks());
            let gone = actions::LiveRequest { record: "setting".to_owned(), id: row, why: None };
            actions::delete_row(&world.0.desk, gone).unwrap();
        }
        // The sentence of a rule names the value in force: that alone is no effect.
        if seen[0] == seen[1] {
            dead.insert(setting.key.to_string());
        }
    }
    assert_eq!(dead, BTreeSet::new(), "settings that change nothing");
}
