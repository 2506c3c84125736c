//! What happens to one child: entered through the actions people use, and written down beside.

use domain::balance::Flow;
use domain::{Date, Id};
use serde_json::{Value as Json, json};

use super::book::{Case, GRADES, Kid, State};
use super::hand::Roll;
use super::{School, oracle};

impl School {
    pub(super) fn move_kid(&mut self, at: usize, on: Date, flow: Flow) {
        let grade = self.kids[at].grade_on(on);
        self.kids[at].moved.push((on, flow, grade));
    }

    pub(super) fn change(&self, at: usize, kind: &str, (field, on): (&str, Date)) {
        let mut form = json!({ "student": self.kids[at].id, "kind": kind, "applied_on": on.to_string() });
        form[field] = json!(on.to_string());
        self.hand.put("roll_change", &[form]);
    }

    pub(super) fn suspend(&mut self, at: usize, on: Date) {
        self.change(at, "suspend", ("pause_from_on", on));
        self.move_kid(at, on, Flow::Suspended);
        (self.kids[at].state, self.kids[at].suspended) = (State::Suspended, Some(on));
    }

    pub(super) fn resume(&mut self, at: usize, on: Date) {
        self.change(at, "resume", ("resume_on", on));
        self.move_kid(at, on, Flow::Returned);
        (self.kids[at].state, self.kids[at].suspended) = (State::Here, None);
    }

    pub(super) fn move_away(&mut self, at: usize, on: Date) {
        self.change(at, "transfer_out", ("changed_on", on));
        self.move_kid(at, on, Flow::MovedOut);
        self.kids[at].state = State::Gone;
    }

    pub(super) fn arrive(&mut self, on: Date) {
        let like = self.roll(self.kids.len());
        let place = (self.kids[like].grade_on(on), self.kids[like].class);
        self.enter(on, &[place]);
        let at = self.kids.len() - 1;
        self.hand.put("enrolment", &[json!({ "id": self.kids[at].seat, "from_on": on.to_string() })]);
        self.change(at, "transfer_in", ("changed_on", on));
        self.move_kid(at, on, Flow::MovedIn);
    }

    /// The roll of the child's class for the last days that nobody took: it was missing at their end, another child was
    /// ill for one. A child that was missing for long enough has a case, as often as not the same day.
    pub(super) fn miss(&mut self, at: usize, today: Date) {
        let missed = self.misses(at, today, None);
        if missed >= 3 && self.roll(2) == 0 {
            self.suspect(at, today);
        }
    }

