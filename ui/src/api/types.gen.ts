// Written by the test suite from the catalogue of actions. Do not edit.

export type AcceptTransfer = { 
/**
 * The hand-over.
 */
id: Id, 
/**
 * Its grade here, a code; that of the hand-over when absent.
 */
grade: string | null, 
/**
 * Its class.
 */
class: string | null, 
/**
 * Since when it is here, ISO 8601; today when absent.
 */
begins_on: string | null, 
/**
 * A word to the old school.
 */
note: string | null, };

export type AnswerTransfer = { 
/**
 * The hand-over.
 */
id: Id, 
/**
 * Why; for a choice, the school's code, name or id.
 */
text: string, };

export type ArchiveReply = { 
/**
 * The year.
 */
year: string, 
/**
 * Its folder.
 */
folder: string, 
/**
 * What lies in it.
 */
files: Array<ArchivedFile>, };

export type ArchiveRequest = { 
/**
 * Any day of the year, ISO 8601; the year before this one when absent.
 */
on: string | null, 
/**
 * The folder in which the year's folder is made.
 */
folder: string, };

export type ArchivedFile = { 
/**
 * Its name.
 */
name: string, 
/**
 * The form.
 */
form: string, 
/**
 * Its title.
 */
title: string, 
/**
 * Rows in it.
 */
rows: number, 
/**
 * Pages; 0 for a workbook.
 */
pages: number, };

export type ArrivedLine = { 
/**
 * What names it: the hash of what it said of itself.
 */
package: string, 
/**
 * `counts`; `taken_back`: it is kept and does not count.
 */
state: string, 
/**
 * Sender's name.
 */
sender: string, 
/**
 * The computer, short.
 */
computer: string, 
/**
 * Its number.
 */
number: number, 
/**
 * When it was sealed, by the sender's clock; civil time.
 */
made: string, 
/**
 * When it was merged; civil time.
 */
merged: string, 
/**
 * What it changed.
 */
report: MergeReport, };

export type AttachReply = { 
/**
 * The row of the record `attachment`.
 */
id: Id, 
/**
 * Its size as kept, in KB.
 */
kb: number, 
/**
 * Whether the same file lay here already.
 */
known: boolean, 
/**
 * Changes written, for undo.
 */
changes: Array<string>, };

export type AttachRequest = { 
/**
 * The file: JPEG, PNG, WebP, GIF or PDF.
 */
file: string, 
/**
 * The row it is attached to: a child, or a record about one.
 */
about: Id, 
/**
 * Code of the list `attachment_kind`.
 */
kind: string | null, 
/**
 * What it is called; the file's own name is not kept.
 */
name: string | null, };

export type AttachmentLine = { 
/**
 * The row of the record `attachment`.
 */
id: Id, 
/**
 * The row it is attached to.
 */
about: string, 
/**
 * What it shows, in words.
 */
kind: string, 
/**
 * What it is called.
 */
name: string, 
/**
 * `jpeg` or `pdf`.
 */
format: string, 
/**
 * Its size, in KB.
 */
kb: number, 
/**
 * When it was added.
 */
on: string, 
/**
 * Whether the file lies on this computer.
 */
here: boolean, };

export type Away = "one" | "both";

export type BackupReply = { 
/**
 * Its folder.
 */
folder: string, 
/**
 * Children in it.
 */
students: number, 
/**
 * Photos, scans and PDFs in it.
 */
attachments: number, };

export type BackupRequest = { 
/**
 * The folder in which the backup's own folder is made.
 */
folder: string, };

export type Basis = "happened" | "entered";

export type Beside = { 
/**
 * How such headers begin; what follows names the field, nothing follows: the row's name.
 */
heads: Array<string>, 
/**
 * Which of the rows it is, when the header says so.
 */
nth: number | null, 
/**
 * What the header says by itself: field → value as typed.
 */
says: { [key in string]: string }, };

export type BoardLine = { 
/**
 * The organisation.
 */
id: Id, 
/**
 * Its name.
 */
name: string, 
/**
 * Its code.
 */
code: string, 
/**
 * Its kind, a code of the list `org_kind`.
 */
kind: string, 
/**
 * `never`: nothing came yet; `late`: nothing came for more than a month; `waiting`: a package waits for another;
 * `refused`: one was not taken in; `open`: fields filled differently wait for a choice; `well`.
 */
state: string, 
/**
 * When its newest package was taken in; civil time; empty when none was.
 */
last_at: string, 
/**
 * The number of that package; 0 when none was.
 */
last_number: number, 
/**
 * Days since then.
 */
days: number | null, 
/**
 * Numbers that never came, of its computers. Harmless when nothing waits.
 */
gaps: number[], 
/**
 * Packages that wait for others.
 */
waiting: number, 
/**
 * Packages that were not taken in.
 */
refused: number, 
/**
 * Fields filled differently that nobody has settled.
 */
conflicts: number, 
/**
 * `none`: nothing to acknowledge; `due`: a package came after the newest receipt was written; `written`.
 */
receipt: string, 
/**
 * How the newest package for it stands: `none`, `sent`, `waiting`, `refused`, `delivered`.
 */
down: string, };

export type BulkLine = { 
/**
 * The row.
 */
id: Id, 
/**
 * What names it.
 */
name: string, 
/**
 * What the field shows now.
 */
from: string, 
/**
 * What it shows afterwards.
 */
to: string, 
/**
 * What to look at again; it is stored all the same.
 */
problems: Array<Problem>, };

export type BulkRefusal = { 
/**
 * The row.
 */
id: Id, 
/**
 * What names it; empty when it is gone.
 */
name: string, 
/**
 * Why not.
 */
problems: Array<Problem>, };

export type BulkReply = { 
/**
 * Rows that change.
 */
changed: Array<BulkLine>, 
/**
 * Rows that hold the value already.
 */
same: number, 
/**
 * Rows that cannot take it, and are left as they are.
 */
refused: Array<BulkRefusal>, 
/**
 * What the rules between rows and over the whole ledger find on the rows that change, as they will stand; in a
 * rehearsal.
 */
findings: Array<Finding>, 
/**
 * The changes made; none in a rehearsal.
 */
changes: Array<string>, };

export type BulkRequest = { 
/**
 * The rows' record.
 */
record: string, 
/**
 * The rows.
 */
ids: Array<Id>, 
/**
 * The field.
 */
field: string, 
/**
 * What was typed; null clears.
 */
value: unknown, 
/**
 * Why.
 */
why: string | null, };

export type CandidateLine = { 
/**
 * The child.
 */
student: Id, 
/**
 * Its name.
 */
name: string, 
/**
 * Its birth date.
 */
birth_date: string, 
/**
 * Where it lives.
 */
village: string, };

export type CaseNext = { 
/**
 * How it stands.
 */
status: string, 
/**
 * The steps that are legal, each with the fields it asks for.
 */
steps: Array<CaseStep>, 
/**
 * Who should make the next attempt, a code of `persuasion_way`.
 */
next_way: string, 
/**
 * Attempts made.
 */
attempts: number, 
/**
 * The case before this one.
 */
previous: Id | null, };

export type CaseStep = { 
/**
 * The state it leads to.
 */
to: string, 
/**
 * What people call it.
 */
name: string, 
/**
 * Fields that it asks for.
 */
asks: Array<string>, };

export type Cell = { 
/**
 * What it shows.
 */
path: string, 
/**
 * Its label; else the field's.
 */
head: Label | null, 
/**
 * How many of the three places of a line it takes.
 */
span: number, 
/**
 * Height kept free, in lines of writing.
 */
lines: number, 
/**
 * Whether all choices of the code list are printed with a box to tick.
 */
ticks: boolean, };

export type CellFinding = { 
/**
 * The sheet.
 */
sheet: string, 
/**
 * The row, as the workbook numbers it.
 */
row: number, 
/**
 * The column's letter; empty when it is about the whole row.
 */
column: string, 
/**
 * The column's header.
 */
head: string, 
/**
 * What stands in the cell.
 */
typed: string, 
/**
 * The reason in plain words, in the desk's language.
 */
reason: string, 
/**
 * `block`: the cell (or row) was not taken; otherwise it was, and wants a look.
 */
severity: Severity, 
/**
 * The child, once it is in the ledger.
 */
student: Id | null, };

export type ChangeLine = { 
/**
 * The change.
 */
change: string, 
/**
 * When, civil time.
 */
at: string, 
/**
 * Who.
 */
who: string, 
/**
 * How it came.
 */
how: string, 
/**
 * Why.
 */
why: string | null, 
/**
 * The rows it wrote, with those saved together with it: the first of them.
 */
wrote: Array<WroteLine>, 
/**
 * How many rows there are.
 */
rows: number, };

export type CheckReply = { 
/**
 * Its row.
 */
id: Id | null, 
/**
 * Code of the round.
 */
round: string, 
/**
 * Code of the term.
 */
term: string, 
/**
 * 应到.
 */
expected: number, 
/**
 * 实到.
 */
arrived: number, 
/**
 * 未到, by whereabouts.
 */
missing: { [key in string]: number }, 
/**
 * The letter or paper that each missing child needs next: child → form.
 */
papers: { [key in string]: string }, 
/**
 * The change that takes all of it back; none when everything stood so already.
 */
changes: Array<string>, };

export type CheckReport = { 
/**
 * Whether pages, chains and state are all as they should be.
 */
sound: boolean, 
/**
 * What is not.
 */
damages: Array<DamageLine>, 
/**
 * Rows of each record.
 */
counts: Record<string, number>, };

export type CheckRequest = { 
/**
 * Code of the grade.
 */
grade: string, 
/**
 * The class within the grade.
 */
class: string | null, 
/**
 * Code of the list `check_round`; by the school day of the term when absent.
 */
round: string | null, 
/**
 * The day; today when absent.
 */
on: string | null, 
/**
 * The children who are not back, with what is known of each.
 */
missing: Array<NotBack>, };

export type ChildCard = { 
/**
 * The child's row.
 */
id: string, 
/**
 * Its name.
 */
name: string, 
/**
 * Sex, birthday, class, village, school: what tells namesakes apart.
 */
about: Array<string>, };

export type ChildPlan = { 
/**
 * The child.
 */
student: Id, 
/**
 * Its name.
 */
name: string, 
/**
 * Its class.
 */
from: string, 
/**
 * Its class in the new year; empty when it has none.
 */
to: string, 
/**
 * What becomes of it.
 */
outcome: Outcome, 
/**
 * What that is called.
 */
label: string, 
/**
 * Whether somebody said so, against what is usual.
 */
exception: boolean, };

export type ChoiceLine = { 
/**
 * The row.
 */
id: Id, 
/**
 * What names it.
 */
name: string, 
/**
 * The child it is about, when it is not the row itself.
 */
about: string, };

export type ChoiceRequest = { 
/**
 * The form's record.
 */
record: string, 
/**
 * The field.
 */
field: string, 
/**
 * The row the form belongs to: of rows that belong to the same one, only those are offered.
 */
owner: Id | null, };

export type ClassLine = { 
/**
 * Code of the grade, if known.
 */
grade: string | null, 
/**
 * The class, if known.
 */
class: string | null, 
/**
 * How it is written: 三年级(1)班.
 */
label: string, 
/**
 * Children.
 */
students: number, };

export type ClassMove = { 
/**
 * Code of its grade in the old year.
 */
grade: string, 
/**
 * Its name in the old year.
 */
class: string | null, 
/**
 * Its name in the new one.
 */
to_class: string | null, };

export type ClassPlan = { 
/**
 * Code of its grade.
 */
grade: string | null, 
/**
 * Its name.
 */
class: string | null, 
/**
 * How it is written.
 */
label: string, 
/**
 * How the class it becomes is written; empty when it ends.
 */
to_label: string, 
/**
 * Children in it.
 */
students: number, };

export type ClassRoll = { 
/**
 * Whether the day was taken.
 */
taken: boolean, 
/**
 * Whether it is a school day.
 */
has_lessons: boolean, 
/**
 * The children, in the order of the class.
 */
children: Array<RollChild>, };

export type Code = { 
/**
 * The code, as a string: leading zeros count.
 */
code: string, 
/**
 * The Chinese name.
 */
zh: string, 
/**
 * The English name.
 */
en: string, 
/**
 * Further spellings met in workbooks.
 */
aliases: Array<string>, 
/**
 * Read and shown, never offered.
 */
retired: boolean, 
/**
 * Heading under which it is offered.
 */
group: string | null, 
/**
 * Shown to those who need it only (decisions D30).
 */
restricted: boolean, 
/**
 * The form that is due once this is said of a child: a letter, the papers of a transfer.
 */
paper: string | null, };

