//! What a person can do: one function each, one line each in the catalogue below. Window, command line, tests and
//! the window's types are all made from it.

mod acks;
mod again;
mod archive;
mod arrived;
mod attachments;
mod attendance;
mod authority;
mod backups;
mod board;
mod books;
mod bulk_edit;
mod care;
mod cases;
mod catalogue;
mod choices;
mod conflicts;
mod corrections;
mod coverage;
mod derived;
mod desk;
mod directory;
mod draft;
mod duplicates;
mod duties;
mod duty_paper;
mod effects;
mod enrol_paper;
mod enrolments;
mod erasures;
mod exports;
mod failure;
mod filters;
mod findings;
mod histories;
pub mod import;
mod inspections;
mod kept;
mod known;
mod listing;
pub mod lists;
mod merge_paper;
mod merges;
mod mounted;
mod notices;
mod objections;
mod opening;
mod outlook;
pub mod paper;
mod paper_job;
mod paper_values;
mod put_off;
mod rates;
mod receipts;
mod recovery;
mod refused_rows;
mod repetitions;
mod report_errors;
mod report_paper;
mod report_sheet;
mod reports;
mod reregister;
mod responsible;
mod return_checks;
mod review;
mod rollover;
mod rotation;
mod rows;
mod rules;
mod sameness;
mod sample;
mod saving;
mod sealing;
mod session;
mod settings_files;
mod settings_words;
mod signed_sheet;
mod statistics;
mod sticks;
mod taking_back;
mod templates;
mod timeline;
mod to_decide;
mod today;
mod trail;
mod transfers;
mod verifying;
mod waiting;
mod whereabouts;
mod workbook;

