//! The command line, as `architecture.md` promises it.

use std::path::PathBuf;

use clap::{Parser, Subcommand};

/// 保学: a ledger of school retention, on the command line.
#[derive(Debug, Parser)]
#[command(name = "bx", version)]
pub(crate) struct Args {
    /// The folder of the ledger.
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) ledger: Option<PathBuf>,
    /// Machine-readable output.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Work as if it were this day.
    #[arg(long, global = true, value_name = "DATE")]
    pub(crate) today: Option<String>,
    /// zh or en.
    #[arg(long, global = true, value_name = "LANGUAGE")]
    pub(crate) lang: Option<String>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make a ledger.
    Init {
        /// school, center, county, or a kind of school.
        #[arg(long)]
        kind: String,
        #[arg(long)]
        name: String,
        #[arg(long, default_value = "")]
        code: String,
        /// The code of the organisation above.
        #[arg(long)]
        under: Option<String>,
        /// Who begins it.
        #[arg(long, default_value = "登记员")]
        person: String,
        /// For a computer with 2 GB: opening costs less memory.
        #[arg(long)]
        low_memory: bool,
    },
    /// Let a school and a center come to know each other.
    Enrol {
        step: crate::exchange::EnrolStep,
        #[arg(long = "in", value_name = "FILE")]
        input: Option<PathBuf>,
        #[arg(long = "out", value_name = "FILE")]
        output: Option<PathBuf>,
        /// What is typed from the other side's stamped sheet: the first and the last group of digits, or all six.
        #[arg(long, value_name = "GROUPS")]
        digits: Option<String>,
        /// With `sheet`: the other side, for the record of both.
        #[arg(long, value_name = "CODE")]
        with: Option<String>,
    },
    /// Read a workbook.
    Import {
        file: PathBuf,
        #[arg(long, default_value = "student")]
        register: String,
        #[arg(long)]
        sheet: Option<String>,
        /// A TOML file: header = "field".
        #[arg(long, value_name = "MAP.toml")]
        map: Option<PathBuf>,
        /// Say what would happen; write nothing.
        #[arg(long)]
        rehearse: bool,
        /// Write a copy of the workbook with every refusal marked.
        #[arg(long, value_name = "FILE.xlsx")]
        marked: Option<PathBuf>,
    },
    /// Save rows: one JSON object a line on standard input.
    Put {
        record: String,
        /// All of them or none.
        #[arg(long)]
        atomic: bool,
    },
    /// Print rows: one JSON object a line.
    Get(crate::rows::GetArgs),
    /// Find children by name, pinyin, initials, number or village.
    Find { words: Vec<String> },
    /// Who wrote what.
    History { id: String },
    /// Take back a change; the newest of this computer when none is named.
    Undo {
        change: Option<String>,
        /// Take back a whole merge instead: the beginning of its name, as `merges` lists it.
        #[arg(long, value_name = "PACKAGE", conflicts_with = "change")]
        merge: Option<String>,
        /// Say what would change; write nothing.
        #[arg(long, requires = "merge")]
        rehearse: bool,
        /// Take the merge up again instead.
        #[arg(long, requires = "merge", conflicts_with = "rehearse")]
        again: bool,
    },
    /// List the packages taken in, with what each brought.
    Merges {
        /// The report of one of them on paper instead: the beginning of its name.
        #[arg(long, value_name = "PACKAGE", requires = "out")]
        print: Option<String>,
        #[arg(long, value_name = "FILE.pdf", requires = "print")]
        out: Option<PathBuf>,
    },
    /// Forget by law what fields of a row ever held.
    Erase {
        id: String,
        #[arg(required = true)]
        fields: Vec<String>,
        #[arg(long)]
        why: String,
        /// The photos, scans and PDFs of the child too.
        #[arg(long)]
        attachments: bool,
    },
    /// Give up an organisation's key, or one of its computers.
    Revoke {
        /// The organisation's code; this one when absent.
        organisation: Option<String>,
        /// The computer, by the beginning of its number.
        #[arg(long)]
        computer: Option<String>,
        #[arg(long, default_value = "")]
        why: String,
    },
    /// A new signing key of this organisation, or of one it knows.
    Rotate {
        /// Make one, and write the file for the others into this folder.
        #[arg(long, value_name = "DIR", required_unless_present = "take")]
        out: Option<PathBuf>,
        /// Take over the new key of another.
        #[arg(long, value_name = "FILE", conflicts_with = "out")]
        take: Option<PathBuf>,
    },
    /// A sheet with a code that opens the ledger when its password is gone, as PDF; the one before opens nothing any more.
    RecoverySheet {
        #[arg(long, value_name = "FILE.pdf")]
        out: PathBuf,
    },
    /// Another password instead of the one before, or instead of the recovery sheet's code: from BAOXUE_NEW_PASSWORD, else
    /// asked.
    NewPassword,
    /// Seal a package onto a stick.
    Export {
        /// The receiver's code; the organisation above when absent.
        #[arg(long)]
        to: Option<String>,
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
        /// Everything, not only what was not acknowledged.
        #[arg(long)]
        full: bool,
    },
    /// Say what a package is.
    Inspect { file: PathBuf },
    /// Take packages in.
    Merge {
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// Say what would change; write nothing.
        #[arg(long)]
        rehearse: bool,
    },
    /// What others hold of what was sent, and the other way round.
    Receipt {
        #[command(subcommand)]
        step: crate::exchange::ReceiptStep,
    },
    /// List the packages sealed here, and whether they arrived.
    Sent,
    /// Take in every package and receipt of files and folders.
    Take {
        #[arg(required = true)]
        from: Vec<PathBuf>,
        /// Write a receipt for every sender into this folder.
        #[arg(long, value_name = "DIR")]
        receipts: Option<PathBuf>,
    },
    /// Register this computer anew: after a copied disk, or a copy brought back.
    Rekey,
    /// Write a package for every organisation below that has something coming.
    HandDown {
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
    /// Who below has sent what, and what is missing.
    Board,
    /// List the packages that wait for others.
    Waiting,
    /// List the rows written here that others received and do not count, with the reasons.
    RefusedRows,
    /// List fields that were filled differently.
    Conflicts,
    /// Choose between the values of a field.
    Resolve {
        id: String,
        field: String,
        value: String,
        #[arg(long)]
        why: String,
    },
    /// Put a field that was filled differently off; whatever is printed goes on marking it.
    PutOff {
        id: String,
        field: String,
        /// Take it out again instead.
        #[arg(long)]
        again: bool,
    },
    /// The directory that counts here: whom it lists, and its version.
    Directory {
        /// The oldest program that schools should work with; empty for any.
        #[arg(long, value_name = "VERSION")]
        require: Option<String>,
    },
    /// List the sticks that are plugged in, with what lies on each for this organisation.
    Sticks,
    /// Hand children to other schools, and take them in.
    Transfer {
        #[command(subcommand)]
        step: Option<crate::people::TransferStep>,
    },
    /// Say why what was corrected from above is not agreed with; it goes up with the next package.
    Object {
        id: String,
        field: String,
        #[arg(long)]
        why: String,
        /// The correction, by its name in the history; the newest one when absent.
        #[arg(long)]
        change: Option<String>,
    },
    /// List children who may be one.
    Duplicates(crate::people::DuplicatesArgs),
    /// Say that two rows are one child, or that they are not.
    Same(crate::people::SameArgs),
    /// Print a form as PDF.
    Print(crate::paper::PrintArgs),
    /// Write a form's list as a workbook.
    Sheet {
        form: String,
        #[arg(long, value_name = "FILE.xlsx")]
        out: PathBuf,
        #[arg(long)]
        class: Option<String>,
        /// ID numbers with their middle hidden.
        #[arg(long)]
        masked: bool,
        /// An empty form to be filled and imported: headers locked, choices offered.
        #[arg(long, conflicts_with_all = ["class", "masked"])]
        template: bool,
    },
    /// Numbers of a report's period, with the lists behind them.
    Stats(crate::numbers::StatsArgs),
    /// Rates of a day, each with what stands above and below its line.
    Rates(crate::rates::RatesArgs),
    /// At a center: children missed by one school and found at another; a person decides.
    Whereabouts(crate::whereabouts::WhereaboutsArgs),
    /// Settings: what is in force, and choosing.
    Settings {
        #[command(subcommand)]
        step: Option<crate::settings::SettingStep>,
    },
    /// What organisations above set for those below: fields, choices, periods.
    SettingsFile {
        #[command(subcommand)]
        step: crate::settings::FileStep,
    },
    /// What is due, and by which rule.
    Due(crate::numbers::DueArgs),
    /// Open, move and close dropout cases.
    Case {
        #[command(subcommand)]
        step: crate::school_work::CaseStep,
    },
    /// Take a class's roll, by its exceptions.
    Absent(crate::school_work::AbsentArgs),
    /// Check a class at the start of a term.
    CheckReturn(crate::school_work::CheckArgs),
    /// Check pages, chains and state.
    Check {
        /// Check what was entered instead: every rule, over the whole ledger.
        #[arg(long)]
        rules: bool,
    },
    /// What the rules find, grouped by child.
    Findings(crate::review::FindingsArgs),
    /// Begin a school year: classes move up, the last grade finishes.
    RollOver(crate::school_year::RolloverArgs),
    /// Put a school year away: its registers printed and as workbooks.
    Archive(crate::school_year::ArchiveArgs),
    /// Everything about a child, by day; what is due; what can be printed.
    Timeline { id: String },
    /// Children of school age who are in no school.
    OutOfSchool {
        /// The day, today when absent.
        #[arg(long)]
        on: Option<String>,
    },
    /// Who is left behind, by each of the three definitions.
    LeftBehind {
        /// The day, today when absent.
        #[arg(long)]
        on: Option<String>,
    },
    /// Attach a photo, a scan or a PDF to a child or to a record about one.
    Attach(crate::attach::AttachArgs),
    /// What is attached to a child, or to a record.
    Attachments { id: String },
    /// Write an attachment to a file.
    OpenAttachment {
        id: String,
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Say why a finding stands.
    Explain(crate::review::ExplainArgs),
    /// Make a backup: a folder with a checked copy and its key slots.
    Backup {
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
    /// Make a ledger from a backup; it goes on as another computer.
    Restore {
        /// The backup's folder.
        file: PathBuf,
        #[arg(long, value_name = "DIR")]
        to: PathBuf,
    },
    /// Check one package by itself, or a backup.
    Verify {
        /// A package, or a backup's folder.
        file: PathBuf,
        /// A file with the receiver's or the sender's key, to look inside a package without a ledger.
        #[arg(long, value_name = "FILE")]
        key: Option<PathBuf>,
    },
    /// The definitions of records.
    Records,
    /// The definitions of forms.
    Forms,
    /// Make a sample township: a center and villages, fictional, at work.
    Demo {
        dir: PathBuf,
        #[arg(long, default_value_t = 6)]
        schools: u32,
        #[arg(long, default_value_t = 300)]
        students: u32,
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
}
