//! A township that lives through a school year with a book-keeper at its elbow: every event is entered through the
//! actions people use and written down beside them. What the reports and the clock say is held against the book.

pub mod book;
mod events;
pub mod hand;
pub mod oracle;

use std::collections::BTreeMap;

use domain::balance::Flow;
use domain::{Date, Id};
use serde_json::{Value as Json, json};

use book::{Counting, GRADES, Kid, State, Stretch};
use hand::Hand;
use oracle::Calendar;

/// What a school is like.
pub struct Size {
    /// Children when the year begins.
    pub children: usize,
    /// Its grades, the first being 0.
    pub grades: std::ops::Range<usize>,
    /// Children in a class.
    pub class: usize,
}

/// A school of the township.
pub struct School {
    /// What people call it.
    pub name: String,
    /// Its computer.
    pub hand: Box<dyn Hand>,
    /// Its children.
    pub kids: Vec<Kid>,
    /// Its days.
    pub calendar: Calendar,
    /// Children who were not back at the newest check of the term, and where they are.
    pub not_back: BTreeMap<usize, &'static str>,
    dice: u64,
}

/// Where children are who do not come back after the holidays.
const ELSEWHERE: [&str; 4] = ["unknown", "absent", "school_elsewhere", "work_away"];

impl School {
    /// A school with its children, entered on the first day of the school year. First graders are new that day.
    pub fn new(name: &str, seed: u64, hand: Box<dyn Hand>, size: &Size) -> Self {
        let first: Date = "2026-09-01".parse().unwrap();
        let calendar = Calendar::default();
        let mut school =
            Self { name: name.to_owned(), hand, kids: vec![], calendar, not_back: BTreeMap::new(), dice: seed + 1 };
        school.hand.set_today(first);
        let width = size.grades.len();
        let places: Vec<(usize, usize)> =
            (0..size.children).map(|n| (size.grades.start + n % width, 1 + n / width / size.class)).collect();
        school.enter(first, &places);
        for at in 0..school.kids.len() {
            school.kids[at].from_the_start = true;
            if matches!(school.kids[at].grade_on(first), 0 | 6) {
                school.kids[at].from_the_start = false;
                school.move_kid(at, first, Flow::Admitted);
            }
        }
        let new: Vec<Json> = school
            .kids
            .iter()
            .filter(|kid| !kid.from_the_start)
            .map(|kid| json!({ "id": kid.seat, "from_on": first.to_string() }))
            .collect();
        school.hand.put("enrolment", &new);
        school
    }

    /// Enters children into grades and classes.
    fn enter(&mut self, on: Date, places: &[(usize, usize)]) {
        let before = self.kids.len();
        let form = |(n, (grade, class)): (usize, &(usize, usize))| {
            json!({
                "name": format!("{}学生{}", self.name, before + n), "sex": (1 + (before + n) % 2).to_string(),
                "grade": GRADES[*grade], "class": class.to_string(),
            })
        };
        let forms: Vec<Json> = places.iter().enumerate().map(form).collect();
        let ids = self.hand.put("student", &forms);
        let only = (ids.len() == 1).then(|| ids[0]);
        let seats: BTreeMap<String, Id> = self
            .hand
            .rows("enrolment", only)
            .iter()
            .map(|row| (row["student"].as_str().unwrap().to_owned(), id_of(row)))
            .collect();
        for (n, (id, (grade, class))) in ids.into_iter().zip(places).enumerate() {
            self.kids.push(Kid {
                id,
                seat: seats[&id.to_string()],
                boy: (before + n).is_multiple_of(2),
                grades: vec![(on, *grade)],
                class: *class,
                from_the_start: false,
                moved: vec![],
                cases: vec![],
                missed: BTreeMap::new(),
                visits: vec![],
                suspended: None,
                state: State::Here,
            });
        }
    }

    /// A number below another, from this school's dice.
    pub fn roll(&mut self, below: usize) -> usize {
        self.dice ^= self.dice << 13;
        self.dice ^= self.dice >> 7;
        self.dice ^= self.dice << 17;
        usize::try_from(self.dice % u64::try_from(below).unwrap()).unwrap()
    }

    /// Something happens to a child drawn by lot: as often as not to one that somebody is already busy with.
    pub fn happen(&mut self, today: Date) {
        self.hand.set_today(today);
        let busy = |kid: &Kid| matches!(kid.state, State::Suspended | State::Suspected | State::Out | State::Back);
        let open: Vec<usize> = (0..self.kids.len()).filter(|at| busy(&self.kids[*at])).collect();
        let at = match self.roll(2) {
            0 if !open.is_empty() => open[self.roll(open.len())],
            _ => self.roll(self.kids.len()),
        };
        let what = self.roll(8);
        match (self.kids[at].state, what) {
            (State::Here, 0) => self.suspend(at, today),
            (State::Here, 1) => self.move_away(at, today),
            (State::Here, 2) => self.arrive(today),
            (State::Here, 3..=6) => self.miss(at, today),
            (State::Suspended, _) => self.resume(at, today),
            (State::Suspected, 0) => self.clear(at, today),
            (State::Suspected, _) => self.confirm(at, today),
            (State::Out, 0 | 1) => self.come_back(at, today),
            (State::Out, 2) => self.report_in_writing(at, today),
            (State::Out, _) => self.persuade(at, today),
            (State::Back, _) => self.settle(at, today),
            (State::Here | State::Gone, _) => self.visit(at, today),
        }
    }

