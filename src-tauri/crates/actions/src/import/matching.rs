//! Whom a line speaks of. Numbers identify; a name needs a birth date, a class or a telephone number beside it.

use domain::{Problem, Severity, Value, search_key, show};

use super::known::{Child, Known, is_alike};
use super::line::Given;
use super::texts::trimmed;

/// Whom a line speaks of.
pub(crate) enum Found {
    /// Somebody known, with what to look at again.
    One(usize, Strength, Vec<Problem>),
    /// Nobody known so far.
    Nobody(Vec<Problem>),
    /// It cannot be told.
    Refused(Problem),
}

/// What a match rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Strength {
    /// A number, or name and birth date.
    Sure,
    /// A name with a class or a telephone number.
    Likely,
}

/// A line's own values, as far as they tell who it is.
pub(crate) struct Line<'l> {
    pub(crate) own: &'l Given,
    /// Telephone numbers anywhere on the line.
    pub(crate) phones: Vec<&'l str>,
}

impl<'l> Line<'l> {
    /// What one slot says, and nothing beside it.
    pub(crate) fn of(own: &'l Given) -> Self {
        Self { own, phones: phones(own).collect() }
    }

    fn text(&self, key: &str) -> Option<&str> {
        self.own.get(key).and_then(|(value, _)| value.as_text())
    }

    fn same_phone(&self, child: &Child) -> bool {
        self.phones.iter().any(|phone| child.has_phone(phone))
    }

    /// Whether grade and class, as far as both sides say them, are the same, and at least one is said.
    fn same_seat(&self, child: &Child) -> bool {
        let pairs = ["grade", "class"].map(|key| (self.text(key), child.text(key)));
        pairs.iter().all(|(a, b)| a == b) && pairs.iter().any(|(a, _)| a.is_some())
    }

    fn other_seat(&self, child: &Child) -> bool {
        ["grade", "class"].iter().any(|key| matches!((self.text(key), child.text(key)), (Some(a), Some(b)) if a != b))
    }
}

/// Looks for the row that a line speaks of.
pub(crate) fn find(known: &Known<'_>, line: &Line<'_>) -> Found {
    if let Some(first) = known.identity.tell.first() {
        return in_register(known, line, first);
    }
    let name = known.identity.name.and_then(|key| line.text(key));
    let mut hit: Option<usize> = None;
    for (number, key) in known.identity.numbers.iter().enumerate() {
        let Some(text) = line.text(key) else { continue };
        let found = match known.with_number(number, text) {
            [] => continue,
            [one] => *one,
            several => match named_among(known, several, name) {
                Some(one) => one,
                None => return refuse(key, "ambiguous_number", several.len()),
            },
        };
        match hit {
            Some(other) if other != found => return Found::Refused(two_rows(known, key, other, found)),
            _ => hit = Some(found),
        }
    }
    match (hit, name) {
        (Some(at), _) => confirm(known, line, at, name),
        (None, Some(name)) => by_name(known, line, name),
        (None, None) => Found::Refused(Problem::block(known.identity.name.unwrap_or_default(), "nobody")),
    }
}

/// The row of a register that says all of a line already, else the only one of its day and theme. A row that a line of
/// this workbook spoke of is taken by another line only when both say the same.
fn in_register(known: &Known<'_>, line: &Line<'_>, first: &str) -> Found {
    let Some((value, _)) = line.own.get(first) else { return Found::Refused(Problem::block(first, "required")) };
    let says = |at: usize, key: &str, value: &Value| {
        known.child(at).is_some_and(|child| is_alike(key, child.own.row.get(key), Some(value)))
    };
    let told = |at: &usize| {
        let mut given = known.identity.tell.iter().filter_map(|key| Some((*key, &line.own.get(*key)?.0)));
        given.all(|(key, value)| says(*at, key, value))
    };
    let says_all = |at: &usize| line.own.iter().all(|(key, (value, _))| says(*at, key, value));
    let is_free = |at: &usize| known.child(*at).is_some_and(|child| child.from.is_none());
    let (free, met): (Vec<usize>, Vec<usize>) =
        known.with_tell(first, value).iter().filter(|at| told(at)).partition(|at| is_free(at));
    match free.iter().chain(&met).copied().find(says_all) {
        Some(same) => Found::One(same, Strength::Sure, vec![]),
        None => match free.as_slice() {
            [] => Found::Nobody(vec![]),
            [one] => Found::One(*one, Strength::Sure, vec![]),
            several => refuse(first, "several_alike", several.len()),
        },
    }
}

