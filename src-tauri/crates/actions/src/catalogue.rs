//! The catalogue of actions: name, request, reply. The only way from a window into the program.

use std::collections::BTreeMap;

use domain::Catalogue;
use serde_json::Value as Json;
use ts_rs::{Config, TS, TypeVisitor};

use crate::desk::{Desk, Tell};
use crate::failure::{Done, Failure};

macro_rules! actions {
    ($($name:ident($request:ty) -> $reply:ty = $act:path;)*) => {
        /// The names of all actions.
        pub const ACTIONS: &[&str] = &[$(stringify!($name)),*];

        /// Does what a name asks for. Errors: those of the action; `no_such_action`, `bad_request`.
        pub fn call(desk: &Desk, name: &str, request: Json) -> Done<Json> {
            match name {
                $(stringify!($name) => answer($act(desk, asked::<$request>(request)?)?),)*
                _ => Err(Failure::new("no_such_action").with("name", name)),
            }
        }

        fn list_types(all: &mut Collected) {
            $(
                all.add::<$request>();
                all.add::<$reply>();
                all.lines.push(format!(
                    "  {}: {{ request: {}; reply: {} }};",
                    stringify!($name),
                    <$request as TS>::name(&all.config),
                    <$reply as TS>::name(&all.config),
                ));
            )*
        }
    };
}

