//! What the book-keeper wrote down, and plain counting in it: no rule of the program, only its promises.

use std::collections::BTreeMap;

use domain::balance::{Direction, Flow};
use domain::{Date, Id};

/// Codes of the grades, from the first to the ninth.
pub const GRADES: [&str; 9] = ["11", "12", "13", "14", "15", "16", "21", "22", "23"];

/// How a child stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// At school.
    Here,
    /// 休学.
    Suspended,
    /// A case is open, and nothing is confirmed.
    Suspected,
    /// Confirmed to have left.
    Out,
    /// Brought back, and being observed.
    Back,
    /// Moved away or graduated.
    Gone,
}

/// A case as it went.
#[derive(Debug, Clone, Default)]
pub struct Case {
    /// Its row.
    pub id: Option<Id>,
    /// The first day missed.
    pub left: Date,
    /// The day it was found.
    pub found: Date,
    /// Excluded.
    pub cleared: Option<Date>,
    /// Confirmed.
    pub confirmed: Option<Date>,
    /// Back at school.
    pub returned: Option<Date>,
    /// Closed as settled.
    pub closed: Option<Date>,
    /// Reported in writing.
    pub reported: Option<Date>,
    /// Attempts to bring the child back.
    pub attempts: Vec<Date>,
    /// Code of the main cause.
    pub cause: &'static str,
    /// Code of the whereabouts.
    pub whereabouts: &'static str,
}

/// A child and what was written down about it.
#[derive(Debug)]
pub struct Kid {
    /// The child.
    pub id: Id,
    /// Its newest seat.
    pub seat: Id,
    /// Whether a boy.
    pub boy: bool,
    /// Its grade from a day on, oldest first.
    pub grades: Vec<(Date, usize)>,
    /// The class within the grade.
    pub class: usize,
    /// Whether it was there before the book began.
    pub from_the_start: bool,
    /// Who came and who went: the day, why, and in which grade.
    pub moved: Vec<(Date, Flow, usize)>,
    /// Its cases, oldest first.
    pub cases: Vec<Case>,
    /// Days missed: the kind of absence, and the day of entry.
    pub missed: BTreeMap<Date, (&'static str, Date)>,
    /// Visits to its home.
    pub visits: Vec<Date>,
    /// The day its suspension began.
    pub suspended: Option<Date>,
    /// How it stands.
    pub state: State,
}

/// Numbers by column.
pub type Recount = BTreeMap<&'static str, i64>;

/// From a day to another, both included.
#[derive(Debug, Clone, Copy)]
pub struct Stretch {
    /// First day.
    pub first: Date,
    /// Last day.
    pub last: Date,
}

impl Stretch {
    fn holds(&self, day: Date) -> bool {
        self.first <= day && day <= self.last
    }

    fn school_year(&self) -> Self {
        Self { first: domain::date::school_year_start(self.first), last: self.last }
    }
}

impl Kid {
    /// Its grade on a day.
    pub fn grade_on(&self, day: Date) -> usize {
        let then = self.grades.iter().rev().find(|(from, _)| *from <= day);
        then.or(self.grades.first()).unwrap().1
    }

    /// Whether the book has it at school at the end of a day.
    pub fn is_here(&self, day: Date) -> bool {
        let upto = self.moved.iter().filter(|(on, ..)| *on <= day);
        upto.fold(self.from_the_start, |_, (_, flow, _)| flow.direction() == Direction::In)
    }

    fn flow(&self, flow: Flow, grade: Option<usize>, over: Stretch) -> i64 {
        let counted = |(on, one, at): &&(Date, Flow, usize)| {
            *one == flow && over.holds(*on) && grade.is_none_or(|grade| grade == *at)
        };
        count(self.moved.iter().filter(counted))
    }
}

fn count<T>(of: impl Iterator<Item = T>) -> i64 {
    i64::try_from(of.count()).unwrap()
}

fn done(on: Option<Date>, day: Date) -> bool {
    on.is_some_and(|on| on <= day)
}

/// Children of one school, or one grade of it, counted over a stretch of days.
pub struct Counting<'k> {
    /// The children.
    pub kids: &'k [Kid],
    /// Only one grade.
    pub grade: Option<usize>,
    /// The days.
    pub over: Stretch,
}

