//! The worked example of domain.md §4.2, lived through the real ledger by `bx`: every rate, its rows, and what was known at
//! a seal.

use serde_json::{Value as Json, json};
use support::bx::{Place, Ran};

/// A primary school of 200 that lives through the school year 2026-2027.
struct Primary {
    place: Place,
    /// Children of a second grade who have always been there.
    others: Vec<String>,
    /// The child who stays out of school, and the one who comes back.
    out: String,
    back: String,
}

impl Primary {
    fn on(&self, day: &str, words: &str) -> Ran {
        self.place.bx(&format!("--today {day} --ledger school {words}"))
    }

    fn put(&self, day: &str, record: &str, rows: &[Json]) -> Vec<String> {
        let lines: String = rows.iter().map(|row| format!("{row}\n")).collect();
        let printed =
            self.place.bx_reading(&format!("--today {day} --ledger school put {record} --atomic"), &lines).ok();
        printed.lines().map(str::to_owned).collect()
    }

    fn change(&self, kind: &str, day: &str, field: &str, students: &[String]) {
        let row = |student: &String| json!({ "student": student, "kind": kind, "applied_on": day, field: day });
        self.put(day, "roll_change", &students.iter().map(row).collect::<Vec<_>>());
    }

    /// 31 entered six years before, 4 moved in, 5 moved out, 30 go up to the sixth grade and leave with a certificate.
    fn cohort(&self) {
        let child = |n: usize| json!({ "name": format!("毕业生{n}"), "sex": "1" });
        let ids = self.put("2026-09-01", "student", &(0..35).map(child).collect::<Vec<_>>());
        let mut seats = vec![];
        for (n, id) in ids.iter().enumerate() {
            let (first, last) = (if n >= 31 { 2023 } else { 2021 }, if n < 5 { 2024 } else { 2026 });
            for year in first..=last {
                let until = match (year, n < 5) {
                    (2024, true) => "2024-10-08".to_owned(),
                    (2026, _) => "2027-07-05".to_owned(),
                    _ => format!("{}-09-01", year + 1),
                };
                let from = if n >= 31 && year == 2023 { "2023-11-06".to_owned() } else { format!("{year}-09-01") };
                let mut seat = json!({
                    "student": id, "grade": format!("1{}", year - 2020), "class": "1", "from_on": from, "until_on": until,
                });
                if year == 2026 {
                    seat["status"] = json!("毕业");
                }
                seats.push(seat);
            }
        }
        self.put("2026-09-01", "enrolment", &seats);
        let row = |kind: &str, day: &str, id: &String| json!({ "student": id, "kind": kind, "applied_on": day, "changed_on": day });
        let moved: Vec<Json> = ids[..5]
            .iter()
            .map(|id| row("transfer_out", "2024-10-08", id))
            .chain(ids[31..].iter().map(|id| row("transfer_in", "2023-11-06", id)))
            .collect();
        self.put("2026-09-01", "roll_change", &moved);
    }

    fn new() -> Self {
        let place = Place::new();
        place
            .bx("--today 2026-09-01 --ledger school init --kind primary --name 石桥小学 --code 2141000001 --low-memory")
            .ok();
        let mut school = Self { place, others: vec![], out: String::new(), back: String::new() };
        school.cohort();
        let child = |name: &str, grade: &str, n: usize| json!({ "name": format!("{name}{n}"), "sex": "2", "birth_date": "2018-03-01", "grade": grade, "class": "1" });
        let others: Vec<Json> = (0..170).map(|n| child("学生", "二年级", n)).collect();
        school.others = school.put("2026-09-01", "student", &others);
        school.joins("2026-09-01", &(0..28).map(|n| child("新生", "一年级", n)).collect::<Vec<_>>());
        school.out = school.others[0].clone();
        school.back = school.others[1].clone();
        school
    }

    /// Children with a seat from a day on.
    fn joins(&self, day: &str, children: &[Json]) -> Vec<String> {
        let ids = self.put(day, "student", children);
        let rows = self.on(day, "get enrolment").rows();
        let seats = rows.into_iter().filter(|row| ids.iter().any(|id| row["student"] == json!(id)));
        let seats: Vec<Json> = seats.map(|row| json!({ "id": row["id"], "from_on": day })).collect();
        self.put(day, "enrolment", &seats);
        ids
    }

