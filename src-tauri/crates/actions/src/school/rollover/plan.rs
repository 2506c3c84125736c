//! The plan of a roll-over: which seats there are, what becomes of each, which rows that takes.

use std::collections::{BTreeMap, HashMap, HashSet};

use domain::rollover::{self, Last, Outcome};
use domain::words::{self, Facts};
use domain::{Date, Fields as _, Id, Row, Value, date, grade};
use store::{Living, View};

use super::{CandidateLine, ChildPlan, ClassPlan, Fields, RolloverException, RolloverReply, RolloverRequest, refused};
use crate::desk::{Desk, Session};
use crate::failure::{Done, Failure};
use crate::rows::names::name_of;

/// What of a seat goes on into the next one.
const CARRIED: [&str; 12] = [
    "organisation",
    "seat_no",
    "kind",
    "boarding",
    "entered_month",
    "enter_way",
    "student_source",
    "campus",
    "commute_km",
    "commute",
    "school_bus",
    "status",
];

/// A seat and what becomes of it.
#[derive(Debug, Clone)]
pub(super) struct Mover {
    student: Id,
    name: String,
    pub(super) seat: Id,
    row: Row,
    pub(super) outcome: Outcome,
    exception: bool,
    to_grade: Option<String>,
    to_class: Option<String>,
    pub(super) reason: Option<String>,
    to_school: Option<String>,
    until: Option<Date>,
}

/// What a roll-over does.
#[derive(Debug)]
pub(super) struct Plan<'p> {
    pub(super) first: Date,
    pub(super) to_year: String,
    last: Last,
    pub(super) movers: Vec<Mover>,
    pub(super) newcomers: Vec<Fields>,
    candidates: Vec<CandidateLine>,
    request: &'p RolloverRequest,
    /// The organisation above, which takes what leaves a teaching point.
    above: Option<String>,
}

/// What is known of the children.
struct Children {
    heads: HashMap<Id, Row>,
    seats: HashMap<Id, (Id, Row)>,
    /// Those with a seat of the new year.
    rolled: HashSet<Id>,
}

impl<'p> Plan<'p> {
    pub(super) fn make(desk: &Desk, session: &Session, view: View<'_>, request: &'p RolloverRequest) -> Done<Self> {
        let first = match request.first_day.as_deref() {
            Some(typed) => date::parse_day(typed).map_err(|_| refused("first_day", "not_a_date"))?,
            None => rollover::first_day(desk.today()),
        };
        let school = request.school.unwrap_or(session.organisation.id);
        let children = Children::read(desk, view, school, first)?;
        let (kind, above) = about_school(desk, view, school)?;
        let last = match &request.last_grade {
            Some(said) => Last::said(said),
            None => Last::of_school(&kind, children.seats.values().filter_map(|(_, row)| row.text("grade"))),
        };
        let mut plan = Self {
            first,
            to_year: date::school_year(first),
            last,
            movers: Vec::new(),
            newcomers: Vec::new(),
            candidates: children.candidates(first),
            request,
            above,
        };
        plan.fill(desk, &children, school)?;
        Ok(plan)
    }

    fn fill(&mut self, desk: &Desk, children: &Children, school: Id) -> Done<()> {
        let exceptions: HashMap<Id, &RolloverException> =
            self.request.exceptions.iter().map(|exception| (exception.student, exception)).collect();
        for (student, (seat, row)) in &children.seats {
            let mover = self.mover(desk, (*student, *seat, row), children, exceptions.get(student).copied())?;
            self.movers.push(mover);
        }
        let order = |mover: &Mover| {
            let class = domain::search_key::natural(mover.row.text("class").unwrap_or_default());
            (
                mover.row.text("grade").map(str::to_owned),
                class,
                domain::search_key::sort_key(&mover.name),
                mover.student,
            )
        };
        self.movers.sort_by_cached_key(order);
        for newcomer in &self.request.newcomers {
            if children.rolled.contains(&newcomer.student) {
                continue;
            }
            let grade = newcomer.grade.clone().unwrap_or_else(|| "11".to_owned());
            let values = [("grade", Some(grade)), ("class", newcomer.class.clone())];
            let mut fields = self.seat(newcomer.student, values);
            fields.insert("organisation".into(), Some(Value::Row(school)));
            fields.insert("entered_month".into(), Some(Value::Text(self.first.format("%Y-%m").to_string().into())));
            self.newcomers.push(fields);
        }
        Ok(())
    }