export type CodeList = { 
/**
 * Identifier, and the file's name.
 */
list: string, 
/**
 * What people call it.
 */
title: Label, 
/**
 * The standard, or `Baoxue` for a list of our own.
 */
standard: string, 
/**
 * Where it was taken from.
 */
source: string, 
/**
 * Whether organisations above may add codes: no rule reads it, no statistic is bound to it.
 */
open: boolean, 
/**
 * The codes in the order they are offered.
 */
codes: Array<Code>, };

export type Column = { 
/**
 * What it shows.
 */
path: string, 
/**
 * Its header; else the field's label.
 */
head: Label | null, 
/**
 * On paper, a heading over this and the neighbours that have the same.
 */
band: Label | null, 
/**
 * Its width; without one it shares what is left.
 */
width_mm: number | null, 
/**
 * On paper only, or on the screen and in the workbook only.
 */
only: Medium | null, 
/**
 * Repeated on each part when a wide table is printed on smaller paper.
 */
keep: boolean, };

export type ColumnView = { 
/**
 * `A`, `B` … `AA`.
 */
letter: string, 
/**
 * Its header, two-row headers joined.
 */
head: string, 
/**
 * The first few cells.
 */
samples: Array<string>, 
/**
 * The path it fills, such as `name` or `guardian[1].phone`; none: kept as an unrecognised column.
 */
path: string | null, 
/**
 * Whether it is hidden in the workbook: it is read too.
 */
hidden: boolean, };

export type ComparedLine = { 
/**
 * The field, or the record of rows that belong to the child.
 */
label: string, 
/**
 * What the one says.
 */
one: string, 
/**
 * What the other says.
 */
other: string, 
/**
 * Whether both say something, and not the same.
 */
differs: boolean, };

export type Comparison = { 
/**
 * The one.
 */
one: ChildCard, 
/**
 * The other.
 */
other: ChildCard, 
/**
 * What both say, field by field; differences first.
 */
lines: Array<ComparedLine>, 
/**
 * Why they may be one.
 */
grounds: Array<string>, 
/**
 * What to look at first.
 */
cautions: Array<string>, };

export type ConflictLine = { 
/**
 * The row.
 */
id: Id, 
/**
 * Its record.
 */
record: string, 
/**
 * What names the row.
 */
name: string, 
/**
 * The child it is about, when it is not the row itself.
 */
child: string, 
/**
 * That child's row; the row itself when it is no row about a child.
 */
child_id: Id, 
/**
 * The organisation whose row it is.
 */
owner: string, 
/**
 * The field's key.
 */
field: string, 
/**
 * The field's label.
 */
label: string, 
/**
 * Whether somebody put it off.
 */
put_off: boolean, 
/**
 * The values; the one displayed meanwhile first.
 */
rivals: Array<RivalLine>, };

export type CopiesReply = { 
/**
 * This computer, short.
 */
computer: string, 
/**
 * Copied disks and copies brought back, those of this computer first.
 */
copies: Array<CopyLine>, };

export type CopyLine = { 
/**
 * The organisation whose ledger it is.
 */
organisation: string, 
/**
 * The name both write under, short.
 */
computer: string, 
/**
 * Whether this computer is one of the two: it can be registered anew here.
 */
ours: boolean, 
/**
 * When the last common change was written; civil time; empty when nothing is common.
 */
common: string, 
/**
 * When one was last written; civil time.
 */
first: string, 
/**
 * When the other was.
 */
second: string, };

export type CorrectionLine = { 
/**
 * The row's record.
 */
record: string, 
/**
 * The row.
 */
id: Id, 
/**
 * What names it.
 */
name: string, 
/**
 * The child it is about, when it is not the row itself.
 */
child: string, 
/**
 * What was written, by whom, when and why.
 */
written: HistoryLine, };

export type Counted = "on_roll" | "at_school" | "open_cases" | "confirmed" | "returned" | "suspected" | "absences";

export type CountsUntil = { 
/**
 * The computer, short.
 */
computer: string, 
/**
 * Number of its last change that counts, from 1.
 */
change: number, };

export type CoverageLine = { 
/**
 * Which.
 */
indicator: Indicator, 
/**
 * What people call it.
 */
name: string, 
/**
 * How it is counted.
 */
formula: string, 
/**
 * Done ÷ due.
 */
ratio: Ratio, 
/**
 * The same as people read it.
 */
shown: string, 
/**
 * The record of the rows that are not done.
 */
record: string, 
/**
 * What is not done yet.
 */
open: Array<NamedRow>, };

export type CoverageRequest = { 
/**
 * The day; today when absent.
 */
on: string | null, };

export type DamageLine = { 
/**
 * `page`: the file; `chain`: a change was altered or is missing; `state`: a field differs from the log;
 * `attachment`: a file is missing or not what it was.
 */
kind: string, 
/**
 * Where.
 */
place: string, };

export type Definition = "roll_system" | "civil_affairs" | "local";

export type Definitions = { 
/**
 * Records.
 */
records: { [key in string]: RecordDefinition }, 
/**
 * Forms.
 */
forms: { [key in string]: Form }, 
/**
 * Code lists.
 */
codes: { [key in string]: CodeList }, 
/**
 * By record, the fields that the paths of its lists' columns lead to beyond its own.
 */
reached: { [key in string]: { [key in string]: FieldPlace } }, };

export type Difference = { 
/**
 * The line.
 */
line: LineKey, 
/**
 * The column.
 */
column: string, 
/**
 * As it was sealed.
 */
sealed: number, 
/**
 * As it is.
 */
now: number, };

export type Dimension = "school" | "stage" | "grade" | "class" | "sex" | "ethnicity" | "group" | "cause" | "whereabouts" | "status" | "month" | "age";

export type DirectoryReply = { 
/**
 * Whose directory it is; empty when none came yet.
 */
from: string, 
/**
 * Its version; it only grows. 0 before the first.
 */
version: number, 
/**
 * Whether this organisation itself was revoked in it.
 */
revoked: boolean, 
/**
 * The oldest version of the program it wants everybody to work with; empty when any will do.
 */
program_min: string, 
/**
 * The version of this program.
 */
program: string, 
/**
 * Whether this program is older than that.
 */
outdated: boolean, 
/**
 * Whom it lists, by code and name.
 */
lines: Array<ListedLine>, };

export type DismissRequest = { 
/**
 * The child.
 */
student: Id, 
/**
 * The reason's key.
 */
reason: string, };

export type DraftRequest = { 
/**
 * Names the form: record, and row when an existing one is changed.
 */
form: string, 
/**
 * What is typed, as JSON; none forgets it.
 */
value: string | null, };

export type Due = { 
/**
 * What.
 */
duty: Duty, 
/**
 * By when.
 */
due_on: string, 
/**
 * Until when it may be caught up, if it fell due while nobody was there.
 */
catch_up_until: string | null, 
/**
 * The setting that says how long.
 */
setting: string | null, 
/**
 * Its value.
 */
value: number, 
/**
 * The day it is counted from.
 */
from: string, 
/**
 * What that day is.
 */
basis: Basis, 
/**
 * How it stands.
 */
state: State, };

export type DuplicateLine = { 
/**
 * The one.
 */
one: ChildCard, 
/**
 * The other.
 */
other: ChildCard, 
/**
 * Why, in words, strongest first.
 */
grounds: Array<string>, 
/**
 * What to look at first, in words.
 */
cautions: Array<string>, 
/**
 * Why they are two children, when somebody said so.
 */
apart: string | null, };

export type DutiesReply = { 
/**
 * The civil day.
 */
today: string, 
/**
 * Its lines: the most pressing first.
 */
lines: Array<DutyLine>, 
/**
 * How many lines there are of each group: `overdue`, `today`, `catch_up`, `coming`; `waiting` where others have to
 * act, whatever the day.
 */
counts: { [key in string]: number }, };

export type DutiesRequest = { 
/**
 * Only what somebody in this role does; everything when absent.
 */
role: Role | null, 
/**
 * Only one class: code of the grade and the class's name.
 */
class: [string, string | null] | null, 
/**
 * Days ahead that are shown; 7 when absent.
 */
ahead_days: number | null, 
/**
 * Only what is about one child.
 */
student: Id | null, 
/**
 * Lines of each group that are given, the most pressing; all when absent. The counts tell of all.
 */
first: number | null, };

export type Duty = "explain" | "contact" | "visit" | "term_alarm" | "suspect" | "report" | "decide" | "persuade" | "close" | "return_check" | "close_list" | "month_report" | "census" | "take_roll" | "suspension_ends" | "deferral_ends" | "transfer" | "rectify" | "agreed";

export type DutyLine = { 
/**
 * What, when, and how it stands.
 */
due: Due, 
/**
 * The child, if it is about one.
 */
student: Id | null, 
/**
 * The school.
 */
school: Id | null, 
/**
 * The child's name, or what it is about.
 */
name: string, 
/**
 * The class, as it is written.
 */
class: string, 
/**
 * The record and row that it comes from.
 */
row: [string, Id] | null, 
/**
 * What is due, in a word.
 */
what: string, 
/**
 * What to do, in a sentence.
 */
act: string, 
/**
 * Which rule says so, in a sentence.
 */
rule: string, 
/**
 * Who else has to act, when the school can only wait or remind.
 */
waits_for: string | null, };

export type EnrolFile = { 
/**
 * The file.
 */
file: string, 
/**
 * What it is for.
 */
step: "invite" | "request" | "grant", 
/**
 * Who wrote it.
 */
from: string, };

export type EnrolReply = { 
/**
 * The other organisation's id; none for an invitation.
 */
id: Id | null, 
/**
 * Its name; empty for an invitation.
 */
partner: string, 
/**
 * The digits of the other organisation's key, to compare with its paper.
 */
digits: string, 
/**
 * The file written.
 */
file: string | null, };

export type EnrolRequest = { 
/**
 * The file to read; none for an invitation.
 */
input: string | null, 
/**
 * The file to write; none when accepting.
 */
output: string | null, 
/**
 * What a person typed from the other side's stamped sheet: the first and the last group of its digits, or all six.
 * The window always asks for it; a script may have compared them otherwise.
 */
typed: string | null, };

export type EnrolSheet = { 
/**
 * Code, name or id of the other side, for the record of both; one's own sheet when absent.
 */
with: string | null, 
/**
 * The PDF to write.
 */
file: string, };

export type EraseReply = { 
/**
 * The change that says so; it travels with the next package, and the receipt for that confirms it.
 */
change: string, 
/**
 * Photos, scans and PDFs that went with it.
 */
attachments: number, 
/**
 * Folders of backups made here that still hold it; they are deleted by hand once a new backup was made.
 */
backups: Array<string>, };

export type EraseRequest = { 
/**
 * The row.
 */
id: Id, 
/**
 * Its fields.
 */
fields: Array<string>, 
/**
 * By which law or at whose demand. It stays readable: what was erased must not stand in it.
 */
why: string, 
/**
 * Whether the photos, scans and PDFs of the child go too.
 */
attachments: boolean, };

export type ErasedBeside = "always" | "files";

export type ExplainRequest = { 
/**
 * The row that the finding is about.
 */
row: Id, 
/**
 * Its field.
 */
field: string, 
/**
 * The rule.
 */
rule: string, 
/**
 * What the finding mentions, as it was shown; read from the ledger when absent.
 */
facts: { [key in string]: string } | null, 
/**
 * Why it stands.
 */
reason: string, };

export type Explanation = { 
/**
 * The row of the record `finding_note`.
 */
id: Id, 
/**
 * The reason.
 */
reason: string, 
/**
 * Who gave it.
 */
by: string, 
/**
 * When.
 */
on: string, };

export type ExportReply = { 
/**
 * The file, with its folder.
 */
file: string, 
/**
 * Its number on this computer.
 */
number: number, 
/**
 * For whom.
 */
to: string, 
/**
 * Rows of each record of the ledger.
 */
counts: Record<string, number>, 
/**
 * Bytes.
 */
length: number, 
/**
 * Signed runs of changes inside; 0 when everything was acknowledged already.
 */
segments: number, 
/**
 * Photos, scans and PDFs inside.
 */
attachments: number, 
/**
 * Of rows inside, files that do not lie on this computer; the package is whole without them.
 */
attachments_missing: number, 
/**
 * Files that found no room; the next package takes them once the receiver has answered.
 */
attachments_left: number, };

export type ExportRequest = { 
/**
 * Code, name or id of the receiver; the organisation above when absent.
 */
to: string | null, 
/**
 * The folder that stands for the stick.
 */
folder: string, 
/**
 * How much; what was not acknowledged when absent.
 */
extent?: Extent, };

export type Extent = { 
/**
 * What they are called.
 */
label: Label, 
/**
 * What the rest is called.
 */
others: Label, 
/**
 * Field → values, one of which the row holds; `["*"]`: the field is filled; `["!", …]`: it holds none of these.
 */
where: { [key in string]: Array<string> }, };