/// Of several rows with one name, the one that says all of a line already; first one that no line spoke of yet.
fn said_already(known: &Known<'_>, line: &Line<'_>, several: &[usize]) -> Option<usize> {
    let says_all = |at: &&usize| {
        let row = known.child(**at).map(|child| &child.own.row);
        line.own.iter().all(|(key, (value, _))| is_alike(key, row.and_then(|row| row.get(key.as_str())), Some(value)))
    };
    let is_free = |at: &&usize| known.child(**at).is_some_and(|child| child.from.is_none());
    let free = several.iter().filter(is_free).find(says_all);
    free.or_else(|| several.iter().find(says_all)).copied()
}

/// Rows of a register that a line fits equally: two inspections of one day by the same people.
pub(crate) fn alike_in_register(known: &Known<'_>, line: &Line<'_>) -> Vec<usize> {
    let Some(first) = known.identity.tell.first() else { return vec![] };
    let Some((value, _)) = line.own.get(*first) else { return vec![] };
    let fits = |at: &usize| {
        let row = known.child(*at).map(|child| &child.own.row);
        line.own.iter().all(|(key, (value, _))| is_alike(key, row.and_then(|row| row.get(key.as_str())), Some(value)))
    };
    known.with_tell(first, value).iter().copied().filter(fits).collect()
}

fn refuse(key: &str, rule: &str, count: usize) -> Found {
    Found::Refused(Problem::block(key, rule).with("count", count))
}

fn two_rows(known: &Known<'_>, key: &str, first: usize, second: usize) -> Problem {
    let name = |at| known.child(at).and_then(|child| child.text(known.identity.name?)).unwrap_or_default();
    Problem::block(key, "two_children").with("first", name(first)).with("second", name(second))
}

fn named_among(known: &Known<'_>, several: &[usize], name: Option<&str>) -> Option<usize> {
    let named: Vec<usize> =
        several.iter().copied().filter(|at| name.is_some_and(|name| goes_by(known, *at, name))).collect();
    match named.as_slice() {
        [one] => Some(*one),
        _ => None,
    }
}

/// Whether a row goes by a name, or by one written the same way.
fn goes_by(known: &Known<'_>, at: usize, name: &str) -> bool {
    let keys = known.identity.name.iter().chain(&known.identity.other_names);
    let Some(child) = known.child(at) else { return false };
    keys.filter_map(|key| child.text(key)).any(|text| search_key::fold(trimmed(text)) == search_key::fold(name))
}

/// A number led here: does the name agree, and do the other numbers?
fn confirm(known: &Known<'_>, line: &Line<'_>, at: usize, name: Option<&str>) -> Found {
    let Some(child) = known.child(at) else { return Found::Nobody(vec![]) };
    let name_key = known.identity.name.unwrap_or_default();
    let mut doubts = Vec::new();
    if let Some(name) = name.filter(|name| !goes_by(known, at, name)) {
        let other = child.text(name_key).unwrap_or_default();
        if !other.is_empty() && !name.chars().any(|c| other.contains(c)) {
            return Found::Refused(Problem::block(name_key, "other_name").with("other", other));
        }
        doubts.push(Problem::new(name_key, "name_changes", Severity::Warning).with("other", other));
    }
    for key in &known.identity.numbers {
        if let (Some(new), Some(old)) = (line.text(key), child.text(key))
            && new != old
        {
            let shown = known.record.field(key).map(|field| show::masked(field, old)).unwrap_or_default();
            doubts.push(Problem::new(key, "number_changes", Severity::Warning).with("other", shown));
        }
    }
    Found::One(at, Strength::Sure, doubts)
}

