//! One function a command: read the arguments, call the action, show the reply.

use std::path::PathBuf;

use actions::{Desk, Done, Failure, MakeLedger, OpenLedger, PutOffRequest, ResolveRequest, TownshipSize};
use serde_json::Value as Json;

use crate::args::{Args, Command};
use crate::rows::row_id;
use crate::show::{Terminal, usage};
use crate::{exchange, rows, workbooks};

pub(crate) fn run(desk: &Desk, terminal: &Terminal, args: Args) -> Done<()> {
    if let Some(day) = &args.today {
        let parsed = actions::domain::date::parse_day(day);
        desk.set_today(parsed.map_err(|_| usage("today", day))?);
    }
    let ledger = args.ledger;
    match args.command {
        Command::Init { kind, name, code, under, person, low_memory } => {
            let folder = Some(folder(ledger)?);
            let password = password(terminal)?;
            let made = actions::make_ledger(
                desk,
                MakeLedger { folder, kind, name, code, under, person, password, low_memory },
            )?;
            terminal.reply(&made, || {
                vec![terminal.say("made", &[("name", made.name.clone()), ("folder", made.folder.clone())])]
            })
        }
        Command::Records => {
            look_above(desk, terminal, ledger);
            let records: Vec<_> = desk.catalogue().records().map(actions::domain::Record::as_shown).collect();
            definitions(terminal, records.iter(), |record| &record.record)
        }
        Command::Forms => {
            look_above(desk, terminal, ledger);
            definitions(terminal, desk.catalogue().forms(), |form| &form.form)
        }
        Command::Inspect { file } => {
            if let Some(ledger) = ledger {
                open(desk, terminal, ledger)?;
            }
            exchange::inspect(desk, terminal, &file)
        }
        Command::Demo { dir, schools, students, seed } => {
            crate::sample::demo(desk, terminal, &dir, TownshipSize { schools, students, seed })
        }
        Command::Restore { file, to } => crate::care::restore(desk, terminal, (&file, &to), password(terminal)?),
        Command::Verify { file, .. } if file.is_dir() => {
            crate::care::verify_backup(desk, terminal, &file, password(terminal)?)
        }
        Command::Verify { file, key } => {
            if let Some(ledger) = ledger {
                open(desk, terminal, ledger)?;
            }
            crate::lineages::verify(desk, terminal, &file, key)
        }
        command => {
            open(desk, terminal, folder(ledger)?.into())?;
            in_ledger(desk, terminal, command)
        }
    }
}