    fn drops_out(&self, student: &str, day: &str) -> String {
        let case = self.on(day, &format!("case open {student} left_on={day} found_on={day}")).ok().trim().to_owned();
        let confirmed = format!(
            "case act {case} confirmed confirmed_on={day} verified_on={day} verified_by=李老师 main_cause=work whereabouts=work_away"
        );
        self.on(day, &confirmed).ok();
        self.on(day, &format!("case act {case} persuading duty_school=李老师")).ok();
        case
    }

    /// 转入 6, 转出 9, 休学 2, confirmed 2 of whom 1 returned.
    fn live(&self) {
        let child = |n: usize| json!({ "name": format!("转入{n}"), "sex": "1", "grade": "二年级", "class": "1" });
        let came = self.joins("2026-11-02", &(0..6).map(child).collect::<Vec<_>>());
        self.change("transfer_in", "2026-11-02", "changed_on", &came);
        self.change("transfer_out", "2026-12-01", "changed_on", &self.others[10..19]);
        self.change("suspend", "2027-03-01", "pause_from_on", &self.others[20..22]);
        self.drops_out(&self.out, "2027-03-10");
        let case = self.drops_out(&self.back, "2027-03-10");
        let back =
            format!("case act {case} returned returned_on=2027-05-04 return_school=本校 return_placement=same_class");
        self.on("2027-05-04", &back).ok();
    }

    fn rates(&self, today: &str, words: &str) -> Json {
        self.on(today, &format!("rates --json {words}")).json()
    }

    fn listed(&self, today: &str, words: &str) -> usize {
        self.on(today, &format!("rates --list {words}")).ok().lines().count()
    }
}

/// Above, below and as people read it: of all children of the ledger.
fn rate(reply: &Json, indicator: &str) -> (i64, i64, String) {
    let lines = reply["rates"].as_array().unwrap();
    let line = lines.iter().find(|line| line["indicator"] == json!(indicator) && line["stage"].is_null()).unwrap();
    let cell = &line["cells"][0];
    (cell["above"].as_i64().unwrap(), cell["below"].as_i64().unwrap(), cell["shown"].as_str().unwrap().to_owned())
}

fn heads(reply: &Json) -> Vec<Json> {
    reply["heads"].as_array().unwrap().iter().map(|head| head["cells"][0].clone()).collect()
}