pub use archive::{ArchiveReply, ArchiveRequest, ArchivedFile, archive_year};
pub use arrived::{ArrivedLine, arrived_packages};
pub use attachments::{
    AttachReply, AttachRequest, AttachmentLine, LookReply, LookRequest, OpenAttachment, attach, attachments,
    look_attachment, open_attachment,
};
pub use attendance::{
    ClassRoll, MissedDay, MonthDay, MonthRoll, MonthRollRequest, RollChild, RollReply, RollRequest, class_roll,
    month_roll, take_roll,
};
pub use authority::{RevokeReply, RevokeRequest, revoke};
pub use backups::{BackupReply, BackupRequest, RestoreRequest, VerifyRequest, backup, restore, verify_backup};
pub use board::{BoardLine, board};
pub use bulk_edit::{BulkLine, BulkRefusal, BulkReply, BulkRequest, bulk_edit, rehearse_bulk};
pub use care::{CheckReport, DamageLine, check};
pub use cases::{CaseNext, CaseStep, MoveRequest, OpenCaseRequest, case_next, move_case, open_case};
pub use catalogue::{ACTIONS, Definitions, call, follow, typescript};
pub use choices::{ChoiceLine, ChoiceRequest, choices, sounds};
pub use conflicts::{ConflictLine, ResolveRequest, RivalLine, conflicts, resolve, resolve_all};
pub use corrections::CorrectionLine;
pub use coverage::{CoverageLine, CoverageRequest, coverage};
pub use derived::{LeftBehindLine, OutOfSchoolLine, left_behind, out_of_school};
pub use desk::{Clock, Desk, Organisation, Session, Tell, civil};
pub use domain;
pub use duplicates::{
    ChildCard, ComparedLine, Comparison, DuplicateLine, JoinedLine, compare, duplicates, joined_children,
};
pub use duties::{DutiesReply, DutiesRequest, DutyLine, Role, duties};
pub use enrol_paper::{EnrolSheet, enrol_sheet};
pub use enrolments::{
    EnrolReply, EnrolRequest, Partner, enrol_accept, enrol_grant, enrol_invite, enrol_look, enrol_request, partners,
};
pub use erasures::{EraseReply, EraseRequest, erase};
pub use exports::{ExportReply, ExportRequest, Extent, SentLine, export, hand_down, sent_packages};
pub use failure::{Done, Failure};
pub use findings::{
    ExplainRequest, Explanation, Finding, FindingGroup, FindingsReply, FindingsRequest, RuleCount, explain, findings,
};
pub use histories::{
    ChangeLine, Family, FoundRow, HistoryLine, UndoReply, WroteLine, family, find, history, recent_changes, undo,
};
pub use inspections::{Inspection, inspect, packages_in};
pub use listing::{CountsUntil, DirectoryReply, ListedLine, directory, require_program};
pub use merge_paper::{MergePaper, merge_paper};
pub use merges::{MergeReport, merge, rehearse_merge};
pub use mounted::{EnrolFile, STICK_VARIABLE, Stick, StickView, look_at_stick, sticks};
pub use notices::{DismissRequest, NoticeLine, dismiss_notice, notices};
pub use objections::{ObjectRequest, ObjectionLine, ObjectionRow, object, objections};
pub use put_off::{PutOffRequest, put_off};
pub use rates::{
    HeadCount, RateCell, RateLine, RateRowsRequest, RateSchool, RateSide, RatesReply, RatesRequest, rate_rows, rates,
};
pub use receipts::{HeardLine, ReceiptReply, WriteReceipt, take_check_code, take_receipt, write_receipt};
pub use recovery::{NewPassword, RecoveryReply, RecoverySheet, has_recovery_sheet, new_password, recovery_sheet};
pub use refused_rows::{RefusedRowLine, refused_rows};
pub use report_errors::report_errors;
pub use report_sheet::{PivotSheet, ReportSheet, write_pivot, write_report};
pub use reports::{
    HeadLine, NamedRow, NumberReply, NumberRequest, OpenPoint, ReportLine, ReportName, ReportReply, ReportRequest,
    report, report_rows, reports,
};
pub use reregister::{CopiesReply, CopyLine, ReregisterRequest, copies, reregister};
pub use responsible::{ResponsibleLine, responsible};
pub use return_checks::{CheckReply, CheckRequest, NotBack, check_return};
pub use rollover::{
    CandidateLine, ChildPlan, ClassMove, ClassPlan, Newcomer, RolloverException, RolloverReply, RolloverRequest,
    rehearse_rollover, rollover,
};
pub use rotation::{RotateRequest, rotate_key, take_rotation};
pub use rows::{
    GetRequest, ListReply, ListRequest, ListRow, LiveRequest, RevealRequest, RowReply, RowRequest, SaveReply,
    SaveRequest, check_row, delete_row, get_rows, list_rows, open_row, restore_row, reveal,
};
pub use rules::{SettingLine, settings_in_force};
pub use sameness::{PairRequest, SameReply, part, same, tell_apart};
pub use sample::{SAMPLE_PASSWORD, SampleReply, SampleRequest, Township, TownshipSize, make_sample, make_township};
pub use saving::{check_rows, save_row, save_rows};
pub use sealing::{
    Difference, HandedUp, ReopenRequest, SealRequest, Sealed, SealedReply, reopen_report, seal_report, sealed_report,
};
pub use session::{
    MakeLedger, OpenLedger, Place, Places, SessionInfo, close_ledger, make_ledger, open_ledger, places,
    recall_language, session_info, set_language,
};
pub use settings_files::{
    GiveSettings, MakeSettings, SettingsFileLine, SettingsReply, give_settings_file, look_settings_file,
    make_settings_file, settings_files, take_settings_file,
};
pub use statistics::{Counted, Dimension, PivotHead, PivotReply, PivotRequest, pivot, pivot_rows};
pub use sticks::{TakeAllReply, TakeAllRequest, TakenLine, take_all};
pub use taking_back::{TakeBackReport, rehearse_take_back, take_back, take_up_again};
pub use templates::{TemplateRequest, write_template};
pub use timeline::{FormOffer, TimelineDue, TimelineLine, TimelineReply, timeline};
pub use to_decide::{ToDecide, to_decide};
pub use today::{ClassLine, DraftRequest, OpenCaseLine, TodayReply, classes, draft, keep_draft, today};
pub use transfers::{
    AcceptTransfer, AnswerTransfer, OfferTransfer, PacketLine, TransferLine, TransferPacket, accept_transfer,
    carry_transfers, offer_transfer, refuse_transfer, route_transfer, transfer_packet, transfers, withdraw_transfer,
};
pub use verifying::{VerifiedChain, VerifiedPackage, VerifyPackage, verify_package};
pub use waiting::{RefusedLine, WaitLine, refused_packages, waiting_packages};
pub use whereabouts::{Verdict, WhereDecision, WhereMatch, WhereSide, settle_where, where_matches};
