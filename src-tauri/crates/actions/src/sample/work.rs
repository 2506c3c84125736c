//! What happens while the township is at work: home visits, children who stay away, attempts to bring them back.

use domain::{Date, Id};
use serde_json::{Value as Json, json};

use super::child::{Child, form};
use super::dice::{Dice, Season, later};
use crate::desk::Desk;
use crate::rows::SaveRequest;

/// Forms that somebody saves together on a day.
#[derive(Debug, Clone)]
pub(super) struct Event {
    pub(super) day: Date,
    pub(super) forms: Vec<SaveRequest>,
}

/// How a case goes. Codes are those of the lists named in `dropout_case` and `persuasion`.
pub(super) struct Story {
    cause: &'static str,
    whereabouts: &'static str,
    place: &'static str,
    found: &'static str,
    /// Way, result, what was said.
    attempts: &'static [(&'static str, &'static str, &'static str)],
    /// The states it goes through after the first, `suspected`.
    steps: &'static [&'static str],
}

/// What happens to older children only.
const GROWN: [Story; 2] = [
    Story {
        cause: "learning",
        whereabouts: "work_away",
        place: "邻省电子厂",
        found: "leaving",
        attempts: &[
            ("phone", "no_contact", "电话关机，托邻居转告。"),
            ("visit", "hesitant", "见到祖母，孩子在电话里说想挣钱，答应过两天再谈。"),
        ],
        steps: &["confirmed", "persuading"],
    },
    Story {
        cause: "work",
        whereabouts: "work_province",
        place: "澄川县城餐馆",
        found: "leaving",
        attempts: &[
            ("visit", "not_met", "家中无人，邻居说已随亲戚进城。"),
            ("center", "refused", "在县城见到孩子，暂不愿返校。"),
        ],
        steps: &["verifying", "confirmed"],
    },
];

/// What happens at any age.
const ANY_AGE: [Story; 6] = [
    Story {
        cause: "family_change",
        whereabouts: "home",
        place: "家中",
        found: "care_lacking",
        attempts: &[
            ("visit", "refused", "家中老人生病，孩子要留下照料。"),
            ("school_village", "agreed", "村委会安排人照料老人，孩子同意下周返校。"),
        ],
        steps: &["verifying", "confirmed", "persuading", "returned"],
    },
    Story { cause: "conflict", whereabouts: "absent", place: "", found: "truancy", attempts: &[], steps: &[] },
    Story {
        cause: "mind",
        whereabouts: "home",
        place: "家中",
        found: "mind",
        attempts: &[("visit", "agreed", "与孩子谈了两个小时，约定先上半天课。")],
        steps: &["confirmed", "persuading", "returned", "observing"],
    },
    Story {
        cause: "lost_contact",
        whereabouts: "school_elsewhere",
        place: "异乡省云外县第三小学",
        found: "none",
        attempts: &[("phone", "school_elsewhere", "对方学校电话确认孩子已随父母就读。")],
        steps: &["excluded"],
    },
    Story {
        cause: "illness",
        whereabouts: "ill",
        place: "县医院",
        found: "illness",
        attempts: &[("visit", "other", "孩子手术后需要休养一学期，家长愿意办理休学。")],
        steps: &["verifying", "closed"],
    },
    Story {
        cause: "other",
        whereabouts: "unknown",
        place: "",
        found: "unguarded",
        attempts: &[("phone", "no_contact", "三个号码都无人接听，已请村干部协助查找。")],
        steps: &["verifying"],
    },
];

/// What a visit without trouble finds: code, words, what was agreed.
const FOUND: [(&str, &str, &str); 6] = [
    ("none", "孩子按时完成作业，家中有人照看。", "保持联系，每周与父母通一次电话。"),
    ("learning", "数学跟不上，回家没有人辅导。", "每天放学后留校辅导半小时。"),
    ("poverty", "家中主要收入靠零工，近期不稳定。", "协助申请生活补助，下月再访。"),
    ("safety", "上学路上要过一段没有护栏的河堤。", "安排高年级同学结伴，报告村委会。"),
    ("care_lacking", "祖父母年纪大，管不住孩子玩手机。", "与父母约定每晚视频，班主任每周回访。"),
    ("illness", "孩子有哮喘，换季时常请假。", "备好药品，缺的课由班主任补上。"),
];

/// Who works at a school, as far as events name people.
pub(super) struct Staff {
    pub(super) principal: String,
    pub(super) teachers: Vec<String>,
}

/// How the cases of a school go. `told` counts those of any age, so that a township sees all of them.
pub(super) fn stories(kind: &str, count: usize, told: &mut usize) -> Vec<&'static Story> {
    let mut stories: Vec<&Story> = if kind == "junior" { GROWN.iter().collect() } else { Vec::new() };
    while stories.len() < count {
        stories.extend(ANY_AGE.get(*told % ANY_AGE.len()));
        *told += 1;
    }
    stories
}

/// Everything that happens at one school, in the order of days.
pub(super) fn events(
    dice: &mut Dice,
    desk: &Desk,
    season: Season,
    (children, staff): (&[Child], &Staff),
    stories: Vec<&Story>,
) -> Vec<Event> {
    let mut events = Vec::new();
    let elder = children.get(children.len() * 2 / 3..).unwrap_or_default();
    for (child, story) in apart(dice, elder, stories.len()).into_iter().zip(stories) {
        events.extend(case(dice, desk, season, (child, staff), story));
    }
    for child in apart(dice, children, (children.len() * 12 / 100).max(2)) {
        events.push(plain_visit(dice, desk, season, child, staff));
    }
    events.sort_by_key(|event| event.day);
    events
}