export type Failure = { 
/**
 * The code, a key of `errors.json`.
 */
code: string, 
/**
 * What the sentences mention.
 */
facts: { [key in string]: string }, 
/**
 * Fields to correct, all of them at once, in the order of the form.
 */
fields: Array<Problem>, };

export type Family = { 
/**
 * Their record.
 */
record: string, 
/**
 * The row they belong to.
 */
owner: Id, 
/**
 * The fields shown, by key.
 */
columns: Array<string>, 
/**
 * The rows, newest first where a day orders them.
 */
rows: Array<ListRow>, };

export type Field = { 
/**
 * Identifier, and the column's name.
 */
key: string, 
/**
 * What people call it.
 */
label: Label, 
/**
 * Its type.
 */
type: FieldType, 
/**
 * The code list of a code.
 */
codes: string | null, 
/**
 * Other code lists for certain values of another field: field → value → list.
 */
codes_when: { [key in string]: { [key in string]: string } }, 
/**
 * The record a reference leads to.
 */
to: string | null, 
/**
 * How much it weighs when nothing is typed.
 */
required: Severity | null, 
/**
 * Longest text, in characters.
 */
max_chars: number | null, 
/**
 * Smallest and largest number.
 */
range: [number, number] | null, 
/**
 * Header texts met in workbooks besides the label.
 */
aliases: Array<string>, 
/**
 * Number in the national template of 72 items (domain.md §6).
 */
item: number | null, 
/**
 * Masked until asked for (decisions A8).
 */
sensitive: boolean, 
/**
 * Stored when a new row says nothing: a code, or `@organisation`, `@today`, `@school_year`, `@term`.
 */
default: string | null, 
/**
 * Typed already when a form opens: as `default`, or `@me`, the name of who is signed in.
 */
suggest: string | null, 
/**
 * The heading it stands under.
 */
group: string | null, 
/**
 * Width on paper, in mm.
 */
width_mm: number | null, 
/**
 * How the row, or the row it belongs to, is found by it.
 */
search: SearchKind | null, 
/**
 * A sentence below the field.
 */
hint: Label | null, 
/**
 * Its text may repeat what other fields hold: it is erased with them where it does (decisions B13).
 */
repeats: boolean, 
/**
 * Not typed by people: kept by the program.
 */
kept: boolean, 
/**
 * Set by the catalogue when the field is a projection.
 */
projected: boolean, 
/**
 * Added by an organisation above: it has no column of its own (decisions A7).
 */
added: boolean, 
/**
 * Neither asked for nor shown any more; what was written stays in the history.
 */
hidden: boolean, };

export type FieldPlace = { 
/**
 * The record.
 */
record: string, 
/**
 * The field.
 */
key: string, };

export type FieldType = "text" | "long_text" | "date" | "month" | "integer" | "decimal" | "yes_no" | "code" | "codes" | "row" | "id_number" | "student_code" | "school_code" | "phone" | "area" | "file";

export type Finding = { 
/**
 * The record of the row.
 */
record: string, 
/**
 * What people call it.
 */
title: string, 
/**
 * The row to open.
 */
row: Id, 
/**
 * What names the row.
 */
name: string, 
/**
 * The field to mend.
 */
field: string, 
/**
 * What people call it.
 */
label: string, 
/**
 * Whether it is an error or a warning.
 */
severity: Severity, 
/**
 * The rule.
 */
rule: string, 
/**
 * What is wrong and what to do, in the language of the desk.
 */
sentence: string, 
/**
 * What the sentence mentions.
 */
facts: { [key in string]: string }, 
/**
 * Why it stands, if somebody said so.
 */
explained: Explanation | null, };

export type FindingGroup = { 
/**
 * The child; none for records that belong to no child.
 */
student: Id | null, 
/**
 * Its name; empty for the school's own records.
 */
name: string, 
/**
 * Its class.
 */
class: string, 
/**
 * Its school.
 */
school: string, 
/**
 * What was found.
 */
findings: Array<Finding>, };

export type FindingsReply = { 
/**
 * The civil day.
 */
today: string, 
/**
 * Rows looked at.
 */
rows: number, 
/**
 * Children looked at.
 */
students: number, 
/**
 * Errors that nobody has explained.
 */
errors: number, 
/**
 * Warnings that nobody has explained.
 */
warnings: number, 
/**
 * Findings that somebody has explained.
 */
explained: number, 
/**
 * How often each rule found something that nobody has explained, most often first.
 */
rules: Array<RuleCount>, 
/**
 * Children, and the school itself, with something found.
 */
groups_total: number, 
/**
 * Those asked for: errors before warnings, then by school, class and name.
 */
groups: Array<FindingGroup>, };

export type FindingsRequest = { 
/**
 * One child only.
 */
student: Id | null, 
/**
 * One weight only.
 */
severity: Severity | null, 
/**
 * One rule only.
 */
rule: string | null, 
/**
 * Whether explained findings are shown as well.
 */
explained: boolean, 
/**
 * Groups left out at the beginning.
 */
offset: number, 
/**
 * Groups wanted.
 */
limit: number, };

export type Form = { 
/**
 * Identifier and file name.
 */
form: string, 
/**
 * Its number in domain.md §1.
 */
number: string | null, 
/**
 * The title on paper; `{school}` and `{year}` are filled in.
 */
title: Label, 
/**
 * The notice paragraph, law or page it follows.
 */
source: string, 
/**
 * The record its rows come from.
 */
record: string, 
/**
 * The shelf of 台账 it stands on.
 */
topic: Topic, 
/**
 * The page shape.
 */
layout: Layout, 
/**
 * The sheet of paper it is made for.
 */
paper: Paper, 
/**
 * Who signs, in order.
 */
sign: Array<string>, 
/**
 * Whether a seal is put on it.
 */
seal: boolean, 
/**
 * Who reads the page besides the school.
 */
reader: Reader, 
/**
 * Empty rows for handwriting at the end of a table.
 */
spare_rows: number, 
/**
 * Which rows it lists: field → values, one of which the row holds. All rows when empty.
 */
where: { [key in string]: Array<string> }, 
/**
 * Which of its rows it shows until others are asked for; all when absent.
 */
first: Extent | null, 
/**
 * The sort order; the record's own when empty.
 */
order: Array<string>, 
/**
 * The columns of the list on screen and of the workbook; of the page too when it is a table.
 */
columns: Array<Column>, 
/**
 * The parts of a sheet.
 */
sections: Array<Section>, 
/**
 * A sentence printed under the title.
 */
note: Label | null, 
/**
 * The words of a letter.
 */
letter: Letter | null, };

export type FormOffer = { 
/**
 * The form.
 */
form: string, 
/**
 * Its title.
 */
title: string, 
/**
 * The rows it would print, one page each.
 */
ids: Array<Id>, };

export type FoundRow = { 
/**
 * The child.
 */
id: Id, 
/**
 * Its name.
 */
name: string, 
/**
 * School (where several are kept), class, sex, village, status: what tells namesakes apart.
 */
about: Array<string>, };

export type Gap = { 
/**
 * What the opening number and the flows lead to.
 */
led_to: number, 
/**
 * What the roster counts.
 */
counted: number, };

export type GiveSettings = { 
/**
 * The row; the newest when absent.
 */
id: Id | null, 
/**
 * The file to write.
 */
output: string, };

export type Group = { 
/**
 * Identifier.
 */
key: string, 
/**
 * The heading.
 */
label: Label, 
/**
 * Closed until asked for: what few papers need (decisions D30).
 */
folded: boolean, };

export type HandedUp = { 
/**
 * The school.
 */
school: Id, 
/**
 * Its name.
 */
name: string, 
/**
 * Its sealed report, if one arrived.
 */
sealed: Id | null, 
/**
 * The day it was sealed.
 */
on: string | null, 
/**
 * The day it was due, for a report that has one.
 */
due_on: string | null, 
/**
 * Whether it was sealed after that day, or is missing after it.
 */
late: boolean, };

export type Head = "on_roll" | "at_school" | "present";

export type HeadCount = { 
/**
 * Which.
 */
head: Head, 
/**
 * What people call it.
 */
name: string, 
/**
 * How it is counted, and for 实到 of which day.
 */
about: string, 
/**
 * All together, then by school; none where nobody said.
 */
cells: Array<number | null>, };

export type HeadLine = { 
/**
 * Identifier.
 */
key: string, 
/**
 * The heading over several columns.
 */
band: string | null, 
/**
 * Its own.
 */
head: string, };

export type HeardLine = { 
/**
 * Its number.
 */
number: number, 
/**
 * The computer that sealed it, short.
 */
computer: string, 
/**
 * Why: a code of the failures, or the package waited for.
 */
why: string, };

export type HistoryLine = { 
/**
 * The change, for undo.
 */
change: string, 
/**
 * When, civil time.
 */
at: string, 
/**
 * Who.
 */
who: string, 
/**
 * In which organisation.
 */
organisation: string, 
/**
 * On which computer, short.
 */
computer: string, 
/**
 * The field's key; `_life` when the row was made, deleted or brought back.
 */
field: string, 
/**
 * The field's label.
 */
label: string, 
/**
 * What was written.
 */
values: Array<string>, 
/**
 * Why.
 */
why: string | null, 
/**
 * Whether nobody has replaced it.
 */
stands: boolean, 
/**
 * How it came: `typed`, `import`, `undo`, `choice`.
 */
how: string, 
/**
 * Whether somebody of another organisation wrote it in a record of this one: an objection can be raised.
 */
foreign: boolean, };

export type Id = string;

export type ImportReport = { 
/**
 * Rows of data read.
 */
rows: number, 
/**
 * Rows that are new.
 */
new: number, 
/**
 * Rows that change something.
 */
changed: number, 
/**
 * Rows that say what is known already.
 */
same: number, 
/**
 * Rows that were refused.
 */
refused: number, 
/**
 * Everything refused or doubtful, cell by cell.
 */
findings: Array<CellFinding>, 
/**
 * Headers that were not recognised; their cells are kept with each row.
 */
kept: Array<string>, 
/**
 * Lines above, between and below the data that were passed over.
 */
passed_over: number, 
/**
 * Rows beside that follow from what the lines say: seats that end or begin with a transfer.
 */
beside: number, 
/**
 * The changes, to take the import back as a whole; none after a rehearsal.
 */
change: string | null, };

export type ImportRequest = { 
/**
 * The workbook.
 */
file: string, 
/**
 * The record its rows become.
 */
record: string, 
/**
 * The sheet; every recognised visible one when absent.
 */
sheet: string | null, 
/**
 * Corrections of the mapping: column letter → path, or `null` to keep it as an unrecognised column.
 */
columns: Record<string, string | null>, };

export type Indicator = "net_enrolment" | "age_enrolment" | "gross_enrolment" | "dropout_a" | "dropout_b" | "dropout_c" | "retention" | "yearly_retention" | "nine_year_retention" | "arrival" | "attendance" | "return_rate" | "close_rate" | "disabled_enrolment" | "home_teaching" | "visit_coverage" | "pairing" | "support" | "rectification";

export type Inspection = { 
/**
 * The file.
 */
file: string, 
/**
 * The sender's name, when enrolled.
 */
sender: string, 
/**
 * The sender's code, when enrolled.
 */
code: string, 
/**
 * `enrolled`, `revoked`, `unknown`.
 */
standing: string, 
/**
 * The computer, short.
 */
computer: string, 
/**
 * Its number on that computer.
 */
number: number, 
/**
 * Whether it is meant for this organisation.
 */
for_us: boolean, 
/**
 * Whether it was taken in already.
 */
known: boolean, 
/**
 * Bytes.
 */
length: number, 
/**
 * The key that signed it, as `minisign -P` takes it.
 */
key: string, };

export type JoinedLine = { 
/**
 * The row that stands for all.
 */
child: ChildCard, 
/**
 * Those it stands for.
 */
others: Array<ChildCard>, };

export type Kind = "number" | "numbers" | "month_day" | "choice" | "switch";

export type Label = { 
/**
 * Chinese.
 */
zh: string, 
/**
 * English.
 */
en: string, };

export type Language = "zh-CN" | "en";

export type Layout = "table" | "sheet" | "letter" | "summary";

export type LeftBehindLine = { 
/**
 * The child.
 */
student: Id, 
/**
 * Its name.
 */
name: string, 
/**
 * Its class.
 */
class: string, 
/**
 * Definition → who is away.
 */
by: { [key in Definition]?: Away }, 
/**
 * What the roll says, a code of the list `left_behind`; none when nothing is said.
 */
stated: string | null, 
/**
 * Whether the roll says otherwise than its own definition finds.
 */
differs: boolean, };