impl Counting<'_> {
    fn heads(&self, day: Date) -> i64 {
        let counted = |kid: &&Kid| kid.is_here(day) && self.grade.is_none_or(|grade| kid.grade_on(day) == grade);
        count(self.kids.iter().filter(counted))
    }

    fn flow(&self, flow: Flow) -> i64 {
        self.kids.iter().map(|kid| kid.flow(flow, self.grade, self.over)).sum()
    }

    /// Cases that meet a condition and count on a day in this grade.
    fn cases(&self, counts: impl Fn(&Kid, &Case) -> Option<Date>) -> i64 {
        let of_kid = |kid: &Kid| {
            let on = kid.cases.iter().filter_map(|case| counts(kid, case));
            count(on.filter(|day| self.grade.is_none_or(|grade| kid.grade_on(*day) == grade)))
        };
        self.kids.iter().map(of_kid).sum()
    }

    fn confirmed(&self, also: impl Fn(&Kid, &Case) -> bool) -> i64 {
        self.cases(|kid, case| case.confirmed.filter(|on| self.over.holds(*on) && also(kid, case)))
    }

    fn out(&self, day: Date, also: impl Fn(&Case) -> bool) -> i64 {
        let open = |case: &Case| done(case.confirmed, day) && !done(case.returned, day) && also(case);
        self.cases(|_, case| open(case).then_some(day))
    }

    /// The flow of pupils.
    pub fn flows(&self) -> Recount {
        let eve = self.over.first.pred_opt().unwrap();
        BTreeMap::from([
            ("opening", self.heads(eve)),
            ("closing", self.heads(self.over.last)),
            ("admitted", self.flow(Flow::Admitted)),
            ("moved_in", self.flow(Flow::MovedIn)),
            ("moved_out", self.flow(Flow::MovedOut)),
            ("suspended", self.flow(Flow::Suspended)),
            ("returned", self.flow(Flow::Returned)),
            ("graduated", self.flow(Flow::Graduated)),
            ("dropped_out", self.flow(Flow::DroppedOut)),
            ("within_in", self.flow(Flow::PromotedIn)),
            ("within_out", self.flow(Flow::PromotedOut)),
            ("registered", 0),
            ("other_in", 0),
            ("other_out", 0),
            ("died", 0),
        ])
    }

    /// The month's report.
    pub fn month(&self) -> Recount {
        let (over, year, last) = (self.over, self.over.school_year(), self.over.last);
        let found = |days: Stretch| self.cases(|_, case| Some(case.found).filter(|on| days.holds(*on)));
        let confirmed = |days: Stretch| self.cases(|_, case| case.confirmed.filter(|on| days.holds(*on)));
        let returned = |days: Stretch| self.cases(|_, case| case.returned.filter(|on| days.holds(*on)));
        let open = |case: &Case| case.found <= last && !done(case.cleared, last) && !done(case.confirmed, last);
        let mut all = self.flows();
        all.extend([
            ("suspected_new", found(over)),
            ("suspected_year", found(year)),
            ("suspected_open", self.cases(|_, case| open(case).then_some(last))),
            ("confirmed_new", confirmed(over)),
            ("confirmed_year", confirmed(year)),
            ("confirmed_open", self.out(last, |_| true)),
            ("returned_new", returned(over)),
            ("returned_year", returned(year)),
        ]);
        let each =
            |day: &Date, kid: &Kid| over.holds(*day) && self.grade.is_none_or(|grade| kid.grade_on(*day) == grade);
        let work = |days: &dyn Fn(&Kid) -> Vec<Date>| {
            self.kids.iter().map(|kid| count(days(kid).iter().filter(|day| each(day, kid)))).sum::<i64>()
        };
        all.insert("visits", work(&|kid| kid.visits.clone()));
        all.insert("attempts", work(&|kid| kid.cases.iter().flat_map(|case| case.attempts.clone()).collect()));
        all.insert("reports", work(&|kid| kid.cases.iter().filter_map(|case| case.reported).collect()));
        all
    }

    /// Who left in half a year: boys and girls, and why.
    pub fn dropouts(&self) -> Recount {
        let cause = |code: &'static str| self.confirmed(|_, case| case.cause == code);
        let eve = self.over.first.pred_opt().unwrap();
        BTreeMap::from([
            ("opening", self.heads(eve)),
            ("confirmed", self.confirmed(|_, _| true)),
            ("boys", self.confirmed(|kid, _| kid.boy)),
            ("girls", self.confirmed(|kid, _| !kid.boy)),
            ("cause.learning", cause("learning")),
            ("cause.work", cause("work")),
            ("cause.poverty", cause("poverty")),
            ("cause.rest", 0),
            ("back", self.cases(|_, case| case.returned.filter(|on| self.over.holds(*on)))),
        ])
    }

    /// Where those are who are out at the end.
    pub fn whereabouts(&self) -> Recount {
        let last = self.over.last;
        BTreeMap::from([
            ("open", self.out(last, |_| true)),
            ("where.work_away", self.out(last, |case| case.whereabouts == "work_away")),
            ("where.home", self.out(last, |case| case.whereabouts == "home")),
            ("where.rest", 0),
        ])
    }

    /// The school year.
    pub fn year(&self) -> Recount {
        let (eve, last) = (self.over.first.pred_opt().unwrap(), self.over.last);
        let in_grade = |kid: &&Kid| self.grade.is_none_or(|grade| kid.grade_on(last) == grade);
        let suspended = self.kids.iter().filter(in_grade).filter(|kid| kid.suspended.is_some_and(|from| from <= last));
        let on_roll = self.heads(last) + self.out(last, |_| true) + count(suspended);
        let mut all = self.flows();
        all.extend([
            ("on_roll", on_roll),
            ("confirmed", self.confirmed(|_, _| true)),
            ("not_back", self.confirmed(|_, case| !done(case.returned, last))),
            ("back", self.cases(|_, case| case.returned.filter(|on| self.over.holds(*on)))),
            ("out_before", self.out(eve, |_| true)),
        ]);
        all
    }
}
