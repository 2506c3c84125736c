//! What a center's directory tells those below beside names and keys: the key it takes next, how far a revoked school
//! counts, which program it wants.

use actions::{ExportRequest, RevokeRequest, RotateRequest};
use serde_json::json;
use store::Definitions;
use support::desks::{Office, PASSWORD};

fn office(kind: &str, name: &str, seed: u8) -> Office {
    Office::new(kind, name, seed, &Definitions::built_in())
}

fn down(center: &Office, to: &str) -> String {
    let request = ExportRequest { to: Some(to.to_owned()), folder: center.beside("stick"), extent: None };
    actions::export(&center.desk, request).unwrap().file
}

/// A center renews its key: a school that knew its directory needs no file for that, one that did not asks for it; and what
/// the school sends is read as before, twice over.
///
/// Mutants caught: the key announced not taken when the center renews; a school that does not take over the new card.
#[test]
fn who_knows_the_directory_knows_the_key_the_center_takes_next() {
    let (center, school, late) =
        (office("center", "禾塘镇中心学校", 1), office("school", "柳湾村小学", 2), office("school", "河口村小学", 3));
    school.enrol_under(&center);
    late.enrol_under(&center);
    let ming = school.put("student", &json!({ "name": "王小明", "sex": "1", "birth_date": "2015-03-04" }));
    school.report_to(&center);
    actions::merge(&school.desk, down(&center, "柳湾村小学")).unwrap();
    for phone in ["16400000001", "16400000002"] {
        let request = RotateRequest { password: PASSWORD.to_owned(), folder: center.beside("stick") };
        actions::rotate_key(&center.desk, request).unwrap();
        center.put("student", &json!({ "id": ming.to_string(), "phone": phone }));
        assert_eq!(actions::merge(&school.desk, down(&center, "柳湾村小学")).unwrap().held, 0);
        assert_eq!(school.get("student", None)[0]["phone"], phone);
        school.report_to(&center);
    }
    let unheard = actions::merge(&late.desk, down(&center, "河口村小学")).unwrap_err();
    assert_eq!(unheard.code, "bad_signature");
    for office in [&center, &school] {
        assert!(actions::check(&office.desk, ()).unwrap().sound);
    }
}

/// A center says which program it wants: schools below, and those below a center below a county, see it and whether theirs
/// is older. Whoever is told nothing is not warned.
///
/// Mutants caught: versions compared as texts; what the county wants not passed on.
#[test]
fn schools_are_told_which_program_is_wanted() {
    let (county, center, school) =
        (office("county", "临江县教育局", 3), office("center", "禾塘镇中心学校", 1), office("school", "柳湾村小学", 2));
    center.enrol_under(&county);
    school.enrol_under(&center);
    let told = |office: &Office| {
        let reply = actions::directory(&office.desk, ()).unwrap();
        (reply.program_min, reply.outdated)
    };
    let want = |office: &Office, version: &str| actions::require_program(&office.desk, Some(version.to_owned()));
    actions::merge(&school.desk, down(&center, "柳湾村小学")).unwrap();
    assert_eq!(told(&school), (String::new(), false));
    assert_eq!(want(&center, "最新版").unwrap_err().code, "not_a_version");
    assert_eq!(want(&school, "1.0.0").unwrap_err().code, "not_from_here");
    want(&center, "9.0.0").unwrap();
    actions::merge(&school.desk, down(&center, "柳湾村小学")).unwrap();
    assert_eq!(told(&school), ("9.0.0".to_owned(), true));
    want(&county, "10.0.0").unwrap();
    actions::merge(&center.desk, down(&county, "禾塘镇中心学校")).unwrap();
    actions::merge(&school.desk, down(&center, "柳湾村小学")).unwrap();
    assert_eq!(told(&school), ("10.0.0".to_owned(), true));
    want(&county, "0.0.1").unwrap();
    want(&center, "").unwrap();
    actions::merge(&center.desk, down(&county, "禾塘镇中心学校")).unwrap();
    actions::merge(&school.desk, down(&center, "柳湾村小学")).unwrap();
    assert_eq!(told(&school), ("0.0.1".to_owned(), false));
}

/// Of a school that was revoked the directory says how far its writing counts.
///
/// Mutant caught: a directory without what still counts.
#[test]
fn a_directory_says_how_far_a_revoked_school_counts() {
    let (center, school, other) =
        (office("center", "禾塘镇中心学校", 1), office("school", "柳湾村小学", 2), office("school", "河口村小学", 3));
    school.enrol_under(&center);
    other.enrol_under(&center);
    school.put("student", &json!({ "name": "王小明", "sex": "1", "birth_date": "2015-03-04" }));
    school.report_to(&center);
    let last = actions::history(&school.desk, school.get("student", None)[0]["id"].as_str().unwrap().parse().unwrap());
    let computer = last.unwrap()[0].computer.clone();
    let request =
        RevokeRequest {
            organisation: Some("柳湾村小学".to_owned()), computer: None, why: "电脑被盗".to_owned()
        };
    actions::revoke(&center.desk, request).unwrap();
    actions::merge(&other.desk, down(&center, "河口村小学")).unwrap();
    let told = actions::directory(&other.desk, ()).unwrap();
    let line = told.lines.iter().find(|line| line.name == "柳湾村小学").unwrap();
    assert!(!line.revoked_on.is_empty());
    assert_eq!(line.counts_until.iter().map(|until| &until.computer).collect::<Vec<_>>(), [&computer]);
    assert!(line.counts_until[0].change > 1);
    assert!(told.lines.iter().filter(|line| line.name != "柳湾村小学").all(|line| line.counts_until.is_empty()));
}