export type Letter = { 
/**
 * Its number, under the title.
 */
number: string, 
/**
 * Whom it addresses; a summary addresses nobody.
 */
to: string, 
/**
 * Its paragraphs.
 */
body: Array<string>, 
/**
 * Its day, under the sender's name; a summary bears the day it is printed.
 */
on: string | null, };

export type Level = "school" | "center" | "county";

export type LineKey = { 
/**
 * The school.
 */
school: Id | null, 
/**
 * 学段.
 */
stage: Stage | null, 
/**
 * Code of the grade.
 */
grade: string | null, 
/**
 * The class within the grade.
 */
class: string | null, };

export type ListReply = { 
/**
 * Rows of the whole list.
 */
total: number, 
/**
 * The rows of the window.
 */
rows: Array<ListRow>, };

export type ListRequest = { 
/**
 * The form whose columns are shown.
 */
form: string, 
/**
 * Field → code, number or row id; `null`: empty.
 */
filters: Record<string, string | null>, 
/**
 * Fields to sort by; `-` before one reverses it.
 */
order: Array<string>, 
/**
 * Rows left out at the beginning.
 */
offset: number, 
/**
 * Rows wanted.
 */
limit: number, };

export type ListRow = { 
/**
 * The row.
 */
id: Id, 
/**
 * What its columns show, in the order of the form.
 */
cells: Array<string>, 
/**
 * Places among the cells whose field was filled differently while nobody has chosen.
 */
contested: Array<number>, };

export type ListedLine = { 
/**
 * The organisation's id.
 */
organisation: string, 
/**
 * Its name.
 */
name: string, 
/**
 * Its code; may be empty.
 */
code: string, 
/**
 * Its kind, a code of the list `org_kind`.
 */
kind: string, 
/**
 * The day it was revoked; empty while it counts.
 */
revoked_on: string, 
/**
 * Once it was revoked: of each of its computers, how far what it wrote counts.
 */
counts_until: Array<CountsUntil>, };

export type LiveRequest = { 
/**
 * The row's record.
 */
record: string, 
/**
 * The row.
 */
id: Id, 
/**
 * Why.
 */
why: string | null, };

export type LookReply = { 
/**
 * `data:image/jpeg;base64,…`.
 */
picture: string, 
/**
 * How many pages the file has.
 */
pages: number, };

export type LookRequest = { 
/**
 * The row of the record `attachment`.
 */
id: Id, 
/**
 * Which page, from 0; a picture has one.
 */
page: number, 
/**
 * Whether a thumbnail is enough.
 */
small: boolean, };

export type MakeLedger = { 
/**
 * The folder; a new one under the program's own when absent.
 */
folder: string | null, 
/**
 * `school`, `center`, `county`, or a code of the list `org_kind`.
 */
kind: string, 
/**
 * The organisation's name.
 */
name: string, 
/**
 * Its code; a teaching point may have none.
 */
code: string, 
/**
 * The code of the organisation above.
 */
under: string | null, 
/**
 * The name of the person who begins it.
 */
person: string, 
/**
 * At least ten characters.
 */
password: string, 
/**
 * Whether the computer has only 2 GB: opening costs less memory.
 */
low_memory: boolean, };

export type MakeSettings = { 
/**
 * What a person wrote, in TOML.
 */
input: string, 
/**
 * The signed file to write.
 */
output: string, };

export type MarkedRequest = { 
/**
 * What was rehearsed.
 */
import: ImportRequest, 
/**
 * The copy to write, `.xlsx`.
 */
out: string, };

export type Medium = "paper" | "screen";

export type MergePaper = { 
/**
 * What names the package, or the beginning of it; for a rehearsal, its file.
 */
package: string, 
/**
 * Whether the package is rehearsed: nothing is written but the page.
 */
rehearsed: boolean, 
/**
 * The PDF to write.
 */
file: string, };

export type MergeReport = { 
/**
 * The file.
 */
file: string, 
/**
 * The sender's name.
 */
sender: string, 
/**
 * The sender.
 */
sender_id: string, 
/**
 * Its number.
 */
number: number, 
/**
 * Whether it was taken in already: nothing new.
 */
known: boolean, 
/**
 * Rows added, by record.
 */
added: { [key in string]: number }, 
/**
 * Rows changed, by record.
 */
changed: { [key in string]: number }, 
/**
 * Names of children added or changed, the first of them.
 */
names: Array<string>, 
/**
 * Fields that were filled differently and wait for a choice.
 */
conflicts: number, 
/**
 * Segments that wait for other packages.
 */
waiting: number, 
/**
 * Chains that turned out to be branches of one: two computers go on from one ledger.
 */
forks: number, 
/**
 * What it was: `merged`; `known`: this very package was taken in before; `nothing_new`; `older`: an earlier
 * package of that computer, nothing new; `waiting`: a part waits for other packages; `forked`: two computers go
 * on from one ledger; `held`: all that is new is kept and does not count; `taken_up`: it had been taken back and
 * counts again; `numbered_again`: that computer had another package of this number, so an old copy was
 * brought back there or a second computer works on one. In every case all that is new was kept.
 */
outcome: string, 
/**
 * Numbers of packages of that computer that never came here. Harmless when nothing waits.
 */
skipped: number[], 
/**
 * Changes that were kept and do not count: their computer was revoked, is not known, or may not write these rows.
 */
held: number, 
/**
 * Rows that two ledgers wrote to: only the one they belong to counts.
 */
foreign: number, 
/**
 * Rows it brought of which something does not count, by reason (the codes of `RefusedRowLine.why`).
 */
refused: Record<string, number>, 
/**
 * Numbers of packages that had been taken back and count again, because this one builds on them.
 */
taken_up: number[], 
/**
 * Values forgotten by law with it.
 */
erased: number, 
/**
 * Photos, scans and PDFs that came with it.
 */
attachments: number, 
/**
 * Attachments whose files are not here yet; the next receipt asks for them.
 */
attachments_missing: number, 
/**
 * Everything that waits now, and what for.
 */
waits: Array<WaitLine>, 
/**
 * Twelve digits to read out over the telephone: with them the sender's package turns green. Empty while a part
 * waits.
 */
check_code: string, 
/**
 * What the sender said of our packages.
 */
receipt: ReceiptReply | null, 
/**
 * What others changed in this organisation's own rows, the first of it.
 */
corrections: Array<CorrectionLine>, 
/**
 * Settings files of organisations above that it brought.
 */
settings: Array<SettingsReply>, 
/**
 * The version of the directory it brought, when that is newer than the one known; else 0.
 */
directory: number, };

export type MissedDay = { 
/**
 * The child.
 */
student: Id, 
/**
 * The day; the only day of the request when absent.
 */
on: string | null, 
/**
 * Code of the list `absence_kind`; without a reason when absent.
 */
kind: string | null, 
/**
 * Code of the list `day_part`; the whole day when absent.
 */
part: string | null, 
/**
 * The reason in words.
 */
reason: string | null, };

export type MonthDay = { 
/**
 * The day, ISO 8601.
 */
on: string, 
/**
 * Whether it was taken.
 */
taken: boolean, 
/**
 * Child → code of the kind of absence.
 */
away: { [key in string]: string }, };

export type MonthRoll = { 
/**
 * Days with lessons, and days that were taken all the same.
 */
days: Array<MonthDay>, 
/**
 * The children that were in it on one of those days, in the order of the class.
 */
children: Array<RollChild>, };

export type MonthRollRequest = { 
/**
 * Code of the grade.
 */
grade: string, 
/**
 * The class within the grade.
 */
class: string | null, 
/**
 * The month, `2026-10`.
 */
month: string, };

export type MoveRequest = { 
/**
 * The case.
 */
id: Id, 
/**
 * The state it moves to, a code of `case_status`.
 */
to: string, 
/**
 * Field → what was typed.
 */
values: Record<string, unknown>, 
/**
 * Why, for a step back.
 */
why: string | null, };

export type NamedRow = { 
/**
 * The row.
 */
id: Id, 
/**
 * The child it is about, if it is about one.
 */
student: Id | null, 
/**
 * What people read.
 */
name: string, };

export type NewPassword = { 
/**
 * The password of the open ledger, or the code on its recovery sheet.
 */
password: string, 
/**
 * The one from now on; at least ten characters.
 */
new: string, };

export type Newcomer = { 
/**
 * The child, already in the ledger.
 */
student: Id, 
/**
 * Code of the grade; the first one when absent.
 */
grade: string | null, 
/**
 * The class.
 */
class: string | null, };

export type NotBack = { 
/**
 * The child.
 */
student: Id, 
/**
 * Field of `return_outcome` → what was typed: `whereabouts`, `place`, `duty_person`, `due_on` …
 */
values: Record<string, unknown>, };

export type NoticeLine = { 
/**
 * The child.
 */
student: Id, 
/**
 * Its name.
 */
name: string, 
/**
 * Why: a key for dismissing, and the sentence.
 */
reasons: Array<[string, string]>, 
/**
 * What else is known.
 */
beside: Array<string>, };

export type NumberReply = { 
/**
 * Their record.
 */
record: string, 
/**
 * The rows.
 */
rows: Array<NamedRow>, };

export type NumberRequest = { 
/**
 * The report.
 */
report: string, 
/**
 * Any day of the period.
 */
on: string | null, 
/**
 * The line.
 */
line: LineKey, 
/**
 * The column.
 */
column: string, 
/**
 * As it was known at this seal, the row of a sealed report; as it is known now when absent.
 */
at?: Id | null, };

export type ObjectRequest = { 
/**
 * The row.
 */
id: Id, 
/**
 * The field.
 */
field: string, 
/**
 * The change that wrote it; the newest of another organisation when absent.
 */
change: string | null, 
/**
 * Why not.
 */
reason: string, };

export type ObjectionLine = { 
/**
 * The row of the objection.
 */
id: Id, 
/**
 * The field it is about.
 */
field: string, 
/**
 * What had been written.
 */
said: string, 
/**
 * Why not.
 */
reason: string, 
/**
 * Who says so.
 */
by: string, 
/**
 * In which organisation.
 */
organisation: string, 
/**
 * When.
 */
on: string, 
/**
 * What was answered; empty while nobody did.
 */
answer: string, };

export type ObjectionRow = { 
/**
 * The record of the row it is about; empty when that row is not here.
 */
record: string, 
/**
 * The row it is about.
 */
about: string, 
/**
 * What that row is called.
 */
named: string, 
/**
 * The field's label.
 */
label: string, 
/**
 * What stands beside the field.
 */
line: ObjectionLine, };

export type OfferTransfer = { 
/**
 * The child.
 */
student: Id, 
/**
 * The new school's name.
 */
to_school: string, 
/**
 * Its code, when known.
 */
to_code: string | null, 
/**
 * Why.
 */
reason: string | null, };

export type OpenAttachment = { 
/**
 * The row of the record `attachment`.
 */
id: Id, 
/**
 * Where to write it, in the clear.
 */
out: string, };

export type OpenCaseLine = { 
/**
 * The child.
 */
student: Id, 
/**
 * The child's name and class.
 */
name: string, 
/**
 * The case.
 */
row: Id, 
/**
 * How it stands, in words.
 */
status: string, 
/**
 * The day the child left.
 */
left_on: string, };

export type OpenCaseRequest = { 
/**
 * The child.
 */
student: Id, 
/**
 * Field → what was typed; `left_on` is taken from the roll when it is absent.
 */
values: Record<string, unknown>, };

export type OpenLedger = { 
/**
 * The folder.
 */
folder: string, 
/**
 * The password.
 */
password: string, };

export type OpenPoint = { 
/**
 * What it is, a key of `assets/words/<language>/reports.json`.
 */
what: string, 
/**
 * In words.
 */
text: string, 
/**
 * The rows concerned.
 */
rows: Array<NamedRow>, };

export type OutOfSchoolLine = { 
/**
 * The child.
 */
student: Id, 
/**
 * Its name.
 */
name: string, 
/**
 * Its birth date.
 */
birth_date: string, 
/**
 * Its village.
 */
village: string, 
/**
 * The day its last seat ended; empty when it never had one.
 */
since: string, 
/**
 * Its case that is still open, if it has one.
 */
case: Id | null, };

export type Outcome = "up" | "graduate" | "skip" | "repeat" | "suspend" | "transfer_out" | "keep";

export type PacketLine = { 
/**
 * The record it belongs to.
 */
title: string, 
/**
 * The field.
 */
label: string, 
/**
 * What it says, in full: both schools see the same.
 */
text: string, };

