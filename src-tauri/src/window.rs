//! The window itself: one, 1280 × 720 at first, focused again when the program is started twice.

use std::path::Path;

use actions::Desk;
use tauri::{Manager, WebviewUrl, WebviewWindowBuilder};

use crate::door;

/// Opens the window and stays until it is closed. What the window itself remembers, its zoom and colours, lies
/// under the program's home like everything else.
pub(crate) fn run(desk: Desk, home: &Path) -> tauri::Result<()> {
    let remembered = home.join("window");
    tauri::Builder::default()
        .plugin(tauri_plugin_single_instance::init(|app, _, _| {
            if let Some(window) = app.get_webview_window("main") {
                let _already_in_front = window.set_focus();
            }
        }))
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_opener::init())
        .manage(desk)
        .invoke_handler(tauri::generate_handler![door::call, door::page, door::follow])
        .setup(move |app| {
            WebviewWindowBuilder::new(app, "main", WebviewUrl::App("index.html".into()))
                .title("保学")
                .inner_size(1280.0, 720.0)
                .min_inner_size(960.0, 600.0)
                .data_directory(remembered)
                .build()?;
            Ok(())
        })
        .run(tauri::generate_context!())
}
