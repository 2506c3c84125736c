//! One pass over every record: rows judged one by one, then children with their rows, then what the ledger shows.

use std::collections::BTreeMap;
use std::thread;

use domain::check::{self, Frame};
use domain::lives::movement::{self, Side};
use domain::review::ledger::{Held, Seats};
use domain::review::{self, Child, Found, READS, STUDENT_READS, belongs_to_case};
use domain::{Id, Problem, Record, Row, Severity, Text, Value, date};
use hashbrown::HashMap;
use store::{Living, View};

use super::facts_key;
use crate::desk::Desk;
use crate::failure::{Done, Failure};
use crate::rows::books::Reader;
use crate::rows::rules;

/// What is known of a child while findings are grouped.
#[derive(Debug, Clone, Default)]
pub(super) struct Head {
    pub(super) name: Text,
    pub(super) school: Option<Id>,
    pub(super) grade: Option<Text>,
    pub(super) class: Option<Text>,
}

/// Everything found.
#[derive(Debug, Default)]
pub(super) struct Whole {
    pub(super) found: Vec<Found>,
    pub(super) heads: HashMap<Id, Head>,
    pub(super) rows: u64,
    /// The row that a row belongs to, where that matters for grouping.
    owners: HashMap<Id, Id>,
    notes: HashMap<(String, String, String, String), (Id, Row)>,
}

/// What is gathered on the way and judged at the end.
#[derive(Default)]
struct Gathered {
    children: HashMap<Id, Child>,
    of_cases: Vec<(&'static str, Id, Row)>,
    counts: Vec<(&'static str, Id, Row)>,
    seats: Seats,
}

/// What is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Look {
    /// Every rule.
    Everything,
    /// The rules between rows and over the ledger: what no row shows by itself.
    Together,
}

/// Records that count a class.
const COUNTS: [&str; 2] = ["class_day", "return_check"];

impl Whole {
    /// Judges everything, or one child.
    pub(super) fn read(desk: &Desk, view: View<'_>, only: Option<Id>) -> Done<Self> {
        Self::look(desk, view, (Look::Everything, only))
    }

    /// Judges what rows show only together.
    pub(super) fn together(desk: &Desk, view: View<'_>) -> Done<Self> {
        Self::look(desk, view, (Look::Together, None))
    }

    fn look(desk: &Desk, view: View<'_>, (look, only): (Look, Option<Id>)) -> Done<Self> {
        let settings = rules::settings(desk, &*desk.opened()?, view)?;
        let frame = Frame { catalogue: desk.catalogue(), settings: &settings, today: desk.today() };
        let mut whole = Self::default();
        let mut gathered = Gathered::default();
        let total = desk.catalogue().records().count() as u64;
        // Children come first: their rows find them.
        let (first, rest): (Vec<_>, Vec<_>) = desk.catalogue().records().partition(|one| one.record == "student");
        for (definition, done) in first.into_iter().chain(rest).zip(1..) {
            whole.pass(frame, view, (definition, look), &mut gathered)?;
            desk.step(done, total)?;
        }
        // While the children are judged, what the reports count is read.
        let owners = &whole.owners;
        let (judged, unexplained) = thread::scope(|threads| {
            let judged = threads.spawn(move || gathered.judge(frame, owners));
            let unexplained = unexplained(desk, view);
            (judged.join(), unexplained)
        });
        whole.found.extend(judged.map_err(|_| Failure::defect("judging stopped"))?);
        whole.found.extend(unexplained?);
        whole.read_notes(desk, view)?;
        if let Some(child) = only {
            let kept = std::mem::take(&mut whole.found).into_iter();
            whole.found = kept.filter(|found| whole.child_of(found) == Some(child)).collect();
        }
        whole.found.sort();
        Ok(whole)
    }

    fn pass(
        &mut self,
        frame: Frame<'_>,
        view: View<'_>,
        (definition, look): (&Record, Look),
        gathered: &mut Gathered,
    ) -> Done<()> {
        let reads = READS.iter().find(|(name, _)| *name == definition.record);
        let counts = COUNTS.iter().find(|name| **name == definition.record);
        let owns = frame.catalogue.children_of(&definition.record).next().is_some();
        let mut held = Held::of(definition);
        let mut wanted = fields(frame, definition, look);
        wanted.extend(held.reads());
        view.each(definition, &wanted, |Living { id, scope, row }| {
            self.rows += 1;
            let owner = definition.owner.as_ref().and_then(|via| row.get(via.as_str())).and_then(Value::as_row);
            let problems = match look {
                Look::Everything => check::check_in(frame, definition, &row),
                Look::Together => Vec::new(),
            };
            if let Some(owner) = owner.filter(|_| owns || !problems.is_empty() || reads.is_some()) {
                self.owners.insert(id, owner);
            }
            let found = |problem| Found { record: definition.record.clone(), row: id, problem };
            self.found.extend(problems.into_iter().map(found));
            if !held.is_idle() {
                held.enter(id, &row, scope);
            }
            match (definition.record.as_str(), reads, counts) {
                ("student", ..) => self.enter_child(id, row, gathered),
                ("enrolment", ..) => gathered.seats.enter(&row),
                (_, Some((name, _)), _) if belongs_to_case(name) => gathered.of_cases.push((name, id, row)),
                (_, Some((name, _)), _) => gathered.enter(name, owner, (id, row)),
                (_, _, Some(name)) => gathered.counts.push((name, id, row)),
                _ => {}
            }
            Ok::<_, Failure>(())
        })?;
        self.found.extend(held.found(&definition.record));
        Ok(())
    }