export type PagesReply = { 
/**
 * Names the preview; its pages are fetched one by one.
 */
preview: string, 
/**
 * How many pages.
 */
pages: number, 
/**
 * Width of a page, mm.
 */
width_mm: number, 
/**
 * Height of a page, mm.
 */
height_mm: number, 
/**
 * Characters no font here can print, if any.
 */
missing: Array<string>, 
/**
 * A file name to offer.
 */
file_name: string, };

export type PagesRequest = { 
/**
 * The form.
 */
form: string, 
/**
 * These rows only; all that the filters leave when empty.
 */
ids: Array<Id>, 
/**
 * Field → code, as in a list.
 */
filters: Record<string, string | null>, 
/**
 * Empty forms for handwriting.
 */
blank: boolean, 
/**
 * `a4` or `a3`; the form's own when absent.
 */
paper: string | null, 
/**
 * Sensitive values in full; who asked is noted.
 */
unmasked: boolean, 
/**
 * As it was true on this day, ISO 8601; today when absent.
 */
on?: string, };

export type PairRequest = { 
/**
 * The one; when they are joined, the other stands for it.
 */
one: Id, 
/**
 * The other.
 */
other: Id, 
/**
 * Why.
 */
why: string | null, };

export type Paper = { 
/**
 * Its size.
 */
size: PaperSize, 
/**
 * Whether the long side lies across.
 */
landscape: boolean, };

export type PaperSize = "a4" | "a3";

export type Partner = { 
/**
 * The organisation.
 */
id: Id, 
/**
 * Its name.
 */
name: string, 
/**
 * Its code.
 */
code: string, 
/**
 * Its kind.
 */
kind: string, 
/**
 * Whether it stands above this organisation.
 */
above: boolean, };

export type PeriodKind = "month" | "term" | "half_year" | "school_year";

export type PivotHead = { 
/**
 * Its key.
 */
key: string, 
/**
 * What people read.
 */
head: string, 
/**
 * What it counts in all.
 */
total: number | null, };

export type PivotReply = { 
/**
 * The lines.
 */
rows: Array<PivotHead>, 
/**
 * The columns.
 */
columns: Array<PivotHead>, 
/**
 * By line, then by column; none for a number that is hidden.
 */
cells: Array<Array<number | null>>, 
/**
 * Everything counted, each thing once; none when a hidden number could be told from it.
 */
total: number | null, 
/**
 * What it was narrowed to, as people read it.
 */
only: Array<string>, };

export type PivotRequest = { 
/**
 * What is counted.
 */
of: Counted, 
/**
 * What the lines stand for; one line when absent.
 */
rows: Dimension | null, 
/**
 * What the columns stand for; one column when absent.
 */
columns: Dimension | null, 
/**
 * As of this day, or up to it; today when absent.
 */
on: string | null, 
/**
 * Dimension and key that all hold: what was chosen on the way down.
 */
only: Array<[Dimension, string]>, 
/**
 * Whether it will be shown to people outside: numbers below five are hidden.
 */
public: boolean, 
/**
 * As it was known at this seal, the row of a sealed report; as it is known now when absent.
 */
at?: Id | null, };

export type PivotSheet = { 
/**
 * What is counted, and by what; small numbers hidden when it is for people outside.
 */
pivot: PivotRequest, 
/**
 * The workbook to write, `.xlsx`.
 */
out: string, };

export type Place = { 
/**
 * The folder.
 */
folder: string, 
/**
 * The organisation's name.
 */
name: string, 
/**
 * Its kind.
 */
kind: string, };

export type Places = { 
/**
 * Ledgers the program has seen, newest first, if they are still there.
 */
known: Array<Place>, 
/**
 * The folder in which a new ledger would be made.
 */
folder: string, 
/**
 * The language in use.
 */
language: Language, };

export type PrintReply = { 
/**
 * The file.
 */
file: string, 
/**
 * How many pages.
 */
pages: number, 
/**
 * Characters no font here can print, if any.
 */
missing: Array<string>, };

export type PrintRequest = { 
/**
 * What is printed.
 */
pages: PagesRequest, 
/**
 * The file to write.
 */
out: string, };

export type Problem = { 
/**
 * The field's key, as a path from the row that was typed.
 */
field: string, 
/**
 * The rule's name.
 */
rule: string, 
/**
 * How much it weighs.
 */
severity: Severity, 
/**
 * What the sentence mentions: wanted and found values, limits.
 */
facts: { [key in string]: string }, };

export type Projection = { 
/**
 * Identifier on this record.
 */
key: string, 
/**
 * The record whose row holds it.
 */
record: string, 
/**
 * Its field there.
 */
field: string, 
/**
 * What else those rows hold: field → value.
 */
where: { [key in string]: string }, 
/**
 * Rows of another record that say otherwise while they last.
 */
unless: Unless | null, 
/**
 * Its own label; else that of the field.
 */
label: Label | null, 
/**
 * Header texts met in workbooks.
 */
aliases: Array<string>, 
/**
 * Number in the national template.
 */
item: number | null, 
/**
 * The heading it stands under.
 */
group: string | null, };

export type PutOffRequest = { 
/**
 * The row.
 */
id: Id, 
/**
 * The field.
 */
field: string, 
/**
 * Whether it is put off; else it is taken out again.
 */
later: boolean, };

export type RateCell = { 
/**
 * 分子.
 */
above: number, 
/**
 * 分母.
 */
below: number, 
/**
 * The rate as people read it: `97.93%`, or `—` with nothing to divide by.
 */
shown: string, 
/**
 * Rows below the line that are not above it; none where the two sides count different things.
 */
apart: number | null, };

export type RateLine = { 
/**
 * Which.
 */
indicator: Indicator, 
/**
 * Of one stage, or of all together.
 */
stage: Stage | null, 
/**
 * What people call it.
 */
name: string, 
/**
 * How it is counted.
 */
formula: string, 
/**
 * The control line in force, as people read it, for a rate that has one.
 */
line: string | null, 
/**
 * All together, then by school.
 */
cells: Array<RateCell>, };

export type RateRowsRequest = { 
/**
 * The rate, unless a count of children is asked for.
 */
indicator: Indicator | null, 
/**
 * The count of children.
 */
head: Head | null, 
/**
 * Which rows of a rate.
 */
side: RateSide, 
/**
 * Of one stage.
 */
stage: Stage | null, 
/**
 * Of one school.
 */
school: Id | null, 
/**
 * The day; today when absent, or the day of the seal.
 */
on: string | null, 
/**
 * As it was known at this seal.
 */
at?: Id | null, };

export type RateSchool = { 
/**
 * The school.
 */
id: Id, 
/**
 * Its name.
 */
name: string, };

export type RateSide = "above" | "below" | "apart";

export type RatesReply = { 
/**
 * The day.
 */
on: string, 
/**
 * Its school year.
 */
school_year: string, 
/**
 * The schools that have a cell of their own, after that of all together; none in a school's own ledger.
 */
schools: Array<RateSchool>, 
/**
 * 在籍, 在校, 实到.
 */
heads: Array<HeadCount>, 
/**
 * The rates.
 */
rates: Array<RateLine>, };

export type RatesRequest = { 
/**
 * The day; today when absent, or the day of the seal.
 */
on: string | null, 
/**
 * As it was known at this seal, the row of a sealed report; as it is known now when absent.
 */
at?: Id | null, };

export type Ratio = { 
/**
 * 分子.
 */
above: number, 
/**
 * 分母.
 */
below: number, };

export type Reader = "office" | "family";

export type ReceiptReply = { 
/**
 * Who wrote it.
 */
from: string, 
/**
 * Its number; 0 for a check code.
 */
number: number, 
/**
 * `taken`; `stale`: a newer one was taken already, nothing changes; `rolled_back`: they hold more of this
 * computer's writing than it holds itself, so an old copy was brought back here; `cloned`: they hold writing
 * under this computer's name that is not its own, so a second computer works on a copy of this ledger.
 */
outcome: string, 
/**
 * Numbers of packages that turned green by it.
 */
delivered: number[], 
/**
 * Packages that wait there for others.
 */
waiting: Array<HeardLine>, 
/**
 * Packages that were not taken in there.
 */
refused: Array<HeardLine>, 
/**
 * Fields filled differently that are not settled there yet.
 */
open_conflicts: number, 
/**
 * Rows written here that do not count there.
 */
refused_rows: number, };

export type RecordDefinition = { 
/**
 * Identifier, table and file name.
 */
record: string, 
/**
 * What people call one row.
 */
title: Label, 
/**
 * The law, standard, notice paragraph or page it follows.
 */
source: string, 
/**
 * The field naming the row that this one belongs to, if it belongs to one.
 */
owner: string | null, 
/**
 * Further fields that list the row under the row they name: a child's absence under its class's roll call.
 */
also_under: Array<string>, 
/**
 * The natural key, if it has one: two computers that enter the same thing make one row (decisions A5).
 */
key: Array<string>, 
/**
 * For few eyes: every field of it is sensitive, and it is never handed out as a list (decisions D28).
 */
restricted: boolean, 
/**
 * Of what a teacher adds all the time, the place among the ways that stand open where the row it belongs to is shown:
 * 1 first. What is added seldom has none, and is found among the others.
 */
everyday: number | null, 
/**
 * The field at which typing starts in a new row; the first empty one when absent.
 */
starts: string | null, 
/**
 * When its rows are erased with something of the child they belong to; never when absent (decisions B13).
 */
erased_beside: ErasedBeside | null, 
/**
 * The field that names the row of another ledger which this one repeats: what is erased there is erased here too.
 */
copied_from: string | null, 
/**
 * Paths whose texts name a row to people.
 */
names: Array<string>, 
/**
 * Paths by which lists are sorted; `-` before one reverses it.
 */
order: Array<string>, 
/**
 * Headings under which the fields stand.
 */
groups: Array<Group>, 
/**
 * The stored fields, then the projections as fields.
 */
fields: Array<Field>, 
/**
 * Fields that live in child rows.
 */
projections: Array<Projection>, 
/**
 * What must hold between fields.
 */
rules: Array<Rule>, 
/**
 * How workbooks name the columns of these rows when they stand beside the row they belong to.
 */
beside: Array<Beside>, };

export type RecoveryReply = { 
/**
 * The PDF.
 */
file: string, 
/**
 * A group that a person types back from the printed sheet, counted from 1.
 */
group: number, 
/**
 * What stands there.
 */
marks: string, };

export type RecoverySheet = { 
/**
 * The password of the open ledger.
 */
password: string, 
/**
 * The PDF to write.
 */
file: string, };

export type RefusedLine = { 
/**
 * Its sender's name.
 */
sender: string, 
/**
 * The computer that sealed it, short.
 */
computer: string, 
/**
 * Its number.
 */
number: number, 
/**
 * When it was brought; civil time.
 */
at: string, 
/**
 * The file, as it was brought.
 */
file: string, 
/**
 * Why: a code of the failures.
 */
why: string, };

export type RefusedRowLine = { 
/**
 * Who does not count it.
 */
by: string, 
/**
 * The row's record; empty when the row is not here.
 */
record: string, 
/**
 * The row.
 */
id: Id, 
/**
 * What names it.
 */
name: string, 
/**
 * The child it is about, when it is not the row itself.
 */
child: string, 
/**
 * The computer that wrote it, short.
 */
computer: string, 
/**
 * Why: `taken_back`: the package that brought it was taken back there; `not_yours`: the row belongs to an
 * organisation whose rows the writer may not write; `revoked`: the writer's organisation was given up there;
 * `stopped_computer`: the computer was; `unknown_computer`: nobody known there vouches for it.
 */
why: string, };

export type ReopenRequest = { 
/**
 * The sealed report's row.
 */
id: Id, 
/**
 * Why.
 */
why: string, };

export type ReportCell = { "kind": "number", 
/**
 * How many.
 */
number: number, } | { "kind": "rate", 
/**
 * Its two numbers.
 */
ratio: Ratio, } | { "kind": "untaken" };

export type ReportLine = { 
/**
 * Which.
 */
key: LineKey, 
/**
 * What people call it.
 */
head: string, 
/**
 * Its cells.
 */
cells: Array<ReportCell>, 
/**
 * Its cells as people read them.
 */
shown: Array<string>, 
/**
 * Sums that do not come out (勾稽不符): the column, and by how much.
 */
gaps: Array<[string, Gap]>, };

export type ReportName = { 
/**
 * Identifier.
 */
report: string, 
/**
 * Number of the form it fills.
 */
form: string, 
/**
 * How long its period is.
 */
period: PeriodKind, 
/**
 * What people call it, without the names of school and period.
 */
name: string, };