actions! {
    cancel(String) -> () = cancel;
    places(()) -> crate::Places = crate::places;
    set_language(domain::words::Language) -> () = crate::set_language;
    make_ledger(crate::MakeLedger) -> crate::SessionInfo = crate::make_ledger;
    make_sample(crate::SampleRequest) -> crate::SampleReply = crate::make_sample;
    open_ledger(crate::OpenLedger) -> crate::SessionInfo = crate::open_ledger;
    close_ledger(()) -> () = crate::close_ledger;
    session(()) -> crate::SessionInfo = crate::session_info;
    definitions(()) -> Definitions = definitions;
    list(crate::ListRequest) -> crate::ListReply = crate::list_rows;
    open_row(crate::RowRequest) -> crate::RowReply = crate::open_row;
    check_row(crate::SaveRequest) -> Vec<domain::Problem> = crate::check_row;
    check_rows(Vec<crate::SaveRequest>) -> Vec<Vec<domain::Problem>> = crate::check_rows;
    save_row(crate::SaveRequest) -> crate::SaveReply = crate::save_row;
    save_rows(Vec<crate::SaveRequest>) -> Vec<crate::SaveReply> = crate::save_rows;
    delete_row(crate::LiveRequest) -> () = crate::delete_row;
    restore_row(crate::LiveRequest) -> () = crate::restore_row;
    reveal(crate::RevealRequest) -> String = crate::reveal;
    find(String) -> Vec<crate::FoundRow> = crate::find;
    choices(crate::ChoiceRequest) -> Vec<crate::ChoiceLine> = crate::choices;
    sounds(Vec<String>) -> Vec<String> = crate::sounds;
    family(domain::Id) -> Vec<crate::Family> = crate::family;
    responsible(domain::Id) -> Vec<crate::ResponsibleLine> = crate::responsible;
    history(domain::Id) -> Vec<crate::HistoryLine> = crate::history;
    recent_changes(u32) -> Vec<crate::ChangeLine> = crate::recent_changes;
    undo(Option<String>) -> crate::UndoReply = crate::undo;
    today(()) -> crate::TodayReply = crate::today;
    duties(crate::DutiesRequest) -> crate::DutiesReply = crate::duties;
    coverage(crate::CoverageRequest) -> Vec<crate::CoverageLine> = crate::coverage;
    reports(()) -> Vec<crate::ReportName> = crate::reports;
    report(crate::ReportRequest) -> crate::ReportReply = crate::report;
    report_rows(crate::NumberRequest) -> crate::NumberReply = crate::report_rows;
    report_errors(crate::ReportRequest) -> Vec<crate::OpenPoint> = crate::report_errors;
    write_report(crate::ReportSheet) -> crate::lists::SheetReply = crate::write_report;
    write_pivot(crate::PivotSheet) -> crate::lists::SheetReply = crate::write_pivot;
    seal_report(crate::SealRequest) -> crate::ReportReply = crate::seal_report;
    reopen_report(crate::ReopenRequest) -> () = crate::reopen_report;
    sealed_report(domain::Id) -> crate::SealedReply = crate::sealed_report;
    rates(crate::RatesRequest) -> crate::RatesReply = crate::rates;
    rate_rows(crate::RateRowsRequest) -> crate::NumberReply = crate::rate_rows;
    pivot(crate::PivotRequest) -> crate::PivotReply = crate::pivot;
    pivot_rows(crate::PivotRequest) -> crate::NumberReply = crate::pivot_rows;
    open_case(crate::OpenCaseRequest) -> crate::SaveReply = crate::open_case;
    move_case(crate::MoveRequest) -> crate::SaveReply = crate::move_case;
    case_next(domain::Id) -> crate::CaseNext = crate::case_next;
    take_roll(crate::RollRequest) -> crate::RollReply = crate::take_roll;
    month_roll(crate::MonthRollRequest) -> crate::MonthRoll = crate::month_roll;
    class_roll(crate::RollRequest) -> crate::ClassRoll = crate::class_roll;
    check_return(crate::CheckRequest) -> crate::CheckReply = crate::check_return;
    where_matches(()) -> Vec<crate::WhereMatch> = crate::where_matches;
    settle_where(crate::WhereDecision) -> () = crate::settle_where;
    notices(()) -> Vec<crate::NoticeLine> = crate::notices;
    dismiss_notice(crate::DismissRequest) -> () = crate::dismiss_notice;
    settings_files(()) -> Vec<crate::SettingsFileLine> = crate::settings_files;
    make_settings_file(crate::MakeSettings) -> crate::SettingsReply = crate::make_settings_file;
    look_settings_file(String) -> crate::SettingsReply = crate::look_settings_file;
    take_settings_file(String) -> crate::SettingsReply = crate::take_settings_file;
    give_settings_file(crate::GiveSettings) -> String = crate::give_settings_file;
    settings(()) -> Vec<crate::SettingLine> = crate::settings_in_force;
    classes(()) -> Vec<crate::ClassLine> = crate::classes;
    keep_draft(crate::DraftRequest) -> () = crate::keep_draft;
    draft(String) -> Option<String> = crate::draft;
    read_workbook(String) -> crate::import::WorkbookView = crate::import::read_workbook;
    import_targets(String) -> Vec<crate::import::Target> = crate::import::import_targets;
    rehearse_import(crate::import::ImportRequest) -> crate::import::ImportReport = crate::import::rehearse_import;
    import(crate::import::ImportRequest) -> crate::import::ImportReport = crate::import::import;
    marked_copy(crate::import::MarkedRequest) -> String = crate::import::marked_copy;
    write_sheet(crate::lists::SheetRequest) -> crate::lists::SheetReply = crate::lists::write_sheet;
    write_template(crate::TemplateRequest) -> String = crate::write_template;
    make_pages(crate::paper::PagesRequest) -> crate::paper::PagesReply = crate::paper::make_pages;
    print(crate::paper::PrintRequest) -> crate::paper::PrintReply = crate::paper::print;
    enrol_look(String) -> crate::EnrolReply = crate::enrol_look;
    enrol_invite(crate::EnrolRequest) -> crate::EnrolReply = crate::enrol_invite;
    enrol_request(crate::EnrolRequest) -> crate::EnrolReply = crate::enrol_request;
    enrol_grant(crate::EnrolRequest) -> crate::EnrolReply = crate::enrol_grant;
    enrol_accept(crate::EnrolRequest) -> crate::EnrolReply = crate::enrol_accept;
    enrol_sheet(crate::EnrolSheet) -> String = crate::enrol_sheet;
    recovery_sheet(crate::RecoverySheet) -> crate::RecoveryReply = crate::recovery_sheet;
    has_recovery_sheet(()) -> bool = crate::has_recovery_sheet;
    new_password(crate::NewPassword) -> () = crate::new_password;
    directory(()) -> crate::DirectoryReply = crate::directory;
    require_program(Option<String>) -> () = crate::require_program;
    partners(()) -> Vec<crate::Partner> = crate::partners;
    export(crate::ExportRequest) -> crate::ExportReply = crate::export;
    hand_down(String) -> Vec<crate::ExportReply> = crate::hand_down;
    write_receipt(crate::WriteReceipt) -> String = crate::write_receipt;
    take_receipt(String) -> crate::ReceiptReply = crate::take_receipt;
    take_check_code(String) -> crate::ReceiptReply = crate::take_check_code;
    waiting_packages(()) -> Vec<crate::WaitLine> = crate::waiting_packages;
    refused_packages(()) -> Vec<crate::RefusedLine> = crate::refused_packages;
    refused_rows(()) -> Vec<crate::RefusedRowLine> = crate::refused_rows;
    sent_packages(()) -> Vec<crate::SentLine> = crate::sent_packages;
    inspect(String) -> crate::Inspection = crate::inspect;
    sticks(()) -> Vec<crate::Stick> = crate::sticks;
    look_at_stick(String) -> crate::StickView = crate::look_at_stick;
    to_decide(()) -> crate::ToDecide = crate::to_decide;
    packages_in(String) -> Vec<crate::Inspection> = crate::packages_in;
    verify_package(crate::VerifyPackage) -> crate::VerifiedPackage = crate::verify_package;
    erase(crate::EraseRequest) -> crate::EraseReply = crate::erase;
    take_all(crate::TakeAllRequest) -> crate::TakeAllReply = crate::take_all;
    reregister(crate::ReregisterRequest) -> crate::SessionInfo = crate::reregister;
    copies(()) -> crate::CopiesReply = crate::copies;
    merge_paper(crate::MergePaper) -> String = crate::merge_paper;
    board(()) -> Vec<crate::BoardLine> = crate::board;
    rehearse_merge(String) -> crate::MergeReport = crate::rehearse_merge;
    merge(String) -> crate::MergeReport = crate::merge;
    rehearse_take_back(String) -> crate::TakeBackReport = crate::rehearse_take_back;
    take_back(String) -> crate::TakeBackReport = crate::take_back;
    take_up_again(String) -> crate::TakeBackReport = crate::take_up_again;
    revoke(crate::RevokeRequest) -> crate::RevokeReply = crate::revoke;
    rotate_key(crate::RotateRequest) -> String = crate::rotate_key;
    take_rotation(String) -> crate::EnrolReply = crate::take_rotation;
    conflicts(()) -> Vec<crate::ConflictLine> = crate::conflicts;
    resolve(crate::ResolveRequest) -> () = crate::resolve;
    put_off(Vec<crate::PutOffRequest>) -> () = crate::put_off;
    objections(()) -> Vec<crate::ObjectionRow> = crate::objections;
    resolve_all(Vec<crate::ResolveRequest>) -> Vec<String> = crate::resolve_all;
    transfers(()) -> Vec<crate::TransferLine> = crate::transfers;
    transfer_packet(domain::Id) -> crate::TransferPacket = crate::transfer_packet;
    offer_transfer(crate::OfferTransfer) -> crate::SaveReply = crate::offer_transfer;
    accept_transfer(crate::AcceptTransfer) -> crate::SaveReply = crate::accept_transfer;
    refuse_transfer(crate::AnswerTransfer) -> crate::SaveReply = crate::refuse_transfer;
    withdraw_transfer(crate::AnswerTransfer) -> crate::SaveReply = crate::withdraw_transfer;
    route_transfer(crate::AnswerTransfer) -> crate::SaveReply = crate::route_transfer;
    carry_transfers(()) -> u32 = crate::carry_transfers;
    object(crate::ObjectRequest) -> crate::SaveReply = crate::object;
    duplicates(()) -> Vec<crate::DuplicateLine> = crate::duplicates;
    compare(crate::PairRequest) -> crate::Comparison = crate::compare;
    same(crate::PairRequest) -> crate::SameReply = crate::same;
    part(crate::PairRequest) -> crate::SameReply = crate::part;
    tell_apart(crate::PairRequest) -> crate::SaveReply = crate::tell_apart;
    joined_children(()) -> Vec<crate::JoinedLine> = crate::joined_children;
    arrived_packages(()) -> Vec<crate::ArrivedLine> = crate::arrived_packages;
    check(()) -> crate::CheckReport = crate::check;
    findings(crate::FindingsRequest) -> crate::FindingsReply = crate::findings;
    rehearse_rollover(crate::RolloverRequest) -> crate::RolloverReply = crate::rehearse_rollover;
    rollover(crate::RolloverRequest) -> crate::RolloverReply = crate::rollover;
    left_behind(Option<String>) -> Vec<crate::LeftBehindLine> = crate::left_behind;
    out_of_school(Option<String>) -> Vec<crate::OutOfSchoolLine> = crate::out_of_school;
    attach(crate::AttachRequest) -> crate::AttachReply = crate::attach;
    attachments(domain::Id) -> Vec<crate::AttachmentLine> = crate::attachments;
    look_attachment(crate::LookRequest) -> crate::LookReply = crate::look_attachment;
    open_attachment(crate::OpenAttachment) -> String = crate::open_attachment;
    archive_year(crate::ArchiveRequest) -> crate::ArchiveReply = crate::archive_year;
    rehearse_bulk(crate::BulkRequest) -> crate::BulkReply = crate::rehearse_bulk;
    bulk_edit(crate::BulkRequest) -> crate::BulkReply = crate::bulk_edit;
    timeline(domain::Id) -> crate::TimelineReply = crate::timeline;
    explain(crate::ExplainRequest) -> crate::SaveReply = crate::explain;
    backup(crate::BackupRequest) -> crate::BackupReply = crate::backup;
    verify_backup(crate::VerifyRequest) -> crate::CheckReport = crate::verify_backup;
    restore(crate::RestoreRequest) -> crate::SessionInfo = crate::restore;
}