    fn mover(
        &self,
        desk: &Desk,
        (student, seat, row): (Id, Id, &Row),
        children: &Children,
        exception: Option<&RolloverException>,
    ) -> Done<Mover> {
        let now = row.text("grade");
        let usual = rollover::usual(now, row.text("status"), &self.last);
        let outcome = exception.map_or(usual, |exception| exception.outcome);
        let reason = exception.and_then(|exception| exception.reason.clone()).filter(|why| !why.trim().is_empty());
        if outcome == Outcome::Repeat && reason.is_none() {
            return Err(refused("reason", "repeat_needs_reason"));
        }
        let to_grade = now.and_then(|now| outcome.next_grade(now));
        // A grade that nothing follows stays as it is.
        let leads_on = to_grade.is_some() || matches!(outcome, Outcome::Graduate | Outcome::TransferOut);
        let outcome = if leads_on { outcome } else { Outcome::Keep };
        let until = exception.and_then(|exception| exception.until.as_deref());
        let until = until.map(date::parse_day).transpose().map_err(|_| refused("until", "not_a_date"))?;
        let said = exception.and_then(|exception| exception.class.clone());
        let name = children.heads.get(&student).and_then(|head| head.text("name")).unwrap_or_default();
        Ok(Mover {
            student,
            name: name.to_owned(),
            seat,
            row: row.clone(),
            outcome,
            exception: outcome != usual || said.is_some(),
            to_grade: to_grade.map(str::to_owned),
            to_class: said.or_else(|| self.class_of(desk, row)),
            reason,
            to_school: exception.and_then(|exception| exception.to_school.clone()).or_else(|| self.above.clone()),
            until,
        })
    }

    /// The class a class becomes.
    fn class_of(&self, desk: &Desk, row: &Row) -> Option<String> {
        let (now, class) = (row.text("grade")?, row.text("class"));
        let moved = self.request.classes.iter().find(|moved| moved.grade == now && moved.class.as_deref() == class);
        if let Some(moved) = moved {
            return moved.to_class.clone();
        }
        let eve = self.first.pred_opt().unwrap_or(self.first);
        let grades = desk.catalogue().codes("grade");
        class.map(|class| grades.map_or(class.to_owned(), |grades| rollover::class_within(class, now, grades, eve)))
    }

    /// Whether nothing would be written.
    pub(super) fn is_idle(&self) -> bool {
        self.newcomers.is_empty() && !self.movers.iter().any(|mover| mover.outcome.ends_the_seat())
    }

    fn seat<const N: usize>(&self, student: Id, values: [(&str, Option<String>); N]) -> Fields {
        let mut fields = Fields::from_iter([
            ("student".into(), Some(Value::Row(student))),
            ("school_year".into(), Some(Value::Text(self.to_year.as_str().into()))),
            ("from_on".into(), Some(Value::Text(self.first.to_string().into()))),
        ]);
        fields.extend(values.into_iter().map(|(key, value)| (key.into(), value.map(|text| Value::Text(text.into())))));
        fields
    }

    /// The new rows that a child's way takes: a seat, a change on the roll, a line in the register of those who finished.
    pub(super) fn rows_of(&self, mover: &Mover) -> Vec<(&'static str, Fields)> {
        let mut rows = Vec::new();
        if let Some(to_grade) = &mover.to_grade {
            let mut seat =
                self.seat(mover.student, [("grade", Some(to_grade.clone())), ("class", mover.to_class.clone())]);
            let carried = CARRIED.iter().filter_map(|key| Some(((*key).into(), Some(mover.row.get(*key)?.clone()))));
            seat.extend(carried);
            match (mover.outcome, mover.row.text("status")) {
                (Outcome::Suspend, _) => set(&mut seat, "status", "02"),
                // Back at school since last year is at school this year.
                (_, Some("05")) => set(&mut seat, "status", "01"),
                _ => {}
            }
            if mover.row.text("kind") == Some("preschool") && to_grade.starts_with('1') {
                set(&mut seat, "kind", "enrolled");
                set(&mut seat, "entered_month", &self.first.format("%Y-%m").to_string());
            }
            rows.push(("enrolment", seat));
        }
        match mover.outcome {
            Outcome::Graduate => {
                let eve = self.first.pred_opt().unwrap_or(self.first);
                let mut finished = Fields::from_iter([("student".into(), Some(Value::Row(mover.student)))]);
                set(&mut finished, "school_year", &date::school_year(eve));
                rows.push(("graduate", finished));
            }
            Outcome::Skip => rows.push(("roll_change", self.change(mover, "skip"))),
            Outcome::TransferOut => rows.push(("roll_change", self.change(mover, "transfer_out"))),
            Outcome::Suspend if mover.row.text("status") != Some("02") => {
                rows.push(("roll_change", self.change(mover, "suspend")));
            }
            Outcome::Suspend | Outcome::Up | Outcome::Repeat | Outcome::Keep => {}
        }
        rows
    }

