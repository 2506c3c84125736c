//! The catalogue of actions: name, request, reply. The only way from a window into the program.

use std::collections::BTreeMap;

use serde_json::Value as Json;
use ts_rs::{Config, TS, TypeVisitor};

use crate::desk::Desk;
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
    places(()) -> crate::Places = crate::places;
    set_language(domain::words::Language) -> () = crate::set_language;
    make_ledger(crate::MakeLedger) -> crate::SessionInfo = crate::make_ledger;
    open_ledger(crate::OpenLedger) -> crate::SessionInfo = crate::open_ledger;
    close_ledger(()) -> () = crate::close_ledger;
    session(()) -> crate::SessionInfo = crate::session_info;
    list(crate::ListRequest) -> crate::ListReply = crate::list_rows;
    open_row(crate::RowRequest) -> crate::RowReply = crate::open_row;
    check_row(crate::SaveRequest) -> Vec<domain::Problem> = crate::check_row;
    save_row(crate::SaveRequest) -> crate::SaveReply = crate::save_row;
    save_rows(Vec<crate::SaveRequest>) -> Vec<crate::SaveReply> = crate::save_rows;
    delete_row(crate::LiveRequest) -> () = crate::delete_row;
    restore_row(crate::LiveRequest) -> () = crate::restore_row;
    reveal(crate::RevealRequest) -> String = crate::reveal;
    find(String) -> Vec<crate::FoundRow> = crate::find;
    family(domain::Id) -> Vec<crate::Family> = crate::family;
    history(domain::Id) -> Vec<crate::HistoryLine> = crate::history;
    recent_changes(u32) -> Vec<crate::ChangeLine> = crate::recent_changes;
    undo(Option<String>) -> crate::UndoReply = crate::undo;
    enrol_invite(crate::EnrolRequest) -> crate::EnrolReply = crate::enrol_invite;
    enrol_request(crate::EnrolRequest) -> crate::EnrolReply = crate::enrol_request;
    enrol_grant(crate::EnrolRequest) -> crate::EnrolReply = crate::enrol_grant;
    enrol_accept(crate::EnrolRequest) -> crate::EnrolReply = crate::enrol_accept;
    partners(()) -> Vec<crate::Partner> = crate::partners;
    export(crate::ExportRequest) -> crate::ExportReply = crate::export;
    sent_packages(()) -> Vec<crate::SentLine> = crate::sent_packages;
    inspect(String) -> crate::Inspection = crate::inspect;
    packages_in(String) -> Vec<crate::Inspection> = crate::packages_in;
    rehearse_merge(String) -> crate::MergeReport = crate::rehearse_merge;
    merge(String) -> crate::MergeReport = crate::merge;
    conflicts(()) -> Vec<crate::ConflictLine> = crate::conflicts;
    resolve(crate::ResolveRequest) -> () = crate::resolve;
    arrived_packages(()) -> Vec<crate::ArrivedLine> = crate::arrived_packages;
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
    all.add::<Failure>();
    all.add::<domain::Record>();
    all.add::<domain::Form>();
    all.add::<domain::codes::CodeList>();
    let declarations: Vec<String> = all.declarations.into_values().collect();
    format!(
        "// Written by the test suite from the catalogue of actions. Do not edit.\n\n{}\n\nexport interface Actions {{\n{}\n}}\n",
        declarations.join("\n\n"),
        all.lines.join("\n"),
    )
}
