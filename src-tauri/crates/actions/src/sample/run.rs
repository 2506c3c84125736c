//! From an empty folder to a township at work.

use std::path::{Path, PathBuf};

use domain::{Date, Id, Problem};
use serde_json::json;

use super::child::{self, Child, Registry, Seat};
use super::dice::{Dice, Season};
use super::names;
use super::plan::{self, School, TOWNSHIP};
use super::site::{Founding, Site};
use super::work::{self, Event, Staff};
use super::{SAMPLE_PASSWORD, Township, TownshipSize};
use crate::desk::Desk;
use crate::exchange::exports::ExportRequest;
use crate::failure::{Done, Failure};
use crate::rows::SaveRequest;

/// A village's roster in a layout of its own; its children are in no ledger of the township.
const WORKBOOK: &[u8] = include_bytes!("../../../../../assets/sample/柳湾村花名册.xlsx");
const WORKBOOK_NAME: &str = "柳湾村花名册.xlsx";

/// Children a class holds.
const CLASS_MAX: usize = 45;
/// A school of this size saves the visits of one day together.
const BUSY: usize = 600;

/// A school whose ledger is made and whose first package is sealed.
struct AtWork {
    site: Site,
    children: Vec<Child>,
    /// What happens after the first package was sealed.
    ahead: Vec<Event>,
    first_package: String,
}

/// What the township shares while it is made.
struct Making<'d> {
    parent: &'d Desk,
    dice: Dice,
    registry: Registry,
    season: Season,
    folder: PathBuf,
    /// Children entered, of so many.
    done: u64,
    total: u64,
    stories: usize,
}

/// Makes the township; leaves nothing behind when it fails or is cancelled.
pub(super) fn make(parent: &Desk, size: TownshipSize, folder: &Path) -> Done<Township> {
    check(size)?;
    let empty = |folder: &Path| std::fs::read_dir(folder).map_or(true, |mut inside| inside.next().is_none());
    if !empty(folder) {
        return Err(Failure::new("folder_not_empty").with("folder", folder.display()));
    }
    let mut making = Making {
        parent,
        dice: Dice::new(size.seed),
        registry: Registry::default(),
        season: Season::before(parent.today()),
        folder: folder.to_owned(),
        done: 0,
        total: u64::from(size.students),
        stories: 0,
    };
    let made = making.township(size);
    if made.is_err() {
        // The reason is told already; a folder that cannot be removed is empty of names and harmless.
        let _already_failed = std::fs::remove_dir_all(folder);
    }
    made
}

fn check(size: TownshipSize) -> Done<()> {
    let range = |field: &str, typed: u32, low: u32, high: u32| {
        let problem = Problem::block(field, "out_of_range").with("low", low).with("high", high).with("typed", typed);
        (!(low..=high).contains(&typed)).then_some(problem)
    };
    let problems: Vec<Problem> =
        [range("schools", size.schools, 1, 99), range("students", size.students, size.schools, 200_000)]
            .into_iter()
            .flatten()
            .collect();
    if problems.is_empty() { Ok(()) } else { Err(Failure::refused(problems)) }
}