/// So many children, all different, as far from one another as the list allows.
fn apart<'c>(dice: &mut Dice, children: &'c [Child], count: usize) -> Vec<&'c Child> {
    let step = (children.len() / count.max(1)).max(1);
    let start = dice.between(0, step - 1);
    children.iter().skip(start).step_by(step).take(count).collect()
}

fn plain_visit(dice: &mut Dice, desk: &Desk, season: Season, child: &Child, staff: &Staff) -> Event {
    let day = dice.day(season.after(season.first, 1), season.last);
    let (finding, note, agreed) = FOUND.get(dice.between(0, FOUND.len() - 1)).copied().unwrap_or_default();
    let follow = dice.percent(40).then(|| later(day, dice.between(7, 45)).to_string());
    let way = if dice.percent(75) { "home" } else { "phone" };
    let values = json!({
        "student": child.id.to_string(), "visited_on": day.to_string(), "way": way,
        "kind": if child.alone_with_elders { "care" } else { "general" },
        "visitors": teacher(dice, staff), "met": child.guardian,
        "family_condition": if child.alone_with_elders { ["grandparents", "fair"] } else { ["both_parents", "good"] },
        "findings": [finding], "finding_note": note, "agreed": agreed, "law_told": "1", "next_on": follow,
    });
    Event { day, forms: vec![form("home_visit", desk.new_id(), values)] }
}

fn case(dice: &mut Dice, desk: &Desk, season: Season, (child, staff): (&Child, &Staff), story: &Story) -> Vec<Event> {
    let left = dice.day(season.first, season.after(season.first, 12));
    let found = season.after(left, 3);
    let mut day = found;
    let who = teacher(dice, staff);
    let (visit, case) = (desk.new_id(), desk.new_id());
    let mut events = vec![Event {
        day,
        forms: vec![
            found_at_home(visit, child, story, &who, [day, season.after(day, 5)]),
            opened(case, visit, child, story, [left, day], [&who, &staff.principal]),
        ],
    }];
    for (way, result, told) in story.attempts {
        day = season.after(day, dice.between(2, 5));
        events
            .push(Event { day, forms: vec![attempt(desk, case, [&who, &staff.principal], day, [way, result, told])] });
    }
    events.extend(steps(season, case, [found, day], &who, story));
    events
}

fn found_at_home(visit: Id, child: &Child, story: &Story, who: &str, [day, next]: [Date; 2]) -> SaveRequest {
    form(
        "home_visit",
        visit,
        json!({
            "student": child.id.to_string(), "visited_on": day.to_string(), "way": "home", "kind": "key",
            "visitors": who, "met": child.guardian, "findings": [story.found],
            "finding_note": format!("{}连续三天未到校，到家里了解情况。", child.name),
            "agreed": "先弄清孩子在哪里，再商量返校。", "law_told": "1", "next_on": next.to_string(),
        }),
    )
}

fn opened(
    case: Id,
    visit: Id,
    child: &Child,
    story: &Story,
    [left, found]: [Date; 2],
    [who, principal]: [&str; 2],
) -> SaveRequest {
    form(
        "dropout_case",
        case,
        json!({
            "student": child.id.to_string(), "visit": visit.to_string(), "status": "suspected",
            "left_on": left.to_string(), "found_on": found.to_string(), "found_by": who, "main_cause": story.cause,
            "whereabouts": story.whereabouts, "whereabouts_place": story.place, "duty_school": who,
            "duty_township": "包村干部", "measures": format!("班主任联系监护人，{principal}负责督促。"),
        }),
    )
}

fn attempt(
    desk: &Desk,
    case: Id,
    [who, principal]: [&str; 2],
    day: Date,
    [way, result, told]: [&str; 3],
) -> SaveRequest {
    let people = if way == "phone" || way == "visit" { who.to_owned() } else { format!("{principal}、{who}") };
    let next = (!matches!(result, "agreed" | "school_elsewhere")).then(|| later(day, 5).to_string());
    form(
        "persuasion",
        desk.new_id(),
        json!({
            "case": case.to_string(), "on": day.to_string(), "people": people, "way": way, "result": result,
            "told": told, "next_on": next,
        }),
    )
}

/// The states a case goes through: those before a return from the day it was found, the others after the last attempt.
fn steps(season: Season, case: Id, [found, last]: [Date; 2], who: &str, story: &Story) -> Vec<Event> {
    let (mut early, mut late) = (found, last);
    let step = |status: &&'static str| {
        let at = if matches!(*status, "verifying" | "confirmed" | "persuading") { &mut early } else { &mut late };
        *at = season.after(*at, 1);
        let mut values = state(status, &at.to_string(), who);
        if let Some(values) = values.as_object_mut() {
            values.insert("status".to_owned(), (*status).into());
        }
        Event { day: *at, forms: vec![form("dropout_case", case, values)] }
    };
    story.steps.iter().map(step).collect()
}

/// What a case must show in a state (`assets/machines/case.toml`).
fn state(status: &str, on: &str, who: &str) -> Json {
    match status {
        "confirmed" => json!({ "verified_by": who, "verified_on": on, "confirmed_on": on, "reported_on": on }),
        "returned" => json!({ "returned_on": on, "return_school": "原校" }),
        "observing" => json!({ "return_placement": "same_class" }),
        "closed" => json!({
            "closed_on": on, "closed_ground": "suspended", "closed_evidence": "县医院诊断证明、休学审批表",
        }),
        "excluded" => json!({ "verified_by": who, "verified_on": on }),
        _ => json!({}),
    }
}

fn teacher(dice: &mut Dice, staff: &Staff) -> String {
    let names: Vec<&str> = staff.teachers.iter().map(String::as_str).collect();
    if names.is_empty() { staff.principal.clone() } else { dice.pick(&names).to_owned() }
}