export type ReportReply = { 
/**
 * The report.
 */
report: string, 
/**
 * Its heading.
 */
title: string, 
/**
 * Its period's name, `2026-10`.
 */
period: string, 
/**
 * First day.
 */
first: string, 
/**
 * Last day.
 */
last: string, 
/**
 * The day it speaks of as its end: the last, or today.
 */
as_of: string, 
/**
 * Its columns.
 */
columns: Array<HeadLine>, 
/**
 * Its lines.
 */
lines: Array<ReportLine>, 
/**
 * Whether no case and no return is in it: a zero report.
 */
zero: boolean, 
/**
 * What stands in the way of sealing it, unless it is explained.
 */
open_points: Array<OpenPoint>, 
/**
 * As it was sealed, if it was.
 */
sealed: Sealed | null, 
/**
 * Schools and whether they have handed it up; empty in a school's own ledger.
 */
schools: Array<HandedUp>, };

export type ReportRequest = { 
/**
 * The report.
 */
report: string, 
/**
 * Any day of the period, ISO 8601; today when absent.
 */
on: string | null, 
/**
 * As it was known at this seal, the row of a sealed report; as it is known now when absent.
 */
at?: Id | null, };

export type ReportSheet = { 
/**
 * Which, of which period.
 */
report: ReportRequest, 
/**
 * The workbook to write, `.xlsx`.
 */
out: string, };

export type ReregisterRequest = { 
/**
 * The password of the open ledger.
 */
password: string, };

export type ResolveRequest = { 
/**
 * The row.
 */
id: Id, 
/**
 * The field.
 */
field: string, 
/**
 * The value chosen, one of the rivals or another.
 */
value: unknown, 
/**
 * Why.
 */
why: string, };

export type ResponsibleLine = { 
/**
 * The row of the record `responsibility`.
 */
id: Id, 
/**
 * Who.
 */
person: string, 
/**
 * The position held.
 */
duty: string, 
/**
 * The telephone number, masked.
 */
phone: string, 
/**
 * What is covered, in a word: the child, the class, the village, the school.
 */
covers: string, 
/**
 * Since when; empty when not stated.
 */
since: string, };

export type RestoreRequest = { 
/**
 * The backup's folder.
 */
backup: string, 
/**
 * The folder in which the ledger lives from now on; it holds none yet.
 */
folder: string, 
/**
 * A password the ledger had when the backup was made.
 */
password: string, };

export type RevealRequest = { 
/**
 * The row's record.
 */
record: string, 
/**
 * The row.
 */
id: Id, 
/**
 * The field.
 */
field: string, };

export type RevokeReply = { 
/**
 * The organisation's name.
 */
organisation: string, 
/**
 * The computers whose later writing no longer counts, short.
 */
computers: Array<string>, };

export type RevokeRequest = { 
/**
 * Code, name or id of the organisation; this one when absent.
 */
organisation: string | null, 
/**
 * One computer of it, by its number or the beginning of it; the organisation's key when absent.
 */
computer: string | null, 
/**
 * Why.
 */
why: string, };

export type RivalLine = { 
/**
 * What people read.
 */
text: string, 
/**
 * The value, to choose it.
 */
value: unknown, 
/**
 * Who wrote it.
 */
who: string, 
/**
 * In which organisation.
 */
organisation: string, 
/**
 * When, civil time.
 */
at: string, 
/**
 * Why.
 */
why: string | null, };

export type Role = "teacher" | "principal" | "center";

export type RollChild = { 
/**
 * The child.
 */
student: Id, 
/**
 * Its name.
 */
name: string, 
/**
 * Its number in the class.
 */
seat_no: string, 
/**
 * Code of the kind of absence noted for the day; none when there.
 */
missing: string | null, };

export type RollReply = { 
/**
 * Days taken.
 */
days: number, 
/**
 * Children who should have been there.
 */
expected: number, 
/**
 * Child-days missed.
 */
missed: number, 
/**
 * Days asked for that are no school days: taken all the same, and counted by no clock.
 */
without_lessons: Array<string>, 
/**
 * The change that takes all of it back; none when everything stood so already.
 */
changes: Array<string>, };

export type RollRequest = { 
/**
 * Code of the grade.
 */
grade: string, 
/**
 * The class within the grade.
 */
class: string | null, 
/**
 * The days taken, ISO 8601; today when empty.
 */
days: Array<string>, 
/**
 * The children who were missing, on which of the days.
 */
missing: Array<MissedDay>, 
/**
 * Who took the roll.
 */
taken_by: string | null, };

export type RolloverException = { 
/**
 * The child.
 */
student: Id, 
/**
 * What becomes of it.
 */
outcome: Outcome, 
/**
 * Its new class; that of the others when absent.
 */
class: string | null, 
/**
 * Why; wanted for a grade done again.
 */
reason: string | null, 
/**
 * The school it moves to.
 */
to_school: string | null, 
/**
 * The end of a suspension, ISO 8601; a year when absent.
 */
until: string | null, };

export type RolloverReply = { 
/**
 * The school year that ends.
 */
from_year: string, 
/**
 * The school year that begins.
 */
to_year: string, 
/**
 * Its first day.
 */
first_day: string, 
/**
 * Code of the school's last grade.
 */
last_grade: string, 
/**
 * How many children go each way; `new` for those who enter.
 */
counts: { [key in string]: number }, 
/**
 * Classes, in order.
 */
classes: Array<ClassPlan>, 
/**
 * Children, by class and name.
 */
children: Array<ChildPlan>, 
/**
 * Children in no school who are of age to enter.
 */
candidates: Array<CandidateLine>, 
/**
 * The changes made; none in a rehearsal.
 */
changes: Array<string>, };

export type RolloverRequest = { 
/**
 * The first day of the new year, ISO 8601; 1 September when absent.
 */
first_day: string | null, 
/**
 * The school; the ledger's own when absent.
 */
school: Id | null, 
/**
 * Code of the school's last grade; told from its kind and its pupils when absent.
 */
last_grade: string | null, 
/**
 * Children that go another way than their class.
 */
exceptions: Array<RolloverException>, 
/**
 * Classes that are named otherwise, joined or parted.
 */
classes: Array<ClassMove>, 
/**
 * Children who enter.
 */
newcomers: Array<Newcomer>, };

export type RotateRequest = { 
/**
 * The password of the open ledger.
 */
password: string, 
/**
 * The folder that stands for the stick.
 */
folder: string, };

export type RowReply = { 
/**
 * The row.
 */
id: Id, 
/**
 * What names it to people.
 */
name: string, 
/**
 * Field → stored value.
 */
values: Record<string, unknown>, 
/**
 * Field → what people read; sensitive fields masked.
 */
shown: { [key in string]: string }, 
/**
 * Grade and class as they are spoken; empty for what sits in none.
 */
class: string, 
/**
 * What a form that shows this row hands back when it saves.
 */
seen: string, 
/**
 * Fields with more than one value that nobody has chosen from.
 */
conflicts: Array<string>, 
/**
 * Whether it was deleted by one while another wrote.
 */
in_review: boolean, 
/**
 * What is wrong with it as it stands.
 */
problems: Array<Problem>, 
/**
 * What schools did not agree with in it.
 */
objections: Array<ObjectionLine>, };

export type RowRequest = { 
/**
 * Its record.
 */
record: string, 
/**
 * The row.
 */
id: Id, };

export type Rule = { "rule": "not_in_future", 
/**
 * The day.
 */
field: string, 
/**
 * Its weight.
 */
severity: Severity, } | { "rule": "not_before", 
/**
 * The later day.
 */
field: string, 
/**
 * The earlier day.
 */
than: string, 
/**
 * Its weight.
 */
severity: Severity, } | { "rule": "needs", 
/**
 * The field wanted.
 */
field: string, 
/**
 * The field that wants it.
 */
when: string, 
/**
 * The values that want it; any value when empty.
 */
is: Array<string>, 
/**
 * Its weight.
 */
severity: Severity, } | { "rule": "numbers_agree", 
/**
 * The ID number.
 */
id_number: string, 
/**
 * The birth date.
 */
birth_date: string, 
/**
 * The sex.
 */
sex: string, 
/**
 * The student code.
 */
student_code: string, } | { "rule": "apart", 
/**
 * The later day.
 */
field: string, 
/**
 * The earlier day.
 */
than: string, 
/**
 * The setting that says how many days.
 */
setting: string, 
/**
 * The field that wants it.
 */
when: string, 
/**
 * The values that want it.
 */
is: Array<string>, 
/**
 * Its weight.
 */
severity: Severity, } | { "rule": "setting", 
/**
 * The setting's name.
 */
key: string, 
/**
 * What was chosen.
 */
value: string, } | { "rule": "age_fits", 
/**
 * The grade.
 */
grade: string, 
/**
 * The birth date.
 */
birth_date: string, 
/**
 * Its weight.
 */
severity: Severity, } | { "rule": "temporary", 
/**
 * The student code.
 */
student_code: string, 
/**
 * The month from which it is carried.
 */
since: string, 
/**
 * Its weight.
 */
severity: Severity, } | { "rule": "goes_with", 
/**
 * The field.
 */
field: string, 
/**
 * The other field.
 */
with: string, 
/**
 * Value → the values of the other field that it goes with.
 */
values: { [key in string]: Array<string> }, 
/**
 * Its weight.
 */
severity: Severity, } | { "rule": "look_at", 
/**
 * The field.
 */
field: string, 
/**
 * The rule's name in sentences.
 */
says: string, 
/**
 * Its weight.
 */
severity: Severity, } | { "rule": "overdue", 
/**
 * The day.
 */
field: string, 
/**
 * What ends the waiting: one of these is filled.
 */
until: Array<string>, 
/**
 * Its weight.
 */
severity: Severity, } | { "rule": "moves", 
/**
 * The state.
 */
field: string, 
/**
 * The machine, a file of `assets/machines`.
 */
machine: string, } | { "rule": "unique", 
/**
 * The field.
 */
field: string, 
/**
 * Its weight.
 */
severity: Severity, };

export type RuleCount = { 
/**
 * The rule.
 */
rule: string, 
/**
 * What people call it.
 */
label: string, 
/**
 * Its weight.
 */
severity: Severity, 
/**
 * Findings that nobody has explained.
 */
count: number, };

export type SameReply = { 
/**
 * The row that stands for both now; of a parting, the row that stands for itself again.
 */
id: Id, 
/**
 * The changes made; none when it stood so already.
 */
changes: Array<string>, };

export type SampleReply = { 
/**
 * Its ledgers, the center first.
 */
ledgers: Array<Place>, 
/**
 * The password of all of them; they hold no real child.
 */
password: string, 
/**
 * The folder that stands for the stick, with packages still to be merged.
 */
stick: string, };

export type SampleRequest = { 
/**
 * The folder; a new one beside the ledgers when absent.
 */
folder: string | null, };

export type SaveReply = { 
/**
 * The row.
 */
id: Id, 
/**
 * The changes made; none when everything stood so already.
 */
changes: Array<string>, 
/**
 * What to look at again; it is stored all the same.
 */
problems: Array<Problem>, };

export type SaveRequest = { 
/**
 * The record.
 */
record: string, 
/**
 * The row; a new one when absent.
 */
id: Id | null, 
/**
 * Field → what was typed. An absent field is left alone; `""` and `null` clear.
 */
values: Record<string, unknown>, 
/**
 * What the form had shown.
 */
seen: string | null, 
/**
 * Why.
 */
why: string | null, };

export type SealRequest = { 
/**
 * The report.
 */
report: string, 
/**
 * Any day of the period; today when absent.
 */
on: string | null, 
/**
 * Who approves.
 */
by: string | null, 
/**
 * Why it is sealed although something is open.
 */
explained: string | null, };

export type Sealed = { 
/**
 * Its row.
 */
id: Id, 
/**
 * When.
 */
on: string, 
/**
 * By whom.
 */
by: string, 
/**
 * Whether it was opened again.
 */
reopened: boolean, 
/**
 * Numbers that are others today: a correction came later.
 */
differences: Array<Difference>, };

export type SealedReply = { 
/**
 * The report.
 */
report: string, 
/**
 * The period.
 */
period: string, 
/**
 * How far each chain had gone.
 */
tips: unknown, 
/**
 * Its columns.
 */
columns: Array<string>, 
/**
 * Its lines.
 */
lines: Array<[LineKey, Array<ReportCell>]>, 
/**
 * The rows behind each number, at its narrowest line.
 */
lists: unknown, };

export type SearchKind = "name" | "number" | "text";

export type Section = { 
/**
 * The heading.
 */
title: Label, 
/**
 * Labels and values, three to a line.
 */
cells: Array<Cell>, 
/**
 * A table instead: of child rows, or of a summary's own rows.
 */
rows: SubTable | null, };