/// Does a long action; `tell` hears how far it is, and `cancel` with the job's name ends it.
pub fn follow(desk: &Desk, name: &str, request: Json, job: String, tell: Box<Tell>) -> Done<Json> {
    call(&desk.heard_by(job, tell), name, request)
}

fn cancel(desk: &Desk, job: String) -> Done<()> {
    desk.cancel(job);
    Ok(())
}

/// Records, forms and code lists, by name.
#[derive(Debug, Clone, serde::Serialize, TS)]
pub struct Definitions {
    /// Records.
    pub records: BTreeMap<String, domain::Record>,
    /// Forms.
    pub forms: BTreeMap<String, domain::Form>,
    /// Code lists.
    pub codes: BTreeMap<String, domain::codes::CodeList>,
    /// By record, the fields that the paths of its lists' columns lead to beyond its own.
    pub reached: BTreeMap<String, BTreeMap<String, FieldPlace>>,
}

/// A field of a record.
#[derive(Debug, Clone, serde::Serialize, TS)]
pub struct FieldPlace {
    /// The record.
    pub record: String,
    /// The field.
    pub key: String,
}

fn definitions(desk: &Desk, _: ()) -> Done<Definitions> {
    // Before a ledger is open, the definitions that ship are asked for.
    let _perhaps_none = desk.session();
    let catalogue = desk.catalogue();
    Ok(Definitions {
        records: catalogue.records().map(|record| (record.record.clone(), record.as_shown())).collect(),
        forms: catalogue.forms().map(|form| (form.form.clone(), form.clone())).collect(),
        codes: catalogue.code_lists().map(|list| (list.list.clone(), list.clone())).collect(),
        reached: reached(catalogue),
    })
}