    fn change(&self, mover: &Mover, kind: &str) -> Fields {
        let first = self.first.to_string();
        let mut fields = Fields::from_iter([("student".into(), Some(Value::Row(mover.student)))]);
        for (key, value) in [("kind", kind), ("state", "done"), ("changed_on", &first), ("done_on", &first)] {
            set(&mut fields, key, value);
        }
        let next_year = self.first.checked_add_months(chrono::Months::new(12)).unwrap_or(self.first);
        let until = mover.until.unwrap_or(next_year).to_string();
        let more = match kind {
            "suspend" => vec![("pause_from_on", Some(first.as_str())), ("pause_until_on", Some(until.as_str()))],
            "transfer_out" => vec![("to_school", mover.to_school.as_deref())],
            _ => vec![("to_grade", mover.to_grade.as_deref())],
        };
        let about = [("from_grade", mover.row.text("grade")), ("reason_note", mover.reason.as_deref())];
        for (key, value) in more.into_iter().chain(about) {
            if let Some(value) = value {
                set(&mut fields, key, value);
            }
        }
        fields
    }

    pub(super) fn reply(&self, desk: &Desk) -> Done<RolloverReply> {
        let eve = self.first.pred_opt().unwrap_or(self.first);
        let mut counts: BTreeMap<String, u32> = BTreeMap::new();
        for mover in &self.movers {
            *counts.entry(mover.outcome.key().to_owned()).or_default() += 1;
        }
        counts.insert("new".to_owned(), u32::try_from(self.newcomers.len()).unwrap_or(u32::MAX));
        Ok(RolloverReply {
            from_year: date::school_year(eve),
            to_year: self.to_year.clone(),
            first_day: self.first.to_string(),
            last_grade: self.last.grade.clone(),
            counts,
            classes: self.classes(desk),
            children: self.movers.iter().map(|mover| child(desk, mover)).collect(),
            candidates: self.candidates.clone(),
            changes: Vec::new(),
        })
    }

    fn classes(&self, desk: &Desk) -> Vec<ClassPlan> {
        let mut classes: Vec<ClassPlan> = Vec::new();
        for mover in &self.movers {
            let (grade, class) = (mover.row.text("grade"), mover.row.text("class"));
            let known = classes.iter_mut().find(|one| one.grade.as_deref() == grade && one.class.as_deref() == class);
            if let Some(known) = known {
                known.students += 1;
                continue;
            }
            let usual = rollover::usual(grade, None, &self.last);
            let to = grade.and_then(|grade| usual.next_grade(grade));
            let to_class = self.class_of(desk, &mover.row);
            classes.push(ClassPlan {
                grade: grade.map(str::to_owned),
                class: class.map(str::to_owned),
                label: label(desk, grade, class),
                to_label: to.map(|to| label(desk, Some(to), to_class.as_deref())).unwrap_or_default(),
                students: 1,
            });
        }
        classes
    }
}

fn set(fields: &mut Fields, key: &str, value: &str) {
    fields.insert(key.into(), Some(Value::Text(value.into())));
}