    /// The school's first child that has not gone takes its next step on a way that leads it out of school, back, to a closed
    /// case, and out again.
    pub fn wander(&mut self, today: Date) {
        self.hand.set_today(today);
        let Some(at) = (0..self.kids.len()).find(|at| self.kids[*at].state != State::Gone) else { return };
        let state = self.kids[at].state;
        match state {
            State::Here => {
                self.misses(at, today, Some(3));
                let (missed, seen) = self.calendar.stretch(&self.kids[at], today);
                if missed.len() >= 3 && seen.is_none() {
                    self.suspect(at, today);
                }
            }
            State::Suspected => self.confirm(at, today),
            State::Out => self.come_back(at, today),
            State::Back => self.settle(at, today),
            State::Suspended => self.resume(at, today),
            State::Gone => {}
        }
    }

    /// Cases of children who had left before, each with the case it must name as the one before.
    pub fn relapses(&self) -> Vec<(Id, Id)> {
        let of_kid = |kid: &Kid| -> Vec<(Id, Id)> {
            let meant = kid.cases.iter().filter(|case| case.cleared.is_none()).filter_map(|case| case.id);
            let all: Vec<Id> = meant.collect();
            all.windows(2).map(|pair| (pair[1], pair[0])).collect()
        };
        self.kids.iter().flat_map(of_kid).collect()
    }

    /// No lessons on some days, for snow or flood; entered today.
    pub fn close(&mut self, today: Date, kind: &str, days: &[Date]) {
        self.hand.set_today(today);
        let (from, until) = (days[0].to_string(), days[days.len() - 1].to_string());
        self.hand.put("calendar", &[json!({ "kind": kind, "from_on": from, "until_on": until })]);
        self.calendar.closed.extend(days);
    }

    /// A round of the check at the start of a term: the first finds some children missing, the second fewer. Who left
    /// school is missing in both.
    pub fn check_returns(&mut self, today: Date) {
        self.hand.set_today(today);
        let first = self.not_back.is_empty();
        let mut missing = BTreeMap::new();
        for at in 0..self.kids.len() {
            let state = self.kids[at].state;
            let place = match state {
                State::Out => Some("work_away"),
                State::Here if first && self.roll(9) == 0 => Some(ELSEWHERE[self.roll(4)]),
                State::Here => self.not_back.get(&at).copied().filter(|_| self.roll(2) == 0),
                _ => None,
            };
            missing.extend(place.map(|place| (at, place)));
        }
        let classes: std::collections::BTreeSet<(usize, usize)> = self
            .kids
            .iter()
            .filter(|kid| kid.state != State::Gone)
            .map(|kid| (kid.grade_on(today), kid.class))
            .collect();
        for (grade, class) in classes {
            let of_class = missing
                .iter()
                .filter(|(at, _)| (self.kids[**at].grade_on(today), self.kids[**at].class) == (grade, class));
            let named: Vec<(Id, &str)> = of_class.map(|(at, place)| (self.kids[*at].id, *place)).collect();
            self.hand.check_return(GRADES[grade], &class.to_string(), &named);
        }
        self.not_back = missing;
    }

    /// The oldest of each primary or junior school leave.
    pub fn graduate(&mut self, today: Date) {
        self.hand.set_today(today);
        let last = |kid: &Kid| matches!(kid.grade_on(today), 5 | 8) && kid.is_here(today);
        let leaving: Vec<usize> = (0..self.kids.len()).filter(|at| last(&self.kids[*at])).collect();
        let end = |at: &usize| json!({ "id": self.kids[*at].seat, "until_on": today.to_string(), "status": "毕业" });
        self.hand.put("enrolment", &leaving.iter().map(end).collect::<Vec<_>>());
        for at in leaving {
            self.move_kid(at, today, Flow::Graduated);
            self.kids[at].state = State::Gone;
        }
    }

    /// A new school year: everyone who is at school sits one grade higher; who came back to a last grade leaves it.
    pub fn roll_over(&mut self, today: Date) {
        self.graduate(today);
        let stays: Vec<usize> = (0..self.kids.len()).filter(|at| self.kids[*at].is_here(today)).collect();
        let end = |at: &usize| json!({ "id": self.kids[*at].seat, "until_on": today.to_string() });
        self.hand.put("enrolment", &stays.iter().map(end).collect::<Vec<_>>());
        let begin = |at: &usize| {
            let kid = &self.kids[*at];
            json!({
                "student": kid.id, "grade": GRADES[kid.grade_on(today) + 1], "class": kid.class.to_string(),
                "from_on": today.to_string(),
            })
        };
        let seats = self.hand.put("enrolment", &stays.iter().map(begin).collect::<Vec<_>>());
        for (at, seat) in stays.into_iter().zip(seats) {
            let grade = self.kids[at].grade_on(today);
            self.move_kid(at, today, Flow::PromotedOut);
            self.kids[at].grades.push((today, grade + 1));
            self.move_kid(at, today, Flow::PromotedIn);
            self.kids[at].seat = seat;
        }
    }

    /// 应到: at school, or gone without leave.
    pub fn expected(&self, on: Date) -> usize {
        self.kids.iter().filter(|kid| kid.is_here(on) || kid.state == State::Out).count()
    }

    /// Counts in the book, of the whole school or one grade.
    pub fn counting(&self, grade: Option<usize>, over: Stretch) -> Counting<'_> {
        Counting { kids: &self.kids, grade, over }
    }
}

fn id_of(row: &Json) -> Id {
    row["id"].as_str().unwrap().parse().unwrap()
}