fn reached(catalogue: &Catalogue) -> BTreeMap<String, BTreeMap<String, FieldPlace>> {
    let mut reached: BTreeMap<String, BTreeMap<String, FieldPlace>> = BTreeMap::new();
    for form in catalogue.forms() {
        let beyond = form.columns.iter().map(|column| &column.path).filter(|path| path.own_field().is_none());
        for path in beyond {
            let Some((record, field)) = path.place(catalogue, &form.record) else { continue };
            let place = FieldPlace { record: record.record.clone(), key: field.key.to_string() };
            reached.entry(form.record.clone()).or_default().insert(path.to_string(), place);
        }
    }
    reached
}

fn asked<T: serde::de::DeserializeOwned>(request: Json) -> Done<T> {
    serde_json::from_value(request).map_err(|error| Failure::new("bad_request").with("cause", error))
}

fn answer<T: serde::Serialize>(reply: T) -> Done<Json> {
    serde_json::to_value(reply).map_err(Failure::defect)
}

/// Type declarations by name, and the lines of the catalogue.
struct Collected {
    config: Config,
    declarations: BTreeMap<String, String>,
    lines: Vec<String>,
}

impl Collected {
    fn add<T: TS + 'static + ?Sized>(&mut self) {
        self.visit::<T>();
    }
}

impl TypeVisitor for Collected {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        if T::output_path().is_some() {
            let name = T::ident(&self.config);
            if self.declarations.contains_key(&name) {
                return;
            }
            self.declarations.insert(name, format!("export {}", T::decl(&self.config)));
        }
        T::visit_dependencies(self);
        T::visit_generics(self);
    }
}

/// The window's types: every request and reply, and the catalogue itself. Written to `ui/src/api/types.gen.ts` by a test.
pub fn typescript() -> String {
    let mut all = Collected { config: Config::new(), declarations: BTreeMap::new(), lines: Vec::new() };
    list_types(&mut all);
    all.add::<Definitions>();
    all.add::<Failure>();
    let declarations: Vec<String> = all.declarations.into_values().collect();
    format!(
        "// Written by the test suite from the catalogue of actions. Do not edit.\n\n{}\n\nexport interface Actions {{\n{}\n}}\n",
        declarations.join("\n\n"),
        all.lines.join("\n"),
    )
}