export type SentLine = { 
/**
 * Its number.
 */
number: number, 
/**
 * Its file name.
 */
file: string, 
/**
 * For whom.
 */
to: string, 
/**
 * When, civil time.
 */
at: string, 
/**
 * Whether its receiver has said, by a receipt or a check code, that all of it arrived. Only then is it green.
 */
delivered: boolean, 
/**
 * `sent`: nothing was heard; `waiting`: it waits there for another one; `refused`; `delivered`.
 */
standing: string, };

export type SessionInfo = { 
/**
 * The folder.
 */
folder: string, 
/**
 * The organisation.
 */
organisation: Id, 
/**
 * Its name.
 */
name: string, 
/**
 * Its code.
 */
code: string, 
/**
 * Its kind, a code of the list `org_kind`.
 */
kind: string, 
/**
 * Whether it receives packages from schools.
 */
is_above: boolean, 
/**
 * The person signed in.
 */
person: string, 
/**
 * The civil day.
 */
today: string, 
/**
 * The school year of that day, as `2026-2027`.
 */
school_year: string, 
/**
 * The term of that day, a code of the list `term`.
 */
term: string, };

export type Setting = { 
/**
 * Which one.
 */
key: string, 
/**
 * What people call it.
 */
label: Label, 
/**
 * Its kind.
 */
kind: Kind, 
/**
 * What its number counts.
 */
unit: Unit | null, 
/**
 * What holds when nobody chose.
 */
default: unknown, 
/**
 * Smallest and largest number.
 */
range: [number, number] | null, 
/**
 * First and last day of the year, for a `month_day`.
 */
span: [string, string] | null, 
/**
 * The choices of a `choice`.
 */
choices: Array<string>, 
/**
 * Who may lock it.
 */
locks: Array<Level>, 
/**
 * The law, the notice or the practice it goes by, as people read it.
 */
basis: Label, 
/**
 * Where its range and default were found.
 */
source: string, };

export type SettingLine = { 
/**
 * Its declaration.
 */
setting: Setting, 
/**
 * What is in force.
 */
value: string, 
/**
 * What holds when nobody chose.
 */
default: string, 
/**
 * Whether an organisation above has bound it.
 */
bound: boolean, 
/**
 * Which one, by name.
 */
bound_by: string | null, };

export type SettingsFileLine = { 
/**
 * The row.
 */
id: Id, 
/**
 * What it is called.
 */
title: string, 
/**
 * Whose it is.
 */
by: string, 
/**
 * Its number.
 */
number: number, 
/**
 * The day it was made.
 */
made_on: string, 
/**
 * Whether it is the newest of its organisation.
 */
newest: boolean, 
/**
 * What it says, in words.
 */
says: Array<string>, };

export type SettingsReply = { 
/**
 * What it is called.
 */
title: string, 
/**
 * Whose it is.
 */
by: string, 
/**
 * Its number.
 */
number: number, 
/**
 * The day it was made.
 */
made_on: string, 
/**
 * Whether it was held already.
 */
known: boolean, 
/**
 * What it changes, in words.
 */
changes: Array<string>, };

export type Severity = "warning" | "error" | "block";

export type SheetReply = { 
/**
 * The workbook.
 */
file: string, 
/**
 * Its rows.
 */
rows: number, };

export type SheetRequest = { 
/**
 * The form.
 */
form: string, 
/**
 * The workbook to write, `.xlsx`.
 */
out: string, 
/**
 * Field → code, as in a list.
 */
filters: Record<string, string | null>, 
/**
 * Whether sensitive values are masked: for lists that are posted.
 */
masked: boolean, };

export type SheetView = { 
/**
 * Its name.
 */
name: string, 
/**
 * Whether it is hidden in the workbook.
 */
hidden: boolean, 
/**
 * Rows of data, without titles, headers and footers.
 */
rows: number, 
/**
 * Hidden rows among them: they are read too.
 */
hidden_rows: number, 
/**
 * The text above the header.
 */
title: string, 
/**
 * Whether a sheet with these headers was imported before: its columns are understood as they were then.
 */
known: boolean, 
/**
 * Its columns; empty when no header was recognised.
 */
columns: Array<ColumnView>, };

export type Stage = "primary" | "junior";

export type State = "coming" | "today" | "catch_up" | "overdue";

export type Stick = { 
/**
 * The folder it shows as.
 */
folder: string, 
/**
 * What it is called.
 */
name: string, 
/**
 * Changes whenever a file on it does.
 */
stamp: string, };

export type StickView = { 
/**
 * Packages that were not taken in yet.
 */
fresh: number, 
/**
 * Who sent them.
 */
from: Array<string>, 
/**
 * Packages that were taken in before.
 */
known: number, 
/**
 * Receipts that say something new.
 */
receipts: number, 
/**
 * Packages for others; they are left alone.
 */
others: number, 
/**
 * Packages of organisations not known here.
 */
strangers: number, 
/**
 * Files of organisations not known yet, by which two get to know each other.
 */
enrolments: Array<EnrolFile>, };

export type SubTable = { 
/**
 * The rows' record.
 */
record: string, 
/**
 * Which of a summary's rows it lists: field → values, one of which the row holds. All rows when empty.
 */
where: { [key in string]: Array<string> }, 
/**
 * Its columns.
 */
columns: Array<Column>, 
/**
 * Rows printed at least, for handwriting.
 */
at_least: number, };

export type TakeAllReply = { 
/**
 * One line a file, in the order they were taken.
 */
taken: Array<TakenLine>, 
/**
 * Files with receipts written.
 */
receipts: Array<string>, 
/**
 * Why a receipt could not be written, on a stick that is full or cannot be written; what was taken in stays.
 */
unwritten: Failure | null, 
/**
 * Fields filled differently, in all.
 */
conflicts: number, };

export type TakeAllRequest = { 
/**
 * Files, or folders searched with what lies in them.
 */
from: Array<string>, 
/**
 * The folder to write a receipt into for every sender; none when absent.
 */
receipts_to: string | null, };

export type TakeBackReport = { 
/**
 * What names the package.
 */
package: string, 
/**
 * Its sender's name.
 */
sender: string, 
/**
 * Its number.
 */
number: number, 
/**
 * When it was merged; civil time.
 */
merged: string, 
/**
 * Changes that no longer count, or count again.
 */
changes: number, 
/**
 * Rows that go, or come back, by record.
 */
gone: { [key in string]: number }, 
/**
 * Rows that stand otherwise afterwards, by record.
 */
changed: { [key in string]: number }, 
/**
 * Names of children among them, the first of them.
 */
names: Array<string>, 
/**
 * Values the package had erased by law: they stay erased.
 */
erased: number, };

export type TakenLine = { 
/**
 * The file.
 */
file: string, 
/**
 * Its sender's name, as far as known.
 */
sender: string, 
/**
 * Its number.
 */
number: number, 
/**
 * What a package changed.
 */
report: MergeReport | null, 
/**
 * What a receipt said.
 */
receipt: ReceiptReply | null, 
/**
 * Why it was not taken in; the others were all the same.
 */
failure: Failure | null, };

export type Target = { 
/**
 * The path.
 */
path: string, 
/**
 * What people call it.
 */
label: string, };

export type TemplateRequest = { 
/**
 * The form.
 */
form: string, 
/**
 * The workbook to write, `.xlsx`.
 */
out: string, };

export type TimelineDue = { 
/**
 * The record that says so.
 */
record: string, 
/**
 * The row.
 */
row: Id, 
/**
 * What the field is called.
 */
label: string, 
/**
 * The day.
 */
on: string, 
/**
 * Whether it has passed.
 */
passed: boolean, };

export type TimelineLine = { 
/**
 * Its record.
 */
record: string, 
/**
 * What people call it.
 */
title: string, 
/**
 * The row.
 */
row: Id, 
/**
 * Its day, ISO 8601; empty when it has none.
 */
on: string, 
/**
 * What it says, in short: up to four fields, sensitive ones masked.
 */
text: string, };

export type TimelineReply = { 
/**
 * The child.
 */
student: Id, 
/**
 * Every record about it, newest day first; records without a day last.
 */
lines: Array<TimelineLine>, 
/**
 * Days agreed or set that lie ahead or have passed without an answer, earliest first.
 */
due: Array<TimelineDue>, 
/**
 * Forms that can be printed about the child now.
 */
forms: Array<FormOffer>, };

export type ToDecide = { 
/**
 * Fields filled differently, but for those put off.
 */
settle: number, 
/**
 * Fields filled differently that were put off.
 */
put_off: number, 
/**
 * Pairs of children who may be one.
 */
duplicates: number, 
/**
 * Children handed over: at a school, to be answered; at a center, whose school is not known or who wait too long.
 */
transfers: number, 
/**
 * At a center: children missed by one school and found at another.
 */
whereabouts: number, 
/**
 * Objections without an answer; at a school, its own.
 */
objections: number, 
/**
 * Packages that wait for others, or were not taken in; rows written here that others do not count.
 */
waiting: number, };

export type TodayReply = { 
/**
 * The civil day.
 */
today: string, 
/**
 * Cases that are open; the first 60 of them.
 */
open_cases: Array<OpenCaseLine>, 
/**
 * How many there are.
 */
open_total: number, 
/**
 * Fields that were filled differently and wait for a choice, but for those put off.
 */
conflicts: number, 
/**
 * Children in the ledger.
 */
students: number, 
/**
 * Whether anything was written since the last package was sealed.
 */
unsent: boolean, 
/**
 * Whether the ledger knows the organisation above, or is one itself.
 */
connected: boolean, };

export type Topic = "children" | "attendance" | "dropout" | "returning" | "care" | "duty" | "families" | "contact" | "house" | "other";

export type TransferLine = { 
/**
 * The hand-over.
 */
id: Id, 
/**
 * The child here: at the old school the one that leaves, at the new one the one that was taken in.
 */
student: Id | null, 
/**
 * Its name.
 */
name: string, 
/**
 * Its grade.
 */
grade: string, 
/**
 * From which school.
 */
from_school: string, 
/**
 * To which.
 */
to_school: string, 
/**
 * `out`: this school hands it over; `in`: it is handed to this school; `between`: two schools below.
 */
way: string, 
/**
 * A code of the list `transfer_state`.
 */
state: string, 
/**
 * The state in words.
 */
said: string, 
/**
 * When it was handed over.
 */
offered_on: string, 
/**
 * By when the next answer is due: ten working days a party; empty when nothing is.
 */
due_on: string, 
/**
 * Whether that day has passed.
 */
late: boolean, 
/**
 * Since when it is at the new school.
 */
begins_on: string, 
/**
 * The new school's words.
 */
answer: string, 
/**
 * Whether the new school is known here; above the schools only.
 */
routed: boolean, 
/**
 * The application on paper, to be printed.
 */
paper: Id | null, };

export type TransferPacket = { 
/**
 * The child's name.
 */
name: string, 
/**
 * Label and value, one line each; nothing else travels.
 */
lines: Array<PacketLine>, 
/**
 * What the new school has to go on with.
 */
obligations: Array<string>, };

export type UndoReply = { 
/**
 * The changes that took it back.
 */
changes: Array<string>, };

export type Unit = "school_day" | "day" | "working_day" | "day_of_month" | "times" | "class_hour" | "basis_point" | "month" | "year" | "people";

export type Unless = { 
/**
 * Their record.
 */
record: string, 
/**
 * Their field that says otherwise.
 */
field: string, 
/**
 * Their day of beginning.
 */
from: string, 
/**
 * Their day of end.
 */
until: string, 
/**
 * Their value → the projection's value; other values overrule nothing.
 */
says: { [key in string]: string }, };

export type Verdict = "same" | "different";

export type VerifiedChain = { 
/**
 * Whose rows, by name when known.
 */
ledger: string, 
/**
 * The organisation whose computer wrote it, by name when known.
 */
writer: string, 
/**
 * The computer, short.
 */
computer: string, 
/**
 * Number of its first change inside, from 1.
 */
first: number, 
/**
 * Number of its last change.
 */
last: number, 
/**
 * Changes inside.
 */
changes: number, 
/**
 * Fields written by them.
 */
fields: number, 
/**
 * Rows written to.
 */
rows: number, 
/**
 * Values that were erased by law; the chain holds all the same.
 */
erased: number, 
/**
 * Whether the changes follow on one another without a gap.
 */
unbroken: boolean, };