    /// Days the child missed on the roll that was taken: as many as wished for, as far as there are, or as the dice say.
    pub(super) fn misses(&mut self, at: usize, today: Date, wish: Option<usize>) -> usize {
        let class = (self.kids[at].grade_on(today), self.kids[at].class);
        let taken = self.calendar.taken.entry(class).or_default();
        let free = |day: &Date| *day >= oracle::term_began(today) && !taken.contains_key(day);
        let back = today.iter_days().rev().take(9).filter(free).collect::<Vec<Date>>();
        let mut days: Vec<Date> = back.into_iter().filter(|day| self.calendar.lessons(*day)).take(6).collect();
        days.retain(|day| self.kids[at].is_here(*day));
        days.sort();
        if days.is_empty() {
            self.visit(at, today);
            return 0;
        }
        let count = wish.unwrap_or_else(|| 1 + self.roll(days.len())).min(days.len());
        let mut missing: Vec<(usize, Date, &'static str)> =
            days[days.len() - count..].iter().map(|day| (at, *day, "unexplained")).collect();
        let mate = |(other, kid): &(usize, &Kid)| {
            *other != at && (kid.grade_on(today), kid.class) == class && kid.is_here(days[0]) && kid.is_here(today)
        };
        let ill = self.kids.iter().enumerate().find(mate).map(|(other, _)| (other, days[0], "sick"));
        missing.extend(ill);
        let named: Vec<(Id, Date, &str)> =
            missing.iter().map(|(kid, day, kind)| (self.kids[*kid].id, *day, *kind)).collect();
        self.hand.take_roll(&Roll {
            grade: GRADES[class.0],
            class: &class.1.to_string(),
            days: &days,
            missing: &named,
        });
        let taken = self.calendar.taken.entry(class).or_default();
        taken.extend(days.iter().map(|day| (*day, today)));
        for (kid, day, kind) in missing {
            self.kids[kid].missed.insert(day, (kind, today));
        }
        count
    }

    pub(super) fn suspect(&mut self, at: usize, today: Date) {
        let (row, seen) = self.calendar.stretch(&self.kids[at], today);
        assert!(seen.is_none());
        let left = row[0].0;
        let id = self.hand.open_case(self.kids[at].id);
        self.kids[at].cases.push(Case { id: Some(id), left, found: today, ..Case::default() });
        self.kids[at].state = State::Suspected;
    }

    pub(super) fn step(&self, at: usize, to: &str, values: &Json) {
        self.hand.move_case(self.kids[at].cases.last().unwrap().id.unwrap(), to, values);
    }

    pub(super) fn case(&mut self, at: usize) -> &mut Case {
        self.kids[at].cases.last_mut().unwrap()
    }

    pub(super) fn clear(&mut self, at: usize, today: Date) {
        let verified = json!({ "verified_on": today.to_string(), "verified_by": "李老师", "verdict": "leave" });
        self.step(at, "excluded", &verified);
        self.case(at).cleared = Some(today);
        self.kids[at].state = State::Here;
    }

    pub(super) fn confirm(&mut self, at: usize, today: Date) {
        let cause = ["learning", "work", "poverty"][self.roll(3)];
        let whereabouts = ["work_away", "home"][self.roll(2)];
        let confirmed = json!({
            "confirmed_on": today.to_string(), "verified_on": today.to_string(), "verified_by": "李老师",
            "main_cause": cause, "whereabouts": whereabouts,
        });
        self.step(at, "confirmed", &confirmed);
        self.step(at, "persuading", &json!({ "duty_school": "李老师" }));
        let case = self.case(at);
        (case.confirmed, case.cause, case.whereabouts) = (Some(today), cause, whereabouts);
        self.kids[at].state = State::Out;
        self.move_kid(at, today, Flow::DroppedOut);
    }

    pub(super) fn persuade(&mut self, at: usize, today: Date) {
        let case = self.kids[at].cases.last().unwrap().id.unwrap();
        self.hand.put("persuasion", &[json!({ "case": case, "on": today.to_string(), "way": "visit" })]);
        self.case(at).attempts.push(today);
    }

    pub(super) fn report_in_writing(&mut self, at: usize, today: Date) {
        if self.case(at).reported.is_some() {
            return self.persuade(at, today);
        }
        let case = self.kids[at].cases.last().unwrap().id.unwrap();
        self.hand.put("written_report", &[json!({ "case": case, "reported_on": today.to_string() })]);
        self.case(at).reported = Some(today);
    }

    pub(super) fn come_back(&mut self, at: usize, today: Date) {
        let back =
            json!({ "returned_on": today.to_string(), "return_school": "本校", "return_placement": "same_class" });
        self.step(at, "returned", &back);
        self.step(at, "observing", &json!({}));
        self.case(at).returned = Some(today);
        self.kids[at].state = State::Back;
        self.move_kid(at, today, Flow::Returned);
    }

    pub(super) fn settle(&mut self, at: usize, today: Date) {
        if self.case(at).returned.unwrap() + chrono::Days::new(30) > today {
            return self.visit(at, today);
        }
        let evidence = json!({
            "closed_on": today.to_string(), "closed_ground": "stable", "closed_evidence": "课堂照片和出勤记录",
        });
        self.step(at, "closed", &evidence);
        self.case(at).closed = Some(today);
        self.kids[at].state = State::Here;
    }

    pub(super) fn visit(&mut self, at: usize, today: Date) {
        let form = json!({ "student": self.kids[at].id, "visited_on": today.to_string(), "way": "home" });
        self.hand.put("home_visit", &[form]);
        self.kids[at].visits.push(today);
    }
}
