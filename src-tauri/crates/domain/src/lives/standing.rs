//! Where a child stands on a day: 在籍 and 在校 are two answers, and 实到 is the roll's.

use super::{Life, Seat};
use crate::rates::Stage;
use crate::{Date, Id};

/// How a pupil stands, from the list `roll_status` or a change on the roll.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RollState {
    /// 在读, 请假, 疑似辍学, 复学在读, 转出办理中.
    AtSchool,
    /// 休学.
    Suspended,
    /// 送教在籍.
    TaughtAtHome,
    /// 辍学.
    DroppedOut,
    /// 失踪.
    Missing,
    /// 延缓入学.
    Deferred,
    /// 已转出.
    MovedOut,
    /// 毕业, 结业.
    Graduated,
    /// 死亡.
    Died,
    /// 出国（境）.
    Abroad,
    /// 其他离校.
    OtherLeft,
}

impl RollState {
    /// The state of a code of the list `roll_status`. A code that is not known (a newer program's) leaves the child at school.
    pub fn of_code(code: &str) -> Self {
        match code {
            "02" => Self::Suspended,
            "25" => Self::TaughtAtHome,
            "06" => Self::DroppedOut,
            "15" => Self::Missing,
            "26" => Self::Deferred,
            "10" => Self::MovedOut,
            "07" | "08" => Self::Graduated,
            "11" => Self::Died,
            "24" => Self::Abroad,
            _ => Self::AtSchool,
        }
    }

    /// Whether a seat in this state is still a seat: these leave the roll.
    fn leaves_the_roll(self) -> bool {
        match self {
            Self::Deferred | Self::MovedOut | Self::Graduated | Self::Died | Self::Abroad | Self::OtherLeft => true,
            Self::AtSchool | Self::Suspended | Self::TaughtAtHome | Self::DroppedOut | Self::Missing => false,
        }
    }
}

/// Where a child stands on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing<'l> {
    /// The seat that holds.
    pub seat: Option<&'l Seat>,
    /// How the pupil stands in it.
    pub state: RollState,
    /// 在籍: counted on the roll of the seat's school.
    pub on_roll: bool,
    /// 在校: taught at the seat's school.
    pub at_school: bool,
}

impl<'l> Standing<'l> {
    const NOWHERE: Self = Self { seat: None, state: RollState::AtSchool, on_roll: false, at_school: false };

    /// The school, if there is a seat.
    pub fn school(&self) -> Option<Id> {
        self.seat.and_then(|seat| seat.school)
    }

    /// Code of the grade.
    pub fn grade(&self) -> Option<&'l str> {
        self.seat.and_then(|seat| seat.grade.as_deref())
    }

    /// The class within the grade.
    pub fn class(&self) -> Option<&'l str> {
        self.seat.and_then(|seat| seat.class.as_deref())
    }

    /// 学段.
    pub fn stage(&self) -> Option<Stage> {
        self.grade().and_then(Stage::of_grade)
    }

    /// 应到: on the roll, and neither suspended with approval nor taught at home.
    pub fn is_expected(&self) -> bool {
        self.on_roll && !matches!(self.state, RollState::Suspended | RollState::TaughtAtHome)
    }
}

impl Life {
    /// The seat that holds on a day: of several the one begun last, then the one stated last.
    pub fn seat_on(&self, day: Date) -> Option<&Seat> {
        self.seats.iter().filter(|seat| seat.holds_on(day)).max_by_key(|seat| (seat.from, seat.stated))
    }

    /// Where the child stands on a day.
    pub fn standing(&self, day: Date) -> Standing<'_> {
        let Some(seat) = self.seat_on(day) else { return Standing::NOWHERE };
        let state = self.state_in(seat, day);
        let (roll, there) = match seat.kind.as_str() {
            "enrolled_away" => (true, false),
            "guest" | "unregistered" => (false, true),
            "home_teaching" => (true, false),
            "preschool" => (false, false),
            _ => (true, true),
        };
        let state =
            if seat.kind == "home_teaching" && state == RollState::AtSchool { RollState::TaughtAtHome } else { state };
        Standing {
            seat: Some(seat),
            state,
            on_roll: roll && !state.leaves_the_roll(),
            at_school: there && state == RollState::AtSchool,
        }
    }

    /// How the pupil stands in a seat on a day: by the newest of case and change on the roll, else by the seat itself.
    fn state_in(&self, seat: &Seat, day: Date) -> RollState {
        if self.is_out_on(day) {
            return RollState::DroppedOut;
        }
        let within = |on: &Date| *on <= day && seat.from.is_none_or(|from| *on >= from);
        let changes = self.changes.iter().filter_map(|change| Some((change.on.filter(within)?, change.leads_to()?)));
        let returns = self.returns().filter(within).map(|on| (on, RollState::AtSchool));
        if let Some((_, state)) = changes.chain(returns).max_by_key(|(on, _)| *on) {
            return state;
        }
        self.said_by(seat, day)
    }

    /// What the seat itself says of a day: nothing yet, when a change or a case on a later day leads to its state, or
    /// when the seat has an end and the state says how it ended.
    fn said_by(&self, seat: &Seat, day: Date) -> RollState {
        let later = |on: Option<Date>| on.is_some_and(|on| on > day && seat.until.is_none_or(|until| on <= until));
        let led =
            |state: RollState| self.changes.iter().any(|change| change.leads_to() == Some(state) && later(change.on));
        let dropped = || self.cases.iter().any(|(_, case)| later(case.out_from()));
        match seat.state {
            state if state.leaves_the_roll() && (seat.until.is_some() || led(state)) => RollState::AtSchool,
            RollState::DroppedOut if dropped() => RollState::AtSchool,
            state if led(state) => RollState::AtSchool,
            state => state,
        }
    }

    /// Whether a confirmed case keeps the child out of school on a day.
    fn is_out_on(&self, day: Date) -> bool {
        self.cases.iter().any(|(_, case)| {
            case.out_from().is_some_and(|out| out <= day)
                && case.returned_on.is_none_or(|back| day < back)
                && !self.seated_after(case.closed_on, day)
        })
    }

    /// Whether a new seat began when or after a case was closed: closed without a return, at school elsewhere.
    fn seated_after(&self, closed_on: Option<Date>, day: Date) -> bool {
        let Some(closed) = closed_on.filter(|closed| *closed <= day) else { return false };
        self.seat_on(day).and_then(|seat| seat.from).is_some_and(|from| from >= closed)
    }

    fn returns(&self) -> impl Iterator<Item = Date> {
        self.cases.iter().filter(|(_, case)| case.was_confirmed()).filter_map(|(_, case)| case.returned_on)
    }
}
