//! What a person can do: one function each, one line each in the catalogue below. Window, command line, tests and
//! the window's types are all made from it.

mod attachments;
mod catalogue;
mod desk;
mod exchange;
mod failure;
mod findings;
mod history;
pub mod import;
mod keeping;
mod numbers;
pub mod paper;
mod rows;
mod sample;
mod school;
mod transfers;
mod trust;
mod workbooks;

pub use attachments::{
    AttachReply, AttachRequest, AttachmentLine, LookReply, LookRequest, OpenAttachment, attach, attachments,
    look_attachment, open_attachment,
};
pub use catalogue::{ACTIONS, Definitions, call, follow, typescript};
pub use desk::session::{
    MakeLedger, OpenLedger, Place, Places, SessionInfo, close_ledger, make_ledger, open_ledger, places,
    recall_language, session_info, set_language,
};
pub use desk::{Clock, Desk, Organisation, Session, Tell, civil};
pub use domain;
pub use exchange::arrived::{ArrivedLine, arrived_packages};
pub use exchange::board::{BoardLine, board};
pub use exchange::corrections::CorrectionLine;
pub use exchange::exports::{ExportReply, ExportRequest, Extent, SentLine, export, hand_down, sent_packages};
pub use exchange::inspections::{Inspection, inspect, packages_in};
pub use exchange::merge_report::MergeReport;
pub use exchange::merges::{merge, rehearse_merge};
pub use exchange::mounted::{EnrolFile, STICK_VARIABLE, Stick, StickView, look_at_stick, sticks};
pub use exchange::receipts::{HeardLine, ReceiptReply, WriteReceipt, take_check_code, take_receipt, write_receipt};
pub use exchange::refused_rows::{RefusedRowLine, refused_rows};
pub use exchange::reregister::{CopiesReply, CopyLine, ReregisterRequest, copies, reregister};
pub use exchange::sticks::{TakeAllReply, TakeAllRequest, TakenLine, take_all};
pub use exchange::taking_back::{TakeBackReport, rehearse_take_back, take_back, take_up_again};
pub use exchange::verifying::{VerifiedChain, VerifiedPackage, VerifyPackage, verify_package};
pub use exchange::waiting::{RefusedLine, WaitLine, refused_packages, waiting_packages};
pub use failure::{Done, Failure};
pub use findings::bulk_edit::{BulkLine, BulkRefusal, BulkReply, BulkRequest, bulk_edit, rehearse_bulk};
pub use findings::{
    ExplainRequest, Explanation, Finding, FindingGroup, FindingsReply, FindingsRequest, RuleCount, explain, findings,
};
pub use history::conflicts::{ConflictLine, ResolveRequest, RivalLine, conflicts, resolve, resolve_all};
pub use history::duplicates::{
    ChildCard, ComparedLine, Comparison, DuplicateLine, JoinedLine, PairRequest, compare, duplicates, joined_children,
};
pub use history::objecting::{ObjectRequest, ObjectionRow, object, objections};
pub use history::put_off::{PutOffRequest, put_off};
pub use history::sameness::{SameReply, part, same, tell_apart};
pub use history::timeline::{FormOffer, TimelineDue, TimelineLine, TimelineReply, timeline};
pub use history::{ChangeLine, HistoryLine, UndoReply, WroteLine, history, recent_changes, undo};
pub use keeping::archive::{ArchiveReply, ArchiveRequest, ArchivedFile, archive_year};
pub use keeping::backups::{BackupReply, BackupRequest, RestoreRequest, VerifyRequest, backup, restore, verify_backup};
pub use keeping::care::{CheckReport, DamageLine, check};
pub use keeping::erasures::{EraseReply, EraseRequest, erase};
pub use keeping::recovery::{
    NewPassword, RecoveryReply, RecoverySheet, has_recovery_sheet, new_password, recovery_sheet,
};
pub use numbers::coverage::{CoverageLine, CoverageRequest, coverage};
pub use numbers::derived::{LeftBehindLine, OutOfSchoolLine, left_behind, out_of_school};
pub use numbers::making::{OpenPoint, ReportRequest};
pub use numbers::named::{NamedRow, NumberReply};
pub use numbers::rates::{
    HeadCount, RateCell, RateLine, RateRowsRequest, RateSchool, RateSide, RatesReply, RatesRequest, rate_rows, rates,
};
pub use numbers::report_errors::report_errors;
pub use numbers::reports::{
    HeadLine, NumberRequest, ReportLine, ReportName, ReportReply, report, report_rows, reports,
};
pub use numbers::sealed::{Difference, HandedUp, Sealed, SealedReply, sealed_report};
pub use numbers::sealing::{ReopenRequest, SealRequest, reopen_report, seal_report};
pub use numbers::statistics::{Counted, Dimension, PivotHead, PivotReply, PivotRequest, pivot, pivot_rows};
pub use paper::enrolment::{EnrolSheet, enrol_sheet};
pub use paper::merge::{MergePaper, merge_paper};
pub use rows::choices::{ChoiceLine, ChoiceRequest, choices, sounds};
pub use rows::family::{Family, family};
pub use rows::find::{FoundRow, find};
pub use rows::objections::ObjectionLine;
pub use rows::rules::{SettingLine, settings_in_force};
pub use rows::saving::{check_rows, save_row, save_rows};
pub use rows::{
    GetRequest, ListReply, ListRequest, ListRow, LiveRequest, RevealRequest, RowReply, RowRequest, SaveReply,
    SaveRequest, check_row, delete_row, get_rows, list_rows, open_row, restore_row, reveal,
};
pub use sample::{SAMPLE_PASSWORD, SampleReply, SampleRequest, Township, TownshipSize, make_sample, make_township};
pub use school::attendance::{
    ClassRoll, MissedDay, MonthDay, MonthRoll, MonthRollRequest, RollChild, RollReply, RollRequest, class_roll,
    month_roll, take_roll,
};
pub use school::cases::{CaseNext, CaseStep, MoveRequest, OpenCaseRequest, case_next, move_case, open_case};
pub use school::duties::{DutiesReply, DutiesRequest, DutyLine, Role, duties};
pub use school::notices::{DismissRequest, NoticeLine, dismiss_notice, notices};
pub use school::responsible::{ResponsibleLine, responsible};
pub use school::return_checks::{CheckReply, CheckRequest, NotBack, check_return};
pub use school::rollover::{
    CandidateLine, ChildPlan, ClassMove, ClassPlan, Newcomer, RolloverException, RolloverReply, RolloverRequest,
    rehearse_rollover, rollover,
};
pub use school::to_decide::{ToDecide, to_decide};
pub use school::today::{ClassLine, DraftRequest, OpenCaseLine, TodayReply, classes, draft, keep_draft, today};
pub use transfers::whereabouts::{Verdict, WhereDecision, WhereMatch, WhereSide, settle_where, where_matches};
pub use transfers::{
    AcceptTransfer, AnswerTransfer, OfferTransfer, PacketLine, TransferLine, TransferPacket, accept_transfer,
    carry_transfers, offer_transfer, refuse_transfer, route_transfer, transfer_packet, transfers, withdraw_transfer,
};
pub use trust::authority::{RevokeReply, RevokeRequest, revoke};
pub use trust::enrolments::{
    EnrolReply, EnrolRequest, Partner, enrol_accept, enrol_grant, enrol_invite, enrol_look, enrol_request, partners,
};
pub use trust::listing::{CountsUntil, DirectoryReply, ListedLine, directory, require_program};
pub use trust::rotation::{RotateRequest, rotate_key, take_rotation};
pub use trust::settings_files::{
    GiveSettings, MakeSettings, SettingsFileLine, SettingsReply, give_settings_file, look_settings_file,
    make_settings_file, settings_files, take_settings_file,
};
pub use workbooks::lists;
pub use workbooks::report_sheet::{PivotSheet, ReportSheet, write_pivot, write_report};
pub use workbooks::templates::{TemplateRequest, write_template};