export type VerifiedPackage = { 
/**
 * The sender, by its name when it is known here.
 */
sender: string, 
/**
 * The sender.
 */
organisation: string, 
/**
 * The computer that sealed it.
 */
computer: string, 
/**
 * The key that signed it, as `minisign -P` takes it.
 */
key: string, 
/**
 * `known`: an organisation enrolled here vouches for the computer; `revoked`; `unknown`: the package says so of
 * itself, compare its key with a paper.
 */
standing: string, 
/**
 * Its number.
 */
number: number, 
/**
 * Whether it could be opened: only then is the rest told.
 */
opened: boolean, 
/**
 * When it was sealed, by the sender's clock; civil time.
 */
made: string, 
/**
 * Chains of changes inside.
 */
chains: Array<VerifiedChain>, 
/**
 * Whether every chain begins with its first change: nothing before it can have been left out.
 */
from_the_beginning: boolean, 
/**
 * Rows of each record in the sender's ledger, as it says itself.
 */
counts: Record<string, number>, };

export type VerifyPackage = { 
/**
 * The file.
 */
file: string, 
/**
 * A file with the receiver's or the sender's key (`AGE-SECRET-KEY-1…`). An open ledger brings its own.
 */
key: string | null, };

export type VerifyRequest = { 
/**
 * The backup's folder.
 */
backup: string, 
/**
 * A password the ledger had when the backup was made.
 */
password: string, };

export type WaitLine = { 
/**
 * Its sender's name.
 */
sender: string, 
/**
 * The computer that sealed it, short.
 */
computer: string, 
/**
 * Its number.
 */
number: number, 
/**
 * When it came; civil time.
 */
since: string, 
/**
 * Number of the package it waits for; 0 when its sender could not say.
 */
needs_number: number, 
/**
 * When that one was sealed; civil time; empty when its sender could not say.
 */
needs_made: string, 
/**
 * The computer whose writing is missing, short; empty when its sender could not say.
 */
needs_computer: string, };

export type WhereDecision = { 
/**
 * The record of the row that says the child is missing.
 */
record: string, 
/**
 * That row.
 */
row: Id, 
/**
 * The child of the other school.
 */
arrived: Id, 
/**
 * Whether they are one child.
 */
verdict: Verdict, 
/**
 * How it was verified, a code of `verify_way`.
 */
verify_way: string | null, };

export type WhereMatch = { 
/**
 * `id_number`: the same number; `name_birth`: the same name and the same birth date.
 */
by: string, 
/**
 * The record of the row that says the child is missing: `return_outcome` or `dropout_case`.
 */
record: string, 
/**
 * That row.
 */
row: Id, 
/**
 * The child as the school that misses it has it.
 */
missing: WhereSide, 
/**
 * The child as the school that has it.
 */
arrived: WhereSide, };

export type WhereSide = { 
/**
 * The child.
 */
student: Id, 
/**
 * Its name.
 */
name: string, 
/**
 * The school.
 */
school: string, 
/**
 * Its class there.
 */
class: string, 
/**
 * Its birth date.
 */
birth_date: string, 
/**
 * Its number, masked.
 */
id_number: string, 
/**
 * Missing: since when; arrived: the first day of the seat. Empty when nobody said.
 */
since: string, 
/**
 * Missing: its whereabouts, in words; arrived: how it stands on the roll.
 */
about: string, };

export type WorkbookView = { 
/**
 * The file.
 */
file: string, 
/**
 * Its sheets; those with a recognised header first.
 */
sheets: Array<SheetView>, };

export type WriteReceipt = { 
/**
 * Code, name or id of the organisation; the one above when absent.
 */
to: string | null, 
/**
 * The folder that stands for the stick.
 */
folder: string, };

export type WroteLine = { 
/**
 * Its record.
 */
record: string, 
/**
 * The row.
 */
id: Id, 
/**
 * What names it; empty when it is deleted.
 */
name: string, 
/**
 * The child it is about, when it is not the row itself.
 */
child: string, };

export interface Actions {
  cancel: { request: string; reply: null };
  places: { request: null; reply: Places };
  set_language: { request: Language; reply: null };
  make_ledger: { request: MakeLedger; reply: SessionInfo };
  make_sample: { request: SampleRequest; reply: SampleReply };
  open_ledger: { request: OpenLedger; reply: SessionInfo };
  close_ledger: { request: null; reply: null };
  session: { request: null; reply: SessionInfo };
  definitions: { request: null; reply: Definitions };
  list: { request: ListRequest; reply: ListReply };
  open_row: { request: RowRequest; reply: RowReply };
  check_row: { request: SaveRequest; reply: Array<Problem> };
  check_rows: { request: Array<SaveRequest>; reply: Array<Array<Problem>> };
  save_row: { request: SaveRequest; reply: SaveReply };
  save_rows: { request: Array<SaveRequest>; reply: Array<SaveReply> };
  delete_row: { request: LiveRequest; reply: null };
  restore_row: { request: LiveRequest; reply: null };
  reveal: { request: RevealRequest; reply: string };
  find: { request: string; reply: Array<FoundRow> };
  choices: { request: ChoiceRequest; reply: Array<ChoiceLine> };
  sounds: { request: Array<string>; reply: Array<string> };
  family: { request: Id; reply: Array<Family> };
  responsible: { request: Id; reply: Array<ResponsibleLine> };
  history: { request: Id; reply: Array<HistoryLine> };
  recent_changes: { request: number; reply: Array<ChangeLine> };
  undo: { request: string | null; reply: UndoReply };
  today: { request: null; reply: TodayReply };
  duties: { request: DutiesRequest; reply: DutiesReply };
  coverage: { request: CoverageRequest; reply: Array<CoverageLine> };
  reports: { request: null; reply: Array<ReportName> };
  report: { request: ReportRequest; reply: ReportReply };
  report_rows: { request: NumberRequest; reply: NumberReply };
  report_errors: { request: ReportRequest; reply: Array<OpenPoint> };
  write_report: { request: ReportSheet; reply: SheetReply };
  write_pivot: { request: PivotSheet; reply: SheetReply };
  seal_report: { request: SealRequest; reply: ReportReply };
  reopen_report: { request: ReopenRequest; reply: null };
  sealed_report: { request: Id; reply: SealedReply };
  rates: { request: RatesRequest; reply: RatesReply };
  rate_rows: { request: RateRowsRequest; reply: NumberReply };
  pivot: { request: PivotRequest; reply: PivotReply };
  pivot_rows: { request: PivotRequest; reply: NumberReply };
  open_case: { request: OpenCaseRequest; reply: SaveReply };
  move_case: { request: MoveRequest; reply: SaveReply };
  case_next: { request: Id; reply: CaseNext };
  take_roll: { request: RollRequest; reply: RollReply };
  month_roll: { request: MonthRollRequest; reply: MonthRoll };
  class_roll: { request: RollRequest; reply: ClassRoll };
  check_return: { request: CheckRequest; reply: CheckReply };
  where_matches: { request: null; reply: Array<WhereMatch> };
  settle_where: { request: WhereDecision; reply: null };
  notices: { request: null; reply: Array<NoticeLine> };
  dismiss_notice: { request: DismissRequest; reply: null };
  settings_files: { request: null; reply: Array<SettingsFileLine> };
  make_settings_file: { request: MakeSettings; reply: SettingsReply };
  look_settings_file: { request: string; reply: SettingsReply };
  take_settings_file: { request: string; reply: SettingsReply };
  give_settings_file: { request: GiveSettings; reply: string };
  settings: { request: null; reply: Array<SettingLine> };
  classes: { request: null; reply: Array<ClassLine> };
  keep_draft: { request: DraftRequest; reply: null };
  draft: { request: string; reply: string | null };
  read_workbook: { request: string; reply: WorkbookView };
  import_targets: { request: string; reply: Array<Target> };
  rehearse_import: { request: ImportRequest; reply: ImportReport };
  import: { request: ImportRequest; reply: ImportReport };
  marked_copy: { request: MarkedRequest; reply: string };
  write_sheet: { request: SheetRequest; reply: SheetReply };
  write_template: { request: TemplateRequest; reply: string };
  make_pages: { request: PagesRequest; reply: PagesReply };
  print: { request: PrintRequest; reply: PrintReply };
  enrol_look: { request: string; reply: EnrolReply };
  enrol_invite: { request: EnrolRequest; reply: EnrolReply };
  enrol_request: { request: EnrolRequest; reply: EnrolReply };
  enrol_grant: { request: EnrolRequest; reply: EnrolReply };
  enrol_accept: { request: EnrolRequest; reply: EnrolReply };
  enrol_sheet: { request: EnrolSheet; reply: string };
  recovery_sheet: { request: RecoverySheet; reply: RecoveryReply };
  has_recovery_sheet: { request: null; reply: boolean };
  new_password: { request: NewPassword; reply: null };
  directory: { request: null; reply: DirectoryReply };
  require_program: { request: string | null; reply: null };
  partners: { request: null; reply: Array<Partner> };
  export: { request: ExportRequest; reply: ExportReply };
  hand_down: { request: string; reply: Array<ExportReply> };
  write_receipt: { request: WriteReceipt; reply: string };
  take_receipt: { request: string; reply: ReceiptReply };
  take_check_code: { request: string; reply: ReceiptReply };
  waiting_packages: { request: null; reply: Array<WaitLine> };
  refused_packages: { request: null; reply: Array<RefusedLine> };
  refused_rows: { request: null; reply: Array<RefusedRowLine> };
  sent_packages: { request: null; reply: Array<SentLine> };
  inspect: { request: string; reply: Inspection };
  sticks: { request: null; reply: Array<Stick> };
  look_at_stick: { request: string; reply: StickView };
  to_decide: { request: null; reply: ToDecide };
  packages_in: { request: string; reply: Array<Inspection> };
  verify_package: { request: VerifyPackage; reply: VerifiedPackage };
  erase: { request: EraseRequest; reply: EraseReply };
  take_all: { request: TakeAllRequest; reply: TakeAllReply };
  reregister: { request: ReregisterRequest; reply: SessionInfo };
  copies: { request: null; reply: CopiesReply };
  merge_paper: { request: MergePaper; reply: string };
  board: { request: null; reply: Array<BoardLine> };
  rehearse_merge: { request: string; reply: MergeReport };
  merge: { request: string; reply: MergeReport };
  rehearse_take_back: { request: string; reply: TakeBackReport };
  take_back: { request: string; reply: TakeBackReport };
  take_up_again: { request: string; reply: TakeBackReport };
  revoke: { request: RevokeRequest; reply: RevokeReply };
  rotate_key: { request: RotateRequest; reply: string };
  take_rotation: { request: string; reply: EnrolReply };
  conflicts: { request: null; reply: Array<ConflictLine> };
  resolve: { request: ResolveRequest; reply: null };
  put_off: { request: Array<PutOffRequest>; reply: null };
  objections: { request: null; reply: Array<ObjectionRow> };
  resolve_all: { request: Array<ResolveRequest>; reply: Array<string> };
  transfers: { request: null; reply: Array<TransferLine> };
  transfer_packet: { request: Id; reply: TransferPacket };
  offer_transfer: { request: OfferTransfer; reply: SaveReply };
  accept_transfer: { request: AcceptTransfer; reply: SaveReply };
  refuse_transfer: { request: AnswerTransfer; reply: SaveReply };
  withdraw_transfer: { request: AnswerTransfer; reply: SaveReply };
  route_transfer: { request: AnswerTransfer; reply: SaveReply };
  carry_transfers: { request: null; reply: number };
  object: { request: ObjectRequest; reply: SaveReply };
  duplicates: { request: null; reply: Array<DuplicateLine> };
  compare: { request: PairRequest; reply: Comparison };
  same: { request: PairRequest; reply: SameReply };
  part: { request: PairRequest; reply: SameReply };
  tell_apart: { request: PairRequest; reply: SaveReply };
  joined_children: { request: null; reply: Array<JoinedLine> };
  arrived_packages: { request: null; reply: Array<ArrivedLine> };
  check: { request: null; reply: CheckReport };
  findings: { request: FindingsRequest; reply: FindingsReply };
  rehearse_rollover: { request: RolloverRequest; reply: RolloverReply };
  rollover: { request: RolloverRequest; reply: RolloverReply };
  left_behind: { request: string | null; reply: Array<LeftBehindLine> };
  out_of_school: { request: string | null; reply: Array<OutOfSchoolLine> };
  attach: { request: AttachRequest; reply: AttachReply };
  attachments: { request: Id; reply: Array<AttachmentLine> };
  look_attachment: { request: LookRequest; reply: LookReply };
  open_attachment: { request: OpenAttachment; reply: string };
  archive_year: { request: ArchiveRequest; reply: ArchiveReply };
  rehearse_bulk: { request: BulkRequest; reply: BulkReply };
  bulk_edit: { request: BulkRequest; reply: BulkReply };
  timeline: { request: Id; reply: TimelineReply };
  explain: { request: ExplainRequest; reply: SaveReply };
  backup: { request: BackupRequest; reply: BackupReply };
  verify_backup: { request: VerifyRequest; reply: CheckReport };
  restore: { request: RestoreRequest; reply: SessionInfo };
}