fn by_name(known: &Known<'_>, line: &Line<'_>, name: &str) -> Found {
    let day = known.identity.day.and_then(|key| line.text(key));
    let (apart, namesakes): (Vec<usize>, Vec<usize>) =
        known.with_name(name).iter().partition(|at| contradicts(known, line, **at));
    let day_of = |at: &usize| known.child(*at).and_then(|child| child.text(known.identity.day?));
    let same_day: Vec<usize> = namesakes.iter().copied().filter(|at| day.is_some() && day_of(at) == day).collect();
    match same_day.as_slice() {
        [] => {}
        [one] => return Found::One(*one, Strength::Sure, vec![]),
        several => {
            return match narrowed(known, line, several) {
                Some(one) => Found::One(one, Strength::Sure, vec![]),
                None => refuse(known.identity.name.unwrap_or_default(), "ambiguous", several.len()),
            };
        }
    }
    if let Some(one) = narrowed(known, line, &namesakes) {
        return Found::One(one, Strength::Likely, vec![]);
    }
    let plain = known.identity.numbers.is_empty() && known.identity.day.is_none();
    match namesakes.as_slice() {
        [] => Found::Nobody(doubts_of_new(known, line, &apart, day)),
        [one] if plain => Found::One(*one, Strength::Likely, vec![]),
        several if plain => match said_already(known, line, several) {
            Some(one) => Found::One(one, Strength::Sure, vec![]),
            None => refuse(known.identity.name.unwrap_or_default(), "ambiguous", several.len()),
        },
        several => refuse(known.identity.name.unwrap_or_default(), "ambiguous", several.len()),
    }
}

/// Whether something says that a namesake is somebody else: a number, the birth date, or another class in this workbook.
fn contradicts(known: &Known<'_>, line: &Line<'_>, at: usize) -> bool {
    let Some(child) = known.child(at) else { return true };
    let differs = |key: &&str| matches!((line.text(key), child.text(key)), (Some(a), Some(b)) if a != b);
    let by_keys = known.identity.numbers.iter().chain(&known.identity.day).any(differs);
    by_keys || (!child.own.on_file && line.other_seat(child))
}

/// The only one of several with the same class or telephone number, or with both.
fn narrowed(known: &Known<'_>, line: &Line<'_>, several: &[usize]) -> Option<usize> {
    let with = |test: &dyn Fn(&Child) -> bool| {
        let found: Vec<usize> = several.iter().copied().filter(|at| known.child(*at).is_some_and(test)).collect();
        found
    };
    let seat = with(&|child| line.same_seat(child));
    let phone = with(&|child| line.same_phone(child));
    let both = with(&|child| line.same_seat(child) && line.same_phone(child));
    match (seat.as_slice(), phone.as_slice(), both.as_slice()) {
        (_, _, [one]) => Some(*one),
        ([one], [], _) | ([], [one], _) => Some(*one),
        _ => None,
    }
}

fn doubts_of_new(known: &Known<'_>, line: &Line<'_>, apart: &[usize], day: Option<&str>) -> Vec<Problem> {
    let name = known.identity.name.unwrap_or_default();
    let mut doubts = Vec::new();
    let is_near = |at: &usize| known.child(*at).is_some_and(|child| line.same_seat(child) || line.same_phone(child));
    if apart.iter().any(is_near) {
        doubts.push(Problem::new(name, "namesake", Severity::Warning));
    }
    let numbered = known.identity.numbers.iter().any(|key| line.text(key).is_some());
    if !numbered && day.is_none() && !known.identity.numbers.is_empty() {
        doubts.push(Problem::new(name, "name_only", Severity::Warning));
    }
    doubts
}

/// The telephone numbers among some values.
pub(crate) fn phones(given: &Given) -> impl Iterator<Item = &str> {
    given.get("phone").and_then(|(value, _)| Value::as_text(value)).into_iter()
}