impl Making<'_> {
    fn township(&mut self, size: TownshipSize) -> Done<Township> {
        let center = self.center()?;
        let mut schools = Vec::new();
        for school in plan::schools(size) {
            schools.push(self.school(&center, &school)?);
        }
        let waits = last_waits(schools.len());
        let mut merged = Vec::new();
        for school in schools.get(..schools.len() - waits).unwrap_or_default() {
            center.on(self.season.after(self.season.middle, 1));
            crate::merge(&center.desk, school.first_package.clone())?;
            merged.push(school.first_package.clone());
        }
        let contested = self.quarrel(&center, &schools)?;
        let mut waiting = vec![contested.clone()];
        for (at, school) in schools.iter().enumerate().skip(1) {
            waiting.extend((at >= schools.len() - waits).then(|| school.first_package.clone()));
            waiting.extend(self.rest(school, at)?);
        }
        let workbook = self.folder.join(WORKBOOK_NAME);
        package::stick::replace(&workbook, WORKBOOK)?;
        let sites = std::iter::once(&center).chain(schools.iter().map(|school| &school.site));
        Ok(Township {
            ledgers: sites.map(Site::place).collect(),
            password: SAMPLE_PASSWORD.to_owned(),
            stick: self.stick().display().to_string(),
            merged,
            waiting,
            contested,
            workbook: workbook.display().to_string(),
            initials: schools.first().and_then(|school| school.children.first()).map(initials).unwrap_or_default(),
            students: size.students,
        })
    }

    fn stick(&self) -> PathBuf {
        self.folder.join("stick")
    }

    fn center(&mut self) -> Done<Site> {
        let person = names::teacher(&mut self.dice);
        let founding = Founding {
            folder: self.folder.join("center"),
            name: plan::CENTER_NAME.to_owned(),
            kind: "center",
            code: plan::CENTER_CODE.to_owned(),
            under: None,
            person: person.clone(),
            first_day: self.season.first,
            seed: self.dice.desk_seed(),
        };
        let center = Site::found(self.parent, founding)?;
        let principal = names::teacher(&mut self.dice);
        center.hire(principal.clone(), "center_principal", self.registry.phone())?;
        center.describe(json!({
            "township": TOWNSHIP, "address": format!("{TOWNSHIP}中心街1号"), "phone": self.registry.phone(),
            "principal": principal,
        }))?;
        Ok(center)
    }

    /// A school from its first day to its first package.
    fn school(&mut self, center: &Site, school: &School) -> Done<AtWork> {
        let principal = names::teacher(&mut self.dice);
        let founding = Founding {
            folder: self.folder.join(&school.folder),
            name: school.name.clone(),
            kind: school.kind,
            code: school.code.clone(),
            under: Some(plan::CENTER_CODE.to_owned()),
            person: principal.clone(),
            first_day: self.season.first,
            seed: self.dice.desk_seed(),
        };
        let site = Site::found(self.parent, founding)?;
        site.describe(json!({
            "township": TOWNSHIP, "address": format!("{TOWNSHIP}{}", school.village),
            "phone": self.registry.phone(), "principal": principal,
        }))?;
        let mut staff = Staff { principal, teachers: Vec::new() };
        for _ in 0..school.grades.len() {
            let name = names::teacher(&mut self.dice);
            staff.teachers.push(site.hire(name, "head_teacher", self.registry.phone())?);
        }
        site.enrol_at(center, &self.folder.join("papers"))?;
        let children = self.roster(&site, school)?;
        let stories = work::stories(school.kind, cases_of(school), &mut self.stories);
        let events = work::events(&mut self.dice, &site.desk, self.season, (&children, &staff), stories);
        let (before, ahead): (Vec<Event>, Vec<Event>) =
            events.into_iter().partition(|event| event.day <= self.season.middle);
        happen(&site, children.len(), before)?;
        site.on(self.season.middle);
        let first_package = self.send(&site)?;
        site.close()?;
        Ok(AtWork { site, children, ahead, first_package })
    }

    /// Enters the children class by class.
    fn roster(&mut self, site: &Site, school: &School) -> Done<Vec<Child>> {
        let mut children = Vec::new();
        let mut forms: Vec<SaveRequest> = Vec::new();
        let grades = school.grades.len();
        for (at, grade) in school.grades.iter().enumerate() {
            let pupils = school.size * (at + 1) / grades - school.size * at / grades;
            let classes = pupils.div_ceil(CLASS_MAX).max(1);
            for number in 0..pupils {
                let seat = Seat {
                    school,
                    grade,
                    class: number * classes / pupils + 1,
                    number: number % pupils.div_ceil(classes) + 1,
                    year: child::year_of(self.season.first),
                };
                let (child, entered) = child::draw(&mut self.dice, &mut self.registry, &site.desk, seat);
                children.push(child);
                forms.extend(entered);
                if (number + 1) * classes / pupils > number * classes / pupils {
                    site.save(std::mem::take(&mut forms))?;
                    self.parent.step(self.done + children.len() as u64, self.total)?;
                }
            }
        }
        self.done += children.len() as u64;
        Ok(children)
    }

    fn send(&self, site: &Site) -> Done<String> {
        let request = ExportRequest { folder: self.stick().display().to_string(), ..ExportRequest::default() };
        Ok(crate::export(&site.desk, request)?.file)
    }

    /// The center and a school write down different telephone numbers of one child, and a village and a note that
    /// do not stand in each other's way. Gives the school's second package.
    fn quarrel(&mut self, center: &Site, schools: &[AtWork]) -> Done<String> {
        let nobody = || Failure::defect("a township without a child");
        let school = schools.first().ok_or_else(nobody)?;
        let child = school.children.last().ok_or_else(nobody)?;
        let write =
            |id: Id, values, why: &str| SaveRequest { why: Some(why.to_owned()), ..child::form("student", id, values) };
        let (at_center, at_school) = (self.registry.phone(), self.registry.phone());
        center.on(self.season.last);
        let told = write(child.id, json!({ "phone": at_center }), "监护人来电告知");
        crate::save_row(&center.desk, told)?;
        center.save(vec![child::form("student", child.id, json!({ "mail_address": "澄川县002号信箱" }))])?;
        school.site.reopen()?;
        happen(&school.site, school.children.len(), school.ahead.clone())?;
        school.site.on(self.season.last);
        let asked = write(child.id, json!({ "phone": at_school, "note": "换了手机号。" }), "家访时核对");
        crate::save_row(&school.site.desk, asked)?;
        let file = self.send(&school.site)?;
        school.site.close()?;
        Ok(file)
    }

    /// What happened after the first package: every other school has sealed a second one.
    fn rest(&self, school: &AtWork, at: usize) -> Done<Option<String>> {
        school.site.reopen()?;
        happen(&school.site, school.children.len(), school.ahead.clone())?;
        school.site.on(self.season.last);
        let file = if at.is_multiple_of(2) { Some(self.send(&school.site)?) } else { None };
        school.site.close()?;
        Ok(file)
    }
}