/// The worked example through the real ledger and `bx`: the three dropout rates, retention, 在籍 195, 在校 192, and on the
/// opening day 实到 189 of 193.
///
/// Mutants to try: rate B without the child who came back; the child who is out left out of 应到; retention without those who
/// moved in.
#[test]
fn the_worked_example_comes_out_of_the_ledger() {
    let school = Primary::new();
    school.live();
    let told = school.rates("2027-08-31", "");
    assert_eq!(heads(&told)[..2], [json!(195), json!(192)]);
    assert_eq!(rate(&told, "dropout_a"), (1, 200, "0.50%".to_owned()));
    assert_eq!(rate(&told, "dropout_b"), (2, 200, "1.00%".to_owned()));
    assert_eq!(rate(&told, "dropout_c"), (6, 200, "3.00%".to_owned()));
    assert_eq!(rate(&told, "retention"), (30, 30, "100.00%".to_owned()));
    assert_eq!(rate(&told, "gross_enrolment"), (0, 0, "—".to_owned()), "nobody to divide by");
    let report = school.on("2027-08-31", "stats --json --report school_year --on 2027-08-31").json();
    let shown: Vec<&str> =
        report["lines"][0]["shown"].as_array().unwrap().iter().map(|cell| cell.as_str().unwrap()).collect();
    for number in ["200", "28", "6", "30", "9", "192", "195", "0.50%", "1.00%", "3.00%"] {
        assert!(shown.contains(&number), "the school year's report has {number}: {shown:?}");
    }

    // Every number opens its rows.
    assert_eq!(school.listed("2027-08-31", "on_roll"), 195);
    assert_eq!(school.listed("2027-08-31", "at_school"), 192);
    assert_eq!(school.listed("2027-08-31", "dropout_b"), 2);
    assert_eq!(school.listed("2027-08-31", "dropout_b --side below"), 200);
    assert_eq!(school.listed("2027-08-31", "retention"), 30);

    // As the world was: before anybody left, and while both were out.
    assert_eq!(rate(&school.rates("2027-08-31", "--on 2027-03-09"), "dropout_b"), (0, 200, "0.00%".to_owned()));
    assert_eq!(rate(&school.rates("2027-08-31", "--on 2027-04-01"), "dropout_a"), (2, 200, "1.00%".to_owned()));

    // The opening day: the child who is out stays in the denominator, the two on leave of absence do not.
    let day = "2027-09-01";
    assert_eq!(heads(&school.rates(day, ""))[2], Json::Null, "a day that nobody took is not full attendance");
    assert_eq!(rate(&school.rates(day, ""), "arrival"), (0, 0, "—".to_owned()));
    let gone: Vec<String> = school.others[30..33].iter().map(|id| format!("--missing {id}=absent")).collect();
    school.on(day, "check-return --grade 一年级 --class 1").ok();
    school
        .on(
            day,
            &format!("check-return --grade 二年级 --class 1 --missing {}=work_away {}", school.out, gone.join(" ")),
        )
        .ok();
    let told = school.rates(day, "");
    assert_eq!(rate(&told, "arrival"), (189, 193, "97.93%".to_owned()));
    assert_eq!(heads(&told), [json!(195), json!(192), json!(189)]);
    let missing = school.on(day, "rates --list arrival --side apart").ok();
    assert_eq!(missing.lines().count(), 4);
    assert!(missing.contains(&school.out));
}

/// What a seal knew is read for ever, whatever is corrected afterwards: rows, reports counted anew, rates.
///
/// Mutant to try: the ledger read as it stands now.
#[test]
fn what_a_seal_knew_is_counted_as_it_was_known() {
    let school = Primary::new();
    let child = school.others[5].clone();
    let case = school.drops_out(&child, "2026-10-12");
    school.on("2026-10-31", "stats --report month --on 2026-10-31 --seal").ok();
    let seal = school.on("2026-10-31", "get sealed_report").rows()[0]["id"].as_str().unwrap().to_owned();
    let (report, rates) = ("stats --json --report month --on 2026-10-31", "--on 2026-10-31");
    let (sealed, told) = (school.on("2026-10-31", report).json(), school.rates("2026-10-31", rates));
    assert_eq!(rate(&told, "dropout_a"), (1, 200, "0.50%".to_owned()));

    // The child had moved away with its papers all along; and its name was misspelt.
    school.change("transfer_out", "2026-10-09", "changed_on", std::slice::from_ref(&child));
    let back = "case act {case} returned returned_on=2026-10-20 return_school=外校 return_placement=same_class";
    school.on("2026-12-01", &back.replace("{case}", &case)).ok();
    school.put("2026-12-01", "student", &[json!({ "id": child, "name": "改名" })]);
    let now = school.on("2026-12-01", report).json();
    assert_ne!(now["lines"][0]["shown"], sealed["lines"][0]["shown"]);

    let then = school.on("2026-12-01", &format!("{report} --at {seal}")).json();
    assert_eq!(then["lines"], sealed["lines"]);
    assert_eq!(school.rates("2026-12-01", &format!("{rates} --at {seal}"))["rates"], told["rates"]);
    let name =
        |words: &str| school.on("2026-12-01", &format!("get student --id {child}{words}")).rows()[0]["name"].clone();
    assert_eq!(name(&format!(" --at {seal}")), json!("学生5"));
    assert_eq!(name(""), json!("改名"), "reading what was known changes nothing");
    school.on("2026-12-01", "get student --at 00000000-0000-4000-8000-000000000000").refused(1);
    assert!(school.on("2026-12-01", "check").ok().len() > 1);
}
