//! 审定封存: a report keeps its numbers, the rows behind each, and how far each chain had gone. A later correction shows as
//! a difference; one sealed by mistake is reopened with a reason.

use std::collections::BTreeMap;

use domain::report::{LineKey, Sheet};
use domain::{Fields, Id, Problem, Severity};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};
use ts_rs::TS;

use crate::desk::Desk;
use crate::failure::{Done, Failure};
use crate::numbers::making::{Making, OpenPoint, ReportRequest, is_zero};
use crate::numbers::report_errors;
use crate::numbers::reports::{ReportReply, report};
use crate::numbers::sealed::{Kept, standing};
use crate::rows::SaveRequest;
use crate::rows::saving::save_row;

/// A report to be sealed.
#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
pub struct SealRequest {
    /// The report.
    pub report: String,
    /// Any day of the period; today when absent.
    pub on: Option<String>,
    /// Who approves.
    pub by: Option<String>,
    /// Why it is sealed although something is open.
    pub explained: Option<String>,
}

/// A sealed report to be opened again.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ReopenRequest {
    /// The sealed report's row.
    pub id: Id,
    /// Why.
    pub why: String,
}

/// Seals a report. Errors: `refused` when something is open and not explained; `sealed_already`.
pub fn seal_report(desk: &Desk, request: SealRequest) -> Done<ReportReply> {
    let session = desk.session()?;
    let asked = ReportRequest { report: request.report.clone(), on: request.on.clone(), at: None };
    let form = session.store.read(|view| {
        let making = Making::begin(desk, &session, view, &asked)?;
        let sheet = making.setting().sheet();
        let stands = standing(&making)?.is_some_and(|(_, row)| row.text("state") == Some("sealed"));
        if stands {
            return Err(Failure::new("sealed_already").with("period", making.name()));
        }
        let explained = request.explained.as_deref().map(str::trim).filter(|text| !text.is_empty());
        let mut open = making.open_points(&sheet)?;
        open.extend(report_errors::errors(&making)?);
        if !open.is_empty() && explained.is_none() {
            let problem =
                |point: OpenPoint| Problem::new("explained", "open_point", Severity::Block).with("what", point.text);
            return Err(Failure::refused(open.into_iter().map(problem).collect()));
        }
        kept(&making, &sheet, &request)
    })?;
    save_row(desk, SaveRequest { record: "sealed_report".to_owned(), id: None, values: form, seen: None, why: None })?;
    report(desk, asked)
}

/// Opens a sealed report again. Errors: `refused` without a reason; `no_such_row`.
pub fn reopen_report(desk: &Desk, request: ReopenRequest) -> Done<()> {
    if request.why.trim().is_empty() {
        return Err(Failure::refused(vec![Problem::block("reopened_why", "required")]));
    }
    let values = Map::from_iter([
        ("state".to_owned(), json!("reopened")),
        ("reopened_on".to_owned(), json!(desk.today().to_string())),
        ("reopened_why".to_owned(), json!(request.why)),
    ]);
    let why = Some(request.why);
    save_row(desk, SaveRequest { record: "sealed_report".to_owned(), id: Some(request.id), values, seen: None, why })?;
    Ok(())
}

fn kept(making: &Making<'_>, sheet: &Sheet, request: &SealRequest) -> Done<Map<String, Json>> {
    let numbers = Kept {
        columns: making.report.columns.iter().map(|column| column.key.clone()).collect(),
        lines: sheet.lines.iter().map(|line| (line.key.clone(), line.cells.clone())).collect(),
    };
    let lists: Vec<(LineKey, BTreeMap<String, Vec<Id>>)> = making.setting().lists();
    let tips: Vec<Json> = making.view.counted_tips()?.iter().map(tip).collect();
    let definition = serde_json::to_vec(making.report).map_err(Failure::defect)?;
    let json_text = |value: Json| Json::String(value.to_string());
    let of = |value: Result<Json, serde_json::Error>| value.map(json_text).map_err(Failure::defect);
    let fields = [
        ("report", json!(making.report.report)),
        ("period", json!(making.name())),
        ("state", json!("sealed")),
        ("sealed_on", json!(making.desk.today().to_string())),
        ("sealed_by", json!(request.by)),
        ("zero", json!(is_zero(making.report, sheet))),
        ("explained", json!(request.explained)),
        ("version", json!(oplog::Hash::of(&[&definition]).hex())),
        ("tips", json_text(Json::from(tips))),
        ("numbers", of(serde_json::to_value(&numbers))?),
        ("lists", of(serde_json::to_value(&lists))?),
        ("reopened_on", Json::Null),
        ("reopened_why", Json::Null),
    ];
    Ok(fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
}

fn tip(tip: &store::ChainTip) -> Json {
    json!({ "replica": tip.replica, "scope": tip.scope, "depth": tip.depth.to_string(), "hash": oplog::Hash(tip.hash).hex() })
}
