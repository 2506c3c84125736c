//! Changes on the roll of compulsory schooling: the legal list only, step by step, each with its proof and its days.

use domain::Catalogue;
use serde_json::{Value as Json, json};
use store::Definitions;
use support::desks::Office;

fn application(school: &Office, kind: &str) -> Json {
    let child = school.put("student", &json!({ "name": "王小明", "birth_date": "2016-03-04" }));
    json!({ "student": child, "kind": kind, "applied_on": "2026-09-01", "reason": "疾病" })
}

#[test]
fn nobody_is_expelled_and_nobody_quits() {
    let school = Office::new("school", "柳湾村小学", 1, &Definitions::built_in());
    for unlawful in ["退学", "开除", "开除学籍", "劝退"] {
        let refused = school.save("roll_change", &application(&school, unlawful)).unwrap_err();
        assert_eq!(refused.fields[0].rule, "not_in_list", "{unlawful}");
    }
    let list = Catalogue::built_in().codes("change_kind").unwrap();
    let lawful =
        ["休学", "复学", "转出", "转入", "跳级", "出国", "回国复学", "恢复入学资格", "失踪", "死亡", "其他离校"];
    let offered: Vec<&str> = list.codes.iter().filter(|code| !code.retired).map(|code| code.zh.as_str()).collect();
    assert_eq!(offered, lawful);
}

#[test]
fn an_application_skips_nobody_and_what_is_done_stays_done() {
    let school = Office::new("school", "柳湾村小学", 1, &Definitions::built_in());
    let id = school.put("roll_change", &application(&school, "休学"));
    let to = |state: &str| school.save("roll_change", &json!({ "id": id, "state": state }));
    let rule = |moved: Result<actions::SaveReply, actions::Failure>| moved.unwrap_err().fields[0].rule.clone();
    assert_eq!(rule(to("主管部门审核")), "move_illegal");
    for state in ["学校审核", "退回", "学校审核", "主管部门审核"] {
        to(state).unwrap();
    }
    let done = school
        .put("roll_change", &json!({ "id": id, "state": "完成", "changed_on": "2026-09-07", "done_on": "2026-09-08" }));
    assert_eq!(done, id);
    assert_eq!(rule(to("学校审核")), "move_after_end");
}

#[test]
fn each_change_says_what_proves_it_and_from_when_it_counts() {
    let school = Office::new("school", "柳湾村小学", 1, &Definitions::built_in());
    let wanted = |kind: &str, state: &str| {
        let mut values = application(&school, kind);
        values["state"] = json!(state);
        let saved = school.save("roll_change", &values).unwrap();
        saved.problems.into_iter().map(|problem| problem.field).collect::<Vec<_>>()
    };
    for kind in ["休学", "复学", "转出", "转入", "出国", "死亡", "失踪"] {
        assert!(wanted(kind, "已申请").contains(&"proofs".to_owned()), "{kind} is proven");
    }
    let at_the_end = wanted("死亡", "完成");
    assert!(["changed_on", "done_on"].iter().all(|day| at_the_end.iter().any(|field| field == day)), "{at_the_end:?}");
}