fn in_ledger(desk: &Desk, terminal: &Terminal, command: Command) -> Done<()> {
    match command {
        Command::Enrol { step, input, output, digits, with } => {
            exchange::enrol(desk, terminal, step, (input, output, digits, with))
        }
        Command::Put { record, atomic } => rows::put(desk, terminal, &record, atomic),
        Command::Get(args) => rows::get(desk, terminal, args),
        Command::Find { words } => rows::find(desk, terminal, &words.join(" ")),
        Command::History { id } => rows::history(desk, terminal, &id),
        Command::Undo { merge: Some(package), rehearse, again, .. } => {
            crate::lineages::take_back(desk, terminal, package, (rehearse, again))
        }
        Command::Merges { print: Some(package), out } => {
            crate::lineages::merge_paper(desk, terminal, package, &out.unwrap_or_default())
        }
        Command::Merges { .. } => crate::lineages::merges(desk, terminal),
        Command::Erase { id, fields, why, attachments } => {
            crate::lineages::erase(desk, terminal, &id, (fields, why, attachments))
        }
        Command::Revoke { organisation, computer, why } => {
            crate::lineages::revoke(desk, terminal, actions::RevokeRequest { organisation, computer, why })
        }
        Command::RecoverySheet { out } => crate::lineages::recovery_sheet(desk, terminal, &out, password(terminal)?),
        Command::NewPassword => {
            let new = secret(terminal, ("BAOXUE_NEW_PASSWORD", "recovery.password"))?;
            crate::lineages::new_password(desk, terminal, actions::NewPassword { password: password(terminal)?, new })
        }
        Command::Rotate { out: Some(out), .. } => crate::lineages::rotate(desk, terminal, &out, password(terminal)?),
        Command::Rotate { take, .. } => crate::lineages::take_key(desk, terminal, take.unwrap_or_default()),
        Command::Undo { change, .. } => {
            let undone = actions::undo(desk, change)?;
            terminal.reply(&undone, || vec![terminal.say("undone", &[])])
        }
        Command::Export { to, out, full } => exchange::export(desk, terminal, to, (&out, full)),
        Command::Merge { files, rehearse } => {
            files.iter().try_for_each(|file| exchange::merge(desk, terminal, file, rehearse))
        }
        Command::Receipt { step } => exchange::receipt(desk, terminal, step),
        Command::Sent => exchange::sent(desk, terminal),
        Command::Take { from, receipts } => exchange::take(desk, terminal, &from, receipts),
        Command::Rekey => {
            let request = actions::ReregisterRequest { password: password(terminal)? };
            let info = actions::reregister(desk, request)?;
            terminal.reply(&info, || vec![terminal.say("rekeyed", &[])])
        }
        Command::HandDown { out } => exchange::hand_down(desk, terminal, &out),
        Command::Board => exchange::board(desk, terminal),
        Command::Waiting => exchange::waiting(desk, terminal),
        Command::RefusedRows => exchange::refused_rows(desk, terminal),
        Command::Import { file, register, sheet, map, rehearse, marked } => {
            let order = workbooks::Order { file, register, sheet, map, rehearse, marked };
            workbooks::import(desk, terminal, &order)
        }
        Command::Sheet { form, out, template: true, .. } => workbooks::template(desk, terminal, form, &out),
        Command::Sheet { form, out, class, masked, template: false } => {
            workbooks::sheet(desk, terminal, (form, class, masked), &out)
        }
        Command::Print(args) => crate::paper::print(desk, terminal, args),
        Command::Conflicts => rows::conflicts(desk, terminal),
        Command::Resolve { id, field, value, why } => {
            let value = serde_json::from_str(&value).unwrap_or(Json::String(value));
            actions::resolve(desk, ResolveRequest { id: row_id(&id)?, field, value, why })?;
            terminal.reply(&(), || vec![terminal.say("resolved", &[])])
        }
        Command::PutOff { id, field, again } => {
            actions::put_off(desk, vec![PutOffRequest { id: row_id(&id)?, field, later: !again }])?;
            terminal.reply(&(), || vec![terminal.say(if again { "put_off.again" } else { "put_off.done" }, &[])])
        }
        Command::Directory { require } => exchange::directory(desk, terminal, require),
        Command::Sticks => exchange::sticks(desk, terminal),
        Command::Transfer { step } => crate::people::transfer(desk, terminal, step),
        Command::Object { id, field, why, change } => {
            let request = actions::ObjectRequest { id: row_id(&id)?, field, change, reason: why };
            let saved = actions::object(desk, request)?;
            terminal.reply(&saved, || vec![terminal.say("objected", &[])])
        }
        Command::Duplicates(args) => crate::people::duplicates(desk, terminal, &args),
        Command::Same(args) => crate::people::same(desk, terminal, args),
        Command::Stats(args) => crate::numbers::stats(desk, terminal, args),
        Command::Whereabouts(args) => crate::whereabouts::whereabouts(desk, terminal, args),
        Command::Rates(args) => crate::rates::rates(desk, terminal, args),
        Command::Settings { step } => crate::settings::settings(desk, terminal, step),
        Command::SettingsFile { step } => crate::settings::file(desk, terminal, step),
        Command::Due(args) => crate::numbers::due(desk, terminal, &args),
        Command::Case { step } => crate::school_work::case(desk, terminal, step),
        Command::Absent(args) => crate::school_work::absent(desk, terminal, args),
        Command::CheckReturn(args) => crate::school_work::check_return(desk, terminal, args),
        Command::Check { rules: false } => crate::care::check(desk, terminal),
        Command::Check { rules: true } => crate::review::all(desk, terminal),
        Command::Findings(args) => crate::review::findings(desk, terminal, args),
        Command::RollOver(args) => crate::school_year::roll_over(desk, terminal, args),
        Command::Archive(args) => crate::school_year::archive(desk, terminal, args),
        Command::Timeline { id } => crate::review::timeline(desk, terminal, &id),
        Command::OutOfSchool { on } => crate::derived::out_of_school(desk, terminal, on),
        Command::LeftBehind { on } => crate::derived::left_behind(desk, terminal, on),
        Command::Attach(args) => crate::attach::attach(desk, terminal, args),
        Command::Attachments { id } => crate::attach::list(desk, terminal, &id),
        Command::OpenAttachment { id, out } => crate::attach::open(desk, terminal, &id, &out),
        Command::Explain(args) => crate::review::explain(desk, terminal, args),
        Command::Backup { out } => crate::care::backup(desk, terminal, &out),
        _ => Err(Failure::new("no_such_action").with("name", "")),
    }
}

fn folder(ledger: Option<PathBuf>) -> Done<String> {
    ledger.map(|folder| folder.display().to_string()).ok_or_else(|| usage("ledger", ""))
}

fn password(terminal: &Terminal) -> Done<String> {
    secret(terminal, ("BAOXUE_PASSWORD", "password"))
}

/// What nobody should see typed: from the environment, else asked.
fn secret(terminal: &Terminal, (variable, question): (&str, &str)) -> Done<String> {
    match std::env::var(variable) {
        Ok(secret) => Ok(secret),
        Err(_) => rpassword::prompt_password(terminal.say(question, &[])).map_err(|_| usage("password", "")),
    }
}

fn open(desk: &Desk, terminal: &Terminal, ledger: PathBuf) -> Done<()> {
    let request = OpenLedger { folder: ledger.display().to_string(), password: password(terminal)? };
    actions::open_ledger(desk, request).map(|_| ())
}

/// With a ledger that opens, the definitions are those in force in it; without one, those that ship.
fn look_above(desk: &Desk, terminal: &Terminal, ledger: Option<PathBuf>) {
    let ledger = ledger.filter(|_| std::env::var_os("BAOXUE_PASSWORD").is_some());
    let _shipped_else = ledger.map(|ledger| open(desk, terminal, ledger));
}

fn definitions<'d, T: serde::Serialize + 'd>(
    terminal: &Terminal,
    all: impl Iterator<Item = &'d T>,
    id: impl Fn(&T) -> &String,
) -> Done<()> {
    let mut listed = Vec::new();
    for one in all {
        let mut json = serde_json::to_value(one).map_err(Failure::defect)?;
        if let Some(object) = json.as_object_mut() {
            object.insert("id".to_owned(), Json::from(id(one).as_str()));
        }
        listed.push(json);
    }
    terminal.line(&Json::from(listed).to_string())
}