/// What a child is found by with the fewest keys.
fn initials(child: &Child) -> String {
    let keys = domain::search_key::of_name(&child.name);
    keys.into_iter().filter(|key| key.is_ascii()).min_by_key(domain::Text::len).unwrap_or_default().to_string()
}

/// How many children leave a school meanwhile: more where they are older.
fn cases_of(school: &School) -> usize {
    match school.kind {
        "junior" => (school.size / 60).max(3),
        "teaching_point" => school.size / 20,
        _ => (school.size / 120).max(1),
    }
}

/// How many schools' first packages still lie on the stick.
fn last_waits(schools: usize) -> usize {
    match schools {
        1 => 0,
        2..=9 => 1,
        many => many / 5,
    }
}

/// Lets events happen, one form after another; a large school enters a day at a time.
fn happen(site: &Site, children: usize, events: Vec<Event>) -> Done<()> {
    let mut day: Option<Date> = None;
    let mut forms = Vec::new();
    for event in events {
        if day != Some(event.day) {
            save_all(site, std::mem::take(&mut forms))?;
            site.on(event.day);
            day = Some(event.day);
        }
        forms.extend(event.forms);
        if children < BUSY {
            save_all(site, std::mem::take(&mut forms))?;
        }
    }
    save_all(site, forms)
}

fn save_all(site: &Site, forms: Vec<SaveRequest>) -> Done<()> {
    if forms.is_empty() { Ok(()) } else { site.save(forms) }
}
