//! The three commands that cross to the window: `call`, `page`, `follow`. All run off the window's thread.

use actions::{Desk, Failure};
use serde_json::Value;
use tauri::State;
use tauri::ipc::{Channel, Response};

/// Does an action of the catalogue.
#[tauri::command(async)]
pub(crate) fn call(desk: State<'_, Desk>, name: String, request: Value) -> Result<Value, Failure> {
    actions::call(&desk, &name, request)
}

/// A page of a preview as PNG bytes, never as JSON.
#[tauri::command(async)]
pub(crate) fn page(desk: State<'_, Desk>, preview: String, number: usize) -> Result<Response, Failure> {
    actions::paper::page(&desk, &preview, number).map(Response::new)
}

/// Does a long action and tells how far it is, in its own units; `cancel` with the job's name ends it.
#[tauri::command(async)]
pub(crate) fn follow(
    desk: State<'_, Desk>,
    name: String,
    request: Value,
    job: String,
    progress: Channel<Value>,
) -> Result<Value, Failure> {
    let tell = move |done: u64, total: u64| {
        // A window that closed meanwhile listens no more; the job goes on.
        let _nobody_listens = progress.send(serde_json::json!({ "done": done, "total": total }));
    };
    actions::follow(&desk, &name, request, job, Box::new(tell))
}