fn child(desk: &Desk, mover: &Mover) -> ChildPlan {
    let to = mover.to_grade.as_deref().map(|to| label(desk, Some(to), mover.to_class.as_deref()));
    ChildPlan {
        student: mover.student,
        name: mover.name.clone(),
        from: label(desk, mover.row.text("grade"), mover.row.text("class")),
        to: to.unwrap_or_default(),
        outcome: mover.outcome,
        label: words::say(desk.language(), "words", &format!("rollover.{}", mover.outcome.key()), &Facts::new()),
        exception: mover.exception,
    }
}

fn label(desk: &Desk, code: Option<&str>, class: Option<&str>) -> String {
    let grades = desk.catalogue().codes("grade");
    let name = code.map(|code| grades.map_or(code, |grades| grades.name_in(code, desk.language())));
    grade::class_spoken(name, class, desk.language())
}

/// The kind of a school, and the name of the organisation above it.
fn about_school(desk: &Desk, view: View<'_>, school: Id) -> Done<(String, Option<String>)> {
    let definition = desk.record("organisation")?;
    let row = view.row(definition, school, desk.today())?.values;
    let above = match row.get("under").and_then(Value::as_row) {
        Some(above) => Some(name_of(desk.catalogue(), view, definition, above, desk.today())?),
        None => None,
    };
    Ok((row.said("kind"), above.filter(|name| !name.is_empty())))
}

impl Children {
    /// The seats of a school that hold on the eve of a day, one for each child: the one begun last.
    fn read(desk: &Desk, view: View<'_>, school: Id, first: Date) -> Done<Self> {
        let eve = first.pred_opt().unwrap_or(first);
        let mut all = Self { heads: HashMap::new(), seats: HashMap::new(), rolled: HashSet::new() };
        view.each(desk.record("student")?, &["name", "birth_date", "village"], |Living { id, row, .. }| {
            all.heads.insert(id, row);
            Ok::<_, Failure>(())
        })?;
        let fields: Vec<&str> =
            CARRIED.into_iter().chain(["student", "grade", "class", "from_on", "until_on", "stated_on"]).collect();
        view.each(desk.record("enrolment")?, &fields, |Living { id, row, .. }| {
            let Some(student) = row.get("student").and_then(Value::as_row) else { return Ok(()) };
            let (from, until) = (row.day("from_on"), row.day("until_on"));
            if from.is_some_and(|from| from >= first) {
                all.rolled.insert(student);
                return Ok(());
            }
            let holds = until.is_none_or(|until| until > eve) && all.heads.contains_key(&student);
            let begun = |row: &Row| (row.day("from_on"), row.day("stated_on"));
            let newer = all.seats.get(&student).is_none_or(|(_, known)| begun(known) <= begun(&row));
            if holds && newer {
                all.seats.insert(student, (id, row));
            }
            Ok::<_, Failure>(())
        })?;
        let here = |(_, row): &(Id, Row)| row.get("organisation").and_then(Value::as_row).is_none_or(|at| at == school);
        // A seat that was ended for the new year is done with, whether or not another one began.
        let ended = |(_, row): &(Id, Row)| row.day("until_on") == Some(first);
        let away: Vec<Id> = all
            .seats
            .iter()
            .filter(|(id, seat)| !here(seat) || ended(seat) || all.rolled.contains(*id))
            .map(|(id, _)| *id)
            .collect();
        all.rolled.extend(away.iter().copied());
        all.seats.retain(|id, _| !away.contains(id));
        Ok(all)
    }

    /// Children without a seat who have reached the age of entry and are no older than the first grades.
    fn candidates(&self, first: Date) -> Vec<CandidateLine> {
        let cut_off = first.pred_opt().unwrap_or(first);
        let of_age = |row: &Row| row.day("birth_date").and_then(|born| date::age_on(born, cut_off));
        let free = |id: &Id| !self.seats.contains_key(id) && !self.rolled.contains(id);
        let mut lines: Vec<CandidateLine> = self
            .heads
            .iter()
            .filter(|(id, row)| free(id) && of_age(row).is_some_and(|age| (6..=9).contains(&age)))
            .map(|(id, row)| {
                let said = |key: &str| row.said(key);
                CandidateLine {
                    student: *id,
                    name: said("name"),
                    birth_date: said("birth_date"),
                    village: said("village"),
                }
            })
            .collect();
        lines.sort_by(|a, b| (&a.village, &a.name, a.student).cmp(&(&b.village, &b.name, b.student)));
        lines
    }
}
