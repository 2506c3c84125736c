//! The list of domain.md §9, line by line: what each rule is called, how much it weighs, what it looks at.

use crate::Severity::{self, Error, Warning};

/// What a rule has to look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// What is typed, before it is stored.
    Typed,
    /// One row.
    Row,
    /// A child with its rows.
    Child,
    /// The whole ledger.
    Ledger,
}

/// A line of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    /// What domain.md §9 says.
    pub says: &'static str,
    /// The rule's name in problems and sentences.
    pub rule: &'static str,
    /// Its weight.
    pub severity: Severity,
    /// What it looks at.
    pub reach: Reach,
}

const fn line(says: &'static str, rule: &'static str, severity: Severity, reach: Reach) -> Line {
    Line { says, rule, severity, reach }
}

/// Every rule of the list.
pub const LINES: [Line; 36] = [
    line("ID checksum wrong when type = 1", "id_check", Error, Reach::Row),
    line("duplicate ID or 学籍号 inside a school", "unique", Error, Reach::Ledger),
    line("same ID in two schools at the centre", "in_two_schools", Warning, Reach::Ledger),
    line("birth date ≠ ID date", "id_birth_differs", Warning, Reach::Row),
    line("sex ≠ 17th digit", "id_sex_differs", Warning, Reach::Row),
    line("G-number ≠ G+ID", "code_differs_from_id", Warning, Reach::Row),
    line("L-number older than 1 year", "code_temporary", Warning, Reach::Row),
    line("学籍号 not [GLJ]+18", "student_code_length", Severity::Block, Reach::Typed),
    line("age outside grade ±2", "age_off_grade", Warning, Reach::Row),
    line("残疾类型 and 随班就读 inconsistent", "goes_with", Warning, Reach::Row),
    line("送教 child not in 学籍", "home_teaching_no_code", Warning, Reach::Child),
    line("留守 yes but no absent-parent data", "left_behind_nobody_away", Warning, Reach::Child),
    line("留守 yes but no carer", "left_behind_no_carer", Warning, Reach::Child),
    line("carer under 18", "carer_minor", Warning, Reach::Child),
    line("carer in excluded list", "carer_unable", Warning, Reach::Child),
    line("under 16 living alone (law) → alert", "lives_alone", Warning, Reach::Child),
    line("复学日期 < 辍学日期", "not_before", Error, Reach::Row),
    line("销号 without ground + evidence", "needed", Error, Reach::Row),
    line("report date before discovery", "report_before_found", Error, Reach::Child),
    line("no 劝返 for N days on open case", "persuasion_overdue", Warning, Reach::Child),
    line("休学 expired without 复学", "suspension_expired", Warning, Reach::Child),
    line("缓学 expired without 复学; 整改 overdue", "overdue", Warning, Reach::Row),
    line("转出 “手续未完” > 20 working days", "transfer_slow", Warning, Reach::Child),
    line("visit without signature", "visit_unsigned", Warning, Reach::Child),
    line("visit without photo", "visit_no_photo", Warning, Reach::Child),
    line("class 应到 ≠ roster", "expected_differs", Warning, Reach::Ledger),
    line("balance line: came unregistered", "balance_came", Error, Reach::Ledger),
    line("balance line: went unregistered", "balance_went", Error, Reach::Ledger),
    line("an ID ruined by Excel is kept in a finding (decisions A3)", "cell_unread", Warning, Reach::Row),
    line("ID without a calendar day", "id_birth_impossible", Error, Reach::Row),
    line("ID rounded by Excel", "id_rounded", Error, Reach::Row),
    line("劝返 by fewer people than set (§10)", "people_too_few", Warning, Reach::Child),
    line("家访 by one person where two are asked for (§10)", "visit_alone", Warning, Reach::Child),
    line("送教 of fewer class hours than set (§10)", "lesson_short", Warning, Reach::Child),
    line("送教 fewer times a week than set (§10)", "lessons_seldom", Warning, Reach::Child),
    line("休学 renewed more often than set (§10)", "suspension_renewed", Warning, Reach::Child),
];