    fn enter_child(&mut self, id: Id, row: Row, gathered: &mut Gathered) {
        let text = |key: &str| row.get(key).and_then(Value::to_text);
        let head = Head {
            name: text("name").unwrap_or_default(),
            school: row.get("school").and_then(Value::as_row),
            grade: text("grade"),
            class: text("class"),
        };
        self.heads.insert(id, head);
        gathered.children.insert(id, Child { id, row, parts: BTreeMap::new() });
    }

    fn read_notes(&mut self, desk: &Desk, view: View<'_>) -> Done<()> {
        let keys = ["about", "rule", "field", "facts", "reason", "by", "stated_on"];
        view.each(desk.record("finding_note")?, &keys, |Living { id, row, .. }| {
            let text = |key: &str| row.get(key).and_then(Value::as_text).unwrap_or_default().to_owned();
            self.notes.insert((text("about"), text("rule"), text("field"), text("facts")), (id, row));
            Ok(())
        })
    }

    /// Why a finding stands, if somebody said so of what it mentions now.
    pub(super) fn note_of(&self, found: &Found) -> Option<&(Id, Row)> {
        if self.notes.is_empty() {
            return None;
        }
        let problem = &found.problem;
        let key = (found.row.to_string(), problem.rule.clone(), problem.field.clone(), facts_key(problem));
        self.notes.get(&key)
    }

    /// The child a finding is about.
    pub(super) fn child_of(&self, found: &Found) -> Option<Id> {
        self.climb(found.row).find(|at| self.heads.contains_key(at))
    }

    /// A row and those it belongs to, nearest first. A row belongs to a child through two others at most.
    pub(super) fn climb(&self, row: Id) -> impl Iterator<Item = Id> + '_ {
        std::iter::successors(Some(row), |at| self.owners.get(at).copied()).take(4)
    }

    /// Where a child stands among the others; the school's own records come first.
    pub(super) fn place_of(&self, child: Option<Id>) -> (Option<Id>, String, String, String) {
        let head = child.and_then(|child| self.heads.get(&child)).cloned().unwrap_or_default();
        let class = domain::search_key::natural(&head.class.unwrap_or_default());
        (head.school, head.grade.unwrap_or_default().to_string(), class, domain::search_key::sort_key(&head.name))
    }
}

/// Children who came or went this school year, and nothing registered says why: the line of the reports that does not
/// balance, by name.
fn unexplained(desk: &Desk, view: View<'_>) -> Done<Vec<Found>> {
    let first = movement::eve(date::school_year_start(desk.today()));
    let mut found = Vec::new();
    for life in (Reader { catalogue: desk.catalogue(), view }).lives(first)? {
        let moved = movement::between(&life, first, desk.today());
        let unexplained = moved.into_iter().filter(|moved| moved.flow.is_none());
        found.extend(unexplained.map(|moved| {
            let rule = match moved.side {
                Side::Came => "balance_came",
                Side::Went => "balance_went",
            };
            let problem = Problem::new("school", rule, Severity::Error).with("day", moved.on);
            Found { record: "student".to_owned(), row: life.student, problem }
        }));
    }
    Ok(found)
}

impl Gathered {
    /// What children and classes show, once everything was read.
    fn judge(mut self, frame: Frame<'_>, owners: &HashMap<Id, Id>) -> Vec<Found> {
        for (name, id, row) in std::mem::take(&mut self.of_cases) {
            let case = row.get("case").and_then(Value::as_row);
            let child = case.and_then(|case| owners.get(&case)).copied();
            self.enter(name, child, (id, row));
        }
        let children = self.children.values().flat_map(|child| review::of_child(frame, child));
        let counts = self.counts.iter().filter_map(|(name, id, row)| self.seats.differs(name, *id, row));
        children.chain(counts).collect()
    }

    fn enter(&mut self, name: &'static str, child: Option<Id>, part: review::Part) {
        if let Some(child) = child.and_then(|child| self.children.get_mut(&child)) {
            child.parts.entry(name).or_default().push(part);
        }
    }
}

/// What is read of a record's rows: what its checks and the rules about children and classes look at.
fn fields<'r>(frame: Frame<'r>, definition: &'r Record, look: Look) -> Vec<&'r str> {
    let mut fields = match look {
        Look::Everything => check::fields_read(frame.catalogue, definition),
        Look::Together => Vec::new(),
    };
    fields.extend(definition.owner.as_deref());
    fields
        .extend(READS.iter().filter(|(name, _)| *name == definition.record).flat_map(|(_, keys)| keys.iter()).copied());
    match definition.record.as_str() {
        "student" => fields.extend(STUDENT_READS.into_iter().chain(["name", "school", "class"])),
        "enrolment" => fields.extend(["organisation", "grade", "class", "status", "kind", "from_on", "until_on"]),
        name if COUNTS.contains(&name) => fields.extend(["organisation", "grade", "class", "on", "expected"]),
        _ => {}
    }
    fields
}
