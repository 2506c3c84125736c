//! Checks the window's configuration and capabilities at build time.
fn main() {
    tauri_build::build();
}
